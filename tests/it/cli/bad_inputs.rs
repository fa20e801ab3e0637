//! Bad inputs: each is one clear sentence with the place, the cause and what to do, and the exit status 2.

use std::fs;
use std::path::Path;

use crate::support::{decode, find_file, run_cli_in};

const HEADER: &str = r#"{"trace": 1, "engine": {"name": "E", "version": "1", "platform": "P"}, "name": "n"}"#;
const EVENT: &str = r#"{"seq": 1, "process": "client", "client": 0, "call": "Release", "out": {"References": 0}}"#;

/// Writes the files that the commands name.
fn write_files(folder: &Path) {
    let write = |name: &str, content: &[u8]| fs::write(folder.join(name), content).expect("the folder is new");
    write("empty", b"");
    write("blank", b"\n \r\n");
    write("notes.txt", b"These are notes.\n");
    write("binary", b"\x7fELF\xff\xfe\0\x01");
    write("object.json", b"{\n  \"colour\": 1\n}\n");
    write("list.json", b"[]");
    write("no-header.jsonl", EVENT.as_bytes());
    write("only-header.jsonl", HEADER.as_bytes());
    write("version-2.jsonl", HEADER.replace("1, \"engine", "2, \"engine").as_bytes());
    write("odd.jsonl", b"\xff\xfe{\0\"");
    fs::create_dir(folder.join("folder")).expect("the folder is new");
    let steps = |step: &str| format!(r#"{{"hosts": [], "steps": [{step}]}}"#);
    write("method.json", steps(r#"{"call": "DisconectProcessServer"}"#).as_bytes());
    write("handle.json", steps(r#"{"call": "EndProcessServer", "in": {"Server": "first"}}"#).as_bytes());
    write("nothing.json", steps("{}").as_bytes());
    write("both.json", steps(r#"{"call": "Release", "kill": true}"#).as_bytes());
    write("no-hosts.json", br#"{"steps": []}"#);
    let known = |requirement: &str| {
        format!(
            r#"{{"requirement": "{requirement}", "cases": {{}}, "elsewhere": false, "reason": "r", "evidence": []}}"#
        )
    };
    let deviations = |list: &str| format!(r#"{{"subject": "s", "profile": "contract", "deviations": [{list}]}}"#);
    write("requirement.json", deviations(&known("handle/stale-is-refusd")).as_bytes());
    write(
        "twice.json",
        deviations(&[known("handle/stale-is-refused"), known("handle/stale-is-refused")].join(",")).as_bytes(),
    );
    write("profile.json", deviations("").replace("contract", "strict").as_bytes());
    write("other.json", deviations("").as_bytes());
    let report = fs::read_to_string(find_file("spec/reports/mock.json")).expect("the report is published");
    write("cut-report.json", &report.as_bytes()[..report.len() / 2]);
    write("report.json", report.as_bytes());
    write("no-engine.so", b"text");
}

/// The arguments, and what the sentence has to say, in this order.
const BAD: &[(&[&str], &[&str])] = &[
    // Files.
    (&["check", "missing.jsonl"], &["missing.jsonl: ", "there is no such file in", "correct the path"]),
    (&["check", "/missing/t.jsonl"], &["/missing/t.jsonl: ", "there is no such file", "correct the path"]),
    (&["check", "folder"], &["folder: ", "this is a folder", "name the files in it"]),
    (&["replay", "folder"], &["folder: ", "this is a folder", "name the files in it"]),
    (&["check", "empty"], &["empty:1:1: ", "the file is empty"]),
    (&["replay", "blank"], &["blank:3:1: ", "only blank lines"]),
    (&["check", "notes.txt"], &["notes.txt:1:1: ", "not a trace", "the first line has to be the header, such as {"]),
    (&["check", "binary"], &["binary:1:1: ", "not a trace", "the first line has to be the header, such as {"]),
    (&["check", "object.json"], &["object.json:1:", "not a trace", "the first line has to be the header, such as {"]),
    (
        &["check", "no-header.jsonl"],
        &["no-header.jsonl:1:", "the first line has to be the header, such as {", "an event"],
    ),
    (&["check", "only-header.jsonl"], &["only-header.jsonl: ", "there is no call"]),
    (&["check", "version-2.jsonl"], &["version-2.jsonl:1:", "expected format version 1"]),
    (&["check", "odd.jsonl"], &["odd.jsonl:1:1: ", "not valid UTF-16"]),
    (&["check", "report.json"], &["report.json:1:", "not a trace"]),
    (&["check", "only-header.jsonl", "--format", "jsn"], &["'jsn'", "--format", "text, json", "'json'"]),
    (&["check"], &["<TRACE>", "--help"]),
    // Programs.
    (&["record", "empty", "-o", "o"], &["empty:1:1: ", "not a program", "empty"]),
    (&["record", "notes.txt", "-o", "o"], &["notes.txt:1:1: ", "not a program", "expected"]),
    (&["record", "list.json", "-o", "o"], &["list.json:1:", "not a program", "expected an object"]),
    (&["record", "object.json", "-o", "o"], &["object.json:2:10: ", "not a program", "`colour`", "`hosts`, `steps`"]),
    (&["record", "no-hosts.json", "-o", "o"], &["no-hosts.json:1:", "not a program", "missing field `hosts`"]),
    (
        &["record", "method.json", "-o", "o"],
        &["method.json:", "step 1", "\"DisconectProcessServer\"", "mean DisconnectProcessServer"],
    ),
    (&["record", "handle.json", "-o", "o"], &["handle.json:", "step 1", "\"first\"", "write \"#1\""]),
    (
        &["record", "nothing.json", "-o", "o"],
        &["nothing.json:", "step 1", "a call, a kill or a pause", "give one of them"],
    ),
    (&["record", "both.json", "-o", "o"], &["both.json:", "step 1", "give one of them"]),
    (&["record", "only-header.jsonl", "-o", "o"], &["only-header.jsonl: ", "there is no call"]),
    (&["record", "method.json"], &["--output <TRACE>", "--help"]),
    (&["record", "--library", "no-engine.so", "-", "-o", "o"], &["no-engine.so: ", "cannot be loaded"]),
    (
        &["record", "--library", "libno.so", "-", "-o", "o"],
        &["libno.so: ", "there is no such file in", "the system finds no"],
    ),
    // Engines, deviations and traces of `run`.
    (&["run", "--library", "./missing/libdbgeng.so"], &["./missing/libdbgeng.so: ", "there is no such file in"]),
    (&["run", "--library", "./folder"], &["./folder: ", "this is a folder"]),
    (&["run", "--wide"], &["--library <PATH>", "--help"]),
    (&["run", "--profle", "dbgeng"], &["'--profle'", "'--profile'"]),
    (&["run", "--profile", "dbgneg"], &["'dbgneg'", "--profile", "expected contract, dbgeng"]),
    (&["run", "--programs", "-1"], &["'-1'"]),
    (&["run", "--programs", "many"], &["'many'", "--programs"]),
    (&["run", "--library", "x", "--code-page", "7"], &["'7'", "--code-page", "expected one of"]),
    (&["run", "--deviations", "missing.json"], &["missing.json: ", "there is no such file in"]),
    (
        &["run", "--deviations", "object.json"],
        &["object.json:2:10: ", "not a file of known deviations", "`colour`", "`subject`"],
    ),
    (
        &["run", "--deviations", "requirement.json"],
        &["requirement.json:1:", "\"handle/stale-is-refusd\"", "mean handle/stale-is-refused"],
    ),
    (&["run", "--deviations", "twice.json"], &["twice.json: ", "listed twice", "make one entry"]),
    (&["run", "--deviations", "profile.json"], &["profile.json:1:", "\"strict\"", "expected contract"]),
    (
        &["run", "--update-deviations", "other.json"],
        &["other.json: ", "the known deviations of \"s\"", "name another file"],
    ),
    (&["run", "--update-deviations", "-"], &["--update-deviations", "name a file"]),
    (&["compare", "report.json", "-", "-"], &["standard input", "name a file"]),
    (&["run", "--again", "notes.txt"], &["notes.txt:1:1: ", "not a trace"]),
    // Reports.
    (&["compare", "cut-report.json"], &["cut-report.json:", "not a report of `run --format json`", "EOF"]),
    (
        &["compare", "report.json", "object.json"],
        &["object.json:2:10: ", "not a report of `run --format json`", "`colour`"],
    ),
    (&["compare", "folder"], &["folder: ", "this is a folder"]),
    // The spec and connection strings.
    (&["explain", "handle/stale"], &["\"handle/stale\"", "list", "mean handle/stale-is-refused"]),
    (&["explain", "waittimeoutisok"], &["\"waittimeoutisok\"", "mean WaitTimeOutIsSOk"]),
    (&["explain", "xyzzy"], &["\"xyzzy\"", "`dbgeng-testkit list`"]),
    (&["parse", "client", "tcp:prot=1"], &["at offset 4", "\"prot=1\"", "expected"]),
    (&["parse", "customer", "tcp:port=1"], &["'customer'", "client, server"]),
    (&["chekc", "t.jsonl"], &["'chekc'", "'check'"]),
];

#[test]
fn every_bad_input_is_one_clear_sentence() {
    assert!(BAD.len() >= 40);
    let folder = tempfile::tempdir().expect("there is room for a folder");
    write_files(folder.path());
    let before = fs::read_dir(folder.path()).expect("it can be read").count();
    let complaints: Vec<String> = BAD
        .iter()
        .filter_map(|(arguments, says)| {
            let output = run_cli_in(folder.path(), arguments, b"");
            let (said, printed) = (decode(&output.stderr), decode(&output.stdout));
            let own = said.strip_prefix("dbgeng-testkit: ");
            // Of wrong arguments, the parser of arguments tells the usage as well.
            let is_one_sentence = own.map_or(said.starts_with("error: "), |own| own.lines().count() == 1);
            let mut rest = said.as_str();
            let missing = says.iter().find(|part| match rest.split_once(**part) {
                Some((_, after)) => {
                    rest = after;
                    false
                }
                None => true,
            });
            let path = says[0].trim_end_matches(": ");
            let is_said_once = !path.contains('.') || said.matches(path).count() == 1;
            let is_good = output.status.code() == Some(2) && is_one_sentence && is_said_once && printed.is_empty();
            (!is_good || missing.is_some())
                .then(|| format!("{arguments:?}, {missing:?}: {}{said}{printed}\n", output.status))
        })
        .collect();
    assert!(complaints.is_empty(), "{}", complaints.concat());
    let after = fs::read_dir(folder.path()).expect("it can be read").count();
    assert_eq!(before, after, "a command that fails leaves no file");
}

/// The report is printed before the file turns out not to be writable.
#[test]
fn nothing_is_lost_when_a_file_cannot_be_written() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let run = |arguments: &[&str]| run_cli_in(folder.path(), arguments, br#"{"hosts": [], "steps": []}"#);
    let output = run(&["run", "--programs", "0", "--update-deviations", "missing/known.json"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(decode(&output.stdout).contains("PASS: no violation found"), "{}", decode(&output.stdout));
    let expected =
        "dbgeng-testkit: missing/known.json: the file cannot be written: its folder does not exist; make it first\n";
    assert_eq!(decode(&output.stderr), expected);
    let output =
        run_cli_in(folder.path(), &["compare", "-", "-"], &fs::read(find_file("spec/reports/wine-8.json")).unwrap());
    let expected = "dbgeng-testkit: standard input is read only once; name a file in place of the second -\n";
    assert_eq!((output.status.code(), decode(&output.stderr).as_str()), (Some(2), expected));
    let output = run(&["record", "-", "-o", "."]);
    assert_eq!(decode(&output.stderr), "dbgeng-testkit: .: this is a folder; name a file in it\n");
}
