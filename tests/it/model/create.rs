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
fn what_becomes_of_the_implicit_command_line_is_open() {
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

/// Q-62; measured, the real engine takes an empty path for no directory.
#[test]
fn what_an_empty_initial_directory_means_is_open() {
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
