//! Programs: sequences of calls that any engine can run.
//!
//! A program names handles, client objects and processes by their position in the run. So every part of a program is a
//! program, which makes shrinking deletion.
//!
//! In its connection strings, the ports from 7000 to 7999 and all pipes are names as well. Each run binds them to ports
//! that are free and pipes that nobody has, so that runs at the same time on one computer do not meet. Ten names, such as
//! 7010 to 7019, are bound to ports that follow one another, and 7900 to 7949 to ports that are almost those of 7000 to
//! 7009. Events, traces and reports have the names.

pub(super) mod from_trace;
pub(super) mod generate;
pub(super) mod notation;
pub(super) mod parallel;
pub(super) mod placeholders;
pub(super) mod short_programs;
pub(super) mod shrink;

use crate::call::{Call, Caller};
use crate::client::HostLocation;

/// A program: processes that host servers, and steps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// The host processes, which run before the first step. Process 0 is the engine itself; these are 1, 2, ….
    pub hosts: Vec<ProgramHost>,
    /// The steps, in the order in which they are made.
    pub steps: Vec<Step>,
}

/// A process that hosts a process server from the start. An engine that cannot start processes hosts the server itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProgramHost {
    /// The computer on which it runs.
    pub place: HostLocation,
    /// The connection string of its server; `None` starts no server.
    pub options: Option<String>,
}

/// A step of a program.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// A call.
    Call {
        /// The caller. Its process and client object are taken modulo the number that exist.
        by: Caller,
        /// The call. Its handle and its process id are filled in when it is made. In its strings `@0`, `@1`, … stand
        /// for the computers of these processes, `@begins-1`, `@ends-1` and `@other-1` for names that are almost that of
        /// `@1`, and the [`Placeholder`]s for names of processes. A size within 8 of 2³¹ is as far from the size that the
        /// engine reported last for the same output.
        call: Call,
        /// The handle that it names, if it takes one.
        handle: HandleName,
        /// The process that it names, if it takes an id other than 0.
        target: ProcessRef,
    },
    /// Kills a host process.
    Kill {
        /// Its number, modulo the number of processes.
        process: u32,
    },
    /// Lets time pass, so that something that takes a moment is done.
    Pause {
        /// The length in milliseconds.
        ms: u32,
    },
}

/// A handle by its position in the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HandleName {
    /// The n-th open handle of this process, modulo their number.
    Open(usize),
    /// The n-th stale handle of this process, modulo their number.
    Stale(usize),
    /// The handle that the n-th ConnectProcessServer of the run issued, whatever its state.
    Issued(usize),
    /// The same, altered. If that is zero or was issued as well, a value that was never issued.
    Altered(usize, Alteration),
    /// This value: not issued at all, or issued to another process.
    Raw(u64),
    /// Zero.
    Zero,
}

/// An alteration of a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Alteration {
    /// These bits are flipped.
    Flipped(u64),
    /// The high half is cut off.
    LowHalf,
    /// The low half with its sign extended, as a 32-bit integer would be.
    SignExtended,
    /// The halves are swapped.
    HalvesSwapped,
    /// This is added, with 2⁶⁴ − 1 for minus one.
    Plus(u64),
}

/// A running process by its position among those of the computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProcessRef {
    /// The n-th, modulo their number plus one; the last position stands for an unknown id.
    Nth(usize),
    /// The first process with a unique executable name: [`Placeholder::ONLY`].
    Only,
    /// The id of the n-th, modulo their number, with these bits flipped. If a process has that id, an unknown one.
    Altered(usize, u32),
    /// The highest id, 2³² − 1, which no process has.
    Highest,
    /// Id four, which is that of the system (OBS-75).
    System,
    /// An id that no process has.
    Unknown,
}

/// Placeholders in the strings of a program for the names of running processes.
#[derive(Clone, Copy, Debug)]
pub enum Placeholder {}

impl Placeholder {
    /// The file name of the first process with a unique executable name.
    pub const ONLY: &str = "@only";
    /// The same in capitals.
    pub const ONLY_IN_CAPITALS: &str = "@ONLY";
    /// The same without its extension.
    pub const STEM: &str = "@stem";
    /// The path of the same process.
    pub const PATH: &str = "@path";
    /// The same file name in a directory that does not exist.
    pub const PATH_ELSEWHERE: &str = "@elsewhere";
    /// The file name of the first process whose executable name others share.
    pub const SEVERAL: &str = "@several";
    /// The path of that process.
    pub const SEVERAL_PATH: &str = "@several-path";
    /// An empty name, or `nosuch.exe` if a process may have that.
    pub const EMPTY: &str = "@empty";
    /// The file names of the first processes. After the last process the first one follows.
    pub const NAMES: [&str; 8] =
        ["@name-0", "@name-1", "@name-2", "@name-3", "@name-4", "@name-5", "@name-6", "@name-7"];
    /// The paths of the same processes.
    pub const PATHS: [&str; 8] =
        ["@path-0", "@path-1", "@path-2", "@path-3", "@path-4", "@path-5", "@path-6", "@path-7"];
    /// Paths that are almost that of [`Placeholder::ONLY`]: without the last letter, with one more, with another extension,
    /// on another drive, and in a folder of the same name one level deeper.
    pub const ALMOST_PATH: [&str; 5] =
        ["@begins-path", "@path-longer", "@path-other-extension", "@path-other-drive", "@path-deeper"];
    /// Command lines that start programs of the computers of the first processes, `@program-0` for that of the engine. Each
    /// program runs on no other computer of the run, if such a program is known.
    pub const PROGRAMS: [&str; 3] = ["@program-0", "@program-1", "@program-2"];
    /// A command line that starts a program by a path with blanks, without quotation marks, if a process runs such a program.
    pub const PROGRAM_WITH_BLANKS: &str = "@program-with-blanks";
    /// A command line that starts a program: that of the process of [`ONLY`](Placeholder::ONLY), since a program that runs
    /// is there. If nothing is known of the computer, `C:\windows\system32\winver.exe`, which every Windows has.
    pub const PROGRAM: &str = "@program";
    /// Names that are almost that of [`Placeholder::ONLY`]: without its last letter, without its first, with one more at
    /// its end and at its beginning, and with another letter in the middle.
    pub const ALMOST_ONLY: [&str; 5] = ["@begins-only", "@ends-only", "@only-longer", "@only-later", "@only-other"];
}

/// A size in a program: that which the engine reported last for the same output. Sizes close to it are as far from the
/// reported one, so `WHOLE_SIZE - 1` is one too few for everything.
pub(super) const WHOLE_SIZE: u32 = 1 << 31;

impl Program {
    /// Shortens every wait to at most this, in milliseconds: in real time an infinite wait without an end would never return.
    pub(super) fn cap_waits(mut self, longest: u32) -> Program {
        for step in &mut self.steps {
            if let Step::Call { call, .. } = step {
                call.shorten_wait(longest);
            }
        }
        self
    }
}

impl Alteration {
    /// Returns the altered handle.
    pub(super) fn of(self, handle: u64) -> u64 {
        match self {
            Alteration::Flipped(bits) => handle ^ bits,
            Alteration::LowHalf => handle & u64::from(u32::MAX),
            Alteration::SignExtended => handle as i32 as u64,
            Alteration::HalvesSwapped => handle.rotate_left(32),
            Alteration::Plus(difference) => handle.wrapping_add(difference),
        }
    }
}

impl ProgramHost {
    /// Returns a host on the engine's computer with a TCP server without a password.
    pub fn plain() -> ProgramHost {
        ProgramHost { place: HostLocation::Here, options: Some("tcp:port=7001".to_owned()) }
    }

    /// Returns the connection string that reaches the server of this host, which is the n-th of its program. Correct
    /// for strings whose items mean the same on both sides.
    pub(super) fn client_string(&self, number: usize) -> Option<String> {
        let (transport, items) = self.options.as_deref()?.split_once(':')?;
        Some(format!("{transport}:server=@{},{items}", number + 1))
    }
}
