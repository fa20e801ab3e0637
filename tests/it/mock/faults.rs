//! Faults that a test injects.

use std::convert::Infallible;

use dbgeng_testkit::mock::{Fault, Misuse, sweep};

use super::*;

fn pattern(lab: &Lab, client: &LabClient, fault: Fault) -> Vec<HRESULT> {
    let _fault = lab.fault(fault);
    (0..4).map(|_| client.wait_for_process_server_end(0)).collect()
}

#[test]
fn a_fault_applies_to_its_calls() {
    let (lab, client) = build_lab(Profile::Contract);
    let fail = || Fault::fail(E_FAIL);
    assert_eq!(pattern(&lab, &client, fail()), [E_FAIL; 4]);
    assert_eq!(pattern(&lab, &client, fail().on_nth(2)), [S_FALSE, E_FAIL, S_FALSE, S_FALSE]);
    assert_eq!(pattern(&lab, &client, fail().on_first(2)), [E_FAIL, E_FAIL, S_FALSE, S_FALSE]);
    assert_eq!(pattern(&lab, &client, fail().of(Method::EndProcessServer)), [S_FALSE; 4]);
    assert_eq!(pattern(&lab, &client, fail().with_probability(0.0, 7)), [S_FALSE; 4]);
    assert_eq!(pattern(&lab, &client, fail().with_probability(1.0, 7)), [E_FAIL; 4]);
    assert_eq!(pattern(&lab, &client, Fault::out_of_memory()), [E_OUTOFMEMORY; 4]);
    // It ends with its guard, or stays.
    assert_eq!(client.wait_for_process_server_end(0), S_FALSE);
    lab.fault(fail()).keep();
    assert_eq!(client.wait_for_process_server_end(0), E_FAIL);
}

#[test]
fn chance_is_decided_by_the_seed() {
    let hits = |seed| {
        let (lab, client) = build_lab(Profile::Contract);
        let _fault = lab.fault(Fault::fail(E_FAIL).with_probability(0.3, seed));
        (0..200).map(|_| client.wait_for_process_server_end(0).is_err()).collect::<Vec<bool>>()
    };
    assert_eq!(hits(1), hits(1));
    assert_ne!(hits(1), hits(2));
    let count = hits(1).into_iter().filter(|hit| *hit).count();
    assert!((30..=90).contains(&count), "{count}");
}

#[test]
fn a_fault_applies_to_one_caller_or_one_server() {
    let lab = Lab::new(Profile::Contract);
    let computer = lab.computer("BOX17");
    let [one, two] = ["tcp:port=5005", "tcp:port=5006"].map(|options| computer.dbgsrv(options).unwrap());
    let (engine, other) = (lab.engine(), lab.engine());
    let (client, other) = (engine.client(), other.client());
    let connects =
        |client: &LabClient| [5005, 5006].map(|port| connect(client, &format!("tcp:server=box17,port={port}")).is_ok());
    assert_eq!(connects(&client), [true, true]);
    let at = lab.fault(Fault::refuse_password().at(&one));
    assert_eq!((connects(&client), at.hits()), ([false, true], 1));
    drop(at);
    let _by = lab.fault(Fault::fail(E_FAIL).by(&engine));
    assert_eq!((connects(&client), connects(&other)), ([false, false], [true, true]));
    // A call on a handle leads to its server, too.
    let server = connect(&other, "tcp:server=box17,port=5006").unwrap();
    let _at = lab.fault(Fault::fail(E_OUTOFMEMORY).at(&two));
    assert_eq!(list_ids(&other, server), Err(E_OUTOFMEMORY));
    assert!(list_ids(&other, 0).is_ok());
}

#[test]
fn a_connection_is_lost_before_or_after_its_call() {
    for (fault, is_closed) in [(Fault::lose_connection_before(), false), (Fault::lose_connection_after(), true)] {
        let (lab, client) = build_lab(Profile::Contract);
        let server = connect(&client, BOX17).unwrap();
        let fault = lab.fault(fault);
        assert_eq!(client.disconnect_process_server(server), RPC_E_CANTTRANSMIT_CALL);
        drop(fault);
        assert_eq!(lab.leftovers().is_empty(), is_closed);
        let again = client.disconnect_process_server(server);
        assert_eq!(again, if is_closed { E_INVALIDARG } else { S_OK });
    }
    let (lab, client) = build_lab(Profile::Contract);
    let (lost, other) = (connect(&client, BOX17).unwrap(), connect(&client, BOX17).unwrap());
    let fault = lab.fault(Fault::lose_connection_before().on_nth(1));
    assert_eq!(list_ids(&client, lost), Err(RPC_E_CANTTRANSMIT_CALL));
    assert_eq!(list_ids(&client, lost), Err(RPC_E_CANTTRANSMIT_CALL));
    assert_eq!(fault.hits(), 1);
    assert!(list_ids(&client, other).is_ok());
    // The server was connected to, and the handle never arrived.
    let _fault = lab.fault(Fault::lose_connection_after());
    let open = lab.leftovers().len();
    assert_eq!(connect(&client, BOX17), Err(RPC_E_CANTTRANSMIT_CALL));
    assert_eq!(lab.leftovers().len(), open);
}

#[test]
fn a_delay_moves_the_clock_on() {
    let (lab, client) = build_lab(Profile::Contract);
    let _delay = lab.fault(Fault::delay(300).of(Method::GetRunningProcessSystemIds));
    assert!(list_ids(&client, 0).is_ok());
    assert_eq!(client.disconnect_process_server(0), E_INVALIDARG);
    assert_eq!(lab.now(), 300);
}

/// Makes twelve calls. It panics if the fifth fails, and gives up if the tenth does.
fn tool(client: &LabClient) {
    let mut server = None;
    if client.connect_process_server(Some(BOX17), Some(&mut server)).is_err() {
        return;
    }
    let server = server.unwrap();
    for call in 2..=11 {
        let mut count = None;
        let counted = client.get_running_process_system_ids(server, None, 0, Some(&mut count));
        assert!(call != 5 || counted.is_ok(), "the fifth call failed");
        if call == 10 && counted.is_err() {
            return;
        }
    }
    while client.disconnect_process_server(server).is_err() {}
}

#[test]
fn a_sweep_names_every_failure_that_is_not_survived() {
    let report = sweep(Profile::Contract, |lab| {
        lab.computer("BOX17").dbgsrv("tcp:port=5005").unwrap();
        tool(&lab.engine().client());
        Ok::<(), Infallible>(())
    });
    assert_eq!(report.calls, 12);
    let text = report.to_string();
    let found: Vec<_> = report.unsurvived.iter().map(|one| (one.call, one.method.unwrap(), one.failure)).collect();
    use dbgeng_testkit::mock::SweepFailure::{Fails, HostsDie};
    let ids = Method::GetRunningProcessSystemIds;
    let fifth = (2..=5).map(|call| (call, ids, HostsDie)).chain([(5, ids, Fails)]);
    let tenth = (6..=10).map(|call| (call, ids, HostsDie)).chain([(10, ids, Fails)]);
    let mut expected: Vec<_> = fifth.chain(tenth).collect();
    expected.sort_by_key(|(call, _, failure)| (*call, *failure == HostsDie));
    assert_eq!(found, expected, "{text}");
    assert!(report.unsurvived.iter().all(|one| one.call_site.is_some_and(|site| site.file() == file!())), "{text}");
    assert!(text.contains("call 5, GetRunningProcessSystemIds, fails at "), "{text}");
    assert!(text.contains("panicked: the fifth call failed") && text.contains("never disconnected"), "{text}");
    assert!(std::panic::catch_unwind(|| report.assert_clean()).is_err());
}

#[test]
fn a_test_that_fails_by_itself_is_not_swept() {
    let report = sweep(Profile::Contract, |_| -> Result<(), Infallible> { panic!("always") });
    assert_eq!((report.calls, report.unsurvived.len()), (0, 1));
    assert_eq!(report.unsurvived[0].to_string(), "without any failure: panicked: always");
    let nothing = sweep(Profile::Contract, |_| Ok::<(), Infallible>(()));
    assert_eq!(nothing.calls, 0);
    nothing.assert_clean();
}

/// Calls that are refused before any fault applies do not shift the others.
#[test]
fn a_sweep_fails_the_call_that_it_names() {
    let report = sweep(Profile::Contract, |lab| {
        lab.computer("BOX17").dbgsrv("tcp:port=5005").unwrap();
        let client = lab.engine().client();
        let mut old = None;
        assert_eq!(client.query_interface(&Interface::DebugClient(1), Some(&mut old)), S_OK);
        assert_eq!(old.unwrap().end_process_server(0), E_NOTIMPL);
        if let Ok(server) = connect(&client, BOX17) {
            let _ = client.disconnect_process_server(server);
        }
        Ok::<(), Infallible>(())
    });
    let named: Vec<_> = report.unsurvived.iter().map(|one| (one.call, one.method)).collect();
    assert_eq!((report.calls, named), (3, vec![(3, Some(Method::DisconnectProcessServer))]));
}

#[test]
fn a_test_that_tells_of_a_failed_disconnect_survives_it() {
    let report = sweep(Profile::Contract, |lab| -> Result<(), HRESULT> {
        lab.computer("BOX17").dbgsrv("tcp:port=5005").unwrap();
        let client = lab.engine().client();
        let server = connect(&client, BOX17)?;
        let hresult = client.disconnect_process_server(server);
        if hresult.is_ok() { Ok(()) } else { Err(hresult) }
    });
    assert_eq!(report.calls, 2);
    report.assert_clean();
}

#[test]
fn a_fault_that_could_never_apply_is_refused() {
    let refused = |make: fn() -> Fault| std::panic::catch_unwind(make).is_err();
    assert!(refused(|| Fault::fail(E_FAIL).of(Method::Release)));
    assert!(refused(|| Fault::fail(E_FAIL).of(Method::Other("SetEventCallbacks"))));
    assert!(refused(|| Fault::fail(E_FAIL).on_nth(0)));
    assert!(!refused(|| Fault::fail(E_FAIL).of(Method::AttachProcess).on_nth(1)));
}

#[test]
fn a_server_that_does_not_start_says_why() {
    let computer = Lab::new(Profile::Contract).computer("BOX17");
    let malformed = computer.dbgsrv("tcp:prot=5005").unwrap_err().to_string();
    assert!(malformed.starts_with("\"tcp:prot=5005\": E_INVALIDARG (0x80070057), ") && malformed.contains("offset 4"));
    computer.dbgsrv("tcp:port=5005").unwrap();
    let taken = computer.debugging_server("tcp:port=5005").unwrap_err().to_string();
    assert_eq!(taken, "\"tcp:port=5005\": WSAEADDRINUSE (0x80072740)");
}

/// If two faults could decide a call, the first does, and the second does not count the call.
#[test]
fn a_fault_counts_the_calls_that_it_decides() {
    let (lab, client) = build_lab(Profile::Contract);
    let [first, second] = [E_FAIL, E_OUTOFMEMORY].map(|code| lab.fault(Fault::fail(code).on_first(1)));
    let answers: Vec<HRESULT> = (0..3).map(|_| client.wait_for_process_server_end(0)).collect();
    assert_eq!(answers, [E_FAIL, E_OUTOFMEMORY, S_FALSE]);
    assert_eq!((first.hits(), second.hits()), (1, 1));
}

#[test]
fn a_call_without_a_connection_cannot_lose_it() {
    let (lab, client) = build_lab(Profile::Contract);
    let fault = lab.fault(Fault::lose_connection_before());
    assert!(list_ids(&client, 0).is_ok());
    assert_eq!(start_server(&client, "tcp:port=6000"), S_OK);
    assert_eq!(fault.hits(), 0);
    drop(fault);
    // The caller got no handle, so zero perhaps stands for the one that it did not get.
    let fault = lab.fault(Fault::lose_connection_after());
    assert_eq!(connect(&client, BOX17), Err(RPC_E_CANTTRANSMIT_CALL));
    drop(fault);
    assert_eq!(lab.findings(), []);
    assert!(list_ids(&client, 0).is_ok());
    assert_eq!(lab.findings()[0].misuse, Misuse::ZeroAfterFailedConnect);
}
