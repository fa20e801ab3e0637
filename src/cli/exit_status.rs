//! The exit statuses of the commands.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use dbgeng_testkit::trace::printable;

/// The result of a command. A greater status is a worse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ExitStatus {
    Pass = 0,
    Fail = 1,
    NotJudged = 2,
}

/// The status of a command, or why it could not do its work.
pub(super) type CommandResult<T = ExitStatus> = Result<T, Box<dyn Error>>;

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> ExitCode {
        ExitCode::from(status as u8)
    }
}

impl ExitStatus {
    /// Returns the status of a judgment.
    pub(super) fn of(holds: bool) -> ExitStatus {
        if holds { ExitStatus::Pass } else { ExitStatus::Fail }
    }
}

/// Prints on standard error why something could not be judged: the error and its sources, on one line.
pub(super) fn complain(error: &dyn Error) -> ExitStatus {
    let sources = std::iter::successors(error.source(), |&error| error.source());
    let sources: String = sources.map(|source| format!(": {source}")).collect();
    let said = printable(&format!("{error}{sources}"));
    // An error that cannot be printed still shows in the status.
    let _: io::Result<()> = writeln!(io::stderr(), "dbgeng-testkit: {said}");
    ExitStatus::NotJudged
}
