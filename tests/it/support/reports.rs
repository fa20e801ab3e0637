//! Reports: a sample that has everything, and those of engines with a defect.

use dbgeng_testkit::conformance::Report;
use dbgeng_testkit::transcript::TranscriptLine;

use super::suites::build_defective_suite;

/// Judges the mock with this defect.
pub(crate) fn judge_defective(defect: &str) -> Report {
    build_defective_suite(defect).run()
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
