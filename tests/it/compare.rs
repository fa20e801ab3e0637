//! Reports side by side: in a terminal, in a README.

use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::{Comparison, Report, Suite, Verdict};
use dbgeng_testkit::spec::Requirement;

use crate::reports::text::without_colours;
use crate::reports::{sample, suite};
use crate::suite::{mock, toy};

/// The cases are enough. The version of the kit is the same for ever.
fn judge(suite: Suite) -> Report {
    Report { kit: "0.1.0".to_owned(), ..suite.programs(0).depth(1).run() }
}

/// An engine that is as it should be, one that is not, and one that can do little.
fn engines() -> [Report; 3] {
    [mock(Profile::Contract), suite("stale-disconnect-accepted"), toy()].map(judge)
}

/// All that a report can say, and something else by another kit and another profile.
fn samples() -> [Report; 2] {
    let mut other = sample();
    other.subject = "another engine".to_owned();
    other.profile = Profile::Dbgeng;
    other.kit = "0.2.0".to_owned();
    other.complaints.push("a known deviation is out of date".to_owned());
    other.requirements.remove(0);
    let stale = other.requirements.iter_mut().find(|report| report.requirement == Requirement::HandleStaleIsRefused);
    stale.expect("the sample has it").verdict = Verdict::Pass;
    [sample(), other]
}

#[test]
fn engines_side_by_side() {
    let engines = engines();
    insta::assert_snapshot!("engines-text", Comparison::of(&engines).text(false));
    insta::assert_snapshot!("engines-markdown", Comparison::of(&engines).markdown());
}

#[test]
fn everything_that_reports_can_say_side_by_side() {
    let samples = samples();
    insta::assert_snapshot!("samples-text", Comparison::of(&samples).text(false));
    insta::assert_snapshot!("samples-markdown", Comparison::of(&samples).markdown());
}

#[test]
fn whoever_is_alone_differs_from_nobody() {
    let [one, other] = samples();
    for reports in [vec![one.clone()], vec![one.clone(), one.clone()], vec![one, other]] {
        let comparison = Comparison::of(&reports);
        for text in [comparison.text(false), comparison.markdown()] {
            let sentences = text.lines().filter(|line| line.starts_with("They differ in ")).count();
            assert_eq!(sentences, usize::from(reports.len() > 1), "{text}");
            let signs = if reports.iter().all(|report| *report == reports[0]) { 0 } else { 2 };
            assert_eq!(text.matches('≠').count(), signs, "{text}");
        }
    }
}

#[test]
fn colours_are_nothing_but_colours() {
    let samples = samples();
    let comparison = Comparison::of(&samples);
    let (plain, coloured) = (comparison.text(false), comparison.text(true));
    assert!(!plain.contains('\x1b'));
    assert!(coloured.contains("\x1b[1m≠ handle/stale-is-refused\x1b[0m"), "{coloured}");
    assert!(coloured.contains("\x1b[1;31m↯ crash\x1b[0m"), "{coloured}");
    assert!(coloured.contains("MAY     ✗ fail"), "what need not hold is not red: {coloured}");
    assert_eq!(plain, without_colours(coloured));
}

/// A report may come from anywhere, and its names go to a terminal or into a page.
#[test]
fn what_comes_from_outside_is_only_text() {
    let mut report = sample();
    report.subject = "\x1b]0;title\x07\n| *one* | `two` | <b>&amp; \u{202e}[x](y)".to_owned();
    report.kit = "1\n# _2_".to_owned();
    report.complaints.push("~~a~~ | $b$ \\\n".to_owned());
    let reports = [report];
    let text = Comparison::of(&reports).text(false);
    assert!(!text.contains(['\x1b', '\x07', '\u{202e}']), "{text:?}");
    assert!(text.starts_with("�]0;title��| *one* | `two` | <b>&amp; �[x](y), profile contract"), "{text}");
    assert!(text.contains("\n  ~~a~~ | $b$ \\�\n"), "{text}");

    let markdown = Comparison::of(&reports).markdown();
    let subject = r"�\]0;title��\| \*one\* \| \`two\` \| \<b\>\&amp; �\[x\](y)";
    assert!(markdown.starts_with(&format!(r"- {subject} (profile contract, dbgeng-testkit 1�# \_2\_) ")), "{markdown}");
    assert!(markdown.contains(&format!("\n| requirement | {subject}<br>contract |\n")), "{markdown}");
    assert!(markdown.contains("; \\~\\~a\\~\\~ \\| \\$b\\$ \\\\�;"), "{markdown}");
}
