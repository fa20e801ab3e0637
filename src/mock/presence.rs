//! Who could still do something: which threads hold a part of the lab, and which of them wait.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::state::Shared;
use super::thread;

/// The threads that hold a part of a lab, by the number of parts.
#[derive(Debug, Default)]
pub(super) struct Holders {
    parts: HashMap<u64, usize>,
    waiting: HashSet<u64>,
}

impl Holders {
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

/// Held by every part of a lab: says that the thread that made it may still act on the lab.
#[derive(Debug)]
pub(super) struct Presence {
    shared: Arc<Shared>,
    thread: u64,
}

impl Presence {
    pub(super) fn new(shared: &Arc<Shared>) -> Presence {
        let thread = thread::own();
        *shared.lock().holders.parts.entry(thread).or_default() += 1;
        Presence { shared: Arc::clone(shared), thread }
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }
}

impl Clone for Presence {
    fn clone(&self) -> Presence {
        Presence::new(&self.shared)
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        if let Some(parts) = state.holders.parts.get_mut(&self.thread) {
            *parts -= 1;
            if *parts == 0 {
                state.holders.parts.remove(&self.thread);
                drop(state);
                self.shared.changed.notify_all();
            }
        }
    }
}
