//! A recording shows the calls that were made.

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use dbgeng_testkit::DebugClient;
use dbgeng_testkit::conformance::check;
use dbgeng_testkit::flags::Class;
use dbgeng_testkit::hresult::{E_UNEXPECTED, RPC_E_WRONG_THREAD, S_OK};
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::trace::{EngineName, Event, EventKind, Header, Recorder};
use dbgeng_testkit::{Engine, HostLocation, Interface, Profile};

use crate::support::parse_trace;

fn header() -> Header {
    let engine = EngineName { name: "mock".to_owned(), version: "0".to_owned(), platform: "memory".to_owned() };
    Header::new(engine, "small", "a small session")
}

fn recorder() -> Recorder<Vec<u8>> {
    Recorder::new(Vec::new(), &header()).expect("a Vec takes everything")
}

fn created(engine: &dyn Engine) -> Box<dyn DebugClient> {
    let mut client = None;
    assert_eq!(engine.debug_create(&Interface::NEWEST, Some(&mut client)), S_OK);
    client.expect("DebugCreate succeeded")
}

fn finished(recorder: Recorder<Vec<u8>>) -> String {
    let trace = recorder.finish().expect("a Vec takes everything");
    String::from_utf8(trace).expect("JSON is UTF-8")
}

fn processes(trace: &str) -> Vec<String> {
    parse_trace(trace.as_bytes()).expect("what was recorded can be read").0.processes().to_vec()
}

/// Lists the thread and the client object of each call.
fn callers(trace: &str) -> Vec<(u32, u32)> {
    let (_, events) = parse_trace(trace.as_bytes()).expect("what was recorded can be read");
    let callers = events.into_iter().map(|Event { kind, .. }| match kind {
        EventKind::Call(recorded) => (recorded.by.thread, recorded.by.client),
        other => panic!("{other:?} is no call"),
    });
    callers.collect()
}

#[test]
fn a_session_is_recorded_as_it_was() {
    let lab = Lab::new(Profile::Contract);
    let recorder = recorder();
    let engine = recorder.engine("client", Box::new(lab.engine()));
    let first = created(&*engine);
    let host = engine.start_process(HostLocation::Here).expect("a lab can start processes");
    let hosting = created(&*host);
    assert_eq!(hosting.start_process_server(Class::USER_WINDOWS.bits(), Some("tcp:port=5005"), 0), S_OK);
    let mut server = None;
    let connect = |server| first.connect_process_server(Some("tcp:server=localhost,port=5005"), server);
    assert_eq!(connect(Some(&mut server)), S_OK);
    assert!(connect(None).is_err());
    let server = server.expect("the connect succeeded");

    let mut second = None;
    assert_eq!(first.create_client(Some(&mut second)), S_OK);
    let second = second.expect("CreateClient succeeded");
    let mut newest = None;
    assert_eq!(second.query_interface(&Interface::NEWEST, Some(&mut newest)), S_OK);
    let newest = newest.expect("QueryInterface succeeded");
    assert!(second.query_interface(&"IDebugBreakpoint".into(), Some(&mut None)).is_err());
    assert_eq!(second.release(), 1);

    let (mut ids, mut count) = (None, None);
    assert_eq!(newest.get_running_process_system_ids(server, Some(&mut ids), 2, Some(&mut count)), S_OK);
    assert_eq!(newest.get_running_process_system_ids(server, None, 0, Some(&mut count)), S_OK);
    let mut refused = None;
    assert!(engine.on_thread(1, &mut || refused = Some(first.disconnect_process_server(server))));
    assert_eq!(refused, Some(RPC_E_WRONG_THREAD));
    assert!(host.kill());
    assert_eq!(newest.disconnect_process_server(server), S_OK);
    assert!(newest.disconnect_process_server(server).is_err());
    assert_eq!(newest.release(), 0);

    let trace = finished(recorder);
    insta::assert_snapshot!(trace, @r#"
    {"trace": 1, "engine": {"name": "mock", "version": "0", "platform": "memory"}, "name": "small", "note": "a small session"}
    {"seq": 1, "process": "client", "thread": 0, "client": 0, "call": "DebugCreate", "in": {"Interface": "IDebugClient5"}, "hresult": "0x00000000"}
    {"seq": 2, "process": "server1", "thread": 0, "client": 0, "call": "DebugCreate", "in": {"Interface": "IDebugClient5"}, "hresult": "0x00000000"}
    {"seq": 3, "process": "server1", "thread": 0, "client": 0, "call": "StartProcessServer", "in": {"Flags": 2, "Options": "tcp:port=5005"}, "hresult": "0x00000000"}
    {"seq": 4, "process": "client", "thread": 0, "client": 0, "call": "ConnectProcessServer", "in": {"RemoteOptions": "tcp:server=localhost,port=5005"}, "hresult": "0x00000000", "out": {"Server": "0x100000001"}}
    {"seq": 5, "process": "client", "thread": 0, "client": 0, "call": "ConnectProcessServer", "in": {"RemoteOptions": "tcp:server=localhost,port=5005", "Server": null}, "hresult": "0x80070057"}
    {"seq": 6, "process": "client", "thread": 0, "client": 0, "call": "CreateClient", "in": {}, "hresult": "0x00000000", "out": {"Client": 1}}
    {"seq": 7, "process": "client", "thread": 0, "client": 1, "call": "QueryInterface", "in": {"Interface": "IDebugClient5"}, "hresult": "0x00000000"}
    {"seq": 8, "process": "client", "thread": 0, "client": 1, "call": "QueryInterface", "in": {"Interface": "IDebugBreakpoint"}, "hresult": "0x80004002"}
    {"seq": 9, "process": "client", "thread": 0, "client": 1, "call": "Release", "in": {}, "out": {"References": 1}}
    {"seq": 10, "process": "client", "thread": 0, "client": 1, "call": "GetRunningProcessSystemIds", "in": {"Server": "0x100000001", "Count": 2}, "hresult": "0x00000000", "out": {"ActualCount": 4, "Ids": [64, 68]}}
    {"seq": 11, "process": "client", "thread": 0, "client": 1, "call": "GetRunningProcessSystemIds", "in": {"Server": "0x100000001", "Count": 0, "Ids": null}, "hresult": "0x00000000", "out": {"ActualCount": 4}}
    {"seq": 12, "process": "client", "thread": 1, "client": 0, "call": "DisconnectProcessServer", "in": {"Server": "0x100000001"}, "hresult": "0x8001010e"}
    {"seq": 13, "process": "server1", "event": "ProcessKilled"}
    {"seq": 14, "process": "client", "thread": 0, "client": 1, "call": "DisconnectProcessServer", "in": {"Server": "0x100000001"}, "hresult": "0x00000000"}
    {"seq": 15, "process": "client", "thread": 0, "client": 1, "call": "DisconnectProcessServer", "in": {"Server": "0x100000001"}, "hresult": "0x80070057"}
    {"seq": 16, "process": "client", "thread": 0, "client": 1, "call": "Release", "in": {}, "out": {"References": 0}}
    "#);
    let checked = check(Profile::Contract, "recorded", trace.as_bytes()).expect("a recorded trace can be judged");
    assert_eq!((checked.broken, checked.calls), (vec![], 15));
}

/// A name that the harness chose and one that the recorder chooses are distinct.
#[test]
fn a_started_process_never_gets_a_name_that_is_taken() {
    let lab = Lab::new(Profile::Contract);
    for name in ["client", "server", "server1", "server2"] {
        let recorder = recorder();
        let engine = recorder.engine(name, Box::new(lab.engine()));
        let host = engine.start_process(HostLocation::Here).expect("a lab can start processes");
        let other = engine.start_process(HostLocation::Elsewhere).expect("a lab can start processes");
        let _clients = [&*engine, &*host, &*other].map(created);
        assert_eq!(processes(&finished(recorder)).len(), 3, "the first process is called {name}");
    }
}

/// Client n is the n-th client object: a DebugCreate that made none takes no number.
#[test]
fn only_client_objects_that_were_made_are_numbered() {
    let recorder = recorder();
    let engine = recorder.engine("client", Box::new(Lab::new(Profile::Contract).engine()));
    assert!(engine.debug_create(&"IDebugBreakpoint".into(), Some(&mut None)).is_err());
    assert!(engine.debug_create(&Interface::NEWEST, None).is_err());
    let client = created(&*engine);
    assert!(client.create_client(None).is_err());
    assert_eq!(client.create_client(Some(&mut None)), S_OK);
    let trace = finished(recorder);
    assert_eq!(callers(&trace), [(0, 0); 5]);
    assert!(trace.ends_with("\"out\": {\"Client\": 1}}\n"), "{trace}");
}

#[test]
fn threads_are_numbered_within_their_process() {
    let lab = Lab::new(Profile::Contract);
    let recorder = recorder();
    let engine = recorder.engine("client", Box::new(lab.engine()));
    let here = created(&*engine);
    std::thread::scope(|scope| {
        scope.spawn(|| created(&*engine).disconnect_process_server(0));
    });
    let other = recorder.engine("client2", Box::new(lab.engine()));
    std::thread::scope(|scope| {
        scope.spawn(|| created(&*other));
    });
    assert!(here.disconnect_process_server(0).is_err());
    assert_eq!(callers(&finished(recorder)), [(0, 0), (1, 1), (1, 1), (0, 0), (0, 0)]);
}

/// The trait says so, and a harness that drives an engine from its own thread relies on it.
#[test]
fn thread_0_is_the_one_that_makes_the_call() {
    let recorder = recorder();
    let engine = recorder.engine("client", Box::new(Lab::new(Profile::Contract).engine()));
    let _main = created(&*engine);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let client = created(&*engine);
            let mut refused = None;
            assert!(engine.on_thread(0, &mut || refused = Some(client.disconnect_process_server(0))));
            assert_eq!(refused, Some(client.disconnect_process_server(0)), "it is the same thread");
        });
    });
    assert_eq!(callers(&finished(recorder)), [(0, 0), (1, 1), (1, 1), (1, 1)]);
}

/// A test that fails in the middle of a recording is often caught, and the next one runs on the same thread.
#[test]
fn a_panic_on_a_thread_of_the_process_ends_with_that_thread() {
    let recorder = recorder();
    let engine = recorder.engine("client", Box::new(Lab::new(Profile::Contract).engine()));
    let panicked =
        catch_unwind(AssertUnwindSafe(|| engine.on_thread(3, &mut || std::panic::resume_unwind(Box::new(0)))));
    assert!(panicked.is_err());
    let _client = created(&*engine);
    assert_eq!(callers(&finished(recorder)), [(0, 0)]);
}

#[test]
fn a_client_object_of_any_origin_is_recorded() {
    let lab = Lab::new(Profile::Contract);
    let recorder = recorder();
    let (first, second) = (lab.engine().client(), lab.engine().client());
    let first = recorder.client("client", Box::new(first));
    let second = recorder.client("client", Box::new(second));
    assert!(second.disconnect_process_server(0).is_err());
    assert!(first.disconnect_process_server(0).is_err());
    assert_eq!(callers(&finished(recorder)), [(0, 1), (0, 0)]);
}

#[test]
fn calls_after_the_end_are_made_and_not_recorded() {
    let recorder = recorder();
    let engine = recorder.engine("client", Box::new(Lab::new(Profile::Contract).engine()));
    let client = created(&*engine);
    assert_eq!(finished(recorder).lines().count(), 2);
    assert!(client.disconnect_process_server(0).is_err());
    assert!(engine.kill());
    assert_eq!(client.disconnect_process_server(0), E_UNEXPECTED);
}

/// An output with room for some lines. It fails for one line, then has room again.
struct Full {
    room: usize,
    failed: bool,
}

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.room = self.room.saturating_sub(bytes.iter().filter(|byte| **byte == b'\n').count());
        if self.room == 0 && !self.failed {
            self.failed = true;
            return Err(io::Error::new(io::ErrorKind::StorageFull, "the disk is full"));
        }
        assert!(!self.failed, "something was written after the gap");
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn an_error_of_the_output_is_returned_at_the_end() {
    let recorder = Recorder::new(Full { room: 3, failed: false }, &header()).expect("there is room for the header");
    let engine = recorder.engine("client", Box::new(Lab::new(Profile::Contract).engine()));
    let client = created(&*engine);
    // The engine answers on: what fails is the recording.
    for _ in 0..3 {
        assert!(client.disconnect_process_server(0).is_err());
    }
    let error = recorder.finish().map(|_| ()).expect_err("the disk was full");
    assert_eq!((error.kind(), error.to_string()), (io::ErrorKind::StorageFull, "the disk is full".to_owned()));

    let error = Recorder::new(Full { room: 1, failed: false }, &header()).map(|_| ());
    assert_eq!(error.expect_err("there is no room").kind(), io::ErrorKind::StorageFull);
}
