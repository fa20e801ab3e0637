//! Generates random programs of several threads.

use super::{CLIENT_STRINGS, Generator};
use crate::call::{Call, Caller, Pointer};
use crate::client::HostLocation;
use crate::conformance::program::parallel::{ParallelProgram, is_connect, is_for_threads};
use crate::conformance::program::{HandleName, ProcessRef, Program, ProgramHost, Step};
use crate::flags::{Class, INFINITE};

/// The largest number of threads.
const MOST_THREADS: usize = 4;

impl Generator {
    /// Returns the next program of two to four threads. Each thread, and the beginning, has up to `most_steps` steps.
    pub fn parallel_program(&mut self) -> ParallelProgram {
        let mut steps = vec![opening(0)];
        let other = match self.random.u8(..3) {
            0 => Some(self.host()),
            1 => {
                steps.push(opening(2));
                Some(ProgramHost { place: HostLocation::Elsewhere, ..ProgramHost::plain() })
            }
            _ => None,
        };
        let hosts = std::iter::once(ProgramHost::plain()).chain(other).collect();
        steps.extend((0..self.random.usize(..self.most_steps.max(1))).map(|_| self.step_for_threads()));
        let connects = steps.iter().filter(|step| is_connect(step)).count();
        // Two threads suffice for most races.
        let most = self.random.usize(2..=MOST_THREADS);
        let threads = (0..self.random.usize(2..=most)).map(|_| self.thread(connects)).collect();
        ParallelProgram { beginning: Program { hosts, steps }, threads }
    }

    fn thread(&mut self, connects: usize) -> Vec<Step> {
        let steps = self.random.usize(1..=self.most_steps.max(1));
        let mut steps: Vec<Step> = (0..steps).map(|_| self.step_for_threads()).collect();
        for step in &mut steps {
            let Step::Call { by, call, handle, .. } = step else { continue };
            by.process = 0;
            // Threads race for what all of them name, which is mostly the first handle.
            match (call.server(), self.random.u8(..6)) {
                (Some(_), 0..=1) => *handle = HandleName::Issued(0),
                (Some(_), 2) => *handle = HandleName::Issued(self.random.usize(..connects + 2)),
                _ => {}
            }
        }
        steps
    }

    /// Returns a step that a thread can make beside others and that returns at once.
    fn step_for_threads(&mut self) -> Step {
        loop {
            let Step::Call { mut by, mut call, handle, target } = self.step() else { continue };
            if !is_for_threads(&call) {
                continue;
            }
            call.shorten_wait(0);
            by.thread = 0;
            return Step::Call { by, call, handle, target };
        }
    }
}

/// How long a thread lets others begin to wait for the end of a server before it ends it, in milliseconds. If they take
/// longer, the end comes before their waits, which is right as well.
const BEFORE_THE_END: u32 = 50;

/// How many servers each thread starts while others do.
const STARTS: u16 = 5;

/// How often each thread connects while others do.
const CONNECTS: usize = 8;

/// Returns the programs of races that random programs do not have. In the first one, two threads wait without a time-out
/// for the end of a server of their process, and another one ends it. In the next two, all threads start servers: each at
/// addresses of its own, and all at the same ones. In the last one, they connect to servers on two computers.
pub(crate) fn usual_races() -> [ParallelProgram; 4] {
    let end = step_on(HandleName::Issued(0), Call::EndProcessServer { server: 0 });
    let ending = vec![Step::Pause { ms: BEFORE_THE_END }, end];
    let waiting = vec![step(Call::WaitForProcessServerEnd { timeout: INFINITE })];
    let waits = Program { hosts: Vec::new(), steps: start_and_connect(7010).into() };
    let starting = |thread: u16| (0..STARTS).flat_map(|n| start_and_connect(7020 + thread * 10 + n)).collect();
    let sharing = |_| (0..STARTS).flat_map(|n| start_and_connect(7060 + n)).collect();
    let elsewhere = ProgramHost { place: HostLocation::Elsewhere, ..ProgramHost::plain() };
    let hosts = Program { hosts: vec![ProgramHost::plain(), elsewhere], steps: Vec::new() };
    // The n-th open handle of a thread is that of its n-th connect.
    let asking = |string: usize| (0..CONNECTS).flat_map(|n| [opening(string), list(HandleName::Open(n))]).collect();
    [
        ParallelProgram { beginning: waits, threads: vec![waiting.clone(), waiting, ending] },
        ParallelProgram { beginning: Program::default(), threads: (0..3).map(starting).collect() },
        ParallelProgram { beginning: Program::default(), threads: (0..3).map(sharing).collect() },
        ParallelProgram { beginning: hosts, threads: [0, 2].map(asking).into() },
    ]
}

/// Lists the processes on the computer of a handle.
fn list(handle: HandleName) -> Step {
    let (ids, actual_count) = (Pointer::Given, Pointer::Given);
    step_on(handle, Call::GetRunningProcessSystemIds { server: 0, ids, count: 4096, actual_count })
}

/// Starts a server of the engine's own process, and connects to it.
fn start_and_connect(port: u16) -> [Step; 2] {
    let flags = Class::USER_WINDOWS.bits();
    let start = Call::StartProcessServer { flags, options: Some(format!("tcp:port={port}")), reserved: 0 };
    [step(start), connect(&format!("tcp:server=@0,port={port}"))]
}

/// Connects with the n-th string.
fn opening(n: usize) -> Step {
    connect(CLIENT_STRINGS[n])
}

fn connect(text: &str) -> Step {
    step(Call::ConnectProcessServer { remote_options: Some(text.to_owned()), server: Pointer::Given })
}

fn step(call: Call) -> Step {
    step_on(HandleName::Zero, call)
}

fn step_on(handle: HandleName, call: Call) -> Step {
    Step::Call { by: Caller::default(), call, handle, target: ProcessRef::Unknown }
}
