//! The suite as a test binary of its own: one named test for each requirement and for each property.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Completion, Failed, Trial};

use super::Suite;
use super::capability::{Capability, needs_of};
use super::property::{self, Property};
use crate::conformance::report::{PropertyReport, RequirementReport, Verdict};
use crate::spec::{Level, Requirement};

/// The environment variable that names a trace whose program is run again, and nothing else.
const TRACE: &str = "DBGENG_TESTKIT_TRACE";

/// The name of the test that looks after what the subject's author claims.
const CLAIMS: &str = "suite/claims";

/// The exit status of the standard harness when a test failed.
const FAILED: u8 = 101;
const NOT_JUDGED: u8 = 2;

impl Suite {
    /// Runs the suite as a test binary: one test for each requirement, named by its id, and one for each property. Made for
    /// a `[[test]]` with `harness = false`; understands the arguments of the standard harness.
    ///
    /// ```no_run
    /// # use dbgeng_testkit::conformance::Suite;
    /// # use dbgeng_testkit::mock::Lab;
    /// fn main() -> std::process::ExitCode {
    ///     Suite::new("the mock", || Box::new(Lab::new(Default::default()).engine())).main()
    /// }
    /// ```
    pub fn main(self) -> ExitCode {
        self.obey_if_child();
        if let Some(trace) = std::env::var_os(TRACE) {
            return self.again(Path::new(&trace));
        }
        let arguments = Arguments::from_args();
        let is_whole = arguments.filter.is_none() && arguments.skip.is_empty() && !arguments.list;
        let suite = Arc::new(self);
        let mut trials: Vec<Trial> = suite.requirements().map(|requirement| trial(&suite, requirement)).collect();
        trials.extend(Property::ALL.map(|property| {
            let suite = Arc::clone(&suite);
            Trial::ignorable_test(property.name(), move || suite.property(property))
        }));
        let claims = Arc::clone(&suite);
        trials.push(Trial::test(CLAIMS, move || claims.claims_are_judged()));
        let share = is_whole.then(|| suite.share());
        let conclusion = libtest_mimic::run(&arguments, trials);
        if let Some((judged, of)) = share {
            println!("{judged} of {of} MUSTs judged\n");
        }
        // The test of the claims passes where nothing is claimed: alone it judges nothing.
        if is_whole && conclusion.num_passed <= 1 && !conclusion.has_failed() {
            eprintln!("nothing was judged: the subject lacks what the cases need");
            return ExitCode::from(FAILED);
        }
        conclusion.exit_code()
    }

    /// Runs the program of a trace again.
    fn again(&self, trace: &Path) -> ExitCode {
        let name = trace.display().to_string();
        let opened = File::open(trace).map_err(|error| format!("{name}: {error}"));
        let report =
            opened.and_then(|file| self.run_again(&name, BufReader::new(file)).map_err(|error| error.to_string()));
        match report {
            Ok(report) => {
                print!("{}", report.text(false));
                ExitCode::from(if report.holds() { 0 } else { FAILED })
            }
            Err(error) => {
                eprintln!("{error}");
                ExitCode::from(NOT_JUDGED)
            }
        }
    }

    /// How many MUSTs can be judged, and how many there are.
    fn share(&self) -> (usize, usize) {
        let musts = || self.requirements().filter(|requirement| requirement.level() == Level::Must);
        (musts().filter(|requirement| !self.lacks_all(*requirement)).count(), musts().count())
    }

    fn lacks_all(&self, requirement: Requirement) -> bool {
        let mut cases = self.cases().iter().filter(|case| case.requirement == requirement);
        cases.all(|case| !self.abilities().missing_for(case).is_empty())
    }

    fn property(&self, property: Property) -> Result<Completion, Failed> {
        let report = property::judge(self, property, &mut |_| {});
        match report.verdict {
            Verdict::Skip => Ok(Completion::ignored_with("the subject lacks what the programs need")),
            verdict if verdict.is_bad() => Err(Failed::from(format!("{}{}", text(&report), again(property.name())))),
            _ => Ok(Completion::Completed),
        }
    }

    /// Whether some case can judge each capability that is claimed.
    fn claims_are_judged(&self) -> Result<(), Failed> {
        let (abilities, cases) = (self.abilities(), self.cases());
        let means = abilities.means();
        let judged = |claim: &Capability| {
            cases.iter().any(|case| needs_of(case, &means).contains(claim) && abilities.missing_for(case).is_empty())
        };
        let unjudged: Vec<String> =
            self.claimed().iter().filter(|claim| !judged(claim)).map(ToString::to_string).collect();
        if unjudged.is_empty() {
            return Ok(());
        }
        Err(Failed::from(format!("claimed, and no case that needs it can be judged: {}", unjudged.join(", "))))
    }
}

fn trial(suite: &Arc<Suite>, requirement: Requirement) -> Trial {
    // cargo-nextest takes a test that is ignored while it runs for one that passed.
    let is_skipped = std::env::var_os("NEXTEST").is_some() && suite.lacks_all(requirement);
    let suite = Arc::clone(suite);
    let trial = Trial::ignorable_test(requirement.id(), move || {
        let report = suite.run_requirement(requirement);
        match report.verdict {
            Verdict::Skip => Ok(Completion::ignored_with(reasons(&report))),
            _ if report.fails() => Err(Failed::from(format!("{}{}", report.text(false), again(requirement.id())))),
            _ => Ok(Completion::Completed),
        }
    });
    trial.with_kind(requirement.level().to_string()).with_ignored_flag(is_skipped)
}

fn reasons(report: &RequirementReport) -> String {
    let mut reasons: Vec<&str> = report.cases.iter().filter_map(|case| case.reason.as_deref()).collect();
    reasons.dedup();
    reasons.join("; ")
}

/// What is wrong, and where the traces are with which it can be seen again.
fn text(report: &PropertyReport) -> String {
    let mut text = report.text(false);
    for example in report.counterexamples.iter().filter(|example| example.verdict.is_bad()) {
        match example.keep_trace() {
            Ok(path) => text.push_str(&format!(
                "\nThe trace is in {0}. To run it again: {TRACE}={0} {1}\n",
                path.display(),
                command()
            )),
            Err(error) => text.push_str(&format!("\nThe trace could not be kept: {error}\n")),
        }
    }
    text
}

/// How to run one test again.
fn again(name: &str) -> String {
    format!("\nTo run just this again: {} -- --exact {name}\n", command())
}

/// How this executable is run.
fn command() -> String {
    let executable = std::env::current_exe().unwrap_or_default();
    let stem = executable.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    // Cargo puts a hash behind the name of a test.
    let target = stem.rsplit_once('-').map_or(stem.as_str(), |(target, _)| target);
    format!("cargo test --test {target}")
}
