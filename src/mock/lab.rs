//! The lab: computers, the engines on them, and what was noticed.

use std::sync::Arc;

use super::computer::LabComputer;
use super::engine::LabEngine;
use super::finding::Finding;
use super::presence::Presence;
use super::state::Shared;
use crate::profile::Profile;

/// The computer on which a lab begins, unless a scenario calls it otherwise.
pub(super) const FIRST_COMPUTER: &str = "WORKSTATION";

/// A world of its own, in memory. Clones are the same lab.
///
/// It begins with one computer, `WORKSTATION`; [`Lab::computer`] adds others. Time is virtual: a wait costs none, unless
/// [`Lab::use_real_time`] asks for it.
#[derive(Debug)]
pub struct Lab {
    presence: Presence,
}

impl Clone for Lab {
    fn clone(&self) -> Lab {
        Lab { presence: self.presence.for_anybody() }
    }
}

impl Lab {
    /// A lab whose engines answer as the profile says.
    pub fn new(profile: Profile) -> Lab {
        Lab::beginning_on(FIRST_COMPUTER, profile)
    }

    pub(super) fn beginning_on(computer: &str, profile: Profile) -> Lab {
        let shared = Arc::new(Shared::new(profile));
        shared.lock().computer(computer);
        Lab { presence: Presence::new(&shared) }
    }

    /// The computer of that name, which is made if the lab has none. Names ignore case.
    pub fn computer(&self, name: &str) -> LabComputer {
        let at = self.presence.shared().lock().computer(name);
        LabComputer::new(self.presence.clone(), at)
    }

    /// The profile by which the lab's engines answer.
    pub fn profile(&self) -> Profile {
        self.presence.shared().lock().profile
    }

    /// A new engine, in a process of its own on the first computer.
    pub fn engine(&self) -> LabEngine {
        LabComputer::new(self.presence.clone(), 0).engine()
    }

    /// What callers have done wrong so far, in the order in which it was noticed.
    pub fn findings(&self) -> Vec<Finding> {
        self.presence.shared().lock().findings.clone()
    }

    /// How many findings there are so far.
    pub fn finding_count(&self) -> usize {
        self.presence.shared().lock().findings.len()
    }

    /// The virtual time, in milliseconds since the lab was made. Waits that ran out have moved it on.
    pub fn now(&self) -> u64 {
        self.presence.shared().lock().now
    }

    /// Lets waits take the time that they are asked to take.
    pub fn use_real_time(&self) {
        self.presence.shared().lock().real_time = true;
    }
}
