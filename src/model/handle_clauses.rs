//! Clauses for calls on a server handle: the rule of the state machine for the handle that the call names.

use super::Model;
use super::context::{CallContext, NamedHandle};
use super::expected::Clauses;
use super::issued_handles::{ClosedHandle, HandleLookup, IssuedHandle};
use super::world::RunProcess;
use crate::call::{Call, Caller, Ending};
use crate::flags::AttachFlags;
use crate::hresult::RPC_E_CLIENT_DIED;
use crate::process::LARGEST_NULL_ARRAY;
use crate::spec::Requirement;
use crate::state::{self, Answer, CallingThread, HandleArgument, HandleContext, HandleState, Rule, ServerLife, Use};
use crate::status::Statuses;

impl Model {
    /// Emits the clauses for a call that names a handle.
    pub(super) fn handle_clauses<'m>(&'m self, call: &'m Call, handle: NamedHandle<'_>, sink: &mut Clauses<'_, 'm>) {
        self.thread_clause(sink);
        // A null pointer is wrong beside an invalid handle as well.
        let has_null = has_null_pointer(call);
        if has_null {
            sink.null_pointer();
        }
        let is_served = self.rule_clauses(call, handle, sink) && !has_null;
        match handle.usage {
            Use::Query if is_served => {
                self.query_clauses(call, sink);
                self.ended_target_clause(sink);
            }
            Use::Target if is_served => self.target_clauses(call, sink),
            _ => {}
        }
    }

    /// Emits the clauses of the rule for the handle, and returns whether the call goes on to the server or the local computer.
    fn rule_clauses(&self, call: &Call, handle: NamedHandle<'_>, sink: &mut Clauses<'_, '_>) -> bool {
        let context = sink.context;
        let NamedHandle { usage, found, .. } = handle;
        let Some(rule) = self.rule_for(context.by, context.process, handle) else { return true };
        if rule.requirement == Requirement::ServerGoneIsAnError && is_noninvasive(call) {
            // ATT-3, OBS-59: an attach is not complete on return, and a noninvasive one need not have asked the server.
            return false;
        }
        let connection = context.connection();
        // A server outside the run may be in any state.
        let in_doubt = connection.is_some_and(|connection| connection.server.is_none());
        let is_sure = !in_doubt || (self.profile.is_dbgeng() && usage == Use::Disconnect);
        let exact = if is_sure { rule.allowed } else { rule.allowed.or_error() };
        let by_version = |statuses| if usage == Use::End { context.old_client(statuses) } else { statuses };
        let allowed = by_version(exact);
        if let Some(connection) = connection.filter(|_| rule.answer == Answer::Succeed) {
            outlives(connection, allowed, sink);
        }
        if rule.requirement != Requirement::CallReturns {
            sink.ends(rule.requirement, allowed);
        }
        if let HandleLookup::Closed(ClosedHandle { by_session: true, .. }) = found {
            sink.ends(Requirement::ClientEndSessionClosesAnothersConnection, allowed);
        }
        if let Some((requirement, code)) = rule.observed
            && !in_doubt
            && call.reaches_a_server(self.profile)
            && !has_null_pointer(call)
        {
            let code = Statuses::code(code);
            // OBS-201: the call that discovers that the host is gone can return a code of its own.
            let is_gone = requirement == Requirement::ServerGoneCode;
            let code = by_version(if is_gone { code.or(RPC_E_CLIENT_DIED) } else { code });
            let code = if rule.allowed.contains(Ending::TimedOut) { code.or_hang() } else { code };
            let code = if self.may_crash(context, call) { code.or_crash().or_hang() } else { code };
            sink.ends(requirement, code);
        }
        if self.is_replaced(connection) && self.profile.is_dbgeng() && usage != Use::Disconnect {
            // OBS-201: some of these calls do not return.
            sink.ends(Requirement::ServerGoneStaysGone, Statuses::ERROR.or_hang());
        }
        if let Some(connection) = connection
            && usage == Use::Disconnect
            && rule.answer == Answer::Succeed
        {
            if !connection.holds.is_last() {
                sink.ends(Requirement::DisconnectSessionHoldsTheConnection, allowed);
            }
            if connection.by.client != context.by.client {
                sink.ends(Requirement::DisconnectAnyClientOfTheEngine, allowed);
            }
            let version = context.client.map_or(connection.version, |client| client.version);
            if version != connection.version {
                sink.ends(Requirement::DisconnectEveryInterfaceVersion, allowed);
            }
        }
        rule.answer == Answer::Serve
    }

    /// Adds every error to these statuses where it is not sure that a server answers through the handle.
    pub(super) fn or_unreachable(&self, good: Statuses, context: &CallContext<'_>) -> Statuses {
        let connection = context.connection();
        let life = connection.map(|connection| self.life(connection));
        let unsure = connection.is_some_and(|connection| connection.server.is_none())
            || (connection.is_none() && context.handle.is_some_and(|handle| handle.value != 0))
            || (!self.profile.is_dbgeng() && life.is_some_and(|life| life != ServerLife::Running));
        if unsure { good.or_error() } else { good }
    }

    /// Emits the clauses for a call on this handle whose arguments are right: `requirement`, and those that say what
    /// earlier calls must not have changed.
    pub(super) fn serves(&self, requirement: Requirement, good: Statuses, sink: &mut Clauses<'_, '_>) {
        let good = self.or_unreachable(good, sink.context);
        let Some(connection) = sink.context.connection() else { return sink.ends(requirement, good) };
        let life = self.life(connection);
        outlives(connection, good, sink);
        sink.ends(requirement, good);
        if connection.by.client != sink.context.by.client {
            sink.ends(Requirement::DisconnectAnyClientOfTheEngine, good);
        }
        let server = connection.server.and_then(|server| self.servers.get(server));
        let (before, now) = (connection.incidents_before, sink.context.incidents());
        let others_left = server.is_some_and(|server| server.disconnects > connection.disconnects_before);
        if others_left || now.disconnects > before.disconnects {
            sink.ends(Requirement::DisconnectLeavesOtherConnections, good);
        }
        if server.is_some_and(|server| server.open > 1) {
            sink.ends(Requirement::ServerServesSeveralClients, good);
        }
        let ended_another = now.ends > before.ends && life == ServerLife::Running;
        if now.misuses > before.misuses || ended_another {
            sink.ends(Requirement::HandleOtherHandlesUnharmed, good);
        }
        if !self.profile.is_dbgeng() {
            return;
        }
        let is_ended_by_another = life == ServerLife::Ended && connection.state == HandleState::Connected;
        let observed = [
            (connection.survived_other_thread, Requirement::DisconnectOtherThreadClosesNothing),
            (connection.kept_by_session, Requirement::DisconnectSessionHoldsTheConnection),
            (is_ended_by_another, Requirement::ServerEndedServesOthers),
        ];
        for (_, requirement) in observed.into_iter().filter(|(applies, _)| *applies) {
            sink.ends(requirement, good);
        }
    }

    /// Returns the rule of the state machine for this handle, or `None` if its state is unknown.
    pub(super) fn rule_for(&self, by: Caller, process: Option<&RunProcess>, named: NamedHandle<'_>) -> Option<Rule> {
        let NamedHandle { value: handle, usage, found } = named;
        let context = match found {
            _ if handle == 0 => return Some(state::rule(self.profile, usage, HandleArgument::Zero)),
            HandleLookup::Open(open) => {
                HandleContext { server: self.life(open), thread: open.caller(by), holds: open.holds, in_use: false }
            }
            HandleLookup::Closed(closed) => {
                let in_use = process.is_some_and(|process| process.handles.count() > 0);
                HandleContext { thread: CallingThread::of(by.thread, closed.thread), in_use, ..HandleContext::NOTHING }
            }
            HandleLookup::Forgotten | HandleLookup::Never if process.is_some_and(|process| process.began_before) => {
                return None;
            }
            // The connecting thread is forgotten, so everything is allowed that any thread could see.
            HandleLookup::Forgotten => {
                HandleContext { thread: CallingThread::Other, in_use: true, ..HandleContext::NOTHING }
            }
            HandleLookup::Never => {
                HandleContext { in_use: self.is_beside_a_connection(by, handle), ..HandleContext::NOTHING }
            }
        };
        let named = HandleArgument::Handle(found.state(), context);
        Some(state::rule(self.profile, usage, named))
    }

    /// Whether the value differs in one bit from the handle of an open connection, within the same page of memory.
    fn is_beside_a_connection(&self, by: Caller, handle: u64) -> bool {
        (0..12).any(|bit| self.connection(by, handle ^ (1 << bit)).is_some())
    }

    /// Returns the open connection of this handle.
    pub(super) fn connection(&self, by: Caller, handle: u64) -> Option<&IssuedHandle> {
        self.process(by.process)?.handles.open(handle)
    }

    /// Whether the host is gone and another server has its address.
    fn is_replaced(&self, connection: Option<&IssuedHandle>) -> bool {
        let server = connection.and_then(|connection| self.servers.get(connection.server?));
        server.is_some_and(|server| {
            let address = server.address.as_ref();
            server.life == ServerLife::Gone
                && address.is_some_and(|address| self.is_taken(server.computer, address, server.ip_versions))
        })
    }

    pub(super) fn life(&self, connection: &IssuedHandle) -> ServerLife {
        connection.server.and_then(|server| self.servers.get(server)).map_or(ServerLife::Running, |server| server.life)
    }

    /// Whether a known deviation of the real engine lets this call crash.
    pub(super) fn may_crash(&self, context: &CallContext<'_>, call: &Call) -> bool {
        self.profile.is_dbgeng()
            && (self.handle_rule_allows(context, Ending::Crashed)
                || is_null_array(call)
                || has_null_pointer(call)
                || self.has_crashing_pipe(call))
    }

    /// Whether the rule for the call's handle allows this ending.
    pub(super) fn handle_rule_allows(&self, context: &CallContext<'_>, ending: Ending) -> bool {
        let rule = context.handle.and_then(|handle| self.rule_for(context.by, context.process, handle));
        rule.is_some_and(|rule| rule.allowed.contains(ending))
    }
}

/// Emits the clauses that say what has not ended the connection. They stand first: they are the reason if it has ended.
fn outlives(connection: &IssuedHandle, good: Statuses, sink: &mut Clauses<'_, '_>) {
    let (before, now) = (connection.incidents_before, sink.context.incidents());
    if now.releases > before.releases {
        sink.ends(Requirement::ClientReleaseKeepsConnections, good);
    }
    if now.sessions > before.sessions {
        sink.ends(Requirement::ClientEndSessionKeepsConnections, good);
    }
}

/// Whether the call attaches noninvasively to a running process.
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

/// Whether GetRunningProcessSystemIds is given a count and no array.
pub(super) fn is_null_array(call: &Call) -> bool {
    matches!(call, Call::GetRunningProcessSystemIds { ids, count, .. } if ids.is_null() && *count > 0)
}

/// Whether the call can crash the real engine's host, which writes the ids past the end of its reply (OBS-239).
pub(super) fn may_crash_the_host(call: &Call) -> bool {
    matches!(call, Call::GetRunningProcessSystemIds { server, count, .. }
        if *server != 0 && *count > LARGEST_NULL_ARRAY && is_null_array(call))
}

/// Whether a pointer is null where the documentation has no `opt` (STR-11).
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
