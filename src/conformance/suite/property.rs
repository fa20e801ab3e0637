//! Properties: claims over random programs and over every short program.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use super::capability::{Capability, explain_missing};
use super::claims::explain_unkept;
use super::counterexample::{counterexample, parallel_counterexample, unshrunk_counterexample};
use super::workers::in_order;
use super::{Progress, Suite};
use crate::call::{Call, Ending};
use crate::conformance::judge::run::{Capture, Execution};
use crate::conformance::judge::tally::Tally;
use crate::conformance::program::generate::{Generator, usual_races};
use crate::conformance::program::parallel::ParallelProgram;
use crate::conformance::program::short_programs::ShortPrograms;
use crate::conformance::program::shrink::{shrink, shrink_parallel};
use crate::conformance::program::{Program, Step};
use crate::conformance::report::{Counterexample, PropertyReport, Verdict};
use crate::method::Method;
use crate::model::StateSummary;
use crate::spec::Requirement;
use crate::trace::Event;

/// The largest number of steps of a random program.
const MAX_STEPS: usize = 60;

/// The last of this many random programs is a long one: some faults show after many calls.
const LONG_EVERY: u64 = 100;

/// The largest number of steps of a long random program.
const MAX_LONG_STEPS: usize = 1_200;

/// The largest number of steps of a thread of a random program.
const MAX_THREAD_STEPS: usize = 6;

/// The number of random programs for each program of several threads.
const PROGRAMS_PER_PARALLEL_PROGRAM: u64 = 10;

/// How often a program of several threads is run, since a race does not show every time.
const RACE_ATTEMPTS: usize = 10;

/// How many attempts to make a program smaller an engine is worth that takes long to connect, in child processes.
const MOST_SLOW_ATTEMPTS: u32 = 40;

/// After this many programs that hang, or that crash outside of any call, a property has shown enough.
const MOST_FATAL: u32 = 5;

/// After this many programs in child processes that crash in one method, a property has shown enough.
const MOST_CRASHES: u32 = 100;

/// The requirements that the creation and the release of client objects satisfy, whatever a program asks for.
const UNASKED: [Requirement; 3] =
    [Requirement::CallReturns, Requirement::ClientDebugCreateSucceeds, Requirement::ClientStartsWithOneReference];

/// A claim over programs: none of them breaks a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Property {
    /// Random programs.
    Random,
    /// Every program of a few lifecycle calls.
    Short,
    /// Random programs of several threads, and the usual races.
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
pub(crate) fn all(suite: &Suite, tally: &mut Tally, watch: &mut dyn FnMut(Progress)) -> Vec<PropertyReport> {
    Property::ALL.into_iter().map(|property| judge(suite, property, tally, watch)).collect()
}

/// Judges a property, and adds the calls of its programs to the tally. The verdict is not settled.
pub(crate) fn judge(
    suite: &Suite,
    property: Property,
    tally: &mut Tally,
    watch: &mut dyn FnMut(Progress),
) -> PropertyReport {
    let mut run = PropertyRun { shown: shown_by_cases(suite, tally), ..PropertyRun::default() };
    let name = property.name();
    if let Some(reason) = reason_to_run_none(suite, property) {
        run.outside_calls = Some((Verdict::Skip, reason.to_owned()));
        return run.report(name, false);
    }
    match property {
        Property::Random => {
            let most_steps =
                |number: u64| if (number + 1).is_multiple_of(LONG_EVERY) { MAX_LONG_STEPS } else { MAX_STEPS };
            let generated = |number| Generator::new(suite.seed.wrapping_add(number), most_steps(number)).program();
            let programs = (0..suite.programs).map(|number| generated(number).cap_waits(suite.limits.quiet_ms));
            run.judge_all(suite, programs, Capture::Events, &mut |done| {
                watch(Progress { stage: name, done, total: suite.programs });
            });
        }
        Property::Short => {
            let search = ShortPrograms::new(suite.depth);
            let total = search.programs();
            run.judge_all(suite, search, Capture::States, &mut |done| watch(Progress { stage: name, done, total }));
        }
        Property::Parallel => {
            if let Some(reason) = reason_to_skip_threads(suite) {
                run.outside_calls = Some((Verdict::Skip, reason));
                return run.report(name, false);
            }
            let mut usual = usual_races().to_vec();
            usual.retain(|program| suite.capabilities().trim_parallel(program.clone()) == *program);
            let random = suite.programs.div_ceil(PROGRAMS_PER_PARALLEL_PROGRAM);
            let total = random + usual.len() as u64;
            let programs = (0..random).map(|number| {
                let program = Generator::new(suite.seed.wrapping_add(number), MAX_THREAD_STEPS).parallel_program();
                suite.capabilities().trim_parallel(program)
            });
            let programs = programs.chain(usual).filter(is_parallel).zip(1..);
            let work = |(program, _): &(ParallelProgram, u64)| suite.execute_parallel(program);
            watch(Progress { stage: name, done: 0, total });
            in_order(suite.workers(), programs, work, |(program, done), execution| {
                run.judge_parallel(suite, &program, &execution);
                watch(Progress { stage: name, done, total });
                !run.is_over()
            });
        }
    }
    tally.add(&run.tally);
    run.report(property.name(), property == Property::Short)
}

/// Returns the requirements whose violations are shown without shrinking: those that are known to be broken, and in child
/// processes, where each run costs a process, those that a case has shown to be.
fn shown_by_cases(suite: &Suite, tally: &Tally) -> BTreeSet<Requirement> {
    let is_shown = |requirement| suite.is_known(requirement) || suite.isolated && tally.of(requirement).0 > 0;
    Requirement::ALL.into_iter().filter(|requirement| is_shown(*requirement)).collect()
}

/// Says why there is no program to run.
fn reason_to_run_none(suite: &Suite, property: Property) -> Option<&'static str> {
    match property {
        Property::Random | Property::Parallel if suite.programs == 0 => {
            Some("no programs were asked for (`Suite::programs`, or `--programs`, is 0)")
        }
        Property::Short if suite.depth == 0 => Some("no programs were asked for (`Suite::depth` is 0)"),
        Property::Random | Property::Parallel | Property::Short => None,
    }
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
    /// The requirements whose violations are not shrunk.
    shown: BTreeSet<Requirement>,
    /// The counterexamples by the requirement that they break.
    found: BTreeMap<Requirement, Counterexample>,
    /// The first failure outside of any call.
    outside_calls: Option<(Verdict, String)>,
    /// The number of steps that call a method other than DebugCreate and Release.
    requests: u64,
    /// Whether a requirement applied to more than the creation and the release of client objects.
    is_judged: bool,
    tally: Tally,
    states: FxHashSet<StateSummary>,
    programs: u64,
    calls: u64,
    /// How many programs crashed in each method, in child processes. The first is a counterexample.
    crashes: BTreeMap<Method, u32>,
    /// The number of programs that hung where they may not, or crashed outside of any call.
    fatal: u32,
}

impl PropertyRun {
    fn judge_all(
        &mut self,
        suite: &Suite,
        mut programs: impl Iterator<Item = Program> + Send,
        capture: Capture,
        watch: &mut dyn FnMut(u64),
    ) {
        let size = suite.batch();
        let batches = std::iter::from_fn(|| {
            let batch: Vec<Program> = programs.by_ref().take(size).collect();
            (!batch.is_empty()).then_some(batch)
        });
        let trimmed = batches.map(|batch| {
            let taken = batch.len() as u64;
            let programs = batch.into_iter().map(|program| suite.capabilities().trim(program));
            (taken, programs.filter(|program| requests(&program.steps) > 0).collect::<Vec<Program>>())
        });
        let work = |(_, batch): &(u64, Vec<Program>)| {
            let mut executions: Vec<Execution> = Vec::with_capacity(batch.len());
            // Those after one that hangs are not run yet.
            while executions.len() < batch.len() {
                executions.extend(suite.execute_all(&batch[executions.len()..], capture));
            }
            executions
        };
        let mut done = 0;
        watch(done);
        in_order(suite.workers(), trimmed, work, |(taken, batch), executions| {
            for (program, execution) in batch.iter().zip(executions) {
                if !self.is_over() {
                    self.judge(suite, program, execution);
                }
            }
            done += taken;
            watch(done);
            !self.is_over()
        });
    }

    fn judge(&mut self, suite: &Suite, program: &Program, mut execution: Execution) {
        let requests = requests(&program.steps);
        self.states.extend(std::mem::take(&mut execution.states));
        let unshrunk = self.shown_without_shrinking(suite, &execution);
        self.add(requests, &execution, |requirement| {
            if unshrunk.contains(&requirement) {
                return unshrunk_counterexample(suite, &execution, requirement);
            }
            minimal_reproducer(suite, program, &execution, requirement)
        });
    }

    fn judge_parallel(&mut self, suite: &Suite, program: &ParallelProgram, execution: &Execution) {
        if self.outside_calls.is_none() && uses_no_second_thread(program, execution) {
            self.outside_calls = Some((Verdict::ClaimNotKept, explain_unkept(&[Capability::Threads])));
        }
        let unshrunk = self.shown_without_shrinking(suite, execution);
        self.add(parallel_requests(program), execution, |requirement| {
            if unshrunk.contains(&requirement) {
                return unshrunk_counterexample(suite, execution, requirement);
            }
            let mut hangs = execution.hung().any(|hung| hung == requirement);
            if !hangs {
                // A violation by calls that do not overlap is no race.
                let program = program.one_after_the_other().cap_waits(suite.limits.quiet_ms);
                let program = suite.capabilities().trim(program);
                let run = suite.execute(&program, Capture::Events);
                if run.hang.is_none() && run.breaks(requirement) {
                    return minimal_reproducer(suite, &program, &run, requirement);
                }
            }
            // The failing run is shown, since another run of the same program may pass.
            let mut shown = execution.clone();
            let mut attempts = most_attempts(suite);
            let breaks = |program: &ParallelProgram| {
                if program.waits_in_vain() {
                    return false;
                }
                for _ in 0..RACE_ATTEMPTS {
                    if hangs || attempts == 0 {
                        return false;
                    }
                    attempts -= 1;
                    let run = suite.execute_parallel(program);
                    hangs = run.hang.is_some();
                    if !hangs && run.breaks(requirement) {
                        shown = run;
                        return true;
                    }
                }
                false
            };
            let smallest = shrink_parallel(program, breaks);
            parallel_counterexample(suite, &smallest, &shown, requirement)
        });
    }

    /// Returns the requirements for which a failing program is shown as it is: those that are shown already, and those that a
    /// method breaks by crashing in a child process, if another counterexample shows that.
    fn shown_without_shrinking(&mut self, suite: &Suite, execution: &Execution) -> BTreeSet<Requirement> {
        let mut crashes: Vec<Requirement> = execution.broken_by(Ending::Crashed).collect();
        crashes.retain(|requirement| suite.isolated && !suite.is_known(*requirement));
        if let Some(method) = execution.crash.filter(|_| !crashes.is_empty()) {
            let times = self.crashes.entry(method).or_default();
            *times += 1;
            if *times == 1 {
                crashes.clear();
            }
        }
        &self.shown | &crashes.into_iter().collect()
    }

    /// Counts a program and its results. `example` builds the counterexample of a requirement that was not broken before.
    fn add(&mut self, requests: u64, execution: &Execution, example: impl Fn(Requirement) -> Counterexample) {
        self.fatal += u32::from(execution.outside_calls.is_some() || execution.hung().next().is_some());
        self.tally.add(&execution.tally);
        self.programs += 1;
        self.calls += execution.calls;
        self.requests += requests;
        let mut times = Requirement::ALL.into_iter().zip(&execution.judged);
        self.is_judged = self.is_judged || times.any(|(of, times)| *times > 0 && !UNASKED.contains(&of));
        if self.outside_calls.is_none() {
            self.outside_calls.clone_from(&execution.outside_calls);
        }
        for requirement in execution.broken.iter().map(|broken| broken.violation.requirement) {
            self.found.entry(requirement).or_insert_with(|| example(requirement));
        }
    }

    /// Whether no more programs shall be run.
    fn is_over(&self) -> bool {
        let was_given_up = self.outside_calls.as_ref().is_some_and(|(verdict, _)| !verdict.is_judged());
        was_given_up || self.has_shown_enough().is_some()
    }

    /// Says why no more programs shall be run, if the property has shown enough.
    fn has_shown_enough(&self) -> Option<String> {
        if self.fatal >= MOST_FATAL {
            return Some(format!("{MOST_FATAL} programs hang, so no more were run"));
        }
        let (method, times) = self.crashes.iter().find(|(_, times)| **times >= MOST_CRASHES)?;
        Some(format!("{times} programs crash in {method}, so no more were run"))
    }

    /// Returns the report. Its verdict is not settled: it ignores the counterexamples.
    fn report(self, name: &str, counts_states: bool) -> PropertyReport {
        let enough = self.has_shown_enough();
        let (verdict, reason) = match self.outside_calls {
            Some((verdict, words)) => (verdict, Some(words).filter(|words| !words.is_empty())),
            None if self.requests == 0 => {
                (Verdict::Skip, Some("your engine implements none of the methods that programs call".to_owned()))
            }
            None if enough.is_some() => (Verdict::Pass, enough),
            None if !self.is_judged => (
                Verdict::NotReached,
                Some("no call of the programs was judged, as none was made on a client object".to_owned()),
            ),
            None if counts_states && self.states.len() < 2 => (
                Verdict::NotReached,
                Some(
                    "every program ended in the state in which it began: no server was started, and none connected to"
                        .to_owned(),
                ),
            ),
            None => (Verdict::Pass, None),
        };
        let mut counterexamples: Vec<Counterexample> = self.found.into_values().collect();
        counterexamples.sort_by_key(|example| example.failure.call);
        PropertyReport {
            name: name.to_owned(),
            verdict,
            reason,
            programs: self.programs,
            calls: self.calls,
            states: counts_states.then_some(self.states.len()),
            counterexamples,
        }
    }
}

/// Returns how often a program may be run to make it smaller.
fn most_attempts(suite: &Suite) -> u32 {
    let is_slow = suite.isolated && !suite.capabilities().has(Capability::QuickConnections);
    if is_slow { MOST_SLOW_ATTEMPTS } else { u32::MAX }
}

/// Shrinks a program whose run breaks a requirement, and returns the counterexample.
fn minimal_reproducer(
    suite: &Suite,
    program: &Program,
    execution: &Execution,
    requirement: Requirement,
) -> Counterexample {
    let mut hangs = execution.hung().any(|hung| hung == requirement);
    let mut attempts = most_attempts(suite);
    let breaks = |program: &Program| {
        // Each program that hangs costs the time limit of a call.
        if hangs || attempts == 0 {
            return false;
        }
        attempts -= 1;
        let run = suite.execute(program, Capture::Nothing);
        hangs = run.hang.is_some();
        !hangs && run.breaks(requirement)
    };
    let smallest = shrink(program, breaks);
    // A run that cannot be made smaller is not made again: it may hang.
    let shown = (smallest != *program).then(|| suite.execute(&smallest, Capture::Events));
    counterexample(suite, shown.as_ref().unwrap_or(execution), requirement)
}

/// Counts the steps that call a method other than DebugCreate and Release.
fn requests(steps: &[Step]) -> u64 {
    let asks = |step: &&Step| matches!(step, Step::Call { call, .. } if !matches!(call, Call::DebugCreate { .. } | Call::Release));
    steps.iter().filter(asks).count() as u64
}

fn parallel_requests(program: &ParallelProgram) -> u64 {
    requests(&program.beginning.steps) + program.threads.iter().map(|steps| requests(steps)).sum::<u64>()
}

/// Whether at least two threads of a program have something to do.
fn is_parallel(program: &ParallelProgram) -> bool {
    parallel_requests(program) > 0 && program.threads.iter().filter(|steps| !steps.is_empty()).count() > 1
}

/// Whether fewer than two threads of a program made a call, although nothing hindered them.
fn uses_no_second_thread(program: &ParallelProgram, execution: &Execution) -> bool {
    let callers = execution.events.iter().filter_map(Event::call).map(|recorded| recorded.by.thread);
    let threads: BTreeSet<u32> = callers.filter(|thread| *thread >= program.first_thread()).collect();
    let was_hindered = execution.outside_calls.is_some() || execution.hang.is_some() || !execution.broken.is_empty();
    threads.len() < 2 && !was_hindered
}
