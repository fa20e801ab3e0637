//! A model of the contract over a whole run: several processes, threads and client objects.
//!
//! The suite and `check` judge by it. A harness of one's own can do so too: [`Model::observe`] judges one call after another, and
//! [`Model::allowed`] says what a call may answer now.
//!
//! ```
//! use dbgeng_testkit::hresult::{E_INVALIDARG, S_OK};
//! use dbgeng_testkit::model::{Model, WorldAssumption};
//! use dbgeng_testkit::spec::Requirement;
//! use dbgeng_testkit::{Call, Caller, Interface, Outcome, Profile};
//!
//! let mut model = Model::new(Profile::Contract, WorldAssumption::Closed);
//! let me = Caller::default();
//! let create = Call::DebugCreate { interface: Interface::NEWEST };
//! assert!(model.observe(me, &create, &Outcome::returned(S_OK)).is_ok());
//!
//! let disconnect = Call::DisconnectProcessServer { server: 0x12345678 };
//! assert!(model.observe(me, &disconnect, &Outcome::returned(E_INVALIDARG)).is_ok());
//! let violations = model.observe(me, &disconnect, &Outcome::returned(S_OK)).unwrap_err();
//! assert_eq!(violations[0].requirement, Requirement::HandleUnknownIsRefused);
//! ```
//!
//! The model observes each call with its outcome and says which requirements the outcome breaks. It works on values
//! alone: it has no lock, no clock and no I/O. It is total: every call has a set of allowed outcomes in every state.

mod apply;
mod client;
mod connect;
mod context;
mod cow_map;
mod create;
mod debuggees;
mod effects;
mod expected;
mod footprint;
mod handle_clauses;
mod issued_handles;
mod pipes;
mod query;
mod requirement_set;
mod reverse;
mod servers;
mod session;
mod start;
mod string_clauses;
mod strings;
mod summary;
mod targets;
mod wait;
mod wording;
mod world;

use context::{CallContext, NamedHandle};
pub use expected::{Clause, Expected, Violation};
use expected::{ClauseSink, Clauses};
pub(crate) use expected::{binds, mismatch};
pub(crate) use footprint::Footprint;
#[doc(hidden)]
pub use issued_handles::IssuedHandles;
pub(crate) use issued_handles::use_of;
pub(crate) use requirement_set::RequirementSet;
pub(crate) use summary::StateSummary;
#[doc(hidden)]
pub use world::KnownProcess;
pub use world::WorldAssumption;

use std::cell::Cell;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::address::Address;
use crate::call::{Call, Caller, Ending, Outcome};
use crate::options::Transport;
use crate::process::Computer;
use crate::profile::Profile;
use crate::spec::{Level, Requirement};
use crate::status::{EndingKinds, Statuses};
use debuggees::SessionRecord;
use strings::{CallString, ClientString};
use world::{ClientRecord, ComputerRecord, EndStatus, RunProcess, ServerRecord};

/// Judges the calls of a run by the contract of a profile.
///
/// The page of the [module](self) has an example.
#[derive(Clone, Debug)]
pub struct Model {
    profile: Profile,
    world: WorldAssumption,
    processes: Vec<RunProcess>,
    servers: Vec<ServerRecord>,
    /// The indices of servers that nothing refers to any more.
    vacant: Vec<usize>,
    /// The servers whose hosts are running, by address.
    listening: Arc<FxHashMap<Address, Vec<usize>>>,
    /// How many servers listen at an address that the system chose, by transport.
    at_chosen_address: FxHashMap<Transport, u32>,
    /// Shared with clones until one of them changes a computer, which few calls do.
    computers: Arc<Vec<ComputerRecord>>,
    /// The processes of the system itself, which are described although no list has them.
    system: Arc<[KnownProcess]>,
    /// A cache of the clients' connection strings that were parsed last.
    strings: Arc<FxHashMap<String, Arc<ClientString>>>,
    /// How often each requirement applied; empty if that is not counted.
    judged: Vec<u64>,
    /// The requirements that applied to the last call; empty if that is not counted.
    applied: RequirementSet,
    /// How many calls have been observed.
    calls: u64,
    /// How many of them had been observed when the run last let time pass.
    paused_at: u64,
}

impl Model {
    /// Returns the model of a run that has not begun.
    pub fn new(profile: Profile, world: WorldAssumption) -> Model {
        Model {
            profile,
            world,
            processes: Vec::new(),
            servers: Vec::new(),
            vacant: Vec::new(),
            listening: Arc::default(),
            at_chosen_address: FxHashMap::default(),
            computers: Arc::new(vec![ComputerRecord::default()]),
            system: KnownProcess::of_the_system(profile),
            strings: Arc::default(),
            judged: vec![0; Requirement::ALL.len()],
            applied: RequirementSet::default(),
            calls: 0,
            paused_at: 0,
        }
    }

    /// Returns the same model, which does not count how often each requirement applies.
    pub(crate) fn uncounted(self) -> Model {
        Model { judged: Vec::new(), ..self }
    }

    /// Says on which computer a process runs, and which processes run on that computer.
    ///
    /// Processes without this information share one computer of which nothing is known. If it is said again, names or
    /// processes have changed.
    pub fn place(&mut self, process: u32, computer: &Computer) {
        self.place_with(process, computer, false);
    }

    /// Does the same as [`Model::place`]; if there are `others`, the computer runs more processes than these.
    pub(crate) fn place_with(&mut self, process: u32, computer: &Computer, others: bool) {
        let own = self.process_mut(process).computer;
        // The first computer is the one of which nothing is known.
        let known =
            if own == 0 { self.computers.iter().position(|place| place.names == computer.names) } else { Some(own) };
        let at = known.unwrap_or_else(|| self.add_computer(ComputerRecord::default()));
        self.computers_mut()[at].change_to(computer, others);
        self.unsettle_sessions();
        self.process_mut(process).computer = at;
    }

    /// Returns the clauses that apply to a call, of every level.
    pub fn allowed<'m>(&'m self, by: Caller, call: &'m Call) -> Vec<Clause<'m>> {
        let mut clauses = Vec::new();
        let string = self.string_of(by, call);
        self.clauses(&self.context(by, call), call, string.as_ref(), &mut |requirement, expected| {
            clauses.push(Clause { requirement, expected });
        });
        clauses
    }

    /// Judges the outcome of a call and updates the state.
    ///
    /// # Errors
    ///
    /// Returns every requirement that the outcome breaks, of every level.
    pub fn observe(&mut self, by: Caller, call: &Call, outcome: &Outcome) -> Result<(), Vec<Violation>> {
        self.introduce(by, call);
        let string = self.string_of(by, call);
        let context = self.context(by, call);
        let counts = !self.judged.is_empty();
        let (mut applied, mut violations) = (RequirementSet::default(), Vec::new());
        self.judge(&context, call, string.as_ref(), outcome, |requirement, expected, holds| {
            if counts && expected.applies_to(outcome) {
                applied.insert(requirement);
            }
            if !holds {
                violations.push(Violation::new(requirement, by, call, expected, outcome));
            }
        });
        let misused = context.misused_state();
        if counts {
            applied.iter().for_each(|requirement| self.judged[requirement as usize] += 1);
        }
        self.applied = applied;
        self.calls += 1;
        self.apply(by, call, string, outcome, misused);
        if violations.is_empty() { Ok(()) } else { Err(violations) }
    }

    /// Calls `broken` for each requirement that [`observe`](Model::observe) would report, without changing the state.
    ///
    /// Returns `None` for the first call of a process or client object: it has to be observed.
    pub(crate) fn breaks(
        &self,
        by: Caller,
        call: &Call,
        outcome: &Outcome,
        broken: &mut dyn FnMut(Requirement),
    ) -> Option<()> {
        self.process(by.process).filter(|process| process.seen)?;
        if !matches!(call, Call::DebugCreate { .. }) {
            self.client(by)?;
        }
        let string = self.string_of(by, call);
        self.judge(&self.context(by, call), call, string.as_ref(), outcome, |requirement, _, holds| {
            if !holds {
                broken(requirement);
            }
        });
        Some(())
    }

    /// Calls `verdict` for each requirement that applies to the outcome, with the clause and whether the outcome satisfies it.
    fn judge<'m>(
        &'m self,
        context: &CallContext<'m>,
        call: &'m Call,
        string: Option<&CallString>,
        outcome: &Outcome,
        mut verdict: impl FnMut(Requirement, &Expected<'_>, bool),
    ) {
        // A crash that a narrower requirement reports is not reported again by call/returns.
        let is_reported = Cell::new(false);
        let mut judge_clause = |requirement, expected: Expected<'_>| {
            let holds = expected.contains(outcome);
            if !holds && covers_a_crash(requirement) {
                is_reported.set(true);
            }
            verdict(requirement, &expected, holds);
        };
        self.clauses(context, call, string, &mut judge_clause);
        if !is_reported.get() {
            // A call that returned satisfies call/returns, whatever else is allowed.
            let returned = Statuses::RETURNS.contains(outcome.ending);
            let returns = if returned { Statuses::RETURNS } else { self.returns(context, call) };
            judge_clause(Requirement::CallReturns, Expected::Ending(returns));
        }
    }

    /// Says that a process was killed from outside.
    pub fn process_killed(&mut self, process: u32) {
        self.process_mut(process);
        self.remove_process(process);
        self.unsettle_sessions();
    }

    /// Returns how often each requirement applied to an outcome, in the order of [`Requirement::ALL`].
    pub fn judged(&self) -> &[u64] {
        &self.judged
    }

    /// Ends the run. Returns the same as [`Model::judged`].
    pub(crate) fn into_judged(self) -> Vec<u64> {
        self.judged
    }

    /// Returns the requirements that applied to the last call.
    pub(crate) fn applied(&self) -> RequirementSet {
        self.applied
    }

    /// Returns the endings that call/returns allows.
    fn returns(&self, context: &CallContext<'_>, call: &Call) -> Statuses {
        if Model::cannot_call(context, call).is_some() {
            return Statuses::RETURNS.or_crash().or_hang();
        }
        let by = context.by;
        let mut statuses = Statuses::RETURNS.or_every(self.relaxation(context));
        if self.may_crash(context, call) || self.loses_its_session(by, call) {
            statuses = statuses.or_crash().or_hang();
        }
        let by_handle = self.handle_rule_allows(context, Ending::TimedOut);
        let may_hang = by_handle
            || self.may_hang(context, call)
            || self.may_wait_for_the_other_end(by, call)
            || self.may_freeze_itself(by, call);
        if may_hang { statuses.or_hang() } else { statuses }
    }

    /// Returns why nobody can have made the call: its process or its client object was not there.
    fn cannot_call(context: &CallContext<'_>, call: &Call) -> Option<&'static str> {
        let process = context.process.filter(|_| !matches!(call, Call::DebugCreate { .. }))?;
        match context.client {
            _ if process.gone => Some("its process has crashed or was killed"),
            Some(client) if client.released => Some("the last reference to its client object was released"),
            None if process.seen && !process.has_other_clients => Some("no call has made its client object"),
            _ => None,
        }
    }

    fn clauses<'s, 'm>(
        &'m self,
        context: &'s CallContext<'m>,
        call: &'m Call,
        string: Option<&'s CallString>,
        sink: ClauseSink<'s, 'm>,
    ) {
        if let Some(why) = Model::cannot_call(context, call) {
            return sink(Requirement::CallCallerIsAlive, Expected::NoCall(why));
        }
        let relaxation = self.relaxation(context);
        let sink = &mut Clauses { context, string, profile: self.profile, relaxation, sink };
        if self.is_missing(context, call) {
            if context.client.is_some_and(|client| client.created) {
                return;
            }
            return sink.exactly(Requirement::ClientVersion1HasNoEnd, Statuses::ERROR);
        }
        // No requirement covers the newer create methods on a client object that does not have them (VER-8).
        if context.client.is_some_and(|client| client.version < call.since() && call.since() > 2) {
            return;
        }
        match call {
            Call::DebugCreate { .. }
            | Call::QueryInterface { .. }
            | Call::CreateClient
            | Call::Release
            | Call::EndSession { .. }
            | Call::OutputServers { .. } => self.client_clauses(call, sink),
            Call::StartServer { .. } | Call::StartProcessServer { .. } => self.start_clauses(call, sink),
            Call::ConnectProcessServer { remote_options, server } => {
                self.connect_clauses(remote_options.as_deref(), *server, sink);
            }
            Call::WaitForProcessServerEnd { timeout } => {
                self.thread_clause(sink);
                self.wait_clauses(*timeout, sink);
            }
            Call::OtherMethod { .. } => {}
            _ => match context.handle {
                Some(handle) => self.handle_clauses(call, handle, sink),
                None => self.session_clauses(call, sink),
            },
        }
        if self.profile.is_dbgeng() {
            sink.add(Requirement::CallOutputsUntouchedOnFailure, Expected::Untouched);
        }
    }

    /// Adds a process or client object that the run has not shown before.
    fn introduce(&mut self, by: Caller, call: &Call) {
        let made_here = matches!(call, Call::DebugCreate { .. });
        let process = self.process_mut(by.process);
        let is_new = !std::mem::replace(&mut process.seen, true);
        // A new process may get the name of one that is gone.
        process.gone &= !made_here;
        process.has_other_clients |= is_new && !made_here;
        if made_here || !process.has_other_clients || process.clients.get(by.client).is_some() {
            return;
        }
        let known = ClientRecord { thread: by.thread, version: 9, queried: true, ..ClientRecord::default() };
        process.clients.insert(by.client, known);
        // The process made a client object before the run began, so the run starts midway.
        if is_new {
            process.began_before = true;
            process.session = SessionRecord::unknown();
            process.ended = EndStatus::Perhaps;
            self.world = WorldAssumption::Open;
        }
    }

    fn process_mut(&mut self, process: u32) -> &mut RunProcess {
        let at = process as usize;
        if self.processes.len() <= at {
            let began_before = self.world == WorldAssumption::Open;
            let ended = if began_before { EndStatus::Perhaps } else { EndStatus::No };
            let has_other_clients = began_before;
            let session = || if began_before { SessionRecord::unknown() } else { SessionRecord::default() };
            let began =
                || RunProcess { began_before, ended, has_other_clients, session: session(), ..RunProcess::default() };
            self.processes.resize_with(at + 1, began);
        }
        &mut self.processes[at]
    }

    fn process(&self, process: u32) -> Option<&RunProcess> {
        self.processes.get(process as usize)
    }

    fn client(&self, by: Caller) -> Option<&ClientRecord> {
        self.process(by.process)?.clients.get(by.client)
    }

    /// Looks up the records of a call.
    fn context<'m>(&'m self, by: Caller, call: &Call) -> CallContext<'m> {
        let process = self.process(by.process);
        let handle = NamedHandle::of(call, process);
        let client = process.and_then(|process| process.clients.get(by.client));
        CallContext { by, process, client, handle }
    }

    /// Returns the computer that the handle of a call leads to; for zero and without a handle, the caller's own.
    fn computer_for(&self, context: &CallContext<'_>) -> Option<usize> {
        match context.handle {
            Some(NamedHandle { value, found, .. }) => self.computer_from(value, context.process, found.open()),
            None => self.computer_from(0, context.process, None),
        }
    }

    fn client_mut(&mut self, by: Caller) -> Option<&mut ClientRecord> {
        self.process_mut(by.process).clients.get_mut(by.client)
    }

    fn computers_mut(&mut self) -> &mut Vec<ComputerRecord> {
        Arc::make_mut(&mut self.computers)
    }

    /// Adds a computer, and returns its index.
    fn add_computer(&mut self, computer: ComputerRecord) -> usize {
        self.computers_mut().push(computer);
        self.computers.len() - 1
    }

    /// Whether the client object is called on a thread that did not make it (CLI-1).
    fn is_other_thread(&self, context: &CallContext<'_>) -> bool {
        !self.profile.is_dbgeng() && context.client.is_some_and(|client| client.thread != context.by.thread)
    }

    fn thread_clause(&self, sink: &mut Clauses<'_, '_>) {
        if self.is_other_thread(sink.context) {
            sink.exactly(Requirement::ClientOtherThreadIsRefused, Statuses::ERROR);
        }
    }

    /// Returns what a call may do for reasons of its own: another thread, a client object that EndSession disabled, memory of
    /// the real engine that an earlier misuse damaged, a process that has crashed, or one that is debugged.
    fn relaxation(&self, context: &CallContext<'_>) -> EndingKinds {
        let disabled = context.client.is_some_and(|client| client.disabled);
        let (damaged, crashed) = context.process.map_or((false, false), |process| (process.damaged, process.crashed));
        let mut kinds = EndingKinds::empty();
        kinds.set(EndingKinds::ERROR, disabled || crashed || self.is_other_thread(context));
        if self.profile.is_dbgeng() {
            kinds.set(EndingKinds::CRASH, damaged || crashed);
            kinds.set(EndingKinds::HANG, damaged || crashed || self.may_be_frozen(context));
        }
        kinds
    }
}

/// Whether the requirement says what the call had to do instead of crashing: a MUST, or the rule for null pointers.
fn covers_a_crash(requirement: Requirement) -> bool {
    requirement.level() == Level::Must || requirement == Requirement::PointerNullIsRefused
}
