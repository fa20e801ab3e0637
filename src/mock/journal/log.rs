//! The events that a lab remembers, as bytes: so a million calls cost little time and a bounded amount of memory.

use std::collections::HashSet;
use std::sync::Arc;

use super::packed;
use super::{Journal, StatedComputer, USUAL};
use crate::call::{Call, Caller, Ending, Outputs};
use crate::process::Computer;
use crate::profile::Profile;
use crate::trace::{Event, EventKind};

/// A page that has reached this many bytes takes no more events: lists of processes may be long.
const MOST_BYTES: usize = 32 << 20;

/// The log of a lab: two pages. When the newer one is full, it becomes the older one, and the memory of the previous older
/// page is reused.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    older: Page,
    newer: Page,
    limit: usize,
    /// The facts about computers, each with the process that runs there and the number of the event before which they are
    /// stated. They count as no event. Copies of the log share them.
    computers: Arc<Vec<StatedComputer>>,
    /// The number of the last event.
    seq: u64,
    /// The last event that is not to be read again, even if its page still exists.
    forgotten: u64,
}

#[derive(Clone, Debug, Default)]
struct Page {
    events: usize,
    bytes: Vec<u8>,
}

impl Default for Log {
    fn default() -> Log {
        Log {
            older: Page::default(),
            newer: Page::default(),
            limit: USUAL,
            computers: Arc::default(),
            seq: 0,
            forgotten: 0,
        }
    }
}

impl Log {
    pub(crate) fn keep(&mut self, limit: usize) {
        self.forgotten = self.last_forgotten();
        self.limit = limit;
        if limit == 0 {
            (self.older, self.newer) = (Page::default(), Page::default());
        }
    }

    /// Writes a call. Who makes it is asked only if calls are kept.
    #[inline]
    pub(crate) fn call(&mut self, by: impl FnOnce() -> Caller, call: &Call<&str>, ending: Ending, out: &Outputs) {
        if let Some(page) = self.next() {
            packed::pack(&by(), call, ending, out, page);
        }
    }

    pub(crate) fn computer(&mut self, process: u32, computer: Computer) {
        if self.limit > 0 {
            Arc::make_mut(&mut self.computers).push(StatedComputer { before: self.seq + 1, process, computer });
        }
    }

    pub(crate) fn killed(&mut self, process: u32) {
        if let Some(page) = self.next() {
            packed::pack_killed(process, page);
        }
    }

    /// Returns the page for the next event, unless nothing is kept.
    #[inline]
    fn next(&mut self) -> Option<&mut Vec<u8>> {
        self.seq += 1;
        if self.newer.events >= self.limit || self.newer.bytes.len() >= MOST_BYTES {
            if self.limit == 0 {
                return None;
            }
            self.turn_page();
        }
        self.newer.events += 1;
        Some(&mut self.newer.bytes)
    }

    #[cold]
    fn turn_page(&mut self) {
        std::mem::swap(&mut self.older, &mut self.newer);
        self.newer.events = 0;
        self.newer.bytes.clear();
        self.forget_computers();
    }

    /// Forgets the facts that are older than every event, but for the last ones of each process.
    fn forget_computers(&mut self) {
        let first = self.seq - self.older.events as u64;
        let mut later = HashSet::new();
        let computers = Arc::make_mut(&mut self.computers);
        computers.reverse();
        computers.retain(|stated| later.insert(stated.process) || stated.before >= first);
        computers.reverse();
    }

    /// Returns the last event that is beyond the limit or whose page is gone.
    fn last_forgotten(&self) -> u64 {
        let kept = self.limit.min(self.older.events + self.newer.events);
        self.forgotten.max(self.seq - kept as u64)
    }

    pub(crate) fn read(&self, profile: Profile, processes: Vec<String>) -> Journal {
        let left_out = self.last_forgotten();
        let first = self.seq + 1 - (self.older.events + self.newer.events) as u64;
        let kinds = self.older.kinds().chain(self.newer.kinds());
        let events = (first..).zip(kinds).filter(|(seq, _)| *seq > left_out);
        let events = events.map(|(seq, kind)| Event { seq, kind }).collect();
        Journal { profile, events, computers: self.computers.to_vec(), processes, left_out }
    }
}

impl Page {
    fn kinds(&self) -> impl Iterator<Item = EventKind> {
        let mut left = self.bytes.as_slice();
        std::iter::from_fn(move || packed::unpack(&mut left))
    }
}
