//! Creating processes.

use dbgeng_testkit::flags::{CreateFlags, CreateProcessOptions, EngCreateFlags};

use super::*;

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

/// CRE-16: the line is then another one, which Request sets and nobody here has set.
#[test]
fn the_implicit_command_line_is_open() {
    for profile in Profile::ALL {
        let mut run = on_a_workstation(profile);
        let plain = Call::CreateProcess2(create(CreateProcessOptions::default()));
        let refused = run.judge(CLIENT, &plain, &Outcome::returned(E_FAIL));
        assert_eq!(refused, ["create/valid-command-succeeds", "create/no-debug-flags-creates-only"]);
        let eng_create_flags = EngCreateFlags::USE_IMPLICIT_COMMAND_LINE;
        let implicit = create(CreateProcessOptions { eng_create_flags, ..CreateProcessOptions::default() });
        run.right(CLIENT, &Call::CreateProcess2(implicit), E_FAIL);
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
        assert_eq!(broken[0], "create/valid-command-succeeds");
        broken[1..].to_vec()
    };
    for profile in Profile::ALL {
        assert_eq!(asked(profile, 0), [CREATES_ONLY]);
        assert_eq!(asked(profile, 1), NONE);
        assert_eq!(asked(profile, 2), NONE);
    }
    assert_eq!(asked(Profile::Contract, 3), NONE);
    assert_eq!(asked(Profile::Dbgeng, 3), [BOTH]);
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
    assert_eq!(judged(Profile::Dbgeng, 0, E_FAIL), [live]);
    assert_eq!(judged(Profile::Contract, 1, E_FAIL), [live]);
}
