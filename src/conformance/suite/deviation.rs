//! Known deviations of an engine, with the reason and the evidence. The kit writes them to a file that people review, and
//! tells them from failures.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::call::Ending;
use crate::conformance::report::{CaseReport, PropertyReport, Report, ReportedFailure, RequirementReport, Verdict};
use crate::profile::Profile;
use crate::sentence::debug_as_display;
use crate::spec::{Level, Requirement};
use crate::suggestion::did_you_mean;
use crate::trace::{JsonProblem, parse_document};

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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseDeviation {
    /// The verdict: a failure, a crash or a time-out.
    pub verdict: Verdict,
    /// The requirement that it breaks.
    pub breaks: Option<Requirement>,
    /// Whether it shows only in some runs, so that the case may also pass. Reviewers set this by hand.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sometimes: bool,
    /// The reason, if it is not that of the whole deviation. An update gives one to a case that is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The beginning of a reason that an update wrote and that nobody has reviewed.
const NOT_REVIEWED: &str = "Not reviewed";

/// The error of known deviations that belong to another engine, or to another profile.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "these are the known deviations of {subject:?} from {profile}, but {judged:?} is judged by {by}; name another file, or \
     correct \"subject\" and \"profile\" in this one"
)]
pub struct OtherEngine {
    subject: String,
    profile: Profile,
    judged: String,
    by: Profile,
}

debug_as_display!(OtherEngine);

/// The error of a text that is not a file of known deviations.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct MalformedDeviations(String);

debug_as_display!(MalformedDeviations);

impl Deviations {
    /// Parses a file of known deviations. `file` is its name in errors.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not such a file, or if a requirement is listed twice.
    pub fn parse(file: &str, text: &str) -> Result<Deviations, MalformedDeviations> {
        let read: Deviations = parse_document(text).map_err(|problem: JsonProblem| {
            MalformedDeviations(format!("{file}:{}", problem.not_a("file of known deviations")))
        })?;
        let mut seen = BTreeSet::new();
        match read.deviations.iter().find(|deviation| !seen.insert(deviation.requirement)) {
            Some(Deviation { requirement, .. }) => {
                Err(MalformedDeviations(format!("{file}: {requirement} is listed twice; make one entry of both")))
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
                let meant = did_you_mean(name, report.cases.iter().map(|case| case.name.as_str()));
                format!("a known deviation from {requirement}: it has no case {name:?}; correct the name or remove it{meant}")
            }));
            if *elsewhere && report.elsewhere.is_empty() {
                stale.push(format!("the known deviation from {requirement} does not show elsewhere any more; set \"elsewhere\" to false"));
            }
        }
        stale
    }

    /// Returns the deviations after a run: those that the report shows, and those that it could not judge. Reasons and
    /// evidence stay with the cases that they were written for; for a case that is new, the reason begins with "Not reviewed".
    ///
    /// # Errors
    ///
    /// Returns an error if the report is on another subject, or by another profile. Without a subject and deviations, these
    /// are of any.
    pub fn updated(&self, report: &Report) -> Result<Deviations, OtherEngine> {
        let is_new = self.subject.is_empty() && self.deviations.is_empty();
        if !is_new {
            self.are_of(&report.subject, report.profile)?;
        }
        let is_whole = is_whole(report);
        let deviations = report.requirements.iter().filter_map(|report| self.updated_for(report, is_whole)).collect();
        Ok(Deviations { subject: report.subject.clone(), profile: report.profile, deviations })
    }

    /// Checks whether these are the known deviations of this engine from this profile.
    ///
    /// # Errors
    ///
    /// Returns an error if they are not.
    pub fn are_of(&self, subject: &str, profile: Profile) -> Result<(), OtherEngine> {
        if self.subject == subject && self.profile.pinned() == profile.pinned() {
            return Ok(());
        }
        let (judged, by) = (subject.to_owned(), profile);
        Err(OtherEngine { subject: self.subject.clone(), profile: self.profile, judged, by })
    }

    /// Returns the requirements with a reason that an update wrote and that nobody has reviewed.
    pub fn unreviewed(&self) -> impl Iterator<Item = Requirement> {
        let is_unreviewed = |reason: &String| reason.contains(NOT_REVIEWED);
        let unreviewed = self.deviations.iter().filter(move |deviation| {
            let mut reasons = deviation.cases.values().filter_map(|case| case.reason.as_ref());
            is_unreviewed(&deviation.reason) || reasons.any(is_unreviewed)
        });
        unreviewed.map(|deviation| deviation.requirement)
    }

    /// Returns the deviation from one requirement after a run. `is_whole` says that it would have shown elsewhere.
    fn updated_for(&self, report: &RequirementReport, is_whole: bool) -> Option<Deviation> {
        let known = self.of(report.requirement);
        let mut cases: BTreeMap<String, CaseDeviation> = known.map(|known| known.cases.clone()).unwrap_or_default();
        let has_case = |name: &String| report.cases.iter().any(|case| case.name == *name);
        cases.retain(|name, _| report.cases.is_empty() || has_case(name));
        for case in &report.cases {
            let before = cases.remove(&case.name);
            let shown = case.shown().map(|(verdict, breaks)| CaseDeviation {
                verdict,
                breaks,
                sometimes: false,
                // An entry that is new as a whole has one reason.
                reason: known.and(case.failure.as_ref()).map(not_reviewed),
            });
            let after = match (before, shown) {
                (Some(before), _) if case.verdict == Verdict::KnownDeviation => Some(before),
                (Some(before), Some(shown)) if (before.verdict, before.breaks) == (shown.verdict, shown.breaks) => {
                    Some(before)
                }
                // A known deviation that does not show any more fails without a failure.
                (before, None) if matches!(case.verdict, Verdict::Pass | Verdict::Fail) => {
                    before.filter(|before| before.sometimes)
                }
                // A failure of another requirement is no deviation from this one.
                (before, None) if case.verdict == Verdict::NotReached => {
                    before.filter(|before| before.breaks.is_none_or(|broken| broken == report.requirement))
                }
                (before, None) => before,
                (_, shown) => shown,
            };
            cases.extend(after.map(|after| (case.name.clone(), after)));
        }
        let was_elsewhere = known.is_some_and(|known| known.elsewhere);
        let elsewhere = report.elsewhere.first().map(|elsewhere| &elsewhere.failure);
        let is_elsewhere = elsewhere.is_some() || (was_elsewhere && !is_whole);
        if cases.is_empty() && !is_elsewhere {
            return None;
        }
        let shown = report.cases.iter().find_map(|case| case.failure.as_ref()).or(elsewhere);
        let mut reason = known.map_or_else(|| shown.map(not_reviewed).unwrap_or_default(), |it| it.reason.clone());
        if let (Some(_), Some(elsewhere), false) = (known, elsewhere, was_elsewhere) {
            reason = format!("{reason} {} elsewhere: {}.", NOT_REVIEWED, elsewhere.mismatch());
        }
        let evidence = known.map(|known| known.evidence.clone()).unwrap_or_default();
        Some(Deviation { requirement: report.requirement, cases, elsewhere: is_elsewhere, reason, evidence })
    }
}

fn not_reviewed(failure: &ReportedFailure) -> String {
    format!("{NOT_REVIEWED}: {}.", failure.mismatch())
}

/// Whether the report would show a deviation elsewhere than in its own cases: it has cases, in none of which the kit itself
/// failed, and every property was judged.
fn is_whole(report: &Report) -> bool {
    let cases = || report.requirements.iter().flat_map(|requirement| &requirement.cases);
    let is_judged = |property: &PropertyReport| {
        property.programs > 0 && property.verdict.is_judged() && property.verdict != Verdict::Broken
    };
    !report.properties.is_empty()
        && report.properties.iter().all(is_judged)
        && cases().count() > 0
        && cases().all(|case| case.verdict != Verdict::Broken)
}

impl CaseReport {
    /// Returns the verdict and the broken requirement of a failure, also of one that is known.
    fn shown(&self) -> Option<(Verdict, Option<Requirement>)> {
        let failure = self.failure.as_ref()?;
        let verdict = match self.verdict {
            Verdict::Fail | Verdict::Crash | Verdict::TimeOut => self.verdict,
            Verdict::KnownDeviation if failure.actual == Ending::TimedOut.to_string() => Verdict::TimeOut,
            Verdict::KnownDeviation if failure.actual.contains("crashed") => Verdict::Crash,
            Verdict::KnownDeviation => Verdict::Fail,
            _ => return None,
        };
        Some((verdict, failure.requirement))
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
        let Some(known) = self.cases.get(&report.name) else { return };
        let CaseDeviation { verdict, breaks, sometimes, reason } = known;
        let reason = || reason.clone().unwrap_or_else(|| self.with_evidence());
        let broken = report.failure.as_ref().and_then(|failure| failure.requirement);
        match report.verdict {
            Verdict::Pass if *sometimes => {}
            Verdict::Pass => {
                report.verdict = Verdict::Fail;
                report.reason = Some(format!("the known deviation does not show any more: {}", reason()));
            }
            shown if shown == *verdict && broken == *breaks => {
                report.verdict = Verdict::KnownDeviation;
                report.reason = Some(reason());
            }
            _ => {}
        }
    }
}
