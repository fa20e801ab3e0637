//! The command line, run as a process.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Runs the command line to its end.
pub(crate) fn run_cli(arguments: &[&str]) -> Output {
    command(arguments).output().expect("the program was built")
}

/// Runs the command line in a folder, and writes this to its standard input.
pub(crate) fn run_cli_in(folder: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut command = command(arguments);
    command.current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program was built");
    // A command that does not read its input closes it.
    let _: std::io::Result<()> = child.stdin.take().expect("it is a pipe").write_all(input);
    child.wait_with_output().expect("it ends")
}

/// Returns the command line with these arguments.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dbgeng-testkit"));
    command.args(arguments);
    command
}

/// Decodes what a process has printed.
pub(crate) fn decode(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("it prints UTF-8")
}
