//! All short programs: sequences of lifecycle calls on two handles and one server.

use super::{HandleName, ProcessRef, Program, ProgramHost, Step};
use crate::call::{Call, Caller, Pointer};

/// The process that hosts the server.
const HOST: u32 = 1;

/// Iterates over all programs with a number of lifecycle calls. Each contains the shorter ones as beginnings.
///
/// ```
/// use dbgeng_testkit::conformance::ShortPrograms;
///
/// assert_eq!(ShortPrograms::new(2).count(), 36);
/// ```
#[derive(Clone, Debug)]
pub struct ShortPrograms {
    depth: u32,
    number: u64,
}

impl ShortPrograms {
    /// Returns the programs of `depth` calls.
    pub fn new(depth: u32) -> ShortPrograms {
        ShortPrograms { depth, number: 0 }
    }

    /// Returns the number of programs.
    pub fn programs(&self) -> u64 {
        (alphabet().len() as u64).saturating_pow(self.depth)
    }
}

impl Iterator for ShortPrograms {
    type Item = Program;

    /// The digits of the program's number select its calls. Two queries at the end show both handles.
    fn next(&mut self) -> Option<Program> {
        let mut rest = Some(self.number).filter(|number| *number < self.programs())?;
        self.number += 1;
        let alphabet = alphabet();
        let base = alphabet.len() as u64;
        let mut steps = Vec::new();
        for _ in 0..self.depth {
            steps.push(alphabet[(rest % base) as usize].clone());
            rest /= base;
        }
        steps.extend([look(0), look(1)]);
        Some(Program { hosts: vec![ProgramHost::plain()], steps })
    }
}

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
