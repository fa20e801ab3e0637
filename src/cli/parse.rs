//! `parse`: reads a connection string.

use std::io::Write;

use clap::ValueEnum;
use dbgeng_testkit::Profile;
use dbgeng_testkit::options::{ConnectionString, Side};

use super::exit_status::{CommandResult, ExitStatus};
use super::help;
use super::output::Printer;

#[derive(Debug, clap::Args)]
#[command(after_help = help::PARSE)]
pub(super) struct ParseArguments {
    /// The profile whose rules apply.
    #[arg(long, default_value = "contract")]
    profile: Profile,
    /// The method that takes the string.
    #[arg(value_enum)]
    side: SideName,
    /// The connection string.
    #[arg(allow_hyphen_values = true)]
    string: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SideName {
    /// The RemoteOptions of ConnectProcessServer.
    Client,
    /// The Options of StartProcessServer.
    Server,
}

pub(super) fn main(arguments: &ParseArguments, output: &mut Printer) -> CommandResult {
    let side = match arguments.side {
        SideName::Client => Side::Client,
        SideName::Server => Side::Server,
    };
    writeln!(output, "{}", ConnectionString::parse(side, arguments.profile, &arguments.string)?)?;
    Ok(ExitStatus::Pass)
}
