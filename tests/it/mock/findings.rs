//! The misuses that a lab notices, and the places that it reports.

use std::collections::BTreeSet;
use std::panic::Location;

use dbgeng_testkit::flags::{AttachFlags, Class, EndSessionFlags};
use dbgeng_testkit::mock::{Fault, Finding, Misuse};
use dbgeng_testkit::{Engine, OpenConnection};

use super::*;

/// Connects, and returns the handle and the line of the caller.
#[track_caller]
fn connected(client: &LabClient) -> (u64, u32) {
    let mut server = None;
    assert_eq!(client.connect_process_server(Some(BOX17), Some(&mut server)), S_OK);
    (server.unwrap(), Location::caller().line())
}

fn line(site: Option<&'static Location<'static>>) -> Option<u32> {
    assert!(site.is_none_or(|site| site.file() == file!()), "{site:?}");
    site.map(Location::line)
}

fn misuses(lab: &Lab) -> Vec<Misuse> {
    lab.findings().iter().map(|finding| finding.misuse).collect()
}

#[test]
fn a_misuse_says_where_the_handle_was_connected_disconnected_and_used() {
    for profile in PROFILES {
        let (lab, client) = build_lab(profile);
        let mut server = None;
        let _ = client.connect_process_server(Some(BOX17), Some(&mut server));
        let connected_at = line!() - 1;
        let server = server.unwrap();
        let _ = client.disconnect_process_server(server);
        let disconnected_at = line!() - 1;
        let _ = client.disconnect_process_server(server);
        let _ = client.get_running_process_system_ids(server, None, 0, None);
        let used_at = line!() - 1;

        let findings = lab.findings();
        assert_eq!(misuses(&lab), [Misuse::DoubleDisconnect, Misuse::UseAfterDisconnect]);
        for (finding, called_at) in findings.iter().zip([used_at - 1, used_at]) {
            assert_eq!(line(finding.call_site), Some(called_at));
            assert_eq!(line(finding.connected_at), Some(connected_at));
            assert_eq!(line(finding.disconnected_at), Some(disconnected_at));
            assert!(finding.to_string().contains(&format!("called at {}:{called_at}:", file!())), "{finding}");
        }
    }
}

#[test]
fn through_a_dyn_client_object_nobody_knows_the_place() {
    let (lab, client) = build_lab(Profile::Contract);
    let client: &dyn DebugClient = &client;
    assert_eq!(client.disconnect_process_server(0), E_INVALIDARG);
    let Finding { misuse, call_site, .. } = lab.findings().remove(0);
    assert_eq!((misuse, call_site), (Misuse::ZeroHandle, None));
}

#[test]
fn a_guard_hands_on_who_called_it() {
    let (lab, client) = build_lab(Profile::Contract);
    let connection = OpenConnection::connect(&client, BOX17, |_| {}).unwrap();
    let connected_at = line!() - 1;
    let _handle = connection.into_handle();
    assert_eq!(line(lab.leftovers()[0].connected_at), Some(connected_at));
}

#[test]
fn zero_is_suspicious_once_the_last_connection_is_closed() {
    let (lab, client) = build_lab(Profile::Contract);
    assert!(list_ids(&client, 0).is_ok());
    let [one, two] = [connect(&client, BOX17).unwrap(), connect(&client, BOX17).unwrap()];
    assert_eq!(client.disconnect_process_server(one), S_OK);
    assert!(list_ids(&client, 0).is_ok());
    assert_eq!(misuses(&lab), []);
    assert_eq!(client.disconnect_process_server(two), S_OK);
    assert!(list_ids(&client, 0).is_ok());
    assert_eq!(misuses(&lab), [Misuse::ZeroAfterLastDisconnect]);
    lab.permit(Misuse::ZeroAfterLastDisconnect);
    assert!(list_ids(&client, 0).is_ok());
    assert_eq!(lab.finding_count(), 1);
}

#[test]
fn what_is_left_open_is_left_over_until_it_is_closed_or_gone() {
    for profile in PROFILES {
        let (lab, client) = build_lab(profile);
        let (server, connected_at) = connected(&client);
        assert_eq!(start_server(&client, "tcp:port=6000"), S_OK);
        let left: Vec<_> = lab.leftovers().iter().map(|left| (left.misuse, left.handle)).collect();
        assert_eq!(left, [(Misuse::LeakedHandle, Some(server)), (Misuse::ServerLeftRunning, None)]);
        assert_eq!(line(lab.leftovers()[0].connected_at), Some(connected_at));
        let panic = std::panic::catch_unwind(|| lab.assert_clean()).unwrap_err();
        let text = panic.downcast::<String>().unwrap();
        assert!(text.contains("never disconnected") && text.contains(&format!("{server:#x}")), "{text}");

        let own = connect(&client, "tcp:server=localhost,port=6000").unwrap();
        assert_eq!(client.end_process_server(own), S_OK);
        assert_eq!(client.disconnect_process_server(own), S_OK);
        assert_eq!(client.disconnect_process_server(server), S_OK);
        lab.assert_clean();
    }
    let lab = Lab::new(Profile::Contract);
    let engine = lab.engine();
    let client = engine.client();
    assert_eq!(start_server(&client, "tcp:port=6000"), S_OK);
    assert!(connect(&client, "tcp:server=localhost,port=6000").is_ok());
    assert!(engine.kill());
    lab.assert_clean();
}

#[test]
fn a_failed_disconnect_that_nobody_cared_about_is_left_over_as_such() {
    let (lab, client) = build_lab(Profile::Contract);
    let server = connect(&client, BOX17).unwrap();
    let fault = lab.fault(Fault::fail(E_FAIL).of(Method::DisconnectProcessServer));
    assert_eq!(client.disconnect_process_server(server), E_FAIL);
    let failed = line!() - 1;
    let left = &lab.leftovers()[0];
    assert_eq!((left.misuse, line(left.earlier_call)), (Misuse::FailedDisconnect, Some(failed)));
    drop(fault);
    assert_eq!(client.disconnect_process_server(server), S_OK);
    lab.assert_clean();
}

#[test]
fn a_name_that_was_cut_off_is_recognised() {
    let (lab, client) = build_lab(Profile::Contract);
    let computer = lab.computer("WORKSTATION");
    let game = computer.add_process(r"C:\game\a name that is rather long.exe");
    let describe = |size| {
        let mut name = None;
        let flags = DescriptionFlags::NO_PATHS;
        let hresult =
            client.get_running_process_description(0, game, flags, Some(&mut name), size, None, None, 0, None);
        (hresult, name.unwrap())
    };
    let find =
        |name: &str| client.get_running_process_system_id_by_executable_name(0, Some(name), 0.into(), Some(&mut None));
    let (hresult, whole) = describe(64);
    assert_eq!((hresult, find(&whole)), (S_OK, S_OK));
    assert_eq!(misuses(&lab), []);
    let (hresult, part) = describe(8);
    assert_eq!((hresult, part.as_str()), (S_FALSE, "a name "));
    assert_eq!(find("a name that is"), E_NOINTERFACE);
    assert_eq!(misuses(&lab), []);
    assert_eq!(find(&part), E_NOINTERFACE);
    assert_eq!(misuses(&lab), [Misuse::CutOffName]);
}

#[test]
fn a_program_whose_name_was_cut_off_is_recognised() {
    let (lab, client) = build_lab(Profile::Contract);
    let game = lab.computer("WORKSTATION").add_process("long-name.exe");
    let mut name = None;
    let flags = DescriptionFlags::NO_PATHS;
    let hresult = client.get_running_process_description(0, game, flags, Some(&mut name), 5, None, None, 0, None);
    assert_eq!((hresult, name.as_deref()), (S_FALSE, Some("long")));
    let create = |line| client.create_process(0, Some(line), CreateFlags::DEBUG_ONLY_THIS_PROCESS);
    assert_eq!((create("long-name.exe"), create("lon")), (S_OK, ERROR_FILE_NOT_FOUND));
    assert_eq!(misuses(&lab), []);
    assert_eq!(create("long"), ERROR_FILE_NOT_FOUND);
    assert_eq!(misuses(&lab), [Misuse::CutOffName]);
    let debug = CreateFlags::DEBUG_ONLY_THIS_PROCESS;
    let attached = |line| client.create_process_and_attach(0, Some(line), debug, game, AttachFlags::empty());
    assert_eq!((attached("long-name.exe"), attached("lon")), (S_OK, ERROR_FILE_NOT_FOUND));
    assert_eq!(attached("long"), ERROR_FILE_NOT_FOUND);
    assert_eq!(misuses(&lab), [Misuse::CutOffName; 2]);
}

/// CLI-20, WILD-9.
#[test]
fn the_end_of_a_session_ends_what_is_debugged_unless_it_is_detached_from() {
    let ends = [
        (EndSessionFlags::PASSIVE, true, vec![Misuse::EndsTargets]),
        (EndSessionFlags::ACTIVE_TERMINATE, true, vec![Misuse::EndsTargets]),
        (EndSessionFlags::ACTIVE_DETACH, false, vec![]),
    ];
    for (flags, is_ended, noticed) in ends {
        let lab = Lab::new(Profile::Contract);
        let computer = lab.computer("WORKSTATION");
        let [debugged, looked_at] = ["game.exe", "tool.exe"].map(|exe| computer.add_process(exe));
        let client = lab.engine().client();
        assert_eq!(client.attach_process(0, debugged, AttachFlags::empty()), S_OK);
        assert_eq!(client.attach_process(0, looked_at, AttachFlags::NONINVASIVE), S_OK);
        assert_eq!(client.end_session(flags), S_OK);
        let running = list_ids(&client, 0).unwrap();
        assert_eq!((!running.contains(&debugged), running.contains(&looked_at)), (is_ended, true), "{flags:?}");
        assert_eq!(misuses(&lab), noticed);
    }
}

/// OBS-84: what is debugged ends with its debugger; what is looked at does not.
#[test]
fn a_target_goes_with_its_debugger() {
    for profile in [Profile::Contract, Profile::Dbgeng] {
        let lab = Lab::new(profile);
        let computer = lab.computer("WORKSTATION");
        let host = computer.dbgsrv("tcp:port=7001").unwrap();
        let [local, remote, looked_at] = ["a.exe", "b.exe", "c.exe"].map(|exe| computer.add_process(exe));
        let (engine, observer) = (lab.engine(), lab.engine().client());
        let client = engine.client();
        let server = connect(&client, "tcp:server=localhost,port=7001").unwrap();
        assert_eq!(client.attach_process(0, local, AttachFlags::empty()), S_OK);
        assert_eq!(client.attach_process(server, remote, AttachFlags::empty()), S_OK);
        assert_eq!(client.attach_process(0, looked_at, AttachFlags::NONINVASIVE), S_OK);
        let running = || list_ids(&observer, 0).unwrap();
        // A process has one debugger, whom others can join (OBS-83).
        assert_eq!(observer.attach_process(0, remote, AttachFlags::empty()), STATUS_ACCESS_DENIED);
        assert_eq!(observer.attach_process(0, looked_at, AttachFlags::EXISTING), STATUS_PORT_NOT_SET);
        assert_eq!(observer.attach_process(0, remote, AttachFlags::EXISTING), S_OK);
        // OBS-211: the engine debugs something now.
        let joined_before = if profile == Profile::Contract { STATUS_PORT_NOT_SET } else { E_UNEXPECTED };
        assert_eq!(observer.attach_process(0, looked_at, AttachFlags::EXISTING), joined_before);
        host.kill();
        assert_eq!((running().contains(&local), running().contains(&remote)), (true, false));
        engine.kill();
        assert_eq!((running().contains(&local), running().contains(&looked_at)), (false, true));
    }
}

/// OBS-70, OBS-71: a session belongs to the engine, a connection to a thread.
#[test]
fn the_session_of_the_real_engine_closes_or_loses_what_another_thread_connected() {
    let lab = Lab::new(Profile::Dbgeng);
    lab.computer("WORKSTATION").dbgsrv("tcp:port=7001").unwrap();
    let engine = lab.engine();
    let client = engine.client();
    let elsewhere = |server| {
        let attach = || engine.client().attach_process(server, 1, AttachFlags::NONINVASIVE);
        thread::scope(|scope| scope.spawn(attach).join().unwrap())
    };
    let server = connect(&client, "tcp:server=localhost,port=7001").unwrap();
    assert_eq!(elsewhere(server), S_OK);
    assert_eq!(client.end_session(EndSessionFlags::ACTIVE_DETACH), S_OK);
    assert_eq!(list_ids(&client, server), Err(E_INVALIDARG));
    assert_eq!(misuses(&lab), [Misuse::UseAfterDisconnect]);

    let server = connect(&client, "tcp:server=localhost,port=7001").unwrap();
    assert_eq!(elsewhere(server), S_OK);
    assert_eq!(client.disconnect_process_server(server), S_OK);
    assert_eq!(client.end_session(EndSessionFlags::REENTRANT), S_OK);
    assert!(client.end_session(EndSessionFlags::PASSIVE).is_err());
    assert_eq!(misuses(&lab), [Misuse::UseAfterDisconnect, Misuse::LostConnection]);
}

/// A target is a leftover until the session detaches from it.
#[test]
fn a_target_that_is_still_attached_is_left_over() {
    let lab = Lab::new(Profile::Contract);
    let computer = lab.computer("WORKSTATION");
    let game = computer.add_process("game.exe");
    let client = lab.engine().client();
    assert_eq!(client.attach_process(0, game, AttachFlags::empty()), S_OK);
    let left = lab.leftovers();
    let is_target = |left: &Finding| (left.misuse, left.process_id) == (Misuse::TargetLeftAttached, Some(game));
    assert!(left.len() == 1 && is_target(&left[0]), "{left:?}");
    let noninvasive = AttachFlags::NONINVASIVE | AttachFlags::NONINVASIVE_NO_SUSPEND;
    assert_eq!(client.attach_process(0, game, noninvasive), S_OK);
    let ways = ["DEBUG_ATTACH_DEFAULT", "DEBUG_ATTACH_NONINVASIVE | DEBUG_ATTACH_NONINVASIVE_NO_SUSPEND"];
    for (left, way) in lab.leftovers().iter().zip(ways) {
        let expected = format!("client: AttachProcess of process {game} by {way}: still attached");
        assert!(left.to_string().starts_with(&expected), "{left}");
    }
    assert_eq!(client.end_session(EndSessionFlags::ACTIVE_DETACH), S_OK);
    lab.assert_clean();
    assert_eq!(client.create_process(0, Some("notepad.exe"), CreateFlags::DEBUG_PROCESS), S_OK);
    lab.permit(Misuse::TargetLeftAttached);
    lab.assert_clean();
}

/// CLI-20: only the client object of a remote engine has something to disconnect from.
#[test]
fn the_end_of_a_session_leaves_a_local_client_object_usable() {
    let lab = Lab::new(Profile::Contract);
    lab.computer("WORKSTATION").dbgsrv("tcp:port=7001").unwrap();
    let client = lab.engine().client();
    let server = connect(&client, "tcp:server=localhost,port=7001").unwrap();
    assert_eq!(client.end_session(EndSessionFlags::DISCONNECT), E_INVALIDARG);
    assert_eq!(client.disconnect_process_server(server), S_OK);
    lab.assert_clean();
}

#[test]
fn what_is_looked_at_or_gone_is_not_ended_with_a_session() {
    let lab = Lab::new(Profile::Contract);
    let computer = lab.computer("WORKSTATION");
    let [looked_at, gone] = ["tool.exe", "game.exe"].map(|exe| computer.add_process(exe));
    let client = lab.engine().client();
    let noninvasive = AttachFlags::NONINVASIVE;
    assert_eq!(client.create_process_and_attach(0, None, 0.into(), looked_at, noninvasive), S_OK);
    assert_eq!(client.attach_process(0, gone, AttachFlags::empty()), S_OK);
    assert!(computer.end_process(gone));
    assert_eq!(client.end_session(EndSessionFlags::PASSIVE), S_OK);
    assert!(list_ids(&client, 0).unwrap().contains(&looked_at));
    assert_eq!(misuses(&lab), []);
    // Both halves of a create and attach are debugged.
    let attached = computer.add_process("other.exe");
    let line = Some("notepad.exe");
    let debug = CreateFlags::DEBUG_ONLY_THIS_PROCESS;
    assert_eq!(client.create_process_and_attach(0, line, debug, attached, AttachFlags::empty()), S_OK);
    let before = list_ids(&client, 0).unwrap().len();
    assert_eq!(client.end_session(EndSessionFlags::ACTIVE_TERMINATE), S_OK);
    assert_eq!(list_ids(&client, 0).unwrap().len(), before - 2);
}

#[test]
fn a_debugging_server_and_an_ended_one_are_not_left_over() {
    let lab = Lab::new(Profile::Contract);
    let client = lab.engine().client();
    assert_eq!(client.start_server(Some("tcp:port=6000")), S_OK);
    lab.assert_clean();
    let class = Class::USER_WINDOWS.bits();
    assert_eq!(client.start_process_server(class, Some("tcp:port=6001"), 0), S_OK);
    assert_eq!(client.start_process_server(class, Some("tcp:port=6002"), 0), S_OK);
    let started_at = line!() - 1;
    let server = connect(&client, "tcp:server=localhost,port=6001").unwrap();
    assert_eq!(client.end_process_server(server), S_OK);
    assert_eq!(client.disconnect_process_server(server), S_OK);
    let left = lab.leftovers();
    let servers: Vec<_> = left.iter().map(|left| left.server.as_deref().unwrap()).collect();
    assert_eq!(servers, ["tcp:port=6002 on WORKSTATION"]);
    assert_eq!(line(left[0].call_site), Some(started_at));
}

#[test]
fn threads_have_their_numbers_whether_there_is_a_journal_or_not() {
    for kept in [0, 100] {
        let lab = Lab::new(Profile::Contract);
        lab.keep_journal(kept);
        let engine = lab.engine();
        let client = engine.client();
        assert_eq!(client.wait_for_process_server_end(0), S_FALSE);
        let refused = thread::spawn(move || engine.client().disconnect_process_server(0)).join().unwrap();
        assert_eq!(refused, E_INVALIDARG);
        assert_eq!(lab.findings()[0].thread, 1);
    }
}

/// A tool that is generic over client objects takes any pointer to one.
#[test]
fn what_points_to_a_client_object_is_one() {
    fn tool<C: DebugClient>(client: C) -> HRESULT {
        client.disconnect_process_server(0)
    }
    let (lab, client) = build_lab(Profile::Contract);
    let boxed: Box<dyn DebugClient> = Box::new(lab.engine().client());
    assert_eq!([tool(&client), tool(&boxed), tool(boxed), tool(client)], [E_INVALIDARG; 4]);
    let sites: Vec<bool> = lab.findings().iter().map(|finding| line(finding.call_site).is_some()).collect();
    assert_eq!(sites, [true, false, false, true]);
    assert_eq!(Box::new(Box::new(lab.engine().client())).release(), 0);
}

/// A later connect, look-up, list or wait has settled is no longer held against the caller.
#[test]
fn a_caller_that_has_asked_again_is_not_suspected() {
    for profile in PROFILES {
        let (lab, _) = build_lab(profile);
        let engine = lab.engine();
        let client = engine.client();
        let games = ["game.exe"; 2].map(|exe| lab.computer("WORKSTATION").add_process(exe));
        let find = |flags| {
            let mut id = None;
            let found =
                client.get_running_process_system_id_by_executable_name(0, Some("game.exe"), flags, Some(&mut id));
            (found, id)
        };
        let attach = || client.attach_process(0, games[0], AttachFlags::NONINVASIVE);
        let only = GetProcessFlags::ONLY_MATCH;
        let describe = || {
            let flags = DescriptionFlags::empty();
            client.get_running_process_description(0, games[0], flags, None, 0, Some(&mut None), None, 0, None)
        };
        for ask in [&|| list_ids(&client, 0).is_ok(), &|| describe().is_ok(), &|| find(0.into()).0 == S_OK]
            as [&dyn Fn() -> bool; 3]
        {
            assert_eq!(find(only), (S_FALSE, Some(games[0])));
            assert!(ask());
            assert_eq!(attach(), S_OK);
        }
        assert_eq!(misuses(&lab), []);
        // Neither a count nor a name tells the process from the other one.
        let no_paths = DescriptionFlags::NO_PATHS;
        let (mut count, mut size) = (None, None);
        assert_eq!(find(only).0, S_FALSE);
        assert_eq!(client.get_running_process_system_ids(0, None, 0, Some(&mut count)), S_OK);
        let named =
            client.get_running_process_description(0, games[0], no_paths, None, 0, Some(&mut size), None, 0, None);
        assert_eq!((named, attach(), attach()), (S_OK, S_OK, S_OK));
        assert_eq!(misuses(&lab), [Misuse::AmbiguousMatch]);
        assert_eq!(lab.findings()[0].process_id, Some(games[0]));
        assert_eq!(client.end_session(EndSessionFlags::ACTIVE_DETACH), S_OK);

        assert!(connect(&client, "tcp:server=box17,port=1").is_err());
        let server = connect(&client, BOX17).unwrap();
        assert!(list_ids(&client, 0).is_ok());
        assert_eq!(client.disconnect_process_server(server), S_OK);
        assert_eq!(misuses(&lab), [Misuse::AmbiguousMatch]);
        // Another client object of the same thread is suspected too, one of another thread is not.
        assert!(connect(&client, "tcp:server=box17,port=1").is_err());
        lab.permit(Misuse::ZeroAfterLastDisconnect);
        let list = || {
            let mut other = None;
            assert_eq!(engine.debug_create(&Interface::NEWEST, Some(&mut other)), S_OK);
            assert!(list_ids(&other.unwrap(), 0).is_ok());
        };
        thread::scope(|scope| scope.spawn(list).join().unwrap());
        assert_eq!(misuses(&lab), [Misuse::AmbiguousMatch]);
        list();
        assert_eq!(misuses(&lab), [Misuse::AmbiguousMatch, Misuse::ZeroAfterFailedConnect]);
    }
}

/// A process that the engine has created and then attached to is its own.
#[test]
fn the_end_of_a_session_may_end_what_the_engine_has_created() {
    let lab = Lab::new(Profile::Contract);
    let client = lab.engine().client();
    assert_eq!(client.create_process(0, Some("notepad.exe"), 0.into()), S_OK);
    let created = *list_ids(&client, 0).unwrap().last().unwrap();
    assert_eq!(client.attach_process(0, created, AttachFlags::empty()), S_OK);
    assert_eq!(client.end_session(EndSessionFlags::ACTIVE_TERMINATE), S_OK);
    assert_eq!((misuses(&lab), list_ids(&client, 0).unwrap().contains(&created)), (vec![], false));
}

#[test]
fn a_client_object_is_left_over_only_on_request() {
    let lab = Lab::new(Profile::Contract);
    let client = lab.engine().client();
    let made_at = line!() - 1;
    let mut second = None;
    assert_eq!(client.create_client(Some(&mut second)), S_OK);
    assert_eq!(lab.leftovers(), []);
    lab.forbid(Misuse::UnreleasedClient);
    let left = lab.leftovers();
    assert_eq!((left.len(), left[0].misuse, line(left[0].call_site)), (2, Misuse::UnreleasedClient, Some(made_at)));
    assert!(left[1].to_string().starts_with("client, client object 1: DebugCreate: "), "{}", left[1]);
    drop(second);
    assert_eq!(lab.leftovers().len(), 1);
    lab.permit(Misuse::UnreleasedClient);
    assert_eq!(lab.leftovers(), []);
}

/// A run can be repeated, and two labs at the same time are told apart.
#[test]
fn handles_differ_between_engines_and_between_labs_of_one_thread() {
    for profile in PROFILES {
        let issued = || {
            let labs = [build_lab(profile), build_lab(profile)];
            let handles = labs.each_ref().map(|(lab, client)| {
                let other = lab.engine().client();
                [connect(client, BOX17), connect(&other, BOX17), connect(client, BOX17)].map(Result::unwrap)
            });
            let known: Vec<u64> = handles.concat();
            assert_eq!(known.iter().collect::<BTreeSet<_>>().len(), 6, "{known:x?}");
            let (lab, client) = &labs[0];
            for stranger in [handles[0][1], handles[1][0]] {
                assert_eq!(client.disconnect_process_server(stranger), E_INVALIDARG);
            }
            assert_eq!(client.disconnect_process_server(0xdead_beef_dead_beef), E_INVALIDARG);
            assert_eq!(misuses(lab), [Misuse::OtherEngine, Misuse::OtherEngine, Misuse::UnknownHandle]);
            known
        };
        assert_eq!(issued(), issued());
    }
}

/// The page that shows how to do it right is named by each finding, and once by the complaint.
#[test]
fn a_finding_names_the_page_that_shows_how_to_do_it_right() {
    let (lab, client) = build_lab(Profile::Contract);
    let refused = thread::scope(|scope| scope.spawn(|| list_ids(&client, 0)).join().unwrap());
    assert_eq!(refused, Err(RPC_E_WRONG_THREAD));
    let advice = "dbgeng_testkit::mock::cookbook::threads shows a caller that does it right";
    assert!(lab.findings()[0].to_string().ends_with(&format!("\n    {advice}")));
    assert!(lab.complaint().unwrap().ends_with(&format!("\n{advice}")));
    let index = include_str!("../../../src/mock/cookbook.rs");
    for page in Misuse::ALL.iter().filter_map(|misuse| misuse.page()) {
        assert!(index.contains(&format!("    {page} = ")) || index.contains(&format!("pub mod {page} ")), "{page}");
    }
}
