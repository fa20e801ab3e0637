//! Creating processes.

use dbgeng_testkit::flags::{CreateFlags, CreateProcessOptions, EngCreateFlags};

use dbgeng_testkit::hresult::{E_NOINTERFACE, ERROR_BAD_EXE_FORMAT, ERROR_FILE_NOT_FOUND};

use super::*;

const ZERO: &str = "handle/zero-is-the-local-computer";
const NAMES_ITS_PROGRAM: &str = "create/command-line-names-its-program";

fn on_a_workstation(profile: Profile) -> Run {
    workstation(profile, vec![Process::new(64, "services.exe")])
}

fn create(options: CreateProcessOptions) -> CreateProcess2 {
    CreateProcess2 {
        command_line: Some("services.exe".to_owned()),
        options: Some(options),
        options_buffer_size: CreateProcessOptions::SIZE,
        ..CreateProcess2::default()
    }
}

/// CRE-16: the line is then another one, which Request sets and nobody here has set. OBS-214: the real engine refuses it
/// beside a line that is given.
#[test]
fn the_implicit_command_line_is_open() {
    for profile in Profile::ALL {
        let mut run = on_a_workstation(profile);
        let plain = Call::CreateProcess2(create(CreateProcessOptions::default()));
        let refused = run.judge(CLIENT, &plain, &Outcome::returned(E_FAIL));
        let creates_only = "create/no-debug-flags-creates-only";
        assert_eq!(refused, ["create/valid-command-succeeds", NAMES_ITS_PROGRAM, creates_only]);
        let eng_create_flags = EngCreateFlags::USE_IMPLICIT_COMMAND_LINE;
        let implicit = create(CreateProcessOptions { eng_create_flags, ..CreateProcessOptions::default() });
        let implicit = Call::CreateProcess2(implicit);
        let expected = if profile.is_dbgeng() { &["create/refusal-is-e-invalidarg"][..] } else { &[] };
        assert_eq!(run.judge(CLIENT, &implicit, &Outcome::returned(E_FAIL)), expected);
        run.right(CLIENT, &implicit, E_INVALIDARG);
    }
}

/// Q-62, OBS-205: to the real engine an empty path is not a directory.
#[test]
fn an_empty_initial_directory_is_open() {
    for (profile, expected) in [(Profile::Contract, vec![]), (Profile::Dbgeng, vec!["create/missing-directory-code"])] {
        let initial_directory = Some(String::new());
        let call = CreateProcess2 { initial_directory, ..create(CreateProcessOptions::default()) };
        let mut run = on_a_workstation(profile);
        assert_eq!(run.judge(CLIENT, &Call::CreateProcess2(call), &Outcome::returned(S_OK)), expected);
    }
}

/// CRE-3, CRE-4, OBS-60.
#[test]
fn a_refused_create_breaks_what_its_debug_flags_ask() {
    const BOTH: &str = "create/both-debug-flags-are-taken";
    const CREATES_ONLY: &str = "create/no-debug-flags-creates-only";
    let asked = |profile, bits: u32| {
        let mut run = on_a_workstation(profile);
        let command_line = Some("services.exe".to_owned());
        let call = Call::CreateProcess { server: 0, command_line, create_flags: CreateFlags::from(bits) };
        let broken = run.judge(CLIENT, &call, &Outcome::returned(E_FAIL));
        // No page says what both flags mean.
        if profile == Profile::Contract && bits == 3 {
            return broken;
        }
        assert_eq!(broken[..2], ["create/valid-command-succeeds", NAMES_ITS_PROGRAM]);
        broken[2..].to_vec()
    };
    for profile in Profile::ALL {
        assert_eq!(asked(profile, 0), [CREATES_ONLY]);
        assert_eq!(asked(profile, 1), [ZERO]);
        assert_eq!(asked(profile, 2), [ZERO]);
    }
    assert_eq!(asked(Profile::Contract, 3), NONE);
    assert_eq!(asked(Profile::Dbgeng, 3), [ZERO, BOTH]);
}

/// CRE-6, CRE-9, CRE-10, OBS-57, OBS-61.
#[test]
fn a_create_that_cannot_be_is_refused() {
    const INVALID: &str = "create/refusal-is-e-invalidarg";
    let sound = create(CreateProcessOptions::default());
    let no_line = CreateProcess2 { command_line: None, ..sound.clone() };
    let short = CreateProcess2 { options_buffer_size: 15, ..sound.clone() };
    let (create_flags, attach_flags, process_id) = (0.into(), 0.into(), 0);
    let nothing =
        Call::CreateProcessAndAttach { server: 0, command_line: None, create_flags, process_id, attach_flags };
    let empty = Call::CreateProcess { server: 0, command_line: Some(String::new()), create_flags };
    for (call, requirement, code) in [
        (nothing, "create/nothing-to-do-is-refused", INVALID),
        (Call::CreateProcess2(short.clone()), "create/bad-options-are-refused", INVALID),
        (
            Call::CreateProcessAndAttach2 { create: short, process_id: 64, attach_flags },
            "create/bad-options-are-refused",
            INVALID,
        ),
        (empty, "create/missing-file-fails", "create/missing-file-code"),
    ] {
        let judged = |profile, hresult| on_a_workstation(profile).judge(CLIENT, &call, &Outcome::returned(hresult));
        assert_eq!(judged(Profile::Contract, S_OK), [requirement], "{call:?}");
        assert_eq!(judged(Profile::Contract, E_FAIL), NONE, "{call:?}");
        assert_eq!(judged(Profile::Dbgeng, S_OK), [requirement, code], "{call:?}");
        assert_eq!(judged(Profile::Dbgeng, E_FAIL), [code], "{call:?}");
    }
    let nothing = Call::CreateProcessAndAttach2 { create: no_line, process_id, attach_flags };
    let both = Call::CreateProcessAndAttach2 { create: sound, process_id: 64, attach_flags };
    for profile in Profile::ALL {
        let judged = |call, hresult| on_a_workstation(profile).judge(CLIENT, call, &Outcome::returned(hresult));
        assert_eq!(judged(&nothing, E_FAIL), ["create/nothing-to-do-is-e-invalidarg"]);
        assert_eq!(judged(&nothing, E_INVALIDARG), NONE);
        // Either half may be why.
        assert_eq!(judged(&both, E_FAIL), NONE);
    }
}

/// OBS-59; the flag is in the header alone.
#[test]
fn a_partial_attach_is_noninvasive() {
    const PARTIAL: &str = "attach/allow-partial-is-noninvasive";
    let judged = |profile, flags: u32, hresult| {
        let call = Call::AttachProcess { server: 0, process_id: 64, attach_flags: flags.into() };
        on_a_workstation(profile).judge(CLIENT, &call, &Outcome::returned(hresult))
    };
    for flags in [0x20, 0x21, 0x25] {
        for hresult in [S_OK, E_FAIL] {
            assert_eq!(judged(Profile::Contract, flags, hresult), NONE);
        }
    }
    assert_eq!(judged(Profile::Dbgeng, 0x20, S_OK), [PARTIAL, "attach/refusal-is-e-invalidarg"]);
    let live = "attach/live-process-succeeds";
    assert_eq!(judged(Profile::Dbgeng, 0x21, E_FAIL), ["attach/noninvasive-needs-no-process", PARTIAL, live]);
    assert_eq!(judged(Profile::Dbgeng, 1, E_FAIL), ["attach/noninvasive-needs-no-process", live]);
    assert_eq!(judged(Profile::Dbgeng, 0, E_FAIL), [live, ZERO]);
    assert_eq!(judged(Profile::Contract, 1, E_FAIL), [live]);
}

fn start(line: &str) -> Call {
    Call::CreateProcess { server: 0, command_line: Some(line.to_owned()), create_flags: 0.into() }
}

/// OBS-82.
#[test]
fn a_program_that_runs_can_be_started_however_it_is_named() {
    let running = vec![Process::new(64, r"C:\windows\system32\services.exe"), Process::new(68, r"D:\a b\tool.exe")];
    let refused = |profile, line: &str| {
        let broken = workstation(profile, running.clone()).judge(CLIENT, &start(line), &Outcome::returned(E_FAIL));
        broken.contains(&NAMES_ITS_PROGRAM)
    };
    for profile in Profile::ALL {
        for line in ["services", "SERVICES.EXE x", "\"services\"", r"C:/windows/system32/services", r"d:\a b\tool -x"] {
            assert!(refused(profile, line), "{line}");
        }
        for line in
            ["tool.exe", r"services.exe\x", r#""D:\a" b\tool.exe"#, " services.exe", "\"services", "x services.exe"]
        {
            assert!(!refused(profile, line), "{line}");
        }
    }
}

/// OBS-82: where the files are not known, some lines start nothing nevertheless.
#[test]
fn a_line_without_a_name_is_refused() {
    let judged = |profile, line: &str, hresult| {
        on_a_workstation(profile).judge(CLIENT, &start(line), &Outcome::returned(hresult))
    };
    for (line, code, requirement) in [
        ("\"\"", E_INVALIDARG, "create/no-name-code"),
        (" ", ERROR_FILE_NOT_FOUND, "create/no-name-code"),
        (" services.exe", ERROR_FILE_NOT_FOUND, "create/no-name-code"),
        ("\"services.exe", ERROR_FILE_NOT_FOUND, "create/no-name-code"),
        (r"c:\Windows\win.ini", ERROR_BAD_EXE_FORMAT, "create/no-program-code"),
    ] {
        assert_eq!(judged(Profile::Dbgeng, line, E_FAIL), [requirement], "{line}");
        assert_eq!(judged(Profile::Dbgeng, line, code), NONE, "{line}");
        assert_eq!(judged(Profile::Contract, line, E_FAIL), NONE, "{line}");
    }
    assert_eq!(judged(Profile::Contract, "\"\"", S_OK), ["create/missing-file-fails"]);
}

/// A program of several possible names may be the one that is asked for.
#[test]
fn a_created_process_has_the_name_that_its_command_line_gives() {
    let find = |name: &str| Call::GetRunningProcessSystemIdByExecutableName {
        server: 0,
        exe_name: Some(name.to_owned()),
        flags: 0.into(),
        id: Pointer::Given,
    };
    for (line, own) in [("a", Some("a.exe")), ("a.exe -x y", Some("a.exe")), (r"C:\b c\a x", None)] {
        let missed = |profile| {
            let mut run = on_a_workstation(profile);
            run.right(CLIENT, &start(line), S_OK);
            run.judge(CLIENT, &find("a.exe"), &Outcome::returned(E_NOINTERFACE)) == NONE
        };
        assert_eq!(missed(Profile::Dbgeng), own != Some("a.exe"), "{line}");
        // Only the real engine is known to list a new process at once.
        assert!(missed(Profile::Contract), "{line}");
    }
}
