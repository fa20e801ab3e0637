//! The journal of a lab.

use dbgeng_testkit::conformance::{Generator, check, execute};
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
    let program = Generator::new(seed, 20).program();
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
