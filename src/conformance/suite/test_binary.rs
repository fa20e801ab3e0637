//! The suite as a test binary: one named test for each requirement and each property.

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Completion, Failed, Trial};

use super::Suite;
use super::capability::{Capability, case_needs};
use super::property::{self, Property};
use crate::conformance::report::RequirementReport;
use crate::conformance::report::save_trace::{TRACE, command};
use crate::spec::{Level, Requirement};

/// The name of the test of the suite itself.
const SUITE: &str = "suite/judged";

/// The exit status of the standard harness if a test failed.
const FAILED: u8 = 101;

impl Suite {
    /// Runs the suite as a test binary, for a `[[test]]` with `harness = false`: one test for each requirement, named by its id,
    /// and one for each property. Takes the arguments of the standard harness.
    ///
    /// If the environment variable `DBGENG_TESTKIT_TRACE` names a trace, only the program of that trace is run. One test runs at
    /// a time unless `--test-threads` is given, since engines may share the ports of a computer.
    ///
    /// ```no_run
    /// # use dbgeng_testkit::conformance::Suite;
    /// # use dbgeng_testkit::mock::Lab;
    /// fn main() -> std::process::ExitCode {
    ///     Suite::new("the mock", || Box::new(Lab::new(Default::default()).engine())).main()
    /// }
    /// ```
    pub fn main(self) -> ExitCode {
        if self.is_child_of_another_suite() {
            return ExitCode::SUCCESS;
        }
        let mut arguments = Arguments::from_args();
        if std::env::var_os(TRACE).is_some() && !arguments.list {
            let report = self.run();
            print!("{}", report.text(false));
            return ExitCode::from(if report.holds() { 0 } else { FAILED });
        }
        arguments.test_threads = arguments.test_threads.or(Some(1));
        let is_whole = arguments.filter.is_none() && arguments.skip.is_empty() && !arguments.list;
        let suite = Arc::new(self);
        let mut trials: Vec<Trial> = suite.requirements().map(|requirement| trial(&suite, requirement)).collect();
        trials.extend(Property::ALL.map(|property| {
            let suite = Arc::clone(&suite);
            Trial::ignorable_test(property.name(), move || suite.property(property))
        }));
        let itself = Arc::clone(&suite);
        trials.push(Trial::test(SUITE, move || itself.is_judged()));
        let checkable = is_whole.then(|| suite.checkable_musts());
        let conclusion = libtest_mimic::run(&arguments, trials);
        if let Some((judged, of)) = checkable {
            println!("{judged} of {of} MUSTs checked\n");
        }
        conclusion.exit_code()
    }

    /// Returns the number of MUSTs that can be judged, and the number of all MUSTs.
    fn checkable_musts(&self) -> (usize, usize) {
        let musts = || self.requirements().filter(|requirement| requirement.level() == Level::Must);
        (musts().filter(|requirement| !self.lacks_all(*requirement)).count(), musts().count())
    }

    fn lacks_all(&self, requirement: Requirement) -> bool {
        let mut cases = self.cases().iter().filter(|case| case.requirement == requirement);
        cases.all(|case| !self.capabilities().missing_for(case).is_empty())
    }

    fn property(&self, property: Property) -> Result<Completion, Failed> {
        let mut report = property::judge(self, property, &mut |_| {});
        self.deviations.settle_property(&mut report);
        match report.verdict {
            verdict if !verdict.is_judged() => Ok(Completion::ignored_with(report.reason.unwrap_or_default())),
            verdict if verdict.is_bad() => Err(Failed::from(format!(
                "{}{}{}",
                report.text(false),
                report.save_traces(),
                rerun_hint(property.name())
            ))),
            _ => Ok(Completion::Completed),
        }
    }

    /// Checks that the suite is valid, that something can be judged, and that every claim is tested.
    fn is_judged(&self) -> Result<(), Failed> {
        let (capabilities, cases) = (self.capabilities(), self.cases());
        let config = capabilities.config();
        let judged = |claim: &Capability| {
            cases
                .iter()
                .any(|case| case_needs(case, &config).contains(claim) && capabilities.missing_for(case).is_empty())
        };
        let mut complaints: Vec<String> = self.complaints().collect();
        let unjudged = self.claims.iter().filter(|claim| !judged(claim));
        complaints.extend(unjudged.map(|claim| format!("{claim} is claimed, but no case that needs it can be judged")));
        if self.requirements().all(|requirement| self.lacks_all(requirement)) {
            complaints.push("nothing can be judged: your engine lacks a capability that every case needs".to_owned());
        }
        if complaints.is_empty() { Ok(()) } else { Err(Failed::from(complaints.join("\n"))) }
    }
}

fn trial(suite: &Arc<Suite>, requirement: Requirement) -> Trial {
    // cargo-nextest reports a test as passed if it is ignored only while it runs.
    let is_skipped = std::env::var_os("NEXTEST").is_some() && suite.lacks_all(requirement);
    let suite = Arc::clone(suite);
    let trial = Trial::ignorable_test(requirement.id(), move || {
        let (report, others) = suite.run_cases(requirement);
        // Other requirements may be broken as well. Those that fail in their own tests are left to these.
        let others = others.into_iter().filter(RequirementReport::fails);
        let others = others.filter(|report| !suite.run_requirement(report.requirement).fails());
        let mut broken: Vec<RequirementReport> = others.collect();
        if report.fails() {
            broken.insert(0, report);
        } else if !report.verdict.is_judged() && broken.is_empty() {
            // The shortest reason is that of the case that needs least.
            let reasons = report.cases.iter().filter_map(|case| case.reason.as_deref());
            return Ok(Completion::ignored_with(reasons.min_by_key(|reason| reason.len()).unwrap_or_default()));
        }
        if broken.is_empty() {
            return Ok(Completion::Completed);
        }
        let texts: Vec<String> = broken.iter().map(|report| report.text(false)).collect();
        Err(Failed::from(format!("{}{}", texts.join("\n"), rerun_hint(requirement.id()))))
    });
    trial.with_ignored_flag(is_skipped)
}

/// Says how to run one test again.
fn rerun_hint(name: &str) -> String {
    format!("\nTo run only this test again: {} -- --exact {name}\n", command())
}
