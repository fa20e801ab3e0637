//! Programs: calls that name handles and client objects by their place in the run, so that every program can be run and
//! every part of one is a program.

use crate::call::{Call, Caller};
use crate::client::Place;

/// A run to be made: where processes are started, and what is done in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// The host processes, which are there before the first step. Process 0 is the engine itself; these are 1, 2, ….
    pub hosts: Vec<Host>,
    /// What is done, in this order.
    pub steps: Vec<Step>,
}

/// A process that hosts a process server from the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// On which computer.
    pub place: Place,
    /// Its server's connection string.
    pub options: String,
}

/// One step of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A call.
    Call {
        /// Who makes it. The process and the client object are taken modulo those that there are.
        by: Caller,
        /// The call. Its handle is filled in, and in its strings `@0`, `@1`, … stand for the name of that process's
        /// computer.
        call: Call,
        /// The handle that it names, if it takes one.
        handle: HandleName,
        /// The process that it names, if it takes one: the n-th of those that are known, modulo one more, which is
        /// none.
        target: usize,
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
    /// A value that nobody issued, or that another process was given.
    Stranger(u64),
    /// Zero.
    Zero,
}
