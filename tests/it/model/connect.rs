//! Connects, and the servers that they lead to.

use dbgeng_testkit::hresult::{ERROR_ALREADY_EXISTS, ERROR_FILE_NOT_FOUND, RPC_E_SERVER_DIED, WSAECONNREFUSED};

use super::*;
use dbgeng_testkit::EngineVersion;

const OF_2017: Profile = Profile::DbgengAt(EngineVersion::V10_0_15063);

const OTHER: Caller = Caller { process: 2, thread: 0, client: 0 };

/// Judges a connect with this string that is refused with this code.
fn refused(run: &mut Run, text: &str, hresult: HRESULT) -> Vec<&'static str> {
    let call = Call::ConnectProcessServer { remote_options: Some(text.to_owned()), server: Pointer::Given };
    run.judge(CLIENT, &call, &Outcome::returned(hresult))
}

#[test]
fn a_refused_connect_breaks_what_is_true_of_its_server() {
    let mut run = Run::new(Profile::Contract);
    let refused = |run: &mut Run| run.judge(CLIENT, &connect(7001), &Outcome::returned(E_FAIL));
    assert_eq!(refused(&mut run), ["connect/live-server-succeeds"]);
    run.connect(CLIENT, 7001, 0x10);
    assert_eq!(refused(&mut run), ["connect/live-server-succeeds", "server/serves-several-clients"]);
    run.right(CLIENT, &disconnect(0x10), S_OK);
    assert_eq!(refused(&mut run), ["connect/live-server-succeeds", "disconnect/leaves-server-running"]);
}

/// OBS-87, OBS-238: some program may hold a port and say nothing, unless the run shows that none does.
#[test]
fn a_connect_to_a_port_without_a_server_may_hang_until_it_was_refused() {
    let timed_out = Outcome { ending: Ending::TimedOut, out: Default::default() };
    let mut run = Run::new(Profile::Dbgeng);
    let hang = |run: &Run, call: &Call| run.clone().judge(CLIENT, call, &timed_out);
    let broken = ["connect/needs-a-server", "platform/connect-codes"];
    assert_eq!(hang(&run, &connect(7002)), NONE);
    assert_eq!(hang(&run, &connect(0)), broken);
    run.right(CLIENT, &connect(7002), WSAECONNREFUSED);
    assert_eq!(hang(&run, &connect(7002)), broken);
    assert_eq!(hang(&run, &connect(7003)), NONE);
    // A process that its host has created may hold the port of a server.
    serve(&mut run, HOST, "tcp:port=7002");
    run.0.process_killed(HOST.process);
    assert_eq!(hang(&run, &connect(7002)), NONE);
}

#[test]
fn several_servers_are_held_at_once_while_another_is() {
    let mut run = Run::new(Profile::Contract);
    serve(&mut run, HOST, "tcp:port=7002");
    let refused = |run: &mut Run| run.judge(CLIENT, &connect(7002), &Outcome::returned(E_FAIL));
    assert_eq!(refused(&mut run), ["connect/live-server-succeeds"]);
    run.connect(CLIENT, 7001, 0x10);
    assert_eq!(refused(&mut run), ["connect/live-server-succeeds", "connect/several-servers-at-once"]);
    run.right(CLIENT, &disconnect(0x10), S_OK);
    assert_eq!(refused(&mut run), ["connect/live-server-succeeds"]);
    run.connect(CLIENT, 7002, 0x20);
    assert_eq!(refused(&mut run), ["connect/live-server-succeeds", "server/serves-several-clients"]);
}

/// Q-19 leaves open what the real engine does (OBS-24).
#[test]
fn a_server_that_was_ended_keeps_its_address_while_its_host_lives() {
    for profile in Profile::ALL {
        let mut run = Run::new(profile);
        run.connect(CLIENT, 7001, 0x10);
        let served = ["connect/live-server-succeeds", "server/serves-several-clients"];
        let refused = |run: &mut Run| run.judge(CLIENT, &connect(7001), &Outcome::returned(E_FAIL));
        assert_eq!(refused(&mut run), served);
        run.right(CLIENT, &Call::EndProcessServer { server: 0x10 }, S_OK);
        let ended = match profile {
            Profile::Contract => NONE.to_vec(),
            Profile::Dbgeng | Profile::DbgengAt(_) => [&served[..], &["server/ended-keeps-its-address"]].concat(),
        };
        assert_eq!(refused(&mut run), ended);
    }
}

/// OBS-36: two servers can share a pipe, and nobody knows which one answers.
#[test]
fn either_server_of_a_shared_pipe_may_answer() {
    let mut run = Run::new(Profile::Dbgeng);
    run.make(OTHER);
    serve(&mut run, HOST, "npipe:pipe=alpha,password=secret");
    serve(&mut run, OTHER, "npipe:pipe=alpha");
    let text = "npipe:server=.,pipe=alpha";
    assert_eq!(refused(&mut run, text, RPC_E_SERVER_DIED), NONE);
    assert_eq!(connects(&mut run, text, 0x10), NONE);
    run.0.process_killed(HOST.process);
    assert_eq!(run.judge(CLIENT, &disconnect(0x10), &Outcome::returned(S_OK)), NONE);
    assert_eq!(refused(&mut run, text, RPC_E_SERVER_DIED), ["connect/live-server-succeeds"]);
}

/// If the names of the computers are unknown, a name may mean any computer, with servers that the run does not show.
#[test]
fn a_connection_to_a_computer_without_known_names_is_nobodys() {
    let mut run = Run::new(Profile::Contract);
    assert_eq!(connects(&mut run, "tcp:server=box17,port=7001", 0x10), NONE);
    run.0.process_killed(HOST.process);
    let mut outcome = Outcome::returned(S_OK);
    (outcome.out.ids, outcome.out.actual_count) = (Some(vec![4]), Some(1));
    assert_eq!(run.judge(CLIENT, &ids(0x10), &outcome), NONE);
}

/// OBS-37: the real engine tells an empty password from none; the contract leaves it open.
#[test]
fn an_empty_password_may_be_none() {
    let wrong: &[&str] = &["connect/wrong-password-is-refused", "connect/refusal-codes"];
    for (profile, broken) in [(Profile::Contract, &NONE[..]), (Profile::Dbgeng, wrong)] {
        let mut run = Run::new(profile);
        // The documentation has no empty password, so the contract's server cannot be given one.
        serve(&mut run, HOST, "tcp:port=7002,password=");
        for (text, handle) in
            [("tcp:server=localhost,port=7001,password=", 0x10), ("tcp:server=localhost,port=7002", 0x20)]
        {
            assert_eq!(refused(&mut run, text, RPC_E_SERVER_DIED), NONE);
            assert_eq!(connects(&mut run, text, handle), broken);
        }
    }
}

/// Q-42 leaves open what the real engine refuses (OBS-37).
#[test]
fn a_password_that_nobody_asked_for_may_be_wrong() {
    let text = "tcp:server=localhost,port=7001,password=secret";
    let mut run = Run::new(Profile::Contract);
    assert_eq!(refused(&mut run, text, E_FAIL), NONE);
    assert_eq!(connects(&mut run, text, 0x10), NONE);
    let mut run = Run::new(Profile::Dbgeng);
    assert_eq!(refused(&mut run, text, RPC_E_SERVER_DIED), NONE);
    let taken = connects(&mut run, text, 0x10);
    assert_eq!(taken, ["connect/wrong-password-is-refused", "connect/refusal-codes"]);
}

/// OBS-34, OPT-21: while a server is there whose address the system chose, any address of that transport may be its own.
#[test]
fn an_address_that_the_system_chose_may_be_any() {
    let mut run = Run::new(Profile::Contract);
    serve(&mut run, HOST, "npipe:pipe=alpha%x");
    let text = "npipe:server=localhost,pipe=alpha4c";
    assert_eq!(connects(&mut run, text, 0x10), NONE);
    assert_eq!(refused(&mut run, text, E_FAIL), NONE);
    assert_eq!(run.connect(CLIENT, 7002, 0x20), ["connect/needs-a-server"]);
    run.0.process_killed(HOST.process);
    assert_eq!(connects(&mut run, text, 0x30), ["connect/needs-a-server"]);
}

/// OPT-32: the two versions of the protocol have ports of their own, and which of them is meant is the platform's.
#[test]
fn a_server_of_one_ip_version_may_be_out_of_reach() {
    let mut run = Run::new(Profile::Contract);
    serve(&mut run, HOST, "tcp:port=7002,ipversion=6");
    for (text, handle) in
        [("tcp:server=localhost,port=7002", 0x10), ("tcp:server=localhost,port=7001,ipversion=6", 0x20)]
    {
        assert_eq!(refused(&mut run, text, E_FAIL), NONE);
        assert_eq!(connects(&mut run, text, handle), NONE);
    }
}

/// OBS-2: the real engine gives the value of a closed handle to a later connection.
#[test]
fn the_value_of_a_closed_handle_should_not_be_reused() {
    for (profile, reused) in [(Profile::Contract, vec!["handle/value-is-not-reused"]), (Profile::Dbgeng, vec![])] {
        let mut run = Run::new(profile);
        assert_eq!(run.connect(CLIENT, 7001, 0x10), NONE);
        assert_eq!(run.connect(CLIENT, 7001, 0x20), NONE);
        run.right(CLIENT, &disconnect(0x10), S_OK);
        assert_eq!(run.connect(CLIENT, 7001, 0x10), reused);
    }
}

/// OBS-11.
#[test]
fn a_refused_connect_leaves_the_handle_of_the_real_engine_untouched() {
    for (profile, broken) in [
        (Profile::Contract, vec![]),
        (Profile::Dbgeng, vec!["connect/failure-leaves-handle-untouched", "call/outputs-untouched-on-failure"]),
    ] {
        let mut outcome = Outcome::returned(WSAECONNREFUSED);
        outcome.out.server = Some(0);
        assert_eq!(Run::new(profile).judge(CLIENT, &connect(7009), &outcome), broken);
    }
}

#[test]
fn nothing_but_what_the_run_started_is_on_a_computer_whose_name_is_known() {
    let mut run = workstation(Profile::Contract, Vec::new());
    assert_eq!(connects(&mut run, "tcp:server=workstation,port=7009", 0x10), ["connect/needs-a-server"]);
}

/// A string that no page shows leads to no server of the run where the real engine would not go to one.
#[test]
fn a_string_that_was_taken_may_lead_to_nothing_of_the_run() {
    let mut run = Run::new(Profile::Contract);
    run.make(OTHER);
    serve(&mut run, OTHER, "tcp:port=7002");
    assert_eq!(connects(&mut run, "tcp:server=localhost,port=0x1b5b", 0x10), NONE);
    run.0.process_killed(OTHER.process);
    let mut outcome = Outcome::returned(S_OK);
    (outcome.out.ids, outcome.out.actual_count) = (Some(vec![4]), Some(1));
    assert_eq!(run.judge(CLIENT, &ids(0x10), &outcome), NONE);
}

/// OBS-73, OBS-97: the older engine listens on one IP version, the newest one on both.
#[test]
fn a_server_is_there_on_the_ip_versions_of_its_engine() {
    let v6 = "tcp:server=::1,port=7001";
    for (profile, broken) in [
        (Profile::Contract, &NONE[..]),
        (Profile::Dbgeng, &NONE[..]),
        (OF_2017, &["server/listens-on-one-ip-version", "platform/connect-codes"]),
    ] {
        assert_eq!(connects(&mut Run::new(profile), v6, 0x10), broken, "{profile}");
    }
    let both = ["connect/live-server-succeeds", "server/listens-on-both-ip-versions", "options/order-is-free"];
    assert_eq!(refused(&mut Run::new(Profile::Dbgeng), v6, WSAECONNREFUSED), both[..2]);
    let mut run = Run::new(OF_2017);
    serve(&mut run, HOST, "tcp:port=7001,ipversion=6");
    assert_eq!(connects(&mut run, "tcp:server=[::1],port=7001,ipversion=6", 0x10), NONE);
    assert_eq!(connects(&mut run, "tcp:server=127.0.0.1,port=7001,ipversion=4", 0x20), NONE);
    let second = run.judge(HOST, &start("tcp:port=7001,ipversion=6"), &Outcome::returned(S_OK));
    assert_eq!(second, ["start/address-in-use-is-refused", "platform/address-in-use-code"]);
}

/// OPT-24, OBS-86, OBS-100, OBS-222.
#[test]
fn a_server_connects_to_its_client() {
    let called = "tcp:clicon=localhost,port=7006,password=x";
    let only_once = &["connect/reverse-connects-again"][..];
    for (profile, again) in [(Profile::Contract, &NONE[..]), (OF_2017, only_once), (Profile::Dbgeng, only_once)] {
        let mut run = Run::new(profile);
        assert_eq!(connects(&mut run, called, 0x10)[0], "connect/needs-a-server");
        assert_eq!(timed_out(&mut run, called), NONE);
        let mut run = Run::new(profile);
        serve(&mut run, HOST, "tcp:port=7006,clicon=localhost,password=x");
        assert_eq!(connects(&mut run, "tcp:server=localhost,port=7006,password=x", 0x10)[0], "connect/needs-a-server");
        assert_eq!(refused(&mut run, called, E_FAIL), ["connect/reverse-connects"]);
        assert_eq!(connects(&mut run, called, 0x20), NONE);
        assert_eq!(refused(&mut run, called, E_FAIL), again, "{profile}");
    }
}

/// Judges a connect with this string that does not return.
fn timed_out(run: &mut Run, text: &str) -> Vec<&'static str> {
    let call = Call::ConnectProcessServer { remote_options: Some(text.to_owned()), server: Pointer::Given };
    run.judge(CLIENT, &call, &Outcome { ending: Ending::TimedOut, ..Outcome::returned(S_OK) })
}

/// OBS-87: only a port that the run shows no server at may belong to a program that stays silent.
#[test]
fn a_connect_to_a_server_of_the_run_returns() {
    let mut run = Run::new(Profile::Dbgeng);
    serve(&mut run, HOST, "tcp:port=7002,password=secret");
    assert_eq!(timed_out(&mut run, "tcp:server=localhost,port=7003"), NONE);
    assert_eq!(timed_out(&mut run, "tcp:server=localhost,port=7001"), ["connect/live-server-succeeds"]);
    let refused = ["connect/wrong-password-is-refused", "connect/refusal-codes"];
    assert_eq!(timed_out(&mut run, "tcp:server=localhost,port=7002"), refused);
}

/// OBS-81, OBS-103: a pipe is there a moment after its server has started, and can be shared until then.
#[test]
fn a_pipe_may_not_be_there_yet() {
    let client = "npipe:server=.,pipe=alpha";
    let missing = ["connect/live-server-succeeds"];
    let mut run = Run::new(Profile::Dbgeng);
    serve(&mut run, HOST, "npipe:pipe=alpha");
    run.right(CLIENT, &Call::WaitForProcessServerEnd { timeout: 0 }, S_OK);
    assert_eq!(refused(&mut run, client, ERROR_FILE_NOT_FOUND), NONE);
    assert_eq!(run.judge(HOST, &start("npipe:pipe=alpha"), &Outcome::returned(ERROR_ALREADY_EXISTS)), NONE);
    assert_eq!(refused(&mut run, client, ERROR_FILE_NOT_FOUND), missing);
    let shared = run.judge(HOST, &start("npipe:pipe=alpha"), &Outcome::returned(S_OK));
    assert_eq!(shared, ["platform/pipe-name-can-be-shared"]);

    let mut run = Run::new(Profile::Dbgeng);
    serve(&mut run, HOST, "npipe:pipe=alpha");
    run.right(CLIENT, &Call::WaitForProcessServerEnd { timeout: 100 }, S_OK);
    assert_eq!(refused(&mut run, client, ERROR_FILE_NOT_FOUND), missing);
}

fn start(options: &str) -> Call {
    Call::StartProcessServer { flags: Class::USER_WINDOWS.bits(), options: Some(options.to_owned()), reserved: 0 }
}

/// OBS-80.
#[test]
fn the_end_of_a_pipe_name_may_count() {
    let mut run = Run::new(Profile::Dbgeng);
    serve(&mut run, HOST, "npipe:pipe=alpha. ");
    assert_eq!(connects(&mut run, "npipe:server=.,pipe=ALPHA", 0x10), NONE);
    assert_eq!(refused(&mut run, "npipe:server=.,pipe=alpha", ERROR_FILE_NOT_FOUND), ["platform/pipe-name-ends"]);
}
