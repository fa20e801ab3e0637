//! The half of a call that attaches to a running process.

use super::Call;
use crate::flags::AttachFlags;

impl<S> Call<S> {
    /// Returns the server, the id of the process and the flags, if the call attaches to a running process.
    pub(crate) fn attach(&self) -> Option<(u64, u32, AttachFlags)> {
        let (Call::AttachProcess { attach_flags, .. }
        | Call::CreateProcessAndAttach { attach_flags, .. }
        | Call::CreateProcessAndAttach2 { attach_flags, .. }) = self
        else {
            return None;
        };
        let id = self.process_id().filter(|id| *id != 0)?;
        Some((self.server()?, id, *attach_flags))
    }

    /// Returns whether the call attaches to a process, and creates none.
    pub(crate) fn only_attaches(&self) -> bool {
        match self {
            Call::AttachProcess { .. } | Call::CreateProcessAndAttach { command_line: None, .. } => true,
            Call::CreateProcessAndAttach2 { create, .. } => create.command_line.is_none(),
            _ => false,
        }
    }
}
