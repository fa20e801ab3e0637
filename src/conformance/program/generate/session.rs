//! Steps of a debugging session, which belong together: an attach, a wait, and calls that depend on both.

use super::Generator;
use crate::call::{Call, Caller, Pointer};
use crate::conformance::program::{HandleName, ProcessRef, Step};
use crate::flags::{AttachFlags, EngineOptions, ExecutionStatus, InterruptFlags, OutputMask};

/// One of so many programs has a session.
const ONE_OF: u32 = 8;

impl Generator {
    /// Adds a session to some programs. It has random numbers of its own, so that the other steps are what they would be
    /// without it.
    pub(super) fn add_session(&mut self, steps: &mut Vec<Step>) {
        if self.session.u32(..ONE_OF) != 0 {
            return;
        }
        let server = if self.session.bool() { HandleName::Zero } else { HandleName::Open(0) };
        let step = |call| {
            let handle = if matches!(call, Call::AttachProcess { .. }) { server } else { HandleName::Zero };
            let target = if call.process_id().is_some() { ProcessRef::Only } else { ProcessRef::Unknown };
            Step::Call { by: Caller::default(), call, handle, target }
        };
        let mut session = Vec::new();
        for _ in 0..self.session.usize(..3) {
            session.push(self.session_call());
        }
        if self.session.u8(..4) != 0 {
            session.push(Call::AddEngineOptions { options: EngineOptions::INITIAL_BREAK });
        }
        session.push(Call::AttachProcess { server: 0, process_id: 1, attach_flags: AttachFlags::empty() });
        if self.session.u8(..4) == 0 {
            session.push(self.session_call());
        }
        session.push(Call::WaitForEvent { flags: 0, timeout: if self.session.u8(..4) == 0 { 250 } else { 10_000 } });
        for _ in 0..self.session.usize(1..8) {
            session.push(self.session_call());
        }
        let at = self.session.usize(..=steps.len());
        steps.splice(at..at, session.into_iter().map(step));
    }

    fn session_call(&mut self) -> Call {
        let pointer = Pointer::Given;
        let options = [EngineOptions::INITIAL_BREAK, EngineOptions::FINAL_BREAK][self.session.usize(..2)];
        match self.session.u8(..24) {
            0 => Call::TerminateProcesses,
            1 => Call::DetachProcesses,
            2 => Call::GetExitCode { code: pointer },
            3..=4 => Call::DispatchCallbacks { timeout: [0, 250][self.session.usize(..2)] },
            5 => Call::ExitDispatch,
            6 => Call::GetOutputMask { mask: pointer },
            7 => Call::SetOutputMask { mask: [OutputMask::NORMAL, OutputMask::ERROR][self.session.usize(..2)] },
            8 => Call::FlushCallbacks,
            9 => Call::TerminateCurrentProcess,
            10 => Call::DetachCurrentProcess,
            11 => Call::GetInterrupt,
            12 => Call::SetInterrupt { flags: InterruptFlags::PASSIVE },
            13 => Call::GetDebuggeeType { class: pointer, qualifier: pointer },
            14 if options == EngineOptions::INITIAL_BREAK => Call::GetCurrentProcessId { id: pointer },
            14 => Call::GetProcessIdsByIndex { start: 0, count: 1, ids: pointer, sys_ids: pointer },
            15 => Call::GetExecutionStatus { status: pointer },
            16 => Call::SetExecutionStatus { status: ExecutionStatus::GO },
            17 => Call::GetEngineOptions { options: pointer },
            18 => Call::RemoveEngineOptions { options },
            19 => Call::SetEngineOptions { options },
            20 => Call::WaitForEvent { flags: 0, timeout: 250 },
            21 => Call::AbandonCurrentProcess,
            22 => Call::GetNumberProcesses { number: pointer },
            _ => Call::GetCurrentProcessSystemId { sys_id: pointer },
        }
    }
}
