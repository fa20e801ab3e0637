//! `check`: judges traces by the model.

use std::io::{self, BufReader, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use clap::ValueEnum;
use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::{BrokenRequirement, Checked, check};
use serde_json::{Value, json};

use super::exit_status::{CommandResult, ExitStatus, complain};
use super::help;
use super::input;
use super::output::Printer;
use super::progress::ProgressDisplay;

#[derive(Debug, clap::Args)]
#[command(after_help = help::CHECK)]
pub(super) struct CheckArguments {
    /// The profile to judge by. `dbgeng` is the version that the trace names.
    #[arg(long, default_value = "contract")]
    profile: Profile,
    /// The format of the output.
    #[arg(long, value_enum, default_value = "text")]
    format: CheckFormat,
    /// Let a broken SHOULD fail a trace as well.
    #[arg(long)]
    strict: bool,
    /// The traces; - is standard input.
    #[arg(required = true, value_name = "TRACE")]
    traces: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum CheckFormat {
    /// For people.
    Text,
    /// One object for each trace, each on its own line.
    Json,
}

pub(super) fn main(arguments: &CheckArguments, output: &mut Printer) -> CommandResult {
    let progress = ProgressDisplay::over(&arguments.traces);
    let mut status = ExitStatus::Pass;
    let judge = |path: &PathBuf| judge(path, arguments, &progress);
    for_each(&arguments.traces, judge, |path, judged| {
        let printed = progress.aside(|| print(path, judged, arguments, output))?;
        status = status.max(printed);
        Ok(())
    })?;
    Ok(status)
}

/// Does the work on every item, on all processors at once. Hands each result to `done` as early as possible, in the order of
/// the items.
fn for_each<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
    mut done: impl FnMut(&T, R) -> io::Result<()>,
) -> io::Result<()> {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..processors.min(items.len()) {
            let (sender, next, work) = (sender.clone(), &next, &work);
            scope.spawn(move || {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(at) else { break };
                    if sender.send((at, work(item))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let (mut results, mut first) = (Vec::from_iter(items.iter().map(|_| None)), 0);
        for (at, result) in receiver {
            results[at] = Some(result);
            while let Some(result) = results.get_mut(first).and_then(Option::take) {
                done(&items[first], result)?;
                first += 1;
            }
        }
        Ok(())
    })
}

/// Why a trace could not be judged.
type JudgeError = Box<dyn std::error::Error + Send + Sync>;

fn judge(path: &Path, arguments: &CheckArguments, progress: &ProgressDisplay) -> Result<Checked, JudgeError> {
    let input = BufReader::with_capacity(1 << 16, progress.watch(input::open(path)?));
    Ok(check(arguments.profile, &input::name(path), input)?)
}

/// Prints the result of a trace.
fn print(
    path: &Path,
    judged: Result<Checked, JudgeError>,
    arguments: &CheckArguments,
    output: &mut Printer,
) -> io::Result<ExitStatus> {
    let checked = match judged {
        Ok(checked) => checked,
        Err(error) => {
            output.flush()?;
            return Ok(complain(&*error));
        }
    };
    let trace = input::name(path);
    match arguments.format {
        CheckFormat::Text => write!(output, "{}", checked.text(&trace, arguments.strict, output.colours()))?,
        CheckFormat::Json => json(&trace, &checked, arguments.strict, output)?,
    }
    Ok(match &checked.stopped {
        Some(_) => ExitStatus::NotJudged,
        None => ExitStatus::of(checked.holds(arguments.strict)),
    })
}

/// Prints the result of a trace as `spec/verdict.schema.json` has it.
fn json(trace: &str, checked: &Checked, strict: bool, output: &mut Printer) -> io::Result<()> {
    let verdict = checked.verdict(strict);
    let violations = checked.broken.iter().map(|BrokenRequirement { seq, violation, .. }| {
        let (requirement, expected, actual) = (violation.requirement, &violation.expected, &violation.actual);
        let level = requirement.level().to_string();
        json!({"seq": seq, "requirement": requirement.id(), "level": level, "expected": expected, "actual": actual})
    });
    let violations: Vec<Value> = violations.collect();
    let rules = checked.rules.profile;
    let mut object = json!({"trace": trace, "rules": rules, "verdict": verdict, "violations": violations});
    if let Some(version) = &checked.rules.unmeasured {
        object["unmeasured"] = json!(version);
    }
    let lanes = checked.lanes();
    if !lanes.is_empty() {
        object["unordered"] = json!({"calls": Vec::from_iter(lanes.seqs()), "mermaid": lanes.mermaid()});
    }
    if let Some(why) = &checked.stopped {
        object["stopped"] = json!(why.to_string());
    }
    writeln!(output, "{object}")
}
