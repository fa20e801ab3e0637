//! A malformed trace is an error that names its place.

use std::io::{self, BufReader, Read};

use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::check;
use dbgeng_testkit::trace::{MalformedTrace, Reader, read_text};

use crate::support::{HEADER, MalformedLine, list_malformed_lines};

const FILE: &str = "a folder/trace.jsonl";
const FIRST: &str = r#"{"seq": 1, "process": "client", "event": "ProcessKilled"}"#;
const LAST: &str = r#"{"seq": 9, "process": "client", "event": "ProcessKilled"}"#;

/// Returns the error for a line between two good ones. The reader has to stop there.
fn error_of(line: &[u8]) -> Result<MalformedTrace, String> {
    let text = [HEADER.as_bytes(), FIRST.as_bytes(), line, LAST.as_bytes()].join(&b'\n');
    let mut reader = Reader::new(FILE, &*text).map_err(|error| error.to_string())?;
    let first = reader.next();
    if !matches!(first, Some(Ok(_))) {
        return Err(format!("the line before it: {first:?}"));
    }
    match (reader.next(), reader.next(), reader.next()) {
        (Some(Err(error)), None, None) => Ok(error),
        (Some(Err(error)), then, _) => Err(format!("the reader goes on after {error}: {then:?}")),
        (other, ..) => Err(format!("no error, but {other:?}")),
    }
}

/// Returns what is wrong with the error for a malformed line.
fn complaint(wrong: &MalformedLine) -> Option<String> {
    let error = match error_of(wrong.line().as_bytes()) {
        Ok(error) => error,
        Err(complaint) => return Some(complaint),
    };
    let MalformedTrace { file, line, column, problem } = &error;
    let shown = error.to_string();
    let columns = wrong.columns();
    match () {
        () if (file.as_str(), *line) != (FILE, 3) => Some(format!("the wrong line: {shown}")),
        () if !columns.contains(column) => Some(format!("the column is not in {columns:?}: {shown}")),
        () if !problem.contains(wrong.says()) => Some(format!("nothing about {:?}: {shown}", wrong.says())),
        () if shown != format!("{FILE}:3:{column}: {problem}") => Some(format!("the place comes first: {shown}")),
        () => None,
    }
}

fn short(text: &str) -> String {
    text.chars().take(300).collect()
}

fn assert_each_is_refused(wrong: &[MalformedLine]) {
    let complaints = wrong.iter().filter_map(|wrong| {
        let complaint = complaint(wrong)?;
        Some(format!("{}\n  {}\n", short(&wrong.line()), short(&complaint)))
    });
    let complaints: Vec<String> = complaints.collect();
    assert!(complaints.is_empty(), "{} of {} lines\n{}", complaints.len(), wrong.len(), complaints.concat());
}

#[test]
fn a_malformed_line_names_its_place() {
    assert_each_is_refused(&list_malformed_lines());
}

/// Lines that are valid elsewhere.
#[test]
fn a_line_out_of_place_names_its_place() {
    let disconnect = |times: &str| {
        let by = r#""seq": 2, "process": "client", "client": 0, "call": "DisconnectProcessServer""#;
        format!(r#"{{{by}, "in": {{"Server": "0x1"}}, "hresult": "0x0", {times}}}"#)
    };
    assert_each_is_refused(&[
        MalformedLine::new(HEADER, "unknown field `trace`"),
        MalformedLine::new(FIRST, "seq 1 follows seq 1"),
        MalformedLine::new(r#"{"seq": 0, "process": "client", "event": "ProcessKilled"}"#, "seq 0 follows seq 1"),
        MalformedLine::new(disconnect(r#""start_us": 5, "end_us": 4"#), "ends at 4, before it starts at 5"),
        MalformedLine::new(disconnect(r#""start_us": 0, "end_us": -1"#), "ends at -1, before it starts at 0"),
        // JSON knows no limit, so two names in one object are not refused by every reader of it.
        MalformedLine::new(
            r#"{"seq": 2, "seq": 3, "process": "client", "client": 0, "call": "AddRef", "hresult": "0x0"}"#,
            "duplicate field `seq`",
        ),
    ]);
}

/// If the line is JSON, the error points to the value in question. If the line breaks off, it points to its end.
#[test]
fn an_error_points_at_what_it_is_about() {
    let line = |rest: &str, says| {
        MalformedLine::new(format!(r#"{{"seq": 2, "process": "client", "client": 0, {rest}}}"#), says)
    };
    let call = |method: &str, rest: &str, says| line(&format!(r#""call": {method}, "hresult": "0x0", {rest}"#), says);
    let disconnect = r#""call": "DisconnectProcessServer", "in": {"Server": "0x1"}"#;
    assert_each_is_refused(&[
        MalformedLine::new(r#"{"seq": 2«,»"#, "EOF"),
        MalformedLine::new(r#"{"seq": 2, "process": "clie«n»"#, "EOF"),
        MalformedLine::new(r#"{"seq": «1», "process": "client", "event": "ProcessKilled"}"#, "seq 1 follows seq 1"),
        MalformedLine::new(r#"{"seq": 2, "process": "client", "event": «"ProcessStarted"»}"#, "no event is called"),
        call(r#"«"Disconnect"»"#, r#""in": {}"#, "no method is called"),
        call(r#""EndSession""#, r#""in": «{}»"#, "Flags is missing"),
        call(r#""EndSession""#, r#""in": «[]»"#, ""),
        call(r#""DisconnectProcessServer""#, r#""in": {"Server": «null»}"#, "Server"),
        call(r#""ConnectProcessServer""#, r#""in": {"RemoteOptions": "a", "Server": «"0x1"»}"#, "Server"),
        call(
            r#""CreateProcess2""#,
            r#""in": {"Server": "0x0", "CommandLine": "a", "Reserved": «4294967296»}"#,
            "Reserved",
        ),
        line(&format!(r#"{disconnect}, "hresult": "0x0", "start_us": 5, "end_us": «4»"#), "before it starts"),
        line(&format!(r#"{disconnect}, "hresult": "0x0", "crashed": «true»"#), "more than one way"),
    ]);
}

/// An error repeats neither a long value nor the name of a Rust type.
#[test]
fn an_error_is_short_and_for_people() {
    let long = "x".repeat(1 << 20);
    let lines = [
        format!(r#"{{"seq": 2, "process": "client", "{long}": 1}}"#),
        format!(r#"{{"seq": 2, "process": "client", "event": "{long}"}}"#),
        format!(r#"{{"seq": 2, "process": "client", "client": 0, "call": "{long}", "hresult": "0x0"}}"#),
        format!(r#"{{"seq": 2, "process": "client", "client": 0, "call": "Release", "hresult": "{long}"}}"#),
        format!(r#"{{"seq": 2, "process": "client", "client": 0, "call": "EndSession", "in": {{"Flags": "{long}"}}}}"#),
        r#"{"seq": 2, "process": "client", "client": 0, "call": "EndSession", "in": {"Flag": 1}}"#.to_owned(),
        "null".to_owned(),
    ];
    for line in &lines {
        let error = error_of(line.as_bytes()).expect("the line is wrong");
        assert!(error.problem.len() < 1000, "{} bytes: {}", error.problem.len(), short(&error.problem));
        assert!(!error.problem.contains("struct"), "{error}");
    }
}

/// The name of a parameter says nothing where the method has none of that name: reading on would lose what was passed.
#[test]
fn a_field_of_another_event_is_refused() {
    let disconnect = |parameters: &str, rest: &str| {
        let by = r#""seq": 2, "process": "client", "client": 0, "call": "DisconnectProcessServer""#;
        MalformedLine::new(format!(r#"{{{by}, "in": {{"Server": "0x1"{parameters}}}, "hresult": "0x0"{rest}}}"#), "")
    };
    let event = |rest: &str| MalformedLine::new(format!(r#"{{"seq": 2, "process": "client", {rest}}}"#), "");
    let computer = r#""computer": {"Names": [], "Processes": []}"#;
    assert_each_is_refused(&[
        disconnect(r#", "Timeout": 5"#, ""),
        disconnect(r#", "RemoteOptions": "tcp:server=a,port=1""#, ""),
        disconnect("", r#", "ms": 5"#),
        disconnect("", &format!(", {computer}")),
        event(&format!(r#""client": 0, "call": "AddRef", "in": {{"a": 1}}, "hresult": "0x0", {computer}"#)),
        event(&format!(r#""event": "ProcessKilled", {computer}"#)),
        event(r#""event": "ProcessKilled", "ms": 5"#),
        event(r#""event": "ProcessKilled", "hresult": "0x0""#),
        event(r#""event": "Elapsed", "ms": 5, "crashed": true"#),
        event(r#""event": "Elapsed", "ms": 5, "in": {"Server": "0x1"}"#),
        event(&format!(r#""event": "Computer", {computer}, "client": 0"#)),
        event(&format!(r#""event": "Computer", {computer}, "call": "CreateClient""#)),
    ]);
}

/// Bytes that are not JSON.
#[test]
fn a_line_that_is_no_text_names_its_place() {
    let mut complaints = Vec::new();
    let lines: [(&[u8], usize); 7] = [
        (b"\0", 1),
        (b"{\"seq\": 2\0}", 10),
        (b"\xff\xfe{\0}\0", 1),
        (b"\xef\xbb\xbf{}", 1),
        (b"{\"seq\": 2, \"process\": \"cl\xffent\", \"event\": \"ProcessKilled\"}", 26),
        (b"{\"seq\": 2, \"process\": \"cl\0ent\", \"event\": \"ProcessKilled\"}", 26),
        (b"{\"seq\": 2, \"pro\xc3(ess\": \"client\"}", 16),
    ];
    for (line, byte) in lines {
        match error_of(line) {
            // Of a string that is no text, the error may name any byte.
            Ok(error) if error.line == 3 && (1..=line.len() + 1).contains(&error.column) => {}
            other => complaints.push(format!("{} (byte {byte}): {other:?}", line.escape_ascii())),
        }
    }
    assert!(complaints.is_empty(), "{complaints:#?}");
}

#[test]
fn a_long_line_is_read_and_refused_as_a_short_one_is() {
    let line = |options: &str, status: &str| {
        let by = r#""seq": 2, "process": "client", "client": 0, "call": "StartServer""#;
        format!(r#"{{{by}, "in": {{"Options": "{options}"}}, "hresult": {status}}}"#)
    };
    let long = "x".repeat(1 << 20);
    let good = [HEADER, FIRST, &line(&long, r#""0x00000000""#), LAST].join("\n");
    let reader = Reader::new(FILE, good.as_bytes()).expect("the header is one");
    assert_eq!(reader.map(|event| event.map(|event| event.seq)).collect::<Vec<_>>(), [Ok(1), Ok(2), Ok(9)]);

    assert_each_is_refused(&[
        MalformedLine::new(line(&long, "«7»"), "integer `7`"),
        MalformedLine::new(line(&long, &format!("«\"{long}\"»")), "an HRESULT"),
        MalformedLine::new(format!("«{long}»"), "expected value"),
        MalformedLine::new(format!("{{\"{long}"), ""),
        MalformedLine::new(" ".repeat(1 << 20) + "«}»", "expected value"),
    ]);
}

#[test]
fn a_trace_without_its_header_is_refused() {
    let engine = r#""engine": {"name": "E", "version": "1", "platform": "P"}"#;
    let headers = [
        ("", "empty"),
        (FIRST, "the first line has to be the header, such as {\"trace\": 1, "),
        ("# My trace", "not a trace: the first line has to be the header"),
        ("{", "EOF"),
        ("{}", "missing field `trace`"),
        (r#"{"trace": 2, "engine": {"name": "E", "version": "1", "platform": "P"}, "name": "n"}"#, "format version 1"),
        (r#"{"trace": 0, "engine": {"name": "E", "version": "1", "platform": "P"}, "name": "n"}"#, "format version 1"),
        (r#"{"trace": "1", "engine": {"name": "E", "version": "1", "platform": "P"}, "name": "n"}"#, "string \"1\""),
        (&format!(r#"{{"trace": 1, {engine}}}"#), "missing field `name`"),
        (r#"{"trace": 1, "name": "n", "note": ""}"#, "missing field `engine`"),
        (r#"{"trace": 1, "engine": {"name": "E", "version": "1"}, "name": "n"}"#, "missing field `platform`"),
        (r#"{"trace": 1, "engine": "E", "name": "n"}"#, "string \"E\""),
        (r#"{"trace": 1, "engine": ["E", "1", "P"], "name": "n"}"#, ""),
        (r#"[1, {"name": "E", "version": "1", "platform": "P"}, "n", ""]"#, ""),
        (&format!(r#"{{"trace": 1, {engine}, "name": "n", "seq": 1}}"#), "unknown field `seq`"),
        (&format!(r#"{{"trace": 1, {engine}, "name": "n"}} {{}}"#), "trailing characters"),
    ];
    let mut complaints = Vec::new();
    for (header, says) in headers {
        let text = if header.is_empty() { String::new() } else { format!("{header}\n{FIRST}\n") };
        match Reader::new(FILE, text.as_bytes()) {
            Err(MalformedTrace { file, line: 1, column, problem })
                if file == FILE && (1..=header.len() + 1).contains(&column) && problem.contains(says) => {}
            other => complaints.push(format!("{header:?}: {:?}", other.map(|reader| reader.header().clone()))),
        }
    }
    assert!(complaints.is_empty(), "{complaints:#?}");

    // Blank lines count for nothing.
    for (blank, line) in [("", 1), (" ", 1), ("\n\t", 2), ("\n", 2), (" \r\n\n", 3)] {
        let error = Reader::new(FILE, blank.as_bytes()).unwrap_err().to_string();
        let problem = if blank.is_empty() { "is empty" } else { "has only blank lines" };
        assert_eq!(error, format!("{FILE}:{line}:1: the file {problem}"));
    }
    for (blank, line) in [("\n", 2), (" \r\n\n", 3)] {
        let text = format!("{blank}{HEADER}\n{blank}{FIRST}\n");
        assert!(Reader::new(FILE, text.as_bytes()).unwrap().next().unwrap().is_ok());
        let error = Reader::new(FILE, &*format!("{blank}{FIRST}").into_bytes()).unwrap_err();
        assert_eq!(error.line, line);
    }
}

/// As any other line does.
#[test]
fn a_header_that_breaks_off_does_so_at_its_end() {
    let mut complaints = Vec::new();
    for length in 1..HEADER.len() {
        let broken = &HEADER[..length];
        let error = Reader::new(FILE, format!("{broken}\n{FIRST}\n").as_bytes()).map(|_| ());
        match error {
            Err(MalformedTrace { line: 1, column, problem, .. })
                if (length..=length + 1).contains(&column) && problem.contains("EOF") => {}
            other => complaints.push(format!("{broken}: {other:?}")),
        }
    }
    assert!(complaints.is_empty(), "{} of {}: {:#?}", complaints.len(), HEADER.len(), complaints.first());
}

/// An input that breaks off.
struct Breaks<'a>(&'a [u8]);

impl Read for Breaks<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::Error::other("the cable was pulled")),
            length => Ok(length),
        }
    }
}

#[test]
fn an_input_that_breaks_off_is_an_error_of_the_line_it_breaks_in() {
    let text = format!("{HEADER}\n{FIRST}\n{{\"seq\"");
    let mut reader = Reader::new(FILE, BufReader::new(Breaks(text.as_bytes()))).expect("the header is whole");
    assert!(matches!(reader.next(), Some(Ok(_))));
    let error = reader.next().map(|event| event.expect_err("the line is not whole").to_string());
    assert_eq!(error.as_deref(), Some("a folder/trace.jsonl:3:1: the cable was pulled"));
    assert_eq!(reader.next(), None);

    let error = Reader::new(FILE, BufReader::new(Breaks(b"{\"tra"))).map(|_| ()).map_err(|error| error.to_string());
    assert_eq!(error, Err("a folder/trace.jsonl:1:1: the cable was pulled".to_owned()));
}

/// Redirections and editors on Windows write both.
#[test]
fn a_byte_order_mark_is_skipped_and_utf_16_is_read() {
    let text = format!("{HEADER}\n{}\n", FIRST.replace("client", "\u{1f980} caf\u{e9}"));
    let marked = format!("\u{feff}{text}");
    let names = |text: &[u8]| {
        let mut reader = Reader::new(FILE, text)?;
        reader.next().expect("there is a line")?;
        Ok::<_, MalformedTrace>(reader.processes().to_vec())
    };
    for text in [&text, &marked] {
        assert_eq!(names(text.as_bytes()).unwrap(), ["\u{1f980} caf\u{e9}"]);
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let wide: Vec<u8> = text.encode_utf16().flat_map(bytes).collect();
            assert_eq!(names(&wide).unwrap(), ["\u{1f980} caf\u{e9}"]);
            assert_eq!(read_text(FILE, &*wide).unwrap(), text.trim_start_matches('\u{feff}'));
            let cut = names(&wide[..wide.len() - 1]).unwrap_err().to_string();
            assert_eq!(cut, format!("{FILE}:1:1: the text is not valid UTF-16"));
        }
    }
}

/// The text is decoded in parts. A pair of surrogates may stand at the end of one.
#[test]
fn long_utf_16_is_read_in_parts() {
    for blanks in 0..3 {
        let text = format!("{}{}", " ".repeat(blanks), "\u{1f980}\n".repeat(100_000));
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked = [&b"\xff\xfe"[..], &wide].concat();
        assert!(read_text(FILE, &*marked).unwrap() == text, "{blanks}");
    }
}

/// A file without the end of a line, such as a device, would fill the memory.
#[test]
fn every_reader_has_the_same_limit_for_a_line() {
    let endless = || BufReader::new(io::repeat(b' '));
    let error = Reader::new(FILE, endless()).unwrap_err().to_string();
    assert!(error.starts_with(&format!("{FILE}:1:1: the line is longer than 16 MiB")), "{error}");
    let error = read_text(FILE, endless()).unwrap_err().to_string();
    assert!(error.starts_with(&format!("{FILE}:1:1: the line is longer than 16 MiB")), "{error}");
    let beginning = format!("{HEADER}\n{FIRST}\n");
    let mut reader = Reader::new(FILE, BufReader::new(beginning.as_bytes().chain(endless()))).unwrap();
    assert!(reader.next().unwrap().is_ok());
    let error = reader.next().unwrap().unwrap_err();
    assert_eq!((error.line, error.column), (3, 1));
    assert!(error.problem.contains("16 MiB"), "{error}");
    let checked = check(Profile::Contract, FILE, BufReader::new(beginning.as_bytes().chain(endless()))).unwrap();
    let stopped = checked.stopped.unwrap().to_string();
    assert!(stopped.starts_with(&format!("{FILE}:3:1: the line is longer than 16 MiB")), "{stopped}");
}

#[test]
fn a_text_that_is_no_utf_8_is_named_with_its_place() {
    let error = read_text(FILE, &b"{\n \xff}"[..]).unwrap_err().to_string();
    assert_eq!(error, format!("{FILE}:2:2: the text is neither UTF-8 nor UTF-16"));
}
