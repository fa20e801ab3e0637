//! The items of a connection string.

use std::fmt;

use super::keyword::Keyword;

/// One item of a connection string.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Item {
    /// `server=`: the computer where the process server runs (OPT-20).
    Server(String),
    /// `pipe=`: the name of the pipe (OPT-21).
    Pipe(String),
    /// `port=` of a socket (OPT-22, OPT-23).
    Port(PortRange),
    /// `port=` of a serial line; `com2` and `2` are the same port (OPT-25).
    ComPort(u32),
    /// `baud=`: the rate of the serial line in baud (OPT-26).
    Baud(u32),
    /// `channel=`: the channel on the COM port, 0 to 254 by the documentation (OPT-27).
    Channel(u32),
    /// `proto=`: the protocol of the secured channel (OPT-28).
    Protocol(Protocol),
    /// `certuser=`: name or thumbprint of a certificate in the default store (OPT-29).
    CertUser(String),
    /// `machuser=`: name or thumbprint of a certificate in the machine's store (OPT-29).
    MachUser(String),
    /// `clicon=`: the other end of a reverse connection, in which the server connects to the client (OPT-24).
    ClientConnect(String),
    /// `password=` (OPT-31, OBS-37).
    Password(String),
    /// `ipversion=`: 6 asks for IPv6 (OPT-32).
    IpVersion(u32),
    /// `hidden`: the server is not listed (OPT-30).
    Hidden,
    /// `IcfEnable`: the server opens the firewall (OPT-33).
    IcfEnable,
}

impl Item {
    /// Returns whether the other item has the same keyword.
    pub fn is_same_key(&self, other: &Item) -> bool {
        self.keyword() == other.keyword()
    }

    const fn keyword(&self) -> Keyword {
        match self {
            Self::Server(_) => Keyword::Server,
            Self::Pipe(_) => Keyword::Pipe,
            Self::Port(_) | Self::ComPort(_) => Keyword::Port,
            Self::Baud(_) => Keyword::Baud,
            Self::Channel(_) => Keyword::Channel,
            Self::Protocol(_) => Keyword::Protocol,
            Self::CertUser(_) => Keyword::CertUser,
            Self::MachUser(_) => Keyword::MachUser,
            Self::ClientConnect(_) => Keyword::ClientConnect,
            Self::Password(_) => Keyword::Password,
            Self::IpVersion(_) => Keyword::IpVersion,
            Self::Hidden => Keyword::Hidden,
            Self::IcfEnable => Keyword::IcfEnable,
        }
    }
}

impl fmt::Display for Item {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keyword = self.keyword();
        let value: &dyn fmt::Display = match self {
            Self::Server(text)
            | Self::Pipe(text)
            | Self::CertUser(text)
            | Self::MachUser(text)
            | Self::ClientConnect(text)
            | Self::Password(text) => text,
            Self::ComPort(number) | Self::Baud(number) | Self::Channel(number) | Self::IpVersion(number) => number,
            Self::Port(range) => range,
            Self::Protocol(protocol) => protocol,
            Self::Hidden | Self::IcfEnable => return keyword.fmt(formatter),
        };
        write!(formatter, "{keyword}={value}")
    }
}

/// A socket port, or a range of which the first free port is taken (OPT-23, OBS-35).
///
/// ```
/// use dbgeng_testkit::options::PortRange;
///
/// assert_eq!(PortRange::from(5005).to_string(), "5005");
/// assert_eq!(PortRange { first: 51, last: 60 }.to_string(), "51:60");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PortRange {
    /// The port that is tried first.
    pub first: u16,
    /// The last port of the range, inclusive; `first` for a single port.
    pub last: u16,
}

impl From<u16> for PortRange {
    fn from(port: u16) -> Self {
        Self { first: port, last: port }
    }
}

impl fmt::Display for PortRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, last } = self;
        if first == last { write!(formatter, "{first}") } else { write!(formatter, "{first}:{last}") }
    }
}

named_values! {
    /// The protocol of a secured channel (OPT-28).
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Protocol {
        /// `tls1`
        Tls1 = "tls1",
        /// `pct1`
        Pct1 = "pct1",
        /// `ssl2`
        Ssl2 = "ssl2",
        /// `ssl3`
        Ssl3 = "ssl3",
    }
}
