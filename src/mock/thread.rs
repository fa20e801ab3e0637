//! Which thread makes a call.

use std::cell::Cell;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use super::world::{CurrentThread, LabNumber, LabsOfThread, OsThread, ThreadId};
use crate::sync::thread_local;

/// How many threads have made a call.
static NUMBERED: AtomicU32 = AtomicU32::new(0);

thread_local! {
    /// `None` before the first call.
    static THREAD: Cell<Option<CurrentThread>> = const { Cell::new(None) };
    static LABS: LabsOfThread = LabsOfThread::default();
}

/// Returns the calling thread.
#[inline]
pub(super) fn current() -> CurrentThread {
    THREAD.with(Cell::get).unwrap_or_else(number)
}

/// Returns the calling thread, as the operating system sees it.
pub(super) fn own() -> OsThread {
    current().os
}

/// Numbers the calling thread.
#[cold]
fn number() -> CurrentThread {
    let os = OsThread(NonZeroU32::MIN.saturating_add(NUMBERED.fetch_add(1, Ordering::Relaxed)));
    let thread = CurrentThread { os, id: ThreadId::of_this_process(os) };
    THREAD.with(|current| current.set(Some(thread)));
    thread
}

/// Returns the number of a lab that the calling thread makes.
pub(super) fn number_lab() -> LabNumber {
    LABS.with(LabsOfThread::number)
}

/// Does some work in the role of thread `thread`; 0 is the calling thread itself.
pub(super) fn as_thread(thread: u32, work: &mut (dyn FnMut() + Send)) {
    struct EndOfRole(CurrentThread);
    impl Drop for EndOfRole {
        fn drop(&mut self) {
            THREAD.with(|current| current.set(Some(self.0)));
        }
    }
    let before = current();
    let _end = EndOfRole(before);
    let id = if thread == 0 { ThreadId::of_this_process(before.os) } else { ThreadId::played(thread) };
    THREAD.with(|current| current.set(Some(CurrentThread { id, ..before })));
    work();
}
