//! The labs that one thread has made, so that their handles differ.

use std::iter;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The labs of a thread that exist: a bit for each number.
#[derive(Clone, Debug, Default)]
pub(crate) struct LabsOfThread(Arc<AtomicU64>);

impl LabsOfThread {
    /// Gives the lowest free number to a lab. One lab after another has the same number, so that a run can be repeated.
    pub(crate) fn number(&self) -> LabNumber {
        let take = |taken: u64| Some(taken | taken.wrapping_add(1));
        let taken = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).unwrap_or_default();
        LabNumber { number: taken.trailing_ones().min(u64::BITS - 1), labs: self.clone() }
    }
}

/// The number of a lab, which is free again once the lab is gone.
#[derive(Debug, Default)]
pub(crate) struct LabNumber {
    number: u32,
    labs: LabsOfThread,
}

impl LabNumber {
    pub(crate) fn get(&self) -> u32 {
        self.number
    }

    /// Returns the numbers of the other labs that exist.
    pub(crate) fn others(&self) -> impl Iterator<Item = u32> + use<> {
        let mut left = self.labs.0.load(Ordering::Relaxed) & !(1 << self.number);
        iter::from_fn(move || {
            let lowest = (left != 0).then_some(left.trailing_zeros())?;
            left &= left - 1;
            Some(lowest)
        })
    }
}

impl Drop for LabNumber {
    fn drop(&mut self) {
        self.labs.0.fetch_and(!(1 << self.number), Ordering::Relaxed);
    }
}
