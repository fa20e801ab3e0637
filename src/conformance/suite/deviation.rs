//! Known deviations: what an engine is known to do otherwise, with the reason and the evidence. They are kept in a file
//! that the kit writes and people review.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::conformance::report::{CaseReport, Report, Verdict};
use crate::profile::Profile;
use crate::spec::Requirement;

/// The known deviations of an engine in a profile.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deviations {
    /// The engine.
    pub subject: String,
    /// The profile by which it deviates.
    pub profile: Profile,
    /// The deviations, in the order of the spec.
    pub deviations: Vec<Deviation>,
}

/// One requirement that an engine is known not to keep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// The requirement.
    pub requirement: Requirement,
    /// Its cases that show it; none, where only programs do.
    pub cases: BTreeSet<String>,
    /// Why it is known.
    pub reason: String,
    /// What shows it: names of traces, rows of the observations.
    pub evidence: Vec<String>,
}

/// The text is not a file of known deviations.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {problem}")]
pub struct MalformedDeviations {
    /// The name of the file.
    pub file: String,
    /// What is wrong, and at which line and column.
    pub problem: String,
}

impl Deviations {
    /// Reads a file of known deviations. `file` is the name that errors give.
    ///
    /// # Errors
    ///
    /// The text is no such file, or a requirement stands in it twice.
    pub fn parse(file: &str, text: &str) -> Result<Deviations, MalformedDeviations> {
        let malformed = |problem: String| MalformedDeviations { file: file.to_owned(), problem };
        let read: Deviations = serde_json::from_str(text).map_err(|error| malformed(error.to_string()))?;
        let mut seen = BTreeSet::new();
        match read.deviations.iter().find(|deviation| !seen.insert(deviation.requirement)) {
            Some(twice) => Err(malformed(format!("{} stands there twice", twice.requirement))),
            None => Ok(read),
        }
    }

    /// The file as text.
    pub fn to_text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// What is known of this requirement.
    pub(crate) fn of(&self, requirement: Requirement) -> Option<&Deviation> {
        self.deviations.iter().find(|deviation| deviation.requirement == requirement)
    }

    /// The verdict of a case in the light of what is known.
    pub(crate) fn apply(&self, requirement: Requirement, report: &mut CaseReport) {
        let Some(known) = self.of(requirement).filter(|known| known.cases.contains(&report.name)) else { return };
        match report.verdict {
            Verdict::Fail | Verdict::Crash | Verdict::TimeOut => {
                report.verdict = Verdict::KnownDeviation;
                report.reason = Some(known.with_evidence());
            }
            Verdict::Pass => {
                report.verdict = Verdict::Fail;
                report.reason = Some(format!("the known deviation does not show any more: {}", known.with_evidence()));
            }
            Verdict::Skip | Verdict::KnownDeviation | Verdict::Broken => {}
        }
    }

    /// The deviations that a report shows. What is known of them already is kept.
    pub fn updated(&self, report: &Report) -> Deviations {
        let deviates = |verdict: Verdict| {
            matches!(verdict, Verdict::Crash | Verdict::TimeOut | Verdict::KnownDeviation) || verdict == Verdict::Fail
        };
        let mut deviations = Vec::new();
        for requirement in &report.requirements {
            let shown = || requirement.cases.iter().filter(|case| deviates(case.verdict) && case.failure.is_some());
            let failure = shown().find_map(|case| case.failure.as_ref());
            let Some(failure) = failure.or(requirement.elsewhere.first().map(|elsewhere| &elsewhere.failure)) else {
                continue;
            };
            let known = self.of(requirement.requirement);
            deviations.push(Deviation {
                requirement: requirement.requirement,
                cases: shown().map(|case| case.name.clone()).collect(),
                reason: known.map_or_else(
                    || format!("Not reviewed. Expected {}, got {}.", failure.expected, failure.actual),
                    |known| known.reason.clone(),
                ),
                evidence: known.map(|known| known.evidence.clone()).unwrap_or_default(),
            });
        }
        Deviations { subject: report.subject.clone(), profile: report.profile, deviations }
    }
}

impl Deviation {
    pub(crate) fn with_evidence(&self) -> String {
        if self.evidence.is_empty() {
            self.reason.clone()
        } else {
            format!("{} ({})", self.reason, self.evidence.join(", "))
        }
    }
}
