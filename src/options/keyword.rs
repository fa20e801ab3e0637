//! The keywords of a connection string.

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keyword {
    Server,
    Pipe,
    Port,
    ClientConnect,
    Baud,
    Channel,
    Protocol,
    CertUser,
    MachUser,
    Hidden,
    Password,
    IpVersion,
    IcfEnable,
}

impl Keyword {
    pub(super) const ALL: [Self; 13] = [
        Self::Server,
        Self::Pipe,
        Self::Port,
        Self::ClientConnect,
        Self::Baud,
        Self::Channel,
        Self::Protocol,
        Self::CertUser,
        Self::MachUser,
        Self::Hidden,
        Self::Password,
        Self::IpVersion,
        Self::IcfEnable,
    ];

    /// Returns the spelling of the documentation.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Pipe => "pipe",
            Self::Port => "port",
            Self::ClientConnect => "clicon",
            Self::Baud => "baud",
            Self::Channel => "channel",
            Self::Protocol => "proto",
            Self::CertUser => "certuser",
            Self::MachUser => "machuser",
            Self::Hidden => "hidden",
            Self::Password => "password",
            Self::IpVersion => "ipversion",
            Self::IcfEnable => "IcfEnable",
        }
    }

    /// Finds a keyword by name, in any case (OPT-5, OBS-31).
    pub(super) fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|keyword| keyword.name().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Keyword {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
