//! Calls that no order allows: the fewest of them that still have none.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::history::{Candidate, History, ProcessHandle, Stop, handle, timed};
use crate::call::Call;
use crate::profile::Profile;
use crate::trace::{Event, Recorded};

/// How many calls are kept behind a beginning: among more, the fewest are not looked for.
const KEPT: usize = 200;

/// The runs before calls of which the order is not known, and these calls.
#[derive(Debug)]
pub(super) struct ConflictWindow {
    runs: Vec<Candidate>,
    calls: Vec<Arc<Event>>,
    /// The latest end of these.
    end: i64,
}

impl ConflictWindow {
    pub(super) fn new(runs: Vec<Candidate>) -> ConflictWindow {
        ConflictWindow { runs, calls: Vec::new(), end: i64::MIN }
    }

    pub(super) fn push(&mut self, event: &Arc<Event>) {
        self.end = self.end.max(timed(event).map_or(i64::MIN, |(_, (_, end))| end));
        if self.calls.len() < KEPT {
            self.calls.push(Arc::clone(event));
        }
    }

    /// Whether the calls have nothing to do with this one any more, or are too many.
    pub(super) fn is_over_before(&self, event: &Event) -> bool {
        timed(event).is_some_and(|(_, (start, _))| self.end < start) || self.calls.len() == KEPT
    }

    /// Whether another one was made on its handle at the same time.
    pub(super) fn overlaps(&self, event: &Event) -> bool {
        let Some((_, (start, end))) = timed(event) else { return false };
        self.calls.iter().any(|other| {
            let is_at_once = timed(other).is_some_and(|(_, (from, until))| from <= end && start <= until);
            is_at_once && other.seq != event.seq && on(other) == on(event)
        })
    }

    /// The fewest calls, of these and those under way, that have no order by themselves, in the order of their starts. A call
    /// is only left out if that takes nothing from the others: with all that is on its handle, or if it has changed nothing.
    pub(super) fn fewest(mut self, profile: Profile, under_way: impl Iterator<Item = Arc<Event>>) -> Vec<Event> {
        self.calls.extend(under_way);
        self.calls.sort_by_key(|event| (timed(event).map(|(_, (start, _))| start), event.seq));
        if !self.has_no_order(profile, &self.calls) {
            return Vec::new();
        }
        let handles: BTreeSet<_> = self.calls.iter().filter_map(|event| on(event)).collect();
        for group in handles {
            self.leave_out(profile, |event| on(event) == Some(group));
        }
        let idle: Vec<u64> = self.calls.iter().filter(|event| changes_nothing(event)).map(|event| event.seq).collect();
        for seq in idle {
            self.leave_out(profile, |event| event.seq == seq);
        }
        self.calls.iter().map(|event| Event::clone(event)).collect()
    }

    fn leave_out(&mut self, profile: Profile, is_out: impl Fn(&Event) -> bool) {
        let left: Vec<Arc<Event>> = self.calls.iter().filter(|event| !is_out(event)).cloned().collect();
        if left.len() < self.calls.len() && self.has_no_order(profile, &left) {
            self.calls = left;
        }
    }

    fn has_no_order(&self, profile: Profile, calls: &[Arc<Event>]) -> bool {
        self.runs.iter().all(|run| {
            let mut history = History::trial(profile, Candidate::new(run.judge.clone()));
            let judged = calls.iter().try_for_each(|event| history.event(Event::clone(event)));
            match judged.and_then(|()| history.finish()) {
                Ok(()) => history.runs.iter().all(breaks_what_binds),
                Err(stop) => matches!(stop, Stop::NoOrder(..)),
            }
        })
    }
}

fn breaks_what_binds(run: &Candidate) -> bool {
    run.broken.iter().any(|broken| broken.violation.binds())
}

fn on(event: &Event) -> Option<ProcessHandle> {
    handle(timed(event)?.0)
}

fn changes_nothing(event: &Event) -> bool {
    let asks = |recorded: &Recorded| {
        matches!(
            recorded.call,
            Call::GetRunningProcessSystemIds { .. }
                | Call::GetRunningProcessSystemIdByExecutableName { .. }
                | Call::GetRunningProcessDescription { .. }
                | Call::OutputServers { .. }
                | Call::OtherMethod { .. }
        )
    };
    timed(event).is_some_and(|(recorded, _)| asks(recorded) || !recorded.outcome.succeeded())
}
