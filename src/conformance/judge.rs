//! Judges runs and traces: feeds their events to the model and collects what they break.

mod candidate;
pub(super) mod case;
pub(super) mod check;
mod conflict;
pub(super) mod failure;
mod history;
pub(super) mod lanes;
mod overlap;
pub(super) mod parallel;
pub(super) mod run;
pub(super) mod tally;

use super::perform::exits::EXITED;
use super::perform::run::RunEnd;
use super::report::Verdict;
use crate::model::{Footprint, Model, RequirementSet, StateSummary, Violation, WorldAssumption};
use crate::options::ParseError;
use crate::profile::Profile;
use crate::spec::Requirement;
use crate::trace::{Event, EventKind, Recorded};

/// A requirement that a call of a run or a trace broke.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BrokenRequirement {
    /// The call's number in the run.
    pub seq: u64,
    /// The requirement, with what was expected and what happened.
    pub violation: Violation,
}

/// Judges a run, event by event.
///
/// A run that begins with seq 1 shows everything that there is. Any other starts midway.
#[derive(Clone, Debug)]
pub(super) struct Judge {
    profile: Profile,
    /// The connection string of a process server outside the run.
    server: Option<String>,
    /// Whether to count how often each requirement applies.
    counts: bool,
    model: Option<Box<Model>>,
}

impl Judge {
    pub(super) fn new(profile: Profile, server: Option<String>) -> Judge {
        Judge { profile, server, counts: true, model: None }
    }

    /// Judges a run of which nobody asks how often each requirement applied.
    fn uncounted(profile: Profile) -> Judge {
        Judge { counts: false, ..Judge::new(profile, None) }
    }

    /// Says with which event the run begins, if it has not begun.
    fn begin(&mut self, event: &Event) -> &mut Model {
        let Judge { profile, counts, model, .. } = self;
        model.get_or_insert_with(|| {
            let world = if event.seq == 1 { WorldAssumption::Closed } else { WorldAssumption::Open };
            let model = Model::new(*profile, world);
            Box::new(if *counts { model } else { model.uncounted() })
        })
    }

    /// Returns every requirement that the event breaks, of every level.
    pub(super) fn event(&mut self, event: &Event) -> Vec<BrokenRequirement> {
        // The computer of the first process is known by the first call.
        if event.call().is_some()
            && let Some(server) = self.server.take()
        {
            // A malformed string reaches no server.
            let _: Result<(), ParseError> = self.begin(event).external_server(&server);
        }
        let model = self.begin(event);
        match &event.kind {
            EventKind::Computer { process, computer, others } => model.place_with(*process, computer, *others),
            EventKind::ProcessKilled { process } => model.process_killed(*process),
            EventKind::Elapsed { ms, .. } => model.time_passed(*ms),
            EventKind::Call(recorded) => {
                if let Err(violations) = model.observe(recorded.by, &recorded.call, &recorded.outcome) {
                    let broken = |violation| BrokenRequirement { seq: event.seq, violation };
                    return violations.into_iter().map(broken).collect();
                }
            }
        }
        Vec::new()
    }

    /// Calls `broken` for each requirement that the event would break. Returns `None` if only [`Judge::event`] can tell.
    fn breaks(&self, event: &Event, broken: &mut dyn FnMut(Requirement)) -> Option<()> {
        if self.server.is_some() {
            return None;
        }
        let recorded = event.call()?;
        self.model.as_ref()?.breaks(recorded.by, &recorded.call, &recorded.outcome, broken)
    }

    /// Ends the run. Returns how often each requirement applied, in the order of the spec.
    pub(super) fn into_judged(self) -> Vec<u64> {
        self.model.map_or_else(Vec::new, |model| model.into_judged())
    }

    /// Returns the requirements that applied to the last call.
    pub(super) fn applied(&self) -> RequirementSet {
        self.model.as_ref().map(|model| model.applied()).unwrap_or_default()
    }

    /// Returns a hash that is equal for runs after which the same is allowed.
    pub(super) fn fingerprint(&self) -> u64 {
        self.model.as_ref().map_or(0, |model| model.fingerprint())
    }

    /// Returns the footprint of a call: [`Model::footprint`].
    fn footprint(&self, recorded: &Recorded, may_change: bool) -> Footprint {
        let model = self.model.as_ref();
        model.map_or(Footprint::UNLIMITED, |model| {
            model.footprint(recorded.by, &recorded.call, &recorded.outcome, may_change)
        })
    }

    /// Whether two calls are the same for all that comes after them, whichever is the first: [`Model::is_interchangeable`].
    fn is_interchangeable(&self, one: &Event, other: &Event) -> bool {
        let (Some(one), Some(other)) = (one.call(), other.call()) else { return false };
        (one.by.process, &one.call, &one.outcome) == (other.by.process, &other.call, &other.outcome)
            && self
                .model
                .as_ref()
                .is_some_and(|model| model.is_interchangeable(&one.call, &one.outcome, (one.by, other.by)))
    }

    /// Returns the state of the run: [`Model::summary`].
    pub(super) fn state(&self) -> Option<StateSummary> {
        self.model.as_ref().map(|model| model.summary())
    }
}

/// Returns the verdict and the reason for a run that went wrong outside its calls. `in_a_call` says that the last call did not
/// return: then that call was judged for it.
fn failure_outside_calls(end: RunEnd, in_a_call: bool) -> Option<(Verdict, String)> {
    match end {
        RunEnd::KitFailed(reason) => Some((Verdict::Broken, reason)),
        RunEnd::NotReached(reason) => Some((Verdict::NotReached, reason)),
        RunEnd::Crashed(last_words) if !in_a_call => Some((Verdict::Crash, last_words)),
        RunEnd::Exited if !in_a_call => Some((Verdict::Crash, EXITED.to_owned())),
        RunEnd::TimedOut if !in_a_call => Some((Verdict::TimeOut, String::new())),
        RunEnd::Completed | RunEnd::Crashed(_) | RunEnd::Exited | RunEnd::TimedOut => None,
    }
}
