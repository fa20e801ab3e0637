//! Runs a program on an engine while the model judges it.

use rustc_hash::FxHashSet;

use super::tally::Tally;
use super::{BrokenRequirement, Judge, failure_outside_calls};
use crate::call::Ending;
use crate::client::Engine;
use crate::conformance::perform::beginnings::by_beginning;
use crate::conformance::perform::run::{HangSite, ProgramRun, RunEnd};
use crate::conformance::perform::{SubjectConfig, Witness, perform};
use crate::conformance::program::Program;
use crate::conformance::report::Verdict;
use crate::method::Method;
use crate::model::StateSummary;
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
    /// The calls by the requirements that applied to them. Empty unless something was captured.
    pub(crate) tally: Tally,
    /// How often each requirement applied, in the order of the spec.
    pub judged: Vec<u64>,
    /// The states that the model reached. Empty unless they were asked for.
    pub(crate) states: FxHashSet<StateSummary>,
    /// The verdict and the reason, if the run went wrong outside its calls.
    pub(crate) outside_calls: Option<(Verdict, String)>,
    /// Where the subject stopped responding, if it did.
    pub(crate) hang: Option<HangSite>,
    /// The method in which the subject crashed, if it did.
    pub(crate) crash: Option<Method>,
}

/// The part of a run that is kept besides its verdicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Capture {
    Nothing,
    Events,
    /// The states and, if something was broken, the events.
    States,
}

impl Execution {
    /// Whether this requirement was broken.
    pub fn breaks(&self, requirement: Requirement) -> bool {
        self.broken.iter().any(|broken| broken.violation.requirement == requirement)
    }

    /// Returns the requirements that were broken because the subject stopped responding.
    pub(crate) fn hung(&self) -> impl Iterator<Item = Requirement> {
        let between = (self.hang == Some(HangSite::BetweenCalls)).then_some(Requirement::CallReturns);
        self.broken_by(Ending::TimedOut).chain(between)
    }

    /// Returns the binding requirements that were broken by calls that ended so.
    pub(crate) fn broken_by(&self, ending: Ending) -> impl Iterator<Item = Requirement> {
        let actual = ending.to_string();
        let broken = self.broken.iter().map(|broken| &broken.violation);
        let broken = broken.filter(move |violation| violation.binds() && violation.actual == actual);
        broken.map(|violation| violation.requirement)
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
    let mut observer = Observer::new(profile, &config, Capture::Nothing);
    let mut events = Vec::new();
    let mut see = |_: Option<usize>, event: Event| {
        observer.event(&event);
        if keep {
            events.push(event);
        }
    };
    let panicked = perform([program], || engine, &config, &mut see);
    Execution { events, ..observer.finish(RunEnd::after(panicked)) }
}

/// Runs programs, each as on a fresh engine with every capability, and judges the runs. The results are in the order of the
/// programs, and without events.
///
/// Programs with the same hosts that begin alike run their beginning once, if the engine can return to it
/// ([`Engine::checkpoint`]).
///
/// ```
/// use dbgeng_testkit::conformance::{ShortPrograms, execute_all};
/// use dbgeng_testkit::{Profile, mock::Lab};
///
/// let programs: Vec<_> = ShortPrograms::new(2).collect();
/// let executions = execute_all(&programs, || Box::new(Lab::new(Profile::Contract).engine()), Profile::Contract);
/// assert!(executions.iter().all(|execution| execution.broken.is_empty()));
/// ```
pub fn execute_all(programs: &[Program], make: impl Fn() -> Box<dyn Engine>, profile: Profile) -> Vec<Execution> {
    let config = SubjectConfig::default();
    let order = by_beginning(programs);
    let mut runs = SeriesWitness { series: Series::new(profile, &config, Capture::Nothing), ended: Vec::new() };
    while let Some(left) = order.get(runs.ended.len()..).filter(|left| !left.is_empty()) {
        let panicked = perform(left.iter().map(|at| &programs[*at]), &make, &config, &mut runs);
        runs.end(RunEnd::after(panicked), 0);
    }
    let mut executions: Vec<(usize, Execution)> = order.into_iter().zip(runs.ended).collect();
    executions.sort_unstable_by_key(|(at, _)| *at);
    executions.into_iter().map(|(_, execution)| execution).collect()
}

/// Judges a series of runs while the programs are performed.
struct SeriesWitness {
    series: Series,
    ended: Vec<Execution>,
}

impl SeriesWitness {
    fn end(&mut self, end: RunEnd, shared: usize) {
        let execution = self.series.end(end, shared);
        self.ended.push(execution);
    }
}

impl Witness for SeriesWitness {
    fn after(&mut self, _step: Option<usize>, event: Event) {
        self.series.event(&event);
    }

    fn save(&mut self) {
        self.series.save();
    }

    fn resume(&mut self, events: usize) {
        self.end(RunEnd::Completed, events);
    }
}

/// Judges the runs of programs, one after the other. The events that a run has from the one before are judged once.
pub(crate) fn judge_runs(
    runs: Vec<ProgramRun>,
    profile: Profile,
    config: &SubjectConfig,
    capture: Capture,
) -> Vec<Execution> {
    let shared: Vec<usize> = runs.iter().skip(1).map(|run| run.shared).chain([0]).collect();
    let mut series = Series::new(profile, config, capture);
    let mut so_far: Vec<Event> = Vec::new();
    let judge = |(run, shared): (ProgramRun, usize)| {
        so_far.truncate(run.shared);
        so_far.extend(run.events.into_iter().map(|(_, event)| event));
        for event in so_far.iter().skip(series.events) {
            series.event(event);
            if series.events <= shared {
                series.save();
            }
        }
        let execution = series.end(run.end, shared);
        let is_kept = match capture {
            Capture::Nothing => false,
            Capture::Events => true,
            Capture::States => !execution.broken.is_empty() || execution.outside_calls.is_some(),
        };
        let events = match shared {
            _ if !is_kept => Vec::new(),
            0 => std::mem::take(&mut so_far),
            _ => so_far.clone(),
        };
        Execution { events, ..execution }
    };
    runs.into_iter().zip(shared).map(judge).collect()
}

/// Judges runs of which each may share a beginning with the one before. Its events are judged once.
struct Series {
    /// Sees the run that is under way.
    observer: Observer,
    /// How many events of that run it has seen.
    events: usize,
    /// Where runs may begin, by the number of events before.
    beginnings: Vec<(usize, Observer)>,
}

impl Series {
    fn new(profile: Profile, config: &SubjectConfig, capture: Capture) -> Series {
        let observer = Observer::new(profile, config, capture);
        Series { beginnings: vec![(0, observer.fork())], observer, events: 0 }
    }

    fn event(&mut self, event: &Event) {
        self.observer.event(event);
        self.events += 1;
    }

    /// Later runs may begin with the events so far.
    fn save(&mut self) {
        self.beginnings.push((self.events, self.observer.fork()));
    }

    /// Ends a run. The next one begins with so many of its events, or fewer if none was saved there.
    fn end(&mut self, end: RunEnd, shared: usize) -> Execution {
        self.beginnings.retain(|(events, _)| *events <= shared);
        let (events, beginning) = self.beginnings.last().expect("every run may begin with no event");
        self.events = *events;
        std::mem::replace(&mut self.observer, beginning.fork()).finish(end)
    }
}

/// Judges the events of a run as they come.
struct Observer {
    judge: Judge,
    execution: Execution,
    states: FxHashSet<StateSummary>,
    capture: Capture,
    /// The method of the last call, if it did not return.
    in_a_call: Option<Method>,
}

impl Observer {
    fn new(profile: Profile, config: &SubjectConfig, capture: Capture) -> Observer {
        Observer {
            judge: Judge::new(profile, config.server.clone()),
            execution: Execution::default(),
            states: FxHashSet::default(),
            capture,
            in_a_call: None,
        }
    }

    /// Returns the observer of another run that begins like this one. The states so far are counted in this one.
    fn fork(&self) -> Observer {
        let Observer { judge, execution, capture, in_a_call, .. } = self;
        let states = FxHashSet::default();
        Observer {
            judge: judge.clone(),
            execution: execution.clone(),
            states,
            capture: *capture,
            in_a_call: *in_a_call,
        }
    }

    fn event(&mut self, event: &Event) {
        let broken = self.judge.event(event);
        if let EventKind::Call(recorded) = &event.kind {
            if self.capture != Capture::Nothing {
                self.execution.tally.count(recorded.call.method(), &self.judge, &broken);
            }
            self.execution.calls += 1;
            self.in_a_call = recorded.outcome.ending.is_open().then(|| recorded.call.method());
        }
        self.execution.broken.extend(broken);
        if self.capture == Capture::States {
            self.states.extend(self.judge.state());
        }
    }

    fn finish(mut self, end: RunEnd) -> Execution {
        self.execution.states = self.states;
        self.execution.judged = self.judge.into_judged();
        if end == RunEnd::TimedOut {
            self.execution.hang = Some(HangSite::of(self.in_a_call));
        }
        if matches!(end, RunEnd::Crashed(_)) {
            self.execution.crash = self.in_a_call;
        }
        self.execution.outside_calls = failure_outside_calls(end, self.in_a_call.is_some());
        self.execution
    }
}
