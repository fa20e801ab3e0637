//! Who keeps a connection of the real engine open (OBS-58, and the traces `session-*`).

/// The shares that keep a connection of the real engine open: one for the connect, and one for the debugging session of
/// the thread that connected, once that has attached to a process through the handle or created one to debug.
///
/// Each disconnect by that thread takes a share away, whosever it is, and the end of the session takes the session's. The
/// connection closes with the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Holds {
    shares: u8,
    /// The session has a share, or had one that a disconnect took.
    session: bool,
}

impl Holds {
    /// A connection that was made and not used yet.
    pub const NEW: Holds = Holds { shares: 1, session: false };

    /// Whether the next disconnect closes the connection.
    pub fn is_last(self) -> bool {
        self.shares == 1
    }

    /// Whether nothing keeps the connection open.
    pub fn is_none(self) -> bool {
        self.shares == 0
    }

    /// Whether the session has joined.
    pub fn has_session(self) -> bool {
        self.session
    }

    /// After an attach through the handle, or a create of what is debugged.
    #[must_use]
    pub fn joined(self) -> Holds {
        if self.session { self } else { Holds { shares: self.shares + 1, session: true } }
    }

    /// After a disconnect.
    #[must_use]
    pub fn disconnected(self) -> Holds {
        Holds { shares: self.shares.saturating_sub(1), ..self }
    }

    /// After the end of the session.
    #[must_use]
    pub fn session_ended(self) -> Holds {
        Holds { shares: self.shares.saturating_sub(u8::from(self.session)), session: false }
    }
}
