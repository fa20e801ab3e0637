//! The suite: everything that the kit has to say of one subject.

pub(super) mod capability;
pub(super) mod counterexample;
pub(super) mod deviation;
pub(super) mod probe;
pub(super) mod property;
pub(super) mod runner;
mod settle;
pub(super) mod summary;
pub(super) mod test_binary;

use std::ffi::OsString;
use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use self::capability::{Capabilities, Capability};
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

/// Everything that the kit has to say of one subject: its cases, its properties, and what is known of the subject.
///
/// ```
/// use dbgeng_testkit::conformance::Suite;
/// use dbgeng_testkit::mock::Lab;
/// use dbgeng_testkit::Profile;
///
/// let suite = Suite::new("the mock", || Box::new(Lab::new(Profile::Contract).engine())).programs(20);
/// suite.run().assert();
/// ```
pub struct Suite {
    pub(super) name: String,
    make: MakeEngine,
    pub(super) profile: Profile,
    pub(super) limits: Limits,
    isolated: bool,
    arguments: Vec<OsString>,
    pub(super) deviations: Deviations,
    claims: Vec<Capability>,
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

/// What a run is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// What is judged.
    pub at: &'static str,
    /// How much of it is done.
    pub done: u64,
    /// How much of it there is.
    pub of: u64,
}

impl Suite {
    /// A suite for a subject. `make` makes a fresh engine of it, in a process in which nothing has happened yet as far as
    /// the subject can do that.
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
    #[must_use]
    pub fn profile(self, profile: Profile) -> Suite {
        Suite { profile, cases: OnceLock::new(), ..self }
    }

    /// How long something may take, and how long silence has to last, on a subject whose time is real.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Suite {
        Suite { limits: limits.sound(), cases: OnceLock::new(), capabilities: OnceLock::new(), ..self }
    }

    /// Performs each program in a process of its own, which is this executable started once more. For subjects that may
    /// go down or hang. A child comes to every suite before its own, and each lets it pass; so suites of one test need
    /// names or profiles of their own.
    #[must_use]
    pub fn in_child_processes(self) -> Suite {
        Suite { isolated: true, capabilities: OnceLock::new(), ..self }
    }

    /// With which arguments this executable comes to the suite again, for children. A plain `#[test]` needs none: they are
    /// those that run that test alone.
    #[must_use]
    pub fn child_arguments(self, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Suite {
        Suite { arguments: arguments.into_iter().map(Into::into).collect(), ..self }
    }

    /// What the subject is known to do otherwise.
    #[must_use]
    pub fn deviations(self, deviations: Deviations) -> Suite {
        Suite { deviations, ..self }
    }

    /// What the subject can do, whatever a probe finds. The run fails if no case comes to judge it.
    #[must_use]
    pub fn claims(self, capabilities: impl IntoIterator<Item = Capability>) -> Suite {
        Suite { claims: capabilities.into_iter().collect(), capabilities: OnceLock::new(), ..self }
    }

    /// What the subject cannot do, where a probe would not find that.
    #[must_use]
    pub fn lacks(self, capabilities: impl IntoIterator<Item = Capability>) -> Suite {
        Suite { lacks: capabilities.into_iter().collect(), capabilities: OnceLock::new(), ..self }
    }

    /// A process server that runs beside the subject, by the connection string that reaches it: for a subject that
    /// cannot start one.
    #[must_use]
    pub fn server(self, reached: impl Into<String>) -> Suite {
        Suite { server: Some(reached.into()), capabilities: OnceLock::new(), ..self }
    }

    /// How many random programs are run: 1,000 unless this says otherwise. On a subject that has threads a tenth as many
    /// programs of several threads are run, too.
    #[must_use]
    pub fn programs(self, programs: u64) -> Suite {
        Suite { programs, ..self }
    }

    /// The seed of the first random program; each later one has the next.
    #[must_use]
    pub fn seed(self, seed: u64) -> Suite {
        Suite { seed, ..self }
    }

    /// How many lifecycle calls the programs have of which all are run: 5 unless this says otherwise. Each more makes six
    /// times as many programs.
    #[must_use]
    pub fn depth(self, depth: u32) -> Suite {
        Suite { depth, ..self }
    }

    /// The requirements by which the profile judges.
    pub(super) fn requirements(&self) -> impl Iterator<Item = Requirement> {
        let profile = self.profile;
        let is_judged = move |requirement: &Requirement| {
            let facts = requirement.facts();
            facts.applies_to(profile) && facts.untestable.is_none()
        };
        Requirement::ALL.into_iter().filter(is_judged)
    }

    /// Every case by which the profile judges.
    pub fn cases(&self) -> &[Case] {
        self.cases.get_or_init(|| cases(self.profile, self.limits))
    }

    /// What the subject can do, as far as it was told or could be found out.
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

    /// What is wrong with the suite itself.
    pub(super) fn complaints(&self) -> impl Iterator<Item = String> {
        let server = self.server.as_deref().and_then(|server| {
            let error = ConnectionString::parse(Side::Client, self.profile, server).err()?;
            Some(format!("the server beside the subject, {server:?}: {error}"))
        });
        let Deviations { profile, deviations, .. } = &self.deviations;
        let is_other = !deviations.is_empty() && *profile != self.profile;
        let other = is_other.then(|| format!("the known deviations are from profile {profile}, not {}", self.profile));
        server.into_iter().chain(other)
    }

    /// Whether the subject is known to break this. The smallest program that does is known then, too, and finding it takes
    /// long on an engine with real time.
    fn is_known(&self, requirement: Requirement) -> bool {
        self.deviations.of(requirement).is_some()
    }

    pub(super) fn has_claim(&self, capability: Capability) -> bool {
        self.claims.contains(&capability)
    }

    pub(super) fn claimed(&self) -> &[Capability] {
        &self.claims
    }

    /// Judges one case; answers which other requirements it saw broken, too.
    pub(super) fn judge(&self, case: &Case) -> (CaseReport, Vec<ReportedFailure>) {
        let capabilities = self.capabilities();
        let missing = capabilities.missing_for(case);
        if !missing.is_empty() {
            let missing: Vec<String> = missing.iter().map(ToString::to_string).collect();
            let reason = Some(format!("the subject has no {}", missing.join(", no ")));
            let (name, verdict) = (case.name.to_owned(), Verdict::Skip);
            return (CaseReport { name, verdict, reason, failure: None, calls: Vec::new() }, Vec::new());
        }
        let config = capabilities.config();
        let judged = judge_case::judge(case, self.profile, &config, &self.perform(&case.program(), &config));
        (judged.report, judged.elsewhere)
    }

    /// Runs a program with the model looking on.
    pub(super) fn execute(&self, program: &Program, capture: Capture) -> Execution {
        let config = self.capabilities().config();
        let mut observer = Observer::new(self.profile, &config, capture);
        if self.isolated {
            let ProgramRun { events, end } = self.perform(program, &config);
            events.into_iter().for_each(|(_, event)| observer.event(event));
            return observer.finish(end);
        }
        let mut witness = |_: Option<usize>, event: Event| observer.event(event);
        let panicked = perform(program, || (self.make)(), &config, &mut witness);
        observer.finish(RunEnd::after(panicked))
    }

    /// Runs a program of several threads, and judges what came of it.
    pub(super) fn execute_parallel(&self, program: &ParallelProgram) -> Execution {
        let config = self.capabilities().config();
        let ProgramRun { events, end } = if self.isolated {
            self.in_child(|isolation| isolation.perform_parallel(program, &config))
        } else {
            record_parallel(program, || (self.make)(), &config)
        };
        parallel::judge(self.profile, events.into_iter().map(|(_, event)| event).collect(), end)
    }

    pub(super) fn perform(&self, program: &Program, config: &SubjectConfig) -> ProgramRun {
        if self.isolated {
            return self.in_child(|isolation| isolation.perform(program, config));
        }
        let mut events = Vec::new();
        let mut witness = |step: Option<usize>, event: Event| events.push((step, event));
        let panicked = perform(program, || (self.make)(), config, &mut witness);
        ProgramRun { events, end: RunEnd::after(panicked) }
    }

    /// Has something performed in a child process.
    fn in_child(&self, perform: impl FnOnce(&Isolation) -> ProgramRun) -> ProgramRun {
        if self.is_child_of_another_suite() {
            return ProgramRun {
                events: Vec::new(),
                end: RunEnd::KitFailed("this is a child of another suite".to_owned()),
            };
        }
        let patience = Duration::from_millis(self.limits.patience.into());
        perform(&Isolation { patience, arguments: child_arguments(&self.arguments), suite: self.identity() })
    }

    /// In a child process that is to come to this suite, does what that is to do and goes no further. Else answers whether
    /// this is a child all the same: then another suite is meant, and this one has nothing to do.
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
