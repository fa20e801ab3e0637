//! How calls change the state of the model.

use dbgeng_testkit::flags::{AttachFlags, EndSessionFlags};
use dbgeng_testkit::hresult::E_NOINTERFACE;

use super::*;

const OTHER: Caller = Caller { process: 2, thread: 0, client: 0 };

fn services() -> Vec<Process> {
    vec![Process::new(64, "services.exe")]
}

fn attach(server: u64, process_id: u32) -> Call {
    Call::AttachProcess { server, process_id, attach_flags: 0.into() }
}

fn create(server: u64, line: &str) -> Call {
    Call::CreateProcess { server, command_line: Some(line.to_owned()), create_flags: 0.into() }
}

/// Judges a query that lists these ids.
fn list(run: &mut Run, by: Caller, server: u64, listed: &[u32]) -> Vec<&'static str> {
    let mut outcome = Outcome::returned(S_OK);
    outcome.out.ids = Some(listed.to_vec());
    outcome.out.actual_count = Some(u32::try_from(listed.len()).unwrap());
    run.judge(by, &ids(server), &outcome)
}

/// Asks for the description of process 64, of which nothing is wanted.
fn describe() -> Call {
    Call::GetRunningProcessDescription {
        server: 0,
        system_id: 64,
        flags: 0.into(),
        exe_name: Pointer::Null,
        exe_name_size: 0,
        actual_exe_name_size: Pointer::Null,
        description: Pointer::Null,
        description_size: 0,
        actual_description_size: Pointer::Null,
    }
}

/// ATT-12: a process that is debugged already may refuse a second debugger.
#[test]
fn a_process_that_is_debugged_may_refuse_another_attach() {
    let mut run = workstation(Profile::Contract, services());
    run.right(CLIENT, &describe(), S_OK);
    for _ in 0..2 {
        let refused = run.judge(CLIENT, &attach(0, 64), &Outcome::returned(E_FAIL));
        assert_eq!(refused, ["attach/live-process-succeeds", "handle/zero-is-the-local-computer"]);
    }
    run.right(CLIENT, &attach(0, 64), S_OK);
    run.right(CLIENT, &attach(0, 64), E_FAIL);
    // OBS-83: it has to.
    assert_eq!(run.judge(CLIENT, &attach(0, 64), &Outcome::returned(S_OK)), ["attach/one-debugger"]);
}

/// A server that was asked to end may refuse this as well.
#[test]
fn an_attach_to_a_debugged_process_needs_a_server_that_runs() {
    let existing = Call::AttachProcess { server: 0x10, process_id: 64, attach_flags: AttachFlags::EXISTING };
    let mut run = Run::new(Profile::Contract);
    run.connect(CLIENT, 7001, 0x10);
    run.right(CLIENT, &attach(0, 64), S_OK);
    let refused = Run(run.0.clone()).judge(CLIENT, &existing, &Outcome::returned(E_FAIL));
    assert_eq!(refused, ["attach/existing-finds-the-debugger"]);
    run.right(CLIENT, &Call::EndProcessServer { server: 0x10 }, S_OK);
    run.right(CLIENT, &existing, E_FAIL);
}

/// The other end of a reverse connection may be anywhere, and ends with what it debugs.
#[test]
fn a_process_may_end_with_a_debugger_that_may_be_anywhere() {
    const REVERSE: &str = "tcp:clicon=localhost,port=7006";
    for (id, is_missed) in [(64, false), (65, true)] {
        let mut run = workstation(Profile::Contract, services());
        run.make(HOST);
        serve(&mut run, HOST, REVERSE);
        assert_eq!(connects(&mut run, REVERSE, 0x10), NONE);
        run.right(CLIENT, &attach(0x10, id), S_OK);
        run.0.process_killed(HOST.process);
        let missed = run.judge(CLIENT, &describe(), &Outcome::returned(E_FAIL));
        assert_eq!(missed.is_empty(), !is_missed, "{id}: {missed:?}");
    }
}

/// CLI-3: a client object of CreateClient belongs to the thread that called it.
#[test]
fn a_client_object_belongs_to_the_thread_that_made_it() {
    let mut run = Run::new(Profile::Contract);
    let mut made = Outcome::returned(S_OK);
    made.out.client = Some(1);
    assert_eq!(run.judge(Caller { thread: 1, ..CLIENT }, &Call::CreateClient, &made), NONE);
    let on = |thread| Caller { client: 1, thread, ..CLIENT };
    let on_another = run.judge(on(0), &disconnect(0), &Outcome::returned(S_OK));
    assert_eq!(on_another, ["client/other-thread-is-refused", "handle/zero-is-refused"]);
    assert_eq!(run.judge(on(1), &disconnect(0), &Outcome::returned(S_OK)), ["handle/zero-is-refused"]);
}

/// VER-7.
#[test]
fn a_client_object_of_version_1_can_be_queried_for_more() {
    let mut run = Run::new(Profile::Contract);
    let first = Caller { client: 1, ..CLIENT };
    run.right(first, &Call::DebugCreate { interface: Interface::DebugClient(1) }, S_OK);
    run.connect(first, 7001, 0x10);
    let end = Call::EndProcessServer { server: 0x10 };
    assert_eq!(run.judge(first, &end, &Outcome::returned(S_OK)), ["client/version-1-has-no-end"]);
    run.right(first, &Call::QueryInterface { interface: Interface::DebugClient(1) }, S_OK);
    assert_eq!(run.judge(first, &end, &Outcome::returned(S_OK)), ["client/version-1-has-no-end"]);
    run.right(first, &Call::QueryInterface { interface: Interface::DebugClient(2) }, S_OK);
    run.right(first, &Call::QueryInterface { interface: Interface::DebugClient(1) }, S_OK);
    run.right(first, &end, S_OK);
    let newer = Call::QueryInterface { interface: Interface::DebugClient(3) };
    run.right(first, &newer, E_NOINTERFACE);
}

/// CLI-20: EndSession with DISCONNECT disables its client object, and no other way to end a session does.
#[test]
fn a_disabled_client_object_may_refuse_everything() {
    for flags in [EndSessionFlags::PASSIVE, EndSessionFlags::DISCONNECT] {
        let mut run = Run::new(Profile::Contract);
        run.connect(CLIENT, 7001, 0x10);
        let is_disabled = flags == EndSessionFlags::DISCONNECT;
        let broken = run.judge(CLIENT, &Call::EndSession { flags }, &Outcome::returned(S_OK));
        let refusal = "client/end-session-disconnect-is-for-remote-clients";
        assert_eq!(broken, if is_disabled { vec![refusal] } else { vec![] });
        for (call, requirement) in [
            (disconnect(0x10), "disconnect/connected-handle-succeeds"),
            (Call::CreateClient, "client/create-client-succeeds"),
        ] {
            let refused = run.judge(CLIENT, &call, &Outcome::returned(E_FAIL));
            assert_eq!(refused.last(), if is_disabled { None } else { Some(&requirement) });
        }
    }
}

/// REL-5, OBS-42.
#[test]
fn a_debugging_server_is_no_process_server() {
    let mut run = Run::new(Profile::Contract);
    run.right(HOST, &Call::StartServer { options: Some("tcp:port=7002".to_owned()) }, S_OK);
    assert_eq!(run.connect(CLIENT, 7002, 0x10), ["connect/debugging-server-is-refused"]);
    let mut run = Run(Model::new(Profile::Contract, WorldAssumption::Closed));
    run.make(HOST);
    run.right(HOST, &Call::StartServer { options: Some("tcp:port=7002".to_owned()) }, S_OK);
    let start = |port: u16| Call::StartProcessServer {
        flags: Class::USER_WINDOWS.bits(),
        options: Some(format!("tcp:port={port}")),
        reserved: 0,
    };
    let refused = |run: &mut Run, port| run.judge(HOST, &start(port), &Outcome::returned(E_FAIL));
    assert_eq!(refused(&mut run, 7001), ["start/valid-options-succeed"]);
    assert_eq!(run.judge(HOST, &start(7002), &Outcome::returned(S_OK)), ["start/address-in-use-is-refused"]);
    run.right(HOST, &start(7001), S_OK);
    assert_eq!(refused(&mut run, 7003), ["start/valid-options-succeed", "start/several-in-one-process"]);
}

/// In a run that starts midway, a call that succeeds on a handle shows that it is connected.
#[test]
fn an_older_handle_that_answers_is_connected() {
    let connected = ["disconnect/connected-handle-succeeds"];
    let after = |calls: &[(Call, HRESULT)]| {
        let mut run = Run(Model::new(Profile::Dbgeng, WorldAssumption::Open));
        run.make(CLIENT);
        calls.iter().for_each(|(call, hresult)| run.right(CLIENT, call, *hresult));
        run.judge(CLIENT, &disconnect(0x9000), &Outcome::returned(E_FAIL))
    };
    assert_eq!(after(&[]), NONE);
    assert_eq!(after(&[(attach(0x9000, 64), E_FAIL)]), NONE);
    assert_eq!(after(&[(Call::EndProcessServer { server: 0x9000 }, E_FAIL)]), NONE);
    assert_eq!(after(&[(disconnect(0x9000), E_FAIL)]), NONE);
    assert_eq!(after(&[(attach(0x9000, 64), S_OK)]), connected);
    assert_eq!(after(&[(create(0x9000, "a.exe"), S_OK)]), connected);

    assert_eq!(after(&[(Call::EndProcessServer { server: 0x9000 }, S_OK)]), connected);
    // A stale handle may crash the real engine, or be refused.
    assert_eq!(after(&[(disconnect(0x9000), S_OK)]), NONE);
}

/// OBS-10: the real engine closes nothing from another thread, so that the handle goes on naming its connection.
#[test]
fn a_disconnect_from_another_thread_leaves_the_real_engine_connected() {
    let elsewhere = Caller { thread: 1, ..CLIENT };
    let mut run = Run::new(Profile::Dbgeng);
    run.connect(CLIENT, 7001, 0x10);
    run.right(elsewhere, &disconnect(0x10), S_OK);
    assert_eq!(list(&mut run, elsewhere, 0x10, &[4]), NONE);
    run.right(CLIENT, &disconnect(0x10), S_OK);
    let refused = run.judge(CLIENT, &connect(7001), &Outcome::returned(E_FAIL));
    assert_eq!(refused, ["connect/live-server-succeeds", "disconnect/leaves-server-running"]);
    assert_eq!(list(&mut run, CLIENT, 0x10, &[4]), ["handle/stale-is-refused"]);
}

/// A process that has ended takes only its own connections and servers with it.
#[test]
fn a_process_that_is_gone_takes_along_what_it_held() {
    let mut run = Run::new(Profile::Contract);
    run.make(OTHER);
    serve(&mut run, OTHER, "tcp:port=7002");
    run.connect(CLIENT, 7001, 0x10);
    run.connect(OTHER, 7001, 0x10);
    let refused = |run: &mut Run| run.judge(CLIENT, &ids(0x10), &Outcome::returned(E_FAIL));
    assert_eq!(refused(&mut run), ["ids/succeeds", "server/serves-several-clients"]);
    run.0.process_killed(OTHER.process);
    assert_eq!(refused(&mut run), ["ids/succeeds"]);
    assert_eq!(run.connect(CLIENT, 7002, 0x20), ["connect/needs-a-server"]);
    assert_eq!(run.connect(CLIENT, 7001, 0x30), NONE);
    let crashed = Outcome { ending: Ending::Crashed, out: Default::default() };
    assert_eq!(run.judge(HOST, &disconnect(0), &crashed), ["handle/zero-is-refused"]);
    assert_eq!(run.connect(CLIENT, 7001, 0x40), ["connect/needs-a-server"]);
    run.make(OTHER);
    serve(&mut run, OTHER, "tcp:port=7001");
    assert_eq!(run.connect(CLIENT, 7001, 0x50), NONE);
    assert_eq!(run.judge(OTHER, &disconnect(0x10), &Outcome::returned(S_OK)), ["handle/unknown-is-refused"]);
}

/// if the attach fails, the process may have been created all the same.
#[test]
fn a_failed_create_and_attach_may_have_created() {
    let call = |line: Option<&str>, attach_flags: u32| Call::CreateProcessAndAttach {
        server: 0,
        command_line: line.map(str::to_owned),
        create_flags: 1.into(),
        process_id: 68,
        attach_flags: attach_flags.into(),
    };
    let with_options = |line: Option<&str>, attach_flags: u32| {
        let options = dbgeng_testkit::flags::CreateProcessOptions { create_flags: 1.into(), ..Default::default() };
        let create = CreateProcess2 {
            command_line: line.map(str::to_owned),
            options: Some(options),
            options_buffer_size: 16,
            ..CreateProcess2::default()
        };
        Call::CreateProcessAndAttach2 { create, process_id: 68, attach_flags: attach_flags.into() }
    };
    let after = |call: Call| {
        let mut run = workstation(Profile::Contract, services());
        run.right(CLIENT, &call, E_FAIL);
        list(&mut run, CLIENT, 0, &[64, 72])
    };
    for call in [call, with_options] {
        assert_eq!(after(call(Some("a.exe"), 0)), NONE);
        // There was nothing to create, and these flags are refused before anything is.
        assert_eq!(after(call(None, 0)), ["ids/lists-the-computer"]);
        assert_eq!(after(call(Some("a.exe"), 3)), ["ids/lists-the-computer"]);
    }
    assert_eq!(after(create(0, "a.exe")), ["ids/lists-the-computer"]);
}

/// CRE-2: a process is created on the computer of the handle's server.
#[test]
fn a_created_process_is_on_the_computer_of_its_server() {
    let placed = || {
        let mut run = workstation(Profile::Contract, services());
        let processes = services().into_iter().map(Arc::new).collect();
        run.0.place(1, &Computer { processes, ..computer("BOX17") });
        run.make(HOST);
        serve(&mut run, HOST, "tcp:port=7001");
        assert_eq!(connects(&mut run, "tcp:server=box17,port=7001", 0x10), NONE);
        run
    };
    let line = Some("a.exe".to_owned());
    let with_options = |server| CreateProcess2 {
        server,
        command_line: line.clone(),
        options: Some(Default::default()),
        options_buffer_size: 16,
        ..CreateProcess2::default()
    };
    let calls = |server| {
        let (create_flags, attach_flags, process_id) = (0.into(), 0.into(), 0);
        let command_line = line.clone();
        [
            create(server, "a.exe"),
            Call::CreateProcessAndAttach { server, command_line, create_flags, process_id, attach_flags },
            Call::CreateProcess2(with_options(server)),
            Call::CreateProcessAndAttach2 { create: with_options(server), process_id, attach_flags },
        ]
    };
    for (there, elsewhere) in [(0, 0x10), (0x10, 0)] {
        for call in calls(there) {
            let mut run = placed();
            assert_eq!(list(&mut run, CLIENT, there, &[64, 72]), ["ids/lists-the-computer"]);
            run.right(CLIENT, &call, S_OK);
            assert_eq!(list(&mut run, CLIENT, there, &[64, 72]), NONE, "{call:?}");
            assert_eq!(list(&mut run, CLIENT, elsewhere, &[64, 72]), ["ids/lists-the-computer"], "{call:?}");
        }
    }
}

/// If the computer is unknown, it may be any.
#[test]
fn a_process_that_was_created_somewhere_may_be_anywhere() {
    let mut run = workstation(Profile::Contract, services());
    serve(&mut run, CLIENT, "npipe:pipe=alpha%x");
    assert_eq!(connects(&mut run, "npipe:server=localhost,pipe=alpha4c", 0x10), NONE);
    assert_eq!(list(&mut run, CLIENT, 0, &[64, 72]), ["ids/lists-the-computer"]);
    run.right(CLIENT, &create(0x10, "a.exe"), S_OK);
    assert_eq!(list(&mut run, CLIENT, 0, &[64, 72]), NONE);
}

#[test]
fn the_state_of_a_run_is_printed() {
    let mut run = Run::new(Profile::Contract);
    assert_eq!(run.0.state(), "[] No, [] No, Running");
    run.connect(CLIENT, 7001, 0x10);
    assert_eq!(run.0.state(), "[Connected] No, [] No, Running");
    run.right(CLIENT, &Call::EndProcessServer { server: 0x10 }, S_OK);
    assert_eq!(run.0.state(), "[Ending] No, [] Requested, Ended");
}

/// OBS-233: a process does not run while another one debugs it. No call of the run shows the id of either process.
#[test]
fn only_a_process_that_another_one_may_debug_is_frozen() {
    let attach = |server, process_id| Call::AttachProcess { server, process_id, attach_flags: AttachFlags::empty() };
    let never = Outcome { ending: Ending::TimedOut, ..Outcome::returned(S_OK) };
    let mut run = Run::new(Profile::Dbgeng);
    let hangs = ["ids/succeeds", "handle/zero-is-the-local-computer"];
    assert_eq!(run.judge(HOST, &ids(0), &never), hangs);
    run.right(CLIENT, &attach(0, 32), S_OK);
    assert_eq!(run.clone().judge(HOST, &ids(0), &never), NONE);
    assert_eq!(run.judge(CLIENT, &ids(0), &never), hangs);
}
