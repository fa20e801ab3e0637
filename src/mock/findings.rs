//! What a lab keeps of the misuses that it has noticed.

use std::collections::{BTreeMap, HashSet};

use super::finding::{Finding, Misuse};
use super::handles::Site;
use super::state::State;
use crate::spec::Requirement;

/// How many findings of each kind are kept: the first ones, as a loop finds the same again and again.
pub(super) const MOST: usize = 1_000;

/// The misuses of a lab.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// In the order in which they were noticed.
    kept: Vec<Noted>,
    /// How many there were of each kind, also of those that are not kept.
    counts: BTreeMap<Misuse, usize>,
    /// What is not noticed.
    permitted: HashSet<Misuse>,
}

/// A finding by numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Noted {
    pub(super) misuse: Misuse,
    pub(super) engine: usize,
    pub(super) method: &'static str,
    pub(super) handle: Option<u64>,
    pub(super) requirement: Option<Requirement>,
    pub(super) real_engine: &'static str,
    pub(super) thread: u32,
    pub(super) call_site: Site,
    pub(super) connected_at: Site,
    pub(super) disconnected_at: Site,
    pub(super) server: Option<u32>,
}

impl Findings {
    /// Does not notice this kind of misuse from now on.
    pub(super) fn permit(&mut self, misuse: Misuse) {
        self.permitted.insert(misuse);
    }

    pub(super) fn permits(&self, misuse: Misuse) -> bool {
        self.permitted.contains(&misuse)
    }

    /// Counts a misuse; answers whether it is to be kept.
    pub(super) fn count_one(&mut self, misuse: Misuse) -> bool {
        if self.permits(misuse) {
            return false;
        }
        let count = self.counts.entry(misuse).or_default();
        *count += 1;
        *count <= MOST
    }

    pub(super) fn keep(&mut self, noted: Noted) {
        self.kept.push(noted);
    }

    /// How many there were.
    pub(super) fn count(&self) -> usize {
        self.counts.values().sum()
    }
}

impl State {
    /// The findings that are kept.
    pub(super) fn findings(&self) -> Vec<Finding> {
        self.told(self.findings.kept.iter().copied())
    }

    /// What would be left over if everything ended now.
    pub(super) fn leftovers(&self) -> Vec<Finding> {
        self.told(self.left_over())
    }

    /// Everything that is wrong, in words; `None` if nothing is.
    pub(super) fn complaint(&self) -> Option<String> {
        let left_over = self.told(self.left_over().take(MOST));
        let total = self.findings.count() + self.left_over().count();
        let mut texts: Vec<String> = self.findings().iter().chain(&left_over).map(Finding::to_string).collect();
        match total - texts.len() {
            0 => {}
            more => texts.push(format!("and {more} more, of which no more is kept than their number")),
        }
        (!texts.is_empty()).then(|| texts.join("\n"))
    }

    fn told(&self, noted: impl Iterator<Item = Noted>) -> Vec<Finding> {
        let processes = self.process_names();
        let finding = |noted: Noted| Finding {
            misuse: noted.misuse,
            process: processes[noted.engine].clone(),
            method: noted.method,
            handle: noted.handle,
            requirement: noted.requirement,
            real_engine: noted.real_engine,
            thread: noted.thread,
            call_site: noted.call_site,
            connected_at: noted.connected_at,
            disconnected_at: noted.disconnected_at,
            server: noted.server.map(|server| self.server_name(server as usize)),
        };
        noted.map(finding).collect()
    }
}
