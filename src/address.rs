//! The addresses of process servers: where a server listens, and where a client looks for it.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::options::{ConnectionString, ParseError, Side, Transport};
use crate::profile::{Behaviour, Profile};

/// An address on one computer at which a client can reach a process server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Address {
    /// A TCP port.
    Tcp(u16),
    /// A named pipe, as [`pipe_name`] returns it.
    Npipe(String),
    /// A COM port and the channel on it (OPT-27).
    Com(u32, u32),
    /// A named pipe with a secured channel, as [`pipe_name`] returns it.
    Spipe(String),
    /// A TCP port with a secured channel.
    Ssl(u16),
    /// A channel of the FireWire line (OBS-78).
    Ieee1394(u32),
}

/// The address at which a server-side string asks to listen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listen {
    /// The first of these that is free, tried in order (OPT-23, OBS-35).
    FirstFree(Vec<Address>),
    /// A port that the system chooses (OBS-34).
    SystemChooses(Transport),
    /// A pipe name with `%x` or `%d`, which the engine replaces by its process and thread id (OPT-21).
    SystemNames(Transport),
    /// None: the server connects to the client (OPT-24).
    Reverse,
}

impl Listen {
    /// Reads the address off a server-side string.
    pub fn of(options: &ConnectionString) -> Listen {
        if options.reverse_connection().is_some() {
            return Listen::Reverse;
        }
        let pipe = options.pipe().unwrap_or_default();
        match options.transport() {
            Transport::Npipe | Transport::Spipe if pipe.contains('%') => Listen::SystemNames(options.transport()),
            Transport::Npipe => Listen::FirstFree(vec![Address::Npipe(pipe_name(pipe))]),
            Transport::Spipe => Listen::FirstFree(vec![Address::Spipe(pipe_name(pipe))]),
            Transport::Com | Transport::Ieee1394 => Listen::FirstFree(vec![line(options)]),
            transport @ (Transport::Tcp | Transport::Ssl) => match ports(options) {
                ports if ports.is_empty() => Listen::SystemChooses(transport),
                ports => Listen::FirstFree(ports),
            },
        }
    }
}

impl Address {
    /// Reads the address off a client-side string; `None` for a reverse connection. Of a range of ports only the first is
    /// tried (OBS-35).
    pub fn of(options: &ConnectionString) -> Option<Address> {
        if options.reverse_connection().is_some() {
            return None;
        }
        let port = options.port().map_or(0, |range| range.first);
        let pipe = options.pipe().unwrap_or_default();
        Some(match options.transport() {
            Transport::Tcp => Address::Tcp(port),
            Transport::Ssl => Address::Ssl(port),
            Transport::Npipe => Address::Npipe(pipe_name(pipe)),
            Transport::Spipe => Address::Spipe(pipe_name(pipe)),
            Transport::Com | Transport::Ieee1394 => line(options),
        })
    }

    /// Returns the address of the same port with a secured channel, or without one. Only one server can have the port.
    pub(crate) fn on_same_port(&self) -> Option<Address> {
        match *self {
            Address::Tcp(port) => Some(Address::Ssl(port)),
            Address::Ssl(port) => Some(Address::Tcp(port)),
            Address::Npipe(_) | Address::Com(..) | Address::Spipe(_) | Address::Ieee1394(_) => None,
        }
    }

    /// Returns the transport that reaches the address.
    pub fn transport(&self) -> Transport {
        match self {
            Address::Tcp(_) => Transport::Tcp,
            Address::Npipe(_) => Transport::Npipe,
            Address::Com(..) => Transport::Com,
            Address::Spipe(_) => Transport::Spipe,
            Address::Ssl(_) => Transport::Ssl,
            Address::Ieee1394(_) => Transport::Ieee1394,
        }
    }
}

/// Returns the addresses of a string's ports; none if it leaves the port to the system.
///
/// Over tcp and ssl a client that waits for its server listens at one of them (OPT-23).
pub(crate) fn ports(options: &ConnectionString) -> Vec<Address> {
    let address = if options.transport() == Transport::Ssl { Address::Ssl } else { Address::Tcp };
    match options.port() {
        Some(range) if range.first != 0 => (range.first..=range.last.max(range.first)).map(address).collect(),
        _ => Vec::new(),
    }
}

fn line(options: &ConnectionString) -> Address {
    let channel = options.channel().unwrap_or_default();
    match options.transport() {
        Transport::Ieee1394 => Address::Ieee1394(channel),
        _ => Address::Com(options.com_port().unwrap_or_default(), channel),
    }
}

/// Returns the name of a pipe by which the system tells it from others: case does not count, and neither do blanks and
/// dots at its end (OBS-80).
pub fn pipe_name(written: &str) -> String {
    written.trim_end_matches([' ', '.']).to_lowercase()
}

/// Whether the real engine crashes when it starts a server with this string.
///
/// It reads an item at a time, so a mistake in a later item does not save it. `read` is the string as it was parsed.
pub(crate) fn has_crashing_pipe(profile: Profile, text: &str, read: &Result<ConnectionString, ParseError>) -> bool {
    let crashes = |options: &ConnectionString| options.pipe().is_some_and(is_crashing_format);
    match read {
        Ok(options) => crashes(options),
        Err(error) => {
            let before = text[..error.offset].rsplit_once(',').map_or("", |(before, _)| before);
            ConnectionString::parse(Side::Server, profile, before).is_ok_and(|options| crashes(&options))
        }
    }
}

/// Whether the real engine crashes on a pipe of this name.
///
/// It uses the name as a printf format for the numbers of its process and thread (OPT-21), so `%s` reads memory at one of
/// these addresses (OBS-79). A third code reads what happens to be there, and was not seen to crash.
fn is_crashing_format(pipe: &str) -> bool {
    let mut letters = pipe.chars();
    let codes = std::iter::from_fn(|| {
        letters.find(|letter| *letter == '%')?;
        letters.find(|letter| !"-+ #.*0123456789hlLIw".contains(*letter))
    });
    // Two percent signs stand for one, and take no number.
    codes.filter(|code| *code != '%').take(2).any(|code| matches!(code, 's' | 'S'))
}

/// The versions of the Internet Protocol over which a server listens, or a client looks for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum IpVersions {
    V4,
    V6,
    Both,
}

impl IpVersions {
    /// Returns the versions over which a server with this string listens (OPT-32, OBS-73, OBS-97).
    pub(crate) fn of_server(profile: Profile, options: &ConnectionString) -> IpVersions {
        match options.ip_version() {
            Some(4) => IpVersions::V4,
            version => IpVersions::asked(profile, version),
        }
    }

    /// Returns the versions over which a client with this string connects, or `None` if the server has no address of the
    /// version that it asks for.
    pub(crate) fn of_client(profile: Profile, options: &ConnectionString) -> Option<IpVersions> {
        let asked = IpVersions::asked(profile, options.ip_version());
        // The platform decides which addresses a name has: in every recording IPv4 alone (OBS-73).
        let of_name = if profile.is_dbgeng() { IpVersions::V4 } else { IpVersions::Both };
        asked.intersection(IpVersions::of_address(options).unwrap_or(of_name))
    }

    /// Returns the version of the address that a client-side string names, or `None` if it names no address.
    pub(crate) fn of_address(options: &ConnectionString) -> Option<IpVersions> {
        let name = options.server()?;
        if ipv6(name).is_some() {
            return Some(IpVersions::V6);
        }
        name.parse::<Ipv4Addr>().is_ok().then_some(IpVersions::V4)
    }

    fn asked(profile: Profile, version: Option<u32>) -> IpVersions {
        match version {
            Some(6) if profile.has(Behaviour::IpVersion6ExcludesIpv4) => IpVersions::V6,
            _ if profile.has(Behaviour::ListensOnBothIpVersions) => IpVersions::Both,
            _ => IpVersions::V4,
        }
    }

    /// Whether there is a version that both have: a client finds the server, or two servers need the same port.
    pub(crate) fn overlap(self, other: IpVersions) -> bool {
        self.intersection(other).is_some()
    }

    fn intersection(self, other: IpVersions) -> Option<IpVersions> {
        match (self, other) {
            (one, other) if one == other => Some(one),
            (IpVersions::Both, one) | (one, IpVersions::Both) => Some(one),
            _ => None,
        }
    }
}

/// Returns an IPv6 address, with or without the brackets around it.
fn ipv6(name: &str) -> Option<Ipv6Addr> {
    let bare = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
    bare.parse().ok()
}

/// The computer that a connection string names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerHost<'a> {
    /// The computer of the engine that has the string.
    Local,
    /// A computer with this name, if there is one.
    Named(&'a str),
    /// No computer: the text is not a name, or it is reserved for names that do not exist (RFC 2606).
    Impossible,
}

impl<'a> ServerHost<'a> {
    /// Reads the computer off `server=`; without it, this is the local one (OBS-38).
    pub fn of(options: &'a ConnectionString) -> ServerHost<'a> {
        ServerHost::named(options, options.server())
    }

    /// Reads the computer at the other end of a reverse connection off `clicon=` (OPT-24).
    pub fn at_other_end(options: &'a ConnectionString) -> ServerHost<'a> {
        ServerHost::named(options, options.reverse_connection())
    }

    fn named(options: &ConnectionString, name: Option<&'a str>) -> ServerHost<'a> {
        let Some(name) = name else { return ServerHost::Local };
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        let is_pipe = matches!(options.transport(), Transport::Npipe | Transport::Spipe);
        let is_loopback = || {
            name.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
                || ipv6(name).is_some_and(|address| address.is_loopback())
        };
        if is("localhost") || (is_pipe && is(".")) || is_loopback() {
            return ServerHost::Local;
        }
        let is_name = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']' | '%'));
        let is_reserved = name.rsplit('.').next().is_some_and(|last| last.eq_ignore_ascii_case("invalid"));
        if !is_name || is(".") || is_reserved { ServerHost::Impossible } else { ServerHost::Named(name) }
    }
}
