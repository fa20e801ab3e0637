//! Runs a suite, first its cases, then its properties, and builds the report.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use super::capability::{Capability, case_needs};
use super::counterexample::write_trace;
use super::workers::in_order;
use super::{Progress, Suite, property};
use crate::conformance::case::Case;
use crate::conformance::cases::cases_of;
use crate::conformance::judge::case::JudgedCase;
use crate::conformance::judge::tally::Tally;
use crate::conformance::perform::exits::RunUnderWay;
use crate::conformance::perform::run::{ProgramRun, RunEnd};
use crate::conformance::program::Program;
use crate::conformance::program::parallel::ParallelProgram;
use crate::conformance::report::save_trace::TRACE;
use crate::conformance::report::{
    CapabilityReport, ElsewhereReport, PropertyReport, Report, ReportedFailure, RequirementReport, Verdict,
};
use crate::options::Transport;
use crate::spec::Requirement;
use crate::trace::{CheckError, Event, Header};
use crate::transcript::TranscriptLine;

/// How often a case is run that compares lists which may change by themselves.
const LIST_ATTEMPTS: u32 = 3;

impl Suite {
    /// Runs every case and property. If the environment variable `DBGENG_TESTKIT_TRACE` names a trace, runs only the program
    /// of that trace.
    ///
    /// Without [child processes](Suite::in_child_processes), the engine runs in this process, and what it starts stays. A call
    /// that hangs or exits ends the run with a report. On Linux, so do an output of 1 GiB and 2 GiB of memory more than at the
    /// beginning: `cargo test` keeps in memory what an engine in Rust prints.
    ///
    /// An exit on a thread of the engine's own ends the run with a report only on Unix, and only after a library was loaded:
    /// Rust has no safe way to notice it. Otherwise it leaves no report, as do `_exit` and an abort, and the status may be that
    /// of success. [`Suite::main`] and child processes notice each of these.
    pub fn run(&self) -> Report {
        self.run_with_progress(&mut |_| {})
    }

    /// Runs every case and property, and reports the progress to `watch`.
    pub fn run_with_progress(&self, watch: &mut dyn FnMut(Progress)) -> Report {
        if self.is_child_of_another_suite() {
            return self.empty_report();
        }
        if let Some(trace) = std::env::var_os(TRACE) {
            return self.run_trace(Path::new(&trace));
        }
        let _run = RunUnderWay::begin();
        let mut requirements = self.unjudged_reports();
        let (cases, mut tally) = (self.cases(), Tally::default());
        for (case, judged) in cases.iter().zip(self.judge_all(cases, watch)) {
            tally.add(&judged.tally);
            add_judged(&mut requirements, case, judged);
        }
        let properties = property::all(self, &mut tally, watch);
        for report in &mut requirements {
            (report.wrong_calls, report.judged_calls) = tally.of(report.requirement);
        }
        let mut report = self.report(requirements, properties, Vec::new());
        report.complaints.extend(self.deviations.stale(self.profile, &report.requirements));
        self.abort_after_exit(|| report.text(false));
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
            return Ok(self.empty_report());
        }
        let _run = RunUnderWay::begin();
        let program = ParallelProgram::from_trace(file, input)?;
        let mut requirements = self.unjudged_reports();
        let (property, judged) = property::judge_program(self, file, &program);
        for report in &mut requirements {
            if judged.get(report.requirement as usize).is_some_and(|times| *times > 0) {
                report.verdict = Verdict::Pass;
            }
        }
        let report = self.report(requirements, vec![property], Vec::new());
        self.abort_after_exit(|| report.text(false));
        Ok(report)
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
        let _run = RunUnderWay::begin();
        let ProgramRun { events, end, .. } = self.perform(program, &self.capabilities().config());
        self.abort_after_exit(String::new);
        if let RunEnd::KitFailed(why) | RunEnd::NotReached(why) = end {
            return Err(io::Error::other(why));
        }
        let events: Vec<Event> = events.into_iter().map(|(_, event)| event).collect();
        write_trace(output, header, &events)?.flush()
    }

    fn run_trace(&self, trace: &Path) -> Report {
        let name = trace.display().to_string();
        let opened = File::open(trace).map_err(|error| format!("{TRACE}: {name}: {error}"));
        let report = opened.and_then(|file| self.rerun(&name, BufReader::new(file)).map_err(|error| error.to_string()));
        report.unwrap_or_else(|error| self.report(self.unjudged_reports(), Vec::new(), vec![error]))
    }

    /// Runs only the cases of one requirement.
    pub fn run_requirement(&self, requirement: Requirement) -> RequirementReport {
        self.run_cases(requirement).0
    }

    /// Runs the cases of one requirement. Returns its report, and those of the other requirements.
    pub(super) fn run_cases(&self, requirement: Requirement) -> (RequirementReport, Vec<RequirementReport>) {
        if self.is_child_of_another_suite() {
            return (unjudged(requirement), Vec::new());
        }
        let _run = RunUnderWay::begin();
        let mut reports = self.unjudged_reports();
        for case in &cases_of(requirement, self.profile, self.limits) {
            add_judged(&mut reports, case, self.judge_again(case));
        }
        self.deviations.settle(&mut reports);
        self.abort_after_exit(|| {
            reports.iter().filter(|report| report.fails()).map(|report| report.text(false)).collect()
        });
        let own = reports.iter().position(|report| report.requirement == requirement);
        let own = own.map_or_else(|| unjudged(requirement), |own| reports.swap_remove(own));
        (own, reports)
    }

    /// Judges cases. Those that compare lists of a real computer run alone, because the others start processes there.
    fn judge_all(&self, cases: &[Case], watch: &mut dyn FnMut(Progress)) -> impl Iterator<Item = JudgedCase> {
        let total = cases.len() as u64;
        let mut watch = |done| watch(Progress { stage: "cases", done, total });
        watch(0);
        let is_alone = |case: &Case| self.capabilities().sees_bystanders && case.compares_lists();
        let (alone, beside): (Vec<_>, Vec<_>) = cases.iter().enumerate().partition(|(_, case)| is_alone(case));
        let mut judged = BTreeMap::new();
        for (workers, part) in [(self.workers(), beside), (1, alone)] {
            in_order(
                workers,
                part.into_iter(),
                |(_, case)| self.judge_again(case),
                |(at, _), case| {
                    judged.insert(at, case);
                    watch(judged.len() as u64);
                    true
                },
            );
        }
        judged.into_values()
    }

    /// Judges a case. One that compares lists of a real computer has to fail every time, since any program may start or end
    /// between two calls.
    fn judge_again(&self, case: &Case) -> JudgedCase {
        let mut judged = self.judge(case);
        let is_unsure = self.capabilities().sees_bystanders && case.compares_lists();
        for _ in 1..if is_unsure { LIST_ATTEMPTS } else { 1 } {
            if judged.report.verdict.is_bad() {
                judged = self.judge(case);
            }
        }
        judged
    }

    /// Returns a report without results for every requirement.
    fn unjudged_reports(&self) -> Vec<RequirementReport> {
        self.requirements().map(unjudged).collect()
    }

    /// Builds the report of a run, and settles its verdicts.
    fn report(
        &self,
        mut requirements: Vec<RequirementReport>,
        mut properties: Vec<PropertyReport>,
        complaints: Vec<String>,
    ) -> Report {
        for property in &properties {
            for example in &property.counterexamples {
                add_elsewhere(&mut requirements, &property.name, example.failure.clone(), &example.calls);
            }
        }
        if let Some((failure, calls)) = self.probed.get() {
            add_elsewhere(&mut requirements, "the probe of the capabilities", failure.clone(), calls);
        }
        self.deviations.settle(&mut requirements);
        properties.iter_mut().for_each(|property| self.deviations.settle_property(property));
        // What was judged before is no pass of the rest.
        let complaints = self.complaints().chain(complaints).chain(self.patience.given_up()).collect();
        let capabilities = capabilities(self, &requirements);
        self.bystanders.end();
        Report { capabilities, requirements, properties, complaints, ..self.empty_report() }
    }

    /// Returns an empty report, for a child process of another suite.
    fn empty_report(&self) -> Report {
        Report {
            subject: self.name.clone(),
            profile: self.profile,
            kit: env!("CARGO_PKG_VERSION").to_owned(),
            origin: None,
            capabilities: Vec::new(),
            requirements: self.unjudged_reports(),
            properties: Vec::new(),
            complaints: Vec::new(),
        }
    }
}

/// Returns the report of a requirement without results.
fn unjudged(requirement: Requirement) -> RequirementReport {
    RequirementReport {
        requirement,
        profiles: requirement.facts().scope().to_vec(),
        verdict: Verdict::Skip,
        known: None,
        cases: Vec::new(),
        elsewhere: Vec::new(),
        wrong_calls: 0,
        judged_calls: 0,
    }
}

fn add_judged(reports: &mut [RequirementReport], case: &Case, judged: JudgedCase) {
    let JudgedCase { report, elsewhere, .. } = judged;
    let place = format!("{}: {}", case.requirement, case.name);
    for failure in elsewhere {
        add_elsewhere(reports, &place, failure, &report.calls);
    }
    if let Some(own) = find(reports, case.requirement) {
        own.cases.push(report);
    }
}

/// Adds a failure elsewhere. Only the first one of each place counts, since others may follow from it.
fn add_elsewhere(reports: &mut [RequirementReport], place: &str, failure: ReportedFailure, calls: &[TranscriptLine]) {
    let Some(report) = failure.requirement.and_then(|requirement| find(reports, requirement)) else { return };
    if !report.elsewhere.iter().any(|known| known.place == place) {
        let until = failure.call.map_or(calls.len(), |call| calls.len().min(call + 1));
        report.elsewhere.push(ElsewhereReport { place: place.to_owned(), failure, calls: calls[..until].to_vec() });
    }
}

fn find(reports: &mut [RequirementReport], requirement: Requirement) -> Option<&mut RequirementReport> {
    reports.iter_mut().find(|report| report.requirement == requirement)
}

/// Returns every capability that a case needs or that is claimed, with the number of judged cases that need it.
fn capabilities(suite: &Suite, requirements: &[RequirementReport]) -> Vec<CapabilityReport> {
    let (capabilities, cases) = (suite.capabilities(), suite.cases());
    let config = capabilities.config();
    let mut judged: BTreeMap<Capability, usize> = suite.claims.iter().map(|claimed| (*claimed, 0)).collect();
    for case in cases {
        let report = requirements.iter().find(|report| report.requirement == case.requirement);
        let report = report.and_then(|report| report.cases.iter().find(|report| report.name == case.name));
        let is_judged =
            report.is_some_and(|report| report.verdict.is_judged() && report.verdict != Verdict::ClaimNotKept);
        for capability in case_needs(case, &config) {
            *judged.entry(capability).or_default() += usize::from(is_judged);
        }
    }
    // No case uses the transports that need hardware or a certificate.
    judged.retain(|capability, _| {
        !matches!(capability, Capability::Transport(Transport::Com | Transport::Spipe | Transport::Ssl))
            || suite.claims.contains(capability)
    });
    let mut judged: Vec<(Capability, usize)> = judged.into_iter().collect();
    judged.sort_unstable_by_key(|(capability, _)| capability.listing_key());
    let report = |(capability, cases): (Capability, usize)| CapabilityReport {
        name: capability.to_string(),
        has: capabilities.has(capability),
        claimed: suite.claims.contains(&capability),
        cases,
    };
    judged.into_iter().map(report).collect()
}
