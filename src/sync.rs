//! Locks and threads. With `--cfg shuttle` they are those of the scheduler that searches the orders in which threads can
//! run, and work only under that scheduler.

use std::panic::{RefUnwindSafe, UnwindSafe};
#[cfg(shuttle)]
use std::sync::PoisonError;
use std::time::Duration;

#[cfg(not(shuttle))]
use {parking_lot as locks, std as threads};
#[cfg(shuttle)]
use {shuttle as threads, shuttle::sync as locks};

pub(crate) use locks::MutexGuard;
#[cfg(feature = "kit")]
pub(crate) use threads::thread;
pub(crate) use threads::thread_local;

/// A lock that no panic poisons: what a thread changed before it panicked stays changed.
#[derive(Debug, Default)]
pub(crate) struct Mutex<T>(locks::Mutex<T>);

// As if the standard library's lock were used and its poison ignored.
impl<T> UnwindSafe for Mutex<T> {}
impl<T> RefUnwindSafe for Mutex<T> {}

impl<T> Mutex<T> {
    pub(crate) const fn new(content: T) -> Mutex<T> {
        Mutex(locks::Mutex::new(content))
    }

    #[inline]
    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        #[cfg(not(shuttle))]
        return self.0.lock();
        #[cfg(shuttle)]
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where threads wait until something has changed.
#[derive(Debug, Default)]
pub(crate) struct Condvar(locks::Condvar);

impl Condvar {
    /// Frees a lock, waits until it is notified or this time has passed, and locks again. Returns whether the time has passed.
    #[cfg(not(shuttle))]
    pub(crate) fn wait<'a, T>(
        &self,
        mut guard: MutexGuard<'a, T>,
        at_most: Option<Duration>,
    ) -> (MutexGuard<'a, T>, bool) {
        let Some(at_most) = at_most else {
            self.0.wait(&mut guard);
            return (guard, false);
        };
        let timed_out = self.0.wait_for(&mut guard, at_most).timed_out();
        (guard, timed_out)
    }

    /// The same. The scheduler has no clock, so the time never passes.
    #[cfg(shuttle)]
    pub(crate) fn wait<'a, T>(&self, guard: MutexGuard<'a, T>, _: Option<Duration>) -> (MutexGuard<'a, T>, bool) {
        (self.0.wait(guard).unwrap_or_else(PoisonError::into_inner), false)
    }

    pub(crate) fn notify_all(&self) {
        self.0.notify_all();
    }
}

/// Lets threads start as close together as possible: a lock would wake them one after the other. `missing` counts the
/// threads that have not arrived yet. The scheduler lets them start in every order.
#[cfg(feature = "kit")]
pub(crate) fn meet(missing: &std::sync::atomic::AtomicUsize) {
    use std::sync::atomic::Ordering;
    missing.fetch_sub(1, Ordering::SeqCst);
    while cfg!(not(shuttle)) && missing.load(Ordering::SeqCst) > 0 {
        thread::yield_now();
    }
}
