//! Calls that overlap in time: is there an order of them, each within its own time, that the model allows?
//!
//! The search puts off what it can (Lowe's just-in-time linearization): only when a call has ended must it have its place,
//! and then only calls may come before it that were under way as well and that it [meets](Touch::meets), or that meet one of
//! those. All ways that this leaves open are followed at once, and of two that lead to the same only one (Wing and Gong).

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Judge;
use super::check::Broken;
use super::unordered::Beginning;
use crate::call::Call;
use crate::model::Touch;
use crate::profile::Profile;
use crate::spec::Level;
use crate::trace::{Event, Recorded, What};

/// How many runs are followed at a time: beyond that the search is given up.
const MOST: usize = 5_000;

/// A call that is under way: its end, and its place in the trace.
pub(super) type Place = (i64, u64);

/// A handle, with its process.
pub(super) type Handle = (u32, u64);

/// A run that was judged up to some point.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) judge: Judge,
    /// What was broken, and is told nowhere else yet.
    pub(super) broken: Vec<Broken>,
    /// The calls under way that have had their place.
    early: Vec<Place>,
}

impl Run {
    pub(super) fn new(judge: Judge) -> Run {
        Run { judge, broken: Vec::new(), early: Vec::new() }
    }

    /// Judges an event; answers whether nothing was broken that binds.
    fn holds(&mut self, event: &Event) -> bool {
        let before = self.broken.len();
        let violations = self.judge.event(event).into_iter();
        self.broken.extend(violations.map(|violation| Broken { seq: event.seq, violation }));
        self.broken[before..].iter().all(|broken| broken.violation.requirement.level() != Level::Must)
    }

    fn fingerprint(&self) -> (Vec<Place>, u64) {
        let mut early = self.early.clone();
        early.sort_unstable();
        (early, self.judge.fingerprint())
    }
}

/// A call that may have its place before another one.
struct Other {
    place: Place,
    changes_nothing: bool,
}

/// Why a history could not be judged any further.
#[derive(Debug)]
pub(super) enum Stop {
    /// No order is allowed. This run got farthest, to a call that breaks what binds.
    NoOrder(Box<Run>),
    /// Too many runs would have to be followed.
    TooMany { from: u64 },
    /// The call began before others that stand above it had ended.
    TooLate { seq: u64 },
}

/// The runs that the calls so far may have been, and the calls that are under way.
#[derive(Debug)]
pub(super) struct History {
    profile: Profile,
    pub(super) runs: Vec<Run>,
    under_way: BTreeMap<Place, Arc<Event>>,
    /// How many of these name a handle.
    by_handle: FxHashMap<Handle, u32>,
    /// Those of these that may decide what is allowed of calls on other handles.
    wide: BTreeSet<Place>,
    /// The latest end of a call that has had its place for good, since the last event without a time.
    settled: i64,
    /// Where several runs began to be followed.
    pub(super) beginning: Option<Beginning>,
}

impl History {
    pub(super) fn new(profile: Profile, run: Run) -> History {
        History {
            profile,
            runs: vec![run],
            under_way: BTreeMap::new(),
            by_handle: FxHashMap::default(),
            wide: BTreeSet::new(),
            settled: i64::MIN,
            beginning: None,
        }
    }

    /// The next event, in the order of the starts.
    pub(super) fn event(&mut self, event: Event) -> Result<(), Stop> {
        let Some((recorded, (start, end))) = timed(&event) else {
            self.finish()?;
            return self.in_place(&event);
        };
        if start < self.settled {
            return Err(Stop::TooLate { seq: event.seq });
        }
        let (process, thread) = (recorded.by.process, recorded.by.thread);
        while let Some((&(end, _), first)) = self.under_way.first_key_value() {
            // Within the same microsecond only calls of the same thread are known to follow one another.
            let is_own =
                timed(first).is_some_and(|(first, _)| (first.by.process, first.by.thread) == (process, thread));
            if end > start || (end == start && !is_own) {
                break;
            }
            self.settle_first()?;
        }
        self.begin((end, event.seq), event);
        Ok(())
    }

    /// Gives every call its place.
    pub(super) fn finish(&mut self) -> Result<(), Stop> {
        while !self.under_way.is_empty() {
            self.settle_first()?;
        }
        Ok(())
    }

    /// The calls under way, in the order of their ends.
    pub(super) fn under_way(&self) -> impl Iterator<Item = &Arc<Event>> {
        self.under_way.values()
    }

    /// Judges what overlaps with nothing, whatever it breaks.
    fn in_place(&mut self, event: &Event) -> Result<(), Stop> {
        self.beginning = None;
        self.settled = i64::MIN;
        let mut blocked = None;
        for mut run in std::mem::take(&mut self.runs) {
            if run.holds(event) { self.runs.push(run) } else { blocked = blocked.or(Some(run)) }
        }
        if self.runs.is_empty() {
            self.runs.extend(blocked);
        }
        Ok(())
    }

    fn begin(&mut self, place: Place, event: Event) {
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
        self.runs.iter().any(|run| run.judge.touch(recorded, may_close).is_wide())
    }

    /// Whether one of these others may close the handle of a call, where that makes a difference to others still.
    fn may_close<'a>(&self, recorded: &Recorded, mut others: impl Iterator<Item = &'a Recorded>) -> bool {
        let is_closed_by =
            |other: &Recorded| closes(other) && handle(other) == handle(recorded) && !std::ptr::eq(other, recorded);
        self.profile == Profile::Dbgeng && others.any(is_closed_by)
    }

    /// The call that ends first must have its place now.
    fn settle_first(&mut self) -> Result<(), Stop> {
        let Some((place, event)) = self.under_way.pop_first() else { return Ok(()) };
        let Some((recorded, _)) = timed(&event) else { return Ok(()) };
        let is_shared = handle(recorded).is_some_and(|handle| self.release(handle));
        let is_wide = self.wide.remove(&place) || !self.wide.is_empty();
        self.settled = self.settled.max(place.0);
        if self.runs.len() == 1 && self.runs[0].early.is_empty() {
            self.beginning = None;
        }
        let has_others = (is_shared || is_wide) && !self.under_way.is_empty();
        if has_others && self.beginning.is_none() {
            self.beginning = Some(Beginning::new(self.runs.clone()));
        }
        if let Some(beginning) = &mut self.beginning {
            beginning.push(&event);
        }
        self.settle(place, &event, recorded, has_others)
    }

    /// One call less names this handle; answers whether others do.
    fn release(&mut self, handle: Handle) -> bool {
        let Some(count) = self.by_handle.get_mut(&handle) else { return false };
        *count -= 1;
        let is_shared = *count > 0;
        if !is_shared {
            self.by_handle.remove(&handle);
        }
        is_shared
    }

    fn settle(&mut self, place: Place, event: &Event, recorded: &Recorded, has_others: bool) -> Result<(), Stop> {
        let (mut next, mut blocked, mut alone): (Vec<Run>, Option<Run>, bool) = (Vec::new(), None, true);
        for mut run in std::mem::take(&mut self.runs) {
            if let Some(at) = run.early.iter().position(|early| *early == place) {
                run.early.swap_remove(at);
                next.push(run);
                continue;
            }
            let others = if has_others { self.others(&run, recorded) } else { Vec::new() };
            alone &= others.is_empty();
            if others.is_empty() {
                if run.holds(event) {
                    next.push(run)
                } else {
                    blocked = blocked.or(Some(run))
                }
                continue;
            }
            self.search(run, event, &others, &mut next, &mut blocked);
            if next.len() > MOST {
                return Err(Stop::TooMany { from: event.seq });
            }
        }
        if next.len() > 1 {
            let mut seen = HashSet::new();
            next.retain(|run| seen.insert(run.fingerprint()));
        }
        self.runs = next;
        match blocked {
            // No order would help.
            Some(run) if self.runs.is_empty() && alone => self.runs.push(run),
            Some(run) if self.runs.is_empty() => return Err(Stop::NoOrder(Box::new(run))),
            _ => {}
        }
        Ok(())
    }

    /// Follows every order of these other calls that ends with this one.
    fn search(&self, run: Run, event: &Event, others: &[Other], next: &mut Vec<Run>, blocked: &mut Option<Run>) {
        let mut seen = HashSet::new();
        let mut open = vec![run];
        while let Some(mut run) = open.pop() {
            let mut changing = Vec::new();
            for other in others {
                let mut later = run.clone();
                if run.early.contains(&other.place) || !later.holds(&self.under_way[&other.place]) {
                    continue;
                }
                later.early.push(other.place);
                // What changes nothing can do no better than have its place while it holds.
                if other.changes_nothing { run = later } else { changing.push(other.place) }
            }
            for place in changing {
                let mut later = run.clone();
                later.holds(&self.under_way[&place]);
                later.early.push(place);
                if open.len() <= MOST && seen.insert(later.fingerprint()) {
                    open.push(later);
                }
            }
            if run.holds(event) {
                next.push(run)
            } else {
                blocked.get_or_insert(run);
            }
            if next.len() > MOST {
                return;
            }
        }
    }

    /// The calls under way that have no place yet and may have theirs before this one: those that it meets, and those that
    /// meet these.
    fn others(&self, run: &Run, recorded: &Recorded) -> Vec<Other> {
        let waiting: Vec<(Place, &Recorded)> = self
            .under_way
            .iter()
            .filter(|(place, _)| !run.early.contains(place))
            .filter_map(|(place, event)| Some((*place, timed(event)?.0)))
            .collect();
        let all = || waiting.iter().map(|(_, other)| *other).chain([recorded]);
        let touch = |it: &Recorded| run.judge.touch(it, self.may_close(it, all()));
        let mut rest: Vec<(Place, Touch)> = waiting.iter().map(|(place, other)| (*place, touch(other))).collect();
        let (mut met, mut from) = (Vec::new(), vec![touch(recorded)]);
        while let Some(one) = from.pop() {
            rest.retain(|(place, other)| {
                let meets = one.meets(other);
                if meets {
                    met.push(Other { place: *place, changes_nothing: other.changes_nothing() });
                    from.push(*other);
                }
                !meets
            });
        }
        met
    }
}

/// A call with the time that it took.
pub(super) fn timed(event: &Event) -> Option<(&Recorded, (i64, i64))> {
    match &event.what {
        What::Call(recorded) => Some((recorded, recorded.interval?)),
        What::ProcessKilled { .. } | What::Elapsed { .. } | What::Computer { .. } => None,
    }
}

/// The handle that a call names or hands out, with its process.
pub(super) fn handle(recorded: &Recorded) -> Option<Handle> {
    let handle = recorded.call.server().or(recorded.outcome.out.server).filter(|handle| *handle != 0)?;
    Some((recorded.by.process, handle))
}

fn closes(recorded: &Recorded) -> bool {
    matches!(recorded.call, Call::DisconnectProcessServer { .. }) && recorded.outcome.succeeded()
}
