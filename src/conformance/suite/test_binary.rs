//! The suite as a test binary: one named test for each requirement and each property.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use super::Suite;
use super::capability::{Capability, case_needs};
use super::property::{self, Property};
use crate::conformance::judge::tally::Tally;
use crate::conformance::perform::isolate::child::run_child;
use crate::conformance::perform::isolate::worker::{WorkerProcess, serve, worker_folder};
use crate::conformance::report::RequirementReport;
use crate::conformance::report::save_trace::{TRACE, command};
use crate::spec::{Level, Requirement};

/// The name of the test of the suite itself.
const SUITE: &str = "suite/judged";

/// The question to a worker that asks for the requirements that cannot be judged.
const LACKING: &str = "suite/lacking";

/// The exit status of the standard harness if a test failed.
const FAILED: u8 = 101;

/// The largest number of random programs, and of lifecycle calls in every program, once each runs in its own child process.
const ISOLATED_PROGRAMS: u64 = 50;
const ISOLATED_DEPTH: u32 = 3;

impl Suite {
    /// Runs the suite as a test binary, for a `[[test]]` with `harness = false`: one test for each requirement, named by its id,
    /// and one for each property. Takes the arguments of the standard harness.
    ///
    /// The tests run in a child process, which is this executable again. If the engine hangs there, exits, crashes, leaves
    /// processes behind or floods its output, every program from this test on runs in its own child process, and there are
    /// fewer of them.
    ///
    /// If the environment variable `DBGENG_TESTKIT_TRACE` names a trace, only the program of that trace is run, in this
    /// process. One test runs at a time unless `--test-threads` is given, since engines may share the ports of a computer.
    ///
    /// ```no_run
    /// # use dbgeng_testkit::conformance::Suite;
    /// # use dbgeng_testkit::mock::Lab;
    /// fn main() -> std::process::ExitCode {
    ///     Suite::new("the mock", || Box::new(Lab::new(Default::default()).engine())).main()
    /// }
    /// ```
    pub fn main(self) -> ExitCode {
        run_child(&self.identity(), || (self.make)());
        if self.is_child_of_another_suite() {
            return ExitCode::SUCCESS;
        }
        if let Some(folder) = worker_folder() {
            let served = serve(&folder, |question| self.answer(question));
            return if served.is_ok() { ExitCode::SUCCESS } else { ExitCode::from(FAILED) };
        }
        let mut arguments = Arguments::from_args();
        if std::env::var_os(TRACE).is_some() && !arguments.list {
            let report = self.run();
            print!("{}", report.text(false));
            return ExitCode::from(if report.holds() { 0 } else { FAILED });
        }
        arguments.test_threads = arguments.test_threads.or(Some(1));
        let is_whole = arguments.filter.is_none() && arguments.skip.is_empty() && !arguments.list;
        // cargo-nextest reports a test as passed if it is ignored only while it runs.
        let is_nextest = std::env::var_os("NEXTEST").is_some();
        let judge = Arc::new(TestJudge::new(self));
        let lacking = if is_nextest { judge.lacking() } else { BTreeMap::new() };
        let trial = |name: &str| {
            let (judge, name) = (Arc::clone(&judge), name.to_owned());
            (name.clone(), move || judge.judge(&name).into_completion())
        };
        let of_requirement = |requirement: Requirement| {
            let (name, run) = trial(requirement.id());
            Trial::ignorable_test(name, run).with_ignored_flag(is_nextest && lacking.contains_key(&requirement))
        };
        let mut trials: Vec<Trial> = judge.suite.requirements().map(of_requirement).collect();
        let of_property = |property: Property| {
            let (name, run) = trial(property.name());
            Trial::ignorable_test(name, run)
        };
        trials.extend(Property::ALL.map(of_property));
        let (name, run) = trial(SUITE);
        let reasons = skip_reasons(&lacking);
        trials.push(Trial::ignorable_test(name, move || {
            print!("{reasons}");
            run()
        }));
        let conclusion = libtest_mimic::run(&arguments, trials);
        if is_whole {
            let musts = judge.suite.requirements().filter(|requirement| requirement.level() == Level::Must);
            let musts: BTreeSet<&str> = musts.map(Requirement::id).collect();
            let checked = judge.checked.lock();
            let checked = checked.iter().filter(|test| musts.contains(&***test)).count();
            println!("{checked} of {} MUSTs checked\n", musts.len());
        }
        if let Some(test) = judge.lost_at.get() {
            println!(
                "from {test} on, each program ran in its own child process, and there were fewer of them: the engine hung, \
                 ended its process, left processes behind or flooded its output\n"
            );
        }
        conclusion.exit_code()
    }

    /// In a worker, answers a question of the parent. There is no answer once the run was given up.
    fn answer(&self, question: &str) -> Option<String> {
        let answer = match question {
            LACKING => serde_json::to_string(&self.lacking()),
            test => serde_json::to_string(&self.test(test)),
        };
        answer.ok().filter(|_| self.patience.given_up().is_none())
    }

    /// Runs a test by its name.
    fn test(&self, name: &str) -> TestResult {
        let property = Property::ALL.into_iter().find(|property| property.name() == name);
        match (property, self.requirements().find(|requirement| requirement.id() == name)) {
            (Some(property), _) => self.property(property),
            (None, Some(requirement)) => self.requirement(requirement),
            (None, None) => self.is_judged(),
        }
    }

    /// Returns the requirements of which no case can be judged, with the shortest reason.
    fn lacking(&self) -> BTreeMap<Requirement, String> {
        let lacking = self.requirements().filter(|requirement| self.lacks_all(*requirement));
        let reason = |requirement: Requirement| {
            let cases = self.cases().iter().filter(|case| case.requirement == requirement);
            let reasons = cases.map(|case| self.skip_reason(&self.capabilities().missing_for(case)));
            reasons.min_by_key(String::len).unwrap_or_default()
        };
        lacking.map(|requirement| (requirement, reason(requirement))).collect()
    }

    fn lacks_all(&self, requirement: Requirement) -> bool {
        let mut cases = self.cases().iter().filter(|case| case.requirement == requirement);
        cases.all(|case| !self.capabilities().missing_for(case).is_empty())
    }

    fn property(&self, property: Property) -> TestResult {
        let mut report = property::judge(self, property, &mut Tally::default(), &mut |_| {});
        self.deviations.settle_property(&mut report);
        match report.verdict {
            verdict if !verdict.is_judged() => self.ignored(report.reason.unwrap_or_default()),
            verdict if verdict.is_bad() => TestResult::Failed(format!(
                "{}{}{}",
                report.text(false),
                report.save_traces(),
                rerun_hint(property.name())
            )),
            _ => TestResult::Passed,
        }
    }

    /// Returns the result of a test that judged nothing. After a run was given up, that is no skip.
    fn ignored(&self, reason: String) -> TestResult {
        let hung =
            self.probed.get().map(|(failure, _)| format!("\nwhile the engine was probed: {}", failure.mismatch()));
        match self.patience.given_up() {
            Some(why) => TestResult::NotReached(format!("{why}{}", hung.unwrap_or_default())),
            None => TestResult::Ignored(reason),
        }
    }

    fn requirement(&self, requirement: Requirement) -> TestResult {
        let (report, others) = self.run_cases(requirement);
        // Other requirements may be broken as well. Those that fail in their own tests are left to these.
        let others = others.into_iter().filter(RequirementReport::fails);
        let others = others.filter(|report| !self.run_requirement(report.requirement).fails());
        let mut broken: Vec<RequirementReport> = others.collect();
        if report.fails() {
            broken.insert(0, report);
        } else if !report.verdict.is_judged() && broken.is_empty() {
            // The shortest reason is that of the case that needs least.
            let reasons = report.cases.iter().filter_map(|case| case.reason.as_deref());
            return self.ignored(reasons.min_by_key(|reason| reason.len()).unwrap_or_default().to_owned());
        }
        if broken.is_empty() {
            return TestResult::Passed;
        }
        let texts: Vec<String> = broken.iter().map(|report| report.text(false)).collect();
        TestResult::Failed(format!("{}{}", texts.join("\n"), rerun_hint(requirement.id())))
    }

    /// Checks that the suite is valid, that something can be judged, and that every claim is tested.
    fn is_judged(&self) -> TestResult {
        let (capabilities, cases) = (self.capabilities(), self.cases());
        let config = capabilities.config();
        let judged = |claim: &Capability| {
            cases
                .iter()
                .any(|case| case_needs(case, &config).contains(claim) && capabilities.missing_for(case).is_empty())
        };
        let mut complaints: Vec<String> = self.complaints().collect();
        let unjudged = self.claims.iter().filter(|claim| !judged(claim));
        complaints.extend(unjudged.map(|claim| format!("{claim} is claimed, but no case that needs it can be judged")));
        complaints.extend(self.patience.given_up());
        if self.requirements().all(|requirement| self.lacks_all(requirement)) {
            complaints.push("nothing can be judged: your engine lacks a capability that every case needs".to_owned());
        }
        if complaints.is_empty() { TestResult::Passed } else { TestResult::Failed(complaints.join("\n")) }
    }
}

/// The result of a test, with what it says.
#[derive(Serialize, Deserialize)]
enum TestResult {
    Passed,
    Ignored(String),
    /// Nothing was judged, since the run had been given up.
    NotReached(String),
    Failed(String),
}

impl TestResult {
    fn into_completion(self) -> Result<Completion, Failed> {
        match self {
            TestResult::Passed => Ok(Completion::Completed),
            TestResult::Ignored(reason) => Ok(Completion::ignored_with(reason)),
            TestResult::NotReached(why) | TestResult::Failed(why) => Err(Failed::from(why)),
        }
    }
}

/// Runs tests in workers, one for each test at a time, and by its own suite once a worker was lost.
struct TestJudge {
    suite: Suite,
    /// The idle workers. `None` where every program has its own child process.
    workers: Mutex<Option<Vec<WorkerProcess>>>,
    /// The first test in which a worker was lost.
    lost_at: OnceLock<String>,
    /// The tests that judged something.
    checked: Mutex<BTreeSet<String>>,
}

impl TestJudge {
    fn new(suite: Suite) -> TestJudge {
        if suite.isolated {
            let (workers, lost_at) = (Mutex::new(None), OnceLock::new());
            return TestJudge { suite, workers, lost_at, checked: Mutex::default() };
        }
        let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
        let (programs, depth) = (suite.programs.min(ISOLATED_PROGRAMS), suite.depth.min(ISOLATED_DEPTH));
        let suite = suite.in_child_processes().child_arguments(arguments).programs(programs).depth(depth);
        let (workers, lost_at) = (Mutex::new(Some(Vec::new())), OnceLock::new());
        TestJudge { suite, workers, lost_at, checked: Mutex::default() }
    }

    fn judge(&self, test: &str) -> TestResult {
        let result: TestResult = self.ask(test).unwrap_or_else(|| self.suite.test(test));
        if matches!(result, TestResult::Passed | TestResult::Failed(_)) {
            self.checked.lock().insert(test.to_owned());
        }
        result
    }

    fn lacking(&self) -> BTreeMap<Requirement, String> {
        self.ask(LACKING).unwrap_or_else(|| self.suite.lacking())
    }

    fn ask<A: for<'a> Deserialize<'a>>(&self, question: &str) -> Option<A> {
        let idle = self.workers.lock().as_mut()?.pop();
        let worker = idle.map_or_else(|| WorkerProcess::start(&self.suite.arguments), Ok);
        let answered = worker.ok().and_then(|mut worker| {
            let answer = serde_json::from_str(&worker.ask(question)?).ok()?;
            Some((worker, answer))
        });
        let mut workers = self.workers.lock();
        let Some((worker, answer)) = answered else {
            *workers = None;
            self.lost_at.get_or_init(|| question.to_owned());
            return None;
        };
        if let Some(idle) = &mut *workers {
            idle.push(worker);
        }
        Some(answer)
    }
}

/// Says why tests are skipped, which cargo-nextest does not show for each. Its option `--success-output final` shows this.
fn skip_reasons(lacking: &BTreeMap<Requirement, String>) -> String {
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (requirement, reason) in lacking {
        reasons.entry(reason).or_default().push(requirement.id());
    }
    reasons.into_iter().map(|(reason, ids)| format!("{reason}\n  {}\n", ids.join(", "))).collect()
}

/// Says how to run one test again.
fn rerun_hint(name: &str) -> String {
    format!("\nTo run only this test again: {} -- --exact {name}\n", command())
}
