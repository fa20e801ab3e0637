//! AttachProcess.

use super::definition::Defect;
use super::prelude::{BOTH, DBGENG};
use crate::call::{Call, Outcome};
use crate::flags::AttachFlags;
use crate::hresult::{E_ACCESSDENIED, E_FAIL, E_INVALIDARG, S_OK};
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect::breaks(Requirement::AttachLiveProcessSucceeds, "attach-refused", BOTH)
        .stating("AttachProcess fails for every process.")
        .answering(|context, call| match call {
            Call::AttachProcess { .. } => context.pass(call).giving(S_OK, E_ACCESSDENIED),
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::AttachUnknownProcessFails, "attach-asks-nobody", BOTH)
        .stating("AttachProcess returns S_OK without checking that the process exists.")
        .answering(|context, call| match call {
            Call::AttachProcess { server, process_id, attach_flags }
                if attach_flags.is_legal_combination() && !context.ids(*server).contains(process_id) =>
            {
                context.pass(call).giving(E_INVALIDARG, S_OK)
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::AttachNoninvasiveNeedsNoProcess, "noninvasive-asks-for-the-process", DBGENG)
        .stating("A noninvasive attach fails for an id that no process has.")
        .answering(|context, call| match call {
            Call::AttachProcess { server, process_id, attach_flags }
                if attach_flags.contains(AttachFlags::NONINVASIVE) && !context.ids(*server).contains(process_id) =>
            {
                Outcome::returned(E_INVALIDARG)
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::AttachIllegalFlagsAreRefused, "illegal-attach-flags-accepted", BOTH)
        .stating("AttachFlags that contradict each other are treated as no flags at all.")
        .answering(|context, call| match call {
            Call::AttachProcess { server, process_id, attach_flags }
                if attach_flags.bits() < 0x40 && !attach_flags.is_legal_combination() =>
            {
                let (server, process_id, attach_flags) = (*server, *process_id, AttachFlags::empty());
                context.pass(&Call::AttachProcess { server, process_id, attach_flags })
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::AttachAllowPartialIsNoninvasive, "allow-partial-refused", DBGENG)
        .stating("DEBUG_ATTACH_NONINVASIVE_ALLOW_PARTIAL is unknown.")
        .answering(|context, call| match call {
            Call::AttachProcess { attach_flags, .. }
                if attach_flags.contains(AttachFlags::NONINVASIVE_ALLOW_PARTIAL) =>
            {
                Outcome::returned(E_INVALIDARG)
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::AttachUnknownFlagsAreRefused, "unknown-attach-flags-ignored", DBGENG)
        .stating("Undefined AttachFlags are ignored.")
        .answering(|context, call| match call {
            Call::AttachProcess { server, process_id, attach_flags } => {
                let (server, process_id) = (*server, *process_id);
                let attach_flags = AttachFlags::from(attach_flags.bits() & 0x3f);
                context.pass(&Call::AttachProcess { server, process_id, attach_flags })
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::AttachRefusalIsEInvalidarg, "attach-refusal-has-another-code", DBGENG)
        .stating("AttachProcess refuses its arguments with E_FAIL.")
        .answering(|context, call| match call {
            Call::AttachProcess { .. } => context.pass(call).giving(E_INVALIDARG, E_FAIL),
            _ => context.pass(call),
        }),
];
