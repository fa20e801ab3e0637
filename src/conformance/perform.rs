//! Performs programs on engines. Nothing is judged here.

pub(super) mod beginnings;
mod bindings;
pub(super) mod exits;
pub(super) mod handle_table;
pub(super) mod isolate;
#[cfg(unix)]
mod outputs;
pub(super) mod patience;
pub(super) mod ports;
pub(super) mod run;
pub(super) mod threads;
pub(super) mod watched;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use self::bindings::AddressBindings;
use self::handle_table::HandleTable;
use self::ports::Listening;
use super::program::placeholders::PlaceholderTable;
use super::program::{Program, ProgramHost, Step};
use crate::call::{Call, Caller, Ending, Outcome};
use crate::client::{Engine, HostLocation};
use crate::flags::Class;
use crate::harness::Harness;
use crate::interface::Interface;
use crate::process::{Computer, Process};
use crate::trace::{Event, EventKind, Recorded};

/// The facts about the engine that a performance needs.
#[derive(Clone, Debug)]
pub(crate) struct SubjectConfig {
    /// The interface that client objects are created with.
    pub(super) newest: Interface,
    /// The connection string of a running process server, which replaces the first host if that one is plain.
    pub(super) server: Option<String>,
    /// Whether the engine hosts all servers itself, even if it could start other processes.
    pub(super) hosts_alone: bool,
    /// Whether the engine looks at the real computer, where the kit starts bystanders.
    pub(super) sees_bystanders: bool,
    /// The bystanders of a run.
    pub(super) bystanders: Vec<Process>,
    /// Whether the engine was seen to listen on real ports.
    pub(super) listening: Arc<Listening>,
}

impl Default for SubjectConfig {
    fn default() -> SubjectConfig {
        SubjectConfig {
            newest: Interface::NEWEST,
            server: None,
            hosts_alone: false,
            sees_bystanders: false,
            bystanders: Vec::new(),
            listening: Listening::shared(),
        }
    }
}

impl SubjectConfig {
    /// Whether the running server replaces this host.
    pub(super) fn replaces(&self, number: usize, host: &ProgramHost) -> bool {
        self.server.is_some() && number == 0 && *host == ProgramHost::plain()
    }

    /// Returns how many of these hosts are processes of their own.
    pub(super) fn started_hosts(&self, hosts: &[ProgramHost]) -> usize {
        let is_started = |(number, host): &(usize, &ProgramHost)| !self.hosts_alone && !self.replaces(*number, host);
        hosts.iter().enumerate().filter(is_started).count()
    }
}

/// Observes a performance.
pub(super) trait Witness {
    /// Called before a call is made; the call may not return.
    fn before(&mut self, _step: Option<usize>, _seq: u64, _by: Caller, _call: &Call) {}

    /// Called instead of [`Witness::after`] if the process, thread or client object does not exist.
    fn not_made(&mut self) {}

    /// Called after each event, with the step of the program that caused it, if one did.
    fn after(&mut self, step: Option<usize>, event: Event);

    /// Called when a later program may resume after the events so far.
    fn save(&mut self) {}

    /// Called when a program has ended and the next one resumes after so many of its events.
    fn resume(&mut self, _events: usize) {}
}

impl<F: FnMut(Option<usize>, Event)> Witness for F {
    fn after(&mut self, step: Option<usize>, event: Event) {
        self(step, event);
    }
}

/// Performs the first of these programs on the engine that `make` returns, and those after it as long as each can resume the
/// run of the one before ([`Witness::resume`]).
///
/// Returns the message if the engine panicked; a panic ends the program.
pub(super) fn perform<'p>(
    programs: impl IntoIterator<Item = &'p Program>,
    make: impl FnOnce() -> Box<dyn Engine>,
    config: &SubjectConfig,
    witness: &mut dyn Witness,
) -> Option<String> {
    let addresses = AddressBindings::new(config.server.as_deref(), &config.listening);
    let performed = catch_unwind(AssertUnwindSafe(|| {
        let mut performance = Performance::over(Harness::new(make()), config, &addresses, witness);
        performance.run(programs);
        addresses.observe();
        performance.panicked
    }));
    // The engine panicked while it was made, queried or dropped.
    performed.unwrap_or_else(|panic| Some(message(&*panic)))
}

struct Performance<'a, W: ?Sized> {
    config: &'a SubjectConfig,
    addresses: &'a AddressBindings<'a>,
    harness: Harness,
    placeholders: PlaceholderTable,
    handles: HandleTable,
    killed: Vec<bool>,
    seq: u64,
    step: Option<usize>,
    witness: &'a mut W,
    panicked: Option<String>,
}

impl<'a, W: Witness + ?Sized> Performance<'a, W> {
    fn over(
        harness: Harness,
        config: &'a SubjectConfig,
        addresses: &'a AddressBindings<'a>,
        witness: &'a mut W,
    ) -> Performance<'a, W> {
        Performance {
            config,
            addresses,
            harness,
            placeholders: PlaceholderTable::default(),
            handles: HandleTable::default(),
            killed: Vec::new(),
            seq: 0,
            step: None,
            witness,
            panicked: None,
        }
    }

    /// Returns the performance of another thread: it knows the same handles, and has no client object yet.
    fn for_thread<'b, V: Witness>(&self, witness: &'b mut V) -> Performance<'b, V>
    where
        'a: 'b,
    {
        Performance {
            placeholders: self.placeholders.clone(),
            handles: self.handles.for_thread(),
            killed: self.killed.clone(),
            ..Performance::over(self.harness.beside(), self.config, self.addresses, witness)
        }
    }

    /// Starts the processes of a program.
    fn start(&mut self, program: &Program) {
        self.add_process(0);
        for (number, host) in program.hosts.iter().enumerate() {
            if self.config.replaces(number, host) {
                self.placeholders.replace_server(host.client_string(number), self.config.server.clone());
            } else {
                self.host(host.place, host.options.as_deref());
            }
        }
    }

    /// Adds a process with a client object of the newest version.
    fn add_process(&mut self, process: u32) {
        let mut computer = self.harness.engine(process).and_then(Engine::computer);
        let mut others = false;
        let bystanders = &self.config.bystanders;
        // What is known of the first process's computer holds for every other process as well.
        if process == 0 && !bystanders.is_empty() {
            let processes = bystanders.iter().cloned().map(Arc::new).collect();
            computer = Some(Computer { processes, ..Computer::default() });
            others = true;
        }
        self.handles.add_process();
        self.killed.push(false);
        self.placeholders.add_computer(computer.as_ref(), others);
        if let Some(computer) = computer {
            self.event(EventKind::Computer { process, computer, others });
        }
        self.make_client(Caller { process, ..Caller::default() });
    }

    fn make_client(&mut self, by: Caller) {
        let by = Caller { client: self.harness.clients_made(by.process), ..by };
        self.perform(by, Call::DebugCreate { interface: self.config.newest.clone() });
    }

    fn host(&mut self, place: HostLocation, options: Option<&str>) {
        let started = if self.config.hosts_alone { None } else { self.harness.start_process(place) };
        let process = match started {
            Some(process) => {
                self.add_process(process);
                process
            }
            None => 0,
        };
        if let Some(options) = options {
            let flags = Class::USER_WINDOWS.bits();
            let call = Call::StartProcessServer { flags, options: Some(options.to_owned()), reserved: 0 };
            self.perform(Caller { process, ..Caller::default() }, call);
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Kill { process } => self.kill(self.process(*process)),
            Step::Pause { ms } => self.pause(*ms),
            Step::Call { by, call, handle, target } => {
                let process = self.process(by.process);
                if self.killed[process as usize] {
                    return;
                }
                let by = Caller { process, ..*by };
                if self.handles.clients(process).is_empty() {
                    self.make_client(by);
                }
                let Some(by) = self.caller(by, call) else { return };
                let mut call = call.clone();
                call.set_server(self.handles.handle(by.process, *handle));
                self.placeholders.resolve(&mut call, *target);
                self.perform(by, call);
            }
        }
    }

    fn process(&self, number: u32) -> u32 {
        number % u32::try_from(self.handles.processes()).unwrap_or(u32::MAX)
    }

    fn kill(&mut self, process: u32) {
        let is_over = self.panicked.is_some();
        if is_over || process == 0 || self.killed[process as usize] || !self.harness.kill(process) {
            return;
        }
        self.killed[process as usize] = true;
        self.event(EventKind::ProcessKilled { process });
    }

    fn pause(&mut self, ms: u32) {
        if self.panicked.is_none()
            && let Some(engine) = self.harness.engine(0)
        {
            engine.pass_time(ms);
            self.event(EventKind::Elapsed { process: 0, ms: ms.into() });
        }
    }

    fn caller(&self, by: Caller, call: &Call) -> Option<Caller> {
        if let Call::DebugCreate { .. } = call {
            return Some(Caller { client: self.harness.clients_made(by.process), ..by });
        }
        let clients = self.handles.clients(by.process);
        let client = *clients.get(by.client as usize % clients.len().max(1))?;
        Some(Caller { client, ..by })
    }

    fn perform(&mut self, by: Caller, mut call: Call) {
        if self.panicked.is_some() {
            return;
        }
        self.witness.before(self.step, self.seq + 1, by, &call);
        let harness = &mut self.harness;
        let named = self.addresses.bind(&mut call);
        // After a panic the engine is not called again.
        let performed = catch_unwind(AssertUnwindSafe(|| harness.perform(by, &call)));
        AddressBindings::restore(&mut call, named);
        let outcome = match performed {
            Ok(Some(outcome)) => outcome,
            Ok(None) => return self.witness.not_made(),
            Err(panic) => {
                self.panicked = Some(message(&*panic));
                Outcome { ending: Ending::Crashed, out: Default::default() }
            }
        };
        self.handles.record(by, &call, &outcome);
        self.placeholders.record(&outcome.out);
        let recorded = Recorded { by, call, wide: false, outcome, elapsed_us: None, interval: None };
        self.event(EventKind::Call(Box::new(recorded)));
    }

    fn event(&mut self, kind: EventKind) {
        self.seq += 1;
        self.witness.after(self.step, Event { seq: self.seq, kind });
    }
}

/// Returns the message of a panic.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("panicked: {}", text.as_deref().unwrap_or("without a message"))
}
