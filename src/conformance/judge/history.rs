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
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::BrokenRequirement;
use super::candidate::{Candidate, Severity, proven};
use super::conflict::{ConflictWindow, fewest};
use super::overlap::{Pending, ProcessHandle, changes_handle, follows, handle, timed};
use crate::model::Footprint;
use crate::profile::Profile;
use crate::trace::{Event, Recorded};

/// The number of candidates above which the search is given up.
const MAX_CANDIDATES: usize = 5_000;

/// The number of calls that may be tried for one call that has ended, and for one conflict that is minimized.
const MAX_TRIES: usize = 300_000;

/// A call under way that may come before the one that gets its place.
struct ConcurrentCall<'a> {
    pending: Pending,
    event: &'a Event,
    recorded: &'a Recorded,
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
    under_way: BTreeMap<Pending, Arc<Event>>,
    /// How many calls under way share a handle.
    by_handle: FxHashMap<ProcessHandle, u32>,
    /// The calls that issue or close a handle and have no place in every candidate.
    changing: BTreeSet<(ProcessHandle, Pending)>,
    /// The calls under way that may affect calls on other handles.
    wide: BTreeSet<Pending>,
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
            under_way: BTreeMap::new(),
            by_handle: FxHashMap::default(),
            changing: BTreeSet::new(),
            wide: BTreeSet::new(),
            linearized_until: i64::MIN,
            window: None,
            explains: true,
            tries: Cell::new(MAX_TRIES),
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
        for candidate in &mut self.candidates {
            candidate.judge.begin(&event);
        }
        if let Some((recorded, _)) = timed(&event) {
            if self.candidates.iter().any(|candidate| candidate.judge.footprint(recorded, false).is_wide()) {
                self.wide.insert(pending);
            }
            if let Some(handle) = handle(recorded) {
                *self.by_handle.entry(handle).or_default() += 1;
                if changes_handle(recorded) {
                    self.changing.insert((handle, pending));
                }
            }
        }
        self.under_way.insert(pending, Arc::new(event));
    }

    /// Returns the footprint of a call, while others may come before it.
    fn footprint(&self, candidate: &Candidate, pending: Pending, recorded: &Recorded) -> Footprint {
        const FIRST: Pending = (i64::MIN, 0);
        const LAST: Pending = (i64::MAX, u64::MAX);
        let may_change = handle(recorded).is_some_and(|handle| {
            let mut changing = self.changing.range((handle, FIRST)..=(handle, LAST));
            changing.any(|(_, other)| *other != pending)
        });
        candidate.judge.footprint(recorded, may_change)
    }

    /// Gives a call its place: it has ended.
    fn linearize(&mut self, pending: Pending) -> Result<(), HistoryError> {
        let Some(event) = self.under_way.remove(&pending) else { return Ok(()) };
        let Some((recorded, _)) = timed(&event) else { return Ok(()) };
        let is_shared = handle(recorded).is_some_and(|handle| self.release(handle));
        let is_wide = self.wide.remove(&pending) || !self.wide.is_empty();
        self.linearized_until = self.linearized_until.max(pending.0);
        if self.explains {
            self.tries.set(MAX_TRIES);
        }
        let may_conflict = (is_shared || is_wide) && !self.under_way.is_empty();
        if self.explains {
            self.track_conflicts(&event, may_conflict);
        }
        self.extend_candidates(pending, &event, recorded, may_conflict)?;
        if let Some(handle) = handle(recorded) {
            self.changing.remove(&(handle, pending));
        }
        Ok(())
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
        let proven = proven(&self.candidates);
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
                continue;
            }
            let calls = others.iter().map(|other| other.pending.1).chain([event.seq]);
            let mut calls: Vec<u64> = calls.collect();
            if self.search(candidate, (pending, event, recorded), others, &mut outcome).is_none() {
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
        (pending, event, recorded): (Pending, &Event, &Recorded),
        others: Vec<ConcurrentCall<'a>>,
        outcome: &mut SearchOutcome,
    ) -> Option<()> {
        let (mut seen, mut open, mut others) = (HashSet::new(), vec![candidate], Some(others));
        while let Some(mut candidate) = open.pop() {
            let others = others.take().unwrap_or_else(|| self.concurrent_calls(&candidate, pending, recorded));
            self.tries.set(self.tries.get().checked_sub(others.len() + 1)?);
            if seen.len().max(outcome.accepted.len()) > MAX_CANDIDATES {
                return None;
            }
            let mut branches = Vec::new();
            for (at, other) in others.iter().enumerate() {
                if !other.follows.iter().all(|before| candidate.linearized.contains(before)) {
                    continue;
                }
                match candidate.severity(other.event) {
                    // A read-only call that breaks nothing cannot have a better place.
                    Severity::Clean if other.footprint.is_read_only() => {
                        candidate.judge(other.event);
                        candidate.linearized.push(other.pending);
                    }
                    Severity::Clean | Severity::Minor => branches.push(at),
                    Severity::Binding => {}
                }
            }
            let own = self.footprint(&candidate, pending, recorded);
            if own.is_read_only() && candidate.severity(event) == Severity::Clean {
                outcome.place(candidate, event);
                continue;
            }
            let is_free = others.iter().all(|other| other.follows.is_empty());
            for at in branches {
                let other = &others[at];
                // They stand in the order of their ends, and this call ends before them.
                let mut earlier = others[..at].iter().map(|it| it.recorded).chain([recorded]);
                if is_free && earlier.any(|it| candidate.judge.is_interchangeable(it, other.recorded)) {
                    continue;
                }
                let mut branch = candidate.clone();
                branch.judge(other.event);
                branch.linearized.push(other.pending);
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
    fn concurrent_calls<'a>(
        &'a self,
        candidate: &Candidate,
        pending: Pending,
        ended: &Recorded,
    ) -> Vec<ConcurrentCall<'a>> {
        let waiting = self.under_way.iter().filter(|(pending, _)| !candidate.linearized.contains(pending));
        let waiting: Vec<(Pending, &Event, &Recorded)> =
            waiting.filter_map(|(pending, event)| Some((*pending, &**event, timed(event)?.0))).collect();
        let others = waiting.iter().filter(|(other, _, it)| !follows((*other, it), (pending, ended)));
        let mut rest: Vec<ConcurrentCall<'a>> = others
            .map(|&(pending, event, recorded)| {
                let footprint = self.footprint(candidate, pending, recorded);
                ConcurrentCall { pending, event, recorded, footprint, follows: Vec::new() }
            })
            .collect();
        // Few calls conflict, so only those are compared with every other one.
        let concurrent = |mut call: ConcurrentCall<'a>| {
            let before = waiting.iter().filter(|(before, _, it)| follows((call.pending, call.recorded), (*before, it)));
            call.follows = before.map(|(before, ..)| *before).collect();
            call
        };
        let own = self.footprint(candidate, pending, ended);
        let mut found: Vec<ConcurrentCall<'a>> =
            rest.extract_if(.., |other| own.conflicts_with(&other.footprint)).map(concurrent).collect();
        let mut visited = 0;
        while let Some(one) = found.get(visited) {
            let (footprint, follows) = (one.footprint, one.follows.clone());
            let is_next = |other: &mut ConcurrentCall<'a>| {
                footprint.conflicts_with(&other.footprint) || follows.contains(&other.pending)
            };
            found.extend(rest.extract_if(.., is_next).map(concurrent));
            visited += 1;
        }
        found.sort_unstable_by_key(|other| other.pending);
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
