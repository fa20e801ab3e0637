//! A child process: its start, its output and its end.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::descendants::{end_group, end_strays};

/// How many of the last lines that a subject printed are kept, and how many bytes.
const LAST_WORDS: (usize, usize) = (5, 4096);

/// A process that has printed more than so many bytes floods its output.
const MOST_PRINTED: u64 = 256 << 20;

/// How long the end of the output is awaited after everything that could print has ended.
const OUTPUT_END: Duration = Duration::from_secs(1);

/// The first and the longest pause between two questions whether a process has exited.
const PAUSES: (Duration, Duration) = (Duration::from_micros(100), Duration::from_millis(2));

/// A child process. It ends, with everything that it started, when this is dropped or when this process ends.
pub(super) struct ChildProcess {
    child: Child,
    folder: PathBuf,
    words: LastWords,
    has_ended: bool,
    /// The child ends itself when its standard input ends.
    lifeline: ChildStdin,
}

impl ChildProcess {
    /// Starts this executable again, with a folder in an environment variable.
    pub(super) fn start(variable: &'static str, arguments: &[OsString], folder: &Path) -> io::Result<ChildProcess> {
        let mut command = Command::new(std::env::current_exe()?);
        // A group of its own can be ended as a whole.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command
            .args(arguments)
            .env(variable, folder)
            // The last lines shall say what went wrong, not where.
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let (Some(lifeline), Some(output)) = (child.stdin.take(), child.stderr.take()) else {
            return Err(io::Error::other("the child has no standard input and output"));
        };
        let (folder, words) = (folder.to_owned(), LastWords::of(output));
        Ok(ChildProcess { child, folder, words, has_ended: false, lifeline })
    }

    /// Writes a line to the standard input of the process.
    pub(super) fn send(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.lifeline, "{line}")
    }

    pub(super) fn wait_at_most(&mut self, limit: Duration) -> io::Result<Option<ExitStatus>> {
        wait_at_most(&mut self.child, limit)
    }

    /// Whether the process prints so much that its output takes most of the time.
    pub(super) fn floods(&self) -> bool {
        self.words.printed.load(Ordering::Relaxed) > MOST_PRINTED
    }

    /// Notes that the process has exited, and that nothing runs that it started.
    pub(super) fn has_ended_alone(&mut self) {
        self.has_ended = true;
    }

    /// Ends the process and everything that it started.
    pub(super) fn end(&mut self) -> io::Result<ExitStatus> {
        if !self.has_ended {
            end_group(self.child.id());
            self.child.kill()?;
            end_strays(&self.folder);
            self.has_ended = true;
        }
        self.child.wait()
    }

    /// Returns the last lines that the process printed. It has ended.
    pub(super) fn last_words(&self) -> Option<String> {
        let words = self.words.lines();
        Some(words).filter(|words| !words.is_empty())
    }
}

impl Drop for ChildProcess {
    fn drop(&mut self) {
        // A process that cannot be ended must not cost a verdict.
        let _: io::Result<ExitStatus> = self.end();
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

/// Reads what a process prints, and keeps the end of it.
struct LastWords {
    kept: Arc<Mutex<VecDeque<u8>>>,
    /// The number of bytes so far.
    printed: Arc<AtomicU64>,
    end: Receiver<()>,
}

impl LastWords {
    fn of(mut output: impl Read + Send + 'static) -> LastWords {
        let (kept, printed, (ended, end)) = (Arc::new(Mutex::new(VecDeque::new())), Arc::default(), channel());
        let words = LastWords { kept: Arc::clone(&kept), printed: Arc::clone(&printed), end };
        thread::spawn(move || {
            let mut read = [0; LAST_WORDS.1];
            while let Ok(count @ 1..) = output.read(&mut read) {
                let mut kept = kept.lock();
                kept.extend(&read[..count]);
                let excess = kept.len().saturating_sub(LAST_WORDS.1);
                kept.drain(..excess);
                printed.fetch_add(count as u64, Ordering::Relaxed);
            }
            drop(ended);
        });
        words
    }

    fn lines(&self) -> String {
        // A process that could not be ended may hold the output open.
        let _ended = self.end.recv_timeout(OUTPUT_END);
        let kept: Vec<u8> = self.kept.lock().iter().copied().collect();
        let text = String::from_utf8_lossy(&kept);
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        lines[lines.len().saturating_sub(LAST_WORDS.0)..].join("\n")
    }
}
