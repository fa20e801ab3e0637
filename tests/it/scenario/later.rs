//! Later events of a scenario.

use dbgeng_testkit::conformance::check;
use dbgeng_testkit::flags::{AttachFlags, DescriptionFlags, ServersFlags};
use dbgeng_testkit::hresult::*;
use dbgeng_testkit::mock::{Lab, LabClient};
use dbgeng_testkit::trace::{Event, EventKind};
use dbgeng_testkit::{DebugClient, Engine, Profile};

use super::client;
use crate::support::{BOX17, UNSTEADY_BOX, connect, list_ids, start_server};

/// Builds a lab with two computers and these later events.
fn eventful(later: &str) -> (Lab, LabClient) {
    client(&format!(
        r#"{{
            "computers": [
                {{ "processes": [{{ "Id": 8, "Exe": "here.exe" }}], "process_servers": ["tcp:port=5005"] }},
                {{
                    "names": ["BOX17", "10.0.0.17"],
                    "processes": [{{ "Id": 8, "Exe": "there.exe" }}],
                    "process_servers": ["tcp:port=5005", "tcp:port=5006"]
                }}
            ],
            "later": {later}
        }}"#
    ))
}

/// Makes `count` connects to BOX17, and returns which of them succeed.
fn connects(client: &LabClient, count: usize) -> Vec<bool> {
    (0..count).map(|_| connect(client, BOX17).is_ok()).collect()
}

#[test]
fn a_process_starts_or_ends_before_a_call() {
    let (_lab, client) = eventful(
        r#"[
            { "at_call": 2, "starts": "C:\\game\\game.exe" },
            { "at_call": 3, "computer": "Workstation", "ends": 8 },
            { "at_call": 4, "ends": 4711 }
        ]"#,
    );
    let seen = [1, 2, 3, 4].map(|_| list_ids(&client, 0).unwrap());
    assert_eq!(seen, [vec![8], vec![8, 80], vec![80], vec![80]]);
}

#[test]
fn it_happens_on_the_computer_that_is_named() {
    let (lab, client) = eventful(
        r#"[
            { "at_call": 1, "computer": "10.0.0.17", "ends": 8 },
            { "at_call": 1, "computer": "box17", "starts": "C:\\game\\game.exe" }
        ]"#,
    );
    assert_eq!(list_ids(&client, 0), Ok(vec![8]));
    let there = lab.computer("BOX17").facts().processes;
    assert_eq!(there.iter().map(|process| process.exe.as_str()).collect::<Vec<_>>(), [r"C:\game\game.exe"]);
    assert_eq!(there[0].user.as_deref(), Some(r"BOX17\user"));
    // A started program can be started again.
    let server = connect(&client, BOX17).unwrap();
    assert_eq!(client.create_process(server, Some(r"C:\game\game"), Default::default()), S_OK);
}

#[test]
fn it_happens_at_a_time_of_the_labs_clock() {
    let (_lab, client) = eventful(r#"[{ "at_ms": 1000, "ends": 8 }, { "at_ms": 0, "starts": "a.exe" }]"#);
    assert_eq!(list_ids(&client, 0).map(|ids| ids.len()), Ok(2));
    assert_eq!(client.wait_for_process_server_end(999), S_FALSE);
    assert_eq!(list_ids(&client, 0).map(|ids| ids.len()), Ok(2));
    assert_eq!(client.wait_for_process_server_end(1), S_FALSE);
    assert_eq!(list_ids(&client, 0).map(|ids| ids.len()), Ok(1));
}

#[test]
fn a_host_dies_and_the_others_stay() {
    let (_lab, client) = eventful(r#"[{ "at_call": 4, "computer": "BOX17", "dies": "tcp:port=5005" }]"#);
    let server = connect(&client, BOX17).unwrap();
    let other = connect(&client, "tcp:server=box17,port=5006").unwrap();
    assert!(list_ids(&client, server).is_ok());
    assert!(list_ids(&client, server).is_err());
    assert!(list_ids(&client, other).is_ok());
    assert_eq!(connect(&client, BOX17), Err(WSAECONNREFUSED));
    assert!(connect(&client, "tcp:server=localhost,port=5005").is_ok());
    let (_lab, client) = eventful(r#"[{ "at_call": 1, "dies": "tcp:port=5005" }]"#);
    assert_eq!(connect(&client, "tcp:server=localhost,port=5005"), Err(WSAECONNREFUSED));
    assert!(connect(&client, BOX17).is_ok());
}

#[test]
fn a_host_restarts_and_its_connections_are_gone() {
    let (_lab, client) = eventful(r#"[{ "at_call": 2, "computer": "BOX17", "restarts": "tcp:port=5005" }]"#);
    let server = connect(&client, BOX17).unwrap();
    assert!(list_ids(&client, server).is_err());
    let again = connect(&client, BOX17).unwrap();
    assert_eq!(list_ids(&client, again), Ok(vec![8]));
}

#[test]
fn a_host_that_has_died_restarts_and_can_die_again() {
    let of_box17 =
        |what: &str, call: u64| format!(r#"{{ "at_call": {call}, "computer": "BOX17", "{what}": "tcp:port=5005" }}"#);
    let all = [("dies", 2), ("dies", 3), ("restarts", 4), ("dies", 6), ("restarts", 7), ("restarts", 8), ("dies", 9)];
    let (lab, client) = eventful(&format!("[{}]", all.map(|(what, call)| of_box17(what, call)).join(",")));
    assert_eq!(connects(&client, 9), [true, false, false, true, true, false, true, true, false]);
    let killed = lab.journal().events().iter().filter(|event| is_a_kill(event)).count();
    assert_eq!(killed, 4, "each process ends once");
}

fn is_a_kill(event: &Event) -> bool {
    matches!(event.kind, EventKind::ProcessKilled { .. })
}

/// Otherwise the judge would find a connect to a server that the journal does not show.
#[test]
fn the_journal_tells_of_a_restart() {
    let text = r#"{
        "computers": [{ "process_servers": ["tcp:port=5005"] }],
        "later": [{ "at_call": 2, "restarts": "tcp:port=5005" }]
    }"#;
    let (lab, client) = client(text);
    let here = "tcp:server=localhost,port=5005";
    let server = connect(&client, here).unwrap();
    assert!(list_ids(&client, server).is_err());
    assert!(connect(&client, here).is_ok());
    let judged = check(Profile::Contract, "the journal", lab.journal().trace().as_bytes()).unwrap();
    assert!(judged.broken.is_empty(), "{}", lab.journal());
    assert!(lab.journal().to_string().contains("server2: StartProcessServer("));
}

#[test]
fn a_host_whose_address_is_taken_restarts_without_it_and_tries_again_the_next_time() {
    let (lab, client) = eventful(
        r#"[
            { "at_call": 1, "computer": "BOX17", "dies": "tcp:port=5005" },
            { "at_call": 2, "computer": "BOX17", "restarts": "tcp:port=5005" },
            { "at_call": 3, "computer": "BOX17", "restarts": "tcp:port=5005" }
        ]"#,
    );
    assert_eq!(connect(&client, BOX17), Err(WSAECONNREFUSED));
    let other = lab.computer("BOX17").dbgsrv("tcp:port=5005").unwrap();
    let server = connect(&client, BOX17).unwrap();
    assert!(other.kill());
    assert!(list_ids(&client, server).is_err());
    assert!(connect(&client, BOX17).is_ok());
}

#[test]
fn a_fault_stays_with_the_place_of_a_host() {
    let text = r#"{
        "computers": [{}, { "names": ["BOX17"], "process_servers": ["tcp:port=5005"] }],
        "faults": [{ "effect": "refuse_password", "nth": 3, "computer": "BOX17", "process_server": "tcp:port=5005" }],
        "later": [{ "at_call": 2, "computer": "BOX17", "restarts": "tcp:port=5005" }]
    }"#;
    let (_lab, client) = client(text);
    assert_eq!(connects(&client, 4), [true, true, false, true]);
}

#[test]
fn to_make_a_client_object_is_no_call() {
    let (lab, client) = eventful(r#"[{ "at_call": 2, "ends": 8 }]"#);
    let mut second = None;
    assert_eq!(client.create_client(Some(&mut second)), S_OK);
    let third = lab.engine().client();
    drop(second);
    assert_eq!(list_ids(&third, 0), Ok(vec![8]));
    assert_eq!(list_ids(&client, 0), Ok(vec![]));
}

/// Uses the published example like a tool that retries.
#[test]
fn the_box_of_the_example_is_unsteady() {
    let (lab, client) = client(UNSTEADY_BOX);
    assert_eq!([1, 2].map(|_| connect(&client, BOX17)), [Err(WSAECONNREFUSED); 2]);
    let server = connect(&client, BOX17).unwrap();
    assert_eq!(list_ids(&client, server), Ok(vec![4, 2040]));
    let all = DescriptionFlags::empty();
    let description = client.get_running_process_description(server, 2040, all, None, 0, None, None, 0, None);
    assert!(description.is_err(), "the game has ended while the call took its time");
    assert_eq!(lab.now(), 1500);
    assert_eq!(list_ids(&client, server), Ok(vec![4]));

    assert!(list_ids(&client, server).is_err(), "the host has died");
    assert_eq!(connect(&client, BOX17), Err(WSAECONNREFUSED));
    let again = connect(&client, BOX17).unwrap();
    assert_eq!(list_ids(&client, again), Ok(vec![4, 2044]));
    let attach = || client.attach_process(again, 2044, AttachFlags::NONINVASIVE);
    assert_eq!(attach(), S_OK);
    assert_eq!(attach(), RPC_E_CANTTRANSMIT_CALL);
    assert!(list_ids(&client, again).is_err(), "the connection is lost");

    assert_eq!(connect(&client, "tcp:server=BOX17,port=5010"), Err(RPC_E_SERVER_DIED));
    assert_eq!(start_server(&client, "tcp:port=5010"), S_OK);
    let listings = (0..100).map(|_| client.output_servers(0, Some("BOX17"), ServersFlags::ALL));
    let failures = listings.filter(|hresult| *hresult != S_OK).count();
    assert!((10..40).contains(&failures), "{failures}");
}

#[test]
fn what_has_not_happened_is_named_by_its_path() {
    let (lab, client) = eventful(
        r#"[
            { "at_call": 1, "ends": 8 },
            { "at_call": 3, "computer": "BOX17", "dies": "tcp:port=5005" },
            { "at_ms": 7, "starts": "a.exe" },
            { "at_ms": 7, "starts": "b.exe", "optional": true }
        ]"#,
    );
    assert_eq!(list_ids(&client, 0), Ok(vec![]));
    let told = [
        "Happening::host_dies(server2) has not happened: it is due before call 3, and there were 1\n    set up at s.json: later[1]",
        "Happening::process_starts(WORKSTATION, \"a.exe\") has not happened: it is due at 7 ms, and the lab's clock is at 0 ms\n    \
         set up at s.json: later[2]",
    ];
    assert_eq!(lab.unused(), told);
}
