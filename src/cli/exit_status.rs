//! What a command tells its caller by its exit status.

use std::io::Write;
use std::process::ExitCode;

/// What came of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ExitStatus {
    Holds = 0,
    Fails = 1,
    NotJudged = 2,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> ExitCode {
        ExitCode::from(status as u8)
    }
}

/// Says on standard error why something could not be judged.
pub(super) fn complain(error: &dyn std::error::Error) -> ExitStatus {
    // Where nobody can be told, the status still tells.
    let _: std::io::Result<()> = writeln!(std::io::stderr(), "dbgeng-testkit: {error}");
    ExitStatus::NotJudged
}
