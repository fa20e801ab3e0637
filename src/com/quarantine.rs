//! Memory that outlives its use, so that a pointer to an ended object still leads to one.

use std::collections::{BTreeSet, VecDeque};

/// The number of ended objects whose memory is not used again yet.
const LENGTH: usize = 4096;

/// Objects that were made and are never freed. An ended one is used again after [`LENGTH`] others have ended.
pub(super) struct Quarantine<T: 'static> {
    ended: VecDeque<&'static T>,
    /// The addresses of all objects, inverted: a tool that looks for leaks must not take them for references.
    all: BTreeSet<usize>,
}

impl<T> Quarantine<T> {
    pub(super) const fn new() -> Quarantine<T> {
        Quarantine { ended: VecDeque::new(), all: BTreeSet::new() }
    }

    /// Returns an ended object that may be used again, or else a new one.
    pub(super) fn take(&mut self, make: impl FnOnce() -> T) -> &'static T {
        if self.ended.len() >= LENGTH
            && let Some(oldest) = self.ended.pop_front()
        {
            return oldest;
        }
        let object: &'static T = Box::leak(Box::new(make()));
        self.all.insert(!std::ptr::from_ref(object).expose_provenance());
        object
    }

    /// Takes an object whose use has ended.
    pub(super) fn put(&mut self, object: &'static T) {
        self.ended.push_back(object);
    }

    /// Returns the object that lies at or before an address, and how far after its start that is.
    pub(super) fn find(&self, address: usize) -> Option<(&'static T, usize)> {
        let start = !*self.all.range(!address..).next()?;
        let object = std::ptr::with_exposed_provenance::<T>(start);
        // SAFETY: an object was made there, and is never freed.
        Some((unsafe { &*object }, address - start)).filter(|(_, offset)| *offset < size_of::<T>())
    }
}
