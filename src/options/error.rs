//! The errors of connection strings.

use std::fmt;

use thiserror::Error;

use crate::sentence::debug_as_display;

/// An error in a connection string: where it is, at which item, and what was expected.
#[derive(Clone, PartialEq, Eq, Error)]
#[error("at offset {offset}, item {item:?}: expected {expected}")]
pub struct ParseError {
    /// The offset of the mistake in bytes; the length of the string if something is missing at its end.
    pub offset: usize,
    /// The wrong item, or the whole string if no single item is wrong.
    pub item: String,
    /// The text that was expected there.
    pub expected: String,
    /// The kind of the mistake.
    pub kind: ErrorKind,
}

debug_as_display!(ParseError);

/// The kinds of mistake in a connection string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The string is empty.
    Empty,
    /// There is no colon, and so no transport.
    MissingColon,
    /// The word before the colon is not a transport.
    UnknownTransport,
    /// An item is empty.
    EmptyItem,
    /// The keyword is unknown.
    UnknownKeyword,
    /// The keyword belongs to another transport or to the other side, or does not go with the other keywords.
    MisplacedKeyword,
    /// The keyword stands twice.
    RepeatedKeyword,
    /// A required keyword is missing.
    MissingKeyword,
    /// The keyword needs a value and has none.
    MissingValue,
    /// The keyword does not take this value.
    InvalidValue,
}

impl ErrorKind {
    /// Returns whether the string is not a connection string at all, rather than one with a wrong item (OBS-32).
    pub const fn is_malformed(self) -> bool {
        matches!(self, Self::Empty | Self::MissingColon | Self::UnknownTransport)
    }
}

/// Writes a choice among `names` for people.
pub(super) fn one_of<T: fmt::Display>(names: impl IntoIterator<Item = T>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| name.to_string()).collect();
    match names.as_slice() {
        [only] => only.clone(),
        _ => format!("one of {}", names.join(", ")),
    }
}
