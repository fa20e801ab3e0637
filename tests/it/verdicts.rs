//! The verdicts on the published traces of the real engine.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::{BrokenRequirement, Deviation, Deviations};
use dbgeng_testkit::replay::replay;
use dbgeng_testkit::spec::Level;
use dbgeng_testkit::trace::EventKind;

use crate::support::{PublishedTrace, read_recordings, read_sequential_traces, read_trace};

/// The recordings that the mock does not repeat, each with the reason. At most ten.
const NOT_REPEATED: [(&str, &str); 1] = [(
    "newest/connect-reverse",
    "timing, as far as one recording tells: the connect took 44 ms, a twelfth of the older version's time, and the query \
     right after it returned RPC_E_CLIENT_DIED",
)];

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

/// The deviations of the real engine from the contract.
#[test]
fn the_real_engine_breaks_the_contract_exactly_where_it_is_known_to() {
    let mut deviations = String::new();
    for (trace, requirements) in broken(Profile::Contract, Level::Must) {
        deviations.push_str(&format!("{trace}: {}\n", requirements.join(", ")));
    }
    insta::assert_snapshot!("deviations", deviations);
}

#[test]
fn the_real_engine_meets_its_own_profile() {
    for trace in read_recordings() {
        let checked = trace.check(Profile::Dbgeng);
        assert!(checked.holds(true), "{}: {:?}", trace.name, checked.broken);
    }
}

#[test]
fn the_mock_answers_every_published_call_as_the_real_engine_did() {
    let mut different = BTreeMap::new();
    for trace in read_recordings().iter().filter(|trace| !trace.overlaps()) {
        let replayed = replay(Profile::Dbgeng, &trace.name, &*trace.text).unwrap();
        let calls = trace.parse().2.iter().filter(|event| matches!(event.kind, EventKind::Call(_))).count();
        assert_eq!(usize::try_from(replayed.calls), Ok(calls), "{}", trace.name);
        if !replayed.differences.is_empty() {
            different.insert(trace.name.clone(), replayed.differences);
        }
    }
    let names: Vec<&str> = different.keys().map(String::as_str).collect();
    assert_eq!(names, NOT_REPEATED.map(|(name, _)| name), "{different:#?}");
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
