//! Who could still do something: which threads hold a part of the lab, and which of them wait.

use std::collections::{HashMap, HashSet};

/// The threads that hold a part of a lab, by the number of parts.
#[derive(Debug, Default)]
pub(super) struct Holders {
    parts: HashMap<u64, usize>,
    waiting: HashSet<u64>,
}

impl Holders {
    /// The thread holds one part more.
    pub(super) fn come(&mut self, thread: u64) {
        *self.parts.entry(thread).or_default() += 1;
    }

    /// The thread holds one part less; answers whether that was its last.
    pub(super) fn leave(&mut self, thread: u64) -> bool {
        let Some(parts) = self.parts.get_mut(&thread) else { return false };
        *parts -= 1;
        let was_last = *parts == 0;
        if was_last {
            self.parts.remove(&thread);
        }
        was_last
    }

    /// Whether any thread but `me` holds a part of the lab and does not wait itself.
    pub(super) fn another_is_free(&self, me: u64) -> bool {
        self.parts.keys().any(|thread| *thread != me && !self.waiting.contains(thread))
    }

    pub(super) fn wait(&mut self, me: u64) {
        self.waiting.insert(me);
    }

    pub(super) fn go_on(&mut self, me: u64) {
        self.waiting.remove(&me);
    }
}
