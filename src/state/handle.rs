//! The life of a handle, and what else decides how a call on it may end.

use super::holds::{CallingThread, Holds};
use super::server::ServerLife;

/// The life of a handle: unconnected → connected → disconnected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HandleState {
    /// Never issued: an *unknown* handle.
    Unconnected,
    /// Issued by ConnectProcessServer.
    Connected,
    /// Connected, and EndProcessServer has succeeded on it: an *ended* handle.
    Ending,
    /// Closed by DisconnectProcessServer: a *stale* handle.
    Disconnected,
}

impl HandleState {
    /// Every state, in the order of a life.
    pub const ALL: [HandleState; 4] =
        [HandleState::Unconnected, HandleState::Connected, HandleState::Ending, HandleState::Disconnected];

    /// Returns the state after a call that tries to debug a process through the handle: if that begins a session, it opens an
    /// ended connection again, even if the call fails (OBS-203).
    #[must_use]
    pub fn tried_to_debug(self, holds: Holds) -> HandleState {
        match self {
            HandleState::Ending if !holds.has_session() => HandleState::Connected,
            state => state,
        }
    }

    /// Returns whether the handle names a connection.
    pub fn is_live(self) -> bool {
        matches!(self, HandleState::Connected | HandleState::Ending)
    }
}

/// The use of a handle: the methods that treat it alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Use {
    /// DisconnectProcessServer.
    Disconnect,
    /// EndProcessServer.
    End,
    /// One of the three queries.
    Query,
    /// An attach or a create.
    Target,
}

impl Use {
    /// Every use.
    pub const ALL: [Use; 4] = [Use::Disconnect, Use::End, Use::Query, Use::Target];
}

/// The value that a call passes as its server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HandleArgument {
    /// Zero: the local computer in a query, attach or create; nothing in a disconnect or an end.
    Zero,
    /// Any other value: the state of that handle, and the context of the call.
    Handle(HandleState, HandleContext),
}

/// The context in which a call uses a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HandleContext {
    /// The server that the handle leads to; [`ServerLife::NotStarted`] if it leads to none.
    pub server: ServerLife,
    /// The thread that makes the call.
    pub thread: CallingThread,
    /// The shares that keep the connection open.
    pub holds: Holds,
    /// Whether an unknown or stale value may lead into the memory of an open connection.
    pub in_use: bool,
}

impl HandleContext {
    /// The context of a handle that leads nowhere.
    pub const NOTHING: HandleContext = HandleContext {
        server: ServerLife::NotStarted,
        thread: CallingThread::Connecting,
        holds: Holds::NEW,
        in_use: false,
    };
}
