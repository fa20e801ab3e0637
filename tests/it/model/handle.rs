//! Calls on handles.

use dbgeng_testkit::EngineVersion;
use dbgeng_testkit::flags::{CreateFlags, CreateProcessOptions, EndSessionFlags, EngCreateFlags};
use dbgeng_testkit::hresult::{E_NOTIMPL, E_UNEXPECTED, ERROR_FILE_NOT_FOUND, RPC_E_CANTTRANSMIT_CALL};

use super::*;

const OTHER: Caller = Caller { process: 2, thread: 0, client: 0 };

const DEBUGGED: CreateProcessOptions = CreateProcessOptions {
    create_flags: CreateFlags::DEBUG_PROCESS,
    eng_create_flags: EngCreateFlags::empty(),
    verifier_flags: 0,
    reserved: 0,
};

fn end(server: u64) -> Call {
    Call::EndProcessServer { server }
}

fn attach(server: u64, attach_flags: u32) -> Call {
    Call::AttachProcess { server, process_id: 64, attach_flags: attach_flags.into() }
}

fn crashed() -> Outcome {
    Outcome { ending: Ending::Crashed, out: Default::default() }
}

/// Returns the requirements that a refused query on the handle 0x10 breaks, after a connect and these calls.
fn refused_after(profile: Profile, calls: impl FnOnce(&mut Run)) -> Vec<&'static str> {
    let mut run = Run::new(profile);
    serve(&mut run, HOST, "tcp:port=7002");
    run.make(OTHER);
    run.connect(CLIENT, 7001, 0x10);
    calls(&mut run);
    run.judge(CLIENT, &ids(0x10), &Outcome::returned(E_FAIL))
}

/// Other calls must not harm a connection, so a refused query also breaks the requirements on those calls.
#[test]
fn a_refused_query_breaks_what_is_true_of_its_connection() {
    for profile in Profile::ALL {
        let refused_after = |calls: fn(&mut Run)| refused_after(profile, calls);
        assert_eq!(refused_after(|_| {}), ["ids/succeeds"]);
        let several = refused_after(|run| assert_eq!(run.connect(OTHER, 7001, 0x10), NONE));
        assert_eq!(several, ["ids/succeeds", "server/serves-several-clients"]);
        let elsewhere = refused_after(|run| assert_eq!(run.connect(OTHER, 7002, 0x10), NONE));
        assert_eq!(elsewhere, ["ids/succeeds"]);
        let left_by_another_engine = refused_after(|run| {
            run.connect(OTHER, 7001, 0x10);
            run.right(OTHER, &disconnect(0x10), S_OK);
        });
        assert_eq!(left_by_another_engine, ["ids/succeeds", "disconnect/leaves-other-connections"]);
        let another_server_left = refused_after(|run| {
            run.connect(CLIENT, 7002, 0x20);
            run.right(CLIENT, &disconnect(0x20), S_OK);
        });
        assert_eq!(another_server_left, ["ids/succeeds", "disconnect/leaves-other-connections"]);
        let misused = refused_after(|run| run.right(CLIENT, &disconnect(0x99), E_INVALIDARG));
        assert_eq!(misused, ["ids/succeeds", "handle/other-handles-unharmed"]);
        let another_server_ended = refused_after(|run| {
            run.connect(CLIENT, 7002, 0x20);
            run.right(CLIENT, &end(0x20), S_OK);
        });
        assert_eq!(another_server_ended, ["ids/succeeds", "handle/other-handles-unharmed"]);
    }
}

/// OBS-9, OBS-10, OBS-24: more is known of the real engine.
#[test]
fn a_refused_query_breaks_what_is_known_of_the_real_engine() {
    let other_client = Caller { client: 1, ..CLIENT };
    let released = |run: &mut Run| {
        run.make(other_client);
        let gone = Outcome { ending: Ending::References(0), out: Default::default() };
        assert_eq!(run.judge(other_client, &Call::Release, &gone), NONE);
    };
    let ended_session = |run: &mut Run| run.right(CLIENT, &Call::EndSession { flags: EndSessionFlags::PASSIVE }, S_OK);
    let spared = |run: &mut Run| run.right(Caller { thread: 1, ..CLIENT }, &disconnect(0x10), S_OK);
    let ended = |run: &mut Run| {
        run.connect(OTHER, 7001, 0x10);
        run.right(OTHER, &end(0x10), S_OK);
    };
    let dbgeng = Profile::Dbgeng;
    for profile in [dbgeng, Profile::Contract] {
        assert_eq!(refused_after(profile, released), ["client/release-keeps-connections", "ids/succeeds"]);
        assert_eq!(refused_after(profile, ended_session), ["client/end-session-keeps-connections", "ids/succeeds"]);
    }
    assert_eq!(refused_after(dbgeng, spared), ["ids/succeeds", "disconnect/other-thread-closes-nothing"]);
    let served = ["ids/succeeds", "server/serves-several-clients", "server/ended-serves-others"];
    assert_eq!(refused_after(dbgeng, ended), served);
    //
    assert_eq!(refused_after(Profile::Contract, ended), NONE);
}

/// The traces `session-*`: a session that debugs something through a handle holds the connection of its thread, too.
#[test]
fn a_session_holds_the_connection_of_its_thread() {
    let (attach, end_session) = (attach(0x10, 1), Call::EndSession { flags: EndSessionFlags::PASSIVE });
    let other_thread = Caller { thread: 1, ..CLIENT };
    // What was done after the connect, and whether a query may be refused as one on a closed handle is.
    let after = |calls: &[(Caller, &Call)]| {
        let mut run = Run::new(Profile::Dbgeng);
        run.connect(CLIENT, 7001, 0x10);
        calls.iter().for_each(|(by, call)| run.right(*by, call, S_OK));
        run.judge(CLIENT, &ids(0x10), &crashed())
    };
    let disconnect = (CLIENT, &disconnect(0x10));
    let held = ["ids/succeeds", "disconnect/session-holds-the-connection"];
    assert_eq!(after(&[disconnect]), NONE);
    assert_eq!(after(&[(CLIENT, &attach), disconnect]), held);
    assert_eq!(after(&[(CLIENT, &attach), (CLIENT, &attach), disconnect]), held);
    assert_eq!(after(&[(CLIENT, &attach), disconnect, disconnect]), NONE);
    assert_eq!(after(&[(CLIENT, &attach), (CLIENT, &end_session), disconnect]), NONE);
    assert_eq!(after(&[(CLIENT, &attach), disconnect, (CLIENT, &end_session)]), NONE);
    assert_eq!(after(&[(CLIENT, &attach), disconnect, (CLIENT, &attach), disconnect]), NONE);
    assert_eq!(after(&[(other_thread, &attach), disconnect]), NONE);
    let by_another = after(&[(CLIENT, &attach), (other_thread, &end_session), disconnect]);
    assert_eq!(by_another, ["client/end-session-keeps-connections", "ids/succeeds", held[1]]);
    // OBS-70, OBS-231: what another thread has begun takes no share, and ends with one.
    let (begins, ends) = ((other_thread, &attach), (CLIENT, &end_session));
    assert_eq!(after(&[begins, ends]), NONE);
    assert_eq!(after(&[begins, (CLIENT, &attach), ends]), NONE);
    let ends_its_own = after(&[(CLIENT, &attach), begins, ends]);
    assert_eq!(ends_its_own, ["client/end-session-keeps-connections", "ids/succeeds"]);
    assert_eq!(after(&[begins, (other_thread, &end_session), ends]), ends_its_own);
}

/// OBS-71: a session that uses a closed connection.
#[test]
fn the_end_of_a_session_that_lost_its_connection_may_crash() {
    let ended = |calls: &[(Caller, &Call)], flags| {
        let mut run = Run::new(Profile::Dbgeng);
        run.connect(CLIENT, 7001, 0x10);
        calls.iter().for_each(|(by, call)| run.right(*by, call, S_OK));
        run.judge(CLIENT, &Call::EndSession { flags }, &crashed())
    };
    let (attach, disconnect) = (attach(0x10, 1), disconnect(0x10));
    let elsewhere = (Caller { thread: 1, ..CLIENT }, &attach);
    let lost = [elsewhere, (CLIENT, &disconnect)];
    assert_eq!(ended(&lost, EndSessionFlags::PASSIVE), NONE);
    assert_eq!(ended(&lost, EndSessionFlags::REENTRANT), ["call/returns"]);
    assert_eq!(ended(&lost[1..], EndSessionFlags::PASSIVE), ["call/returns"]);
    assert_eq!(ended(&[(CLIENT, &attach), (CLIENT, &disconnect)], EndSessionFlags::PASSIVE), ["call/returns"]);
}

/// The trace `session-opens-again`.
#[test]
fn a_session_that_begins_opens_an_ended_connection_again() {
    let refused = |calls: &[Call]| {
        let mut run = Run::new(Profile::Dbgeng);
        run.connect(CLIENT, 7001, 0x10);
        calls.iter().for_each(|call| run.right(CLIENT, call, S_OK));
        run.judge(CLIENT, &ids(0x10), &Outcome::returned(E_UNEXPECTED))
    };
    assert_eq!(refused(&[end(0x10)]), NONE);
    assert_eq!(refused(&[attach(0x10, 1), end(0x10)]), NONE);
    assert_eq!(refused(&[attach(0x10, 1), end(0x10), attach(0x10, 1)]), NONE);
    assert_ne!(refused(&[end(0x10), attach(0x10, 1)]), NONE);
    // The first version of a client object has no CreateProcess2 that could begin one.
    let mut run = Run::new(Profile::Dbgeng);
    let old = Caller { client: 1, ..CLIENT };
    run.right(old, &Call::DebugCreate { interface: Interface::DebugClient(1) }, S_OK);
    run.connect(CLIENT, 7001, 0x10);
    run.right(CLIENT, &end(0x10), S_OK);
    let line = Some("notepad.exe".to_owned());
    let create = CreateProcess2 {
        server: 0x10,
        command_line: line,
        options: Some(DEBUGGED),
        options_buffer_size: 16,
        ..CreateProcess2::default()
    };
    run.right(old, &Call::CreateProcess2(create), E_NOTIMPL);
    run.right(CLIENT, &ids(0x10), E_UNEXPECTED);
}

/// A stale handle, or one with a wrong bit, may lead to another open connection.
#[test]
fn an_invalid_handle_may_lead_to_an_open_connection() {
    let mut run = Run::new(Profile::Dbgeng);
    run.connect(CLIENT, 7001, 0x10_0010);
    run.right(CLIENT, &disconnect(0x10_0010), S_OK);
    assert_eq!(run.judge(CLIENT, &disconnect(0x10_0010), &Outcome::returned(S_OK)), NONE);
    let older = Profile::DbgengAt(EngineVersion::V10_0_15063);
    let crash = |profile, handle| {
        let mut run = Run::new(profile);
        run.connect(CLIENT, 7001, 0x10_0010);
        run.judge(CLIENT, &disconnect(handle), &crashed())
    };
    assert_eq!(crash(older, 0x30_0010), ["handle/unknown-is-refused", "handle/refusal-is-e-invalidarg"]);
    assert_eq!(crash(older, 0x10_0018), NONE);
    // OBS-94.
    assert_eq!(crash(Profile::Dbgeng, 0x30_0010), NONE);
}

/// In a run that starts midway, an unseen handle may be stale.
#[test]
fn a_query_on_an_older_handle_may_fail() {
    for profile in Profile::ALL {
        let mut run = Run(Model::new(profile, WorldAssumption::Open));
        run.make(CLIENT);
        run.right(CLIENT, &ids(0x9000), E_FAIL);
        // The local computer is always there.
        let local = run.judge(CLIENT, &ids(0), &Outcome::returned(E_FAIL));
        assert_eq!(local, ["ids/succeeds", "handle/zero-is-the-local-computer"]);
    }
}

/// ATT-3, OBS-59: a noninvasive attach is not complete on return, and need not have asked the server.
#[test]
fn a_noninvasive_attach_need_not_notice_that_its_server_is_gone() {
    let without_line = |server, attach_flags: u32| Call::CreateProcessAndAttach {
        server,
        command_line: None,
        create_flags: 0.into(),
        process_id: 64,
        attach_flags: attach_flags.into(),
    };
    let with_options = |server, attach_flags: u32| {
        let (options, options_buffer_size) = (Some(Default::default()), 16);
        let create = CreateProcess2 { server, options, options_buffer_size, ..CreateProcess2::default() };
        Call::CreateProcessAndAttach2 { create, process_id: 64, attach_flags: attach_flags.into() }
    };
    for profile in Profile::ALL {
        let mut run = Run::new(profile);
        run.connect(CLIENT, 7001, 0x10);
        run.0.process_killed(HOST.process);
        for call in [attach, without_line, with_options] {
            let mut taken = |flags| run.judge(CLIENT, &call(0x10, flags), &Outcome::returned(S_OK));
            assert_eq!(taken(1), NONE);
            assert_eq!(taken(0)[0], "server/gone-is-an-error");
            run.right(CLIENT, &call(0x10, 1), RPC_E_CANTTRANSMIT_CALL);
        }
    }
}

/// OBS-6, OBS-7, OBS-8: a stale handle may crash the real engine, and only an end has a known code.
#[test]
fn a_stale_handle_may_crash_the_real_engine() {
    let stale = |profile| {
        let mut run = Run::new(profile);
        run.connect(CLIENT, 7001, 0x10);
        run.right(CLIENT, &disconnect(0x10), S_OK);
        run
    };
    for call in [disconnect(0x10), end(0x10), ids(0x10), attach(0x10, 0)] {
        assert_eq!(stale(Profile::Dbgeng).judge(CLIENT, &call, &crashed()), NONE);
        assert_eq!(stale(Profile::Contract).judge(CLIENT, &call, &crashed()), ["handle/stale-is-refused"]);
    }
    let refused = |call: &Call| stale(Profile::Dbgeng).judge(CLIENT, call, &Outcome::returned(E_FAIL));
    assert_eq!(refused(&end(0x10)), ["handle/refusal-is-e-invalidarg"]);
    assert_eq!(refused(&disconnect(0x10)), NONE);
}

/// OBS-25, OBS-54, OBS-59: the code is asked for where the engine gets as far as the server.
#[test]
fn the_code_of_a_gone_server_is_known_where_the_server_is_asked() {
    let mut run = Run::new(Profile::Dbgeng);
    run.connect(CLIENT, 7001, 0x10);
    run.0.process_killed(HOST.process);
    let name = |exe_name: Option<&str>, flags: u32| Call::GetRunningProcessSystemIdByExecutableName {
        server: 0x10,
        exe_name: exe_name.map(str::to_owned),
        flags: flags.into(),
        id: Pointer::Given,
    };
    let mut refused = |call: &Call| run.judge(CLIENT, call, &Outcome::returned(E_INVALIDARG));
    for call in [ids(0x10), end(0x10), name(Some("a.exe"), 0), attach(0x10, 0)] {
        assert_eq!(refused(&call), ["server/gone-code"], "{call:?}");
    }
    for call in [name(Some("a.exe"), 8), name(None, 0), attach(0x10, 3)] {
        assert_eq!(refused(&call), NONE, "{call:?}");
    }
}

/// OBS-25: a command line does not matter where the server is not there to read it.
#[test]
fn an_empty_command_line_for_a_gone_server_is_like_every_other() {
    for profile in Profile::ALL {
        let mut run = Run::new(profile);
        run.connect(CLIENT, 7001, 0x10);
        run.0.process_killed(HOST.process);
        let creates = |line: &str| {
            let command_line = Some(line.to_owned());
            let create = CreateProcess2 {
                server: 0x10,
                command_line: command_line.clone(),
                options: Some(DEBUGGED),
                options_buffer_size: CreateProcessOptions::SIZE,
                ..CreateProcess2::default()
            };
            let (create_flags, process_id, attach_flags) = (CreateFlags::DEBUG_PROCESS, 0, 0.into());
            [
                Call::CreateProcess { server: 0x10, command_line: command_line.clone(), create_flags },
                Call::CreateProcess2(create.clone()),
                Call::CreateProcessAndAttach { server: 0x10, command_line, create_flags, process_id, attach_flags },
                Call::CreateProcessAndAttach2 { create, process_id, attach_flags },
            ]
        };
        for (empty, other) in creates("").iter().zip(&creates("services.exe")) {
            for ending in [S_OK, E_FAIL, E_INVALIDARG, ERROR_FILE_NOT_FOUND, RPC_E_CANTTRANSMIT_CALL]
                .map(Ending::Returned)
                .into_iter()
                .chain([Ending::Crashed, Ending::TimedOut])
            {
                let outcome = Outcome { ending, out: Default::default() };
                let judge = |call| run.clone().judge(CLIENT, call, &outcome);
                assert_eq!(judge(empty), judge(other), "{empty:?}, {ending} ({profile})");
            }
        }
    }
}

/// OBS-27: the address of a gone server may go to another one, to which the old handles do not lead.
#[test]
fn a_gone_server_stays_gone_when_another_takes_its_address() {
    let mut run = Run::new(Profile::Dbgeng);
    run.make(OTHER);
    run.connect(CLIENT, 7001, 0x10);
    let mut answered = Outcome::returned(S_OK);
    (answered.out.ids, answered.out.actual_count) = (Some(vec![4]), Some(1));
    assert_eq!(run.judge(CLIENT, &ids(0x10), &answered), NONE);
    run.0.process_killed(HOST.process);
    assert_eq!(run.judge(CLIENT, &ids(0x10), &answered), ["server/gone-is-an-error", "server/gone-code"]);
    serve(&mut run, OTHER, "tcp:port=7001");
    let came_back = run.judge(CLIENT, &ids(0x10), &answered);
    assert_eq!(came_back, ["server/gone-is-an-error", "server/gone-code", "server/gone-stays-gone"]);
    run.right(CLIENT, &ids(0x10), RPC_E_CANTTRANSMIT_CALL);
    run.right(CLIENT, &disconnect(0x10), S_OK);
}

/// OBS-23: if the run does not show the server, its host may be gone too.
#[test]
fn an_ended_connection_refuses_queries_with_a_known_code() {
    let mut run = Run::new(Profile::Dbgeng);
    run.connect(CLIENT, 7001, 0x10);
    run.right(CLIENT, &end(0x10), S_OK);
    run.right(CLIENT, &ids(0x10), E_UNEXPECTED);
    let refused = run.judge(CLIENT, &ids(0x10), &Outcome::returned(E_FAIL));
    assert_eq!(refused[0], "end/ended-connection-refuses-queries");
    let mut run = Run(Model::new(Profile::Dbgeng, WorldAssumption::Open));
    run.make(CLIENT);
    run.right(CLIENT, &end(0x9000), S_OK);
    run.right(CLIENT, &ids(0x9000), E_FAIL);
}

#[test]
fn a_refused_disconnect_breaks_what_is_true_of_its_caller() {
    const CONNECTED: &str = "disconnect/connected-handle-succeeds";
    let mut run = Run::new(Profile::Contract);
    let third = Caller { client: 1, ..CLIENT };
    run.make(Caller { client: 2, ..CLIENT });
    run.right(third, &Call::DebugCreate { interface: Interface::DebugClient(3) }, S_OK);
    run.connect(CLIENT, 7001, 0x10);
    let mut refused = |client| run.judge(Caller { client, ..CLIENT }, &disconnect(0x10), &Outcome::returned(E_FAIL));
    assert_eq!(refused(0), [CONNECTED]);
    assert_eq!(refused(2), [CONNECTED, "disconnect/any-client-of-the-engine"]);
    let other_version = [CONNECTED, "disconnect/any-client-of-the-engine", "disconnect/every-interface-version"];
    assert_eq!(refused(1), other_version);
    // Of other calls, and of handles that name no connection, these rules do not speak.
    let other = Caller { client: 1, ..CLIENT };
    assert_eq!(run.judge(other, &end(0x10), &Outcome::returned(E_FAIL)), ["end/connected-handle-succeeds"]);
    run.right(CLIENT, &disconnect(0x10), S_OK);
    assert_eq!(run.judge(other, &disconnect(0x10), &Outcome::returned(S_OK)), ["handle/stale-is-refused"]);
}

/// A server that the run does not show may have ended or gone, which excuses errors; the real engine takes a disconnect
/// even then (OBS-23, OBS-25).
#[test]
fn a_connection_to_a_server_that_the_run_does_not_show_may_fail() {
    for (profile, disconnected) in
        [(Profile::Contract, vec![]), (Profile::Dbgeng, vec!["disconnect/connected-handle-succeeds"])]
    {
        let mut run = Run(Model::new(profile, WorldAssumption::Open));
        run.make(CLIENT);
        assert_eq!(run.connect(CLIENT, 7002, 0x10), NONE);
        run.right(CLIENT, &ids(0x10), E_FAIL);
        run.right(CLIENT, &Call::EndProcessServer { server: 0x10 }, E_FAIL);
        assert_eq!(run.judge(CLIENT, &disconnect(0x10), &Outcome::returned(E_FAIL)), disconnected);
    }
}

/// VER-7: on a client object of version 1, the real engine's table has EndProcessServer all the same, or it has not.
#[test]
fn an_old_client_object_may_not_have_the_end() {
    let mut run = Run::new(Profile::Dbgeng);
    let first = Caller { client: 1, ..CLIENT };
    run.right(first, &Call::DebugCreate { interface: Interface::DebugClient(1) }, S_OK);
    run.connect(CLIENT, 7001, 0x10);
    for server in [0, 5, 0x10] {
        run.right(first, &Call::EndProcessServer { server }, E_NOTIMPL);
    }
    let refused = run.judge(first, &disconnect(0), &Outcome::returned(E_NOTIMPL));
    assert_eq!(refused, ["handle/refusal-is-e-invalidarg"]);
}

/// OBS-10 is of disconnects: an end from another thread is an end.
#[test]
fn an_end_from_another_thread_spares_nothing() {
    let mut run = Run::new(Profile::Dbgeng);
    run.connect(CLIENT, 7001, 0x10);
    run.right(Caller { thread: 1, ..CLIENT }, &end(0x10), S_OK);
    let refused = run.judge(CLIENT, &attach(0x10, 1), &Outcome::returned(E_FAIL));
    assert_eq!(refused, ["attach/noninvasive-needs-no-process"]);
}

/// The model remembers a bounded number of closed handles. A forgotten one may be stale or unknown.
#[test]
fn a_handle_that_was_closed_long_ago_is_refused_as_any() {
    let crash = Outcome { ending: Ending::Crashed, out: Default::default() };
    for profile in [Profile::Contract, Profile::Dbgeng] {
        let mut run = Run::new(profile);
        for handle in 0x1000..0x1000 + 110_000 {
            assert_eq!(run.connect(CLIENT, 7001, handle), NONE);
            run.right(CLIENT, &disconnect(handle), S_OK);
        }
        let (first, last, unknown) = (0x1000, 0x1000 + 109_999, 0x123);
        for handle in [first, last, unknown] {
            run.right(CLIENT, &disconnect(handle), E_INVALIDARG);
            // In the real engine whatever comes after it may be damaged, so each gets a run of its own.
            let judged = Run(run.0.clone()).judge(CLIENT, &ids(handle), &Outcome::returned(S_OK));
            assert_eq!(judged, ["handle/stale-is-refused"], "{handle:#x} in {profile}");
        }
        // Only what is known to be stale, or may be, brings the real engine down.
        let crashed = run.judge(CLIENT, &disconnect(first), &crash);
        assert_eq!(crashed.is_empty(), profile.is_dbgeng(), "{crashed:?}");
    }
}
