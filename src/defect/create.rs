//! CreateProcess, CreateProcess2 and the methods that create and attach.

use super::definition::Defect;
use super::prelude::{BOTH, DBGENG};
use crate::call::{Call, is_debug};
use crate::flags::{CreateFlags, CreateProcessOptions, EngCreateFlags};
use crate::hresult::{
    E_FAIL, E_INVALIDARG, ERROR_BAD_EXE_FORMAT, ERROR_DIRECTORY, ERROR_FILE_NOT_FOUND, S_FALSE, S_OK,
};
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect::breaks(Requirement::CreateValidCommandSucceeds, "create-answers-s-false", BOTH)
        .stating("CreateProcess makes a process and returns S_FALSE.")
        .giving(S_OK, S_FALSE, |_, call| matches!(call, Call::CreateProcess { .. } | Call::CreateProcess2(_))),
    Defect::breaks(Requirement::CreateCommandLineNamesItsProgram, "extension-demanded", BOTH)
        .stating("The create methods find a program only by a command line with the extension .exe.")
        .returning(ERROR_FILE_NOT_FOUND, |_, call| {
            line(call).is_some_and(|line| !line.to_lowercase().contains(".exe"))
        }),
    Defect::breaks(Requirement::CreateCommandLineNamesItsProgram, "slashes-are-not-separators", BOTH)
        .stating("The create methods find no program by a path with slashes.")
        .returning(ERROR_FILE_NOT_FOUND, |_, call| line(call).is_some_and(|line| line.contains('/'))),
    Defect::breaks(Requirement::CreateShowsInList, "new-process-is-not-listed", DBGENG)
        .stating("Processes that were created are missing from the ids of their computer.")
        .editing(|context, call, outcome| {
            if let Call::GetRunningProcessSystemIds { server, .. } = call {
                let all = context.ids(*server).len();
                let created = context.world().created.min(all);
                if outcome.succeeded() && created > 0 {
                    outcome.out.ids.as_mut().into_iter().for_each(|ids| ids.truncate(all - created));
                    let listed = u32::try_from(all - created).unwrap_or(u32::MAX);
                    outcome.out.actual_count = outcome.out.actual_count.map(|_| listed);
                }
            }
        }),
    Defect::breaks(Requirement::CreateNoDebugFlagsCreatesOnly, "debug-flag-demanded", BOTH)
        .stating("CreateProcess without a debug flag fails.")
        .giving(S_OK, E_INVALIDARG, |_, call| matches!(create_flags(call), Some(flags) if !is_debug(flags))),
    Defect::breaks(Requirement::CreateBothDebugFlagsAreTaken, "both-debug-flags-refused", DBGENG)
        .stating("CreateProcess with both debug flags fails.")
        .returning(E_INVALIDARG, |_, call| {
            matches!(create_flags(call), Some(flags)
                if flags.contains(CreateFlags::DEBUG_PROCESS | CreateFlags::DEBUG_ONLY_THIS_PROCESS))
        }),
    Defect::breaks(Requirement::CreateMissingFileFails, "missing-file-created", BOTH)
        .stating("CreateProcess returns S_OK for a program that does not exist.")
        .giving(ERROR_FILE_NOT_FOUND, S_OK, |_, call| matches!(call, Call::CreateProcess { .. })),
    Defect::breaks(Requirement::CreateMissingFileCode, "missing-file-has-another-code", DBGENG)
        .stating("CreateProcess returns E_INVALIDARG for a program that does not exist.")
        .giving(ERROR_FILE_NOT_FOUND, E_INVALIDARG, |_, call| matches!(call, Call::CreateProcess { .. })),
    Defect::breaks(Requirement::CreateNoNameCode, "leading-blanks-are-skipped", DBGENG)
        .stating("CreateProcess skips blanks before the name of the program.")
        .altering(|call| {
            if let Call::CreateProcess { command_line: Some(line), .. } = call {
                *line = line.trim_start().to_owned();
            }
        }),
    Defect::breaks(Requirement::CreateNoNameCode, "empty-quoted-name-has-another-code", DBGENG)
        .stating("CreateProcess returns 0x80070002 for an empty name between quotation marks.")
        .giving(E_INVALIDARG, ERROR_FILE_NOT_FOUND, |_, call| line(call).is_some_and(|line| line.starts_with("\"\""))),
    Defect::breaks(Requirement::CreateNoProgramCode, "file-that-is-no-program-is-missing", DBGENG)
        .stating("CreateProcess returns 0x80070002 for a file that is no program.")
        .giving(ERROR_BAD_EXE_FORMAT, ERROR_FILE_NOT_FOUND, |_, _| true),
    Defect::breaks(Requirement::CreateMissingDirectoryCode, "missing-directory-has-another-code", DBGENG)
        .stating("CreateProcess2 returns E_FAIL for a directory that does not exist.")
        .giving(ERROR_DIRECTORY, E_FAIL, |_, _| true),
    Defect::breaks(Requirement::CreateMissingDirectoryCode, "directory-ignored", DBGENG)
        .stating("CreateProcess2 ignores the initial directory.")
        .altering(|call| {
            if let Call::CreateProcess2(create) = call {
                create.initial_directory = None;
            }
        }),
    Defect::breaks(Requirement::CreateNothingToDoIsEInvalidarg, "nothing-to-do-has-another-code", BOTH)
        .stating("CreateProcessAndAttach2 without a command line and a process id returns E_FAIL.")
        .giving(E_INVALIDARG, E_FAIL, |_, call| {
            matches!(call, Call::CreateProcessAndAttach2 { create, process_id: 0, .. }
                if create.command_line.is_none())
        }),
    Defect::breaks(Requirement::CreateNothingToDoIsRefused, "nothing-to-do-accepted", BOTH)
        .stating("CreateProcessAndAttach without a command line and a process id returns S_OK.")
        .returning(S_OK, |_, call| {
            matches!(call, Call::CreateProcessAndAttach { command_line: None, process_id: 0, .. })
        }),
    Defect::breaks(Requirement::CreateBadOptionsAreRefused, "bad-options-accepted", BOTH)
        .stating("CreateProcess2 checks neither the size of its options nor their reserved field and flags.")
        .altering(|call| {
            let Call::CreateProcess2(create) = call else { return };
            create.options_buffer_size = CreateProcessOptions::SIZE;
            if let Some(options) = &mut create.options {
                options.eng_create_flags = EngCreateFlags::from(options.eng_create_flags.bits() & 7);
                options.reserved = 0;
            }
        }),
    Defect::breaks(Requirement::CreateBadOptionsAreRefused, "options-without-a-size-accepted", BOTH)
        .stating("CreateProcess2 takes a size of zero for the right one.")
        .altering(|call| {
            if let Call::CreateProcess2(create) = call
                && create.options_buffer_size == 0
            {
                create.options_buffer_size = CreateProcessOptions::SIZE;
            }
        }),
    Defect::breaks(Requirement::CreateBadOptionsAreRefused, "low-byte-of-the-options-checked", BOTH)
        .stating("CreateProcess2 checks the low bytes of the reserved field and of the engine's flags alone.")
        .altering(|call| {
            if let Call::CreateProcess2(create) = call
                && let Some(options) = &mut create.options
            {
                options.eng_create_flags = EngCreateFlags::from(options.eng_create_flags.bits() & 0xff);
                options.reserved &= 0xff;
            }
        }),
    Defect::breaks(Requirement::CreateRefusalIsEInvalidarg, "create-refusal-has-another-code", DBGENG)
        .stating("The create methods refuse their arguments with E_FAIL.")
        .giving(E_INVALIDARG, E_FAIL, |_, call| {
            matches!(
                call,
                Call::CreateProcess2(_) | Call::CreateProcessAndAttach { .. } | Call::CreateProcessAndAttach2 { .. }
            )
        }),
    Defect::breaks(Requirement::CreateFlaggedEnvironmentIsRefused, "flagged-environment-accepted", DBGENG)
        .stating("CreateProcess2 and CreateProcessAndAttach2 take an environment with the flag 0x400.")
        .altering(|call| {
            if let Call::CreateProcess2(create) | Call::CreateProcessAndAttach2 { create, .. } = call {
                create.environment = None;
            }
        }),
];

/// Returns the command line of a call, if it has one.
fn line(call: &Call) -> Option<&str> {
    match call {
        Call::CreateProcess { command_line, .. } | Call::CreateProcessAndAttach { command_line, .. } => command_line,
        Call::CreateProcess2(create) | Call::CreateProcessAndAttach2 { create, .. } => &create.command_line,
        _ => &None,
    }
    .as_deref()
}

/// Returns the CreateFlags of a call that creates a process and does not attach to another.
fn create_flags(call: &Call) -> Option<CreateFlags> {
    match call {
        Call::CreateProcess { create_flags, .. } => Some(*create_flags),
        Call::CreateProcess2(create) => create.options.map(|options| options.create_flags),
        _ => None,
    }
}
