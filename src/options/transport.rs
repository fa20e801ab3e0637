//! The transports, and the two ends of a connection.

use std::fmt;

/// The end of a connection that a string is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The process server: the Options of StartProcessServer, the string after `dbgsrv -t` (SPS-3).
    Server,
    /// The smart client: the RemoteOptions of ConnectProcessServer, the string after `-premote` (CPS-2).
    Client,
}

/// The transport between client and server (OPT-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Transport {
    /// A named pipe.
    Npipe,
    /// A TCP socket.
    Tcp,
    /// A serial line.
    Com,
    /// A named pipe with a secured channel over it.
    Spipe,
    /// A TCP socket with a secured channel over it.
    Ssl,
}

impl Transport {
    /// All transports, in the order of the documentation.
    pub const ALL: [Self; 5] = [Self::Npipe, Self::Tcp, Self::Com, Self::Spipe, Self::Ssl];

    /// Returns the word before the colon.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Npipe => "npipe",
            Self::Tcp => "tcp",
            Self::Com => "com",
            Self::Spipe => "spipe",
            Self::Ssl => "ssl",
        }
    }

    /// Finds a transport by name, in any case (OBS-31); the documentation says nothing else (OPT-5).
    pub(super) fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|transport| transport.name().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}
