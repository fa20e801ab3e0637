//! Faults of a scenario, and servers of the other kind.

use dbgeng_testkit::CreateProcess2;
use dbgeng_testkit::flags::*;
use dbgeng_testkit::hresult::*;
use dbgeng_testkit::mock::{Lab, LabClient};
use dbgeng_testkit::{Call, DebugClient, Ending, HRESULT, Method, Pointer, dispatch};

use super::{client, lab};
use crate::support::{BOX17, connect, list_ids, read_json, start_server};

/// Builds a lab with these faults and two computers, whose process servers have the same connection strings.
fn faulty(faults: &str) -> (Lab, LabClient) {
    client(&format!(
        r#"{{
            "computers": [
                {{ "process_servers": ["tcp:port=5005", "tcp:port=5006"] }},
                {{ "names": ["BOX17", "10.0.0.17"], "process_servers": ["tcp:port=5005", "tcp:port=5006"] }}
            ],
            "faults": {faults}
        }}"#
    ))
}

/// Makes `count` connects, and returns the numbers of those that fail.
fn failures(faults: &str, count: usize) -> Vec<usize> {
    let (_lab, client) = faulty(faults);
    (1..=count).filter(|_| connect(&client, BOX17).is_err()).collect()
}

#[test]
fn a_call_fails_with_the_code_by_name_or_number() {
    for (code, answer) in [("E_FAIL", E_FAIL), ("0x800706ba", HRESULT(0x8007_06ba_u32 as i32)), ("0X80004005", E_FAIL)]
    {
        let (_lab, client) = faulty(&format!(r#"[{{ "fail": "{code}" }}]"#));
        assert_eq!(connect(&client, BOX17), Err(answer), "{code}");
        assert_eq!(list_ids(&client, 0), Err(answer), "{code}");
    }
}

#[test]
fn a_call_takes_longer() {
    let (lab, client) = faulty(r#"[{ "delay_ms": 300 }, { "delay_ms": 40, "method": "ConnectProcessServer" }]"#);
    assert!(connect(&client, BOX17).is_ok());
    assert_eq!(lab.now(), 340);
    assert!(list_ids(&client, 0).is_ok());
    assert_eq!(lab.now(), 640);
}

#[test]
fn a_connection_is_lost_before_or_after_a_call() {
    for (when, is_done) in [("before", false), ("after", true)] {
        let lost = format!(r#"[{{ "lose_connection": "{when}", "method": "CreateProcess", "first": 1 }}]"#);
        let (lab, client) = faulty(&lost);
        let server = connect(&client, BOX17).unwrap();
        let before = lab.computer("BOX17").facts().processes.len();
        let create = client.create_process(server, Some("winver.exe"), CreateFlags::empty());
        assert_eq!(create, RPC_E_CANTTRANSMIT_CALL, "{when}");
        assert_eq!(lab.computer("BOX17").facts().processes.len() > before, is_done, "{when}");
        assert!(list_ids(&client, server).is_err(), "{when}");
    }
}

#[test]
fn each_effect_is_that_of_the_function_with_its_name() {
    let effects = [
        ("out_of_memory", E_OUTOFMEMORY, Err(E_OUTOFMEMORY)),
        ("refuse_password", RPC_E_SERVER_DIED, Ok(4)),
        ("version_mismatch", RPC_E_VERSION_MISMATCH, Ok(4)),
        ("debugging_server", RPC_E_SERVER_DIED, Ok(4)),
    ];
    for (effect, connecting, querying) in effects {
        let (_lab, client) = faulty(&format!(r#"[{{ "effect": "{effect}" }}]"#));
        assert_eq!(connect(&client, BOX17), Err(connecting), "{effect}");
        assert_eq!(list_ids(&client, 0).map(|ids| ids.len()), querying, "{effect}");
    }
    let (_lab, client) = faulty(r#"[{ "effect": "out_of_memory", "method": "GetRunningProcessSystemIds" }]"#);
    assert!(connect(&client, BOX17).is_ok());
    assert_eq!(list_ids(&client, 0), Err(E_OUTOFMEMORY));
    assert_eq!(failures(r#"[{ "effect": "version_mismatch", "method": "ConnectProcessServer", "nth": 2 }]"#, 4), [2]);
}

/// One call of each method to which a fault can apply.
fn calls() -> Vec<Call> {
    let (server, process_id, create_flags) = (0, 64, CreateFlags::empty());
    let (attach_flags, command_line) = (AttachFlags::empty(), Some("winver.exe".to_owned()));
    let create = CreateProcess2 { command_line: command_line.clone(), ..CreateProcess2::default() };
    vec![
        Call::EndSession { flags: EndSessionFlags::PASSIVE },
        Call::StartServer { options: Some("tcp:port=6000".to_owned()) },
        Call::StartProcessServer { flags: 2, options: Some("tcp:port=6001".to_owned()), reserved: 0 },
        Call::ConnectProcessServer { remote_options: Some(BOX17.to_owned()), server: Pointer::Given },
        Call::DisconnectProcessServer { server },
        Call::EndProcessServer { server },
        Call::WaitForProcessServerEnd { timeout: 0 },
        Call::GetRunningProcessSystemIds { server, ids: Pointer::Null, count: 0, actual_count: Pointer::Given },
        Call::GetRunningProcessSystemIdByExecutableName {
            server,
            exe_name: Some("explorer.exe".to_owned()),
            flags: GetProcessFlags::empty(),
            id: Pointer::Given,
        },
        Call::GetRunningProcessDescription {
            server,
            system_id: process_id,
            flags: DescriptionFlags::empty(),
            exe_name: Pointer::Null,
            exe_name_size: 0,
            actual_exe_name_size: Pointer::Given,
            description: Pointer::Null,
            description_size: 0,
            actual_description_size: Pointer::Given,
        },
        Call::AttachProcess { server, process_id, attach_flags },
        Call::CreateProcess { server, command_line: command_line.clone(), create_flags },
        Call::CreateProcess2(create.clone()),
        Call::CreateProcessAndAttach { server, command_line, create_flags, process_id: 0, attach_flags },
        Call::CreateProcessAndAttach2 { create, process_id: 0, attach_flags },
        Call::OutputServers { output_control: 0, machine: Some("localhost".to_owned()), flags: ServersFlags::ALL },
        Call::TerminateProcesses,
        Call::DetachProcesses,
        Call::GetExitCode { code: Pointer::Given },
        Call::DispatchCallbacks { timeout: 0 },
        Call::ExitDispatch,
        Call::GetOutputMask { mask: Pointer::Given },
        Call::SetOutputMask { mask: 0.into() },
        Call::FlushCallbacks,
        Call::TerminateCurrentProcess,
        Call::DetachCurrentProcess,
        Call::AbandonCurrentProcess,
        Call::GetInterrupt,
        Call::SetInterrupt { flags: 0.into() },
        Call::GetDebuggeeType { class: Pointer::Given, qualifier: Pointer::Given },
        Call::GetExecutionStatus { status: Pointer::Given },
        Call::SetExecutionStatus { status: 0.into() },
        Call::GetEngineOptions { options: Pointer::Given },
        Call::AddEngineOptions { options: 0.into() },
        Call::RemoveEngineOptions { options: 0.into() },
        Call::SetEngineOptions { options: 0.into() },
        Call::Execute { output_control: 0, command: None, flags: 0.into() },
        Call::WaitForEvent { flags: 0, timeout: 0 },
        Call::GetNumberProcesses { number: Pointer::Given },
        Call::GetCurrentProcessSystemId { sys_id: Pointer::Given },
        Call::GetCurrentProcessId { id: Pointer::Given },
        Call::SetCurrentProcessId { id: 0 },
        Call::GetProcessIdsByIndex { start: 0, count: 1, ids: Pointer::Given, sys_ids: Pointer::Given },
        Call::GetProcessIdBySystemId { sys_id: 1, id: Pointer::Given },
    ]
}

#[test]
fn a_fault_applies_only_to_its_method() {
    let methods: Vec<&str> =
        Method::ALL.iter().filter(|method| !method.manages_clients()).map(|method| method.name()).collect();
    assert_eq!(calls().iter().map(|call| call.method().name()).collect::<Vec<_>>(), methods);
    let schema = read_json("fixtures/scenario.schema.json");
    assert_eq!(schema["$defs"]["fault"]["properties"]["method"]["enum"], serde_json::json!(methods));
    for method in methods {
        let (_lab, client) = faulty(&format!(r#"[{{ "fail": "E_ABORT", "method": "{method}" }}]"#));
        for call in calls() {
            let has_failed = dispatch(&client, &call).ending == Ending::Returned(E_ABORT);
            assert_eq!(has_failed, call.method().name() == method, "a fault of {method}, a call of {}", call.method());
        }
    }
}

#[test]
fn a_fault_applies_to_the_nth_call_or_the_first_ones() {
    let of_connects = |which: &str| failures(&format!(r#"[{{ "effect": "version_mismatch"{which} }}]"#), 5);
    assert_eq!(of_connects(""), [1, 2, 3, 4, 5]);
    assert_eq!(of_connects(r#", "nth": 3"#), [3]);
    assert_eq!(of_connects(r#", "first": 2"#), [1, 2]);
    assert_eq!(of_connects(r#", "nth": 18446744073709551615"#), [0; 0]);
}

#[test]
fn a_fault_applies_by_chance_that_the_seed_decides() {
    let of_connects = |which: &str| failures(&format!(r#"[{{ "fail": "E_FAIL", {which} }}]"#), 200);
    assert_eq!(of_connects(r#""probability": 0"#), [0; 0]);
    assert_eq!(of_connects(r#""probability": 1, "seed": 3"#).len(), 200);
    let half = of_connects(r#""probability": 0.5, "seed": 3"#);
    assert!((60..140).contains(&half.len()), "{}", half.len());
    assert_eq!(of_connects(r#""probability": 0.5, "seed": 3"#), half);
    assert_ne!(of_connects(r#""probability": 0.5, "seed": 4"#), half);
    assert_ne!(of_connects(r#""probability": 0.5"#), half);
    assert_eq!(of_connects(r#""probability": 0.5"#), of_connects(r#""probability": 0.5, "seed": 0"#));
}

#[test]
fn a_fault_applies_to_the_calls_to_one_process_server() {
    let strings = [
        "tcp:server=localhost,port=5005",
        "tcp:server=localhost,port=5006",
        "tcp:server=box17,port=5005",
        "tcp:server=box17,port=5006",
    ];
    let places = [
        (r#""process_server": "tcp:port=5005""#, [true, false, false, false]),
        (r#""process_server": "tcp:port=5006", "computer": "workstation""#, [false, true, false, false]),
        (r#""process_server": "tcp:port=5005", "computer": "box17""#, [false, false, true, false]),
        (r#""process_server": "tcp:port=5006", "computer": "10.0.0.17""#, [false, false, false, true]),
    ];
    for (place, is_hit) in places {
        let (_lab, client) =
            faulty(&format!(r#"[{{ "fail": "E_ABORT", "method": "GetRunningProcessSystemIds", {place} }}]"#));
        let hit = strings.map(|options| list_ids(&client, connect(&client, options).unwrap()) == Err(E_ABORT));
        assert_eq!(hit, is_hit, "{place}");
        assert!(list_ids(&client, 0).is_ok(), "{place}");
    }
}

#[test]
fn a_process_server_answers_from_the_third_attempt_on() {
    let refuses = r#"[{
        "fail": "WSAECONNREFUSED", "method": "ConnectProcessServer", "first": 2,
        "computer": "BOX17", "process_server": "tcp:port=5005"
    }]"#;
    let (_lab, client) = faulty(refuses);
    let attempts = [BOX17, "tcp:server=box17,port=5006", BOX17, BOX17].map(|options| connect(&client, options).err());
    assert_eq!(attempts, [Some(WSAECONNREFUSED), None, Some(WSAECONNREFUSED), None]);
}

#[test]
fn the_first_fault_decides_the_outcome_of_a_call() {
    let (lab, client) = faulty(r#"[{ "fail": "E_ABORT", "nth": 2 }, { "fail": "E_FAIL" }, { "delay_ms": 7 }]"#);
    assert_eq!([1, 2, 3].map(|_| connect(&client, BOX17)), [Err(E_FAIL), Err(E_ABORT), Err(E_FAIL)]);
    assert_eq!(lab.now(), 21);
}

#[test]
fn no_process_server_connect_reaches_a_debugging_server() {
    let text = r#"{ "computers": [{}, {
        "names": ["BOX17"], "process_servers": ["tcp:port=5005"], "debugging_servers": ["tcp:port=5010,password=x"]
    }] }"#;
    let lab = lab(text);
    let client = lab.engine().client();
    assert_eq!(connect(&client, "tcp:server=BOX17,port=5010,password=x"), Err(RPC_E_SERVER_DIED));
    let listing = lab.computer("BOX17").listing(ServersFlags::ALL);
    let servers = "Remote Process Server - tcp:Port=5005\nDebugger Server - tcp:Port=5010,Password=*\n";
    assert_eq!(listing, format!("Servers on \\\\BOX17:\n{servers}"));
    let host = lab.computer("BOX17").engine().client();
    assert_eq!(start_server(&host, "tcp:port=5010"), WSAEADDRINUSE);
    lab.assert_clean();
}

#[test]
fn a_fault_applies_to_the_calls_about_one_process_or_program() {
    let ids = |fault: &str| {
        let (lab, client) = faulty(&format!(r#"[{{ "fail": "E_ACCESSDENIED", {fault} }}]"#));
        let server = connect(&client, BOX17).unwrap();
        let attach = |server, id| client.attach_process(server, id, AttachFlags::NONINVASIVE) == E_ACCESSDENIED;
        let refused = [attach(0, 64), attach(0, 76), attach(server, 64), attach(server, 76)];
        (refused, lab.unused())
    };
    assert_eq!(ids(r#""process": 64"#), ([true, false, false, false], vec![]));
    assert_eq!(ids(r#""process": 76, "computer": "BOX17""#), ([false, false, false, true], vec![]));
    assert_eq!(ids(r#""program": "EXPLORER.exe""#), ([false, true, false, true], vec![]));
    let here = r#""method": "AttachProcess", "in": { "Server": "0x0", "ProcessId": 76 }"#;
    assert_eq!(ids(here), ([false, true, false, false], vec![]));
    let unused = "s.json: faults[0]";
    let none = "no call is of its kind";
    let arguments = "its condition on the arguments holds for none of the 4 calls";
    for (nothing, said) in [
        (r#""process": 4711"#, none),
        (r#""program": "game.exe""#, none),
        (r#""method": "AttachProcess", "in": { "AttachFlags": 4 }"#, arguments),
    ] {
        let (refused, left) = ids(nothing);
        assert_eq!((refused, left.len()), ([false; 4], 1), "{nothing}");
        assert!(left[0].contains(said) && left[0].ends_with(unused), "{left:?}");
        assert_eq!(ids(&format!(r#"{nothing}, "optional": true"#)).1, [""; 0], "{nothing}");
    }
}

#[test]
fn a_process_ends_during_the_attach() {
    let (lab, client) = faulty(r#"[{ "effect": "process_ends", "process": 76, "nth": 2 }]"#);
    let attach = || client.attach_process(0, 76, AttachFlags::NONINVASIVE);
    assert_eq!([attach(), attach(), attach()], [S_OK, STATUS_PROCESS_IS_TERMINATING, S_OK]);
    assert!(!list_ids(&client, 0).unwrap().contains(&76));
    assert_eq!(lab.unused(), [""; 0]);
}
