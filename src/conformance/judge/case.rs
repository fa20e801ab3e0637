//! Judges a case: by the model, and by what the case itself expects.

use std::collections::HashMap;

use super::failure::{BrokenSoFar, note, reported};
use super::tally::Tally;
use super::{BrokenRequirement, Judge, failure_outside_calls};
use crate::call::{Call, Ending};
use crate::conformance::case::Case;
use crate::conformance::case::expectation::{EarlierValues, Expectation};
use crate::conformance::perform::SubjectConfig;
use crate::conformance::perform::exits::EXITED;
use crate::conformance::perform::run::{ProgramRun, RunEnd};
use crate::conformance::program::Step;
use crate::conformance::report::{CaseReport, ReportedFailure, Verdict};
use crate::hresult::S_OK;
use crate::profile::Profile;
use crate::spec::Requirement;
use crate::trace::{Event, EventKind, Recorded};
use crate::transcript::{Transcript, TranscriptLine};

/// The report on a case, and the other requirements that it saw broken.
pub(crate) struct JudgedCase {
    pub(crate) report: CaseReport,
    pub(crate) elsewhere: Vec<ReportedFailure>,
    /// The calls by the requirements that applied to them.
    pub(crate) tally: Tally,
}

/// Judges the run of a case.
pub(crate) fn judge(case: &Case, profile: Profile, config: &SubjectConfig, run: &ProgramRun) -> JudgedCase {
    let mut judge = CaseJudge {
        case,
        profile,
        judge: Judge::new(profile, config.server.clone()),
        transcript: Transcript::default(),
        earlier: EarlierValues::new(case.steps.len()),
        made: vec![false; case.steps.len()],
        calls: Vec::new(),
        failure: None,
        not_reached: None,
        broken: BrokenSoFar::default(),
        tally: Tally::default(),
        elsewhere: Vec::new(),
        has_open_call: false,
        created: HashMap::new(),
    };
    for (step, event) in &run.events {
        judge.event(*step, event);
    }
    judge.finish(&run.end)
}

struct CaseJudge<'a> {
    case: &'a Case,
    profile: Profile,
    judge: Judge,
    transcript: Transcript,
    earlier: EarlierValues,
    /// By step: whether the run contains it.
    made: Vec<bool>,
    calls: Vec<TranscriptLine>,
    failure: Option<(Verdict, ReportedFailure)>,
    /// The first failure that kept the case from its own requirement.
    not_reached: Option<ReportedFailure>,
    broken: BrokenSoFar,
    tally: Tally,
    elsewhere: Vec<ReportedFailure>,
    /// Whether a call did not return, so that the later steps were not made.
    has_open_call: bool,
    /// By process: the last DebugCreate that succeeded, unless a client object was released later.
    created: HashMap<u32, usize>,
}

impl CaseJudge<'_> {
    fn event(&mut self, step: Option<usize>, event: &Event) {
        let broken = self.judge.event(event);
        if let Some(recorded) = event.call() {
            self.tally.count(recorded.call.method(), &self.judge, &broken);
        }
        // The line is written last: the notes are on the handles before the call. Only a call breaks anything.
        let at = self.calls.len();
        let ending = event.call().map_or(Ending::Returned(S_OK), |recorded| recorded.outcome.ending);
        self.has_open_call |= ending.is_open();
        for BrokenRequirement { violation, .. } in &broken {
            self.broken.add(self.profile, violation.requirement);
        }
        for BrokenRequirement { violation, .. } in broken {
            let notes = event.call().map(|recorded| self.transcript.notes(recorded)).unwrap_or_default();
            let failure = reported(&violation, Some(at), &notes, &self.broken);
            if violation.requirement == self.case.requirement {
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
                match recorded.call {
                    Call::DebugCreate { .. } if recorded.outcome.succeeded() => {
                        self.created.insert(recorded.by.process, at);
                    }
                    Call::Release => drop(self.created.remove(&recorded.by.process)),
                    _ => {}
                }
            }
            EventKind::Computer { process, computer, others } => {
                self.earlier.computers.insert(*process, (computer.clone(), *others));
            }
            EventKind::ProcessKilled { .. } | EventKind::Elapsed { .. } => {
                if let Some(step) = step {
                    self.made[step] = true;
                }
            }
        }
        self.calls.extend(self.transcript.line(event));
    }

    /// Checks what the case expects of a step. The call may also be one that makes the step's client object.
    fn step(&mut self, step: usize, recorded: &Recorded, at: usize) {
        let Some((Step::Call { call, .. }, expectation)) = self.case.steps.get(step) else { return };
        if call.method() != recorded.call.method() {
            return;
        }
        self.made[step] = true;
        if let Some((expected, actual)) = expectation.mismatch(&recorded.outcome, &self.earlier) {
            let own = self.case.requirement;
            let must_only_return = own == Requirement::CallReturns && recorded.outcome.ending.is_open();
            let is_set_up = || self.case.is_set_up(step) && !must_only_return;
            match self.hindrance() {
                // A call that is not set up shows the effect of those before it, although the model names another requirement.
                Some(hindrance) if hindrance.call != Some(at) || is_set_up() => {
                    self.not_reached.get_or_insert(hindrance);
                }
                _ => {
                    let note = note(own, &self.transcript.notes(recorded));
                    let (requirement, also) = (Some(own), self.broken.besides(own));
                    let failure = ReportedFailure {
                        requirement,
                        call: Some(at),
                        expected,
                        actual,
                        note,
                        also,
                        later: Vec::new(),
                    };
                    self.fail(recorded.outcome.ending, failure);
                }
            }
        }
        self.earlier.outcomes[step] = Some(recorded.outcome.clone());
    }

    /// Returns the failure of a DebugCreate that succeeded and gave no object, if the step could not be made for that reason.
    fn without_object(&self, step: usize) -> Option<ReportedFailure> {
        let Some((Step::Call { by, .. }, _)) = self.case.steps.get(step) else { return None };
        let call = *self.created.get(&by.process).filter(|_| by.thread == 0)?;
        Some(ReportedFailure {
            requirement: Some(Requirement::ClientDebugCreateSucceeds),
            call: Some(call),
            expected: "S_OK and a client object".to_owned(),
            actual: "S_OK without a client object".to_owned(),
            note: None,
            also: Vec::new(),
            later: Vec::new(),
        })
    }

    /// Returns the first failure of another requirement that fails the run.
    fn hindrance(&self) -> Option<ReportedFailure> {
        let others = self.broken.besides(self.case.requirement);
        let fails = |failure: &&ReportedFailure| failure.requirement.is_some_and(|other| others.contains(&other));
        self.elsewhere.iter().find(fails).cloned()
    }

    fn fail(&mut self, ending: Ending, failure: ReportedFailure) {
        let verdict = match ending {
            Ending::Crashed => Verdict::Crash,
            Ending::TimedOut => Verdict::TimeOut,
            Ending::Returned(_) | Ending::References(_) => Verdict::Fail,
        };
        let Some((_, first)) = &mut self.failure else {
            self.failure = Some((verdict, failure));
            return;
        };
        if let Some(later) = failure.call.filter(|call| first.call != Some(*call) && first.later.last() != Some(call)) {
            first.later.push(later);
        }
    }

    fn finish(mut self, end: &RunEnd) -> JudgedCase {
        let outside_calls = failure_outside_calls(end.clone(), self.has_open_call);
        let is_gone =
            outside_calls.as_ref().is_some_and(|(verdict, _)| matches!(verdict, Verdict::Crash | Verdict::TimeOut));
        if is_gone {
            self.elsewhere.push(gone());
        }
        let (verdict, failure, reason) = self.verdict(outside_calls);
        let last_words = match end {
            RunEnd::Crashed(words) if !words.is_empty() => Some(words.clone()),
            RunEnd::Exited => Some(EXITED.to_owned()),
            _ => None,
        };
        let name = self.case.name.to_owned();
        let unmade =
            if self.has_open_call || is_gone { self.made.iter().filter(|made| !**made).count() as u64 } else { 0 };
        let report = CaseReport { name, verdict, reason: reason.or(last_words), failure, calls: self.calls, unmade };
        JudgedCase { report, elsewhere: self.elsewhere, tally: self.tally }
    }

    /// Returns the verdict, the failure, and the reason of a verdict without a failure of the case's own.
    fn verdict(
        &mut self,
        outside_calls: Option<(Verdict, String)>,
    ) -> (Verdict, Option<ReportedFailure>, Option<String>) {
        if let Some((verdict, failure)) = self.failure.take() {
            return (verdict, Some(failure), None);
        }
        match outside_calls {
            Some((verdict @ (Verdict::Crash | Verdict::TimeOut), _)) => return (verdict, Some(gone()), None),
            Some((verdict, reason)) => return (verdict, None, Some(reason)),
            None => {}
        }
        if let Some(failure) = self.not_reached.take() {
            return not_reached(failure);
        }
        let Some(step) = self.made.iter().position(|made| !made) else { return (Verdict::Pass, None, None) };
        if let Some(failure) = self.hindrance() {
            return not_reached(failure);
        }
        let number = step + 1;
        if let Some(failure) = self.without_object(step).filter(|_| !self.has_open_call) {
            if failure.requirement == Some(self.case.requirement) {
                return (Verdict::Fail, Some(failure), None);
            }
            self.elsewhere.push(failure.clone());
            return not_reached(failure);
        }
        if !self.has_open_call {
            let why = "the subject has no such process, thread or client object";
            return (Verdict::Broken, None, Some(format!("step {number} could not be made: {why}")));
        }
        let expects_more = self.case.steps[step..].iter().any(|(_, expected)| *expected != Expectation::returns());
        if expects_more {
            let why = format!("a call did not return, which is allowed, so step {number} was not made");
            return (Verdict::Skip, None, Some(why));
        }
        (Verdict::Pass, None, None)
    }
}

/// Returns the verdict on a case that a failure kept from its own requirement.
fn not_reached(failure: ReportedFailure) -> (Verdict, Option<ReportedFailure>, Option<String>) {
    let broken = failure.requirement.into_iter().chain(failure.also.iter().copied());
    let broken: Vec<&str> = broken.map(Requirement::id).collect();
    let reason = format!("a call on the way broke {}", broken.join(" and "));
    (Verdict::NotReached, Some(failure), Some(reason))
}

/// The failure of a subject that crashed or hung between two calls.
fn gone() -> ReportedFailure {
    ReportedFailure {
        requirement: Some(Requirement::CallReturns),
        call: None,
        expected: "a subject that still runs after its calls have returned".to_owned(),
        actual: "the subject crashed or stopped responding between two calls".to_owned(),
        note: None,
        also: Vec::new(),
        later: Vec::new(),
    }
}
