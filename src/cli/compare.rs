//! `compare`: compares reports side by side.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use dbgeng_testkit::conformance::{Comparison, Report, html};

use super::exit_status::{CommandResult, ExitStatus};
use super::help;
use super::input;
use super::output::Printer;

#[derive(Debug, clap::Args)]
#[command(after_help = help::COMPARE)]
pub(super) struct CompareArguments {
    /// The format of the output.
    #[arg(long, value_enum, default_value = "text")]
    format: CompareFormat,
    /// The reports, as written by `run --format json` or `Report::json`; - is standard input.
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

pub(super) fn main(arguments: &CompareArguments, output: &mut Printer) -> CommandResult {
    let reports = arguments.reports.iter().map(|path| read(path)).collect::<CommandResult<Vec<Report>>>()?;
    let text = match arguments.format {
        CompareFormat::Text => Comparison::of(&reports).text(output.colours()),
        CompareFormat::Markdown => Comparison::of(&reports).markdown(),
        CompareFormat::Html => html(&reports),
    };
    write!(output, "{text}")?;
    Ok(ExitStatus::of(reports.iter().all(Report::holds)))
}

fn read(path: &Path) -> CommandResult<Report> {
    Ok(Report::parse(&input::name(path), &input::read(path)?)?)
}
