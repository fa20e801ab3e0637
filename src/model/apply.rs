//! What the model learns from a call that came back, or did not.

use std::sync::Arc;

use super::Model;
use super::connect::Destination;
use super::handle::{has_null_pointer, used_for};
use super::handles::Found;
use super::world::{ClientRecord, Connected, Ended, Known, Server, ServerKind};
use crate::address::Listen;
use crate::call::{Call, Caller, Ending, Outcome};
use crate::flags::EndSessionFlags;
use crate::hresult::E_NOTIMPL;
use crate::options::{ConnectionString, Side};
use crate::process::{Process, program};
use crate::profile::Profile;
use crate::state::{Answer, HandleState, Holds, ServerEvent, ServerLife, Use};

impl Model {
    pub(super) fn apply(&mut self, by: Caller, call: &Call, outcome: &Outcome) {
        if outcome.ending == Ending::Crashed {
            return self.gone(by.process);
        }
        self.learn_of_session(by, call, outcome);
        if let Some(server) = call.server().filter(|_| outcome.succeeded()) {
            self.went_through(by, call, server);
        }
        match call {
            Call::DisconnectProcessServer { .. } | Call::EndProcessServer { .. } => {
                self.learn_of_handle(by, call, outcome);
            }
            Call::WaitForProcessServerEnd { .. } if outcome.hresult() == Some(crate::hresult::S_OK) => {
                let actor = self.actor_mut(by.process);
                // A wait that was wrong to say so tells nothing about the next one.
                actor.ended = if actor.ended == Ended::No { Ended::Perhaps } else { Ended::Seen };
            }
            Call::Release => {
                let actor = self.actor_mut(by.process);
                actor.past.releases += 1;
                if let Some(client) = actor.clients.get_mut(&by.client) {
                    client.released = outcome.ending == Ending::References(0);
                }
            }
            _ if !outcome.succeeded() => {
                self.learn_of_misuse(by, call);
                self.learn_of_failed_create(by, call);
            }
            Call::DebugCreate { interface } => {
                let version = interface.version().unwrap_or(1);
                self.made(by, by.client, version);
            }
            Call::CreateClient => {
                let version = self.client(by).map_or(1, |client| client.version);
                if let Some(client) = outcome.out.client {
                    self.made(by, client, version);
                }
            }
            Call::QueryInterface { interface } => {
                let version = interface.version().unwrap_or(1);
                if let Some(client) = self.actor_mut(by.process).clients.get_mut(&by.client) {
                    client.version = client.version.max(version);
                    client.queried = true;
                }
            }
            Call::EndSession { flags } if *flags == EndSessionFlags::DISCONNECT => {
                if let Some(client) = self.actor_mut(by.process).clients.get_mut(&by.client) {
                    client.disabled = true;
                }
            }
            Call::EndSession { flags } => {
                self.actor_mut(by.process).past.sessions += 1;
                self.session_ended(by);
                if matches!(*flags, EndSessionFlags::PASSIVE | EndSessionFlags::ACTIVE_TERMINATE) {
                    self.targets_ended();
                }
            }
            Call::StartServer { options: Some(text) } => self.started(by, text, ServerKind::Debugging),
            Call::StartProcessServer { options: Some(text), .. } => self.started(by, text, ServerKind::Process),
            Call::ConnectProcessServer { remote_options: Some(text), .. } => {
                if let Some(handle) = outcome.out.server {
                    self.connected_to(by, text, handle);
                }
            }
            Call::CreateProcess { server, command_line: Some(line), .. }
            | Call::CreateProcessAndAttach { server, command_line: Some(line), .. } => {
                self.created(by, *server, line);
            }
            Call::CreateProcess2(create) | Call::CreateProcessAndAttach2 { create, .. } => {
                if let Some(line) = &create.command_line {
                    self.created(by, create.server, line);
                }
            }
            _ => self.learn_of_misuse(by, call),
        }
    }

    /// A call that went through a handle shows that it is connected, and an attach that its process has a debugger.
    fn went_through(&mut self, by: Caller, call: &Call, server: u64) {
        let wanted = used_for(call);
        let is_served = matches!(wanted, Use::Query | Use::Target);
        if is_served && self.rule_for(by, wanted, server).is_none() {
            self.remember(by, server, HandleState::Connected, None);
        }
        if let Some(id) = call.process_id().filter(|_| wanted == Use::Target) {
            self.debugged(by, server, id);
        }
    }

    fn made(&mut self, by: Caller, client: u32, version: u8) {
        let thread = by.thread;
        let made = ClientRecord { thread, version, queried: false, released: false, disabled: false };
        self.actor_mut(by.process).clients.insert(client, made);
    }

    fn learn_of_handle(&mut self, by: Caller, call: &Call, outcome: &Outcome) {
        let Some(handle) = call.server() else { return };
        let wanted = used_for(call);
        let Some(rule) = self.rule_for(by, wanted, handle) else {
            return self.learn_of_older_handle(by, wanted, handle, outcome);
        };
        if !outcome.succeeded() || rule.answer != Answer::Succeed {
            return self.learn_of_misuse(by, call);
        }
        let Some(mut connected) = self.connected(by, handle).copied() else { return };
        connected.state = rule.next;
        if wanted == Use::Disconnect {
            let is_own = connected.by.thread == by.thread;
            connected.spared |= !is_own;
            connected.held |= is_own && !connected.holds.is_last();
            connected.holds = if is_own { connected.holds.disconnected() } else { connected.holds };
        }
        let server = connected.server;
        self.actor_mut(by.process).handles.set(handle, connected);
        if !connected.state.is_live() {
            self.closed(by.process, server);
        }
        if wanted == Use::End {
            self.actor_mut(by.process).past.ends += 1;
            self.end_requested(server);
        }
    }

    /// A connection of a process was closed.
    fn closed(&mut self, process: u32, server: Option<usize>) {
        let actor = self.actor_mut(process);
        actor.past.disconnects += 1;
        if let Some(server) = server {
            self.servers[server].disconnects += 1;
            self.left(server);
        }
    }

    /// A connection to a server is no more. Of a server that nobody can reach or has reached, nothing need be known.
    fn left(&mut self, server: usize) {
        let left = &mut self.servers[server];
        left.open = left.open.saturating_sub(1);
        if left.open == 0 && left.life == ServerLife::Gone {
            self.vacant.push(server);
        }
    }

    /// The real engine's session of a thread begins with what it debugs through a handle (OBS-58).
    fn learn_of_session(&mut self, by: Caller, call: &Call, outcome: &Outcome) {
        let Some(handle) = call.server().filter(|_| self.profile == Profile::Dbgeng && used_for(call) == Use::Target)
        else {
            return;
        };
        let Some(rule) = self.rule_for(by, Use::Target, handle) else { return };
        let Some(mut connected) = self.connected(by, handle).copied() else { return };
        if connected.by.thread != by.thread || !call.reaches_a_server() || has_null_pointer(call) {
            return;
        }
        // A client object that has no such method has asked nobody.
        if outcome.hresult() == Some(E_NOTIMPL) {
            return;
        }
        connected.state = rule.next;
        if outcome.succeeded() && call.debugs() {
            connected.holds = connected.holds.joined();
        }
        self.actor_mut(by.process).handles.set(handle, connected);
    }

    /// What was debugged may have ended with the session (CLI-20, WILD-9).
    fn targets_ended(&mut self) {
        let may_be_a_target = |known: &Known| known.debugged || !known.id_is_known;
        for computer in &mut self.computers {
            computer.processes = computer.processes.take().filter(|known| !known.iter().any(may_be_a_target));
        }
    }

    fn session_ended(&mut self, by: Caller) {
        if self.profile == Profile::Contract {
            return;
        }
        let handles = &self.actor_mut(by.process).handles;
        let own = handles.all_open().filter(|(_, connected)| connected.by.thread == by.thread);
        for (handle, mut connected) in own.map(|(handle, connected)| (handle, *connected)).collect::<Vec<_>>() {
            connected.holds = connected.holds.session_ended();
            if connected.holds.is_none() {
                connected.state = HandleState::Disconnected;
                self.closed(by.process, connected.server);
            }
            self.actor_mut(by.process).handles.set(handle, connected);
        }
    }

    fn debugged(&mut self, by: Caller, server: u64, id: u32) {
        let computer = self.computer_of(by, server);
        let known = computer.and_then(|computer| self.computers[computer].processes.as_mut());
        let at = known.as_ref().and_then(|known| known.iter().position(|known| known.has_id(id) && !known.debugged));
        if let (Some(known), Some(at)) = (known, at) {
            Arc::make_mut(known)[at].debugged = true;
        }
    }

    /// A handle that was issued before the run began was disconnected or ended.
    fn learn_of_older_handle(&mut self, by: Caller, wanted: Use, handle: u64, outcome: &Outcome) {
        if !outcome.succeeded() {
            return;
        }
        if wanted == Use::End {
            self.remember(by, handle, HandleState::Ending, None);
            self.end_requested(None);
        } else {
            self.remember(by, handle, HandleState::Disconnected, None);
        }
    }

    fn learn_of_misuse(&mut self, by: Caller, call: &Call) {
        let Some(handle) = call.server().filter(|handle| *handle != 0) else { return };
        let actor = self.actor_mut(by.process);
        let state = match actor.handles.find(handle) {
            Found::Open(_) => return,
            Found::Forgotten | Found::Never if actor.began_before => return,
            found => found.state(),
        };
        actor.past.misuses += 1;
        actor.damaged |= state == HandleState::Disconnected;
    }

    fn end_requested(&mut self, server: Option<usize>) {
        if let Some(server) = server {
            let server = &mut self.servers[server];
            server.life = server.life.after(ServerEvent::EndRequested);
            let Some(actor) = server.actor else { return };
            let actor = self.actor_mut(actor);
            if actor.ended != Ended::Seen {
                actor.ended = Ended::Requested;
            }
            return;
        }
        // It may have been any server.
        for server in &mut self.servers {
            server.life = server.life.after(ServerEvent::EndRequested);
        }
        for actor in self.actors.iter_mut().filter(|actor| actor.ended == Ended::No && !actor.servers.is_empty()) {
            actor.ended = Ended::Perhaps;
        }
    }

    fn started(&mut self, by: Caller, text: &str, kind: ServerKind) {
        let read = |profile| ConnectionString::parse(Side::Server, profile, text);
        // What no page shows, but was taken, was taken as the real engine takes it.
        let Ok(options) = read(self.profile).or_else(|_| read(Profile::Dbgeng)) else { return };
        let computer = self.actor(by.process).map_or(0, |actor| actor.computer);
        let at = self.listens(Some(by.process), computer, &options, kind);
        if kind == ServerKind::Process {
            self.actor_mut(by.process).servers.push(at);
        }
    }

    /// A server listens as these options say; answers its number.
    pub(super) fn listens(
        &mut self,
        actor: Option<u32>,
        computer: usize,
        options: &ConnectionString,
        kind: ServerKind,
    ) -> usize {
        let (address, somewhere) = match Listen::of(options) {
            // The two versions of the protocol have ports of their own.
            _ if options.ip_version().is_some() => (None, true),
            Listen::FirstFree(addresses) => {
                let free = addresses.iter().find(|address| !self.is_taken(computer, address));
                (free.or(addresses.first()).cloned(), false)
            }
            Listen::SystemChooses(_) | Listen::SystemNames(_) => (None, true),
            Listen::Reverse => (None, false),
        };
        let somewhere = somewhere.then_some(options.transport());
        if let Some(transport) = somewhere {
            *self.somewhere.entry(transport).or_default() += 1;
        }
        let at = self.vacant.pop().unwrap_or(self.servers.len());
        if let Some(address) = &address {
            Arc::make_mut(&mut self.listening).entry(address.clone()).or_default().push(at);
        }
        let server = Server {
            actor,
            computer,
            kind,
            life: ServerLife::NotStarted.after(ServerEvent::Started),
            started: self.calls,
            address,
            password: options.password().map(str::to_owned),
            somewhere,
            disconnects: 0,
            open: 0,
        };
        match self.servers.get_mut(at) {
            Some(vacant) => *vacant = server,
            None => self.servers.push(server),
        }
        at
    }

    fn connected_to(&mut self, by: Caller, text: &str, handle: u64) {
        let server = match self.destination(by, text, &self.sought(text)) {
            Destination::Server(server) => Some(server),
            Destination::Perhaps(server) => server,
            Destination::Refused(_) => None,
        };
        self.remember(by, handle, HandleState::Connected, server);
    }

    fn remember(&mut self, by: Caller, handle: u64, state: HandleState, server: Option<usize>) {
        let version = self.client(by).map_or(1, |client| client.version);
        let disconnects_before = server.map_or(0, |server| self.servers[server].disconnects);
        let actor = self.actor_mut(by.process);
        let past_before = actor.past;
        let (spared, held, holds) = (false, false, Holds::NEW);
        let connected = Connected { state, by, version, server, disconnects_before, past_before, spared, held, holds };
        actor.handles.set(handle, connected);
        actor.latest = Some(handle);
        if let Some(server) = server.filter(|_| state.is_live()) {
            self.servers[server].open += 1;
        }
    }

    /// Where an attach fails, the process that was created beside it may stay.
    fn learn_of_failed_create(&mut self, by: Caller, call: &Call) {
        let server = match call {
            Call::CreateProcessAndAttach { server, command_line: Some(_), .. } => *server,
            Call::CreateProcessAndAttach2 { create, .. } if create.command_line.is_some() => create.server,
            _ => return,
        };
        if let Some(computer) = self.computer_of(by, server).filter(|_| call.reaches_a_server()) {
            self.computers[computer].processes = None;
        }
    }

    /// The computer behind a server handle, or the caller's own.
    pub(super) fn computer_of(&self, by: Caller, server: u64) -> Option<usize> {
        match server {
            0 => Some(self.actor(by.process)?.computer),
            _ => Some(self.servers.get(self.connected(by, server)?.server?)?.computer),
        }
    }

    fn created(&mut self, by: Caller, server: u64, line: &str) {
        let Some(computer) = self.computer_of(by, server) else {
            // It may have been any computer.
            self.computers.iter_mut().for_each(|computer| computer.processes = None);
            return;
        };
        if let Some(processes) = &mut self.computers[computer].processes {
            Arc::make_mut(processes).push(Known {
                process: Process::new(0, program(line)),
                id_is_known: false,
                debugged: false,
            });
        }
    }

    /// A process of the run is no more, and with it all that it hosted and held.
    pub(super) fn gone(&mut self, process: u32) {
        let actor = std::mem::take(self.actor_mut(process));
        let gone = self.actor_mut(process);
        gone.computer = actor.computer;
        gone.met = true;
        for server in actor.handles.all_open().filter_map(|(_, connected)| connected.server) {
            self.left(server);
        }
        let own = |server: &Server| server.actor == Some(process) && server.life.is_up();
        for (at, server) in self.servers.iter_mut().enumerate().filter(|(_, server)| own(server)) {
            server.life = server.life.after(ServerEvent::HostGone);
            if server.open == 0 {
                self.vacant.push(at);
            }
            let transport = server.somewhere.take();
            if let Some(count) = transport.and_then(|transport| self.somewhere.get_mut(&transport)) {
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
