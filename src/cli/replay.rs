//! `replay`: makes the calls of traces on the mock engine, and compares every outcome.

use std::fs::File;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};

use dbgeng_testkit::Profile;
use dbgeng_testkit::replay::{Replayed, replay};

use super::exit_status::{CommandResult, ExitStatus, complain};

#[derive(Debug, clap::Args)]
pub(super) struct ReplayArguments {
    /// The profile of the mock. `dbgeng` is the version that the trace names.
    #[arg(long, default_value = "contract")]
    profile: Profile,
    /// The traces.
    #[arg(required = true)]
    traces: Vec<PathBuf>,
}

pub(super) fn main(arguments: &ReplayArguments, output: &mut dyn Write) -> CommandResult {
    let mut status = ExitStatus::Pass;
    for path in &arguments.traces {
        let trace = path.display().to_string();
        let replayed = match replay_file(path, &trace, arguments) {
            Ok(replayed) => replayed,
            Err(error) => {
                output.flush()?;
                status = status.max(complain(&*error));
                continue;
            }
        };
        let agrees = replayed.differences.is_empty();
        status = status.max(ExitStatus::of(agrees));
        let word = if agrees { "agrees" } else { "differs" };
        writeln!(output, "{word} {trace} ({} calls, by {})", replayed.calls, replayed.rules)?;
        for difference in &replayed.differences {
            writeln!(output, "  {difference}")?;
        }
    }
    Ok(status)
}

fn replay_file(path: &Path, name: &str, arguments: &ReplayArguments) -> CommandResult<Replayed> {
    let file = File::open(path).map_err(|error| format!("{name}: {error}"))?;
    Ok(replay(arguments.profile, name, BufReader::new(file))?)
}
