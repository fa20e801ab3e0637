//! A report as data: what came of each case, requirement and property.

use serde::{Deserialize, Serialize};

use super::verdict::Verdict;
use crate::profile::Profile;
use crate::spec::{Level, Requirement};
use crate::transcript::TranscriptLine;

/// What came of a run of the kit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Report {
    /// The name of the subject.
    pub subject: String,
    /// The profile by which it was judged.
    pub profile: Profile,
    /// The version of the kit.
    pub kit: String,
    /// What the subject can do and cannot do.
    pub capabilities: Vec<CapabilityReport>,
    /// Every requirement by which the profile judges, in the order of the spec.
    pub requirements: Vec<RequirementReport>,
    /// What was made at random or by exhaustion.
    pub properties: Vec<PropertyReport>,
    /// What is wrong with the run itself, such as a known deviation that is out of date.
    pub complaints: Vec<String>,
}

/// Whether the subject can do something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CapabilityReport {
    /// What.
    pub name: String,
    /// Whether it can.
    pub has: bool,
    /// Its author says so.
    pub claimed: bool,
    /// How many cases that need it were judged.
    pub cases: usize,
}

/// What came of all that speaks of a requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RequirementReport {
    /// The requirement.
    pub requirement: Requirement,
    /// The worst of its cases and of what was noticed elsewhere.
    pub verdict: Verdict,
    /// Why it is known that the subject deviates, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<String>,
    /// Its cases.
    pub cases: Vec<CaseReport>,
    /// Where else it was broken: in another requirement's case, or by a program.
    pub elsewhere: Vec<ElsewhereReport>,
}

/// A requirement was broken where something else was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ElsewhereReport {
    /// The case or the property.
    pub place: String,
    /// What was wrong.
    pub failure: ReportedFailure,
    /// What was done until then.
    pub calls: Vec<TranscriptLine>,
}

/// What came of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CaseReport {
    /// Its name.
    pub name: String,
    /// What came of it.
    pub verdict: Verdict,
    /// What the subject lacks, why the deviation is known, or what the kit could not do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What was wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<ReportedFailure>,
    /// What was done.
    pub calls: Vec<TranscriptLine>,
}

/// Something that was wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ReportedFailure {
    /// The requirement that was broken; `None` where a case did not even get as far as its own.
    pub requirement: Option<Requirement>,
    /// Which call of the run was answered wrongly, counted from 0; `None` where it was not a call.
    pub call: Option<usize>,
    /// What was allowed.
    pub expected: String,
    /// What happened.
    pub actual: String,
}

/// What came of a property.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PropertyReport {
    /// Its name.
    pub name: String,
    /// What came of it.
    pub verdict: Verdict,
    /// How many programs were run.
    pub programs: u64,
    /// How many calls they made.
    pub calls: u64,
    /// What the subject lacks, or what went wrong that was no call's doing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How many states of the model they reached, where they are all there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub states: Option<usize>,
    /// The smallest programs that break something, one for each requirement.
    pub counterexamples: Vec<Counterexample>,
}

/// A program that breaks a requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Counterexample {
    /// Whether that it does is known.
    pub verdict: Verdict,
    /// What was wrong.
    pub failure: ReportedFailure,
    /// What was done.
    pub calls: Vec<TranscriptLine>,
    /// The fewest calls of several threads that have no order, drawn as lanes. Empty if that is not what is wrong, or if they
    /// were not found.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub lanes: String,
    /// The run as a trace.
    pub trace: String,
    /// The run as a Rust test.
    pub test: String,
}

impl Report {
    /// Whether the subject conforms: something was judged, nothing that binds is broken without a known reason, and
    /// what its author claims was put to the test.
    pub fn holds(&self) -> bool {
        self.objections().is_empty()
    }

    /// Whether the subject conforms.
    pub(super) fn outcome(&self) -> &'static str {
        if self.holds() { "holds" } else { "fails" }
    }

    /// The report as JSON, as `spec/report.schema.json` has it.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a report holds nothing that JSON cannot express")
    }

    /// Why the run fails, a line for each reason.
    pub fn objections(&self) -> Vec<String> {
        let mut objections = Vec::new();
        for report in self.requirements.iter().filter(|report| report.fails()) {
            objections.push(format!("{} {}", report.requirement, report.verdict.name()));
        }
        objections.extend(self.other_objections());
        objections
    }

    /// The objections that no requirement has.
    pub(super) fn other_objections(&self) -> Vec<String> {
        let bad = self.properties.iter().filter(|property| property.verdict.is_bad());
        let bad = bad.map(|property| format!("{} {}", property.name, property.verdict.name()));
        bad.chain(self.run_objections()).collect()
    }

    /// The objections that no requirement and no property has.
    pub(super) fn run_objections(&self) -> Vec<String> {
        let mut objections = self.complaints.clone();
        for capability in self.capabilities.iter().filter(|capability| capability.claimed && capability.cases == 0) {
            objections.push(format!("{} is claimed, and no case that needs it was judged", capability.name));
        }
        if self.requirements.iter().all(|report| report.verdict == Verdict::Skip) {
            objections.push("nothing was judged".to_owned());
        }
        objections
    }

    /// How many MUSTs were judged, and how many there are.
    pub fn musts(&self) -> (usize, usize) {
        let musts = || self.requirements.iter().filter(|report| report.requirement.level() == Level::Must);
        (musts().filter(|report| report.verdict != Verdict::Skip).count(), musts().count())
    }

    /// How many requirements have each verdict that occurs, the worst first.
    pub(super) fn counts(&self) -> impl Iterator<Item = (Verdict, usize)> {
        Verdict::WORST_FIRST.into_iter().map(|verdict| (verdict, self.count(verdict))).filter(|(_, count)| *count > 0)
    }

    /// How many requirements have this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.requirements.iter().filter(|report| report.verdict == verdict).count()
    }
}

impl RequirementReport {
    /// Whether it makes the run fail. What MAY be need not.
    pub fn fails(&self) -> bool {
        self.fails_by(self.verdict)
    }

    /// Whether this verdict of a case of it makes the run fail.
    pub(super) fn fails_by(&self, verdict: Verdict) -> bool {
        let binds = self.requirement.level() < Level::May;
        verdict.is_bad() && (binds || matches!(verdict, Verdict::Crash | Verdict::TimeOut | Verdict::Broken))
    }
}

impl Report {
    /// Panics with [the text](Report::text) of a run that fails.
    ///
    /// # Panics
    ///
    /// The run fails.
    #[track_caller]
    pub fn assert(&self) {
        assert!(self.holds(), "{}{}", self.text(false), self.save_traces());
    }

    /// Keeps the traces of what was found, and says where they are.
    fn save_traces(&self) -> String {
        self.properties.iter().map(PropertyReport::save_traces).collect()
    }
}
