//! The processes of engines in the list of their computer.

use dbgeng_testkit::conformance::check;
use dbgeng_testkit::flags::AttachFlags;
use dbgeng_testkit::mock::{Happening, LabComputer};

use super::*;

/// Asserts that the judge accepts the run.
#[track_caller]
fn assert_accepted(lab: &Lab) {
    let trace = lab.journal().trace();
    assert_eq!(check(lab.profile(), "journal", trace.as_bytes()).unwrap().broken, [], "{trace}");
}

/// Returns the names of the programs that run, with the ids of their processes.
fn listed(computer: &LabComputer) -> Vec<(String, u32)> {
    let processes = computer.facts().processes;
    processes.into_iter().map(|process| (process.file_name().to_owned(), process.id)).collect()
}

fn debugger(id: Option<u32>) -> (String, u32) {
    ("debugger.exe".to_owned(), id.unwrap())
}

#[test]
fn the_processes_of_engines_are_listed_on_request() {
    for profile in PROFILES {
        let lab = Lab::new(profile);
        let computer = lab.computer("WORKSTATION");
        let (early, before) = (lab.engine(), listed(&computer));
        assert_eq!((early.process_id(), before.len()), (None, 4));

        computer.list_engines();
        let host = computer.dbgsrv("tcp:port=5005").unwrap();
        let late = lab.engine();
        let after = listed(&computer);
        let host_process = ("dbgsrv.exe".to_owned(), host.process_id().unwrap());
        assert_eq!(after[4..], [debugger(early.process_id()), host_process, debugger(late.process_id())]);

        // The engine sees them, in the own list and through a server.
        let client = early.client();
        let server = connect(&client, "tcp:server=localhost,port=5005").unwrap();
        let ids: Vec<u32> = after.iter().map(|(_, id)| *id).collect();
        assert_eq!((list_ids(&client, 0), list_ids(&client, server)), (Ok(ids.clone()), Ok(ids)));
        assert_eq!(client.disconnect_process_server(server), S_OK);
        assert_accepted(&lab);
        // OBS-72. A trace does not say which process is the caller's own.
        assert_eq!(client.attach_process(0, early.process_id().unwrap(), AttachFlags::empty()), E_INVALIDARG);
    }
}

#[test]
fn a_listed_process_and_its_engine_end_together() {
    for profile in PROFILES {
        let lab = Lab::new(profile);
        let computer = lab.computer("box17");
        computer.list_engines();
        let client = lab.engine().client();
        let hosts = [7_001, 7_002].map(|port| computer.dbgsrv(&format!("tcp:port={port}")).unwrap());
        let [first, second] = [7_001, 7_002].map(|port| format!("tcp:server=box17,port={port}"));

        assert!(computer.end_process(hosts[0].process_id().unwrap()));
        assert_eq!(connect(&client, &first), Err(WSAECONNREFUSED));
        assert!(hosts[1].kill());
        assert_eq!((connect(&client, &second), listed(&computer).len()), (Err(WSAECONNREFUSED), 4));

        // The new process of a host is another one.
        lab.at_call(1, Happening::host_restarts(&hosts[0]));
        let server = connect(&client, &first).unwrap();
        let (name, id) = listed(&computer).pop().unwrap();
        assert_eq!((name.as_str(), hosts[0].process_id() == Some(id)), ("dbgsrv.exe", false));
        // A stock DbgSrv leaves when its server is ended.
        assert_eq!(client.end_process_server(server), S_OK);
        assert_eq!(listed(&computer).len(), 4);
        assert_eq!(client.disconnect_process_server(server), S_OK);
        assert_accepted(&lab);
    }
}

#[test]
fn a_new_list_or_a_new_id_counts_for_engines_too() {
    let lab = Lab::new(Profile::Contract);
    let computer = lab.computer("box17");
    computer.list_engines();
    let hosts = [7_001, 7_002].map(|port| computer.dbgsrv(&format!("tcp:port={port}")).unwrap());
    assert!(computer.change_process(hosts[0].process_id().unwrap(), |process| process.id = 1_000));
    assert_eq!(hosts[0].process_id(), Some(1_000));

    let mut kept = computer.facts().processes;
    kept.retain(|process| process.id == 1_000);
    computer.set_processes(kept);
    let client = lab.engine().client();
    assert!(connect(&client, "tcp:server=box17,port=7001").is_ok());
    assert_eq!(connect(&client, "tcp:server=box17,port=7002"), Err(WSAECONNREFUSED));
}

/// A tool that kills a process kills the server in it.
#[test]
fn an_engine_that_is_debugged_ends_with_its_debugger() {
    let lab = Lab::new(Profile::Contract);
    let computer = lab.computer("WORKSTATION");
    computer.list_engines();
    let host = computer.dbgsrv("tcp:port=7001").unwrap();
    let debugger = lab.engine();
    let client = debugger.client();
    assert_eq!(client.attach_process(0, host.process_id().unwrap(), AttachFlags::empty()), S_OK);
    assert!(debugger.kill());
    assert_eq!(connect(&lab.engine().client(), "tcp:server=localhost,port=7001"), Err(WSAECONNREFUSED));
}
