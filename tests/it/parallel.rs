//! Programs of several threads.

mod found;
mod planted;

use std::time::{Duration, Instant};

use dbgeng_testkit::conformance::{Execution, Generator, ParallelProgram, execute_parallel};
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::trace::EventKind;
use dbgeng_testkit::{Call, Caller, Profile};

fn run(program: &ParallelProgram, profile: Profile) -> Execution {
    execute_parallel(program, Box::new(Lab::new(profile).engine()), profile)
}

/// Lists the calls of a run with their callers and intervals.
fn calls(execution: &Execution) -> Vec<(Caller, Call, (i64, i64))> {
    let calls = execution.events.iter().filter_map(|event| match &event.kind {
        EventKind::Call(recorded) => Some((recorded.by, recorded.call.clone(), recorded.interval?)),
        _ => None,
    });
    calls.collect()
}

#[test]
fn the_mock_breaks_nothing_on_many_threads() {
    for profile in Profile::ALL {
        for seed in 0..300 {
            let program = Generator::new(seed, 6).parallel_program();
            let execution = run(&program, profile);
            assert_eq!(execution.broken, [], "{profile}, seed {seed}: {}", program.to_json());
            assert!(execution.calls > 0);
        }
    }
}

/// Each thread begins with its own client object. The client objects of a process have distinct numbers.
#[test]
fn threads_and_client_objects_are_told_apart() {
    for seed in 0..100 {
        let program = Generator::new(seed, 6).parallel_program();
        let execution = run(&program, Profile::Contract);
        let calls = calls(&execution);
        let mut made: Vec<(u32, u32)> = Vec::new();
        for event in &execution.events {
            let EventKind::Call(recorded) = &event.kind else { continue };
            let Caller { process, client, .. } = recorded.by;
            let created = matches!(recorded.call, Call::DebugCreate { .. }) && recorded.outcome.succeeded();
            made.extend(created.then_some((process, client)));
            made.extend(recorded.outcome.out.client.map(|client| (process, client)));
        }
        made.sort_unstable();
        let count = made.len();
        made.dedup();
        assert_eq!(made.len(), count, "seed {seed}: {calls:#?}");
        for thread in 1..=u32::try_from(program.threads.len()).unwrap() {
            let own: Vec<_> = calls.iter().filter(|(by, ..)| by.thread == thread).collect();
            assert!(matches!(own[0].1, Call::DebugCreate { .. }), "seed {seed}: {own:#?}");
            assert!(own.windows(2).all(|pair| pair[0].2.1 < pair[1].2.0), "seed {seed}: {own:#?}");
        }
        assert!(calls.windows(2).all(|pair| pair[0].2.0 < pair[1].2.0), "seed {seed}: {calls:#?}");
    }
}

/// In the meantime, other threads come to calls that wait.
#[test]
fn a_thread_pauses_in_real_time() {
    let text = r#"{"hosts": [], "steps": [], "threads": [[{"pause": 20}]]}"#;
    let (program, begin) = (ParallelProgram::from_json(text).unwrap(), Instant::now());
    assert_eq!(run(&program, Profile::Contract).broken, []);
    assert!(begin.elapsed() >= Duration::from_millis(20));
}

/// A handle of another thread is named by the place of its connect in the program.
#[test]
fn a_thread_names_the_handle_of_another() {
    let text = r##"{"hosts": [{"options": "tcp:port=7001"}],
        "steps": [{"call": "ConnectProcessServer", "in": {"RemoteOptions": "tcp:server=@1,port=7001"}}],
        "threads": [
            [{"call": "ConnectProcessServer", "in": {"RemoteOptions": "tcp:server=@1,port=7001"}},
             {"call": "DisconnectProcessServer", "in": {"Server": "#2"}}],
            [{"call": "DisconnectProcessServer", "in": {"Server": "#1"}},
             {"call": "DisconnectProcessServer", "in": {"Server": "#3^0x1"}}]]}"##;
    let program = ParallelProgram::from_json(text).unwrap();
    let execution = run(&program, Profile::Contract);
    let mut issued = Vec::new();
    let mut named = Vec::new();
    for event in &execution.events {
        let EventKind::Call(recorded) = &event.kind else { continue };
        issued.extend(recorded.outcome.out.server);
        if let Call::DisconnectProcessServer { server } = recorded.call {
            named.push(server);
        }
    }
    named.sort_unstable();
    let mut expected = vec![issued[0], issued[1], 0x1234_5679];
    expected.sort_unstable();
    assert_eq!(named, expected);
    assert_eq!(execution.broken, []);
}

#[test]
fn a_program_is_read_back_as_it_was_written() {
    for seed in 0..200 {
        let program = Generator::new(seed, 8).parallel_program();
        assert_eq!(ParallelProgram::from_json(&program.to_json()), Ok(program), "seed {seed}");
    }
    let refused = |text: &str| ParallelProgram::from_json(text).unwrap_err().to_string();
    assert_eq!(
        refused(r#"{"hosts": [], "steps": [], "threads": [[], [{"kill": true}, {"call": "Disconnect"}]]}"#),
        "thread 2, step 2: no method is called \"Disconnect\"; did you mean DisconnectProcessServer?"
    );
    let missing = refused(r#"{"hosts": [], "steps": []}"#);
    assert!(missing.contains("missing field `threads`"), "{missing}");
}

#[test]
fn every_part_of_a_program_is_a_program() {
    for seed in 0..40 {
        let whole = Generator::new(seed, 6).parallel_program();
        for thread in 0..whole.threads.len() {
            for step in 0..whole.threads[thread].len() {
                let mut part = whole.clone();
                part.beginning.steps.truncate(step);
                part.threads[thread].remove(step);
                assert_eq!(run(&part, Profile::Contract).broken, [], "{}", part.to_json());
            }
        }
    }
    assert_eq!(run(&ParallelProgram::default(), Profile::Contract).broken, []);
}
