//! What may come of a call on a server handle: the state machine's rule, asked for the handle that the call names.

use super::handles::Found;
use super::world::Connected;
use super::{Expected, Model, Sink};
use crate::call::{Call, Caller, Ending};
use crate::flags::AttachFlags;
use crate::hresult::RPC_E_CLIENT_DIED;
use crate::profile::Profile;
use crate::spec::Requirement;
use crate::state::{self, Answer, CallingThread, HandleArgument, HandleContext, HandleState, Rule, ServerLife, Use};
use crate::status::Statuses;

impl Model {
    /// Emits the clauses; answers whether the call goes on to the server or the local computer.
    pub(super) fn handle_clauses<'m>(&'m self, by: Caller, call: &'m Call, sink: Sink<'_, 'm>) -> bool {
        let Some(handle) = call.server() else { return true };
        let wanted = used_for(call);
        let Some(rule) = self.rule_for(by, wanted, handle) else { return true };
        if rule.requirement == Requirement::ServerGoneIsAnError && is_noninvasive(call) {
            // ATT-3: an attach is not complete on return, and measured, this one need not have asked the server.
            return false;
        }
        let connected = self.connected(by, handle);
        // A server that the run does not show may be in any state.
        let in_doubt = connected.is_some_and(|connected| connected.server.is_none());
        let is_sure = !in_doubt || (self.profile == Profile::Dbgeng && wanted == Use::Disconnect);
        let exact = if is_sure { rule.allowed } else { rule.allowed.or_error() };
        let relaxed = |statuses| {
            let relaxed = self.relaxed(by, statuses);
            if wanted == Use::End { self.old_client(by, relaxed) } else { relaxed }
        };
        let allowed = relaxed(exact);
        if rule.requirement != Requirement::CallReturns {
            sink(rule.requirement, Expected::Ending(allowed));
        }
        if let Some((requirement, code)) =
            rule.observed.filter(|_| !in_doubt && call.reaches_a_server() && !has_null_pointer(call))
        {
            let code = Statuses::code(code);
            // Measured: the call that finds the host gone can have a code of its own.
            let is_gone = requirement == Requirement::ServerGoneCode;
            let code = relaxed(if is_gone { code.or(RPC_E_CLIENT_DIED) } else { code });
            let code = if rule.allowed.contains(Ending::TimedOut) { code.or_hang() } else { code };
            let code = if self.may_crash(by, call) { code.or_crash().or_hang() } else { code };
            sink(requirement, Expected::Ending(code));
        }
        if self.is_replaced(connected) && self.profile == Profile::Dbgeng && wanted != Use::Disconnect {
            sink(Requirement::ServerGoneStaysGone, Expected::Ending(self.relaxed(by, Statuses::ERROR)));
        }
        if let Some(connected) = connected.filter(|_| wanted == Use::Disconnect && rule.answer == Answer::Succeed) {
            if !connected.holds.is_last() {
                sink(Requirement::DisconnectSessionHoldsTheConnection, Expected::Ending(allowed));
            }
            if connected.by.client != by.client {
                sink(Requirement::DisconnectAnyClientOfTheEngine, Expected::Ending(allowed));
            }
            let version = self.client(by).map_or(connected.version, |client| client.version);
            if version != connected.version {
                sink(Requirement::DisconnectEveryInterfaceVersion, Expected::Ending(allowed));
            }
        }
        rule.answer == Answer::Serve
    }

    /// What a query on this handle has to answer when nothing is wrong with its arguments: `requirement`, and what
    /// other calls must not have changed.
    pub(super) fn serves<'m>(
        &'m self,
        by: Caller,
        server: u64,
        requirement: Requirement,
        good: Statuses,
        sink: Sink<'_, 'm>,
    ) {
        let connected = self.connected(by, server);
        let life = connected.map(|connected| self.life(connected));
        let unsure = connected.is_some_and(|connected| connected.server.is_none())
            || (connected.is_none() && server != 0)
            || (self.profile == Profile::Contract && life.is_some_and(|life| life != ServerLife::Running));
        let good = self.relaxed(by, if unsure { good.or_error() } else { good });
        sink(requirement, Expected::Ending(good));
        let Some(connected) = connected else { return };
        let server = connected.server.and_then(|server| self.servers.get(server));
        let past = self.actor(by.process).map_or(connected.past_before, |actor| actor.past);
        let before = connected.past_before;
        let left = server.is_some_and(|server| server.disconnects > connected.disconnects_before);
        if left || past.disconnects > before.disconnects {
            sink(Requirement::DisconnectLeavesOtherConnections, Expected::Ending(good));
        }
        if server.is_some_and(|server| server.open > 1) {
            sink(Requirement::ServerServesSeveralClients, Expected::Ending(good));
        }
        let ended_another = past.ends > before.ends && life == Some(ServerLife::Running);
        if past.misuses > before.misuses || ended_another {
            sink(Requirement::HandleOtherHandlesUnharmed, Expected::Ending(good));
        }
        if self.profile == Profile::Contract {
            return;
        }
        let is_ended_by_another = life == Some(ServerLife::Ended) && connected.state == HandleState::Connected;
        let observed = [
            (past.releases > before.releases, Requirement::ClientReleaseKeepsConnections),
            (past.sessions > before.sessions, Requirement::ClientEndSessionKeepsConnections),
            (connected.spared, Requirement::DisconnectOtherThreadClosesNothing),
            (connected.held, Requirement::DisconnectSessionHoldsTheConnection),
            (is_ended_by_another, Requirement::ServerEndedServesOthers),
        ];
        for (_, requirement) in observed.into_iter().filter(|(applies, _)| *applies) {
            sink(requirement, Expected::Ending(good));
        }
    }

    /// The state machine's rule for this handle; `None` where the run cannot know what the handle is.
    pub(super) fn rule_for(&self, by: Caller, wanted: Use, handle: u64) -> Option<Rule> {
        let actor = self.actor(by.process);
        let found = actor.map_or(Found::Never, |actor| actor.handles.find(handle));
        let thread =
            |connecting: u32| if connecting == by.thread { CallingThread::Connecting } else { CallingThread::Other };
        let around = match found {
            _ if handle == 0 => return Some(state::rule(self.profile, wanted, HandleArgument::Zero)),
            Found::Open(open) => {
                let (server, thread) = (self.life(open), thread(open.by.thread));
                HandleContext { server, thread, holds: open.holds, in_use: false }
            }
            Found::Closed(connecting) => {
                let in_use = actor.is_some_and(|actor| actor.handles.count() > 0);
                HandleContext { thread: thread(connecting), in_use, ..HandleContext::NOTHING }
            }
            Found::Forgotten | Found::Never if actor.is_some_and(|actor| actor.began_before) => return None,
            // All that a stale handle allows, whoever had connected.
            Found::Forgotten => HandleContext { thread: CallingThread::Other, in_use: true, ..HandleContext::NOTHING },
            Found::Never => HandleContext { in_use: self.is_beside_a_connection(by, handle), ..HandleContext::NOTHING },
        };
        let named = HandleArgument::Handle(found.state(), around);
        Some(state::rule(self.profile, wanted, named))
    }

    /// Whether the value lies in the same page of memory as a connection that is open, and differs in one bit from its
    /// handle.
    fn is_beside_a_connection(&self, by: Caller, handle: u64) -> bool {
        (0..12).any(|bit| self.connected(by, handle ^ (1 << bit)).is_some())
    }

    /// The open connection with this handle.
    pub(super) fn connected(&self, by: Caller, handle: u64) -> Option<&Connected> {
        self.actor(by.process)?.handles.open(handle)
    }

    /// The host is gone, and another server has its address.
    fn is_replaced(&self, connected: Option<&Connected>) -> bool {
        let server = connected.and_then(|connected| self.servers.get(connected.server?));
        server.is_some_and(|server| {
            let address = server.address.as_ref();
            server.life == ServerLife::Gone && address.is_some_and(|address| self.is_taken(server.computer, address))
        })
    }

    pub(super) fn life(&self, connected: &Connected) -> ServerLife {
        connected.server.and_then(|server| self.servers.get(server)).map_or(ServerLife::Running, |server| server.life)
    }

    /// Known deviations of the real engine that bring the process down.
    pub(super) fn may_crash(&self, by: Caller, call: &Call) -> bool {
        self.profile == Profile::Dbgeng
            && (self.its_handle_allows(by, call, Ending::Crashed) || is_null_array(call) || has_null_pointer(call))
    }

    /// Whether a call on this handle may end so.
    pub(super) fn its_handle_allows(&self, by: Caller, call: &Call, ending: Ending) -> bool {
        let rule = call.server().and_then(|handle| self.rule_for(by, used_for(call), handle));
        rule.is_some_and(|rule| rule.allowed.contains(ending))
    }
}

/// What a call wants of its handle.
pub(super) fn used_for(call: &Call) -> Use {
    match call {
        Call::DisconnectProcessServer { .. } => Use::Disconnect,
        Call::EndProcessServer { .. } => Use::End,
        Call::GetRunningProcessSystemIds { .. }
        | Call::GetRunningProcessSystemIdByExecutableName { .. }
        | Call::GetRunningProcessDescription { .. } => Use::Query,
        _ => Use::Target,
    }
}

/// An attach to a process that is already there, without debugging it.
fn is_noninvasive(call: &Call) -> bool {
    match call {
        Call::AttachProcess { attach_flags, .. }
        | Call::CreateProcessAndAttach { attach_flags, command_line: None, .. } => {
            attach_flags.contains(AttachFlags::NONINVASIVE)
        }
        Call::CreateProcessAndAttach2 { create, attach_flags, .. } => {
            create.command_line.is_none() && attach_flags.contains(AttachFlags::NONINVASIVE)
        }
        _ => false,
    }
}

/// GetRunningProcessSystemIds with room for ids, and no array.
pub(super) fn is_null_array(call: &Call) -> bool {
    matches!(call, Call::GetRunningProcessSystemIds { ids, count, .. } if ids.is_null() && *count > 0)
}

/// A null pointer where the documentation has no `opt` (STR-11).
pub(super) fn has_null_pointer(call: &Call) -> bool {
    match call {
        Call::StartProcessServer { options, .. } | Call::StartServer { options } => options.is_none(),
        Call::ConnectProcessServer { remote_options, server } => remote_options.is_none() || server.is_null(),
        Call::GetRunningProcessSystemIdByExecutableName { exe_name, id, .. } => exe_name.is_none() || id.is_null(),
        Call::CreateProcess { command_line, .. } => command_line.is_none(),
        Call::CreateProcess2(create) => create.command_line.is_none() || create.options.is_none(),
        Call::CreateProcessAndAttach2 { create, .. } => create.options.is_none(),
        Call::OutputServers { machine, .. } => machine.is_none(),
        _ => false,
    }
}
