//! Traces: reading, writing, recording; and calls as values, which traces are made of.

mod arbitrary;
mod by_call;
mod computer;
mod events;
mod long;
mod malformed;
mod malformed_lines;
mod mutated;
mod published;
mod recorder;

pub(crate) use arbitrary::events;
pub(crate) use malformed_lines::wrong_in_themselves;

use dbgeng_testkit::trace::{Event, MalformedTrace, Reader};

use crate::fixtures;

/// A first line.
const HEADER: &str =
    r#"{"trace": 1, "engine": {"name": "E", "version": "1", "platform": "P"}, "name": "n", "note": ""}"#;

/// Reads a trace to its end.
fn read(text: &[u8]) -> Result<(Reader<&[u8]>, Vec<Event>), MalformedTrace> {
    let mut reader = Reader::new("some/trace.jsonl", text)?;
    let events = reader.by_ref().collect::<Result<_, _>>()?;
    Ok((reader, events))
}

/// The lines of one event each, without their ends. `processes` are the names of the processes.
pub(crate) fn lines_of(events: &[Event], processes: &[String]) -> Vec<String> {
    let (reader, _) = read(HEADER.as_bytes()).expect("the header is one");
    let text = fixtures::write(reader.header(), processes, events);
    let text = String::from_utf8(text).expect("JSON is UTF-8");
    text.lines().skip(1).map(str::to_owned).collect()
}
