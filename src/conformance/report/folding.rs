//! Tells the failures that show a fault by themselves from those that only come with them.

use std::collections::BTreeMap;

use super::data::{CaseReport, Counterexample, PropertyReport, Report, ReportedFailure, RequirementReport};
use crate::spec::Requirement;
use crate::transcript::TranscriptLine;

/// The largest number of counterexamples with the same last call that are listed.
const MOST_FOLDED: usize = 12;

/// The last call of a failure without its arguments: its method, what was expected, and what happened.
#[derive(Clone, Debug, PartialEq, Eq)]
struct LastCall<'a> {
    method: &'a str,
    expected: &'a str,
    actual: &'a str,
}

impl<'a> LastCall<'a> {
    fn of(failure: &'a ReportedFailure, calls: &'a [TranscriptLine]) -> LastCall<'a> {
        let line = failure.call.and_then(|call| calls.get(call)).map_or("", |line| line.call.as_str());
        let method = line.split('(').next().unwrap_or_default();
        LastCall { method, expected: &failure.expected, actual: &failure.actual }
    }
}

/// Returns the number of calls that lead to a failure.
pub(super) fn length(failure: Option<&ReportedFailure>, calls: &[TranscriptLine]) -> usize {
    failure.and_then(|failure| failure.call).map_or(calls.len(), |call| call + 1)
}

/// A failed case, and the longer ones with the same last call.
pub(super) struct CaseGroup<'r> {
    pub(super) shown: &'r CaseReport,
    pub(super) folded: Vec<&'r CaseReport>,
}

/// Groups failed cases by their last calls, the shortest first. A case without a failure has a group of its own.
pub(super) fn case_groups<'r>(cases: impl IntoIterator<Item = &'r CaseReport>) -> Vec<CaseGroup<'r>> {
    let mut cases: Vec<&CaseReport> = cases.into_iter().collect();
    cases.sort_by_key(|case| (!case.verdict.is_bad(), length(case.failure.as_ref(), &case.calls)));
    let last = |case: &'r CaseReport| Some(LastCall::of(case.failure.as_ref()?, &case.calls));
    let mut groups: Vec<CaseGroup<'_>> = Vec::new();
    for case in cases {
        let same = |group: &&mut CaseGroup<'r>| {
            group.shown.verdict.is_bad() == case.verdict.is_bad()
                && last(case).is_some()
                && last(group.shown) == last(case)
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.folded.push(case),
            None => groups.push(CaseGroup { shown: case, folded: Vec::new() }),
        }
    }
    groups
}

/// A counterexample, and the longer ones with the same last call.
pub(super) struct ExampleGroup<'r> {
    pub(super) property: &'r PropertyReport,
    pub(super) shown: &'r Counterexample,
    pub(super) folded: Vec<(&'r PropertyReport, &'r Counterexample)>,
}

/// Groups the counterexamples of properties by their last calls, the shortest first.
pub(super) fn groups<'r>(properties: impl IntoIterator<Item = &'r PropertyReport>) -> Vec<ExampleGroup<'r>> {
    let examples =
        properties.into_iter().flat_map(|property| property.counterexamples.iter().map(move |one| (property, one)));
    let mut examples: Vec<(&PropertyReport, &Counterexample)> = examples.collect();
    examples.sort_by_key(|(_, example)| (!example.verdict.is_bad(), length(Some(&example.failure), &example.calls)));
    let mut groups: Vec<ExampleGroup<'_>> = Vec::new();
    for (property, example) in examples {
        let last = |example: &'r Counterexample| LastCall::of(&example.failure, &example.calls);
        let same = |group: &&mut ExampleGroup<'r>| {
            group.shown.verdict == example.verdict && last(group.shown) == last(example)
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.folded.push((property, example)),
            None => groups.push(ExampleGroup { property, shown: example, folded: Vec::new() }),
        }
    }
    groups
}

impl ExampleGroup<'_> {
    /// Lists the requirements that the same last call breaks in longer counterexamples. Empty if there is none.
    pub(super) fn listed(&self) -> String {
        let listed = self.folded.iter().take(MOST_FOLDED).map(|(property, example)| {
            let id = example.failure.requirement.map_or("no requirement", Requirement::id);
            format!("{id} in {} ({} calls)", property.name, length(Some(&example.failure), &example.calls))
        });
        let listed: Vec<String> = listed.collect();
        if listed.is_empty() {
            return String::new();
        }
        let more = self.folded.len() - listed.len();
        let more = if more > 0 { format!(", and {more} more") } else { String::new() };
        format!("the same last call breaks {}{more}", listed.join(", "))
    }
}

impl Report {
    /// Returns the requirements that fail the run: first those that cases of their own break alone, then the others that such
    /// cases break, then those that fail elsewhere. The one with the shortest failure stands first.
    pub(super) fn failing(&self) -> Vec<&RequirementReport> {
        let mut failing: Vec<&RequirementReport> = self.requirements.iter().filter(|report| report.fails()).collect();
        failing.sort_by_key(|report| (!report.fails_alone(), report.shortest()));
        failing
    }

    /// Returns the requirements that are broken only by calls that break a more basic one as well, each with that one.
    ///
    /// A requirement is more basic if a case of its own breaks it alone. If none is, it is enough that cases of its own break it
    /// and none of the other.
    pub(super) fn consequences(&self) -> BTreeMap<Requirement, Requirement> {
        let failing = self.failing();
        let fails_itself = |report: &&&RequirementReport| report.own_failures().next().is_some();
        let ids = |reports: Vec<&&RequirementReport>| -> Vec<Requirement> {
            reports.into_iter().map(|report| report.requirement).collect()
        };
        let (alone, by_itself) = (
            ids(failing.iter().filter(|report| report.fails_alone()).collect()),
            ids(failing.iter().filter(fails_itself).collect()),
        );
        let mut consequences = BTreeMap::new();
        for report in &failing {
            let is_basic = alone.contains(&report.requirement);
            let causes = if by_itself.contains(&report.requirement) { &alone } else { &by_itself };
            let failures: Vec<&ReportedFailure> = match report.own_failures().next() {
                Some(_) => report.own_failures().map(|(failure, _)| failure).collect(),
                None => report.elsewhere.iter().map(|elsewhere| &elsewhere.failure).collect(),
            };
            let cause = |failure: &&ReportedFailure| failure.also.iter().find(|other| causes.contains(other)).copied();
            let found: Option<Vec<Requirement>> = failures.iter().map(cause).collect();
            if let Some(first) = found.and_then(|found| found.first().copied()).filter(|_| !is_basic) {
                consequences.insert(report.requirement, first);
            }
        }
        consequences
    }
}

impl RequirementReport {
    /// Returns the failures of its own cases, with their calls.
    pub(super) fn own_failures(&self) -> impl Iterator<Item = (&ReportedFailure, &[TranscriptLine])> {
        let bad = self.cases.iter().filter(|case| case.verdict.is_bad());
        bad.filter_map(|case| Some((case.failure.as_ref()?, case.calls.as_slice())))
    }

    /// Whether a case of its own breaks it and no other requirement.
    fn fails_alone(&self) -> bool {
        self.own_failures().any(|(failure, _)| failure.also.is_empty())
    }

    /// Returns the length of the shortest failure, those of its own cases before others.
    fn shortest(&self) -> (bool, usize) {
        let bad = self.cases.iter().filter(|case| case.verdict.is_bad());
        match bad.map(|case| length(case.failure.as_ref(), &case.calls)).min() {
            Some(length) => (false, length),
            None => {
                (true, self.elsewhere.iter().map(|other| length(Some(&other.failure), &other.calls)).min().unwrap_or(0))
            }
        }
    }
}
