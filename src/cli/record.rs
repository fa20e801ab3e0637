//! `record`: records the calls of a program on an engine as a trace.

use std::fs;
use std::path::{Path, PathBuf};

use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::{Program, replace_file};
use dbgeng_testkit::trace::{EngineName, Header, Reader};

use super::exit_status::{CommandResult, ExitStatus};
use super::subject::Subject;

#[derive(Debug, clap::Args)]
pub(super) struct RecordArguments {
    /// The profile of the mock, if the mock is recorded. `dbgeng` is the version that a trace names.
    #[arg(long, default_value = "contract")]
    profile: Profile,
    #[command(flatten)]
    subject: Subject,
    /// The program: as JSON, or a trace whose calls are made again.
    program: PathBuf,
    /// The file of the new trace.
    #[arg(short, long, value_name = "TRACE")]
    output: PathBuf,
}

pub(super) fn main(arguments: &RecordArguments) -> CommandResult {
    let (program, profile) = program(&arguments.program, arguments.profile)?;
    let suite = arguments.subject.suite(profile)?;
    let platform = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
    let engine = EngineName { platform, ..arguments.subject.engine_name(profile) };
    let name = arguments.program.file_stem().unwrap_or_default().to_string_lossy();
    let mut trace = Vec::new();
    suite.record(&program, &Header::new(engine, name, ""), &mut trace)?;
    replace_file(&arguments.output, trace)?;
    Ok(ExitStatus::Pass)
}

/// Returns the program, and the profile with the version that its trace names.
fn program(path: &Path, profile: Profile) -> CommandResult<(Program, Profile)> {
    let name = path.display().to_string();
    let text = fs::read(path).map_err(|error| format!("{name}: {error}"))?;
    // No program begins like the first line of a trace.
    if let Ok(trace) = Reader::new(name.as_str(), text.as_slice()) {
        let rules = trace.header().engine.rules(profile);
        return Ok((Program::from_trace(&name, text.as_slice())?, rules.profile));
    }
    let text = String::from_utf8(text).map_err(|error| format!("{name}: {error}"))?;
    let program = Program::from_json(&text).map_err(|error| format!("{name}: {error}"))?;
    Ok((program, profile))
}
