//! Reports as data and in every format: text, JSON, for CI servers, as a page, as a snapshot.

mod failures;
mod html;
mod junit;
mod text;

use std::collections::HashSet;

use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::{
    Deviations, ElsewhereReport, Report, RequirementReport, Suite, Verdict, behaviour_changes, html,
};
use dbgeng_testkit::transcript::TranscriptLine;

use crate::support::{
    build_defective_suite, build_line, build_sample_report, find_defect, judge_defective, judge_mock, plant,
};

#[test]
fn reports_are_read_back() {
    let reports = [build_sample_report(), judge_defective("stale-disconnect-accepted"), judge_mock(Profile::Dbgeng)];
    for report in reports {
        let text = serde_json::to_string_pretty(&report).expect("a report is JSON");
        assert_eq!(serde_json::from_str::<Report>(&text).expect("it was written"), report);
    }
    let verdicts: HashSet<Verdict> = build_sample_report().requirements.iter().map(|report| report.verdict).collect();
    assert_eq!(verdicts.len(), Verdict::WORST_FIRST.len(), "the sample shows every verdict");
}

#[test]
fn a_violation_seen_elsewhere_comes_with_the_calls_before_it() {
    let report = judge_defective("second-connect-gives-any-open-handle");
    let elsewhere: Vec<&ElsewhereReport> = report.requirements.iter().flat_map(|report| &report.elsewhere).collect();
    assert!(!elsewhere.is_empty());
    for ElsewhereReport { place, failure, calls, .. } in elsewhere {
        assert_eq!(failure.call.map(|call| call + 1), Some(calls.len()), "{place}");
    }
}

#[test]
fn every_report_says_in_which_versions_a_requirement_holds() {
    let (defect, profile) = (find_defect("time-out-is-s-false-again"), Profile::Dbgeng);
    let suite = Suite::new(defect.name, move || plant(defect, profile)).profile(profile);
    let report = suite.programs(0).depth(1).run();
    let words = "SHOULD, observed, dbgeng@10.0.29507 alone";
    for rendered in [report.text(false), report.junit(), html(std::slice::from_ref(&report))] {
        assert!(rendered.contains(words), "{rendered}");
    }
    let json: serde_json::Value = serde_json::from_str(&report.json()).unwrap();
    let find = |id: &str| json["requirements"].as_array().unwrap().iter().find(|it| it["requirement"] == id).unwrap();
    assert_eq!(find("wait/time-out-is-s-ok")["profiles"], serde_json::json!(["dbgeng@10.0.29507"]));
    assert!(find("call/returns").get("profiles").is_none());
}

#[test]
fn a_known_deviation_says_why() {
    let defect = "stale-disconnect-accepted";
    let deviations = Deviations::default().updated(&judge_defective(defect)).unwrap();
    let report = build_defective_suite(defect).deviations(deviations).run();
    assert_eq!(report.objections(), [""; 0]);
    let known: Vec<&RequirementReport> = report.requirements.iter().filter(|report| report.known.is_some()).collect();
    assert!(known.iter().any(|report| report.requirement == find_defect(defect).requirement));
    assert!(known.iter().all(|report| report.verdict == Verdict::KnownDeviation));
    let text = report.text(false);
    assert!(text.contains("client/other-thread-is-refused: Not reviewed: expected an error, got S_OK"), "{text}");
}

#[test]
fn the_behaviour_of_the_mock() {
    for profile in Profile::ALL {
        let report = judge_mock(profile);
        insta::assert_snapshot!(format!("behaviour-{profile}"), report.behaviour());
    }
}

/// Review sees at once whether one answer changed or a hundred.
#[test]
fn a_changed_behaviour_says_first_how_many_answers_changed() {
    let report = build_sample_report();
    let before = report.behaviour();
    assert_eq!(report.behaviour_changes(&before), None);
    // A snapshot has a head of its own.
    assert_eq!(report.behaviour_changes(&format!("---\nsource: t.rs\n---\n{before}")), None);
    let mut changed = report.clone();
    let judged: Vec<usize> = (0..changed.requirements.len())
        .filter(|at| changed.requirements[*at].cases.first().is_some_and(|case| !case.calls.is_empty()))
        .collect();
    for at in &judged[..2] {
        let calls = &mut changed.requirements[*at].cases[0].calls;
        calls.last_mut().expect("it has calls").outcome = "E_UNEXPECTED".to_owned();
    }
    let changes = changed.behaviour_changes(&before).expect("two answers changed");
    assert!(changes.starts_with("2 answers changed in 2 cases; 0 cases new, 0 cases gone\n\n"), "{changes}");
    assert_eq!(changes.matches("\n  + ").count(), 2, "{changes}");
    assert!(changes.contains(" -> E_UNEXPECTED\n"), "{changes}");
    changed.requirements.remove(judged[0]);
    let changes = changed.behaviour_changes(&before).expect("a requirement is gone");
    assert!(changes.starts_with("1 answer changed in 1 case; 0 cases new, "), "{changes}");
    assert!(changes.contains("\nCases that are gone\n  "), "{changes}");
    let back = behaviour_changes(&changed.behaviour(), &before).expect("it is new");
    assert!(back.contains("\nNew cases\n  "), "{back}");
}

/// To look for common lines among all pairs of these would take gigabytes.
#[test]
fn the_change_of_a_very_long_case_is_shown_whole() {
    let behaviour = |outcome: &str| {
        let calls: String = (0..40_000).map(|number| format!("  client: Call({number}) -> {outcome}\n")).collect();
        format!("## ids/succeeds\na case: pass\n{calls}")
    };
    let changes = behaviour_changes(&behaviour("S_OK"), &behaviour("S_FALSE")).expect("every answer has changed");
    assert!(changes.starts_with("40000 answers changed in 1 case; 0 cases new, 0 cases gone\n\n"));
    assert_eq!(["\n  - ", "\n  + "].map(|sign| changes.matches(sign).count()), [40_000; 2]);
}

#[test]
fn repeated_calls_are_collapsed() {
    let round = |number: usize| {
        [
            build_line(0, "ConnectProcessServer()", &format!("S_OK, Server=#{number}")),
            build_line(0, &format!("DisconnectProcessServer(Server=#{number})"), "S_OK"),
        ]
    };
    let mut report = build_sample_report();
    let wait = || build_line(0, "WaitForProcessServerEnd(Timeout=0)", "S_FALSE");
    let mut calls: Vec<TranscriptLine> = (1..=1_000).flat_map(round).collect();
    calls.extend((0..5).map(|_| wait()));
    // One step is twice as long as the others, so this does not repeat.
    calls.extend([1, 2, 3, 5, 6, 7].into_iter().map(|number| round(number)[0].clone()));
    report.requirements.truncate(1);
    report.requirements[0].cases[0].calls = calls;
    insta::assert_snapshot!(report.behaviour());
}

#[test]
fn the_wrong_call_is_not_collapsed() {
    let mut report = build_sample_report();
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
