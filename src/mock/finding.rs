//! What a caller did wrong, noticed while its calls were answered.

use std::fmt;
use std::panic::Location;

use crate::spec::Requirement;

/// What kind of misuse it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Misuse {
    /// A closed handle was used for something else than a disconnect.
    UseAfterDisconnect,
    /// A closed handle was disconnected once more.
    DoubleDisconnect,
    /// A value was used as a handle that no connect has issued.
    UnknownHandle,
    /// Zero was passed to DisconnectProcessServer or EndProcessServer, where it means nothing.
    ZeroHandle,
    /// Zero, which means the local computer, was passed after the engine had closed its last connection: perhaps in place
    /// of that one's handle.
    ZeroAfterLastDisconnect,
    /// A client object was called on another thread than its own.
    OtherThread,
    /// A disconnect, in profile `dbgeng`, that says S_OK and closes nothing.
    ClosesNothing,
    /// A null pointer was passed where the documentation has none.
    NullPointer,
    /// A wait that nobody can end.
    EndlessWait,
    /// A name that a buffer had cut off was used as if it was whole.
    CutOffName,
    /// A session was ended in a way that ends the processes it had attached to.
    EndsTargets,
    /// A handle was still open at the end.
    LeakedHandle,
    /// A handle was still open at the end, and a disconnect of it had failed: perhaps nobody has looked at the HRESULT.
    FailedDisconnect,
    /// A process server that the caller started was still running at the end.
    ServerLeftRunning,
}

impl Misuse {
    fn words(self) -> &'static str {
        match self {
            Misuse::UseAfterDisconnect => "used after its disconnect",
            Misuse::DoubleDisconnect => "disconnected twice",
            Misuse::UnknownHandle => "no handle that was issued",
            Misuse::ZeroHandle => "zero is no handle here",
            Misuse::ZeroAfterLastDisconnect => "zero, after the last disconnect, is the local computer",
            Misuse::OtherThread => "called on another thread than the client object's",
            Misuse::ClosesNothing => "a disconnect that closes nothing",
            Misuse::NullPointer => "a null pointer",
            Misuse::EndlessWait => "a wait that nobody can end",
            Misuse::CutOffName => "a name that was cut off",
            Misuse::EndsTargets => "ends the attached processes",
            Misuse::LeakedHandle => "never disconnected",
            Misuse::FailedDisconnect => "still open after a disconnect that failed",
            Misuse::ServerLeftRunning => "a process server that was left running",
        }
    }
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

/// A misuse by the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind it is.
    pub misuse: Misuse,
    /// The process of the engine on which the call was made: `client`, `client2`, … in the order in which the lab made them;
    /// the hosts that [`LabComputer::dbgsrv`](super::LabComputer::dbgsrv) starts are `server`, `server2`, ….
    pub process: String,
    /// The documented name of the method.
    pub method: &'static str,
    /// The handle that was passed, if it was the misuse.
    pub handle: Option<u64>,
    /// The requirement that says what an engine does with such a call, if one does.
    pub requirement: Option<Requirement>,
    /// What the real engine would have done.
    pub real_engine: &'static str,
    /// The thread that called, numbered in its process in the order of the first calls, from 0.
    pub thread: u32,
    /// Where the call was made; `None` where it was made through a `dyn DebugClient`.
    pub call_site: Option<&'static Location<'static>>,
    /// Where the handle was connected.
    pub connected_at: Option<&'static Location<'static>>,
    /// Where the handle was disconnected.
    pub disconnected_at: Option<&'static Location<'static>>,
    /// The process server to which the handle leads, if it is open, or that is left over, such as `tcp:port=5005 on BOX17`.
    pub server: Option<String>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.process)?;
        if self.thread != 0 {
            write!(f, ", thread {}", self.thread)?;
        }
        write!(f, ": {}", self.method)?;
        if let Some(handle) = self.handle {
            write!(f, " on {handle:#x}")?;
        }
        if let Some(server) = &self.server {
            write!(f, " ({server})")?;
        }
        write!(f, ": {}; the real engine {}", self.misuse, self.real_engine)?;
        if let Some(requirement) = self.requirement {
            write!(f, " [{requirement}]")?;
        }
        let sites =
            [("called", self.call_site), ("connected", self.connected_at), ("disconnected", self.disconnected_at)];
        for (what, site) in sites {
            if let Some(site) = site {
                write!(f, "\n    {what} at {site}")?;
            }
        }
        Ok(())
    }
}
