//! `record`: records the calls of a program on an engine as a trace.

use std::io::Write;
use std::path::{Path, PathBuf};

use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::Program;
use dbgeng_testkit::trace::{EngineName, Header, Reader};
use serde_json::Value;

use super::exit_status::{CommandResult, ExitStatus};
use super::help;
use super::input::{self, is_standard};
use super::output::{Printer, write_file};
use super::subject::SubjectArguments;

#[derive(Debug, clap::Args)]
#[command(after_help = help::RECORD)]
pub(super) struct RecordArguments {
    /// The profile of the mock, if the mock is recorded. `dbgeng` is the version that a trace names.
    #[arg(long, default_value = "contract")]
    profile: Profile,
    #[command(flatten)]
    subject: SubjectArguments,
    /// The program as JSON, or a trace whose calls are made again; - is standard input.
    program: PathBuf,
    /// The file of the new trace; - is standard output.
    #[arg(short, long, value_name = "TRACE")]
    output: PathBuf,
}

pub(super) fn main(arguments: &RecordArguments, output: &mut Printer) -> CommandResult {
    let subject = arguments.subject.open()?;
    let (program, profile) = program(&arguments.program, arguments.profile)?;
    let platform = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
    let engine = EngineName { platform, ..subject.engine_name(profile) };
    let name = match is_standard(&arguments.program) {
        true => String::new(),
        false => arguments.program.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
    };
    let mut trace = Vec::new();
    subject.suite(profile).record(&program, &Header::new(engine, name, ""), &mut trace)?;
    if is_standard(&arguments.output) {
        output.write_all(&trace)?;
    } else {
        write_file(&arguments.output, trace)?;
    }
    Ok(ExitStatus::Pass)
}

/// Returns the program, and the profile with the version that its trace names.
fn program(path: &Path, profile: Profile) -> CommandResult<(Program, Profile)> {
    let name = input::name(path);
    let text = input::read(path)?;
    if is_trace(&text) {
        let trace = Reader::new(name.as_str(), text.as_bytes())?;
        let rules = trace.header().engine.rules(profile);
        return Ok((Program::from_trace(&name, text.as_bytes())?, rules.profile));
    }
    let program = Program::from_json(&text).map_err(|error| format!("{name}:{error}"))?;
    Ok((program, profile))
}

/// Whether the first line is that of a trace, or an event. A program has neither of these members.
fn is_trace(text: &str) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let first: Value = serde_json::from_str(first).unwrap_or_default();
    ["trace", "seq"].iter().any(|name| first.get(name).is_some())
}
