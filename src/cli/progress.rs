//! How far a long run over traces has come.

use std::fs::{self, File};
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Told on standard error, where somebody looks on. The clock decides what is shown, and nothing else.
#[derive(Debug)]
pub(super) struct ProgressDisplay {
    is_watched: bool,
    started: Instant,
    /// Of all files together, in bytes, if all of their sizes are known.
    size: Option<u64>,
    read: Mutex<Counts>,
}

/// What has been read of all files together.
#[derive(Debug)]
struct Counts {
    bytes: u64,
    /// A line is an event, but for the first of a file.
    lines: u64,
    shown: Instant,
}

impl ProgressDisplay {
    const INTERVAL: Duration = Duration::from_millis(250);

    pub(super) fn over(files: &[PathBuf]) -> ProgressDisplay {
        let started = Instant::now();
        ProgressDisplay {
            is_watched: io::stderr().is_terminal(),
            started,
            size: files.iter().map(|file| size(file)).sum(),
            read: Mutex::new(Counts { bytes: 0, lines: 0, shown: started }),
        }
    }

    /// What is read of the file through this counts.
    pub(super) fn watch(&self, file: File) -> CountedFile<'_> {
        CountedFile { file, progress: self }
    }

    /// Makes room for other output, and keeps it until that is done.
    pub(super) fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        let _keep = self.lock();
        self.show(format_args!(""));
        print()
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        // Counts are whole at any time.
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, text: &[u8]) {
        if !self.is_watched {
            return;
        }
        let mut read = self.lock();
        read.bytes += text.len() as u64;
        read.lines += text.iter().filter(|byte| **byte == b'\n').count() as u64;
        if read.shown.elapsed() < Self::INTERVAL {
            return;
        }
        read.shown = Instant::now();
        let millions = |count: u64| count as f64 / 1e6;
        let seconds = self.started.elapsed().as_secs_f64();
        let (events, bytes) = (millions(read.lines), millions(read.bytes));
        let percent = self.size.map(|size| format!(", {} %", read.bytes * 100 / size.max(1))).unwrap_or_default();
        let (events_rate, bytes_rate) = (events / seconds, bytes / seconds);
        let rates = format_args!("{events_rate:.2} million/s, {bytes_rate:.0} MB/s");
        self.show(format_args!("{events:.1} million events, {rates}{percent}"));
    }

    /// Replaces what was shown last.
    fn show(&self, text: std::fmt::Arguments<'_>) {
        if self.is_watched {
            // Where nobody can be shown, the work goes on all the same.
            let _: io::Result<()> = write!(io::stderr(), "\r\x1b[K{text}");
        }
    }
}

/// In bytes, if it is known: of what comes through a pipe it is not. What cannot be read has nothing to be read.
fn size(file: &Path) -> Option<u64> {
    fs::metadata(file).map_or(Some(0), |file| file.is_file().then_some(file.len()))
}

/// A file whose reading is counted.
#[derive(Debug)]
pub(super) struct CountedFile<'a> {
    file: File,
    progress: &'a ProgressDisplay,
}

impl Read for CountedFile<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read(buffer)?;
        self.progress.count(&buffer[..length]);
        Ok(length)
    }
}
