//! Programs from traces and from JSON: every run can be repeated.

mod notation;
mod together;

use std::collections::BTreeSet;

use dbgeng_testkit::conformance::{Execution, Generator, HandleName, Program, ProgramHost, Step, execute, shrink};
use dbgeng_testkit::hresult::E_FAIL;
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::trace::CheckError;
use dbgeng_testkit::{DebugClient, Engine, HRESULT, HostLocation, Interface, Out, Profile};

use crate::support::{read_trace, read_traces, rebuild_program, write_run};

fn engine(profile: Profile) -> Box<dyn Engine> {
    Box::new(Lab::new(profile).engine())
}

fn run(program: &Program, profile: Profile) -> Execution {
    execute(program, engine(profile), profile, true)
}

#[track_caller]
fn runs_the_same(program: &Program, profile: Profile, what: &str) {
    let first = run(program, profile).events;
    let again = rebuild_program(&first);
    let second = run(&again, profile).events;
    for (left, right) in first.iter().zip(&second) {
        assert_eq!(left, right, "{what}: {program:#?} became {again:#?}");
    }
    assert_eq!(first.len(), second.len(), "{what}: {program:#?} became {again:#?}");
}

#[test]
fn a_rebuilt_program_runs_the_same() {
    for profile in Profile::ALL {
        for seed in 0..200 {
            runs_the_same(&Generator::new(seed, 60).program(), profile, &format!("{profile}, seed {seed}"));
        }
    }
}

/// Shrunk programs name client objects, handles and processes that do not exist.
#[test]
fn a_rebuilt_shrunk_program_runs_the_same() {
    for profile in Profile::ALL {
        for seed in 0..60 {
            let program = Generator::new(seed, 60).program();
            let methods = |program: &Program| {
                let is_one = |step: &&Step| matches!(step, Step::Call { call, .. } if call.server().is_some());
                program.steps.iter().filter(is_one).count()
            };
            let least = methods(&program) / 2;
            let smaller = shrink(&program, |smaller| methods(smaller) >= least);
            runs_the_same(&smaller, profile, &format!("{profile}, seed {seed}"));
        }
    }
}

#[test]
fn handles_hosts_and_names_are_rebuilt_from_the_trace() {
    let text = r##"{"hosts": [{"options": "tcp:port=7001"}, {"elsewhere": true, "options": "tcp:port=7002"}, {"options": null}],
        "steps": [
            {"call": "ConnectProcessServer", "in": {"RemoteOptions": "tcp:server=@1,port=7001"}},
            {"call": "ConnectProcessServer", "in": {"RemoteOptions": "tcp:server=@2,port=7002"}},
            {"call": "ConnectProcessServer", "in": {"RemoteOptions": "TCP:Port=7001, Server=\\\\@0"}},
            {"call": "DisconnectProcessServer", "in": {"Server": "open 1"}},
            {"call": "DisconnectProcessServer", "in": {"Server": "stale 0"}},
            {"call": "EndProcessServer", "in": {"Server": "open 1"}},
            {"process": 1, "call": "EndProcessServer", "in": {"Server": "#1"}},
            {"call": "EndProcessServer", "in": {"Server": "#1^0x10000"}},
            {"call": "EndProcessServer", "in": {"Server": "0x0"}},
            {"call": "AttachProcess", "in": {"Server": "0x0", "ProcessId": "nobody", "AttachFlags": 0}},
            {"call": "AttachProcess", "in": {"Server": "0x0", "ProcessId": 0, "AttachFlags": 0}},
            {"call": "AttachProcess", "in": {"Server": "open 0", "ProcessId": "only", "AttachFlags": 0}},
            {"process": 2, "kill": true},
            {"thread": 1, "call": "EndProcessServer", "in": {"Server": "0xdead00000000"}}
        ]}"##;
    let program = Program::from_json(text).unwrap();
    let places: Vec<HostLocation> = program.hosts.iter().map(|host| host.place).collect();
    assert_eq!(places, [HostLocation::Here, HostLocation::Elsewhere, HostLocation::Here]);
    let events = run(&program, Profile::Contract).events;
    assert_eq!(rebuild_program(&events), program);
}

/// The kit makes a client object for a process that has none. The program has no step for it.
#[test]
fn a_client_object_made_by_the_kit_is_no_step() {
    let text = r#"{"hosts": [], "steps": [{"call": "Release"}, {"call": "Release"},
        {"thread": 1, "call": "DebugCreate", "in": {"Interface": "IDebugClient2"}},
        {"client": 1, "call": "CreateClient"}, {"client": 2, "call": "Release"}]}"#;
    let program = Program::from_json(text).unwrap();
    let events = run(&program, Profile::Contract).events;
    assert_eq!(events.len(), 9, "{events:#?}");
    assert_eq!(rebuild_program(&events), program);
}

struct Refuses;

impl Engine for Refuses {
    fn debug_create(&self, _: &Interface, _: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        E_FAIL
    }
}

#[test]
fn a_rebuilt_program_asks_for_client_objects_as_often() {
    let mut asked = BTreeSet::new();
    for seed in 0..200 {
        let program = Generator::new(seed, 10).program();
        let run = |program: &Program| execute(program, Box::new(Refuses), Profile::Contract, true).events;
        let events = run(&program);
        let again = rebuild_program(&events);
        assert_eq!(run(&again), events, "seed {seed}: {program:#?} became {again:#?}");
        asked.insert(events.len());
    }
    assert!(asked.len() > 5, "{asked:?}");
}

#[test]
fn every_published_trace_makes_a_program() {
    for published in read_traces() {
        let made = Program::from_trace(&published.name, &*published.text);
        if published.overlaps() {
            assert!(matches!(made, Err(CheckError::Overlapping { .. })), "{}: {made:?}", published.name);
            continue;
        }
        let program = made.unwrap();
        assert!(!program.steps.is_empty(), "{}", published.name);
        for profile in Profile::ALL {
            let broken = run(&program, profile).broken;
            assert_eq!(broken, [], "{} in {profile}", published.name);
        }
    }
}

#[test]
fn a_published_trace_reads_as_it_was_recorded() {
    let program = |name: &str| Program::from_trace(name, &*read_trace(name).text).unwrap();
    let stale = program("misuse-stale-disconnect");
    assert_eq!(stale.hosts, [ProgramHost { place: HostLocation::Here, options: Some("tcp:port=7010".to_owned()) }]);
    let is_on_stale = |step: &Step| matches!(step, Step::Call { handle: HandleName::Stale(0), .. });
    assert!(stale.steps.iter().any(is_on_stale), "{stale:#?}");

    // In one trace the host comes first and is killed. In the other its server starts after a connect.
    assert!(program("server-killed").steps.contains(&Step::Kill { process: 1 }));
    assert_eq!(program("connect-no-server").hosts, [ProgramHost { place: HostLocation::Here, options: None }]);
}

#[test]
fn a_trace_that_starts_midway_is_refused() {
    let events = run(&Generator::new(1, 20).program(), Profile::Contract).events;
    let midway = Program::from_trace("mine", &*write_run(&events[1..]));
    assert_eq!(midway, Err(CheckError::StartsMidway { file: "mine".to_owned(), seq: 2 }));

    let mut text = String::from_utf8(write_run(&events)).unwrap();
    text.push_str(
        "{\"seq\": 1000000, \"process\": \"client\", \"thread\": 0, \"client\": 0, \"call\": \"Disconnect\"}\n",
    );
    let line = text.lines().count();
    let error = Program::from_trace("mine", text.as_bytes()).unwrap_err().to_string();
    assert_eq!(
        error,
        format!("mine:{line}:73: no method is called \"Disconnect\"; did you mean DisconnectProcessServer?")
    );

    assert_eq!(Program::from_trace("mine", &*write_run(&[])), Err(CheckError::Empty("mine".to_owned())));
    assert!(matches!(Program::from_trace("mine", &b""[..]), Err(CheckError::Malformed(_))));
}
