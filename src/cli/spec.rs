//! `list`, `explain` and `spec`: the requirements for people.

use std::io::Write;

use clap::ValueEnum;
use dbgeng_testkit::spec::{self, JSON, Requirement};
use dbgeng_testkit::{Behaviour, render};

use super::exit_status::{CommandResult, ExitStatus};

#[derive(Debug, clap::Args)]
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

pub(super) fn main(arguments: &SpecArguments, output: &mut dyn Write) -> CommandResult {
    match arguments.format {
        SpecFormat::Markdown => write!(output, "{}", render::markdown())?,
        SpecFormat::Json => write!(output, "{}", JSON)?,
        SpecFormat::Mermaid => write!(output, "{}", render::mermaid())?,
    }
    Ok(ExitStatus::Pass)
}

pub(super) fn list(output: &mut dyn Write) -> CommandResult {
    for requirement in Requirement::ALL {
        let facts = requirement.facts();
        let tested = if facts.untestable.is_some() { "  (not testable)" } else { "" };
        writeln!(output, "{:<6} {:<10} {requirement}{tested}", facts.level, facts.basis)?;
    }
    Ok(ExitStatus::Pass)
}

pub(super) fn explain(id: &str, output: &mut dyn Write) -> CommandResult {
    let requirement = || id.to_ascii_lowercase().parse().ok().map(render::explanation);
    let behaviour = || Behaviour::ALL.iter().find(|known| format!("{known:?}").eq_ignore_ascii_case(id));
    let text = spec::source(&id.to_ascii_uppercase()).map(render::fact).or_else(requirement);
    let text = text.or_else(|| behaviour().map(|known| render::behaviour(*known)));
    let text = text.ok_or_else(|| {
        format!("there is no requirement, fact or behaviour {id:?} (`dbgeng-testkit list` prints every requirement)")
    })?;
    write!(output, "{text}")?;
    Ok(ExitStatus::Pass)
}
