//! Programs that misuse the shared library fail by themselves, and are told why.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::check;
use tempfile::TempDir;

use crate::support::{build_library, compile_cpp, decode, find_file, find_program};

const SCENARIO: &str = "fixtures/scenarios/two-computers.json";

/// Each mistake, and how the library names it.
const MISTAKES: [(&str, &[&str]); 5] = [
    ("double-disconnect", &["DisconnectProcessServer on 0x", "disconnected twice"]),
    ("leaked-handle", &["ConnectProcessServer on 0x", "(tcp:port=5005 on BOX17): never disconnected"]),
    (
        "zero-after-failed-connect",
        &["GetRunningProcessSystemIds: zero after a connect that failed means the local computer"],
    ),
    ("released-twice", &["Release was called once too often"]),
    (
        "used-after-release",
        &["IDebugClient::DisconnectProcessServer was called on a client object after its last Release"],
    ),
];

/// The exit status of a process that is not clean.
const NOT_CLEAN: i32 = 86;

/// A program that makes mistakes, the library, and a folder for what it writes.
struct Tool {
    program: Vec<PathBuf>,
    library: &'static Path,
    folder: TempDir,
}

impl Tool {
    fn new(program: Vec<PathBuf>) -> Tool {
        Tool { program, library: build_library(), folder: tempfile::tempdir().unwrap() }
    }

    /// The program in C++, which the first caller compiles; `None` without a compiler.
    fn in_cpp() -> Option<Tool> {
        static PROGRAM: LazyLock<Option<PathBuf>> =
            LazyLock::new(|| compile_cpp(&find_file("tests/cpp/misuse.cpp"), &[]));
        PROGRAM.clone().map(|program| Tool::new(vec![program]))
    }

    fn command(&self, mistake: &str) -> Command {
        let mut command = Command::new(&self.program[0]);
        command.args(&self.program[1..]).arg(self.library).arg(mistake);
        command.env("DBGENG_TESTKIT_SCENARIO", find_file(SCENARIO));
        command
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the program in strict mode.
    fn run_strictly(&self, mistake: &str) -> Output {
        self.command(mistake).env("DBGENG_TESTKIT_STRICT", "1").output().expect("the program runs")
    }

    /// Asserts that each mistake is named, that strict mode fails for it, and that nothing else fails.
    fn assert_each_mistake_fails(&self) {
        for (mistake, names) in MISTAKES {
            let found = self.run_strictly(mistake);
            let told = decode(&found.stderr);
            assert_eq!(found.status.code(), Some(NOT_CLEAN), "{mistake}: {told}");
            assert!(names.iter().all(|name| told.contains(name)), "{mistake}: {told}");

            let file = self.file("findings");
            let found = self.command(mistake).env("DBGENG_TESTKIT_FINDINGS_TO", &file).output().unwrap();
            let told = fs::read_to_string(file).unwrap();
            assert_eq!((found.status.code(), decode(&found.stderr)), (Some(0), String::new()), "{mistake}");
            assert!(names.iter().all(|name| told.contains(name)), "{mistake}: {told}");
        }
        let found = self.run_strictly("none");
        assert_eq!((found.status.code(), decode(&found.stderr)), (Some(0), String::new()));
    }
}

#[test]
fn a_cpp_program_with_a_mistake_fails_by_itself() {
    let Some(tool) = Tool::in_cpp() else { return };
    tool.assert_each_mistake_fails();
    // Destructors of static objects run before the library reports.
    let late = tool.run_strictly("late");
    assert_eq!((late.status.code(), decode(&late.stderr)), (Some(0), String::new()));
    // The program's last output is not lost.
    assert_eq!(decode(&tool.run_strictly("double-disconnect").stdout), "the tool has succeeded\n");
}

#[test]
fn a_python_program_with_a_mistake_fails_by_itself() {
    if find_program("python3").is_some() {
        Tool::new(vec!["python3".into(), find_file("tests/python/misuse.py")]).assert_each_mistake_fails();
    }
}

/// Sanitizers replace the functions that valgrind watches.
#[test]
fn objects_that_were_released_too_often_are_not_freed_memory() {
    if find_program("valgrind").is_none() || std::env::var("CXX").is_ok_and(|compiler| compiler.contains("sanitize")) {
        return;
    }
    let Some(mut tool) = Tool::in_cpp() else { return };
    tool.program.splice(0..0, ["valgrind", "--quiet", "--error-exitcode=99"].map(PathBuf::from));
    for mistake in ["released-twice", "used-after-release"] {
        // An error that valgrind finds has a status of its own.
        let found = tool.run_strictly(mistake);
        assert_eq!(found.status.code(), Some(NOT_CLEAN), "{mistake}: {}", decode(&found.stderr));
    }
}

#[test]
fn a_process_writes_its_trace_its_journal_and_a_log() {
    let Some(tool) = Tool::in_cpp() else { return };
    let mut command = tool.command("refused");
    for name in ["TRACE", "JOURNAL", "LOG"] {
        command.env(format!("DBGENG_TESTKIT_{name}_TO"), tool.file(name));
        // A file from another process is replaced.
        fs::write(tool.file(name), "old").unwrap();
    }
    let found = command.env("DBGENG_TESTKIT_FINDINGS_TO", "stderr").output().unwrap();
    assert_eq!((found.status.code(), decode(&found.stderr)), (Some(0), String::new()));

    let read = |name: &str| fs::read_to_string(tool.file(name)).unwrap();
    let judged = check(Profile::Contract, "trace", read("TRACE").as_bytes()).unwrap();
    assert_eq!(judged.broken, []);
    let journal = read("JOURNAL");
    assert!(journal.contains("client: DisconnectProcessServer(Server=#1) -> S_OK\n"), "{journal}");
    let log = read("LOG");
    let lines: Vec<&str> = log.lines().collect();
    let is_as_expected = lines.len() == 3
        && lines[0].to_lowercase().contains("4b1d4c1f")
        && lines[1] == "IDebugClient::OpenDumpFile was called, which is not simulated: E_NOTIMPL"
        && lines[2] == "IDebugSystemObjects3::GetCurrentSystemServer was called, which is not simulated: E_NOTIMPL";
    assert!(is_as_expected, "{log}");
}

#[test]
fn a_setting_that_cannot_be_used_is_named() {
    let Some(tool) = Tool::in_cpp() else { return };
    let told = |name: &str, value: &Path, status: i32| {
        let found = tool.command("none").env(name, value).output().unwrap();
        assert_eq!(found.status.code(), Some(status), "{name}");
        decode(&found.stderr)
    };
    let nowhere = tool.file("nowhere/file");
    for name in ["TRACE", "JOURNAL", "FINDINGS", "LOG"] {
        let name = format!("DBGENG_TESTKIT_{name}_TO");
        let text = told(&name, &nowhere, 0);
        assert!(text.starts_with(&format!("dbgeng-testkit: {name}: {}: ", nowhere.display())), "{text}");
    }
    let text = told("DBGENG_TESTKIT_FINDING_TO", &nowhere, 0);
    assert!(text.starts_with("dbgeng-testkit: DBGENG_TESTKIT_FINDING_TO is not a variable of this library"), "{text}");
    let text = told("DBGENG_TESTKIT_STRICT", Path::new("yes"), 0);
    assert_eq!(text, "dbgeng-testkit: DBGENG_TESTKIT_STRICT=yes: expected 0 or 1; it counts as 1\n");

    // DebugCreate fails: the program returns 3.
    let text = told("DBGENG_TESTKIT_SCENARIO", &nowhere, 3);
    let missing = format!("dbgeng-testkit: DebugCreate: DBGENG_TESTKIT_SCENARIO: {}: No such file", nowhere.display());
    assert!(text.starts_with(&missing), "{text}");
    let text = told("DBGENG_TESTKIT_SCENARIO", Path::new("none.json"), 3);
    assert!(text.contains("none.json: No such file") && text.contains(", in /"), "{text}");
    let text = told("DBGENG_TESTKIT_SCENARIO", Path::new(""), 3);
    assert!(text.contains("DBGENG_TESTKIT_SCENARIO: the path is empty"), "{text}");
    fs::write(tool.file("wrong.json"), r#"{"colour": "red"}"#).unwrap();
    let text = told("DBGENG_TESTKIT_SCENARIO", &tool.file("wrong.json"), 3);
    assert!(text.contains("wrong.json:1:") && text.contains("colour"), "{text}");
    let found = tool.command("none").env("DBGENG_TESTKIT_SCENARIO", "").env("DBGENG_TESTKIT_STRICT", "1").output();
    let found = found.unwrap();
    assert_eq!(found.status.code(), Some(NOT_CLEAN));
    let said = decode(&found.stderr);
    assert_eq!(said.matches("the path is empty").count(), 1, "{said}");
    assert!(said.ends_with("there was no world: the reason is above\n"), "{said}");
}

/// The library cannot print why there is no engine. The program goes on all the same.
#[cfg(target_os = "linux")]
#[test]
fn an_unusable_scenario_is_refused_even_if_standard_error_is_full() {
    let Some(tool) = Tool::in_cpp() else { return };
    let full = fs::File::create("/dev/full").unwrap();
    let found = tool.command("none").env("DBGENG_TESTKIT_SCENARIO", "/no/such.json").stderr(full).output().unwrap();
    assert_eq!(found.status.code(), Some(3));
}

#[test]
fn a_test_reads_the_findings_and_makes_a_new_world() {
    let Some(tool) = Tool::in_cpp() else { return };
    let read = tool.run_strictly("reset");
    assert_eq!(read.status.code(), Some(0), "{}", decode(&read.stderr));
    assert!(decode(&read.stdout).contains("never disconnected"));
    assert!(decode(&read.stderr).starts_with("dbgeng-testkit: DbgengTestkitReset: no/such.json: No such file"));

    let unread = tool.run_strictly("reset-unread");
    assert_eq!(unread.status.code(), Some(NOT_CLEAN));
    assert!(decode(&unread.stderr).contains("never disconnected"));
}
