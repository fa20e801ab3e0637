//! Threads for an engine that distinguishes them. They live as long as the engine is used.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, ThreadId};

use parking_lot::Mutex;

/// The threads by their numbers. Number 0 is the calling thread.
#[derive(Debug, Default)]
pub(super) struct Threads {
    workers: Mutex<HashMap<u32, Worker>>,
}

/// A thread that runs jobs.
#[derive(Debug)]
struct Worker {
    id: ThreadId,
    jobs: Sender<Job>,
}

/// Work for a thread. The sender waits until it is done.
struct Job {
    work: *mut (dyn FnMut() + Send),
    done: Sender<thread::Result<()>>,
}

// SAFETY: the work is `Send`, and its owner waits until it is done.
unsafe impl Send for Job {}

impl Threads {
    /// Runs work on a thread, and waits until it is done. A panic of the work is resumed here.
    pub(super) fn run(&self, number: u32, work: &mut (dyn FnMut() + Send)) {
        if number == 0 {
            return work();
        }
        let jobs = {
            let mut workers = self.workers.lock();
            let worker = workers.entry(number).or_insert_with(start);
            (worker.id != thread::current().id()).then(|| worker.jobs.clone())
        };
        // A thread that waits for itself would wait for ever.
        let Some(jobs) = jobs else { return work() };
        let (done, result) = channel();
        // SAFETY: only the lifetime changes, and this function waits for the work.
        let work: *mut (dyn FnMut() + Send + 'static) = unsafe { std::mem::transmute(work) };
        // The worker lives as long as its sender, which is held here. If it does not take the job, `done` is dropped as well.
        let _sent = jobs.send(Job { work, done });
        if let Ok(Err(panic)) = result.recv() {
            resume_unwind(panic);
        }
    }
}

fn start() -> Worker {
    let (jobs, waiting) = channel::<Job>();
    let worker = thread::spawn(move || {
        for Job { work, done } in waiting {
            // SAFETY: the sender waits, so the work is alive and used only here.
            let result = catch_unwind(AssertUnwindSafe(|| unsafe { (*work)() }));
            // The sender waits for this.
            let _received = done.send(result);
        }
    });
    Worker { id: worker.thread().id(), jobs }
}
