//! Traces so long that several threads parse them. The verdict is the same as in sequence.

use std::cell::Cell;
use std::fmt::Write;
use std::io::{self, BufReader, Read};

use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::{Checked, check, check_events};
use dbgeng_testkit::trace::{CheckError, Reader};
use proptest::prelude::*;

use crate::support::HEADER;

/// Enough for many blocks.
const CONNECTIONS: usize = 4_000;

/// Connections that come and go, in processes that come one after the other.
fn lines() -> Vec<String> {
    let mut lines = Vec::new();
    let mut call = |process: &str, method: &str, input: &str, out: &str| {
        let seq = lines.len() + 1;
        let by = format!(r#""seq": {seq}, "process": "{process}", "thread": 0, "client": 0"#);
        let end = r#""hresult": "0x00000000""#;
        lines.push(format!(r#"{{{by}, "call": "{method}", "in": {{{input}}}, {end}, "out": {{{out}}}}}"#));
    };
    let interface = r#""Interface": "IDebugClient5""#;
    call("server", "DebugCreate", interface, "");
    call("server", "StartProcessServer", r#""Flags": 2, "Options": "tcp:port=5005""#, "");
    for connection in 0..CONNECTIONS {
        let process = format!("client {}", connection / 1_000);
        if connection % 1_000 == 0 {
            call(&process, "DebugCreate", interface, "");
        }
        let server = format!(r#""Server": "{:#x}""#, connection + 1);
        let options = r#""RemoteOptions": "tcp:server=localhost,port=5005""#;
        call(&process, "ConnectProcessServer", options, &server);
        call(&process, "DisconnectProcessServer", &server, "");
    }
    lines
}

fn text(lines: &[String]) -> String {
    lines.iter().fold(HEADER.to_owned(), |mut text, line| {
        write!(text, "\n{line}").expect("it is memory");
        text
    })
}

/// Judges the events in the order of the reader.
fn in_sequence(text: impl Read) -> Result<Checked, CheckError> {
    let mut reader = Reader::new("t", BufReader::new(text))?;
    let events = reader.by_ref().map(|event| event.map_err(CheckError::from));
    let mut checked = check_events(Profile::Contract, "t", events);
    checked.processes = reader.processes().to_vec();
    Ok(checked)
}

fn at_once(text: impl Read) -> Result<Checked, CheckError> {
    check(Profile::Contract, "t", BufReader::new(text))
}

/// A change to one line.
#[derive(Clone, Copy, Debug)]
enum Change {
    Nothing,
    /// Its call fails.
    Fail,
    /// Its place is that of the one before it.
    Repeat,
    /// It ends too early.
    Cut,
    /// It goes on in a second line.
    Break,
    /// It stands twice in its line.
    Join,
    /// Its method is outside the surface.
    Replace,
    /// Blank lines come before it.
    Space,
    /// It is longer than a block.
    Pad,
    /// It occurs twice within the same time, and so has no order.
    Double,
}

impl Change {
    const ALL: [Change; 10] = [
        Change::Nothing,
        Change::Fail,
        Change::Repeat,
        Change::Cut,
        Change::Break,
        Change::Join,
        Change::Replace,
        Change::Space,
        Change::Pad,
        Change::Double,
    ];

    fn apply(self, lines: &mut [String], at: usize) {
        let line = &mut lines[at];
        match self {
            Change::Nothing => {}
            Change::Fail => *line = line.replace("0x00000000", "0x80004005"),
            Change::Repeat => *line = line.replace(&format!(r#""seq": {}"#, at + 1), &format!(r#""seq": {at}"#)),
            Change::Cut => line.truncate(line.len() - 1),
            Change::Break => *line = line.replacen(' ', "\n", 1),
            Change::Join => *line = line.repeat(2),
            Change::Replace => *line = line.replace("DisconnectProcessServer", "GetIdentity"),
            Change::Space => line.insert_str(0, "\n \r\n"),
            Change::Pad => line.insert_str(1, &" ".repeat(1 << 20)),
            Change::Double => {
                let timed = |line: &str| format!(r#"{}, "start_us": 0, "end_us": 9}}"#, &line[..line.len() - 1]);
                let other = line.replace(r#""thread": 0"#, r#""thread": 1"#);
                lines[at + 1] =
                    timed(&other.replace(&format!(r#""seq": {}"#, at + 1), &format!(r#""seq": {}"#, at + 2)));
                lines[at] = timed(&lines[at]);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn a_long_trace_is_judged_like_its_events_in_sequence(
        changes in prop::collection::vec((prop::sample::select(Change::ALL.to_vec()), 2..2 * CONNECTIONS), 0..3),
    ) {
        let mut lines = lines();
        changes.iter().for_each(|(change, at)| change.apply(&mut lines, *at));
        let text = text(&lines);
        prop_assert_eq!(at_once(text.as_bytes()), in_sequence(text.as_bytes()));
    }

    #[test]
    fn a_long_trace_ends_where_it_cannot_be_read(length in HEADER.len()..500_000) {
        let text = text(&lines());
        let broken = || text.as_bytes()[..length].chain(Fails);
        prop_assert_eq!(at_once(broken()), in_sequence(broken()));
    }
}

/// A reader that always fails.
struct Fails;

impl Read for Fails {
    fn read(&mut self, _buffer: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the disk is gone"))
    }
}

/// The rest of an input may arrive late.
#[test]
fn an_early_error_does_not_wait_for_the_rest() {
    struct Late<'a>(&'a Cell<bool>);

    impl Read for Late<'_> {
        fn read(&mut self, _buffer: &mut [u8]) -> io::Result<usize> {
            self.0.set(true);
            Ok(0)
        }
    }

    let mut lines = lines();
    Change::Cut.apply(&mut lines, 1);
    let (text, is_reached) = (text(&lines[..2_200]), Cell::new(false));
    assert!(at_once(text.as_bytes().chain(Late(&is_reached))).unwrap().stopped.is_some());
    assert!(!is_reached.get());
}

/// Each change has its own effect, wherever it is.
#[test]
fn a_change_far_from_the_beginning_is_seen() {
    let verdict = |change: Change| {
        let mut lines = lines();
        change.apply(&mut lines, 6_004);
        at_once(text(&lines).as_bytes())
    };
    let judged = |change| verdict(change).expect("it can be judged");
    let refused = |change| judged(change).stopped.expect("it cannot be judged to the end").to_string();
    assert_eq!(judged(Change::Nothing).broken, []);
    assert_eq!(judged(Change::Nothing).processes, ["server", "client 0", "client 1", "client 2", "client 3"]);
    assert_eq!(judged(Change::Fail).broken[0].seq, 6_005);
    assert_eq!(refused(Change::Repeat), "t:6006:9: seq 6004 follows seq 6004; it has to grow from line to line");
    for change in [Change::Cut, Change::Break, Change::Join] {
        assert!(refused(change).starts_with("t:6006:"), "{change:?}");
    }
    assert_eq!(judged(Change::Replace).stopped, None);
    assert_eq!(judged(Change::Space), judged(Change::Nothing));
    assert_eq!(judged(Change::Pad), judged(Change::Nothing));
    assert_eq!(judged(Change::Double).unordered.len(), 2);
}

/// More than a block of blank lines counts in the place of the next error.
#[test]
fn blank_lines_count_in_the_place_of_an_error() {
    let mut lines = lines();
    Change::Cut.apply(&mut lines, 6_004);
    lines[3_000].insert_str(0, &"\n".repeat(600_000));
    Change::Space.apply(&mut lines, 6_000);
    let stopped = at_once(text(&lines).as_bytes()).unwrap().stopped.unwrap().to_string();
    assert!(stopped.starts_with("t:606008:"), "{stopped}");
}

/// An error that stops the judge is reported, even if no call before it could be judged.
#[test]
fn a_call_too_late_is_reported_before_an_empty_trace() {
    let line = |seq: u64, start: u64, end: u64| {
        let by =
            format!(r#""seq": {seq}, "process": "client", "thread": {seq}, "client": 0, "call": "AddRef", "in": {{}}"#);
        format!(r#"{{{by}, "hresult": "0x00000000", "start_us": {start}, "end_us": {end}}}"#)
    };
    let late = text(&[line(1, 0, 5), line(2, 10, 12), line(3, 3, 4)]);
    let too_late = CheckError::TooLate { file: "t".to_owned(), seq: 3 };
    assert_eq!(at_once(late.as_bytes()).unwrap().stopped, Some(too_late));
    let none = text(&[line(1, 0, 5)]);
    assert_eq!(at_once(none.as_bytes()), Err(CheckError::Empty("t".to_owned())));
}
