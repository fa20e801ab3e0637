//! Performs programs in child processes, so that a crash or a hang costs one verdict.
//!
//! A child is the same executable, started again; an environment variable names a folder with its command. The child
//! writes each call to a trace *before* it makes it, as one that crashed, and once more when the call has returned. The
//! last line therefore shows where it stopped. A child that reached its end says so with a secret that it was given: the
//! exit status could come from the engine.

pub(crate) mod child;
pub(crate) mod descendants;
pub(crate) mod process;
pub(crate) mod protocol;
pub(crate) mod worker;

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek};
use std::path::Path;
use std::time::{Duration, Instant};

use self::process::ChildProcess;
use self::protocol::{ALONE, COMMAND, COMPLETED, ChildCommand, FOLDER, parse, trace};
use super::SubjectConfig;
use super::patience::Patience;
use super::run::{HangSite, ProgramRun, RunEnd, StepEvent};
use crate::call::{Call, Ending};
use crate::conformance::program::notation::parallel::ParallelProgramJson;
use crate::conformance::program::parallel::ParallelProgram;
use crate::conformance::temporary::TemporaryFolder;
use crate::hresult::{E_NOINTERFACE, HRESULT, NamedCode};
use crate::trace::EventKind;

/// How children are started.
#[derive(Debug)]
pub(crate) struct Isolation<'a> {
    /// How long a call may take.
    pub(crate) patience: &'a Patience,
    /// The arguments with which the executable gets to the suite again.
    pub(crate) arguments: Vec<OsString>,
    /// The suite, among those of the executable.
    pub(crate) suite: String,
}

/// How long a child may take to get to its suite, in addition to the time-out of its first call.
const START: Duration = Duration::from_secs(20);

impl Isolation<'_> {
    /// Performs a program in a child process, and in a second one if the system could not run the first: Wine fails now and
    /// then with an internal error.
    pub(crate) fn perform(&self, program: &ParallelProgram, config: &SubjectConfig) -> ProgramRun {
        let run = || self.try_perform(program, config);
        let run_again = |error: io::Error| if error.raw_os_error().is_some() { run() } else { Err(error) };
        run().or_else(run_again).unwrap_or_else(kit_failed)
    }

    fn try_perform(&self, program: &ParallelProgram, config: &SubjectConfig) -> io::Result<ProgramRun> {
        let folder = TemporaryFolder::new()?;
        let command = ChildCommand {
            suite: self.suite.clone(),
            newest: config.newest.to_string(),
            server: config.server.clone(),
            hosts_alone: config.hosts_alone,
            bystanders: config.bystanders.clone(),
            program: ParallelProgramJson::of(program),
        };
        std::fs::write(folder.path().join(COMMAND), serde_json::to_vec(&command)?)?;
        let traces = (0..=program.threads.len()).map(|thread| TraceFile::new(&trace(folder.path(), thread)));
        let mut traces: Vec<TraceFile> = traces.collect::<io::Result<_>>()?;
        let secret = format!("{:032x}", fastrand::u128(..));
        let mut child = ChildProcess::start(FOLDER, &self.arguments, folder.path())?;
        // A child that has already ended shows that by its status.
        let _: io::Result<()> = child.send(&secret);
        let exited = self.watch(&mut child, &mut traces)?;
        let is_alone = exited && traces[0].text()?.ends_with(&format!("{COMPLETED}{ALONE}{secret}\n"));
        if is_alone {
            child.has_ended_alone();
        }
        let status = child.end()?;
        let texts = traces.iter_mut().map(TraceFile::text).collect::<io::Result<Vec<String>>>()?;
        let has_ended = is_alone || texts[0].ends_with(&format!("{COMPLETED}{secret}\n"));
        let is_complete = has_ended && status.success();
        if texts.iter().any(String::is_empty) {
            let words = child.last_words().unwrap_or_default();
            return Err(io::Error::other(format!(
                "it ended with {status} before it reached the suite; give the arguments that lead there to \
                 `Suite::child_arguments`. {words}"
            )));
        }
        let lanes = texts.iter().map(|text| parse(text, exited)).collect::<io::Result<Vec<_>>>()?;
        let end = match (exited, no_client(lanes.iter().flatten())) {
            (true, Some(refusal)) if is_complete => {
                let words = child.last_words();
                let why = words.as_deref().and_then(|words| words.lines().last()).unwrap_or("it printed no reason");
                RunEnd::KitFailed(format!(
                    "the engine makes no client object: DebugCreate returned {}: {why}",
                    NamedCode(refusal)
                ))
            }
            (true, None) if is_complete => RunEnd::Completed,
            (true, _) => RunEnd::Crashed(child.last_words().unwrap_or_else(|| format!("it ended with {status}"))),
            (false, _) => RunEnd::TimedOut,
        };
        Ok(ProgramRun::of(lanes, end))
    }

    /// Waits while the child makes progress, and returns whether it exited by itself.
    fn watch(&self, child: &mut ChildProcess, traces: &mut [TraceFile]) -> io::Result<bool> {
        let begun = Instant::now();
        let (mut before, mut since) = (0, begun);
        loop {
            if child.wait_at_most(self.patience.shortest() / 2)?.is_some() {
                return Ok(true);
            }
            let lengths = traces.iter().map(TraceFile::length).collect::<io::Result<Vec<u64>>>()?;
            let written = lengths.iter().sum();
            if written != before {
                (before, since) = (written, Instant::now());
                continue;
            }
            // Until the child has reached its suite, it cannot have made a call.
            let start = if lengths.contains(&0) { START } else { Duration::ZERO };
            if since.elapsed() >= start + self.limit(traces)? {
                return Ok(false);
            }
        }
    }

    /// Returns how long the child may write nothing: as long as one of its calls may take.
    fn limit(&self, traces: &mut [TraceFile]) -> io::Result<Duration> {
        let mut sites = Vec::new();
        for trace in traces {
            let text = trace.text()?;
            let events = if text.is_empty() { Vec::new() } else { parse(&text, false)? };
            let last = events.last().and_then(|(_, event)| event.call());
            let pending = last.filter(|recorded| recorded.outcome.ending == Ending::TimedOut);
            sites.extend(pending.map(|recorded| HangSite::Call(recorded.call.method())));
        }
        let limits = sites.into_iter().map(|site| self.patience.limit(site));
        Ok(limits.max().unwrap_or_else(|| self.patience.limit(HangSite::BetweenCalls)))
    }
}

/// The trace of one thread of a child. It stays readable after the child has removed its name.
struct TraceFile(File);

impl TraceFile {
    fn new(path: &Path) -> io::Result<TraceFile> {
        OpenOptions::new().read(true).write(true).create_new(true).open(path).map(TraceFile)
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn text(&mut self) -> io::Result<String> {
        let mut text = String::new();
        self.0.rewind()?;
        self.0.read_to_string(&mut text)?;
        Ok(text)
    }
}

/// Returns how DebugCreate refused every client object. E_NOINTERFACE does not count: such an engine lacks an interface.
fn no_client<'e>(events: impl Iterator<Item = &'e StepEvent>) -> Option<HRESULT> {
    let creates = events.filter_map(|(_, event)| match &event.kind {
        EventKind::Call(recorded) => {
            matches!(recorded.call, Call::DebugCreate { .. }).then(|| recorded.outcome.hresult())
        }
        _ => None,
    });
    let refusal = |made: Option<HRESULT>| made.filter(|code| code.is_err() && *code != E_NOINTERFACE);
    creates.map(refusal).collect::<Option<Vec<_>>>()?.pop()
}

fn kit_failed(error: io::Error) -> ProgramRun {
    ProgramRun::ended(RunEnd::KitFailed(format!("the child process could not be used: {error}")))
}
