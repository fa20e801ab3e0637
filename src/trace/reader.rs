//! Reads a trace, a line at a time.

use std::collections::HashMap;
use std::io::BufRead;
use std::marker::PhantomData;

use serde::de::IgnoredAny;

use crate::sentence::debug_as_display;

use super::event::{EngineName, Event, Header};
use super::json_error::{column, describe};
use super::parameters::LineProblem;
use super::parsed::{Flaw, Parsed, from_line};
use super::process_names::ProcessNames;
use super::text::{TextInput, is_blank, read_line, without_end};
use super::value::JsonObject;

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
/// assert_eq!(error.to_string(), "my.jsonl:2:67: no method is called \"Disconnect\"; did you mean DisconnectProcessServer?");
/// # Ok::<(), dbgeng_testkit::trace::MalformedTrace>(())
/// ```
#[derive(Debug)]
pub struct Reader<R> {
    pub(super) input: TextInput<R>,
    header: Header,
    pub(super) order: SequenceCheck,
    text: Vec<u8>,
    failed: bool,
}

impl<R: BufRead> Reader<R> {
    /// Reads the first line, the header. Errors name the trace `file`. UTF-16 and a byte order mark are read as well.
    ///
    /// # Errors
    ///
    /// Fails if the first line is missing, cannot be read, or is not a header.
    pub fn new(file: impl Into<String>, input: R) -> Result<Reader<R>, MalformedTrace> {
        let order = SequenceCheck { file: file.into(), line: 0, processes: ProcessNames::default(), last_seq: None };
        let header = Header::new(EngineName::default(), "", "");
        let mut reader = Reader { input: TextInput::new(input), header, order, text: Vec::new(), failed: false };
        if !reader.advance()? {
            let is_empty = reader.order.line == 0;
            reader.order.line += u64::from(is_empty);
            let problem = if is_empty { "the file is empty" } else { "the file has only blank lines" };
            return Err(reader.order.malformed(1, problem.to_owned()));
        }
        let line = without_end(&reader.text);
        reader.header = from_line(line, PhantomData::<JsonObject<Header>>)
            .map(|header| header.0)
            .map_err(|error| reader.order.malformed(column(&error), no_header(line, &error)))?;
        Ok(reader)
    }

    /// Returns the first line.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Returns the names of the processes so far, by their numbers.
    pub fn processes(&self) -> &[String] {
        self.order.processes.names()
    }

    /// Reads the next line that is not blank. Returns `false` at the end.
    fn advance(&mut self) -> Result<bool, MalformedTrace> {
        loop {
            let is_ended = self.text.ends_with(b"\n");
            self.text.clear();
            let read = read_line(&mut self.input, &mut self.text);
            if read.is_ok() && self.text.is_empty() {
                // A text may end within its last line.
                self.order.line += u64::from(is_ended);
                return Ok(false);
            }
            self.order.line += 1;
            read.map_err(|error| self.order.malformed(1, error.to_string()))?;
            if !is_blank(&self.text) {
                return Ok(true);
            }
        }
    }

    fn read_event(&mut self) -> Result<Option<Event>, MalformedTrace> {
        if !self.advance()? {
            return Ok(None);
        }
        let line = without_end(&self.text);
        self.order.event(line, Parsed::of(line)).map(Some)
    }
}

/// Says why a line is not the header of a trace.
fn no_header(line: &[u8], error: &serde_json::Error) -> String {
    const EXAMPLE: &str =
        r#"{"trace": 1, "engine": {"name": "", "version": "", "platform": ""}, "name": "", "note": ""}"#;
    let fields: HashMap<String, IgnoredAny> = from_line(line, PhantomData).unwrap_or_default();
    if fields.contains_key("trace") {
        return describe(error);
    }
    if fields.contains_key("seq") {
        return format!("the first line has to be the header, such as {EXAMPLE}, but it is an event");
    }
    format!("not a trace: the first line has to be the header, such as {EXAMPLE}: {}", describe(error))
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Event, MalformedTrace>;

    fn next(&mut self) -> Option<Result<Event, MalformedTrace>> {
        if self.failed {
            return None;
        }
        let event = self.read_event();
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
