//! Parses lines that follow one another.

use serde_json::de::StrRead;
use serde_json::{Deserializer, StreamDeserializer};

use super::parsed::{Flaw, Parsed};

/// A parser of lines that follow one another in a text. To parse each line by itself takes longer.
pub(super) struct SuccessiveLines<'a> {
    /// Empty if it is not valid: then every line is parsed by itself.
    text: &'a str,
    /// The offset at which `values` starts.
    start: usize,
    values: StreamDeserializer<'a, StrRead<'a>, Parsed<'a>>,
}

impl<'a> SuccessiveLines<'a> {
    pub(super) fn new(text: &'a [u8]) -> SuccessiveLines<'a> {
        SuccessiveLines::after(0, std::str::from_utf8(text).unwrap_or_default())
    }

    fn after(start: usize, text: &'a str) -> SuccessiveLines<'a> {
        let rest = text.get(start..).unwrap_or_default();
        SuccessiveLines { text, start, values: Deserializer::from_str(rest).into_iter() }
    }

    /// Parses the next line that is not blank. It starts at this offset, and is given without its end.
    pub(super) fn parse(&mut self, start: usize, line: &'a [u8]) -> Result<Parsed<'a>, Flaw> {
        let end = start + line.len();
        match self.values.next() {
            // The value of a malformed line can end before it does, or in a later one.
            Some(Ok(parsed)) if self.start + self.values.byte_offset() == end => Ok(parsed),
            _ => {
                *self = SuccessiveLines::after(end, self.text);
                Parsed::of(line)
            }
        }
    }
}
