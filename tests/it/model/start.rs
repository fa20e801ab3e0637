//! Starting process servers.

use dbgeng_testkit::hresult::{E_NOTIMPL, ERROR_ALREADY_EXISTS, WSAEADDRINUSE};

use super::*;

const VALID: &str = "start/valid-options-succeed";
const IN_USE: &str = "start/address-in-use-is-refused";
const INVALID: &str = "start/refusal-is-e-invalidarg";

fn start(flags: u32, options: Option<&str>, reserved: u64) -> Call {
    Call::StartProcessServer { flags, options: options.map(str::to_owned), reserved }
}

/// Judges a start with this string in CLIENT. HOST has a server already, CLIENT has none.
fn started(profile: Profile, text: &str, hresult: HRESULT) -> Vec<&'static str> {
    Run::new(profile).judge(CLIENT, &start(2, Some(text), 0), &Outcome::returned(hresult))
}

/// SPS-2, SPS-4; Q-45 leaves open what the real engine does with Reserved (OBS-30).
#[test]
fn a_start_is_of_one_class_and_reserves_nothing() {
    let judged = |profile, flags, options, reserved, hresult| {
        Run::new(profile).judge(CLIENT, &start(flags, options, reserved), &Outcome::returned(hresult))
    };
    let (contract, dbgeng) = (Profile::Contract, Profile::Dbgeng);
    let text = Some("tcp:port=7002");
    assert_eq!(judged(contract, 1, text, 0, S_OK), ["start/class-must-be-user-windows"]);
    assert_eq!(judged(contract, 1, text, 0, E_FAIL), NONE);
    assert_eq!(judged(dbgeng, 1, text, 0, S_OK), ["start/class-must-be-user-windows", INVALID]);
    assert_eq!(judged(dbgeng, 1, text, 0, E_FAIL), [INVALID]);
    assert_eq!(judged(dbgeng, 1, text, 8, E_FAIL), NONE);
    assert_eq!(judged(contract, 2, text, 8, S_OK), NONE);
    assert_eq!(judged(contract, 2, text, 8, E_NOTIMPL), NONE);
    assert_eq!(judged(dbgeng, 2, text, 8, E_NOTIMPL), NONE);
    assert_eq!(judged(dbgeng, 2, text, 8, E_INVALIDARG), ["start/reserved-is-refused"]);
    assert_eq!(judged(dbgeng, 2, None, 0, E_FAIL), [INVALID]);
    assert_eq!(judged(dbgeng, 2, None, 8, E_FAIL), NONE);
}

/// Another program can hold a port or a pipe. A serial line needs hardware, a secured channel a certificate, and a
/// server that calls its client somebody who answers.
#[test]
fn a_start_succeeds_where_the_computer_has_what_it_takes() {
    for profile in Profile::ALL {
        for (text, held) in [("tcp:port=7002", WSAEADDRINUSE), ("npipe:pipe=alpha", ERROR_ALREADY_EXISTS)] {
            assert_eq!(started(profile, text, S_OK), NONE);
            assert_eq!(started(profile, text, held), NONE);
            assert_eq!(started(profile, text, E_FAIL), [VALID]);
        }
        assert_eq!(started(profile, "tcp:port=7002", ERROR_ALREADY_EXISTS), [VALID]);
        assert_eq!(started(profile, "npipe:pipe=alpha", WSAEADDRINUSE), [VALID]);
        for text in [
            "com:port=com1,baud=9600,channel=3",
            "spipe:proto=tls1,certuser=me,pipe=alpha",
            "ssl:proto=tls1,certuser=me,port=7002",
            "tcp:port=7002,clicon=box17",
            "tcp:port=7002,ipversion=6",
        ] {
            assert_eq!(started(profile, text, E_FAIL), NONE, "{text}");
            assert_eq!(started(profile, text, S_OK), NONE, "{text}");
        }
    }
}

/// OPT-23, OPT-21; the code and the sharing of pipes are the platform's (OBS-36).
#[test]
fn an_address_in_use_is_refused() {
    let range = "options/port-range-takes-first-free";
    for profile in Profile::ALL {
        assert_eq!(started(profile, "tcp:port=7001:7002", E_FAIL), [VALID, range]);
        assert_eq!(started(profile, "tcp:port=7002", E_FAIL), [VALID]);
        let mut run = Run::new(profile);
        run.right(CLIENT, &start(2, Some("tcp:port=7001:7002"), 0), S_OK);
        assert_eq!(run.connect(CLIENT, 7002, 0x10), NONE);
        let taken = run.judge(CLIENT, &start(2, Some("tcp:port=7001:7002"), 0), &Outcome::returned(S_OK));
        assert_eq!(taken[0], IN_USE);
        assert_eq!(started(profile, "tcp:port=7001", WSAEADDRINUSE), NONE);
    }
    assert_eq!(started(Profile::Contract, "tcp:port=7001", E_FAIL), NONE);
    assert_eq!(started(Profile::Dbgeng, "tcp:port=7001", E_FAIL), ["platform/address-in-use-code"]);
    let piped = |profile, hresult| {
        let mut run = Run::new(profile);
        serve(&mut run, HOST, "npipe:pipe=alpha");
        run.judge(CLIENT, &start(2, Some("npipe:pipe=ALPHA"), 0), &Outcome::returned(hresult))
    };
    assert_eq!(piped(Profile::Contract, S_OK), [IN_USE]);
    assert_eq!(piped(Profile::Contract, E_FAIL), NONE);
    assert_eq!(piped(Profile::Dbgeng, S_OK), NONE);
    assert_eq!(piped(Profile::Dbgeng, E_FAIL), ["platform/pipe-name-can-be-shared"]);
}

/// A server that was asked to end may have given up its port, so that a range takes either.
#[test]
fn a_port_that_a_range_may_have_taken_may_be_in_use() {
    let mut run = Run::new(Profile::Contract);
    run.connect(CLIENT, 7001, 0x10);
    run.right(CLIENT, &Call::EndProcessServer { server: 0x10 }, S_OK);
    run.right(CLIENT, &start(2, Some("tcp:port=7001:7002"), 0), S_OK);
    run.right(CLIENT, &start(2, Some("tcp:port=7002"), 0), E_FAIL);
}

/// OPT-2; leave open what the real engine does (OBS-32).
#[test]
fn a_malformed_string_starts_nothing() {
    for text in ["", "tcp", "udp:port=7002"] {
        assert_eq!(started(Profile::Contract, text, S_OK), ["start/malformed-string-is-refused"], "{text}");
        assert_eq!(started(Profile::Contract, text, E_FAIL), NONE);
        assert_eq!(started(Profile::Dbgeng, text, E_INVALIDARG), NONE);
        assert_eq!(started(Profile::Dbgeng, text, E_FAIL), [INVALID], "{text}");
    }
    for hresult in [S_OK, E_FAIL] {
        assert_eq!(started(Profile::Contract, "tcp:port=7002,colour=red", hresult), NONE);
    }
    let taken = started(Profile::Dbgeng, "tcp:port=7002,colour=red", S_OK);
    assert_eq!(taken, ["start/malformed-string-is-refused", INVALID, "options/unknown-keys-are-refused"]);
}
