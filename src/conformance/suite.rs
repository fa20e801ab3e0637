//! The suite: judges one subject by every case and property of the kit.

pub(super) mod capability;
mod claims;
pub(super) mod counterexample;
pub(super) mod deviation;
pub(super) mod probe;
pub(super) mod property;
pub(super) mod runner;
pub(super) mod test_binary;
mod workers;

use std::ffi::OsString;
use std::fmt;
use std::io::{self, Write};
use std::num::NonZero;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use self::capability::{Capabilities, Capability, explain_missing};
use self::claims::{explain_unkept, unkept};
use self::deviation::Deviations;
use super::bystanders::{BystanderPool, facts_without_the_system, stand_by_if_bystander};
use super::case::Case;
use super::case::expectation::Expectation;
use super::case::script::Limits;
use super::cases::cases;
use super::judge::case::{self as judge_case, JudgedCase};
use super::judge::parallel;
use super::judge::run::{Capture, Execution, judge_runs};
use super::judge::tally::Tally;
use super::perform::SubjectConfig;
use super::perform::exits::{EXITED, is_exiting};
use super::perform::isolate::Isolation;
use super::perform::isolate::child::run_child;
use super::perform::isolate::protocol::{child_arguments, is_child, is_host};
use super::perform::isolate::worker::{is_leaking_worker, worker_folder};
use super::perform::patience::Patience;
use super::perform::ports::Listening;
use super::perform::run::{HangSite, ProgramRun, RunEnd};
use super::perform::watched::perform_watched;
use super::program::Program;
use super::program::parallel::ParallelProgram;
use super::report::{CaseReport, ReportedFailure, Verdict};
use crate::client::Engine;
use crate::options::{ConnectionString, Side};
use crate::profile::Profile;
use crate::spec::Requirement;
use crate::transcript::TranscriptLine;

/// Makes fresh engines of a subject.
type MakeEngine = Arc<dyn Fn() -> Box<dyn Engine> + Send + Sync>;

/// The number of programs that one thread performs: a thread for each would cost more than the program.
const BATCH: usize = 100;

/// The largest number of programs that are run at a time.
const MOST_WORKERS: usize = 8;

/// A suite judges one subject by every case and property of the kit.
///
/// Before the first case it makes one harmless call of each method, asks for each version of the client interface, and starts
/// a server on each transport, to find out what the subject can do.
///
/// The builder methods say how the subject is run and what is known of it; [`run`](Suite::run) gives the report, and
/// [`main`](Suite::main) makes a test binary of the suite.
///
/// ```
/// use dbgeng_testkit::conformance::Suite;
/// use dbgeng_testkit::mock::Lab;
/// use dbgeng_testkit::Profile;
///
/// let suite = Suite::new("the mock", || Box::new(Lab::new(Profile::Contract).engine()));
/// suite.programs(20).run().assert();
/// ```
#[must_use]
pub struct Suite {
    pub(super) name: String,
    make: MakeEngine,
    pub(super) profile: Profile,
    pub(super) limits: Limits,
    pub(super) patience: Patience,
    /// Whether the engine has ended this process, whose exit is held up.
    has_exited: AtomicBool,
    /// The first hang or exit of the probe, with its calls.
    pub(super) probed: OnceLock<(ReportedFailure, Vec<TranscriptLine>)>,
    pub(super) isolated: bool,
    pub(super) arguments: Vec<OsString>,
    pub(super) deviations: Deviations,
    pub(super) claims: Vec<Capability>,
    lacks: Vec<Capability>,
    server: Option<String>,
    pub(super) programs: u64,
    pub(super) seed: u64,
    pub(super) depth: u32,
    capabilities: OnceLock<Capabilities>,
    cases: OnceLock<Vec<Case>>,
    bystanders: BystanderPool,
    listening: Arc<Listening>,
}

impl fmt::Debug for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Suite").field("name", &self.name).field("profile", &self.profile).finish_non_exhaustive()
    }
}

/// The progress of a run, for [`Suite::run_with_progress`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// The current stage: the cases, or the name of a property.
    pub stage: &'static str,
    /// The number of cases or programs that are done.
    pub done: u64,
    /// The number of all cases or programs of the stage.
    pub total: u64,
}

impl Suite {
    /// Makes a suite for a subject. `make` makes a fresh engine of the subject, which should share no state with an earlier
    /// one.
    pub fn new(name: impl Into<String>, make: impl Fn() -> Box<dyn Engine> + Send + Sync + 'static) -> Suite {
        Suite {
            name: name.into(),
            make: Arc::new(make),
            profile: Profile::Contract,
            limits: Limits::default(),
            patience: patience(Limits::default()),
            has_exited: AtomicBool::new(false),
            probed: OnceLock::new(),
            isolated: false,
            arguments: Vec::new(),
            deviations: Deviations::default(),
            claims: Vec::new(),
            lacks: Vec::new(),
            server: None,
            programs: 1_000,
            seed: 0,
            depth: 5,
            capabilities: OnceLock::new(),
            cases: OnceLock::new(),
            bystanders: BystanderPool::default(),
            listening: Arc::default(),
        }
    }

    /// Judges by this profile instead of the contract.
    pub fn profile(self, profile: Profile) -> Suite {
        Suite { profile, cases: OnceLock::new(), ..self }
    }

    /// Sets how long a call may take and how long a wait lasts, for subjects with real time.
    pub fn limits(self, limits: Limits) -> Suite {
        let (limits, patience) = (limits.clamped(), patience(limits.clamped()));
        Suite { limits, patience, cases: OnceLock::new(), capabilities: OnceLock::new(), ..self }
    }

    /// Runs each program in its own child process, for subjects that may crash or hang.
    ///
    /// Without them, a call that does not return ends the run with what was judged before, and one that exits the process
    /// makes it abort, once the report is printed. A crash ends it at once.
    ///
    /// A child ends with everything that it started. Each hang that no requirement allows halves the time limit of its method.
    /// Once hangs have cost four times the limit of a call, the run is given up. A property in which 100 programs crash in one
    /// method runs no more of them.
    ///
    /// A child is this executable, started again. It reaches every suite that the executable creates, and only the suite of
    /// the same name and profile serves it. So the suites of one test need different names or profiles.
    pub fn in_child_processes(self) -> Suite {
        Suite { isolated: true, capabilities: OnceLock::new(), ..self }
    }

    /// Sets the arguments with which a child process reaches this suite. A plain `#[test]` needs none: by default they are
    /// those that run this test alone.
    pub fn child_arguments(self, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Suite {
        Suite { arguments: arguments.into_iter().map(Into::into).collect(), ..self }
    }

    /// Sets the known deviations of the subject. The run fails if one of them no longer occurs.
    pub fn deviations(self, deviations: Deviations) -> Suite {
        Suite { deviations, ..self }
    }

    /// Claims capabilities that the subject has, whatever the probe finds. The run fails if a claim is not tested.
    pub fn claims(self, capabilities: impl IntoIterator<Item = Capability>) -> Suite {
        Suite { claims: capabilities.into_iter().collect(), capabilities: OnceLock::new(), ..self }
    }

    /// Declares capabilities that the subject lacks, in addition to those that the probe finds missing.
    pub fn lacks(self, capabilities: impl IntoIterator<Item = Capability>) -> Suite {
        Suite { lacks: capabilities.into_iter().collect(), capabilities: OnceLock::new(), ..self }
    }

    /// Sets the connection string of a running process server, for subjects that cannot start one.
    ///
    /// A subject that starts others as well needs one with a port outside 7000 to 7999, which are names in programs.
    pub fn server(self, remote_options: impl Into<String>) -> Suite {
        Suite { server: Some(remote_options.into()), capabilities: OnceLock::new(), ..self }
    }

    /// Sets the number of random programs; the default is 1,000. If the subject has threads, a tenth as many programs of
    /// several threads are run as well.
    pub fn programs(self, programs: u64) -> Suite {
        Suite { programs, ..self }
    }

    /// Sets the seed of the first random program. Each later program has the next seed.
    pub fn seed(self, seed: u64) -> Suite {
        Suite { seed, ..self }
    }

    /// Sets the number of lifecycle calls up to which every program is run; the default is 5. Each additional call makes six
    /// times as many programs.
    pub fn depth(self, depth: u32) -> Suite {
        Suite { depth, ..self }
    }

    /// Returns the testable requirements of the profile.
    pub(super) fn requirements(&self) -> impl Iterator<Item = Requirement> {
        let profile = self.profile;
        let is_judged = move |requirement: &Requirement| {
            let facts = requirement.facts();
            facts.applies_to(profile) && facts.untestable.is_none()
        };
        Requirement::ALL.into_iter().filter(is_judged)
    }

    /// Returns every case of the profile.
    pub fn cases(&self) -> &[Case] {
        self.cases.get_or_init(|| cases(self.profile, self.limits))
    }

    /// Returns the capabilities of the subject: those that the probe finds, corrected by claims and lacks.
    pub fn capabilities(&self) -> &Capabilities {
        self.capabilities.get_or_init(|| {
            let perform = |program: &Program, config: &SubjectConfig| {
                let run = self.perform(program, config);
                self.count_end_of_probe(program, config, &run);
                run
            };
            let mut capabilities = probe::probe(perform);
            let may_see = !self.lacks.contains(&Capability::Facts);
            capabilities.sees_bystanders = may_see && probe::sees_bystanders(&capabilities, perform);
            if capabilities.sees_bystanders {
                capabilities.lacking.retain(|lack| !matches!(lack, Capability::Facts | Capability::Namesakes));
            } else {
                self.bystanders.end();
            }
            // A child does not tell whether its engine listens.
            if self.isolated || self.listening.is_seen() {
                capabilities.lacking.insert(Capability::ManyConnections);
            }
            capabilities.lacking.extend(&self.lacks);
            for claim in &self.claims {
                capabilities.lacking.remove(claim);
            }
            Capabilities { server: self.server.clone(), ..capabilities }
        })
    }

    /// Counts a hang of a program that probes, and keeps it as a failure, as an exit: perhaps no case comes to that call.
    fn count_end_of_probe(&self, program: &Program, config: &SubjectConfig, run: &ProgramRun) {
        self.count_hang(run.hang(), None, [Requirement::CallReturns].into_iter());
        if run.hang().is_some() || self.patience.given_up().is_some() {
            let steps = program.steps.iter().map(|step| (step.clone(), Expectation::returns())).collect();
            let hosts = program.hosts.clone();
            let probe = Case { requirement: Requirement::CallReturns, name: "probe", hosts, steps, prepared: 0 };
            let JudgedCase { report, mut elsewhere, .. } = judge_case::judge(&probe, self.profile, config, run);
            if let Some(failure) = report.failure.or_else(|| elsewhere.pop()) {
                self.probed.get_or_init(|| (failure, report.calls));
            }
        }
    }

    /// Returns the problems of the suite itself.
    pub(super) fn complaints(&self) -> impl Iterator<Item = String> {
        let server = self.server.as_deref().and_then(|server| {
            let error = ConnectionString::parse(Side::Client, self.profile, server).err()?;
            Some(format!("`Suite::server` is not a connection string for a client: {server:?}: {error}"))
        });
        let Deviations { profile, deviations, .. } = &self.deviations;
        let is_other = !deviations.is_empty() && *profile != self.profile;
        let other = is_other.then(|| {
            format!("the known deviations are for profile {profile}, but the suite judges by {}", self.profile)
        });
        server.into_iter().chain(other)
    }

    /// Whether the subject is known to break the requirement. Then no program is shrunk: the minimal one is known as well, and
    /// shrinking takes long on an engine with real time.
    fn is_known(&self, requirement: Requirement) -> bool {
        self.deviations.of(requirement).is_some()
    }

    /// Judges one case.
    pub(super) fn judge(&self, case: &Case) -> JudgedCase {
        let capabilities = self.capabilities();
        let missing = capabilities.missing_for(case);
        let given_up = self.patience.given_up().or_else(|| self.patience.given_up_on(case.requirement));
        if given_up.is_some() || !missing.is_empty() {
            let verdict = if given_up.is_some() { Verdict::NotReached } else { Verdict::Skip };
            let reason = given_up.or_else(|| Some(self.skip_reason(&missing)));
            let name = case.name.to_owned();
            let report = CaseReport { name, verdict, reason, failure: None, calls: Vec::new(), unmade: 0 };
            return JudgedCase { report, elsewhere: Vec::new(), tally: Tally::default() };
        }
        let config = capabilities.config();
        let run = self.perform(&case.program(), &config);
        let mut judged = judge_case::judge(case, self.profile, &config, &run);
        let JudgedCase { report, elsewhere, .. } = &mut judged;
        let broken = report.failure.iter().chain(&*elsewhere).filter_map(|failure| failure.requirement);
        self.count_hang(run.hang(), Some(case.requirement), broken);
        let unkept = unkept(case, &config, &run);
        if !unkept.is_empty() {
            (report.verdict, report.failure) = (Verdict::ClaimNotKept, None);
            report.reason = Some(explain_unkept(&unkept));
        }
        judged
    }

    /// Says why a case that needs these missing capabilities is skipped, and what to do about it.
    fn skip_reason(&self, missing: &[Capability]) -> String {
        let declared = missing.iter().filter(|capability| self.lacks.contains(capability));
        match &*Vec::from_iter(declared.map(ToString::to_string)) {
            [] => explain_missing(missing),
            declared => format!("`Suite::lacks` declares that your engine has no {}", declared.join(", no ")),
        }
    }

    /// Runs a program, and judges each call by the model.
    pub(super) fn execute(&self, program: &Program, capture: Capture) -> Execution {
        let run = self.perform(program, &self.capabilities().config());
        self.judge_runs(vec![run], capture).swap_remove(0)
    }

    /// Runs programs, and judges each call by the model. None is run after one that ends the run.
    pub(super) fn execute_all(&self, programs: &[Program], capture: Capture) -> Vec<Execution> {
        let runs = self.perform_all(programs.iter().map(on_one_thread).collect(), &self.capabilities().config());
        self.judge_runs(runs, capture)
    }

    fn judge_runs(&self, runs: Vec<ProgramRun>, capture: Capture) -> Vec<Execution> {
        let judged = judge_runs(runs, self.profile, &self.capabilities().config(), capture);
        judged.into_iter().map(|execution| self.counted(execution)).collect()
    }

    /// Runs a program of several threads, and judges its calls by the model.
    pub(super) fn execute_parallel(&self, program: &ParallelProgram) -> Execution {
        let ProgramRun { events, end, .. } = self.perform_parallel(program.clone(), &self.capabilities().config());
        let events = events.into_iter().map(|(_, event)| event).collect();
        self.counted(parallel::judge(self.profile, events, end, |requirement| self.is_known(requirement)))
    }

    /// Counts the hang of a run, if it has one that is wrong.
    fn counted(&self, execution: Execution) -> Execution {
        self.count_hang(execution.hang, None, execution.hung());
        execution
    }

    /// Counts a hang if these broken requirements are not all known: a hang that a requirement allows or a deviation
    /// explains may take the full time in every program.
    fn count_hang(
        &self,
        hang: Option<HangSite>,
        case_of: Option<Requirement>,
        mut broken: impl Iterator<Item = Requirement>,
    ) {
        let Some(site) = hang.filter(|_| broken.any(|requirement| !self.is_known(requirement))) else { return };
        if self.isolated {
            self.patience.hung(site, case_of);
        } else {
            let seconds = self.patience.call_timeout().as_secs_f32();
            self.patience.give_up_in_process(&format!("{site} did not return within {seconds} s"));
        }
    }

    /// Performs a program without judging it.
    pub(super) fn perform(&self, program: &Program, config: &SubjectConfig) -> ProgramRun {
        self.perform_parallel(on_one_thread(program), config)
    }

    fn perform_parallel(&self, program: ParallelProgram, config: &SubjectConfig) -> ProgramRun {
        let run = self.perform_all(vec![program], config).pop();
        run.unwrap_or_else(|| ProgramRun::ended(RunEnd::KitFailed("the program has no run".to_owned())))
    }

    /// Performs programs without judging them. None is performed after one that ends the run.
    fn perform_all(&self, programs: Vec<ParallelProgram>, config: &SubjectConfig) -> Vec<ProgramRun> {
        if self.isolated && self.is_child_of_another_suite() {
            return vec![ProgramRun::ended(RunEnd::KitFailed("this is a child of another suite".to_owned()))];
        }
        if let Some(why) = self.patience.given_up() {
            return vec![ProgramRun::ended(RunEnd::NotReached(why))];
        }
        if self.isolated {
            let (patience, arguments) = (&self.patience, child_arguments(&self.arguments));
            let isolation = Isolation { patience, arguments, suite: self.identity() };
            let perform = |program| self.beside_bystanders(config, |config| vec![isolation.perform(program, config)]);
            return programs.iter().flat_map(perform).collect();
        }
        let config = SubjectConfig { listening: Arc::clone(&self.listening), ..config.clone() };
        let perform = |config: &SubjectConfig| perform_watched(programs, &self.make, config, &self.patience);
        let runs = self.beside_bystanders(&config, perform);
        if is_exiting() || runs.last().is_some_and(|run| run.end == RunEnd::Exited) {
            self.patience.give_up(format!("not reached: {EXITED}"));
            self.has_exited.store(true, Ordering::Relaxed);
        }
        if is_leaking_worker(runs.len()) {
            self.patience.give_up("not reached: the engine leaves processes behind".to_owned());
        }
        runs
    }

    /// Runs something beside bystanders if the subject sees them. Later runs find them undisturbed.
    fn beside_bystanders(
        &self,
        config: &SubjectConfig,
        run: impl FnOnce(&SubjectConfig) -> Vec<ProgramRun>,
    ) -> Vec<ProgramRun> {
        if !config.sees_bystanders {
            return run(config);
        }
        let mut borrowed = match self.bystanders.borrow(|| child_arguments(&self.arguments)) {
            Ok(borrowed) => borrowed,
            Err(error) => return vec![ProgramRun::ended(RunEnd::KitFailed(error.to_string()))],
        };
        let runs = run(&SubjectConfig { bystanders: borrowed.facts.clone(), ..config.clone() });
        runs.iter().flat_map(|run| &run.events).for_each(|(_, event)| borrowed.observe(event));
        borrowed.give_back();
        runs
    }

    /// Returns how many programs are run at a time. Children wait more than they work.
    pub(super) fn workers(&self) -> usize {
        let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
        if self.isolated { (2 * processors).min(MOST_WORKERS) } else { 1 }
    }

    /// Returns how many programs one thread performs. A program that attaches to a bystander changes it.
    pub(super) fn batch(&self) -> usize {
        if self.isolated || self.capabilities().sees_bystanders { 1 } else { BATCH }
    }

    /// In a child process of this suite, does its work and ends the process. Otherwise returns whether this is a child of
    /// another suite, in which this one has nothing to do.
    pub(super) fn is_child_of_another_suite(&self) -> bool {
        stand_by_if_bystander(facts_without_the_system);
        if is_host() {
            drop((self.make)());
        }
        if self.isolated {
            run_child(&self.identity(), || (self.make)());
        }
        is_child()
    }

    /// Prints what was judged and aborts, if the engine has ended this process.
    pub(super) fn abort_after_exit(&self, text: impl FnOnce() -> String) {
        if is_exiting() || self.has_exited.load(Ordering::Relaxed) {
            // The test harness may have captured the output of this thread, and never shows it. The parent of a worker runs
            // its test again.
            if worker_folder().is_none() {
                let _: io::Result<()> = writeln!(io::stderr(), "{}\n{EXITED}", text());
            }
            std::process::abort()
        }
    }

    fn identity(&self) -> String {
        format!("{}, profile {}", self.name, self.profile)
    }
}

fn on_one_thread(program: &Program) -> ParallelProgram {
    ParallelProgram { beginning: program.clone(), threads: Vec::new() }
}

fn patience(limits: Limits) -> Patience {
    let [call_timeout, quiet] = [limits.call_timeout_ms, limits.quiet_ms].map(|ms| Duration::from_millis(ms.into()));
    Patience::new(call_timeout, quiet)
}
