//! Performs programs in this process, on a thread that is watched: a call that does not return costs its own verdict, and
//! an exit is no silent end.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Instant;

use parking_lot::Mutex;

use super::exits::{arm, disarm, is_exiting};
use super::isolate::descendants::stop_if_ending;
use super::patience::Patience;
use super::run::{ProgramRun, RunEnd, StepEvent, pending};
use super::threads::perform_parallel;
use super::{SubjectConfig, Witness, perform};
use crate::call::{Call, Caller, Ending};
use crate::client::Engine;
use crate::conformance::program::parallel::ParallelProgram;
use crate::trace::Event;

/// Performs programs, one after the other, each on the engine that `make` returns. A thread that hangs is abandoned, and
/// then the programs after the one that hangs have no run.
pub(crate) fn perform_watched(
    programs: Vec<ParallelProgram>,
    make: &Arc<dyn Fn() -> Box<dyn Engine> + Send + Sync>,
    config: &SubjectConfig,
    patience: &Patience,
) -> Vec<ProgramRun> {
    #[cfg(unix)]
    let _outputs = super::outputs::KeptOutputs::new();
    let (ended, end) = channel();
    let [progress, written] = [0; 2].map(|number| Arc::new(AtomicU64::new(number)));
    let ends = Arc::new(Mutex::new(Vec::with_capacity(programs.len())));
    let lanes_of = |program: &ParallelProgram| (0..=program.threads.len()).map(|_| Arc::default()).collect();
    let lanes: Vec<ThreadEvents> = programs.iter().map(lanes_of).collect();
    let work = {
        let (lanes, ends) = (lanes.clone(), Arc::clone(&ends));
        let [progress, written] = [&progress, &written].map(Arc::clone);
        let (make, config) = (Arc::clone(make), config.clone());
        move || {
            arm(&ended);
            loop {
                let left = ends.lock().len()..programs.len();
                let Some(program) = programs.get(left.start) else { break };
                let writer = |(number, lane): (usize, &Arc<Mutex<Lane>>)| LaneWriter {
                    lane: Arc::clone(lane),
                    progress: Arc::clone(&progress),
                    exit: (number > 0).then(|| ended.clone()),
                };
                let mut writers: Vec<LaneWriter> = lanes[left.start].iter().enumerate().map(writer).collect();
                let panicked = match &mut *writers {
                    [writer] => {
                        let alone = programs[left].iter().take_while(|program| program.threads.is_empty());
                        let mut writer = ProgramWriter { writer, lanes: &lanes, ends: &ends };
                        perform(alone.map(|program| &program.beginning), || make(), &config, &mut writer)
                    }
                    writers => perform_parallel(program, || make(), &config, writers),
                };
                ends.lock().push(RunEnd::after(panicked));
            }
            disarm();
            written.store(written_by_this_thread(), Ordering::Relaxed);
            // The run may have been given up.
            let _ = ended.send(None);
        }
    };
    // Panics and the hosts of a library name the test.
    let name = thread::current().name().unwrap_or("engine").to_owned();
    if let Err(error) = thread::Builder::new().name(name).spawn(work) {
        return vec![ProgramRun::ended(RunEnd::KitFailed(format!("no thread could be started: {error}")))];
    }
    let (mut before, mut since) = (0, Instant::now());
    let last = loop {
        match end.recv_timeout(patience.shortest() / 2) {
            Ok(last) => break last,
            Err(RecvTimeoutError::Disconnected) => {
                break Some(RunEnd::Crashed("the engine ended its thread".to_owned()));
            }
            Err(RecvTimeoutError::Timeout) if is_exiting() => break Some(RunEnd::Exited),
            Err(RecvTimeoutError::Timeout) => {
                let made = progress.load(Ordering::Relaxed);
                if made != before {
                    (before, since) = (made, Instant::now());
                } else if since.elapsed() >= patience.call_timeout() {
                    break Some(RunEnd::TimedOut);
                }
            }
        }
    };
    patience.wrote(written.load(Ordering::Relaxed));
    patience.has_grown_to(resident());
    let open = if last == Some(RunEnd::TimedOut) { Ending::TimedOut } else { Ending::Crashed };
    let ends = std::mem::take(&mut *ends.lock()).into_iter().chain(last);
    let run = |(lanes, end): (ThreadEvents, RunEnd)| {
        let shared = lanes[0].lock().shared;
        ProgramRun { shared, ..ProgramRun::of(lanes.iter().map(|lane| lane.lock().take(open)).collect(), end) }
    };
    lanes.into_iter().zip(ends).map(run).collect()
}

/// Returns how many bytes this thread has written, as far as the system says so: Linux does.
fn written_by_this_thread() -> u64 {
    let counts = fs::read_to_string("/proc/thread-self/io").unwrap_or_default();
    let written = counts.lines().find_map(|line| line.strip_prefix("wchar: ")?.parse().ok());
    written.unwrap_or_default()
}

/// Returns how many bytes of memory this process has, as far as the system says so: Linux does.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse().ok());
    kilobytes.unwrap_or(0) * 1024
}

/// The events of each thread of a program.
type ThreadEvents = Vec<Arc<Mutex<Lane>>>;

/// The events of one thread so far.
#[derive(Default)]
struct Lane {
    /// Those after the ones that it has from the run of the program before.
    events: Vec<StepEvent>,
    /// The call that has not returned: its step, its number and its caller.
    pending: Option<(Option<usize>, u64, Caller, Call)>,
    /// How many events it has from the run of the program before.
    shared: usize,
}

impl Lane {
    /// Returns the events. A call that has not returned ends so.
    fn take(&mut self, ending: Ending) -> Vec<StepEvent> {
        let mut events = std::mem::take(&mut self.events);
        if let Some((step, seq, by, call)) = self.pending.take() {
            events.push((step, pending(seq, by, call, ending)));
        }
        events
    }
}

/// Writes the lane of one thread.
struct LaneWriter {
    lane: Arc<Mutex<Lane>>,
    progress: Arc<AtomicU64>,
    /// Where an exit is reported. `None` on the first thread, which reports it all the time.
    exit: Option<Sender<Option<RunEnd>>>,
}

impl LaneWriter {
    fn progress(&self) {
        self.progress.fetch_add(1, Ordering::Relaxed);
    }
}

impl Witness for LaneWriter {
    fn before(&mut self, step: Option<usize>, seq: u64, by: Caller, call: &Call) {
        stop_if_ending();
        self.lane.lock().pending = Some((step, seq, by, call.clone()));
        self.progress();
        self.exit.iter().for_each(arm);
    }

    fn not_made(&mut self) {
        self.exit.iter().for_each(|_| disarm());
        self.lane.lock().pending = None;
    }

    fn after(&mut self, step: Option<usize>, event: Event) {
        self.exit.iter().for_each(|_| disarm());
        let mut lane = self.lane.lock();
        lane.pending = None;
        lane.events.push((step, event));
        self.progress();
    }
}

/// Writes the lanes of programs of one thread, one after the other.
struct ProgramWriter<'a> {
    writer: &'a mut LaneWriter,
    /// By program.
    lanes: &'a [ThreadEvents],
    ends: &'a Mutex<Vec<RunEnd>>,
}

impl Witness for ProgramWriter<'_> {
    fn before(&mut self, step: Option<usize>, seq: u64, by: Caller, call: &Call) {
        self.writer.before(step, seq, by, call);
    }

    fn not_made(&mut self) {
        self.writer.not_made();
    }

    fn after(&mut self, step: Option<usize>, event: Event) {
        self.writer.after(step, event);
    }

    fn resume(&mut self, events: usize) {
        let mut ends = self.ends.lock();
        ends.push(RunEnd::Completed);
        let lane = Arc::clone(&self.lanes[ends.len()][0]);
        lane.lock().shared = events;
        self.writer.lane = lane;
    }
}
