//! The flags of OutputServers.

flag_set! {
    /// `DEBUG_SERVERS_*`: the kinds of server that OutputServers lists (K-2..K-4).
    ServersFlags {
        /// `DEBUG_SERVERS_DEBUGGER`: debugging servers.
        DEBUGGER = 0x1;
        /// `DEBUG_SERVERS_PROCESS`: process servers.
        PROCESS = 0x2;
        /// `DEBUG_SERVERS_ALL`: both. Not documented (K-4).
        ALL = 0x3;
    }
}

open_enumeration! {
    /// `DEBUG_OUTCTL_*`: whose output callbacks get the text (K-37..K-39).
    ///
    /// The low three bits are one value, the recipients. The other bits say how the text is sent.
    ///
    /// ```
    /// use dbgeng_testkit::flags::OutputControl;
    ///
    /// let control = OutputControl::from(0x09);
    /// assert_eq!(control.recipients(), OutputControl::ALL_CLIENTS);
    /// ```
    OutputControl {
        /// `DEBUG_OUTCTL_THIS_CLIENT`: the client that was called.
        THIS_CLIENT = 0;
        /// `DEBUG_OUTCTL_ALL_CLIENTS`: every client of the engine.
        ALL_CLIENTS = 1;
        /// `DEBUG_OUTCTL_ALL_OTHER_CLIENTS`: every client except the one that was called.
        ALL_OTHER_CLIENTS = 2;
        /// `DEBUG_OUTCTL_IGNORE`: nobody.
        IGNORE = 3;
        /// `DEBUG_OUTCTL_LOG_ONLY`: only the log file.
        LOG_ONLY = 4;
        /// `DEBUG_OUTCTL_NOT_LOGGED`: not into the log file.
        NOT_LOGGED = 0x08;
        /// `DEBUG_OUTCTL_OVERRIDE_MASK`: ignore the clients' output masks.
        OVERRIDE_MASK = 0x10;
        /// `DEBUG_OUTCTL_DML`: the text is in the debugger's markup language.
        DML = 0x20;
        /// `DEBUG_OUTCTL_AMBIENT_DML`: the recipients set before, with markup.
        AMBIENT_DML = 0xFFFF_FFFE;
        /// `DEBUG_OUTCTL_AMBIENT_TEXT`, also `DEBUG_OUTCTL_AMBIENT`: the recipients set before, plain text.
        AMBIENT_TEXT = 0xFFFF_FFFF;
    }
}

impl OutputControl {
    /// `DEBUG_OUTCTL_SEND_MASK` (K-38): the bits of the recipients.
    pub const SEND_MASK: u32 = 0x07;

    /// Returns the recipients without the other bits. The two ambient values stay as they are.
    pub const fn recipients(self) -> Self {
        match self {
            Self::AMBIENT_DML | Self::AMBIENT_TEXT => self,
            Self(bits) => Self(bits & Self::SEND_MASK),
        }
    }

    /// Returns whether the value of the recipients is one that the header names.
    pub(crate) const fn names_recipients(self) -> bool {
        self.recipients().name().is_some()
    }
}
