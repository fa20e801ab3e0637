//! The result of a performance: its events, and how it ended.

use crate::trace::Event;

/// The record of a performed program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProgramRun {
    /// The events, each with the step of the program that caused it, if one did.
    pub(crate) events: Vec<(Option<usize>, Event)>,
    pub(crate) end: RunEnd,
}

/// How a performance ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RunEnd {
    /// The program ran to its end.
    Completed,
    /// The subject's process crashed; holds the last lines that it printed.
    Crashed(String),
    /// The subject stopped responding.
    TimedOut,
    /// The kit could not perform the program; holds the reason.
    KitFailed(String),
}

impl RunEnd {
    /// Returns the end of a run in this process, in which the engine panicked with this message or did not panic.
    pub(crate) fn after(panicked: Option<String>) -> RunEnd {
        panicked.map_or(RunEnd::Completed, RunEnd::Crashed)
    }
}
