//! Targets in the model: which engine is attached to which process, and the clauses for an attach.

use std::sync::Arc;

use super::Model;
use super::context::CallContext;
use super::expected::{Clauses, Expected};
use super::world::{KnownProcess, TargetRecord};
use crate::call::{Call, Caller, Outcome};
use crate::flags::AttachFlags;
use crate::hresult::{E_INVALIDARG, E_NOTIMPL, STATUS_ACCESS_DENIED};
use crate::spec::Requirement;
use crate::state::{Attachment, DebuggerOf, Debugging, TargetEvent, TargetFate};
use crate::status::Statuses;

impl Model {
    /// Emits the clauses for an attach to a running process.
    pub(super) fn attach_clauses(&self, server: u64, process: u32, flags: AttachFlags, sink: &mut Clauses<'_, '_>) {
        let invalid = Statuses::code(E_INVALIDARG);
        let dbgeng = self.profile.is_dbgeng();
        if flags.bits() & !0x3f != 0 {
            // the set of flags grows.
            return sink.observed(Requirement::AttachUnknownFlagsAreRefused, invalid);
        }
        let partial = flags.contains(AttachFlags::NONINVASIVE_ALLOW_PARTIAL);
        // Only the header has this flag.
        if partial && !dbgeng {
            return;
        }
        if !flags.is_legal_combination() {
            let requirement = match partial {
                true => Requirement::AttachAllowPartialIsNoninvasive,
                false => Requirement::AttachIllegalFlagsAreRefused,
            };
            sink.ends(requirement, Statuses::ERROR);
            return sink.observed(Requirement::AttachRefusalIsEInvalidarg, invalid);
        }
        let noninvasive = flags.contains(AttachFlags::NONINVASIVE);
        if noninvasive && dbgeng {
            // OBS-72: the caller's own process is an exception.
            let suspends = !flags.contains(AttachFlags::NONINVASIVE_NO_SUSPEND);
            let good = match self.may_be_own(sink.context.by, server, process) && suspends {
                true => Statuses::OK.or(E_INVALIDARG),
                false => Statuses::OK,
            };
            self.serves(Requirement::AttachNoninvasiveNeedsNoProcess, good, sink);
            if partial {
                self.serves(Requirement::AttachAllowPartialIsNoninvasive, good, sink);
            }
        }
        self.debugger_clauses(process, flags, sink);
        let computer = self.computer_for(sink.context);
        let Some(known) = self.processes(computer) else { return };
        let is_unknown = |known: &KnownProcess| known.id_is_known && !known.has_id(process);
        // it is open what an attach to process id 0 means.
        if !noninvasive && process != 0 && self.knows_all(computer) && known.iter().all(is_unknown) {
            sink.ends(Requirement::AttachUnknownProcessFails, Statuses::ERROR);
            sink.observed(Requirement::AttachRefusalIsEInvalidarg, invalid);
        }
        let is_free = self.debugger_of(process, sink.context) == Some(DebuggerOf::Nobody);
        if is_free && known.iter().any(|known| known.has_id(process)) {
            match flags.contains(AttachFlags::EXISTING) {
                true => sink.ends(Requirement::AttachExistingNeedsADebugger, Statuses::ERROR),
                false => self.serves(Requirement::AttachLiveProcessSucceeds, Statuses::OK, sink),
            }
            if server == 0 && flags.is_empty() {
                self.serves(Requirement::HandleZeroIsTheLocalComputer, Statuses::OK, sink);
            }
        }
    }

    /// Emits the clauses for an attach to a process that the run debugs already.
    fn debugger_clauses(&self, process: u32, flags: AttachFlags, sink: &mut Clauses<'_, '_>) {
        let debugger = match self.debugger_of(process, sink.context) {
            None | Some(DebuggerOf::Nobody) => return,
            Some(debugger) => debugger,
        };
        match Attachment::of(flags, debugger) {
            // OBS-211: an engine that debugs something joins no other debugger by the same way.
            Ok(Attachment::Joined) if !self.profile.is_dbgeng() || !sink.context.is_debugging() => {
                let good = self.or_unreachable(Statuses::OK, sink.context);
                sink.ends(Requirement::AttachExistingFindsTheDebugger, good);
            }
            Err(STATUS_ACCESS_DENIED) => {
                sink.ends(Requirement::AttachOneDebugger, Statuses::ERROR);
                // The process may have ended by itself.
                let code = Statuses::code(STATUS_ACCESS_DENIED).or(E_INVALIDARG);
                sink.observed(Requirement::PlatformSecondDebuggerCode, code);
            }
            Ok(_) | Err(_) => {}
        }
    }

    /// Emits the clause for a query on a computer where targets have ended with their debugger.
    pub(super) fn ended_target_clause<'m>(&'m self, sink: &mut Clauses<'_, 'm>) {
        let Some(computer) = self.computer_for(sink.context) else { return };
        let ended = &self.computers[computer].ended;
        if !ended.is_empty() {
            sink.add(Requirement::AttachTargetsGoWithTheirDebugger, Expected::WithoutIds(ended));
        }
    }

    /// Returns the debugger of a process in the run, or `None` if its computer is unknown.
    fn debugger_of(&self, process: u32, context: &CallContext<'_>) -> Option<DebuggerOf> {
        let targets = &self.computers[self.computer_for(context)?].targets;
        let server = context.connection().and_then(|connection| connection.server);
        let is_debugger = |known: &&TargetRecord| known.id == Some(process) && known.attachment == Attachment::Debugger;
        Some(match targets.iter().find(is_debugger) {
            None => DebuggerOf::Nobody,
            Some(known) if known.process == context.by.process && known.server == server => DebuggerOf::Same,
            Some(_) => DebuggerOf::Another,
        })
    }

    /// Updates what the session does by one way, if the call has asked the system to attach or to create (OBS-236).
    pub(super) fn apply_to_debugging(&mut self, by: Caller, call: &Call, outcome: &Outcome) {
        let creates = call.command_line().is_some();
        let attachment = match call.attach() {
            Some((_, _, flags)) if !creates => Attachment::asked_for(flags),
            _ if creates && call.debugs() => Attachment::Debugger,
            _ => return,
        };
        let Some(server) = call.server() else { return };
        let has_asked = match outcome.hresult() {
            Some(hresult) if hresult.is_ok() || hresult == STATUS_ACCESS_DENIED => true,
            Some(E_NOTIMPL) | None => false,
            Some(_) => creates && call.reaches_a_server(self.profile),
        };
        if !has_asked {
            return;
        }
        let after = |debugging: Debugging| debugging.after(attachment, outcome.succeeded(), server == 0);
        if server == 0 {
            let process = self.process_mut(by.process);
            process.debugging = after(process.debugging);
        } else if let Some(mut connection) = self.connection(by, server).copied() {
            connection.debugging = after(connection.debugging);
            self.process_mut(by.process).handles.set(server, connection);
        }
    }

    fn server_of(&self, by: Caller, server: u64) -> Option<usize> {
        self.connection(by, server).and_then(|connection| connection.server)
    }

    /// Whether the id may be that of the caller's own process: a trace does not say (OBS-72).
    fn may_be_own(&self, by: Caller, server: u64, id: u32) -> bool {
        let own = self.process(by.process).and_then(|process| process.own_id);
        let computer = self.computer_of(by, 0);
        let is_other = || self.processes(computer).into_iter().flatten().any(|known| known.has_id(id));
        server == 0 && own.is_none_or(|own| own == id) && !self.knows_all(computer) && !is_other()
    }

    /// Whether the call may freeze its own process: an invasive attach to it through a process server (OBS-233).
    pub(super) fn may_freeze_itself(&self, by: Caller, call: &Call) -> bool {
        let Some((server, id, flags)) = call.attach() else { return false };
        self.profile.is_dbgeng()
            && server != 0
            && call.reaches_a_server(self.profile)
            && !flags.contains(AttachFlags::NONINVASIVE)
            && self.may_be_own(by, 0, id)
            && self.computer_of(by, server).is_none_or(|there| Some(there) == self.computer_of(by, 0))
    }

    /// Whether another process of the run debugs a process that may be the caller's own, which then does not run (OBS-233).
    pub(super) fn may_be_frozen(&self, context: &CallContext<'_>) -> bool {
        let CallContext { by, process: Some(own), .. } = *context else { return false };
        // An attach to the own process fails or does not return, so the caller debugs other processes.
        let freezes = |target: &TargetRecord| {
            target.attachment == Attachment::Debugger
                && target.process != by.process
                && target.id.is_some_and(|id| self.may_be_own(by, 0, id))
        };
        self.computers[own.computer].targets.iter().any(freezes)
    }

    /// Updates the targets after an attach.
    pub(super) fn apply_attach(&mut self, by: Caller, call: &Call, outcome: &Outcome) {
        let Some((server, id, flags)) = call.attach() else { return };
        if let Some(own) = call.shown_own_id(outcome, self.profile) {
            self.process_mut(by.process).own_id.get_or_insert(own);
        }
        if !outcome.succeeded() || id == 0 {
            return;
        }
        let Some(computer) = self.computer_of(by, server) else { return self.attached_somewhere(id) };
        let attachment = Attachment::asked_for(flags);
        let target = self.target(by, server, Some(id), attachment);
        let targets = &mut self.computers_mut()[computer].targets;
        // A process has one debugger: if the attach makes another one, the run did not show that the old one left.
        targets.retain(|known| known.id != Some(id) || (attachment != Attachment::Debugger && *known != target));
        targets.push(target);
    }

    /// A process with this id may end with its debugger, on whichever computer it runs.
    fn attached_somewhere(&mut self, id: u32) {
        for computer in self.computers_mut() {
            computer.processes.take_if(|known| known.iter().any(|known| known.has_id(id)));
        }
    }

    /// Adds a process that an engine has created to debug it.
    pub(super) fn add_created_target(&mut self, by: Caller, server: u64, computer: usize) {
        let target = self.target(by, server, None, Attachment::Debugger);
        self.computers_mut()[computer].targets.push(target);
    }

    fn target(&self, by: Caller, server: u64, id: Option<u32>, attachment: Attachment) -> TargetRecord {
        TargetRecord { id, process: by.process, attachment, server: self.server_of(by, server), handle: server }
    }

    /// An event happens to the targets that are meant. `is_prompt` says that it has no delay.
    pub(super) fn happen_to_targets(
        &mut self,
        event: TargetEvent,
        is_prompt: impl Fn(&TargetRecord) -> bool,
        is_meant: impl Fn(&TargetRecord) -> bool,
    ) {
        if !self.has_targets() {
            return;
        }
        let profile = self.profile;
        for place in self.computers_mut() {
            let mut is_unsure = false;
            let mut ended = Vec::new();
            place.targets.retain(|target| {
                let fate = match is_meant(target) {
                    true => target.attachment.after(event, profile),
                    false => TargetFate::Attached,
                };
                match fate {
                    TargetFate::Attached => return true,
                    TargetFate::Ended if is_prompt(target) && target.id.is_some() => ended.extend(target.id),
                    TargetFate::Ended => is_unsure = true,
                    // OBS-85: a target may end although the engine detaches from it.
                    TargetFate::Detached => {
                        is_unsure |= profile.is_dbgeng() && target.attachment == Attachment::Debugger;
                    }
                }
                false
            });
            if !ended.is_empty()
                && let Some(processes) = &mut place.processes
            {
                Arc::make_mut(processes).retain(|known| !known.id().is_some_and(|id| ended.contains(&id)));
            }
            place.ended.append(&mut ended);
            if is_unsure {
                place.processes = None;
            }
        }
    }

    /// Whether engines of the run are attached to processes.
    pub(super) fn has_targets(&self) -> bool {
        self.computers.iter().any(|place| !place.targets.is_empty())
    }

    /// A process starts on a computer: it may get the id of one that has ended.
    pub(super) fn process_starts(&mut self, computer: usize) {
        self.computers_mut()[computer].ended.clear();
    }
}
