//! Helpers that several test modules share. A test module uses its own helpers and these, and no other module's.

pub(crate) mod arbitrary;
mod clauses;
mod cli;
mod defects;
mod fixtures;
mod histories;
mod lab;
#[cfg(unix)]
mod library;
mod malformed_lines;
mod panics;
#[cfg(unix)]
mod programs;
mod refusals;
mod reports;
mod repository;
mod scenarios;
mod suites;
mod traces;
mod wrapped;

pub(crate) use clauses::describe_missing_clause;
pub(crate) use cli::{command, decode, run_cli, run_cli_in};
pub(crate) use defects::{Detection, detect_defects, find_defect, plant};
pub(crate) use fixtures::{
    PublishedTrace, read_recordings, read_sequential_traces, read_trace, read_traces, write_trace,
};
pub(crate) use histories::{OK, REFUSED, RELEASED, write_clashing_disconnects, write_history};
pub(crate) use lab::{BOX17, build_lab, connect, list_ids, start_server};
#[cfg(unix)]
pub(crate) use library::build_library;
pub(crate) use malformed_lines::{MalformedLine, list_malformed_lines};
pub(crate) use panics::catch_panic;
#[cfg(unix)]
pub(crate) use programs::{compile_cpp, find_program};
pub(crate) use refusals::take_refusals;
pub(crate) use reports::{build_line, build_sample_report, judge_defective, judge_mock, strip_colours};
pub(crate) use repository::{assert_fresh, find_file, is_refresh, read_json, read_text};
pub(crate) use scenarios::{TWO_COMPUTERS, UNSTEADY_BOX};
pub(crate) use suites::toy::Toy;
pub(crate) use suites::{build_defective_suite, build_mock_suite, build_toy_suite, without_many_connections};
pub(crate) use traces::{HEADER, parse_trace, rebuild_program, write_lines, write_run};
pub(crate) use wrapped::{Answer, wrap};
