//! Programs: calls that name handles, client objects and processes by their place in the run, so that every program can
//! be run on any engine and every part of one is a program.

pub(super) mod from_trace;
pub(super) mod generate;
pub(super) mod notation;
pub(super) mod parallel;
pub(super) mod placeholders;
pub(super) mod short_programs;
pub(super) mod shrink;

use crate::call::{Call, Caller};
use crate::client::HostLocation;

/// A run to be made: where processes are started, and what is done in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// The host processes, which are there before the first step. Process 0 is the engine itself; these are 1, 2, ….
    pub hosts: Vec<ProgramHost>,
    /// What is done, in this order.
    pub steps: Vec<Step>,
}

/// A process that hosts a process server from the start. An engine that can start no other process hosts it itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramHost {
    /// On which computer.
    pub place: HostLocation,
    /// Its server's connection string; `None` starts no server.
    pub options: Option<String>,
}

/// One step of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A call.
    Call {
        /// Who makes it. The process and the client object are taken modulo those that there are.
        by: Caller,
        /// The call. Its handle is filled in, and in its strings `@0`, `@1`, … stand for the name of that process's
        /// computer, and what [`Placeholder`] lists for names of processes.
        call: Call,
        /// The handle that it names, if it takes one.
        handle: HandleName,
        /// The process that it names, if it takes one and that is not 0.
        target: ProcessRef,
    },
    /// A process is ended from outside, if it is a host.
    Kill {
        /// Its number, taken modulo those that there are.
        process: u32,
    },
}

/// A handle by its place in the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandleName {
    /// The n-th that was issued in this process and is not closed, modulo their number.
    Open(usize),
    /// The n-th that was closed in this process, modulo their number.
    Stale(usize),
    /// What the n-th ConnectProcessServer of the run issued, in whichever state it is.
    Issued(usize),
    /// The same with these bits flipped.
    Altered(usize, u64),
    /// A value that nobody issued, or that another process was given.
    Raw(u64),
    /// Zero.
    Zero,
}

/// A process of the computer by its place among those that are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProcessRef {
    /// The n-th, modulo one more, which is none.
    Nth(usize),
    /// The first whose executable name no other has: [`Placeholder::ONLY`].
    Only,
    /// None that is known.
    Unknown,
}

/// What stands in the strings of a program for the names of processes that are known.
#[derive(Clone, Copy, Debug)]
pub enum Placeholder {}

impl Placeholder {
    /// The file name of the first process whose name no other has.
    pub const ONLY: &str = "@only";
    /// The same in capitals.
    pub const ONLY_IN_CAPITALS: &str = "@ONLY";
    /// The same without its extension.
    pub const STEM: &str = "@stem";
    /// The path of the same.
    pub const PATH: &str = "@path";
    /// The same file name in a directory that is not there.
    pub const PATH_ELSEWHERE: &str = "@elsewhere";
    /// The file name of the first process whose name others have, too.
    pub const SEVERAL: &str = "@several";
}

impl Program {
    /// The program with no wait that lasts longer than this, in milliseconds: where time is real, one that nobody ends
    /// would not come back.
    pub(super) fn cap_waits(mut self, longest: u32) -> Program {
        for step in &mut self.steps {
            if let Step::Call { call, .. } = step {
                call.shorten_wait(longest);
            }
        }
        self
    }
}

impl ProgramHost {
    /// A process server on the engine's own computer, without a password.
    pub fn plain() -> ProgramHost {
        ProgramHost { place: HostLocation::Here, options: Some("tcp:port=7001".to_owned()) }
    }

    /// The connection string that reaches the server of this host, the one of that number. It is right for strings whose
    /// items mean the same on both sides.
    pub(super) fn client_string(&self, number: usize) -> Option<String> {
        let (transport, items) = self.options.as_deref()?.split_once(':')?;
        Some(format!("{transport}:server=@{},{items}", number + 1))
    }
}
