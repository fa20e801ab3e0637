//! The result of a run of the kit, as data and in every format in which it is shown.

mod behaviour;
mod changes;
mod checked;
mod collapse;
mod comparison;
pub(super) mod data;
mod folding;
mod html;
mod junit;
mod neighbours;
mod origin;
mod probes;
pub(super) mod rust_test;
pub(super) mod save_trace;
mod shell;
pub(crate) mod style;
mod text;
pub(super) mod verdict;

pub use changes::behaviour_changes;
pub use comparison::Comparison;
pub use data::{
    CapabilityReport, CaseReport, Counterexample, ElsewhereReport, MalformedReport, PropertyReport, Report,
    ReportedFailure, RequirementReport,
};
pub use html::html;
pub use origin::Origin;
pub use shell::quoted;
pub use verdict::Verdict;
