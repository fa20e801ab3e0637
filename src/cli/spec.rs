//! `list`, `explain` and `spec`: the requirements for people.

use std::io::{self, Write};

use clap::ValueEnum;
use dbgeng_testkit::render;
use dbgeng_testkit::spec::{JSON, Requirement};

use super::{Status, complain};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// In which form.
    #[arg(long, value_enum, default_value = "markdown")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// As `spec/SPEC.md`.
    Markdown,
    /// As `spec/requirements.json`.
    Json,
    /// The state machines alone.
    Mermaid,
}

pub(super) fn main(arguments: &Arguments, output: &mut dyn Write) -> io::Result<Status> {
    match arguments.format {
        Format::Markdown => write!(output, "{}", render::markdown())?,
        Format::Json => write!(output, "{}", JSON)?,
        Format::Mermaid => write!(output, "{}", render::mermaid())?,
    }
    Ok(Status::Holds)
}

pub(super) fn list(output: &mut dyn Write) -> io::Result<Status> {
    for requirement in Requirement::ALL {
        let facts = requirement.facts();
        let tested = if facts.untestable.is_some() { "  (not testable)" } else { "" };
        writeln!(output, "{:<6} {:<10} {requirement}{tested}", facts.level, facts.basis)?;
    }
    Ok(Status::Holds)
}

pub(super) fn explain(id: &str, output: &mut dyn Write) -> io::Result<Status> {
    match id.parse::<Requirement>() {
        Ok(requirement) => {
            write!(output, "{}", render::explanation(requirement))?;
            Ok(Status::Holds)
        }
        Err(error) => Ok(complain(&error)),
    }
}
