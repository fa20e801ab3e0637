//! All short programs: sequences of lifecycle calls on two handles and one server.

use super::{HandleName, ProcessRef, Program, ProgramHost, Step};
use crate::call::{Call, Caller, Pointer};

/// The process that hosts the server.
const HOST: u32 = 1;

/// Iterates over all programs with a number of lifecycle calls. Each contains the shorter ones as beginnings.
///
/// No two programs make the same calls: before the first connect both handles are unknown, so only one of them is named.
///
/// ```
/// use dbgeng_testkit::conformance::ShortPrograms;
///
/// assert_eq!(ShortPrograms::new(2).count(), 18);
/// ```
#[derive(Clone, Debug)]
pub struct ShortPrograms {
    depth: u32,
    alphabet: [Step; 6],
    /// The number of the next sequence of calls, in a numbering that counts repeated ones as well.
    number: u64,
}

impl ShortPrograms {
    /// Returns the programs of `depth` calls.
    pub fn new(depth: u32) -> ShortPrograms {
        ShortPrograms { depth, alphabet: alphabet(), number: 0 }
    }

    /// Returns the number of programs.
    pub fn programs(&self) -> u64 {
        // Sequences that begin with a connect, and those with one of the three other calls before it.
        let count = |shorter: u64, calls: u32| 6u64.saturating_pow(calls).saturating_add(shorter.saturating_mul(3));
        (0..self.depth).fold(1, count)
    }
}

impl Iterator for ShortPrograms {
    type Item = Program;

    /// The digits of the sequence's number select its calls, the highest one the first, so that most programs begin like the
    /// one before. Two queries at the end show both handles.
    fn next(&mut self) -> Option<Program> {
        let base = self.alphabet.len() as u64;
        let digits =
            |number: u64| (0..self.depth).rev().map(move |place| (number / base.saturating_pow(place) % base) as usize);
        let is_new =
            |number: &u64| !digits(*number).take_while(|digit| *digit != CONNECT).any(|digit| SECOND.contains(&digit));
        let number = (self.number..base.saturating_pow(self.depth)).find(is_new)?;
        let steps = digits(number).map(|digit| self.alphabet[digit].clone()).chain([look(0), look(1)]).collect();
        self.number = number + 1;
        Some(Program { hosts: vec![ProgramHost::plain()], steps })
    }
}

/// The place of the connect in the alphabet.
const CONNECT: usize = 0;

/// The places of the calls in the alphabet that name the second handle.
const SECOND: [usize; 2] = [2, 4];

fn alphabet() -> [Step; 6] {
    let connect =
        Call::ConnectProcessServer { remote_options: ProgramHost::plain().client_string(0), server: Pointer::Given };
    let disconnect = || Call::DisconnectProcessServer { server: 0 };
    let end = || Call::EndProcessServer { server: 0 };
    [
        step(0, connect, HandleName::Zero),
        step(0, disconnect(), HandleName::Issued(0)),
        step(0, disconnect(), HandleName::Issued(1)),
        step(0, end(), HandleName::Issued(0)),
        step(0, end(), HandleName::Issued(1)),
        step(HOST, Call::WaitForProcessServerEnd { timeout: 0 }, HandleName::Zero),
    ]
}

fn look(handle: usize) -> Step {
    let (ids, actual_count) = (Pointer::Given, Pointer::Given);
    let call = Call::GetRunningProcessSystemIds { server: 0, ids, count: 64, actual_count };
    step(0, call, HandleName::Issued(handle))
}

fn step(process: u32, call: Call, handle: HandleName) -> Step {
    Step::Call { by: Caller { process, ..Caller::default() }, call, handle, target: ProcessRef::Unknown }
}
