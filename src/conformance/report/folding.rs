//! Tells the failures that show a fault by themselves from those that only come with them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::data::{CaseReport, Counterexample, PropertyReport, Report, ReportedFailure, RequirementReport};
use crate::spec::Requirement;
use crate::transcript::TranscriptLine;

/// The largest number of counterexamples with the same last call that are listed.
const MOST_FOLDED: usize = 12;

/// The largest number of cases of a requirement that are shown with their calls.
pub(super) const MOST_CASES: usize = 3;

/// The last call of a failure without its arguments: its method, what was expected, and what happened.
#[derive(Clone, Debug, PartialEq, Eq)]
struct LastCall<'a> {
    method: &'a str,
    expected: &'a str,
    actual: &'a str,
}

impl<'a> LastCall<'a> {
    fn of(failure: &'a ReportedFailure, calls: &'a [TranscriptLine]) -> LastCall<'a> {
        let method = failure.call.and_then(|call| calls.get(call)).map_or("", TranscriptLine::method);
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

/// A failure that a report shows with its calls.
#[derive(Clone, Copy)]
pub(super) struct ShownFailure<'r> {
    /// The requirement under which it is shown.
    pub(super) of: Requirement,
    pub(super) failure: &'r ReportedFailure,
    pub(super) calls: &'r [TranscriptLine],
}

/// How much a failure is like one that was shown before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Likeness {
    /// The wrong call and its outcome are the same.
    Call,
    /// Another call of the same method got the same answer where the same was expected.
    Answer,
}

impl<'r> ShownFailure<'r> {
    /// Returns the wrong call.
    pub(super) fn wrong_call(&self) -> Option<&'r TranscriptLine> {
        self.calls.get(self.failure.call?)
    }

    /// Finds a failure that was shown under another requirement and is like this one.
    pub(super) fn find_like<'s>(&self, shown: &'s [ShownFailure<'r>]) -> Option<(Likeness, &'s ShownFailure<'r>)> {
        let likeness = |other: &'s ShownFailure<'r>| Some((self.likeness(other)?, other));
        let like = shown.iter().filter(|other| other.of != self.of).filter_map(likeness);
        like.min_by_key(|(likeness, _)| *likeness != Likeness::Call)
    }

    fn likeness(&self, other: &ShownFailure<'_>) -> Option<Likeness> {
        let (call, other_call) = (self.wrong_call()?, other.wrong_call()?);
        if call == other_call && self.failure.note == other.failure.note {
            return Some(Likeness::Call);
        }
        let is_related = self.failure.also.contains(&other.of) || other.failure.also.contains(&self.of);
        // Without calls that lead to it, the wrong call says everything.
        let is_first = self.failure.call <= Some(1);
        let has_same_last = LastCall::of(self.failure, self.calls) == LastCall::of(other.failure, other.calls)
            && self.failure.note == other.failure.note;
        (has_same_last && (is_related || is_first)).then_some(Likeness::Answer)
    }
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
    examples.sort_by_key(|(_, example)| (!example.verdict.is_bad(), example.length()));
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

impl Counterexample {
    /// Returns the number of calls that lead to its failure.
    pub(super) fn length(&self) -> usize {
        length(Some(&self.failure), &self.calls)
    }
}

impl ExampleGroup<'_> {
    /// Finds a failure that was shown under the requirement of this counterexample and has the same last call. There is none for
    /// a race, whose calls overlap.
    pub(super) fn find_like<'s, 'r>(&self, shown: &'s [ShownFailure<'r>]) -> Option<&'s ShownFailure<'r>> {
        let Counterexample { failure, calls, lanes, .. } = self.shown;
        let last = LastCall::of(failure, calls);
        let is_like = |other: &&ShownFailure<'_>| {
            failure.requirement == Some(other.of) && LastCall::of(other.failure, other.calls) == last
        };
        if lanes.is_empty() { shown.iter().find(is_like) } else { None }
    }

    /// Lists the requirements that the same last call breaks in longer counterexamples. Empty if there is none.
    pub(super) fn listed(&self) -> String {
        let listed = self.folded.iter().take(MOST_FOLDED).map(|(property, example)| {
            let id = example.failure.requirement.map_or("no requirement", Requirement::id);
            format!("{id} in {} ({} calls)", property.name, example.length())
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
    /// Returns the requirements that fail the run, the most probable cause first.
    ///
    /// Those that cases of their own break come before those that fail elsewhere. Among them, the cause is the one that fits the
    /// wrong calls best: it applies to most of them, and to few others. The one with the shortest failure stands first if
    /// nothing else tells.
    pub(super) fn failing(&self) -> Vec<&RequirementReport> {
        let mut failing: Vec<&RequirementReport> = self.requirements.iter().filter(|report| report.fails()).collect();
        let most = failing.iter().map(|report| report.wrong_calls).max().unwrap_or(0);
        failing.sort_by_key(|report| {
            let (fails_elsewhere, length) = report.shortest();
            (fails_elsewhere, Reverse(report.fit(most)), !report.fails_alone(), length)
        });
        failing
    }

    /// Returns the requirements that are broken only by calls that break a more probable cause as well, each with that one.
    ///
    /// A requirement that cases of its own break needs a cause that a case breaks alone.
    pub(super) fn consequences(&self) -> BTreeMap<Requirement, Requirement> {
        let failing = self.failing();
        let mut consequences = BTreeMap::new();
        for (at, report) in failing.iter().enumerate() {
            let own: Vec<&ReportedFailure> = report.own_failures().map(|(failure, _)| failure).collect();
            let has_own = !own.is_empty();
            let failures =
                if has_own { own } else { report.elsewhere.iter().map(|elsewhere| &elsewhere.failure).collect() };
            let is_cause = |other: &&&RequirementReport| {
                !consequences.contains_key(&other.requirement) && (!has_own || other.fails_alone())
            };
            let causes: Vec<Requirement> =
                failing[..at].iter().filter(is_cause).map(|other| other.requirement).collect();
            let cause = |failure: &&ReportedFailure| causes.iter().find(|cause| failure.also.contains(cause)).copied();
            let found: Option<Vec<Requirement>> = failures.iter().map(cause).collect();
            if let Some(first) = found.and_then(|found| found.first().copied()) {
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

    /// Returns the failures that a report shows with their calls: one of each of these groups of its own cases, or the first
    /// elsewhere.
    pub(super) fn shown_failures<'r>(&'r self, groups: &[CaseGroup<'r>]) -> Vec<ShownFailure<'r>> {
        let of = self.requirement;
        if groups.is_empty() {
            let first = self.elsewhere.iter().take(1);
            return first.map(|other| ShownFailure { of, failure: &other.failure, calls: &other.calls }).collect();
        }
        let shown = groups.iter().take(MOST_CASES).filter_map(|group| {
            Some(ShownFailure { of, failure: group.shown.failure.as_ref()?, calls: &group.shown.calls })
        });
        shown.collect()
    }

    /// Returns how well it fits the wrong calls, in tenths: twice the calls that break it, by those to which it applies and the
    /// `most` that break any requirement. A finer scale would decide by chance.
    fn fit(&self, most: u64) -> u64 {
        (20 * self.wrong_calls).checked_div(self.judged_calls + most).unwrap_or(0)
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
