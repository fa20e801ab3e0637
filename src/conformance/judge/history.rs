//! Searches a history of overlapping calls for a linearization that the model allows.
//!
//! The search is Lowe's just-in-time linearization: a call gets its place only when it has ended. All candidates are followed
//! at once, and of two that lead to the same state only one (Wing and Gong). Three rules keep them few:
//!
//! - Only calls under way that [conflict](Footprint::conflicts_with) in this state with the call that has ended, or with one
//!   of those, may come before it (partial-order reduction).
//! - A call that breaks nothing and changes nothing gets its place at once.
//! - Of calls that are the same but for their callers, the one that ends first is the first (symmetry).

use std::cell::Cell;
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use super::BrokenRequirement;
use super::candidate::{Candidate, Severity, proven};
use super::conflict::{ConflictWindow, fewest};
use super::overlap::{Pending, PendingCall, timed};
use crate::model::Footprint;
use crate::profile::Profile;
use crate::trace::{Event, Recorded};

/// The number of candidates above which the search is given up.
const MAX_CANDIDATES: usize = 5_000;

/// The number of calls that may be tried for one call that has ended, and for one conflict that is minimized.
const MAX_TRIES: usize = 300_000;

/// A call under way that may come before the one that gets its place.
struct ConcurrentCall<'a> {
    call: &'a PendingCall,
    footprint: Footprint,
    /// The earlier calls of its thread within the same microsecond.
    follows: Vec<Pending>,
}

/// The orders in which one call found a place, and one in which it did not.
#[derive(Default)]
struct SearchOutcome {
    accepted: Vec<Candidate>,
    rejected: Option<Candidate>,
}

impl SearchOutcome {
    /// Appends an event to an order. Of the orders that are not allowed, keeps the first.
    fn place(&mut self, mut candidate: Candidate, event: &Event) {
        if candidate.accepts(event) {
            self.accepted.push(candidate);
        } else {
            self.rejected.get_or_insert(candidate);
        }
    }
}

/// Why the rest of a history cannot be judged.
#[derive(Debug)]
pub(super) enum HistoryError {
    /// No order is allowed. Holds the candidate that got farthest, and the smallest conflict if it was found.
    NoOrder(Box<Candidate>, Vec<Event>),
    /// There are too many orders of these calls to follow. Each of them has broken what is `proven`.
    TooManyOrders { calls: Vec<u64>, proven: Vec<BrokenRequirement> },
    /// The call started before calls that stand above it had ended.
    OutOfOrder { seq: u64 },
}

/// The candidates for the order of the calls so far, and the calls under way.
#[derive(Debug)]
pub(super) struct History {
    profile: Profile,
    pub(super) candidates: Vec<Candidate>,
    /// The calls without a place in every candidate, in the order of their ends.
    under_way: VecDeque<PendingCall>,
    /// The latest end of a call that every candidate contains, since the last event without times.
    linearized_until: i64,
    window: Option<ConflictWindow>,
    /// Whether a conflict is to be minimized.
    explains: bool,
    /// The number of calls that may still be tried before the next call has its place or, if nothing is explained, in all.
    tries: Cell<usize>,
}

impl History {
    /// Starts a history after a candidate, and minimizes its conflict if it has one.
    pub(super) fn new(profile: Profile, candidate: Candidate) -> History {
        History {
            profile,
            candidates: vec![candidate],
            under_way: VecDeque::new(),
            linearized_until: i64::MIN,
            window: None,
            explains: true,
            tries: Cell::new(MAX_TRIES),
        }
    }

    /// Judges the next event, in the order of the starts.
    pub(super) fn event(&mut self, event: Event) -> Result<(), HistoryError> {
        let Some((_, (start, _))) = timed(&event) else {
            self.finish()?;
            self.judge_alone(&event);
            return Ok(());
        };
        if start < self.linearized_until {
            return Err(HistoryError::OutOfOrder { seq: event.seq });
        }
        while self.under_way.front().is_some_and(|first| first.pending.0 < start) {
            self.linearize_first()?;
        }
        self.begin(event);
        Ok(())
    }

    /// Gives every call under way its place.
    pub(super) fn finish(&mut self) -> Result<(), HistoryError> {
        while !self.under_way.is_empty() {
            self.linearize_first()?;
        }
        Ok(())
    }

    /// Judges an event that overlaps with no other. Whatever it breaks, some candidate stays.
    fn judge_alone(&mut self, event: &Event) {
        self.window = None;
        self.linearized_until = i64::MIN;
        if let [candidate] = &mut *self.candidates {
            candidate.judge(event);
            return;
        }
        let mut outcome = SearchOutcome::default();
        for candidate in std::mem::take(&mut self.candidates) {
            outcome.place(candidate, event);
        }
        self.candidates = outcome.accepted;
        if self.candidates.is_empty() {
            self.candidates.extend(outcome.rejected);
        }
    }

    fn begin(&mut self, event: Event) {
        for candidate in &mut self.candidates {
            candidate.judge.begin(&event);
        }
        let is_wide = |recorded: &Recorded| {
            self.candidates.iter().any(|candidate| candidate.judge.footprint(recorded, true).is_wide())
        };
        let Some(call) = PendingCall::new(event, is_wide) else { return };
        let before = self.under_way.iter().rposition(|other| other.pending < call.pending);
        let at = before.map_or(0, |before| before + 1);
        self.under_way.insert(at, call);
    }

    /// Returns the footprint of a call, while `ended` and those under way may come before it.
    fn footprint(&self, candidate: &Candidate, ended: &PendingCall, call: &PendingCall) -> Footprint {
        let mut others = self.under_way.iter().chain([ended]).filter(|other| other.pending != call.pending);
        let may_change = others.any(|other| other.changes_handle && call.shares_handle_with(other));
        call.event.call().map_or(Footprint::UNLIMITED, |recorded| candidate.judge.footprint(recorded, may_change))
    }

    /// Gives the first call that ends its place.
    fn linearize_first(&mut self) -> Result<(), HistoryError> {
        let Some(ended) = self.under_way.pop_front() else { return Ok(()) };
        self.linearized_until = self.linearized_until.max(ended.pending.0);
        let may_conflict = self.under_way.iter().any(|other| ended.may_conflict_with(other));
        if self.explains {
            self.tries.set(MAX_TRIES);
            self.track_conflicts(&ended.event, may_conflict);
        }
        self.extend_candidates(&ended, may_conflict)?;
        if let Some(window) = &mut self.window {
            window.push(ended.event);
        }
        Ok(())
    }

    /// Keeps the candidates before calls that may conflict, until the order of these calls is known.
    fn track_conflicts(&mut self, event: &Event, may_conflict: bool) {
        let is_known = self.candidates.len() == 1 && self.candidates[0].linearized.is_empty();
        if is_known && self.window.as_ref().is_some_and(|window| window.is_over_before(event)) {
            self.window = None;
        }
        if may_conflict && self.window.is_none() {
            self.window = Some(ConflictWindow::new(self.candidates.clone()));
        }
    }

    fn extend_candidates(&mut self, ended: &PendingCall, may_conflict: bool) -> Result<(), HistoryError> {
        // Usually there is one order, and nothing to decide.
        if let [only] = &mut *self.candidates
            && only.linearized.is_empty()
            && !may_conflict
        {
            if only.accepts(&ended.event) {
                return Ok(());
            }
            return self.candidates.pop().map_or(Ok(()), |only| self.reject(only, ended, true));
        }
        let proven = proven(&self.candidates);
        let (mut outcome, mut alone) = (SearchOutcome::default(), true);
        for mut candidate in std::mem::take(&mut self.candidates) {
            if let Some(at) = candidate.linearized.iter().position(|linearized| *linearized == ended.pending) {
                candidate.linearized.swap_remove(at);
                outcome.accepted.push(candidate);
                continue;
            }
            let others = if may_conflict { self.concurrent_calls(&candidate, ended) } else { Vec::new() };
            alone &= others.is_empty();
            if others.is_empty() {
                outcome.place(candidate, &ended.event);
                continue;
            }
            let calls = others.iter().map(|other| other.call.pending.1).chain([ended.event.seq]);
            let mut calls: Vec<u64> = calls.collect();
            if self.search(candidate, ended, others, &mut outcome).is_none() {
                calls.sort_unstable();
                return Err(HistoryError::TooManyOrders { calls, proven });
            }
        }
        let SearchOutcome { mut accepted, rejected } = outcome;
        if accepted.len() > 1 {
            let mut seen = HashSet::new();
            accepted.sort_by_key(Candidate::weight);
            accepted.retain(|candidate| seen.insert(candidate.fingerprint()));
        }
        self.candidates = accepted;
        match rejected {
            Some(candidate) if self.candidates.is_empty() => self.reject(candidate, ended, alone),
            _ => Ok(()),
        }
    }

    /// No candidate has a place for the call. A call that was alone is wrong by itself and judging goes on, unless calls that
    /// overlapped with it got their places before.
    fn reject(&mut self, candidate: Candidate, ended: &PendingCall, alone: bool) -> Result<(), HistoryError> {
        let window = self.window.take_if(|window| !alone || window.overlaps(&ended.event));
        let unordered = window.map_or_else(Vec::new, |window| {
            let calls = window.calls([ended].into_iter().chain(&self.under_way).map(|call| &call.event));
            let tries = Cell::new(MAX_TRIES);
            let has_no_order = |before: &Candidate, calls: &[Arc<Event>]| {
                let history = History::new(self.profile, Candidate::new(before.judge.clone()));
                let mut history = History { explains: false, tries: Cell::new(tries.get()), ..history };
                let has_no_order = history.has_no_order(calls);
                tries.swap(&history.tries);
                has_no_order
            };
            fewest(calls, |calls| window.candidates.iter().all(|before| has_no_order(before, calls)))
        });
        if alone && unordered.len() < 2 {
            self.candidates.push(candidate);
            return Ok(());
        }
        Err(HistoryError::NoOrder(Box::new(candidate), unordered))
    }

    /// Follows the orders of concurrent calls that end with this one. Returns `None` if there are too many.
    fn search<'a>(
        &'a self,
        candidate: Candidate,
        ended: &PendingCall,
        others: Vec<ConcurrentCall<'a>>,
        outcome: &mut SearchOutcome,
    ) -> Option<()> {
        let event = &ended.event;
        let (mut seen, mut open, mut others) = (HashSet::new(), vec![candidate], Some(others));
        while let Some(mut candidate) = open.pop() {
            let others = others.take().unwrap_or_else(|| self.concurrent_calls(&candidate, ended));
            self.tries.set(self.tries.get().checked_sub(others.len() + 1)?);
            if seen.len().max(outcome.accepted.len()) > MAX_CANDIDATES {
                return None;
            }
            let mut branches = Vec::new();
            for (at, other) in others.iter().enumerate() {
                if !other.follows.iter().all(|before| candidate.linearized.contains(before)) {
                    continue;
                }
                match candidate.severity(&other.call.event) {
                    // A read-only call that breaks nothing cannot have a better place.
                    Severity::Clean if other.footprint.is_read_only() => {
                        candidate.judge(&other.call.event);
                        candidate.linearized.push(other.call.pending);
                    }
                    Severity::Clean | Severity::Minor => branches.push(at),
                    Severity::Binding => {}
                }
            }
            let own = self.footprint(&candidate, ended, ended);
            if own.is_read_only() && candidate.severity(event) == Severity::Clean {
                outcome.place(candidate, event);
                continue;
            }
            let is_free = others.iter().all(|other| other.follows.is_empty());
            for at in branches {
                let other = &others[at];
                // They stand in the order of their ends, and this call ends before them.
                let mut earlier = others[..at].iter().map(|it| it.call).chain([ended]);
                let is_same = |it: &PendingCall| candidate.judge.is_interchangeable(&it.event, &other.call.event);
                if is_free && earlier.any(is_same) {
                    continue;
                }
                let mut branch = candidate.clone();
                branch.judge(&other.call.event);
                branch.linearized.push(other.call.pending);
                if seen.insert(branch.fingerprint()) {
                    open.push(branch);
                }
            }
            outcome.place(candidate, event);
        }
        Some(())
    }

    /// Returns the calls under way that may come before this one, in the order of their ends: those that conflict with it,
    /// those that conflict with these, and the earlier calls of their threads.
    fn concurrent_calls<'a>(&'a self, candidate: &Candidate, ended: &PendingCall) -> Vec<ConcurrentCall<'a>> {
        let waiting = || self.under_way.iter().filter(|call| !candidate.linearized.contains(&call.pending));
        let mut rest: Vec<&PendingCall> = waiting().filter(|other| !other.follows(ended)).collect();
        let mut find = |call: &PendingCall, footprint: &Footprint, follows: &[Pending], found: &mut Vec<_>| {
            rest.retain(|other| {
                let is_before = follows.contains(&other.pending);
                // Few calls conflict, so few footprints are needed.
                if !is_before && !call.may_conflict_with(other) {
                    return true;
                }
                let own = self.footprint(candidate, ended, other);
                let is_found = is_before || footprint.conflicts_with(&own);
                if is_found {
                    let follows = waiting().filter(|before| other.follows(before)).map(|before| before.pending);
                    found.push(ConcurrentCall { call: other, footprint: own, follows: follows.collect() });
                }
                !is_found
            });
        };
        let mut found: Vec<ConcurrentCall<'a>> = Vec::new();
        find(ended, &self.footprint(candidate, ended, ended), &[], &mut found);
        let mut visited = 0;
        while let Some(ConcurrentCall { call, footprint, follows }) = found.get(visited) {
            let (call, footprint, follows) = (*call, *footprint, follows.clone());
            find(call, &footprint, &follows, &mut found);
            visited += 1;
        }
        found.sort_unstable_by_key(|other| other.call.pending);
        found
    }

    /// Whether no order of these calls is allowed.
    fn has_no_order(&mut self, calls: &[Arc<Event>]) -> bool {
        let judged = calls.iter().try_for_each(|event| self.event(Event::clone(event)));
        match judged.and_then(|()| self.finish()) {
            Ok(()) => self.candidates.iter().all(Candidate::is_rejected),
            Err(error) => matches!(error, HistoryError::NoOrder(..)),
        }
    }
}
