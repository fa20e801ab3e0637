//! Who could still do something: which threads hold a part of the lab, and which of them wait.

use std::collections::{HashMap, HashSet};

/// Stands for the thread of a part that nobody has used yet.
pub(super) const NOBODY: u32 = u32::MAX;

/// The threads that hold a part of a lab, by the number of parts.
#[derive(Debug, Default)]
pub(super) struct Holders {
    parts: HashMap<u32, usize>,
    waiting: HashSet<u32>,
}

impl Holders {
    /// The thread holds one part more.
    pub(super) fn come(&mut self, thread: u32) {
        *self.parts.entry(thread).or_default() += 1;
    }

    /// The thread holds one part less; answers whether that was its last.
    pub(super) fn leave(&mut self, thread: u32) -> bool {
        let Some(parts) = self.parts.get_mut(&thread) else { return false };
        *parts -= 1;
        let was_last = *parts == 0;
        if was_last {
            self.parts.remove(&thread);
        }
        was_last
    }

    /// Whether a thread other than `me` can still act on the lab: `None` where the only parts that could be in its hands
    /// are those that nobody has used yet.
    pub(super) fn another_can_act(&self, me: u32) -> Option<bool> {
        let free = |thread: &u32| *thread != me && *thread != NOBODY && !self.waiting.contains(thread);
        if self.parts.keys().any(free) {
            return Some(true);
        }
        if self.parts.contains_key(&NOBODY) { None } else { Some(false) }
    }

    pub(super) fn wait(&mut self, me: u32) {
        self.waiting.insert(me);
    }

    pub(super) fn go_on(&mut self, me: u32) {
        self.waiting.remove(&me);
    }
}
