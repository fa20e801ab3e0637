//! The conformance kit: cases, programs and traces, judged by the [`model`](crate::model).
//!
//! | you have | use |
//! |---|---|
//! | an engine, and want everything judged | [`Suite`], which makes a [`Report`] |
//! | several reports | [`Comparison`], [`html`] |
//! | failures that are known | [`Deviations`] |
//! | a trace | [`check`] |
//! | one program of calls | [`execute`], or [`execute_parallel`] for several threads |
//!
//! Each has an example on its page. [`cases()`] and [`vectors`] are the cases as data.

mod bystanders;
mod case;
mod cases;
mod judge;
mod perform;
mod program;
mod report;
mod suite;
mod temporary;
mod vectors;

#[cfg(all(feature = "library", windows))]
pub(crate) use bystanders::OwnFacts;
#[cfg(all(feature = "library", not(windows)))]
pub(crate) use bystanders::facts_without_the_system;
#[cfg(feature = "library")]
pub(crate) use bystanders::stand_by_if_bystander;
pub use case::Case;
pub use case::expectation::{Expectation, OutputCheck};
pub use case::script::Limits;
pub use cases::cases;
pub use judge::BrokenRequirement;
pub use judge::check::{Checked, check, check_events};
pub use judge::lanes::Lanes;
pub use judge::parallel::execute_parallel;
pub use judge::run::{Execution, execute};
#[cfg(all(feature = "library", unix))]
pub(crate) use perform::exits::hold_exit;
#[cfg(feature = "library")]
pub(crate) use perform::isolate::process::wait_at_most;
#[cfg(feature = "library")]
pub(crate) use perform::isolate::protocol::{FOLDER, HOST, child_arguments, is_child, is_host};
pub use program::generate::Generator;
pub use program::notation::MalformedProgram;
pub use program::parallel::ParallelProgram;
pub use program::short_programs::ShortPrograms;
pub use program::shrink::{shrink, shrink_parallel};
pub use program::{Alteration, HandleName, Placeholder, ProcessRef, Program, ProgramHost, Step};
pub(crate) use report::style::Style;
pub use report::{
    CapabilityReport, CaseReport, Comparison, Counterexample, ElsewhereReport, MalformedReport, Origin, PropertyReport,
    Report, ReportedFailure, RequirementReport, Verdict, behaviour_changes, html,
};
pub use suite::capability::{Capabilities, Capability};
pub use suite::deviation::{CaseDeviation, Deviation, Deviations, MalformedDeviations, OtherEngine};
pub use suite::{Progress, Suite};
pub use temporary::replace_file;
pub use vectors::vectors;
