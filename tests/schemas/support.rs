//! The helpers of the integration tests, of which these tests use some.

#[path = "../it/support/arbitrary.rs"]
pub(crate) mod arbitrary;
#[path = "../it/support/defects.rs"]
mod defects;
#[path = "../it/support/fixtures.rs"]
mod fixtures;
#[path = "../it/support/histories.rs"]
mod histories;
#[path = "../it/support/malformed_lines.rs"]
mod malformed_lines;
#[path = "../it/support/reports.rs"]
mod reports;
#[path = "../it/support/repository.rs"]
mod repository;
#[path = "../it/support/scenarios.rs"]
mod scenarios;
#[path = "../it/support/suites.rs"]
mod suites;
#[path = "../it/support/traces.rs"]
mod traces;

pub(crate) use fixtures::{read_sequential_traces, read_traces};
pub(crate) use histories::write_clashing_disconnects;
pub(crate) use malformed_lines::list_malformed_lines;
pub(crate) use reports::{build_sample_report, judge_defective};
pub(crate) use repository::{find_file, read_json};
pub(crate) use scenarios::TWO_COMPUTERS;
pub(crate) use suites::build_mock_suite;
pub(crate) use traces::write_lines;
