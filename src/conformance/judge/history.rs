//! Calls that overlap in time: is there an order of them, each within its own time, that the model allows?
//!
//! The search puts off what it can (Lowe's just-in-time linearization): only when a call has ended must it have its place,
//! and then only calls may come before it that were under way as well and that it [meets](Footprint::conflicts_with), or that meet one of
//! those. All ways that this leaves open are followed at once, and of two that lead to the same only one (Wing and Gong).

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Judge;
use super::check::Broken;
use super::unordered::ConflictWindow;
use crate::call::Call;
use crate::model::{Footprint, binds};
use crate::profile::Profile;
use crate::spec::{Level, Requirement};
use crate::trace::{Event, Recorded};

/// How many runs are followed at a time: beyond that the search is given up.
const MOST: usize = 5_000;

/// A call that is under way: its end, and its place in the trace.
pub(super) type Pending = (i64, u64);

/// A handle, with its process.
pub(super) type ProcessHandle = (u32, u64);

/// A run that was judged up to some point.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) judge: Judge,
    /// What was broken, and is told nowhere else yet.
    pub(super) broken: Vec<Broken>,
    /// The calls under way that have had their place.
    linearized: Vec<Pending>,
}

impl Candidate {
    pub(super) fn new(judge: Judge) -> Candidate {
        Candidate { judge, broken: Vec::new(), linearized: Vec::new() }
    }

    /// Judges an event.
    fn judge(&mut self, event: &Event) -> Severity {
        let before = self.broken.len();
        let violations = self.judge.event(event).into_iter();
        self.broken.extend(violations.map(|violation| Broken { seq: event.seq, violation }));
        let new = self.broken[before..].iter().map(|broken| Severity::of(broken.violation.requirement));
        new.max().unwrap_or(Severity::None)
    }

    /// What the event would break.
    fn breach(&self, event: &Event) -> Severity {
        let mut breach = Severity::None;
        match self.judge.breaks(event, &mut |requirement| breach = breach.max(Severity::of(requirement))) {
            Some(()) => breach,
            None => self.clone().judge(event),
        }
    }

    /// Judges an event; answers whether nothing was broken that binds.
    fn holds(&mut self, event: &Event) -> bool {
        self.judge(event) != Severity::Binding
    }

    /// How much was broken: the less the better.
    fn weight(&self) -> (usize, usize) {
        let of = |level: Level| self.broken.iter().filter(|it| it.violation.requirement.level() == level).count();
        (of(Level::Must), of(Level::Should))
    }

    fn fingerprint(&self) -> (Vec<Pending>, u64) {
        let mut linearized = self.linearized.clone();
        linearized.sort_unstable();
        (linearized, self.judge.fingerprint())
    }
}

/// What a call breaks in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Severity {
    None,
    /// Something that no order has to keep.
    Else,
    Binding,
}

impl Severity {
    fn of(requirement: Requirement) -> Severity {
        match requirement.level() {
            Level::Must if binds(requirement) => Severity::Binding,
            Level::Must | Level::Should => Severity::Else,
            Level::May => Severity::None,
        }
    }
}

/// A call that may have its place before another one.
struct Other {
    place: Pending,
    touch: Footprint,
    /// What its own thread has called before it, within the same microsecond.
    follows: Vec<Pending>,
}

/// The runs in which a call has found its place, and one in which it has not.
struct Followed {
    runs: Vec<Candidate>,
    blocked: Option<Candidate>,
}

/// Why a history could not be judged any further.
#[derive(Debug)]
pub(super) enum Stop {
    /// No order is allowed. This run got farthest, to a call that breaks what binds; these are the fewest calls for which
    /// there is no order, if there are that many.
    NoOrder(Box<Candidate>, Vec<Event>),
    /// Too many runs would have to be followed.
    TooMany { from: u64 },
    /// The call began before others that stand above it had ended.
    TooLate { seq: u64 },
}

/// The runs that the calls so far may have been, and the calls that are under way.
#[derive(Debug)]
pub(super) struct History {
    profile: Profile,
    pub(super) runs: Vec<Candidate>,
    under_way: BTreeMap<Pending, Arc<Event>>,
    /// How many of these name a handle.
    by_handle: FxHashMap<ProcessHandle, u32>,
    /// Those of these that may decide what is allowed of calls on other handles.
    wide: BTreeSet<Pending>,
    /// The latest end of a call that has had its place for good, since the last event without a time.
    settled: i64,
    beginning: Option<ConflictWindow>,
    /// Nobody asks why there is no order.
    is_trial: bool,
}

impl History {
    pub(super) fn new(profile: Profile, run: Candidate) -> History {
        History {
            profile,
            runs: vec![run],
            under_way: BTreeMap::new(),
            by_handle: FxHashMap::default(),
            wide: BTreeSet::new(),
            settled: i64::MIN,
            beginning: None,
            is_trial: false,
        }
    }

    /// The same, only to see whether there is an order.
    pub(super) fn trial(profile: Profile, run: Candidate) -> History {
        History { is_trial: true, ..History::new(profile, run) }
    }

    /// The next event, in the order of the starts.
    pub(super) fn event(&mut self, event: Event) -> Result<(), Stop> {
        let Some((_, (start, end))) = timed(&event) else {
            self.finish()?;
            self.in_place(&event);
            return Ok(());
        };
        if start < self.settled {
            return Err(Stop::TooLate { seq: event.seq });
        }
        while let Some((&place, _)) = self.under_way.first_key_value().filter(|((end, _), _)| *end < start) {
            self.give_place(place)?;
        }
        self.begin((end, event.seq), event);
        Ok(())
    }

    /// Gives every call its place.
    pub(super) fn finish(&mut self) -> Result<(), Stop> {
        while let Some((&place, _)) = self.under_way.first_key_value() {
            self.give_place(place)?;
        }
        Ok(())
    }

    /// Judges what overlaps with nothing, whatever it breaks.
    fn in_place(&mut self, event: &Event) {
        self.beginning = None;
        self.settled = i64::MIN;
        if let [run] = &mut *self.runs {
            run.judge(event);
            return;
        }
        let mut blocked = None;
        for mut run in std::mem::take(&mut self.runs) {
            if run.holds(event) { self.runs.push(run) } else { blocked = blocked.or(Some(run)) }
        }
        if self.runs.is_empty() {
            self.runs.extend(blocked);
        }
    }

    fn begin(&mut self, place: Pending, event: Event) {
        if let Some((recorded, _)) = timed(&event) {
            if self.is_wide(recorded) {
                self.wide.insert(place);
            }
            if let Some(handle) = handle(recorded) {
                // What is done on a handle that may be closed under it is wide, too.
                if self.profile == Profile::Dbgeng && closes(recorded) && self.by_handle.contains_key(&handle) {
                    let is_on_it =
                        |other: &Event| timed(other).is_some_and(|(other, _)| self::handle(other) == Some(handle));
                    self.wide
                        .extend(self.under_way.iter().filter(|(_, other)| is_on_it(other)).map(|(place, _)| *place));
                }
                *self.by_handle.entry(handle).or_default() += 1;
            }
        }
        self.under_way.insert(place, Arc::new(event));
    }

    /// Whether the call may decide what is allowed of calls on other handles.
    fn is_wide(&self, recorded: &Recorded) -> bool {
        let is_shared = handle(recorded).is_some_and(|handle| self.by_handle.contains_key(&handle));
        let may_close =
            is_shared && self.may_close(recorded, self.under_way.values().filter_map(|other| Some(timed(other)?.0)));
        self.runs.iter().any(|run| run.judge.footprint(recorded, may_close).is_wide())
    }

    /// Whether one of these others may close the handle of a call, where that makes a difference to others still.
    fn may_close<'a>(&self, recorded: &Recorded, mut others: impl Iterator<Item = &'a Recorded>) -> bool {
        let is_closed_by =
            |other: &Recorded| closes(other) && handle(other) == handle(recorded) && !std::ptr::eq(other, recorded);
        self.profile == Profile::Dbgeng && others.any(is_closed_by)
    }

    /// The call has ended, so it must have its place now.
    fn give_place(&mut self, place: Pending) -> Result<(), Stop> {
        let Some(event) = self.under_way.remove(&place) else { return Ok(()) };
        let Some((recorded, _)) = timed(&event) else { return Ok(()) };
        let is_shared = handle(recorded).is_some_and(|handle| self.release(handle));
        let is_wide = self.wide.remove(&place) || !self.wide.is_empty();
        self.settled = self.settled.max(place.0);
        let has_others = (is_shared || is_wide) && !self.under_way.is_empty();
        if !self.is_trial {
            self.keep_beginning(&event, has_others);
        }
        self.settle(place, &event, recorded, has_others)
    }

    /// Keeps the runs before calls that meet, and what came behind, until the order of all of it is known.
    fn keep_beginning(&mut self, event: &Arc<Event>, has_others: bool) {
        let is_known = self.runs.len() == 1 && self.runs[0].linearized.is_empty();
        if is_known && self.beginning.as_ref().is_some_and(|beginning| beginning.is_over_before(event)) {
            self.beginning = None;
        }
        if has_others && self.beginning.is_none() {
            self.beginning = Some(ConflictWindow::new(self.runs.clone()));
        }
        if let Some(beginning) = &mut self.beginning {
            beginning.push(event);
        }
    }

    /// One call less names this handle; answers whether others do.
    fn release(&mut self, handle: ProcessHandle) -> bool {
        let Some(count) = self.by_handle.get_mut(&handle) else { return false };
        *count -= 1;
        let is_shared = *count > 0;
        if !is_shared {
            self.by_handle.remove(&handle);
        }
        is_shared
    }

    fn settle(&mut self, place: Pending, event: &Event, recorded: &Recorded, has_others: bool) -> Result<(), Stop> {
        let (mut next, mut blocked, mut alone): (Vec<Candidate>, Option<Candidate>, bool) = (Vec::new(), None, true);
        for mut run in std::mem::take(&mut self.runs) {
            if let Some(at) = run.linearized.iter().position(|linearized| *linearized == place) {
                run.linearized.swap_remove(at);
                next.push(run);
                continue;
            }
            let others = if has_others { self.others(&run, place, recorded) } else { Vec::new() };
            alone &= others.is_empty();
            if others.is_empty() {
                if run.holds(event) {
                    next.push(run)
                } else {
                    blocked = blocked.or(Some(run))
                }
                continue;
            }
            let found = self.search(run, event, &others)?;
            blocked = blocked.or(found.blocked);
            next.extend(found.runs);
            if next.len() > MOST {
                return Err(Stop::TooMany { from: event.seq });
            }
        }
        if next.len() > 1 {
            let mut seen = HashSet::new();
            next.sort_by_key(Candidate::weight);
            next.retain(|run| seen.insert(run.fingerprint()));
        }
        self.runs = next;
        match blocked.filter(|_| self.runs.is_empty()) {
            Some(run) => self.blocked(run, event, alone),
            None => Ok(()),
        }
    }

    /// No run has a place for the call. If none of them had others for it to be exchanged with, it is wrong by itself, unless
    /// calls that overlapped with it have their places already.
    fn blocked(&mut self, run: Candidate, event: &Event, alone: bool) -> Result<(), Stop> {
        let beginning = self.beginning.take_if(|beginning| !alone || beginning.overlaps(event));
        let unordered = beginning.map(|beginning| beginning.fewest(self.profile, self.under_way.values().cloned()));
        let unordered = unordered.unwrap_or_default();
        if alone && unordered.len() < 2 {
            self.runs.push(run);
            return Ok(());
        }
        Err(Stop::NoOrder(Box::new(run), unordered))
    }

    /// Follows every order of these other calls that ends with this one.
    fn search(&self, run: Candidate, event: &Event, others: &[Other]) -> Result<Followed, Stop> {
        let mut followed = Followed { runs: Vec::new(), blocked: None };
        let mut seen = HashSet::new();
        let mut open = vec![run];
        while let Some(mut run) = open.pop() {
            let mut branching = Vec::new();
            for other in others {
                let is_early = |place: &Pending| run.linearized.contains(place);
                if is_early(&other.place) || !other.follows.iter().all(is_early) {
                    continue;
                }
                let event = &self.under_way[&other.place];
                match run.breach(event) {
                    // What changes nothing can do no better than have its place while it breaks nothing.
                    Severity::None if other.touch.is_read_only() => {
                        run.judge(event);
                        run.linearized.push(other.place);
                    }
                    Severity::None | Severity::Else => branching.push(other.place),
                    Severity::Binding => {}
                }
            }
            for place in branching {
                let mut later = run.clone();
                later.judge(&self.under_way[&place]);
                later.linearized.push(place);
                if seen.insert(later.fingerprint()) {
                    open.push(later);
                }
            }
            if seen.len() > MOST {
                return Err(Stop::TooMany { from: event.seq });
            }
            if run.holds(event) { followed.runs.push(run) } else { followed.blocked = followed.blocked.or(Some(run)) }
        }
        Ok(followed)
    }

    /// The calls under way that have no place yet and may have theirs before this one: those that it meets, those that meet
    /// these, and what their threads have called before them.
    fn others(&self, run: &Candidate, place: Pending, recorded: &Recorded) -> Vec<Other> {
        let waiting = self.under_way.iter().filter(|(place, _)| !run.linearized.contains(place));
        let waiting: Vec<_> = waiting.filter_map(|(place, event)| Some((*place, timed(event)?.0))).collect();
        let all = || waiting.iter().map(|(_, other)| *other).chain([recorded]);
        let touch = |it: &Recorded| run.judge.footprint(it, self.may_close(it, all()));
        let mut rest: Vec<Other> = waiting
            .iter()
            .filter(|other| !follows(**other, (place, recorded)))
            .map(|(place, other)| {
                let follows = waiting.iter().filter(|(before, it)| follows((*place, other), (*before, it)));
                let follows = follows.map(|(before, _)| *before).collect();
                Other { place: *place, touch: touch(other), follows }
            })
            .collect();
        let touch = touch(recorded);
        let mut met: Vec<Other> = rest.extract_if(.., |other| touch.conflicts_with(&other.touch)).collect();
        let mut looked_at = 0;
        while let Some(one) = met.get(looked_at) {
            let conflicts_with =
                |other: &mut Other| one.touch.conflicts_with(&other.touch) || one.follows.contains(&other.place);
            let next: Vec<Other> = rest.extract_if(.., conflicts_with).collect();
            met.extend(next);
            looked_at += 1;
        }
        met.sort_unstable_by_key(|other| other.place);
        met
    }
}

/// Whether a call was made when the other had returned, by the same thread and within the same microsecond: what another
/// thread does then may have been earlier or later.
fn follows((place, recorded): (Pending, &Recorded), (before, other): (Pending, &Recorded)) -> bool {
    let is_own = (recorded.by.process, recorded.by.thread) == (other.by.process, other.by.thread);
    is_own && before.1 < place.1 && recorded.interval.is_some_and(|(start, _)| before.0 == start)
}

/// A call with the time that it took.
pub(super) fn timed(event: &Event) -> Option<(&Recorded, (i64, i64))> {
    let recorded = event.call()?;
    Some((recorded, recorded.interval?))
}

/// The handle that a call names or hands out, with its process.
pub(super) fn handle(recorded: &Recorded) -> Option<ProcessHandle> {
    let handle = recorded.call.server().or(recorded.outcome.out.server).filter(|handle| *handle != 0)?;
    Some((recorded.by.process, handle))
}

fn closes(recorded: &Recorded) -> bool {
    matches!(recorded.call, Call::DisconnectProcessServer { .. }) && recorded.outcome.succeeded()
}
