//! Text as people and their tools write it: UTF-8 or UTF-16, with or without a byte order mark, in lines of a limited length.

use std::char::decode_utf16;
use std::io::{self, BufRead, BufReader, ErrorKind, Read};

use memchr::{memchr, memrchr};

use crate::sentence::debug_as_display;

/// The length in bytes of the longest line that is read. A file without the end of a line would fill the memory.
const LONGEST_LINE: usize = 16 << 20;

/// The mark of UTF-8. Editors on Windows begin a file with it.
const UTF_8_MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// The error of a text that cannot be read.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {problem}")]
pub struct UnreadableText {
    file: String,
    line: u64,
    /// In bytes, counted from 1.
    column: usize,
    problem: String,
}

debug_as_display!(UnreadableText);

/// Reads a whole text: a scenario, known deviations, a report or a program. Errors name it `file`.
///
/// As in a trace, UTF-16 and a byte order mark are read as well, which PowerShell's `>` and editors on Windows write. A line
/// is at most 16 MiB long.
///
/// ```
/// use dbgeng_testkit::trace::read_text;
///
/// assert_eq!(read_text("a.json", &b"\xff\xfe{\0}\0"[..])?, "{}");
/// # Ok::<(), dbgeng_testkit::trace::UnreadableText>(())
/// ```
///
/// # Errors
///
/// Returns an error if the text cannot be read or decoded, or has a longer line.
pub fn read_text(file: &str, input: impl Read) -> Result<String, UnreadableText> {
    let mut input = TextInput::new(BufReader::new(input));
    let (mut text, mut line) = (Vec::new(), 0);
    loop {
        let start = text.len();
        line += 1;
        let unreadable = |column, problem: String| UnreadableText { file: file.to_owned(), line, column, problem };
        read_line(&mut input, &mut text).map_err(|error| unreadable(1, error.to_string()))?;
        if let Err(error) = std::str::from_utf8(&text[start..]) {
            return Err(unreadable(error.valid_up_to() + 1, "the text is neither UTF-8 nor UTF-16".to_owned()));
        }
        if text.len() == start {
            return Ok(String::from_utf8(text).unwrap_or_default());
        }
    }
}

/// Returns the text without the byte order mark, for which JSON has no place.
pub(crate) fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// An input as UTF-8 without a byte order mark. UTF-16 is recognised by its mark, or by the zero beside its first letter.
#[derive(Debug)]
pub(super) struct TextInput<R> {
    input: R,
    encoding: Encoding,
    /// Text that was decoded, of which the first `taken` bytes were consumed.
    decoded: Vec<u8>,
    taken: usize,
}

#[derive(Clone, Copy, Debug)]
enum Encoding {
    /// Nothing was read yet.
    Unknown,
    Utf8,
    Utf16(fn([u8; 2]) -> u16),
}

impl<R: BufRead> TextInput<R> {
    pub(super) fn new(input: R) -> TextInput<R> {
        TextInput { input, encoding: Encoding::Unknown, decoded: Vec::new(), taken: 0 }
    }

    fn detect(&mut self) -> io::Result<()> {
        let mut start = Vec::new();
        self.input.by_ref().take(2).read_to_end(&mut start)?;
        if start == UTF_8_MARK[..2] {
            self.input.by_ref().take(1).read_to_end(&mut start)?;
        }
        self.encoding = match *start {
            [0xFF, 0xFE] | [1..=0xFF, 0] => Encoding::Utf16(u16::from_le_bytes),
            [0xFE, 0xFF] | [0, 1..=0xFF] => Encoding::Utf16(u16::from_be_bytes),
            _ => Encoding::Utf8,
        };
        self.decoded = match self.encoding {
            Encoding::Utf16(_) if start.contains(&0) => char::from(start[0] | start[1]).to_string().into_bytes(),
            Encoding::Utf16(_) => Vec::new(),
            _ if start == UTF_8_MARK => Vec::new(),
            _ => start,
        };
        Ok(())
    }

    /// Decodes the next part of UTF-16: all that is there, up to a whole character.
    fn decode(&mut self, unit: fn([u8; 2]) -> u16) -> io::Result<()> {
        const PART: u64 = 1 << 16;
        let mut part = Vec::new();
        self.input.by_ref().take(PART).read_to_end(&mut part)?;
        let is_high = |pair: &[u8]| (0xD800..0xDC00).contains(&unit([pair[0], pair[1]]));
        if part.len() >= 2 && is_high(&part[part.len() - 2..]) {
            self.input.by_ref().take(2).read_to_end(&mut part)?;
        }
        let invalid = || io::Error::new(ErrorKind::InvalidData, "the text is not valid UTF-16");
        let (units, []) = part.as_chunks::<2>() else { return Err(invalid()) };
        let text: Result<String, _> = decode_utf16(units.iter().map(|pair| unit(*pair))).collect();
        (self.decoded, self.taken) = (text.map_err(|_| invalid())?.into_bytes(), 0);
        Ok(())
    }
}

impl<R: BufRead> Read for TextInput<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let text = self.fill_buf()?;
        let length = text.len().min(buffer.len());
        buffer[..length].copy_from_slice(&text[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl<R: BufRead> BufRead for TextInput<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if let Encoding::Unknown = self.encoding {
            self.detect()?;
        }
        match self.encoding {
            Encoding::Utf16(unit) if self.taken == self.decoded.len() => self.decode(unit)?,
            Encoding::Utf8 if self.taken == self.decoded.len() => return self.input.fill_buf(),
            _ => {}
        }
        Ok(&self.decoded[self.taken..])
    }

    fn consume(&mut self, length: usize) {
        if self.taken == self.decoded.len() {
            self.input.consume(length);
        } else {
            self.taken += length;
        }
    }
}

/// Appends what is left of the input up to the end of a line. `read_until` does the same in more time.
pub(super) fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<()> {
    read_lines(input, line, 0)
}

/// Appends whole lines until the text has this size, and at least one.
pub(super) fn read_lines(input: &mut impl BufRead, text: &mut Vec<u8>, size: usize) -> io::Result<()> {
    let mut start = text.len();
    loop {
        let part = match input.fill_buf() {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            part => part?,
        };
        let inner = size.saturating_sub(text.len() + 1).min(part.len());
        if let Some(end) = memrchr(b'\n', &part[..inner]) {
            start = text.len() + end + 1;
        }
        let end = memchr(b'\n', &part[inner..]).map(|end| inner + end + 1);
        let length = end.unwrap_or(part.len());
        text.extend_from_slice(&part[..length]);
        input.consume(length);
        if text.len() - start > LONGEST_LINE {
            return Err(io::Error::other(format!(
                "the line is longer than {} MiB; break it, if this is a text",
                LONGEST_LINE >> 20
            )));
        }
        if end.is_some() || length == 0 {
            return Ok(());
        }
    }
}

/// Removes the end of a line.
pub(super) fn without_end(mut line: &[u8]) -> &[u8] {
    while let [before @ .., b'\n' | b'\r'] = line {
        line = before;
    }
    line
}

pub(super) fn is_blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}
