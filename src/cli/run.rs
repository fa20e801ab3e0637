//! `run`: judges the mock engine, or the engine of a library.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::{Deviations, Origin, Program, Progress, Report, Suite, html, quoted};
use dbgeng_testkit::spec::Requirement;
use dbgeng_testkit::trace::{EngineName, Header, Reader};

use super::exit_status::{CommandResult, ExitStatus};
use super::help;
use super::input::{self, is_standard};
use super::output::{Printer, write_file};
use super::subject::{Subject, SubjectArguments};

#[derive(Debug, clap::Args)]
#[command(after_help = help::RUN)]
pub(super) struct RunArguments {
    /// The profile to judge by, and that of the mock. For `--again`, `dbgeng` is the version that the trace names.
    #[arg(long, default_value = "contract")]
    profile: Profile,
    #[command(flatten)]
    subject: SubjectArguments,
    /// The number of random programs [default: 1,000 for the mock, 50 for a library].
    #[arg(long)]
    programs: Option<u64>,
    /// The seed of the first random program. Each later program has the next seed.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// The format of the report.
    #[arg(long, value_enum, default_value = "text")]
    format: RunFormat,
    /// A file of known deviations; - is standard input. It may be of an engine with another name. One for another profile is
    /// refused: exit status 2.
    #[arg(long, value_name = "FILE")]
    deviations: Option<PathBuf>,
    /// A file of known deviations that is updated or created. Reasons and evidence are kept. The exit status is that of this
    /// run: 1 if something failed that was not in the file, which is in it for the next run. A file of another engine or
    /// profile is refused: exit status 2.
    #[arg(long, value_name = "FILE", conflicts_with = "deviations")]
    update_deviations: Option<PathBuf>,
    /// Run only the program of this trace, such as a counterexample; - is standard input.
    #[arg(long = "again", value_name = "TRACE", conflicts_with = "update_deviations")]
    rerun: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum RunFormat {
    /// For people.
    Text,
    /// For tools; see `spec/report.schema.json`.
    Json,
    /// For CI servers.
    Junit,
    /// A page for a browser.
    Html,
    /// The calls with their outcomes, to be saved and compared.
    Behaviour,
}

pub(super) fn main(arguments: &RunArguments, output: &mut Printer) -> CommandResult {
    let subject = arguments.subject.open()?;
    let trace = arguments.rerun.as_deref().map(ProgramTrace::open).transpose()?;
    let profile = trace.as_ref().map_or(arguments.profile, |trace| trace.rules(arguments.profile));
    let mut suite = subject.suite(profile).seed(arguments.seed);
    if let Some(programs) = arguments.programs {
        suite = suite.programs(programs);
    }
    // An engine without client objects cannot be judged, and what it printed is the reason.
    let no_steps = Program { hosts: Vec::new(), steps: Vec::new() };
    suite.record(&no_steps, &Header::new(EngineName::default(), "", ""), io::sink())?;
    let known = known(arguments, &subject, profile)?;
    let suite = suite.deviations(known.clone());
    let mut report = match trace {
        Some(trace) => suite.rerun(&trace.name, trace.text.as_bytes())?,
        None => run_with_progress(&suite),
    };
    report.origin = Some(Origin::now(arguments.seed));
    write(&report, &subject.command_line(), arguments.format, output)?;
    // What was found is printed, whether or not a file can be written.
    output.flush()?;
    let mut known = known;
    if let Some(file) = &arguments.update_deviations {
        known = known.updated(&report)?;
        write_file(file, known.to_text())?;
    }
    warn_of_unreviewed(arguments, &known);
    Ok(if report.is_broken() { ExitStatus::NotJudged } else { ExitStatus::of(report.holds()) })
}

/// Reads the known deviations, if a file is given. One that is to be updated may be missing, and has to be of this engine.
fn known(arguments: &RunArguments, subject: &Subject<'_>, profile: Profile) -> CommandResult<Deviations> {
    let (file, text) = match (&arguments.deviations, &arguments.update_deviations) {
        (Some(file), _) => (file, Some(input::read(file)?)),
        (None, Some(file)) if is_standard(file) => {
            return Err("--update-deviations reads a file and writes it again; name a file in place of -".into());
        }
        (None, Some(file)) => (file, input::read_if_there(file)?),
        (None, None) => return Ok(Deviations::default()),
    };
    let Some(text) = text else { return Ok(Deviations::default()) };
    let name = input::name(file);
    let known = Deviations::parse(&name, &text)?;
    let judged = if arguments.update_deviations.is_some() { subject.name() } else { known.subject.clone() };
    known.are_of(&judged, profile).map_err(|other| format!("{name}: {other}"))?;
    Ok(known)
}

/// Says on standard error which known deviations nobody has reviewed.
fn warn_of_unreviewed(arguments: &RunArguments, known: &Deviations) {
    let RunArguments { deviations, update_deviations, .. } = arguments;
    let Some(file) = deviations.as_ref().or(update_deviations.as_ref()) else { return };
    let unreviewed: Vec<&str> = known.unreviewed().map(Requirement::id).collect();
    if !unreviewed.is_empty() {
        // A warning that cannot be printed changes no verdict.
        let _: io::Result<()> = writeln!(
            io::stderr(),
            "dbgeng-testkit: warning: {}: not reviewed: {}; replace each reason that begins with \"Not reviewed\" by why the \
             engine deviates",
            file.display(),
            unreviewed.join(", ")
        );
    }
}

/// The trace whose program is run again.
struct ProgramTrace {
    name: String,
    text: String,
    engine: EngineName,
}

impl ProgramTrace {
    fn open(path: &Path) -> CommandResult<ProgramTrace> {
        let (name, text) = (input::name(path), input::read(path)?);
        let engine = Reader::new(name.as_str(), text.as_bytes())?.header().engine.clone();
        Ok(ProgramTrace { name, text, engine })
    }

    fn rules(&self, profile: Profile) -> Profile {
        self.engine.rules(profile).profile
    }
}

/// Runs everything, and shows the progress if standard error is a terminal.
fn run_with_progress(suite: &Suite) -> Report {
    let mut errors = io::stderr();
    if !errors.is_terminal() {
        return suite.run();
    }
    let mut shown = None;
    let report = suite.run_with_progress(&mut |Progress { stage, done, total, .. }| {
        let percent = done * 100 / total.max(1);
        if shown.replace((stage, percent)) != Some((stage, percent)) {
            // A progress that cannot be written does not stop the run.
            let _: io::Result<()> = write!(errors, "\r\x1b[K{stage}: {percent} %");
        }
    });
    let _: io::Result<()> = write!(errors, "\r\x1b[K");
    report
}

/// Writes a report. `engine` has the arguments that name the engine, each after a space.
fn write(report: &Report, engine: &str, format: RunFormat, output: &mut Printer) -> io::Result<()> {
    match format {
        RunFormat::Text => {
            write!(output, "{}", report.text(output.colours()))?;
            output.flush()?;
            let found = report.properties.iter().flat_map(|property| &property.counterexamples);
            for example in found.filter(|example| example.verdict.is_bad()) {
                let path = example.save_trace()?;
                writeln!(
                    output,
                    "To run it again: dbgeng-testkit run{engine} --profile {} --again {}",
                    report.profile,
                    quoted(&path)
                )?;
            }
            Ok(())
        }
        RunFormat::Json => writeln!(output, "{}", report.json()),
        RunFormat::Junit => write!(output, "{}", report.junit()),
        RunFormat::Html => write!(output, "{}", html(std::slice::from_ref(report))),
        RunFormat::Behaviour => write!(output, "{}", report.behaviour()),
    }
}
