//! Finding a process by its name.

use dbgeng_testkit::hresult::E_NOINTERFACE;

use super::*;

const ONE_MATCH: &str = "name/one-match-is-its-id";
const SEVERAL: &str = "name/several-is-one-of-them";
const NO_MATCH: &str = "name/no-match-is-e-nointerface";
const S_FALSE_ONLY: &str = "name/s-false-only-for-only-match";
const IGNORES_PATHS: &str = "name/default-ignores-paths";
const FULL_MATCH: &str = "name/full-match-compares-paths";

fn running() -> Vec<Process> {
    let services = vec!["spooler".to_owned()];
    vec![
        Process { services, ..Process::new(64, r"C:\windows\services.exe") },
        Process::new(72, r"C:\one\a.exe"),
        Process::new(76, r"C:\two\a.exe"),
    ]
}

/// Judges a search for this name with these flags.
fn searched(profile: Profile, name: &str, flags: u32, hresult: HRESULT, id: Option<u32>) -> Vec<&'static str> {
    let call = Call::GetRunningProcessSystemIdByExecutableName {
        server: 0,
        exe_name: Some(name.to_owned()),
        flags: flags.into(),
        id: Pointer::Given,
    };
    let mut outcome = Outcome::returned(hresult);
    outcome.out.id = id;
    workstation(profile, running()).judge(CLIENT, &call, &outcome)
}

/// GRPN-7, GRPN-8.
#[test]
fn a_plain_name_is_that_of_one_process_or_none() {
    for profile in Profile::ALL {
        let found = |flags, hresult, id| searched(profile, "services.exe", flags, hresult, id);
        for flags in [0, 2] {
            assert_eq!(found(flags, S_OK, Some(64)), NONE);
            assert_eq!(found(flags, S_OK, None), [ONE_MATCH]);
            assert_eq!(found(flags, S_OK, Some(72)), [ONE_MATCH]);
            assert_eq!(found(flags, E_NOINTERFACE, None), [ONE_MATCH, IGNORES_PATHS]);
            assert_eq!(searched(profile, "b.exe", flags, E_NOINTERFACE, None), NONE);
            assert_eq!(searched(profile, "b.exe", flags, S_OK, Some(64)), [NO_MATCH]);
            assert_eq!(searched(profile, "b.exe", flags, E_FAIL, None), [NO_MATCH]);
        }
        assert_eq!(found(0, S_FALSE, Some(64)), [S_FALSE_ONLY, ONE_MATCH]);
        assert_eq!(found(2, S_FALSE, Some(64)), [ONE_MATCH, S_FALSE_ONLY]);
        assert_eq!(searched(profile, "b.exe", 2, S_FALSE, None), [NO_MATCH, S_FALSE_ONLY]);
    }
}

/// GRPN-3, GRPN-6; Q-30 leaves open what the real engine does (OBS-62).
#[test]
fn a_plain_name_may_be_that_of_several_processes() {
    for profile in Profile::ALL {
        let found = |flags, hresult, id| searched(profile, "a.exe", flags, hresult, id);
        assert_eq!(found(0, S_OK, Some(72)), NONE);
        assert_eq!(found(0, S_OK, Some(76)), NONE);
        assert_eq!(found(0, S_OK, Some(64)), [SEVERAL]);
        assert_eq!(found(0, S_FALSE, Some(72)), [S_FALSE_ONLY, SEVERAL]);
        assert_eq!(found(0, E_NOINTERFACE, None), [SEVERAL, IGNORES_PATHS]);
        assert_eq!(found(2, S_FALSE, Some(72)), NONE);
        assert_eq!(found(2, S_FALSE, None), NONE);
        assert_eq!(found(2, S_OK, Some(72)), ["name/only-match-is-s-false"]);
        assert_eq!(found(2, E_NOINTERFACE, None), ["name/only-match-is-s-false", IGNORES_PATHS]);
    }
    assert_eq!(searched(Profile::Contract, "a.exe", 2, S_FALSE, Some(76)), NONE);
    let second = searched(Profile::Dbgeng, "a.exe", 2, S_FALSE, Some(76));
    assert_eq!(second, ["name/only-match-id-is-the-first"]);
}

/// GRPN-4, GRPN-9; the real engine compares the file name alone, whatever the flags say (OBS-52).
#[test]
fn a_full_match_compares_paths() {
    let contract = |name, flags, hresult, id| searched(Profile::Contract, name, flags, hresult, id);
    let one = r"C:\one\a.exe";
    for (flags, combined) in [(1, &[][..]), (3, &["name/flags-combine"])] {
        assert_eq!(contract(one, flags, S_OK, Some(72)), NONE);
        let missed = [&[ONE_MATCH], combined, &[FULL_MATCH]].concat();
        assert_eq!(contract(one, flags, E_NOINTERFACE, None), missed);
        assert_eq!(contract(r"C:\three\a.exe", flags, E_NOINTERFACE, None), NONE);
        let found = [&[NO_MATCH], combined, &[FULL_MATCH]].concat();
        assert_eq!(contract(r"C:\three\a.exe", flags, S_OK, Some(72)), found);
        assert_eq!(searched(Profile::Dbgeng, one, flags, E_NOINTERFACE, None), NONE);
    }
    assert_eq!(contract(one, 1, S_OK, Some(76)), [ONE_MATCH]);
    assert_eq!(searched(Profile::Dbgeng, one, 1, S_OK, Some(72)), [NO_MATCH]);
    assert_eq!(searched(Profile::Dbgeng, "services.exe", 1, E_NOINTERFACE, None), [ONE_MATCH, IGNORES_PATHS]);
}

/// Q-29 leaves open what the real engine does (OBS-52).
#[test]
fn the_comparison_of_names_is_open() {
    let contract = |name, flags| {
        for (hresult, id) in [(S_OK, Some(64)), (E_NOINTERFACE, None)] {
            assert_eq!(searched(Profile::Contract, name, flags, hresult, id), NONE, "{name}");
        }
    };
    contract("SERVICES.EXE", 0);
    contract("services", 0);
    contract(r"C:\windows\services.exe", 0);
    contract("C:/windows/services.exe", 0);
    contract(r"C:\Windows\services.exe", 1);
    contract("spooler", 4);
    let dbgeng = |name, hresult, id| searched(Profile::Dbgeng, name, 0, hresult, id);
    let upper = "SERVICES.EXE";
    assert_eq!(dbgeng(upper, S_OK, Some(64)), NONE);
    assert_eq!(dbgeng(upper, E_NOINTERFACE, None), [ONE_MATCH, IGNORES_PATHS, "name/case-is-ignored"]);
    assert_eq!(dbgeng("services", E_NOINTERFACE, None), NONE);
    assert_eq!(dbgeng("services", S_OK, Some(64)), [NO_MATCH, "name/extension-counts"]);
    for path in [r"C:\windows\services.exe", "C:/windows/services.exe"] {
        assert_eq!(dbgeng(path, E_NOINTERFACE, None), NONE);
        assert_eq!(dbgeng(path, S_OK, Some(64)), [NO_MATCH, "name/path-is-no-file-name"]);
    }
}

/// OBS-52: with DEBUG_GET_PROC_SERVICE_NAME the name is that of a service.
#[test]
fn a_service_is_found_by_its_name() {
    let dbgeng = |name, hresult, id| searched(Profile::Dbgeng, name, 4, hresult, id);
    assert_eq!(dbgeng("spooler", S_OK, Some(64)), NONE);
    let missed = dbgeng("spooler", E_NOINTERFACE, None);
    assert!(missed.contains(&ONE_MATCH) && !missed.contains(&"name/case-is-ignored"), "{missed:?}");
    assert_eq!(dbgeng("services", E_NOINTERFACE, None), NONE);
    assert_eq!(dbgeng("services", S_OK, Some(64)), [NO_MATCH]);
}

/// Q-33 leaves open what the real engine does (OBS-52).
#[test]
fn flags_that_do_not_exist_may_be_refused() {
    for (hresult, id) in [(S_OK, Some(72)), (E_NOINTERFACE, None), (E_INVALIDARG, None)] {
        assert_eq!(searched(Profile::Contract, "services.exe", 8, hresult, id), NONE);
    }
    assert_eq!(searched(Profile::Dbgeng, "services.exe", 8, E_INVALIDARG, None), NONE);
    assert_eq!(searched(Profile::Dbgeng, "services.exe", 8, S_OK, Some(64)), ["name/unknown-flags-are-refused"]);
}
