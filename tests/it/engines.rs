//! The measured engines: their reports, their known deviations, and the matrix of the README.

use std::collections::BTreeMap;
use std::fs;

use dbgeng_testkit::conformance::{Comparison, Deviation, Deviations, Limits, Report, Verdict, cases};

use crate::support::{assert_fresh, find_file, read_text};

/// The lines of the README around the matrix.
const BEGINNING: &str = "<!-- Rendered from spec/reports by `INSTA_UPDATE=always cargo test`. -->\n";
const END: &str = "<!-- The end of the matrix. -->";

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
fn the_matrix_of_the_readme_is_fresh() {
    let mut reports = read_reports();
    for (path, report) in &mut reports {
        shorten(report);
        assert_fresh(path, &format!("{}\n", report.json()));
    }
    let readme = read_text("README.md");
    let (before, rest) = readme.split_once(BEGINNING).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let reports: Vec<Report> = reports.into_values().collect();
    let matrix = Comparison::of(&reports).markdown();
    assert_fresh("README.md", &format!("{before}{BEGINNING}\n{matrix}\n{END}{after}"));
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
