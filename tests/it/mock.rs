//! The mock engine by itself.

mod command_lines;
mod fault_conditions;
mod faults;
mod findings;
mod journal;
mod later;
mod legal;
mod listed;
mod load;
mod queries;
mod reverse;
mod session;
mod unused;

use std::sync::mpsc;
use std::thread;

use dbgeng_testkit::address::Address;
use dbgeng_testkit::flags::{AttachFlags, CreateFlags, DescriptionFlags, GetProcessFlags, INFINITE, ServersFlags};
use dbgeng_testkit::hresult::*;
use dbgeng_testkit::mock::{Lab, LabClient};
use dbgeng_testkit::spec::Requirement;
use dbgeng_testkit::{Call, DebugClient, Engine, HRESULT, Interface, Method, Process, Profile};

use crate::support::{BOX17, build_lab, connect, list_ids, start_server};

const PROFILES: [Profile; 2] = [Profile::Contract, Profile::Dbgeng];

#[test]
fn a_lab_returns_to_a_checkpoint_as_often_as_asked() {
    for profile in PROFILES {
        let (lab, client) = build_lab(profile);
        let server = connect(&client, BOX17).unwrap();
        let engine = lab.engine();
        let return_there = engine.checkpoint().expect("a lab can return to a state");
        let journal = lab.journal();
        for _ in 0..2 {
            assert_eq!(client.disconnect_process_server(server), S_OK);
            assert!(connect(&client, BOX17).is_ok());
            return_there();
            assert!(list_ids(&client, server).is_ok());
            return_there();
            assert_eq!(lab.journal().events(), journal.events());
        }
    }
}

#[test]
fn a_handle_lives_from_connect_to_disconnect() {
    for profile in PROFILES {
        let (lab, client) = build_lab(profile);
        let server = connect(&client, BOX17).unwrap();
        assert!(list_ids(&client, server).is_ok());
        assert_eq!(client.disconnect_process_server(server), S_OK);
        assert_eq!(lab.findings(), []);
        assert_eq!(client.disconnect_process_server(server), E_INVALIDARG);
        assert_eq!(list_ids(&client, server), Err(E_INVALIDARG));
        assert_eq!(client.end_process_server(server), E_INVALIDARG);
        let broken: Vec<Requirement> = lab.findings().iter().filter_map(|finding| finding.requirement).collect();
        assert_eq!(broken, [Requirement::HandleStaleIsRefused; 3]);
    }
}

#[test]
fn a_handle_of_the_contract_is_above_32_bits_and_never_reused() {
    let (_lab, client) = build_lab(Profile::Contract);
    let mut issued = std::collections::HashSet::new();
    for round in 0..1_000 {
        let server = connect(&client, BOX17).unwrap();
        assert!(server > u64::from(u32::MAX));
        assert!(issued.insert(server), "round {round}");
        let cut = server & u64::from(u32::MAX);
        assert_eq!(client.disconnect_process_server(cut), E_INVALIDARG);
        assert_eq!(client.disconnect_process_server(server), S_OK);
    }
}

/// A stale handle and one that was never issued are both refused; a finding tells them apart.
#[test]
fn a_finding_tells_a_stale_handle_from_an_unknown_one() {
    let (lab, client) = build_lab(Profile::Contract);
    let stale = connect(&client, BOX17).unwrap();
    assert_eq!(client.disconnect_process_server(stale), S_OK);
    let open = connect(&client, BOX17).unwrap();
    let upper = |value: u64| value & !u64::from(u32::MAX);
    let not_yet = open + upper(open);
    let never = open - upper(open);
    let noticed = [
        (stale, Requirement::HandleStaleIsRefused),
        (not_yet, Requirement::HandleUnknownIsRefused),
        (never, Requirement::HandleUnknownIsRefused),
        (open + 1, Requirement::HandleUnknownIsRefused),
    ];
    for (handle, requirement) in noticed {
        assert_eq!(client.disconnect_process_server(handle), E_INVALIDARG, "{handle:#x}");
        assert_eq!(lab.findings().last().and_then(|finding| finding.requirement), Some(requirement), "{handle:#x}");
    }
    assert_eq!(client.disconnect_process_server(open), S_OK);
}

#[test]
fn a_handle_of_the_real_engine_is_reused_and_a_stale_one_closes_the_new_connection() {
    let (_lab, client) = build_lab(Profile::Dbgeng);
    let old = connect(&client, BOX17).unwrap();
    let other = connect(&client, BOX17).unwrap();
    assert_eq!(client.disconnect_process_server(old), S_OK);
    assert_eq!(connect(&client, BOX17), Ok(old));
    assert_eq!(client.disconnect_process_server(old), S_OK);
    assert!(list_ids(&client, other).is_ok());
}

#[test]
fn a_handle_belongs_to_the_engine_and_to_no_other() {
    let (lab, client) = build_lab(Profile::Contract);
    let server = connect(&client, BOX17).unwrap();
    let stranger = lab.engine().client();
    assert_eq!(stranger.disconnect_process_server(server), E_INVALIDARG);
    let mut second = None;
    assert_eq!(client.create_client(Some(&mut second)), S_OK);
    assert_eq!(second.unwrap().disconnect_process_server(server), S_OK);
}

#[test]
fn a_query_goes_to_the_servers_computer_and_zero_to_the_own_one() {
    let (lab, client) = build_lab(Profile::Contract);
    let here = lab.computer("WORKSTATION").add_process(r"C:\here.exe");
    let there = lab.computer("BOX17").add_process(r"C:\there.exe");
    let server = connect(&client, BOX17).unwrap();
    let by_name = |server, name| {
        let mut id = None;
        let flags = GetProcessFlags::empty();
        let hresult = client.get_running_process_system_id_by_executable_name(server, Some(name), flags, Some(&mut id));
        (hresult, id)
    };
    assert_eq!(by_name(server, "there.exe"), (S_OK, Some(there)));
    assert_eq!(by_name(server, "here.exe"), (E_NOINTERFACE, None));
    assert_eq!(by_name(0, "here.exe"), (S_OK, Some(here)));
    lab.computer("box17").change_process(there, |process| process.exe = r"C:\renamed.exe".to_owned());
    assert_eq!(by_name(server, "renamed.exe"), (S_OK, Some(there)));
    assert!(lab.computer("box17").end_process(there));
    assert_eq!(by_name(server, "renamed.exe"), (E_NOINTERFACE, None));
}

#[test]
fn a_stock_dbgsrv_leaves_when_it_is_ended() {
    for profile in PROFILES {
        let (_lab, client) = build_lab(profile);
        let server = connect(&client, BOX17).unwrap();
        assert_eq!(client.end_process_server(server), S_OK);
        assert_eq!(list_ids(&client, server), Err(RPC_E_CANTTRANSMIT_CALL));
        assert_eq!(connect(&client, BOX17), Err(WSAECONNREFUSED));
        assert_eq!(client.disconnect_process_server(server), S_OK);
    }
}

#[test]
fn a_host_of_ones_own_stays_until_it_is_killed() {
    for profile in PROFILES {
        let lab = Lab::new(profile);
        let host = lab.engine();
        assert_eq!(start_server(&host.client(), "tcp:port=5005"), S_OK);
        let client = lab.engine().client();
        let first = connect(&client, "tcp:port=5005,server=localhost").unwrap();
        let second = connect(&client, "tcp:port=5005,server=localhost").unwrap();
        assert_eq!(client.end_process_server(first), S_OK);
        assert_eq!(host.client().wait_for_process_server_end(INFINITE), S_OK);
        assert_eq!(list_ids(&client, first), Err(E_UNEXPECTED));
        assert!(list_ids(&client, second).is_ok());
        assert!(host.kill());
        assert_eq!(list_ids(&client, second), Err(RPC_E_CANTTRANSMIT_CALL));
    }
}

#[test]
fn every_transport_connects_what_belongs_together() {
    let pairs = [
        ("npipe:pipe=alpha", "npipe:server=box17,pipe=ALPHA", "npipe:server=box17,pipe=beta"),
        ("tcp:port=5010", "tcp:server=box17,port=5010", "tcp:server=box17,port=5011"),
        ("com:port=com2,baud=9600,channel=7", "com:port=2,baud=9600,channel=7", "com:port=2,baud=9600,channel=8"),
        (
            "spipe:proto=tls1,certuser=c,pipe=s",
            "spipe:proto=tls1,certuser=c,server=box17,pipe=s",
            "spipe:proto=tls1,certuser=c,server=box17,pipe=t",
        ),
        (
            "ssl:proto=tls1,machuser=c,port=5012",
            "ssl:proto=tls1,machuser=c,server=box17,port=5012",
            "tcp:server=box17,port=5012",
        ),
    ];
    for profile in PROFILES {
        for (offer, found, not_found) in pairs {
            let lab = Lab::new(profile);
            lab.computer("BOX17").dbgsrv(offer).unwrap();
            let client = lab.engine().client();
            assert!(connect(&client, found).is_ok(), "{offer} {found}");
            assert!(connect(&client, not_found).is_err(), "{offer} {not_found}");
        }
    }
}

#[test]
fn passwords_ports_and_kinds_of_server_are_told_apart() {
    let lab = Lab::new(Profile::Contract);
    let host = lab.engine().client();
    lab.computer("WORKSTATION").hold(Address::Tcp(6000));
    assert_eq!(start_server(&host, "tcp:port=6000"), WSAEADDRINUSE);
    assert_eq!(start_server(&host, "tcp:port=6000:6001,password=Secret"), S_OK);
    assert_eq!(start_server(&host, "tcp:port=6000:6001"), WSAEADDRINUSE);
    assert_eq!(host.start_server(Some("tcp:port=6002")), S_OK);
    let refused = Err(RPC_E_SERVER_DIED);
    assert_eq!(connect(&host, "tcp:server=localhost,port=6001,password=secret"), refused);
    assert_eq!(connect(&host, "tcp:server=localhost,port=6001"), refused);
    assert!(connect(&host, "tcp:server=localhost,port=6001,password=Secret").is_ok());
    assert_eq!(connect(&host, "tcp:server=localhost,port=6002"), refused);
    assert_eq!(connect(&host, "tcp:server=nowhere,port=6001"), Err(WSAHOST_NOT_FOUND));
    assert_eq!(connect(&host, "npipe:server=nowhere,pipe=alpha"), Err(ERROR_PATH_NOT_FOUND));
}

#[test]
fn a_hidden_server_is_reached_and_not_listed() {
    let lab = Lab::new(Profile::Contract);
    let computer = lab.computer("BOX17");
    let listed = computer.dbgsrv("npipe:pipe=AnotherPipe,password=x").unwrap();
    computer.dbgsrv("npipe:pipe=secret,hidden").unwrap();
    let expected = "Servers on \\\\BOX17:\nRemote Process Server - npipe:Pipe=AnotherPipe,Password=*\n";
    assert_eq!(computer.listing(ServersFlags::from(3)), expected);
    assert_eq!(computer.listing(ServersFlags::DEBUGGER), "Servers on \\\\BOX17:\n");
    assert!(connect(&lab.engine().client(), "npipe:server=box17,pipe=secret").is_ok());
    // What is gone is not listed either.
    assert!(listed.kill());
    assert_eq!(computer.listing(ServersFlags::from(3)), "Servers on \\\\BOX17:\n");
}

#[test]
fn a_wait_costs_virtual_time_alone() {
    let lab = Lab::new(Profile::Contract);
    let host = lab.engine().client();
    assert_eq!(host.wait_for_process_server_end(3_600_000), S_FALSE);
    assert_eq!(host.wait_for_process_server_end(1), S_FALSE);
    assert_eq!(lab.now(), 3_600_001);
}

#[test]
fn a_wait_in_real_time_takes_it() {
    let lab = Lab::new(Profile::Contract);
    lab.use_real_time();
    let before = std::time::Instant::now();
    assert_eq!(lab.engine().client().wait_for_process_server_end(20), S_FALSE);
    assert!(before.elapsed().as_millis() >= 20);
    assert_eq!(lab.now(), 0);
}

#[test]
fn a_wait_that_nobody_can_end_is_an_error_at_once() {
    let lab = Lab::new(Profile::Contract);
    assert_eq!(lab.engine().client().wait_for_process_server_end(INFINITE), ERROR_POSSIBLE_DEADLOCK);
    assert_eq!(lab.findings()[0].requirement, Some(Requirement::WaitNeedsAnEnd));
}

#[test]
fn a_wait_lasts_until_another_thread_ends_the_server() {
    let lab = Lab::new(Profile::Contract);
    let engine = lab.engine();
    let (ready, is_ready) = mpsc::channel();
    let host = thread::spawn(move || {
        let client = engine.client();
        assert_eq!(start_server(&client, "npipe:pipe=p"), S_OK);
        ready.send(()).unwrap();
        client.wait_for_process_server_end(INFINITE)
    });
    is_ready.recv().unwrap();
    let client = lab.engine().client();
    let server = connect(&client, "npipe:server=.,pipe=p").unwrap();
    assert_eq!(client.end_process_server(server), S_OK);
    assert_eq!(host.join().unwrap(), S_OK);
}

/// An engine that was handed to another thread does not belong to the waiting thread.
#[test]
fn a_wait_lasts_until_an_engine_that_was_handed_over_ends_the_server() {
    let lab = Lab::new(Profile::Contract);
    let host = lab.engine().client();
    assert_eq!(start_server(&host, "npipe:pipe=p"), S_OK);
    let ender = lab.engine();
    let (go, may_go) = mpsc::channel();
    let thread = thread::spawn(move || {
        may_go.recv().unwrap();
        let client = ender.client();
        let server = connect(&client, "npipe:server=.,pipe=p").unwrap();
        client.end_process_server(server)
    });
    go.send(()).unwrap();
    assert_eq!(host.wait_for_process_server_end(INFINITE), S_OK);
    assert_eq!(thread.join().unwrap(), S_OK);
}

#[test]
fn a_wait_on_a_thread_of_its_own_that_nobody_can_end_is_an_error_too() {
    let lab = Lab::new(Profile::Contract);
    let engine = lab.engine();
    drop(lab);
    let waited = thread::spawn(move || engine.client().wait_for_process_server_end(INFINITE)).join().unwrap();
    assert_eq!(waited, ERROR_POSSIBLE_DEADLOCK);
}

/// The last thread that waits sees that no other is left to end its wait. The others wait until it is gone.
#[test]
fn threads_that_all_wait_get_a_deadlock_error() {
    let lab = Lab::new(Profile::Contract);
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let engine = lab.engine();
            thread::spawn(move || {
                // Made here, so that this thread alone can act through it.
                let client = engine.client();
                drop(engine);
                client.wait_for_process_server_end(INFINITE)
            })
        })
        .collect();
    drop(lab);
    for thread in threads {
        assert_eq!(thread.join().unwrap(), ERROR_POSSIBLE_DEADLOCK);
    }
}

#[test]
fn another_thread_is_refused_by_the_contract_and_ignored_by_the_real_engine() {
    let (lab_of_contract, client) = build_lab(Profile::Contract);
    let server = connect(&client, BOX17).unwrap();
    thread::scope(|scope| {
        let refused = scope.spawn(|| client.disconnect_process_server(server)).join().unwrap();
        assert_eq!(refused, RPC_E_WRONG_THREAD);
    });
    assert_eq!(lab_of_contract.findings()[0].requirement, Some(Requirement::ClientOtherThreadIsRefused));
    assert!(list_ids(&client, server).is_ok());

    let (lab_of_dbgeng, client) = build_lab(Profile::Dbgeng);
    let server = connect(&client, BOX17).unwrap();
    thread::scope(|scope| {
        assert_eq!(scope.spawn(|| client.disconnect_process_server(server)).join().unwrap(), S_OK);
    });
    assert_eq!(lab_of_dbgeng.findings()[0].requirement, Some(Requirement::DisconnectOtherThreadClosesNothing));
    assert!(list_ids(&client, server).is_ok());
    assert_eq!(client.disconnect_process_server(server), S_OK);
}

/// VER-7: its objects have one table for all versions, where callers reach the methods that came later.
#[test]
fn a_version_1_client_of_the_real_engine_has_end_and_wait() {
    let (lab, _) = build_lab(Profile::Dbgeng);
    let engine = lab.engine();
    let mut first = None;
    assert_eq!(engine.debug_create(&Interface::DebugClient(1), Some(&mut first)), S_OK);
    let mut made = None;
    assert_eq!(first.as_ref().unwrap().create_client(Some(&mut made)), S_OK);
    for client in [first, made].into_iter().flatten() {
        let server = connect(&*client, BOX17).unwrap();
        assert!(client.wait_for_process_server_end(0).is_ok());
        assert_eq!(client.end_process_server(server), S_OK);
        lab.computer("BOX17").dbgsrv("tcp:port=5005").unwrap();
    }
}

#[test]
fn a_version_1_client_has_neither_end_nor_wait() {
    let (lab, _) = build_lab(Profile::Contract);
    let engine = lab.engine();
    let mut first = None;
    assert_eq!(engine.debug_create(&Interface::DebugClient(1), Some(&mut first)), S_OK);
    let first = first.unwrap();
    let server = connect(&*first, BOX17).unwrap();
    assert_eq!(first.end_process_server(server), E_NOTIMPL);
    assert_eq!(first.wait_for_process_server_end(0), E_NOTIMPL);
    let mut second = None;
    assert_eq!(first.query_interface(&Interface::DebugClient(2), Some(&mut second)), S_OK);
    assert_eq!(second.as_ref().unwrap().end_process_server(server), S_OK);
    assert_eq!(second.unwrap().release(), 1);
    assert_eq!(first.release(), 0);
}

#[test]
fn a_created_process_is_listed() {
    let (lab, client) = build_lab(Profile::Contract);
    let server = connect(&client, BOX17).unwrap();
    let before = list_ids(&client, server).unwrap();
    let debug = CreateFlags::DEBUG_ONLY_THIS_PROCESS;
    assert_eq!(client.create_process(server, Some("tool.exe"), debug), ERROR_FILE_NOT_FOUND);
    lab.computer("box17").install("tool.exe");
    assert_eq!(client.create_process(server, Some("tool.exe -v"), debug), S_OK);
    let after = list_ids(&client, server).unwrap();
    assert_eq!(after[..before.len()], before);
    let mut text = None;
    let everything = DescriptionFlags::empty();
    let new = *after.last().unwrap();
    let hresult =
        client.get_running_process_description(server, new, everything, None, 0, None, Some(&mut text), 256, None);
    assert_eq!((hresult, text.as_deref()), (S_OK, Some(r"Session: 1  User: BOX17\user  Command Line: tool.exe -v")));
}

#[test]
fn a_null_pointer_is_refused_and_noticed() {
    for profile in PROFILES {
        let (lab, client) = build_lab(profile);
        assert_eq!(client.connect_process_server(None, Some(&mut None)), E_INVALIDARG);
        assert_eq!(client.connect_process_server(Some(BOX17), None), E_INVALIDARG);
        assert_eq!(client.start_process_server(2, None, 0), E_INVALIDARG);
        assert_eq!(client.create_process(0, None, CreateFlags::empty()), E_INVALIDARG);
        let broken: Vec<Requirement> = lab.findings().iter().filter_map(|finding| finding.requirement).collect();
        assert_eq!(broken, [Requirement::PointerNullIsRefused; 4]);
    }
}

#[test]
fn a_lab_is_used_by_many_threads_at_once() {
    fn sendable<T: Send + Sync>(_: &T) {}
    let (lab, client) = build_lab(Profile::Contract);
    sendable(&lab);
    sendable(&client);
    let opened: usize = thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let engine = lab.engine();
                scope.spawn(move || {
                    let client = engine.client();
                    (0..200)
                        .filter(|_| {
                            let server = connect(&client, BOX17).unwrap();
                            client.disconnect_process_server(server).is_ok()
                        })
                        .count()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(opened, 1_600);
    assert_eq!(lab.findings(), []);
}

/// The script gives the first values. After it, each handle is a distinct address.
#[test]
fn scripted_handles_name_one_connection_each() {
    let lab = Lab::new(Profile::Dbgeng);
    lab.computer("BOX17").dbgsrv("tcp:port=5005").unwrap();
    let engine = lab.engine();
    let client = engine.client();
    engine.script_handles([10, 10]);
    assert_eq!(connect(&client, BOX17), Ok(10));
    assert_eq!(client.disconnect_process_server(10), S_OK);
    assert_eq!(connect(&client, BOX17), Ok(10));
    let other = connect(&client, BOX17).unwrap();
    assert_ne!(other, 10);
    let left: Vec<_> = lab.leftovers().iter().map(|left| left.handle).collect();
    assert_eq!(left, [Some(10), Some(other)]);
    assert_eq!(client.disconnect_process_server(10), S_OK);
    assert!(client.disconnect_process_server(10).is_err());
    assert!(list_ids(&client, other).is_ok());
}
