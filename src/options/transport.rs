//! The first word of a connection string, and the two sides that write one.

use std::fmt;

/// Which end of a connection a string is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The process server's: the Options of StartProcessServer, what stands after `dbgsrv -t` (SPS-3).
    Server,
    /// The smart client's: the RemoteOptions of ConnectProcessServer, what stands after `-premote` (CPS-2).
    Client,
}

/// How client and server meet (OPT-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

    /// The word before the colon.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Npipe => "npipe",
            Self::Tcp => "tcp",
            Self::Com => "com",
            Self::Spipe => "spipe",
            Self::Ssl => "ssl",
        }
    }

    /// The transport of that name, in any case: OBS-31 says so, and the documentation nothing else (OPT-5).
    pub(super) fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|transport| transport.name().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}
