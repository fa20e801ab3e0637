//! Performs programs that share their beginnings: each resumes where it parts from the one before, if the engine can return there.

use std::hash::BuildHasher;
use std::iter;

use rustc_hash::FxBuildHasher;

use super::handle_table::HandleTable;
use super::{Performance, Witness};
use crate::client::Engine;
use crate::conformance::program::{Program, Step};

/// A state of a run to which it can return.
struct Checkpoint {
    /// The number of steps before it.
    steps: usize,
    /// The number of the last event before it.
    seq: u64,
    /// The sizes that were reported last.
    reported: [u32; 3],
    handles: HandleTable,
    restore: Box<dyn Fn()>,
}

impl<W: Witness + ?Sized> Performance<'_, W> {
    /// Performs the first of these programs, and those after it as long as each can resume the run of the one before.
    pub(super) fn run<'p>(&mut self, programs: impl IntoIterator<Item = &'p Program>) {
        let mut programs = programs.into_iter().peekable();
        let Some(mut program) = programs.next() else { return };
        let mut checkpoints: Vec<Checkpoint> = Vec::new();
        let mut done = 0;
        self.start(program);
        loop {
            let shared = programs.peek().and_then(|next| shared_steps(program, next));
            for number in done..=program.steps.len() {
                let is_shared = shared.is_some_and(|shared| number <= shared);
                if is_shared && checkpoints.last().is_none_or(|known| known.steps < number) {
                    checkpoints.extend(self.checkpoint(number));
                }
                if let Some(step) = program.steps.get(number) {
                    self.step = Some(number);
                    self.step(step);
                }
            }
            checkpoints.retain(|known| shared.is_some_and(|shared| known.steps <= shared));
            let (Some(last), Some(next), None) = (checkpoints.last(), programs.next(), &self.panicked) else { return };
            self.return_to(last);
            (program, done) = (next, last.steps);
        }
    }

    /// Saves the state before a step, unless the engine cannot return to it.
    fn checkpoint(&mut self, steps: usize) -> Option<Checkpoint> {
        let restore = self.harness.engine(0).and_then(Engine::checkpoint)?;
        self.witness.save();
        let (reported, handles) = (self.placeholders.reported, self.handles.clone());
        Some(Checkpoint { steps, seq: self.seq, reported, handles, restore })
    }

    fn return_to(&mut self, checkpoint: &Checkpoint) {
        (checkpoint.restore)();
        self.placeholders.reported = checkpoint.reported;
        self.handles.clone_from(&checkpoint.handles);
        self.seq = checkpoint.seq;
        self.witness.resume(checkpoint.seq as usize);
    }
}

/// Returns the numbers of programs in an order in which those with the same beginnings stand together.
pub(crate) fn by_beginning(programs: &[Program]) -> Vec<usize> {
    let hashed = |program: &Program| -> Vec<u64> {
        let hosts = FxBuildHasher.hash_one(&program.hosts);
        iter::once(hosts).chain(program.steps.iter().map(|step| FxBuildHasher.hash_one(step))).collect()
    };
    let mut order: Vec<usize> = (0..programs.len()).collect();
    order.sort_by_cached_key(|number| hashed(&programs[*number]));
    order
}

/// Returns how many steps two programs have in common before they part. `None` if a step of theirs changes which processes or
/// client objects exist, or takes time: an engine need not return from that.
fn shared_steps(one: &Program, other: &Program) -> Option<usize> {
    let is_plain = |step: &Step| match step {
        Step::Call { by, call, .. } => by.thread == 0 && !call.method().manages_clients(),
        Step::Kill { .. } | Step::Pause { .. } => false,
    };
    let is_possible = one.hosts == other.hosts && one.steps.iter().chain(&other.steps).all(is_plain);
    is_possible.then(|| one.steps.iter().zip(&other.steps).take_while(|(one, other)| one == other).count())
}
