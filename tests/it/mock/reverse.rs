//! Servers that connect to their clients (OPT-24).

use dbgeng_testkit::DebugClient;
use dbgeng_testkit::hresult::S_OK;
use dbgeng_testkit::mock::Misuse;

use super::*;

const CALLING: &str = "tcp:port=7006,clicon=WORKSTATION,password=x";
const CALLED: &str = "tcp:clicon=BOX17,port=7006,password=x";

#[test]
fn a_server_connects_to_its_client_on_another_computer() {
    for profile in Profile::ALL {
        let (lab, client) = build_lab(profile);
        lab.computer("BOX17").dbgsrv(CALLING).unwrap();
        assert_eq!(connect(&client, "tcp:server=BOX17,port=7006,password=x"), Err(WSAECONNREFUSED));
        let server = connect(&client, CALLED).unwrap();
        assert!(list_ids(&client, server).is_ok());
        assert_eq!(client.disconnect_process_server(server), S_OK);
        assert_eq!(lab.findings(), []);
    }
}

/// OBS-100, OBS-222; the documentation promises one connection.
#[test]
fn a_server_of_the_real_engine_connects_again() {
    for profile in Profile::ALL {
        let (lab, client) = build_lab(profile);
        lab.computer("BOX17").dbgsrv(CALLING).unwrap();
        assert_eq!(connect(&client, "tcp:clicon=BOX17,port=7006,password=y"), Err(RPC_E_SERVER_DIED));
        let again = connect(&client, CALLED);
        assert_eq!(again.is_ok(), profile.is_dbgeng(), "{profile}");
        let other = lab.engine().client();
        let taken = if profile.is_dbgeng() { WSAEADDRINUSE } else { ERROR_POSSIBLE_DEADLOCK };
        assert_eq!(connect(&other, CALLED), Err(taken), "{profile}");
        let findings = lab.findings();
        let real_engine: Vec<&str> = findings.iter().map(|finding| finding.real_engine.as_str()).collect();
        let expected: &[&str] = if profile.is_dbgeng() { &[] } else { &["connects again", "returns WSAEADDRINUSE"] };
        assert_eq!(real_engine, expected, "{profile}");
    }
}

/// OBS-237: the server does not look for another process once its client is gone.
#[test]
fn a_server_of_the_real_engine_connects_to_no_other_process() {
    let (lab, client) = build_lab(Profile::Dbgeng);
    lab.computer("BOX17").dbgsrv(CALLING).unwrap();
    let first = lab.engine();
    assert!(connect(&first.client(), CALLED).is_ok());
    first.kill();
    assert_eq!(connect(&client, CALLED), Err(ERROR_POSSIBLE_DEADLOCK));
    let findings = lab.findings();
    let real_engine: Vec<_> = findings.iter().map(|finding| (finding.misuse, finding.real_engine.as_str())).collect();
    assert_eq!(real_engine, [(Misuse::EndlessWait, "waits for ever")]);
    // One that has connected to nobody yet does.
    lab.computer("BOX17").dbgsrv(CALLING).unwrap();
    assert!(connect(&client, CALLED).is_ok());
}

/// A server that could never connect does not start.
#[test]
fn a_server_that_could_never_connect_is_refused() {
    for profile in Profile::ALL {
        let (_lab, client) = build_lab(profile);
        assert_eq!(start_server(&client, "tcp:port=7006,clicon=nosuchhost"), WSAHOST_NOT_FOUND);
        // OBS-222.
        let without_port = if profile.is_dbgeng() { S_OK } else { E_INVALIDARG };
        assert_eq!(start_server(&client, "tcp:port=0,clicon=localhost"), without_port);
    }
}

#[test]
fn a_client_waits_for_a_server_that_starts_later() {
    for profile in Profile::ALL {
        let (lab, _) = build_lab(profile);
        let host = lab.computer("BOX17").engine().client();
        // This thread takes part, so the client can hope for it.
        assert!(list_ids(&host, 0).is_ok());
        let engine = lab.engine();
        let waiting = thread::spawn(move || connect(&engine.client(), CALLED).is_ok());
        assert_eq!(start_server(&host, CALLING), S_OK);
        assert!(waiting.join().unwrap(), "{profile}");
        assert_eq!(lab.findings(), []);
    }
}

#[test]
fn a_client_that_no_server_connects_to_is_told_so() {
    for profile in Profile::ALL {
        let (lab, client) = build_lab(profile);
        assert_eq!(connect(&client, CALLED), Err(ERROR_POSSIBLE_DEADLOCK));
        let findings: Vec<Misuse> = lab.findings().iter().map(|finding| finding.misuse).collect();
        assert_eq!(findings, [Misuse::EndlessWait]);
        // Its port is free again.
        assert_eq!(start_server(&client, "tcp:port=7006"), S_OK);
    }
}
