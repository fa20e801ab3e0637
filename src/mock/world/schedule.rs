//! The virtual clock of a lab, and its scheduled events.

use std::collections::BTreeMap;

use super::handles::CallSite;
use super::ids::{ComputerId, EngineId, ServerId};
use crate::method::Method;

/// The virtual clock, and how time passes.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    /// In milliseconds since the lab was made.
    pub(crate) now: u64,
    pub(crate) mode: TimeMode,
}

/// How time passes in a lab.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum TimeMode {
    /// A wait takes no real time: it moves the clock forward by itself.
    #[default]
    Virtual,
    /// The clock stands still until a test advances it.
    Paused,
    /// A wait takes the time that it is asked to take.
    Real,
}

/// Something that happens without a call that does it. A process that starts runs `exe`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum WorldEvent {
    ProcessStarts {
        computer: ComputerId,
        exe: String,
    },
    ProcessEnds {
        computer: ComputerId,
        id: u32,
    },
    HostDies(EngineId),
    HostRestarts(EngineId),
    AllHostsDie,
    /// The pipe of a server is there from now on.
    PipeAppears(ServerId),
}

/// The events that are to come.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    /// By the number of the call before which they happen.
    at_call: BTreeMap<u64, Vec<WorldEvent>>,
    /// By the virtual time, in milliseconds.
    at_time: BTreeMap<u64, Vec<WorldEvent>>,
}

impl Schedule {
    pub(crate) fn at_call(&mut self, call: u64, event: WorldEvent) {
        self.at_call.entry(call).or_default().push(event);
    }

    pub(crate) fn at_time(&mut self, ms: u64, event: WorldEvent) {
        self.at_time.entry(ms).or_default().push(event);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.at_call.is_empty() && self.at_time.is_empty()
    }

    /// Takes the events that are due at a call.
    pub(crate) fn take_call(&mut self, call: u64) -> Vec<WorldEvent> {
        self.at_call.remove(&call).unwrap_or_default()
    }

    /// Takes the events of the first time that is not after `until`, with that time.
    pub(crate) fn take_first_until(&mut self, until: u64) -> Option<(u64, Vec<WorldEvent>)> {
        let first = self.at_time.first_entry()?;
        if *first.key() > until { None } else { Some(first.remove_entry()) }
    }
}

/// A call of which a sweep wants to know more than that it was made.
#[derive(Debug, Default)]
pub(crate) struct WatchedCall {
    /// Its number; 0 for none.
    pub(crate) number: u64,
    /// Its method, and where it was made.
    pub(crate) seen: Option<(Method, CallSite)>,
}
