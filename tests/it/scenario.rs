//! Labs from scenario files.

mod faults;
mod later;
mod pipes;
mod platform;
mod refused;

use std::time::{Duration, Instant};

use dbgeng_testkit::flags::{CreateFlags, CreateProcessOptions, DescriptionFlags};
use dbgeng_testkit::hresult::*;
use dbgeng_testkit::mock::{Lab, LabClient, Misuse, Scenario, ScenarioError};
use dbgeng_testkit::{DebugClient, HRESULT, Interface, Profile};

use crate::support::{BOX17, TWO_COMPUTERS, UNSTEADY_BOX, connect, list_ids, start_server};

const CODE_PAGES: &str = "code_page: 437: expected one of 874, 932, 936, 949, 950, 1250, 1251, 1252, 1253, 1254, 1255, 1256, \
                          1257, 1258, 65001";

fn lab(text: &str) -> Lab {
    Scenario::parse("s.json", text).and_then(|scenario| scenario.lab()).unwrap_or_else(|error| panic!("{error}"))
}

fn client(text: &str) -> (Lab, LabClient) {
    let lab = lab(text);
    let client = lab.engine().client();
    (lab, client)
}

/// Returns the error of a scenario.
#[track_caller]
fn refusal(text: &str) -> String {
    match Scenario::parse("s.json", text).and_then(|scenario| scenario.lab()) {
        Ok(_) => panic!("{text} is let through"),
        Err(error) => error.to_string(),
    }
}

/// Returns the error of a scenario with this computer.
#[track_caller]
fn refusal_of_computer(profile: Profile, computer: &str) -> String {
    refusal(&format!(r#"{{"profile": "{profile}", "computers": [{computer}]}}"#))
}

#[test]
fn an_empty_scenario_is_a_new_lab() {
    let new = Lab::new(Profile::Contract);
    for text in ["{}", r#"{"computers": []}"#, r#"{"computers": [{}]}"#, r#"{"faults": [], "later": []}"#, "\u{feff}{}"]
    {
        let lab = lab(text);
        assert_eq!(lab.profile(), Profile::Contract, "{text}");
        let facts = lab.engine().lab_computer().facts();
        assert_eq!(facts, new.engine().lab_computer().facts(), "{text}");
        assert_eq!(facts.names, ["WORKSTATION"], "{text}");
    }
}

#[test]
fn the_engine_runs_on_the_first_computer() {
    let (lab, client) = client(TWO_COMPUTERS);
    let here = lab.engine().lab_computer().facts();
    assert_eq!(here.names, ["WORKBENCH"]);
    assert_eq!(here.processes[0].user.as_deref(), Some(r"WORKBENCH\user"));
    assert_eq!(list_ids(&client, 0).map(|ids| ids.len()), Ok(here.processes.len()));
    assert_eq!(connect(&client, "tcp:server=WORKSTATION,port=5005"), Err(WSAHOST_NOT_FOUND));
}

#[test]
fn a_client_reaches_the_process_servers_by_each_name_and_sees_the_processes() {
    let (_lab, client) = client(TWO_COMPUTERS);
    for options in [BOX17, "tcp:server=10.0.0.17,port=5005", "npipe:server=BOX17,pipe=lab,password=Secret1"] {
        let server = connect(&client, options).unwrap_or_else(|refused| panic!("{options}: {refused:?}"));
        assert_eq!(list_ids(&client, server), Ok(vec![4, 812, 2040]), "{options}");
    }
    assert_eq!(connect(&client, "npipe:server=BOX17,pipe=lab"), Err(RPC_E_SERVER_DIED));
    assert_eq!(connect(&client, "tcp:server=WORKBENCH,port=5005"), Err(WSAECONNREFUSED));
}

#[test]
fn a_process_has_what_the_scenario_says() {
    let (_lab, client) = client(TWO_COMPUTERS);
    let server = connect(&client, BOX17).unwrap();
    let describe = |id| {
        let (mut exe, mut text, all) = (None, None, DescriptionFlags::empty());
        let (exe_name, description) = (Some(&mut exe), Some(&mut text));
        let hresult =
            client.get_running_process_description(server, id, all, exe_name, 256, None, description, 256, None);
        (hresult, exe.unwrap_or_default(), text.unwrap_or_default())
    };
    let service =
        "Session: 0  User: NT AUTHORITY\\SYSTEM  Services: Schedule,Themes  Command Line: svchost.exe -k netsvcs";
    assert_eq!(describe(812), (S_OK, r"C:\windows\system32\svchost.exe".to_owned(), service.to_owned()));
    // Of this one nothing more is known.
    assert_eq!(describe(4), (S_OK, "System".to_owned(), String::new()));
}

#[test]
fn each_process_server_has_a_host_of_its_own() {
    let (_lab, client) = client(TWO_COMPUTERS);
    let ended = connect(&client, BOX17).unwrap();
    let other = connect(&client, "npipe:server=BOX17,pipe=lab,password=Secret1").unwrap();
    assert_eq!(client.end_process_server(ended), S_OK);
    assert_eq!(connect(&client, BOX17), Err(WSAECONNREFUSED));
    assert!(list_ids(&client, other).is_ok());
}

#[test]
fn programs_can_be_started_where_there_is_a_directory() {
    let (_lab, client) = client(TWO_COMPUTERS);
    let create = |line: &str, directory: Option<&str>| -> HRESULT {
        let options = CreateProcessOptions { create_flags: CreateFlags::empty(), ..CreateProcessOptions::default() };
        client.create_process2(0, Some(line), Some(&options), CreateProcessOptions::SIZE, directory, None)
    };
    assert_eq!(create(r"C:\Tools\Sample.exe", None), S_OK);
    assert_eq!(create(r"c:\tools\sample -v", Some(r"C:\there")), S_OK);
    assert_eq!(create(r"C:\Tools\Sample.exe", Some("C:/Gone")), ERROR_DIRECTORY);
    assert_eq!(create(r"C:\Tools\Sample.exe", Some(r"C:\Tools\Sample.exe")), ERROR_DIRECTORY);
    assert_eq!(create("winver.exe", None), S_OK);
    assert_eq!(create("sample.exe", None), ERROR_FILE_NOT_FOUND);
    assert_eq!(create(r"C:\Tools\Sample.txt", None), ERROR_BAD_EXE_FORMAT);
}

#[test]
fn a_held_address_is_taken() {
    let (_lab, client) = client(TWO_COMPUTERS);
    assert_eq!(start_server(&client, "tcp:port=7000"), WSAEADDRINUSE);
    assert_eq!(start_server(&client, "npipe:pipe=Taken"), ERROR_ALREADY_EXISTS);
    assert_eq!(start_server(&client, "tcp:port=7001"), S_OK);
    let (_lab, client) =
        self::client(r#"{"computers": [{"held": ["tcp:port=7000:7002", "com:port=2,baud=9600,channel=1"]}]}"#);
    assert_eq!(start_server(&client, "tcp:port=7000:7002"), WSAEADDRINUSE);
    assert_eq!(start_server(&client, "tcp:port=7000:7003"), S_OK);
    assert_eq!(start_server(&client, "com:port=com2,baud=9600,channel=1"), WSAEADDRINUSE);
    assert_eq!(start_server(&client, "com:port=com2,baud=9600,channel=2"), S_OK);
}

/// OBS-87.
#[test]
fn a_program_that_holds_an_address_closes_or_is_silent() {
    let (lab, client) = client(r#"{"computers": [{"held": ["tcp:port=7000"], "held_silently": ["tcp:port=7001"]}]}"#);
    assert_eq!(connect(&client, "tcp:server=localhost,port=7000"), Err(RPC_E_SERVER_DIED));
    assert!(lab.findings().is_empty());
    assert_eq!(start_server(&client, "tcp:port=7001"), WSAEADDRINUSE);
    assert_eq!(connect(&client, "tcp:server=localhost,port=7001"), Err(ERROR_POSSIBLE_DEADLOCK));
    let findings: Vec<Misuse> = lab.findings().iter().map(|finding| finding.misuse).collect();
    assert_eq!(findings, [Misuse::EndlessWait]);
}

#[test]
fn the_profile_is_in_force() {
    for profile in Profile::ALL {
        let text = TWO_COMPUTERS.replace(r#""contract""#, &format!(r#""{profile}""#));
        let (lab, client) = client(&text);
        assert_eq!(lab.profile(), profile);
        let first = connect(&client, BOX17).unwrap();
        assert_eq!(client.disconnect_process_server(first), S_OK);
        let is_reused = connect(&client, BOX17) == Ok(first);
        assert_eq!(is_reused, profile.is_dbgeng(), "{profile}");
    }
    // The strings of the scenario are read as the engine of the profile reads them.
    let lenient =
        r#"{"profile": "dbgeng", "computers": [{"held": ["tcp:port=0x10"], "process_servers": ["tcp:port=17,"]}]}"#;
    let (_lab, client) = client(lenient);
    assert_eq!(start_server(&client, "tcp:port=16"), WSAEADDRINUSE);
    assert!(connect(&client, "tcp:server=localhost,port=17").is_ok());
    let strict = lenient.replace("dbgeng", "contract");
    assert!(refusal(&strict).starts_with("s.json: computers[0].held[0]: \"tcp:port=0x10\": at offset 9"));
}

#[test]
fn client_objects_are_as_old_as_the_scenario_says() {
    let newest = |text: &str| {
        let (_lab, client) = client(text);
        let has = |version: &u8| client.query_interface(&Interface::DebugClient(*version), Some(&mut None)) == S_OK;
        (1..=9).filter(has).max()
    };
    assert_eq!(newest("{}"), Some(9));
    assert_eq!(newest(r#"{"profile": "dbgeng@10.0.15063"}"#), Some(7));
    assert_eq!(newest(r#"{"newest_client": 3}"#), Some(3));
    assert_eq!(
        refusal(r#"{"profile": "dbgeng@10.0.15063", "newest_client": 8}"#),
        "s.json: newest_client: 8: expected a version of IDebugClient, from 1 to 7"
    );
}

#[test]
fn time_is_real_where_the_scenario_says_so() {
    let timeout = Duration::from_millis(20);
    for (text, is_real) in [(r#"{"real_time": true}"#, true), (r#"{"real_time": false}"#, false), ("{}", false)] {
        let (lab, client) = client(text);
        let begin = Instant::now();
        assert_eq!(client.wait_for_process_server_end(20), S_FALSE, "{text}");
        assert_eq!(lab.now(), if is_real { 0 } else { 20 }, "{text}");
        assert!(!is_real || begin.elapsed() >= timeout, "{text}");
    }
}

#[test]
fn each_lab_of_a_scenario_is_a_world_of_its_own() {
    let scenario = Scenario::parse("s.json", TWO_COMPUTERS).unwrap();
    let (one, other) = (scenario.lab().unwrap(), scenario.lab().unwrap());
    one.computer("BOX17").end_process(4);
    assert_eq!(one.computer("BOX17").facts().processes.len(), 2);
    assert_eq!(other.computer("10.0.0.17").facts().processes.len(), 3);
}

#[test]
fn a_malformed_scenario_is_refused_with_its_place() {
    let refused = [
        ("", "s.json:1:1: the file is empty"),
        ("{\n  \"computers\": [{}\n", "s.json:3:1: EOF while parsing a list"),
        ("{} {}", "s.json:1:4: trailing characters"),
        ("[]", "s.json:1:1: invalid type: sequence, expected an object"),
        (
            "{\n  \"colour\": []\n}",
            "s.json:2:10: unknown field `colour`, expected one of `$schema`, `profile`, `newest_client`, `real_time`, `permit`, \
             `forbid`, `computers`, `faults`, `later`",
        ),
        (r#"{"real_time": true, "real_time": true}"#, "s.json:1:31: duplicate field `real_time`"),
        (r#"{"real_time": 1}"#, "s.json:1:15: invalid type: integer `1`, expected a boolean"),
        (
            r#"{"profile": "windbg"}"#,
            "s.json:1:21: unknown profile \"windbg\": expected contract, dbgeng, dbgeng@10.0.15063 or dbgeng@10.0.29507",
        ),
        (r#"{"profile": {"contract": null}}"#, "s.json:1:12: invalid type: map, expected a string"),
        (r#"{"computers": [["BOX17"]]}"#, "s.json:1:15: invalid type: sequence, expected an object"),
        (r#"{"computers": [{"names": null}]}"#, "s.json:1:29: invalid type: null, expected a sequence"),
        (r#"{"computers": [{"processes": null}]}"#, "s.json:1:33: invalid type: null, expected a sequence"),
        (r#"{"computers": [{"processes": [{"Id": 4}]}]}"#, "s.json:1:39: missing field `Exe`"),
        (
            r#"{"computers": [{"processes": [{"Id": 4, "Exe": "a", "User": null}]}]}"#,
            "s.json:1:64: invalid type: null, expected a string",
        ),
        (
            r#"{"computers": [{"held": "tcp:port=1"}]}"#,
            "s.json:1:36: invalid type: string \"tcp:port=1\", expected a sequence",
        ),
    ];
    for (text, says) in refused {
        assert_eq!(refusal(text), says, "{text}");
    }
    assert!(refusal(&"[".repeat(100_000)).starts_with("s.json:1:1: "));
}

#[test]
fn an_impossible_scenario_is_refused_with_its_path() {
    let refused = [
        (r#"{"names": []}"#, "names: the list is empty"),
        (r#"{"names": ["A", ""]}"#, "names[1]: \"\": no connection string leads to a computer of this name"),
        (r#"{"names": ["A", "B", "a"]}"#, "names[2]: \"a\": computers[0] has this name already"),
        (
            r#"{"processes": [{"Id": 4, "Exe": "a"}, {"Id": 8, "Exe": "b"}, {"Id": 4, "Exe": "c"}]}"#,
            "processes[2].Id: 4: processes[0] has this id already",
        ),
        (r#"{"programs": ["a.exe", ""]}"#, "programs[1]: \"\" has no file name"),
        (r#"{"code_page": 437}"#, CODE_PAGES),
        (r#"{"programs": ["C:\\tools\\"]}"#, "programs[0]: \"C:\\\\tools\\\\\" has no file name"),
        (r#"{"missing_directories": [""]}"#, "missing_directories[0]: the path is empty"),
        (
            r#"{"held": ["port=5005"]}"#,
            "held[0]: \"port=5005\": at offset 9, item \"port=5005\": expected a colon after the transport",
        ),
        (
            r#"{"held": ["tcp:port=0"]}"#,
            "held[0]: \"tcp:port=0\": it names no address that could be held; give a port from 1 to 65535, or a pipe",
        ),
        (
            r#"{"held": ["npipe:pipe=a%x"]}"#,
            "held[0]: \"npipe:pipe=a%x\": it names no address that could be held; give a port from 1 to 65535, or a pipe",
        ),
        (
            r#"{"held": ["npipe:pipe=*"]}"#,
            "held[0]: \"npipe:pipe=*\": it names no address that could be held; give a port from 1 to 65535, or a pipe",
        ),
        (
            r#"{"held": ["tcp:port=5,clicon=box"]}"#,
            "held[0]: \"tcp:port=5,clicon=box\": it names no address that could be held; give a port from 1 to 65535, or a pipe",
        ),
        (
            r#"{"process_servers": ["tcp:port=5", "npipe:"]}"#,
            "process_servers[1]: \"npipe:\": at offset 6, item \"\": expected one of pipe, hidden, password, IcfEnable",
        ),
        (
            r#"{"process_servers": ["tcp:port=5", "tcp:port=5"]}"#,
            "process_servers[1]: \"tcp:port=5\": StartProcessServer returns WSAEADDRINUSE (0x80072740)",
        ),
        (
            r#"{"held": ["tcp:port=5"], "process_servers": ["tcp:port=5"]}"#,
            "process_servers[0]: \"tcp:port=5\": StartProcessServer returns WSAEADDRINUSE (0x80072740)",
        ),
    ];
    for (computer, says) in refused {
        assert_eq!(
            refusal_of_computer(Profile::Contract, computer),
            format!("s.json: computers[0].{says}"),
            "{computer}"
        );
    }
    // Two processes share no pipe on any version of the engine (OBS-103).
    let shared = r#"{"profile": "dbgeng", "computers": [{"process_servers": ["npipe:pipe=a", "npipe:pipe=a"]}]}"#;
    assert!(Scenario::parse("s.json", shared).unwrap().lab().is_err());
}

#[test]
fn a_name_leads_to_one_computer() {
    let nobodys =
        ["", " ", "BOX 17", "BOX,17", r"\\BOX17", ".", "localhost", "LOCALHOST", "127.0.0.1", "::1", "box.invalid"];
    for name in nobodys {
        let text = serde_json::json!({ "computers": [{ "names": [name] }] }).to_string();
        let says =
            format!("s.json: computers[0].names[0]: {name:?}: no connection string leads to a computer of this name");
        assert_eq!(refusal(&text), says);
    }
    let between = [
        (r#"[{}, {"names": ["Workstation"]}]"#, "[1].names[0]: \"Workstation\": computers[0] has this name already"),
        (
            r#"[{"names": ["A"]}, {"names": ["B", "C"]}, {"names": ["D", "c"]}]"#,
            "[2].names[1]: \"c\": computers[1] has this name already",
        ),
        (r#"[{}, {"process_servers": ["tcp:port=5"]}]"#, "[1]: it needs names: only the first computer may have none"),
    ];
    for (computers, says) in between {
        assert_eq!(refusal(&format!(r#"{{"computers": {computers}}}"#)), format!("s.json: computers{says}"));
    }
    assert_eq!(
        lab(r#"{"computers": [{"names": ["BOX17"]}, {"names": ["WORKSTATION"]}]}"#)
            .engine()
            .lab_computer()
            .facts()
            .names,
        ["BOX17"]
    );
}

#[test]
fn a_truncated_scenario_is_refused() {
    for text in [TWO_COMPUTERS, UNSTEADY_BOX] {
        let text = text.trim_end();
        for end in 0..text.len() {
            let cut = Scenario::parse("s.json", &text[..end]);
            assert!(matches!(cut, Err(ScenarioError::Malformed { .. })), "{}", &text[..end]);
        }
    }
}

#[test]
fn a_long_value_makes_no_long_error() {
    let long = "x".repeat(100_000);
    let texts = [
        format!(r#"{{"profile": "{long}"}}"#),
        format!(r#"{{"computers": [{{"held": ["{long}"]}}]}}"#),
        format!(r#"{{"faults": [{{"fail": "{long}"}}]}}"#),
        format!(r#"{{"later": [{{"at_call": 1, "dies": "{long}"}}]}}"#),
    ];
    for text in texts {
        assert!(refusal(&text).len() < 1_000);
    }
}
