//! Properties: what holds of all programs. Some are made at random, and the short ones are all there are.

use std::collections::{BTreeMap, BTreeSet};

use super::capability::Capability;
use super::counterexample::{counterexample, parallel_counterexample};
use super::{Progress, Suite};
use crate::call::Call;
use crate::conformance::judge::run::{Capture, Execution};
use crate::conformance::program::generate::Generator;
use crate::conformance::program::parallel::ParallelProgram;
use crate::conformance::program::search::Search;
use crate::conformance::program::shrink::{shrink, shrink_parallel};
use crate::conformance::program::{Program, Step};
use crate::conformance::report::{Counterexample, PropertyReport, Verdict};
use crate::spec::Requirement;

/// How many steps a random program has at the most.
const MAX_STEPS: usize = 60;

/// How many steps a thread of a random program has at the most.
const MAX_THREAD_STEPS: usize = 6;

/// To so many random programs there is one of several threads.
const PROGRAMS_PER_PARALLEL_PROGRAM: u64 = 10;

/// How often a program of several threads is run to see whether it breaks something: a race does not show each time.
const RACE_ATTEMPTS: usize = 10;

/// A claim over programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Property {
    /// No program made at random breaks anything.
    Random,
    /// No program of a few lifecycle calls breaks anything.
    Short,
    /// No program of several threads, made at random, breaks a MUST.
    Parallel,
}

impl Property {
    pub(crate) const ALL: [Property; 3] = [Property::Random, Property::Short, Property::Parallel];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Property::Random => "programs/random",
            Property::Short => "programs/short",
            Property::Parallel => "programs/parallel",
        }
    }
}

/// Puts every property to the test.
pub(crate) fn all(suite: &Suite, watch: &mut dyn FnMut(Progress)) -> Vec<PropertyReport> {
    Property::ALL.into_iter().map(|property| judge(suite, property, watch)).collect()
}

/// Puts a property to the test.
pub(crate) fn judge(suite: &Suite, property: Property, watch: &mut dyn FnMut(Progress)) -> PropertyReport {
    let keep = if property == Property::Short { Capture::States } else { Capture::Nothing };
    let mut run = PropertyRun::new(suite, keep);
    let name = property.name();
    match property {
        Property::Random => {
            for number in 0..suite.programs {
                watch(Progress { at: name, done: number, of: suite.programs });
                let program = Generator::new(suite.seed.wrapping_add(number), MAX_STEPS).program();
                run.run(&suite.capabilities().trim(program.patient(suite.limits.silence)));
            }
        }
        Property::Short => {
            let search = Search::new(suite.depth);
            let of = search.programs();
            for program in search {
                watch(Progress { at: name, done: run.programs, of });
                run.run(&suite.capabilities().trim(program));
            }
        }
        Property::Parallel => {
            if let Some(reason) = reason_to_skip_threads(suite) {
                run.other_failure = Some((Verdict::Skip, reason.to_owned()));
                return run.report(name, false);
            }
            let of = suite.programs.div_ceil(PROGRAMS_PER_PARALLEL_PROGRAM);
            for number in 0..of {
                watch(Progress { at: name, done: number, of });
                let program = Generator::new(suite.seed.wrapping_add(number), MAX_THREAD_STEPS).parallel_program();
                run.run_parallel(&suite.capabilities().trim_parallel(program));
            }
        }
    }
    run.report(property.name(), property == Property::Short)
}

/// Why threads cannot be judged.
fn reason_to_skip_threads(suite: &Suite) -> Option<&'static str> {
    let capabilities = suite.capabilities();
    match (capabilities.has(Capability::Threads), &capabilities.server) {
        (false, _) => Some("the subject has no further threads"),
        (true, Some(_)) => Some("threads are judged where nobody else starts a server"),
        (true, None) => None,
    }
}

/// Judges one program; answers how often each requirement had something to say, too.
pub(crate) fn judge_program(suite: &Suite, name: &str, program: &Program) -> (PropertyReport, Vec<u64>) {
    let mut run = PropertyRun::new(suite, Capture::Events);
    let execution = suite.execute(program, run.keep);
    let example = |requirement| counterexample(suite, &execution, requirement);
    run.add(requests(&program.steps), &execution, example);
    (run.report(name, false), execution.judged)
}

/// The same of a program of several threads, which is run again until it breaks something.
pub(crate) fn judge_parallel_program(
    suite: &Suite,
    name: &str,
    program: &ParallelProgram,
) -> (PropertyReport, Vec<u64>) {
    let mut judged = Vec::new();
    let mut run = PropertyRun::new(suite, Capture::Events);
    for _ in 0..RACE_ATTEMPTS {
        let execution = suite.execute_parallel(program);
        let example = |requirement| parallel_counterexample(suite, program, &execution, requirement);
        run.add(parallel_requests(program), &execution, example);
        judged = execution.judged;
        if !run.found.is_empty() || run.other_failure.is_some() {
            break;
        }
    }
    (run.report(name, false), judged)
}

struct PropertyRun<'a> {
    suite: &'a Suite,
    keep: Capture,
    /// The smallest program found, by the requirement that it breaks.
    found: BTreeMap<Requirement, Counterexample>,
    /// What went wrong first that was no call's doing.
    other_failure: Option<(Verdict, String)>,
    /// How many steps there were that ask something of the subject.
    requests: u64,
    states: BTreeSet<String>,
    programs: u64,
    calls: u64,
}

impl<'a> PropertyRun<'a> {
    fn new(suite: &'a Suite, keep: Capture) -> PropertyRun<'a> {
        PropertyRun {
            suite,
            keep,
            found: BTreeMap::new(),
            other_failure: None,
            requests: 0,
            states: BTreeSet::new(),
            programs: 0,
            calls: 0,
        }
    }

    fn run(&mut self, program: &Program) {
        let requests = requests(&program.steps);
        if requests == 0 {
            return;
        }
        let suite = self.suite;
        let mut execution = suite.execute(program, self.keep);
        self.states.append(&mut execution.states);
        self.add(requests, &execution, |requirement| {
            let breaks = |program: &Program| suite.execute(program, Capture::Nothing).breaks(requirement);
            let smallest = if suite.is_known(requirement) { program.clone() } else { shrink(program, breaks) };
            counterexample(suite, &suite.execute(&smallest, Capture::Events), requirement)
        });
    }

    fn run_parallel(&mut self, program: &ParallelProgram) {
        let requests = parallel_requests(program);
        if requests == 0 {
            return;
        }
        let suite = self.suite;
        let execution = suite.execute_parallel(program);
        self.add(requests, &execution, |requirement| {
            // What is shown is the run that failed: another may not.
            let mut shown = execution.clone();
            let breaks = |program: &ParallelProgram| {
                let mut runs = (0..RACE_ATTEMPTS).map(|_| suite.execute_parallel(program));
                let broken = runs.find(|run| run.breaks(requirement));
                broken.map(|run| shown = run).is_some()
            };
            let smallest = if suite.is_known(requirement) { program.clone() } else { shrink_parallel(program, breaks) };
            parallel_counterexample(suite, &smallest, &shown, requirement)
        });
    }

    /// Counts a program, which asks so much, and what came of it; `example` shows a requirement broken that was not before.
    fn add(&mut self, requests: u64, execution: &Execution, example: impl Fn(Requirement) -> Counterexample) {
        self.programs += 1;
        self.calls += execution.calls;
        self.requests += requests;
        if self.other_failure.is_none() {
            self.other_failure.clone_from(&execution.outside_calls);
        }
        for requirement in execution.broken.iter().map(|(_, violation)| violation.requirement) {
            self.found.entry(requirement).or_insert_with(|| example(requirement));
        }
    }

    /// The report, of which the verdict is not settled: the counterexamples have no part in it yet.
    fn report(self, name: &str, counts_states: bool) -> PropertyReport {
        let (verdict, reason) = match self.other_failure {
            Some((verdict, words)) => (verdict, Some(words).filter(|words| !words.is_empty())),
            None if self.requests == 0 => {
                (Verdict::Skip, Some("the subject can do nothing that programs ask".to_owned()))
            }
            None => (Verdict::Pass, None),
        };
        PropertyReport {
            name: name.to_owned(),
            verdict,
            reason,
            programs: self.programs,
            calls: self.calls,
            states: counts_states.then_some(self.states.len()),
            counterexamples: self.found.into_values().collect(),
        }
    }
}

/// How many steps ask something of the subject beside client objects.
fn requests(steps: &[Step]) -> u64 {
    let asks = |step: &&Step| {
        !matches!(step, Step::Kill { .. } | Step::Call { call: Call::DebugCreate { .. } | Call::Release, .. })
    };
    steps.iter().filter(asks).count() as u64
}

fn parallel_requests(program: &ParallelProgram) -> u64 {
    requests(&program.beginning.steps) + program.threads.iter().map(|steps| requests(steps)).sum::<u64>()
}
