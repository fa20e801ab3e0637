//! Programs of several threads: a beginning, then all threads at the same time.

use super::{Alteration, HandleName, ProcessRef, Program, Step};
use crate::call::{Call, Caller};
use crate::flags::INFINITE;
use crate::interface::Interface;
use crate::method::Method;
use crate::model::use_of;
use crate::state::Use;

/// A program of several threads.
///
/// The threads are real, and each begins with a client object of its own. Their steps are those of a [`Program`] with
/// these differences:
///
/// - The n-th open handle is one that the beginning or the thread itself opened. Client objects are the thread's own.
/// - [`HandleName::Issued`] counts the connects of the beginning, then those of the first thread, then those of the
///   next. Before a handle is issued, its name stands for a value that was never issued.
/// - The thread that a step names is ignored, and a step that kills a process does nothing.
/// - A pause takes real time, in which the other threads come to calls that wait. No event tells of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParallelProgram {
    /// The steps before the threads start.
    pub beginning: Program,
    /// The steps of each thread.
    pub threads: Vec<Vec<Step>>,
}

impl ParallelProgram {
    /// Returns the number of the first thread, which is higher than those of the beginning.
    pub(crate) fn first_thread(&self) -> u32 {
        let threads = self.beginning.steps.iter().map(|step| match step {
            Step::Call { by, .. } => by.thread,
            Step::Kill { .. } | Step::Pause { .. } => 0,
        });
        threads.max().unwrap_or(0).saturating_add(1)
    }

    /// Returns the program that makes the same calls on one thread: those of the beginning, then those of one thread after the
    /// other, each after the DebugCreate with which the thread begins.
    pub(crate) fn one_after_the_other(&self) -> Program {
        let mut program = self.beginning.clone();
        for steps in &self.threads {
            let (first, own) = (client_objects(1, &program.steps), client_objects(1, steps).max(1));
            let call = Call::DebugCreate { interface: Interface::NEWEST };
            let (handle, target) = (HandleName::Zero, ProcessRef::Only);
            program.steps.push(Step::Call { by: Caller::default(), call, handle, target });
            program.steps.extend(steps.iter().cloned().map(|mut step| {
                if let Step::Call { by, .. } = &mut step {
                    let client = if by.process == 0 { first + by.client % own } else { by.client };
                    *by = Caller { thread: 0, client, ..*by };
                }
                step
            }));
        }
        program
    }

    /// Whether a thread waits without a time-out for the end of a server, and no step asks for one.
    pub(crate) fn waits_in_vain(&self) -> bool {
        let steps = || self.beginning.steps.iter().chain(self.threads.iter().flatten());
        let waits =
            |step: &Step| matches!(step, Step::Call { call: Call::WaitForProcessServerEnd { timeout: INFINITE }, .. });
        let ends = |step: &Step| matches!(step, Step::Call { call: Call::EndProcessServer { .. }, .. });
        steps().any(waits) && !steps().any(ends)
    }

    /// Returns the number of connects of each thread.
    pub(crate) fn connects(&self) -> Vec<usize> {
        let connects = |steps: &Vec<Step>| steps.iter().filter(|step| is_connect(step)).count();
        self.threads.iter().map(connects).collect()
    }
}

/// Returns how many client objects the first process has after these steps, if it had `before` and each step succeeds.
fn client_objects(before: u32, steps: &[Step]) -> u32 {
    steps.iter().fold(before, |count, step| match step {
        Step::Call { by: Caller { process: 0, .. }, call: Call::DebugCreate { .. } | Call::CreateClient, .. } => {
            count + 1
        }
        Step::Call { by: Caller { process: 0, .. }, call: Call::Release, .. } => count.saturating_sub(1),
        _ => count,
    })
}

/// Whether a step connects to a process server.
pub(crate) fn is_connect(step: &Step) -> bool {
    matches!(step, Step::Call { call: Call::ConnectProcessServer { .. }, .. })
}

/// Whether the caller listens for a server that connects to it, and perhaps waits for ever.
pub(crate) fn listens(call: &Call) -> bool {
    matches!(call, Call::ConnectProcessServer { remote_options: Some(text), .. } if text.contains("clicon="))
}

/// Whether threads may make the call at the same time: its effects are limited to handles and client objects. Debugging
/// affects the session and the whole computer.
pub(crate) fn is_for_threads(call: &Call) -> bool {
    let is_of_no_handle = matches!(
        call.method(),
        Method::StartProcessServer
            | Method::ConnectProcessServer
            | Method::WaitForProcessServerEnd
            | Method::OutputServers
    );
    let is_on_a_handle = matches!(use_of(call), Some(Use::Disconnect | Use::End | Use::Query));
    call.method().manages_clients() || (is_of_no_handle && !listens(call)) || is_on_a_handle
}

impl HandleName {
    /// Returns the number of the connect that issued the handle, and the alteration.
    pub(crate) fn issued(self) -> Option<(usize, Alteration)> {
        match self {
            HandleName::Issued(n) => Some((n, Alteration::Flipped(0))),
            HandleName::Altered(n, alteration) => Some((n, alteration)),
            HandleName::Open(_) | HandleName::Stale(_) | HandleName::Raw(_) | HandleName::Zero => None,
        }
    }
}
