//! A report for CI servers, as JUnit XML.

use quick_junit::{NonSuccessKind, Property, Report as Junit, TestCase, TestCaseStatus, TestSuite};

use super::collapse::marked_calls;
use super::data::{CaseReport, ElsewhereReport, PropertyReport, Report, ReportedFailure, RequirementReport};
use super::verdict::Verdict;
use crate::conformance::judge::lanes::Lanes;
use crate::spec::Requirement;
use crate::transcript::TranscriptLine;

impl Report {
    /// Returns the report as JUnit XML: a test suite for each area, a test case for each case, with the requirement as its class.
    ///
    /// A test fails or has an error exactly if it fails the run. Known deviations and failures of a MAY are skipped, with the
    /// reason.
    pub fn junit(&self) -> String {
        let mut junit = Junit::new(self.subject.clone());
        let areas = self.requirements.chunk_by(|one, other| one.requirement.area() == other.requirement.area());
        let suites = areas.map(|reports| {
            let mut suite = self.suite(reports[0].requirement.area());
            suite.add_test_cases(reports.iter().flat_map(|report| report.tests(self.no_case())));
            suite
        });
        let mut suites: Vec<TestSuite> = suites.collect();
        let mut whole = self.suite("run");
        whole.add_test_cases(self.properties.iter().map(PropertyReport::test));
        whole.add_test_cases(self.run_objections().iter().map(|objection| {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(objection.clone());
            test("run", "every claimed capability was tested", status)
        }));
        suites.push(whole);
        let mut disabled = Vec::new();
        for suite in &mut suites {
            suite.extra.insert("skipped".into(), suite.disabled.to_string().into());
            disabled.push(format!(" disabled=\"{}\"", suite.disabled));
        }
        junit.add_test_suites(suites);
        let text = junit.to_string().expect("a string takes everything that is written to it");
        // The schema of Jenkins does not have this attribute. Quotation marks in text are escaped, so only attributes match.
        disabled.iter().fold(text, |text, attribute| text.replacen(attribute, "", 1))
    }

    fn suite(&self, name: &str) -> TestSuite {
        let mut suite = TestSuite::new(name);
        suite.add_property(Property::new("profile", self.profile.name()));
        suite.add_property(Property::new("dbgeng-testkit", self.kit.clone()));
        suite
    }
}

impl RequirementReport {
    fn tests(&self, no_case: &str) -> Vec<TestCase> {
        let case = |case: &CaseReport| {
            let CaseReport { name, verdict, reason, failure, calls } = case;
            self.test(name, *verdict, reason.as_deref(), failure.as_ref(), calls)
        };
        let mut tests: Vec<TestCase> = self.cases.iter().map(case).collect();
        for ElsewhereReport { place, failure, calls } in &self.elsewhere {
            let is_known = !self.verdict.is_bad();
            let (verdict, reason) =
                if is_known { (Verdict::KnownDeviation, self.known.as_deref()) } else { (Verdict::Fail, None) };
            tests.push(self.test(&format!("elsewhere: {place}"), verdict, reason, Some(failure), calls));
        }
        if tests.is_empty() {
            let mut status = TestCaseStatus::skipped();
            status.set_message(no_case);
            tests.push(test(self.requirement.id(), "no case", status));
        }
        tests
    }

    fn test(
        &self,
        name: &str,
        verdict: Verdict,
        reason: Option<&str>,
        failure: Option<&ReportedFailure>,
        calls: &[TranscriptLine],
    ) -> TestCase {
        let mut status = self.status(verdict, reason, failure);
        if verdict.is_bad() {
            status.set_description(self.description(failure, reason));
        }
        let mut test = test(self.requirement.id(), name, status);
        if let Some(failure) = failure {
            test.set_system_out(marked_calls(calls, failure.call));
        }
        test
    }

    fn status(&self, verdict: Verdict, reason: Option<&str>, failure: Option<&ReportedFailure>) -> TestCaseStatus {
        let said = failure.map(ReportedFailure::sentence);
        let (mut status, message) = match verdict {
            Verdict::Pass => return TestCaseStatus::success(),
            Verdict::Skip | Verdict::KnownDeviation => (TestCaseStatus::skipped(), reason.map(str::to_owned).or(said)),
            _ if !self.fails_by(verdict) => (TestCaseStatus::skipped(), said.map(|said| format!("MAY: {said}"))),
            Verdict::Fail => (TestCaseStatus::non_success(NonSuccessKind::Failure), said),
            Verdict::Crash | Verdict::TimeOut | Verdict::Broken => {
                (TestCaseStatus::non_success(NonSuccessKind::Error), said.or(reason.map(str::to_owned)))
            }
        };
        status.set_type(verdict.name());
        status.set_message(message.unwrap_or_else(|| verdict.name().to_owned()));
        status
    }

    fn description(&self, failure: Option<&ReportedFailure>, reason: Option<&str>) -> String {
        let facts = self.requirement.facts();
        let sources = facts.sources.join(", ");
        let mut text = format!("{} ({}, {}; {sources}): {}", facts.id, facts.level, facts.basis, facts.statement);
        if let Some(ReportedFailure { expected, actual, .. }) = failure {
            text.push_str(&format!("\nexpected  {expected}\nactual    {actual}"));
        }
        if let Some(reason) = reason {
            text.push_str(&format!("\nreason    {reason}"));
        }
        text
    }
}

impl PropertyReport {
    fn test(&self) -> TestCase {
        let broken = self.counterexamples.iter().filter_map(|example| example.failure.requirement);
        let broken: Vec<&str> = broken.map(Requirement::id).collect();
        let mut status = match self.verdict {
            Verdict::Pass => TestCaseStatus::success(),
            Verdict::Skip | Verdict::KnownDeviation => TestCaseStatus::skipped(),
            Verdict::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
            Verdict::Crash | Verdict::TimeOut | Verdict::Broken => TestCaseStatus::non_success(NonSuccessKind::Error),
        };
        if self.verdict != Verdict::Pass {
            status.set_type(self.verdict.name());
            status.set_message(if broken.is_empty() { "no program made a call".to_owned() } else { broken.join(", ") });
        }
        let mut test = test("programs", &self.name, status);
        let examples = self.counterexamples.iter().map(|example| {
            let calls = marked_calls(&example.calls, example.failure.call);
            let lanes = match &*example.lanes {
                "" => String::new(),
                lanes => format!("{}\n{lanes}", Lanes::CAPTION),
            };
            format!("{}\n{calls}\n{lanes}{}", example.failure.sentence(), example.test)
        });
        let examples: Vec<String> = examples.collect();
        if !examples.is_empty() {
            test.set_system_out(examples.join("\n"));
        }
        test
    }
}

impl ReportedFailure {
    fn sentence(&self) -> String {
        let by = self.requirement.map_or(String::new(), |requirement| format!("{requirement}: "));
        format!("{by}{}", self.mismatch())
    }
}

fn test(class: &str, name: &str, status: TestCaseStatus) -> TestCase {
    let mut test = TestCase::new(name, status);
    test.set_classname(class);
    test
}
