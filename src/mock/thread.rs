//! Which thread makes a call.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};

use super::world::{CurrentThread, LabNumber, LabsOfThread, OsThread, ThreadId};
use crate::sync::thread_local;

static NEXT: AtomicU32 = AtomicU32::new(1);

thread_local! {
    /// The number of the thread, 0 before its first call, and that of the thread that it plays.
    static THREAD: Cell<(u32, Option<u32>)> = const { Cell::new((0, None)) };
    static LABS: LabsOfThread = LabsOfThread::default();
}

/// Returns the calling thread.
pub(super) fn current() -> CurrentThread {
    let (own, played) = THREAD.with(Cell::get);
    let os = OsThread(if own == 0 { number() } else { own });
    CurrentThread { os, id: played.map_or(ThreadId::Os(os), ThreadId::Played) }
}

/// Returns the calling thread, as the operating system sees it.
pub(super) fn own() -> OsThread {
    current().os
}

/// Numbers the calling thread.
#[cold]
fn number() -> u32 {
    let own = NEXT.fetch_add(1, Ordering::Relaxed);
    THREAD.with(|thread| thread.set((own, thread.get().1)));
    own
}

/// Returns the number of a lab that the calling thread makes.
pub(super) fn number_lab() -> LabNumber {
    LABS.with(LabsOfThread::number)
}

/// Does some work in the role of thread `thread`; 0 is the calling thread itself.
pub(super) fn as_thread(thread: u32, work: &mut (dyn FnMut() + Send)) {
    struct EndOfRole(Option<u32>);
    impl Drop for EndOfRole {
        fn drop(&mut self) {
            play(self.0);
        }
    }
    let _end = EndOfRole(play((thread != 0).then_some(thread)));
    work();
}

/// Changes the thread that the calling thread plays. Returns the one that it has played.
fn play(thread: Option<u32>) -> Option<u32> {
    THREAD.with(|current| current.replace((current.get().0, thread)).1)
}
