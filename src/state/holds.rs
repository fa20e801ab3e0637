//! The shares that keep a connection of Microsoft's engine open (OBS-58, OBS-70, OBS-71, OBS-231).

/// The thread that makes a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallingThread {
    /// The thread that connected.
    Connecting,
    /// Another thread of the same process.
    Other,
}

impl CallingThread {
    /// Returns the role of the thread `caller` for a connection that the thread `connecting` made.
    pub(crate) fn of<T: PartialEq>(caller: T, connecting: T) -> CallingThread {
        if caller == connecting { CallingThread::Connecting } else { CallingThread::Other }
    }
}

/// The shares that keep a connection of Microsoft's engine open.
///
/// The connect has one. The debugging session of the engine has another, from the first process that any thread debugs
/// through the handle until any thread ends the session.
///
/// Only the thread that connected changes the number of shares. If one thread begins the session and another ends it,
/// the shares do not balance: the end takes the share of the connect and closes the connection, or the share of the
/// session is never taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Holds {
    shares: u8,
    /// The session uses the connection.
    session: bool,
}

impl Holds {
    /// A connection that was made and not used yet.
    pub const NEW: Holds = Holds { shares: 1, session: false };

    /// Returns whether the next disconnect by the thread that connected closes the connection.
    pub fn is_last(self) -> bool {
        self.shares == 1
    }

    /// Returns whether nothing keeps the connection open.
    pub fn is_none(self) -> bool {
        self.shares == 0
    }

    /// Returns whether the session uses the connection.
    pub fn has_session(self) -> bool {
        self.session
    }

    /// Returns the shares after an attach through the handle, or after a create to debug.
    #[must_use]
    pub fn joined(self, thread: CallingThread) -> Holds {
        if self.session {
            return self;
        }
        Holds { shares: self.shares.saturating_add(count(thread)), session: true }
    }

    /// Returns the shares after a disconnect.
    #[must_use]
    pub fn disconnected(self, thread: CallingThread) -> Holds {
        Holds { shares: self.shares.saturating_sub(count(thread)), ..self }
    }

    /// Returns the shares after the end of the session.
    #[must_use]
    pub fn session_ended(self, thread: CallingThread) -> Holds {
        let taken = if self.session { count(thread) } else { 0 };
        Holds { shares: self.shares.saturating_sub(taken), session: false }
    }
}

/// The shares that a call gives or takes on this thread.
fn count(thread: CallingThread) -> u8 {
    match thread {
        CallingThread::Connecting => 1,
        CallingThread::Other => 0,
    }
}
