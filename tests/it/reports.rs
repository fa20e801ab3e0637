//! What a report is as data and how it reads: as text, as JSON, for CI servers, as a page, as a snapshot.

mod html;
mod junit;
pub(crate) mod text;

use std::collections::HashSet;

use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::{
    CapabilityReport, CaseReport, Counterexample, Deviations, Elsewhere, PropertyReport, Report, ReportedFailure,
    RequirementReport, Suite, Verdict,
};
use dbgeng_testkit::spec::Requirement;
use dbgeng_testkit::transcript::TranscriptLine;
use serde_json::{Value, json};

use crate::defects::{named, spoilt};
use crate::schemas::{assert_each_spoils, assert_fits, schema};
use crate::suite::mock;

/// An engine with a defect, judged.
fn defective(defect: &str) -> Report {
    suite(defect).run()
}

/// An engine with a defect.
pub(crate) fn suite(defect: &str) -> Suite {
    let defect = named(defect);
    Suite::new(defect.name, move || spoilt(defect, Profile::Contract)).programs(50).depth(3)
}

fn line(process: u32, call: &str, outcome: &str) -> TranscriptLine {
    let by = if process == 0 { "client".to_owned() } else { format!("server{process}") };
    TranscriptLine { by, process, call: call.to_owned(), outcome: outcome.to_owned() }
}

fn calls() -> Vec<TranscriptLine> {
    vec![
        line(1, "StartProcessServerWide(Flags=2, Options=\"tcp:port=7001\")", "S_OK"),
        line(0, "ConnectProcessServerWide(RemoteOptions=\"tcp:server=ONE,port=7001\")", "S_OK, Server=#1"),
        line(0, "DisconnectProcessServer(Server=#1)", "S_OK"),
        line(0, "DisconnectProcessServer(Server=#1)", "S_OK"),
        line(1, "is killed", ""),
    ]
}

fn failure(requirement: Requirement) -> ReportedFailure {
    ReportedFailure {
        requirement: Some(requirement),
        call: Some(3),
        expected: "an error".to_owned(),
        actual: "S_OK".to_owned(),
    }
}

fn case(name: &str, verdict: Verdict, reason: Option<&str>, broken: Option<Requirement>) -> CaseReport {
    let calls = if verdict == Verdict::Skip { Vec::new() } else { calls() };
    let failure = broken.map(failure);
    CaseReport { name: name.to_owned(), verdict, reason: reason.map(str::to_owned), failure, calls }
}

fn about(requirement: Requirement, cases: Vec<CaseReport>) -> RequirementReport {
    let verdict = cases.iter().map(|case| case.verdict).max().unwrap_or(Verdict::Skip);
    RequirementReport { requirement, verdict, known: None, cases, elsewhere: Vec::new() }
}

/// A report in which everything occurs that a report can say.
pub(crate) fn sample() -> Report {
    let stale = Requirement::HandleStaleIsRefused;
    let unharmed = RequirementReport {
        verdict: Verdict::Fail,
        elsewhere: vec![
            Elsewhere {
                place: format!("{stale}: disconnect"),
                failure: failure(Requirement::HandleOtherHandlesUnharmed),
                calls: calls()[..4].to_vec(),
            },
            Elsewhere {
                place: "programs/random".to_owned(),
                failure: failure(Requirement::HandleOtherHandlesUnharmed),
                calls: calls()[..4].to_vec(),
            },
        ],
        ..about(
            Requirement::HandleOtherHandlesUnharmed,
            vec![case("misuse beside a connection", Verdict::Pass, None, None)],
        )
    };
    let reused = RequirementReport {
        known: Some("handles are addresses (OBS-2)".to_owned()),
        ..about(
            Requirement::HandleValueIsNotReused,
            vec![case(
                "a connect after a disconnect",
                Verdict::KnownDeviation,
                Some("handles are addresses (OBS-2)"),
                Some(Requirement::HandleValueIsNotReused),
            )],
        )
    };
    let lacks = Some("the subject has no StartProcessServer");
    Report {
        subject: "an engine".to_owned(),
        profile: Profile::Contract,
        kit: "0.1.0".to_owned(),
        capabilities: vec![
            CapabilityReport { name: "hosts".to_owned(), has: true, claimed: false, cases: 9 },
            CapabilityReport { name: "transport tcp".to_owned(), has: true, claimed: true, cases: 0 },
            CapabilityReport { name: "GetRunningProcessDescription".to_owned(), has: false, claimed: false, cases: 0 },
        ],
        requirements: vec![
            about(Requirement::HandleIsNotZero, vec![case("connect", Verdict::Pass, None, None)]),
            reused,
            about(
                stale,
                vec![
                    case("disconnect", Verdict::Fail, None, Some(stale)),
                    case("end", Verdict::Pass, None, None),
                    case("attach", Verdict::Crash, Some("thread 'main' panicked:\nat the <end>"), Some(stale)),
                ],
            ),
            unharmed,
            about(
                Requirement::DisconnectLeavesServerRunning,
                vec![case(
                    "a new connection",
                    Verdict::TimeOut,
                    None,
                    Some(Requirement::DisconnectLeavesServerRunning),
                )],
            ),
            about(Requirement::ConnectNeedsAServer, vec![case("no server", Verdict::Broken, Some("no folder"), None)]),
            about(Requirement::StartValidOptionsSucceed, vec![case("tcp", Verdict::Skip, lacks, None)]),
            about(Requirement::StartAddressInUseIsRefused, Vec::new()),
            about(
                Requirement::PlatformConnectCodes,
                vec![case("nobody listens", Verdict::Fail, None, Some(Requirement::PlatformConnectCodes))],
            ),
        ],
        properties: vec![
            PropertyReport {
                name: "programs/random".to_owned(),
                verdict: Verdict::Fail,
                reason: None,
                programs: 12,
                calls: 345,
                states: None,
                counterexamples: vec![Counterexample {
                    verdict: Verdict::Fail,
                    failure: failure(stale),
                    calls: calls()[..4].to_vec(),
                    lanes: "client, thread 1  |--1--|\nclient, thread 2     |--2--|\n".to_owned(),
                    trace: "{\"trace\":1}\n".to_owned(),
                    test: "#[test]\nfn stale() {}\n".to_owned(),
                }],
            },
            PropertyReport {
                name: "programs/short".to_owned(),
                verdict: Verdict::Pass,
                reason: None,
                programs: 777,
                calls: 2_000,
                states: Some(42),
                counterexamples: Vec::new(),
            },
        ],
        complaints: Vec::new(),
    }
}

fn as_json(report: &Report) -> Value {
    serde_json::to_value(report).expect("a report is JSON")
}

#[test]
fn reports_fit_their_schema_and_are_read_back() {
    let schema = schema("spec/report.schema.json");
    let reports = [sample(), defective("stale-disconnect-accepted"), mock(Profile::Dbgeng).programs(5).depth(2).run()];
    for report in reports {
        let value = as_json(&report);
        assert_fits(&schema, &value, &report.subject);
        let text = serde_json::to_string_pretty(&report).expect("a report is JSON");
        assert_eq!(serde_json::from_str::<Report>(&text).expect("it was written"), report);
    }
    let verdicts: HashSet<Verdict> = sample().requirements.iter().map(|report| report.verdict).collect();
    assert_eq!(verdicts.len(), Verdict::WORST_FIRST.len(), "the sample shows every verdict");
}

#[test]
fn the_schema_of_reports_refuses_wrong_ones() {
    let changes = [
        ("/subject", Value::Null),
        ("/profile", json!("real")),
        ("/colour", json!("red")),
        ("/capabilities/0/cases", json!(-1)),
        ("/capabilities/0/has", json!("yes")),
        ("/requirements/0/requirement", json!("is-not-zero")),
        ("/requirements/0/verdict", json!("maybe")),
        ("/requirements/0/cases", Value::Null),
        ("/requirements/0/cases/0/calls", Value::Null),
        ("/requirements/0/cases/0/calls/0/process", json!("client")),
        ("/requirements/0/cases/0/calls/0/outcome", json!("")),
        ("/requirements/2/cases/0/failure/expected", Value::Null),
        ("/requirements/2/cases/0/failure/call", json!(-1)),
        ("/requirements/2/cases/0/failure/requirement", json!("stale")),
        ("/requirements/3/elsewhere/0/calls", Value::Null),
        ("/requirements/6/cases/0/reason", Value::Null),
        ("/properties/0/programs", Value::Null),
        ("/properties/0/counterexamples/0/trace", json!({})),
        ("/properties/1/states", json!("many")),
    ];
    assert_each_spoils(&schema("spec/report.schema.json"), &as_json(&sample()), &changes);
}

#[test]
fn what_was_noticed_elsewhere_comes_with_the_calls_until_then() {
    let report = defective("second-connect-gives-any-open-handle");
    let elsewhere: Vec<&Elsewhere> = report.requirements.iter().flat_map(|report| &report.elsewhere).collect();
    assert!(!elsewhere.is_empty());
    for Elsewhere { place, failure, calls } in elsewhere {
        assert_eq!(failure.call.map(|call| call + 1), Some(calls.len()), "{place}");
    }
}

#[test]
fn what_is_known_says_why() {
    let defect = "stale-disconnect-accepted";
    let deviations = Deviations::default().updated(&defective(defect));
    let report = suite(defect).deviations(deviations).run();
    assert_eq!(report.objections(), [""; 0]);
    let known: Vec<&RequirementReport> = report.requirements.iter().filter(|report| report.known.is_some()).collect();
    assert!(known.iter().any(|report| report.requirement == named(defect).requirement));
    assert!(known.iter().all(|report| report.verdict == Verdict::KnownDeviation));
    let text = report.text(false);
    assert!(text.contains("client/other-thread-is-refused: Not reviewed. Expected an error, got S_OK"), "{text}");
}

#[test]
fn the_behaviour_of_the_mock() {
    for profile in Profile::ALL {
        let report = mock(profile).programs(0).depth(1).run();
        insta::assert_snapshot!(format!("behaviour-{profile}"), report.behaviour());
    }
}

#[test]
fn what_repeats_itself_is_folded() {
    let round = |number: usize| {
        [
            line(0, "ConnectProcessServer()", &format!("S_OK, Server=#{number}")),
            line(0, &format!("DisconnectProcessServer(Server=#{number})"), "S_OK"),
        ]
    };
    let mut report = sample();
    let wait = || line(0, "WaitForProcessServerEnd(Timeout=0)", "S_FALSE");
    let mut calls: Vec<TranscriptLine> = (1..=1_000).flat_map(round).collect();
    calls.extend((0..5).map(|_| wait()));
    // Twice the step of the others: that is no repetition.
    calls.extend([1, 2, 3, 5, 6, 7].into_iter().map(|number| round(number)[0].clone()));
    report.requirements.truncate(1);
    report.requirements[0].cases[0].calls = calls;
    insta::assert_snapshot!(report.behaviour());
}

#[test]
fn the_wrong_call_is_not_folded_away() {
    let mut report = sample();
    report.requirements.drain(..2);
    report.requirements.truncate(1);
    let case = &mut report.requirements[0].cases[0];
    case.calls = vec![case.calls[3].clone(); 2_000];
    case.failure.as_mut().expect("it failed").call = Some(1_000);
    let behaviour = report.behaviour();
    let lines: Vec<&str> = behaviour.lines().filter(|line| line.starts_with("  ")).take(5).collect();
    let call = "client: DisconnectProcessServer(Server=#1) -> S_OK";
    let expected = [
        format!("    {call}"),
        "    … 999 more times".to_owned(),
        format!("  > {call}"),
        format!("    {call}"),
        "    … 998 more times".to_owned(),
    ];
    assert_eq!(lines, expected);
}
