//! Searches a history of overlapping calls for a linearization that the model allows.
//!
//! The search is Lowe's just-in-time linearization: a call gets its place only when it has ended, and only calls under way
//! that [conflict](Footprint::conflicts_with) with it, or with one of those, may come before it. All candidates are followed at
//! once, and of two that lead to the same state only one (Wing and Gong).

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::candidate::{Candidate, Severity};
use super::conflict::{ConflictWindow, fewest};
use super::overlap::{Pending, ProcessHandle, closes, follows, handle, timed, timed_handle};
use crate::model::Footprint;
use crate::profile::Profile;
use crate::trace::{Event, Recorded};

/// The number of candidates above which the search is given up.
const MAX_CANDIDATES: usize = 5_000;

/// A call under way that may come before the one that gets its place.
struct ConcurrentCall {
    pending: Pending,
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
    /// There are too many candidates to follow.
    TooManyCandidates { from: u64 },
    /// The call started before calls that stand above it had ended.
    OutOfOrder { seq: u64 },
}

/// The candidates for the order of the calls so far, and the calls under way.
#[derive(Debug)]
pub(super) struct History {
    profile: Profile,
    pub(super) candidates: Vec<Candidate>,
    under_way: BTreeMap<Pending, Arc<Event>>,
    /// How many calls under way share a handle.
    by_handle: FxHashMap<ProcessHandle, u32>,
    /// The calls under way that may affect calls on other handles.
    wide: BTreeSet<Pending>,
    /// The latest end of a call that every candidate contains, since the last event without times.
    linearized_until: i64,
    window: Option<ConflictWindow>,
    /// Whether a conflict is to be minimized.
    explains: bool,
}

impl History {
    /// Starts a history after a candidate, and minimizes its conflict if it has one.
    pub(super) fn new(profile: Profile, candidate: Candidate) -> History {
        History {
            profile,
            candidates: vec![candidate],
            under_way: BTreeMap::new(),
            by_handle: FxHashMap::default(),
            wide: BTreeSet::new(),
            linearized_until: i64::MIN,
            window: None,
            explains: true,
        }
    }

    /// Judges the next event, in the order of the starts.
    pub(super) fn event(&mut self, event: Event) -> Result<(), HistoryError> {
        let Some((_, (start, end))) = timed(&event) else {
            self.finish()?;
            self.judge_alone(&event);
            return Ok(());
        };
        if start < self.linearized_until {
            return Err(HistoryError::OutOfOrder { seq: event.seq });
        }
        while let Some((&pending, _)) = self.under_way.first_key_value().filter(|((end, _), _)| *end < start) {
            self.linearize(pending)?;
        }
        self.begin((end, event.seq), event);
        Ok(())
    }

    /// Gives every call under way its place.
    pub(super) fn finish(&mut self) -> Result<(), HistoryError> {
        while let Some((&pending, _)) = self.under_way.first_key_value() {
            self.linearize(pending)?;
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

    fn begin(&mut self, pending: Pending, event: Event) {
        if let Some((recorded, _)) = timed(&event) {
            if self.is_wide(recorded) {
                self.wide.insert(pending);
            }
            if let Some(handle) = handle(recorded) {
                // A disconnect makes the calls under way on its handle wide: in the real engine they may harm others.
                if self.profile.is_dbgeng() && closes(recorded) && self.by_handle.contains_key(&handle) {
                    let others = self.under_way.iter().filter(|(_, other)| timed_handle(other) == Some(handle));
                    self.wide.extend(others.map(|(pending, _)| *pending));
                }
                *self.by_handle.entry(handle).or_default() += 1;
            }
        }
        self.under_way.insert(pending, Arc::new(event));
    }

    /// Whether the call may affect calls on other handles.
    fn is_wide(&self, recorded: &Recorded) -> bool {
        let is_shared = handle(recorded).is_some_and(|handle| self.by_handle.contains_key(&handle));
        let may_close =
            is_shared && self.may_close(recorded, self.under_way.values().filter_map(|other| Some(timed(other)?.0)));
        self.candidates.iter().any(|candidate| candidate.judge.footprint(recorded, may_close).is_wide())
    }

    /// Whether one of the others may close the handle of a call. Only in the real engine does that affect further calls.
    fn may_close<'a>(&self, recorded: &Recorded, mut others: impl Iterator<Item = &'a Recorded>) -> bool {
        let closes_it =
            |other: &Recorded| closes(other) && handle(other) == handle(recorded) && !std::ptr::eq(other, recorded);
        self.profile.is_dbgeng() && others.any(closes_it)
    }

    /// Gives a call its place: it has ended.
    fn linearize(&mut self, pending: Pending) -> Result<(), HistoryError> {
        let Some(event) = self.under_way.remove(&pending) else { return Ok(()) };
        let Some((recorded, _)) = timed(&event) else { return Ok(()) };
        let is_shared = handle(recorded).is_some_and(|handle| self.release(handle));
        let is_wide = self.wide.remove(&pending) || !self.wide.is_empty();
        self.linearized_until = self.linearized_until.max(pending.0);
        let may_conflict = (is_shared || is_wide) && !self.under_way.is_empty();
        if self.explains {
            self.track_conflicts(&event, may_conflict);
        }
        self.extend_candidates(pending, &event, recorded, may_conflict)
    }

    /// Keeps the candidates before calls that may conflict, and these calls, until their order is known.
    fn track_conflicts(&mut self, event: &Arc<Event>, may_conflict: bool) {
        let is_known = self.candidates.len() == 1 && self.candidates[0].linearized.is_empty();
        if is_known && self.window.as_ref().is_some_and(|window| window.is_over_before(event)) {
            self.window = None;
        }
        if may_conflict && self.window.is_none() {
            self.window = Some(ConflictWindow::new(self.candidates.clone()));
        }
        if let Some(window) = &mut self.window {
            window.push(event);
        }
    }

    /// Removes one call from those that share a handle, and returns whether others are left.
    fn release(&mut self, handle: ProcessHandle) -> bool {
        let Some(count) = self.by_handle.get_mut(&handle) else { return false };
        *count -= 1;
        let is_shared = *count > 0;
        if !is_shared {
            self.by_handle.remove(&handle);
        }
        is_shared
    }

    fn extend_candidates(
        &mut self,
        pending: Pending,
        event: &Event,
        recorded: &Recorded,
        may_conflict: bool,
    ) -> Result<(), HistoryError> {
        let (mut outcome, mut alone) = (SearchOutcome::default(), true);
        for mut candidate in std::mem::take(&mut self.candidates) {
            if let Some(at) = candidate.linearized.iter().position(|linearized| *linearized == pending) {
                candidate.linearized.swap_remove(at);
                outcome.accepted.push(candidate);
                continue;
            }
            let others = if may_conflict { self.concurrent_calls(&candidate, pending, recorded) } else { Vec::new() };
            alone &= others.is_empty();
            if others.is_empty() {
                outcome.place(candidate, event);
            } else {
                self.search(candidate, event, &others, &mut outcome)?;
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
            Some(candidate) if self.candidates.is_empty() => self.reject(candidate, event, alone),
            _ => Ok(()),
        }
    }

    /// No candidate has a place for the call. A call that was alone is wrong by itself and judging goes on, unless calls that
    /// overlapped with it got their places before.
    fn reject(&mut self, candidate: Candidate, event: &Event, alone: bool) -> Result<(), HistoryError> {
        let window = self.window.take_if(|window| !alone || window.overlaps(event));
        let unordered = window.map_or_else(Vec::new, |window| {
            let calls = window.calls(self.under_way.values().cloned());
            fewest(calls, |calls| window.candidates.iter().all(|before| has_no_order(self.profile, before, calls)))
        });
        if alone && unordered.len() < 2 {
            self.candidates.push(candidate);
            return Ok(());
        }
        Err(HistoryError::NoOrder(Box::new(candidate), unordered))
    }

    /// Follows every order of these concurrent calls that ends with this event.
    fn search(
        &self,
        candidate: Candidate,
        event: &Event,
        others: &[ConcurrentCall],
        outcome: &mut SearchOutcome,
    ) -> Result<(), HistoryError> {
        let mut seen = HashSet::new();
        let mut open = vec![candidate];
        while let Some(mut candidate) = open.pop() {
            let mut branches = Vec::new();
            for other in others {
                let is_linearized = |pending: &Pending| candidate.linearized.contains(pending);
                if is_linearized(&other.pending) || !other.follows.iter().all(is_linearized) {
                    continue;
                }
                let event = &self.under_way[&other.pending];
                match candidate.severity(event) {
                    // A read-only call that breaks nothing cannot have a better place.
                    Severity::Clean if other.footprint.is_read_only() => {
                        candidate.judge(event);
                        candidate.linearized.push(other.pending);
                    }
                    Severity::Clean | Severity::Minor => branches.push(other.pending),
                    Severity::Binding => {}
                }
            }
            for pending in branches {
                let mut branch = candidate.clone();
                branch.judge(&self.under_way[&pending]);
                branch.linearized.push(pending);
                if seen.insert(branch.fingerprint()) {
                    open.push(branch);
                }
            }
            outcome.place(candidate, event);
            if seen.len().max(outcome.accepted.len()) > MAX_CANDIDATES {
                return Err(HistoryError::TooManyCandidates { from: event.seq });
            }
        }
        Ok(())
    }

    /// Returns the calls under way that may come before this one: those that conflict with it, those that conflict with
    /// these, and the earlier calls of their threads.
    fn concurrent_calls(&self, candidate: &Candidate, pending: Pending, recorded: &Recorded) -> Vec<ConcurrentCall> {
        let waiting = self.under_way.iter().filter(|(pending, _)| !candidate.linearized.contains(pending));
        let waiting: Vec<_> = waiting.filter_map(|(pending, event)| Some((*pending, timed(event)?.0))).collect();
        let all = || waiting.iter().map(|(_, other)| *other).chain([recorded]);
        let footprint = |it: &Recorded| candidate.judge.footprint(it, self.may_close(it, all()));
        let others = waiting.iter().filter(|other| !follows(**other, (pending, recorded)));
        let mut rest: Vec<(Pending, &Recorded, Footprint)> =
            others.map(|(pending, other)| (*pending, *other, footprint(other))).collect();
        // Few calls conflict, so only those are compared with every other one.
        let concurrent = |(pending, recorded, footprint): (Pending, &Recorded, Footprint)| {
            let follows = waiting.iter().filter(|(before, it)| follows((pending, recorded), (*before, it)));
            ConcurrentCall { pending, footprint, follows: follows.map(|(before, _)| *before).collect() }
        };
        let own = footprint(recorded);
        let mut found: Vec<ConcurrentCall> =
            rest.extract_if(.., |(.., other)| own.conflicts_with(other)).map(concurrent).collect();
        let mut visited = 0;
        while let Some(one) = found.get(visited) {
            let next: Vec<ConcurrentCall> = rest
                .extract_if(.., |(pending, _, other)| {
                    one.footprint.conflicts_with(other) || one.follows.contains(pending)
                })
                .map(concurrent)
                .collect();
            found.extend(next);
            visited += 1;
        }
        found.sort_unstable_by_key(|other| other.pending);
        found
    }
}

/// Whether no order of these calls after the candidate is allowed.
fn has_no_order(profile: Profile, before: &Candidate, calls: &[Arc<Event>]) -> bool {
    let mut history = History { explains: false, ..History::new(profile, Candidate::new(before.judge.clone())) };
    let judged = calls.iter().try_for_each(|event| history.event(Event::clone(event)));
    match judged.and_then(|()| history.finish()) {
        Ok(()) => history.candidates.iter().all(Candidate::is_rejected),
        Err(error) => matches!(error, HistoryError::NoOrder(..)),
    }
}
