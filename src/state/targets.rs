//! Targets: whether an engine may attach to a process, and for how long the process is debugged (OBS-83, OBS-84).

use crate::flags::{AttachFlags, EndSessionFlags};
use crate::hresult::{E_UNEXPECTED, HRESULT, STATUS_ACCESS_DENIED, STATUS_PORT_NOT_SET};
use crate::profile::Profile;

/// The way in which an engine is attached to a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Attachment {
    /// As its debugger. A process has one at most, and ends with it.
    Debugger,
    /// Beside the debugger that the process has.
    Joined,
    /// Noninvasively.
    Observer,
}

/// The debugger that a process has, as the engine sees it that wants to attach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DebuggerOf {
    /// The process has no debugger.
    Nobody,
    /// The same engine debugs the process by the same way: through the same connection, or locally as well.
    Same,
    /// Another engine debugs the process, or the same one by another way.
    Another,
}

impl Attachment {
    /// Returns how an attach with these flags, in a legal combination, attaches to a running process.
    ///
    /// # Errors
    ///
    /// Returns the code of Microsoft's engine if the attach fails because the process has a debugger, or has none
    /// (ATT-5, OBS-83, OBS-211).
    pub fn of(flags: AttachFlags, debugger: DebuggerOf) -> Result<Attachment, HRESULT> {
        match (Attachment::asked_for(flags), debugger) {
            (Attachment::Joined, DebuggerOf::Nobody) => Err(STATUS_PORT_NOT_SET),
            (Attachment::Joined, DebuggerOf::Same) => Err(E_UNEXPECTED),
            (Attachment::Debugger, DebuggerOf::Same | DebuggerOf::Another) => Err(STATUS_ACCESS_DENIED),
            (attachment, _) => Ok(attachment),
        }
    }

    /// Returns the way in which an attach with these flags attaches, if it succeeds.
    pub(crate) fn asked_for(flags: AttachFlags) -> Attachment {
        if flags.contains(AttachFlags::NONINVASIVE) {
            Attachment::Observer
        } else if flags.contains(AttachFlags::EXISTING) {
            Attachment::Joined
        } else {
            Attachment::Debugger
        }
    }

    /// Returns what an event does to a target that is attached in this way.
    pub fn after(self, event: TargetEvent, profile: Profile) -> TargetFate {
        match event {
            TargetEvent::SessionEnded(EndSessionFlags::PASSIVE | EndSessionFlags::ACTIVE_TERMINATE)
            | TargetEvent::ServerEnded
            | TargetEvent::DebuggerGone => self.ended(),
            TargetEvent::SessionEnded(EndSessionFlags::ACTIVE_DETACH) => TargetFate::Detached,
            TargetEvent::SessionEnded(_) => TargetFate::Attached,
            // The contract has no rule for a disconnect with a target.
            TargetEvent::ConnectionClosed if profile.is_dbgeng() => self.ended(),
            TargetEvent::ConnectionClosed => TargetFate::Attached,
        }
    }

    /// Returns what happens to the target if its debugger leaves without detaching.
    fn ended(self) -> TargetFate {
        match self {
            Attachment::Debugger => TargetFate::Ended,
            Attachment::Joined | Attachment::Observer => TargetFate::Detached,
        }
    }
}

/// The use that the session of Microsoft's engine has made of one way to processes: of its own computer, or of one connection
/// (OBS-211, OBS-236).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Debugging {
    /// It is attached to nothing.
    #[default]
    None,
    /// It has attached noninvasively.
    Observing,
    /// It has debugged something, or has tried to.
    Begun,
}

impl Debugging {
    /// Returns the use after an attach to a running process, or after a create to debug. `is_local` says whether the way is
    /// the engine's own computer.
    #[must_use]
    pub fn after(self, attachment: Attachment, succeeded: bool, is_local: bool) -> Debugging {
        match attachment {
            Attachment::Observer if succeeded && self == Debugging::None => Debugging::Observing,
            Attachment::Observer => self,
            Attachment::Joined if !succeeded => self,
            // The engine gives up the local session with the only thing that it was for.
            Attachment::Debugger if !succeeded && is_local && self == Debugging::None => self,
            Attachment::Joined | Attachment::Debugger => Debugging::Begun,
        }
    }
}

/// An event that can end the debugging of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TargetEvent {
    /// EndSession succeeded with these flags (CLI-20, WILD-9), or a call that treats the target alike, such as
    /// DetachProcesses.
    SessionEnded(EndSessionFlags),
    /// The connection through which the process is debugged was closed (OBS-232).
    ConnectionClosed,
    /// The process server through which the process is debugged was ended.
    ServerEnded,
    /// The process of the engine or of the process server is gone.
    DebuggerGone,
}

/// The fate of a target after an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TargetFate {
    /// The engine is still attached to it.
    Attached,
    /// It runs on without the engine.
    Detached,
    /// It has ended.
    Ended,
}
