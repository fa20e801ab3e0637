//! Held by every part of a lab.

use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::holders::NOBODY;
use super::state::Shared;
use super::thread;
use crate::sync::AtomicU32;

/// Held by every part of a lab: says which thread has used the part last, so may use it again.
#[derive(Debug)]
pub(super) struct Presence {
    shared: Arc<Shared>,
    thread: AtomicU32,
}

/// Every change of the lab is whole, whatever panics.
impl UnwindSafe for Presence {}
impl RefUnwindSafe for Presence {}

/// Tells labs apart, as long as both are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LabId(usize);

impl Presence {
    pub(super) fn lab(&self) -> LabId {
        LabId(Arc::as_ptr(&self.shared).addr())
    }

    /// For a part that the calling thread goes on to use.
    pub(super) fn new(shared: &Arc<Shared>) -> Presence {
        Presence::of(shared, thread::own())
    }

    /// For a part that may be on its way to another thread.
    pub(super) fn for_anybody(&self) -> Presence {
        Presence::of(&self.shared, NOBODY)
    }

    fn of(shared: &Arc<Shared>, thread: u32) -> Presence {
        shared.lock().holders.come(thread);
        Presence { shared: Arc::clone(shared), thread: AtomicU32::new(thread) }
    }

    /// The lab, for the calling thread to use.
    #[inline]
    pub(super) fn shared(&self) -> &Arc<Shared> {
        let me = thread::own();
        if self.thread.load(Ordering::Relaxed) != me {
            let mut state = self.shared.lock();
            let before = self.thread.swap(me, Ordering::Relaxed);
            state.holders.leave(before);
            state.holders.come(me);
            drop(state);
            self.shared.changed.notify_all();
        }
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
        let was_last = self.shared.lock().holders.leave(*self.thread.get_mut());
        if was_last {
            self.shared.changed.notify_all();
        }
    }
}
