//! The half of a call that attaches to a running process.

use super::{Call, Outcome, is_debug};
use crate::flags::AttachFlags;
use crate::hresult::E_INVALIDARG;
use crate::process::command_line::names;
use crate::profile::Profile;

impl Call {
    /// Returns whether only the attach can be the reason of E_INVALIDARG, once the call reaches a server: the call creates no
    /// process, or one that its command line names, with a debug flag (OBS-207).
    pub(crate) fn fails_by_its_attach(&self) -> bool {
        let debugs = match self {
            Call::AttachProcess { .. } => true,
            Call::CreateProcessAndAttach { create_flags, .. } => is_debug(*create_flags),
            Call::CreateProcessAndAttach2 { create, .. } => create.debugs() && !create.takes_implicit_line(),
            _ => return false,
        };
        self.command_line().is_none_or(|line| debugs && names(line).is_ok())
    }

    /// Returns the id of the caller's own process, if the outcome shows it: only an attach to the own process returns
    /// E_INVALIDARG although it is local and noninvasive (OBS-72).
    pub(crate) fn shown_own_id(&self, outcome: &Outcome, profile: Profile) -> Option<u32> {
        let (server, id, flags) = self.attach()?;
        let is_shown = server == 0
            && outcome.hresult() == Some(E_INVALIDARG)
            && flags.contains(AttachFlags::NONINVASIVE)
            && !flags.contains(AttachFlags::NONINVASIVE_NO_SUSPEND)
            && self.fails_by_its_attach()
            && self.reaches_a_server(profile);
        is_shown.then_some(id)
    }
}
