//! Reads ahead of the judge.

use std::sync::mpsc::sync_channel;
use std::thread;

/// How many items are handed over at once: so many that a thread seldom waits for the other one, and so few that they are
/// still in the processor's cache.
const BATCH: usize = 1024;
/// How many batches may wait.
const WAITING: usize = 4;

/// Lets `work` have the items on a thread of its own, while those that follow are made on this one. It gets the same items
/// in the same order as it would alone; of what it does not take, some may have been made.
pub(super) fn ahead<T: Send, R: Send>(
    items: &mut dyn Iterator<Item = T>,
    work: impl FnOnce(&mut dyn Iterator<Item = T>) -> R + Send,
) -> R {
    let first = Vec::from_iter(items.take(BATCH));
    if first.len() < BATCH {
        // What is this short is done before a thread has started.
        return work(&mut first.into_iter());
    }
    thread::scope(|scope| {
        let (sender, receiver) = sync_channel(WAITING);
        let worker = scope.spawn(move || work(&mut first.into_iter().chain(receiver.into_iter().flatten())));
        loop {
            let batch = Vec::from_iter(items.take(BATCH));
            if batch.is_empty() || sender.send(batch).is_err() {
                break;
            }
        }
        drop(sender);
        worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}
