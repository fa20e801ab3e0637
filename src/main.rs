//! The command line. Exit status: 0 if everything passes, 1 if something fails, 2 if something could not be judged.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
