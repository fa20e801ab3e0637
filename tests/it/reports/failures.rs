//! A report shows around a failure what still works, what is like it, and what follows.

use dbgeng_testkit::conformance::{CaseReport, Report, Verdict, html};
use dbgeng_testkit::spec::Requirement;

use crate::support::{build_line, build_sample_report, find_defect, judge_defective};

/// Builds a report with one requirement, which two of three cases break.
fn build_stale_report() -> Report {
    let mut report = build_sample_report();
    report.requirements.retain(|report| report.requirement == Requirement::HandleStaleIsRefused);
    report.properties.clear();
    report
}

/// Renders a report in each form that people read.
fn render(report: &Report) -> [String; 3] {
    [report.text(false), report.junit(), html(std::slice::from_ref(report))]
}

/// Returns the requirements in the order of their headings.
fn headings(report: &Report) -> Vec<String> {
    let text = report.text(false);
    let headings = text.lines().filter_map(|line| line.strip_prefix("FAIL ").or(line.strip_prefix("CRASH ")));
    headings.filter(|heading| heading.contains('/')).map(str::to_owned).collect()
}

#[test]
fn the_cases_that_pass_are_named_beside_a_failure() {
    let report = judge_defective("stale-disconnect-accepted");
    let id = find_defect("stale-disconnect-accepted").requirement;
    let broken = report.requirements.iter().find(|report| report.requirement == id).expect("it is judged");
    let passing: Vec<&CaseReport> = broken.cases.iter().filter(|case| case.verdict == Verdict::Pass).collect();
    let count = format!("{} of {} cases pass: ", passing.len(), broken.cases.len());
    let text = broken.text(false);
    let named = text.split(&count).nth(1).unwrap_or_else(|| panic!("{text}"));
    assert!(passing.iter().any(|case| named.starts_with(&format!("\"{}\"", case.name))), "{text}");
    assert!(report.junit().contains(&format!("\n{}", count.trim_end())), "{}", report.junit());
}

#[test]
fn the_case_with_the_most_similar_call_is_named_first() {
    let mut report = build_stale_report();
    let cases = &mut report.requirements[0].cases;
    let add = |cases: &mut Vec<CaseReport>, name: &str, call: &str| {
        let mut case = cases.iter().find(|case| case.verdict == Verdict::Pass).expect("a case passes").clone();
        (case.name, case.calls) = (name.to_owned(), vec![build_line(0, call, "E_INVALIDARG")]);
        cases.push(case);
    };
    cases.retain(|case| case.name != "attach");
    let end = cases.iter_mut().find(|case| case.name == "end").expect("the sample has it");
    end.calls = vec![build_line(0, "EndProcessServer(Server=#1)", "E_INVALIDARG")];
    add(cases, "far", "DisconnectProcessServer(Server=0x123)");
    add(cases, "near", "DisconnectProcessServer(Server=#12)");
    let text = report.text(false);
    let expected = "  3 of 4 cases pass: \"near\", \"far\", \"end\"\n    \
        passes    client: DisconnectProcessServer(Server=#12) -> E_INVALIDARG\n";
    assert!(text.contains(expected), "{text}");
}

/// A handle that is compared in 32 bits is probed with each of its bits wrong, in every method.
#[test]
fn calls_that_differ_in_one_argument_are_one_row() {
    let report = judge_defective("handle-cut-to-32-bits");
    for rendered in render(&report) {
        assert!(rendered.contains("#2 with one of the bits 0–31 flipped"), "{rendered}");
    }
    let text = report.text(false);
    let requirements = text.split("\nFAIL programs/").next().expect("it begins with the requirements");
    assert!(requirements.matches("^0x").count() < 30, "{requirements}");
}

/// A failure that another requirement shows with its calls refers to that one.
#[test]
fn the_same_failure_is_shown_once() {
    let mut report = build_stale_report();
    let mut like = report.requirements[0].clone();
    like.requirement = Requirement::DisconnectConnectedHandleSucceeds;
    report.requirements.push(like);
    let text = report.text(false);
    assert!(text.contains(": the same call and answer as under "), "{text}");
    assert_eq!(text.matches("> client: DisconnectProcessServer").count(), 1, "{text}");
    // Calls of one method that no other calls lead to.
    for (requirement, handle) in report.requirements.iter_mut().zip(["#1", "0x123"]) {
        for case in &mut requirement.cases {
            case.calls = vec![build_line(0, &format!("DisconnectProcessServer(Server={handle})"), "S_OK")];
            case.failure.iter_mut().for_each(|failure| failure.call = Some(0));
        }
    }
    let text = report.text(false);
    let like = ": the same answer as under handle/stale-is-refused\n    \
        > client: DisconnectProcessServer(Server=0x123) -> S_OK\n";
    assert!(text.contains(like), "{text}");
}

/// A requirement that applies to the wrong calls alone is a better cause than one that applies to many right ones as well.
#[test]
fn the_requirement_that_fits_the_wrong_calls_stands_first() {
    let mut report = build_stale_report();
    let mut other = report.requirements[0].clone();
    other.requirement = Requirement::DisconnectConnectedHandleSucceeds;
    report.requirements.push(other);
    let order = |judged: [u64; 2]| {
        let mut report = report.clone();
        for (requirement, judged) in report.requirements.iter_mut().zip(judged) {
            (requirement.wrong_calls, requirement.judged_calls) = (10, judged);
        }
        headings(&report)
    };
    let [stale, connected] = [Requirement::HandleStaleIsRefused, Requirement::DisconnectConnectedHandleSucceeds];
    assert_eq!(order([10, 1_000]), [stale.id(), connected.id()]);
    assert_eq!(order([1_000, 10]), [connected.id(), stale.id()]);
}

#[test]
fn a_failure_says_which_later_calls_break_it_as_well() {
    let mut report = build_stale_report();
    let case = report.requirements[0].cases.iter().position(|case| case.name == "disconnect").expect("it is there");
    for rendered in render(&report) {
        assert!(rendered.contains("later calls of the case that break it as well: none of 1"), "{rendered}");
    }
    let CaseReport { failure: Some(failure), calls, .. } = &mut report.requirements[0].cases[case] else { panic!() };
    calls.truncate(failure.call.expect("a call is wrong") + 1);
    for method in ["EndProcessServer", "AttachProcess", "EndProcessServer", "AttachProcess"] {
        calls.push(build_line(0, &format!("{method}(Server=#1)"), "S_OK"));
    }
    let last = calls.len() - 1;
    failure.later = vec![last - 3, last - 1, last];
    for rendered in render(&report) {
        let later = "later calls of the case that break it as well: 3 of 4 (AttachProcess, EndProcessServer)";
        assert!(rendered.contains(later), "{rendered}");
    }
    report.requirements[0].cases[case].unmade = 7;
    for rendered in render(&report) {
        assert!(rendered.contains("7 later steps of the case were not reached"), "{rendered}");
    }
}

/// The kit notes the later calls, and only those of the requirement that is broken.
#[test]
fn later_calls_that_break_it_are_noted() {
    let report = judge_defective("handle-cut-to-32-bits");
    let failures = report.requirements.iter().flat_map(|report| &report.cases).filter_map(|case| {
        let failure = case.failure.as_ref()?;
        Some((failure.call?, failure.later.clone(), case.calls.len()))
    });
    let with_later: Vec<_> = failures.filter(|(_, later, _)| !later.is_empty()).collect();
    assert!(!with_later.is_empty(), "{}", report.text(false));
    for (call, later, calls) in with_later {
        assert!(later.is_sorted_by(|one, next| one < next), "{later:?}");
        assert!(call < later[0] && *later.last().expect("it has some") < calls, "{call}, {later:?}, {calls}");
    }
}
