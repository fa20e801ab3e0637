//! A C++ program drives the shared library through the vtables that our header declares.

use std::env;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::support::{build_library, decode};

/// Compiles the program. Returns `false` if there is no compiler.
fn compile(program: &Path) -> bool {
    let compiler = env::var("CXX").unwrap_or_else(|_| "c++".to_owned());
    let mut words = compiler.split_whitespace();
    let compiled = Command::new(words.next().expect("CXX names a compiler"))
        .args(words)
        .args(["-std=c++17", "-Wall", "-Wextra", "-Werror", "-pthread", "-o"])
        .arg(program)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cpp/drive.cpp"))
        .arg("-ldl")
        .output();
    match compiled {
        Ok(output) => assert!(output.status.success(), "{}", decode(&output.stderr)),
        Err(error) if error.kind() == ErrorKind::NotFound => return false,
        Err(error) => panic!("{compiler}: {error}"),
    }
    true
}

/// Returns the program, compiled into this folder, or `None` if there is no compiler.
fn program(folder: &TempDir) -> Option<Command> {
    let program = folder.path().join("drive");
    if !compile(&program) {
        assert!(env::var_os("CI").is_none(), "no C++ compiler");
        eprintln!("skipped: no C++ compiler");
        return None;
    }
    let mut command = Command::new(program);
    command.arg(build_library());
    Some(command)
}

#[test]
fn a_cpp_program_drives_the_library() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mut program) = program(&folder) else { return };
    let output = program.output().expect("the program was compiled");
    let found = decode(&output.stdout);
    assert!(output.status.success(), "{}\n{found}\n{}", output.status, decode(&output.stderr));
    let checks = found.lines().last().and_then(|line| line.strip_suffix(" checks"));
    assert!(checks.is_some_and(|checks| checks != "0"), "{found}");
}

/// The library cannot print why there is no engine. The program goes on all the same.
#[cfg(target_os = "linux")]
#[test]
fn an_unusable_scenario_is_refused_even_if_standard_error_is_full() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mut program) = program(&folder) else { return };
    let full = std::fs::File::create("/dev/full").unwrap();
    let program = program.env("DBGENG_TESTKIT_SCENARIO", "/no/such.json").stderr(full);
    let output = program.output().expect("the program was compiled");
    let found = decode(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{}\n{found}", output.status);
}
