//! The report for people.

use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::{Comparison, Origin, html, quoted};

use crate::support::{build_sample_report, decode, find_defect, judge_defective, judge_mock, strip_colours};

#[test]
fn a_report_with_everything_in_it() {
    insta::assert_snapshot!(build_sample_report().text(false));
}

#[test]
fn a_run_that_passes_fits_on_a_screen() {
    for profile in Profile::ALL {
        let text = judge_mock(profile).text(false);
        assert!(text.lines().count() <= 24, "{text}");
        assert!(text.contains("PASS: no violation found ("), "{text}");
    }
}

#[test]
fn colours_do_not_change_the_text() {
    let (plain, coloured) = (build_sample_report().text(false), build_sample_report().text(true));
    assert!(!plain.contains('\x1b'));
    assert!(coloured.contains("\x1b[1;31mCRASH\x1b[0m"));
    assert_eq!(plain, strip_colours(coloured));
}

#[test]
fn a_requirement_alone_says_everything() {
    let report = judge_defective("stale-disconnect-accepted");
    let id = find_defect("stale-disconnect-accepted").requirement.id();
    let broken = report.requirements.iter().find(|report| report.requirement.id() == id).expect("it is judged");
    let text = broken.text(false);
    for part in [
        id,
        "MUST, required",
        "DESIGN-2: A handle is unconnected",
        "OBS-7: DisconnectProcessServer on a stale handle",
        "case \"disconnect\"",
        "> client: DisconnectProcessServer(Server=#1) -> S_OK",
        "expected  an error",
        "actual    S_OK",
    ] {
        assert!(text.contains(part), "{part} is missing: {text}");
    }
}

#[test]
fn assert_panics_with_the_text() {
    let report = build_sample_report();
    let panic = std::panic::catch_unwind(|| report.assert()).expect_err("the run fails");
    let said = panic.downcast_ref::<String>().expect("a message");
    let kept = said.strip_prefix(&build_sample_report().text(false)).expect("the text comes first");
    let (_, rest) = kept.split_once("The trace is in ").expect("and where the trace is");
    let (path, how) = rest.split_once(". To run it again: ").expect("and how it is run again");
    assert_eq!(std::fs::read_to_string(path).expect("it was kept"), "{\"trace\":1}\n");
    std::fs::remove_file(path).expect("it is a file");
    let set = if cfg!(windows) {
        format!("set \"DBGENG_TESTKIT_TRACE={path}\" &&")
    } else {
        format!("DBGENG_TESTKIT_TRACE={path}")
    };
    assert_eq!(how, format!("{set} cargo test --test it\n"));
}

/// A name, a command and an answer of any length leave a report that can be read.
#[test]
fn long_words_are_cut() {
    let long = "n".repeat(10_000);
    let mut report = build_sample_report();
    report.subject = long.clone();
    report.origin = Some(Origin::now(0));
    report.origin.iter_mut().for_each(|origin| origin.command = format!("dbgeng-testkit run --name {long}"));
    for case in report.requirements.iter_mut().flat_map(|report| &mut report.cases) {
        case.calls.iter_mut().for_each(|line| line.outcome.push_str(&long));
        case.failure.iter_mut().for_each(|failure| failure.actual.push_str(&long));
    }
    let text = report.text(false);
    let reports = [report, build_sample_report()];
    for text in [&text, &Comparison::of(&reports).text(false), &Comparison::of(&reports).markdown(), &html(&reports)] {
        let longest = text.split(|letter| letter != 'n').map(str::len).max().unwrap_or_default();
        let line = text.lines().max_by_key(|line| line.len()).unwrap_or_default();
        assert!((20..=500).contains(&longest), "{longest} letters are left of the name: {line}");
    }
}

/// A shell takes each word as it was.
#[cfg(unix)]
#[test]
fn quoted_words_are_those_that_a_shell_takes() {
    for word in ["", "plain.jsonl", "two words", "it's", "a\\b", "$HOME", "~", "*", "a\nb", "\"", "日本"] {
        let mut shell = std::process::Command::new("sh");
        let output = shell.args(["-c", &format!("printf %s {}", quoted(word))]).output().expect("sh runs");
        assert_eq!(decode(&output.stdout), word);
    }
}
