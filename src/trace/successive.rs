//! Parses lines that follow one another.

use memchr::memchr;
use serde_json::de::StrRead;
use serde_json::{Deserializer, StreamDeserializer};

use super::parsed::{Flaw, Parsed};
use super::text::{is_blank, without_end};

/// The lines of a text that are not blank, parsed up to the first malformed one. To parse each line by itself takes longer.
pub(super) struct SuccessiveLines<'a> {
    /// Empty if it is not valid: then every line is parsed by itself.
    text: &'a str,
    /// The offset at which `values` starts.
    start: usize,
    values: StreamDeserializer<'a, StrRead<'a>, Parsed<'a>>,
    /// The lines that are left.
    rest: &'a [u8],
    /// The offset of `rest`.
    offset: usize,
    /// The number of blank lines since the last parsed one.
    pub(super) blank: u64,
}

/// A parsed line.
pub(super) struct ParsedLine<'a> {
    /// The number of blank lines before it.
    pub(super) blank: u64,
    /// The line without its end.
    pub(super) text: &'a [u8],
    pub(super) parsed: Result<Parsed<'a>, Flaw>,
}

impl<'a> SuccessiveLines<'a> {
    pub(super) fn new(lines: &'a [u8]) -> SuccessiveLines<'a> {
        let text = std::str::from_utf8(lines).unwrap_or_default();
        SuccessiveLines { text, start: 0, values: values(text, 0), rest: lines, offset: 0, blank: 0 }
    }

    /// Parses the next line that is not blank. It ends at this offset.
    fn parse(&mut self, line: &'a [u8], end: usize) -> Result<Parsed<'a>, Flaw> {
        match self.values.next() {
            // The value of a malformed line can end before it does, or in a later one.
            Some(Ok(parsed)) if self.start + self.values.byte_offset() == end => Ok(parsed),
            _ => {
                (self.start, self.values) = (end, values(self.text, end));
                Parsed::of(line)
            }
        }
    }
}

fn values<'a>(text: &'a str, start: usize) -> StreamDeserializer<'a, StrRead<'a>, Parsed<'a>> {
    Deserializer::from_str(text.get(start..).unwrap_or_default()).into_iter()
}

impl<'a> Iterator for SuccessiveLines<'a> {
    type Item = ParsedLine<'a>;

    fn next(&mut self) -> Option<ParsedLine<'a>> {
        while !self.rest.is_empty() {
            let end = memchr(b'\n', self.rest).map_or(self.rest.len(), |end| end + 1);
            let (line, rest) = self.rest.split_at(end);
            let text = without_end(line);
            let start = self.offset;
            (self.rest, self.offset) = (rest, start + end);
            if is_blank(text) {
                self.blank += 1;
                continue;
            }
            let parsed = self.parse(text, start + text.len());
            if parsed.is_err() {
                self.rest = &[];
            }
            return Some(ParsedLine { blank: std::mem::take(&mut self.blank), text, parsed });
        }
        None
    }
}
