//! What a subject answered, as a text that only changes with its behaviour.

use std::fmt::Write;

use super::collapse::marked_calls;
use super::data::{CaseReport, Report};
use super::verdict::Verdict;

impl Report {
    /// What the subject answered: area by area, requirement by requirement, case by case, the calls with their outcomes
    /// and the verdict. There are no times in it and handles are numbered, so that two runs of one engine say the same and
    /// every change of its behaviour is a difference to look at. Made for snapshots.
    pub fn behaviour(&self) -> String {
        let mut text = format!("{}, profile {}\n", self.subject, self.profile);
        let mut area = "";
        for report in self.requirements.iter().filter(|report| !report.cases.is_empty()) {
            if report.requirement.area() != area {
                area = report.requirement.area();
                let _ = write!(text, "\n# {area}\n");
            }
            let _ = write!(text, "\n## {}\n", report.requirement);
            for case in &report.cases {
                write_case(case, &mut text);
            }
        }
        text
    }
}

fn write_case(case: &CaseReport, text: &mut String) {
    let _ = write!(text, "\n{}: {}", case.name, case.verdict.name());
    // The last words of a process that went down are not the same twice.
    if let Some(reason) = case.reason.as_ref().filter(|_| case.verdict == Verdict::Skip) {
        let _ = write!(text, " ({reason})");
    }
    text.push('\n');
    for line in marked_calls(&case.calls, case.failure.as_ref().and_then(|failure| failure.call)).lines() {
        let _ = writeln!(text, "  {line}");
    }
    if let Some(failure) = &case.failure {
        let _ = writeln!(text, "    expected {}, actual {}", failure.expected, failure.actual);
    }
}
