//! The command line: its commands and their arguments.

mod check;
mod compare;
mod exit_status;
mod help;
mod input;
mod output;
mod parse;
mod progress;
mod record;
mod replay;
mod run;
mod spec;
mod subject;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use exit_status::complain;
use output::Printer;

/// An in-memory mock of the Windows debugger engine's process-server surface, and a conformance kit for engines.
///
/// Exit status: 0 if everything passes, 1 if something fails, 2 if something could not be judged, such as a file that is
/// missing, malformed, or of another engine or profile.
#[derive(Debug, Parser)]
#[command(version, after_help = help::EXAMPLES)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Judge an engine: the mock, or the engine of a library.
    Run(run::RunArguments),
    /// Make the calls of a program on an engine, and write the trace.
    Record(record::RecordArguments),
    /// Judge traces by the model.
    Check(check::CheckArguments),
    /// Make the calls of traces on the mock engine, and compare every outcome.
    Replay(replay::ReplayArguments),
    /// Put reports of several engines side by side.
    Compare(compare::CompareArguments),
    /// List the requirements.
    #[command(after_help = help::LIST)]
    List,
    /// Explain a requirement, a fact that requirements rest on, a method, or a behaviour in which versions of the engine differ.
    #[command(after_help = help::EXPLAIN)]
    Explain {
        /// The id or name, such as handle/stale-is-refused, OBS-7, DisconnectProcessServer or WaitTimeOutIsSOk.
        id: String,
    },
    /// Print the spec.
    Spec(spec::SpecArguments),
    /// Read a connection string.
    Parse(parse::ParseArguments),
}

pub(crate) fn main() -> ExitCode {
    let arguments = CommandLine::parse();
    let mut output = Printer::new();
    let result = match arguments.command {
        Command::Run(arguments) => run::main(&arguments, &mut output),
        Command::Record(arguments) => record::main(&arguments, &mut output),
        Command::Check(arguments) => check::main(&arguments, &mut output),
        Command::Replay(arguments) => replay::main(&arguments, &mut output),
        Command::Compare(arguments) => compare::main(&arguments, &mut output),
        Command::List => spec::list(&mut output),
        Command::Explain { id } => spec::explain(&id, &mut output),
        Command::Spec(arguments) => spec::main(&arguments, &mut output),
        Command::Parse(arguments) => parse::main(&arguments, &mut output),
    };
    let status = result.and_then(|status| Ok(output.flush().map(|()| status)?));
    status.unwrap_or_else(|error| complain(&*error)).into()
}
