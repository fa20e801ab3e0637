//! The cases of a requirement that pass: what still works narrows down the fault.

use super::data::{CaseReport, RequirementReport};
use super::verdict::Verdict;
use crate::transcript::TranscriptLine;

/// The largest number of cases that are named.
const MOST_NAMES: usize = 8;

/// A case that passes, with its call that is most like the wrong one of a case that fails.
pub(super) struct Neighbour<'r> {
    case: &'r CaseReport,
    /// `None` if it does not call the method of the wrong call.
    pub(super) nearest: Option<&'r TranscriptLine>,
}

impl RequirementReport {
    /// Returns the cases that pass. Those with the most similar call come first.
    pub(super) fn neighbours(&self) -> Vec<Neighbour<'_>> {
        let wrong = self.wrong_call();
        let passing = self.cases.iter().filter(|case| case.verdict == Verdict::Pass);
        let mut neighbours: Vec<(usize, Neighbour<'_>)> = passing
            .map(|case| {
                let likeness = |line: &TranscriptLine| wrong.map_or(0, |wrong| likeness(wrong, line));
                // The first of the calls that are most like it.
                let nearest = case.calls.iter().rev().max_by_key(|line| likeness(line));
                let nearest = nearest.map(|line| (likeness(line), line)).filter(|(likeness, _)| *likeness > 0);
                let likeness = nearest.map_or(0, |(likeness, _)| likeness);
                (likeness, Neighbour { case, nearest: nearest.map(|(_, line)| line) })
            })
            .collect();
        neighbours.sort_by_key(|(likeness, _)| std::cmp::Reverse(*likeness));
        neighbours.into_iter().map(|(_, neighbour)| neighbour).collect()
    }

    /// Says how many cases pass, and names them. `None` if no case was judged.
    pub(super) fn passing(&self, neighbours: &[Neighbour<'_>]) -> Option<String> {
        let count = |verdict| self.cases.iter().filter(|case| case.verdict == verdict).count();
        if !self.cases.iter().any(|case| case.verdict.is_judged()) {
            return None;
        }
        let unjudged = [(Verdict::NotReached, "not reached"), (Verdict::Skip, "skipped")];
        let unjudged = unjudged.into_iter().filter(|(verdict, _)| count(*verdict) > 0);
        let unjudged: String = unjudged.map(|(verdict, words)| format!("; {} {words}", count(verdict))).collect();
        let names: Vec<String> =
            neighbours.iter().take(MOST_NAMES).map(|neighbour| format!("\"{}\"", neighbour.case.name)).collect();
        let more = neighbours.len() - names.len();
        let names = match (names.len(), more) {
            (0, _) => String::new(),
            (_, 0) => format!(": {}", names.join(", ")),
            (_, more) => format!(": {} and {more} more", names.join(", ")),
        };
        Some(format!("{} of {} cases pass{names}{unjudged}", neighbours.len(), self.cases.len()))
    }

    /// Returns the wrong call of the shortest failure.
    fn wrong_call(&self) -> Option<&TranscriptLine> {
        let own = self.own_failures().min_by_key(|(failure, _)| failure.call);
        let elsewhere = || self.elsewhere.iter().map(|other| (&other.failure, other.calls.as_slice())).next();
        let (failure, calls) = own.or_else(elsewhere)?;
        calls.get(failure.call?)
    }
}

/// Returns how much two calls of one method have in common at their beginnings and ends; 0 for calls of different methods.
fn likeness(one: &TranscriptLine, other: &TranscriptLine) -> usize {
    if one.method() != other.method() {
        return 0;
    }
    let common = |(one, other): &(char, char)| one == other;
    let beginning = one.call.chars().zip(other.call.chars()).take_while(common).count();
    beginning + one.call.chars().rev().zip(other.call.chars().rev()).take_while(common).count()
}
