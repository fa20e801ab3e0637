//! Client objects.

use super::ids::EngineId;
use super::threads::ThreadId;

/// A client object. Its version is not here, as each of its interfaces has its own.
#[derive(Debug)]
pub(crate) struct ClientState {
    pub(crate) engine: EngineId,
    /// Its number in its engine.
    pub(crate) number: u32,
    /// The thread that may call it.
    pub(crate) thread: ThreadId,
    /// The number of that thread in its engine.
    pub(crate) thread_number: u32,
    /// A session that was ended with DISCONNECT has disabled it.
    pub(crate) is_disabled: bool,
    /// How many interfaces to it callers hold.
    pub(crate) references: u32,
}
