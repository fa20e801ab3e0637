//! The model by itself.

mod apply;
mod client;
mod connect;
mod create;
mod description;
mod expected;
mod external_server;
mod handle;
mod ids;
mod name;
mod pointer;
mod start;
mod strings;
mod wait;

use std::sync::Arc;

use dbgeng_testkit::CreateProcess2;
use dbgeng_testkit::flags::Class;
use dbgeng_testkit::hresult::{E_FAIL, E_INVALIDARG, E_UNEXPECTED, ERROR_PATH_NOT_FOUND, S_FALSE, S_OK};
use dbgeng_testkit::model::{Model, WorldAssumption};
use dbgeng_testkit::spec::Requirement;
use dbgeng_testkit::{Call, Caller, Computer, Ending, HRESULT, Interface, Outcome, Pointer, Process, Profile};

const CLIENT: Caller = Caller { process: 0, thread: 0, client: 0 };
const HOST: Caller = Caller { process: 1, thread: 0, client: 0 };

#[derive(Clone)]
struct Run(Model);

impl Run {
    /// A host with a process server at port 7001, and a client.
    fn new(profile: Profile) -> Run {
        let mut run = Run(Model::new(profile, WorldAssumption::Closed));
        run.make(CLIENT);
        run.make(HOST);
        let options = Some("tcp:port=7001".to_owned());
        run.right(HOST, &Call::StartProcessServer { flags: Class::USER_WINDOWS.bits(), options, reserved: 0 }, S_OK);
        run
    }

    fn make(&mut self, by: Caller) {
        self.right(by, &Call::DebugCreate { interface: Interface::NEWEST }, S_OK);
    }

    fn judge(&mut self, by: Caller, call: &Call, outcome: &Outcome) -> Vec<&'static str> {
        let violations = self.0.observe(by, call, outcome).err().unwrap_or_default();
        violations.iter().map(|violation| violation.requirement.id()).collect()
    }

    fn right(&mut self, by: Caller, call: &Call, hresult: HRESULT) {
        assert_eq!(self.judge(by, call, &Outcome::returned(hresult)), Vec::<&str>::new(), "{call:?}");
    }

    fn connect(&mut self, by: Caller, port: u16, handle: u64) -> Vec<&'static str> {
        let mut outcome = Outcome::returned(S_OK);
        outcome.out.server = Some(handle);
        self.judge(by, &connect(port), &outcome)
    }
}

fn connect(port: u16) -> Call {
    let remote_options = Some(format!("tcp:server=localhost,port={port}"));
    Call::ConnectProcessServer { remote_options, server: Pointer::Given }
}

fn serve(run: &mut Run, by: Caller, options: &str) {
    let options = Some(options.to_owned());
    run.right(by, &Call::StartProcessServer { flags: Class::USER_WINDOWS.bits(), options, reserved: 0 }, S_OK);
}

fn disconnect(server: u64) -> Call {
    Call::DisconnectProcessServer { server }
}

fn ids(server: u64) -> Call {
    Call::GetRunningProcessSystemIds { server, ids: Pointer::Given, count: 64, actual_count: Pointer::Given }
}

const NONE: [&str; 0] = [];

#[test]
fn allowed_outcomes_can_be_asked_for_before_a_call() {
    let run = Run::new(Profile::Contract);
    let call = disconnect(0);
    let allowed = run.0.allowed(CLIENT, &call);
    assert_eq!(allowed.len(), 1);
    assert_eq!(allowed[0].requirement, Requirement::HandleZeroIsRefused);
    assert_eq!(allowed[0].expected.to_string(), "an error");
    assert!(allowed[0].expected.contains(&Outcome::returned(E_FAIL)));
    assert!(!allowed[0].expected.contains(&Outcome::returned(S_FALSE)));
}

#[test]
fn a_violation_names_the_expected_and_the_actual_outcome() {
    let mut run = Run::new(Profile::Contract);
    let violations = run.0.observe(CLIENT, &disconnect(5), &Outcome::returned(S_OK)).unwrap_err();
    assert_eq!(
        violations[0].to_string(),
        "handle/unknown-is-refused: DisconnectProcessServer: expected an error, got S_OK (0x00000000)"
    );
}

#[test]
fn in_a_closed_world_nothing_is_there_but_what_the_run_started() {
    let mut run = Run::new(Profile::Contract);
    assert_eq!(run.connect(CLIENT, 7001, 0x10), NONE);
    assert_eq!(run.connect(CLIENT, 7002, 0x20), ["connect/needs-a-server"]);
}

#[test]
fn in_an_open_world_a_server_may_be_there_and_a_handle_may_have_been_issued() {
    let mut run = Run(Model::new(Profile::Contract, WorldAssumption::Open));
    run.make(CLIENT);
    assert_eq!(run.connect(CLIENT, 7002, 0x20), NONE);
    run.right(CLIENT, &disconnect(0x20), S_OK);
    assert_eq!(run.judge(CLIENT, &disconnect(0x20), &Outcome::returned(S_OK)), ["handle/stale-is-refused"]);
    for hresult in [E_INVALIDARG, S_OK] {
        run.right(CLIENT, &disconnect(0x99), hresult);
    }
    assert_eq!(run.judge(CLIENT, &disconnect(0x99), &Outcome::returned(S_OK)), ["handle/stale-is-refused"]);
    assert_eq!(run.judge(CLIENT, &disconnect(0), &Outcome::returned(S_OK)), ["handle/zero-is-refused"]);
    run.right(CLIENT, &Call::WaitForProcessServerEnd { timeout: 0 }, S_OK);
    let again = run.judge(CLIENT, &Call::WaitForProcessServerEnd { timeout: 0 }, &Outcome::returned(S_FALSE));
    assert_eq!(again, ["wait/ended-stays-ended"]);
}

/// The trace does not show how the client object was made, so it starts midway.
#[test]
fn a_run_that_begins_in_the_middle_opens_the_world() {
    let mut run = Run(Model::new(Profile::Contract, WorldAssumption::Closed));
    run.right(CLIENT, &disconnect(0x77), S_OK);
    assert_eq!(run.connect(CLIENT, 7002, 0x20), NONE);
}

#[test]
fn a_failed_disconnect_changes_nothing() {
    let mut run = Run::new(Profile::Contract);
    assert_eq!(run.connect(CLIENT, 7001, 0x10), NONE);
    let failed = run.judge(CLIENT, &disconnect(0x10), &Outcome::returned(E_FAIL));
    assert_eq!(failed, ["disconnect/connected-handle-succeeds"]);
    run.right(CLIENT, &disconnect(0x10), S_OK);
}

#[test]
fn harm_by_a_disconnect_is_named() {
    let mut run = Run::new(Profile::Contract);
    run.connect(CLIENT, 7001, 0x10);
    run.connect(CLIENT, 7001, 0x20);
    run.right(CLIENT, &disconnect(0x10), S_OK);
    let broken = run.judge(CLIENT, &ids(0x20), &Outcome::returned(E_FAIL));
    assert!(broken.contains(&"disconnect/leaves-other-connections"), "{broken:?}");
    let broken = run.judge(CLIENT, &connect(7001), &Outcome::returned(E_FAIL));
    assert!(broken.contains(&"disconnect/leaves-server-running"), "{broken:?}");
    run.right(CLIENT, &disconnect(0x10), E_INVALIDARG);
    let broken = run.judge(CLIENT, &ids(0x20), &Outcome::returned(E_FAIL));
    assert!(broken.contains(&"handle/other-handles-unharmed"), "{broken:?}");
}

#[test]
fn any_client_object_of_any_version_disconnects() {
    let mut run = Run::new(Profile::Contract);
    let first = Caller { client: 1, ..CLIENT };
    run.right(first, &Call::DebugCreate { interface: Interface::DebugClient(1) }, S_OK);
    run.connect(CLIENT, 7001, 0x10);
    let broken = run.judge(first, &disconnect(0x10), &Outcome::returned(E_INVALIDARG));
    assert!(broken.contains(&"disconnect/any-client-of-the-engine"), "{broken:?}");
    assert!(broken.contains(&"disconnect/every-interface-version"), "{broken:?}");
}

#[test]
fn a_process_that_was_killed_takes_its_servers_along() {
    let mut run = Run::new(Profile::Contract);
    run.connect(CLIENT, 7001, 0x10);
    run.0.process_killed(HOST.process);
    assert_eq!(run.judge(CLIENT, &ids(0x10), &Outcome::returned(S_OK)), ["server/gone-is-an-error"]);
    assert_eq!(run.connect(CLIENT, 7001, 0x20), ["connect/needs-a-server"]);
}

#[test]
fn a_call_that_does_not_return_is_broken_unless_it_waits_for_ever() {
    let timed_out = Outcome { ending: Ending::TimedOut, out: Default::default() };
    let mut run = Run::new(Profile::Contract);
    run.connect(CLIENT, 7001, 0x10);
    assert_eq!(run.judge(CLIENT, &ids(0x10), &timed_out), ["ids/succeeds"]);
    let create = Call::CreateProcess {
        server: 0x10,
        command_line: Some("a.exe".to_owned()),
        create_flags: dbgeng_testkit::flags::CreateFlags::empty(),
    };
    assert_eq!(run.judge(CLIENT, &create, &timed_out), ["call/returns"]);
    let wait = |timeout| Call::WaitForProcessServerEnd { timeout };
    assert_eq!(run.judge(HOST, &wait(0), &timed_out), ["wait/needs-an-end", "wait/time-out-is-s-false"]);
    assert_eq!(run.judge(HOST, &wait(u32::MAX), &timed_out), NONE);
}

/// OBS-209: once a stale end has damaged the engine's memory, a later call may hang or crash, and nothing else.
#[test]
fn damage_excuses_a_hang_but_no_wrong_answer() {
    let timed_out = Outcome { ending: Ending::TimedOut, out: Default::default() };
    let mut run = Run::new(Profile::Dbgeng);
    run.connect(CLIENT, 7001, 0x10);
    run.connect(CLIENT, 7001, 0x20);
    let broken = run.judge(CLIENT, &ids(0x20), &timed_out);
    assert!(broken.contains(&"ids/succeeds"), "{broken:?}");
    run.right(CLIENT, &disconnect(0x10), S_OK);
    // A call that only looks at freed memory damages nothing.
    run.right(CLIENT, &ids(0x10), E_UNEXPECTED);
    let broken = run.clone().judge(CLIENT, &ids(0x20), &timed_out);
    assert!(broken.contains(&"ids/succeeds"), "{broken:?}");
    // OBS-224: this one frees it again.
    let mut freed_twice = run.clone();
    freed_twice.right(CLIENT, &disconnect(0x10), S_OK);
    assert_eq!(freed_twice.judge(CLIENT, &ids(0x20), &timed_out), NONE);
    run.right(CLIENT, &Call::EndProcessServer { server: 0x10 }, E_INVALIDARG);
    assert_eq!(run.judge(CLIENT, &ids(0x20), &timed_out), NONE);
    let broken = run.judge(CLIENT, &disconnect(0x20), &Outcome::returned(E_FAIL));
    assert!(broken.contains(&"disconnect/connected-handle-succeeds"), "{broken:?}");
}

#[test]
fn another_thread_should_be_refused_and_may_get_through() {
    let mut run = Run::new(Profile::Contract);
    run.connect(CLIENT, 7001, 0x10);
    let elsewhere = Caller { thread: 1, ..CLIENT };
    run.right(elsewhere, &ids(0x10), E_FAIL);
    let through = run.judge(elsewhere, &disconnect(0x10), &Outcome::returned(S_OK));
    assert_eq!(through, ["client/other-thread-is-refused"]);
    assert_eq!(run.judge(CLIENT, &ids(0x10), &Outcome::returned(S_OK)), ["handle/stale-is-refused"]);
}

/// In a run that starts midway, a handle may have been issued before. Its outputs are judged all the same.
#[test]
fn outputs_on_an_older_handle_are_judged() {
    for profile in Profile::ALL {
        let mut run = Run(Model::new(profile, WorldAssumption::Open));
        run.make(CLIENT);
        let mut outcome = Outcome::returned(S_OK);
        outcome.out.ids = Some(vec![4; 65]);
        outcome.out.actual_count = Some(65);
        let broken = run.judge(CLIENT, &ids(0x9000), &outcome);
        assert!(broken.contains(&"ids/at-most-count") && broken.contains(&"ids/are-unique"), "{broken:?}");
        assert_eq!(run.judge(CLIENT, &disconnect(0x9000), &Outcome::returned(S_OK)), NONE);
        let stale = run.judge(CLIENT, &disconnect(0x9000), &Outcome::returned(S_OK));
        // OBS-224.
        let refused = if profile.is_dbgeng() { vec![] } else { vec!["handle/stale-is-refused"] };
        assert_eq!(stale, refused);
    }
}

/// A released client object cannot be called, so no outcome of a call on it is right.
#[test]
fn a_call_on_a_released_client_object_was_not_made() {
    let mut run = Run::new(Profile::Contract);
    let gone = Outcome { ending: Ending::References(0), out: Default::default() };
    assert_eq!(run.judge(CLIENT, &Call::Release, &gone), NONE);
    for outcome in [Outcome::returned(S_OK), Outcome::returned(E_FAIL)] {
        assert_eq!(run.judge(CLIENT, &disconnect(0x9000), &outcome), ["call/caller-is-alive"]);
    }
    // Another one is an object as good as the first.
    let other = Caller { client: 1, ..CLIENT };
    run.make(other);
    assert_eq!(run.judge(other, &disconnect(0x9000), &Outcome::returned(S_OK)), ["handle/unknown-is-refused"]);
    assert_eq!(
        run.judge(other, &Call::DebugCreate { interface: Interface::NEWEST }, &Outcome::returned(E_FAIL)),
        ["client/debug-create-succeeds"]
    );
}

fn computer(name: &str) -> Computer {
    Computer { names: vec![name.to_owned()], ..Computer::default() }
}

/// A client on a computer with these processes.
fn workstation(profile: Profile, processes: Vec<Process>) -> Run {
    let mut run = Run(Model::new(profile, WorldAssumption::Closed));
    let processes = processes.into_iter().map(Arc::new).collect();
    run.0.place(0, &Computer { processes, ..computer("WORKSTATION") });
    run.make(CLIENT);
    run
}

/// Judges a successful connect with this string.
fn connects(run: &mut Run, text: &str, handle: u64) -> Vec<&'static str> {
    let mut outcome = Outcome::returned(S_OK);
    outcome.out.server = Some(handle);
    run.judge(
        CLIENT,
        &Call::ConnectProcessServer { remote_options: Some(text.to_owned()), server: Pointer::Given },
        &outcome,
    )
}

/// If a run names its computers and shows all of them, no other computer can be reached.
#[test]
fn a_computer_that_the_run_does_not_know_may_be_one() {
    let stranger = "tcp:server=box17,port=5005";
    let with = |world, is_named: bool| {
        let mut run = Run(Model::new(Profile::Contract, world));
        if is_named {
            run.0.place(0, &computer("WORKSTATION"));
        }
        run.make(CLIENT);
        run
    };
    assert_eq!(connects(&mut with(WorldAssumption::Closed, true), stranger, 1), ["connect/needs-a-server"]);
    assert_eq!(connects(&mut with(WorldAssumption::Closed, false), stranger, 1), NONE);
    assert_eq!(connects(&mut with(WorldAssumption::Open, true), stranger, 1), NONE);
    assert_eq!(connects(&mut with(WorldAssumption::Open, false), stranger, 1), NONE);
}

/// A serial line may lead to any computer.
#[test]
fn a_serial_line_leads_to_another_computer() {
    let mut run = Run(Model::new(Profile::Contract, WorldAssumption::Closed));
    run.0.place(0, &computer("WORKSTATION"));
    run.0.place(1, &computer("BOX17"));
    run.make(CLIENT);
    run.make(HOST);
    let options = Some("com:port=com1,baud=9600,channel=3".to_owned());
    run.right(HOST, &Call::StartProcessServer { flags: Class::USER_WINDOWS.bits(), options, reserved: 0 }, S_OK);
    assert_eq!(connects(&mut run, "com:port=com1,baud=9600,channel=3", 1), NONE);
}

/// A string that no page shows may be taken; then it leads where the real engine would go.
#[test]
fn a_string_that_was_taken_leads_somewhere() {
    let mut run = Run::new(Profile::Contract);
    let other = Caller { process: 2, ..CLIENT };
    run.make(other);
    let options = Some("tcp:port=7002".to_owned());
    run.right(other, &Call::StartProcessServer { flags: Class::USER_WINDOWS.bits(), options, reserved: 0 }, S_OK);
    assert_eq!(connects(&mut run, "TCP:server=localhost,port=0x1b5a", 1), NONE);
    let answered = |run: &mut Run| {
        let mut outcome = Outcome::returned(S_OK);
        (outcome.out.ids, outcome.out.actual_count) = (Some(vec![4]), Some(1));
        run.judge(CLIENT, &ids(1), &outcome)
    };
    run.0.process_killed(1);
    assert_eq!(answered(&mut run), NONE);
    run.0.process_killed(2);
    assert_eq!(answered(&mut run), ["server/gone-is-an-error"]);
}

/// OBS-210: some platforms reach a pipe only under the computer name `.`; over tcp that is no excuse.
#[test]
fn a_pipe_may_be_out_of_reach_under_a_name_of_its_computer() {
    let mut run = Run::new(Profile::Contract);
    let options = Some("npipe:pipe=alpha".to_owned());
    run.right(HOST, &Call::StartProcessServer { flags: Class::USER_WINDOWS.bits(), options, reserved: 0 }, S_OK);
    let refused = |run: &mut Run, text: &str| {
        let call = Call::ConnectProcessServer { remote_options: Some(text.to_owned()), server: Pointer::Given };
        run.judge(CLIENT, &call, &Outcome::returned(ERROR_PATH_NOT_FOUND))
    };
    assert_eq!(refused(&mut run, "npipe:server=localhost,pipe=alpha"), NONE);
    let broken = refused(&mut run, "npipe:server=.,pipe=alpha");
    assert!(broken.contains(&"connect/live-server-succeeds"), "{broken:?}");
    let broken = refused(&mut run, "tcp:server=localhost,port=7001");
    assert!(broken.contains(&"connect/live-server-succeeds"), "{broken:?}");
}

/// A call that creates and attaches is judged as an attach if it creates nothing.
#[test]
fn an_attach_is_judged_whichever_call_makes_it() {
    let sizes = (Some(Default::default()), 16);
    let create = CreateProcess2 { options: sizes.0, options_buffer_size: sizes.1, ..CreateProcess2::default() };
    let calls = |process_id| {
        let (create_flags, attach_flags) = (0.into(), 0.into());
        [
            Call::AttachProcess { server: 0, process_id, attach_flags },
            Call::CreateProcessAndAttach { server: 0, command_line: None, create_flags, process_id, attach_flags },
            Call::CreateProcessAndAttach2 { create: create.clone(), process_id, attach_flags },
        ]
    };
    for at in 0..3 {
        let mut run = workstation(Profile::Contract, vec![Process::new(64, "services.exe")]);
        let judged = |run: &mut Run, id, hresult| run.judge(CLIENT, &calls(id)[at], &Outcome::returned(hresult));
        assert_eq!(judged(&mut run, 68, S_OK), ["attach/unknown-process-fails"]);
        let refused = judged(&mut run, 64, E_FAIL);
        assert_eq!(refused, ["attach/live-process-succeeds", "handle/zero-is-the-local-computer"]);
        assert_eq!(judged(&mut run, 64, S_OK), NONE);
    }
}
