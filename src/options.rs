//! Connection strings: the Options of StartProcessServer and the RemoteOptions of ConnectProcessServer.
//!
//! A string is a transport, a colon, and items with commas between them (OPT-1). [`ConnectionString::parse`] reads it
//! by the rules of a [`Profile`]: the documented forms, or the strings that Microsoft's engine accepts. A string is
//! printed in the spelling of the documentation, and printing a string and parsing it again yields the same string.
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

#[macro_use]
mod macros;

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

/// Finds the value of the last item of a kind.
macro_rules! last {
    ($string:ident, $Kind:ident) => {
        $string.items.iter().rev().find_map(|item| match item {
            Item::$Kind(value) => Some(value),
            _ => None,
        })
    };
}

/// A connection string: where a process server listens, or where a smart client connects.
///
/// The items keep the order in which they were written. If a keyword stands twice, the last one counts (OBS-33).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ConnectionString {
    side: Side,
    transport: Transport,
    items: Vec<Item>,
}

impl ConnectionString {
    /// Creates a string without items.
    pub const fn new(side: Side, transport: Transport) -> Self {
        Self { side, transport, items: Vec::new() }
    }

    /// Adds an item at the end.
    ///
    /// Nothing is checked, so a test can build a string that an engine has to refuse. [`parse`](Self::parse) tells whether
    /// the printed string is valid.
    #[must_use]
    pub fn with(mut self, item: Item) -> Self {
        self.items.push(item);
        self
    }

    /// Reads a string as an engine of that side and profile does.
    ///
    /// - [`Profile::Contract`] accepts the documented forms (OPT-S1..OPT-S7, OPT-C1..OPT-C7): each keyword once, in any
    ///   order and case (OPT-4, OPT-5), with blanks before a keyword. Microsoft's engine reads these strings in the same way.
    /// - [`Profile::Dbgeng`] accepts what Microsoft's engine was seen to accept (OBS-31..OBS-40, OBS-73, OBS-77, OBS-78,
    ///   OBS-99).
    ///
    /// # Errors
    ///
    /// Returns a [`ParseError`] with the place, the item there and what was expected instead. No input panics.
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
        let source = scan::RawString::scan(profile, text)?;
        let items = match profile {
            Profile::Contract => contract::items(side, &source)?,
            Profile::Dbgeng | Profile::DbgengAt(_) => dbgeng::items(profile, &source)?,
        };
        Ok(Self { side, transport: source.transport, items })
    }

    /// Returns the end of the connection that the string is for.
    pub const fn side(&self) -> Side {
        self.side
    }

    /// Returns the transport; both ends must use the same one (OPT-3).
    pub const fn transport(&self) -> Transport {
        self.transport
    }

    /// Returns the items in the order in which they were written, repeated ones included.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// Returns the computer of the process server, without leading backslashes (OPT-20). If it is missing or empty, that is
    /// this machine (OBS-38).
    pub fn server(&self) -> Option<&str> {
        last!(self, Server).and_then(|name| computer(name))
    }

    /// Returns the computer at the other end of a reverse connection, without leading backslashes (OPT-24). If it is missing
    /// or empty, the connection is an ordinary one.
    pub fn reverse_connection(&self) -> Option<&str> {
        last!(self, ClientConnect).and_then(|name| computer(name))
    }

    /// Returns the name of the pipe, its `%x` and `%d` as written (OPT-21).
    pub fn pipe(&self) -> Option<&str> {
        last!(self, Pipe).map(String::as_str)
    }

    /// Returns the socket port or ports (OPT-22, OPT-23). On the server side, none and port 0 let the system choose (OBS-34).
    pub fn port(&self) -> Option<PortRange> {
        last!(self, Port).copied()
    }

    /// Returns the version of the Internet Protocol; 6 asks for IPv6 (OPT-32).
    pub fn ip_version(&self) -> Option<u32> {
        last!(self, IpVersion).copied()
    }

    /// Returns the number of the COM port (OPT-25).
    pub fn com_port(&self) -> Option<u32> {
        last!(self, ComPort).copied()
    }

    /// Returns the channel on the COM port; several servers can share a port (OPT-27).
    pub fn channel(&self) -> Option<u32> {
        last!(self, Channel).copied()
    }

    /// Returns the password. An empty password is not the same as none (OBS-37).
    pub fn password(&self) -> Option<&str> {
        last!(self, Password).map(String::as_str)
    }

    /// Returns whether the server stays out of listings (OPT-30).
    pub fn is_hidden(&self) -> bool {
        self.items.contains(&Item::Hidden)
    }
}

/// Removes the backslashes that may stand before a name; `None` if nothing is left.
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

/// Whether the transport of a string needs a certificate, which the real engine looks for before it reads the rest.
#[cfg(feature = "kit")]
pub(crate) fn needs_certificate(text: &str) -> bool {
    matches!(named_transport(text), Some(Transport::Spipe | Transport::Ssl))
}

/// Returns the transport that a string names, be the rest of it valid or not.
#[cfg(feature = "kit")]
pub(crate) fn named_transport(text: &str) -> Option<Transport> {
    Transport::find(text.split(':').next().unwrap_or_default())
}
