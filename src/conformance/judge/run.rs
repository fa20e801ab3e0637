//! Runs a program on an engine, with the model looking on.

use std::collections::BTreeSet;

use super::Judge;
use super::trial::End;
use crate::call::Ending;
use crate::client::Engine;
use crate::conformance::perform::{SubjectConfig, perform};
use crate::conformance::program::Program;
use crate::conformance::report::Verdict;
use crate::model::Violation;
use crate::profile::Profile;
use crate::spec::Requirement;
use crate::trace::{Event, EventKind};

/// What came of a run.
#[derive(Clone, Debug, Default)]
pub struct Execution {
    /// What was done, as a trace has it. Kept only if asked for.
    pub events: Vec<Event>,
    /// Every requirement that was broken, with the seq of the call.
    pub broken: Vec<(u64, Violation)>,
    /// The fewest calls of several threads that have no order, in the order of their starts. Empty where there is an order, or
    /// where they were not found.
    pub unordered: Vec<Event>,
    /// How many calls were made.
    pub calls: u64,
    /// How often each requirement had something to say, in the order of the spec.
    pub judged: Vec<u64>,
    /// The states of the model that were reached. Kept only if asked for.
    pub(crate) states: BTreeSet<String>,
    /// What went wrong that was no call's doing, with the words that tell of it.
    pub(crate) beside: Option<(Verdict, String)>,
}

/// What is kept of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    Nothing,
    Events,
    States,
}

impl Execution {
    /// Whether this requirement was broken.
    pub fn breaks(&self, requirement: Requirement) -> bool {
        self.broken.iter().any(|(_, violation)| violation.requirement == requirement)
    }
}

/// Runs a program on a fresh engine that can do whatever it is asked. `keep` keeps the events.
pub fn execute(program: &Program, engine: Box<dyn Engine>, profile: Profile, keep: bool) -> Execution {
    let means = SubjectConfig::default();
    let mut observer = Observer::new(profile, &means, if keep { Keep::Events } else { Keep::Nothing });
    let panicked = perform(program, || engine, &means, &mut |_: Option<usize>, event: Event| observer.event(event));
    observer.finish(panicked.map_or(End::Whole, End::Down))
}

/// Collects an execution from the events of a run.
pub(crate) struct Observer {
    judge: Judge,
    execution: Execution,
    keep: Keep,
    /// The last call did not come back.
    in_a_call: bool,
}

impl Observer {
    pub(crate) fn new(profile: Profile, means: &SubjectConfig, keep: Keep) -> Observer {
        Observer {
            judge: Judge::new(profile, means.server.clone()),
            execution: Execution::default(),
            keep,
            in_a_call: false,
        }
    }

    pub(crate) fn event(&mut self, event: Event) {
        let violations = self.judge.event(&event).into_iter();
        self.execution.broken.extend(violations.map(|violation| (event.seq, violation)));
        if let EventKind::Call(recorded) = &event.what {
            self.execution.calls += 1;
            self.in_a_call = matches!(recorded.outcome.ending, Ending::Crashed | Ending::TimedOut);
        }
        match self.keep {
            Keep::Nothing => {}
            Keep::Events => self.execution.events.push(event),
            Keep::States => drop(self.execution.states.insert(self.judge.state())),
        }
    }

    pub(crate) fn finish(mut self, end: End) -> Execution {
        self.execution.judged = self.judge.judged();
        self.execution.beside = end.beside(self.in_a_call);
        self.execution
    }
}
