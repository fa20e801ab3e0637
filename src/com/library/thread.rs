//! The threads of an engine that tells them apart: real ones, which stay as long as the engine is used.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, ThreadId};

/// The threads by their numbers. Number 0 is whoever calls.
#[derive(Debug, Default)]
pub(super) struct Threads {
    workers: Mutex<HashMap<u32, Worker>>,
}

/// A thread that does what it is sent.
#[derive(Debug)]
struct Worker {
    id: ThreadId,
    jobs: Sender<Job>,
}

/// Some work of another thread, which waits until it is done.
struct Job {
    work: *mut (dyn FnMut() + Send),
    done: Sender<thread::Result<()>>,
}

// SAFETY: the work is `Send`, and nobody else touches it before it is done.
unsafe impl Send for Job {}

impl Threads {
    /// Does some work on a thread, and waits until it is done. A panic goes on here.
    pub(super) fn run(&self, number: u32, work: &mut (dyn FnMut() + Send)) {
        if number == 0 {
            return work();
        }
        let jobs = {
            let mut workers = self.workers.lock().unwrap_or_else(PoisonError::into_inner);
            let worker = workers.entry(number).or_insert_with(start);
            (worker.id != thread::current().id()).then(|| worker.jobs.clone())
        };
        // A thread that waited for itself would wait for ever.
        let Some(jobs) = jobs else { return work() };
        let (done, result) = channel();
        // SAFETY: only the lifetime changes, and the work is waited for below.
        let work: *mut (dyn FnMut() + Send + 'static) = unsafe { std::mem::transmute(work) };
        // A worker ends with its sender, which is held here; if it has not taken the job, `done` is gone too.
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
            // SAFETY: whoever sent it waits, so the work is still there, and nobody else's.
            let result = catch_unwind(AssertUnwindSafe(|| unsafe { (*work)() }));
            // The sender waits for this.
            let _received = done.send(result);
        }
    });
    Worker { id: worker.thread().id(), jobs }
}
