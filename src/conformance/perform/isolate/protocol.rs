//! How a child process gets its program, and how it returns the calls.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;

use serde::{Deserialize, Serialize};

use crate::call::Ending;
use crate::conformance::perform::run::StepEvent;
use crate::conformance::program::notation::parallel::ParallelProgramJson;
use crate::process::Process;
use crate::trace::{Event, EventKind, Reader, processes, write_processes};

/// The environment variable with the folder of a child.
pub(crate) const FOLDER: &str = "DBGENG_TESTKIT_CHILD";

/// The environment variable of a process that a subject started to host servers, with the folder of the child that did. Such a
/// process only makes an engine, which takes over.
pub(crate) const HOST: &str = "DBGENG_TESTKIT_HOST";

/// The file in the folder with the [`ChildCommand`]. Each thread writes a [`trace`] beside it.
pub(super) const COMMAND: &str = "command.json";

/// Marks a call that has not returned. Such a line counts only if it is the last one.
pub(super) const PENDING: char = '?';
/// A line that says that the call before it was not made.
pub(super) const NOT_MADE: &str = "!";
/// The last line begins so if the program was performed to its end. The secret of the child follows.
pub(super) const COMPLETED: char = '=';
/// Stands before the secret if nothing runs that the child has started.
pub(super) const ALONE: &str = "alone ";

/// The program that a child has to perform.
#[derive(Serialize, Deserialize)]
pub(super) struct ChildCommand {
    /// The suite that has to perform it.
    pub(super) suite: String,
    pub(super) newest: String,
    pub(super) server: Option<String>,
    pub(super) hosts_alone: bool,
    #[serde(serialize_with = "write_processes", deserialize_with = "processes")]
    pub(super) bystanders: Vec<Process>,
    pub(super) program: ParallelProgramJson,
}

/// Returns the path of the trace of a thread; thread 0 performs the beginning.
pub(super) fn trace(folder: &Path, thread: usize) -> PathBuf {
    folder.join(format!("trace-{thread}"))
}

/// Reads the text of a child's trace. If the child was killed, its last call timed out. The last line may be cut off.
pub(super) fn parse(text: &str, exited: bool) -> io::Result<Vec<StepEvent>> {
    let mut steps = Vec::new();
    let mut events = String::new();
    let whole = text.rfind('\n').map_or(0, |end| end + 1);
    let mut lines = text[..whole].lines().peekable();
    while let Some(line) = lines.next() {
        let is_overtaken = line.starts_with(PENDING) && lines.peek().is_some();
        if line == NOT_MADE || line.starts_with(COMPLETED) || is_overtaken {
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
