//! `list`, `explain` and `spec`: the requirements for people.

use std::io::Write;

use clap::ValueEnum;
use dbgeng_testkit::render;
use dbgeng_testkit::spec::{JSON, Requirement};

use super::exit_status::{CommandResult, ExitStatus};
use super::help;
use super::output::Printer;

#[derive(Debug, clap::Args)]
#[command(after_help = help::SPEC)]
pub(super) struct SpecArguments {
    /// The format of the output.
    #[arg(long, value_enum, default_value = "markdown")]
    format: SpecFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SpecFormat {
    /// As `spec/SPEC.md`.
    Markdown,
    /// As `spec/requirements.json`.
    Json,
    /// The state machines alone.
    Mermaid,
}

pub(super) fn main(arguments: &SpecArguments, output: &mut Printer) -> CommandResult {
    match arguments.format {
        SpecFormat::Markdown => write!(output, "{}", render::markdown())?,
        SpecFormat::Json => write!(output, "{}", JSON)?,
        SpecFormat::Mermaid => write!(output, "{}", render::mermaid())?,
    }
    Ok(ExitStatus::Pass)
}

pub(super) fn list(output: &mut Printer) -> CommandResult {
    for requirement in Requirement::ALL {
        let facts = requirement.facts();
        let tested = if facts.untestable.is_some() { "  (not testable)" } else { "" };
        writeln!(output, "{:<6} {:<10} {requirement}{tested}", facts.level, facts.basis)?;
    }
    Ok(ExitStatus::Pass)
}

pub(super) fn explain(id: &str, output: &mut Printer) -> CommandResult {
    write!(output, "{}", render::explain(id)?)?;
    Ok(ExitStatus::Pass)
}
