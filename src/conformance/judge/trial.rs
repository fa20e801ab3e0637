//! Judges what came of a case: by the model, and by what the case itself wants.

use super::Judge;
use crate::call::{Call, Ending};
use crate::conformance::case::Case;
use crate::conformance::case::expectation::{EarlierValues, Expectation};
use crate::conformance::perform::SubjectConfig;
use crate::conformance::program::Step;
use crate::conformance::report::{CaseReport, ReportedFailure, Verdict};
use crate::model::Violation;
use crate::profile::Profile;
use crate::spec::Requirement;
use crate::trace::{Event, EventKind, Recorded};
use crate::transcript::Transcript;

/// What came of performing a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trial {
    /// What was done, each by the step that did it, if one did.
    pub(crate) events: Vec<(Option<usize>, Event)>,
    pub(crate) end: End,
}

/// How the performance of a program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It got to its end.
    Whole,
    /// The subject's process went down, with these last words.
    Down(String),
    /// The subject did not come back.
    Hung,
    /// The kit could not perform it.
    Broken(String),
}

impl End {
    /// What that is where the last call had returned (`in_a_call` is false): no call was judged for it.
    pub(crate) fn between_calls(&self, in_a_call: bool) -> Option<Verdict> {
        match self {
            End::Down(_) if !in_a_call => Some(Verdict::Crash),
            End::Hung if !in_a_call => Some(Verdict::TimeOut),
            End::Whole | End::Down(_) | End::Hung | End::Broken(_) => None,
        }
    }

    /// What went wrong that was no call's doing, with the words that tell of it.
    pub(crate) fn beside(self, in_a_call: bool) -> Option<(Verdict, String)> {
        let between = self.between_calls(in_a_call);
        match self {
            End::Broken(why) => Some((Verdict::Broken, why)),
            End::Down(words) => between.map(|verdict| (verdict, words)),
            End::Hung | End::Whole => between.map(|verdict| (verdict, String::new())),
        }
    }
}

/// What is said of a case, and which other requirements it saw broken.
pub(crate) struct Judged {
    pub(crate) report: CaseReport,
    pub(crate) elsewhere: Vec<ReportedFailure>,
}

/// Judges a case by what came of it.
pub(crate) fn judge(case: &Case, profile: Profile, means: &SubjectConfig, trial: &Trial) -> Judged {
    let mut bench = CaseJudge {
        case,
        judge: Judge::new(profile, means.server.clone()),
        transcript: Transcript::default(),
        past: EarlierValues { outcomes: vec![None; case.program.steps.len()], ..EarlierValues::default() },
        made: vec![false; case.program.steps.len()],
        calls: Vec::new(),
        failure: None,
        elsewhere: Vec::new(),
        crashed: false,
    };
    for (step, event) in &trial.events {
        bench.event(*step, event);
    }
    bench.finish(&trial.end)
}

struct CaseJudge<'a> {
    case: &'a Case,
    judge: Judge,
    transcript: Transcript,
    past: EarlierValues,
    made: Vec<bool>,
    calls: Vec<crate::transcript::TranscriptLine>,
    failure: Option<(Verdict, ReportedFailure)>,
    elsewhere: Vec<ReportedFailure>,
    /// A call has not come back: what follows it was not made.
    crashed: bool,
}

impl CaseJudge<'_> {
    fn event(&mut self, step: Option<usize>, event: &Event) {
        let violations = self.judge.event(event);
        self.calls.extend(self.transcript.line(event));
        let at = self.calls.len().checked_sub(1);
        let ending = match &event.what {
            EventKind::Call(recorded) => recorded.outcome.ending,
            _ => Ending::Returned(crate::hresult::S_OK),
        };
        self.crashed |= matches!(ending, Ending::Crashed | Ending::TimedOut);
        for Violation { requirement, expected, actual, .. } in violations {
            let failure = ReportedFailure { requirement: Some(requirement), call: at, expected, actual };
            if requirement == self.case.requirement {
                self.fail(ending, failure);
            } else {
                self.elsewhere.push(failure);
            }
        }
        match &event.what {
            EventKind::Call(recorded) => {
                if let Some(step) = step {
                    self.own(step, recorded, at);
                }
                self.remember(recorded);
            }
            EventKind::Computer { process, computer } => drop(self.past.computers.insert(*process, computer.clone())),
            EventKind::ProcessKilled { .. } => step.into_iter().for_each(|step| self.made[step] = true),
            EventKind::Elapsed { .. } => {}
        }
    }

    /// What the case itself wants of its step. A client object that had to be made first is none of its business.
    fn own(&mut self, step: usize, recorded: &Recorded, at: Option<usize>) {
        let (Some(Step::Call { call, .. }), Some(wanted)) =
            (self.case.program.steps.get(step), self.case.wanted.get(step))
        else {
            return;
        };
        if call.method() != recorded.call.method() {
            return;
        }
        self.made[step] = true;
        if let Some((expected, actual)) = wanted.objection(&recorded.outcome, &self.past) {
            // Where the model says which other requirement the step broke, the case did not get as far as its own.
            let other = self.elsewhere.iter().find(|elsewhere| elsewhere.call == at);
            let requirement = other.map_or(Some(self.case.requirement), |elsewhere| elsewhere.requirement);
            self.fail(recorded.outcome.ending, ReportedFailure { requirement, call: at, expected, actual });
        }
        self.past.outcomes[step] = Some(recorded.outcome.clone());
    }

    fn fail(&mut self, ending: Ending, failure: ReportedFailure) {
        let verdict = match ending {
            Ending::Crashed => Verdict::Crash,
            Ending::TimedOut => Verdict::TimeOut,
            Ending::Returned(_) | Ending::References(_) => Verdict::Fail,
        };
        self.failure.get_or_insert((verdict, failure));
    }

    fn remember(&mut self, recorded: &Recorded) {
        let out = &recorded.outcome.out;
        match recorded.call {
            Call::ConnectProcessServer { .. } if recorded.by.process == 0 => {
                if let Some(handle) = out.server.filter(|_| recorded.outcome.succeeded()) {
                    self.past.handles.push((handle, true));
                }
            }
            Call::DisconnectProcessServer { server } if recorded.by.process == 0 && recorded.outcome.succeeded() => {
                for handle in self.past.handles.iter_mut().filter(|(value, _)| *value == server) {
                    handle.1 = false;
                }
            }
            _ => {}
        }
    }

    fn finish(mut self, end: &End) -> Judged {
        let unmade = self.made.iter().position(|made| !made);
        // What went down or hung in a call was judged with the call; here is what did so between calls.
        let between = end.between_calls(self.crashed);
        if between.is_some() {
            self.elsewhere.push(gone());
        }
        let (verdict, failure, reason) = match (self.failure.take(), between, end) {
            (Some((verdict, failure)), _, _) => (verdict, Some(failure), None),
            (None, Some(verdict), _) => (verdict, Some(gone()), None),
            (None, None, End::Broken(why)) => (Verdict::Broken, None, Some(why.clone())),
            (None, None, _) => match unmade {
                None => (Verdict::Pass, None, None),
                Some(step) if self.crashed && !self.wants_more(step) => (Verdict::Pass, None, None),
                Some(step) if self.crashed => {
                    let why =
                        format!("the subject did not come back, which is allowed, so step {} was not made", step + 1);
                    (Verdict::Skip, None, Some(why))
                }
                Some(step) => {
                    let why = "there is no such process, thread or client object";
                    (Verdict::Broken, None, Some(format!("step {} could not be made: {why}", step + 1)))
                }
            },
        };
        let words = match end {
            End::Down(words) if !words.is_empty() => Some(words.clone()),
            _ => None,
        };
        let name = self.case.name.to_owned();
        let report = CaseReport { name, verdict, reason: reason.or(words), failure, calls: self.calls };
        Judged { report, elsewhere: self.elsewhere }
    }

    /// Whether the case wants something of this step or of a later one.
    fn wants_more(&self, step: usize) -> bool {
        self.case.wanted[step..].iter().any(|wanted| *wanted != Expectation::returns())
    }
}

/// What a subject does wrong that is not there any more, though no call asked it to go.
fn gone() -> ReportedFailure {
    ReportedFailure {
        requirement: Some(Requirement::CallReturns),
        call: None,
        expected: "a subject that is still there when its calls have returned".to_owned(),
        actual: "it is gone, or does not come back".to_owned(),
    }
}
