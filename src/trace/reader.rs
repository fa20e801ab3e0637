//! Reads a trace, a line at a time.

use std::io::BufRead;

use super::line::{Input, Line};
use super::outside::outside_method;
use super::parameters::{self, Problem};
use super::{Event, Header, Recorded, What};
use crate::call::{Call, Caller};

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
/// assert_eq!(error.to_string(), "my.jsonl:2:1: no method is called \"Disconnect\"");
/// # Ok::<(), dbgeng_testkit::trace::MalformedTrace>(())
/// ```
#[derive(Debug)]
pub struct Reader<R> {
    file: String,
    input: R,
    line: u64,
    text: Vec<u8>,
    header: Header,
    processes: Vec<String>,
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
        input.read_until(b'\n', &mut text).map_err(|error| at(1, error.to_string()))?;
        if text.is_empty() {
            return Err(at(1, "the file is empty".to_owned()));
        }
        let header: Header = serde_json::from_slice(&text).map_err(|error| at(column(&error), describe(&error)))?;
        Ok(Reader {
            file,
            input,
            line: 1,
            text: Vec::new(),
            header,
            processes: Vec::new(),
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
        &self.processes
    }

    fn read_line(&mut self) -> Result<Option<Event>, MalformedTrace> {
        loop {
            self.text.clear();
            self.line += 1;
            let length = self.input.read_until(b'\n', &mut self.text);
            if length.map_err(|error| self.malformed(1, error.to_string()))? == 0 {
                return Ok(None);
            }
            if self.text.iter().any(|byte| !byte.is_ascii_whitespace()) {
                return self.parse().map(Some);
            }
        }
    }

    fn parse(&mut self) -> Result<Event, MalformedTrace> {
        let text = std::mem::take(&mut self.text);
        let event = match serde_json::from_slice::<Line<'_>>(&text) {
            Ok(line) => self.event(line).map_err(|problem| self.malformed(1, problem)),
            Err(error) => match self.outside(&text) {
                Some(event) => event.map_err(|problem| self.malformed(1, problem)),
                None => Err(self.malformed(column(&error), describe(&error))),
            },
        };
        self.text = text;
        event
    }

    fn event(&mut self, mut line: Line<'_>) -> Result<Event, Problem> {
        self.in_order(line.seq)?;
        let process = self.process(&line.process.0);
        let what = match (line.call.take(), line.event.take()) {
            (Some(method), None) => What::Call(Box::new(recorded(process, &method.0, line)?)),
            (None, Some(event)) if event.0 == "ProcessKilled" => What::ProcessKilled { process },
            (None, Some(event)) if event.0 == "Elapsed" => {
                What::Elapsed { process, ms: line.ms.ok_or("an Elapsed event has no ms")? }
            }
            (None, Some(event)) => return Err(format!("no event is called {:?}", event.0)),
            _ => return Err("a line has either a call or an event".to_owned()),
        };
        Ok(Event { seq: self.last_seq.unwrap_or_default(), what })
    }

    fn in_order(&mut self, seq: u64) -> Result<(), Problem> {
        match self.last_seq.replace(seq) {
            Some(last) if last >= seq => Err(format!("seq {seq} follows seq {last}; it has to grow from line to line")),
            _ => Ok(()),
        }
    }

    fn process(&mut self, name: &str) -> u32 {
        let known = self.processes.iter().position(|known| known == name);
        let at = known.unwrap_or_else(|| {
            self.processes.push(name.to_owned());
            self.processes.len() - 1
        });
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    /// A call of a method outside the surface, whose parameters no rule of ours names.
    fn outside(&mut self, text: &[u8]) -> Option<Result<Event, Problem>> {
        let mut value: serde_json::Value = serde_json::from_slice(text).ok()?;
        let method = outside_method(value.get("call")?.as_str()?)?;
        let object = value.as_object_mut()?;
        let arguments = object.remove("in").unwrap_or_default().to_string();
        object.remove("out");
        let text = value.to_string();
        let line: Line<'_> = serde_json::from_str(&text).ok()?;
        Some(self.event(line).map(|mut event| {
            if let What::Call(recorded) = &mut event.what {
                recorded.call = Call::Outside { method, arguments };
            }
            event
        }))
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

fn recorded(process: u32, method: &str, line: Line<'_>) -> Result<Recorded, Problem> {
    let (name, wide) = parameters::without_wide(method);
    let mut input = line.input.unwrap_or_default();
    let call = match parameters::call(name, &mut input)? {
        Some(call) => call,
        None => outside_call(method, &input)?,
    };
    let client = line.client.ok_or("the call has no client")?;
    let by = Caller { process, thread: line.thread.unwrap_or(0), client };
    let outcome = parameters::outcome(line.hresult, line.crashed, line.timed_out, line.out)?;
    let interval = match (line.start_us, line.end_us) {
        (Some(start), Some(end)) if start <= end => Some((start, end)),
        (None, None) => None,
        (Some(start), Some(end)) => return Err(format!("the call ends at {end}, before it starts at {start}")),
        _ => return Err("start_us and end_us stand together".to_owned()),
    };
    Ok(Recorded { by, call, wide, outcome, elapsed_us: line.elapsed_us, interval })
}

fn outside_call(method: &str, input: &Input<'_>) -> Result<Call, Problem> {
    let method = outside_method(method).ok_or_else(|| format!("no method is called {method:?}"))?;
    let arguments = serde_json::to_string(input).map_err(|error| error.to_string())?;
    Ok(Call::Outside { method, arguments })
}

fn column(error: &serde_json::Error) -> usize {
    error.column().max(1)
}

/// The error without its position: the line is not the one that serde_json counts.
fn describe(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}
