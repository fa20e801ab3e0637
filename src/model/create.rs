//! Clauses for targets: attach and create.

use super::Model;
use super::expected::{ClauseSink, Expected};
use super::handle_clauses::has_null_pointer;
use super::world::KnownProcess;
use crate::call::{Call, Caller, is_debug};
use crate::flags::{AttachFlags, CreateFlags};
use crate::hresult::{E_INVALIDARG, ERROR_DIRECTORY, ERROR_FILE_NOT_FOUND};
use crate::process::program;
use crate::profile::Profile;
use crate::spec::Requirement;
use crate::status::Statuses;

impl Model {
    pub(super) fn target_clauses<'m>(&'m self, by: Caller, call: &'m Call, sink: ClauseSink<'_, 'm>) {
        let refused = self.relaxed(by, Statuses::ERROR);
        match call {
            Call::AttachProcess { server, process_id, attach_flags } => {
                self.attach_clauses(by, *server, *process_id, *attach_flags, sink);
            }
            Call::CreateProcessAndAttach { command_line: None, process_id: 0, .. } => {
                sink(Requirement::CreateNothingToDoIsRefused, Expected::Ending(refused));
                self.invalid(by, sink);
            }
            _ if has_null_pointer(call) => self.null_pointer_clause(by, sink),
            Call::CreateProcessAndAttach2 { create, process_id: 0, .. } if create.command_line.is_none() => {
                let invalid = self.relaxed(by, Statuses::code(E_INVALIDARG));
                sink(Requirement::CreateNothingToDoIsEInvalidarg, Expected::Ending(invalid));
            }
            Call::CreateProcess2(create) | Call::CreateProcessAndAttach2 { create, .. } if !create.is_sound() => {
                sink(Requirement::CreateBadOptionsAreRefused, Expected::Ending(refused));
                self.invalid(by, sink);
            }
            Call::CreateProcess2(create) | Call::CreateProcessAndAttach2 { create, .. }
                if create.takes_implicit_line() => {}
            Call::CreateProcessAndAttach { server, command_line: None, process_id, attach_flags, .. } => {
                self.attach_clauses(by, *server, *process_id, *attach_flags, sink);
            }
            Call::CreateProcessAndAttach2 { create, process_id, attach_flags } if create.command_line.is_none() => {
                self.attach_clauses(by, create.server, *process_id, *attach_flags, sink);
            }
            Call::CreateProcess { command_line: Some(line), .. } if line.is_empty() => {
                sink(Requirement::CreateMissingFileFails, Expected::Ending(refused));
                if self.profile == Profile::Dbgeng {
                    let code = self.relaxed(by, Statuses::code(ERROR_FILE_NOT_FOUND));
                    sink(Requirement::CreateMissingFileCode, Expected::Ending(code));
                }
            }
            Call::CreateProcess { server, command_line: Some(line), create_flags } => {
                self.create_clauses(by, *server, line, *create_flags, sink);
            }
            Call::CreateProcess2(create) => match (&create.command_line, create.initial_directory.as_deref()) {
                // OBS-205: an empty path names no directory either.
                (_, Some("")) if self.profile == Profile::Dbgeng => {
                    let code = self.relaxed(by, Statuses::code(ERROR_DIRECTORY).or(ERROR_FILE_NOT_FOUND));
                    sink(Requirement::CreateMissingDirectoryCode, Expected::Ending(code));
                }
                (Some(line), None) => {
                    let flags = create.options.map_or(CreateFlags::empty(), |options| options.create_flags);
                    self.create_clauses(by, create.server, line, flags, sink);
                }
                _ => {}
            },
            _ => {}
        }
    }

    /// Only a program that already runs is known to exist, so only its creates are judged.
    fn create_clauses<'m>(&'m self, by: Caller, server: u64, line: &str, flags: CreateFlags, sink: ClauseSink<'_, 'm>) {
        let runs = |known: &KnownProcess| known.process.exe.eq_ignore_ascii_case(program(line));
        if !self.processes(by, server).is_some_and(|known| known.iter().any(runs)) {
            return;
        }
        self.serves(by, server, Requirement::CreateValidCommandSucceeds, Statuses::OK, sink);
        if !is_debug(flags) {
            self.serves(by, server, Requirement::CreateNoDebugFlagsCreatesOnly, Statuses::OK, sink);
        }
        let both = CreateFlags::DEBUG_PROCESS.union(CreateFlags::DEBUG_ONLY_THIS_PROCESS);
        if self.profile == Profile::Dbgeng && flags.contains(both) {
            self.serves(by, server, Requirement::CreateBothDebugFlagsAreTaken, Statuses::OK, sink);
        }
    }

    fn attach_clauses<'m>(
        &'m self,
        by: Caller,
        server: u64,
        process: u32,
        flags: AttachFlags,
        sink: ClauseSink<'_, 'm>,
    ) {
        let dbgeng = self.profile == Profile::Dbgeng;
        if flags.bits() & !0x3f != 0 {
            // the set of flags grows.
            if dbgeng {
                let invalid = self.relaxed(by, Statuses::code(E_INVALIDARG));
                sink(Requirement::AttachUnknownFlagsAreRefused, Expected::Ending(invalid));
            }
            return;
        }
        let partial = flags.contains(AttachFlags::NONINVASIVE_ALLOW_PARTIAL);
        // Only the header has this flag.
        if partial && !dbgeng {
            return;
        }
        if !flags.is_legal_combination() {
            let refused = self.relaxed(by, Statuses::ERROR);
            let requirement = match partial {
                true => Requirement::AttachAllowPartialIsNoninvasive,
                false => Requirement::AttachIllegalFlagsAreRefused,
            };
            sink(requirement, Expected::Ending(refused));
            if dbgeng {
                let invalid = self.relaxed(by, Statuses::code(E_INVALIDARG));
                sink(Requirement::AttachRefusalIsEInvalidarg, Expected::Ending(invalid));
            }
            return;
        }
        let noninvasive = flags.contains(AttachFlags::NONINVASIVE);
        if noninvasive && dbgeng {
            self.serves(by, server, Requirement::AttachNoninvasiveNeedsNoProcess, Statuses::OK, sink);
            if partial {
                self.serves(by, server, Requirement::AttachAllowPartialIsNoninvasive, Statuses::OK, sink);
            }
        }
        let Some(known) = self.processes(by, server) else { return };
        let is_unknown = |known: &KnownProcess| known.id_is_known && !known.has_id(process);
        // it is open what an attach to process id 0 means.
        if !noninvasive && process != 0 && known.iter().all(is_unknown) {
            let failed = self.relaxed(by, Statuses::ERROR);
            sink(Requirement::AttachUnknownProcessFails, Expected::Ending(failed));
            if dbgeng {
                let invalid = self.relaxed(by, Statuses::code(E_INVALIDARG));
                sink(Requirement::AttachRefusalIsEInvalidarg, Expected::Ending(invalid));
            }
        }
        // A process that the run already debugs may refuse a second debugger.
        let free = known.iter().any(|known| known.has_id(process) && !known.debugged);
        if free && !flags.contains(AttachFlags::EXISTING) {
            self.serves(by, server, Requirement::AttachLiveProcessSucceeds, Statuses::OK, sink);
        }
    }

    fn invalid(&self, by: Caller, sink: ClauseSink<'_, '_>) {
        if self.profile == Profile::Dbgeng {
            let invalid = self.relaxed(by, Statuses::code(E_INVALIDARG));
            sink(Requirement::CreateRefusalIsEInvalidarg, Expected::Ending(invalid));
        }
    }
}
