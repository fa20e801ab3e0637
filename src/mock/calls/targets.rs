//! Attach, create and the end of a session. A target is complete only with its first event (ATT-3), which WaitForEvent
//! reports.

use super::request::{Answered, Request};
use crate::call::CreateProcess2;
use crate::flags::{AttachFlags, CreateProcessOptions, EndSessionFlags};
use crate::hresult::{E_INVALIDARG, E_NOTIMPL, E_UNEXPECTED, ERROR_FILE_NOT_FOUND, HRESULT, S_OK};
use crate::mock::world::{ComputerId, EngineState, FindingRecord, Misuse, RealEngine, Target, TargetPhase, World};
use crate::process::command_line;
use crate::spec::Requirement;
use crate::state::{Attachment, Debugging, TargetEvent, Use};

impl Request<'_> {
    pub(super) fn attach(&self, world: &mut World, handle: u64, process: u32, flags: AttachFlags) -> Answered {
        // OBS-59: before any server is asked.
        if !flags.is_legal_combination() {
            return Err(E_INVALIDARG);
        }
        let computer = self.served_computer(world, Use::Target, handle)?;
        self.note_ambiguous_match(world, computer, process);
        self.try_to_debug(world, handle);
        if self.is_own_process(world, computer, process) {
            self.attach_to_itself(world, handle, flags)?;
        }
        let attachment = self.attach_to(world, handle, computer, process, flags)?;
        self.begin_to_debug(world, handle, computer, [(process, attachment, Some(flags))]);
        Ok(S_OK)
    }

    /// Notes an attach to a process that a look-up has found as one of several.
    fn note_ambiguous_match(&self, world: &mut World, computer: ComputerId, process: u32) {
        if let Some(earlier_call) = world.ambiguous.take(self.engine, computer, process) {
            let real_engine = &RealEngine::Shown("attaches to the first of them", "OBS-62");
            let process_id = Some(process);
            let finding = self.finding(Misuse::AmbiguousMatch, real_engine);
            self.keep(world, FindingRecord { process_id, earlier_call, ..finding });
        }
    }

    fn is_own_process(&self, world: &World, computer: ComputerId, process: u32) -> bool {
        let engine = &world.engines[self.engine];
        engine.computer == computer && engine.process_id == Some(process)
    }

    /// Refuses an attach of the engine to its own process, unless the process runs on.
    fn attach_to_itself(&self, world: &mut World, handle: u64, flags: AttachFlags) -> Result<(), HRESULT> {
        match handle {
            _ if flags.contains(AttachFlags::NONINVASIVE_NO_SUSPEND) => Ok(()),
            // OBS-72.
            0 => Err(E_INVALIDARG),
            _ if flags.contains(AttachFlags::NONINVASIVE) => Ok(()),
            _ => Err(self.freeze(world)),
        }
    }

    /// Notes that the process of the engine does not run. Returns the code in place of a call that never returns.
    pub(super) fn freeze(self, world: &mut World) -> HRESULT {
        let real_engine = &RealEngine::Shown("does not return", "OBS-233");
        self.note(world, Misuse::FrozenProcess, None, real_engine);
        E_UNEXPECTED
    }

    /// Asks the system to attach to a process. Returns how the engine attaches to it.
    fn attach_to(
        &self,
        world: &mut World,
        handle: u64,
        computer: ComputerId,
        process: u32,
        flags: AttachFlags,
    ) -> Result<Attachment, HRESULT> {
        let is_there = world.computers[computer].processes.get(process).is_some();
        // OBS-59: a noninvasive attach does not ask for the process.
        if !is_there && !flags.contains(AttachFlags::NONINVASIVE) {
            return Err(E_INVALIDARG);
        }
        let EngineState { handles, session, .. } = &world.engines[self.engine];
        let connection = handles.open_slot(handle);
        let debugging = connection.and_then(|slot| handles.get(slot)).map_or(session.local, |open| open.debugging);
        // OBS-211: an engine that debugs something joins no other debugger by the same way.
        let joins = flags.contains(AttachFlags::EXISTING) && !world.is_contract();
        if joins && debugging == Debugging::Begun {
            return Err(E_UNEXPECTED);
        }
        let attached = Attachment::of(flags, world.targets.debugger_of(computer, process, self.engine, connection));
        self.has_asked_to_debug(world, handle, Attachment::asked_for(flags), attached.is_ok());
        attached
    }

    /// The session of the engine debugs these processes, and uses the connection for it.
    fn begin_to_debug(
        &self,
        world: &mut World,
        handle: u64,
        computer: ComputerId,
        processes: impl IntoIterator<Item = (u32, Attachment, Option<AttachFlags>)>,
    ) {
        self.join_session(world, handle);
        let handles = &world.engines[self.engine].handles;
        let connection = handles.open_slot(handle);
        let server = connection.and_then(|slot| handles.get(slot)).map(|open| open.server);
        for (process, attachment, attach_flags) in processes {
            if world.computers[computer].processes.get(process).is_none() {
                continue;
            }
            world.targets.add(Target {
                computer,
                process,
                engine: self.engine,
                attachment,
                server,
                connection,
                method: self.call.method(),
                attach_flags,
                thread: self.thread_number,
                call_site: self.call_site,
                phase: TargetPhase::Pending,
                id: 0,
            });
        }
    }

    pub(super) fn end_session(&self, world: &mut World, flags: EndSessionFlags) -> Answered {
        // OBS-206. To disconnect is for the client objects of remote engines (CLI-20), which the lab does not have.
        if flags.name().is_none() || flags == EndSessionFlags::DISCONNECT {
            return Err(E_INVALIDARG);
        }
        if !flags.ends_the_session() {
            return Ok(S_OK);
        }
        if world.engines[self.engine].session.has_lost_connection && !world.is_contract() {
            let real_engine = &RealEngine::Shown("crashes", "OBS-71");
            self.note(world, Misuse::LostConnection, Some(Requirement::CallReturns), real_engine);
            return Err(E_UNEXPECTED);
        }
        let is_own = |_: &World, target: &Target| target.engine == self.engine;
        for ended in world.happen_to_targets(TargetEvent::SessionEnded(flags), is_own) {
            self.note_ended_target(world, &ended, flags);
        }
        self.close_session(world);
        Ok(S_OK)
    }

    /// Notes that the end of a session has ended a process, unless the engine has created it.
    fn note_ended_target(&self, world: &mut World, ended: &Target, flags: EndSessionFlags) {
        let real_engine = match flags {
            // The caller may not intend it, but the system ends targets with their debugger.
            EndSessionFlags::PASSIVE => {
                &RealEngine::Shown("ends it, as the system does when a debugger leaves", "WILD-9")
            }
            EndSessionFlags::ACTIVE_TERMINATE => &RealEngine::Shown("terminates it", "CLI-20"),
            // OBS-85: not the doing of the caller.
            _ => return,
        };
        let is_created = world.engines[self.engine].created.contains(&(ended.computer, ended.process));
        if ended.attach_flags.is_none() || is_created {
            return;
        }
        let finding = FindingRecord {
            process_id: Some(ended.process),
            attach_flags: ended.attach_flags,
            server: ended.server,
            earlier_call: ended.call_site,
            ..self.finding(Misuse::EndsTargets, real_engine)
        };
        self.keep(world, finding);
    }

    /// The session gives up the connections that it uses.
    pub(super) fn close_session(&self, world: &mut World) {
        for kept in world.engines[self.engine].kept_connections(self.thread.id) {
            let real_engine = &RealEngine::Shown("keeps the connection open after one disconnect", "OBS-231");
            self.note_handle(world, Misuse::DetachOnOtherThread, None, kept, real_engine);
        }
        for slot in world.engines[self.engine].end_session(self.thread.id, self.call_site) {
            world.connection_closed(self.engine, slot);
        }
    }

    pub(super) fn create(&self, world: &mut World, create: &CreateProcess2<&str>) -> Answered {
        self.check(world, create)?;
        let line = create.command_line.ok_or_else(|| self.null_pointer(world, &RealEngine::Does("crashes")))?;
        let computer = self.served_computer(world, Use::Target, create.server)?;
        let is_implicit = create.takes_implicit_line();
        if create.debugs() {
            self.try_to_debug(world, create.server);
        }
        if !is_implicit && create.passes_flagged_environment() && !world.is_contract() {
            return Err(E_NOTIMPL);
        }
        // The lab has no implicit command line (K-52).
        if is_implicit {
            return Err(E_INVALIDARG);
        }
        let run = self.run(world, computer, line, create.initial_directory);
        if create.debugs() {
            self.has_asked_to_debug(world, create.server, Attachment::Debugger, run.is_ok());
        }
        let id = run?;
        if create.debugs() {
            self.begin_to_debug(world, create.server, computer, [(id, Attachment::Debugger, None)]);
        }
        Ok(S_OK)
    }

    pub(super) fn create_and_attach(
        &self,
        world: &mut World,
        create: &CreateProcess2<&str>,
        process: u32,
        flags: AttachFlags,
    ) -> Answered {
        self.check(world, create)?;
        let line = create.command_line;
        if (line.is_none() && process == 0) || !flags.is_legal_combination() {
            return Err(E_INVALIDARG);
        }
        let computer = self.served_computer(world, Use::Target, create.server)?;
        self.note_ambiguous_match(world, computer, process);
        // OBS-207: a process to attach to has to be created with a debug flag. OBS-214: without a line, the call only
        // attaches.
        if line.is_some() && (!create.debugs() || create.takes_implicit_line()) {
            self.try_to_debug(world, create.server);
            return Err(E_INVALIDARG);
        }
        self.try_to_debug(world, create.server);
        if create.passes_flagged_environment() && !world.is_contract() {
            return Err(E_NOTIMPL);
        }
        if process != 0 && self.is_own_process(world, computer, process) {
            self.attach_to_itself(world, create.server, flags)?;
        }
        let created = line.map(|line| self.run(world, computer, line, create.initial_directory));
        let attached = match (&created, process) {
            (Some(Err(_)), _) | (_, 0) => Ok(None),
            // The new process stays even if the attach fails (OBS-207).
            _ => self.attach_to(world, create.server, computer, process, flags).map(Some),
        };
        if let Some(created) = &created {
            let succeeded = created.is_ok() && attached.is_ok();
            self.has_asked_to_debug(world, create.server, Attachment::Debugger, succeeded);
        }
        let created = created.transpose()?.map(|id| (id, Attachment::Debugger, None));
        let attached = attached?.map(|attachment| (process, attachment, Some(flags)));
        self.begin_to_debug(world, create.server, computer, created.into_iter().chain(attached));
        Ok(S_OK)
    }

    /// Runs the program that a command line names. Returns the id of its process.
    fn run(
        &self,
        world: &mut World,
        computer: ComputerId,
        line: &str,
        directory: Option<&str>,
    ) -> Result<u32, HRESULT> {
        let run = world.computers[computer].create(line, directory);
        if let Ok(process) = run {
            world.engines[self.engine].created.insert((computer, process));
        }
        if run == Err(ERROR_FILE_NOT_FOUND) {
            command_line::names(line).into_iter().flatten().for_each(|name| self.note_cut_off(world, name));
        }
        run
    }

    /// Checks the options before any server is asked (OBS-61).
    fn check(&self, world: &mut World, create: &CreateProcess2<&str>) -> Result<(), HRESULT> {
        match (create.options, create.options_buffer_size) {
            _ if create.is_sound() => Ok(()),
            (None, CreateProcessOptions::SIZE) => Err(self.null_pointer(world, &RealEngine::Does("crashes"))),
            _ => Err(E_INVALIDARG),
        }
    }
}
