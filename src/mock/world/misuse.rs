//! The kinds of misuse that a lab notices.

use std::fmt;

/// A kind of misuse by a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Misuse {
    /// A closed handle was used in another call than a disconnect.
    UseAfterDisconnect,
    /// A closed handle was disconnected again.
    DoubleDisconnect,
    /// A value was used as a handle, and no connect has issued it.
    UnknownHandle,
    /// Zero was passed to DisconnectProcessServer or EndProcessServer, where it means nothing.
    ZeroHandle,
    /// Zero was passed after the engine had closed its last connection. It means the local computer, and perhaps the handle
    /// of that connection was meant.
    ZeroAfterLastDisconnect,
    /// A client object was called on a thread that is not its own.
    OtherThread,
    /// A disconnect returned S_OK and closed nothing. Only the profile `dbgeng` has such disconnects.
    ClosesNothing,
    /// A null pointer was passed where the documentation does not permit one.
    NullPointer,
    /// A wait was begun that no thread can end.
    EndlessWait,
    /// A name was used as if it were complete, but a buffer had cut it off.
    CutOffName,
    /// A session was ended in a way that ends the processes that it debugs.
    EndsTargets,
    /// A handle was still open at the end.
    LeakedHandle,
    /// A handle was still open at the end, and a disconnect of it had failed. Perhaps its HRESULT was ignored.
    FailedDisconnect,
    /// A process server that the caller started was still running at the end.
    ServerLeftRunning,
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Misuse::UseAfterDisconnect => "used after its disconnect",
            Misuse::DoubleDisconnect => "disconnected twice",
            Misuse::UnknownHandle => "never issued as a handle",
            Misuse::ZeroHandle => "zero is not a handle here",
            Misuse::ZeroAfterLastDisconnect => "zero after the last disconnect means the local computer",
            Misuse::OtherThread => "called on a thread that is not the client object's",
            Misuse::ClosesNothing => "a disconnect that closes nothing",
            Misuse::NullPointer => "a null pointer",
            Misuse::EndlessWait => "a wait that no thread can end",
            Misuse::CutOffName => "a name that was cut off",
            Misuse::EndsTargets => "ends the attached processes",
            Misuse::LeakedHandle => "never disconnected",
            Misuse::FailedDisconnect => "still open after a disconnect that failed",
            Misuse::ServerLeftRunning => "a process server that was left running",
        })
    }
}
