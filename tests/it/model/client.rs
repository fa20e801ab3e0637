//! Client objects.

use dbgeng_testkit::flags::{EndSessionFlags, ServersFlags};
use dbgeng_testkit::hresult::E_NOINTERFACE;

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
