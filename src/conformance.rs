//! The conformance kit: cases, programs and traces, judged by the [`model`](crate::model).
//!
//! The README's section "Judge an engine" leads from nothing to a [`Suite`] that runs against an engine. In short: implement
//! [`Engine`](crate::Engine) and [`DebugClient`](crate::DebugClient), and let [`Suite::main`] show one test for each requirement.
//! A test that passes has no failing case. One that is ignored was not judged: its reason says what to implement.
//!
//! ```
//! use dbgeng_testkit::{Profile, conformance::Suite, mock::Lab};
//!
//! // In a `#[test]`, with your engine in place of the mock.
//! let suite = Suite::new("my engine", || Box::new(Lab::new(Profile::Contract).engine()));
//! // Panics with the whole report if something fails.
//! suite.programs(20).run().assert();
//! ```
//!
//! | you have | use |
//! |---|---|
//! | an engine, and want everything judged | [`Suite`], which makes a [`Report`] |
//! | several reports | [`Comparison`], [`html`] |
//! | failures that are known | [`Deviations`] |
//! | a trace | [`check`] |
//! | one program of calls | [`execute`], or [`execute_parallel`] for several threads |
//! | many programs of calls | [`execute_all`], which runs what they share once |
//!
//! Each has an example on its page. [`cases()`] and [`vectors`] are the cases as data.
//!
//! # What is run
//!
//! A case for each requirement that can be tested, random programs, every short program, and programs of several threads, whose
//! calls are checked for linearizability. Each violation is shrunk to a few calls. The suite first finds out what the engine
//! can do, and skips each case that needs more.
//!
//! # When the engine crashes or hangs
//!
//! A hang, an exit, a crash or a flood of output becomes a verdict. With [`Suite::main`] the run then goes on in child processes;
//! a plain [`Suite::run`] needs [`Suite::in_child_processes`] for that. Only `_exit`, or an exit on a thread of an engine in Rust,
//! ends a plain run unnoticed.
//!
//! # When a program fails
//!
//! It is saved as a trace. `DBGENG_TESTKIT_TRACE=FILE cargo test --test conformance` runs it again.
//!
//! # When a failure is known
//!
//! [`Deviations`] are the known failures of an engine, in a file, for [`Suite::deviations`]. A run also fails if one of them no
//! longer occurs, so keep the number of programs and the seed. `Deviations::default().updated(&report)` makes the first.
//!
//! # When others read the result
//!
//! [`Report`] has `text`, `json` (`spec/report.schema.json`) and `junit`; [`html`] makes a page. [`Report::behaviour`] is the
//! text to keep for review, and [`Report::behaviour_changes`] shows what differs from an earlier one.
//!
//! # When you doubt your own tests
//!
//! [`defect`](crate::defect) plants defects in an engine, to see that the tests notice them.

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
pub use judge::run::{Execution, execute, execute_all};
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
    Report, ReportedFailure, RequirementReport, Verdict, behaviour_changes, html, quoted,
};
pub use suite::capability::{Capabilities, Capability};
pub use suite::deviation::{CaseDeviation, Deviation, Deviations, MalformedDeviations, OtherEngine};
pub use suite::{Progress, Suite};
pub use temporary::replace_file;
pub use vectors::vectors;
