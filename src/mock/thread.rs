//! Which thread makes a call.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};

use super::world::{CurrentThread, LabNumber, LabsOfThread, OsThread, ThreadId};
use crate::sync::thread_local;

static NEXT: AtomicU32 = AtomicU32::new(1);

thread_local! {
    /// 0 for a thread that has not called yet.
    static OWN: Cell<u32> = const { Cell::new(0) };
    static PLAYED: Cell<Option<u32>> = const { Cell::new(None) };
    static LABS: LabsOfThread = LabsOfThread::default();
}

/// Returns the calling thread.
pub(super) fn current() -> CurrentThread {
    let os = own();
    let id = PLAYED.with(Cell::get).map_or(ThreadId::Os(os), ThreadId::Played);
    CurrentThread { os, id }
}

/// Returns the calling thread, as the operating system sees it.
pub(super) fn own() -> OsThread {
    OWN.with(|own| {
        if own.get() == 0 {
            own.set(NEXT.fetch_add(1, Ordering::Relaxed));
        }
        OsThread(own.get())
    })
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
            PLAYED.with(|played| played.set(self.0));
        }
    }
    let _end = EndOfRole(PLAYED.with(|played| played.replace((thread != 0).then_some(thread))));
    work();
}
