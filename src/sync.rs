//! Locks and threads. With `--cfg shuttle` they are those of the scheduler that searches the orders in which threads can
//! run, and work only under that scheduler.

#[cfg(shuttle)]
use shuttle as chosen;
#[cfg(not(shuttle))]
use std as chosen;

pub(crate) use chosen::sync::{Condvar, Mutex, MutexGuard};
#[cfg(feature = "kit")]
pub(crate) use chosen::thread;
pub(crate) use chosen::thread_local;

use std::sync::PoisonError;
#[cfg(not(shuttle))]
use std::sync::TryLockError;

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

/// How often a thread tries a lock before it sleeps.
#[cfg(not(shuttle))]
const LOOKS: usize = 32;

/// Locks, even if a thread panicked while it held the lock.
#[inline]
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Shuttle's scheduler picks the thread that gets the lock.
    #[cfg(not(shuttle))]
    if let Some(locked) = try_lock(mutex) {
        return locked;
    }
    lock_later(mutex)
}

/// Locks, unless another thread holds the lock.
#[cfg(not(shuttle))]
#[inline]
fn try_lock<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match mutex.try_lock() {
        Ok(locked) => Some(locked),
        Err(TryLockError::Poisoned(locked)) => Some(locked.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

/// Takes a lock that another thread holds. Locks are held so briefly that looking again costs less than sleeping and
/// being woken up.
#[cold]
fn lock_later<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    #[cfg(not(shuttle))]
    for _ in 0..LOOKS {
        if let Some(locked) = try_lock(mutex) {
            return locked;
        }
        std::thread::yield_now();
    }
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
