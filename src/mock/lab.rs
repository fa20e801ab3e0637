//! The lab: computers, the engines on them, and what was noticed.

use super::computer::LabComputer;
use super::engine::LabEngine;
use super::fault::{Fault, FaultGuard};
use super::finding::Finding;
use super::happening::Happening;
#[cfg(feature = "trace")]
use super::journal::Journal;
use super::lab_ref::LabRef;
use super::leftovers;
use super::world::{CallSite, ComputerId, Misuse, TimeMode};
use crate::method::Method;
use crate::profile::Profile;

/// The computer on which a lab begins, unless a scenario calls it otherwise.
pub(super) const FIRST_COMPUTER: &str = "WORKSTATION";

/// The number of that computer.
const FIRST_ID: ComputerId = ComputerId(0);

/// A world of its own, in memory. Clones are the same lab.
///
/// It begins with one computer, `WORKSTATION`; [`Lab::computer`] adds others. Time is virtual: a wait costs none, unless
/// [`Lab::use_real_time`] asks for it.
#[derive(Debug)]
pub struct Lab {
    lab: LabRef,
}

impl Clone for Lab {
    fn clone(&self) -> Lab {
        Lab { lab: self.lab.for_any_thread() }
    }
}

impl Lab {
    /// A lab whose engines answer as the profile says.
    pub fn new(profile: Profile) -> Lab {
        Lab::beginning_on(FIRST_COMPUTER, profile)
    }

    pub(super) fn beginning_on(computer: &str, profile: Profile) -> Lab {
        let lab = LabRef::new(profile);
        lab.with(|world| world.computer(computer));
        Lab { lab }
    }

    /// The computer of that name, which is made if the lab has none. Names ignore case.
    pub fn computer(&self, name: &str) -> LabComputer {
        let computer = self.lab.with(|world| world.computer(name));
        LabComputer::new(&self.lab, computer)
    }

    /// The profile by which the lab's engines answer.
    pub fn profile(&self) -> Profile {
        self.lab.with(|world| world.profile)
    }

    /// A new engine, in a process of its own on the first computer.
    pub fn engine(&self) -> LabEngine {
        LabComputer::new(&self.lab, FIRST_ID).engine()
    }

    /// What callers have done wrong so far, in the order in which it was noticed: of each kind of misuse the first 1,000.
    /// [`Lab::finding_count`] says how many there were.
    pub fn findings(&self) -> Vec<Finding> {
        self.lab.with(|world| Finding::all(world, world.findings.kept()))
    }

    /// How many findings there were so far, with those that are no longer kept.
    pub fn finding_count(&self) -> usize {
        self.lab.with(|world| world.findings.count())
    }

    /// What would be left over if everything ended now: handles that are open, and process servers that callers have started
    /// and that still run. A process that has gone down leaves nothing over.
    pub fn leftovers(&self) -> Vec<Finding> {
        self.lab.with(|world| Finding::all(world, leftovers::of(world)))
    }

    /// Does not notice this kind of misuse from now on: what looks like one can be meant, such as work on the local computer
    /// after the last disconnect.
    pub fn permit(&self, misuse: Misuse) {
        self.lab.with(|world| world.findings.permit(misuse));
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
        self.lab.with(|world| leftovers::complaint(world))
    }

    /// Lets a fault befall calls from now on, as long as what comes back is there.
    ///
    /// # Panics
    ///
    /// The fault names an engine of another lab.
    #[track_caller]
    pub fn fault(&self, fault: Fault) -> FaultGuard {
        let rule = fault.rule_for(&self.lab);
        let id = self.lab.with(|world| world.faults.add(rule));
        FaultGuard::new(&self.lab, id)
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
        let event = happening.event_for(&self.lab);
        self.lab.with(|world| world.schedule.at_call(world.calls.saturating_add(n), event));
    }

    /// Lets something happen at a time, in milliseconds of the lab's clock from now on; it is noticed by the next call.
    ///
    /// # Panics
    ///
    /// What is to happen is of another lab.
    #[track_caller]
    pub fn at_time(&self, ms: u64, happening: Happening) {
        let event = happening.event_for(&self.lab);
        self.lab.with(|world| world.schedule.at_time(world.clock.now.saturating_add(ms), event));
    }

    /// Remembers what the n-th call from now on is.
    pub(super) fn watch_call(&self, n: u64) {
        self.lab.with(|world| world.watched.number = world.calls.saturating_add(n));
    }

    /// The method of that call, and where it was made, if it was made.
    pub(super) fn watched_call(&self) -> Option<(Method, CallSite)> {
        self.lab.with(|world| world.watched.seen)
    }

    /// The virtual time, in milliseconds since the lab was made. Waits that ran out have moved it on.
    pub fn now(&self) -> u64 {
        self.lab.with(|world| world.clock.now)
    }

    /// Stops the clock: a wait lasts until another thread has [advanced](Lab::advance) it, or has ended the server. A
    /// [delay](Fault::delay) still moves it on.
    pub fn pause_time(&self) {
        self.lab.with(|world| world.clock.mode = TimeMode::Paused);
    }

    /// Moves the clock on, in milliseconds: what is due happens, and waits that are over return.
    pub fn advance(&self, ms: u64) {
        self.lab.with(|world| world.pass_time(ms));
    }

    /// Lets waits take the time that they are asked to take.
    pub fn use_real_time(&self) {
        self.lab.with(|world| world.clock.mode = TimeMode::Real);
    }

    /// The calls that were made so far, and which processes of engines were killed: the last 10,000, unless
    /// [`Lab::keep_journal`] says otherwise, and fewer where those take more than some 32 MB, as very long lists of processes
    /// do. [`Journal::left_out`] says how many are not there. Needs the feature `kit`.
    #[cfg(feature = "trace")]
    pub fn journal(&self) -> Journal {
        self.lab.journal()
    }

    /// Remembers only so many calls, the last ones.
    #[cfg(feature = "trace")]
    pub fn keep_journal(&self, calls: usize) {
        self.lab.keep_journal(calls);
    }
}
