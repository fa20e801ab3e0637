//! Writes a trace, a line at a time.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::Formatter;

use super::computer::ComputerFacts;
use super::event::{Event, EventKind, Header, Recorded};
use super::input::Input;
use super::line::EventLine;
use super::output::Output;
use super::parameters;
use super::value::{HresultHex, JsonObject, JsonText};
use crate::call::{Call, Ending, Outputs};

type WrittenLine<'a> = EventLine<'a, Input<'a>, Output<&'a Outputs>>;

/// A trace that is being written.
#[derive(Debug)]
pub struct Writer<W> {
    output: W,
}

impl<W: Write> Writer<W> {
    /// Writes the first line.
    ///
    /// # Errors
    ///
    /// Returns the errors of `output`.
    pub fn new(output: W, header: &Header) -> io::Result<Writer<W>> {
        let mut writer = Writer { output };
        writer.line(header)?;
        Ok(writer)
    }

    /// Continues a trace that has its first line.
    #[cfg(feature = "kit")]
    pub(crate) fn resume(output: W) -> Writer<W> {
        Writer { output }
    }

    /// Writes an event. `processes` has the names of the processes, by their numbers.
    ///
    /// # Errors
    ///
    /// Returns the errors of the output.
    pub fn event(&mut self, event: &Event, processes: &[String]) -> io::Result<()> {
        let name = |process: u32| {
            let known = processes.get(process as usize).map(|name| Cow::Borrowed(name.as_str()));
            JsonText(known.unwrap_or_else(|| Cow::Owned(format!("process{process}"))))
        };
        let seq = event.seq;
        let of = |process: u32, event: &'static str| -> WrittenLine<'_> {
            EventLine { seq, process: name(process), event: Some(event.into()), ..EventLine::default() }
        };
        match &event.kind {
            EventKind::Call(recorded) => self.call(seq, name(recorded.by.process), recorded),
            EventKind::ProcessKilled { process } => self.line(&of(*process, "ProcessKilled")),
            EventKind::Elapsed { process, ms } => self.line(&EventLine { ms: Some(*ms), ..of(*process, "Elapsed") }),
            EventKind::Computer { process, computer, others } => {
                let facts = ComputerFacts::new(computer, *others);
                self.line(&EventLine { computer: Some(JsonObject(facts)), ..of(*process, "Computer") })
            }
        }
    }

    fn call(&mut self, seq: u64, process: JsonText<'_>, recorded: &Recorded) -> io::Result<()> {
        let method = recorded.call.method().name();
        let call = if recorded.wide { Cow::Owned(format!("{method}Wide")) } else { Cow::Borrowed(method) };
        let ending = recorded.outcome.ending;
        let out = Output::from(&recorded.outcome);
        let line = EventLine {
            seq,
            process,
            thread: Some(recorded.by.thread),
            client: Some(recorded.by.client),
            call: Some(JsonText(call)),
            input: Some(parameters::input(&recorded.call)),
            hresult: match ending {
                Ending::Returned(hresult) => Some(HresultHex(hresult)),
                _ => None,
            },
            out: (!out.is_empty()).then_some(out),
            crashed: ending == Ending::Crashed,
            timed_out: ending == Ending::TimedOut,
            elapsed_us: recorded.elapsed_us,
            start_us: recorded.interval.map(|(start, _)| start),
            end_us: recorded.interval.map(|(_, end)| end),
            ..EventLine::default()
        };
        match &recorded.call {
            Call::OtherMethod { arguments, .. } => {
                self.other_method(&line, arguments, recorded.outcome.out.other.as_deref())
            }
            _ => self.line(&line),
        }
    }

    /// Writes a call outside the surface, whose arguments and outputs are JSON already.
    fn other_method(&mut self, line: &WrittenLine<'_>, arguments: &str, out: Option<&str>) -> io::Result<()> {
        let mut value = serde_json::to_value(line)?;
        value["in"] = serde_json::from_str(arguments)?;
        if let Some(out) = out {
            value["out"] = serde_json::from_str(out)?;
        }
        self.line(&value)
    }

    fn line(&mut self, line: &impl Serialize) -> io::Result<()> {
        // A line is written at once, so that an output that fails holds only whole lines.
        let mut text = spaced(line)?;
        text.push(b'\n');
        self.output.write_all(&text)
    }

    /// Returns the output.
    pub fn into_inner(self) -> W {
        self.output
    }
}

/// Returns JSON on one line, in the spacing of the published traces.
pub(crate) fn spaced(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut text = Vec::new();
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut text, Spaced))?;
    Ok(text)
}

/// The spacing of the published traces: a space after each comma and colon, so that people can read a line.
struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}
