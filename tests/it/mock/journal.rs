//! The journal of a lab.

use dbgeng_testkit::AnswerCall;
use dbgeng_testkit::conformance::{Generator, Program, check, execute};
use dbgeng_testkit::mock::{Fault, Happening};
use dbgeng_testkit::replay::replay;

use super::*;

fn story(profile: Profile) -> Lab {
    let lab = Lab::new(profile);
    let host = lab.computer("BOX17").dbgsrv("tcp:port=5005").unwrap();
    let (one, two) = (lab.engine().client(), lab.engine().client());
    let server = connect(&one, BOX17).unwrap();
    let other = connect(&two, BOX17).unwrap();
    assert!(list_ids(&one, server).is_ok());
    assert_eq!(one.disconnect_process_server(server), S_OK);
    assert!(one.disconnect_process_server(server).is_err());
    lab.at_call(1, Happening::host_dies(&host));
    assert!(list_ids(&two, other).is_err());
    lab
}

#[test]
fn a_journal_is_a_snapshot() {
    let lab = story(Profile::Contract);
    insta::assert_snapshot!("journal", lab.journal());
    insta::assert_snapshot!("journal-mermaid", lab.journal().mermaid());
    // The values of handles are not in it.
    assert_eq!(story(Profile::Dbgeng).journal().to_string(), lab.journal().to_string());
}

#[test]
fn a_journal_is_a_trace_that_holds_and_can_be_replayed() {
    for profile in PROFILES {
        let trace = story(profile).journal().trace();
        let checked = check(profile, "journal", trace.as_bytes()).unwrap();
        assert_eq!(checked.broken, [], "{trace}");
        assert_eq!(replay(profile, "journal", trace.as_bytes()).unwrap().differences, [], "{trace}");
    }
}

/// The end of a server is in the journal before that of its host.
#[test]
fn the_journal_of_an_end_is_a_trace_that_holds() {
    for profile in PROFILES {
        let lab = Lab::new(profile);
        lab.computer("WORKSTATION").dbgsrv("tcp:port=5005").unwrap();
        let client = lab.engine().client();
        let server = connect(&client, "tcp:server=localhost,port=5005").unwrap();
        let mut made = None;
        assert_eq!(client.create_client(Some(&mut made)), S_OK);
        assert_eq!(client.end_process_server(server), S_OK);
        assert_eq!(list_ids(&client, server), Err(RPC_E_CANTTRANSMIT_CALL));
        let text = lab.journal().to_string();
        assert!(text.contains("CreateClient() -> S_OK, Client=1\n"), "{text}");
        let (_, end) = text.split_once("EndProcessServer").unwrap();
        assert!(end.contains("server: is killed\n"), "{text}");
        let trace = lab.journal().trace();
        assert_eq!(check(profile, "journal", trace.as_bytes()).unwrap().broken, [], "{trace}");
        assert_eq!(replay(profile, "journal", trace.as_bytes()).unwrap().differences, [], "{trace}");
    }
}

/// Two computers run different processes, and the test changes them while the calls go on.
fn story_of_two_computers(profile: Profile) -> Lab {
    let lab = Lab::new(profile);
    let (here, there) = (lab.computer("WORKSTATION"), lab.computer("BOX17"));
    there.add_process(r"C:\own.exe");
    there.add_process(r"C:\own.exe");
    there.dbgsrv("tcp:port=5005").unwrap();
    let client = lab.engine().client();
    let server = connect(&client, BOX17).unwrap();
    for handle in [server, 0] {
        assert_eq!(list_ids(&client, handle).unwrap().len(), if handle == 0 { 4 } else { 6 });
    }
    let id = there.add_process(r"C:\later.exe");
    assert!(list_ids(&client, server).unwrap().contains(&id));
    assert!(there.end_process(id));
    there.add_name("BOX18");
    assert!(connect(&client, "tcp:server=box18,port=5005").is_ok());
    lab.at_call(1, Happening::process_starts(&here, r"C:\due.exe"));
    assert_eq!(list_ids(&client, 0).unwrap().len(), 5);
    assert_eq!(list_ids(&client, server).unwrap().len(), 6);
    lab
}

#[test]
fn a_journal_states_each_computer_and_what_changes_on_it() {
    for profile in PROFILES {
        let journal = story_of_two_computers(profile).journal();
        let trace = journal.trace();
        assert_eq!(trace.matches("\"event\": \"Computer\"").count(), 5, "{trace}");
        assert!(!journal.to_string().contains("Computer"), "{journal}");
        assert_eq!(check(profile, "journal", trace.as_bytes()).unwrap().broken, [], "{trace}");
        assert_eq!(replay(profile, "journal", trace.as_bytes()).unwrap().differences, [], "{trace}");
        // A list of the wrong computer is noticed.
        let lines: Vec<&str> = trace.lines().collect();
        let is_list = |line: &&str| line.contains("GetRunningProcessSystemIds") && line.contains("\"0x0\"");
        let own = lines.iter().rposition(is_list).unwrap();
        let (call, _) = lines[own].split_once("\"out\"").unwrap();
        let (_, remote) = lines[own + 1].split_once("\"out\"").unwrap();
        let wrong = [lines[..own].join("\n"), [call, "\"out\"", remote].concat()].join("\n");
        let broken = check(profile, "journal", wrong.as_bytes()).unwrap().broken;
        assert_eq!(broken[0].violation.requirement, Requirement::IdsListsTheComputer, "{wrong}");
    }
}

/// The facts that were stated before the kept events still hold.
#[test]
fn a_journal_that_is_cut_keeps_what_it_stated_last() {
    let lab = story_of_two_computers(Profile::Contract);
    lab.keep_journal(1);
    let trace = lab.journal().trace();
    assert!(trace.contains("due.exe") && trace.contains("BOX18"), "{trace}");
    assert_eq!(check(Profile::Contract, "journal", trace.as_bytes()).unwrap().broken, [], "{trace}");
}

/// No client object has such a method, so it answers the call without the lab.
#[test]
fn a_method_that_no_client_object_has_takes_no_place_in_the_journal() {
    let (lab, client) = build_lab(Profile::Contract);
    lab.keep_journal(2);
    let server = connect(&client, BOX17).unwrap();
    assert_eq!(client.disconnect_process_server(server), S_OK);
    let other = Call::OtherMethod { method: "SetOutputWidth", arguments: "" };
    assert_eq!(client.0.answer(&other).hresult(), Some(E_NOTIMPL));
    assert_eq!(lab.journal().events().len(), 2, "{}", lab.journal());
}

#[test]
fn a_journal_ends_with_the_last_calls() {
    let (lab, client) = build_lab(Profile::Contract);
    lab.keep_journal(2);
    for timeout in 1..=3 {
        assert_eq!(client.wait_for_process_server_end(timeout), S_FALSE);
    }
    let journal = lab.journal();
    assert_eq!((journal.events().len(), journal.left_out()), (2, 4));
    assert!(journal.to_string().starts_with("(4 before that are left out)\nclient: Wait"), "{journal}");
    lab.keep_journal(0);
    assert_eq!(client.wait_for_process_server_end(1), S_FALSE);
    assert_eq!((lab.journal().events().len(), lab.journal().left_out()), (0, 7));
}

fn run(seed: u64) -> String {
    let lab = Lab::new(Profile::Contract);
    let _fault = lab.fault(Fault::fail(E_FAIL).with_probability(0.1, seed));
    let program = Generator::new(seed, 20).program().to_json();
    // Ports and pipes are bound anew in each run. These ports stand for themselves, and these pipes are no pipes.
    let program = program.replace("port=70", "port=50").replace("0x1b", "0x13").replace("pipe=", "pipes=");
    let program = Program::from_json(&program).unwrap();
    execute(&program, Box::new(lab.engine()), Profile::Contract, false);
    lab.journal().trace()
}

/// The same seed gives the same journal, byte for byte.
#[test]
fn a_thousand_runs_of_a_seed_are_one() {
    let first = run(2);
    assert!(first.lines().count() > 10, "{first}");
    assert_ne!(first, run(3));
    for _ in 0..1_000 {
        assert_eq!(run(2), first);
    }
}

/// On two threads too, where the test orders them.
#[test]
fn a_thousand_runs_on_two_threads_in_order_are_one() {
    let run = || {
        let (lab, client) = build_lab(Profile::Contract);
        let engine = lab.engine();
        let (turn, turns) = mpsc::channel::<u32>();
        let (done, dones) = mpsc::channel();
        let other = thread::spawn(move || {
            let client = engine.client();
            done.send(S_OK).unwrap();
            for timeout in turns {
                done.send(client.wait_for_process_server_end(timeout)).unwrap();
            }
        });
        assert_eq!(dones.recv(), Ok(S_OK));
        for timeout in 0..3 {
            assert!(connect(&client, BOX17).is_ok());
            turn.send(timeout).unwrap();
            assert_eq!(dones.recv().unwrap(), S_FALSE);
        }
        drop(turn);
        other.join().unwrap();
        lab.journal().trace()
    };
    let first = run();
    assert!(first.contains("\"client2\""), "{first}");
    for _ in 0..1_000 {
        assert_eq!(run(), first);
    }
}
