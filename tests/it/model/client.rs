//! Client objects.

use dbgeng_testkit::EngineVersion;
use dbgeng_testkit::flags::{EndSessionFlags, ServersFlags};
use dbgeng_testkit::hresult::{E_NOINTERFACE, ERROR_MOD_NOT_FOUND};

use super::*;

/// CLI-5 speaks of the process-server methods, to which OutputServers belongs (VER-7).
#[test]
fn only_process_server_methods_are_bound_to_their_thread() {
    let mut run = Run::new(Profile::Contract);
    let elsewhere = Caller { thread: 1, ..CLIENT };
    for flags in [EndSessionFlags::PASSIVE, EndSessionFlags::REENTRANT] {
        run.right(elsewhere, &Call::EndSession { flags }, S_OK);
    }
    run.right(elsewhere, &Call::StartServer { options: Some("npipe:pipe=alpha".to_owned()) }, S_OK);
    run.right(elsewhere, &Call::QueryInterface { interface: Interface::NEWEST }, S_OK);
    let machine = Some(r"\\localhost".to_owned());
    let list = Call::OutputServers { output_control: 0, machine, flags: ServersFlags::ALL };
    let listed = run.judge(elsewhere, &list, &Outcome::returned(S_OK));
    assert_eq!(listed, ["client/other-thread-is-refused"]);
}

/// CLI-10: a successful QueryInterface adds a reference.
#[test]
fn a_client_object_that_was_queried_may_keep_references() {
    let left = |count| Outcome { ending: Ending::References(count), out: Default::default() };
    let mut run = Run::new(Profile::Contract);
    assert_eq!(run.judge(CLIENT, &Call::Release, &left(1)), ["client/starts-with-one-reference"]);
    run.right(CLIENT, &Call::QueryInterface { interface: Interface::NEWEST }, S_OK);
    assert_eq!(run.judge(CLIENT, &Call::Release, &left(1)), NONE);
    assert_eq!(run.judge(CLIENT, &Call::Release, &left(0)), NONE);
}

/// VER-6; the real engine's objects have every version (OBS-13).
#[test]
fn a_client_object_need_not_have_newer_versions_than_its_own() {
    for (profile, newer) in [(Profile::Contract, vec![]), (Profile::Dbgeng, vec!["client/query-interface-succeeds"])] {
        let mut run = Run::new(profile);
        let third = Caller { client: 1, ..CLIENT };
        run.right(third, &Call::DebugCreate { interface: Interface::DebugClient(3) }, S_OK);
        let mut refused = |version| {
            let call = Call::QueryInterface { interface: Interface::DebugClient(version) };
            run.judge(third, &call, &Outcome::returned(E_NOINTERFACE))
        };
        assert_eq!(refused(3), ["client/query-interface-succeeds"]);
        assert_eq!(refused(4), newer);
    }
}

/// OBS-89, OBS-101.
#[test]
fn an_engine_has_the_interfaces_of_its_version() {
    let older = Profile::DbgengAt(EngineVersion::V10_0_15063);
    let broken = ["client/interfaces-of-its-version"];
    for (profile, newest) in [(older, 7), (Profile::Dbgeng, 9)] {
        let mut run = Run::new(profile);
        for interface in (6..=9).map(Interface::DebugClient) {
            let has_it = interface.version() <= Some(newest);
            let (right, wrong) = if has_it { (S_OK, E_NOINTERFACE) } else { (E_NOINTERFACE, S_OK) };
            for call in [Call::QueryInterface { interface: interface.clone() }, Call::DebugCreate { interface }] {
                assert_eq!(run.judge(CLIENT, &call, &Outcome::returned(wrong)), broken, "{call:?} in {profile}");
                run.right(CLIENT, &call, right);
            }
        }
    }
    // The contract leaves it open (VER-6).
    let mut run = Run::new(Profile::Contract);
    for hresult in [S_OK, E_NOINTERFACE] {
        run.right(CLIENT, &Call::DebugCreate { interface: Interface::DebugClient(9) }, hresult);
    }
}

/// VER-8: no requirement says what a newer create method does on a client object that lacks it.
#[test]
fn a_client_object_is_judged_by_the_methods_that_it_has() {
    let null = Call::CreateProcess2(CreateProcess2 {
        options: Some(Default::default()),
        options_buffer_size: 16,
        ..CreateProcess2::default()
    });
    for profile in Profile::ALL {
        let mut run = Run::new(profile);
        let older = Caller { client: 1, ..CLIENT };
        let refused = &["pointer/null-is-refused"][..];
        for (version, broken) in [(1, &[][..]), (4, &[]), (5, refused), (profile.newest_client(), refused)] {
            run.right(older, &Call::DebugCreate { interface: Interface::DebugClient(version) }, S_OK);
            assert_eq!(run.judge(older, &null, &Outcome::returned(S_OK)), broken, "{version}");
        }
    }
    // The real engine's objects have EndProcessServer in any version (VER-7).
    let mut run = Run::new(Profile::Dbgeng);
    let first = Caller { client: 1, ..CLIENT };
    run.right(first, &Call::DebugCreate { interface: Interface::DebugClient(1) }, S_OK);
    let zero = Call::EndProcessServer { server: 0 };
    assert_eq!(run.judge(first, &zero, &Outcome::returned(S_OK))[0], "handle/zero-is-refused");
}

/// CLI-12.
#[test]
fn an_interface_that_no_engine_has_is_refused() {
    let mut run = Run::new(Profile::Contract);
    for call in [
        Call::DebugCreate { interface: Interface::from("IStream") },
        Call::QueryInterface { interface: Interface::from("IStream") },
    ] {
        let taken = run.judge(CLIENT, &call, &Outcome::returned(S_OK));
        assert_eq!(taken, ["client/unimplemented-interface-is-e-nointerface"]);
        run.right(CLIENT, &call, E_NOINTERFACE);
    }
}

/// OUTS-3, OUTS-5, Q-66, OBS-92: a platform may lack the service that lists the servers of a computer.
#[test]
fn the_servers_of_this_computer_are_listed() {
    let refused = |output_control: u32, machine: &str, flags: u32, hresult| {
        let machine = Some(machine.to_owned());
        let call = Call::OutputServers { output_control, machine, flags: ServersFlags::from(flags) };
        Run::new(Profile::Contract).judge(CLIENT, &call, &Outcome::returned(hresult))
    };
    // OBS-235: a call without recipients can be refused.
    for (output_control, machine, flags) in
        [(0, "localhost", 3), (0, r"\\box17", 3), (0, r"\\localhost", 4), (6, r"\\localhost", 3)]
    {
        assert_eq!(refused(output_control, machine, flags, E_FAIL), NONE, "{machine}");
    }
    for output_control in [0, 4, 0x3C, u32::MAX] {
        assert_eq!(refused(output_control, r"\\localhost", 3, E_FAIL), ["output-servers/succeeds"]);
    }
    assert_eq!(refused(0, r"\\localhost", 3, ERROR_MOD_NOT_FOUND), NONE);
}

/// DESIGN-2: only a disconnect ends a connection. What ended it instead is named first.
#[test]
fn a_connection_outlives_client_objects_and_sessions() {
    for profile in Profile::ALL {
        for (call, requirement) in [
            (Call::Release, "client/release-keeps-connections"),
            (Call::EndSession { flags: EndSessionFlags::PASSIVE }, "client/end-session-keeps-connections"),
        ] {
            for (late, own) in [(ids(0x10), "ids/succeeds"), (disconnect(0x10), "disconnect/connected-handle-succeeds")]
            {
                let mut run = Run::new(profile);
                run.connect(CLIENT, 7001, 0x10);
                run.make(Caller { client: 1, ..CLIENT });
                let ended = Outcome {
                    ending: if call == Call::Release { Ending::References(0) } else { Ending::Returned(S_OK) },
                    out: Default::default(),
                };
                assert_eq!(run.judge(Caller { client: 1, ..CLIENT }, &call, &ended), NONE);
                let refused = run.judge(CLIENT, &late, &Outcome::returned(E_FAIL));
                assert_eq!(refused[..2], [requirement, own], "{profile}");
            }
        }
    }
}
