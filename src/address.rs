//! Where a process server listens and where a client looks for it: what two connection strings have to agree on.

use std::net::Ipv4Addr;

use crate::options::{ConnectionString, Transport};

/// One place on one computer at which a process server can be reached.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Address {
    /// A TCP port.
    Tcp(u16),
    /// A named pipe, in lower case: pipe names ignore case.
    Npipe(String),
    /// A COM port and the channel on it (OPT-27).
    Com(u32, u32),
    /// A named pipe with a secured channel.
    Spipe(String),
    /// A TCP port with a secured channel.
    Ssl(u16),
}

/// Where StartProcessServer is asked to listen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listen {
    /// At the first of these that is free, tried in order (OPT-23, OBS-35).
    FirstFree(Vec<Address>),
    /// At a port that the system chooses (OBS-34).
    SystemChooses(Transport),
    /// At a name with a `%x` or `%d`, of which the system's process and thread id become a part (OPT-21).
    SystemNames(Transport),
    /// Nowhere: the server calls the client (OPT-24).
    Reverse,
}

impl Listen {
    /// What a server-side string asks for.
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
    /// Where a client-side string looks; `None` for a reverse connection. Of a range of ports the first alone is tried
    /// (OBS-35).
    pub fn sought(options: &ConnectionString) -> Option<Address> {
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

    /// The transport by which the address is reached.
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
    /// The one on which the client runs, under a name that means it everywhere.
    Local,
    /// A computer with this name, if there is one.
    Named(&'a str),
    /// No computer: the name is none, or it is reserved for names that do not exist (RFC 2606).
    Impossible,
}

impl<'a> ServerHost<'a> {
    /// What `server=` names; none is this machine (OBS-38).
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
