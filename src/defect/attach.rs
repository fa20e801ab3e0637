//! AttachProcess.

use super::definition::Defect;
use super::prelude::{BOTH, DBGENG};
use crate::call::Call;
use crate::flags::AttachFlags;
use crate::hresult::{E_ACCESSDENIED, E_FAIL, E_INVALIDARG, S_OK, STATUS_ACCESS_DENIED, STATUS_PORT_NOT_SET};
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect::breaks(Requirement::AttachLiveProcessSucceeds, "attach-refused", BOTH)
        .stating("AttachProcess fails for every process.")
        .giving(S_OK, E_ACCESSDENIED, |_, call| matches!(call, Call::AttachProcess { .. })),
    Defect::breaks(Requirement::AttachUnknownProcessFails, "attach-asks-nobody", BOTH)
        .stating("AttachProcess returns S_OK without checking that the process exists.")
        .giving(E_INVALIDARG, S_OK, |context, call| {
            matches!(call, Call::AttachProcess { server, process_id, attach_flags }
                if attach_flags.is_legal_combination() && !context.ids(*server).contains(process_id))
        }),
    Defect::breaks(Requirement::AttachUnknownProcessFails, "attach-compares-16-bits-of-an-id", BOTH)
        .stating("AttachProcess compares the low 16 bits of a process id.")
        .altering(|call| {
            if let Call::AttachProcess { process_id, .. } = call {
                *process_id &= 0xffff;
            }
        }),
    Defect::breaks(Requirement::AttachNoninvasiveNeedsNoProcess, "noninvasive-asks-for-the-process", DBGENG)
        .stating("A noninvasive attach fails for an id that no process has.")
        .returning(E_INVALIDARG, |context, call| {
            matches!(call, Call::AttachProcess { server, process_id, attach_flags }
                if attach_flags.contains(AttachFlags::NONINVASIVE) && !context.ids(*server).contains(process_id))
        }),
    Defect::breaks(Requirement::AttachOneDebugger, "two-debuggers", BOTH)
        .stating("A second debugger may attach to a process.")
        .giving(STATUS_ACCESS_DENIED, S_OK, |_, call| matches!(call, Call::AttachProcess { .. })),
    Defect::breaks(Requirement::AttachOneDebugger, "second-debugger-without-a-break", BOTH)
        .stating("A second debugger may attach to a process with DEBUG_ATTACH_INVASIVE_NO_INITIAL_BREAK.")
        .giving(STATUS_ACCESS_DENIED, S_OK, |_, call| {
            matches!(call, Call::AttachProcess { attach_flags, .. } if attach_flags.bits() == 8)
        }),
    Defect::breaks(Requirement::AttachExistingNeedsADebugger, "existing-attaches-to-every-process", BOTH)
        .stating("DEBUG_ATTACH_EXISTING attaches to a process that nobody debugs.")
        .giving(STATUS_PORT_NOT_SET, S_OK, |_, call| matches!(call, Call::AttachProcess { .. })),
    Defect::breaks(Requirement::AttachExistingFindsTheDebugger, "existing-finds-no-debugger", BOTH)
        .stating("DEBUG_ATTACH_EXISTING never finds the debugger of a process.")
        .returning(STATUS_PORT_NOT_SET, |_, call| {
            matches!(call, Call::AttachProcess { attach_flags, .. } if *attach_flags == AttachFlags::EXISTING)
        }),
    Defect::breaks(Requirement::AttachTargetsGoWithTheirDebugger, "targets-outlive-their-debugger", BOTH)
        .stating("An attach is noninvasive, so that the process outlives its debugger.")
        .altering(|call| {
            if let Call::AttachProcess { attach_flags, .. } = call
                && *attach_flags == AttachFlags::empty()
            {
                *attach_flags = AttachFlags::NONINVASIVE;
            }
        }),
    Defect::breaks(Requirement::AttachIllegalFlagsAreRefused, "illegal-attach-flags-accepted", BOTH)
        .stating("AttachFlags that contradict each other are treated as no flags at all.")
        .altering(|call| {
            if let Call::AttachProcess { attach_flags, .. } = call
                && attach_flags.bits() < 0x40
                && !attach_flags.is_legal_combination()
            {
                *attach_flags = AttachFlags::empty();
            }
        }),
    Defect::breaks(Requirement::AttachAllowPartialIsNoninvasive, "allow-partial-refused", DBGENG)
        .stating("DEBUG_ATTACH_NONINVASIVE_ALLOW_PARTIAL is unknown.")
        .returning(E_INVALIDARG, |_, call| {
            matches!(call, Call::AttachProcess { attach_flags, .. }
                if attach_flags.contains(AttachFlags::NONINVASIVE_ALLOW_PARTIAL))
        }),
    Defect::breaks(Requirement::AttachUnknownFlagsAreRefused, "unknown-attach-flags-ignored", DBGENG)
        .stating("Undefined AttachFlags are ignored.")
        .altering(|call| {
            if let Call::AttachProcess { attach_flags, .. } = call {
                *attach_flags = AttachFlags::from(attach_flags.bits() & 0x3f);
            }
        }),
    Defect::breaks(Requirement::AttachRefusalIsEInvalidarg, "attach-refusal-has-another-code", DBGENG)
        .stating("AttachProcess refuses its arguments with E_FAIL.")
        .giving(E_INVALIDARG, E_FAIL, |_, call| matches!(call, Call::AttachProcess { .. })),
];
