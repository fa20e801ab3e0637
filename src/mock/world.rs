//! The state of a lab as plain data: no lock, no thread, no clock of its own. The parts know one another by numbers.
//!
//! What a call does to it is in [`calls`](super::calls); [`shared`](super::shared) locks it.

mod aftermath;
mod callbacks;
mod computer;
mod engine;
mod faults;
mod findings;
mod handles;
mod ids;
mod labs;
mod misuse;
mod network;
mod processes;
mod schedule;
mod sessions;
mod set_up;
mod threads;

pub(crate) use aftermath::{Aftermath, JournalEntry};
pub(crate) use callbacks::{ClientSession, Delivery};
pub(crate) use computer::ComputerState;
pub(crate) use engine::{ClientIdentity, ClientState, EngineState, ReverseServer, ServerState};
pub(crate) use faults::ActiveFault;
pub(crate) use faults::{CallPredicate, CallSelector, Condition, Decision, Effect, FaultId, FaultRule};
pub(crate) use findings::{FindingRecord, MOST_FINDINGS, RealEngine};
pub(crate) use handles::{Connection, Lookup, PastOfHandle, SlotId};
pub(crate) use ids::{ClientId, ComputerId, EngineId, PartId, ServerId};
pub(crate) use labs::{LabNumber, LabsOfThread};
pub use misuse::Misuse;
pub(crate) use network::{ANY_PIPE, Holder, LookupCache, Route};
pub(crate) use schedule::{DueAt, TimeMode, WorldEvent};
pub(crate) use sessions::{Target, TargetPhase};
pub(crate) use set_up::SetUpAt;
pub(crate) use threads::{ActiveThreads, CurrentThread, OsThread, ThreadId};

use faults::Faults;
use findings::{AmbiguousMatches, CutOffNames, Findings};
use handles::Issuer;
use ids::Table;
use network::Network;
use schedule::{Clock, Schedule};
use sessions::Targets;

use std::sync::Arc;

use crate::call::{Call, Caller, Outcome};
use crate::dispatch::CallSite;
use crate::flags::ServersFlags;
use crate::method::Method;
use crate::options::{ConnectionString, Item};
use crate::profile::Profile;
use crate::state::{ServerEvent, TargetEvent, TargetFate};

/// Everything in a lab.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) profile: Profile,
    /// The newest version of `IDebugClient` that client objects have.
    pub(crate) newest_client: u8,
    pub(crate) clock: Clock,
    /// How many calls callers have made.
    pub(crate) calls: u64,
    pub(crate) computers: Table<ComputerId, ComputerState>,
    pub(crate) engines: Table<EngineId, EngineState>,
    pub(crate) servers: Table<ServerId, ServerState>,
    pub(crate) clients: Table<ClientId, ClientState>,
    pub(crate) targets: Targets,
    pub(crate) network: Network,
    pub(crate) threads: ActiveThreads,
    pub(crate) findings: Findings,
    pub(crate) faults: Faults,
    pub(crate) schedule: Schedule,
    /// Faults and happenings may all stay away, as in a sweep, which makes the test end early.
    pub(crate) excuses_unused: bool,
    /// The call that a sweep watches, once it is made: its method, and where it is made.
    pub(crate) watched: Option<(Method, CallSite)>,
    pub(crate) cut_off: CutOffNames,
    pub(crate) ambiguous: AmbiguousMatches,
    /// Shared with the copies of the world.
    pub(crate) number: Arc<LabNumber>,
    /// How many engines are not hosts.
    callers: u32,
    /// The work that changes have left; `None` if there is none.
    pub(crate) aftermath: Option<Box<Aftermath>>,
}

impl World {
    pub(crate) fn new(profile: Profile, number: LabNumber) -> World {
        World { profile, newest_client: profile.newest_client(), number: Arc::new(number), ..World::default() }
    }

    pub(crate) fn is_contract(&self) -> bool {
        !self.profile.is_dbgeng()
    }

    /// Returns the computer of that name. Adds it if there is none.
    pub(crate) fn computer(&mut self, name: &str) -> ComputerId {
        if let Some(computer) = self.network.computer(name) {
            return computer;
        }
        let computer = self.computers.add(ComputerState::new(name));
        self.network.name(computer, name);
        computer
    }

    pub(crate) fn add_engine(&mut self, computer: ComputerId, is_host: bool) -> EngineId {
        let issuer = Issuer::new(self.number.get(), if is_host { u32::MAX } else { self.callers });
        self.callers += u32::from(!is_host);
        let engine = self.engines.add(EngineState::new(computer, self.profile, issuer, is_host));
        if self.computers[computer].lists_engines {
            self.list_engine(engine);
        }
        engine
    }

    /// Lists the processes of the engines of a computer from now on.
    pub(crate) fn list_engines(&mut self, computer: ComputerId) {
        self.computers[computer].lists_engines = true;
        let unlisted = self
            .engines
            .iter()
            .filter(|(_, engine)| engine.computer == computer && engine.is_alive && engine.process_id.is_none());
        let unlisted: Vec<EngineId> = unlisted.map(|(engine, _)| engine).collect();
        unlisted.into_iter().for_each(|engine| self.list_engine(engine));
    }

    fn list_engine(&mut self, engine: EngineId) {
        let EngineState { computer, is_host, process_id, is_listed, .. } = &mut self.engines[engine];
        let computer = *computer;
        *process_id = Some(self.computers[computer].start_engine(*is_host));
        *is_listed = true;
        self.change(computer);
    }

    /// Returns the engine whose process is in the list of a computer with this id.
    pub(crate) fn listed_engine(&self, computer: ComputerId, id: u32) -> Option<EngineId> {
        let is_meant = |engine: &EngineState| {
            engine.is_listed && engine.is_alive && engine.computer == computer && engine.process_id == Some(id)
        };
        self.engines.iter().find(|(_, engine)| is_meant(engine)).map(|(engine, _)| engine)
    }

    /// Returns the past of a handle in the engine that has issued it.
    pub(crate) fn past(&self, handle: u64) -> Option<PastOfHandle> {
        self.engines.iter().find_map(|(_, engine)| engine.handles.past(handle))
    }

    /// Returns the computer on which a server runs.
    pub(crate) fn computer_of(&self, server: ServerId) -> ComputerId {
        self.engines[self.servers[server].host].computer
    }

    /// Returns who makes a call: a thread and a client object of an engine, by their numbers in it.
    #[inline]
    pub(crate) fn caller(&mut self, client: ClientIdentity, thread: ThreadId) -> Caller {
        Caller { process: client.engine.0, thread: self.thread_number(client, thread), client: client.number }
    }

    /// Returns the number of a thread that calls a client object.
    #[inline]
    pub(crate) fn thread_number(&mut self, client: ClientIdentity, thread: ThreadId) -> u32 {
        if thread == client.thread { client.thread_number } else { self.engines[client.engine].thread_number(thread) }
    }

    /// Ends the processes of a computer that have this id, and the engine in one of them. Returns `false` if there are none.
    pub(crate) fn end_process(&mut self, computer: ComputerId, id: u32) -> bool {
        self.targets.retain(|target| !target.is(computer, id));
        let has_ended = self.computers[computer].processes.end(id);
        if let Some(engine) = self.listed_engine(computer, id) {
            self.kill(engine);
        }
        has_ended
    }

    /// Ends the process of an engine and its servers, unless it has ended already.
    pub(crate) fn kill(&mut self, engine: EngineId) {
        let EngineState { computer, process_id, is_listed, is_alive, servers, .. } = &mut self.engines[engine];
        if !std::mem::take(is_alive) {
            return;
        }
        let listed = process_id.filter(|_| *is_listed).map(|id| (*computer, id));
        self.network.remove_clients(engine);
        for id in servers {
            let server = &mut self.servers[*id];
            server.life = server.life.after(ServerEvent::HostGone);
            if let Some(address) = server.address.take() {
                self.network.leave(*computer, address, *id);
            }
        }
        self.aftermath().entries.push(JournalEntry::Killed(engine));
        self.wake_waits();
        self.happen_to_targets(TargetEvent::DebuggerGone, |world, target| {
            target.engine == engine || target.server.is_some_and(|server| world.servers[server].host == engine)
        });
        if let Some((computer, id)) = listed {
            self.change(computer);
            self.end_process(computer, id);
        }
    }

    /// An event happens to the targets that are meant. Returns those that it ends.
    pub(crate) fn happen_to_targets(
        &mut self,
        event: TargetEvent,
        is_meant: impl Fn(&World, &Target) -> bool,
    ) -> Vec<Target> {
        if self.targets.is_empty() {
            return Vec::new();
        }
        let mut targets = std::mem::take(&mut self.targets);
        let mut ended = Vec::new();
        targets.retain(|target| {
            let fate = match is_meant(self, target) {
                true => target.attachment.after(event, self.profile),
                false => TargetFate::Attached,
            };
            // OBS-85: with no event in between.
            let is_new = target.phase == TargetPhase::Pending && target.is_local_debuggee();
            let ends_detached = is_new && self.computers[target.computer].ends_detached_targets;
            if fate == TargetFate::Ended || (fate == TargetFate::Detached && ends_detached) {
                ended.push(target.clone());
            }
            fate == TargetFate::Attached
        });
        self.targets = targets;
        for target in &ended {
            self.end_process(target.computer, target.process);
        }
        ended
    }

    /// Returns whether the process of an engine is debugged, and so does not run (OBS-233).
    #[inline]
    pub(crate) fn is_frozen(&self, engine: EngineId) -> bool {
        let EngineState { computer, process_id, .. } = &self.engines[engine];
        process_id.is_some_and(|id| self.targets.debugger(*computer, id).is_some())
    }

    /// A connection of an engine was closed.
    #[inline]
    pub(crate) fn connection_closed(&mut self, engine: EngineId, slot: SlotId) {
        if !self.targets.is_empty() {
            self.targets_lose_connection(engine, slot);
        }
    }

    fn targets_lose_connection(&mut self, engine: EngineId, slot: SlotId) {
        let goes_through = |target: &Target| target.engine == engine && target.connection == Some(slot);
        self.happen_to_targets(TargetEvent::ConnectionClosed, |_, target| goes_through(target));
        for target in self.targets.iter_mut().filter(|target| goes_through(target)) {
            target.connection = None;
        }
    }

    /// Adds a call to the journal that makes a client object, asks one for an interface or releases one.
    pub(crate) fn record(&mut self, by: Caller, call: Call<&'static str>, outcome: Outcome) {
        self.state_changes();
        let engine = EngineId(by.process);
        if !std::mem::replace(&mut self.engines[engine].is_stated, true) {
            self.state_computer(engine);
        }
        self.aftermath().entries.push(JournalEntry::Client(by, Box::new((call, outcome))));
    }

    /// Someone other than a call changes the names or processes of a computer.
    pub(crate) fn change(&mut self, computer: ComputerId) {
        let changed = &mut self.aftermath().changed;
        if !changed.contains(&computer) {
            changed.push(computer);
        }
    }

    /// Adds the changed computers to the journal.
    #[cold]
    pub(crate) fn state_changes(&mut self) {
        let Some(aftermath) = &mut self.aftermath else { return };
        for computer in std::mem::take(&mut aftermath.changed) {
            let stated = self.engines.iter().find(|(_, engine)| engine.is_stated && engine.computer == computer);
            if let Some((engine, _)) = stated {
                self.state_computer(engine);
            }
        }
    }

    fn state_computer(&mut self, engine: EngineId) {
        // There is no journal without the feature `trace`.
        if cfg!(feature = "trace") {
            let facts = self.computers[self.engines[engine].computer].facts();
            self.aftermath().entries.push(JournalEntry::Computer(engine, facts));
        }
    }

    /// Notes that a thread uses a part of the lab.
    #[inline]
    pub(crate) fn use_part(&mut self, part: PartId, thread: OsThread) {
        if self.threads.use_part(part, thread) {
            self.wake_waits();
        }
    }

    /// Removes a part of the lab. If its thread held no other, waits may now be without hope.
    pub(crate) fn remove_part(&mut self, part: PartId) {
        if self.threads.remove_part(part) {
            self.wake_waits();
        }
    }

    /// A stock DbgSrv whose server a call has ended leaves.
    pub(crate) fn leave(&mut self) {
        if let Some(host) = self.aftermath.as_mut().and_then(|aftermath| aftermath.leaving.take()) {
            self.kill(host);
        }
    }

    /// Returns the work that is left, to add to it.
    #[cold]
    pub(crate) fn aftermath(&mut self) -> &mut Aftermath {
        self.aftermath.get_or_insert_default()
    }

    /// Returns what leaves the lab once its lock is free, and whether waits have to look again. Both are then done.
    pub(crate) fn end_aftermath(&mut self) -> (Vec<Delivery>, bool) {
        let Some(aftermath) = &mut self.aftermath else { return (Vec::new(), false) };
        let left = (std::mem::take(&mut aftermath.outbox), std::mem::take(&mut aftermath.wakes_waits));
        if aftermath.is_empty() {
            self.aftermath = None;
        }
        left
    }

    /// Whether callbacks are to be called.
    pub(crate) fn has_mail(&self) -> bool {
        self.aftermath.as_ref().is_some_and(|aftermath| !aftermath.outbox.is_empty())
    }

    /// Something has changed that a wait may depend on.
    pub(crate) fn wake_waits(&mut self) {
        self.aftermath().wakes_waits = true;
    }

    /// Returns the string with which a server was started, and its computer.
    pub(crate) fn server_name(&self, server: ServerId) -> String {
        let computer = &self.computers[self.computer_of(server)];
        format!("{} on {}", self.servers[server].text, computer.names.first().map_or("", String::as_str))
    }

    /// Returns the text that OutputServers prints for a computer.
    pub(crate) fn listing(&self, computer: ComputerId, flags: ServersFlags) -> String {
        let name = self.computers[computer].names.first().map_or("", String::as_str);
        let mut text = format!("Servers on \\\\{name}:\n");
        for (id, server) in self.servers.iter() {
            let asked = if server.is_debugging { ServersFlags::DEBUGGER } else { ServersFlags::PROCESS };
            let is_hidden = server.options.is_hidden() || server.address.is_none();
            if server.life.is_up() && !is_hidden && self.computer_of(id) == computer && flags.contains(asked) {
                let kind = if server.is_debugging { "Debugger Server" } else { "Remote Process Server" };
                text.push_str(&format!("{kind} - {}\n", listed(&server.options)));
            }
        }
        text
    }

    /// Returns the names of the processes of all engines: `client`, `client2`, …, and of hosts: `server`, `server2`, ….
    pub(crate) fn process_names(&self) -> Vec<String> {
        let (mut clients, mut hosts) = (0, 0);
        let mut name = |is_host: bool| {
            let (kind, count) = if is_host { ("server", &mut hosts) } else { ("client", &mut clients) };
            *count += 1;
            if *count == 1 { kind.to_owned() } else { format!("{kind}{count}") }
        };
        self.engines.iter().map(|(_, engine)| name(engine.is_host)).collect()
    }
}

/// Returns the line of a server in a listing. It shows keywords with a capital, and a star for the password (OUTS-9).
fn listed(options: &ConnectionString) -> String {
    let shown = options.items().iter().filter(|item| !matches!(item, Item::Hidden | Item::IcfEnable));
    let items = shown.map(|item| match item {
        Item::Password(_) => "Password=*".to_owned(),
        other => {
            let text = other.to_string();
            let mut letters = text.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        }
    });
    format!("{}:{}", options.transport(), items.collect::<Vec<_>>().join(","))
}
