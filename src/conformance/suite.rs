//! The suite: judges one subject by every case and property of the kit.

pub(super) mod capability;
pub(super) mod counterexample;
pub(super) mod deviation;
pub(super) mod probe;
pub(super) mod property;
pub(super) mod runner;
pub(super) mod test_binary;

use std::ffi::OsString;
use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use self::capability::{Capabilities, Capability, explain_missing};
use self::deviation::Deviations;
use super::case::Case;
use super::case::script::Limits;
use super::cases::cases;
use super::judge::case as judge_case;
use super::judge::parallel;
use super::judge::run::{Capture, Execution, Observer};
use super::perform::isolate::{self, Isolation, child_arguments};
use super::perform::run::{ProgramRun, RunEnd};
use super::perform::threads::record_parallel;
use super::perform::{SubjectConfig, perform};
use super::program::Program;
use super::program::parallel::ParallelProgram;
use super::report::{CaseReport, ReportedFailure, Verdict};
use crate::client::Engine;
use crate::options::{ConnectionString, Side};
use crate::profile::Profile;
use crate::spec::Requirement;
use crate::trace::Event;

/// Makes fresh engines of a subject.
type MakeEngine = Box<dyn Fn() -> Box<dyn Engine> + Send + Sync>;

/// A suite judges one subject by every case and property of the kit.
///
/// The builder methods say how the subject is run and what is known of it; [`run`](Suite::run) gives the report, and
/// [`main`](Suite::main) makes a test binary of the suite.
///
/// ```
/// use dbgeng_testkit::conformance::Suite;
/// use dbgeng_testkit::mock::Lab;
/// use dbgeng_testkit::Profile;
///
/// let suite = Suite::new("the mock", || Box::new(Lab::new(Profile::Contract).engine())).programs(20);
/// suite.run().assert();
/// ```
#[must_use]
pub struct Suite {
    pub(super) name: String,
    make: MakeEngine,
    pub(super) profile: Profile,
    pub(super) limits: Limits,
    isolated: bool,
    arguments: Vec<OsString>,
    pub(super) deviations: Deviations,
    pub(super) claims: Vec<Capability>,
    lacks: Vec<Capability>,
    server: Option<String>,
    pub(super) programs: u64,
    pub(super) seed: u64,
    pub(super) depth: u32,
    capabilities: OnceLock<Capabilities>,
    cases: OnceLock<Vec<Case>>,
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
            make: Box::new(make),
            profile: Profile::Contract,
            limits: Limits::default(),
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
        }
    }

    /// Judges by this profile instead of the contract.
    pub fn profile(self, profile: Profile) -> Suite {
        Suite { profile, cases: OnceLock::new(), ..self }
    }

    /// Sets how long a call may take and how long a wait lasts, for subjects with real time.
    pub fn limits(self, limits: Limits) -> Suite {
        Suite { limits: limits.clamped(), cases: OnceLock::new(), capabilities: OnceLock::new(), ..self }
    }

    /// Runs each program in its own child process, for subjects that may crash or hang.
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
            let mut lacking = probe::probe(|program, config| self.perform(program, config));
            lacking.extend(&self.lacks);
            for claim in &self.claims {
                lacking.remove(claim);
            }
            Capabilities { lacking, server: self.server.clone() }
        })
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

    /// Judges one case. Returns failures of other requirements as well.
    pub(super) fn judge(&self, case: &Case) -> (CaseReport, Vec<ReportedFailure>) {
        let capabilities = self.capabilities();
        let missing = capabilities.missing_for(case);
        if !missing.is_empty() {
            let (name, verdict, reason) = (case.name.to_owned(), Verdict::Skip, Some(self.skip_reason(&missing)));
            return (CaseReport { name, verdict, reason, failure: None, calls: Vec::new() }, Vec::new());
        }
        let config = capabilities.config();
        let judged = judge_case::judge(case, self.profile, &config, &self.perform(&case.program(), &config));
        (judged.report, judged.elsewhere)
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
        let config = self.capabilities().config();
        let mut observer = Observer::new(self.profile, &config, capture);
        let end = self.perform_with(program, &config, |_, event| observer.event(event));
        observer.finish(end)
    }

    /// Runs a program of several threads, and judges its calls by the model.
    pub(super) fn execute_parallel(&self, program: &ParallelProgram) -> Execution {
        let config = self.capabilities().config();
        let ProgramRun { events, end } = if self.isolated {
            self.in_child(|isolation| isolation.perform_parallel(program, &config))
        } else {
            record_parallel(program, || (self.make)(), &config)
        };
        let events = events.into_iter().map(|(_, event)| event).collect();
        parallel::judge(self.profile, events, end, |requirement| self.is_known(requirement))
    }

    /// Performs a program without judging it.
    pub(super) fn perform(&self, program: &Program, config: &SubjectConfig) -> ProgramRun {
        let mut events = Vec::new();
        let end = self.perform_with(program, config, |step, event| events.push((step, event)));
        ProgramRun { events, end }
    }

    /// Performs a program, and hands each event with its step to `witness`.
    fn perform_with(
        &self,
        program: &Program,
        config: &SubjectConfig,
        mut witness: impl FnMut(Option<usize>, Event),
    ) -> RunEnd {
        if self.isolated {
            let ProgramRun { events, end } = self.in_child(|isolation| isolation.perform(program, config));
            events.into_iter().for_each(|(step, event)| witness(step, event));
            return end;
        }
        RunEnd::after(perform(program, || (self.make)(), config, &mut witness))
    }

    /// Performs a program in a child process.
    fn in_child(&self, perform: impl FnOnce(&Isolation) -> ProgramRun) -> ProgramRun {
        if self.is_child_of_another_suite() {
            let end = RunEnd::KitFailed("this is a child of another suite".to_owned());
            return ProgramRun { events: Vec::new(), end };
        }
        let call_timeout = Duration::from_millis(self.limits.call_timeout_ms.into());
        perform(&Isolation { call_timeout, arguments: child_arguments(&self.arguments), suite: self.identity() })
    }

    /// In a child process of this suite, does its work and ends the process. Otherwise returns whether this is a child of
    /// another suite, in which this one has nothing to do.
    pub(super) fn is_child_of_another_suite(&self) -> bool {
        if isolate::is_host() {
            drop((self.make)());
        }
        if self.isolated {
            isolate::run_child(&self.identity(), || (self.make)());
        }
        isolate::is_child()
    }

    fn identity(&self) -> String {
        format!("{}, profile {}", self.name, self.profile)
    }
}
