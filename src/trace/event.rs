//! The lines of a trace as values: its header, and its events.

use serde::{Deserialize, Serialize};

use super::value;
use crate::call::{Call, Caller, Outcome};
use crate::process::Computer;

/// The first line: what was recorded, and on what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct Header {
    /// The version of the format: 1.
    #[serde(deserialize_with = "value::version")]
    trace: u32,
    /// The engine.
    #[serde(deserialize_with = "value::object")]
    pub engine: EngineName,
    /// The name of the scenario.
    pub name: String,
    /// The purpose of the recording.
    #[serde(default)]
    pub note: String,
}

impl Header {
    /// Makes a header of a recording in this format.
    pub fn new(engine: EngineName, name: impl Into<String>, note: impl Into<String>) -> Header {
        Header { trace: 1, engine, name: name.into(), note: note.into() }
    }
}

/// The engine that was recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct EngineName {
    /// The name of the engine.
    pub name: String,
    /// The version of the engine; for a mock, the profile that it follows ([`EngineName::of_mock`]).
    pub version: String,
    /// The platform on which it ran.
    pub platform: String,
}

/// One line after the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The number of the event in the trace; it grows from line to line.
    pub seq: u64,
    /// The kind of event.
    pub kind: EventKind,
}

/// A kind of event, with its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A call and its outcome.
    Call(Box<Recorded>),
    /// A process was ended from outside.
    ProcessKilled {
        /// The number of the process.
        process: u32,
    },
    /// A pause.
    Elapsed {
        /// The number of the process that paused.
        process: u32,
        /// The length in milliseconds.
        ms: u64,
    },
    /// The facts about the computer on which a process runs, before the first call of that process. Processes without
    /// such an event are together on one computer of which nothing is known.
    Computer {
        /// The number of the process.
        process: u32,
        /// The computer.
        computer: Computer,
        /// Whether other processes run there as well, which come and go. None of them has the executable name of one of
        /// these.
        others: bool,
    },
}

impl Event {
    /// Returns the number of the process in which it happened.
    pub fn process(&self) -> u32 {
        match &self.kind {
            EventKind::Call(recorded) => recorded.by.process,
            EventKind::ProcessKilled { process }
            | EventKind::Elapsed { process, .. }
            | EventKind::Computer { process, .. } => *process,
        }
    }

    /// Returns the call, if the event is one.
    #[cfg(feature = "kit")]
    pub(crate) fn call(&self) -> Option<&Recorded> {
        match &self.kind {
            EventKind::Call(recorded) => Some(recorded),
            EventKind::ProcessKilled { .. } | EventKind::Elapsed { .. } | EventKind::Computer { .. } => None,
        }
    }

    pub(super) fn process_mut(&mut self) -> &mut u32 {
        match &mut self.kind {
            EventKind::Call(recorded) => &mut recorded.by.process,
            EventKind::ProcessKilled { process }
            | EventKind::Elapsed { process, .. }
            | EventKind::Computer { process, .. } => process,
        }
    }

    /// Gives two processes each other's number.
    #[cfg(feature = "kit")]
    pub(crate) fn swap_processes(&mut self, one: u32, other: u32) {
        let process = self.process_mut();
        *process = match *process {
            process if process == one => other,
            process if process == other => one,
            process => process,
        };
    }
}

/// A call as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The caller. The numbers of processes are those of [`Reader::processes`](super::Reader::processes).
    pub by: Caller,
    /// The call.
    pub call: Call,
    /// Whether the Wide twin was called.
    pub wide: bool,
    /// The outcome of the call.
    pub outcome: Outcome,
    /// The time that it took, in microseconds, in a trace whose calls do not overlap.
    pub elapsed_us: Option<u64>,
    /// Its start and end, in microseconds since the threads were started, in a trace whose calls overlap.
    pub interval: Option<(i64, i64)>,
}

impl Recorded {
    /// Returns whether the method belongs to the process-server surface.
    pub(crate) fn is_of_the_surface(&self) -> bool {
        !matches!(self.call, Call::OtherMethod { .. })
    }
}
