//! Known deviations of an engine, with the reason and the evidence. The kit writes them to a file that people review, and
//! tells them from failures.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::conformance::report::{CaseReport, PropertyReport, Report, RequirementReport, Verdict};
use crate::profile::Profile;
use crate::spec::{Level, Requirement};

/// The known deviations of an engine from a profile. `spec/deviations` has the files of measured engines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deviations {
    /// The name of the engine.
    pub subject: String,
    /// The profile from which it deviates.
    pub profile: Profile,
    /// The deviations, in the order of the spec.
    pub deviations: Vec<Deviation>,
}

/// A requirement that an engine is known to break.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// The requirement.
    pub requirement: Requirement,
    /// The cases that show the deviation, by name.
    pub cases: BTreeMap<String, CaseDeviation>,
    /// Whether programs, or cases of other requirements, show it as well.
    pub elsewhere: bool,
    /// Why the engine deviates.
    pub reason: String,
    /// The evidence: names of traces, and ids of observations.
    pub evidence: Vec<String>,
}

/// How a case shows a known deviation. A failure of any other kind is not excused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseDeviation {
    /// The verdict: a failure, a crash or a time-out.
    pub verdict: Verdict,
    /// The requirement that it breaks.
    pub breaks: Option<Requirement>,
    /// Whether it shows only in some runs, so that the case may also pass. Reviewers set this by hand.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sometimes: bool,
}

/// The error of a text that is not a file of known deviations.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {problem}")]
pub struct MalformedDeviations {
    file: String,
    problem: String,
    /// The error of the JSON, with its line and column.
    source: Option<serde_json::Error>,
}

impl Deviations {
    /// Parses a file of known deviations. `file` is its name in errors.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not such a file, or if a requirement is listed twice.
    pub fn parse(file: &str, text: &str) -> Result<Deviations, MalformedDeviations> {
        let malformed = |problem: String, source| MalformedDeviations { file: file.to_owned(), problem, source };
        let read: Deviations = serde_json::from_str(text)
            .map_err(|error| malformed("not a file of known deviations".to_owned(), Some(error)))?;
        let mut seen = BTreeSet::new();
        match read.deviations.iter().find(|deviation| !seen.insert(deviation.requirement)) {
            Some(Deviation { requirement, .. }) => {
                Err(malformed(format!("{requirement} is listed twice; make one entry of both"), None))
            }
            None => Ok(read),
        }
    }

    /// Returns the text of the file.
    pub fn to_text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("deviations hold nothing that JSON cannot express");
        text.push('\n');
        text
    }

    /// Returns the known deviation from this requirement.
    pub(crate) fn of(&self, requirement: Requirement) -> Option<&Deviation> {
        self.deviations.iter().find(|deviation| deviation.requirement == requirement)
    }

    /// Settles the verdicts of requirements and of their cases.
    pub(super) fn settle(&self, requirements: &mut [RequirementReport]) {
        for report in requirements {
            let known = self.of(report.requirement);
            report.known = known.map(Deviation::with_evidence);
            for case in &mut report.cases {
                if let Some(known) = known {
                    known.settle_case(case);
                }
            }
            let own = report.cases.iter().map(|case| case.verdict).max().unwrap_or(report.verdict);
            report.verdict =
                if report.elsewhere.is_empty() { own } else { own.max(self.elsewhere(report.requirement)) };
        }
    }

    /// Settles the verdicts of a property and of its counterexamples. A broken MAY does not fail the property.
    pub(super) fn settle_property(&self, report: &mut PropertyReport) {
        for example in &mut report.counterexamples {
            let Some(requirement) = example.failure.requirement else { continue };
            example.verdict = self.elsewhere(requirement);
            if requirement.level() < Level::May {
                report.verdict = report.verdict.max(example.verdict);
            }
        }
    }

    /// Returns the verdict on a requirement that was broken elsewhere than in its own cases.
    fn elsewhere(&self, requirement: Requirement) -> Verdict {
        match self.of(requirement) {
            Some(known) if known.elsewhere => Verdict::KnownDeviation,
            _ => Verdict::Fail,
        }
    }

    /// Returns the outdated entries after a whole run.
    pub(crate) fn stale(&self, profile: Profile, requirements: &[RequirementReport]) -> Vec<String> {
        let mut stale = Vec::new();
        for Deviation { requirement, cases, elsewhere, .. } in &self.deviations {
            let Some(report) = requirements.iter().find(|report| report.requirement == *requirement) else {
                stale.push(format!(
                    "a known deviation from {requirement}: profile {profile} does not judge by it; remove the entry"
                ));
                continue;
            };
            let unknown = cases.keys().filter(|name| !report.cases.iter().any(|case| case.name == **name));
            stale.extend(unknown.map(|name| {
                format!("a known deviation from {requirement}: it has no case {name:?}; correct the name or remove it")
            }));
            if *elsewhere && report.elsewhere.is_empty() {
                stale.push(format!("the known deviation from {requirement} does not show elsewhere any more; set \"elsewhere\" to false"));
            }
        }
        stale
    }

    /// Returns the deviations that a report shows. Reasons and evidence of known ones are kept, and so is what was not judged.
    pub fn updated(&self, report: &Report) -> Deviations {
        let mut deviations = Vec::new();
        for report in &report.requirements {
            let known = self.of(report.requirement);
            let shown = |case: &CaseReport| {
                let before = known.and_then(|known| known.cases.get(&case.name)).copied();
                let shown = match (case.verdict, &case.failure) {
                    (Verdict::KnownDeviation | Verdict::Skip | Verdict::Broken, _) => before?,
                    (Verdict::Pass, _) => before.filter(|before| before.sometimes)?,
                    (Verdict::Fail | Verdict::Crash | Verdict::TimeOut, Some(failure)) => {
                        CaseDeviation { verdict: case.verdict, breaks: failure.requirement, sometimes: false }
                    }
                    _ => return None,
                };
                Some((case.name.clone(), shown))
            };
            let cases: BTreeMap<String, CaseDeviation> = report.cases.iter().filter_map(shown).collect();
            let elsewhere = report.elsewhere.first().map(|elsewhere| &elsewhere.failure);
            if cases.is_empty() && elsewhere.is_none() {
                continue;
            }
            let failure = report.cases.iter().find_map(|case| case.failure.as_ref()).or(elsewhere);
            let unreviewed =
                failure.map_or_else(String::new, |failure| format!("Not reviewed: {}.", failure.mismatch()));
            deviations.push(Deviation {
                requirement: report.requirement,
                cases,
                elsewhere: elsewhere.is_some(),
                reason: known.map_or(unreviewed, |known| known.reason.clone()),
                evidence: known.map(|known| known.evidence.clone()).unwrap_or_default(),
            });
        }
        Deviations { subject: report.subject.clone(), profile: report.profile, deviations }
    }
}

impl Deviation {
    /// Returns the reason, with the evidence in parentheses.
    pub(crate) fn with_evidence(&self) -> String {
        if self.evidence.is_empty() {
            self.reason.clone()
        } else {
            format!("{} ({})", self.reason, self.evidence.join(", "))
        }
    }

    /// Only here does a failure become a known deviation.
    fn settle_case(&self, report: &mut CaseReport) {
        let Some(CaseDeviation { verdict, breaks, sometimes }) = self.cases.get(&report.name) else { return };
        let broken = report.failure.as_ref().and_then(|failure| failure.requirement);
        match report.verdict {
            Verdict::Pass if *sometimes => {}
            Verdict::Pass => {
                report.verdict = Verdict::Fail;
                report.reason = Some(format!("the known deviation does not show any more: {}", self.with_evidence()));
            }
            shown if shown == *verdict && broken == *breaks => {
                report.verdict = Verdict::KnownDeviation;
                report.reason = Some(self.with_evidence());
            }
            _ => {}
        }
    }
}
