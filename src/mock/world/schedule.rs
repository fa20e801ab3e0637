//! The virtual clock of a lab, and its scheduled events.

use std::collections::BTreeMap;

use super::ids::{ComputerId, EngineId, ServerId};
use super::set_up::SetUpAt;

/// The virtual clock, and how time passes.
#[derive(Clone, Debug, Default)]
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
    /// Nothing: a sweep wants to know which call comes next.
    CallIsWatched,
}

/// An event that is to come, and where it was set up; `None` if it may never happen.
type ScheduledEvent = (WorldEvent, Option<SetUpAt>);

/// The events that are to come.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schedule {
    /// By the number of the call before which they happen.
    at_call: BTreeMap<u64, Vec<ScheduledEvent>>,
    /// By the virtual time, in milliseconds.
    at_time: BTreeMap<u64, Vec<ScheduledEvent>>,
}

/// When an event is due.
#[derive(Clone, Copy, Debug)]
pub(crate) enum DueAt {
    Call(u64),
    Time(u64),
}

impl Schedule {
    pub(crate) fn add(&mut self, due: DueAt, event: WorldEvent, set_up: Option<SetUpAt>) {
        let events = match due {
            DueAt::Call(call) => self.at_call.entry(call),
            DueAt::Time(ms) => self.at_time.entry(ms),
        };
        events.or_default().push((event, set_up));
    }

    /// Returns the events that have not happened, although they should have.
    pub(crate) fn unused(&self) -> impl Iterator<Item = (DueAt, &WorldEvent, &SetUpAt)> {
        let at_call = self.at_call.iter().map(|(call, events)| (DueAt::Call(*call), events));
        let all = at_call.chain(self.at_time.iter().map(|(ms, events)| (DueAt::Time(*ms), events)));
        all.flat_map(|(due, events)| {
            events.iter().filter_map(move |(event, set_up)| Some((due, event, set_up.as_ref()?)))
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.at_call.is_empty() && self.at_time.is_empty()
    }

    /// Takes the events that are due at a call.
    pub(crate) fn take_call(&mut self, call: u64) -> impl Iterator<Item = WorldEvent> + use<> {
        self.at_call.remove(&call).into_iter().flatten().map(|(event, _)| event)
    }

    /// Takes the events of the first time that is not after `until`, with that time.
    pub(crate) fn take_first_until(&mut self, until: u64) -> Option<(u64, impl Iterator<Item = WorldEvent> + use<>)> {
        let first = self.at_time.first_entry().filter(|first| *first.key() <= until)?;
        let (at, events) = first.remove_entry();
        Some((at, events.into_iter().map(|(event, _)| event)))
    }
}
