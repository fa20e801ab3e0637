//! Conflicts: overlapping calls for which no order is allowed, and the fewest of them that have none.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::candidate::Candidate;
use super::overlap::{timed, timed_handle};
use crate::call::Call;
use crate::model::use_of;
use crate::state::Use;
use crate::trace::{Event, Recorded};

/// The size above which a conflict is not minimized.
const MAX_CALLS: usize = 200;

/// The candidates before calls whose order is still open, and these calls.
#[derive(Debug)]
pub(super) struct ConflictWindow {
    pub(super) candidates: Vec<Candidate>,
    calls: Vec<Event>,
    /// The latest end of the calls.
    end: i64,
}

impl ConflictWindow {
    /// Opens a window after these candidates.
    pub(super) fn new(candidates: Vec<Candidate>) -> ConflictWindow {
        ConflictWindow { candidates, calls: Vec::new(), end: i64::MIN }
    }

    /// Adds a call.
    pub(super) fn push(&mut self, event: Event) {
        self.end = self.end.max(timed(&event).map_or(i64::MIN, |(_, (_, end))| end));
        if self.calls.len() < MAX_CALLS {
            self.calls.push(event);
        }
    }

    /// Whether every call ended before this one started, or the window is full.
    pub(super) fn is_over_before(&self, event: &Event) -> bool {
        timed(event).is_some_and(|(_, (start, _))| self.end < start) || self.calls.len() == MAX_CALLS
    }

    /// Whether another call overlaps with this one on the same handle.
    pub(super) fn overlaps(&self, event: &Event) -> bool {
        let Some((_, (start, end))) = timed(event) else { return false };
        self.calls.iter().any(|other| {
            let is_at_once = timed(other).is_some_and(|(_, (from, until))| from <= end && start <= until);
            is_at_once && other.seq != event.seq && timed_handle(other) == timed_handle(event)
        })
    }

    /// Returns the calls of the window and these others, in the order of their starts.
    pub(super) fn calls<'a>(&'a self, others: impl Iterator<Item = &'a Event>) -> Vec<Arc<Event>> {
        let mut calls: Vec<Arc<Event>> = self.calls.iter().chain(others).map(|event| Arc::new(event.clone())).collect();
        calls.sort_by_key(|event| (timed(event).map(|(_, (start, _))| start), event.seq));
        calls
    }
}

/// Returns the fewest of these calls that still have no order, or none if they have one. `fails` searches for an order.
///
/// A call is left out only with all calls on its handle, or if it changed nothing: so the others stay meaningful.
pub(super) fn fewest(mut calls: Vec<Arc<Event>>, fails: impl Fn(&[Arc<Event>]) -> bool) -> Vec<Event> {
    if !fails(&calls) {
        return Vec::new();
    }
    let handles: BTreeSet<_> = calls.iter().filter_map(|event| timed_handle(event)).collect();
    for group in handles {
        leave_out(&mut calls, &fails, |event| timed_handle(event) == Some(group));
    }
    let idle: Vec<u64> = calls.iter().filter(|event| changes_nothing(event)).map(|event| event.seq).collect();
    for seq in idle {
        leave_out(&mut calls, &fails, |event| event.seq == seq);
    }
    calls.iter().map(|event| Event::clone(event)).collect()
}

fn leave_out(calls: &mut Vec<Arc<Event>>, fails: &impl Fn(&[Arc<Event>]) -> bool, is_out: impl Fn(&Event) -> bool) {
    let left: Vec<Arc<Event>> = calls.iter().filter(|event| !is_out(event)).cloned().collect();
    if left.len() < calls.len() && fails(&left) {
        *calls = left;
    }
}

fn changes_nothing(event: &Event) -> bool {
    let is_query = |recorded: &Recorded| {
        let is_of_nothing = matches!(recorded.call, Call::OutputServers { .. } | Call::OtherMethod { .. });
        is_of_nothing || use_of(&recorded.call) == Some(Use::Query)
    };
    timed(event).is_some_and(|(recorded, _)| is_query(recorded) || !recorded.outcome.succeeded())
}
