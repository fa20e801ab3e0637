//! Traces: what a run did, as JSON Lines. The format is that of the traces of the real engine in `fixtures/traces`.
//!
//! The first line describes the recording; every other line is one [`Event`]. A trace is read and written a line at a
//! time, so its length is bounded by nothing.

mod arguments;
#[cfg(feature = "kit")]
mod blocks;
mod complaint;
mod computer;
mod input;
mod line;
mod names;
mod other_method;
mod parameters;
mod parsed;
mod reader;
mod recorder;
mod sequence;
mod value;
mod writer;

#[cfg(feature = "kit")]
pub(crate) use arguments::call;
pub(crate) use arguments::{arguments, written};
pub(crate) use complaint::{column, describe, short};
pub(crate) use computer::processes;
pub use reader::{MalformedTrace, Reader};
pub use recorder::Recorder;
pub use sequence::{CheckError, Sequence};
pub(crate) use value::{JsonObject, given};
pub use writer::Writer;
#[cfg(feature = "kit")]
pub(crate) use writer::spaced;

use serde::{Deserialize, Serialize};

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
    /// What it shows.
    #[serde(default)]
    pub note: String,
}

impl Header {
    /// A header of a recording made with this format.
    pub fn new(engine: EngineName, name: impl Into<String>, note: impl Into<String>) -> Header {
        Header { trace: 1, engine, name: name.into(), note: note.into() }
    }
}

/// Which engine was recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct EngineName {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it ran on.
    pub platform: String,
}

/// One line after the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its place in the trace; it grows from line to line.
    pub seq: u64,
    /// What happened.
    pub kind: EventKind,
}

/// What an event is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A call and its outcome.
    Call(Box<Recorded>),
    /// A process was ended from outside.
    ProcessKilled {
        /// Its number.
        process: u32,
    },
    /// A pause.
    Elapsed {
        /// The process in which it was made.
        process: u32,
        /// Its length in milliseconds.
        ms: u64,
    },
    /// What is known of the computer on which a process runs, told before the first call of that process. Processes of
    /// which it is not told are on one computer of which nothing is known.
    Computer {
        /// The process's number.
        process: u32,
        /// The computer.
        computer: Computer,
    },
}

impl Event {
    /// The number of the process in which it happened.
    pub fn process(&self) -> u32 {
        match &self.kind {
            EventKind::Call(recorded) => recorded.by.process,
            EventKind::ProcessKilled { process }
            | EventKind::Elapsed { process, .. }
            | EventKind::Computer { process, .. } => *process,
        }
    }

    /// The call that it is, if it is one.
    #[cfg(feature = "kit")]
    pub(crate) fn call(&self) -> Option<&Recorded> {
        match &self.kind {
            EventKind::Call(recorded) => Some(recorded),
            EventKind::ProcessKilled { .. } | EventKind::Elapsed { .. } | EventKind::Computer { .. } => None,
        }
    }

    fn process_mut(&mut self) -> &mut u32 {
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
    /// Who made it. The numbers of processes are those of [`Reader::processes`].
    pub by: Caller,
    /// The call.
    pub call: Call,
    /// Whether the Wide twin was called.
    pub wide: bool,
    /// What it did.
    pub outcome: Outcome,
    /// How long it took, in microseconds, where calls do not overlap.
    pub elapsed_us: Option<u64>,
    /// When it started and ended, in microseconds since the threads were started, where calls overlap.
    pub interval: Option<(i64, i64)>,
}

impl Recorded {
    /// Whether it is one of the process-server surface.
    pub(crate) fn is_of_the_surface(&self) -> bool {
        !matches!(self.call, Call::OtherMethod { .. })
    }
}
