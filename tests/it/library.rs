//! Engines in libraries: loaded, judged and recorded, with hosts in their own processes.

use std::fs;
use std::path::Path;
use std::process::Command;

use dbgeng_testkit::com::{CharSet, Library};
use dbgeng_testkit::flags::Class;
use dbgeng_testkit::hresult::{E_INVALIDARG, S_OK};
use dbgeng_testkit::{DebugClient, Engine, HostLocation, Interface};

use crate::support::{build_library, command, decode, read_trace, run_cli};

fn client(engine: &dyn Engine) -> Box<dyn DebugClient> {
    let mut client = None;
    assert_eq!(engine.debug_create(&Interface::NEWEST, Some(&mut client)), S_OK);
    client.expect("a client object")
}

#[test]
fn a_library_is_an_engine_in_this_process_and_in_others() {
    let library = Library::load(build_library()).unwrap();
    let engine = library.char_set(CharSet::Wide).engine();
    let here = client(&engine);
    assert_eq!(here.disconnect_process_server(0), E_INVALIDARG);

    // Each process has its own mock: the host can use the same port as this process.
    let host = engine.start_process(HostLocation::Here).expect("a host");
    let there = client(&*host);
    for client in [&here, &there] {
        assert_eq!(client.start_process_server(Class::USER_WINDOWS.bits(), Some("tcp:port=7001"), 0), S_OK);
    }
    let (mut own, mut other) = (None, None);
    let reached = Some("tcp:server=localhost,port=7001");
    assert_eq!(here.connect_process_server(reached, Some(&mut own)), S_OK);
    assert_eq!(there.connect_process_server(reached, Some(&mut other)), S_OK);
    assert!(there.disconnect_process_server(other.unwrap() ^ 1).is_err());
    assert_eq!(there.disconnect_process_server(other.unwrap()), S_OK);
    assert!(there.disconnect_process_server(other.unwrap()).is_err());

    // Another thread is another thread there too.
    let mut refused = S_OK;
    assert!(host.on_thread(1, &mut || refused = there.wait_for_process_server_end(0)));
    assert!(refused.is_err());

    assert!(host.kill());
    let gone = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| there.disconnect_process_server(0)));
    let words = gone.unwrap_err().downcast::<String>().unwrap();
    assert!(words.contains("DisconnectProcessServer"), "{words}");
    assert_eq!(here.disconnect_process_server(own.unwrap()), S_OK);
}

#[test]
fn a_thread_of_a_library_stays_the_same_one() {
    let engine = Library::load(build_library()).unwrap().engine();
    let mut made = None;
    assert!(engine.on_thread(3, &mut || made = Some(client(&engine))));
    let made = made.unwrap();
    let (mut own, mut other) = (S_OK, S_OK);
    assert!(engine.on_thread(3, &mut || own = made.wait_for_process_server_end(0)));
    assert!(engine.on_thread(4, &mut || other = made.wait_for_process_server_end(0)));
    assert!(own.is_ok());
    assert!(other.is_err() && made.wait_for_process_server_end(0).is_err());
}

#[test]
fn a_thread_of_a_library_does_not_wait_for_itself() {
    let engine = Library::load(build_library()).unwrap().engine();
    let (mut outer, mut inner) = (None, None);
    assert!(engine.on_thread(3, &mut || {
        outer = Some(std::thread::current().id());
        assert!(engine.on_thread(3, &mut || inner = Some(std::thread::current().id())));
    }));
    assert!(outer.is_some() && outer == inner, "{outer:?} {inner:?}");
}

#[test]
fn a_file_that_is_not_an_engine_is_refused_with_its_name() {
    for (path, cause) in [("/no/such.so", "/no/such.so"), ("libc.so.6", "DebugCreate")] {
        let output = run_cli(&["run", "--library", path]);
        let said = decode(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(path) && said.contains(cause), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_library_is_judged_in_child_processes() {
    let path = build_library();
    let path = path.to_str().unwrap();
    let output =
        run_cli(&["run", "--library", path, "--name", "ours", "--wide", "--programs", "3", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", decode(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["subject"], "ours");
    let lacks = |name: &str| {
        let all = report["capabilities"].as_array().unwrap();
        all.iter().any(|capability| capability["name"] == name && capability["has"] == false)
    };
    assert!(lacks("further processes") && !lacks("threads"), "{}", report["capabilities"]);
}

/// The trace of a program that looks a process up by its name and describes it. `@only` is a process of the facts.
const QUERIES: &str = r#"{"trace": 1, "engine": {"name": "", "version": "", "platform": ""}, "name": "", "note": ""}
{"seq": 1, "process": "client", "event": "Computer", "computer": {"Names": ["BOX"], "Processes": [{"Id": 64, "Exe": "a.exe"}]}}
{"seq": 2, "process": "client", "client": 0, "call": "DebugCreate", "in": {"Interface": "IDebugClient5"}, "hresult": "0x00000000"}
{"seq": 3, "process": "client", "client": 0, "call": "GetRunningProcessSystemIdByExecutableName", "in": {"Server": "0x0", "ExeName": "@only", "Flags": 0}, "hresult": "0x00000000", "out": {"Id": 64}}
{"seq": 4, "process": "client", "client": 0, "call": "GetRunningProcessDescription", "in": {"Server": "0x0", "SystemId": 64, "Flags": 0, "ExeNameSize": 64, "DescriptionSize": 64}, "hresult": "0x00000000"}
"#;

/// The library simulates the processes of a scenario, as nobody can guess from outside.
#[test]
fn a_library_is_judged_by_the_facts_about_what_it_simulates() {
    let path = build_library();
    let folder = tempfile::tempdir().unwrap();
    let [facts, trace] = ["facts.json", "trace.jsonl"].map(|name| folder.path().join(name));
    fs::write(&trace, QUERIES).unwrap();
    let judge = |world: &str| {
        fs::write(&facts, world).unwrap();
        let arguments = ["run", "--library", path.to_str().unwrap(), "--facts", facts.to_str().unwrap()];
        let output = run_cli(&[&arguments[..], &["--again", trace.to_str().unwrap(), "--format", "json"]].concat());
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), report)
    };
    let verdict = |report: &serde_json::Value, id: &str| {
        let requirements = report["requirements"].as_array().unwrap();
        requirements.iter().find(|judged| judged["requirement"] == id).unwrap()["verdict"].clone()
    };
    // The world of a library without a scenario.
    let (status, report) = judge("{}");
    assert_eq!((status, verdict(&report, "name/one-match-is-its-id")), (Some(0), "pass".into()));
    assert_eq!(verdict(&report, "description/names-the-image"), "pass");
    let (status, report) = judge(r#"{"computers": [{"processes": [{"Id": 1, "Exe": "C:\\other.exe"}]}]}"#);
    assert_eq!((status, verdict(&report, "name/one-match-is-its-id")), (Some(1), "fail".into()));
}

#[test]
fn the_calls_of_a_library_are_recorded_and_can_be_recorded_again() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first.jsonl"), folder.path().join("second.jsonl"));
    let name = |path: &Path| path.to_str().unwrap().to_owned();
    let program = folder.path().join("program.json");
    let text_of_it = r##"{"hosts": [], "steps": [
        {"call": "StartProcessServer", "in": {"Flags": 2, "Options": "tcp:port=7001", "Reserved": null}},
        {"call": "ConnectProcessServer", "in": {"RemoteOptions": "tcp:server=localhost,port=7001"}},
        {"call": "DisconnectProcessServer", "in": {"Server": "#1"}},
        {"call": "DisconnectProcessServer", "in": {"Server": "#1"}}
    ]}"##;
    std::fs::write(&program, text_of_it).unwrap();
    let path = build_library();
    let record = |from: &Path, to: &Path| run_cli(&["record", "--library", &name(path), &name(from), "-o", &name(to)]);
    for (from, to) in [(&program, &first), (&first, &second)] {
        let output = record(from, to);
        assert_eq!(output.status.code(), Some(0), "{}", decode(&output.stderr));
        let checked = run_cli(&["check", &name(to)]);
        assert_eq!(checked.status.code(), Some(0), "{}", decode(&checked.stdout));
        assert_eq!(
            std::fs::read_to_string(to).unwrap().lines().count(),
            1 + 5,
            "a header, DebugCreate, and four calls"
        );
    }

    // A recording that fails leaves the old file as it was.
    std::fs::write(&program, "{").unwrap();
    let output = record(&program, &second);
    assert_eq!(output.status.code(), Some(2));
    assert!(decode(&output.stderr).contains("program.json"), "{}", decode(&output.stderr));
    assert_ne!(std::fs::read_to_string(&second).unwrap(), "");
}

/// The engine prints the reason in a child process, whose output would otherwise be lost.
#[test]
fn a_library_that_makes_no_client_object_is_refused_with_its_own_words() {
    let folder = tempfile::tempdir().unwrap();
    let name = |file: &str| folder.path().join(file).to_str().unwrap().to_owned();
    let (scenario, program, trace) = (name("bad.json"), name("program.json"), name("new.jsonl"));
    std::fs::write(&scenario, r#"{"code_page": 437}"#).unwrap();
    std::fs::write(&program, r#"{"hosts": [], "steps": []}"#).unwrap();
    let library = build_library();
    let library = library.to_str().unwrap();
    for command in [&["record", "--library", library, &program, "-o", &trace][..], &["run", "--library", library]] {
        let mut kit = Command::new(env!("CARGO_BIN_EXE_dbgeng-testkit"));
        let output = kit.args(command).env("DBGENG_TESTKIT_SCENARIO", &scenario).output().unwrap();
        let said = decode(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("DebugCreate returned E_INVALIDARG") && said.contains("code_page"), "{said}");
        assert_eq!((said.lines().count(), output.stdout.len()), (1, 0), "{said}");
    }
    assert!(!Path::new(&trace).exists());
}

/// The command that the report prints runs as it is, whatever the folders are called.
#[cfg(unix)]
#[test]
fn the_command_that_runs_a_program_again_works_in_a_shell() {
    let folder = tempfile::tempdir().unwrap();
    let traces = folder.path().join("my traces");
    let library = folder.path().join("it's mine.so");
    fs::create_dir(&traces).unwrap();
    fs::copy(build_library(), &library).unwrap();
    let scenario = folder.path().join("world.json");
    fs::write(&scenario, r#"{"profile": "dbgeng"}"#).unwrap();
    let trace = &read_trace("lifecycle-handle-value-reused").path;
    let arguments = ["run", "--library", library.to_str().unwrap(), "--again", trace.to_str().unwrap()];
    let environment = [("TMPDIR", &traces), ("DBGENG_TESTKIT_SCENARIO", &scenario)];
    let output = command(&arguments).envs(environment).output().unwrap();
    let text = decode(&output.stdout);
    let again = text.lines().find_map(|line| line.strip_prefix("To run it again: dbgeng-testkit "));
    let again = format!("{} {}", env!("CARGO_BIN_EXE_dbgeng-testkit"), again.expect("the engine breaks a requirement"));
    let shell = Command::new("sh").args(["-c", &again]).envs(environment).output().unwrap();
    assert_eq!((shell.status.code(), decode(&shell.stderr)), (Some(1), String::new()), "{again}");
}
