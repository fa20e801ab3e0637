//! Reports: a sample that has everything, and those of engines with a defect.

use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::{
    CapabilityReport, CaseReport, Counterexample, Elsewhere, PropertyReport, Report, ReportedFailure,
    RequirementReport, Verdict,
};
use dbgeng_testkit::spec::Requirement;
use dbgeng_testkit::transcript::TranscriptLine;

use super::suites::build_defective_suite;

/// Judges the mock with this defect.
pub(crate) fn judge_defective(defect: &str) -> Report {
    build_defective_suite(defect).run()
}

/// Builds a report in which every part and every verdict occurs.
pub(crate) fn build_sample_report() -> Report {
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

/// Builds a line of a transcript.
pub(crate) fn build_line(process: u32, call: &str, outcome: &str) -> TranscriptLine {
    let by = if process == 0 { "client".to_owned() } else { format!("server{process}") };
    TranscriptLine { by, process, call: call.to_owned(), outcome: outcome.to_owned() }
}

fn calls() -> Vec<TranscriptLine> {
    vec![
        build_line(1, "StartProcessServerWide(Flags=2, Options=\"tcp:port=7001\")", "S_OK"),
        build_line(0, "ConnectProcessServerWide(RemoteOptions=\"tcp:server=ONE,port=7001\")", "S_OK, Server=#1"),
        build_line(0, "DisconnectProcessServer(Server=#1)", "S_OK"),
        build_line(0, "DisconnectProcessServer(Server=#1)", "S_OK"),
        build_line(1, "is killed", ""),
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

/// Removes the escape sequences of colours.
pub(crate) fn strip_colours(mut text: String) -> String {
    while let Some(start) = text.find('\x1b') {
        let end = text[start..].find('m').expect("a colour ends") + start;
        text.replace_range(start..=end, "");
    }
    text
}
