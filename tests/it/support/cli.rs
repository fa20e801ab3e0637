//! The command line, run as a process.

use std::process::{Command, Output};

/// Runs the command line to its end.
pub(crate) fn run_cli(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dbgeng-testkit")).args(arguments).output().expect("the program was built")
}

/// Decodes what a process has printed.
pub(crate) fn decode(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("it prints UTF-8")
}
