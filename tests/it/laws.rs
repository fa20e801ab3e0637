//! The laws of the kit: the model accepts every answer of the mock, and rejects every wrong answer.

use std::collections::BTreeSet;

use dbgeng_testkit::conformance::{
    BrokenRequirement, Execution, Generator, HandleName, Program, Step, execute, shrink,
};
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::spec::Requirement;
use dbgeng_testkit::{Call, Engine, Profile};

use crate::support::{describe_missing_clause, find_defect, plant, read_traces, write_trace};

fn engine(profile: Profile) -> Box<dyn Engine> {
    Box::new(Lab::new(profile).engine())
}

/// The first law, by so many programs that each requirement applies in one of them. `run --programs 100000` checks it at
/// length.
#[test]
fn the_model_applies_every_requirement_and_accepts_every_answer_of_the_mock() {
    let testable = Requirement::ALL.into_iter().filter(|requirement| requirement.facts().untestable.is_none());
    let mut unjudged: Vec<Requirement> = testable.collect();
    for (seed, profile) in (0..3_000).flat_map(|seed| Profile::ALL.map(|profile| (seed, profile))) {
        if seed >= 1_000 && unjudged.is_empty() {
            break;
        }
        let program = Generator::new(seed, 60).program();
        let Execution { broken, judged, .. } = execute(&program, engine(profile), profile, false);
        assert_eq!(broken, [], "run --profile {profile} --seed {seed} --programs 1");
        unjudged.retain(|requirement| judged[*requirement as usize] == 0);
    }
    let unjudged: Vec<String> = unjudged
        .into_iter()
        .map(|requirement| {
            let missing = describe_missing_clause(requirement);
            format!("{missing}, or let src/conformance/program/generate.rs make calls that it applies to")
        })
        .collect();
    assert!(unjudged.is_empty(), "{}", unjudged.join("\n"));
}

#[test]
fn the_same_seed_makes_the_same_run() {
    let run = |seed| execute(&Generator::new(seed, 60).program(), engine(Profile::Dbgeng), Profile::Dbgeng, true);
    assert_eq!(run(7).events, run(7).events);
    assert_ne!(run(7).events, run(8).events);
}

/// Finds a program that detects the defect, shrinks it, and returns it with the requirements that it breaks.
fn smallest(defect: &str, profile: Profile) -> (Program, BTreeSet<&'static str>) {
    let defect = find_defect(defect);
    let breaks =
        |program: &Program| execute(program, plant(defect, profile), profile, false).breaks(defect.requirement);
    let mut programs = (0..2_000).map(|seed| Generator::new(seed, 60).program());
    let found = programs.find(breaks).unwrap_or_else(|| panic!("no program detects {defect:?}"));
    let smallest = shrink(&found, breaks);
    let broken = execute(&smallest, plant(defect, profile), profile, false).broken;
    (smallest, broken.into_iter().map(|broken| broken.violation.requirement.id()).collect())
}

#[test]
fn a_counterexample_is_small() {
    let classics = [
        ("unknown-disconnect-accepted", 1),
        ("second-connect-gives-the-same-handle", 2),
        ("disconnect-ends-the-server", 3),
        ("end-says-nothing", 3),
        ("one-id-more-than-count", 1),
        ("nul-is-not-counted", 1),
        ("any-class-accepted", 1),
        ("disconnect-of-the-first-blinds-the-second", 4),
    ];
    for (defect, steps) in classics {
        let (program, _) = smallest(defect, Profile::Contract);
        assert_eq!(program.steps.len(), steps, "{defect} takes {:#?}", program.steps);
    }
}

#[test]
fn an_accepted_stale_disconnect_shrinks_to_connect_disconnect_disconnect() {
    let (program, broken) = smallest("stale-disconnect-accepted", Profile::Contract);
    let steps: Vec<(&str, Option<HandleName>)> = program
        .steps
        .iter()
        .map(|step| match step {
            Step::Call { call, handle, .. } => (call.method().name(), call.server().map(|_| *handle)),
            Step::Kill { .. } => ("kill", None),
            Step::Pause { .. } => ("pause", None),
        })
        .collect();
    let methods: Vec<&str> = steps.iter().map(|(method, _)| *method).collect();
    assert_eq!(methods, ["ConnectProcessServer", "DisconnectProcessServer", "DisconnectProcessServer"]);
    assert!(matches!(steps[1].1, Some(HandleName::Open(_))));
    assert!(matches!(steps[2].1, Some(HandleName::Stale(_))));
    assert_eq!(broken, BTreeSet::from(["handle/stale-is-refused"]));
    assert_eq!(program.hosts.len(), 1);
}

/// A counterexample is a trace, and the trace alone shows what is wrong.
#[test]
fn a_counterexample_fails_as_a_trace_too() {
    let (program, _) = smallest("stale-disconnect-accepted", Profile::Contract);
    let defect = find_defect("stale-disconnect-accepted");
    let execution = execute(&program, plant(defect, Profile::Contract), Profile::Contract, true);
    let (header, ..) = read_traces()[0].parse();
    let text = write_trace(&header, &["client".to_owned(), "server".to_owned()], &execution.events);
    let checked = dbgeng_testkit::conformance::check(Profile::Contract, "counterexample", &*text).unwrap();
    let broken: Vec<(u64, &str)> =
        checked.broken.iter().map(|broken| (broken.seq, broken.violation.requirement.id())).collect();
    let last = execution.events.last().unwrap().seq;
    assert_eq!(broken, [(last, "handle/stale-is-refused")]);
    assert!(matches!(&execution.broken[..], [BrokenRequirement { seq, violation, .. }]
        if *seq == last && matches!(violation.call, Call::DisconnectProcessServer { .. })));
}
