//! Judges a case: by the model, and by what the case itself expects.

use super::{BrokenRequirement, Judge, failure_outside_calls};
use crate::call::Ending;
use crate::conformance::case::Case;
use crate::conformance::case::expectation::{EarlierValues, Expectation};
use crate::conformance::perform::SubjectConfig;
use crate::conformance::perform::run::{ProgramRun, RunEnd};
use crate::conformance::perform::watched::EXITED;
use crate::conformance::program::Step;
use crate::conformance::report::{CaseReport, ReportedFailure, Verdict};
use crate::hresult::S_OK;
use crate::model::Violation;
use crate::profile::Profile;
use crate::spec::Requirement;
use crate::trace::{Event, EventKind, Recorded};
use crate::transcript::{Transcript, TranscriptLine};

/// The report on a case, and the other requirements that it saw broken.
pub(crate) struct JudgedCase {
    pub(crate) report: CaseReport,
    pub(crate) elsewhere: Vec<ReportedFailure>,
}

/// Judges the run of a case.
pub(crate) fn judge(case: &Case, profile: Profile, config: &SubjectConfig, run: &ProgramRun) -> JudgedCase {
    let mut judge = CaseJudge {
        case,
        judge: Judge::new(profile, config.server.clone()),
        transcript: Transcript::default(),
        earlier: EarlierValues::new(case.steps.len()),
        made: vec![false; case.steps.len()],
        calls: Vec::new(),
        failure: None,
        elsewhere: Vec::new(),
        crashed: false,
    };
    for (step, event) in &run.events {
        judge.event(*step, event);
    }
    judge.finish(&run.end)
}

struct CaseJudge<'a> {
    case: &'a Case,
    judge: Judge,
    transcript: Transcript,
    earlier: EarlierValues,
    /// By step: whether the run contains it.
    made: Vec<bool>,
    calls: Vec<TranscriptLine>,
    failure: Option<(Verdict, ReportedFailure)>,
    elsewhere: Vec<ReportedFailure>,
    /// Whether a call did not return, so that the later steps were not made.
    crashed: bool,
}

impl CaseJudge<'_> {
    fn event(&mut self, step: Option<usize>, event: &Event) {
        let broken = self.judge.event(event);
        self.calls.extend(self.transcript.line(event));
        let at = self.calls.len().checked_sub(1);
        let ending = event.call().map_or(Ending::Returned(S_OK), |recorded| recorded.outcome.ending);
        self.crashed |= matches!(ending, Ending::Crashed | Ending::TimedOut);
        for BrokenRequirement { violation: Violation { requirement, expected, actual, .. }, .. } in broken {
            let failure = ReportedFailure { requirement: Some(requirement), call: at, expected, actual };
            if requirement == self.case.requirement {
                self.fail(ending, failure);
            } else {
                self.elsewhere.push(failure);
            }
        }
        match &event.kind {
            EventKind::Call(recorded) => {
                if let Some(step) = step {
                    self.step(step, recorded, at);
                }
                self.earlier.record(recorded);
            }
            EventKind::Computer { process, computer } => {
                self.earlier.computers.insert(*process, computer.clone());
            }
            EventKind::ProcessKilled { .. } | EventKind::Elapsed { .. } => {
                if let Some(step) = step {
                    self.made[step] = true;
                }
            }
        }
    }

    /// Checks what the case expects of a step. The call may also be one that makes the step's client object.
    fn step(&mut self, step: usize, recorded: &Recorded, at: Option<usize>) {
        let Some((Step::Call { call, .. }, expectation)) = self.case.steps.get(step) else { return };
        if call.method() != recorded.call.method() {
            return;
        }
        self.made[step] = true;
        if let Some((expected, actual)) = expectation.mismatch(&recorded.outcome, &self.earlier) {
            // If the model names another requirement for this call, the case did not get as far as its own.
            let other = self.elsewhere.iter().find(|elsewhere| elsewhere.call == at);
            let requirement = other.map_or(Some(self.case.requirement), |elsewhere| elsewhere.requirement);
            self.fail(recorded.outcome.ending, ReportedFailure { requirement, call: at, expected, actual });
        }
        self.earlier.outcomes[step] = Some(recorded.outcome.clone());
    }

    fn fail(&mut self, ending: Ending, failure: ReportedFailure) {
        let verdict = match ending {
            Ending::Crashed => Verdict::Crash,
            Ending::TimedOut => Verdict::TimeOut,
            Ending::Returned(_) | Ending::References(_) => Verdict::Fail,
        };
        self.failure.get_or_insert((verdict, failure));
    }

    fn finish(mut self, end: &RunEnd) -> JudgedCase {
        let outside_calls = failure_outside_calls(end.clone(), self.crashed);
        let is_gone =
            outside_calls.as_ref().is_some_and(|(verdict, _)| matches!(verdict, Verdict::Crash | Verdict::TimeOut));
        if is_gone {
            self.elsewhere.push(gone());
        }
        let (verdict, failure, reason) = match (self.failure.take(), outside_calls) {
            (Some((verdict, failure)), _) => (verdict, Some(failure), None),
            (None, Some((verdict, _))) if is_gone => (verdict, Some(gone()), None),
            (None, Some((verdict, reason))) => (verdict, None, Some(reason)),
            (None, None) => {
                let (verdict, reason) = self.without_failure();
                (verdict, None, reason)
            }
        };
        let last_words = match end {
            RunEnd::Crashed(words) if !words.is_empty() => Some(words.clone()),
            RunEnd::Exited => Some(EXITED.to_owned()),
            _ => None,
        };
        let name = self.case.name.to_owned();
        let report = CaseReport { name, verdict, reason: reason.or(last_words), failure, calls: self.calls };
        JudgedCase { report, elsewhere: self.elsewhere }
    }

    /// Returns the verdict of a run in which nothing failed, with its reason unless it passed.
    fn without_failure(&self) -> (Verdict, Option<String>) {
        let Some(step) = self.made.iter().position(|made| !made) else { return (Verdict::Pass, None) };
        let number = step + 1;
        if !self.crashed {
            let why = "the subject has no such process, thread or client object";
            return (Verdict::Broken, Some(format!("step {number} could not be made: {why}")));
        }
        let expects_more = self.case.steps[step..].iter().any(|(_, expected)| *expected != Expectation::returns());
        if expects_more {
            let why = format!("a call did not return, which is allowed, so step {number} was not made");
            return (Verdict::Skip, Some(why));
        }
        (Verdict::Pass, None)
    }
}

/// The failure of a subject that crashed or hung between two calls.
fn gone() -> ReportedFailure {
    ReportedFailure {
        requirement: Some(Requirement::CallReturns),
        call: None,
        expected: "a subject that still runs after its calls have returned".to_owned(),
        actual: "the subject crashed or stopped responding between two calls".to_owned(),
    }
}
