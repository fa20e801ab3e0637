//! A C++ program drives the shared library through the vtables that our header declares.

use std::process::Command;

use crate::support::{build_library, compile_cpp, decode, find_file};

#[test]
fn a_cpp_program_drives_the_library() {
    let Some(compiled) = compile_cpp(&find_file("tests/cpp/drive.cpp"), &[]) else { return };
    let output = Command::new(compiled).arg(build_library()).output().expect("the program was compiled");
    let found = decode(&output.stdout);
    assert!(output.status.success(), "{}\n{found}\n{}", output.status, decode(&output.stderr));
    let checks = found.lines().last().and_then(|line| line.strip_suffix(" checks"));
    assert!(checks.is_some_and(|checks| checks != "0"), "{found}");
}
