//! Runs a suite: its cases, then its properties.

use std::io::BufRead;

use super::property;
use super::summary;
use super::{Progress, Suite};
use crate::conformance::case::Case;
use crate::conformance::program::Program;
use crate::conformance::report::{Report, RequirementReport, Verdict};
use crate::spec::Requirement;
use crate::trace::Unjudged;

impl Suite {
    /// Runs everything.
    pub fn run(&self) -> Report {
        self.run_watched(&mut |_| {})
    }

    /// Runs everything and says how far it is.
    pub fn run_watched(&self, watch: &mut dyn FnMut(Progress)) -> Report {
        self.obey_if_child();
        let mut requirements: Vec<RequirementReport> = self.requirements().map(summary::unjudged).collect();
        let cases = self.cases();
        let of = cases.len() as u64;
        for (case, done) in cases.iter().zip(0..) {
            watch(Progress { at: "cases", done, of });
            self.judge_into(&mut requirements, case);
        }
        let properties = property::all(self, watch);
        summary::finish(self, requirements, properties)
    }

    /// Runs the program of a trace once more, such as a counterexample. `file` is the name that errors give.
    ///
    /// # Errors
    ///
    /// The trace is malformed, begins in the middle of things, or its calls overlap.
    pub fn run_again(&self, file: &str, input: impl BufRead) -> Result<Report, Unjudged> {
        self.obey_if_child();
        let program = Program::from_trace(file, input)?;
        let (property, judged) = property::judge_one(self, file, &program);
        let mut requirements: Vec<RequirementReport> = self.requirements().map(summary::unjudged).collect();
        for report in &mut requirements {
            if judged.get(report.requirement as usize).is_some_and(|times| *times > 0) {
                report.verdict = Verdict::Pass;
            }
        }
        Ok(summary::finish(self, requirements, vec![property]))
    }

    /// Runs the cases of one requirement alone.
    pub fn run_requirement(&self, requirement: Requirement) -> RequirementReport {
        self.obey_if_child();
        let mut report = [summary::unjudged(requirement)];
        for case in self.cases().iter().filter(|case| case.requirement == requirement) {
            self.judge_into(&mut report, case);
        }
        summary::decide(self, &mut report);
        let [report] = report;
        report
    }

    fn judge_into(&self, reports: &mut [RequirementReport], case: &Case) {
        let (report, elsewhere) = self.judge(case);
        let place = format!("{}: {}", case.requirement, case.name);
        summary::note(reports, case.requirement, report, &place, elsewhere);
    }
}
