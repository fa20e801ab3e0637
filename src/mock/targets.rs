//! Attach and create. A target is complete only with its first event (ATT-3), which is outside the surface: what is left
//! here of an attach is that a session debugs the process, until it ends.

use super::entered::Entered;
use super::finding::Misuse;
use super::state::DebuggedProcess;
use crate::call::{is_debug, is_sound};
use crate::flags::{AttachFlags, CreateProcessOptions, EndSessionFlags, EngCreateFlags};
use crate::hresult::{E_INVALIDARG, ERROR_FILE_NOT_FOUND, HRESULT, S_OK, STATUS_PORT_NOT_SET};
use crate::process::program;
use crate::state::Use;

/// The options, with the size that came with them.
pub(super) type Options<'a> = (Option<&'a CreateProcessOptions>, u32);

impl Entered<'_> {
    pub(super) fn attach(&mut self, handle: u64, process: u32, flags: AttachFlags) -> HRESULT {
        // OBS-59: before any server is asked.
        if !flags.is_legal_combination() {
            return E_INVALIDARG;
        }
        match self.served_computer(Use::Target, handle) {
            Ok(computer) => {
                let attached = self.attach_on(computer, process, flags);
                let is_invasive = !flags.contains(AttachFlags::NONINVASIVE);
                self.begins_to_debug(handle, attached, computer, is_invasive.then_some(process))
            }
            Err(refused) => refused,
        }
    }

    /// If what was begun is there, the session of the thread holds the connection too, and debugs these processes.
    fn begins_to_debug(
        &mut self,
        handle: u64,
        begun: HRESULT,
        computer: usize,
        processes: impl IntoIterator<Item = u32>,
    ) -> HRESULT {
        if begun.is_ok() {
            self.join(handle);
            let Entered { engine, thread, .. } = *self;
            let targets = processes.into_iter().map(|id| DebuggedProcess { engine, thread, computer, id });
            self.state.targets.extend(targets);
        }
        begun
    }

    /// The session of this thread ends, and what it debugs with it, unless it is detached from.
    pub(super) fn session_ends(&mut self, flags: EndSessionFlags) {
        if !self.is_contract() {
            self.state.engines[self.engine].handles.end_session(self.thread);
        }
        if flags == EndSessionFlags::DISCONNECT || flags == EndSessionFlags::REENTRANT {
            return;
        }
        let Entered { engine, thread, .. } = *self;
        let [first, last] =
            [(0, 0), (usize::MAX, u32::MAX)].map(|(computer, id)| DebuggedProcess { engine, thread, computer, id });
        let own: Vec<DebuggedProcess> = self.state.targets.range(first..=last).copied().collect();
        for target in &own {
            self.state.targets.remove(target);
        }
        // What has ended by itself needs no end.
        let is_there =
            |target: &DebuggedProcess| self.state.computers[target.computer].processes.get(target.id).is_some();
        let targets: Vec<DebuggedProcess> = own.into_iter().filter(is_there).collect();
        if flags == EndSessionFlags::ACTIVE_DETACH || targets.is_empty() {
            return;
        }
        if flags == EndSessionFlags::PASSIVE {
            // WILD-9: nobody asked for that, but the system ends what is debugged with its debugger.
            self.note(Misuse::EndsTargets, None, None, "ends them, as the system does when a debugger leaves (WILD-9)");
        }
        for DebuggedProcess { computer, id, .. } in targets {
            self.state.end_process(computer, id);
        }
    }

    fn attach_on(&self, computer: usize, process: u32, flags: AttachFlags) -> HRESULT {
        let is_there = self.state.computers[computer].processes.get(process).is_some();
        match flags {
            _ if flags.contains(AttachFlags::NONINVASIVE) => S_OK,
            _ if !is_there => E_INVALIDARG,
            // A debugger that left its targets behind is outside the lab.
            _ if flags.contains(AttachFlags::EXISTING) => STATUS_PORT_NOT_SET,
            _ => S_OK,
        }
    }

    pub(super) fn create(
        &mut self,
        handle: u64,
        line: Option<&str>,
        options: Options<'_>,
        directory: Option<&str>,
    ) -> HRESULT {
        let (options, line) = match (self.check(options), line) {
            (Err(refused), _) => return refused,
            (Ok(_), None) => return self.null_pointer("goes down"),
            (Ok(options), Some(line)) => (options, line),
        };
        let computer = match self.served_computer(Use::Target, handle) {
            Ok(_) if takes_implicit_line(&options) => return E_INVALIDARG,
            Ok(computer) => computer,
            Err(refused) => return refused,
        };
        match self.run(computer, line, directory) {
            Ok(id) if is_debug(options.create_flags) => self.begins_to_debug(handle, S_OK, computer, [id]),
            Ok(_) => S_OK,
            Err(refused) => refused,
        }
    }

    pub(super) fn create_and_attach(
        &mut self,
        handle: u64,
        line: Option<&str>,
        options: Options<'_>,
        directory: Option<&str>,
        (process, flags): (u32, AttachFlags),
    ) -> HRESULT {
        let options = match self.check(options) {
            Ok(options) => options,
            Err(refused) => return refused,
        };
        if (line.is_none() && process == 0) || !flags.is_legal_combination() {
            return E_INVALIDARG;
        }
        let computer = match self.served_computer(Use::Target, handle) {
            // Measured beside OBS-60: what is to be attached to has to be created for it.
            Ok(_) if line.is_some() && !is_debug(options.create_flags) => return E_INVALIDARG,
            Ok(_) if takes_implicit_line(&options) => return E_INVALIDARG,
            Ok(computer) => computer,
            Err(refused) => return refused,
        };
        let created = match line.map(|line| self.run(computer, line, directory)).transpose() {
            Ok(created) => created,
            Err(refused) => return refused,
        };
        // The new process stays, also where the attach fails (measured).
        let begun = if process == 0 { S_OK } else { self.attach_on(computer, process, flags) };
        let is_attached = process != 0 && !flags.contains(AttachFlags::NONINVASIVE);
        let debugged = created.into_iter().chain(is_attached.then_some(process));
        self.begins_to_debug(handle, begun, computer, debugged)
    }

    /// Runs the program that a command line names; answers the id of its process.
    fn run(&mut self, computer: usize, line: &str, directory: Option<&str>) -> Result<u32, HRESULT> {
        let run = self.state.computers[computer].create(line, directory);
        if run == Err(ERROR_FILE_NOT_FOUND) {
            self.note_cut_off(program(line));
        }
        run
    }

    /// OBS-61, before any server is asked.
    fn check(&mut self, options: Options<'_>) -> Result<CreateProcessOptions, HRESULT> {
        match options {
            (options, size) if is_sound(options, size) => Ok(options.copied().unwrap_or_default()),
            (None, CreateProcessOptions::SIZE) => Err(self.null_pointer("goes down")),
            _ => Err(E_INVALIDARG),
        }
    }
}

/// K-52: no implicit command line was set.
fn takes_implicit_line(options: &CreateProcessOptions) -> bool {
    options.eng_create_flags.contains(EngCreateFlags::USE_IMPLICIT_COMMAND_LINE)
}
