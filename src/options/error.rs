//! Why a connection string was refused.

use std::fmt;

use thiserror::Error;

/// A connection string that was refused: where, at what, and what would have been right.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("at offset {offset}, item {item:?}: expected {expected}")]
pub struct ParseError {
    /// Bytes from the start of the string to the place that is wrong; its length where something is missing at the end.
    pub offset: usize,
    /// The item that is wrong, or the whole string where no item is.
    pub item: String,
    /// What was expected there.
    pub expected: String,
    /// What kind of mistake it is.
    pub kind: ErrorKind,
}

/// The kinds of mistake in a connection string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The string is empty.
    Empty,
    /// There is no colon, so no transport.
    MissingColon,
    /// The word before the colon is no transport.
    UnknownTransport,
    /// Nothing stands where an item should.
    EmptyItem,
    /// The keyword is none.
    UnknownKeyword,
    /// The keyword is one, but of another transport, of the other side, or not beside the keywords given.
    MisplacedKeyword,
    /// The keyword stands twice.
    RepeatedKeyword,
    /// A keyword that the form needs is not there.
    MissingKeyword,
    /// The keyword needs a value and has none.
    MissingValue,
    /// The value is not one that the keyword takes.
    InvalidValue,
}

impl ErrorKind {
    /// Whether the string is no connection string by anybody's reading, rather than one with a wrong item (OBS-32).
    pub const fn is_malformed(self) -> bool {
        matches!(self, Self::Empty | Self::MissingColon | Self::UnknownTransport)
    }
}

/// The choice among `names`, for people.
pub(super) fn one_of<T: fmt::Display>(names: impl IntoIterator<Item = T>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| name.to_string()).collect();
    match names.as_slice() {
        [only] => only.clone(),
        _ => format!("one of {}", names.join(", ")),
    }
}
