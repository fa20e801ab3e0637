//! The shape that all profiles share: a transport, a colon, items between commas.

use super::error::{ErrorKind, ParseError, one_of};
use super::item::Item;
use super::keyword::Keyword;
use super::transport::Transport;
use crate::profile::Profile;

/// A connection string split into its transport and its items.
pub(super) struct RawString<'a> {
    text: &'a str,
    pub(super) transport: Transport,
    /// At least one item; an empty one if nothing follows the colon.
    pub(super) items: Vec<RawItem<'a>>,
}

impl<'a> RawString<'a> {
    pub(super) fn scan(profile: Profile, text: &'a str) -> Result<Self, ParseError> {
        let refuse = |offset, item: &str, kind, expected| ParseError { offset, item: item.to_owned(), expected, kind };
        let known = || Transport::ALL.into_iter().filter(|transport| profile.is_dbgeng() || transport.is_documented());
        let transports = || one_of(known());
        if text.is_empty() {
            return Err(refuse(0, text, ErrorKind::Empty, transports()));
        }
        let Some((name, rest)) = text.split_once(':') else {
            let expected = "a colon after the transport".to_owned();
            return Err(refuse(text.len(), text, ErrorKind::MissingColon, expected));
        };
        let Some(transport) = Transport::find(name).filter(|found| known().any(|one| one == *found)) else {
            return Err(refuse(0, name, ErrorKind::UnknownTransport, transports()));
        };
        let mut next = name.len() + 1;
        let items = rest
            .split(',')
            .map(|written| {
                let end = next + written.len();
                next = end + 1;
                RawItem::ending_at(end, written)
            })
            .collect();
        Ok(Self { text, transport, items })
    }

    /// Reports that something is missing at the end of the string.
    pub(super) fn lacks(&self, expected: String) -> ParseError {
        ParseError { offset: self.text.len(), item: self.text.to_owned(), expected, kind: ErrorKind::MissingKeyword }
    }
}

/// The text of one item, without the blanks before its keyword (OBS-31).
pub(super) struct RawItem<'a> {
    offset: usize,
    text: &'a str,
    /// The text after the equals sign, if there is one.
    value: Option<&'a str>,
    /// The keyword, if it is known.
    pub(super) keyword: Option<Keyword>,
}

impl<'a> RawItem<'a> {
    fn ending_at(end: usize, written: &'a str) -> Self {
        let text = written.trim_ascii_start();
        let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
        Self { offset: end - text.len(), text, value, keyword: Keyword::find(name) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Returns the keyword if it is allowed; `allowed` lists those that are.
    pub(super) fn keyword_if<I: Iterator<Item = Keyword>>(
        &self,
        is_allowed: impl Fn(Keyword) -> bool,
        allowed: impl FnOnce() -> I,
    ) -> Result<Keyword, ParseError> {
        let kind = match self.keyword {
            Some(keyword) if is_allowed(keyword) => return Ok(keyword),
            Some(_) => ErrorKind::MisplacedKeyword,
            None if self.is_empty() => ErrorKind::EmptyItem,
            None => ErrorKind::UnknownKeyword,
        };
        Err(self.refuse(kind, one_of(allowed())))
    }

    /// Reads the value with `read`; `expected` describes for people what that accepts.
    pub(super) fn value<T>(&self, expected: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<T, ParseError> {
        let Some(value) = self.value else {
            let expected = format!("= and {expected}");
            return Err(self.refuse_at(self.text.len(), ErrorKind::MissingValue, expected));
        };
        let kind = if value.is_empty() { ErrorKind::MissingValue } else { ErrorKind::InvalidValue };
        read(value).ok_or_else(|| self.refuse_at(self.text.len() - value.len(), kind, expected.to_owned()))
    }

    /// Returns `item` if no value follows the keyword.
    pub(super) fn bare(&self, item: Item) -> Result<Item, ParseError> {
        match self.value {
            None => Ok(item),
            Some(value) => {
                let at = self.text.len() - value.len() - 1;
                Err(self.refuse_at(at, ErrorKind::InvalidValue, format!("nothing after {item}")))
            }
        }
    }

    pub(super) fn refuse(&self, kind: ErrorKind, expected: String) -> ParseError {
        self.refuse_at(0, kind, expected)
    }

    fn refuse_at(&self, within: usize, kind: ErrorKind, expected: String) -> ParseError {
        ParseError { offset: self.offset + within, item: self.text.to_owned(), expected, kind }
    }
}
