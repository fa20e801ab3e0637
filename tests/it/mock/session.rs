//! The session of an engine: options, events, callbacks and targets.

mod processes;

use std::sync::mpsc;
use std::sync::{Arc, Mutex};

use dbgeng_testkit::flags::{
    AttachFlags, EndSessionFlags, EngineOptions, EventMask, ExecuteFlags, ExecutionStatus, InterruptFlags, OutputMask,
};
use dbgeng_testkit::mock::Misuse;
use dbgeng_testkit::{DebugEvent, EngineVersion, EventCallbacks, InputCallbacks, LastEvent, OutputCallbacks};

use super::*;

const VERSIONS: [Profile; 3] =
    [Profile::Contract, Profile::DbgengAt(EngineVersion::V10_0_15063), Profile::DbgengAt(EngineVersion::V10_0_29507)];

/// Keeps the events that it receives by their names, and asks for a break at exceptions if it shall.
#[derive(Default)]
struct Log {
    seen: Mutex<Vec<String>>,
    breaks: bool,
}

impl Log {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }
}

impl EventCallbacks for Log {
    fn event(&self, event: &DebugEvent) -> ExecutionStatus {
        let name = match event {
            DebugEvent::SessionStatus { status } => format!("SessionStatus({status})"),
            DebugEvent::ChangeEngineState { flags, argument } => {
                format!("ChangeEngineState({flags:#x}, {argument:#x})")
            }
            DebugEvent::CreateProcess { image_name, .. } => format!("CreateProcess({image_name})"),
            DebugEvent::CreateThread { .. } => "CreateThread".to_owned(),
            DebugEvent::Exception { .. } => "Exception".to_owned(),
            other => format!("{other:?}"),
        };
        self.seen.lock().unwrap().push(name);
        let breaks = self.breaks && matches!(event, DebugEvent::Exception { .. });
        if breaks { ExecutionStatus::BREAK } else { ExecutionStatus::NO_CHANGE }
    }
}

impl OutputCallbacks for Log {
    fn output(&self, mask: OutputMask, text: &str) {
        self.seen.lock().unwrap().push(format!("{:#x} {text}", mask.bits()));
    }
}

impl InputCallbacks for Log {}

fn number(get: impl FnOnce(&mut Option<u32>) -> HRESULT) -> Result<u32, HRESULT> {
    let mut value = None;
    match get(&mut value) {
        code if code.is_ok() => Ok(value.expect("S_OK writes the output")),
        code => {
            assert_eq!(value, None, "a failed call writes nothing");
            Err(code)
        }
    }
}

fn status(client: &LabClient) -> u32 {
    number(|status| client.get_execution_status(Some(status))).unwrap()
}

fn process_id(client: &LabClient) -> Result<u32, HRESULT> {
    number(|id| client.get_current_process_system_id(Some(id)))
}

fn debuggee_type(client: &LabClient) -> (Option<u32>, Option<u32>) {
    let (mut class, mut qualifier) = (None, None);
    assert_eq!(client.get_debuggee_type(Some(&mut class), Some(&mut qualifier)), S_OK);
    (class, qualifier)
}

/// A client object that has attached to a process of box17, and its id.
fn attached(profile: Profile) -> (Lab, LabClient, u64, u32) {
    let (lab, client) = build_lab(profile);
    let id = lab.computer("box17").add_process(r"C:\game\game.exe");
    let server = connect(&client, BOX17).unwrap();
    assert_eq!(client.attach_process(server, id, AttachFlags::empty()), S_OK);
    (lab, client, server, id)
}

fn break_in(client: &LabClient) {
    assert_eq!(client.add_engine_options(EngineOptions::INITIAL_BREAK), S_OK);
    assert_eq!(client.wait_for_event(0, 1_000), S_OK);
}

fn assert_without_debuggee_after_a_wait(client: &LabClient) {
    assert_eq!(client.wait_for_event(0, 0), E_UNEXPECTED);
    assert_without_debuggee(client);
}

fn assert_without_debuggee(client: &LabClient) {
    assert_eq!(status(client), ExecutionStatus::NO_DEBUGGEE.bits());
    assert_eq!(debuggee_type(client), (Some(0), Some(0)));
    assert_eq!(process_id(client), Err(E_UNEXPECTED));
    assert_eq!(number(|number| client.get_number_processes(Some(number))), Err(E_UNEXPECTED));
    assert_eq!(number(|code| client.get_exit_code(Some(code))), Err(E_UNEXPECTED));
    assert_eq!(client.wait_for_event(0, 0), E_UNEXPECTED);
    assert_eq!(client.set_execution_status(ExecutionStatus::GO), E_UNEXPECTED);
    assert_eq!(client.set_interrupt(InterruptFlags::ACTIVE), E_UNEXPECTED);
    assert_eq!(client.get_interrupt(), S_FALSE);
    assert_eq!(client.detach_current_process(), E_UNEXPECTED);
    assert_eq!(client.terminate_current_process(), E_UNEXPECTED);
    assert_eq!(client.abandon_current_process(), E_UNEXPECTED);
    assert_eq!(client.detach_processes(), S_OK);
    assert_eq!(client.terminate_processes(), S_OK);
    assert_eq!(client.flush_callbacks(), S_OK);
}

#[test]
fn a_session_without_a_debuggee_does_nothing() {
    for profile in VERSIONS {
        let (lab, client) = build_lab(profile);
        assert_without_debuggee(&client);
        assert_eq!(client.wait_for_event(1, 0), E_INVALIDARG);
        assert_eq!(client.execute(0, Some("version"), ExecuteFlags::empty()), S_OK);
        assert_eq!(client.dispatch_callbacks(50), S_FALSE);
        assert_eq!(lab.findings(), []);
    }
}

/// OBS-91.
#[test]
fn an_attach_is_complete_with_its_wait() {
    for profile in VERSIONS {
        let (lab, client, server, id) = attached(profile);
        let log = Arc::new(Log::default());
        assert_eq!(client.set_event_callbacks(Some(log.clone())), S_OK);
        assert_eq!(status(&client), ExecutionStatus::NO_DEBUGGEE.bits());
        assert_eq!(process_id(&client), Err(E_UNEXPECTED));

        assert_eq!(client.add_engine_options(EngineOptions::INITIAL_BREAK), S_OK);
        let apart = ["ChangeEngineState(0x20, 0x20)", "ChangeEngineState(0x100, 0xffffffff)"];
        let together = ["ChangeEngineState(0x120, 0xffffffff)"];
        let is_old = profile == Profile::DbgengAt(EngineVersion::V10_0_15063);
        assert_eq!(log.take(), if is_old { together.to_vec() } else { apart.to_vec() });

        assert_eq!(client.wait_for_event(0, INFINITE), S_OK);
        let events = [
            "SessionStatus(0)",
            r"CreateProcess(C:\game\game.exe)",
            "CreateThread",
            "Exception",
            "ChangeEngineState(0x10, 0x6)",
        ];
        assert_eq!(log.take(), events);
        assert_eq!(status(&client), ExecutionStatus::BREAK.bits());
        assert_eq!(process_id(&client), Ok(id));
        assert_eq!(number(|number| client.get_number_processes(Some(number))), Ok(1));
        assert_eq!(number(|code| client.get_exit_code(Some(code))), Ok(259));
        assert_eq!(debuggee_type(&client), (Some(2), Some(1)));

        let before = lab.now();
        assert_eq!(client.wait_for_event(0, 200), S_FALSE);
        assert_eq!(lab.now(), before + 200);
        // OBS-242: nothing is current, and the session has the process until the next wait.
        assert_eq!((process_id(&client), client.detach_current_process()), (Err(E_UNEXPECTED), E_UNEXPECTED));
        assert_eq!(client.detach_processes(), S_OK);
        assert_eq!(number(|number| client.get_number_processes(Some(number))), Ok(1));
        assert_without_debuggee_after_a_wait(&client);
        // The session ends with its last target, so nothing keeps the connection open (CLI-23).
        assert_eq!(client.disconnect_process_server(server), S_OK);
        assert_eq!(lab.leftovers(), []);
        // Both calls needed an event.
        let misuses: Vec<Misuse> = lab.findings().iter().map(|finding| finding.misuse).collect();
        assert_eq!(misuses, [Misuse::TimedOutEvent; 2]);
    }
}

#[test]
fn a_created_process_breaks_in_like_one_that_is_attached() {
    for profile in VERSIONS {
        let (lab, client) = build_lab(profile);
        let computer = lab.computer("WORKSTATION");
        computer.install(r"C:\game\game.exe");
        assert_eq!(client.create_process(0, Some(r"C:\game\game.exe"), CreateFlags::DEBUG_ONLY_THIS_PROCESS), S_OK);
        assert_without_target_yet(&client);
        break_in(&client);
        assert_eq!(debuggee_type(&client), (Some(2), Some(0)));
        let id = process_id(&client).unwrap();
        assert_eq!(client.terminate_processes(), S_OK);
        // OBS-245: the session has it until the next wait.
        assert_eq!((status(&client), process_id(&client)), (ExecutionStatus::GO.bits(), Err(E_UNEXPECTED)));
        assert_without_debuggee_after_a_wait(&client);
        assert!(computer.facts().processes.iter().all(|process| process.id != id));
    }
}

fn assert_without_target_yet(client: &LabClient) {
    assert_eq!(status(client), ExecutionStatus::NO_DEBUGGEE.bits());
    assert_eq!(process_id(client), Err(E_UNEXPECTED));
}

/// State belongs to the engine, and the output mask to the client object.
#[test]
fn every_client_object_sees_the_session_of_the_engine() {
    let (lab, first, _, id) = attached(Profile::Contract);
    let mut second = None;
    assert_eq!(first.create_client(Some(&mut second)), S_OK);
    let second = second.unwrap();
    assert_eq!(second.set_engine_options(EngineOptions::INITIAL_BREAK | EngineOptions::FINAL_BREAK), S_OK);
    assert_eq!(second.remove_engine_options(EngineOptions::FINAL_BREAK), S_OK);
    assert_eq!(number(|options| first.get_engine_options(Some(options))), Ok(0x20));
    assert_eq!(second.wait_for_event(0, 0), S_OK);
    assert_eq!(process_id(&first), Ok(id));

    let default = number(|mask| first.get_output_mask(Some(mask))).unwrap();
    assert_eq!(second.set_output_mask(OutputMask::ERROR), S_OK);
    assert_eq!(number(|mask| first.get_output_mask(Some(mask))), Ok(default));
    assert_eq!(number(|mask| second.get_output_mask(Some(mask))), Ok(2));

    // Another engine has a session of its own.
    assert_without_debuggee(&lab.engine().client());
}

#[test]
fn without_the_initial_break_a_wait_takes_its_time() {
    for profile in VERSIONS {
        let (_lab, client, ..) = attached(profile);
        assert_eq!(client.wait_for_event(0, 100), S_FALSE);
        assert_eq!((status(&client), process_id(&client)), (ExecutionStatus::BREAK.bits(), Err(E_UNEXPECTED)));

        // A tool that waits for ever goes on, and is told.
        let (lab, client, ..) = attached(profile);
        assert_eq!(client.wait_for_event(0, INFINITE), S_OK);
        assert_eq!(status(&client), ExecutionStatus::BREAK.bits());
        assert_eq!(lab.findings().len(), 1);

        let (_lab, client, ..) = attached(profile);
        let log = Arc::new(Log { breaks: true, ..Log::default() });
        assert_eq!(client.set_event_callbacks(Some(log)), S_OK);
        assert_eq!(client.wait_for_event(0, INFINITE), S_OK);
        assert_eq!(status(&client), ExecutionStatus::BREAK.bits());
    }
}

#[test]
fn a_noninvasive_attach_and_one_without_an_initial_break_differ() {
    let (lab, client) = build_lab(Profile::Contract);
    let id = lab.computer("WORKSTATION").add_process("a.exe");
    let log = Arc::new(Log::default());
    assert_eq!(client.set_event_callbacks(Some(log.clone())), S_OK);
    assert_eq!(client.attach_process(0, id, AttachFlags::NONINVASIVE), S_OK);
    assert_eq!(client.wait_for_event(0, 0), S_OK);
    assert_eq!(log.take(), ["SessionStatus(0)", "Exception", "ChangeEngineState(0x10, 0x6)"]);
    // OBS-240: no process could have an event, and the session ends.
    assert_without_debuggee_after_a_wait(&client);
    assert_eq!(client.add_engine_options(EngineOptions::INITIAL_BREAK), S_OK);
    assert_eq!(client.attach_process(0, id, AttachFlags::INVASIVE_NO_INITIAL_BREAK), S_OK);
    assert_eq!(client.wait_for_event(0, 0), S_FALSE);
}

#[test]
fn the_end_of_the_target_ends_the_wait() {
    for profile in VERSIONS {
        for end in ["process", "host", "server", "session"] {
            let (lab, client) = build_lab(profile);
            let host = lab.computer("box18").dbgsrv("tcp:port=7001").unwrap();
            let id = lab.computer("box18").add_process("a.exe");
            let server = connect(&client, "tcp:server=box18,port=7001").unwrap();
            assert_eq!(client.attach_process(server, id, AttachFlags::empty()), S_OK);
            break_in(&client);
            match end {
                "process" => assert!(lab.computer("box18").end_process(id)),
                "host" => assert!(host.kill()),
                "server" => assert_eq!(client.end_process_server(server), S_OK),
                _ => assert_eq!(client.end_session(EndSessionFlags::ACTIVE_DETACH), S_OK),
            }
            assert_without_debuggee(&client);
        }
    }
}

#[test]
fn an_abandoned_process_stays_debugged() {
    let (lab, client, server, id) = attached(Profile::Contract);
    break_in(&client);
    assert_eq!(client.abandon_current_process(), S_OK);
    assert_without_debuggee(&client);
    assert_eq!(client.attach_process(server, id, AttachFlags::empty()), STATUS_ACCESS_DENIED);
    assert_eq!(lab.leftovers()[0].misuse, Misuse::TargetLeftAttached);
}

#[test]
fn an_interrupt_breaks_into_a_wait_from_any_thread() {
    for (flags, code) in [(InterruptFlags::ACTIVE, S_OK), (InterruptFlags::EXIT, E_PENDING)] {
        let (_lab, client, ..) = attached(Profile::Contract);
        break_in(&client);
        let client = Arc::new(client);
        let (asked, ask) = mpsc::channel();
        let interrupter = Arc::clone(&client);
        let thread = thread::spawn(move || {
            // The thread holds a part of the lab before the wait begins.
            assert_eq!(interrupter.get_interrupt(), S_FALSE);
            asked.send(()).unwrap();
            while interrupter.set_interrupt(flags) != S_OK {}
        });
        ask.recv().unwrap();
        assert_eq!(client.wait_for_event(0, INFINITE), code);
        thread.join().unwrap();
    }
}

/// OBS-90.
#[test]
fn exit_dispatch_ends_one_dispatch_from_any_thread() {
    for profile in VERSIONS {
        let (_lab, client) = build_lab(profile);
        assert_eq!(client.exit_dispatch(), S_OK);
        assert_eq!(client.dispatch_callbacks(INFINITE), S_OK);
        assert_eq!(client.dispatch_callbacks(0), S_FALSE);
        thread::scope(|scope| {
            let other = scope.spawn(|| client.exit_dispatch());
            assert_eq!(client.dispatch_callbacks(INFINITE), S_OK);
            assert_eq!(other.join().unwrap(), S_OK);
        });
    }
}

/// CLI-7.
#[test]
fn callbacks_of_another_thread_wait_until_it_dispatches() {
    let (_lab, client, ..) = attached(Profile::Contract);
    let mut other = None;
    let log = Arc::new(Log::default());
    thread::scope(|scope| {
        scope.spawn(|| {
            assert_eq!(client.create_client(Some(&mut other)), S_OK);
            let other = other.as_ref().unwrap();
            assert_eq!(other.set_event_callbacks(Some(log.clone())), S_OK);
        });
    });
    break_in(&client);
    assert_eq!(log.take(), [""; 0]);
    let other = other.unwrap();
    assert_eq!(other.dispatch_callbacks(0), RPC_E_WRONG_THREAD);
    assert_eq!(other.set_event_callbacks(None), RPC_E_WRONG_THREAD);
}

/// Makes a call of the engine in each event.
struct Reentrant(Mutex<Option<Box<dyn DebugClient>>>, Mutex<Vec<Result<u32, HRESULT>>>);

impl EventCallbacks for Reentrant {
    fn interest_mask(&self) -> EventMask {
        EventMask::EXCEPTION
    }

    fn event(&self, _: &DebugEvent) -> ExecutionStatus {
        let client = self.0.lock().unwrap();
        let client = client.as_ref().unwrap();
        let id = number(|id| client.get_current_process_system_id(Some(id)));
        assert_eq!(client.wait_for_event(0, 0), E_FAIL);
        self.1.lock().unwrap().push(id);
        ExecutionStatus::NO_CHANGE
    }
}

#[test]
fn a_callback_may_call_the_engine_and_hears_only_what_it_wants() {
    let (_lab, client, _, id) = attached(Profile::Contract);
    let mut same = None;
    assert_eq!(client.query_interface(&Interface::NEWEST, Some(&mut same)), S_OK);
    let callbacks = Arc::new(Reentrant(Mutex::new(same), Mutex::default()));
    assert_eq!(client.set_event_callbacks(Some(callbacks.clone())), S_OK);
    assert_eq!(client.wait_for_event(0, 0), S_FALSE);
    assert_eq!(*callbacks.1.lock().unwrap(), [Ok(id)]);
    drop(callbacks.0.lock().unwrap().take());
}

/// CLI-18.
#[test]
fn the_engine_holds_a_reference_until_callbacks_are_replaced() {
    let (_lab, client) = build_lab(Profile::Contract);
    let log = Arc::new(Log::default());
    let mut found: Option<Arc<dyn EventCallbacks>> = None;
    assert_eq!(client.get_event_callbacks(Some(&mut found)), S_OK);
    assert!(found.is_none());
    assert_eq!(client.set_event_callbacks(Some(log.clone())), S_OK);
    assert_eq!(client.set_output_callbacks(Some(log.clone())), S_OK);
    assert_eq!(client.set_input_callbacks(Some(log.clone())), S_OK);
    assert_eq!(Arc::strong_count(&log), 4);
    assert_eq!(client.get_event_callbacks(Some(&mut found)), S_OK);
    let found = found.unwrap() as Arc<dyn std::any::Any + Send + Sync>;
    assert!(Arc::ptr_eq(&found.downcast::<Log>().unwrap(), &log));
    assert_eq!(client.get_output_callbacks(None), E_POINTER);
    assert_eq!(client.set_event_callbacks(None), S_OK);
    assert_eq!(Arc::strong_count(&log), 3);
    drop(client);
    assert_eq!(Arc::strong_count(&log), 1);
}

#[test]
fn output_goes_to_the_callbacks_that_take_it() {
    let (lab, client) = build_lab(Profile::Contract);
    let log = Arc::new(Log::default());
    assert_eq!(client.set_output_callbacks(Some(log.clone())), S_OK);
    assert_eq!(client.execute(0, Some("version"), ExecuteFlags::ECHO), S_OK);
    let version = "0x1 Debugger engine of dbgeng-testkit, profile contract\n";
    assert_eq!(log.take(), ["0x1 version\n", version]);
    assert_eq!(client.execute(0, Some(".reload"), ExecuteFlags::empty()), S_OK);
    assert_eq!(log.take(), ["0x2 The mock engine does not execute \".reload\"\n"]);
    assert_eq!(client.output_servers(0, Some(r"\\box17"), ServersFlags::ALL), S_OK);
    assert_eq!(log.take(), [format!("0x1 {}", lab.computer("box17").listing(ServersFlags::ALL))]);
    assert_eq!(client.output_servers(3, Some(r"\\box17"), ServersFlags::ALL), S_OK);
    assert_eq!(client.set_output_mask(OutputMask::ERROR), S_OK);
    assert_eq!(client.execute(0, Some("version"), ExecuteFlags::empty()), S_OK);
    assert_eq!(log.take(), [""; 0]);
    assert_eq!(client.execute(0x10, Some("version"), ExecuteFlags::empty()), S_OK);
    assert_eq!(log.take(), [version]);
    assert_eq!(client.execute(0, None, ExecuteFlags::empty()), E_INVALIDARG);
}
