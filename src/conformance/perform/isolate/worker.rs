//! A child process that answers questions until it ends.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use super::descendants::{adopt_orphans, end_all, leaks_processes};
use super::process::ChildProcess;
use crate::conformance::temporary::TemporaryFolder;

/// The environment variable with the folder of a worker.
const FOLDER: &str = "DBGENG_TESTKIT_WORKER";

/// The file in the folder with an answer in each line.
const ANSWERS: &str = "answers";

/// How often an answer is looked for.
const GLANCE: Duration = Duration::from_millis(1);

/// A worker. It ends, with everything that it started, when this is dropped or when this process ends.
pub(crate) struct WorkerProcess {
    process: ChildProcess,
    answers: File,
}

impl WorkerProcess {
    /// Starts this executable again as a worker.
    pub(crate) fn start(arguments: &[OsString]) -> io::Result<WorkerProcess> {
        let folder = TemporaryFolder::new()?;
        let path = folder.path().join(ANSWERS);
        let answers = OpenOptions::new().read(true).write(true).create_new(true).open(path)?;
        let process = ChildProcess::start(FOLDER, arguments, folder.path())?;
        let mut worker = WorkerProcess { process, answers };
        // The folder stays until the worker has opened its file.
        match worker.answer()? {
            Some(_) => Ok(worker),
            None => Err(io::Error::other("the worker ended before it reached the suite")),
        }
    }

    /// Asks a question, and returns the answer. Returns `None` if the worker ended, floods its output or has no answer.
    pub(crate) fn ask(&mut self, question: &str) -> Option<String> {
        self.process.send(question).ok()?;
        self.answer().ok()?.filter(|answer| !answer.is_empty())
    }

    fn answer(&mut self) -> io::Result<Option<String>> {
        let mut answer = Vec::new();
        loop {
            let has_exited = self.process.wait_at_most(GLANCE)?.is_some();
            self.answers.read_to_end(&mut answer)?;
            if answer.pop_if(|last| *last == b'\n').is_some() {
                return String::from_utf8(answer).map(Some).map_err(io::Error::other);
            }
            if has_exited || self.process.floods() {
                return Ok(None);
            }
        }
    }
}

/// Returns the folder of this process, if it is a worker.
pub(crate) fn worker_folder() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

/// Whether this process is a worker that leaks processes, now that it has performed so many more programs.
pub(crate) fn is_leaking_worker(programs: usize) -> bool {
    worker_folder().is_some() && leaks_processes(programs)
}

/// In a worker, answers questions until the parent process ends. After a question without an answer, the parent ends it.
pub(crate) fn serve(folder: &Path, answer: impl Fn(&str) -> Option<String>) -> io::Result<()> {
    let mut answers = OpenOptions::new().append(true).open(folder.join(ANSWERS))?;
    adopt_orphans();
    let (sender, questions) = channel();
    let inherited = folder.to_owned();
    thread::spawn(move || {
        let mut lines = io::stdin().lock().lines().map_while(Result::ok);
        while lines.next().is_some_and(|line| sender.send(line).is_ok()) {}
        end_all(&inherited)
    });
    // The first line says that the suite is reached.
    writeln!(answers)?;
    for question in questions {
        writeln!(answers, "{}", answer(&question).unwrap_or_default())?;
    }
    Ok(())
}
