//! `compare`: compares reports side by side.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use dbgeng_testkit::conformance::{Comparison, Report, html};

use super::exit_status::{CommandResult, ExitStatus};

#[derive(Debug, clap::Args)]
pub(super) struct CompareArguments {
    /// The format of the output.
    #[arg(long, value_enum, default_value = "text")]
    format: CompareFormat,
    /// The reports, as written by `run --format json` or `Report::json`.
    #[arg(required = true, value_name = "REPORT")]
    reports: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum CompareFormat {
    /// For people.
    Text,
    /// A table for a README.
    Markdown,
    /// One page for a browser.
    Html,
}

pub(super) fn main(arguments: &CompareArguments, output: &mut dyn Write) -> CommandResult {
    let reports = arguments.reports.iter().map(|path| read(path)).collect::<Result<Vec<Report>, String>>()?;
    let text = match arguments.format {
        CompareFormat::Text => Comparison::of(&reports).text(io::stdout().is_terminal()),
        CompareFormat::Markdown => Comparison::of(&reports).markdown(),
        CompareFormat::Html => html(&reports),
    };
    write!(output, "{text}")?;
    Ok(ExitStatus::of(reports.iter().all(Report::holds)))
}

fn read(path: &Path) -> Result<Report, String> {
    let name = path.display();
    let bytes = fs::read(path).map_err(|error| format!("{name}: {error}"))?;
    serde_json::from_slice(&bytes).map_err(|error| format!("{name}: not a report: {error}"))
}
