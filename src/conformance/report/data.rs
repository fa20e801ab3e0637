//! A report as data: the verdict on each case, requirement and property.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::origin::Origin;
use super::verdict::Verdict;
use crate::model::mismatch;
use crate::printable::cut;
use crate::profile::Profile;
use crate::sentence::debug_as_display;
use crate::spec::{Level, Requirement};
use crate::trace::{JsonProblem, parse_document};
use crate::transcript::TranscriptLine;

/// The largest number of characters of the name of a subject that a report shows.
const LONGEST_SUBJECT: usize = 200;

/// The result of a run of the kit. `spec/report.schema.json` describes its JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Report {
    /// The name of the subject.
    pub subject: String,
    /// The profile by which the subject was judged.
    pub profile: Profile,
    /// The version of the kit.
    pub kit: String,
    /// The run that the report comes from, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Each capability that a case needs or that is claimed.
    pub capabilities: Vec<CapabilityReport>,
    /// Every testable requirement of the profile, in the order of the spec.
    pub requirements: Vec<RequirementReport>,
    /// The properties: random and exhaustive programs.
    pub properties: Vec<PropertyReport>,
    /// Problems of the run itself, such as an outdated known deviation.
    pub complaints: Vec<String>,
}

/// Whether the subject has a capability.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CapabilityReport {
    /// The name of the capability.
    pub name: String,
    /// Whether the subject has it.
    pub has: bool,
    /// Whether it was claimed with [`Suite::claims`](crate::conformance::Suite::claims).
    pub claimed: bool,
    /// The number of judged cases that need it.
    pub cases: usize,
}

/// The result for one requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RequirementReport {
    /// The requirement.
    pub requirement: Requirement,
    /// The profiles that judge by it. Empty if every profile does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub profiles: Vec<Profile>,
    /// The worst verdict of its cases and of the failures elsewhere.
    pub verdict: Verdict,
    /// The reason of the known deviation, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<String>,
    /// The cases of the requirement.
    pub cases: Vec<CaseReport>,
    /// Its failures in cases of other requirements and in programs.
    pub elsewhere: Vec<ElsewhereReport>,
    /// The number of calls that broke it, in cases and in programs of one thread.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub wrong_calls: u64,
    /// The number of calls of the same methods to which it applied.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub judged_calls: u64,
}

/// A failure of a requirement in a case of another requirement, or in a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ElsewhereReport {
    /// The name of that case or property.
    pub place: String,
    /// The failure.
    pub failure: ReportedFailure,
    /// The calls up to the failure.
    pub calls: Vec<TranscriptLine>,
}

/// The result of one case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CaseReport {
    /// The name.
    pub name: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Why it was skipped or not reached, why the deviation is known, or why the kit failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<ReportedFailure>,
    /// The calls that were made.
    pub calls: Vec<TranscriptLine>,
    /// The number of its steps that were not made because an earlier call did not return.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unmade: u64,
}

/// A failure: what was expected, and what happened instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ReportedFailure {
    /// The broken requirement. `None` if an earlier step of a case failed.
    pub requirement: Option<Requirement>,
    /// The index of the wrong call, from 0. `None` if no call was wrong.
    pub call: Option<usize>,
    /// The allowed outcomes, in words.
    pub expected: String,
    /// The outcome, in words.
    pub actual: String,
    /// The state of the handle that the call names, or another argument that matters, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The other requirements that this call or an earlier one of the run broke, in the order of the calls.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Requirement>,
    /// The indices of later calls of the case that break the requirement as well. They may follow from this failure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub later: Vec<usize>,
}

/// The result of one property.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PropertyReport {
    /// The name.
    pub name: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The number of programs that were run.
    pub programs: u64,
    /// The number of calls that they made.
    pub calls: u64,
    /// Why it was skipped, or what failed outside of any call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The number of model states that were reached, if the programs are exhaustive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub states: Option<usize>,
    /// A counterexample for each broken requirement.
    pub counterexamples: Vec<Counterexample>,
}

/// A program that breaks a requirement: a minimal reproducer, unless the violation is shown elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Counterexample {
    /// [`Verdict::Fail`], or [`Verdict::KnownDeviation`].
    pub verdict: Verdict,
    /// The failure.
    pub failure: ReportedFailure,
    /// The calls that were made.
    pub calls: Vec<TranscriptLine>,
    /// The fewest overlapping calls for which no order is allowed, drawn as lanes. Empty for any other violation.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub lanes: String,
    /// The run as a trace.
    pub trace: String,
    /// The run as a Rust test. Empty if it is not minimal: the violation is known or, in child processes, a case shows it.
    pub test: String,
}

/// The error of a text that is not a report.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct MalformedReport(String);

debug_as_display!(MalformedReport);

fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Report {
    /// Returns the name of the subject; of a very long one, the beginning and the end.
    pub(super) fn shown_subject(&self) -> String {
        cut(&self.subject, LONGEST_SUBJECT)
    }

    /// Whether the subject conforms: at least one requirement was judged, every failure of a MUST or SHOULD is a known
    /// deviation, and every claimed capability was tested.
    pub fn holds(&self) -> bool {
        self.objections().is_empty()
    }

    /// Panics if the run fails, and says why.
    ///
    /// # Panics
    ///
    /// Panics with [the text](Report::text) of the report if the subject does not conform.
    #[track_caller]
    pub fn assert(&self) {
        let saved = || self.properties.iter().map(PropertyReport::save_traces).collect::<String>();
        assert!(self.holds(), "{}{}", self.text(false), saved());
    }

    /// Returns the outcome of the run in a word.
    pub(super) fn outcome(&self) -> &'static str {
        if self.holds() { "passes" } else { "fails" }
    }

    /// Reads a report from its [JSON](Report::json). `file` is its name in errors.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not a report.
    pub fn parse(file: &str, text: &str) -> Result<Report, MalformedReport> {
        parse_document(text).map_err(|problem: JsonProblem| {
            MalformedReport(format!("{file}:{}", problem.not_a("report of `run --format json`")))
        })
    }

    /// Returns the report as JSON. `spec/report.schema.json` describes it.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a report holds nothing that JSON cannot express")
    }

    /// Returns the reasons why the run fails, one line each. Empty if the subject conforms.
    pub fn objections(&self) -> Vec<String> {
        let bad = self.requirements.iter().filter(|report| report.fails());
        let bad = bad.map(|report| format!("{} {}", report.requirement, report.verdict.name()));
        bad.chain(self.other_objections()).collect()
    }

    /// Returns why a requirement without a case was skipped.
    pub(super) fn no_case(&self) -> &'static str {
        let is_of_a_trace = self.requirements.iter().all(|report| report.cases.is_empty());
        if is_of_a_trace { "not covered by this trace" } else { "not covered by any case" }
    }

    /// Returns the objections that concern no requirement.
    pub(super) fn other_objections(&self) -> Vec<String> {
        let bad = self.properties.iter().filter(|property| property.verdict.is_bad());
        let bad = bad.map(|property| format!("{} {}", property.name, property.verdict.name()));
        bad.chain(self.run_objections()).collect()
    }

    /// Returns the objections that concern neither a requirement nor a property.
    pub(super) fn run_objections(&self) -> Vec<String> {
        let mut objections = self.complaints.clone();
        for capability in self.capabilities.iter().filter(|capability| capability.claimed && capability.cases == 0) {
            objections.push(format!("{} is claimed, but no case that needs it was judged", capability.name));
        }
        if self.requirements.iter().all(|report| !report.verdict.is_judged()) {
            objections.push("nothing was judged".to_owned());
        }
        objections
    }

    /// Whether the kit failed in every case that it tried, so that nothing is known about the subject.
    pub fn is_broken(&self) -> bool {
        let tried =
            || self.requirements.iter().flat_map(|report| &report.cases).filter(|case| case.verdict.is_judged());
        tried().next().is_some() && tried().all(|case| case.verdict == Verdict::Broken)
    }

    /// Returns the number of MUSTs that were judged, and the number of all MUSTs.
    pub fn musts(&self) -> (usize, usize) {
        let musts = || self.requirements.iter().filter(|report| report.requirement.level() == Level::Must);
        (musts().filter(|report| report.verdict.is_judged()).count(), musts().count())
    }

    /// Returns the number of requirements for each verdict that occurs, the worst verdict first.
    pub(super) fn counts(&self) -> impl Iterator<Item = (Verdict, usize)> {
        Verdict::WORST_FIRST.into_iter().map(|verdict| (verdict, self.count(verdict))).filter(|(_, count)| *count > 0)
    }

    /// Returns the number of requirements with this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.requirements.iter().filter(|report| report.verdict == verdict).count()
    }
}

impl ReportedFailure {
    /// Returns the failure in a sentence, such as "expected an error, but the process crashed".
    pub(crate) fn mismatch(&self) -> String {
        mismatch(&self.expected, &self.actual)
    }

    /// Says which calls after the wrong one break the requirement as well. `None` if none was made after it.
    fn after(&self, calls: &[TranscriptLine]) -> Option<String> {
        let after = calls.len().checked_sub(self.call? + 1).filter(|after| *after > 0)?;
        if self.later.is_empty() {
            return Some(format!("later calls of the case that break it as well: none of {after}"));
        }
        let lines = self.later.iter().filter_map(|at| calls.get(*at));
        let methods: BTreeSet<&str> = lines.map(TranscriptLine::method).collect();
        let (methods, later) = (Vec::from_iter(methods).join(", "), self.later.len());
        Some(format!("later calls of the case that break it as well: {later} of {after} ({methods})"))
    }
}

impl CaseReport {
    /// Says what became of the calls after the wrong one, and how many steps were not reached.
    pub(super) fn after(&self) -> Option<String> {
        if self.unmade > 0 {
            return Some(format!("{} later steps of the case were not reached", self.unmade));
        }
        self.failure.as_ref()?.after(&self.calls)
    }
}

impl RequirementReport {
    /// Whether the requirement fails the run. A broken MAY does so only by a verdict worse than
    /// [`Verdict::Fail`].
    pub fn fails(&self) -> bool {
        self.fails_by(self.verdict)
    }

    /// Whether a case with this verdict fails the run.
    pub(super) fn fails_by(&self, verdict: Verdict) -> bool {
        let binds = self.requirement.level() < Level::May;
        verdict.is_bad() && (binds || verdict > Verdict::Fail)
    }
}
