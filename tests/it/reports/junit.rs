//! The report for CI servers.

use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus};

use dbgeng_testkit::Profile;

use crate::support::{build_sample_report, judge_mock};

fn parsed(text: &str) -> Junit {
    Junit::deserialize_from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn outcome(test: &TestCase) -> (&str, Option<&str>) {
    match &test.status {
        TestCaseStatus::Success { .. } => ("success", None),
        TestCaseStatus::NonSuccess { kind: NonSuccessKind::Failure, message, .. } => ("failure", message.as_deref()),
        TestCaseStatus::NonSuccess { kind: NonSuccessKind::Error, message, .. } => ("error", message.as_deref()),
        TestCaseStatus::Skipped { message, .. } => ("skipped", message.as_deref()),
    }
}

#[test]
fn every_case_is_a_test_of_its_area() {
    let junit = parsed(&build_sample_report().junit());
    let broken = "handle/stale-is-refused: expected an error, got S_OK";
    let expected = [
        ("handle", "handle/is-not-zero", "connect", "success", None),
        (
            "handle",
            "handle/value-is-not-reused",
            "a connect after a disconnect",
            "skipped",
            Some("handles are addresses (OBS-2)"),
        ),
        ("handle", "handle/stale-is-refused", "disconnect", "failure", Some(broken)),
        ("handle", "handle/stale-is-refused", "end", "success", None),
        ("handle", "handle/stale-is-refused", "attach", "error", Some(broken)),
        ("handle", "handle/other-handles-unharmed", "misuse beside a connection", "success", None),
        (
            "handle",
            "handle/other-handles-unharmed",
            "elsewhere: handle/stale-is-refused: disconnect",
            "failure",
            Some("handle/other-handles-unharmed: expected an error, got S_OK"),
        ),
        (
            "handle",
            "handle/other-handles-unharmed",
            "elsewhere: programs/random",
            "failure",
            Some("handle/other-handles-unharmed: expected an error, got S_OK"),
        ),
        (
            "disconnect",
            "disconnect/leaves-other-connections",
            "a connection to another server",
            "skipped",
            Some("a call on the way broke connect/live-server-succeeds"),
        ),
        (
            "disconnect",
            "disconnect/leaves-server-running",
            "a new connection",
            "error",
            Some("disconnect/leaves-server-running: expected an error, got S_OK"),
        ),
        (
            "disconnect",
            "disconnect/other-thread-closes-nothing",
            "from another thread",
            "error",
            Some(
                "the suite counts on further threads, but `Engine::on_thread` returned false; mend that, or declare the lack with `Suite::lacks`",
            ),
        ),
        ("connect", "connect/needs-a-server", "no server", "error", Some("no folder")),
        (
            "start",
            "start/valid-options-succeed",
            "tcp",
            "skipped",
            Some(
                "your engine returns E_NOTIMPL from StartProcessServer; implement it, or give the suite a running server with `Suite::server`",
            ),
        ),
        ("start", "start/address-in-use-is-refused", "no case", "skipped", Some("not covered by any case")),
        (
            "platform",
            "platform/connect-codes",
            "nobody listens",
            "skipped",
            Some("MAY: platform/connect-codes: expected an error, got S_OK"),
        ),
        ("run", "programs", "programs/random", "failure", Some("handle/stale-is-refused")),
        ("run", "programs", "programs/short", "success", None),
        (
            "run",
            "run",
            "every claimed capability was tested",
            "failure",
            Some("transport tcp is claimed, but no case that needs it was judged"),
        ),
    ];
    let tests = junit.test_suites.iter().flat_map(|suite| suite.test_cases.iter().map(move |test| (suite, test)));
    let found: Vec<_> = tests
        .map(|(suite, test)| {
            let (outcome, message) = outcome(test);
            (suite.name.as_str(), test.classname.as_deref().unwrap_or_default(), test.name.as_str(), outcome, message)
        })
        .collect();
    assert_eq!(found, expected);
    assert_eq!((junit.tests, junit.failures, junit.errors), (18, 5, 4));
    let skipped: Vec<Option<&str>> =
        junit.test_suites.iter().map(|suite| suite.extra.get("skipped").map(|count| count.as_str())).collect();
    assert_eq!(skipped, ["1", "1", "0", "2", "1", "0"].map(Some));
}

#[test]
fn a_failure_shows_the_calls_and_what_the_requirement_asks() {
    let junit = parsed(&build_sample_report().junit());
    let test = &junit.test_suites[0].test_cases[2];
    let calls = test.system_out.as_deref().expect("it failed");
    assert!(calls.contains("> client: DisconnectProcessServer(Server=#1) -> S_OK\n"), "{calls}");
    let TestCaseStatus::NonSuccess { description: Some(description), .. } = &test.status else { panic!("{test:?}") };
    assert!(description.starts_with("handle/stale-is-refused (MUST, required;"), "{description:?}");
    let end = "\nexpected  an error\nactual    S_OK\nnote      #1 is disconnected\n1 of 3 cases pass: \"end\"\n\
        then      later calls of the case that break it as well: none of 1";
    assert!(description.ends_with(end), "{description:?}");
    let of_programs =
        junit.test_suites.iter().flat_map(|suite| &suite.test_cases).filter_map(|test| test.system_out.as_deref());
    assert_eq!(of_programs.filter(|out| out.contains("calls is allowed:\nclient, thread 1  |--1--|\n")).count(), 1);
}

#[test]
fn the_verdict_of_a_ci_server_is_that_of_the_run() {
    for profile in Profile::ALL {
        let junit = parsed(&judge_mock(profile).junit());
        assert_eq!((junit.failures, junit.errors), (0, 0));
        assert!(junit.tests > 10);
    }
    let mut nothing = build_sample_report();
    nothing.requirements.clear();
    nothing.properties.clear();
    nothing.capabilities.clear();
    assert_eq!(nothing.objections(), ["nothing was judged"]);
    assert_eq!(parsed(&nothing.junit()).failures, 1);
}

/// A deviation that is known only of cases is a failure elsewhere.
#[test]
fn a_deviation_of_cases_does_not_excuse_a_failure_elsewhere() {
    let mut report = build_sample_report();
    report.requirements[3].known = Some("handles are addresses (OBS-2)".to_owned());
    let failures = parsed(&report.junit()).failures;
    assert_eq!(failures, parsed(&build_sample_report().junit()).failures);
}

/// The schema of Jenkins has no such attribute.
#[test]
fn nothing_is_disabled() {
    let mut report = build_sample_report();
    report.subject = " disabled=\"1\"".to_owned();
    let text = report.junit();
    assert!(!text.contains("disabled=\""), "{text}");
    assert_eq!(parsed(&text).name.as_str(), report.subject);
}

#[test]
fn foreign_strings_are_only_text() {
    let mut report = build_sample_report();
    report.subject = "</testsuites><script>&\"'\u{0}\u{1b}".to_owned();
    report.requirements[2].cases[0].name = "]]><b>".to_owned();
    report.requirements[2].cases[0].calls[0].call = "]]><b>".to_owned();
    let junit = parsed(&report.junit());
    assert_eq!(junit.name.as_str(), r#"</testsuites><script>&"'\u{0}\u{1b}"#);
    assert_eq!(junit.test_suites[0].test_cases[2].name.as_str(), "]]><b>");
}

/// A file that holds one is refused as a whole.
#[test]
fn characters_that_xml_forbids_are_escaped() {
    let hostile = "\u{1b}[31mred\u{1b}[0m\u{0}\u{b}\u{7f}\u{9b}\u{fffe}\u{ffff}\r\n\tgreen\u{1b}]0;title\u{7}";
    let mut report = build_sample_report();
    report.subject = hostile.to_owned();
    report.kit = hostile.to_owned();
    report.complaints = vec![hostile.to_owned()];
    for requirement in &mut report.requirements {
        for case in &mut requirement.cases {
            case.name = hostile.to_owned();
            case.reason = Some(hostile.to_owned());
            for call in &mut case.calls {
                call.call = hostile.to_owned();
            }
        }
    }
    let text = report.junit();
    let control = |letter: char| letter.is_control() && !['\n', '\t'].contains(&letter);
    assert!(!text.contains(|letter| control(letter) || ['\u{fffe}', '\u{ffff}'].contains(&letter)), "{text}");
    let name = r"\u{1b}[31mred\u{1b}[0m\u{0}\u{b}\u{7f}\u{9b}\u{fffe}\u{ffff}";
    assert!(text.contains(&format!("<testsuites name=\"{name}\n\tgreen\\u{{1b}}]0;title\\u{{7}}\"")), "{text}");
}
