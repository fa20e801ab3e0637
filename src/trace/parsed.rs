//! Parses a line of a trace by itself.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Error};
use serde_json::Deserializer;
use serde_json::de::Read;
use serde_json::value::RawValue;

use super::event::{Event, EventKind, Recorded};
use super::fields::InPlace;
use super::input::Input;
use super::json_error::{column, describe};
use super::line::EventLine;
use super::other_method::{other_method, unknown_method};
use super::output::Output;
use super::parameters::{self, LineProblem};
use super::value::JsonText;
use crate::call::{Call, Caller, Ending, Outcome};
use crate::printable::shortened;
use crate::suggestion::did_you_mean;

/// An event whose process has a name but no number yet.
#[derive(Debug)]
pub(super) struct Parsed<'a> {
    pub(super) process: JsonText<'a>,
    pub(super) event: Event,
}

type OtherLine<'a> = EventLine<'a, Box<RawValue>, Box<RawValue>>;

/// A problem of a line, with its column in bytes, counted from 1.
#[derive(Debug)]
pub(super) struct Flaw {
    pub(super) column: usize,
    pub(super) problem: String,
}

impl Flaw {
    fn of(error: &serde_json::Error) -> Flaw {
        Flaw { column: column(error), problem: describe(error) }
    }

    pub(super) fn in_line(text: &[u8], problem: LineProblem) -> Flaw {
        Flaw { column: locate(text, &problem.at), problem: shortened(&problem.problem) }
    }
}

impl<'a> Parsed<'a> {
    pub(super) fn of(text: &'a [u8]) -> Result<Parsed<'a>, Flaw> {
        let mut line = EventLine::default();
        let parsed = match from_line(text, InPlace(&mut line)) {
            Ok(()) if !is_other(&line.call) => of_surface(&mut line),
            read => match (other_line(text), read) {
                (Some(mut line), _) => of_other_method(&mut line),
                (None, Ok(())) => of_surface(&mut line),
                (None, Err(error)) => return Err(Flaw::of(&error)),
            },
        };
        parsed.map_err(|problem| Flaw::in_line(text, problem))
    }
}

/// Reads a line, unless its call is outside the surface. Why a line cannot be read, [`Parsed::of`] says.
impl<'de> Deserialize<'de> for Parsed<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Parsed<'de>, D::Error> {
        let mut line = EventLine::default();
        InPlace(&mut line).deserialize(deserializer)?;
        let parsed = if is_other(&line.call) { None } else { of_surface(&mut line).ok() };
        parsed.ok_or_else(|| D::Error::custom("the line has to be parsed by itself"))
    }
}

/// Parses a call of a method of the surface, or another event.
fn of_surface<'a>(line: &mut EventLine<'a>) -> Result<Parsed<'a>, LineProblem> {
    parsed(line, |input, out| (input.unwrap_or_default(), out.unwrap_or_default()))
}

/// Parses a call of a method outside the surface, whose parameters are kept as JSON.
fn of_other_method<'a>(line: &mut OtherLine<'a>) -> Result<Parsed<'a>, LineProblem> {
    let arguments = json(&["in"], line.input.take())?;
    let (out, other) = match line.out.take() {
        Some(raw) => match serde_json::from_str(raw.get()) {
            Ok(known) => (known, None),
            Err(_) => (Output::default(), Some(json(&["out"], Some(raw))?)),
        },
        None => (Output::default(), None),
    };
    let mut parsed = parsed(line, |_, _| (Input::default(), out))?;
    if let EventKind::Call(recorded) = &mut parsed.event.kind {
        recorded.outcome.out.other = other;
        if let Call::OtherMethod { arguments: empty, .. } = &mut recorded.call {
            *empty = arguments;
        }
    }
    Ok(parsed)
}

/// Parses a line. `values` makes parameters and outputs of those that the line has.
fn parsed<'a, I, O>(
    line: &mut EventLine<'a, I, O>,
    values: impl FnOnce(Option<I>, Option<O>) -> (Input<'a>, Output),
) -> Result<Parsed<'a>, LineProblem> {
    let process = 0;
    let kind = match (line.call.take(), line.event.take()) {
        (Some(method), None) => EventKind::Call(recorded(&method.0, line, values)?),
        (None, Some(event)) if event.0 == "ProcessKilled" => EventKind::ProcessKilled { process },
        (None, Some(event)) if event.0 == "Elapsed" => {
            let ms = line.ms.take().ok_or_else(|| LineProblem::new(&["event"], "an Elapsed event has no ms"))?;
            EventKind::Elapsed { process, ms }
        }
        (None, Some(event)) if event.0 == "Computer" => {
            let missing = || LineProblem::new(&["event"], "a Computer event has no computer");
            let (computer, others) = line.computer.take().ok_or_else(missing)?.0.into_parts();
            EventKind::Computer { process, computer, others }
        }
        (None, Some(event)) => {
            let meant = did_you_mean(&event.0, ["ProcessKilled", "Elapsed", "Computer"]);
            return Err(LineProblem::new(&["event"], format!("no event is called {:?}{meant}", event.0)));
        }
        _ => return Err(LineProblem::new(&["call"], "a line has either a call or an event")),
    };
    // Each field that belongs here was taken: one that is left belongs to another kind of line.
    match line.left() {
        Some(name) => Err(LineProblem::new(&[], format!("{name:?} does not belong here"))),
        None => Ok(Parsed { process: std::mem::take(&mut line.process), event: Event { seq: line.seq, kind } }),
    }
}

fn recorded<'a, I, O>(
    method: &str,
    line: &mut EventLine<'a, I, O>,
    values: impl FnOnce(Option<I>, Option<O>) -> (Input<'a>, Output),
) -> Result<Box<Recorded>, LineProblem> {
    let (name, wide) = parameters::without_wide(method);
    let (mut input, out) = values(line.input.take(), line.out.take());
    let call = match parameters::call(name, &mut input)? {
        Some(call) => call,
        None => other_call(method)?,
    };
    if let Some(left) = input.left() {
        return Err(LineProblem::new(&["in"], format!("\"{left:?}\" does not belong here")));
    }
    let client = line.client.take().ok_or_else(|| LineProblem::new(&["call"], "the call has no client"))?;
    let by = Caller { process: 0, thread: line.thread.take().unwrap_or(0), client };
    let (crashed, timed_out) = (std::mem::take(&mut line.crashed), std::mem::take(&mut line.timed_out));
    let ending = parameters::ending(line.hresult.take(), out.references, crashed, timed_out)?;
    match (&call, ending) {
        (Call::Release, Ending::Returned(_)) => {
            return Err(LineProblem::new(&["hresult"], "Release returns a reference count and no HRESULT"));
        }
        (Call::Release | Call::OtherMethod { .. }, _) => {}
        (_, Ending::References(_)) => {
            return Err(LineProblem::new(&["out", "References"], format!("{method} returns an HRESULT")));
        }
        _ => {}
    }
    let interval = match (line.start_us.take(), line.end_us.take()) {
        (Some(start), Some(end)) if start <= end => Some((start, end)),
        (None, None) => None,
        (Some(start), Some(end)) => {
            let problem = format!("the call ends at {end}, before it starts at {start}");
            return Err(LineProblem::new(&["end_us"], problem));
        }
        _ => return Err(LineProblem::new(&["call"], "start_us and end_us stand together")),
    };
    let outcome = Outcome { ending, out: out.outputs };
    Ok(Box::new(Recorded { by, call, wide, outcome, elapsed_us: line.elapsed_us.take(), interval }))
}

/// Makes the call of a method outside the surface. Its arguments follow.
fn other_call(method: &str) -> Result<Call, LineProblem> {
    let unknown = || LineProblem::new(&["call"], unknown_method(method));
    Ok(Call::OtherMethod { method: other_method(method).ok_or_else(unknown)?, arguments: String::new() })
}

fn is_other(call: &Option<JsonText<'_>>) -> bool {
    call.as_ref().is_some_and(|method| other_method(&method.0).is_some())
}

/// Parses the line if it has a call outside the surface.
fn other_line(text: &[u8]) -> Option<OtherLine<'_>> {
    let mut line = OtherLine::default();
    from_line(text, InPlace(&mut line)).ok()?;
    is_other(&line.call).then_some(line)
}

/// Returns JSON in the spelling of serde_json.
fn json(at: &[&str], raw: Option<Box<RawValue>>) -> Result<String, LineProblem> {
    let value: Result<serde_json::Value, _> =
        raw.map_or(Ok(serde_json::Value::Null), |raw| serde_json::from_str(raw.get()));
    value.map(|value| value.to_string()).map_err(|error| LineProblem::new(at, describe(&error)))
}

/// Parses a line.
pub(super) fn from_line<'a, S: DeserializeSeed<'a>>(text: &'a [u8], seed: S) -> serde_json::Result<S::Value> {
    // One check of the whole line is less work than a check of each string.
    match std::str::from_utf8(text) {
        Ok(text) => whole(Deserializer::from_str(text), seed),
        Err(_) => whole(Deserializer::from_slice(text), seed),
    }
}

fn whole<'a, R: Read<'a>, S: DeserializeSeed<'a>>(mut text: Deserializer<R>, seed: S) -> serde_json::Result<S::Value> {
    let value = seed.deserialize(&mut text)?;
    text.end()?;
    Ok(value)
}

/// Returns the column of the value to which the names lead, or of the last one that exists on the way.
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
