//! The half of a call that attaches to a running process.

use super::{Call, is_debug};
use crate::flags::AttachFlags;
use crate::process::command_line::names;

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
}

impl Call {
    /// Returns whether only the attach can be the reason of E_INVALIDARG, once the call reaches a server: the call creates no
    /// process, or one that its command line names, with a debug flag (OBS-207).
    pub(crate) fn fails_by_its_attach(&self) -> bool {
        let (line, debugs) = match self {
            Call::AttachProcess { .. } => (None, true),
            Call::CreateProcessAndAttach { command_line, create_flags, .. } => {
                (command_line.as_ref(), is_debug(*create_flags))
            }
            Call::CreateProcessAndAttach2 { create, .. } => {
                (create.command_line.as_ref(), create.debugs() && !create.takes_implicit_line())
            }
            _ => return false,
        };
        line.is_none_or(|line| debugs && names(line).is_ok())
    }
}
