//! A report for CI servers, as JUnit XML.

mod xml;

use self::xml::{NonSuccess, NonSuccessKind, TestCase, TestSuite};
use super::collapse::marked_calls;
use super::data::{CaseReport, ElsewhereReport, PropertyReport, Report, ReportedFailure, RequirementReport};
use super::folding::{CaseGroup, case_groups, groups};
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
        let areas = self.requirements.chunk_by(|one, other| one.requirement.area() == other.requirement.area());
        let suites = areas.map(|reports| {
            let tests = reports.iter().flat_map(|report| report.tests(self.no_case()));
            self.suite(reports[0].requirement.area(), tests.collect())
        });
        let mut suites: Vec<TestSuite<'_>> = suites.collect();
        let mut whole: Vec<TestCase> = self.properties.iter().map(PropertyReport::test).collect();
        whole.extend(self.run_objections().iter().map(|objection| TestCase {
            class: "run",
            name: "every claimed capability was tested".to_owned(),
            non_success: Some(NonSuccess {
                kind: NonSuccessKind::Failure,
                verdict: None,
                message: objection.clone(),
                description: None,
            }),
            output: None,
        }));
        suites.push(self.suite("run", whole));
        xml::render(&self.subject, &suites)
    }

    fn suite<'r>(&'r self, name: &'r str, tests: Vec<TestCase>) -> TestSuite<'r> {
        TestSuite { name, properties: [("profile", self.profile.name()), ("dbgeng-testkit", &self.kit)], tests }
    }
}

impl RequirementReport {
    fn tests(&self, no_case: &str) -> Vec<TestCase> {
        let groups = case_groups(self.cases.iter().filter(|case| case.verdict.is_bad()));
        let case = |case: &CaseReport| {
            let CaseReport { name, verdict, reason, failure, calls, .. } = case;
            let mut test = self.test(name, *verdict, reason.as_deref(), failure.as_ref(), calls);
            let description = test.non_success.as_mut().and_then(|non_success| non_success.description.as_mut());
            if let (Some(description), Some(after)) = (description, case.after()) {
                description.push_str(&format!("\nthen      {after}"));
            }
            let is_in = |group: &&CaseGroup<'_>| group.folded.iter().any(|folded| std::ptr::eq(*folded, case));
            if let Some(group) = groups.iter().find(is_in) {
                test.output = Some(format!("the last call is that of the shorter case \"{}\"", group.shown.name));
            }
            test
        };
        let mut tests: Vec<TestCase> = self.cases.iter().map(case).collect();
        for ElsewhereReport { place, failure, calls } in &self.elsewhere {
            let is_known = !self.verdict.is_bad();
            let (verdict, reason) =
                if is_known { (Verdict::KnownDeviation, self.known.as_deref()) } else { (Verdict::Fail, None) };
            tests.push(self.test(&format!("elsewhere: {place}"), verdict, reason, Some(failure), calls));
        }
        if tests.is_empty() {
            tests.push(TestCase {
                class: self.requirement.id(),
                name: "no case".to_owned(),
                non_success: Some(NonSuccess {
                    kind: NonSuccessKind::Skipped,
                    verdict: None,
                    message: no_case.to_owned(),
                    description: None,
                }),
                output: None,
            });
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
        TestCase {
            class: self.requirement.id(),
            name: name.to_owned(),
            non_success: self.non_success(verdict, reason, failure),
            output: failure.map(|failure| marked_calls(calls, failure.call, true)),
        }
    }

    fn non_success(
        &self,
        verdict: Verdict,
        reason: Option<&str>,
        failure: Option<&ReportedFailure>,
    ) -> Option<NonSuccess> {
        let said = failure.map(ReportedFailure::sentence);
        let (kind, message) = match verdict {
            Verdict::Pass => return None,
            Verdict::Skip | Verdict::NotReached | Verdict::KnownDeviation => {
                (NonSuccessKind::Skipped, reason.map(str::to_owned).or(said))
            }
            _ if !self.fails_by(verdict) => (NonSuccessKind::Skipped, said.map(|said| format!("MAY: {said}"))),
            Verdict::Fail => (NonSuccessKind::Failure, said),
            Verdict::ClaimNotKept | Verdict::Crash | Verdict::TimeOut | Verdict::Broken => {
                (NonSuccessKind::Error, said.or(reason.map(str::to_owned)))
            }
        };
        Some(NonSuccess {
            kind,
            verdict: Some(verdict),
            message: message.unwrap_or_else(|| verdict.name().to_owned()),
            description: verdict.is_bad().then(|| self.description(failure, reason)),
        })
    }

    fn description(&self, failure: Option<&ReportedFailure>, reason: Option<&str>) -> String {
        let facts = self.requirement.facts();
        let sources = facts.sources.join(", ");
        let mut text = format!("{} ({}; {sources}): {}", facts.id, facts.summary(), facts.statement);
        if let Some(ReportedFailure { expected, actual, note, .. }) = failure {
            text.push_str(&format!("\nexpected  {expected}\nactual    {actual}"));
            if let Some(note) = note {
                text.push_str(&format!("\nnote      {note}"));
            }
        }
        if let Some(reason) = reason {
            text.push_str(&format!("\nreason    {reason}"));
        }
        if let Some(passing) = self.passing(&self.neighbours()) {
            text.push_str(&format!("\n{passing}"));
        }
        text
    }
}

impl PropertyReport {
    fn test(&self) -> TestCase {
        let broken = self.counterexamples.iter().filter_map(|example| example.failure.requirement);
        let broken: Vec<&str> = broken.map(Requirement::id).collect();
        let kind = match self.verdict {
            Verdict::Pass => None,
            Verdict::Skip | Verdict::NotReached | Verdict::KnownDeviation => Some(NonSuccessKind::Skipped),
            Verdict::Fail => Some(NonSuccessKind::Failure),
            Verdict::ClaimNotKept | Verdict::Crash | Verdict::TimeOut | Verdict::Broken => Some(NonSuccessKind::Error),
        };
        let reason = || self.reason.clone().unwrap_or_else(|| self.verdict.name().to_owned());
        let message = if broken.is_empty() { reason() } else { broken.join(", ") };
        let examples = groups([self]).into_iter().map(|group| {
            let example = group.shown;
            let calls = marked_calls(&example.calls, example.failure.call, true);
            let lanes = match &*example.lanes {
                "" => String::new(),
                lanes => format!("{}\n{lanes}", Lanes::CAPTION),
            };
            format!("{}\n{calls}\n{lanes}{}{}", example.failure.sentence(), example.test, group.listed())
        });
        let examples: Vec<String> = examples.collect();
        TestCase {
            class: "programs",
            name: self.name.clone(),
            non_success: kind.map(|kind| NonSuccess { kind, verdict: Some(self.verdict), message, description: None }),
            output: if examples.is_empty() { None } else { Some(examples.join("\n")) },
        }
    }
}

impl ReportedFailure {
    fn sentence(&self) -> String {
        let by = self.requirement.map_or(String::new(), |requirement| format!("{requirement}: "));
        format!("{by}{}", self.mismatch())
    }
}
