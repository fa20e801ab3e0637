//! Programs of several threads: a beginning, then what each thread does, all at the same time.

use super::{HandleName, Program, Step};
use crate::call::Call;

/// A run with several threads.
///
/// The threads are real ones, and each begins with a client object of its own. A step of a thread is that of a
/// [`Program`], with a book that the thread keeps for itself: the n-th open handle is one that the beginning or the thread
/// itself has open, and client objects are the thread's own. What another thread was issued is named by
/// [`HandleName::Issued`], which counts the connects of the beginning, then those of the first thread, then those of the
/// next; before it is issued it is a value that nobody issued. The thread that a step of a thread names is not looked at, and
/// a process that it ends is not ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParallelProgram {
    /// What is done before, by one thread after the other.
    pub beginning: Program,
    /// What each thread does.
    pub threads: Vec<Vec<Step>>,
}

impl ParallelProgram {
    /// The number of the first thread: no step of the beginning has it or a higher one.
    pub(crate) fn first_thread(&self) -> u32 {
        let threads = self.beginning.steps.iter().map(|step| match step {
            Step::Call { by, .. } => by.thread,
            Step::Kill { .. } => 0,
        });
        threads.max().unwrap_or(0).saturating_add(1)
    }

    /// How many calls of ConnectProcessServer each thread has.
    pub(crate) fn connects(&self) -> Vec<usize> {
        let connects = |steps: &Vec<Step>| steps.iter().filter(|step| is_connect(step)).count();
        self.threads.iter().map(connects).collect()
    }
}

/// Whether a step connects to a process server.
pub(crate) fn is_connect(step: &Step) -> bool {
    matches!(step, Step::Call { call: Call::ConnectProcessServer { .. }, .. })
}

/// Whether all that a call does is known from its handles and client objects, so that threads may make it at the same time:
/// what debugging does is a matter of the session, and of the whole computer.
pub(crate) fn is_for_threads(call: &Call) -> bool {
    match call {
        Call::DebugCreate { .. }
        | Call::QueryInterface { .. }
        | Call::Release
        | Call::CreateClient
        | Call::StartProcessServer { .. }
        | Call::ConnectProcessServer { .. }
        | Call::DisconnectProcessServer { .. }
        | Call::EndProcessServer { .. }
        | Call::WaitForProcessServerEnd { .. }
        | Call::GetRunningProcessSystemIds { .. }
        | Call::GetRunningProcessSystemIdByExecutableName { .. }
        | Call::GetRunningProcessDescription { .. }
        | Call::OutputServers { .. } => true,
        Call::EndSession { .. }
        | Call::StartServer { .. }
        | Call::AttachProcess { .. }
        | Call::CreateProcess { .. }
        | Call::CreateProcess2(_)
        | Call::CreateProcessAndAttach { .. }
        | Call::CreateProcessAndAttach2 { .. }
        | Call::OtherMethod { .. } => false,
    }
}

impl HandleName {
    /// Which connect of the run issued it, and which bits are flipped in what that issued.
    pub(crate) fn issued(self) -> Option<(usize, u64)> {
        match self {
            HandleName::Issued(n) => Some((n, 0)),
            HandleName::Altered(n, bits) => Some((n, bits)),
            HandleName::Open(_) | HandleName::Stale(_) | HandleName::Raw(_) | HandleName::Zero => None,
        }
    }
}
