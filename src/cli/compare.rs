//! `compare`: reports side by side.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use dbgeng_testkit::conformance::{Comparison, Report, html};

use super::{Status, complain};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// How to show them.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// The reports, as `run --format json` and `Report::json` write them.
    #[arg(required = true, value_name = "REPORT")]
    reports: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// A table for a README.
    Markdown,
    /// One page for a browser.
    Html,
}

pub(super) fn main(arguments: &Arguments, output: &mut dyn Write) -> io::Result<Status> {
    let read: Result<Vec<Report>, String> = arguments.reports.iter().map(|path| read(path)).collect();
    let reports = match read {
        Ok(reports) => reports,
        Err(error) => return Ok(complain(&io::Error::other(error))),
    };
    let text = match arguments.format {
        Format::Text => Comparison::of(&reports).text(io::stdout().is_terminal()),
        Format::Markdown => Comparison::of(&reports).markdown(),
        Format::Html => html(&reports),
    };
    write!(output, "{text}")?;
    Ok(if reports.iter().all(Report::holds) { Status::Holds } else { Status::Fails })
}

fn read(path: &Path) -> Result<Report, String> {
    let name = path.display();
    let bytes = fs::read(path).map_err(|error| format!("{name}: {error}"))?;
    serde_json::from_slice(&bytes).map_err(|error| format!("{name}: not a report: {error}"))
}
