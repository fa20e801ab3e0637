//! How the model updates its state after a call.

use std::sync::Arc;

use super::Model;
use super::context::NamedHandle;
use super::handle_clauses::{has_null_pointer, may_crash_the_host};
use super::issued_handles::{IssuedHandle, use_of};
use super::strings::{CallString, ClientString, Destination};
use super::world::{ClientRecord, KnownProcess, RunProcess, ServerKind, ServerRecord, TargetRecord};
use crate::address::Address;
use crate::call::{Call, Caller, Ending, Outcome};
use crate::flags::EndSessionFlags;
use crate::hresult::{E_NOTIMPL, RPC_E_SERVER_DIED, S_OK};
use crate::process::{Process, command_line};
use crate::state::{Answer, CallingThread, Debugging, HandleState, Holds, ServerEvent, TargetEvent, Use};

impl Model {
    /// `misused` is the state of the handle that the call names, if it was invalid.
    pub(super) fn apply(
        &mut self,
        by: Caller,
        call: &Call,
        string: Option<CallString>,
        outcome: &Outcome,
        misused: Option<HandleState>,
    ) {
        match outcome.ending {
            Ending::Crashed => {
                self.unsettle_sessions();
                return self.remove_process(by.process);
            }
            Ending::TimedOut => self.process_mut(by.process).session.unsettle(),
            Ending::Returned(_) | Ending::References(_) => {}
        }
        let is_ok = outcome.succeeded();
        match use_of(call) {
            Some(Use::Disconnect | Use::End) => return self.apply_to_handle(by, call, outcome, misused),
            Some(Use::Query | Use::Target) => return self.apply_service(by, call, outcome, misused),
            None => {}
        }
        match call {
            Call::DebugCreate { interface } if is_ok => {
                let version = interface.version().unwrap_or(1);
                self.add_client(by, by.client, ClientRecord { version, ..ClientRecord::default() });
            }
            Call::CreateClient if is_ok => {
                let version = self.client(by).map_or(1, |client| client.version);
                match outcome.out.client {
                    Some(client) => {
                        self.add_client(by, client, ClientRecord { version, created: true, ..ClientRecord::default() });
                    }
                    None => self.process_mut(by.process).has_other_clients = true,
                }
            }
            Call::QueryInterface { interface } if is_ok => {
                let version = interface.version().unwrap_or(1);
                if let Some(client) = self.client_mut(by) {
                    client.version = client.version.max(version);
                    client.queried = true;
                }
            }
            Call::Release => {
                self.process_mut(by.process).incidents.releases += 1;
                if let Some(client) = self.client_mut(by) {
                    client.released = outcome.ending == Ending::References(0);
                }
            }
            Call::StartServer { options: Some(text) } => {
                self.apply_start(by, text, string, outcome, ServerKind::Debugging);
            }
            Call::StartProcessServer { options: Some(text), .. } => {
                self.apply_start(by, text, string, outcome, ServerKind::Process);
            }
            Call::ConnectProcessServer { remote_options: Some(text), .. } => {
                if let Some(CallString::Client(parsed, destination)) = string {
                    self.cache_string(text, &parsed);
                    self.apply_connect(by, &parsed, destination, outcome);
                }
            }
            Call::WaitForProcessServerEnd { timeout } => self.apply_wait(by, *timeout, outcome),
            Call::EndSession { flags } => {
                self.apply_to_debuggees(by, call, outcome);
                if is_ok {
                    self.apply_end_of_session(by, *flags);
                }
            }
            _ if call.method().is_of_the_session() => self.apply_to_debuggees(by, call, outcome),
            _ => {}
        }
    }

    /// Updates the state after a query, an attach or a create.
    fn apply_service(&mut self, by: Caller, call: &Call, outcome: &Outcome, misused: Option<HandleState>) {
        if use_of(call) == Some(Use::Target) {
            self.apply_to_debuggees(by, call, outcome);
            self.apply_to_session(by, call, outcome);
            self.apply_attach(by, call, outcome);
            self.apply_to_debugging(by, call, outcome);
        }
        if !outcome.succeeded() {
            self.record_misuse(by, call, misused);
            self.apply_failed_create(by, call);
            return self.apply_crash_of_the_host(by, call);
        }
        self.apply_use_of_handle(by, call);
        match call {
            Call::CreateProcess { server, command_line: Some(line), .. }
            | Call::CreateProcessAndAttach { server, command_line: Some(line), .. } => {
                self.add_created_process(by, *server, line, call.debugs());
            }
            Call::CreateProcess2(create) | Call::CreateProcessAndAttach2 { create, .. } => {
                // The engine's own command line, which replaces the given one, names an unknown program.
                let line = if create.takes_implicit_line() { Some("") } else { create.command_line.as_deref() };
                if let Some(line) = line {
                    self.add_created_process(by, create.server, line, call.debugs());
                }
            }
            _ => self.record_misuse(by, call, misused),
        }
    }

    fn apply_connect(&mut self, by: Caller, parsed: &ClientString, destination: Destination, outcome: &Outcome) {
        if let Some(S_OK | RPC_E_SERVER_DIED) = outcome.hresult() {
            self.find_pipe(parsed.pipe().and_then(Address::of));
        }
        self.apply_refusal(by, parsed, outcome);
        self.apply_to_reverse(by, parsed, outcome);
        if let Some(handle) = outcome.out.server.filter(|_| outcome.succeeded()) {
            self.add_connection(by, destination, handle);
        }
    }

    fn apply_end_of_session(&mut self, by: Caller, flags: EndSessionFlags) {
        if flags != EndSessionFlags::DISCONNECT {
            self.process_mut(by.process).incidents.sessions += 1;
            self.end_session(by, flags);
        } else if let Some(client) = self.client_mut(by) {
            client.disabled = true;
        }
    }

    /// A call that succeeded on a handle shows that the handle is connected.
    fn apply_use_of_handle(&mut self, by: Caller, call: &Call) {
        let process = self.process(by.process).filter(|process| process.began_before);
        if process.is_none() {
            return;
        }
        let Some(named) = NamedHandle::of(call, process) else { return };
        if self.rule_for(by, process, named).is_none() {
            self.insert_handle(by, named.value, HandleState::Connected, None);
        }
    }

    fn add_client(&mut self, by: Caller, client: u32, made: ClientRecord) {
        let made = ClientRecord { thread: by.thread, ..made };
        self.process_mut(by.process).clients.insert(client, made);
    }

    /// Updates the state after a disconnect or an end.
    fn apply_to_handle(&mut self, by: Caller, call: &Call, outcome: &Outcome, misused: Option<HandleState>) {
        if outcome.succeeded() {
            self.unsettle_sessions();
        }
        let process = self.process(by.process);
        let Some(named) = NamedHandle::of(call, process) else { return };
        let NamedHandle { value: handle, usage, found } = named;
        let Some(rule) = self.rule_for(by, process, named) else {
            return self.apply_to_unknown_handle(by, usage, handle, outcome);
        };
        if !outcome.succeeded() || rule.answer != Answer::Succeed {
            return self.record_misuse(by, call, misused);
        }
        let Some(mut connection) = found.open().copied() else { return };
        connection.state = rule.next;
        if usage == Use::Disconnect {
            let thread = connection.caller(by);
            let is_own = thread == CallingThread::Connecting;
            connection.survived_other_thread |= !is_own;
            connection.kept_by_session |= is_own && !connection.holds.is_last();
            connection.holds = connection.holds.disconnected(thread);
            self.process_mut(by.process).has_lost_connection |=
                !connection.state.is_live() && connection.holds.has_session();
        }
        self.process_mut(by.process).handles.set(handle, connection);
        if !connection.state.is_live() {
            self.apply_close(by.process, handle, connection.server);
        }
        if usage == Use::End {
            self.process_mut(by.process).incidents.ends += 1;
            self.end_requested(connection.server);
        }
    }

    /// Records that a connection of a process was closed.
    fn apply_close(&mut self, process: u32, handle: u64, server: Option<usize>) {
        self.process_mut(process).incidents.disconnects += 1;
        if let Some(server) = server {
            self.servers[server].disconnects += 1;
            self.release_server(server);
        }
        let goes_through = |target: &TargetRecord| target.process == process && target.handle == handle;
        self.happen_to_targets(TargetEvent::ConnectionClosed, |_| false, goes_through);
    }

    /// The session of the real engine uses the connection through which it debugs (OBS-58, OBS-203).
    fn apply_to_session(&mut self, by: Caller, call: &Call, outcome: &Outcome) {
        if !self.profile.is_dbgeng() || !call.debugs() || !call.reaches_a_server(self.profile) || has_null_pointer(call)
        {
            return;
        }
        // A client object that has no such method has not asked the server. One that has it refuses some environments so.
        let has_flagged_environment = matches!(call, Call::CreateProcess2(create) | Call::CreateProcessAndAttach2 { create, .. }
            if create.passes_flagged_environment());
        if outcome.hresult() == Some(E_NOTIMPL) && !has_flagged_environment {
            return;
        }
        let Some(handle) = call.server() else { return };
        let Some(mut connection) = self.connection(by, handle).copied() else { return };
        connection.state = connection.state.tried_to_debug(connection.holds);
        if outcome.succeeded() {
            connection.holds = connection.holds.joined(connection.caller(by));
        }
        self.process_mut(by.process).handles.set(handle, connection);
    }

    fn end_session(&mut self, by: Caller, flags: EndSessionFlags) {
        let is_own = |target: &TargetRecord| target.process == by.process;
        self.happen_to_targets(TargetEvent::SessionEnded(flags), |_| false, is_own);
        if !self.profile.is_dbgeng() || flags == EndSessionFlags::REENTRANT {
            return;
        }
        // The session has used memory that is free (OBS-71).
        let process = self.process_mut(by.process);
        process.debugging = Debugging::None;
        process.damaged |= std::mem::take(&mut process.has_lost_connection);
        let used = process.handles.all_open().filter(|(_, connection)| connection.holds.has_session());
        for (handle, mut connection) in used.map(|(handle, connection)| (handle, *connection)).collect::<Vec<_>>() {
            connection.holds = connection.holds.session_ended(connection.caller(by));
            if connection.holds.is_none() {
                connection.state = HandleState::Disconnected;
                connection.closed_by_session = !connection.kept_by_session;
            }
            self.process_mut(by.process).handles.set(handle, connection);
            if connection.holds.is_none() {
                self.apply_close(by.process, handle, connection.server);
            }
        }
    }

    /// Whether the call ends a session that uses a connection which is closed (OBS-71).
    pub(super) fn loses_its_session(&self, by: Caller, call: &Call) -> bool {
        let ends = matches!(call, Call::EndSession { flags } if flags.ends_the_session());
        ends && self.process(by.process).is_some_and(|process| process.has_lost_connection)
    }

    /// Adds a handle that was issued before the run began and is now disconnected or ended.
    fn apply_to_unknown_handle(&mut self, by: Caller, usage: Use, handle: u64, outcome: &Outcome) {
        match usage {
            _ if !outcome.succeeded() => {}
            Use::End => {
                self.insert_handle(by, handle, HandleState::Ending, None);
                self.end_requested(None);
            }
            _ => self.insert_handle(by, handle, HandleState::Disconnected, None),
        }
    }

    /// OBS-239: the call has crashed the host, whose next call shows it.
    fn apply_crash_of_the_host(&mut self, by: Caller, call: &Call) {
        if !self.profile.is_dbgeng() || !may_crash_the_host(call) {
            return;
        }
        let server = call.server().and_then(|handle| self.connection(by, handle)?.server);
        let Some(host) = server.and_then(|server| self.servers.get(server)?.process) else { return };
        self.remove_process(host);
        let host = self.process_mut(host);
        (host.gone, host.crashed, host.has_other_clients) = (false, true, true);
    }

    fn record_misuse(&mut self, by: Caller, call: &Call, misused: Option<HandleState>) {
        let Some(state) = misused else { return };
        let process = self.process_mut(by.process);
        process.incidents.misuses += 1;
        // OBS-209, OBS-224: what only looks at freed memory damages nothing.
        let frees = matches!(use_of(call), Some(Use::End | Use::Disconnect));
        process.damaged |= frees && state == HandleState::Disconnected;
    }

    fn add_connection(&mut self, by: Caller, destination: Destination, handle: u64) {
        let server = match destination {
            Destination::Server(server) => Some(server),
            Destination::Perhaps(server) => server,
            // OBS-86, OBS-100: the recordings disagree on how long such a connection lasts.
            Destination::Reverse(_) | Destination::Refused(..) => None,
        };
        self.insert_handle(by, handle, HandleState::Connected, server);
    }

    fn insert_handle(&mut self, by: Caller, handle: u64, state: HandleState, server: Option<usize>) {
        let version = self.client(by).map_or(1, |client| client.version);
        let disconnects_before = server.map_or(0, |server| self.servers[server].disconnects);
        let process = self.process_mut(by.process);
        let connection = IssuedHandle {
            state,
            by,
            version,
            server,
            disconnects_before,
            incidents_before: process.incidents,
            survived_other_thread: false,
            kept_by_session: false,
            holds: Holds::NEW,
            debugging: Debugging::None,
            closed_by_session: false,
        };
        process.handles.set(handle, connection);
        process.latest = Some(handle);
        if let Some(server) = server
            && state.is_live()
        {
            self.servers[server].open += 1;
        }
    }

    /// A create that fails may leave its process running (the attach failed).
    fn apply_failed_create(&mut self, by: Caller, call: &Call) {
        let server = match call {
            Call::CreateProcessAndAttach { server, command_line: Some(_), .. } => *server,
            Call::CreateProcessAndAttach2 { create, .. } if create.command_line.is_some() => create.server,
            _ => return,
        };
        if !call.reaches_a_server(self.profile) {
            return;
        }
        match self.computer_of(by, server) {
            Some(computer) => {
                self.computers_mut()[computer].processes = None;
                self.process_starts(computer);
            }
            None => self.process_starts_somewhere(),
        }
    }

    /// A process starts that may be on any computer.
    fn process_starts_somewhere(&mut self) {
        for computer in 0..self.computers.len() {
            self.computers_mut()[computer].processes = None;
            self.process_starts(computer);
        }
    }

    /// Returns the computer that a server handle leads to; for zero, the caller's own.
    pub(super) fn computer_of(&self, by: Caller, server: u64) -> Option<usize> {
        self.computer_from(server, self.process(by.process), self.connection(by, server))
    }

    /// Returns the same, with the records of the caller's process and of the handle.
    pub(super) fn computer_from(
        &self,
        server: u64,
        process: Option<&RunProcess>,
        connection: Option<&IssuedHandle>,
    ) -> Option<usize> {
        match server {
            0 => Some(process?.computer),
            _ => Some(self.servers.get(connection?.server?)?.computer),
        }
    }

    fn add_created_process(&mut self, by: Caller, server: u64, line: &str, is_debugged: bool) {
        let Some(computer) = self.computer_of(by, server) else { return self.process_starts_somewhere() };
        self.process_starts(computer);
        if is_debugged {
            self.add_created_target(by, server, computer);
        }
        let computer = &mut self.computers_mut()[computer];
        let Some(known) = &mut computer.processes else { return };
        let running = known.iter().find(|known| known.is_started_by(line)).map(|known| known.process.exe.clone());
        let created = running.or_else(|| command_line::likely_path(line));
        // A process of an unknown name could have any name that is asked for.
        let Some(exe) = created else {
            computer.processes = None;
            return;
        };
        Arc::make_mut(known).push(KnownProcess::new(Process::new(0, exe), false));
    }

    /// Removes a process with its connections and servers.
    pub(super) fn remove_process(&mut self, process: u32) {
        let hosted = self.process_mut(process).servers.clone();
        let is_host = |target: &TargetRecord| target.server.is_some_and(|server| hosted.contains(&server));
        // A server notices later that its client is gone.
        let is_prompt = |target: &TargetRecord| target.server.is_none() || is_host(target);
        let is_meant = |target: &TargetRecord| target.process == process || is_host(target);
        self.happen_to_targets(TargetEvent::DebuggerGone, is_prompt, is_meant);
        let before = std::mem::take(self.process_mut(process));
        let after = self.process_mut(process);
        after.computer = before.computer;
        after.seen = true;
        after.gone = true;
        for server in before.handles.all_open().filter_map(|(_, connection)| connection.server) {
            self.release_server(server);
        }
        let own = |server: &ServerRecord| server.process == Some(process) && server.life.is_up();
        for (at, server) in self.servers.iter_mut().enumerate().filter(|(_, server)| own(server)) {
            server.life = server.life.after(ServerEvent::HostGone);
            if server.open == 0 {
                self.vacant.push(at);
            }
            let transport = server.at_chosen_address.take();
            if let Some(count) = transport.and_then(|transport| self.at_chosen_address.get_mut(&transport)) {
                *count -= 1;
            }
            let Some(address) = &server.address else { continue };
            let listening = Arc::make_mut(&mut self.listening);
            if let Some(there) = listening.get_mut(address) {
                there.retain(|server| *server != at);
                if there.is_empty() {
                    listening.remove(address);
                }
            }
        }
    }
}
