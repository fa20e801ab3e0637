//! Scheduled events of a lab, and its clock.

use dbgeng_testkit::mock::{Fault, Happening};

use super::*;

#[test]
fn processes_come_and_go_between_two_calls() {
    let lab = Lab::new(Profile::Contract);
    let computer = lab.computer("WORKSTATION");
    let client = lab.engine().client();
    let before = list_ids(&client, 0).unwrap();
    lab.at_call(2, Happening::process_starts(&computer, "new.exe"));
    lab.at_call(3, Happening::process_ends(&computer, before[0]));
    let counts: Vec<usize> = (0..4).map(|_| list_ids(&client, 0).unwrap().len() - 3).collect();
    assert_eq!(counts, [1, 2, 1, 1]);
    assert!(!list_ids(&client, 0).unwrap().contains(&before[0]));
}

#[test]
fn a_host_dies_or_restarts_at_a_call() {
    for profile in PROFILES {
        let lab = Lab::new(profile);
        let host = lab.computer("BOX17").dbgsrv("tcp:port=5005").unwrap();
        let client = lab.engine().client();
        let server = connect(&client, BOX17).unwrap();
        lab.at_call(2, Happening::host_restarts(&host));
        assert!(list_ids(&client, server).is_ok());
        assert_eq!(list_ids(&client, server), Err(RPC_E_CANTTRANSMIT_CALL));
        let again = connect(&client, BOX17).unwrap();
        assert!(list_ids(&client, again).is_ok());
        assert_eq!(list_ids(&client, server), Err(RPC_E_CANTTRANSMIT_CALL));
        lab.at_call(1, Happening::hosts_die());
        assert_eq!(connect(&client, BOX17), Err(WSAECONNREFUSED));
    }
}

#[test]
fn a_server_answers_from_the_third_attempt_on() {
    let (lab, client) = build_lab(Profile::Contract);
    lab.fault(Fault::fail(WSAECONNREFUSED).of(Method::ConnectProcessServer).on_first(2)).keep();
    let attempts: Vec<bool> = (0..4).map(|_| connect(&client, BOX17).is_ok()).collect();
    assert_eq!(attempts, [false, false, true, true]);
}

#[test]
fn scheduled_events_happen_when_their_time_has_come() {
    let lab = Lab::new(Profile::Contract);
    let host = lab.computer("BOX17").dbgsrv("tcp:port=5005").unwrap();
    let client = lab.engine().client();
    let server = connect(&client, BOX17).unwrap();
    lab.at_time(500, Happening::host_dies(&host));
    assert_eq!(client.wait_for_process_server_end(499), S_FALSE);
    assert!(list_ids(&client, server).is_ok());
    lab.advance(1);
    assert_eq!(list_ids(&client, server), Err(RPC_E_CANTTRANSMIT_CALL));
    assert_eq!(lab.now(), 500);
}

/// The clock is paused until the test advances it. Each wait returns when its time is over, and not before.
#[test]
fn waits_of_several_threads_end_when_the_test_says_so() {
    let lab = Lab::new(Profile::Contract);
    lab.pause_time();
    let (over, waits) = mpsc::channel();
    let waiting: Vec<_> = [100, 200]
        .map(|timeout| {
            let (engine, over) = (lab.engine(), over.clone());
            thread::spawn(move || over.send((timeout, engine.client().wait_for_process_server_end(timeout))).unwrap())
        })
        .into_iter()
        .collect();
    // The clock is paused.
    assert_eq!(waits.try_recv(), Err(mpsc::TryRecvError::Empty));
    // Both are over once the clock is at 200, in whichever order the threads began.
    while waiting.iter().any(|thread| !thread.is_finished()) {
        lab.advance(100);
        thread::yield_now();
    }
    let mut ended: Vec<_> = waits.try_iter().collect();
    ended.sort_unstable_by_key(|(timeout, _)| *timeout);
    assert_eq!(ended, [(100, S_FALSE), (200, S_FALSE)]);
}

#[test]
fn a_wait_that_nobody_can_end_fails_while_the_clock_is_paused() {
    let lab = Lab::new(Profile::Contract);
    lab.pause_time();
    let engine = lab.engine();
    drop(lab);
    thread::spawn(move || {
        let client = engine.client();
        drop(engine);
        assert_eq!(client.wait_for_process_server_end(0), S_FALSE);
        assert_eq!(client.wait_for_process_server_end(100), ERROR_POSSIBLE_DEADLOCK);
    })
    .join()
    .unwrap();
}

#[test]
fn the_end_of_a_server_ends_a_wait_while_the_clock_is_paused() {
    let lab = Lab::new(Profile::Contract);
    lab.pause_time();
    let (host, client) = (lab.engine(), lab.engine().client());
    assert_eq!(start_server(&host.client(), "tcp:port=6000"), S_OK);
    let waiting = thread::spawn(move || host.client().wait_for_process_server_end(1_000));
    let server = connect(&client, "tcp:server=localhost,port=6000").unwrap();
    assert_eq!(client.end_process_server(server), S_OK);
    assert_eq!(waiting.join().unwrap(), S_OK);
    assert_eq!(lab.now(), 0);
}

/// A delay advances the clock, so it can end a wait.
#[test]
fn a_delay_ends_a_wait_while_the_clock_is_paused() {
    let lab = Lab::new(Profile::Contract);
    lab.pause_time();
    let (engine, client) = (lab.engine(), lab.engine().client());
    let waiting = thread::spawn(move || engine.client().wait_for_process_server_end(100));
    let _delay = lab.fault(Fault::delay(100));
    while !waiting.is_finished() {
        assert!(list_ids(&client, 0).is_ok());
        thread::yield_now();
    }
    assert_eq!(waiting.join().unwrap(), S_FALSE);
}

/// An engine that is killed during a call, by a delay or in a wait, does nothing more.
#[test]
fn an_engine_that_crashed_in_a_call_does_nothing_more() {
    let lab = Lab::new(Profile::Contract);
    let engine = lab.engine();
    let client = engine.client();
    lab.at_time(50, Happening::host_dies(&engine));
    let _delay = lab.fault(Fault::delay(100).of(Method::StartProcessServer));
    assert_eq!(start_server(&client, "tcp:port=7000"), E_UNEXPECTED);
    assert_eq!(start_server(&lab.engine().client(), "tcp:port=7000"), S_OK);

    let engine = lab.engine();
    lab.at_time(50, Happening::host_dies(&engine));
    assert_eq!(engine.client().wait_for_process_server_end(100), E_UNEXPECTED);
    assert_eq!(lab.findings(), []);
}

#[test]
fn objects_of_another_lab_are_refused() {
    let (one, two) = (Lab::new(Profile::Contract), Lab::new(Profile::Contract));
    let (computer, engine) = (one.computer("WORKSTATION"), one.engine());
    let refused = |work: &dyn Fn()| {
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).unwrap_err();
        panic.downcast_ref::<&str>().is_some_and(|text| text.contains("another lab"))
    };
    assert!(refused(&|| two.at_call(1, Happening::process_ends(&computer, 64))));
    assert!(refused(&|| two.at_time(1, Happening::host_dies(&engine))));
    assert!(refused(&|| drop(two.fault(Fault::fail(E_FAIL).by(&engine)))));
    one.at_call(1, Happening::process_ends(&computer, 64));
}

#[test]
fn a_host_that_restarts_again_and_again_is_one_host_to_its_faults() {
    let (lab, client) = build_lab(Profile::Contract);
    let host = lab.computer("BOX17").dbgsrv("tcp:port=5006").unwrap();
    let sought = "tcp:server=box17,port=5006";
    let _fault = lab.fault(Fault::fail(E_FAIL).of(Method::GetRunningProcessSystemIds).at(&host));
    for _ in 0..3 {
        let server = connect(&client, sought).unwrap();
        assert_eq!(list_ids(&client, server), Err(E_FAIL));
        lab.at_call(1, Happening::host_restarts(&host));
        assert_eq!(list_ids(&client, server), Err(E_FAIL), "the handle of a host that is gone is still that host's");
    }
    assert!(lab.leftovers().iter().all(|left| left.process == "client"), "{:?}", lab.leftovers());
}
