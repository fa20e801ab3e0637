//! Connection strings: the Options of StartProcessServer and the RemoteOptions of ConnectProcessServer.
//!
//! A string is a transport, a colon, and items with commas between them (OPT-1). [`ConnectionString::parse`] reads it
//! by the rules of a [`Profile`]: the documented forms, or what Microsoft's engine takes. Printing gives the spelling
//! of the documentation, and both are inverse to each other on every valid string.
//!
//! ```
//! use dbgeng_testkit::Profile;
//! use dbgeng_testkit::options::{ConnectionString, Item, PortRange, Side, Transport};
//!
//! let written = "TCP:Port=5005, Server=\\\\box17";
//! let string = ConnectionString::parse(Side::Client, Profile::Contract, written)?;
//! assert_eq!(string.server(), Some("box17"));
//! assert_eq!(string.port(), Some(PortRange::from(5005)));
//! assert_eq!(string.to_string(), "tcp:port=5005,server=\\\\box17");
//!
//! let built = ConnectionString::new(Side::Server, Transport::Npipe)
//!     .with(Item::Pipe("alpha".to_owned()))
//!     .with(Item::Hidden);
//! assert_eq!(built.to_string(), "npipe:pipe=alpha,hidden");
//! # Ok::<(), dbgeng_testkit::options::ParseError>(())
//! ```

mod contract;
mod dbgeng;
mod error;
mod form;
mod item;
mod keyword;
mod scan;
mod transport;

use std::fmt;

use crate::Profile;

pub use error::{ErrorKind, ParseError};
pub use item::{Item, PortRange, Protocol};
pub use transport::{Side, Transport};

/// How a process server is offered, or how a smart client reaches one.
///
/// The items keep the order in which they were written. Where a keyword stands twice, the last one holds (OBS-33).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ConnectionString {
    side: Side,
    transport: Transport,
    items: Vec<Item>,
}

impl ConnectionString {
    /// A string without items.
    pub const fn new(side: Side, transport: Transport) -> Self {
        Self { side, transport, items: Vec::new() }
    }

    /// The same with one more item at its end.
    ///
    /// Nothing is checked, so that a test can build what an engine has to refuse: [`parse`](Self::parse) tells
    /// whether the printed string is valid.
    #[must_use]
    pub fn with(mut self, item: Item) -> Self {
        self.items.push(item);
        self
    }

    /// Reads a string as the engine of that side and profile does.
    ///
    /// - [`Profile::Contract`] takes the documented forms (OPT-S1..OPT-S7, OPT-C1..OPT-C7): their keywords once each,
    ///   in any order and case (OPT-4, OPT-5), blanks before a keyword. What it takes, Microsoft's engine reads alike.
    /// - [`Profile::Dbgeng`] takes what Microsoft's engine was seen to take (OBS-31..OBS-40).
    ///
    /// # Errors
    ///
    /// [`ParseError`] names the place, the item there and what was expected instead; no input panics.
    ///
    /// ```
    /// use dbgeng_testkit::Profile;
    /// use dbgeng_testkit::options::{ConnectionString, Side};
    ///
    /// let error = ConnectionString::parse(Side::Client, Profile::Contract, "tcp:srv=box,port=1").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     r#"at offset 4, item "srv=box": expected one of server, port, password, ipversion"#,
    /// );
    /// ```
    pub fn parse(side: Side, profile: Profile, text: &str) -> Result<Self, ParseError> {
        let source = scan::RawString::scan(text)?;
        let items = match profile {
            Profile::Contract => contract::items(side, &source)?,
            Profile::Dbgeng => dbgeng::items(&source)?,
        };
        Ok(Self { side, transport: source.transport, items })
    }

    /// Whose string it is.
    pub const fn side(&self) -> Side {
        self.side
    }

    /// How the two ends meet; both must use the same one (OPT-3).
    pub const fn transport(&self) -> Transport {
        self.transport
    }

    /// The items in the order in which they were written, repeated ones included.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The computer of the process server, without leading backslashes (OPT-20). None, also where it is empty, is
    /// this machine (OBS-38).
    pub fn server(&self) -> Option<&str> {
        self.last(|item| match item {
            Item::Server(name) => Some(name.as_str()),
            _ => None,
        })
        .and_then(computer)
    }

    /// The computer at the other end of a reverse connection, without leading backslashes (OPT-24). None, also where
    /// it is empty, is an ordinary connection.
    pub fn reverse_connection(&self) -> Option<&str> {
        self.last(|item| match item {
            Item::ClientConnect(name) => Some(name.as_str()),
            _ => None,
        })
        .and_then(computer)
    }

    /// The name of the pipe, its `%x` and `%d` as written (OPT-21).
    pub fn pipe(&self) -> Option<&str> {
        self.last(|item| match item {
            Item::Pipe(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// The socket port or ports (OPT-22, OPT-23). None, as port 0, lets the system choose on the server side (OBS-34).
    pub fn port(&self) -> Option<PortRange> {
        self.last(|item| match item {
            Item::Port(range) => Some(*range),
            _ => None,
        })
    }

    /// The version of the Internet Protocol: 6 asks for IPv6 (OPT-32).
    pub fn ip_version(&self) -> Option<u32> {
        self.last(|item| match item {
            Item::IpVersion(version) => Some(*version),
            _ => None,
        })
    }

    /// The number of the COM port (OPT-25).
    pub fn com_port(&self) -> Option<u32> {
        self.last(|item| match item {
            Item::ComPort(number) => Some(*number),
            _ => None,
        })
    }

    /// The channel on the COM port, so that several servers share it (OPT-27).
    pub fn channel(&self) -> Option<u32> {
        self.last(|item| match item {
            Item::Channel(number) => Some(*number),
            _ => None,
        })
    }

    /// The password. An empty one is told from none, as the real engine does (measured; OBS-37 takes them for the same).
    pub fn password(&self) -> Option<&str> {
        self.last(|item| match item {
            Item::Password(password) => Some(password.as_str()),
            _ => None,
        })
    }

    /// Whether the server stays out of listings (OPT-30).
    pub fn is_hidden(&self) -> bool {
        self.items.contains(&Item::Hidden)
    }

    fn last<'a, T>(&'a self, pick: impl Fn(&'a Item) -> Option<T>) -> Option<T> {
        self.items.iter().rev().find_map(pick)
    }
}

/// The name without the backslashes that may stand before it, if one is left.
fn computer(name: &str) -> Option<&str> {
    let name = name.strip_prefix(r"\\").unwrap_or(name);
    (!name.is_empty()).then_some(name)
}

impl fmt::Display for ConnectionString {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:", self.transport)?;
        for (index, item) in self.items.iter().enumerate() {
            let separator = if index == 0 { "" } else { "," };
            write!(formatter, "{separator}{item}")?;
        }
        Ok(())
    }
}
