//! Reads a trace, a line at a time.

use std::io::{self, BufRead};

use crate::sentence::debug_as_display;

use memchr::memchr;

use super::event::{Event, Header};
use super::json_error::{column, describe};
use super::parameters::LineProblem;
use super::parsed::{Flaw, Parsed, from_line};
use super::process_names::ProcessNames;

/// The error of a line that violates the format or could not be read.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {problem}")]
pub struct MalformedTrace {
    /// The name that the reader was given.
    pub file: String,
    /// The number of the line, counted from 1.
    pub line: u64,
    /// The column in bytes, counted from 1.
    pub column: usize,
    /// The problem, for people.
    pub problem: String,
}

debug_as_display!(MalformedTrace);

/// A trace as a stream of events. After an error it yields nothing more.
///
/// ```
/// use dbgeng_testkit::trace::Reader;
///
/// let text = r#"{"trace": 1, "engine": {"name": "E", "version": "1", "platform": "P"}, "name": "n", "note": ""}
/// {"seq": 1, "process": "client", "thread": 0, "client": 0, "call": "Disconnect"}"#;
/// let mut reader = Reader::new("my.jsonl", text.as_bytes())?;
/// let error = reader.next().unwrap().unwrap_err();
/// assert_eq!(error.to_string(), "my.jsonl:2:67: no method is called \"Disconnect\"");
/// # Ok::<(), dbgeng_testkit::trace::MalformedTrace>(())
/// ```
#[derive(Debug)]
pub struct Reader<R> {
    pub(super) input: R,
    header: Header,
    pub(super) order: SequenceCheck,
    text: Vec<u8>,
    failed: bool,
}

impl<R: BufRead> Reader<R> {
    /// Reads the first line. Errors name the trace `file`.
    ///
    /// # Errors
    ///
    /// Fails if the first line is missing, cannot be read, or is no header.
    pub fn new(file: impl Into<String>, mut input: R) -> Result<Reader<R>, MalformedTrace> {
        let order = SequenceCheck { file: file.into(), line: 1, processes: ProcessNames::default(), last_seq: None };
        let mut text = Vec::new();
        read_line(&mut input, &mut text).map_err(|error| order.malformed(1, error.to_string()))?;
        // Editors on Windows begin a file with a byte order mark.
        let line = text.strip_prefix(b"\xef\xbb\xbf").map_or(without_end(&text), without_end);
        if line.is_empty() {
            return Err(order.malformed(1, "the file is empty".to_owned()));
        }
        if line.starts_with(b"\xff\xfe") || line.starts_with(b"\xfe\xff") {
            return Err(order.malformed(1, "the file is in UTF-16; write it in UTF-8".to_owned()));
        }
        let header = from_line::<Header>(line).map_err(|error| order.malformed(column(&error), describe(&error)))?;
        Ok(Reader { input, header, order, text, failed: false })
    }

    /// Returns the first line.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Returns the names of the processes so far, by their numbers.
    pub fn processes(&self) -> &[String] {
        self.order.processes.names()
    }

    fn read_line(&mut self) -> Result<Option<Event>, MalformedTrace> {
        loop {
            self.text.clear();
            let read = read_line(&mut self.input, &mut self.text);
            self.order.line += 1;
            read.map_err(|error| self.order.malformed(1, error.to_string()))?;
            if self.text.is_empty() {
                return Ok(None);
            }
            let line = without_end(&self.text);
            if !is_blank(line) {
                return self.order.event(line, Parsed::of(line)).map(Some);
            }
        }
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Event, MalformedTrace>;

    fn next(&mut self) -> Option<Result<Event, MalformedTrace>> {
        if self.failed {
            return None;
        }
        let event = self.read_line();
        self.failed = event.is_err();
        event.transpose()
    }
}

/// The state that a line needs from the lines before it.
#[derive(Debug)]
pub(super) struct SequenceCheck {
    file: String,
    /// The number of the line that is read, counted from 1.
    pub(super) line: u64,
    pub(super) processes: ProcessNames,
    last_seq: Option<u64>,
}

impl SequenceCheck {
    /// Checks the order of a line and numbers its process.
    pub(super) fn event(&mut self, text: &[u8], parsed: Result<Parsed<'_>, Flaw>) -> Result<Event, MalformedTrace> {
        let in_place = parsed.and_then(|Parsed { process, mut event }| {
            self.in_order(event.seq).map_err(|problem| Flaw::in_line(text, problem))?;
            *event.process_mut() = self.processes.number(&process.0);
            Ok(event)
        });
        in_place.map_err(|flaw| self.malformed(flaw.column, flaw.problem))
    }

    fn in_order(&mut self, seq: u64) -> Result<(), LineProblem> {
        match self.last_seq.replace(seq) {
            Some(last) if last >= seq => {
                let problem = format!("seq {seq} follows seq {last}; it has to grow from line to line");
                Err(LineProblem::new(&["seq"], problem))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn malformed(&self, column: usize, problem: String) -> MalformedTrace {
        MalformedTrace { file: self.file.clone(), line: self.line, column, problem }
    }
}

/// Appends what is left of the input up to the end of a line. `read_until` does the same in more time.
pub(super) fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<()> {
    loop {
        let text = match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            text => text?,
        };
        let end = memchr(b'\n', text);
        let length = end.map_or(text.len(), |end| end + 1);
        line.extend_from_slice(&text[..length]);
        input.consume(length);
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
