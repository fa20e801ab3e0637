//! A replay learns from a trace about the world around the engine.

use dbgeng_testkit::flags::{DescriptionFlags, GetProcessFlags};
use dbgeng_testkit::hresult::{E_NOINTERFACE, S_OK};
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::replay::{Difference, replay};
use dbgeng_testkit::trace::{EngineName, Header, Recorder};
use dbgeng_testkit::{DebugClient, EngineVersion, Interface, Process, Profile};
use proptest::prelude::*;

use crate::support::{HEADER, read_trace};

/// Records calls on a computer with these processes. The trace does not state them.
fn record(processes: &[Process], work: impl FnOnce(&dyn DebugClient)) -> String {
    let lab = Lab::new(Profile::Dbgeng);
    lab.computer("WORKSTATION").set_processes(processes.to_vec());
    let header = Header::new(EngineName::of_mock(Profile::Dbgeng), "a run", "");
    let recorder = Recorder::new(Vec::new(), &header).unwrap();
    let engine = recorder.engine("client", Box::new(lab.engine()));
    let mut client = None;
    assert_eq!(engine.debug_create(&Interface::NEWEST, Some(&mut client)), S_OK);
    work(&*client.unwrap());
    String::from_utf8(recorder.finish().unwrap()).unwrap()
}

fn differences(trace: &str) -> Vec<Difference> {
    replay(Profile::Dbgeng, "trace", trace.as_bytes()).unwrap().differences
}

/// A description with buffers of these sizes; without a size, there is no buffer. A call may leave out the actual sizes.
#[derive(Clone, Debug)]
struct Description {
    of: usize,
    flags: u32,
    name: Option<u32>,
    text: Option<u32>,
    sizes: [bool; 2],
}

impl Description {
    fn ask(&self, client: &dyn DebugClient, id: u32) {
        let (mut name, mut text, [mut name_size, mut text_size]) = (None, None, [None; 2]);
        let _ = client.get_running_process_description(
            0,
            id,
            DescriptionFlags::from(self.flags),
            self.name.is_some().then_some(&mut name),
            self.name.unwrap_or_default(),
            self.sizes[0].then_some(&mut name_size),
            self.text.is_some().then_some(&mut text),
            self.text.unwrap_or_default(),
            self.sizes[1].then_some(&mut text_size),
        );
    }
}

fn descriptions() -> impl Strategy<Value = Vec<Description>> {
    let name = prop::option::of(prop_oneof![0..12_u32, 12..80_u32, Just(1_000)]);
    // A buffer that ends after "S" or "Se", perhaps behind the architecture, does not tell a session from services.
    let text = prop::option::of(prop_oneof![0..2_u32, 4..15_u32, 17..80_u32, Just(1_000)]);
    let one = (0..3_usize, 0..0x100_u32, name, text, any::<[bool; 2]>());
    let one = one.prop_map(|(of, flags, name, text, sizes)| Description { of, flags, name, text, sizes });
    prop::collection::vec(one, 1..12)
}

fn processes() -> impl Strategy<Value = Vec<Process>> {
    let some = |pattern: &'static str| prop::option::of(pattern.prop_map(|text| text));
    let one = (
        prop_oneof![r"C:\\[a-z]{1,9}\\[a-zA-Z]{1,9}\.exe", "[a-z]{1,9}", r"[A-Z]:\\[a-z]{1,3}"],
        prop::option::of(0..20_u32),
        some(r"[A-Z]{1,5}\\[a-z]{1,5}"),
        some("[a-z]{1,9}( -[a-z]{1,5}){0,3}"),
        prop::collection::vec("[A-Z][a-z]{1,9}", 0..3),
    );
    let process = |(exe, session, user, command_line, services)| Process {
        exe,
        session,
        user,
        command_line,
        services,
        ..Process::default()
    };
    let numbered = |mut processes: Vec<Process>| {
        (64..).step_by(4).zip(&mut processes).for_each(|(id, process)| process.id = id);
        processes
    };
    prop::collection::vec(one.prop_map(process), 3).prop_map(numbered)
}

proptest! {
    /// However short the buffers were, the replay has processes with strings of which the trace shows the beginnings and
    /// the sizes.
    #[test]
    fn strings_are_learnt_from_buffers_that_cut_them(processes in processes(), asked in descriptions()) {
        let trace = record(&processes, |client| {
            asked.iter().for_each(|description| description.ask(client, processes[description.of].id));
        });
        prop_assert_eq!(differences(&trace), [], "{}", trace);
    }
}

/// The id of a process is reused by another: each call sees the process of its time.
#[test]
fn the_description_of_a_process_is_that_of_its_time() {
    let lab = Lab::new(Profile::Dbgeng);
    let computer = lab.computer("WORKSTATION");
    let recorder = Recorder::new(Vec::new(), &Header::new(EngineName::of_mock(Profile::Dbgeng), "t", "")).unwrap();
    let mut client = None;
    let engine = recorder.engine("client", Box::new(lab.engine()));
    assert_eq!(engine.debug_create(&Interface::NEWEST, Some(&mut client)), S_OK);
    let client = client.unwrap();
    let whole = Description { of: 0, flags: 0, name: Some(99), text: Some(99), sizes: [true; 2] };
    for exe in [r"C:\one.exe", r"C:\another.exe", r"C:\one.exe"] {
        computer.set_processes(vec![Process::new(64, exe)]);
        whole.ask(&*client, 64);
        whole.ask(&*client, 64);
    }
    let trace = String::from_utf8(recorder.finish().unwrap()).unwrap();
    assert_eq!(differences(&trace), [], "{trace}");
}

/// The mock has the interfaces of its version, so an answer for any of them is compared (OBS-89, OBS-101).
#[test]
fn an_interface_that_the_version_lacks_is_compared() {
    let by = r#""process": "client", "client": 0"#;
    let create = |interface: &str| {
        format!(
            r#"{{"seq": 1, {by}, "call": "DebugCreate", "in": {{"Interface": "{interface}"}}, "hresult": "0x00000000"}}"#
        )
    };
    let replayed = |profile, interface| {
        let trace = [HEADER, &create(interface)].join("\n");
        replay(profile, "trace", trace.as_bytes()).unwrap().differences.len()
    };
    let older = Profile::DbgengAt(EngineVersion::V10_0_15063);
    assert_eq!([replayed(older, "IDebugClient7"), replayed(older, "IDebugClient8")], [0, 1]);
    assert_eq!(replayed(Profile::Dbgeng, "IDebugClient9"), 0);
    assert_eq!(replayed(older, "IDebugControl7"), 0);
    // The mock has no other interfaces.
    assert_eq!(replayed(older, "IDebugBreakpoint"), 0);
}

/// The real engine looks the name up before it writes to the null pointer.
#[test]
fn a_name_is_learnt_from_the_call_that_crashed() {
    let by = r#""process": "client", "client": 0"#;
    let create = format!(
        r#"{{"seq": 1, {by}, "call": "DebugCreate", "in": {{"Interface": "IDebugClient5"}}, "hresult": "0x00000000"}}"#
    );
    let crash = format!(
        r#"{{"seq": 2, {by}, "call": "GetRunningProcessSystemIdByExecutableName", {}, "crashed": true}}"#,
        r#""in": {"Server": "0x0", "ExeName": "some.exe", "Flags": 0, "Id": null}"#
    );
    assert_eq!(differences(&[HEADER, &create, &crash].join("\n")), []);
    let missing = record(&[], |client| {
        let flags = GetProcessFlags::empty();
        let found = client.get_running_process_system_id_by_executable_name(0, Some("some.exe"), flags, None);
        assert_eq!(found, E_NOINTERFACE);
    });
    assert_eq!(differences(&missing), []);
}

/// Nothing but the server held the port.
#[test]
fn a_port_is_free_once_its_host_is_gone() {
    let trace = String::from_utf8(read_trace("min-replay-port-freed").text).unwrap();
    assert_eq!(differences(&trace), []);
    let without_kill: Vec<&str> = trace.lines().filter(|line| !line.contains("ProcessKilled")).collect();
    let found = differences(&without_kill.join("\n"));
    assert_eq!(found.iter().map(|difference| difference.seq).collect::<Vec<_>>(), [7], "{found:?}");
}

/// OBS-87: a program that holds the port may close its connections, or say nothing.
#[test]
fn a_port_is_held_by_what_the_trace_shows() {
    let line =
        |seq: u32, rest: &str| format!(r#"{{"seq": {seq}, "process": "client", "thread": 0, "client": 0, {rest}}}"#);
    let connect = r#""call": "ConnectProcessServer", "in": {"RemoteOptions": "tcp:server=localhost,port=7001"}"#;
    let start =
        r#""call": "StartProcessServer", "in": {"Flags": 2, "Options": "tcp:port=7001"}, "hresult": "0x80072740""#;
    for (ending, is_told) in [
        (r#""hresult": "0x80010007""#, true),
        (r#""timed_out": true"#, true),
        (r#""hresult": "0x00000000", "out": {"Server": "0x10"}"#, false),
    ] {
        for before in [None, Some(start)] {
            let create = r#""call": "DebugCreate", "in": {"Interface": "IDebugClient5"}, "hresult": "0x00000000""#;
            let calls = [Some(create), before].into_iter().flatten().map(str::to_owned);
            let calls = calls.chain([format!("{connect}, {ending}")]);
            let lines = calls.enumerate().map(|(at, call)| line(at as u32 + 1, &call));
            let trace = [HEADER.to_owned()].into_iter().chain(lines).collect::<Vec<_>>().join("\n");
            assert_eq!(differences(&trace).is_empty(), is_told, "{trace}");
        }
    }
}
