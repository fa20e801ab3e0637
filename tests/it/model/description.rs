//! Describing a process.

use dbgeng_testkit::hresult::STATUS_INVALID_CID;
use dbgeng_testkit::{EngineVersion, Outputs};

use super::*;

const SUCCEEDS: &str = "description/live-process-succeeds";
const ZERO: &str = "handle/zero-is-the-local-computer";

/// A description of a process with these flags, into buffers of this size.
fn describe(system_id: u32, flags: u32, size: u32) -> Call {
    Call::GetRunningProcessDescription {
        server: 0,
        system_id,
        flags: flags.into(),
        exe_name: Pointer::Given,
        exe_name_size: size,
        actual_exe_name_size: Pointer::Given,
        description: Pointer::Given,
        description_size: size,
        actual_description_size: Pointer::Given,
    }
}

fn judged(profile: Profile, call: &Call, hresult: HRESULT, write: impl FnOnce(&mut Outputs)) -> Vec<&'static str> {
    let process = Process { command_line: None, ..Process::new(64, r"C:\windows\services.exe") };
    let mut outcome = Outcome::returned(hresult);
    write(&mut outcome.out);
    workstation(profile, vec![process]).judge(CLIENT, call, &outcome)
}

/// STR-2: each of the four pointers may be null.
#[test]
fn a_refused_description_breaks_what_is_true_of_its_arguments() {
    let nulled: [fn(&mut Call); 5] = [
        |_| {},
        |call| {
            if let Call::GetRunningProcessDescription { exe_name, .. } = call {
                *exe_name = Pointer::Null;
            }
        },
        |call| {
            if let Call::GetRunningProcessDescription { actual_exe_name_size, .. } = call {
                *actual_exe_name_size = Pointer::Null;
            }
        },
        |call| {
            if let Call::GetRunningProcessDescription { description, .. } = call {
                *description = Pointer::Null;
            }
        },
        |call| {
            if let Call::GetRunningProcessDescription { actual_description_size, .. } = call {
                *actual_description_size = Pointer::Null;
            }
        },
    ];
    for profile in Profile::ALL {
        for (at, change) in nulled.iter().enumerate() {
            let mut call = describe(64, 0, 64);
            change(&mut call);
            let refused = judged(profile, &call, E_FAIL, |_| {});
            let other = if at == 0 { ZERO } else { "description/null-buffers-are-allowed" };
            assert_eq!(refused, [SUCCEEDS, other]);
        }
    }
}

/// GRPD-3, GRPD-6, OBS-55.
#[test]
fn a_description_of_no_process_fails() {
    for profile in Profile::ALL {
        let taken = judged(profile, &describe(68, 0, 64), S_OK, |_| {});
        assert_eq!(taken[0], "description/unknown-process-fails");
        assert_eq!(judged(profile, &describe(68, 0, 64), STATUS_INVALID_CID, |_| {}), NONE);
    }
    assert_eq!(judged(Profile::Contract, &describe(68, 0, 64), E_FAIL, |_| {}), NONE);
    let other_code = judged(Profile::Dbgeng, &describe(68, 0, 64), E_FAIL, |_| {});
    assert_eq!(other_code, ["description/unknown-process-code"]);
    // A process that the run created has an id that nobody knows.
    let mut run = workstation(Profile::Dbgeng, vec![]);
    let unknown = run.judge(CLIENT, &describe(68, 0, 64), &Outcome::returned(E_FAIL));
    assert_eq!(unknown, ["description/unknown-process-code"]);
    let create = Call::CreateProcess { server: 0, command_line: Some("a.exe".to_owned()), create_flags: 0.into() };
    run.right(CLIENT, &create, S_OK);
    run.right(CLIENT, &describe(68, 0, 64), E_FAIL);
    run.right(CLIENT, &describe(68, 0, 64), S_OK);
}

/// OBS-55; the contract says nothing of process id 0.
#[test]
fn process_id_0_is_the_system() {
    let named = |profile, hresult, name: &str| {
        judged(profile, &describe(0, 1, 64), hresult, |out| out.exe_name = Some(name.to_owned()))
    };
    assert_eq!(named(Profile::Dbgeng, S_OK, "System Process"), NONE);
    assert_eq!(named(Profile::Dbgeng, S_OK, "services.exe"), ["description/system-process"]);
    assert_eq!(named(Profile::Contract, S_OK, r"C:\idle"), NONE);
    assert_eq!(judged(Profile::Dbgeng, &describe(0, 0, 64), E_FAIL, |_| {}), ["description/system-process"]);
    assert_eq!(judged(Profile::Contract, &describe(0, 0, 64), E_FAIL, |_| {}), NONE);
}

/// GRPD-4, Q-36: by default the name may carry its path, and with DEBUG_PROC_DESC_NO_PATHS it does not.
#[test]
fn a_name_without_paths_has_none() {
    let path = r"C:\windows\services.exe";
    let named = |profile, flags, name: &str| {
        judged(profile, &describe(64, flags, 64), S_OK, |out| out.exe_name = Some(name.to_owned()))
    };
    assert_eq!(named(Profile::Contract, 0, path), NONE);
    assert_eq!(named(Profile::Contract, 0, "SERVICES.EXE"), NONE);
    assert_eq!(named(Profile::Contract, 0, "a.exe"), ["description/names-the-image"]);
    assert_eq!(named(Profile::Contract, 1, "services.exe"), NONE);
    assert_eq!(named(Profile::Contract, 1, path), ["description/no-paths-has-no-path"]);
    assert_eq!(named(Profile::Dbgeng, 0, path), NONE);
    let wrong = ["description/names-the-image", "description/parts-and-layout"];
    assert_eq!(named(Profile::Dbgeng, 0, "services.exe"), wrong);
}

/// STR-3: S_FALSE is for a buffer that is too small. Q-34, Q-35 leave open what it means without one.
#[test]
fn a_buffer_that_is_too_small_is_s_false() {
    let sizes = |hresult, call: &Call, exe_name: u32, description: u32| {
        judged(Profile::Contract, call, hresult, |out| {
            (out.actual_exe_name_size, out.actual_description_size) = (Some(exe_name), Some(description));
        })
    };
    let short = ["description/short-buffer-is-s-false"];
    let both = describe(64, 0, 24);
    assert_eq!(sizes(S_OK, &both, 24, 11), NONE);
    assert_eq!(sizes(S_FALSE, &both, 24, 11), short);
    assert_eq!(sizes(S_OK, &both, 25, 11), short);
    assert_eq!(sizes(S_OK, &both, 24, 25), short);
    assert_eq!(sizes(S_FALSE, &both, 24, 25), NONE);
    for hresult in [S_OK, S_FALSE] {
        assert_eq!(sizes(hresult, &describe(64, 0, 0), 24, 11), NONE);
    }
    let mut no_name = describe(64, 0, 24);
    if let Call::GetRunningProcessDescription { exe_name, exe_name_size, .. } = &mut no_name {
        (*exe_name, *exe_name_size) = (Pointer::Null, 0);
    }
    assert_eq!(sizes(S_OK, &no_name, 24, 25), short);
    assert_eq!(sizes(S_OK, &no_name, 25, 11), NONE);
    if let Call::GetRunningProcessDescription { exe_name_size, .. } = &mut no_name {
        *exe_name_size = 24;
    }
    assert_eq!(sizes(S_OK, &no_name, 25, 11), NONE);
    let mut no_room = describe(64, 0, 0);
    if let Call::GetRunningProcessDescription { description, .. } = &mut no_room {
        *description = Pointer::Null;
    }
    assert_eq!(sizes(S_OK, &no_room, 24, 11), NONE);
}

/// STR-1, STR-3, STR-4: nothing is written past the end of a buffer, and the actual size is that of the whole string.
#[test]
fn what_is_written_fits_and_has_its_size() {
    let named = |hresult, size, actual| {
        judged(Profile::Contract, &describe(64, 1, size), hresult, |out| {
            (out.exe_name, out.actual_exe_name_size) = (Some("services.exe".to_owned()), Some(actual));
        })
    };
    assert_eq!(named(S_OK, 13, 13), NONE);
    assert_eq!(named(S_OK, 13, 12), ["description/actual-sizes-count-nul"]);
    assert_eq!(named(S_FALSE, 13, 12)[0], "description/actual-sizes-are-whole");
    assert!(named(S_FALSE, 12, 13).contains(&"description/never-overruns"));
}

/// Q-33 leaves open what the real engine does (OBS-54).
#[test]
fn flags_that_do_not_exist_may_be_refused() {
    for hresult in [S_OK, E_FAIL, E_INVALIDARG] {
        assert_eq!(judged(Profile::Contract, &describe(64, 0x40, 64), hresult, |_| {}), NONE);
    }
    let older = Profile::DbgengAt(EngineVersion::V10_0_15063);
    for (profile, flags) in [(older, 0x40), (older, 0x80), (Profile::Dbgeng, 0x100)] {
        assert_eq!(judged(profile, &describe(64, flags, 64), E_INVALIDARG, |_| {}), NONE);
        let taken = judged(profile, &describe(64, flags, 64), S_OK, |_| {});
        assert_eq!(taken, ["description/unknown-flags-are-refused"]);
    }
}

/// OBS-75, OBS-96: id four is that of the system, whichever flags are set.
#[test]
fn process_id_4_is_the_system() {
    let named = |profile, flags, name: &str| {
        judged(profile, &describe(4, flags, 64), S_OK, |out| {
            out.exe_name = Some(name.to_owned());
            out.description = Some(String::new());
        })
    };
    assert_eq!(named(Profile::Dbgeng, 0, "System"), NONE);
    assert_eq!(named(Profile::Dbgeng, 0xff, "System"), NONE);
    assert_eq!(named(Profile::Dbgeng, 0, "services.exe"), ["description/id-four-is-system"]);
    assert_eq!(named(Profile::Contract, 0, r"C:\windows\ntoskrnl.exe"), NONE);
    assert_eq!(judged(Profile::Dbgeng, &describe(4, 0, 64), E_FAIL, |_| {}), ["description/id-four-is-system"]);
    assert_eq!(judged(Profile::Contract, &describe(4, 0, 64), E_FAIL, |_| {}), NONE);
}

/// OBS-74: the model does not know which twin was called.
#[test]
fn the_status_of_a_local_name_without_room_is_open() {
    let with_room = |exe_name_size: u32, description_size: u32, hresult| {
        let mut call = describe(64, 0, description_size);
        if let Call::GetRunningProcessDescription { exe_name_size: size, .. } = &mut call {
            *size = exe_name_size;
        }
        judged(Profile::Dbgeng, &call, hresult, |out| {
            out.actual_exe_name_size = Some(24);
            out.actual_description_size = Some(11);
        })
    };
    const SHORT: &str = "description/short-buffer-is-s-false";
    assert_eq!(with_room(0, 64, S_OK), NONE);
    assert_eq!(with_room(0, 64, S_FALSE), NONE);
    assert!(with_room(64, 64, S_FALSE).contains(&SHORT));
}

/// OBS-208: the size is an estimate, in every measured version.
#[test]
fn the_size_of_a_description_without_room_may_be_too_large() {
    let sized = |pointer, room, size| {
        let mut call = describe(64, 0, room);
        if let Call::GetRunningProcessDescription { exe_name_size, description, .. } = &mut call {
            (*exe_name_size, *description) = (64, pointer);
        }
        EngineVersion::ALL.iter().all(|version| {
            let write = |out: &mut Outputs| out.actual_description_size = Some(size);
            judged(Profile::DbgengAt(*version), &call, S_OK, write).is_empty()
        })
    };
    for (pointer, room) in [(Pointer::Null, 0), (Pointer::Null, 64), (Pointer::Given, 0)] {
        assert!(sized(pointer, room, 11));
        assert!(sized(pointer, room, 11 + 1386));
        assert!(!sized(pointer, room, 10));
    }
    assert!(sized(Pointer::Given, 64, 11));
    assert!(!sized(Pointer::Given, 64, 12));
}

/// OBS-96: newer engines know more flags.
#[test]
fn the_architecture_is_described_by_newer_engines() {
    let older = Profile::DbgengAt(EngineVersion::V10_0_15063);
    let described = |profile, text: &str| {
        judged(profile, &describe(64, 0x80, 64), S_OK, |out| out.description = Some(text.to_owned()))
    };
    assert_eq!(described(Profile::Dbgeng, "Arch: AMD64  Session: 1"), NONE);
    assert!(described(Profile::Dbgeng, "Session: 1").contains(&"description/architecture-comes-first"));
    assert_eq!(described(older, "Arch: AMD64  Session: 1"), ["description/unknown-flags-are-refused"]);
    assert_eq!(judged(older, &describe(64, 0x80, 64), E_INVALIDARG, |_| {}), NONE);
    assert!(judged(Profile::Dbgeng, &describe(64, 0x80, 64), E_INVALIDARG, |_| {}).contains(&SUCCEEDS));
}

/// OBS-88: a plain method writes a question mark for what its code page lacks.
#[test]
fn a_character_may_be_written_as_a_question_mark() {
    let process = Process { command_line: None, ..Process::new(64, r"C:\ж.exe") };
    for profile in Profile::ALL {
        let named = |name: &str| {
            let mut outcome = Outcome::returned(S_OK);
            outcome.out.exe_name = Some(name.to_owned());
            workstation(profile, vec![process.clone()]).judge(CLIENT, &describe(64, 1, 64), &outcome)
        };
        assert_eq!(named("ж.exe"), NONE);
        assert_eq!(named("?.exe"), NONE);
        assert_eq!(named("ж?exe")[0], "description/names-the-image");
        assert_eq!(named("??.exe")[0], "description/names-the-image");
    }
}
