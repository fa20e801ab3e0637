//! Runs a program on an engine while the model judges it.

use std::collections::BTreeSet;

use super::{BrokenRequirement, Judge, failure_outside_calls};
use crate::call::Ending;
use crate::client::Engine;
use crate::conformance::perform::run::RunEnd;
use crate::conformance::perform::{SubjectConfig, perform};
use crate::conformance::program::Program;
use crate::conformance::report::Verdict;
use crate::profile::Profile;
use crate::spec::Requirement;
use crate::trace::{Event, EventKind};

/// A judged run of a program.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Execution {
    /// The events, as in a trace. Empty unless they were asked for.
    pub events: Vec<Event>,
    /// Every requirement that was broken, in the order of the calls.
    pub broken: Vec<BrokenRequirement>,
    /// The smallest conflict: overlapping calls of several threads that have no order, in the order of their starts. Empty
    /// where there is an order, or where the conflict was not found.
    pub unordered: Vec<Event>,
    /// How many calls were made.
    pub calls: u64,
    /// How often each requirement applied, in the order of the spec.
    pub judged: Vec<u64>,
    /// The states that the model reached. Empty unless they were asked for.
    pub(crate) states: BTreeSet<String>,
    /// The verdict and the reason, if the run went wrong outside its calls.
    pub(crate) outside_calls: Option<(Verdict, String)>,
}

/// The part of a run that is kept besides its verdicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Capture {
    Nothing,
    Events,
    States,
}

impl Execution {
    /// Whether this requirement was broken.
    pub fn breaks(&self, requirement: Requirement) -> bool {
        self.broken.iter().any(|broken| broken.violation.requirement == requirement)
    }
}

/// Runs a program on a fresh engine with every capability, and judges the run. `keep` keeps the events.
///
/// ```
/// use dbgeng_testkit::conformance::{Generator, execute};
/// use dbgeng_testkit::{Profile, mock::Lab};
///
/// let program = Generator::new(1, 60).program();
/// let engine = Box::new(Lab::new(Profile::Contract).engine());
/// assert!(execute(&program, engine, Profile::Contract, false).broken.is_empty());
/// ```
pub fn execute(program: &Program, engine: Box<dyn Engine>, profile: Profile, keep: bool) -> Execution {
    let config = SubjectConfig::default();
    let mut observer = Observer::new(profile, &config, if keep { Capture::Events } else { Capture::Nothing });
    let panicked = perform(program, || engine, &config, &mut |_: Option<usize>, event: Event| observer.event(event));
    observer.finish(RunEnd::after(panicked))
}

/// Judges the events of a run as they come.
pub(crate) struct Observer {
    judge: Judge,
    execution: Execution,
    capture: Capture,
    /// Whether the last call did not return.
    in_a_call: bool,
}

impl Observer {
    pub(crate) fn new(profile: Profile, config: &SubjectConfig, capture: Capture) -> Observer {
        Observer {
            judge: Judge::new(profile, config.server.clone()),
            execution: Execution::default(),
            capture,
            in_a_call: false,
        }
    }

    pub(crate) fn event(&mut self, event: Event) {
        self.execution.broken.extend(self.judge.event(&event));
        if let EventKind::Call(recorded) = &event.kind {
            self.execution.calls += 1;
            self.in_a_call = matches!(recorded.outcome.ending, Ending::Crashed | Ending::TimedOut);
        }
        match self.capture {
            Capture::Nothing => {}
            Capture::Events => self.execution.events.push(event),
            Capture::States => drop(self.execution.states.insert(self.judge.state())),
        }
    }

    pub(crate) fn finish(mut self, end: RunEnd) -> Execution {
        self.execution.judged = self.judge.judged();
        self.execution.outside_calls = failure_outside_calls(end, self.in_a_call);
        self.execution
    }
}
