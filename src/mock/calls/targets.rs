//! Attach, create and the end of a session. A target is complete only with its first event (ATT-3), which is outside the
//! surface. So all that an attach does here is that a session debugs the process until one of them ends.

use super::request::Request;
use crate::call::{is_debug, is_sound};
use crate::flags::{AttachFlags, CreateProcessOptions, EndSessionFlags, EngCreateFlags};
use crate::hresult::{E_INVALIDARG, ERROR_FILE_NOT_FOUND, HRESULT, S_OK, STATUS_PORT_NOT_SET};
use crate::mock::world::{ComputerId, Misuse, RealEngine, TargetId, World};
use crate::process::program;
use crate::state::Use;

/// The options, with the size that came with them.
pub(super) type SizedOptions<'a> = (Option<&'a CreateProcessOptions>, u32);

impl Request<'_> {
    pub(super) fn attach(&self, world: &mut World, handle: u64, process: u32, flags: AttachFlags) -> HRESULT {
        // OBS-59: before any server is asked.
        if !flags.is_legal_combination() {
            return E_INVALIDARG;
        }
        match self.served_computer(world, Use::Target, handle) {
            Ok(computer) => {
                let attached = self.attach_on(world, computer, process, flags);
                let is_invasive = !flags.contains(AttachFlags::NONINVASIVE);
                self.begin_to_debug(world, handle, attached, computer, is_invasive.then_some(process))
            }
            Err(refused) => refused,
        }
    }

    /// If the call has begun to debug, the session of the thread keeps the connection open too, and debugs these processes.
    fn begin_to_debug(
        &self,
        world: &mut World,
        handle: u64,
        begun: HRESULT,
        computer: ComputerId,
        processes: impl IntoIterator<Item = u32>,
    ) -> HRESULT {
        if begun.is_ok() {
            self.join_session(world, handle);
            let targets = processes.into_iter().map(|process| TargetId { computer, process });
            world.engines[self.engine].sessions.begin(self.thread.id, targets);
        }
        begun
    }

    pub(super) fn end_session(&self, world: &mut World, flags: EndSessionFlags) -> HRESULT {
        let is_disconnect = flags == EndSessionFlags::DISCONNECT;
        // OBS-206: the real engine takes no other value, and DISCONNECT not from a local client.
        if flags.name().is_none() || (is_disconnect && !world.is_contract()) {
            return E_INVALIDARG;
        }
        if !world.is_contract() {
            world.engines[self.engine].end_session(self.thread.id);
        }
        if is_disconnect {
            world.clients[self.client].is_disabled = true;
        } else if flags != EndSessionFlags::REENTRANT {
            self.end_targets(world, flags);
        }
        S_OK
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

    fn attach_on(&self, world: &World, computer: ComputerId, process: u32, flags: AttachFlags) -> HRESULT {
        let is_there = world.computers[computer].processes.get(process).is_some();
        match flags {
            _ if flags.contains(AttachFlags::NONINVASIVE) => S_OK,
            _ if !is_there => E_INVALIDARG,
            // No debugger of the lab has left such a target.
            _ if flags.contains(AttachFlags::EXISTING) => STATUS_PORT_NOT_SET,
            _ => S_OK,
        }
    }

    pub(super) fn create(
        &self,
        world: &mut World,
        handle: u64,
        line: Option<&str>,
        options: SizedOptions<'_>,
        directory: Option<&str>,
    ) -> HRESULT {
        let (options, line) = match (self.check(world, options), line) {
            (Err(refused), _) => return refused,
            (Ok(_), None) => return self.null_pointer(world, RealEngine::does("crashes")),
            (Ok(options), Some(line)) => (options, line),
        };
        let computer = match self.served_computer(world, Use::Target, handle) {
            Ok(_) if takes_implicit_line(&options) => return E_INVALIDARG,
            Ok(computer) => computer,
            Err(refused) => return refused,
        };
        match self.run(world, computer, line, directory) {
            Ok(id) if is_debug(options.create_flags) => self.begin_to_debug(world, handle, S_OK, computer, [id]),
            Ok(_) => S_OK,
            Err(refused) => refused,
        }
    }

    pub(super) fn create_and_attach(
        &self,
        world: &mut World,
        handle: u64,
        line: Option<&str>,
        options: SizedOptions<'_>,
        directory: Option<&str>,
        (process, flags): (u32, AttachFlags),
    ) -> HRESULT {
        let options = match self.check(world, options) {
            Ok(options) => options,
            Err(refused) => return refused,
        };
        if (line.is_none() && process == 0) || !flags.is_legal_combination() {
            return E_INVALIDARG;
        }
        let computer = match self.served_computer(world, Use::Target, handle) {
            // OBS-207: a process to attach to has to be created with a debug flag.
            Ok(_) if line.is_some() && !is_debug(options.create_flags) => return E_INVALIDARG,
            Ok(_) if takes_implicit_line(&options) => return E_INVALIDARG,
            Ok(computer) => computer,
            Err(refused) => return refused,
        };
        let created = match line.map(|line| self.run(world, computer, line, directory)).transpose() {
            Ok(created) => created,
            Err(refused) => return refused,
        };
        // The new process stays even if the attach fails (OBS-207).
        let begun = if process == 0 { S_OK } else { self.attach_on(world, computer, process, flags) };
        let is_attached = process != 0 && !flags.contains(AttachFlags::NONINVASIVE);
        let debugged = created.into_iter().chain(is_attached.then_some(process));
        self.begin_to_debug(world, handle, begun, computer, debugged)
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
            self.note_cut_off(world, program(line));
        }
        run
    }

    /// Checks the options before any server is asked (OBS-61).
    fn check(&self, world: &mut World, options: SizedOptions<'_>) -> Result<CreateProcessOptions, HRESULT> {
        match options {
            (options, size) if is_sound(options, size) => Ok(options.copied().unwrap_or_default()),
            (None, CreateProcessOptions::SIZE) => Err(self.null_pointer(world, RealEngine::does("crashes"))),
            _ => Err(E_INVALIDARG),
        }
    }
}

/// Whether the command line is to be the implicit one. The lab has none (K-52).
fn takes_implicit_line(options: &CreateProcessOptions) -> bool {
    options.eng_create_flags.contains(EngCreateFlags::USE_IMPLICIT_COMMAND_LINE)
}
