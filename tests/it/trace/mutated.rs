//! Reading any bytes ends, with at most one error.

use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::check;
use dbgeng_testkit::trace::Reader;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::{HEADER, read_traces};

/// One change to a trace. The numbers are brought into its range.
#[derive(Clone, Debug)]
enum Change {
    Flip { at: usize, bits: u8 },
    Truncate { at: usize },
    Insert { at: usize, byte: u8 },
    Duplicate { line: usize },
    Drop { line: usize },
    Swap { line: usize, with: usize },
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let place = any::<usize>;
    // Bytes that mean something to JSON do more harm than others.
    let byte = prop_oneof![any::<u8>(), prop::sample::select(b"{}[]\",:\\0x-+.e\n\r\0".to_vec())];
    let change = prop_oneof![
        (place(), 1u8..).prop_map(|(at, bits)| Change::Flip { at, bits }),
        place().prop_map(|at| Change::Truncate { at }),
        (place(), byte).prop_map(|(at, byte)| Change::Insert { at, byte }),
        place().prop_map(|line| Change::Duplicate { line }),
        place().prop_map(|line| Change::Drop { line }),
        (place(), place()).prop_map(|(line, with)| Change::Swap { line, with }),
    ];
    vec(change, 1..4)
}

impl Change {
    fn apply(&self, text: &mut Vec<u8>) {
        let length = text.len().max(1);
        match *self {
            Change::Flip { at, bits } => {
                if let Some(byte) = text.get_mut(at % length) {
                    *byte ^= bits;
                }
            }
            Change::Truncate { at } => text.truncate(at % length),
            Change::Insert { at, byte } => text.insert(at % (text.len() + 1), byte),
            Change::Duplicate { line } => of_lines(text, |lines| {
                let line = line % lines.len();
                lines.insert(line, lines[line]);
            }),
            Change::Drop { line } => of_lines(text, |lines| {
                lines.remove(line % lines.len());
            }),
            Change::Swap { line, with } => of_lines(text, |lines| {
                let count = lines.len();
                lines.swap(line % count, with % count);
            }),
        }
    }
}

fn of_lines(text: &mut Vec<u8>, change: impl FnOnce(&mut Vec<&[u8]>)) {
    let mut lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    if !lines.is_empty() {
        change(&mut lines);
        *text = lines.concat();
    }
}

/// Reads and judges to the end. An error is the last item, and its place is within the text.
fn read_to_the_end(text: &[u8]) -> Result<(), TestCaseError> {
    for profile in Profile::ALL {
        // Any verdict will do.
        let _verdict = check(profile, "trace", text);
    }
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    let error = match Reader::new("trace", text) {
        Ok(mut reader) => {
            let error = reader.by_ref().find_map(Result::err);
            prop_assert!(reader.next().is_none());
            error
        }
        Err(error) => Some(error),
    };
    if let Some(error) = error {
        let line = usize::try_from(error.line).ok().and_then(|line| lines.get(line.checked_sub(1)?));
        let length = line.map_or(0, |line| line.len());
        prop_assert!(line.is_some() && (1..=length + 1).contains(&error.column), "{error}");
        prop_assert!(!error.problem.is_empty());
    }
    Ok(())
}

fn trace() -> impl Strategy<Value = Vec<u8>> {
    let traces = read_traces().into_iter().map(|trace| trace.text);
    prop::sample::select(traces.collect::<Vec<_>>())
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes: Vec<u8>, with_header: bool) {
        let header = if with_header { format!("{HEADER}\n") } else { String::new() };
        read_to_the_end(&[header.as_bytes(), &bytes].concat())?;
    }

    #[test]
    fn no_change_of_a_published_trace_panics(mut text in trace(), changes in changes()) {
        changes.iter().for_each(|change| change.apply(&mut text));
        read_to_the_end(&text)?;
    }
}
