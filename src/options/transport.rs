//! The transports, and the two ends of a connection.

/// The end of a connection that a string is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The process server: the Options of StartProcessServer, the string after `dbgsrv -t` (SPS-3).
    Server,
    /// The smart client: the RemoteOptions of ConnectProcessServer, the string after `-premote` (CPS-2).
    Client,
}

named_values! {
    /// The transport between client and server (OPT-2).
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    #[non_exhaustive]
    pub enum Transport {
        /// A named pipe.
        Npipe = "npipe",
        /// A TCP socket.
        Tcp = "tcp",
        /// A serial line.
        Com = "com",
        /// A named pipe with a secured channel over it.
        Spipe = "spipe",
        /// A TCP socket with a secured channel over it.
        Ssl = "ssl",
        /// A FireWire line. No page documents it for process servers (OBS-78).
        Ieee1394 = "1394",
    }
}

impl Transport {
    /// Returns whether the documentation has it (OPT-2).
    pub(super) const fn is_documented(self) -> bool {
        !matches!(self, Self::Ieee1394)
    }
}
