//! Properties: claims over random programs and over every short program.

use std::collections::{BTreeMap, BTreeSet};

use super::capability::{Capability, explain_missing};
use super::counterexample::{counterexample, parallel_counterexample};
use super::{Progress, Suite};
use crate::call::Call;
use crate::conformance::judge::run::{Capture, Execution};
use crate::conformance::program::generate::Generator;
use crate::conformance::program::parallel::ParallelProgram;
use crate::conformance::program::short_programs::ShortPrograms;
use crate::conformance::program::shrink::{shrink, shrink_parallel};
use crate::conformance::program::{Program, Step};
use crate::conformance::report::{Counterexample, PropertyReport, Verdict};
use crate::spec::Requirement;

/// The largest number of steps of a random program.
const MAX_STEPS: usize = 60;

/// The largest number of steps of a thread of a random program.
const MAX_THREAD_STEPS: usize = 6;

/// The number of random programs for each program of several threads.
const PROGRAMS_PER_PARALLEL_PROGRAM: u64 = 10;

/// How often a program of several threads is run, since a race does not show every time.
const RACE_ATTEMPTS: usize = 10;

/// A claim over programs: none of them breaks a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Property {
    /// Random programs.
    Random,
    /// Every program of a few lifecycle calls.
    Short,
    /// Random programs of several threads. They can break only a MUST.
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

/// Judges every property.
pub(crate) fn all(suite: &Suite, watch: &mut dyn FnMut(Progress)) -> Vec<PropertyReport> {
    Property::ALL.into_iter().map(|property| judge(suite, property, watch)).collect()
}

/// Judges a property. The verdict is not settled.
pub(crate) fn judge(suite: &Suite, property: Property, watch: &mut dyn FnMut(Progress)) -> PropertyReport {
    let mut run = PropertyRun::default();
    let name = property.name();
    match property {
        Property::Random => {
            for number in 0..suite.programs {
                watch(Progress { stage: name, done: number, total: suite.programs });
                let program = Generator::new(suite.seed.wrapping_add(number), MAX_STEPS).program();
                let program = suite.capabilities().trim(program.cap_waits(suite.limits.quiet_ms));
                run.judge(suite, &program, Capture::Nothing);
            }
        }
        Property::Short => {
            let search = ShortPrograms::new(suite.depth);
            let total = search.programs();
            for program in search {
                watch(Progress { stage: name, done: run.programs, total });
                run.judge(suite, &suite.capabilities().trim(program), Capture::States);
            }
        }
        Property::Parallel => {
            if let Some(reason) = reason_to_skip_threads(suite) {
                run.outside_calls = Some((Verdict::Skip, reason));
                return run.report(name, false);
            }
            let total = suite.programs.div_ceil(PROGRAMS_PER_PARALLEL_PROGRAM);
            for number in 0..total {
                watch(Progress { stage: name, done: number, total });
                let program = Generator::new(suite.seed.wrapping_add(number), MAX_THREAD_STEPS).parallel_program();
                run.judge_parallel(suite, &suite.capabilities().trim_parallel(program));
            }
        }
    }
    run.report(property.name(), property == Property::Short)
}

/// Says why programs of several threads cannot be judged.
fn reason_to_skip_threads(suite: &Suite) -> Option<String> {
    let capabilities = suite.capabilities();
    match (capabilities.has(Capability::Threads), &capabilities.server) {
        (false, _) => Some(explain_missing(&[Capability::Threads])),
        (true, Some(_)) => Some("programs of several threads are not run on a server from `Suite::server`".to_owned()),
        (true, None) => None,
    }
}

/// Judges one program. One of several threads is repeated until it breaks a requirement. Returns how often each requirement
/// was checked as well.
pub(crate) fn judge_program(suite: &Suite, name: &str, program: &ParallelProgram) -> (PropertyReport, Vec<u64>) {
    let mut judged = Vec::new();
    let mut run = PropertyRun::default();
    let is_parallel = !program.threads.is_empty();
    for _ in 0..if is_parallel { RACE_ATTEMPTS } else { 1 } {
        let execution = if is_parallel {
            suite.execute_parallel(program)
        } else {
            suite.execute(&program.beginning, Capture::Events)
        };
        run.add(parallel_requests(program), &execution, |requirement| {
            if is_parallel {
                return parallel_counterexample(suite, program, &execution, requirement);
            }
            counterexample(suite, &execution, requirement)
        });
        judged = execution.judged;
        if !run.found.is_empty() || run.outside_calls.is_some() {
            break;
        }
    }
    (run.report(name, false), judged)
}

#[derive(Default)]
struct PropertyRun {
    /// The minimal reproducers by the requirement that they break.
    found: BTreeMap<Requirement, Counterexample>,
    /// The first failure outside of any call.
    outside_calls: Option<(Verdict, String)>,
    /// The number of steps that call a method other than DebugCreate and Release.
    requests: u64,
    states: BTreeSet<String>,
    programs: u64,
    calls: u64,
}

impl PropertyRun {
    fn judge(&mut self, suite: &Suite, program: &Program, capture: Capture) {
        let requests = requests(&program.steps);
        if requests == 0 {
            return;
        }
        let mut execution = suite.execute(program, capture);
        self.states.append(&mut execution.states);
        self.add(requests, &execution, |requirement| {
            let breaks = |program: &Program| suite.execute(program, Capture::Nothing).breaks(requirement);
            let smallest = if suite.is_known(requirement) { program.clone() } else { shrink(program, breaks) };
            counterexample(suite, &suite.execute(&smallest, Capture::Events), requirement)
        });
    }

    fn judge_parallel(&mut self, suite: &Suite, program: &ParallelProgram) {
        let requests = parallel_requests(program);
        if requests == 0 {
            return;
        }
        let execution = suite.execute_parallel(program);
        self.add(requests, &execution, |requirement| {
            // The failing run is shown, since another run of the same program may pass.
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

    /// Counts a program and its results. `example` builds the counterexample of a requirement that was not broken before.
    fn add(&mut self, requests: u64, execution: &Execution, example: impl Fn(Requirement) -> Counterexample) {
        self.programs += 1;
        self.calls += execution.calls;
        self.requests += requests;
        if self.outside_calls.is_none() {
            self.outside_calls.clone_from(&execution.outside_calls);
        }
        for requirement in execution.broken.iter().map(|broken| broken.violation.requirement) {
            self.found.entry(requirement).or_insert_with(|| example(requirement));
        }
    }

    /// Returns the report. Its verdict is not settled: it ignores the counterexamples.
    fn report(self, name: &str, counts_states: bool) -> PropertyReport {
        let (verdict, reason) = match self.outside_calls {
            Some((verdict, words)) => (verdict, Some(words).filter(|words| !words.is_empty())),
            None if self.requests == 0 => {
                (Verdict::Skip, Some("your engine implements none of the methods that programs call".to_owned()))
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

/// Counts the steps that call a method other than DebugCreate and Release.
fn requests(steps: &[Step]) -> u64 {
    let asks = |step: &&Step| matches!(step, Step::Call { call, .. } if !matches!(call, Call::DebugCreate { .. } | Call::Release));
    steps.iter().filter(asks).count() as u64
}

fn parallel_requests(program: &ParallelProgram) -> u64 {
    requests(&program.beginning.steps) + program.threads.iter().map(|steps| requests(steps)).sum::<u64>()
}
