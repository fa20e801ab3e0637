//! Cases for creating a process.

use super::methods::PROGRAM;
use crate::call::{Call, CreateProcess2};
use crate::conformance::case::CaseSet;
use crate::conformance::case::expectation::OutputCheck::*;
use crate::conformance::case::script::{LastStep, Script};
use crate::conformance::program::{HandleName, Placeholder};
use crate::flags::{AttachFlags, CreateFlags, CreateProcessOptions, EngCreateFlags};
use crate::hresult::{E_INVALIDARG, E_NOTIMPL, ERROR_BAD_EXE_FORMAT, ERROR_DIRECTORY, ERROR_FILE_NOT_FOUND};
use crate::process::command_line::NO_PROGRAM;
use crate::spec::Requirement::*;

/// A program that every Windows has.
const WINVER: &str = r"C:\windows\system32\winver.exe";

/// A program that no computer has.
const MISSING: &str = r"C:\windows\system32\nosuchprogram.exe";

const DEBUGGED: CreateFlags = CreateFlags::DEBUG_ONLY_THIS_PROCESS;

pub(super) fn cases(set: &mut CaseSet) {
    set.on_computers(CreateValidCommandSucceeds, |script, server| twice(script, server, DEBUGGED));
    set.step(CreateValidCommandSucceeds, "CreateProcess2", |script| {
        script.create2(HandleName::Zero, PROGRAM, options()).ok();
        script.create2(HandleName::Zero, PROGRAM, options()).ok()
    });
    set.case(CreateValidCommandSucceeds, "on two computers", |script| {
        let elsewhere = script.host_elsewhere("tcp:port=7002");
        let (there, here) = (script.open(elsewhere), script.connected());
        script.open(elsewhere);
        script.create(here, Placeholder::PROGRAMS[0], DEBUGGED).ok();
        script.create(there, Placeholder::PROGRAMS[1], DEBUGGED).ok();
    });
    set.on_computers(CreateShowsInList, |script, server| {
        let before = script.next();
        script.ids(server).ok();
        script.create(server, PROGRAM, DEBUGGED).ok();
        script.ids(server).ok().wrote(CountGrewSince(before))
    });
    set.on_computers(CreateNoDebugFlagsCreatesOnly, |script, server| twice(script, server, CreateFlags::empty()));
    set.on_computers(CreateBothDebugFlagsAreTaken, |script, server| {
        twice(script, server, CreateFlags::DEBUG_PROCESS | DEBUGGED)
    });
    lines(set);
    missing(set);
    nothing_to_do(set);
    bad_options(set);
    flagged_environment(set);
}

fn lines(set: &mut CaseSet) {
    const NAMED: [(&str, &str); 8] = [
        ("without an extension", r"C:\windows\system32\winver"),
        ("slashes", "C:/windows/system32/winver.exe"),
        ("quotation marks", r#""C:\windows\system32\winver.exe""#),
        ("quotation marks and an argument", r#""C:\windows\system32\winver.exe" x"#),
        ("an argument", r"C:\windows\system32\winver.exe x"),
        ("a name alone", "winver"),
        ("a name and an argument", "winver x"),
        ("capitals", "WINVER.EXE"),
    ];
    for (name, line) in NAMED {
        set.case(CreateCommandLineNamesItsProgram, name, |script| {
            let server = script.connected();
            for server in [HandleName::Zero, server] {
                script.create(server, WINVER, DEBUGGED).ok();
                script.create(server, line, DEBUGGED).ok();
            }
        });
    }
    // The model judges these: a program with such a path may not be known.
    set.on_both_computers(CreateCommandLineNamesItsProgram, "a path with blanks", |script, server| {
        script.create(server, Placeholder::PROGRAM_WITH_BLANKS, DEBUGGED).judged();
        script.create(server, Placeholder::PROGRAM, DEBUGGED).ok()
    });
    let nameless = [
        ("a blank first", " winver.exe", ERROR_FILE_NOT_FOUND),
        ("a tab first", "\twinver.exe", ERROR_FILE_NOT_FOUND),
        ("a blank alone", " ", ERROR_FILE_NOT_FOUND),
        ("an open quotation mark", "\"winver.exe", ERROR_FILE_NOT_FOUND),
        ("quotation marks alone", "\"\"", E_INVALIDARG),
    ];
    for (name, line, code) in nameless {
        set.step(CreateNoNameCode, name, |script| script.create(HandleName::Zero, line, DEBUGGED).returns(code));
    }
    set.on_computers(CreateNoProgramCode, |script, server| {
        script.create(server, NO_PROGRAM, DEBUGGED).returns(ERROR_BAD_EXE_FORMAT)
    });
}

fn missing(set: &mut CaseSet) {
    set.on_computers(CreateMissingFileFails, |script, server| {
        script.create(server, MISSING, DEBUGGED).fails();
        script.create(server, "\"\"", DEBUGGED).fails();
        created_nothing(script, server)
    });
    set.on_computers(CreateMissingFileCode, |script, server| {
        script.create(server, MISSING, DEBUGGED).returns(ERROR_FILE_NOT_FOUND);
        script.create(server, "", DEBUGGED).returns(ERROR_FILE_NOT_FOUND)
    });
    let others = [
        ("CreateProcess2", Call::CreateProcess2(create(Some(MISSING)))),
        ("CreateProcessAndAttach", create_and_attach(Some(MISSING))),
        ("CreateProcessAndAttach2", create_and_attach2(create(Some(MISSING)))),
    ];
    for (name, call) in others {
        set.step(CreateMissingFileFails, name, |script| {
            script.call(call).fails();
            created_nothing(script, HandleName::Zero)
        });
    }
    set.step(CreateMissingDirectoryCode, "an empty path", |script| {
        let create = CreateProcess2 { initial_directory: Some(String::new()), ..create(Some(PROGRAM)) };
        script.call(Call::CreateProcess2(create.clone())).returns(ERROR_DIRECTORY);
        script.call(create_and_attach2(create)).returns(ERROR_DIRECTORY)
    });
}

fn nothing_to_do(set: &mut CaseSet) {
    set.on_computers(CreateNothingToDoIsEInvalidarg, |script, server| {
        script.call_on(server, create_and_attach2(create(None))).returns(E_INVALIDARG)
    });
    set.on_computers(CreateNothingToDoIsRefused, |script, server| {
        script.call_on(server, create_and_attach(None)).fails()
    });
    set.step(CreateRefusalIsEInvalidarg, "nothing to do", |script| {
        script.call(create_and_attach(None)).returns(E_INVALIDARG)
    });
    set.step(CreateRefusalIsEInvalidarg, "an implicit command line beside another", |script| {
        let eng_create_flags = EngCreateFlags::USE_IMPLICIT_COMMAND_LINE;
        let options = Some(CreateProcessOptions { eng_create_flags, ..options() });
        script.call(Call::CreateProcess2(CreateProcess2 { options, ..create(Some(PROGRAM)) })).returns(E_INVALIDARG)
    });
}

fn bad_options(set: &mut CaseSet) {
    const BAD: [(&str, u32, u32, u32); 16] = [
        ("one byte short", 15, 0, 0),
        ("one byte long", 17, 0, 0),
        ("a size of zero", 0, 0, 0),
        ("half the size", 8, 0, 0),
        ("twice the size", 32, 0, 0),
        ("the size in the low byte", 0x110, 0, 0),
        ("the highest size", u32::MAX, 0, 0),
        ("Reserved is not zero", 16, 1, 0),
        ("Reserved has a zero as its low byte", 16, 0x100, 0),
        ("Reserved has a zero as its low half", 16, 0x1_0000, 0),
        ("Reserved has all bits", 16, u32::MAX, 0),
        ("an engine flag that does not exist", 16, 0, 8),
        ("one that does, beside it", 16, 0, 9),
        ("an engine flag of the second byte", 16, 0, 0x100),
        ("an engine flag of the high half", 16, 0, 0x1_0000),
        ("the highest engine flag", 16, 0, 1 << 31),
    ];
    for (name, options_buffer_size, reserved, engine_flags) in BAD {
        let options = CreateProcessOptions { eng_create_flags: engine_flags.into(), reserved, ..options() };
        let create = CreateProcess2 { options: Some(options), options_buffer_size, ..create(Some(PROGRAM)) };
        set.case(CreateBadOptionsAreRefused, name, |script| {
            script.call(Call::CreateProcess2(create.clone())).fails();
            script.call(create_and_attach2(create.clone())).fails();
        });
        set.case(CreateRefusalIsEInvalidarg, name, |script| {
            script.call(Call::CreateProcess2(create.clone())).returns(E_INVALIDARG);
            script.call(create_and_attach2(create.clone())).returns(E_INVALIDARG);
        });
    }
}

fn flagged_environment(set: &mut CaseSet) {
    let (unicode, verifier) = (CreateFlags::NO_DEBUG_HEAP, EngCreateFlags::USE_VERIFIER_FLAGS);
    let flagged = [
        ("one variable", "A=B\0", unicode, EngCreateFlags::empty()),
        ("no variable", "", unicode, EngCreateFlags::empty()),
        ("verifier flags", "A=B\0", CreateFlags::empty(), verifier),
    ];
    for (name, environment, create_flags, eng_create_flags) in flagged {
        set.step(CreateFlaggedEnvironmentIsRefused, name, |script| {
            let create_flags = DEBUGGED | create_flags;
            let options = Some(CreateProcessOptions { create_flags, eng_create_flags, ..options() });
            let environment = Some(environment.to_owned());
            let create = CreateProcess2 { options, environment, ..create(Some(PROGRAM)) };
            script.create(HandleName::Zero, PROGRAM, DEBUGGED).ok();
            script.call(Call::CreateProcess2(create.clone())).returns(E_NOTIMPL);
            script.call(create_and_attach2(create)).returns(E_NOTIMPL)
        });
    }
}

/// Creates a process twice: after the first create the program is known to exist.
fn twice(script: &mut Script, server: HandleName, flags: CreateFlags) -> LastStep<'_> {
    script.create(server, PROGRAM, flags).ok();
    script.create(server, PROGRAM, flags).ok()
}

/// Checks that neither the earlier calls nor an empty command line created a process.
fn created_nothing(script: &mut Script, server: HandleName) -> LastStep<'_> {
    script.create(server, "", DEBUGGED).fails();
    script.ids(server).ok().wrote(IdsOfTheComputer(0))
}

fn options() -> CreateProcessOptions {
    CreateProcessOptions { create_flags: DEBUGGED, ..CreateProcessOptions::default() }
}

fn create(line: Option<&str>) -> CreateProcess2 {
    CreateProcess2 {
        command_line: line.map(str::to_owned),
        options: Some(options()),
        options_buffer_size: CreateProcessOptions::SIZE,
        ..CreateProcess2::default()
    }
}

fn create_and_attach(line: Option<&str>) -> Call {
    Call::CreateProcessAndAttach {
        server: 0,
        command_line: line.map(str::to_owned),
        create_flags: DEBUGGED,
        process_id: 0,
        attach_flags: AttachFlags::empty(),
    }
}

fn create_and_attach2(create: CreateProcess2) -> Call {
    Call::CreateProcessAndAttach2 { create, process_id: 0, attach_flags: AttachFlags::empty() }
}
