//! Attach, create and the end of a session. A target is complete only with its first event (ATT-3), which is outside the
//! surface. So all that an attach does here is that a session debugs the process until one of them ends.

use super::request::{Answered, Request};
use crate::call::CreateProcess2;
use crate::flags::{AttachFlags, CreateProcessOptions, EndSessionFlags};
use crate::hresult::{E_INVALIDARG, E_NOTIMPL, ERROR_FILE_NOT_FOUND, HRESULT, S_OK, STATUS_PORT_NOT_SET};
use crate::mock::world::{ComputerId, Misuse, RealEngine, TargetId, World};
use crate::process::command_line;
use crate::state::Use;

impl Request<'_> {
    pub(super) fn attach(&self, world: &mut World, handle: u64, process: u32, flags: AttachFlags) -> Answered {
        // OBS-59: before any server is asked.
        if !flags.is_legal_combination() {
            return Err(E_INVALIDARG);
        }
        let computer = self.served_computer(world, Use::Target, handle)?;
        attach_on(world, computer, process, flags)?;
        let is_invasive = !flags.contains(AttachFlags::NONINVASIVE);
        self.begin_to_debug(world, handle, computer, is_invasive.then_some(process))
    }

    /// The session of the thread keeps the connection open too, and debugs these processes.
    fn begin_to_debug(
        &self,
        world: &mut World,
        handle: u64,
        computer: ComputerId,
        processes: impl IntoIterator<Item = u32>,
    ) -> Answered {
        self.join_session(world, handle);
        let targets = processes.into_iter().map(|process| TargetId { computer, process });
        world.engines[self.engine].sessions.begin(self.thread.id, targets);
        Ok(S_OK)
    }

    pub(super) fn end_session(&self, world: &mut World, flags: EndSessionFlags) -> Answered {
        let is_disconnect = flags == EndSessionFlags::DISCONNECT;
        // OBS-206: the real engine takes no other value, and DISCONNECT not from a local client.
        if flags.name().is_none() || (is_disconnect && !world.is_contract()) {
            return Err(E_INVALIDARG);
        }
        if !world.is_contract() {
            world.engines[self.engine].end_session(self.thread.id);
        }
        if is_disconnect {
            world.clients[self.client].is_disabled = true;
        } else if flags != EndSessionFlags::REENTRANT {
            self.end_targets(world, flags);
        }
        Ok(S_OK)
    }

    /// Ends the processes that the session of this thread debugs, unless it detaches from them.
    fn end_targets(&self, world: &mut World, flags: EndSessionFlags) {
        let mut targets = world.engines[self.engine].sessions.take_targets(self.thread.id);
        // A process that has ended by itself needs no end.
        targets.retain(|target| world.computers[target.computer].processes.get(target.process).is_some());
        if flags == EndSessionFlags::ACTIVE_DETACH || targets.is_empty() {
            return;
        }
        if flags == EndSessionFlags::PASSIVE {
            // WILD-9: the caller may not intend it, but the system ends targets with their debugger.
            let real_engine = RealEngine::does("ends them, as the system does when a debugger leaves").source("WILD-9");
            self.note(world, Misuse::EndsTargets, None, None, real_engine);
        }
        for TargetId { computer, process } in targets {
            world.end_process(computer, process);
        }
    }

    pub(super) fn create(&self, world: &mut World, create: &CreateProcess2<&str>) -> Answered {
        self.check(world, create)?;
        let line = create.command_line.ok_or_else(|| self.null_pointer(world, RealEngine::does("crashes")))?;
        let computer = self.served_computer(world, Use::Target, create.server)?;
        // The lab has no implicit command line (K-52).
        if create.takes_implicit_line() {
            return Err(E_INVALIDARG);
        }
        if create.passes_flagged_environment() && !world.is_contract() {
            return Err(E_NOTIMPL);
        }
        let id = self.run(world, computer, line, create.initial_directory)?;
        if create.debugs() { self.begin_to_debug(world, create.server, computer, [id]) } else { Ok(S_OK) }
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
        // OBS-207: a process to attach to has to be created with a debug flag. OBS-214: without a line, the call only
        // attaches.
        if line.is_some() && (!create.debugs() || create.takes_implicit_line()) {
            return Err(E_INVALIDARG);
        }
        if create.passes_flagged_environment() && !world.is_contract() {
            return Err(E_NOTIMPL);
        }
        let created = line.map(|line| self.run(world, computer, line, create.initial_directory)).transpose()?;
        // The new process stays even if the attach fails (OBS-207).
        if process != 0 {
            attach_on(world, computer, process, flags)?;
        }
        let is_attached = process != 0 && !flags.contains(AttachFlags::NONINVASIVE);
        let debugged = created.into_iter().chain(is_attached.then_some(process));
        self.begin_to_debug(world, create.server, computer, debugged)
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
        if run == Err(ERROR_FILE_NOT_FOUND) {
            command_line::names(line).into_iter().flatten().for_each(|name| self.note_cut_off(world, name));
        }
        run
    }

    /// Checks the options before any server is asked (OBS-61).
    fn check(&self, world: &mut World, create: &CreateProcess2<&str>) -> Result<(), HRESULT> {
        match (create.options, create.options_buffer_size) {
            _ if create.is_sound() => Ok(()),
            (None, CreateProcessOptions::SIZE) => Err(self.null_pointer(world, RealEngine::does("crashes"))),
            _ => Err(E_INVALIDARG),
        }
    }
}

fn attach_on(world: &World, computer: ComputerId, process: u32, flags: AttachFlags) -> Result<(), HRESULT> {
    let is_there = world.computers[computer].processes.get(process).is_some();
    match flags {
        _ if flags.contains(AttachFlags::NONINVASIVE) => Ok(()),
        _ if !is_there => Err(E_INVALIDARG),
        // No debugger of the lab has left such a target.
        _ if flags.contains(AttachFlags::EXISTING) => Err(STATUS_PORT_NOT_SET),
        _ => Ok(()),
    }
}
