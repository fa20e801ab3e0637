//! Clauses for targets: create, and which calls attach.

use super::Model;
use super::expected::Clauses;
use crate::call::{Call, CreateProcess2, is_debug};
use crate::flags::CreateFlags;
use crate::hresult::{E_INVALIDARG, E_NOTIMPL, ERROR_BAD_EXE_FORMAT, ERROR_DIRECTORY, ERROR_FILE_NOT_FOUND};
use crate::process::{command_line, same};
use crate::spec::Requirement;
use crate::status::Statuses;

impl Model {
    pub(super) fn target_clauses(&self, call: &Call, sink: &mut Clauses<'_, '_>) {
        let invalid = Statuses::code(E_INVALIDARG);
        match call {
            Call::AttachProcess { server, process_id, attach_flags } => {
                self.attach_clauses(*server, *process_id, *attach_flags, sink);
            }
            Call::CreateProcessAndAttach { command_line: None, process_id: 0, .. } => {
                sink.ends(Requirement::CreateNothingToDoIsRefused, Statuses::ERROR);
                sink.observed(Requirement::CreateRefusalIsEInvalidarg, invalid);
            }
            Call::CreateProcessAndAttach2 { create, process_id: 0, .. } if create.command_line.is_none() => {
                self.serves(Requirement::CreateNothingToDoIsEInvalidarg, invalid, sink);
            }
            Call::CreateProcess2(create) | Call::CreateProcessAndAttach2 { create, .. } if !create.is_sound() => {
                sink.ends(Requirement::CreateBadOptionsAreRefused, Statuses::ERROR);
                sink.observed(Requirement::CreateRefusalIsEInvalidarg, invalid);
            }
            Call::CreateProcess2(create) | Call::CreateProcessAndAttach2 { create, .. }
                if create.takes_implicit_line() && create.command_line.is_some() =>
            {
                let refused = if self.profile.is_dbgeng() { invalid } else { Statuses::RETURNS };
                self.serves(Requirement::CreateRefusalIsEInvalidarg, refused, sink);
            }
            Call::CreateProcessAndAttach { server, command_line: None, process_id, attach_flags, .. } => {
                self.attach_clauses(*server, *process_id, *attach_flags, sink);
            }
            // An engine need not have a command line of its own, nor ignore that it is asked for.
            Call::CreateProcessAndAttach2 { create, .. }
                if create.takes_implicit_line() && !self.profile.is_dbgeng() => {}
            Call::CreateProcessAndAttach2 { create, process_id, attach_flags } if create.command_line.is_none() => {
                self.attach_clauses(create.server, *process_id, *attach_flags, sink);
            }
            Call::CreateProcess2(create) | Call::CreateProcessAndAttach2 { create, .. }
                if create.passes_flagged_environment() && self.profile.is_dbgeng() =>
            {
                // OBS-216: other arguments are checked first, and files are looked for later.
                let is_checked =
                    call.reaches_a_server(self.profile) && (create.debugs() || matches!(call, Call::CreateProcess2(_)));
                let refused = if is_checked { Statuses::code(E_NOTIMPL) } else { Statuses::ERROR };
                self.serves(Requirement::CreateFlaggedEnvironmentIsRefused, refused, sink);
            }
            Call::CreateProcess { server, command_line: Some(line), create_flags } => {
                self.create_clauses(*server, line, *create_flags, sink);
            }
            Call::CreateProcess2(CreateProcess2 {
                server,
                command_line: Some(line),
                options,
                initial_directory,
                ..
            }) => {
                let is_named = command_line::names(line).is_ok();
                match initial_directory.as_deref() {
                    // OBS-205: an empty path names no directory either.
                    Some("") if self.profile.is_dbgeng() && is_named => {
                        let code = Statuses::code(ERROR_DIRECTORY).or(ERROR_FILE_NOT_FOUND);
                        sink.ends(Requirement::CreateMissingDirectoryCode, code);
                    }
                    Some(_) if is_named => {}
                    _ => {
                        let flags = options.map_or(CreateFlags::empty(), |options| options.create_flags);
                        self.create_clauses(*server, line, flags, sink);
                    }
                }
            }
            _ => {}
        }
    }

    /// Only a program that already runs is known to exist, so only its creates have to succeed.
    fn create_clauses(&self, server: u64, line: &str, flags: CreateFlags, sink: &mut Clauses<'_, '_>) {
        let dbgeng = self.profile.is_dbgeng();
        if command_line::is_nameless(line) {
            sink.ends(Requirement::CreateMissingFileFails, Statuses::ERROR);
        }
        if let Err(code) = command_line::names(line) {
            let requirement = match line {
                "" => Requirement::CreateMissingFileCode,
                _ => Requirement::CreateNoNameCode,
            };
            if dbgeng {
                self.serves(requirement, Statuses::code(code), sink);
            }
            return;
        }
        if dbgeng && same(line, command_line::NO_PROGRAM) {
            let code = Statuses::code(ERROR_BAD_EXE_FORMAT);
            return self.serves(Requirement::CreateNoProgramCode, code, sink);
        }
        let both = CreateFlags::DEBUG_PROCESS.union(CreateFlags::DEBUG_ONLY_THIS_PROCESS);
        // No page says what both flags mean together.
        if !self.runs(self.computer_for(sink.context), line) || (!dbgeng && flags.contains(both)) {
            return;
        }
        self.serves(Requirement::CreateValidCommandSucceeds, Statuses::OK, sink);
        self.serves(Requirement::CreateCommandLineNamesItsProgram, Statuses::OK, sink);
        if !is_debug(flags) {
            self.serves(Requirement::CreateNoDebugFlagsCreatesOnly, Statuses::OK, sink);
        } else if server == 0 {
            self.serves(Requirement::HandleZeroIsTheLocalComputer, Statuses::OK, sink);
        }
        if dbgeng && flags.contains(both) {
            self.serves(Requirement::CreateBothDebugFlagsAreTaken, Statuses::OK, sink);
        }
    }

    /// Whether a process of the computer runs the program that a command line starts.
    fn runs(&self, computer: Option<usize>, line: &str) -> bool {
        let known = self.processes(computer).unwrap_or_default();
        known.iter().any(|known| known.is_started_by(line))
    }
}
