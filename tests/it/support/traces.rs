//! Traces as text: read, written, and made into programs.

use dbgeng_testkit::conformance::Program;
use dbgeng_testkit::trace::{EngineName, Event, Header, MalformedTrace, Reader};
use dbgeng_testkit::transcript::process_name;

use super::fixtures::write_trace;

/// The first line of a trace.
pub(crate) const HEADER: &str =
    r#"{"trace": 1, "engine": {"name": "E", "version": "1", "platform": "P"}, "name": "n", "note": ""}"#;

/// Parses a trace to its end.
pub(crate) fn parse_trace(text: &[u8]) -> Result<(Reader<&[u8]>, Vec<Event>), MalformedTrace> {
    let mut reader = Reader::new("some/trace.jsonl", text)?;
    let events = reader.by_ref().collect::<Result<_, _>>()?;
    Ok((reader, events))
}

/// Writes each event as a line without its end. `processes` are the names of the processes.
pub(crate) fn write_lines(events: &[Event], processes: &[String]) -> Vec<String> {
    let (reader, _) = parse_trace(HEADER.as_bytes()).expect("the header is one");
    let text = write_trace(reader.header(), processes, events);
    let text = String::from_utf8(text).expect("JSON is UTF-8");
    text.lines().skip(1).map(str::to_owned).collect()
}

/// Writes the trace of a run of the kit, whose processes have the kit's names.
pub(crate) fn write_run(events: &[Event]) -> Vec<u8> {
    let header = Header::new(EngineName::default(), "a run", "");
    let processes: Vec<String> = (0..10).map(process_name).collect();
    write_trace(&header, &processes, events)
}

/// Rebuilds the program of a run from its trace.
pub(crate) fn rebuild_program(events: &[Event]) -> Program {
    Program::from_trace("a run", &*write_run(events)).expect("the kit writes traces that it can read")
}
