//! The work of a child process.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, Read, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

use super::descendants::{adopt_orphans, end_all, is_childless, stop_if_ending};
use super::protocol::{ALONE, COMMAND, COMPLETED, ChildCommand, FOLDER, NOT_MADE, PENDING, trace};
use crate::call::{Call, Caller, Ending};
use crate::client::Engine;
use crate::conformance::perform::run::pending;
use crate::conformance::perform::threads::perform_parallel;
use crate::conformance::perform::{SubjectConfig, Witness, perform};
use crate::interface::Interface;
use crate::trace::{EngineName, Event, EventKind, Header, Writer};
use crate::transcript::process_name;

/// In a child of this suite, performs its command and exits.
pub(crate) fn run_child(suite: &str, make: impl FnOnce() -> Box<dyn Engine>) {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let status = match read_command(&folder) {
        Ok(command) if command.suite != suite => return,
        Ok(command) => match run_command(&folder, command, make) {
            Ok(None) => 0,
            Ok(Some(panicked)) => report_error(&panicked),
            Err(error) => report_error(&error.to_string()),
        },
        Err(error) => report_error(&error.to_string()),
    };
    // An exit would stop the search for what this process has started.
    stop_if_ending();
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
    let ChildCommand { server, hosts_alone, bystanders, .. } = command;
    let config = SubjectConfig { newest, server, hosts_alone, bystanders, ..SubjectConfig::default() };
    let logs = (0..=program.threads.len()).map(|thread| ChildTrace::new(&trace(folder, thread)));
    let mut logs = logs.collect::<io::Result<Vec<ChildTrace>>>()?;
    // The parent holds the files open, so nothing stays if it is killed. On failure it removes them itself.
    let _: io::Result<()> = std::fs::remove_dir_all(folder);
    let mut secret = String::new();
    io::stdin().lock().read_line(&mut secret)?;
    let (adopts_orphans, folder) = (adopt_orphans(), folder.to_owned());
    thread::spawn(move || {
        // The input ends with the parent.
        while io::stdin().lock().read(&mut [0]).is_ok_and(|bytes| bytes > 0) {}
        end_all(&folder)
    });
    let panicked = match &mut *logs {
        [log] => perform([&program.beginning], make, &config, log),
        logs => perform_parallel(&program, make, &config, logs),
    };
    if let Some(error) = logs.iter_mut().find_map(|log| log.error.take()) {
        return Err(error);
    }
    if panicked.is_none() {
        let alone = if adopts_orphans && is_childless() { ALONE } else { "" };
        write!(logs[0].file, "{COMPLETED}{alone}{secret}")?;
    }
    Ok(panicked)
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
        let mut file = OpenOptions::new().append(true).open(trace)?;
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
        stop_if_ending();
        self.write(&PENDING.to_string(), step, &pending(seq, by, call.clone(), Ending::Crashed));
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
