//! Every short program: what two handles and one server beside them can come to in a few lifecycle calls.

use super::{HandleName, ProcessRef, Program, ProgramHost, Step};
use crate::call::{Call, Caller, Pointer};

/// The process that hosts the server.
const HOST: u32 = 1;

/// All programs of a number of lifecycle calls. Every shorter one is the beginning of some of them.
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
    /// The programs of `depth` calls.
    pub fn new(depth: u32) -> ShortPrograms {
        ShortPrograms { depth, number: 0 }
    }

    /// How many programs there are.
    pub fn programs(&self) -> u64 {
        (alphabet().len() as u64).saturating_pow(self.depth)
    }
}

impl Iterator for ShortPrograms {
    type Item = Program;

    /// The program's number, in the system whose digits are the alphabet, and in the end a look at both handles.
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
