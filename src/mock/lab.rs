//! The lab: computers, the engines on them, and the findings.

use super::computer::{LabComputer, can_be_reached};
use super::engine::LabEngine;
use super::fault::{Fault, FaultGuard};
use super::finding::Finding;
use super::happening::Happening;
#[cfg(feature = "trace")]
use super::journal::Journal;
use super::lab_ref::LabRef;
use super::leftovers;
use super::unused;
use super::world::{ComputerId, DueAt, Misuse, SetUpAt, TimeMode, WorldEvent};
use crate::dispatch::CallSite;
use crate::method::Method;
use crate::profile::Profile;

/// The name of a lab's first computer, unless a scenario gives it another one.
pub(crate) const FIRST_COMPUTER: &str = "WORKSTATION";

/// The number of that computer.
const FIRST_ID: ComputerId = ComputerId(0);

/// Checks that the newest interface of a lab's client objects can be this version of `IDebugClient`.
pub(super) fn can_be_newest(profile: Profile, version: u8) -> Result<(), String> {
    let most = profile.newest_client();
    let is_version = (1..=most).contains(&version);
    if is_version { Ok(()) } else { Err(format!("{version}: expected a version of IDebugClient, from 1 to {most}")) }
}

/// A set of computers in memory, with engines on them. Clones are the same lab.
///
/// A new lab has one computer, `WORKSTATION`; [`Lab::computer`] adds others. Time is virtual: a wait takes no real time,
/// unless [`Lab::use_real_time`] asks for it.
#[derive(Debug)]
pub struct Lab {
    lab: LabRef,
}

impl Clone for Lab {
    fn clone(&self) -> Lab {
        Lab { lab: self.lab.for_any_thread() }
    }
}

/// A lab of the contract.
impl Default for Lab {
    fn default() -> Lab {
        Lab::new(Profile::default())
    }
}

impl Lab {
    /// Returns a lab whose engines behave as the profile says.
    pub fn new(profile: Profile) -> Lab {
        Lab::with_first_computer(FIRST_COMPUTER, profile)
    }

    pub(crate) fn with_first_computer(computer: &str, profile: Profile) -> Lab {
        let lab = LabRef::new(profile);
        lab.with(|world| world.computer(computer));
        Lab { lab }
    }

    /// Returns the computer of that name. Adds it if the lab has none. Names ignore case.
    ///
    /// # Panics
    ///
    /// Panics if no connection string leads to a computer of this name: it is empty, means the local computer such as
    /// `localhost`, or has characters that names do not have. The computer of [`Lab::engine`] is
    /// [`lab_computer`](LabEngine::lab_computer).
    #[doc(alias = "add_computer")]
    #[doc(alias = "dbgsrv")]
    #[doc(alias = "host")]
    #[track_caller]
    pub fn computer(&self, name: &str) -> LabComputer {
        if let Err(problem) = can_be_reached(name) {
            panic!("{problem}");
        }
        self.any_computer(name)
    }

    /// The same with a name that a trace has, whatever it is.
    pub(crate) fn any_computer(&self, name: &str) -> LabComputer {
        let computer = self.lab.with(|world| world.computer(name));
        LabComputer::new(&self.lab, computer)
    }

    /// Returns the profile of the lab's engines.
    pub fn profile(&self) -> Profile {
        self.lab.with(|world| world.profile)
    }

    /// Lets client objects have no newer interface than this version of `IDebugClient`, to test callers that must cope with an
    /// older engine (VER-6). Without it they have those of the profile ([`Profile::newest_client`]).
    ///
    /// # Panics
    ///
    /// Panics if the version is 0, or newer than the profile has.
    #[track_caller]
    pub fn set_newest_client(&self, version: u8) {
        if let Err(problem) = can_be_newest(self.profile(), version) {
            panic!("{problem}");
        }
        self.lab.with(|world| world.newest_client = version);
    }

    /// Returns a new engine, in a process of its own on the first computer.
    #[doc(alias = "client")]
    #[doc(alias = "connect")]
    pub fn engine(&self) -> LabEngine {
        LabComputer::new(&self.lab, FIRST_ID).engine()
    }

    /// Returns the misuses by callers so far, in the order in which they were noticed: the first 1,000 of each kind.
    /// [`Lab::finding_count`] returns how many there were.
    #[doc(alias = "misuses")]
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        self.lab.with(|world| Finding::all(world, world.findings.kept()))
    }

    /// Returns how many findings there were so far, including those that are not kept.
    pub fn finding_count(&self) -> usize {
        self.lab.with(|world| world.findings.count())
    }

    /// Returns what would be left over if everything ended now: handles that are open, process servers that callers have
    /// started and that still run, and processes to which they are attached; with [`Lab::forbid`] client objects, too. A
    /// process that has crashed leaves nothing over.
    #[doc(alias = "leaks")]
    #[must_use]
    pub fn leftovers(&self) -> Vec<Finding> {
        self.lab.with(|world| Finding::all(world, leftovers::of(world)))
    }

    /// Does not report this kind of misuse from now on. A call that looks like a misuse may be intended, such as work on the
    /// local computer after the last disconnect.
    #[doc(alias = "allow")]
    #[doc(alias = "ignore")]
    pub fn permit(&self, misuse: Misuse) {
        self.lab.with(|world| world.findings.permit(misuse, true));
    }

    /// Reports this kind of misuse from now on. Only [`Misuse::UnreleasedClient`] needs it, or a kind that was
    /// [permitted](Lab::permit).
    ///
    /// ```
    /// use dbgeng_testkit::mock::{Lab, Misuse};
    ///
    /// let lab = Lab::new(Default::default());
    /// let client = lab.engine().client();
    /// assert_eq!(lab.leftovers(), []);
    /// lab.forbid(Misuse::UnreleasedClient);
    /// assert_eq!(lab.leftovers()[0].misuse, Misuse::UnreleasedClient);
    /// drop(client);
    /// assert_eq!(lab.leftovers(), []);
    /// ```
    pub fn forbid(&self, misuse: Misuse) {
        self.lab.with(|world| world.findings.permit(misuse, false));
    }

    /// Returns the faults that have not applied to any call, and the happenings that have not happened, each in words with the
    /// place where it was set up. A test that relies on one of them proves nothing.
    ///
    /// Those that are [`optional`](Fault::optional) are not among them.
    #[must_use]
    pub fn unused(&self) -> Vec<String> {
        self.lab.with(|world| unused::of(world))
    }

    /// Lets every fault and happening be optional.
    pub(super) fn excuse_unused(&self) {
        self.lab.with(|world| world.excuses_unused = true);
    }

    /// Asserts that there are no findings and no leftovers, and that every fault and happening came about.
    ///
    /// # Panics
    ///
    /// Panics with the findings, the leftovers and the [unused](Lab::unused) faults and happenings, each with its places in
    /// the code. If there are very many, the message says how many more there are.
    #[doc(alias = "assert_no_findings")]
    #[doc(alias = "assert_no_leaks")]
    #[doc(alias = "verify")]
    #[track_caller]
    pub fn assert_clean(&self) {
        if let Some(complaint) = self.complaint() {
            panic!("the lab is not clean:\n{complaint}");
        }
    }

    /// Returns everything that [`Lab::assert_clean`] complains of in words, each with its places in the code; `None` if there
    /// is nothing.
    ///
    /// A test asserts with [`Lab::assert_clean`]. This is for a report of another kind.
    #[must_use]
    pub fn complaint(&self) -> Option<String> {
        self.lab.with(|world| leftovers::complaint(world))
    }

    /// Applies a fault to calls from now on, until the guard is dropped.
    ///
    /// # Panics
    ///
    /// Panics if the fault names an engine of another lab.
    #[doc(alias = "add_fault")]
    #[doc(alias = "fail_next")]
    #[doc(alias = "inject")]
    #[track_caller]
    pub fn fault(&self, fault: Fault) -> FaultGuard {
        self.fault_from(fault, SetUpAt::caller())
    }

    #[track_caller]
    pub(super) fn fault_from(&self, fault: Fault, place: SetUpAt) -> FaultGuard {
        fault.set_up(&self.lab, place)
    }

    /// Schedules an event right before the n-th call from now on, counted from 1 over all callers. Calls by the hosts of
    /// [`LabComputer::dbgsrv`](super::LabComputer::dbgsrv) do not count, nor do calls that make or release client objects.
    ///
    /// # Panics
    ///
    /// Panics if `n` is 0, or if the happening names a part of another lab.
    #[track_caller]
    pub fn at_call(&self, n: u64, happening: Happening) {
        assert!(n > 0, "calls are counted from 1");
        self.schedule(DueAt::Call(n), happening, SetUpAt::caller());
    }

    /// Schedules an event at a time, in milliseconds of the lab's clock from now on. The next call notices it.
    ///
    /// # Panics
    ///
    /// Panics if the happening names a part of another lab.
    #[track_caller]
    pub fn at_time(&self, ms: u64, happening: Happening) {
        self.schedule(DueAt::Time(ms), happening, SetUpAt::caller());
    }

    #[track_caller]
    pub(super) fn schedule(&self, due: DueAt, happening: Happening, place: SetUpAt) {
        happening.set_up(&self.lab, due, place);
    }

    /// Remembers the n-th call from now on.
    pub(super) fn watch_call(&self, n: u64) {
        self.lab.with(|world| {
            let due = DueAt::Call(world.calls.saturating_add(n));
            world.schedule.add(due, WorldEvent::CallIsWatched, None);
        });
    }

    /// Returns the method of that call and where it was made, if it was made.
    pub(super) fn watched_call(&self) -> Option<(Method, CallSite)> {
        self.lab.with(|world| world.watched)
    }

    /// Returns the virtual time, in milliseconds since the lab was made. Waits that ran out have moved it forward.
    pub fn now(&self) -> u64 {
        self.lab.with(|world| world.clock.now)
    }

    /// Stops the clock. A wait then lasts until another thread [advances](Lab::advance) the clock or ends the server. A
    /// [delay](Fault::delay) still moves it forward.
    pub fn pause_time(&self) {
        self.lab.with(|world| world.clock.mode = TimeMode::Paused);
    }

    /// Moves the clock forward, in milliseconds. Everything that is due happens, and waits that are over return.
    #[doc(alias = "sleep")]
    #[doc(alias = "wait")]
    pub fn advance(&self, ms: u64) {
        self.lab.with(|world| world.pass_time(ms));
    }

    /// Lets waits take real time.
    pub fn use_real_time(&self) {
        self.lab.with(|world| world.clock.mode = TimeMode::Real);
    }

    /// Returns the calls that were made so far, and which processes of engines were killed. Needs the feature `trace`.
    ///
    /// It keeps the last 10,000 events, unless [`Lab::keep_journal`] says otherwise, and fewer if they take more than some
    /// 32 MB. [`Journal::left_out`] returns how many are left out.
    #[doc(alias = "calls")]
    #[doc(alias = "log")]
    #[doc(alias = "trace")]
    #[cfg(feature = "trace")]
    #[must_use]
    pub fn journal(&self) -> Journal {
        self.lab.shared().journal()
    }

    /// Keeps only the last `calls` events. Needs the feature `trace`.
    #[cfg(feature = "trace")]
    pub fn keep_journal(&self, calls: usize) {
        self.lab.shared().keep_journal(calls);
    }
}
