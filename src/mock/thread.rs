//! Which thread makes a call.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::sync::thread_local;

/// A thread of this process, or one that a harness plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum ThreadId {
    /// A thread of the operating system, numbered in the order of its first call.
    Os(u32),
    /// The n-th thread of an engine's process, as long as [`as_thread`] runs.
    Played(u32),
}

static NEXT: AtomicU32 = AtomicU32::new(1);

thread_local! {
    /// 0 for a thread that has not called yet.
    static OWN: Cell<u32> = const { Cell::new(0) };
    static PLAYED: Cell<Option<u32>> = const { Cell::new(None) };
}

/// The thread that calls, as the rules for client objects see it.
pub(super) fn current() -> ThreadId {
    PLAYED.with(Cell::get).map_or_else(|| ThreadId::Os(own()), ThreadId::Played)
}

/// The thread that calls, as the operating system sees it.
pub(super) fn own() -> u32 {
    OWN.with(|own| {
        if own.get() == 0 {
            own.set(NEXT.fetch_add(1, Ordering::Relaxed));
        }
        own.get()
    })
}

/// Does some work in the role of thread `thread`; 0 is the calling thread itself.
pub(super) fn as_thread(thread: u32, work: &mut (dyn FnMut() + Send)) {
    struct Restore(Option<u32>);
    impl Drop for Restore {
        fn drop(&mut self) {
            PLAYED.with(|played| played.set(self.0));
        }
    }
    let _restore = Restore(PLAYED.with(|played| played.replace((thread != 0).then_some(thread))));
    work();
}
