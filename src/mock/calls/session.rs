//! The calls of a session: options, callbacks, and the targets from their first event to their end.

use super::request::{Answered, Request};
use super::wait::Reply;
use crate::call::{Call, Outputs, Pointer};
use crate::callbacks::DebugEvent;
use crate::dispatch::pointer;
use crate::flags::{
    EndSessionFlags, EngineOptions, ExecuteFlags, ExecutionStatus, InterruptFlags, OutputControl, OutputMask,
};
use crate::hresult::{E_FAIL, E_INVALIDARG, E_NOINTERFACE, E_NOTIMPL, E_PENDING, E_UNEXPECTED, HRESULT, S_FALSE, S_OK};
use crate::mock::world::{EngineId, FindingRecord, Misuse, RealEngine, Target, TargetPhase, World};
use crate::profile::Behaviour;
use crate::state::{Attachment, Debuggees, FilterCommand, TargetEvent, debuggee_type, index_code, sets_filters};

/// `STILL_ACTIVE`: the exit code of a process that runs.
const STILL_ACTIVE: u32 = 259;

/// `DEBUG_CES_EXECUTION_STATUS`, `DEBUG_CES_ENGINE_OPTIONS` and `DEBUG_CES_EVENT_FILTERS`: the bits of ChangeEngineState.
const CHANGED_STATUS: u32 = 0x10;
const CHANGED_OPTIONS: u32 = 0x20;
const CHANGED_FILTERS: u32 = 0x100;

/// `DEBUG_ANY_ID` in place of the index of one filter.
const ANY_FILTER: u32 = u32::MAX;

impl Request<'_> {
    /// Makes a call of a session that does not wait.
    pub(super) fn session(&self, world: &mut World, out: &mut Outputs) -> Answered {
        match self.call {
            Call::TerminateProcesses => {
                self.leave_all(world, EndSessionFlags::ACTIVE_TERMINATE);
                Ok(S_OK)
            }
            Call::DetachProcesses => {
                self.leave_all(world, EndSessionFlags::ACTIVE_DETACH);
                Ok(S_OK)
            }
            Call::TerminateCurrentProcess => self.leave_current(world, EndSessionFlags::ACTIVE_TERMINATE),
            Call::DetachCurrentProcess => self.leave_current(world, EndSessionFlags::ACTIVE_DETACH),
            Call::AbandonCurrentProcess => self.abandon(world),
            Call::GetExitCode { code } => {
                self.current(world)?;
                self.write(world, *code, &mut out.code, STILL_ACTIVE).map(|_| S_FALSE)
            }
            Call::ExitDispatch => {
                let thread = self.origin.identity.thread;
                world.engines[self.engine].session.exits.insert(thread);
                world.wake_waits();
                Ok(S_OK)
            }
            Call::GetOutputMask { mask } => {
                let own = world.client_session(self.origin.client).mask;
                self.write(world, *mask, &mut out.mask, own.bits())
            }
            Call::SetOutputMask { mask } => {
                world.client_session(self.origin.client).mask = *mask;
                Ok(S_OK)
            }
            Call::FlushCallbacks => Ok(S_OK),
            Call::GetInterrupt => {
                let was_asked_for = std::mem::take(&mut world.engines[self.engine].session.interrupted);
                Ok(if was_asked_for.is_some() { S_OK } else { S_FALSE })
            }
            Call::SetInterrupt { flags } => self.interrupt(world, *flags),
            Call::GetDebuggeeType { class, qualifier } => {
                // OBS-241: the session has a type before its first event.
                let target = world.targets.of(self.engine).rfind(|target| target.phase != TargetPhase::Abandoned);
                let (own, kind) = target.map_or((0, 0), |target| {
                    let (class, qualifier) = debuggee_type(target.server.is_some());
                    (class.bits(), qualifier)
                });
                if class.is_null() {
                    return self.write(world, *class, &mut out.class, own);
                }
                self.write(world, *qualifier, &mut out.qualifier, kind).inspect(|_| out.class = Some(own))
            }
            Call::GetExecutionStatus { status } => {
                let own = world.debuggees(self.engine).status();
                self.write(world, *status, &mut out.status, own.bits())
            }
            Call::SetExecutionStatus { status } => self.set_status(world, *status),
            Call::GetEngineOptions { options } => {
                let own = world.engines[self.engine].session.options;
                self.write(world, *options, &mut out.options, own.bits())
            }
            Call::AddEngineOptions { options } => Ok(self.change_options(world, |own| own.union(*options))),
            Call::RemoveEngineOptions { options } => Ok(self.change_options(world, |own| own.difference(*options))),
            Call::SetEngineOptions { options } => Ok(self.change_options(world, |_| *options)),
            Call::Execute { output_control, command, flags } => {
                self.execute(world, (*output_control).into(), *command, *flags)
            }
            Call::GetNumberProcesses { number } => {
                let own = self.has_session(world)?.present;
                self.write(world, *number, &mut out.number, own)
            }
            Call::GetCurrentProcessSystemId { sys_id } => {
                let own = self.current(world)?.process;
                self.write(world, *sys_id, &mut out.sys_id, own)
            }
            Call::GetCurrentProcessId { id } => {
                let own = self.current(world)?.id;
                self.write(world, *id, &mut out.id, own)
            }
            Call::SetCurrentProcessId { id } => {
                world.targets.present(self.engine).iter().find(|target| target.id == *id).ok_or(E_NOINTERFACE)?;
                let session = &mut world.engines[self.engine].session;
                (session.current, session.timed_out) = (Some(*id), None);
                Ok(S_OK)
            }
            Call::GetProcessIdsByIndex { start, count, ids, sys_ids } => {
                self.has_session(world)?;
                let present = world.targets.present(self.engine);
                let code = index_code(*start, *count, present.len() as u32);
                if code.is_err() {
                    return Err(code);
                }
                let listed = || present.iter().skip(*start as usize).take(*count as usize);
                out.ids = pointer(*ids, &mut out.ids).map(|_| listed().map(|target| target.id).collect());
                out.sys_ids =
                    pointer(*sys_ids, &mut out.sys_ids).map(|_| listed().map(|target| target.process).collect());
                Ok(code)
            }
            Call::GetProcessIdBySystemId { sys_id, id } => {
                self.has_session(world)?;
                let present = world.targets.present(self.engine);
                let own = present.iter().find(|target| target.process == *sys_id).ok_or(E_NOINTERFACE)?.id;
                self.write(world, *id, &mut out.id, own)
            }
            _ => Err(E_NOTIMPL),
        }
    }

    fn write(&self, world: &mut World, pointed: Pointer, slot: &mut Option<u32>, value: u32) -> Answered {
        match pointer(pointed, slot) {
            Some(out) => {
                *out = Some(value);
                Ok(S_OK)
            }
            None => Err(self.null_pointer(world, &RealEngine::NotMeasured)),
        }
    }

    /// Returns the processes of the session, if there is one.
    fn has_session(&self, world: &World) -> Result<Debuggees, HRESULT> {
        let debuggees = world.debuggees(self.engine);
        if debuggees == Debuggees::default() { Err(E_UNEXPECTED) } else { Ok(debuggees) }
    }

    /// Returns the current process: the one that had the last event, or that was chosen since.
    fn current(&self, world: &mut World) -> Result<Target, HRESULT> {
        let session = &world.engines[self.engine].session;
        let present = world.targets.present(self.engine);
        let own = session.current.and_then(|id| present.iter().find(|target| target.id == id).or(present.first()));
        if let Some(current) = own {
            return Ok((*current).clone());
        }
        if let Some(earlier_call) = session.timed_out
            && world.debuggees(self.engine) != Debuggees::default()
        {
            let finding = self.finding(Misuse::TimedOutEvent, &RealEngine::Shown("returns E_UNEXPECTED", "OBS-242"));
            self.keep(world, FindingRecord { earlier_call, ..finding });
        }
        Err(E_UNEXPECTED)
    }

    /// Leaves all targets, as the end of a session with these flags does. Those that it had are counted until the next wait, and
    /// run meanwhile if they had broken in (OBS-242, OBS-245).
    fn leave_all(&self, world: &mut World, flags: EndSessionFlags) {
        let is_own = |target: &Target| target.engine == self.engine && target.phase != TargetPhase::Abandoned;
        let present = world.debuggees(self.engine).present;
        world.happen_to_targets(TargetEvent::SessionEnded(flags), |_, target| is_own(target));
        self.end_without_targets(world);
        let session = &mut world.engines[self.engine].session;
        (session.left, session.run) = (present, session.current.is_some());
    }

    fn leave_current(&self, world: &mut World, flags: EndSessionFlags) -> Answered {
        let current = self.current(world)?;
        let is_current = |target: &Target| target.is_same(&current);
        world.happen_to_targets(TargetEvent::SessionEnded(flags), |_, target| is_current(target));
        self.end_without_targets(world);
        Ok(S_OK)
    }

    /// REL-3: the process stays suspended, and has a debugger.
    fn abandon(&self, world: &mut World) -> Answered {
        let current = self.current(world)?;
        for target in world.targets.iter_mut().filter(|target| target.is_same(&current)) {
            target.phase = TargetPhase::Abandoned;
        }
        self.end_without_targets(world);
        Ok(S_OK)
    }

    /// A session lasts until no target is left (CLI-23).
    fn end_without_targets(&self, world: &mut World) {
        world.wake_waits();
        if world.debuggees(self.engine) == Debuggees::default() {
            self.close_session(world);
        }
    }

    fn interrupt(&self, world: &mut World, flags: InterruptFlags) -> Answered {
        if flags.name().is_none() {
            return Err(E_INVALIDARG);
        }
        self.has_session(world)?;
        world.engines[self.engine].session.interrupted = Some(flags);
        world.wake_waits();
        Ok(S_OK)
    }

    fn set_status(&self, world: &mut World, status: ExecutionStatus) -> Answered {
        self.current(world)?;
        let runs = match status {
            ExecutionStatus::BREAK => false,
            ExecutionStatus::GO | ExecutionStatus::GO_HANDLED | ExecutionStatus::GO_NOT_HANDLED => true,
            _ => return Err(E_NOTIMPL),
        };
        world.engines[self.engine].session.run = runs;
        self.tell(world, DebugEvent::ChangeEngineState { flags: CHANGED_STATUS, argument: status.bits().into() });
        Ok(S_OK)
    }

    fn change_options(&self, world: &mut World, change: impl FnOnce(EngineOptions) -> EngineOptions) -> HRESULT {
        self.replace_options(world, change);
        S_OK
    }

    /// Returns whether the options have changed.
    fn replace_options(&self, world: &mut World, change: impl FnOnce(EngineOptions) -> EngineOptions) -> bool {
        let own = &mut world.engines[self.engine].session.options;
        let before = std::mem::replace(own, change(*own));
        let after = *own;
        let changes = match before.symmetric_difference(after) {
            changed if changed.is_empty() => vec![],
            changed if !sets_filters(changed) => vec![CHANGED_OPTIONS],
            _ if world.profile.has(Behaviour::TellsOptionsAndFiltersApart) => vec![CHANGED_OPTIONS, CHANGED_FILTERS],
            _ => vec![CHANGED_OPTIONS | CHANGED_FILTERS],
        };
        for flags in changes {
            let argument = if flags == CHANGED_OPTIONS { after.bits() } else { ANY_FILTER };
            let argument = argument.into();
            self.tell(world, DebugEvent::ChangeEngineState { flags, argument });
        }
        before != after
    }

    /// Only `version` and the filters of events are simulated. Any other command says that it is not.
    fn execute(
        &self,
        world: &mut World,
        control: OutputControl,
        command: Option<&str>,
        flags: ExecuteFlags,
    ) -> Answered {
        let command = command.ok_or_else(|| self.null_pointer(world, &RealEngine::NotMeasured))?;
        if flags.contains(ExecuteFlags::ECHO) {
            world.print(self.engine, self.origin.client, control, OutputMask::NORMAL, &format!("{command}\n"));
        }
        if let Some(FilterCommand { index, option, breaks }) = FilterCommand::parse(command) {
            let has_changed = self.replace_options(world, |own| match breaks {
                Some(true) => own.union(option),
                Some(false) => own.difference(option),
                None => own,
            });
            if !has_changed {
                let argument = index.into();
                self.tell(world, DebugEvent::ChangeEngineState { flags: CHANGED_FILTERS, argument });
            }
            return Ok(S_OK);
        }
        let (mask, text) = match command.trim() {
            "" => return Ok(S_OK),
            "version" => {
                (OutputMask::NORMAL, format!("Debugger engine of dbgeng-testkit, profile {}\n", world.profile))
            }
            _ => (OutputMask::ERROR, format!("The mock engine does not execute {command:?}\n")),
        };
        world.print(self.engine, self.origin.client, control, mask, &text);
        Ok(S_OK)
    }

    pub(super) fn tell(&self, world: &mut World, event: DebugEvent) {
        world.tell(self.engine, self.origin.client, self.thread.id, &event);
    }

    pub(super) fn wait_for_event(&self, world: &mut World, flags: u32, timeout: u32) -> Reply {
        if flags != 0 {
            return Reply::Done(E_INVALIDARG);
        }
        // RET-13: a wait is running.
        if std::mem::replace(&mut world.engines[self.engine].session.is_waiting, true) {
            return Reply::Done(E_FAIL);
        }
        let reply = self.wait(world, timeout);
        self.end_event_wait(world, &reply);
        reply
    }

    /// Notes it if the wait is over.
    pub(super) fn end_event_wait(&self, world: &mut World, reply: &Reply) {
        if let Reply::Done(hresult) = reply {
            let session = &mut world.engines[self.engine].session;
            session.is_waiting = false;
            session.timed_out = (*hresult == S_FALSE).then_some(self.call_site);
            if session.timed_out.is_some() {
                (session.current, session.last_event, session.run) = (None, None, false);
            }
        }
    }

    /// Returns what ends a WaitForEvent now.
    pub(super) fn event(&self, world: &mut World) -> Option<HRESULT> {
        if std::mem::take(&mut world.engines[self.engine].session.left) > 0 {
            self.end_without_targets(world);
        }
        let session = &mut world.engines[self.engine].session;
        let interrupted = session.interrupted.take_if(|flags| *flags != InterruptFlags::PASSIVE);
        if interrupted == Some(InterruptFlags::EXIT) {
            return Some(E_PENDING);
        }
        let is_asked = std::mem::take(&mut session.asked_to_break) || interrupted.is_some();
        let has_run_on = std::mem::take(&mut session.has_run_on);
        let breaks = self.first_event(world) || is_asked || (has_run_on && self.would_not_end(world));
        let only_observes =
            || world.targets.present(self.engine).iter().all(|target| target.attachment == Attachment::Observer);
        if !breaks && world.debuggees(self.engine).pending == 0 && only_observes() {
            // OBS-240: no process could have an event, and the session ends.
            self.leave_all(world, EndSessionFlags::ACTIVE_DETACH);
            world.engines[self.engine].session.left = 0;
        }
        if self.has_session(world).is_err() {
            return Some(E_UNEXPECTED);
        }
        if !breaks {
            return None;
        }
        let last = world.targets.present(self.engine).last().map(|target| target.id);
        let session = &mut world.engines[self.engine].session;
        session.run = false;
        session.current = session.current.or(last);
        session.last_event = session.current;
        let argument = ExecutionStatus::BREAK.bits().into();
        self.tell(world, DebugEvent::ChangeEngineState { flags: CHANGED_STATUS, argument });
        Some(S_OK)
    }

    /// Whether an infinite wait has had its first event, and nothing has broken in. The mock breaks in then and notes it, so
    /// that a tool goes on.
    fn would_not_end(&self, world: &mut World) -> bool {
        let is_infinite = matches!(self.call, Call::WaitForEvent { timeout: u32::MAX, .. });
        if is_infinite {
            let real_engine = &RealEngine::Shown("waits until something breaks in, without INITIAL_BREAK", "OBS-240");
            self.note(world, Misuse::EndlessWait, None, real_engine);
        }
        is_infinite
    }
}

impl World {
    /// Returns the processes that an engine debugs.
    pub(crate) fn debuggees(&self, engine: EngineId) -> Debuggees {
        let count = |phase| self.targets.of(engine).filter(|target| target.phase == phase).count();
        let count = |phase| u32::try_from(count(phase)).unwrap_or(u32::MAX);
        let present = count(TargetPhase::Present) + self.engines[engine].session.left;
        Debuggees {
            pending: count(TargetPhase::Pending),
            present,
            run: present > 0 && self.engines[engine].session.run,
        }
    }
}
