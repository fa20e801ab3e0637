//! Bystanders: processes that the kit starts so that it knows some of those that run on a real computer.
//!
//! Each is this executable under a name of its own, started again with an environment variable. It prints what it knows of
//! itself, and waits until its input ends: when the kit ends it, or has ended itself.

mod pool;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub(super) use self::pool::BystanderPool;
use super::perform::isolate::protocol::{FOLDER, HOST};
use super::temporary::TemporaryFolder;
use crate::process::Process;

/// The environment variable of a bystander.
const BYSTANDER: &str = "DBGENG_TESTKIT_BYSTANDER";

/// The start of the line of a bystander, since a harness may print as well.
const MARK: &str = "dbgeng-testkit bystander: ";

/// How long a bystander may take to print its line.
const START: Duration = Duration::from_secs(20);

/// The ends of the executable names. The first one is unique, and two processes have the second one. The third is one
/// that 8-bit strings lack, outside the basic plane.
const NAMES: [&str; 4] = ["", "-twin", "-twin", "-\u{1d538}"];

/// The facts that a process tells about itself.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct OwnFacts {
    pub(crate) session: Option<u32>,
    pub(crate) user: Option<String>,
    pub(crate) command_line: Option<String>,
}

/// In a bystander, tells these facts, waits for the end, and exits. Returns at once in any other process.
pub(crate) fn stand_by_if_bystander(facts: impl FnOnce() -> OwnFacts) {
    if std::env::var_os(BYSTANDER).is_none() {
        return;
    }
    let told = serde_json::to_string(&facts()).map_err(io::Error::other).and_then(|line| {
        let mut output = io::stdout().lock();
        writeln!(output, "\n{MARK}{line}")?;
        output.flush()
    });
    if told.is_ok() {
        // An error ends the input as well.
        let _: io::Result<u64> = io::copy(&mut io::stdin().lock(), &mut io::sink());
    }
    std::process::exit(0)
}

/// Returns the facts that any process knows.
pub(crate) fn facts_without_the_system() -> OwnFacts {
    let arguments: Vec<String> = std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect();
    OwnFacts { command_line: Some(arguments.join(" ")), ..OwnFacts::default() }
}

/// Running bystanders, whose names no other process has. They end when they are dropped.
pub(super) struct Bystanders {
    all: Vec<Bystander>,
    arguments: Vec<OsString>,
    /// Removed when every process has ended.
    _folder: TemporaryFolder,
}

impl Bystanders {
    /// Starts them. `arguments` are those with which this executable gets to its suite.
    pub(super) fn start(arguments: Vec<OsString>) -> io::Result<Bystanders> {
        let folder = TemporaryFolder::new()?;
        let own = std::env::current_exe()?;
        let place = plain(fs::canonicalize(folder.path())?);
        let tag = format!("bystander-{:08x}", fastrand::u32(..));
        let mut copies: Vec<PathBuf> = Vec::new();
        for end in NAMES {
            let copy = place.join(format!("{tag}{end}.exe"));
            // Windows may show another name of the same file, and does not remove a name while a process runs the file.
            let is_linked = cfg!(unix) && fs::hard_link(&own, &copy).is_ok();
            if !is_linked && !copies.contains(&copy) {
                fs::copy(&own, &copy)?;
            }
            copies.push(copy);
        }
        let starting: Vec<StartingBystander> =
            copies.iter().map(|copy| StartingBystander::new(copy, &arguments)).collect::<io::Result<_>>()?;
        let all = starting.into_iter().map(StartingBystander::started).collect::<io::Result<_>>()?;
        Ok(Bystanders { all, arguments, _folder: folder })
    }

    /// Returns the facts about them, in the order in which they started.
    pub(super) fn facts(&self) -> Vec<Process> {
        self.all.iter().map(|bystander| bystander.facts.clone()).collect()
    }

    /// Starts those again that have ended, and those with these ids: a debugger may have left them in any state. Two of one
    /// name start in their order.
    fn renew(&mut self, targets: &[u32]) -> io::Result<()> {
        let is_gone = |bystander: &mut Bystander| {
            targets.contains(&bystander.facts.id) || !matches!(bystander.child.try_wait(), Ok(None))
        };
        let gone: Vec<String> =
            self.all.iter_mut().filter_map(|one| is_gone(one).then(|| one.facts.exe.clone())).collect();
        let mut starting = Vec::new();
        for (at, bystander) in self.all.iter_mut().enumerate() {
            if gone.contains(&bystander.facts.exe) {
                bystander.end();
                let exe = PathBuf::from(&bystander.facts.exe);
                starting.push((at, StartingBystander::new(&exe, &self.arguments)?));
            }
        }
        for (at, starting) in starting {
            self.all[at] = starting.started()?;
        }
        Ok(())
    }
}

/// A process of which the first line is awaited.
struct StartingBystander {
    child: Child,
    exe: String,
}

impl StartingBystander {
    fn new(exe: &Path, arguments: &[OsString]) -> io::Result<StartingBystander> {
        let text =
            exe.to_str().ok_or_else(|| io::Error::other("the folder for temporary files has no name in Unicode"))?;
        let child = Command::new(exe)
            .args(arguments)
            .env_remove(FOLDER)
            .env_remove(HOST)
            .env(BYSTANDER, "")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(StartingBystander { child, exe: text.to_owned() })
    }

    fn started(mut self) -> io::Result<Bystander> {
        let output = self.child.stdout.take();
        let mut bystander = Bystander { facts: Process::new(self.child.id(), self.exe), child: self.child };
        let OwnFacts { session, user, command_line } = output.map_or_else(|| Ok(OwnFacts::default()), first_line)?;
        let architecture = match std::env::consts::ARCH {
            "x86_64" => Process::AMD64.to_owned(),
            "aarch64" => "ARM64".to_owned(),
            other => other.to_owned(),
        };
        bystander.facts = Process { session, user, command_line, architecture, ..std::mem::take(&mut bystander.facts) };
        Ok(bystander)
    }
}

/// Reads what a bystander tells. Another thread reads, since the executable may never get there.
fn first_line(output: impl Read + Send + 'static) -> io::Result<OwnFacts> {
    let (lines, told) = channel();
    thread::spawn(move || {
        let mut output = BufReader::new(output);
        let mut line = Vec::new();
        while output.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            if let Some((_, text)) = String::from_utf8_lossy(&line).split_once(MARK) {
                // Nobody listens any more if it took too long.
                let _sent = lines.send(text.to_owned());
                return;
            }
            line.clear();
        }
    });
    let line = told.recv_timeout(START).map_err(|error| {
        let what = match error {
            RecvTimeoutError::Timeout => "is still not there",
            RecvTimeoutError::Disconnected => "ended before it was there",
        };
        io::Error::other(format!(
            "a process that the kit started to be listed and described {what}; give the arguments that lead to the suite \
             to `Suite::child_arguments`"
        ))
    })?;
    Ok(serde_json::from_str(&line)?)
}

struct Bystander {
    child: Child,
    facts: Process,
}

impl Bystander {
    fn end(&mut self) {
        // The process may be gone.
        let _: io::Result<()> = self.child.kill();
        let _: io::Result<ExitStatus> = self.child.wait();
    }
}

impl Drop for Bystander {
    fn drop(&mut self) {
        self.end();
    }
}

/// Returns a path as other programs show it: without the prefix that Windows has for long ones.
fn plain(path: PathBuf) -> PathBuf {
    let text: &OsStr = path.as_os_str();
    match text.to_str().and_then(|text| text.strip_prefix(r"\\?\")) {
        Some(plain) => PathBuf::from(plain),
        None => path,
    }
}
