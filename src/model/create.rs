//! Targets: attach and create.

use super::handle::has_null_pointer;
use super::{Expected, Model, Sink};
use crate::call::{Call, Caller};
use crate::flags::AttachFlags;
use crate::hresult::{E_INVALIDARG, ERROR_FILE_NOT_FOUND};
use crate::profile::Profile;
use crate::spec::Requirement;
use crate::status::Statuses;

impl Model {
    pub(super) fn target_clauses<'m>(&'m self, by: Caller, call: &'m Call, sink: Sink<'_, 'm>) {
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
            _ => {}
        }
    }

    fn attach_clauses<'m>(&'m self, by: Caller, server: u64, process: u32, flags: AttachFlags, sink: Sink<'_, 'm>) {
        let dbgeng = self.profile == Profile::Dbgeng;
        if flags.bits() & !0x3f != 0 {
            // the set of flags grows.
            if dbgeng {
                let invalid = self.relaxed(by, Statuses::code(E_INVALIDARG));
                sink(Requirement::AttachUnknownFlagsAreRefused, Expected::Ending(invalid));
            }
            return;
        }
        if !flags.is_legal_combination() {
            let refused = self.relaxed(by, Statuses::ERROR);
            sink(Requirement::AttachIllegalFlagsAreRefused, Expected::Ending(refused));
            if dbgeng {
                let invalid = self.relaxed(by, Statuses::code(E_INVALIDARG));
                sink(Requirement::AttachRefusalIsEInvalidarg, Expected::Ending(invalid));
            }
            return;
        }
        if flags.contains(AttachFlags::NONINVASIVE) {
            if dbgeng {
                self.serves(by, server, Requirement::AttachNoninvasiveNeedsNoProcess, Statuses::OK, sink);
                if flags.contains(AttachFlags::NONINVASIVE_ALLOW_PARTIAL) {
                    self.serves(by, server, Requirement::AttachAllowPartialIsNoninvasive, Statuses::OK, sink);
                }
            }
            return;
        }
        let Some(known) = self.processes(by, server) else { return };
        if known.iter().all(|known| known.id_is_known && !known.has_id(process)) {
            let failed = self.relaxed(by, Statuses::ERROR);
            sink(Requirement::AttachUnknownProcessFails, Expected::Ending(failed));
        }
    }

    fn invalid(&self, by: Caller, sink: Sink<'_, '_>) {
        if self.profile == Profile::Dbgeng {
            let invalid = self.relaxed(by, Statuses::code(E_INVALIDARG));
            sink(Requirement::CreateRefusalIsEInvalidarg, Expected::Ending(invalid));
        }
    }
}
