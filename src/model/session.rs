//! Clauses for the session of an engine: its options, its callbacks, and its processes from their first event to their end.

use super::Model;
use super::debuggees::SessionRecord;
use super::expected::{Clauses, Expected};
use super::world::TargetRecord;
use crate::call::{Call, Caller, Outcome, Pointer};
use crate::flags::{EndSessionFlags, EngineOptions, ExecutionStatus, INFINITE};
use crate::hresult::{E_NOINTERFACE, E_UNEXPECTED, HRESULT, S_FALSE, S_OK};
use crate::spec::Requirement;
use crate::state::{Debuggees, TargetEvent, debuggee_type, index_code};
use crate::status::Statuses;

/// How long a first event may take, in milliseconds.
const FIRST_EVENT: u32 = 5_000;

impl Model {
    pub(super) fn session_clauses(&self, call: &Call, sink: &mut Clauses<'_, '_>) {
        if !call.method().is_for_any_thread() {
            self.thread_clause(sink);
        }
        let Some(process) = sink.context.process else { return };
        let session = &process.session;
        match call {
            Call::GetOutputMask { mask: Pointer::Given } => {
                if let Some(own) = sink.context.client.and_then(|client| client.mask) {
                    sink.ends(Requirement::SessionOutputMaskIsTheClientsOwn, Statuses::OK);
                    number(Requirement::SessionOutputMaskIsTheClientsOwn, "Mask", own, u32::MAX, sink);
                }
            }
            Call::SetOutputMask { .. } => sink.ends(Requirement::SessionOutputMaskIsTheClientsOwn, Statuses::OK),
            Call::GetEngineOptions { options: Pointer::Given } => {
                let (known, own) = (session.known_options.bits(), session.options.bits());
                sink.ends(Requirement::SessionEngineOptionsAreKept, Statuses::OK);
                number(Requirement::SessionEngineOptionsAreKept, "Options", own & known, known, sink);
            }
            Call::DispatchCallbacks { timeout } => self.dispatch_clauses(*timeout, sink),
            Call::ExitDispatch => sink.observed(Requirement::SessionExitDispatchIsRemembered, Statuses::OK),
            _ => {}
        }
        match session.debuggees {
            Some(Debuggees { pending: 0, present: 0, .. }) => {
                if let (true, Call::GetCurrentProcessSystemId { .. }) = (session.has_left, call) {
                    sink.ends(Requirement::SessionLeavingSucceeds, Statuses::ERROR);
                }
                if !session.counts_left || matches!(call, Call::WaitForEvent { .. }) {
                    self.clauses_without_a_target(call, sink);
                }
            }
            Some(debuggees) => self.target_state_clauses(call, session, debuggees, sink),
            None => {}
        }
    }

    fn dispatch_clauses(&self, timeout: u32, sink: &mut Clauses<'_, '_>) {
        let Some(process) = sink.context.process else { return };
        let exit = process.session.exits.iter().find(|(thread, _)| *thread == sink.context.by.thread);
        let over = if timeout == INFINITE { Statuses::ERROR.or_hang() } else { Statuses::code(S_FALSE) };
        let over =
            if self.may_hang(sink.context, &Call::DispatchCallbacks { timeout }) { over.or_hang() } else { over };
        match exit {
            None if !process.began_before => sink.ends(Requirement::SessionDispatchNeedsAnExit, over),
            Some((_, true)) => sink.observed(Requirement::SessionExitDispatchIsRemembered, Statuses::OK),
            _ => {}
        }
    }

    /// OBS-90.
    fn clauses_without_a_target(&self, call: &Call, sink: &mut Clauses<'_, '_>) {
        let codes = Requirement::SessionWithoutATargetCodes;
        let refused = Statuses::code(E_UNEXPECTED);
        match call {
            Call::WaitForEvent { flags: 0, .. } => {
                sink.ends(Requirement::SessionWaitNeedsATarget, Statuses::ERROR);
                sink.observed(codes, refused);
            }
            Call::GetNumberProcesses { number: Pointer::Given }
            | Call::GetCurrentProcessSystemId { sys_id: Pointer::Given }
            | Call::GetExitCode { code: Pointer::Given }
            | Call::DetachCurrentProcess
            | Call::SetExecutionStatus { .. } => sink.observed(codes, refused),
            Call::GetCurrentProcessId { id: Pointer::Given }
            | Call::GetProcessIdsByIndex { .. }
            | Call::GetProcessIdBySystemId { id: Pointer::Given, .. } => lookup_code(E_UNEXPECTED, sink),
            Call::SetCurrentProcessId { .. } => lookup_code(E_NOINTERFACE, sink),
            Call::GetInterrupt => sink.observed(codes, Statuses::code(S_FALSE)),
            Call::DetachProcesses | Call::TerminateProcesses | Call::FlushCallbacks => {
                sink.observed(codes, Statuses::OK);
            }
            Call::GetExecutionStatus { status: Pointer::Given } if self.profile.is_dbgeng() => {
                let status = ExecutionStatus::NO_DEBUGGEE;
                sink.ends(Requirement::SessionStatusTellsTheTarget, Statuses::OK);
                number(Requirement::SessionStatusTellsTheTarget, "Status", status.bits(), u32::MAX, sink);
            }
            Call::GetDebuggeeType { class: Pointer::Given, qualifier: Pointer::Given } if self.profile.is_dbgeng() => {
                sink.ends(codes, Statuses::OK);
                number(codes, "Class", 0, u32::MAX, sink);
                number(codes, "Qualifier", 0, u32::MAX, sink);
            }
            _ => {}
        }
    }

    fn target_state_clauses(
        &self,
        call: &Call,
        session: &SessionRecord,
        debuggees: Debuggees,
        sink: &mut Clauses<'_, '_>,
    ) {
        let is_pending = debuggees.present == 0;
        match call {
            Call::WaitForEvent { flags: 0, timeout: FIRST_EVENT.. }
                if is_pending && debuggees.wait(session.breaks()) == S_OK =>
            {
                sink.ends(Requirement::SessionInitialBreakEndsTheWait, Statuses::OK);
            }
            Call::WaitForEvent { flags: 0, timeout: ..FIRST_EVENT } if !is_pending && session.has_known_status => {
                sink.ends(Requirement::SessionWaitTimeOutIsSFalse, Statuses::code(debuggees.wait(false)));
            }
            Call::GetCurrentProcessSystemId { sys_id: Pointer::Given } if is_pending => {
                sink.ends(Requirement::SessionAttachCompletesInAWait, Statuses::ERROR);
            }
            // OBS-241: the session is there, without a process.
            Call::GetNumberProcesses { number: Pointer::Given } if is_pending => {
                sink.ends(Requirement::SessionAttachCompletesInAWait, Statuses::OK.or_error());
                number(Requirement::SessionAttachCompletesInAWait, "Number", 0, u32::MAX, sink);
            }
            // OBS-242: no process is the current one.
            Call::GetCurrentProcessSystemId { .. }
            | Call::GetExitCode { .. }
            | Call::GetCurrentProcessId { .. }
            | Call::DetachCurrentProcess
            | Call::TerminateCurrentProcess
                if session.has_timed_out => {}
            Call::GetCurrentProcessSystemId { sys_id: Pointer::Given } => {
                sink.ends(Requirement::SessionWaitBringsTheProcess, Statuses::OK);
                if let Some(id) = session.id {
                    number(Requirement::SessionWaitBringsTheProcess, "SysId", id, u32::MAX, sink);
                }
            }
            Call::GetNumberProcesses { number: Pointer::Given } => {
                sink.ends(Requirement::SessionWaitBringsTheProcess, Statuses::OK);
                number(Requirement::SessionWaitBringsTheProcess, "Number", debuggees.present, u32::MAX, sink);
            }
            Call::GetExecutionStatus { status: Pointer::Given }
                if self.profile.is_dbgeng() && (is_pending || session.has_known_status) =>
            {
                sink.ends(Requirement::SessionStatusTellsTheTarget, Statuses::OK);
                let status = debuggees.status().bits();
                number(Requirement::SessionStatusTellsTheTarget, "Status", status, u32::MAX, sink);
            }
            Call::GetDebuggeeType { class: Pointer::Given, qualifier: Pointer::Given } if !is_pending => {
                let (class, qualifier) = debuggee_type(session.is_through_a_server);
                sink.ends(Requirement::SessionDebuggeeType, Statuses::OK);
                number(Requirement::SessionDebuggeeType, "Class", class.bits(), u32::MAX, sink);
                number(Requirement::SessionDebuggeeType, "Qualifier", qualifier, u32::MAX, sink);
            }
            Call::GetExitCode { code: Pointer::Given } if !is_pending => {
                sink.ends(Requirement::SessionExitCodeOfARunningProcess, Statuses::code(S_FALSE));
            }
            Call::GetCurrentProcessId { .. }
            | Call::SetCurrentProcessId { .. }
            | Call::GetProcessIdsByIndex { .. }
            | Call::GetProcessIdBySystemId { .. }
                if debuggees.present == 1 && debuggees.pending == 0 =>
            {
                process_id_clauses(call, session, sink);
            }
            Call::DetachProcesses | Call::TerminateProcesses => {
                sink.ends(Requirement::SessionLeavingSucceeds, Statuses::OK);
            }
            Call::DetachCurrentProcess | Call::TerminateCurrentProcess if !is_pending => {
                sink.ends(Requirement::SessionLeavingSucceeds, Statuses::OK);
            }
            _ => {}
        }
    }

    /// Updates the sessions after a call of the session, an attach or a create.
    pub(super) fn apply_to_debuggees(&mut self, by: Caller, call: &Call, outcome: &Outcome) {
        let before = self.process(by.process).and_then(|process| process.session.debuggees);
        self.change_debuggees(by, call, outcome);
        let session = &mut self.process_mut(by.process).session;
        if session.debuggees != before || session.debuggees.is_none() {
            session.own_id = None;
        } else if let (true, Some(id)) = (outcome.succeeded(), session.shown_id(call, outcome)) {
            session.own_id = Some(id);
        }
    }

    fn change_debuggees(&mut self, by: Caller, call: &Call, outcome: &Outcome) {
        match call {
            Call::WaitForEvent { .. } => self.process_mut(by.process).session.apply_wait(outcome),
            Call::CreateProcessAndAttach { .. } | Call::CreateProcessAndAttach2 { .. }
                if !outcome.succeeded() && call.command_line().is_some() && call.reaches_a_server(self.profile) =>
            {
                self.process_mut(by.process).session.debuggees = None;
            }
            _ if !outcome.succeeded() => {}
            _ if call.debugs() => {
                let attach = call.attach();
                let is_plain = attach.is_none_or(|(.., flags)| flags.is_empty());
                let is_one = call.command_line().is_some() != attach.is_some();
                let session = &mut self.process_mut(by.process).session;
                session.debuggees = match session.debuggees {
                    Some(none) if none == Debuggees::default() && is_plain && is_one => {
                        Some(Debuggees { pending: 1, ..none })
                    }
                    _ => None,
                };
                session.id = attach.map(|(_, id, _)| id);
                session.is_through_a_server = call.server().is_some_and(|server| server != 0);
            }
            Call::EndSession { flags } if flags.ends_the_session() => {
                let session = &mut self.process_mut(by.process).session;
                let debuggees = Some(Debuggees::default());
                *session = SessionRecord { debuggees, counts_left: false, ..session.clone() };
            }
            Call::DetachProcesses => self.leave(by, EndSessionFlags::ACTIVE_DETACH, true),
            Call::TerminateProcesses => self.leave(by, EndSessionFlags::ACTIVE_TERMINATE, true),
            Call::DetachCurrentProcess => self.leave(by, EndSessionFlags::ACTIVE_DETACH, false),
            Call::TerminateCurrentProcess => {
                self.leave(by, EndSessionFlags::ACTIVE_TERMINATE, false);
                // OBS-241: the session has the process until the next wait.
                self.process_mut(by.process).session.debuggees = None;
            }
            Call::AbandonCurrentProcess => {
                // The process is debugged all the same, by a session that does not have it.
                self.process_mut(by.process).session.debuggees = None;
                self.forget_connections_of_session(by.process);
            }
            Call::EndSession { .. } | Call::SetInterrupt { .. } | Call::Execute { .. } => {
                let session = &mut self.process_mut(by.process).session;
                session.unsettle();
                if let Call::Execute { .. } = call {
                    session.known_options = EngineOptions::empty();
                }
            }
            Call::SetExecutionStatus { .. } => self.process_mut(by.process).session.has_known_status = false,
            Call::SetOutputMask { mask } => {
                if let Some(client) = self.client_mut(by) {
                    client.mask = Some(mask.bits());
                }
            }
            Call::SetEngineOptions { options } => self.change_options(by, EngineOptions::from(u32::MAX), *options),
            Call::AddEngineOptions { options } => self.change_options(by, *options, *options),
            Call::RemoveEngineOptions { options } => self.change_options(by, *options, EngineOptions::empty()),
            Call::ExitDispatch => {
                let thread = self.client(by).map_or(by.thread, |client| client.thread);
                let exits = &mut self.process_mut(by.process).session.exits;
                match exits.iter_mut().find(|(other, _)| *other == thread) {
                    // It may count once or twice.
                    Some((_, is_sure)) => *is_sure = false,
                    None => exits.push((thread, true)),
                }
            }
            Call::DispatchCallbacks { .. } if outcome.hresult() == Some(S_OK) => {
                let is_dbgeng = self.profile.is_dbgeng();
                let exits = &mut self.process_mut(by.process).session.exits;
                exits.retain(|(thread, is_sure)| *thread != by.thread || !is_sure || !is_dbgeng);
            }
            _ => {}
        }
    }

    /// The options `known` have the values that they have in `options` from now on.
    fn change_options(&mut self, by: Caller, known: EngineOptions, options: EngineOptions) {
        let session = &mut self.process_mut(by.process).session;
        session.known_options |= known;
        session.options = session.options.difference(known).union(options);
    }

    /// The session leaves all its processes, or the current one.
    fn leave(&mut self, by: Caller, flags: EndSessionFlags, all: bool) {
        let session = &mut self.process_mut(by.process).session;
        let (before, none) = (session.debuggees, Debuggees::default());
        let is_one = before.is_some_and(|known| known.pending == 0 && known.present <= 1);
        // OBS-242: after a wait that timed out, the session has its processes until the next wait.
        session.debuggees = if is_one && !session.has_timed_out { Some(none) } else { None };
        if before == Some(none) {
            return;
        }
        session.counts_left = all;
        session.has_left = true;
        let is_own = |target: &TargetRecord| target.process == by.process;
        if !all && !is_one {
            // Any of them may have been the current one.
            for place in self.computers_mut().iter_mut().filter(|place| place.targets.iter().any(is_own)) {
                place.processes = None;
            }
        }
        self.happen_to_targets(TargetEvent::SessionEnded(flags), |_| false, is_own);
        self.forget_connections_of_session(by.process);
    }

    /// A session may end with its last target (CLI-23), which was not measured. In the real engine it is then unknown whether
    /// its connections are open.
    fn forget_connections_of_session(&mut self, process: u32) {
        let handles = &self.process_mut(process).handles;
        let used = handles.all_open().filter(|(_, connection)| connection.holds.has_session());
        let used: Vec<(u64, Option<usize>)> = used.map(|(handle, connection)| (handle, connection.server)).collect();
        for (handle, server) in used {
            let process = self.process_mut(process);
            process.handles.forget(handle);
            process.began_before = true;
            if let Some(server) = server {
                self.release_server(server);
            }
        }
    }

    /// Something has happened that may have ended targets of any session.
    pub(super) fn unsettle_sessions(&mut self) {
        self.processes.iter_mut().for_each(|process| process.session.unsettle());
    }
}

/// Clauses for the ids of the only process of a session.
fn process_id_clauses(call: &Call, session: &SessionRecord, sink: &mut Clauses<'_, '_>) {
    let agree = Requirement::SessionProcessIdsAgree;
    match *call {
        Call::GetCurrentProcessId { id: Pointer::Given } => known_number(agree, "Id", session.own_id, sink),
        Call::SetCurrentProcessId { id } if Some(id) == session.own_id => sink.ends(agree, Statuses::OK),
        Call::SetCurrentProcessId { .. } if session.own_id.is_some() => lookup_code(E_NOINTERFACE, sink),
        Call::GetProcessIdsByIndex { start: 0, count: 1, ids, sys_ids } => {
            sink.ends(agree, Statuses::OK);
            for (name, pointer, own) in [("Ids", ids, session.own_id), ("SysIds", sys_ids, session.id)] {
                if !pointer.is_null() {
                    known_number(agree, name, own, sink);
                }
            }
        }
        Call::GetProcessIdsByIndex { start, count, .. } => lookup_code(index_code(start, count, 1), sink),
        Call::GetProcessIdBySystemId { sys_id, id: Pointer::Given } if session.id.is_some() => {
            if session.id == Some(sys_id) {
                known_number(agree, "Id", session.own_id, sink);
            } else {
                lookup_code(E_NOINTERFACE, sink);
            }
        }
        _ => {}
    }
}

/// Demands the code for a process that is looked up (OBS-243).
fn lookup_code(code: HRESULT, sink: &mut Clauses<'_, '_>) {
    sink.observed(Requirement::SessionProcessLookupCodes, Statuses::code(code));
}

/// Demands success, and this number if it is known.
fn known_number(requirement: Requirement, name: &'static str, value: Option<u32>, sink: &mut Clauses<'_, '_>) {
    sink.ends(requirement, Statuses::OK);
    if let Some(value) = value {
        number(requirement, name, value, u32::MAX, sink);
    }
}

/// Demands that a successful call has written this number, as far as its bits are known.
fn number(requirement: Requirement, name: &'static str, value: u32, known: u32, sink: &mut Clauses<'_, '_>) {
    sink.add(requirement, Expected::Number { name, value, known });
}
