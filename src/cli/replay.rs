//! `replay`: makes the calls of traces on the mock engine, and compares every outcome.

use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};

use dbgeng_testkit::Profile;
use dbgeng_testkit::replay::{Replayed, replay};

use super::exit_status::{CommandResult, ExitStatus, complain};
use super::help;
use super::input;
use super::output::Printer;

#[derive(Debug, clap::Args)]
#[command(after_help = help::REPLAY)]
pub(super) struct ReplayArguments {
    /// The profile of the mock. `dbgeng` is the version that the trace names.
    #[arg(long, default_value = "contract")]
    profile: Profile,
    /// The traces; - is standard input.
    #[arg(required = true, value_name = "TRACE")]
    traces: Vec<PathBuf>,
}

pub(super) fn main(arguments: &ReplayArguments, output: &mut Printer) -> CommandResult {
    let mut status = ExitStatus::Pass;
    for path in &arguments.traces {
        let replayed = match replay_input(path, arguments) {
            Ok(replayed) => replayed,
            Err(error) => {
                output.flush()?;
                status = status.max(complain(&*error));
                continue;
            }
        };
        status = status.max(ExitStatus::of(replayed.differences.is_empty()));
        write!(output, "{}", replayed.text(&input::name(path), output.colours()))?;
    }
    Ok(status)
}

fn replay_input(path: &Path, arguments: &ReplayArguments) -> CommandResult<Replayed> {
    Ok(replay(arguments.profile, &input::name(path), BufReader::new(input::open(path)?))?)
}
