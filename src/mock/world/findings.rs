//! The misuses that a lab has noticed.

use std::collections::{BTreeMap, HashSet};

use super::handles::CallSite;
use super::ids::{EngineId, ServerId};
use super::misuse::Misuse;
use crate::method::Method;
use crate::spec::Requirement;

/// How many findings of each kind are kept: the first ones, as a loop finds the same again and again.
pub(crate) const MOST_FINDINGS: usize = 1_000;

/// The misuses of a lab.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// In the order in which they were noticed.
    kept: Vec<FindingRecord>,
    /// How many there were of each kind, including those that are not kept.
    counts: BTreeMap<Misuse, usize>,
    /// The kinds that are not reported.
    permitted: HashSet<Misuse>,
}

/// A finding by numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FindingRecord {
    pub(crate) misuse: Misuse,
    pub(crate) engine: EngineId,
    pub(crate) method: Method,
    pub(crate) handle: Option<u64>,
    pub(crate) requirement: Option<Requirement>,
    pub(crate) real_engine: RealEngine,
    pub(crate) thread: u32,
    pub(crate) call_site: CallSite,
    pub(crate) connected_at: CallSite,
    pub(crate) disconnected_at: CallSite,
    pub(crate) server: Option<ServerId>,
}

/// The behaviour of the real engine, and the id of the fact in `spec/sources` that shows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RealEngine {
    pub(crate) does: &'static str,
    pub(crate) source: Option<&'static str>,
}

impl RealEngine {
    pub(crate) const fn does(does: &'static str) -> RealEngine {
        RealEngine { does, source: None }
    }

    pub(crate) const fn source(self, id: &'static str) -> RealEngine {
        RealEngine { source: Some(id), ..self }
    }
}

impl Findings {
    /// Does not report this kind of misuse from now on.
    pub(crate) fn permit(&mut self, misuse: Misuse) {
        self.permitted.insert(misuse);
    }

    pub(crate) fn permits(&self, misuse: Misuse) -> bool {
        self.permitted.contains(&misuse)
    }

    /// Counts a misuse. Returns whether its finding is to be kept.
    pub(crate) fn count_one(&mut self, misuse: Misuse) -> bool {
        if self.permits(misuse) {
            return false;
        }
        let count = self.counts.entry(misuse).or_default();
        *count += 1;
        *count <= MOST_FINDINGS
    }

    pub(crate) fn keep(&mut self, finding: FindingRecord) {
        self.kept.push(finding);
    }

    pub(crate) fn kept(&self) -> impl Iterator<Item = FindingRecord> {
        self.kept.iter().copied()
    }

    /// Returns how many findings there were, including those that are not kept.
    pub(crate) fn count(&self) -> usize {
        self.counts.values().sum()
    }
}
