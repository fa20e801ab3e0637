//! Many threads, many calls, many processes, and what is kept of them.

use std::collections::HashSet;

use dbgeng_testkit::conformance::{Generator, execute};
use dbgeng_testkit::mock::{LabEngine, Misuse};
use dbgeng_testkit::trace::{EngineName, EventKind, Header, Reader, Recorder};
use dbgeng_testkit::{Method, Process};

use super::*;

const THREADS: u64 = 64;
const CONNECTS: u64 = 1_000;

/// Connects again and again, and closes every other handle; answers all of them.
fn storm(engine: &LabEngine) -> Vec<u64> {
    let client = engine.client();
    let handles: Vec<u64> = (0..CONNECTS).map(|_| connect(&client, BOX17).unwrap()).collect();
    for handle in handles.iter().step_by(2) {
        assert_eq!(client.disconnect_process_server(*handle), S_OK);
        assert!(client.disconnect_process_server(*handle).is_err());
    }
    handles
}

/// Whichever way the threads come by turns.
#[test]
fn no_call_of_64_threads_is_lost() {
    let (lab, _) = build_lab(Profile::Contract);
    let before = lab.journal().left_out() + lab.journal().events().len() as u64;
    let engine = lab.engine();
    let handles: Vec<u64> = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(|| storm(&engine))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(handles.iter().collect::<HashSet<_>>().len() as u64, THREADS * CONNECTS);
    assert_eq!(lab.finding_count() as u64, THREADS * CONNECTS / 2);
    assert_eq!(lab.leftovers().len() as u64, THREADS * CONNECTS / 2);
    // Each thread makes a client object and releases it without a call.
    let journal = lab.journal();
    assert_eq!(journal.events().len(), 10_000);
    assert_eq!(journal.left_out() + 10_000, before + THREADS * (1 + 2 * CONNECTS));
}

#[test]
fn of_each_kind_of_finding_the_first_are_kept_and_all_are_counted() {
    let (lab, client) = build_lab(Profile::Contract);
    let stale = connect(&client, BOX17).unwrap();
    assert_eq!(client.disconnect_process_server(stale), S_OK);
    for _ in 0..1_002 {
        assert!(client.disconnect_process_server(stale).is_err());
    }
    assert!(client.disconnect_process_server(0).is_err());
    assert_eq!(lab.finding_count(), 1_003);
    let found = lab.findings();
    assert_eq!(found.len(), 1_001);
    assert!(found[..1_000].iter().all(|finding| finding.misuse == Misuse::DoubleDisconnect));
    assert_eq!(found[1_000].misuse, Misuse::ZeroHandle);
    let told = std::panic::catch_unwind(|| lab.assert_clean()).unwrap_err();
    let told = told.downcast_ref::<String>().unwrap();
    let (_, end) = told.split_once("\nand 2 more, which are counted but not kept\n").unwrap();
    // The facts that the findings cite stand at the end, each once.
    let cited: Vec<&str> = end.lines().filter_map(|line| line.split_once(": ")).map(|(id, _)| id).collect();
    assert_eq!(cited, ["OBS-4", "OBS-7"]);
    // What is permitted is not counted either.
    lab.permit(Misuse::ZeroHandle);
    assert!(client.disconnect_process_server(0).is_err());
    assert_eq!(lab.finding_count(), 1_003);
}

/// Dropped entries stay dropped, even if the journal may hold more later.
#[test]
fn a_journal_does_not_remember_again_what_it_has_left_out() {
    let (lab, client) = build_lab(Profile::Contract);
    let waits = |timeouts: std::ops::Range<u32>| {
        for timeout in timeouts {
            assert_eq!(client.wait_for_process_server_end(timeout), S_FALSE);
        }
    };
    let seqs = || lab.journal().events().iter().map(|event| event.seq).collect::<Vec<u64>>();
    assert_eq!(seqs(), [1, 2, 3]);
    lab.keep_journal(2);
    waits(0..3);
    assert_eq!(seqs(), [5, 6]);
    lab.keep_journal(100);
    assert_eq!(seqs(), [5, 6]);
    waits(0..2);
    assert_eq!(seqs(), [5, 6, 7, 8]);
    lab.keep_journal(0);
    waits(0..2);
    lab.keep_journal(3);
    assert_eq!((seqs(), lab.journal().left_out()), (vec![], 10));
    waits(0..8);
    assert_eq!((seqs(), lab.journal().left_out()), (vec![16, 17, 18], 15));
}

/// The journal has every call with all that it was given and has written, as somebody who looks on has.
#[test]
fn a_journal_and_a_recording_of_the_same_calls_are_the_same() {
    for profile in PROFILES {
        for seed in 0..100 {
            let lab = Lab::new(profile);
            let recorder = Recorder::new(Vec::new(), &Header::new(EngineName::default(), "", "")).unwrap();
            let engine = recorder.engine("client", Box::new(lab.engine()));
            execute(&Generator::new(seed, 40).program(), engine, profile, false);
            let trace = recorder.finish().unwrap();
            let recorded = Reader::new("", trace.as_slice()).unwrap().map(|event| event.unwrap().kind);
            let calls = |what: EventKind| match what {
                EventKind::Call(call) if call.call.method() != Method::DebugCreate => Some((call.call, call.outcome)),
                _ => None,
            };
            let journal = lab.journal();
            let kept: Vec<_> = journal.events().iter().filter_map(|event| calls(event.kind.clone())).collect();
            assert_eq!(kept, recorded.filter_map(calls).collect::<Vec<_>>(), "{profile} {seed}");
        }
    }
}

/// Few processes are looked through and many are looked up: both find the same.
#[test]
fn a_process_is_found_among_many_as_among_few() {
    fn found(strangers: u32) -> Vec<(HRESULT, Option<u32>)> {
        let (lab, client) = build_lab(Profile::Contract);
        let computer = lab.computer("WORKSTATION");
        let service = Process { services: vec!["Spooler".to_owned(); 2], ..Process::new(8, r"C:\bin\Host.exe") };
        let mut processes = vec![
            Process::new(4, r"C:\a\ÄRGER.exe"),
            service,
            Process::new(12, r"C:\b\ärger.EXE"),
            Process::new(20, "x"),
        ];
        processes.extend((0..strangers).map(|n| Process::new(1_000 + n, format!("stranger{n}.exe"))));
        computer.set_processes(processes);
        let mut answers = Vec::new();
        let mut ask = || {
            let names = ["Ärger.exe", r"c:\A\ärger.exe", "HOST.exe", "spooler", "new.exe", "renamed.exe", "x"];
            for name in names {
                for flags in [0, 1, 2, 3, 4, 7].map(GetProcessFlags::from) {
                    let mut id = None;
                    let hresult =
                        client.get_running_process_system_id_by_executable_name(0, Some(name), flags, Some(&mut id));
                    answers.push((hresult, id));
                }
            }
            for id in [0, 4, 8, 12, 16] {
                let everything = DescriptionFlags::empty();
                let (mut text, mut size) = (None, None);
                let described = client.get_running_process_description(
                    0,
                    id,
                    everything,
                    Some(&mut text),
                    64,
                    Some(&mut size),
                    None,
                    0,
                    None,
                );
                answers.push((described, size));
            }
        };
        ask();
        assert!(computer.change_process(12, |process| process.exe = "renamed.exe".to_owned()));
        let new = computer.add_process(r"C:\new.exe");
        ask();
        assert!(computer.end_process(8));
        assert!(!computer.end_process(8));
        assert!(computer.end_process(new));
        ask();
        let listed = computer.facts().processes;
        assert_eq!(listed.iter().map(|process| process.id).take(2).collect::<Vec<_>>(), [4, 12]);
        answers.retain(|(_, id)| *id != Some(new));
        answers
    }
    let among_few = found(0);
    assert_eq!(among_few.iter().filter(|(hresult, _)| *hresult == S_FALSE).count(), 1);
    assert_eq!(found(100), among_few);
}
