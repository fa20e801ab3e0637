//! Performs programs in child processes: a subject that goes down or hangs costs one verdict.
//!
//! A child is this same executable, started once more with the program in a folder named in its environment. It writes
//! each call into a trace *before* it makes it, as one that crashed, and once more with its outcome when it has returned.
//! So whatever becomes of the child, the last line says how far it got.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use wait_timeout::ChildExt;

use super::run::{ProgramRun, RunEnd};
use super::threads::{merge, perform_parallel};
use super::{SubjectConfig, Witness, perform};
use crate::call::{Call, Caller, Ending, Outcome};
use crate::client::Engine;
use crate::conformance::program::Program;
use crate::conformance::program::notation::parallel::ParallelProgramJson;
use crate::conformance::program::parallel::ParallelProgram;
use crate::interface::Interface;
use crate::trace::{EngineName, Event, EventKind, Header, Reader, Recorded, Writer};
use crate::transcript::process_name;

/// The environment variable that names a child's folder.
pub(crate) const FOLDER: &str = "DBGENG_TESTKIT_CHILD";

/// The environment variable of a process that a subject started to host servers. It does no more than to make an engine,
/// which takes over there.
pub(crate) const HOST: &str = "DBGENG_TESTKIT_HOST";

/// The file in it that says what the child is to do. What it did is in one [`trace`] for each of its threads.
const COMMAND: &str = "command.json";

/// How much of what a subject printed last is kept, in lines.
const LAST_WORDS: usize = 5;

/// What a child is to do.
#[derive(Serialize, Deserialize)]
struct ChildCommand {
    /// Which suite it is to come to.
    suite: String,
    newest: String,
    server: Option<String>,
    is_alone: bool,
    program: ParallelProgramJson,
}

/// How children are started.
#[derive(Clone, Debug)]
pub(crate) struct Isolation {
    /// How long a call may take.
    pub(crate) patience: Duration,
    /// With which arguments the executable comes to the suite again.
    pub(crate) arguments: Vec<OsString>,
    /// Which suite that is, among those that the executable comes to.
    pub(crate) suite: String,
}

/// How long a child may take before it comes to its suite, beside the patience for its first call.
const START: Duration = Duration::from_secs(20);

impl Isolation {
    /// Performs a program in a child process.
    pub(crate) fn perform(&self, program: &Program, config: &SubjectConfig) -> ProgramRun {
        let program = ParallelProgram { beginning: program.clone(), threads: Vec::new() };
        self.try_run(&program, config, |mut lanes| lanes.pop().unwrap_or_default()).unwrap_or_else(kit_failed)
    }

    /// The same of a program of several threads.
    pub(crate) fn perform_parallel(&self, program: &ParallelProgram, config: &SubjectConfig) -> ProgramRun {
        let merged = |lanes: Vec<Vec<StepEvent>>| {
            let lanes = lanes.into_iter().map(|lane| lane.into_iter().map(|(_, event)| event).collect());
            merge(lanes).into_iter().map(|event| (None, event)).collect()
        };
        self.try_run(program, config, merged).unwrap_or_else(kit_failed)
    }

    fn try_run(
        &self,
        program: &ParallelProgram,
        config: &SubjectConfig,
        merge: impl FnOnce(Vec<Vec<StepEvent>>) -> Vec<StepEvent>,
    ) -> io::Result<ProgramRun> {
        let folder = TempDir::new()?;
        let command = ChildCommand {
            suite: self.suite.clone(),
            newest: config.newest.to_string(),
            server: config.server.clone(),
            is_alone: config.is_alone,
            program: ParallelProgramJson::of(program),
        };
        std::fs::write(folder.path().join(COMMAND), serde_json::to_vec(&command)?)?;
        let mut child = Command::new(std::env::current_exe()?)
            .args(&self.arguments)
            .env(FOLDER, folder.path())
            // The last words are to be what went wrong, not where.
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
            return Err(io::Error::other(format!("it ended with {status} and never came to its suite. {words}")));
        }
        let lanes = traces.iter().map(|trace| read(trace, exited)).collect::<io::Result<_>>()?;
        let end = match exited {
            true if status.code() == Some(COMPLETED) => RunEnd::Completed,
            true => RunEnd::Crashed(last_words(folder.path()).unwrap_or_else(|| format!("it ended with {status}"))),
            false => RunEnd::TimedOut,
        };
        Ok(ProgramRun { events: merge(lanes), end })
    }

    /// Waits for a child as long as it gets on; answers whether it ended by itself.
    fn watch(&self, child: &mut Child, traces: &[PathBuf]) -> io::Result<bool> {
        let length = |trace: &PathBuf| std::fs::metadata(trace).map(|file| file.len()).ok();
        let length = || traces.iter().map(length).sum::<Option<u64>>();
        let mut before = length();
        loop {
            let limit = if before.is_none() { START + self.patience } else { self.patience };
            if child.wait_timeout(limit)?.is_some() {
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

/// An event, and the step of the program that did it, if one did.
type StepEvent = (Option<usize>, Event);

fn kit_failed(error: io::Error) -> ProgramRun {
    ProgramRun { events: Vec::new(), end: RunEnd::KitFailed(format!("the child process: {error}")) }
}

/// The trace of a thread of a child; number 0 is the one that begins.
fn trace(folder: &Path, thread: usize) -> PathBuf {
    folder.join(format!("trace-{thread}"))
}

/// The exit status of a child that did what it was to do: no other program's.
const COMPLETED: i32 = 86;

/// Marks a line that counts only where it is the last one: a call that has not returned.
const PENDING: char = '?';
/// A line that says that the call before it was not made.
const NOT_MADE: &str = "!";

/// What the trace of a child says. A call that the child was killed in did not come back.
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

/// The arguments that bring this executable here again: those that were given, else those that run this test alone. The
/// standard harness names its threads after its tests.
pub(crate) fn child_arguments(given: &[OsString]) -> Vec<OsString> {
    let thread = std::thread::current();
    match thread.name().filter(|name| given.is_empty() && *name != "main") {
        Some(test) => vec![test.into(), "--exact".into(), "--nocapture".into()],
        None => given.to_vec(),
    }
}

/// Whether this process is a host.
pub(crate) fn is_host() -> bool {
    std::env::var_os(HOST).is_some()
}

/// Whether this process is a child.
pub(crate) fn is_child() -> bool {
    std::env::var_os(FOLDER).is_some()
}

/// In a child that is to come to this suite, does what it is to do and ends the process.
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
    // Where nobody can be told, the status still tells.
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
    let config = SubjectConfig { newest, server: command.server, is_alone: command.is_alone };
    let logs = (0..=program.threads.len()).map(|thread| ChildTrace::new(&trace(folder, thread)));
    let mut logs = logs.collect::<io::Result<Vec<ChildTrace>>>()?;
    let panicked = match &mut *logs {
        [log] => perform(&program.beginning, make, &config, log),
        logs => perform_parallel(&program, make, &config, logs),
    };
    logs.into_iter().find_map(|log| log.error).map_or(Ok(panicked), Err)
}

/// The trace of a thread of a child.
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
