//! Parses a line of a trace by itself.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Deserialize;
use serde::de::Error;
use serde_json::value::RawValue;

use super::json_error::{column, describe, short};
use super::line::{EventLine, Output};
use super::other_method::other_method;
use super::parameters::{self, LineProblem};
use super::value::{JsonObject, JsonText};
use super::{Event, EventKind, Recorded};
use crate::call::{Call, Caller, Ending};

/// An event whose process has a name but no number yet.
#[derive(Debug)]
pub(super) struct Parsed<'a> {
    pub(super) process: JsonText<'a>,
    pub(super) event: Event,
}

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
        Flaw { column: locate(text, &problem.at), problem: short(problem.problem) }
    }
}

impl<'a> Parsed<'a> {
    pub(super) fn of(text: &'a [u8]) -> Result<Parsed<'a>, Flaw> {
        let parsed = match from_line::<EventLine<'_>>(text) {
            Ok(mut line) if !is_other(&line.call) => of_surface(&mut line),
            line => match (other_line(text), line) {
                (Some(line), _) => of_other_method(line),
                (None, Ok(mut line)) => of_surface(&mut line),
                (None, Err(error)) => return Err(Flaw::of(&error)),
            },
        };
        parsed.map_err(|problem| Flaw::in_line(text, problem))
    }
}

fn of_surface<'a>(line: &mut EventLine<'a>) -> Result<Parsed<'a>, LineProblem> {
    let process = 0;
    let kind = match (line.call.take(), line.event.take()) {
        (Some(method), None) => EventKind::Call(Box::new(recorded(&method.0, line)?)),
        (None, Some(event)) if event.0 == "ProcessKilled" => EventKind::ProcessKilled { process },
        (None, Some(event)) if event.0 == "Elapsed" => {
            let ms = line.ms.take().ok_or_else(|| LineProblem::new(&["event"], "an Elapsed event has no ms"))?;
            EventKind::Elapsed { process, ms }
        }
        (None, Some(event)) if event.0 == "Computer" => {
            let missing = || LineProblem::new(&["event"], "a Computer event has no computer");
            EventKind::Computer { process, computer: line.computer.take().ok_or_else(missing)?.0.into() }
        }
        (None, Some(event)) => {
            return Err(LineProblem::new(&["event"], format!("no event is called {:?}", event.0)));
        }
        _ => return Err(LineProblem::new(&["call"], "a line has either a call or an event")),
    };
    // Each field that belongs here was taken: one that is left belongs to another kind of line.
    match line.left() {
        Some(name) => Err(LineProblem::new(&[], format!("{name:?} does not belong here"))),
        None => Ok(Parsed { process: std::mem::take(&mut line.process), event: Event { seq: line.seq, kind } }),
    }
}

/// Parses a call of a method outside the surface, whose parameters are kept as JSON.
fn of_other_method<'a>(line: EventLine<'a, &'a RawValue, &'a RawValue>) -> Result<Parsed<'a>, LineProblem> {
    let arguments = json(&["in"], line.input)?;
    let (out, other) = match line.out {
        Some(raw) => match serde_json::from_str::<JsonObject<Output<'_>>>(raw.get()) {
            Ok(known) => (Some(known), None),
            Err(_) => (None, Some(json(&["out"], Some(raw))?)),
        },
        None => (None, None),
    };
    let EventLine { seq, process, thread, client, call, event, ms, computer, hresult, .. } = line;
    let EventLine { crashed, timed_out, elapsed_us, start_us, end_us, .. } = line;
    let mut known = EventLine {
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
    let mut parsed = of_surface(&mut known)?;
    if let EventKind::Call(recorded) = &mut parsed.event.kind {
        recorded.outcome.out.other = other;
        if let Call::OtherMethod { arguments: empty, .. } = &mut recorded.call {
            *empty = arguments;
        }
    }
    Ok(parsed)
}

fn recorded(method: &str, line: &mut EventLine<'_>) -> Result<Recorded, LineProblem> {
    let (name, wide) = parameters::without_wide(method);
    let mut input = line.input.take().unwrap_or_default();
    let call = match parameters::call(name, &mut input)? {
        Some(call) => call,
        None => other_call(method)?,
    };
    if let Some(left) = input.left() {
        return Err(LineProblem::new(&["in"], format!("\"{left:?}\" does not belong here")));
    }
    let client = line.client.take().ok_or_else(|| LineProblem::new(&["call"], "the call has no client"))?;
    let by = Caller { process: 0, thread: line.thread.take().unwrap_or(0), client };
    let out = line.out.take().map(|out| out.0);
    let (crashed, timed_out) = (std::mem::take(&mut line.crashed), std::mem::take(&mut line.timed_out));
    let outcome = parameters::outcome(line.hresult.take(), crashed, timed_out, out)?;
    match (&call, outcome.ending) {
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
    Ok(Recorded { by, call, wide, outcome, elapsed_us: line.elapsed_us.take(), interval })
}

/// Makes the call of a method outside the surface. Its arguments follow.
fn other_call(method: &str) -> Result<Call, LineProblem> {
    let unknown = || LineProblem::new(&["call"], format!("no method is called {method:?}"));
    Ok(Call::OtherMethod { method: other_method(method).ok_or_else(unknown)?, arguments: String::new() })
}

fn is_other(call: &Option<JsonText<'_>>) -> bool {
    call.as_ref().is_some_and(|method| other_method(&method.0).is_some())
}

/// Parses the line if it has a call outside the surface.
fn other_line(text: &[u8]) -> Option<EventLine<'_, &RawValue, &RawValue>> {
    let line: EventLine<'_, &RawValue, &RawValue> = serde_json::from_slice(text).ok()?;
    is_other(&line.call).then_some(line)
}

/// Returns JSON in the spelling of serde_json.
fn json(at: &[&str], raw: Option<&RawValue>) -> Result<String, LineProblem> {
    let value: Result<serde_json::Value, _> =
        raw.map_or(Ok(serde_json::Value::Null), |raw| serde_json::from_str(raw.get()));
    value.map(|value| value.to_string()).map_err(|error| LineProblem::new(at, describe(&error)))
}

/// Parses a line as a structure.
pub(super) fn from_line<'a, T: Deserialize<'a>>(text: &'a [u8]) -> serde_json::Result<T> {
    // serde accepts an array of the fields' values as a structure; a line has to be an object.
    if !text.trim_ascii_start().starts_with(b"{") {
        let error = serde_json::from_slice::<T>(text).err();
        return Err(error.unwrap_or_else(|| serde_json::Error::custom("a line is an object")));
    }
    // One check of the whole line is less work than a check of each string.
    match std::str::from_utf8(text) {
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_slice(text),
    }
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
