//! The published traces, read and written again.

use std::io::{self, BufReader, ErrorKind, Read};

use dbgeng_testkit::trace::Reader;
use serde_json::Value;

use crate::support::{PublishedTrace, parse_trace, read_traces, write_trace};

fn text_of(trace: &PublishedTrace) -> &str {
    std::str::from_utf8(&trace.text).expect("JSON is UTF-8")
}

fn values(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a line of a trace is JSON")).collect()
}

/// How StartProcessServer says that its last parameter is 0.
const RESERVED: &str = r#", "Reserved": 0}, "hresult""#;

/// Everything is kept except the order of the keys and a reserved 0, which a call has without saying so. So a field that
/// the reader drops or the writer invents shows here.
#[test]
fn every_published_trace_is_written_as_it_was_read() {
    for trace in read_traces() {
        let name = &trace.name;
        let (header, processes, events) = trace.parse();
        let written = write_trace(&header, &processes, &events);
        let written = String::from_utf8(written).expect("JSON is UTF-8");
        let (expected, actual) = (values(&text_of(&trace).replace(RESERVED, r#"}, "hresult""#)), values(&written));
        assert_eq!(actual.len(), expected.len(), "{name}: the number of lines");
        for (line, (expected, actual)) in expected.iter().zip(&actual).enumerate() {
            assert_eq!(actual, expected, "{name}:{}", line + 1);
        }
    }
}

/// Blank lines and the line ends of other systems are no errors.
#[test]
fn blank_lines_and_other_line_ends_change_nothing() {
    for trace in read_traces() {
        let (name, text) = (&trace.name, text_of(&trace));
        let (_, _, expected) = trace.parse();
        let padded = text.replace('\n', "\r\n \t\r\n\n");
        assert_eq!(parse_trace(padded.as_bytes()).map(|(_, events)| events), Ok(expected.clone()), "{name}");
        assert_eq!(parse_trace(text.trim_end().as_bytes()).map(|(_, events)| events), Ok(expected), "{name}");
    }
}

/// An input that is interrupted, and gives a few bytes at a time.
struct Pieces<'a> {
    text: &'a [u8],
    interrupted: bool,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.interrupted = !self.interrupted;
        if self.interrupted { Err(ErrorKind::Interrupted.into()) } else { self.text.read(buffer) }
    }
}

#[test]
fn an_input_that_comes_in_pieces_is_read_as_a_whole_one_is() {
    for trace in read_traces() {
        let (_, _, expected) = trace.parse();
        let pieces = Pieces { text: &trace.text, interrupted: false };
        let reader = Reader::new("trace", BufReader::with_capacity(7, pieces)).expect("the trace has a header");
        assert_eq!(reader.collect::<Result<Vec<_>, _>>(), Ok(expected), "{}", trace.name);
    }
}
