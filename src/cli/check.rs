//! `check`: judges traces by the model.

use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use dbgeng_testkit::conformance::{Broken, Checked, check};
use serde::Serialize;

use super::{ProfileName, Status, complain};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// What to judge by.
    #[arg(long, value_enum, default_value = "contract")]
    profile: ProfileName,
    /// How to report.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Let a broken SHOULD fail a trace, too.
    #[arg(long)]
    strict: bool,
    /// The traces.
    #[arg(required = true)]
    traces: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// One object a trace, on a line of its own.
    Json,
}

/// `{"trace": …}`, as `spec/verdict.schema.json` has it.
#[derive(Serialize)]
struct Verdict<'a> {
    trace: &'a str,
    verdict: &'static str,
    violations: Vec<Violation<'a>>,
}

#[derive(Serialize)]
struct Violation<'a> {
    seq: u64,
    requirement: &'static str,
    level: String,
    expected: &'a str,
    actual: &'a str,
}

pub(super) fn main(arguments: &Arguments, output: &mut dyn Write) -> io::Result<Status> {
    let mut status = Status::Holds;
    for path in &arguments.traces {
        let trace = path.display().to_string();
        let checked = match judge(path, &trace, arguments) {
            Ok(checked) => checked,
            Err(error) => {
                output.flush()?;
                status = status.max(complain(&*error));
                continue;
            }
        };
        if !checked.holds(arguments.strict) {
            status = status.max(Status::Fails);
        }
        match arguments.format {
            Format::Text => text(&trace, &checked, arguments.strict, output)?,
            Format::Json => json(&trace, &checked, arguments.strict, output)?,
        }
    }
    Ok(status)
}

fn judge(path: &Path, name: &str, arguments: &Arguments) -> Result<Checked, Box<dyn std::error::Error>> {
    let file = File::open(path).map_err(|error| format!("{name}: {error}"))?;
    Ok(check(arguments.profile.into(), name, BufReader::new(file))?)
}

fn verdict(checked: &Checked, strict: bool) -> &'static str {
    if checked.holds(strict) { "pass" } else { "fail" }
}

fn text(trace: &str, checked: &Checked, strict: bool, output: &mut dyn Write) -> io::Result<()> {
    writeln!(output, "{} {trace} ({} calls)", verdict(checked, strict), checked.calls)?;
    for Broken { seq, violation } in &checked.broken {
        let requirement = violation.requirement;
        let process = checked.processes.get(violation.by.process as usize).map_or("", String::as_str);
        writeln!(output, "  seq {seq}, {process}: {}", violation.call.method())?;
        writeln!(output, "    {} {requirement}", requirement.level())?;
        writeln!(output, "    expected {}, got {}", violation.expected, violation.actual)?;
    }
    Ok(())
}

fn json(trace: &str, checked: &Checked, strict: bool, output: &mut dyn Write) -> io::Result<()> {
    let violations = checked.broken.iter().map(|Broken { seq, violation }| Violation {
        seq: *seq,
        requirement: violation.requirement.id(),
        level: violation.requirement.level().to_string(),
        expected: &violation.expected,
        actual: &violation.actual,
    });
    let verdict = Verdict { trace, verdict: verdict(checked, strict), violations: violations.collect() };
    serde_json::to_writer(&mut *output, &verdict)?;
    writeln!(output)
}
