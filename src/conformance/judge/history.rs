//! Calls that overlap in time: is there an order of them, each within its own time, that the model allows?
//!
//! The search goes through all orders at once, a call at a time, and remembers of each set of calls that may have come first
//! only to what different ends they lead (Wing and Gong, Lowe).

use std::collections::HashSet;

use super::Judge;
use super::check::Broken;
use crate::spec::Level;
use crate::trace::{Event, What};

/// How many beginnings are remembered at a time: beyond that the search is given up.
const MOST: usize = 20_000;

/// The calls of a time in which there was always one under way.
#[derive(Debug, Default)]
pub(super) struct Window {
    /// In the order of their starts.
    events: Vec<Event>,
    end: Option<i64>,
}

/// What a window has led to.
pub(super) enum Judged {
    /// These ends, each with what was broken on the way that an order may break.
    Ends(Vec<Run>),
    /// No order is allowed. This run got farthest, to a call that breaks what binds.
    Never(Box<Run>),
    /// There are too many beginnings.
    TooMany,
}

/// A run that was judged up to some point.
#[derive(Clone, Debug)]
pub(super) struct Run {
    judge: Judge,
    /// What was broken, and is told nowhere else yet.
    pub(super) broken: Vec<Broken>,
}

impl Run {
    pub(super) fn new(judge: Judge) -> Run {
        Run { judge, broken: Vec::new() }
    }

    /// Judges an event; answers whether nothing was broken that binds.
    fn holds(&mut self, event: &Event) -> bool {
        let before = self.broken.len();
        let violations = self.judge.event(event).into_iter();
        self.broken.extend(violations.map(|violation| Broken { seq: event.seq, violation }));
        self.broken[before..].iter().all(|broken| broken.violation.requirement.level() != Level::Must)
    }
}

/// The calls that have come first, as bits by their places in the window, and what they lead to.
struct Beginning {
    done: Vec<u64>,
    run: Run,
}

impl Beginning {
    fn has(&self, at: usize) -> bool {
        self.done[at / 64] & (1 << (at % 64)) != 0
    }
}

fn interval(event: &Event) -> Option<(i64, i64)> {
    match &event.what {
        What::Call(recorded) => recorded.interval,
        What::ProcessKilled { .. } | What::Elapsed { .. } | What::Computer { .. } => None,
    }
}

impl Window {
    /// Whether this event overlaps with one of the window.
    pub(super) fn takes(&self, event: &Event) -> bool {
        let overlaps = |(start, _): (i64, i64)| self.end.is_some_and(|end| start < end);
        self.events.is_empty() || interval(event).is_some_and(overlaps)
    }

    pub(super) fn push(&mut self, event: Event) {
        self.end = self.end.max(interval(&event).map(|(_, end)| end));
        self.events.push(event);
    }

    /// The place of its first event.
    pub(super) fn from(&self) -> u64 {
        self.events.first().map_or(0, |event| event.seq)
    }

    /// Judges its calls in every order that their times allow, from each of these runs. A call that overlaps with none is
    /// judged in its place, whatever it breaks.
    pub(super) fn judge(mut self, mut runs: Vec<Run>) -> Judged {
        self.events.sort_by_key(|event| interval(event).map(|(start, _)| start));
        if let [event] = &*self.events {
            let mut hold: Vec<bool> = runs.iter_mut().map(|run| run.holds(event)).collect();
            if let (false, Some(first)) = (hold.contains(&true), hold.first_mut()) {
                *first = true;
            }
            let mut hold = hold.into_iter();
            runs.retain(|_| hold.next() == Some(true));
            return Judged::Ends(runs);
        }
        let words = self.events.len().div_ceil(64);
        let mut beginnings: Vec<Beginning> =
            runs.into_iter().map(|run| Beginning { done: vec![0; words], run }).collect();
        for _ in &self.events {
            let mut seen = HashSet::new();
            let (mut next, mut blocked): (Vec<Beginning>, Option<Run>) = (Vec::new(), None);
            for beginning in &beginnings {
                for at in self.firsts(beginning) {
                    let mut run = beginning.run.clone();
                    if !run.holds(&self.events[at]) {
                        blocked.get_or_insert(run);
                        continue;
                    }
                    let mut done = beginning.done.clone();
                    done[at / 64] |= 1 << (at % 64);
                    if seen.insert((done.clone(), run.judge.fingerprint())) {
                        next.push(Beginning { done, run });
                    }
                }
                if next.len() > MOST {
                    return Judged::TooMany;
                }
            }
            match blocked {
                Some(blocked) if next.is_empty() => return Judged::Never(Box::new(blocked)),
                _ => beginnings = next,
            }
        }
        Judged::Ends(beginnings.into_iter().map(|beginning| beginning.run).collect())
    }

    /// The calls that may come next: none of the others had ended before they started.
    fn firsts(&self, beginning: &Beginning) -> Vec<usize> {
        let left = || (0..self.events.len()).filter(|at| !beginning.has(*at));
        let Some(first_end) = left().filter_map(|at| Some(interval(&self.events[at])?.1)).min() else {
            return left().take(1).collect();
        };
        left()
            .take_while(|at| interval(&self.events[*at]).is_some_and(|(start, _)| start <= first_end))
            .filter(|at| {
                let (start, end) = interval(&self.events[*at]).unwrap_or_default();
                // A call that takes no time at all may stand at the very end of another.
                start < first_end || end == first_end
            })
            .collect()
    }
}
