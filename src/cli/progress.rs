//! The progress of a long run over traces.

use std::fs;
use std::io::{self, IsTerminal, Read, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::input::is_standard;

/// Shows the progress on standard error if that is a terminal. The clock decides only when it is shown.
#[derive(Debug)]
pub(super) struct ProgressDisplay {
    is_watched: bool,
    started: Instant,
    /// The size of all files together in bytes, if every size is known.
    size: Option<u64>,
    read: Mutex<Counts>,
}

/// The amount that has been read of all files together.
#[derive(Debug)]
struct Counts {
    bytes: u64,
    /// The number of lines. Each is an event, except for the header of a file.
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
            // The size of a pipe or of standard input is unknown. A file that cannot be read has size 0.
            size: files
                .iter()
                .map(|file| match fs::metadata(file) {
                    Ok(file) if file.is_file() => Some(file.len()),
                    Err(_) if !is_standard(file) => Some(0),
                    _ => None,
                })
                .sum(),
            read: Mutex::new(Counts { bytes: 0, lines: 0, shown: started }),
        }
    }

    /// Returns a reader of the input that counts what is read.
    pub(super) fn watch<R: Read>(&self, input: R) -> CountedInput<'_, R> {
        CountedInput { input, progress: self }
    }

    /// Clears the line for other output, and shows nothing until that is printed.
    pub(super) fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        let _keep = self.read.lock();
        self.show(format_args!(""));
        print()
    }

    fn count(&self, text: &[u8]) {
        if !self.is_watched {
            return;
        }
        let mut read = self.read.lock();
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

    /// Replaces the last line.
    fn show(&self, text: std::fmt::Arguments<'_>) {
        if self.is_watched {
            // A display that cannot be written does not stop the work.
            let _: io::Result<()> = write!(io::stderr(), "\r\x1b[K{text}");
        }
    }
}

/// An input that counts what is read of it.
#[derive(Debug)]
pub(super) struct CountedInput<'a, R> {
    input: R,
    progress: &'a ProgressDisplay,
}

impl<R: Read> Read for CountedInput<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(buffer)?;
        self.progress.count(&buffer[..length]);
        Ok(length)
    }
}
