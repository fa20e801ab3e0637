//! Reads a trace, a line at a time.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, BufRead};

use memchr::memchr;
use serde::Deserialize;
use serde::de::Error;
use serde_json::value::RawValue;

use super::complaint::{column, describe, short};
use super::line::{Line, Output};
use super::names::Names;
use super::outside::outside_method;
use super::parameters::{self, Problem};
use super::value::{Object, Text};
use super::{Event, Header, Recorded, What};
use crate::call::{Call, Caller, Ending};

/// A line that is not one of the format, or could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {problem}")]
pub struct MalformedTrace {
    /// The name that the reader was given.
    pub file: String,
    /// Counted from 1.
    pub line: u64,
    /// In bytes, counted from 1.
    pub column: usize,
    /// What is wrong there.
    pub problem: String,
}

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
    file: String,
    input: R,
    line: u64,
    text: Vec<u8>,
    header: Header,
    processes: Names,
    last_seq: Option<u64>,
    failed: bool,
}

impl<R: BufRead> Reader<R> {
    /// Reads the first line. `file` is the name that errors give.
    ///
    /// # Errors
    ///
    /// The first line is missing, cannot be read, or is no header.
    pub fn new(file: impl Into<String>, mut input: R) -> Result<Reader<R>, MalformedTrace> {
        let file = file.into();
        let mut text = Vec::new();
        let at = |column, problem| MalformedTrace { file: file.clone(), line: 1, column, problem };
        read_line(&mut input, &mut text).map_err(|error| at(1, error.to_string()))?;
        trim_line_end(&mut text);
        if text.is_empty() {
            return Err(at(1, "the file is empty".to_owned()));
        }
        let header = from_line::<Header>(&text).map_err(|error| at(column(&error), describe(&error)))?;
        Ok(Reader {
            file,
            input,
            line: 1,
            text: Vec::new(),
            header,
            processes: Names::default(),
            last_seq: None,
            failed: false,
        })
    }

    /// The first line.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The names of the processes met so far, by their numbers.
    pub fn processes(&self) -> &[String] {
        self.processes.names()
    }

    fn read_line(&mut self) -> Result<Option<Event>, MalformedTrace> {
        loop {
            self.text.clear();
            self.line += 1;
            read_line(&mut self.input, &mut self.text).map_err(|error| self.malformed(1, error.to_string()))?;
            if self.text.is_empty() {
                return Ok(None);
            }
            trim_line_end(&mut self.text);
            if self.text.iter().any(|byte| !byte.is_ascii_whitespace()) {
                return self.parse().map(Some);
            }
        }
    }

    fn parse(&mut self) -> Result<Event, MalformedTrace> {
        let text = std::mem::take(&mut self.text);
        let event = match from_line::<Line<'_>>(&text) {
            Ok(mut line) if !is_outside(&line.call) => self.event(&mut line),
            line => match (outside_line(&text), line) {
                (Some(line), _) => self.outside(line),
                (None, Ok(mut line)) => self.event(&mut line),
                (None, Err(error)) => return Err(self.malformed(column(&error), describe(&error))),
            },
        };
        let event = event.map_err(|problem| self.malformed(locate(&text, &problem.at), short(problem.what)));
        self.text = text;
        event
    }

    fn event(&mut self, line: &mut Line<'_>) -> Result<Event, Problem> {
        self.in_order(line.seq)?;
        let process = self.processes.number(&line.process.0);
        let what = match (line.call.take(), line.event.take()) {
            (Some(method), None) => What::Call(Box::new(recorded(process, &method.0, line)?)),
            (None, Some(event)) if event.0 == "ProcessKilled" => What::ProcessKilled { process },
            (None, Some(event)) if event.0 == "Elapsed" => {
                let ms = line.ms.take().ok_or_else(|| Problem::new(&["event"], "an Elapsed event has no ms"))?;
                What::Elapsed { process, ms }
            }
            (None, Some(event)) if event.0 == "Computer" => {
                let missing = || Problem::new(&["event"], "a Computer event has no computer");
                What::Computer { process, computer: line.computer.take().ok_or_else(missing)?.0.into() }
            }
            (None, Some(event)) => {
                return Err(Problem::new(&["event"], format!("no event is called {:?}", event.0)));
            }
            _ => return Err(Problem::new(&["call"], "a line has either a call or an event")),
        };
        // What was given has been used up: the line has nothing that belongs to another one.
        match line.left() {
            Some(name) => Err(Problem::new(&[], format!("{name:?} does not belong here"))),
            None => Ok(Event { seq: line.seq, what }),
        }
    }

    fn in_order(&mut self, seq: u64) -> Result<(), Problem> {
        match self.last_seq.replace(seq) {
            Some(last) if last >= seq => {
                let what = format!("seq {seq} follows seq {last}; it has to grow from line to line");
                Err(Problem::new(&["seq"], what))
            }
            _ => Ok(()),
        }
    }

    /// A call of a method outside the surface, whose parameters no rule of ours names.
    fn outside(&mut self, line: Line<'_, &RawValue, &RawValue>) -> Result<Event, Problem> {
        let arguments = json(&["in"], line.input)?;
        let (out, outside) = match line.out {
            Some(raw) => match serde_json::from_str::<Object<Output<'_>>>(raw.get()) {
                Ok(known) => (Some(known), None),
                Err(_) => (None, Some(json(&["out"], Some(raw))?)),
            },
            None => (None, None),
        };
        let Line { seq, process, thread, client, call, event, ms, computer, hresult, .. } = line;
        let Line { crashed, timed_out, elapsed_us, start_us, end_us, .. } = line;
        let mut known = Line {
            seq,
            process,
            thread,
            client,
            call,
            event,
            ms,
            computer,
            hresult,
            out,
            crashed,
            timed_out,
            elapsed_us,
            start_us,
            end_us,
            input: None,
        };
        let mut event = self.event(&mut known)?;
        if let What::Call(recorded) = &mut event.what {
            recorded.outcome.out.outside = outside;
            if let Call::Outside { arguments: empty, .. } = &mut recorded.call {
                *empty = arguments;
            }
        }
        Ok(event)
    }

    fn malformed(&mut self, column: usize, problem: String) -> MalformedTrace {
        self.failed = true;
        MalformedTrace { file: self.file.clone(), line: self.line, column, problem }
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Event, MalformedTrace>;

    fn next(&mut self) -> Option<Result<Event, MalformedTrace>> {
        if self.failed { None } else { self.read_line().transpose() }
    }
}

fn recorded(process: u32, method: &str, line: &mut Line<'_>) -> Result<Recorded, Problem> {
    let (name, wide) = parameters::without_wide(method);
    let mut input = line.input.take().unwrap_or_default();
    let call = match parameters::call(name, &mut input)? {
        Some(call) => call,
        None => outside_call(method)?,
    };
    if let Some(left) = input.left() {
        return Err(Problem::new(&["in"], format!("\"{left:?}\" does not belong here")));
    }
    let client = line.client.take().ok_or_else(|| Problem::new(&["call"], "the call has no client"))?;
    let by = Caller { process, thread: line.thread.take().unwrap_or(0), client };
    let out = line.out.take().map(|out| out.0);
    let (crashed, timed_out) = (std::mem::take(&mut line.crashed), std::mem::take(&mut line.timed_out));
    let outcome = parameters::outcome(line.hresult.take(), crashed, timed_out, out)?;
    match (&call, outcome.ending) {
        (Call::Release, Ending::Returned(_)) => {
            return Err(Problem::new(&["hresult"], "Release returns a reference count and no HRESULT"));
        }
        (Call::Release | Call::Outside { .. }, _) => {}
        (_, Ending::References(_)) => {
            return Err(Problem::new(&["out", "References"], format!("{method} returns an HRESULT")));
        }
        _ => {}
    }
    let interval = match (line.start_us.take(), line.end_us.take()) {
        (Some(start), Some(end)) if start <= end => Some((start, end)),
        (None, None) => None,
        (Some(start), Some(end)) => {
            let what = format!("the call ends at {end}, before it starts at {start}");
            return Err(Problem::new(&["end_us"], what));
        }
        _ => return Err(Problem::new(&["call"], "start_us and end_us stand together")),
    };
    Ok(Recorded { by, call, wide, outcome, elapsed_us: line.elapsed_us.take(), interval })
}

/// Its arguments come from the line as they are.
fn outside_call(method: &str) -> Result<Call, Problem> {
    let unknown = || Problem::new(&["call"], format!("no method is called {method:?}"));
    Ok(Call::Outside { method: outside_method(method).ok_or_else(unknown)?, arguments: String::new() })
}

fn is_outside(call: &Option<Text<'_>>) -> bool {
    call.as_ref().is_some_and(|method| outside_method(&method.0).is_some())
}

/// The line, if it is one of a call outside the surface.
fn outside_line(text: &[u8]) -> Option<Line<'_, &RawValue, &RawValue>> {
    let line: Line<'_, &RawValue, &RawValue> = serde_json::from_slice(text).ok()?;
    is_outside(&line.call).then_some(line)
}

/// JSON in the one spelling that serde_json gives it.
fn json(at: &[&str], raw: Option<&RawValue>) -> Result<String, Problem> {
    let value: Result<serde_json::Value, _> =
        raw.map_or(Ok(serde_json::Value::Null), |raw| serde_json::from_str(raw.get()));
    value.map(|value| value.to_string()).map_err(|error| Problem::new(at, describe(&error)))
}

/// Appends what is left of the input up to the end of a line. `read_until` does the same in more time.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<()> {
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

/// The structure that a line has.
fn from_line<'a, T: Deserialize<'a>>(text: &'a [u8]) -> serde_json::Result<T> {
    // serde takes an array of the fields' values for a structure; a line is an object.
    if !text.trim_ascii_start().starts_with(b"{") {
        let error = serde_json::from_slice::<T>(text).err();
        return Err(error.unwrap_or_else(|| serde_json::Error::custom("a line is an object")));
    }
    // To look once whether all of it is text is less work than for each string by itself.
    match std::str::from_utf8(text) {
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_slice(text),
    }
}

/// The column of the value to which the names lead, or of as much of the way as there is.
fn locate(text: &[u8], names: &[String]) -> usize {
    let Ok(text) = std::str::from_utf8(text) else { return 1 };
    let mut here = text.trim_ascii();
    for name in names {
        let Ok(object) = serde_json::from_str::<HashMap<Cow<'_, str>, &RawValue>>(here) else { break };
        let Some(value) = object.get(name.as_str()) else { break };
        here = value.get();
    }
    here.as_ptr().addr() - text.as_ptr().addr() + 1
}

/// What ends a line is no part of it.
fn trim_line_end(line: &mut Vec<u8>) {
    while let Some(b'\n' | b'\r') = line.last() {
        line.pop();
    }
}
