//! Performs programs of several threads: the beginning first, then all threads at the same time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use super::bindings::AddressBindings;
use super::handle_table::UNKNOWN_HANDLE;
use super::run::{ProgramRun, RunEnd, StepEvent};
use super::{Performance, SubjectConfig, Witness, message};
use crate::call::{Call, Caller};
use crate::client::Engine;
use crate::conformance::program::parallel::{ParallelProgram, is_connect};
use crate::conformance::program::{HandleName, Step};
use crate::harness::Harness;
use crate::sync::{meet, thread};
use crate::trace::{Event, EventKind};

/// Performs a program on the engine that `make` returns. The first witness observes the beginning, each other one a
/// thread.
///
/// Returns the message if the engine panicked; a panic ends the program. Calls get their times from a clock that ticks
/// at each start and each end, so times order calls that do not overlap.
pub(crate) fn perform_parallel<W: Witness + Send>(
    program: &ParallelProgram,
    make: impl FnOnce() -> Box<dyn Engine>,
    config: &SubjectConfig,
    witnesses: &mut [W],
) -> Option<String> {
    let clock = AtomicI64::new(0);
    let addresses = AddressBindings::new(config.server.as_deref(), &config.listening);
    let performed = catch_unwind(AssertUnwindSafe(|| {
        let (first, others) = witnesses.split_first_mut()?;
        let mut timed = TimedWitness { witness: first, clock: &clock, start: 0, numbers: RunNumbers::default() };
        let mut beginning = Performance::over(Harness::new(make()), config, &addresses, &mut timed);
        beginning.run([&program.beginning]);
        if beginning.panicked.is_some() {
            return beginning.panicked;
        }
        let numbers = |number| RunNumbers {
            thread: program.first_thread().saturating_add(number),
            place: number,
            threads: u32::try_from(program.threads.len()).unwrap_or(u32::MAX),
            made: (0..).take(beginning.killed.len()).map(|process| beginning.harness.clients_made(process)).collect(),
        };
        let timed = |(number, witness)| TimedWitness { witness, clock: &clock, start: 0, numbers: numbers(number) };
        let mut timed: Vec<TimedWitness<'_, W>> = (0..).zip(others).map(timed).collect();
        let panicked = run_threads(program, &beginning, &mut timed);
        addresses.observe();
        panicked
    }));
    performed.unwrap_or_else(|panic| Some(message(&*panic)))
}

/// Performs a program in this process, and returns the events of all threads in the order of their starts.
pub(crate) fn record_parallel(
    program: &ParallelProgram,
    make: impl FnOnce() -> Box<dyn Engine>,
    config: &SubjectConfig,
) -> ProgramRun {
    let mut logs: Vec<EventLog> = (0..=program.threads.len()).map(|_| EventLog::default()).collect();
    let panicked = perform_parallel(program, make, config, &mut logs);
    ProgramRun::of(logs.into_iter().map(|log| log.0).collect(), RunEnd::after(panicked))
}

/// The events of one thread.
#[derive(Default)]
struct EventLog(Vec<StepEvent>);

impl Witness for EventLog {
    fn after(&mut self, step: Option<usize>, event: Event) {
        self.0.push((step, event));
    }
}

fn run_threads<W: Witness + Send>(
    program: &ParallelProgram,
    beginning: &Performance<'_, impl Witness>,
    witnesses: &mut [TimedWitness<'_, W>],
) -> Option<String> {
    let shared = SharedHandles::new(beginning.handles.issued(), program);
    let (missing, has_panicked) = (AtomicUsize::new(witnesses.len()), AtomicBool::new(false));
    let run = |mut performance: Performance<'_, TimedWitness<'_, W>>, thread: usize, steps: &[Step]| {
        performance.make_client(Caller::default());
        meet(&missing);
        let mut connects = 0;
        for step in steps {
            if performance.panicked.is_some() {
                has_panicked.store(true, Ordering::SeqCst);
            }
            if has_panicked.load(Ordering::SeqCst) {
                break;
            }
            match step {
                Step::Call { .. } => {}
                Step::Kill { .. } => continue,
                Step::Pause { ms } => {
                    thread::sleep(Duration::from_millis(u64::from(*ms)));
                    continue;
                }
            }
            let before = performance.handles.issued().len();
            performance.step(&shared.resolved(step));
            if is_connect(step) {
                shared.enter(thread, connects, performance.handles.issued()[before..].first().copied().flatten());
                connects += 1;
            }
        }
        performance.panicked
    };
    thread::scope(|scope| {
        let threads = program.threads.iter().zip(witnesses).enumerate();
        let threads: Vec<_> = threads
            .map(|(number, (steps, witness))| {
                let (performance, run) = (beginning.for_thread(witness), &run);
                scope.spawn(move || run(performance, number, steps))
            })
            .collect();
        let ends = threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| Some(message(&*panic))));
        ends.fold(None, Option::or)
    })
}

/// Adds the times of the calls, and renumbers the thread and its client objects for the whole run.
struct TimedWitness<'a, W> {
    witness: &'a mut W,
    clock: &'a AtomicI64,
    start: i64,
    numbers: RunNumbers,
}

impl<W> TimedWitness<'_, W> {
    fn tick(&self) -> i64 {
        self.clock.fetch_add(1, Ordering::SeqCst)
    }
}

impl<W: Witness> Witness for TimedWitness<'_, W> {
    fn before(&mut self, step: Option<usize>, seq: u64, by: Caller, call: &Call) {
        self.witness.before(step, seq, self.numbers.of(by), call);
        self.start = self.tick();
    }

    fn not_made(&mut self) {
        self.witness.not_made();
    }

    fn after(&mut self, step: Option<usize>, mut event: Event) {
        if let EventKind::Call(recorded) = &mut event.kind {
            recorded.interval = Some((self.start, self.tick()));
            let made = recorded.outcome.out.client.map(|client| self.numbers.of(Caller { client, ..recorded.by }));
            recorded.outcome.out.client = made.map(|made| made.client);
            recorded.by = self.numbers.of(recorded.by);
        }
        self.witness.after(step, event);
    }
}

/// The numbers of a thread and its client objects in the whole run.
#[derive(Default)]
struct RunNumbers {
    thread: u32,
    /// The index of the thread.
    place: u32,
    /// How many threads there are; 0 in the beginning, whose numbers are final.
    threads: u32,
    /// By process: how many client objects the beginning made.
    made: Vec<u32>,
}

impl RunNumbers {
    /// The threads take turns with the numbers of client objects.
    fn of(&self, by: Caller) -> Caller {
        if self.threads == 0 {
            return by;
        }
        let made = self.made.get(by.process as usize).copied().unwrap_or(0);
        let own = by.client.saturating_mul(self.threads).saturating_add(self.place);
        Caller { thread: self.thread, client: made.saturating_add(own), ..by }
    }
}

/// The handles that the threads were issued, shared by all of them.
struct SharedHandles {
    /// How many connects the beginning made.
    before: usize,
    /// By thread: the index of its first connect.
    from: Vec<usize>,
    /// By connect: the handle, or 0 if none is issued yet.
    issued: Vec<AtomicU64>,
}

impl SharedHandles {
    fn new(before: &[Option<u64>], program: &ParallelProgram) -> SharedHandles {
        let (mut from, mut all) = (Vec::new(), 0);
        for connects in program.connects() {
            from.push(all);
            all += connects;
        }
        SharedHandles { before: before.len(), from, issued: (0..all).map(|_| AtomicU64::new(0)).collect() }
    }

    fn enter(&self, thread: usize, connect: usize, handle: Option<u64>) {
        if let Some(handle) = handle {
            self.issued[self.from[thread] + connect].store(handle, Ordering::SeqCst);
        }
    }

    /// Replaces the name of a handle that another thread was issued by its value.
    fn resolved(&self, step: &Step) -> Step {
        let mut step = step.clone();
        let Step::Call { handle, .. } = &mut step else { return step };
        let Some((connect, alteration)) = handle.issued() else { return step };
        let Some(connect) = connect.checked_sub(self.before) else { return step };
        let issued = self.issued.get(connect).map_or(0, |issued| issued.load(Ordering::SeqCst));
        *handle = HandleName::Raw(alteration.of(if issued == 0 { UNKNOWN_HANDLE } else { issued }));
        step
    }
}
