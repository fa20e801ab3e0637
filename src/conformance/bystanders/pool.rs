//! The bystanders of a suite. Each run borrows a set, since two runs at a time would disturb each other.

use std::ffi::OsString;
use std::io;

use parking_lot::{Mutex, MutexGuard};

use super::Bystanders;
use crate::process::Process;
use crate::trace::Event;

/// Sets of bystanders that no run uses at the moment.
#[derive(Default)]
pub(crate) struct BystanderPool(Mutex<Vec<Bystanders>>);

impl BystanderPool {
    fn free(&self) -> MutexGuard<'_, Vec<Bystanders>> {
        self.0.lock()
    }

    /// Lends a set. Starts one if all are lent.
    pub(crate) fn borrow(&self, arguments: impl FnOnce() -> Vec<OsString>) -> io::Result<Borrowed<'_>> {
        let free = self.free().pop();
        let bystanders = free.map_or_else(|| Bystanders::start(arguments()), Ok)?;
        Ok(Borrowed { pool: self, facts: bystanders.facts(), bystanders, targets: Vec::new() })
    }

    /// Ends the sets that nobody uses.
    pub(crate) fn end(&self) {
        self.free().clear();
    }
}

/// A set that a run uses.
pub(crate) struct Borrowed<'a> {
    pool: &'a BystanderPool,
    pub(crate) facts: Vec<Process>,
    bystanders: Bystanders,
    /// The ids of the processes to which the run has attached.
    targets: Vec<u32>,
}

impl Borrowed<'_> {
    /// Observes an event of the run.
    pub(crate) fn observe(&mut self, event: &Event) {
        let attached = event.call().and_then(|recorded| recorded.call.attach());
        self.targets.extend(attached.map(|(_, id, _)| id));
    }

    /// Takes the set back, with new processes for those that the run has disturbed. Drops it if one cannot be started: the
    /// next run starts another set.
    pub(crate) fn give_back(self) {
        let Borrowed { pool, mut bystanders, targets, .. } = self;
        if bystanders.renew(&targets).is_ok() {
            pool.free().push(bystanders);
        }
    }
}
