//! What the command line understands.

mod check;
mod compare;
mod parse;
mod progress;
mod record;
mod replay;
mod run;
mod spec;
mod subject;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use dbgeng_testkit::Profile;

/// An in-memory mock of the Windows debugger engine's process-server surface, and a conformance kit for engines.
///
/// Exit status: 0 holds, 1 does not, 2 could not be judged.
#[derive(Debug, Parser)]
#[command(version)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Judge an engine: the mock, or that of a library.
    Run(run::RunArguments),
    /// Make the calls of a program on an engine and write the trace.
    Record(record::RecordArguments),
    /// Judge traces by the model.
    Check(check::CheckArguments),
    /// Make the calls of traces on the mock engine and compare every answer.
    Replay(replay::ReplayArguments),
    /// Put reports of several engines side by side.
    Compare(compare::CompareArguments),
    /// List the requirements.
    List,
    /// Explain a requirement, or a fact that requirements rest on.
    Explain {
        /// The id, such as handle/stale-is-refused or OBS-7.
        id: String,
    },
    /// Print the spec.
    Spec(spec::SpecArguments),
    /// Read a connection string.
    Parse(parse::ParseArguments),
}

/// What came of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum ExitStatus {
    Holds = 0,
    Fails = 1,
    NotJudged = 2,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> ExitCode {
        ExitCode::from(status as u8)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ProfileName {
    /// By what is documented, required and inferred.
    Contract,
    /// By what the real engine does.
    Dbgeng,
}

impl From<ProfileName> for Profile {
    fn from(name: ProfileName) -> Profile {
        match name {
            ProfileName::Contract => Profile::Contract,
            ProfileName::Dbgeng => Profile::Dbgeng,
        }
    }
}

pub(crate) fn main() -> ExitCode {
    let arguments = CommandLine::parse();
    let mut output = std::io::stdout().lock();
    let result = match arguments.command {
        Command::Run(arguments) => run::main(&arguments, &mut output),
        Command::Record(arguments) => Ok(record::main(&arguments)),
        Command::Check(arguments) => check::main(&arguments, &mut output),
        Command::Replay(arguments) => replay::main(&arguments, &mut output),
        Command::Compare(arguments) => compare::main(&arguments, &mut output),
        Command::List => spec::list(&mut output),
        Command::Explain { id } => spec::explain(&id, &mut output),
        Command::Spec(arguments) => spec::main(&arguments, &mut output),
        Command::Parse(arguments) => parse::main(&arguments, &mut output),
    };
    match result.and_then(|status| output.flush().map(|()| status)) {
        Ok(status) => status.into(),
        // The reader has seen enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitStatus::NotJudged.into(),
        Err(error) => complain(&error).into(),
    }
}

/// Says on standard error why something could not be judged.
fn complain(error: &dyn std::error::Error) -> ExitStatus {
    // Where nobody can be told, the status still tells.
    let _: std::io::Result<()> = writeln!(std::io::stderr(), "dbgeng-testkit: {error}");
    ExitStatus::NotJudged
}
