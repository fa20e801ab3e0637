//! The behaviour of a subject as a text that changes only with the behaviour.

use std::fmt::Write;

use super::collapse::marked_calls;
use super::data::{CaseReport, Report};

impl Report {
    /// Returns the calls of every case with their outcomes and the verdict, for snapshots.
    ///
    /// The text has no times and numbers the handles. Two runs of one engine give the same text, so every difference is a
    /// change of its behaviour. A handle has a new number even if its value was issued before, because the addresses of a real
    /// engine differ from run to run. The cases of `handle/value-is-not-reused` show whether the engine reuses values.
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
    // The last output of a crashed process differs from run to run.
    if let Some(reason) = case.reason.as_ref().filter(|_| !case.verdict.is_judged()) {
        let _ = write!(text, " ({reason})");
    }
    text.push('\n');
    for line in marked_calls(&case.calls, case.failure.as_ref().and_then(|failure| failure.call), false).lines() {
        let _ = writeln!(text, "  {line}");
    }
    if let Some(failure) = &case.failure {
        let _ = writeln!(text, "    {}", failure.mismatch());
    }
}
