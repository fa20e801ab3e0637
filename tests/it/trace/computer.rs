//! Computer events: how they are written, and how they affect judging and replaying.

use std::slice::from_ref;
use std::sync::Arc;

use dbgeng_testkit::DebugClient;
use dbgeng_testkit::conformance::{Checked, check};
use dbgeng_testkit::flags::{Class, DescriptionFlags, GetProcessFlags};
use dbgeng_testkit::hresult::{E_NOINTERFACE, S_FALSE, S_OK};
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::replay::{Replayed, replay};
use dbgeng_testkit::spec::Requirement;
use dbgeng_testkit::trace::{Event, EventKind, Recorder};
use dbgeng_testkit::{Computer, Interface, Process, Profile};

use crate::support::{HEADER, parse_trace, write_lines};

/// A process with every field, and one with only the required ones.
const LINE: &str = concat!(
    r#"{"seq": 1, "process": "client", "event": "Computer", "computer": {"Names": ["WORKSTATION"], "Processes": ["#,
    r#"{"Id": 64, "Exe": "C:\\windows\\system32\\services.exe", "Session": 1, "User": "WORKSTATION\\user", "#,
    r#""CommandLine": "services.exe -k", "Services": ["a", "b"]}, {"Id": 68, "Exe": "init"}]}}"#,
);

fn services() -> Process {
    Process {
        id: 64,
        exe: r"C:\windows\system32\services.exe".to_owned(),
        session: Some(1),
        user: Some(r"WORKSTATION\user".to_owned()),
        command_line: Some("services.exe -k".to_owned()),
        services: vec!["a".to_owned(), "b".to_owned()],
        ..Process::default()
    }
}

fn computer(name: &str, processes: Vec<Process>) -> Computer {
    Computer { names: vec![name.to_owned()], processes: processes.into_iter().map(Arc::new).collect() }
}

#[test]
fn a_line_has_what_is_known_and_nothing_else() {
    let init = Process { id: 68, exe: "init".to_owned(), ..Process::default() };
    let told = computer("WORKSTATION", vec![services(), init]);
    let events = [Event { seq: 1, kind: EventKind::Computer { process: 0, computer: told, others: false } }];
    let (_, read) = parse_trace(format!("{HEADER}\n{LINE}\n").as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(read, events);
    assert_eq!(write_lines(&events, &["client".to_owned()]), [LINE]);
}

/// Judges a list of processes that follows this line.
fn checked(profile: Profile, first: &str, ids: &str) -> Checked {
    let by = r#""process": "client", "client": 0"#;
    let create = format!(
        r#"{{"seq": 2, {by}, "call": "DebugCreate", "in": {{"Interface": "IDebugClient5"}}, "hresult": "0x00000000"}}"#
    );
    let list = format!(
        r#"{{"seq": 3, {by}, "call": "GetRunningProcessSystemIds", "in": {{"Server": "0x0", "Count": 64}}, {ids}}}"#
    );
    let text = [HEADER, first, &create, &list].join("\n");
    check(profile, "trace", text.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn an_id_that_is_not_on_the_computer_breaks_what_was_told() {
    const PAUSE: &str = r#"{"seq": 1, "process": "client", "event": "Elapsed", "ms": 1}"#;
    let right = r#""hresult": "0x00000000", "out": {"ActualCount": 2, "Ids": [64, 68]}"#;
    let wrong = r#""hresult": "0x00000000", "out": {"ActualCount": 2, "Ids": [64, 4242]}"#;
    for profile in Profile::ALL {
        let broken = |first, ids| {
            let checked = checked(profile, first, ids);
            assert_eq!(checked.calls, 2, "{profile}: what is told is no call");
            let broken = checked.broken.into_iter().map(|broken| (broken.seq, broken.violation.requirement));
            broken.collect::<Vec<_>>()
        };
        assert_eq!(broken(LINE, right), [], "{profile}");
        assert_eq!(broken(LINE, wrong), [(3, Requirement::IdsListsTheComputer)], "{profile}");
        assert_eq!(broken(PAUSE, wrong), [], "{profile}: nobody has told what runs there");
    }
}

#[test]
fn a_trace_that_only_tells_of_a_computer_has_nothing_to_judge() {
    let text = format!("{HEADER}\n{LINE}\n");
    let why = check(Profile::Contract, "trace", text.as_bytes()).map_err(|error| error.to_string());
    assert_eq!(why, Err("trace: there is no call to judge".to_owned()));
}

/// Records a client on a computer. The trace starts with a Computer event for each of `told`, one process each.
fn recorded(on: &Computer, told: &[Computer], work: impl FnOnce(&dyn DebugClient)) -> Vec<Event> {
    let lab = Lab::new(Profile::Dbgeng);
    let here = lab.computer(&on.names[0]);
    here.set_processes(on.processes.clone());
    let header = parse_trace(HEADER.as_bytes()).expect("the header is one").0.header().clone();
    let recorder = Recorder::new(Vec::new(), &header).expect("a Vec takes everything");
    let mut client = None;
    let engine = recorder.engine("client", Box::new(here.engine()));
    assert_eq!(engine.debug_create(&Interface::NEWEST, Some(&mut client)), S_OK);
    work(&*client.expect("DebugCreate succeeded"));
    let text = recorder.finish().expect("a Vec takes everything");
    let (_, calls) = parse_trace(&text).expect("what was recorded can be read");
    let places = (0..).zip(told).map(|(process, computer)| EventKind::Computer {
        process,
        computer: computer.clone(),
        others: false,
    });
    let kinds = places.chain(calls.into_iter().map(|event| event.kind));
    (1..).zip(kinds).map(|(seq, kind)| Event { seq, kind }).collect()
}

fn replayed(events: &[Event]) -> Replayed {
    let processes = ["client".to_owned(), "server".to_owned()];
    let text = [vec![HEADER.to_owned()], write_lines(events, &processes)].concat().join("\n");
    replay(Profile::Dbgeng, "trace", text.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

/// Asks for so little of a description that it does not identify its process.
fn describe_in_short(client: &dyn DebugClient) {
    let (mut exe_name, mut size) = (None, None);
    let described = client.get_running_process_description(
        0,
        64,
        DescriptionFlags::empty(),
        Some(&mut exe_name),
        4,
        Some(&mut size),
        None,
        0,
        None,
    );
    assert_eq!((described, exe_name.as_deref()), (S_FALSE, Some(r"C:\")));
}

#[test]
fn a_replay_has_what_no_outcome_shows_from_what_was_told() {
    let there = computer("WORKSTATION", vec![services()]);
    let calls = |told| {
        let replayed = replayed(&recorded(&there, told, describe_in_short));
        (replayed.calls, replayed.differences.len())
    };
    let other = computer("WORKSTATION", vec![Process::new(64, r"C:\other.exe")]);
    assert_eq!(calls(&[]), (2, 0), "nobody has told, so the outcome counts");
    assert_eq!(calls(from_ref(&other)), (2, 1), "the outcome is not that of what was told");
    assert_eq!(calls(from_ref(&there)), (2, 0));
}

/// A refusal does not show the process, but without the process it would be another refusal.
#[test]
fn a_replay_runs_the_processes_that_were_told() {
    let there = computer("WORKSTATION", vec![services(), Process::new(68, r"D:\own.exe")]);
    let seek = |client: &dyn DebugClient| {
        let flags = GetProcessFlags::empty();
        let refused = client.get_running_process_system_id_by_executable_name(0, Some("own.exe"), flags, None);
        assert!(refused.is_err() && refused != E_NOINTERFACE, "{refused}");
    };
    let differences = |told: &[Computer]| replayed(&recorded(&there, told, seek)).differences.len();
    assert_eq!(differences(&[]), 1, "no other computer has this process");
    assert_eq!(differences(from_ref(&there)), 0);
}

/// All engines of a replay are on one computer.
#[test]
fn a_replay_is_on_the_computer_of_the_first_process() {
    let there = computer("WORKSTATION", vec![services()]);
    let before = computer("WORKSTATION", Vec::new());
    let elsewhere = computer("ELSEWHERE", vec![Process::new(64, r"D:\other.exe")]);
    let differences = |told: &[Computer]| replayed(&recorded(&there, told, describe_in_short)).differences.len();
    assert_eq!(differences(&[there.clone(), elsewhere.clone()]), 0, "what runs elsewhere does not run here");
    assert_eq!(differences(&[elsewhere.clone(), there.clone()]), 1, "here is elsewhere");
    assert_eq!(differences(&[before, there.clone()]), 0, "the same computer, told of once more");
}

/// The Computer event contradicts the outcomes.
#[test]
fn a_replay_of_a_wrong_description_differs_from_what_was_told() {
    let (there, mut wrong) = (computer("WORKSTATION", vec![services()]), services());
    wrong.exe = r"C:\windows\system32\services.exe.exe".to_owned();
    let describe = |client: &dyn DebugClient| {
        let mut exe_name = None;
        let flags = DescriptionFlags::empty();
        let described =
            client.get_running_process_description(0, 64, flags, Some(&mut exe_name), 64, None, None, 0, None);
        assert!(described.is_ok() && exe_name.is_some_and(|name| name.ends_with(".exe.exe")));
    };
    let recorded = |told| recorded(&computer("WORKSTATION", vec![wrong.clone()]), told, describe);
    assert_eq!(replayed(&recorded(&[])).differences, [], "nobody has told, so it may have been there");
    assert_eq!(replayed(&recorded(&[there])).differences.len(), 1);
}

/// The name shows that the server could have been reached.
#[test]
fn a_replay_knows_the_names_that_were_told() {
    let there = computer("WORKSTATION", Vec::new());
    let names = vec!["WORKSTATION".to_owned(), "BOX".to_owned()];
    let told = Computer { names, ..Computer::default() };
    let connect = |client: &dyn DebugClient| {
        assert_eq!(client.start_process_server(Class::USER_WINDOWS.bits(), Some("tcp:port=5005"), 0), S_OK);
        let mut server = None;
        assert!(client.connect_process_server(Some("tcp:server=box,port=5005"), Some(&mut server)).is_err());
    };
    let differences = |told: &[Computer]| replayed(&recorded(&there, told, connect)).differences.len();
    assert_eq!(differences(from_ref(&there)), 0, "nobody has told of this name");
    assert_eq!(differences(&[told]), 1);
}
