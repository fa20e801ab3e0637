//! The result of a performance: its events, and how it ended.

use std::fmt;

use crate::call::{Call, Caller, Ending, Outcome};
use crate::method::Method;
use crate::trace::{Event, EventKind, Recorded};

/// An event, and the step of the program that caused it, if one did.
pub(crate) type StepEvent = (Option<usize>, Event);

/// The record of a performed program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProgramRun {
    /// The events after those that it has from the run of the program before, each with the step of the program that caused
    /// it, if one did.
    pub(crate) events: Vec<StepEvent>,
    pub(crate) end: RunEnd,
    /// How many events it has from the run of the program before.
    pub(crate) shared: usize,
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
    /// The engine ended this process, whose exit is held up until the run has ended.
    Exited,
    /// The program was not performed, since the subject had stopped responding before; holds the reason.
    NotReached(String),
    /// The kit could not perform the program; holds the reason.
    KitFailed(String),
}

impl ProgramRun {
    /// A run without events.
    pub(crate) fn ended(end: RunEnd) -> ProgramRun {
        ProgramRun { events: Vec::new(), end, shared: 0 }
    }

    /// A run of one thread, or of a beginning and several threads.
    pub(super) fn of(mut lanes: Vec<Vec<StepEvent>>, end: RunEnd) -> ProgramRun {
        if lanes.len() == 1 {
            return ProgramRun { events: lanes.swap_remove(0), end, shared: 0 };
        }
        let lanes = lanes.into_iter().map(|lane| lane.into_iter().map(|(_, event)| event).collect());
        ProgramRun { events: merge(lanes).into_iter().map(|event| (None, event)).collect(), end, shared: 0 }
    }

    /// Returns where the subject stopped responding, if it did.
    pub(crate) fn hang(&self) -> Option<HangSite> {
        let mut calls = self.events.iter().filter_map(|(_, event)| event.call());
        let hung = calls.find(|recorded| recorded.outcome.ending == Ending::TimedOut);
        (self.end == RunEnd::TimedOut).then(|| HangSite::of(hung.map(|recorded| recorded.call.method())))
    }
}

impl RunEnd {
    /// Returns the end of a run in this process, in which the engine panicked with this message or did not panic.
    pub(crate) fn after(panicked: Option<String>) -> RunEnd {
        panicked.map_or(RunEnd::Completed, RunEnd::Crashed)
    }
}

/// Where a subject stopped responding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum HangSite {
    Call(Method),
    /// Between two calls, or while an engine was made or dropped.
    BetweenCalls,
}

impl HangSite {
    /// Returns the site of a subject that stopped responding in this call, or in none.
    pub(crate) fn of(call: Option<Method>) -> HangSite {
        call.map_or(HangSite::BetweenCalls, HangSite::Call)
    }
}

impl fmt::Display for HangSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HangSite::Call(method) => method.fmt(f),
            HangSite::BetweenCalls => f.write_str("outside of any call"),
        }
    }
}

/// Returns a call that has not returned, as one that ended so.
pub(super) fn pending(seq: u64, by: Caller, call: Call, ending: Ending) -> Event {
    let outcome = Outcome { ending, out: Default::default() };
    let call = Recorded { by, call, wide: false, outcome, elapsed_us: None, interval: None };
    Event { seq, kind: EventKind::Call(Box::new(call)) }
}

/// Merges the events of the threads in the order of their starts. A call that did not return may take effect at any
/// time until the end. A wait has no effect, so it has to be still allowed at the end.
fn merge(mut threads: impl Iterator<Item = Vec<Event>>) -> Vec<Event> {
    let mut events = threads.next().unwrap_or_default();
    let in_order = |event: &Event| interval(event).map(|(_, end)| end);
    let before = events.iter().filter_map(in_order).max().unwrap_or(0);
    let beginning = events.len();
    for mut thread in threads {
        let mut last_end = before;
        for event in &mut thread {
            let EventKind::Call(recorded) = &mut event.kind else { continue };
            let (start, end) = recorded.interval.unwrap_or((last_end, last_end));
            let is_open = recorded.outcome.ending.is_open();
            last_end = end;
            let waits = recorded.call.method() == Method::WaitForProcessServerEnd;
            recorded.interval = Some(match is_open {
                true => (if waits { i64::MAX } else { start }, i64::MAX),
                false => (start, end),
            });
        }
        events.append(&mut thread);
    }
    events[beginning..].sort_by_key(interval);
    (1..).zip(&mut events).for_each(|(seq, event)| event.seq = seq);
    events
}

fn interval(event: &Event) -> Option<(i64, i64)> {
    event.call()?.interval
}
