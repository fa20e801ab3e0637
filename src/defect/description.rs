//! GetRunningProcessDescription.

use super::definition::Defect;
use super::prelude::{BOTH, DBGENG, DBGENG_29507};
use crate::call::{Call, Outcome, Outputs, Pointer};
use crate::flags::DescriptionFlags;
use crate::hresult::{E_ACCESSDENIED, E_FAIL, E_INVALIDARG, E_POINTER, S_FALSE, S_OK, STATUS_INVALID_CID};
use crate::process::size_with_nul;
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect::breaks(Requirement::DescriptionLiveProcessSucceeds, "description-refused", BOTH)
        .stating("Processes of the local computer are not described.")
        .answering(|context, call| match call {
            Call::GetRunningProcessDescription { server: 0, .. } => {
                context.pass(call).giving(S_OK, E_ACCESSDENIED).giving(S_FALSE, E_ACCESSDENIED)
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::DescriptionLiveProcessSucceeds, "every-sixteenth-description-fails", BOTH)
        .stating("Every sixteenth description of a process server's computer fails.")
        .returning(E_ACCESSDENIED, |context, call| asks(call) && call.server() != Some(0) && context.count() % 16 == 0),
    Defect::breaks(Requirement::DescriptionNamesTheImage, "image-has-another-name", BOTH)
        .stating("The executable name of every process begins with a question mark.")
        .editing(|_, _, outcome| {
            if let Some(name) = outcome.out.exe_name.as_mut().filter(|name| !name.is_empty()) {
                let rest: String = name.chars().skip(1).collect();
                *name = format!("?{rest}");
            }
        }),
    Defect::breaks(Requirement::DescriptionActualSizesCountNul, "nul-is-not-counted", BOTH)
        .stating("The actual sizes do not count the closing NUL.")
        .editing(|_, _, outcome| edit_sizes(outcome, |size| size - 1)),
    Defect::breaks(Requirement::DescriptionActualSizesCountNul, "sizes-in-bytes", BOTH)
        .stating("The actual sizes count bytes.")
        .editing(|_, _, outcome| edit_sizes(outcome, |size| size * 2)),
    Defect::breaks(Requirement::DescriptionActualSizesAreWhole, "sizes-of-what-was-written", BOTH)
        .stating(
            "The actual size of a string that was cut is the number of characters that were written, \
             without their NUL.",
        )
        .editing(|_, call, outcome| {
            if asks(call) && outcome.is(S_FALSE) {
                let out = &mut outcome.out;
                let written = |text: &Option<String>, size: Option<u32>| match text {
                    Some(text) => size.map(|_| size_with_nul(text) - 1),
                    None => size,
                };
                out.actual_exe_name_size = written(&out.exe_name, out.actual_exe_name_size);
                out.actual_description_size = written(&out.description, out.actual_description_size);
            }
        }),
    Defect::breaks(Requirement::DescriptionActualSizesAreWhole, "sizes-of-the-buffers", BOTH)
        .stating("The actual sizes are never larger than the buffers.")
        .editing(|_, call, outcome| {
            if let Call::GetRunningProcessDescription { exe_name_size, description_size, .. } = call {
                let out = &mut outcome.out;
                out.actual_exe_name_size = out.actual_exe_name_size.map(|size| size.min(*exe_name_size));
                out.actual_description_size = out.actual_description_size.map(|size| size.min(*description_size));
            }
        }),
    Defect::breaks(Requirement::DescriptionActualSizesAreWhole, "no-room-is-no-size", BOTH)
        .stating("The actual size of a string is zero if its buffer has no room at all.")
        .editing(|_, call, outcome| {
            if let Call::GetRunningProcessDescription { exe_name: Pointer::Given, exe_name_size: 0, .. } = call {
                outcome.out.actual_exe_name_size = outcome.out.actual_exe_name_size.map(|_| 0);
            }
        }),
    Defect::breaks(Requirement::DescriptionShortBufferIsSFalse, "s-false-of-a-description-swallowed", BOTH)
        .stating("GetRunningProcessDescription returns S_OK in place of S_FALSE.")
        .giving(S_FALSE, S_OK, |_, call| asks(call)),
    Defect::breaks(Requirement::DescriptionShortBufferIsSFalse, "whole-description-is-s-false", BOTH)
        .stating("GetRunningProcessDescription returns S_FALSE although both buffers are large enough.")
        .giving(S_OK, S_FALSE, |_, call| asks(call)),
    Defect::breaks(Requirement::DescriptionShortBufferIsSFalse, "string-that-just-fits-is-s-false", BOTH)
        .stating("GetRunningProcessDescription returns S_FALSE if a buffer is just as long as its string.")
        .editing(|_, call, outcome| {
            if let Call::GetRunningProcessDescription { exe_name_size, description_size, .. } = call
                && outcome.is(S_OK)
                && (outcome.out.actual_exe_name_size == Some(*exe_name_size)
                    || outcome.out.actual_description_size == Some(*description_size))
            {
                *outcome = outcome.clone().giving(S_OK, S_FALSE);
            }
        }),
    Defect::breaks(Requirement::DescriptionShortBufferIsSFalse, "last-letter-cut-in-silence", BOTH)
        .stating("GetRunningProcessDescription returns S_OK if only the last letter of a string is cut.")
        .editing(|_, call, outcome| {
            if let Call::GetRunningProcessDescription { exe_name_size, description_size, .. } = call
                && outcome.is(S_FALSE)
                && outcome.out.actual_exe_name_size.is_none_or(|actual| actual <= *exe_name_size + 1)
                && outcome.out.actual_description_size.is_none_or(|actual| actual <= *description_size + 1)
            {
                *outcome = outcome.clone().giving(S_FALSE, S_OK);
            }
        }),
    Defect::breaks(Requirement::DescriptionNeverOverruns, "buffers-overrun", BOTH)
        .stating("Strings are written whole, regardless of the size of their buffers.")
        .editing(|context, call, outcome| {
            let mut roomy = call.clone();
            if let Call::GetRunningProcessDescription { exe_name_size, description_size, .. } = &mut roomy {
                (*exe_name_size, *description_size) = (u32::MAX, u32::MAX);
                outcome.out = context.pass(&roomy).out;
            }
        }),
    Defect::breaks(Requirement::DescriptionNeverOverruns, "nul-overruns", BOTH)
        .stating("A string that just fits without its NUL is written whole, with its NUL after the end of the buffer.")
        .editing(|context, call, outcome| {
            let mut roomy = call.clone();
            if let Call::GetRunningProcessDescription { exe_name_size, description_size, .. } = &mut roomy {
                (*exe_name_size, *description_size) = (*exe_name_size + 1, *description_size + 1);
                outcome.out = context.pass(&roomy).out;
            }
        }),
    Defect::breaks(Requirement::DescriptionNeverOverruns, "last-letter-overruns", BOTH)
        .stating("A string for which one character is missing is written whole.")
        .editing(|context, call, outcome| {
            let mut roomy = call.clone();
            if let Call::GetRunningProcessDescription { exe_name_size, description_size, .. } = &mut roomy
                && outcome.out.actual_exe_name_size == Some(*exe_name_size + 1)
            {
                (*exe_name_size, *description_size) = (*exe_name_size + 1, *description_size + 1);
                outcome.out = context.pass(&roomy).out;
            }
        }),
    Defect::breaks(Requirement::DescriptionNullBuffersAreAllowed, "null-buffer-refused", BOTH)
        .stating("GetRunningProcessDescription fails if one of its buffers is null.")
        .returning(E_POINTER, |_, call| {
            matches!(call, Call::GetRunningProcessDescription { exe_name, description, .. }
                if exe_name.is_null() || description.is_null())
        }),
    Defect::breaks(Requirement::DescriptionNoPathsHasNoPath, "no-paths-ignored", BOTH)
        .stating("DEBUG_PROC_DESC_NO_PATHS is ignored.")
        .altering(|call| edit_flags(call, |flags| flags - DescriptionFlags::NO_PATHS)),
    Defect::breaks(Requirement::DescriptionUnknownProcessFails, "unknown-process-described", BOTH)
        .stating("GetRunningProcessDescription returns S_OK for an id that no process has.")
        .giving(STATUS_INVALID_CID, S_OK, |_, call| asks(call)),
    Defect::breaks(Requirement::DescriptionUnknownProcessFails, "process-id-compared-in-16-bits", BOTH)
        .stating("GetRunningProcessDescription compares the low 16 bits of a process id.")
        .altering(|call| {
            if let Call::GetRunningProcessDescription { system_id, .. } = call {
                *system_id &= 0xffff;
            }
        }),
    Defect::breaks(Requirement::DescriptionUnknownProcessFails, "highest-process-id-described", BOTH)
        .stating("GetRunningProcessDescription returns S_OK for the highest process id.")
        .giving(STATUS_INVALID_CID, S_OK, |_, call| {
            matches!(call, Call::GetRunningProcessDescription { system_id: u32::MAX, .. })
        }),
    Defect::breaks(Requirement::DescriptionUnknownProcessCode, "unknown-process-has-another-code", DBGENG)
        .stating("GetRunningProcessDescription returns E_FAIL for an id that no process has.")
        .giving(STATUS_INVALID_CID, E_FAIL, |_, _| true),
    Defect::breaks(Requirement::DescriptionSystemProcess, "system-process-has-no-name", DBGENG)
        .stating("The system's own process, id zero, is described with empty strings.")
        .editing(|_, call, outcome| {
            if let Call::GetRunningProcessDescription { system_id: 0, .. } = call
                && outcome.succeeded()
            {
                outcome.out.exe_name = outcome.out.exe_name.take().map(|_| String::new());
                outcome.out.actual_exe_name_size = outcome.out.actual_exe_name_size.map(|_| 1);
            }
        }),
    Defect::breaks(Requirement::DescriptionIdFourIsSystem, "id-four-is-unknown", DBGENG)
        .stating("Process id four is not described unless a process has it.")
        .returning(STATUS_INVALID_CID, |_, call| {
            matches!(call, Call::GetRunningProcessDescription { system_id: 4, .. })
        }),
    Defect::breaks(Requirement::DescriptionPartsAndLayout, "description-flags-ignored", DBGENG)
        .stating("The flags that omit parts of a description are ignored.")
        .altering(|call| edit_flags(call, |flags| DescriptionFlags::from(flags.bits() & !0x3e))),
    Defect::breaks(Requirement::DescriptionPartsAndLayout, "parts-joined-by-one-blank", DBGENG)
        .stating("The parts of a description are joined by one space.")
        .editing(|_, _, outcome| {
            if let Some(text) = outcome.out.description.as_mut().filter(|text| text.contains("  ")) {
                *text = text.replace("  ", " ");
                let size = size_with_nul(text);
                outcome.out.actual_description_size = outcome.out.actual_description_size.map(|_| size);
            }
        }),
    Defect::breaks(Requirement::DescriptionArchitectureComesFirst, "architecture-left-out", DBGENG_29507)
        .stating("DEBUG_PROC_DESC_WITH_ARCHITECTURE adds nothing to a description.")
        .altering(|call| edit_flags(call, |flags| flags - DescriptionFlags::WITH_ARCHITECTURE)),
    Defect::breaks(Requirement::DescriptionArchitectureComesFirst, "architecture-refused", DBGENG_29507)
        .stating("GetRunningProcessDescription returns E_INVALIDARG for DEBUG_PROC_DESC_WITH_ARCHITECTURE.")
        .returning(E_INVALIDARG, |_, call| {
            matches!(call, Call::GetRunningProcessDescription { flags, .. }
                if flags.contains(DescriptionFlags::WITH_ARCHITECTURE))
        }),
    Defect::breaks(Requirement::DescriptionUnknownFlagsAreRefused, "unknown-description-flags-ignored", DBGENG)
        .stating("Undefined flags of GetRunningProcessDescription are ignored.")
        .altering(|call| edit_flags(call, |flags| DescriptionFlags::from(flags.bits() & 0xff))),
];

fn asks(call: &Call) -> bool {
    matches!(call, Call::GetRunningProcessDescription { .. })
}

fn edit_sizes(outcome: &mut Outcome, edit: impl Fn(u32) -> u32) {
    let Outputs { actual_exe_name_size, actual_description_size, .. } = &mut outcome.out;
    for size in [actual_exe_name_size, actual_description_size].into_iter().flatten() {
        *size = edit(*size);
    }
}

fn edit_flags(call: &mut Call, edit: impl FnOnce(DescriptionFlags) -> DescriptionFlags) {
    if let Call::GetRunningProcessDescription { flags, .. } = call {
        *flags = edit(*flags);
    }
}
