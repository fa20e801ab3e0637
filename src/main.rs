//! The command line. Exit status: 0 holds, 1 does not, 2 could not be judged.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
