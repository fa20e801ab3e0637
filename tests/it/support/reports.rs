//! Reports: a sample that has everything, and those of engines with a defect.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::{Report, Suite};
use dbgeng_testkit::transcript::TranscriptLine;

use super::suites::{build_defective_suite, build_mock_suite};

/// Judges the mock with this defect. The first caller does the work.
pub(crate) fn judge_defective(defect: &str) -> Report {
    judge_once(defect.to_owned(), || build_defective_suite(defect))
}

/// Judges the mock by every case and a few programs. The first caller does the work.
pub(crate) fn judge_mock(profile: Profile) -> Report {
    judge_once(format!("the mock, {profile}"), || build_mock_suite(profile).programs(5).depth(2))
}

fn judge_once(name: String, suite: impl FnOnce() -> Suite) -> Report {
    static REPORTS: Mutex<BTreeMap<String, Arc<OnceLock<Report>>>> = Mutex::new(BTreeMap::new());
    let report = Arc::clone(REPORTS.lock().unwrap().entry(name).or_default());
    report.get_or_init(|| suite().run()).clone()
}

/// Reads a report in which every part and every verdict occurs.
pub(crate) fn build_sample_report() -> Report {
    serde_json::from_str(include_str!("sample-report.json")).expect("the sample is a report")
}

/// Builds a line of a transcript.
pub(crate) fn build_line(process: u32, call: &str, outcome: &str) -> TranscriptLine {
    let by = if process == 0 { "client".to_owned() } else { format!("server{process}") };
    TranscriptLine { by, process, call: call.to_owned(), outcome: outcome.to_owned() }
}

/// Removes the escape sequences of colours.
pub(crate) fn strip_colours(mut text: String) -> String {
    while let Some(start) = text.find('\x1b') {
        let end = text[start..].find('m').expect("a colour ends") + start;
        text.replace_range(start..=end, "");
    }
    text
}
