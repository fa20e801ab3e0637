//! Attach and create. A target is complete only with its first event (ATT-3), which is outside the surface: here an
//! attach leaves no trace, and a create leaves a process.

use super::entered::Entered;
use crate::call::{is_debug, is_sound};
use crate::flags::{AttachFlags, CreateProcessOptions, EngCreateFlags};
use crate::hresult::{E_INVALIDARG, HRESULT, S_OK, STATUS_PORT_NOT_SET};
use crate::state::Use;

/// The options, with the size that came with them.
pub(super) type Options<'a> = (Option<&'a CreateProcessOptions>, u32);

impl Entered<'_> {
    pub(super) fn attach(mut self, handle: u64, process: u32, flags: AttachFlags) -> HRESULT {
        // OBS-59: before any server is asked.
        if !flags.is_legal_combination() {
            return E_INVALIDARG;
        }
        match self.served_computer(Use::Target, handle) {
            Ok(computer) => {
                let attached = self.attach_on(computer, process, flags);
                self.joins(handle, attached)
            }
            Err(refused) => refused,
        }
    }

    /// A session of the thread holds the connection too, if what it began to debug is there.
    fn joins(&mut self, handle: u64, begun: HRESULT) -> HRESULT {
        if begun.is_ok() {
            self.join(handle);
        }
        begun
    }

    fn attach_on(&self, computer: usize, process: u32, flags: AttachFlags) -> HRESULT {
        let is_there = self.state.computers[computer].processes.iter().any(|known| known.id == process);
        match flags {
            _ if flags.contains(AttachFlags::NONINVASIVE) => S_OK,
            _ if !is_there => E_INVALIDARG,
            // Nothing debugs the process, so there is nothing to attach to again.
            _ if flags.contains(AttachFlags::EXISTING) => STATUS_PORT_NOT_SET,
            _ => S_OK,
        }
    }

    pub(super) fn create(
        mut self,
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
        let created = self.state.computers[computer].create(line, directory);
        if is_debug(options.create_flags) { self.joins(handle, created) } else { created }
    }

    pub(super) fn create_and_attach(
        mut self,
        handle: u64,
        line: Option<&str>,
        options: Options<'_>,
        directory: Option<&str>,
        process: u32,
        flags: AttachFlags,
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
        let created = line.map_or(S_OK, |line| self.state.computers[computer].create(line, directory));
        // The new process stays, also where the attach fails (measured).
        let begun = if created.is_ok() && process != 0 { self.attach_on(computer, process, flags) } else { created };
        self.joins(handle, begun)
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
