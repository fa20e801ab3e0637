//! Connects, and the servers that they lead to.

use dbgeng_testkit::hresult::RPC_E_SERVER_DIED;

use super::*;

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
    let mut run = Run::new(Profile::Dbgeng);
    serve(&mut run, HOST, "tcp:port=7002,password=");
    for (text, handle) in [("tcp:server=localhost,port=7001,password=", 0x10), ("tcp:server=localhost,port=7002", 0x20)]
    {
        assert_eq!(refused(&mut run, text, RPC_E_SERVER_DIED), NONE);
        assert_eq!(connects(&mut run, text, handle), NONE);
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
        let mut outcome = Outcome::returned(ERROR_PATH_NOT_FOUND);
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
