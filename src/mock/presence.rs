//! Held by every part of a lab.

use std::sync::Arc;

use super::state::Shared;
use super::thread;

/// Held by every part of a lab: says that the thread that made it may still act on the lab.
#[derive(Debug)]
pub(super) struct Presence {
    shared: Arc<Shared>,
    thread: u64,
}

impl Presence {
    pub(super) fn new(shared: &Arc<Shared>) -> Presence {
        let thread = thread::own();
        shared.lock().holders.come(thread);
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
        if state.holders.leave(self.thread) {
            drop(state);
            self.shared.changed.notify_all();
        }
    }
}
