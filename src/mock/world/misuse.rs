//! The kinds of misuse that a lab notices.

use std::fmt;

/// A kind of misuse by a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
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

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
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
        })
    }
}
