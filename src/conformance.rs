//! The judge: cases and programs that are run on any engine, and traces of any engine, all judged by the
//! [`model`](crate::model). It knows no engine.

mod adopt;
mod again;
mod capability;
mod case;
mod cases;
mod check;
mod counterexample;
mod deviation;
mod generate;
mod holdings;
mod isolate;
mod judge;
mod names;
mod notation;
mod perform;
mod probe;
mod program;
mod property;
mod report;
mod run;
mod runner;
mod rust_test;
mod script;
mod search;
mod shrink;
mod suite;
mod summary;
mod trial;
mod vectors;
mod wanted;

pub use capability::{Abilities, Capability};
pub use case::Case;
pub use cases::cases;
pub use check::{Broken, Checked, check};
pub use deviation::{Deviation, Deviations, MalformedDeviations};
pub use generate::Generator;
pub use notation::MalformedProgram;
pub use program::{Facts, HandleName, Host, Program, Step, Target};
pub use report::{
    CapabilityReport, CaseReport, Counterexample, Elsewhere, Failure, PropertyReport, Report, RequirementReport,
    Verdict, html,
};
pub use run::{Execution, execute};
pub use script::Limits;
pub use search::Search;
pub use shrink::shrink;
pub use suite::{Progress, Suite};
pub use vectors::vectors;
pub use wanted::{Wanted, Wrote};
