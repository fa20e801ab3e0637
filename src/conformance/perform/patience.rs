//! How long a subject that hangs again and again is waited for.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;

use super::run::HangSite;
use crate::spec::Requirement;

/// The run is given up after hangs that cost this many times the time limit of a call. Microsoft's engine of 2017 hangs in three
/// requirements, and the rest of it has to be judged.
const MOST_WAITED: u32 = 4;

/// After this many hangs in the cases of a requirement, its other cases would show no more.
const MOST_OF_A_REQUIREMENT: u32 = 2;

/// An engine that has written more than so many bytes on its threads floods its output.
const MOST_WRITTEN: u64 = 1 << 30;

/// A run in which this process grows by more than so many bytes leaks them, or floods an output that is captured in memory.
const MOST_GROWN: u64 = 2 << 30;

/// The part of the time limit below which it is not shortened.
const SMALLEST_PART: u32 = 16;

/// The time limits of a run. Each hang of a method halves the limit of that method, so that a fault that shows in many
/// cases does not cost the full time in each. The cases of one requirement count once towards the end of the run, so that
/// an engine that hangs in these alone is judged by all others.
#[derive(Debug)]
pub(crate) struct Patience {
    call_timeout: Duration,
    shortest: Duration,
    hangs: Mutex<Hangs>,
    written: AtomicU64,
    /// The memory of this process when it was first seen.
    resident: OnceLock<u64>,
}

#[derive(Debug, Default)]
struct Hangs {
    limits: BTreeMap<HangSite, Duration>,
    counts: BTreeMap<HangSite, u32>,
    requirements: BTreeMap<Requirement, u32>,
    waited: Duration,
    given_up: Option<String>,
}

impl Patience {
    /// No limit is shorter than two waits of `quiet`.
    pub(crate) fn new(call_timeout: Duration, quiet: Duration) -> Patience {
        let shortest = (call_timeout / SMALLEST_PART).max(quiet * 2);
        Patience {
            call_timeout,
            shortest,
            hangs: Mutex::default(),
            written: AtomicU64::new(0),
            resident: OnceLock::new(),
        }
    }

    /// Returns how long the subject may take here.
    pub(super) fn limit(&self, site: HangSite) -> Duration {
        self.hangs.lock().limits.get(&site).copied().unwrap_or(self.call_timeout)
    }

    /// Returns how long a call may take as long as nothing has hung.
    pub(crate) fn call_timeout(&self) -> Duration {
        self.call_timeout
    }

    /// Returns the shortest limit.
    pub(super) fn shortest(&self) -> Duration {
        self.shortest
    }

    /// Counts a hang that no requirement allows, in a case of this requirement or in a program.
    pub(crate) fn hung(&self, site: HangSite, case_of: Option<Requirement>) {
        let mut hangs = self.hangs.lock();
        let limit = hangs.limits.entry(site).or_insert(self.call_timeout);
        let waited = *limit;
        *limit = (waited / 2).max(self.shortest);
        *hangs.counts.entry(site).or_default() += 1;
        let times = case_of.map_or(1, |requirement| {
            let times = hangs.requirements.entry(requirement).or_default();
            *times += 1;
            *times
        });
        if times == 1 {
            hangs.waited += waited;
        }
        if hangs.waited >= self.call_timeout * MOST_WAITED {
            let (site, times) =
                hangs.counts.iter().max_by_key(|(_, times)| **times).map_or((site, 1), |(site, times)| (*site, *times));
            let seconds = hangs.waited.as_secs_f32();
            let why =
                format!("not reached: calls that do not return took {seconds:.0} s, most often {site} ({times} times)");
            hangs.given_up.get_or_insert(why);
        }
    }

    /// Says why no further case of the requirement is run, if so many have hung.
    pub(crate) fn given_up_on(&self, requirement: Requirement) -> Option<String> {
        let times = self.hangs.lock().requirements.get(&requirement).copied().unwrap_or_default();
        (times >= MOST_OF_A_REQUIREMENT)
            .then(|| format!("not reached: {times} cases of this requirement did not return"))
    }

    /// Counts bytes that the subject wrote on a thread of this process.
    pub(super) fn wrote(&self, bytes: u64) {
        if self.written.fetch_add(bytes, Ordering::Relaxed) + bytes > MOST_WRITTEN {
            self.give_up_in_process("the engine has written 1 GiB");
        }
    }

    /// Sees how many bytes of memory this process has.
    pub(super) fn has_grown_to(&self, resident: u64) {
        let before = *self.resident.get_or_init(|| resident);
        if resident.saturating_sub(before) > MOST_GROWN {
            self.give_up_in_process(
                "the process has grown by 2 GiB, as by a leak of the engine or by output that `cargo test` keeps",
            );
        }
    }

    /// Gives a run in this process up, because of something that a run in child processes survives.
    pub(crate) fn give_up_in_process(&self, cause: &str) {
        self.give_up(format!("not reached: {cause}; only `Suite::in_child_processes` survives that"));
    }

    /// Gives the run up.
    pub(crate) fn give_up(&self, why: String) {
        self.hangs.lock().given_up.get_or_insert(why);
    }

    /// Says why the run was given up, if it was.
    pub(crate) fn given_up(&self) -> Option<String> {
        self.hangs.lock().given_up.clone()
    }
}
