//! The verdicts on the published traces of the real engine.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::{BrokenRequirement, Deviation, Deviations};
use dbgeng_testkit::replay::replay;
use dbgeng_testkit::spec::Level;

use crate::support::{PublishedTrace, read_program_traces, read_sequential_traces, read_trace};

/// The known deviations of the real engine from the contract: the trace, and the requirement that it breaks.
const DEVIATIONS: [(&str, &str); 39] = [
    ("min-desc-null-name-small", "description/short-buffer-is-s-false"),
    ("min-endsession-crash-create", "call/returns"),
    ("min-session-A", "ids/succeeds"),
    ("misuse-stale-attach", "handle/stale-is-refused"),
    ("misuse-stale-create", "handle/stale-is-refused"),
    ("misuse-stale-disconnect", "handle/stale-is-refused"),
    ("misuse-stale-ids", "handle/stale-is-refused"),
    ("misuse-unknown-attach", "handle/unknown-is-refused"),
    ("misuse-unknown-create", "handle/unknown-is-refused"),
    ("misuse-unknown-ids", "handle/unknown-is-refused"),
    ("misuse-unknown-name", "handle/unknown-is-refused"),
    ("misuse-wrong-bit-disconnect", "handle/unknown-is-refused"),
    ("newest/end-one-server", "wait/needs-an-end"),
    ("newest/end-one-server", "wait/time-out-is-s-false"),
    ("newest/misuse-unknown-handle", "handle/unknown-is-refused"),
    ("newest/newest-803-targets", "call/returns"),
    ("newest/newest-803-targets", "wait/needs-an-end"),
    ("newest/newest-803-targets", "wait/time-out-is-s-false"),
    ("newest/newest-884-targets", "call/returns"),
    ("newest/wait-no-server", "wait/needs-an-end"),
    ("newest/wait-no-server", "wait/time-out-is-s-false"),
    ("probe-attach-live-0", "handle/stale-is-refused"),
    ("probe-attach-live-2", "handle/stale-is-refused"),
    ("query-ids-null-with-count", "ids/null-array-is-allowed"),
    ("server-killed-no-return", "server/gone-is-an-error"),
    ("session-begun-by-another-thread-first", "ids/succeeds"),
    ("session-create-holds-the-connection", "handle/stale-is-refused"),
    ("session-does-not-open-again", "handle/stale-is-refused"),
    ("session-end-closes", "handle/stale-is-refused"),
    ("session-end-lets-go", "handle/stale-is-refused"),
    ("session-holds-one-of-two", "handle/stale-is-refused"),
    ("session-holds-the-connection", "handle/stale-is-refused"),
    ("session-lost-its-connection", "call/returns"),
    ("session-none-without-debugging", "handle/stale-is-refused"),
    ("session-of-another-thread", "handle/stale-is-refused"),
    ("session-of-another-thread-ends", "handle/stale-is-refused"),
    ("session-opens-again", "handle/stale-is-refused"),
    ("session-shares-do-not-balance", "handle/stale-is-refused"),
    ("thread-other-disconnects", "handle/stale-is-refused"),
];

fn broken(profile: Profile, level: Level) -> BTreeMap<String, Vec<&'static str>> {
    let mut found = BTreeMap::new();
    for trace in read_sequential_traces() {
        let checked = trace.check(profile);
        let requirements = checked.broken.iter().map(|broken| broken.violation.requirement);
        let mut ids: Vec<&str> = requirements.filter(|r| r.level() == level).map(|r| r.id()).collect();
        ids.sort_unstable();
        ids.dedup();
        if !ids.is_empty() {
            found.insert(trace.name, ids);
        }
    }
    found
}

#[test]
fn the_real_engine_breaks_the_contract_exactly_where_it_is_known_to() {
    let mut expected: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (trace, requirement) in DEVIATIONS {
        expected.entry(trace.to_owned()).or_default().push(requirement);
    }
    assert_eq!(broken(Profile::Contract, Level::Must), expected);
}

#[test]
fn the_real_engine_meets_its_own_profile() {
    for level in [Level::Must, Level::Should, Level::May] {
        assert_eq!(broken(Profile::Dbgeng, level), BTreeMap::new(), "{level}");
    }
}

/// Random programs that `record` ran on the real engine. None of them crashes it.
#[test]
fn the_real_engine_runs_random_programs_as_expected() {
    let programs = read_program_traces();
    assert!(programs.len() >= 200);
    for trace in programs {
        let broken = trace.check(Profile::Dbgeng).broken;
        let binding = broken.iter().filter(|broken| broken.violation.requirement.level() < Level::May);
        assert_eq!(binding.count(), 0, "{}: {broken:?}", trace.name);
        let replayed = replay(Profile::Dbgeng, &trace.name, &*trace.text).unwrap();
        assert_eq!(replayed.differences, [], "{}", trace.name);
    }
}

/// Each known deviation is reviewed, and the traces that it names show it.
#[test]
fn the_known_deviations_of_engines_are_shown() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("spec/deviations");
    let traces: BTreeMap<String, PublishedTrace> =
        read_sequential_traces().into_iter().map(|trace| (trace.name.clone(), trace)).collect();
    let mut shown = 0;
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.display().to_string();
        let known = Deviations::parse(&name, &fs::read_to_string(&path).unwrap()).unwrap();
        for Deviation { requirement, reason, evidence, .. } in known.deviations {
            assert!(!reason.starts_with("Not reviewed") && !evidence.is_empty(), "{name}: {requirement}");
            for trace in evidence.iter().filter_map(|evidence| traces.get(evidence)) {
                let broken = trace.check(known.profile).broken;
                let is_it = |broken: &BrokenRequirement| broken.violation.requirement == requirement;
                assert!(broken.iter().any(is_it), "{name}: {} does not break {requirement}", trace.name);
                shown += 1;
            }
        }
    }
    assert!(shown > 10, "{shown}");
}

#[test]
fn a_broken_should_is_reported_and_fails_only_when_strict() {
    let should = broken(Profile::Contract, Level::Should);
    assert_eq!(should["lifecycle-handle-value-reused"], ["handle/value-is-not-reused"]);
    assert_eq!(should["misuse-null-remote-options"], ["pointer/null-is-refused"]);
    assert_eq!(should["misuse-null-server-out"], ["pointer/null-is-refused"]);
    assert_eq!(should["thread-other-disconnects"], ["client/other-thread-is-refused"]);
    let checked = read_trace("lifecycle-handle-value-reused").check(Profile::Contract);
    assert!(checked.holds(false));
    assert!(!checked.holds(true));
}

#[test]
fn the_mock_answers_every_published_call_as_the_real_engine_did() {
    for trace in read_sequential_traces() {
        let replayed = replay(Profile::Dbgeng, &trace.name, &*trace.text).unwrap();
        let calls = trace.check(Profile::Dbgeng).calls;
        assert_eq!((replayed.differences, replayed.calls), (Vec::new(), calls), "{}", trace.name);
    }
}

/// A replay compares with the mock's own answers, so a wrong answer in the trace is a difference.
#[test]
fn a_replay_of_a_wrong_trace_differs() {
    let wrong = [
        ("end-one-server", r#""hresult": "0x8000ffff""#, r#""hresult": "0x80004005""#),
        (
            "misuse-zero-handle",
            r#""in": {"Server": "0x0"}, "hresult": "0x80070057""#,
            r#""in": {"Server": "0x0"}, "hresult": "0x00000000""#,
        ),
        (
            "query-ids",
            r#""Count": 2}, "hresult": "0x00000000", "out": {"ActualCount": 9, "Ids": [64, 76]}"#,
            r#""Count": 2}, "hresult": "0x00000000", "out": {"ActualCount": 9, "Ids": [64, 76, 84]}"#,
        ),
        ("query-description", r#""ExeName": "C:\\w""#, r#""ExeName": "C:\\wi""#),
        ("wait-no-server", r#""hresult": "0x00000001""#, r#""hresult": "0x00000000""#),
        ("connect-options-tcp", r#""hresult": "0x80010007""#, r#""hresult": "0x80070057""#),
    ];
    for (name, right, left) in wrong {
        let text = String::from_utf8(read_trace(name).text).unwrap();
        assert!(text.contains(right), "{name} has {right}");
        let replayed = replay(Profile::Dbgeng, name, text.replacen(right, left, 1).as_bytes()).unwrap();
        assert_eq!(replayed.differences.len(), 1, "{name}");
    }
}
