//! Traces as text: read, written, and made into programs.

use dbgeng_testkit::conformance::Program;
use dbgeng_testkit::trace::{EngineName, Event, Header, MalformedTrace, Reader};
use dbgeng_testkit::transcript::process_name;

use super::fixtures;

/// A first line.
pub(crate) const HEADER: &str =
    r#"{"trace": 1, "engine": {"name": "E", "version": "1", "platform": "P"}, "name": "n", "note": ""}"#;

/// Reads a trace to its end.
pub(crate) fn read(text: &[u8]) -> Result<(Reader<&[u8]>, Vec<Event>), MalformedTrace> {
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

pub(crate) fn trace(events: &[Event]) -> Vec<u8> {
    let header = Header::new(EngineName::default(), "a run", "");
    let processes: Vec<String> = (0..10).map(process_name).collect();
    fixtures::write(&header, &processes, events)
}

pub(crate) fn again(events: &[Event]) -> Program {
    Program::from_trace("a run", &*trace(events)).expect("the kit writes traces that it can read")
}
