//! The lab: computers, the engines on them, and what was noticed.

use std::sync::Arc;

use super::computer::LabComputer;
use super::engine::LabEngine;
use super::fault::{Fault, FaultGuard};
use super::finding::{Finding, Misuse};
use super::handles::Site;
use super::happening::Happening;
#[cfg(feature = "trace")]
use super::journal::Journal;
use super::presence::Presence;
use super::state::{Shared, Time};
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

    /// What callers have done wrong so far, in the order in which it was noticed: of each kind of misuse the first 1,000.
    /// [`Lab::finding_count`] says how many there were.
    pub fn findings(&self) -> Vec<Finding> {
        self.presence.shared().lock().findings()
    }

    /// How many findings there were so far, with those that are no longer kept.
    pub fn finding_count(&self) -> usize {
        self.presence.shared().lock().findings.count()
    }

    /// What would be left over if everything ended now: handles that are open, and process servers that callers have started
    /// and that still run. A process that has gone down leaves nothing over.
    pub fn leftovers(&self) -> Vec<Finding> {
        self.presence.shared().lock().leftovers()
    }

    /// Does not notice this kind of misuse from now on: what looks like one can be meant, such as work on the local computer
    /// after the last disconnect.
    pub fn permit(&self, misuse: Misuse) {
        self.presence.shared().lock().findings.permit(misuse);
    }

    /// Panics if callers have done something wrong, or if something is left over.
    ///
    /// # Panics
    ///
    /// With the findings, each with the places in the code that have to do with it. Of very many it says how many more
    /// there are.
    #[track_caller]
    pub fn assert_clean(&self) {
        if let Some(complaint) = self.complaint() {
            panic!("the lab is not clean:\n{complaint}");
        }
    }

    pub(super) fn complaint(&self) -> Option<String> {
        self.presence.shared().lock().complaint()
    }

    /// Lets a fault befall calls from now on, as long as what comes back is there.
    ///
    /// # Panics
    ///
    /// The fault names an engine of another lab.
    #[track_caller]
    pub fn fault(&self, fault: Fault) -> FaultGuard {
        fault.assert_is_of(self.presence.lab());
        let shared = self.presence.shared();
        let id = shared.lock().faults.add(fault);
        FaultGuard::new(shared, id)
    }

    /// Lets something happen right before the n-th call, counted from 1 and from now on over all callers. What is done by
    /// the hosts of [`LabComputer::dbgsrv`](super::LabComputer::dbgsrv) does not count, nor what makes and releases client
    /// objects.
    ///
    /// # Panics
    ///
    /// `n` is 0, or what is to happen is of another lab.
    #[track_caller]
    pub fn at_call(&self, n: u64, happening: Happening) {
        assert_ne!(n, 0, "calls are counted from 1");
        happening.assert_is_of(self.presence.lab());
        let mut state = self.presence.shared().lock();
        let call = state.calls.saturating_add(n);
        state.schedule.at_call(call, happening);
    }

    /// Lets something happen at a time, in milliseconds of the lab's clock from now on; it is noticed by the next call.
    ///
    /// # Panics
    ///
    /// What is to happen is of another lab.
    #[track_caller]
    pub fn at_time(&self, ms: u64, happening: Happening) {
        happening.assert_is_of(self.presence.lab());
        let mut state = self.presence.shared().lock();
        let time = state.now.saturating_add(ms);
        state.schedule.at_time(time, happening);
    }

    /// Remembers what the n-th call from now on is.
    pub(super) fn watch_call(&self, n: u64) {
        let mut state = self.presence.shared().lock();
        state.watched.at = state.calls.saturating_add(n);
    }

    /// The method of that call, and where it was made, if it was made.
    pub(super) fn watched_call(&self) -> Option<(&'static str, Site)> {
        self.presence.shared().lock().watched.seen
    }

    /// The virtual time, in milliseconds since the lab was made. Waits that ran out have moved it on.
    pub fn now(&self) -> u64 {
        self.presence.shared().lock().now
    }

    /// Stops the clock: a wait lasts until another thread has [advanced](Lab::advance) it, or has ended the server. A
    /// [delay](Fault::delay) still moves it on.
    pub fn pause_time(&self) {
        self.presence.shared().lock().time = Time::Paused;
    }

    /// Moves the clock on, in milliseconds: what is due happens, and waits that are over return.
    pub fn advance(&self, ms: u64) {
        let shared = self.presence.shared();
        shared.lock().pass_time(ms);
        shared.changed.notify_all();
    }

    /// Lets waits take the time that they are asked to take.
    pub fn use_real_time(&self) {
        self.presence.shared().lock().time = Time::Real;
    }

    /// The calls that were made so far, and which processes of engines were killed: the last 10,000, unless
    /// [`Lab::keep_journal`] says otherwise, and fewer where those take more than some 32 MB, as very long lists of processes
    /// do. [`Journal::left_out`] says how many are not there. Needs the feature `kit`.
    #[cfg(feature = "trace")]
    pub fn journal(&self) -> Journal {
        let state = self.presence.shared().lock();
        state.journal.read(state.process_names())
    }

    /// Remembers only so many calls, the last ones.
    #[cfg(feature = "trace")]
    pub fn keep_journal(&self, calls: usize) {
        self.presence.shared().lock().journal.keep(calls);
    }
}
