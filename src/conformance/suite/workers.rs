//! Works on several items at a time.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::thread;

use parking_lot::Mutex;

/// Works on the items, so many at a time, and hands each result to `take` in the order of the items. Begins no item after
/// `take` has returned `false`, and hands on no further result. A single worker is this thread.
pub(super) fn in_order<T: Send, R: Send>(
    workers: usize,
    items: impl Iterator<Item = T> + Send,
    work: impl Fn(&T) -> R + Sync,
    mut take: impl FnMut(T, R) -> bool,
) {
    if workers == 1 {
        for item in items {
            let result = work(&item);
            if !take(item, result) {
                return;
            }
        }
        return;
    }
    let items = Mutex::new(items.enumerate());
    let is_over = AtomicBool::new(false);
    // A test is found by the name of its thread.
    let name = thread::current().name().unwrap_or("main").to_owned();
    thread::scope(|scope| {
        let (results, done) = channel();
        for _ in 0..workers {
            let (results, items, is_over, work) = (results.clone(), &items, &is_over, &work);
            let next = || items.lock().next();
            let worker = move || {
                while !is_over.load(Ordering::Relaxed)
                    && let Some((number, item)) = next()
                {
                    let result = work(&item);
                    // The receiver lives longer than every worker.
                    let _sent = results.send((number, item, result));
                }
            };
            thread::Builder::new().name(name.clone()).spawn_scoped(scope, worker).expect("the system starts a thread");
        }
        drop(results);
        let mut early = BTreeMap::new();
        let mut next = 0;
        for (number, item, result) in done {
            early.insert(number, (item, result));
            while let Some((item, result)) = early.remove(&next) {
                next += 1;
                if !is_over.load(Ordering::Relaxed) && !take(item, result) {
                    is_over.store(true, Ordering::Relaxed);
                }
            }
        }
    });
}
