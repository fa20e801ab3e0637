//! The addresses of process servers: where a server listens, and where a client looks for it.

use std::net::Ipv4Addr;

use crate::options::{ConnectionString, Transport};

/// An address on one computer at which a client can reach a process server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Address {
    /// A TCP port.
    Tcp(u16),
    /// A named pipe, in lower case: pipe names ignore case.
    Npipe(String),
    /// A COM port and the channel on it (OPT-27).
    Com(u32, u32),
    /// A named pipe with a secured channel, in lower case.
    Spipe(String),
    /// A TCP port with a secured channel.
    Ssl(u16),
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
            Transport::Npipe => Listen::FirstFree(vec![Address::Npipe(pipe.to_lowercase())]),
            Transport::Spipe => Listen::FirstFree(vec![Address::Spipe(pipe.to_lowercase())]),
            Transport::Com => Listen::FirstFree(vec![serial_line(options)]),
            transport @ (Transport::Tcp | Transport::Ssl) => {
                let address = if transport == Transport::Tcp { Address::Tcp } else { Address::Ssl };
                match options.port() {
                    Some(range) if range.first != 0 => {
                        Listen::FirstFree((range.first..=range.last.max(range.first)).map(address).collect())
                    }
                    _ => Listen::SystemChooses(transport),
                }
            }
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
        let pipe = options.pipe().unwrap_or_default().to_lowercase();
        Some(match options.transport() {
            Transport::Tcp => Address::Tcp(port),
            Transport::Ssl => Address::Ssl(port),
            Transport::Npipe => Address::Npipe(pipe),
            Transport::Spipe => Address::Spipe(pipe),
            Transport::Com => serial_line(options),
        })
    }

    /// Returns the transport that reaches the address.
    pub fn transport(&self) -> Transport {
        match self {
            Address::Tcp(_) => Transport::Tcp,
            Address::Npipe(_) => Transport::Npipe,
            Address::Com(..) => Transport::Com,
            Address::Spipe(_) => Transport::Spipe,
            Address::Ssl(_) => Transport::Ssl,
        }
    }
}

fn serial_line(options: &ConnectionString) -> Address {
    Address::Com(options.com_port().unwrap_or_default(), options.channel().unwrap_or_default())
}

/// The computer that a client-side string names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerHost<'a> {
    /// The computer on which the client runs.
    Local,
    /// A computer with this name, if there is one.
    Named(&'a str),
    /// No computer: the text is not a name, or it is reserved for names that do not exist (RFC 2606).
    Impossible,
}

impl<'a> ServerHost<'a> {
    /// Reads the computer off `server=`; without it, this is the local one (OBS-38).
    pub fn of(options: &'a ConnectionString) -> ServerHost<'a> {
        let Some(name) = options.server() else { return ServerHost::Local };
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        let is_pipe = matches!(options.transport(), Transport::Npipe | Transport::Spipe);
        let is_loopback = || name.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback());
        if is("localhost") || is("::1") || is("[::1]") || (is_pipe && is(".")) || is_loopback() {
            return ServerHost::Local;
        }
        let is_name = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']' | '%'));
        let is_reserved = name.rsplit('.').next().is_some_and(|last| last.eq_ignore_ascii_case("invalid"));
        if !is_name || is(".") || is_reserved { ServerHost::Impossible } else { ServerHost::Named(name) }
    }
}
