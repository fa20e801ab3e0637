//! Standard input and output of the command line: pipes, encodings, colours.

use std::fs;
use std::io::Read;
use std::process::Stdio;

use crate::support::{command, decode, find_file, read_trace, run_cli, run_cli_in, strip_colours};

fn trace(name: &str) -> String {
    fs::read_to_string(&read_trace(name).path).expect("the trace is published")
}

const REPORT: &str = "spec/reports/wine-8.json";
const DEVIATIONS: &str = "spec/deviations/wine-8.json";
const PROGRAM: &str = "fixtures/program.json";
const TRACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/traces/lifecycle-one-connection.jsonl");

/// The inputs of every command that reads one, as arguments with - and the text.
fn inputs() -> [(&'static [&'static str], String); 7] {
    let read = |path: &str| fs::read_to_string(find_file(path)).expect("the file is published");
    let again = trace("lifecycle-one-connection");
    [
        (&["check", "-"], again.clone()),
        (&["replay", "--profile", "dbgeng", "-"], again.clone()),
        (&["record", "-", "-o", "-"], again.clone()),
        (&["run", "--again", "-"], again),
        (&["record", "-", "-o", "-"], read(PROGRAM)),
        (&["compare", "-"], read(REPORT)),
        (&["run", "--again", TRACE, "--deviations", "-"], read(DEVIATIONS)),
    ]
}

#[test]
fn standard_input_is_read_in_every_encoding() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, text) in inputs() {
        let plain = run_cli_in(folder.path(), arguments, text.as_bytes());
        assert_eq!(plain.status.code(), Some(0), "{arguments:?}: {}", decode(&plain.stderr));
        let marked = format!("\u{feff}{text}");
        let wide = |bytes: fn(u16) -> [u8; 2]| marked.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        for text in [marked.clone().into_bytes(), wide(u16::to_le_bytes), wide(u16::to_be_bytes)] {
            let output = run_cli_in(folder.path(), arguments, &text);
            assert_eq!(decode(&output.stderr), decode(&plain.stderr), "{arguments:?}");
            assert_eq!(decode(&output.stdout), decode(&plain.stdout), "{arguments:?}");
        }
    }
}

#[test]
fn a_trace_goes_from_command_to_command_through_pipes() {
    let folder = tempfile::tempdir().unwrap();
    let program = fs::read(find_file(PROGRAM)).unwrap();
    let recorded = run_cli_in(folder.path(), &["record", "-", "-o", "-"], &program);
    for command in [&["check", "--strict", "-"], &["replay", "--profile=contract", "-"]] {
        let judged = run_cli_in(folder.path(), command, &recorded.stdout);
        assert_eq!(judged.status.code(), Some(0), "{}", decode(&judged.stderr));
        assert!(decode(&judged.stdout).contains("s standard input ("), "{}", decode(&judged.stdout));
    }
}

/// The reader of a pipe may leave after one line. The exit status is still that of the work.
#[test]
fn a_closed_pipe_changes_no_status() {
    let folder = tempfile::tempdir().unwrap();
    let [good, bad] =
        ["lifecycle-one-connection", "misuse-stale-disconnect"].map(|name| read_trace(name).path.display().to_string());
    let report = find_file(REPORT).display().to_string();
    let missing = folder.path().join("missing").display().to_string();
    let commands: [(&[&str], i32); 10] = [
        (&["list"], 0),
        (&["spec"], 0),
        (&["explain", "handle/stale-is-refused"], 0),
        (&["parse", "client", "tcp:server=a,port=1"], 0),
        (&["run", "--again", &good], 0),
        (&["check", &good, &bad], 1),
        (&["check", &good, &missing, &bad], 2),
        (&["replay", &good, &bad], 0),
        (&["compare", &report], 0),
        (&["record", &good, "-o", "-"], 0),
    ];
    for (arguments, status) in commands {
        for lines in [0, 1] {
            let mut child = command(arguments)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("the program was built");
            let mut pipe = child.stdout.take().expect("it is a pipe");
            (0..lines).for_each(|_| pipe.read_exact(&mut [0]).expect("it prints something"));
            drop(pipe);
            let output = child.wait_with_output().expect("it ends");
            let said = decode(&output.stderr);
            assert_eq!(output.status.code(), Some(status), "{arguments:?}: {said}");
            let expected = if status == 2 { 1 } else { 0 };
            assert_eq!(said.lines().count(), expected, "{arguments:?}: {said}");
        }
    }
}

/// A text that could not be written is lost, so it is no success.
#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_an_error() {
    for arguments in [&["list"][..], &["run", "--again", TRACE], &["parse", "client", "tcp:server=a,port=1"]] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = command(arguments).stdout(full).output().expect("the program was built");
        let said = decode(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.starts_with("dbgeng-testkit: standard output cannot be written: "), "{said}");
    }
}

/// Every command prints colours, or none does.
#[test]
fn every_command_agrees_on_colours() {
    let reused = read_trace("lifecycle-handle-value-reused").path.display().to_string();
    let report = find_file(REPORT).display().to_string();
    let commands: [&[&str]; 5] =
        [&["run", "--again", &reused], &["check", &reused], &["replay", &reused], &["compare", &report], &["chekc"]];
    for arguments in commands {
        let run = |variables: &[(&str, &str)]| {
            let mut command = command(arguments);
            for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM"] {
                command.env_remove(name);
            }
            let output = command.envs(variables.iter().copied()).output().expect("the program was built");
            decode(&[output.stdout, output.stderr].concat())
        };
        let plain = run(&[("TERM", "xterm")]);
        assert!(!plain.contains('\x1b'), "a pipe is no terminal: {plain}");
        let coloured = run(&[("TERM", "xterm"), ("CLICOLOR_FORCE", "1")]);
        assert!(coloured.contains("\x1b["), "{arguments:?}: {coloured}");
        assert_eq!(strip_colours(coloured), plain);
        assert_eq!(run(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]), plain, "{arguments:?}");
    }
}

/// A trace that passes although it breaks a SHOULD says so on its first line.
#[test]
fn a_pass_with_a_broken_should_is_shown_as_such() {
    let reused = read_trace("lifecycle-handle-value-reused").path.display().to_string();
    let output = run_cli(&["check", &reused]);
    assert_eq!(output.status.code(), Some(0));
    let expected =
        format!("pass {reused} (11 calls, by contract), but it breaks a SHOULD 2 times; --strict lets that fail\n");
    assert!(decode(&output.stdout).starts_with(&expected), "{}", decode(&output.stdout));
    let output = run_cli(&["check", "--strict", &reused]);
    assert_eq!(output.status.code(), Some(1));
    assert!(decode(&output.stdout).starts_with(&format!("fail {reused} (11 calls, by contract)\n")));
}

/// The text of a file and its name may come from anyone.
#[cfg(unix)]
#[test]
fn control_characters_are_escaped_and_long_items_are_cut() {
    let folder = tempfile::tempdir().unwrap();
    let name = "a\x1b[2Jb\u{202e}.jsonl";
    let header = r#"{"trace": 1, "engine": {"name": "E", "version": "1", "platform": "P"}, "name": "n"}"#;
    let long = "x".repeat(100_000);
    let line = |seq: u32, call: &str| {
        format!(r#"{{"seq": {seq}, "process": "p\u001b[2J{long}", "client": 0, {call}, "hresult": "0x0"}}"#)
    };
    let interface = line(1, r#""call": "DebugCreate", "in": {"Interface": "IDebugClient5"}"#);
    let stale = line(2, r#""call": "DisconnectProcessServer", "in": {"Server": "0x10"}"#);
    let query = format!(
        r#""call": "GetRunningProcessDescription", "in": {{"Server": "0x0", "SystemId": 4, "Flags": 0, "ExeNameSize": 0, "DescriptionSize": 0}}, "out": {{"ExeName": "\u001b[2J{long}"}}"#
    );
    let text = format!("{header}\n{interface}\n{stale}\n{}\n", line(3, &query));
    fs::write(folder.path().join(name), text).unwrap();
    fs::write(folder.path().join("unknown.jsonl"), format!("{header}\n{{\"\\u001b[2J{long}\": 1}}")).unwrap();
    for arguments in [["check", name], ["replay", name], ["check", "unknown.jsonl"], ["check", "missing\x1b[2J"]] {
        let output = run_cli_in(folder.path(), &arguments, b"");
        let said = decode(&[output.stdout, output.stderr].concat());
        assert!(!said.contains(['\x1b', '\u{202e}']), "{said:?}");
        assert!(said.contains(r"\u{1b}[2J"), "{said}");
        assert!(said.lines().all(|line| line.len() < 1_500), "{said}");
    }
}
