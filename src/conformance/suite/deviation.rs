//! Known deviations: what an engine is known to do otherwise, with the reason and the evidence. They are kept in a file
//! that the kit writes and people review.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::conformance::report::{CaseReport, Report, RequirementReport, Verdict};
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
    /// Its cases that show it, and how.
    pub cases: BTreeMap<String, CaseDeviation>,
    /// Programs, or the cases of other requirements, show it as well.
    pub elsewhere: bool,
    /// Why it is known.
    pub reason: String,
    /// What shows it: names of traces, rows of the observations.
    pub evidence: Vec<String>,
}

/// How a case shows a deviation. Any other way is news.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseDeviation {
    /// Its verdict: that it fails, crashes or times out.
    pub verdict: Verdict,
    /// What it breaks.
    pub breaks: Option<Requirement>,
    /// It shows in some runs alone, so that a run in which the case passes is no news. Only a reviewer can know that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sometimes: bool,
}

/// The text is not a file of known deviations.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {problem}")]
pub struct MalformedDeviations {
    file: String,
    problem: String,
    /// Where the text is no such JSON, and at which line and column.
    source: Option<serde_json::Error>,
}

impl Deviations {
    /// Reads a file of known deviations. `file` is the name that errors give.
    ///
    /// # Errors
    ///
    /// The text is no such file, or a requirement stands in it twice.
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

    /// The file as text.
    pub fn to_text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("deviations hold nothing that JSON cannot express");
        text.push('\n');
        text
    }

    /// What is known of this requirement.
    pub(crate) fn of(&self, requirement: Requirement) -> Option<&Deviation> {
        self.deviations.iter().find(|deviation| deviation.requirement == requirement)
    }

    /// What is wrong with what is known itself, after all was run.
    pub(crate) fn stale(&self, profile: Profile, requirements: &[RequirementReport]) -> Vec<String> {
        let mut stale = Vec::new();
        for Deviation { requirement, cases, elsewhere, .. } in &self.deviations {
            let Some(report) = requirements.iter().find(|report| report.requirement == *requirement) else {
                stale.push(format!(
                    "a deviation from {requirement} is known, by which profile {profile} does not judge"
                ));
                continue;
            };
            let unknown = cases.keys().filter(|name| !report.cases.iter().any(|case| case.name == **name));
            stale.extend(
                unknown.map(|name| format!("{requirement} has no case {name:?}, which is known to show a deviation")),
            );
            if *elsewhere && report.elsewhere.is_empty() {
                stale.push(format!("the known deviation from {requirement} does not show elsewhere any more"));
            }
        }
        stale
    }

    /// The deviations that a report shows. What is known of them already is kept, also where it could not be judged.
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
    pub(crate) fn with_evidence(&self) -> String {
        if self.evidence.is_empty() {
            self.reason.clone()
        } else {
            format!("{} ({})", self.reason, self.evidence.join(", "))
        }
    }
}
