//! The measured engines: their reports, their known deviations, and the matrix of the spec.

use std::collections::BTreeMap;
use std::fs;

use dbgeng_testkit::conformance::{Comparison, Deviation, Deviations, Limits, Report, Verdict, cases};

use crate::support::{assert_fresh, find_file, read_text};

/// The beginning of the matrix.
const HEAD: &str = "\
# Requirements by engines

Rendered from `spec/reports` by `INSTA_UPDATE=always cargo test`; a test fails when it is stale.

Each engine was judged by `run --library`, with the deviations that are known of it ([deviations](deviations)), and the mock with
`--facts`, since it simulates its processes. The newest version of Microsoft's engine was measured with earlier cases; a case that a
wait had cut short (OBS-93) counts as skipped.

";

/// Returns the files of a folder of the spec, by their path in the repository.
fn read_folder(folder: &str) -> BTreeMap<String, String> {
    let entries = fs::read_dir(find_file(folder)).unwrap().map(|entry| entry.unwrap().file_name());
    let paths = entries.map(|name| format!("{folder}/{}", name.to_str().unwrap()));
    paths.map(|path| (path.clone(), read_text(&path))).collect()
}

fn read_reports() -> BTreeMap<String, Report> {
    let read = |(path, text): (String, String)| {
        let report = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
        (path, report)
    };
    read_folder("spec/reports").into_iter().map(read).collect()
}

fn read_deviations() -> Vec<(String, Deviations)> {
    let read = |(path, text): (String, String)| {
        let known = Deviations::parse(&path, &text).unwrap();
        (path, known)
    };
    read_folder("spec/deviations").into_iter().map(read).collect()
}

/// Keeps the verdicts alone: the calls and the reasons of a whole report are long.
fn shorten(report: &mut Report) {
    report.capabilities.clear();
    for requirement in &mut report.requirements {
        requirement.known = None;
        requirement.cases.clear();
        requirement.elsewhere.clear();
    }
    for property in &mut report.properties {
        property.counterexamples.clear();
    }
}

/// A refresh shortens a whole report that somebody has put there.
#[test]
fn the_matrix_is_fresh() {
    let mut reports = read_reports();
    for (path, report) in &mut reports {
        shorten(report);
        assert_fresh(path, &format!("{}\n", report.json()));
    }
    let reports: Vec<Report> = reports.into_values().collect();
    assert_fresh("spec/matrix.md", &format!("{HEAD}{}", Comparison::of(&reports).markdown()));
}

#[test]
fn a_report_shows_the_known_deviations_of_its_engine() {
    let known: BTreeMap<String, Deviations> =
        read_deviations().into_iter().map(|(_, known)| (known.subject.clone(), known)).collect();
    for (path, report) in read_reports() {
        assert!(report.holds(), "{path}: {:?}", report.objections());
        let known = known.get(&report.subject).map_or(&[][..], |known| &known.deviations);
        for judged in &report.requirements {
            let entry = known.iter().find(|deviation| deviation.requirement == judged.requirement);
            let is_constant = |entry: &Deviation| entry.elsewhere || entry.cases.values().any(|case| !case.sometimes);
            let (is_shown, of) = (judged.verdict == Verdict::KnownDeviation, judged.requirement);
            assert!(!is_shown || entry.is_some(), "{path}: no known deviation from {of} is listed");
            assert!(is_shown || !entry.is_some_and(is_constant), "{path}: {of} is listed, but {:?}", judged.verdict);
        }
    }
}

#[test]
fn a_known_deviation_names_cases_that_are_there() {
    for (path, known) in read_deviations() {
        let cases = cases(known.profile, Limits::default());
        for Deviation { requirement, cases: named, .. } in known.deviations {
            for name in named.keys() {
                let is_it = cases.iter().any(|case| case.requirement == requirement && case.name == *name);
                assert!(is_it, "{path}: {requirement} has no case {name:?}");
            }
        }
    }
}
