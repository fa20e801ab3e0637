//! The interfaces of a client object, by name.

use std::fmt;

/// An interface that a caller may ask a client object for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Interface {
    /// A version of `IDebugClient`, from 1 to 9. Version 5 has the whole process-server surface (VER-5).
    DebugClient(u8),
    /// Any other interface, by its name: `IUnknown`, `IDebugControl`, …
    Other(String),
}

/// The first interface of each family that every client object has, and the digit of the newest (OBS-89).
const OF_EVERY_CLIENT: [(&str, u8); 6] = [
    ("IDebugControl", b'7'),
    ("IDebugSymbols", b'5'),
    ("IDebugDataSpaces", b'4'),
    ("IDebugRegisters", b'2'),
    ("IDebugSystemObjects", b'4'),
    ("IDebugAdvanced", b'4'),
];

impl Interface {
    /// The version from which a client object has the whole process-server surface (VER-5).
    pub(crate) const WHOLE_SURFACE: u8 = 5;

    /// The newest interface that adds a process-server method (VER-8).
    pub const NEWEST: Interface = Interface::DebugClient(Interface::WHOLE_SURFACE);

    /// Returns the version number of an `IDebugClient` interface.
    pub fn version(&self) -> Option<u8> {
        match *self {
            Interface::DebugClient(version) => Some(version),
            Interface::Other(_) => None,
        }
    }

    /// Returns whether every client object of Microsoft's engine has it: `IUnknown`, and the interfaces of the session, such as
    /// `IDebugControl7` (OBS-89).
    pub(crate) fn is_of_every_client(&self) -> bool {
        let Interface::Other(name) = self else { return false };
        let is_version = |number: &str, newest| {
            number.is_empty() || matches!(number.as_bytes(), &[digit] if (b'2'..=newest).contains(&digit))
        };
        let mut families = OF_EVERY_CLIENT.iter();
        name == "IUnknown"
            || families
                .any(|(first, newest)| name.strip_prefix(first).is_some_and(|number| is_version(number, *newest)))
    }

    /// Returns whether no engine can be expected to have it: it is neither `IUnknown` nor one of the debugger's interfaces,
    /// whose names begin with `IDebug`.
    #[cfg(feature = "kit")]
    pub(crate) fn is_stranger(&self) -> bool {
        matches!(self, Interface::Other(name) if name != "IUnknown" && !name.starts_with("IDebug"))
    }
}

impl From<&str> for Interface {
    fn from(name: &str) -> Interface {
        match name.strip_prefix("IDebugClient").map(str::as_bytes) {
            Some(b"") => Interface::DebugClient(1),
            Some(&[digit @ b'2'..=b'9']) => Interface::DebugClient(digit - b'0'),
            _ => Interface::Other(name.to_owned()),
        }
    }
}

impl fmt::Display for Interface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Interface::DebugClient(1) => f.write_str("IDebugClient"),
            Interface::DebugClient(version) => write!(f, "IDebugClient{version}"),
            Interface::Other(name) => f.write_str(name),
        }
    }
}
