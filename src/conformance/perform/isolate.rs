//! Performs programs in child processes, so that a crash or a hang costs one verdict.
//!
//! A child is the same executable, started again; an environment variable names a folder with its command. The child
//! writes each call to a trace *before* it makes it, as one that crashed, and once more when the call has returned. The
//! last line therefore shows where it stopped.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::run::{ProgramRun, RunEnd};
use super::threads::{merge, perform_parallel};
use super::{SubjectConfig, Witness, perform};
use crate::call::{Call, Caller, Ending, Outcome};
use crate::client::Engine;
use crate::conformance::program::Program;
use crate::conformance::program::notation::parallel::ParallelProgramJson;
use crate::conformance::program::parallel::ParallelProgram;
use crate::conformance::temporary::TemporaryFolder;
use crate::hresult::{E_NOINTERFACE, HRESULT, NamedCode};
use crate::interface::Interface;
use crate::trace::{EngineName, Event, EventKind, Header, Reader, Recorded, Writer};
use crate::transcript::process_name;

/// The environment variable with the folder of a child.
pub(crate) const FOLDER: &str = "DBGENG_TESTKIT_CHILD";

/// The environment variable of a process that a subject started to host servers. Such a process only makes an engine,
/// which takes over.
pub(crate) const HOST: &str = "DBGENG_TESTKIT_HOST";

/// The file in the folder with the [`ChildCommand`]. Each thread writes a [`trace`] beside it.
const COMMAND: &str = "command.json";

/// How many of the last lines that a subject printed are kept.
const LAST_WORDS: usize = 5;

/// The program that a child has to perform.
#[derive(Serialize, Deserialize)]
struct ChildCommand {
    /// The suite that has to perform it.
    suite: String,
    newest: String,
    server: Option<String>,
    hosts_alone: bool,
    program: ParallelProgramJson,
}

/// How children are started.
#[derive(Clone, Debug)]
pub(crate) struct Isolation {
    /// How long a call may take.
    pub(crate) call_timeout: Duration,
    /// The arguments with which the executable gets to the suite again.
    pub(crate) arguments: Vec<OsString>,
    /// The suite, among those of the executable.
    pub(crate) suite: String,
}

/// How long a child may take to get to its suite, in addition to the time-out of its first call.
const START: Duration = Duration::from_secs(20);

/// How often a child is looked at until it makes its first call.
const GLANCE: Duration = Duration::from_millis(10);

/// The first and the longest pause between two questions whether a process has exited.
const PAUSES: (Duration, Duration) = (Duration::from_micros(100), Duration::from_millis(2));

impl Isolation {
    /// Performs a program in a child process.
    pub(crate) fn perform(&self, program: &Program, config: &SubjectConfig) -> ProgramRun {
        let program = ParallelProgram { beginning: program.clone(), threads: Vec::new() };
        self.run(&program, config, |mut lanes| lanes.pop().unwrap_or_default())
    }

    /// Performs a program of several threads in a child process.
    pub(crate) fn perform_parallel(&self, program: &ParallelProgram, config: &SubjectConfig) -> ProgramRun {
        let merged = |lanes: Vec<Vec<StepEvent>>| {
            let lanes = lanes.into_iter().map(|lane| lane.into_iter().map(|(_, event)| event).collect());
            merge(lanes).into_iter().map(|event| (None, event)).collect()
        };
        self.run(program, config, merged)
    }

    /// Runs a program in a child, and in a second one if the system could not run the first: Wine fails now and then with an
    /// internal error.
    fn run(
        &self,
        program: &ParallelProgram,
        config: &SubjectConfig,
        merge: impl Fn(Vec<Vec<StepEvent>>) -> Vec<StepEvent>,
    ) -> ProgramRun {
        let run = || self.try_run(program, config, &merge);
        let run_again = |error: io::Error| if error.raw_os_error().is_some() { run() } else { Err(error) };
        run().or_else(run_again).unwrap_or_else(kit_failed)
    }

    fn try_run(
        &self,
        program: &ParallelProgram,
        config: &SubjectConfig,
        merge: impl Fn(Vec<Vec<StepEvent>>) -> Vec<StepEvent>,
    ) -> io::Result<ProgramRun> {
        let folder = TemporaryFolder::new()?;
        let command = ChildCommand {
            suite: self.suite.clone(),
            newest: config.newest.to_string(),
            server: config.server.clone(),
            hosts_alone: config.hosts_alone,
            program: ParallelProgramJson::of(program),
        };
        std::fs::write(folder.path().join(COMMAND), serde_json::to_vec(&command)?)?;
        let mut child = Command::new(std::env::current_exe()?)
            .args(&self.arguments)
            .env(FOLDER, folder.path())
            // The last lines shall say what went wrong, not where.
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(folder.path().join("stderr"))?)
            .spawn()?;
        let traces: Vec<PathBuf> = (0..=program.threads.len()).map(|thread| trace(folder.path(), thread)).collect();
        let watched = self.watch(&mut child, &traces);
        let status = child.wait()?;
        let exited = watched?;
        if !traces.iter().all(|trace| trace.exists()) {
            let words = last_words(folder.path()).unwrap_or_default();
            return Err(io::Error::other(format!(
                "it ended with {status} before it reached the suite; give the arguments that lead there to \
                 `Suite::child_arguments`. {words}"
            )));
        }
        let lanes = traces.iter().map(|trace| read(trace, exited)).collect::<io::Result<_>>()?;
        let events = merge(lanes);
        let words = || last_words(folder.path());
        let end = match (exited, no_client(&events)) {
            (true, Some(refusal)) if status.code() == Some(COMPLETED) => {
                let words = words();
                let why = words.as_deref().and_then(|words| words.lines().last()).unwrap_or("it printed no reason");
                RunEnd::KitFailed(format!(
                    "the engine makes no client object: DebugCreate returned {}: {why}",
                    NamedCode(refusal)
                ))
            }
            (true, None) if status.code() == Some(COMPLETED) => RunEnd::Completed,
            (true, _) => RunEnd::Crashed(words().unwrap_or_else(|| format!("it ended with {status}"))),
            (false, _) => RunEnd::TimedOut,
        };
        Ok(ProgramRun { events, end })
    }

    /// Waits while the child makes progress, and returns whether it exited by itself.
    fn watch(&self, child: &mut Child, traces: &[PathBuf]) -> io::Result<bool> {
        let length = |trace: &PathBuf| std::fs::metadata(trace).map(|file| file.len()).ok();
        let length = || traces.iter().map(length).sum::<Option<u64>>();
        // A call is timed from its own beginning, so that a hang does not cost the time to start as well.
        let latest_start = Instant::now() + START + self.call_timeout;
        while !traces.iter().any(|trace| has_call(trace)) && Instant::now() < latest_start {
            if wait_at_most(child, GLANCE)?.is_some() {
                return Ok(true);
            }
        }
        let mut before = length();
        loop {
            if wait_at_most(child, self.call_timeout)?.is_some() {
                return Ok(true);
            }
            let now = length();
            if now == before {
                child.kill()?;
                return Ok(false);
            }
            before = now;
        }
    }
}

/// Waits until a process exits, and returns `None` if it takes longer.
///
/// It asks again and again: the other way on Unix is a signal handler, and handlers belong to the program under test.
pub(crate) fn wait_at_most(child: &mut Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let (mut pause, longest) = PAUSES;
    let begun = Instant::now();
    loop {
        let status = child.try_wait()?;
        if status.is_some() || begun.elapsed() >= limit {
            return Ok(status);
        }
        thread::sleep(pause);
        pause = longest.min(pause * 2);
    }
}

/// Whether the trace of a child has a line after its header.
fn has_call(trace: &Path) -> bool {
    std::fs::read(trace).is_ok_and(|text| text.iter().filter(|byte| **byte == b'\n').count() > 1)
}

/// An event, and the step of the program that caused it, if one did.
type StepEvent = (Option<usize>, Event);

/// Returns how DebugCreate refused every client object. E_NOINTERFACE does not count: such an engine lacks an interface.
fn no_client(events: &[StepEvent]) -> Option<HRESULT> {
    let creates = events.iter().filter_map(|(_, event)| match &event.kind {
        EventKind::Call(recorded) => {
            matches!(recorded.call, Call::DebugCreate { .. }).then(|| recorded.outcome.hresult())
        }
        _ => None,
    });
    let refusal = |made: Option<HRESULT>| made.filter(|code| code.is_err() && *code != E_NOINTERFACE);
    creates.map(refusal).collect::<Option<Vec<_>>>()?.pop()
}

fn kit_failed(error: io::Error) -> ProgramRun {
    ProgramRun { events: Vec::new(), end: RunEnd::KitFailed(format!("the child process could not be used: {error}")) }
}

/// Returns the path of the trace of a thread; thread 0 performs the beginning.
fn trace(folder: &Path, thread: usize) -> PathBuf {
    folder.join(format!("trace-{thread}"))
}

/// The exit status of a child that performed its program; unlikely from any other program.
const COMPLETED: i32 = 86;

/// Marks a call that has not returned. Such a line counts only if it is the last one.
const PENDING: char = '?';
/// A line that says that the call before it was not made.
const NOT_MADE: &str = "!";

/// Reads the trace of a child. If the child was killed, its last call timed out.
fn read(trace: &Path, exited: bool) -> io::Result<Vec<StepEvent>> {
    let text = std::fs::read_to_string(trace)?;
    let mut steps = Vec::new();
    let mut events = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let is_overtaken = line.starts_with(PENDING) && lines.peek().is_some();
        if line == NOT_MADE || is_overtaken {
            continue;
        }
        let (step, event) = line.trim_start_matches(PENDING).split_once(' ').unwrap_or_default();
        steps.push(step.parse().ok());
        events.push_str(event);
        events.push('\n');
    }
    let reader = Reader::new("the child's trace", events.as_bytes()).map_err(io::Error::other)?;
    let events: Result<Vec<Event>, _> = reader.collect();
    let mut events: Vec<_> = steps.into_iter().skip(1).zip(events.map_err(io::Error::other)?).collect();
    match events.last_mut() {
        Some((_, Event { kind: EventKind::Call(last), .. })) if !exited && last.outcome.ending == Ending::Crashed => {
            last.outcome.ending = Ending::TimedOut;
        }
        _ => {}
    }
    Ok(events)
}

fn last_words(folder: &Path) -> Option<String> {
    let text = std::fs::read(folder.join("stderr")).ok()?;
    let text = String::from_utf8_lossy(&text).into_owned();
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let last = lines[lines.len().saturating_sub(LAST_WORDS)..].join("\n");
    Some(last).filter(|last| !last.is_empty())
}

/// Returns the arguments that start this suite again: the given ones, or those that select the current test. The
/// standard harness names its threads after the tests.
pub(crate) fn child_arguments(given: &[OsString]) -> Vec<OsString> {
    let thread = thread::current();
    match thread.name().filter(|name| given.is_empty() && *name != "main") {
        Some(test) => vec![test.into(), "--exact".into(), "--nocapture".into()],
        None => given.to_vec(),
    }
}

/// Whether this process hosts servers for a subject.
pub(crate) fn is_host() -> bool {
    std::env::var_os(HOST).is_some()
}

/// Whether this process is a child of a suite.
pub(crate) fn is_child() -> bool {
    std::env::var_os(FOLDER).is_some()
}

/// In a child of this suite, performs its command and exits.
pub(crate) fn run_child(suite: &str, make: impl FnOnce() -> Box<dyn Engine>) {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let status = match read_command(&folder) {
        Ok(command) if command.suite != suite => return,
        Ok(command) => match run_command(&folder, command, make) {
            Ok(None) => COMPLETED,
            Ok(Some(panicked)) => report_error(&panicked),
            Err(error) => report_error(&error.to_string()),
        },
        Err(error) => report_error(&error.to_string()),
    };
    std::process::exit(status)
}

fn read_command(folder: &Path) -> io::Result<ChildCommand> {
    Ok(serde_json::from_slice(&std::fs::read(folder.join(COMMAND))?)?)
}

fn report_error(why: &str) -> i32 {
    // If stderr is closed, the exit status still reports the failure.
    let _: io::Result<()> = writeln!(io::stderr(), "{why}");
    1
}

fn run_command(
    folder: &Path,
    command: ChildCommand,
    make: impl FnOnce() -> Box<dyn Engine>,
) -> io::Result<Option<String>> {
    let program = command.program.program().map_err(io::Error::other)?;
    let newest = Interface::from(command.newest.as_str());
    let config = SubjectConfig { newest, server: command.server, hosts_alone: command.hosts_alone };
    let logs = (0..=program.threads.len()).map(|thread| ChildTrace::new(&trace(folder, thread)));
    let mut logs = logs.collect::<io::Result<Vec<ChildTrace>>>()?;
    let panicked = match &mut *logs {
        [log] => perform(&program.beginning, make, &config, log),
        logs => perform_parallel(&program, make, &config, logs),
    };
    logs.into_iter().find_map(|log| log.error).map_or(Ok(panicked), Err)
}

/// Writes the trace of one thread of a child.
struct ChildTrace {
    file: File,
    names: Vec<String>,
    error: Option<io::Error>,
    /// When the last call was made.
    since: Instant,
}

impl ChildTrace {
    fn new(trace: &Path) -> io::Result<ChildTrace> {
        let mut file = File::create(trace)?;
        let header = Writer::new(b"- ".to_vec(), &Header::new(EngineName::default(), "", ""))?;
        file.write_all(&header.into_inner())?;
        Ok(ChildTrace { file, names: Vec::new(), error: None, since: Instant::now() })
    }

    fn write(&mut self, mark: &str, step: Option<usize>, event: &Event) {
        while self.names.len() <= event.process() as usize {
            self.names.push(process_name(u32::try_from(self.names.len()).unwrap_or(u32::MAX)));
        }
        let step = step.map_or_else(|| "-".to_owned(), |step| step.to_string());
        let mut line = Writer::resume(format!("{mark}{step} ").into_bytes());
        let written = line.event(event, &self.names).and_then(|()| self.file.write_all(&line.into_inner()));
        self.error = self.error.take().or(written.err());
    }
}

impl Witness for ChildTrace {
    fn before(&mut self, step: Option<usize>, seq: u64, by: Caller, call: &Call) {
        let outcome = Outcome { ending: Ending::Crashed, out: Default::default() };
        let call = Recorded { by, call: call.clone(), wide: false, outcome, elapsed_us: None, interval: None };
        self.write(&PENDING.to_string(), step, &Event { seq, kind: EventKind::Call(Box::new(call)) });
        self.since = Instant::now();
    }

    fn not_made(&mut self) {
        let written = writeln!(self.file, "{NOT_MADE}");
        self.error = self.error.take().or(written.err());
    }

    fn after(&mut self, step: Option<usize>, mut event: Event) {
        if let EventKind::Call(recorded) = &mut event.kind
            && recorded.interval.is_none()
        {
            recorded.elapsed_us = u64::try_from(self.since.elapsed().as_micros()).ok();
        }
        self.write("", step, &event);
    }
}
