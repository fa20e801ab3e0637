//! The shares that keep a connection of Microsoft's engine open (OBS-58, OBS-203).

/// The shares that keep a connection of Microsoft's engine open.
///
/// The connect has one. The debugging session of the thread that connected has another, from the first process to which
/// that thread attaches through the handle or which it creates to debug.
///
/// Each disconnect by that thread takes one share away, and the end of the session takes the session's. The connection
/// closes with the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Holds {
    shares: u8,
    /// The session has a share, or had one that a disconnect took.
    session: bool,
}

impl Holds {
    /// A connection that was made and not used yet.
    pub const NEW: Holds = Holds { shares: 1, session: false };

    /// Returns whether the next disconnect closes the connection.
    pub fn is_last(self) -> bool {
        self.shares == 1
    }

    /// Returns whether nothing keeps the connection open.
    pub fn is_none(self) -> bool {
        self.shares == 0
    }

    /// Returns whether the session has joined.
    pub fn has_session(self) -> bool {
        self.session
    }

    /// Returns the shares after an attach through the handle, or after a create to debug.
    #[must_use]
    pub fn joined(self) -> Holds {
        if self.session { self } else { Holds { shares: self.shares + 1, session: true } }
    }

    /// Returns the shares after a disconnect.
    #[must_use]
    pub fn disconnected(self) -> Holds {
        Holds { shares: self.shares.saturating_sub(1), ..self }
    }

    /// Returns the shares after the end of the session.
    #[must_use]
    pub fn session_ended(self) -> Holds {
        Holds { shares: self.shares.saturating_sub(u8::from(self.session)), session: false }
    }
}
