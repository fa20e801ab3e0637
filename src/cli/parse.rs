//! `parse`: reads a connection string.

use std::io::{self, Write};

use clap::ValueEnum;
use dbgeng_testkit::options::{ConnectionString, Side};

use super::exit_status::{ExitStatus, complain};
use super::profile_name::ProfileName;

#[derive(Debug, clap::Args)]
pub(super) struct ParseArguments {
    /// The profile whose rules apply.
    #[arg(long, value_enum, default_value = "contract")]
    profile: ProfileName,
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

pub(super) fn main(arguments: &ParseArguments, output: &mut dyn Write) -> io::Result<ExitStatus> {
    let side = match arguments.side {
        SideName::Client => Side::Client,
        SideName::Server => Side::Server,
    };
    match ConnectionString::parse(side, arguments.profile.into(), &arguments.string) {
        Ok(options) => {
            writeln!(output, "{options}")?;
            Ok(ExitStatus::Pass)
        }
        Err(error) => Ok(complain(&error)),
    }
}
