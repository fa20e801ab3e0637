//! Listing the processes of a computer.

use super::*;

const LOCAL: &str = "handle/zero-is-the-local-computer";

fn list(ids: Pointer, count: u32, actual_count: Pointer) -> Call {
    Call::GetRunningProcessSystemIds { server: 0, ids, count, actual_count }
}

fn listed(hresult: HRESULT, ids: Option<&[u32]>, actual_count: Option<u32>) -> Outcome {
    let mut outcome = Outcome::returned(hresult);
    (outcome.out.ids, outcome.out.actual_count) = (ids.map(<[u32]>::to_vec), actual_count);
    outcome
}

fn judged(profile: Profile, call: &Call, outcome: &Outcome) -> Vec<&'static str> {
    let processes = vec![Process::new(64, "services.exe"), Process::new(68, "a.exe")];
    workstation(profile, processes).judge(CLIENT, call, outcome)
}

/// GRPS-3, GRPS-5: each pointer may be null, alone or with the other.
#[test]
fn a_list_succeeds_whichever_pointers_are_given() {
    use Pointer::{Given, Null};
    for profile in Profile::ALL {
        let refused = |ids, count, actual| judged(profile, &list(ids, count, actual), &Outcome::returned(E_FAIL));
        let (no_array, no_count) = ("ids/null-array-is-allowed", "ids/null-actual-count-is-allowed");
        assert_eq!(refused(Given, 64, Given), ["ids/succeeds", LOCAL]);
        assert_eq!(refused(Null, 0, Given), ["ids/succeeds", no_array]);
        assert_eq!(refused(Given, 64, Null), ["ids/succeeds", no_count]);
        assert_eq!(refused(Null, 0, Null), ["ids/succeeds", no_array, no_count]);
        let wrote_nothing = |ids, count, actual| judged(profile, &list(ids, count, actual), &Outcome::returned(S_OK));
        assert_eq!(wrote_nothing(Given, 64, Given), ["ids/succeeds"]);
        assert_eq!(wrote_nothing(Given, 64, Null), ["ids/succeeds"]);
        assert_eq!(wrote_nothing(Given, 0, Given), ["ids/succeeds"]);
        assert_eq!(wrote_nothing(Null, 0, Given), ["ids/succeeds"]);
        assert_eq!(wrote_nothing(Given, 0, Null), NONE);
        assert_eq!(wrote_nothing(Null, 0, Null), NONE);
    }
}

/// Q-26 leaves open what the real engine does with a short array (OBS-50).
#[test]
fn a_short_array_takes_no_more_than_its_count() {
    let one = list(Pointer::Given, 1, Pointer::Given);
    for profile in Profile::ALL {
        assert_eq!(judged(profile, &one, &listed(S_OK, Some(&[64]), Some(2))), NONE);
        let overrun = judged(profile, &one, &listed(S_OK, Some(&[64, 68]), Some(2)));
        assert!(overrun.contains(&"ids/at-most-count"), "{overrun:?}");
    }
    let none = list(Pointer::Given, 0, Pointer::Given);
    for profile in Profile::ALL {
        assert_eq!(judged(profile, &none, &listed(S_OK, Some(&[64]), Some(2))), ["ids/at-most-count"]);
    }
    assert_eq!(judged(Profile::Contract, &one, &listed(S_FALSE, Some(&[64]), Some(1))), NONE);
    assert_eq!(judged(Profile::Contract, &one, &listed(S_OK, Some(&[]), Some(2))), NONE);
    let s_false = judged(Profile::Dbgeng, &one, &listed(S_FALSE, Some(&[64]), Some(2)));
    assert_eq!(s_false, ["ids/succeeds"]);
    let empty = judged(Profile::Dbgeng, &one, &listed(S_OK, Some(&[]), Some(2)));
    assert_eq!(empty, ["ids/short-array-is-filled"]);
    let two = list(Pointer::Given, 2, Pointer::Given);
    let low = judged(Profile::Dbgeng, &two, &listed(S_OK, Some(&[64, 68]), Some(1)));
    assert_eq!(low, ["ids/succeeds", "ids/actual-count-is-total", "ids/short-array-is-filled"]);
    let low = judged(Profile::Contract, &two, &listed(S_OK, Some(&[64, 68]), Some(1)));
    assert_eq!(low, ["ids/succeeds"]);
}

/// Q-27; with room for ids and no array the real engine crashes on the local computer (OBS-51).
#[test]
fn a_null_array_with_room_for_ids_is_open() {
    let crashed = Outcome { ending: Ending::Crashed, out: Default::default() };
    let null = |server| Call::GetRunningProcessSystemIds {
        server,
        ids: Pointer::Null,
        count: 64,
        actual_count: Pointer::Given,
    };
    let connected = |profile| {
        let mut run = Run::new(profile);
        assert_eq!(run.connect(CLIENT, 7001, 0x10), NONE);
        run
    };
    for server in [0, 0x10] {
        for profile in Profile::ALL {
            assert_eq!(connected(profile).judge(CLIENT, &null(server), &Outcome::returned(S_OK)), NONE);
        }
        let contract = |outcome: &Outcome| connected(Profile::Contract).judge(CLIENT, &null(server), outcome);
        assert_eq!(contract(&Outcome::returned(S_FALSE)), NONE);
        assert_eq!(contract(&Outcome::returned(E_FAIL)), ["ids/null-array-is-allowed"]);
        assert_eq!(contract(&crashed), ["ids/null-array-is-allowed"]);
    }
    let dbgeng = |server, outcome: &Outcome| connected(Profile::Dbgeng).judge(CLIENT, &null(server), outcome);
    assert_eq!(dbgeng(0, &crashed), NONE);
    assert_eq!(dbgeng(0, &Outcome::returned(E_FAIL)), NONE);
    assert_eq!(dbgeng(0x10, &crashed), ["ids/null-array-is-allowed"]);
    assert_eq!(dbgeng(0x10, &Outcome::returned(E_FAIL)), ["ids/null-array-is-allowed"]);
}

/// OBS-56: a process that was created shows at once.
#[test]
fn a_created_process_is_counted() {
    for (profile, missing) in [(Profile::Contract, vec![]), (Profile::Dbgeng, vec!["create/shows-in-list"])] {
        let mut run = workstation(profile, vec![Process::new(64, "services.exe")]);
        let all = list(Pointer::Given, 64, Pointer::Given);
        // A process that the computer had may be gone by now.
        assert_eq!(run.judge(CLIENT, &all, &listed(S_OK, Some(&[]), Some(0))), NONE);
        let create = Call::CreateProcess { server: 0, command_line: Some("a.exe".to_owned()), create_flags: 0.into() };
        run.right(CLIENT, &create, S_OK);
        assert_eq!(run.judge(CLIENT, &all, &listed(S_OK, Some(&[64, 72]), Some(2))), NONE);
        assert_eq!(run.judge(CLIENT, &all, &listed(S_OK, Some(&[64]), Some(1))), missing);
    }
}
