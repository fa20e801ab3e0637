//! Computers on which the platform differs.

use dbgeng_testkit::Engine;
use dbgeng_testkit::conformance::check;
use dbgeng_testkit::flags::{AttachFlags, EndSessionFlags};

use dbgeng_testkit::replay::replay;

use super::*;

const PIPE: &str = "npipe:server=.,pipe=alpha";

/// Asserts that the judge accepts the run as one of the real engine.
#[track_caller]
fn assert_accepted(lab: &Lab) {
    let trace = lab.journal().trace();
    assert_eq!(check(Profile::Dbgeng, "journal", trace.as_bytes()).unwrap().broken, [], "{trace}");
    assert_eq!(replay(Profile::Dbgeng, "journal", trace.as_bytes()).unwrap().differences, [], "{trace}");
}

/// OBS-81, OBS-103.
#[test]
fn a_pipe_comes_late() {
    for profile in Profile::ALL {
        let scenario =
            r#"{"profile": "PROFILE", "computers": [{"late_pipes": 2, "process_servers": ["npipe:pipe=alpha"]}]}"#;
        let (lab, client) = client(&scenario.replace("PROFILE", &profile.to_string()));
        let missing = Err(ERROR_FILE_NOT_FOUND);
        assert_eq!([connect(&client, PIPE), connect(&client, PIPE)], [missing, missing]);
        assert!(connect(&client, PIPE).is_ok());
        assert_eq!(start_server(&client, "npipe:pipe=alpha"), ERROR_ALREADY_EXISTS);
        // A server of a caller is as late, and the next one shares its pipe.
        assert_eq!(start_server(&client, "npipe:pipe=beta"), S_OK);
        assert_eq!(start_server(&client, "npipe:pipe=beta"), S_OK);
        let beta = "npipe:server=.,pipe=beta";
        assert_eq!(connect(&client, beta), missing);
        assert!(connect(&client, beta).is_ok());
        // A host that has crashed by then has no pipe.
        let host = lab.computer("WORKSTATION").dbgsrv("npipe:pipe=gamma").unwrap();
        host.kill();
        let gamma = || connect(&client, "npipe:server=.,pipe=gamma");
        assert_eq!([gamma(), gamma(), gamma()], [missing; 3]);
        // A port is there at once.
        assert_eq!(start_server(&client, "tcp:port=7000"), S_OK);
        assert!(connect(&client, "tcp:server=localhost,port=7000").is_ok());
        if profile.is_dbgeng() {
            assert_accepted(&lab);
        }
    }
}

/// OBS-210.
#[test]
fn pipes_that_are_not_shared_are_reached_by_a_dot_alone() {
    for profile in Profile::ALL {
        let scenario = r#"{"profile": "PROFILE", "computers": [
            {"unshared_pipes": true, "process_servers": ["npipe:pipe=alpha"]},
            {"names": ["BOX17"], "process_servers": ["npipe:pipe=beta"]}
        ]}"#;
        let (lab, client) = client(&scenario.replace("PROFILE", &profile.to_string()));
        assert!(connect(&client, PIPE).is_ok());
        for name in ["localhost", "127.0.0.1", "WORKSTATION"] {
            let refused = connect(&client, &format!("npipe:server={name},pipe=alpha"));
            assert_eq!(refused, Err(ERROR_PATH_NOT_FOUND), "{name}");
        }
        // The computer of the server decides.
        let far = "npipe:server=BOX17,pipe=beta";
        assert!(connect(&client, far).is_ok());
        lab.computer("BOX17").unshare_pipes();
        assert_eq!(connect(&client, far), Err(ERROR_PATH_NOT_FOUND));
        assert_accepted(&lab);
    }
}

/// OBS-85.
#[test]
fn a_target_ends_when_its_debugger_detaches() {
    for profile in Profile::ALL {
        let scenario = r#"{"profile": "PROFILE", "computers": [{"ends_detached_targets": true}]}"#;
        let (lab, client) = client(&scenario.replace("PROFILE", &profile.to_string()));
        let computer = lab.computer("WORKSTATION");
        let [debugged, looked_at, remote] = ["a.exe", "b.exe", "c.exe"].map(|exe| computer.add_process(exe));
        assert_eq!(start_server(&client, "tcp:port=7000"), S_OK);
        let server = connect(&client, "tcp:server=localhost,port=7000").unwrap();
        assert_eq!(client.attach_process(0, debugged, AttachFlags::empty()), S_OK);
        assert_eq!(client.attach_process(0, looked_at, AttachFlags::NONINVASIVE), S_OK);
        assert_eq!(client.attach_process(server, remote, AttachFlags::empty()), S_OK);
        assert_eq!(client.end_session(EndSessionFlags::ACTIVE_DETACH), S_OK);
        let running = list_ids(&client, 0).unwrap();
        assert_eq!([debugged, looked_at, remote].map(|id| running.contains(&id)), [false, true, true]);
        assert_eq!(lab.findings(), []);
        if profile.is_dbgeng() {
            assert_accepted(&lab);
        }
    }
}

#[test]
fn a_scenario_lists_the_processes_of_engines() {
    let (lab, client) = client(r#"{"computers": [{"lists_engines": true, "process_servers": ["tcp:port=5005"]}]}"#);
    let facts = lab.computer("WORKSTATION").facts();
    let names: Vec<&str> = facts.processes.iter().map(|process| process.file_name()).collect();
    assert_eq!(names[4..], ["dbgsrv.exe", "debugger.exe"]);
    assert_eq!(list_ids(&client, 0).unwrap().len(), 6);
}

#[test]
fn a_scenario_permits_and_forbids_kinds_of_misuse() {
    let (lab, client) = client(r#"{"permit": ["ZeroHandle"], "forbid": ["UnreleasedClient"]}"#);
    assert_eq!(client.disconnect_process_server(0), E_INVALIDARG);
    assert_eq!((lab.findings(), lab.leftovers()[0].misuse), (vec![], Misuse::UnreleasedClient));
    assert_eq!(
        refusal(r#"{"permit": ["ZeroHandle", "Zero"]}"#),
        "s.json: permit[1]: \"Zero\": expected the name of a kind of `Misuse`, such as ZeroAfterFailedConnect; did you mean ZeroHandle?"
    );
}
