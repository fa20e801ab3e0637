//! Failures of calls: what was expected, what happened, and what a reader needs to know about the call.

use crate::conformance::report::ReportedFailure;
use crate::model::Violation;
use crate::profile::Profile;
use crate::spec::{Level, Requirement};
use crate::transcript::ArgumentNotes;

/// The requirements that a run has broken so far and that fail it, in the order of the calls.
#[derive(Debug, Default)]
pub(crate) struct BrokenSoFar(Vec<Requirement>);

impl BrokenSoFar {
    /// Adds a requirement if it fails a run by this profile.
    pub(crate) fn add(&mut self, profile: Profile, requirement: Requirement) {
        let facts = requirement.facts();
        let fails = facts.level < Level::May && facts.applies_to(profile) && facts.untestable.is_none();
        if fails && !self.0.contains(&requirement) {
            self.0.push(requirement);
        }
    }

    /// Returns all but this one.
    pub(crate) fn besides(&self, requirement: Requirement) -> Vec<Requirement> {
        self.0.iter().copied().filter(|broken| *broken != requirement).collect()
    }
}

/// Builds the report on a violation by the call at this index.
pub(crate) fn reported(
    violation: &Violation,
    call: Option<usize>,
    notes: &ArgumentNotes,
    broken: &BrokenSoFar,
) -> ReportedFailure {
    let Violation { requirement, expected, actual, .. } = violation;
    ReportedFailure {
        requirement: Some(*requirement),
        call,
        expected: expected.clone(),
        actual: actual.clone(),
        note: note(*requirement, notes),
        also: broken.besides(*requirement),
        later: Vec::new(),
    }
}

/// Returns the note that matters to a requirement. An invalid handle and a null pointer in one call are both named.
pub(crate) fn note(requirement: Requirement, notes: &ArgumentNotes) -> Option<String> {
    let ArgumentNotes { handle, reissued, nulls } = notes;
    match requirement {
        Requirement::HandleIsUniqueWhileConnected | Requirement::HandleValueIsNotReused => reissued.clone(),
        Requirement::PointerNullIsRefused => both(nulls, handle).or_else(|| nulls.clone()),
        _ => both(handle, nulls).or_else(|| handle.clone()),
    }
}

fn both(one: &Option<String>, other: &Option<String>) -> Option<String> {
    Some(format!("{}; {}", one.as_ref()?, other.as_ref()?))
}
