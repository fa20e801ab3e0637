//! A candidate: one order of the calls so far, as the judge sees it.

use super::overlap::Pending;
use super::{BrokenRequirement, Judge};
use crate::model::binds;
use crate::spec::{Level, Requirement};
use crate::trace::Event;

/// The judge after one possible order of the calls so far.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) judge: Judge,
    /// The broken requirements that are not reported yet.
    pub(super) broken: Vec<BrokenRequirement>,
    /// The calls under way that this order already contains.
    pub(super) linearized: Vec<Pending>,
}

/// How bad a call is at its place in an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Severity {
    /// It breaks no MUST and no SHOULD.
    Clean,
    /// It breaks requirements that do not reject an order.
    Minor,
    /// It breaks a requirement that rejects the order.
    Binding,
}

impl Severity {
    fn of(requirement: Requirement) -> Severity {
        match requirement.level() {
            Level::Must if binds(requirement) => Severity::Binding,
            Level::Must | Level::Should => Severity::Minor,
            Level::May => Severity::Clean,
        }
    }
}

impl Candidate {
    /// Returns the empty order.
    pub(super) fn new(judge: Judge) -> Candidate {
        Candidate { judge, broken: Vec::new(), linearized: Vec::new() }
    }

    /// Appends an event to the order.
    pub(super) fn judge(&mut self, event: &Event) -> Severity {
        let mut severity = Severity::Clean;
        for broken in self.judge.event(event) {
            severity = severity.max(Severity::of(broken.violation.requirement));
            self.broken.push(broken);
        }
        severity
    }

    /// Appends an event to the order, and returns whether the order is still allowed.
    pub(super) fn accepts(&mut self, event: &Event) -> bool {
        self.judge(event) != Severity::Binding
    }

    /// Returns how bad the event would be as the next one.
    pub(super) fn severity(&self, event: &Event) -> Severity {
        let mut severity = Severity::Clean;
        match self.judge.breaks(event, &mut |requirement| severity = severity.max(Severity::of(requirement))) {
            Some(()) => severity,
            None => self.clone().judge(event),
        }
    }

    /// Whether the order breaks a requirement that rejects it.
    pub(super) fn is_rejected(&self) -> bool {
        self.broken.iter().any(|broken| broken.violation.binds())
    }

    /// Returns how many MUSTs and how many SHOULDs the order breaks.
    pub(super) fn weight(&self) -> (usize, usize) {
        let count = |level: Level| self.broken.iter().filter(|it| it.violation.requirement.level() == level).count();
        (count(Level::Must), count(Level::Should))
    }

    /// Returns a key that is equal for orders after which the same is allowed.
    pub(super) fn fingerprint(&self) -> (Vec<Pending>, u64) {
        let mut linearized = self.linearized.clone();
        linearized.sort_unstable();
        (linearized, self.judge.fingerprint())
    }
}

/// Returns what every one of the orders has broken.
pub(super) fn proven(candidates: &[Candidate]) -> Vec<BrokenRequirement> {
    let Some((first, others)) = candidates.split_first() else { return Vec::new() };
    let is_everywhere = |broken: &&BrokenRequirement| others.iter().all(|other| other.broken.contains(broken));
    first.broken.iter().filter(is_everywhere).cloned().collect()
}
