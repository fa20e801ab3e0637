//! AttachProcess.

use super::definition::Defect;
use super::prelude::{BOTH, DBGENG};
use crate::call::{Call, Outcome};
use crate::flags::AttachFlags;
use crate::hresult::{E_ACCESSDENIED, E_FAIL, E_INVALIDARG, S_OK};
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        name: "attach-refused",
        requirement: Requirement::AttachLiveProcessSucceeds,
        profiles: BOTH,
        statement: "AttachProcess fails for every process.",
        answer: |context, call| match call {
            Call::AttachProcess { .. } => context.pass(call).giving(S_OK, E_ACCESSDENIED),
            _ => context.pass(call),
        },
    },
    Defect {
        name: "attach-asks-nobody",
        requirement: Requirement::AttachUnknownProcessFails,
        profiles: BOTH,
        statement: "AttachProcess returns S_OK without checking that the process exists.",
        answer: |context, call| match call {
            Call::AttachProcess { server, process_id, attach_flags }
                if attach_flags.is_legal_combination() && !context.ids(*server).contains(process_id) =>
            {
                context.pass(call).giving(E_INVALIDARG, S_OK)
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "noninvasive-asks-for-the-process",
        requirement: Requirement::AttachNoninvasiveNeedsNoProcess,
        profiles: DBGENG,
        statement: "A noninvasive attach fails for an id that no process has.",
        answer: |context, call| match call {
            Call::AttachProcess { server, process_id, attach_flags }
                if attach_flags.contains(AttachFlags::NONINVASIVE) && !context.ids(*server).contains(process_id) =>
            {
                Outcome::returned(E_INVALIDARG)
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "illegal-attach-flags-accepted",
        requirement: Requirement::AttachIllegalFlagsAreRefused,
        profiles: BOTH,
        statement: "AttachFlags that contradict each other are treated as no flags at all.",
        answer: |context, call| match call {
            Call::AttachProcess { server, process_id, attach_flags }
                if attach_flags.bits() < 0x40 && !attach_flags.is_legal_combination() =>
            {
                let (server, process_id, attach_flags) = (*server, *process_id, AttachFlags::empty());
                context.pass(&Call::AttachProcess { server, process_id, attach_flags })
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "allow-partial-refused",
        requirement: Requirement::AttachAllowPartialIsNoninvasive,
        profiles: DBGENG,
        statement: "DEBUG_ATTACH_NONINVASIVE_ALLOW_PARTIAL is unknown.",
        answer: |context, call| match call {
            Call::AttachProcess { attach_flags, .. }
                if attach_flags.contains(AttachFlags::NONINVASIVE_ALLOW_PARTIAL) =>
            {
                Outcome::returned(E_INVALIDARG)
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "unknown-attach-flags-ignored",
        requirement: Requirement::AttachUnknownFlagsAreRefused,
        profiles: DBGENG,
        statement: "Undefined AttachFlags are ignored.",
        answer: |context, call| match call {
            Call::AttachProcess { server, process_id, attach_flags } => {
                let (server, process_id) = (*server, *process_id);
                let attach_flags = AttachFlags::from(attach_flags.bits() & 0x3f);
                context.pass(&Call::AttachProcess { server, process_id, attach_flags })
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "attach-refusal-has-another-code",
        requirement: Requirement::AttachRefusalIsEInvalidarg,
        profiles: DBGENG,
        statement: "AttachProcess refuses its arguments with E_FAIL.",
        answer: |context, call| match call {
            Call::AttachProcess { .. } => context.pass(call).giving(E_INVALIDARG, E_FAIL),
            _ => context.pass(call),
        },
    },
];
