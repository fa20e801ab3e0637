//! `compare`: compares reports side by side.

use std::io::Write;
use std::path::PathBuf;

use clap::ValueEnum;
use dbgeng_testkit::conformance::{Comparison, Report, behaviour_changes, html};

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
    /// The reports, as written by `run --format json` or `Report::json`; - is standard input. Or two behaviours, the
    /// earlier one first, as written by `run --format behaviour`.
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
    let read = |path: &PathBuf| Ok((input::name(path), input::read(path)?));
    let texts = arguments.reports.iter().map(read).collect::<CommandResult<Vec<(String, String)>>>()?;
    if let [(_, before), (_, after)] = &*texts
        && is_behaviour(before)
        && is_behaviour(after)
    {
        return behaviours(before, after, output);
    }
    let reports = texts.iter().map(|(name, text)| Report::parse(name, text)).collect::<Result<Vec<Report>, _>>()?;
    let text = match arguments.format {
        CompareFormat::Text => Comparison::of(&reports).text(output.colours()),
        CompareFormat::Markdown => Comparison::of(&reports).markdown(),
        CompareFormat::Html => html(&reports),
    };
    write!(output, "{text}")?;
    Ok(ExitStatus::of(reports.iter().all(Report::holds)))
}

/// Whether the text begins as a behaviour does, and not as a report.
fn is_behaviour(text: &str) -> bool {
    text.lines().next().is_some_and(|first| !first.starts_with('{') && first.contains(", profile "))
}

/// Prints what has changed from one behaviour to the next.
fn behaviours(before: &str, after: &str, output: &mut Printer) -> CommandResult {
    let changes = behaviour_changes(before, after);
    let text = changes.as_deref().unwrap_or("no answer changed\n");
    write!(output, "{text}")?;
    Ok(ExitStatus::of(changes.is_none()))
}
