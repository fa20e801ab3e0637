//! Reports side by side: in a terminal, in a README, on the command line.

use std::fs;
use std::sync::LazyLock;

use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::{Comparison, Report, Suite, Verdict, html};
use dbgeng_testkit::spec::Requirement;
use tempfile::TempDir;

use crate::support::{
    build_defective_suite, build_mock_suite, build_sample_report, build_toy_suite, decode, run_cli, strip_colours,
};

/// Judges by the cases and few programs. The version of the kit is fixed, so that snapshots do not depend on it.
fn judge(suite: Suite) -> Report {
    let mut report = suite.programs(0).depth(1).run();
    report.kit = "0.1.0".to_owned();
    report
}

/// Reports of a correct engine, a defective one, and one of few methods.
static ENGINES: LazyLock<[Report; 3]> = LazyLock::new(|| {
    [build_mock_suite(Profile::Contract), build_defective_suite("stale-disconnect-accepted"), build_toy_suite()]
        .map(judge)
});

/// The sample report, and one that differs from it, by another kit and another profile.
fn samples() -> [Report; 2] {
    let mut other = build_sample_report();
    other.subject = "another engine".to_owned();
    other.profile = Profile::Dbgeng;
    other.kit = "0.2.0".to_owned();
    other.complaints.push("a known deviation is out of date".to_owned());
    other.requirements.remove(0);
    let stale = other.requirements.iter_mut().find(|report| report.requirement == Requirement::HandleStaleIsRefused);
    stale.expect("the sample has it").verdict = Verdict::Pass;
    [build_sample_report(), other]
}

#[test]
fn engines_side_by_side() {
    let engines = &*ENGINES;
    insta::assert_snapshot!("engines-text", Comparison::of(engines).text(false));
    insta::assert_snapshot!("engines-markdown", Comparison::of(engines).markdown());
}

#[test]
fn everything_that_reports_can_say_side_by_side() {
    let samples = samples();
    insta::assert_snapshot!("samples-text", Comparison::of(&samples).text(false));
    insta::assert_snapshot!("samples-markdown", Comparison::of(&samples).markdown());
}

#[test]
fn a_single_report_differs_from_none() {
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
fn colours_do_not_change_the_text() {
    let samples = samples();
    let comparison = Comparison::of(&samples);
    let (plain, coloured) = (comparison.text(false), comparison.text(true));
    assert!(!plain.contains('\x1b'));
    assert!(coloured.contains("\x1b[1m≠ handle/stale-is-refused\x1b[0m"), "{coloured}");
    assert!(coloured.contains("\x1b[1;31m↯ crash\x1b[0m"), "{coloured}");
    assert!(coloured.contains("MAY     ✗ fail"), "a MAY that fails is not red: {coloured}");
    assert_eq!(plain, strip_colours(coloured));
}

/// A report may come from anywhere, and its strings end up in a terminal or a page.
#[test]
fn foreign_strings_are_only_text() {
    let mut report = build_sample_report();
    report.subject = "\x1b]0;title\x07\n| *one* | `two` | <b>&amp; \u{202e}[x](y)".to_owned();
    report.kit = "1\n# _2_".to_owned();
    report.complaints.push("~~a~~ | $b$ \\\n".to_owned());
    let reports = [report];
    let text = Comparison::of(&reports).text(false);
    assert!(!text.contains(['\x1b', '\x07', '\u{202e}']), "{text:?}");
    assert!(
        text.starts_with(r"\u{1b}]0;title\u{7}\n| *one* | `two` | <b>&amp; \u{202e}[x](y), profile contract"),
        "{text}"
    );
    assert!(text.contains("\n  ~~a~~ | $b$ \\\\n\n"), "{text}");

    let markdown = Comparison::of(&reports).markdown();
    let subject = r"\\u{1b}\]0;title\\u{7}\\n\| \*one\* \| \`two\` \| \<b\>\&amp; \\u{202e}\[x\](y)";
    assert!(
        markdown.starts_with(&format!(r"- {subject} (profile contract, dbgeng-testkit 1\\n# \_2\_) ")),
        "{markdown}"
    );
    assert!(markdown.contains(&format!("\n| requirement | {subject}<br>contract |\n")), "{markdown}");
    assert!(markdown.contains("; \\~\\~a\\~\\~ \\| \\$b\\$ \\\\\\\\n;"), "{markdown}");
}

/// A table says which engine and profile each column is, and what an empty cell means.
#[test]
fn every_column_and_every_gap_is_explained() {
    let gap = "An empty cell: the profile or the version of the kit of that report does not have the requirement.\n";
    let [one, mut other] = samples();
    other.subject = "/build/debug/libdbgeng.so".to_owned();
    let text = |reports: &[Report]| Comparison::of(reports).text(false);
    let both = [one.clone(), other.clone()];
    for shown in [text(&both), Comparison::of(&both).markdown()] {
        assert!(shown.ends_with(gap), "{shown}");
    }
    assert!(!text(&both[..1]).contains("empty cell"));
    let heads = |reports: &[Report]| {
        let text = text(reports);
        let head = text.lines().skip_while(|line| !line.starts_with("engine")).take(2);
        head.map(|line| line.split("  ").map(str::trim).filter(|word| !word.is_empty()).collect::<Vec<_>>().join("|"))
            .collect::<Vec<_>>()
    };
    assert_eq!(heads(&both), ["engine|an engine|libdbgeng.so", "profile|contract|dbgeng"]);
    let page = html(&both);
    assert!(
        page.contains("<span>libdbgeng.so<br><i>dbgeng</i></span>") && page.contains("empty cell</span> the profile")
    );
    // Two files of one name are told apart by their paths.
    let mut same = one;
    same.subject = r"C:\build\libdbgeng.so".to_owned();
    let expected = format!("engine|{}|{}", other.subject, same.subject);
    assert_eq!(heads(&[other, same])[0], expected);
}

fn write(folder: &TempDir, name: &str, content: &[u8]) -> String {
    let path = folder.path().join(name);
    fs::write(&path, content).expect("the folder is new");
    path.display().to_string()
}

#[test]
fn compare_shows_reports_in_every_format_and_says_whether_all_hold() {
    let folder = tempfile::tempdir().unwrap();
    let [good, bad, toy] = ENGINES.clone();
    let paths = [("a", &good), ("b", &bad), ("c", &toy)].map(|(name, it)| write(&folder, name, it.json().as_bytes()));
    let [a, b, c] = paths.each_ref().map(String::as_str);
    let (all, holding) = ([good.clone(), bad, toy.clone()], [good, toy]);
    for format in ["text", "markdown", "html"] {
        let shown = |reports: &[Report]| match format {
            "text" => Comparison::of(reports).text(false),
            "markdown" => Comparison::of(reports).markdown(),
            _ => html(reports),
        };
        for (files, reports, status) in [(&[a, b, c][..], &all[..], 1), (&[a, c], &holding, 0)] {
            let output = run_cli(&[&["compare", "--format", format], files].concat());
            assert_eq!(output.status.code(), Some(status), "{format}");
            assert!(decode(&output.stdout) == shown(reports), "{format}: {}", decode(&output.stdout));
        }
    }
    assert_eq!(decode(&run_cli(&["compare", a]).stdout), Comparison::of(&all[..1]).text(false));
}

#[test]
fn compare_says_what_is_no_report_where_and_why() {
    let folder = tempfile::tempdir().unwrap();
    let json = build_sample_report().json();
    let good = write(&folder, "good.json", json.as_bytes());
    let changed = |from: &str, to: &str| {
        assert!(json.contains(from), "{from}");
        json.replacen(from, to, 1).into_bytes()
    };
    let wrong = [
        (b"no JSON".to_vec(), "1:2", "expected ident"),
        (Vec::new(), "1:1", "the file is empty"),
        (b"{}".to_vec(), "1:2", "missing field `subject`"),
        (changed("\"an engine\"", "7"), "2:14", "invalid type: integer `7`, expected a string"),
        (
            changed("\"contract\"", "\"real\""),
            "3:19",
            "unknown profile \"real\": expected contract, dbgeng, dbgeng@10.0.15063 or dbgeng@10.0.29507",
        ),
        (
            changed("\"handle/is-not-zero\"", "\"handle/is-nt-zero\""),
            "27:40",
            "there is no requirement \"handle/is-nt-zero\" (`dbgeng-testkit list` prints every id); did you mean \
             handle/is-not-zero?",
        ),
        (changed("\"kit\"", "\"colour\""), "4:10", "unknown field `colour`"),
        (json.as_bytes()[..json.len() - 2].to_vec(), "", "EOF while parsing"),
        (format!("{json}\n{json}").into_bytes(), "", "trailing characters"),
    ];
    for (content, place, cause) in wrong {
        let bad = write(&folder, "bad.json", &content);
        let said = assert_refused(&[&good, &bad, &good], &format!("dbgeng-testkit: {bad}:{place}"));
        assert!(said.contains(&format!(": not a report of `run --format json`: {cause}")), "{said}");
    }
    let undecodable = write(&folder, "bad.json", b"{\"subject\": \"\xff\"}");
    assert_refused(
        &[&undecodable],
        &format!("dbgeng-testkit: {undecodable}:1:14: the text is neither UTF-8 nor UTF-16"),
    );
    let missing = folder.path().join("missing.json").display().to_string();
    assert_refused(&[&good, &missing, &missing], &format!("dbgeng-testkit: {missing}: there is no such file"));
    assert_eq!(run_cli(&["compare"]).status.code(), Some(2));
}

/// Asserts that the command prints one line on standard error, and no comparison. Returns the line.
fn assert_refused(reports: &[&str], beginning: &str) -> String {
    let output = run_cli(&[&["compare"], reports].concat());
    let (said, shown) = (decode(&output.stderr), decode(&output.stdout));
    assert_eq!((output.status.code(), shown.as_str()), (Some(2), ""), "{said}");
    assert!(said.starts_with(beginning) && said.lines().count() == 1, "expected {beginning}, got {said}");
    said
}
