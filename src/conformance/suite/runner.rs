//! Runs a suite: first its cases, then its properties.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use super::property;
use super::summary;
use super::{Progress, Suite};
use crate::conformance::case::Case;
use crate::conformance::perform::run::{ProgramRun, RunEnd};
use crate::conformance::program::Program;
use crate::conformance::program::parallel::ParallelProgram;
use crate::conformance::report::save_trace::TRACE;
use crate::conformance::report::{Report, RequirementReport, Verdict};
use crate::spec::Requirement;
use crate::trace::{CheckError, Header, Writer};
use crate::transcript::process_name;

impl Suite {
    /// Runs every case and property. If the environment variable `DBGENG_TESTKIT_TRACE` names a trace, runs only the program
    /// of that trace.
    pub fn run(&self) -> Report {
        self.run_with_progress(&mut |_| {})
    }

    /// Runs every case and property, and reports the progress to `watch`.
    pub fn run_with_progress(&self, watch: &mut dyn FnMut(Progress)) -> Report {
        if self.is_child_of_another_suite() {
            return summary::empty_report(self);
        }
        if let Some(trace) = std::env::var_os(TRACE) {
            return self.run_trace(Path::new(&trace));
        }
        let mut requirements = summary::unjudged_reports(self);
        let cases = self.cases();
        let total = cases.len() as u64;
        for (case, done) in cases.iter().zip(0..) {
            watch(Progress { stage: "cases", done, total });
            self.judge_into(&mut requirements, case);
        }
        let properties = property::all(self, watch);
        let mut report = summary::report(self, requirements, properties, Vec::new());
        report.complaints.extend(self.deviations.stale(self.profile, &report.requirements));
        report
    }

    /// Runs the program of a trace again, such as that of a counterexample. `file` is its name in errors.
    ///
    /// A program with overlapping calls is repeated until it breaks a requirement, since a race does not show every time.
    ///
    /// # Errors
    ///
    /// Returns an error if the trace is malformed or does not start at its beginning.
    pub fn rerun(&self, file: &str, input: impl BufRead) -> Result<Report, CheckError> {
        if self.is_child_of_another_suite() {
            return Ok(summary::empty_report(self));
        }
        let program = ParallelProgram::from_trace(file, input)?;
        let mut requirements = summary::unjudged_reports(self);
        let (property, judged) = if program.threads.is_empty() {
            property::judge_program(self, file, &program.beginning)
        } else {
            property::judge_parallel_program(self, file, &program)
        };
        for report in &mut requirements {
            if judged.get(report.requirement as usize).is_some_and(|times| *times > 0) {
                report.verdict = Verdict::Pass;
            }
        }
        Ok(summary::report(self, requirements, vec![property], Vec::new()))
    }

    /// Performs a program on a fresh engine without judging it, and writes its trace with this header.
    ///
    /// A panic ends the trace as a crash. Crashes and hangs do so only with
    /// [child processes](Suite::in_child_processes).
    ///
    /// # Errors
    ///
    /// Returns an error if the program cannot be performed or `output` fails.
    pub fn record(&self, program: &Program, header: &Header, output: impl Write) -> io::Result<()> {
        if self.is_child_of_another_suite() {
            return Ok(());
        }
        let ProgramRun { events, end } = self.perform(program, &self.capabilities().config());
        if let RunEnd::KitFailed(why) = end {
            return Err(io::Error::other(why));
        }
        let last = events.iter().map(|(_, event)| event.process()).max().unwrap_or(0);
        let names: Vec<String> = (0..=last).map(process_name).collect();
        let mut writer = Writer::new(output, header)?;
        for (_, event) in &events {
            writer.event(event, &names)?;
        }
        writer.into_inner().flush()
    }

    fn run_trace(&self, trace: &Path) -> Report {
        let name = trace.display().to_string();
        let opened = File::open(trace).map_err(|error| format!("{TRACE}: {name}: {error}"));
        let report = opened.and_then(|file| self.rerun(&name, BufReader::new(file)).map_err(|error| error.to_string()));
        report.unwrap_or_else(|error| summary::report(self, summary::unjudged_reports(self), Vec::new(), vec![error]))
    }

    /// Runs only the cases of one requirement.
    pub fn run_requirement(&self, requirement: Requirement) -> RequirementReport {
        self.run_cases(requirement).0
    }

    /// Runs the cases of one requirement. Returns its report, and those of the other requirements.
    pub(super) fn run_cases(&self, requirement: Requirement) -> (RequirementReport, Vec<RequirementReport>) {
        if self.is_child_of_another_suite() {
            return (summary::unjudged(requirement), Vec::new());
        }
        let mut reports = summary::unjudged_reports(self);
        for case in self.cases().iter().filter(|case| case.requirement == requirement) {
            self.judge_into(&mut reports, case);
        }
        self.deviations.settle(&mut reports);
        let own = reports.iter().position(|report| report.requirement == requirement);
        let own = own.map_or_else(|| summary::unjudged(requirement), |own| reports.swap_remove(own));
        (own, reports)
    }

    fn judge_into(&self, reports: &mut [RequirementReport], case: &Case) {
        let (report, elsewhere) = self.judge(case);
        let place = format!("{}: {}", case.requirement, case.name);
        summary::add_case(reports, case.requirement, report, &place, elsewhere);
    }
}
