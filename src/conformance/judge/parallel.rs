//! Judges programs of several threads: some order of the calls, each within its own time, has to be allowed.

use super::check::{Checked, check_events};
use super::run::Execution;
use super::{Judge, failure_outside_calls};
use crate::client::Engine;
use crate::conformance::perform::SubjectConfig;
use crate::conformance::perform::run::{HangSite, ProgramRun, RunEnd};
use crate::conformance::perform::threads::record_parallel;
use crate::conformance::program::parallel::ParallelProgram;
use crate::conformance::report::Verdict;
use crate::profile::Profile;
use crate::spec::{Level, Requirement};
use crate::trace::Event;

/// Runs a program of several threads on a fresh engine with every capability, and judges the run.
///
/// Threads race: another run may end differently.
pub fn execute_parallel(program: &ParallelProgram, engine: Box<dyn Engine>, profile: Profile) -> Execution {
    let ProgramRun { events, end, .. } = record_parallel(program, || engine, &SubjectConfig::default());
    judge(profile, events.into_iter().map(|(_, event)| event).collect(), end, |_| false)
}

/// Judges the events of several threads, which stand in the order of their starts. `is_known` says of which requirements the
/// subject is known to break them.
///
/// What only names the cause of a failure is judged on one thread. The order of the starts decides which requirements count
/// as judged.
pub(crate) fn judge(
    profile: Profile,
    events: Vec<Event>,
    end: RunEnd,
    is_known: impl Fn(Requirement) -> bool,
) -> Execution {
    let open: Vec<u64> = events.iter().filter(|event| is_open(event)).map(|event| event.seq).collect();
    let calls = events.iter().filter_map(Event::call).count() as u64;
    let first_open = events.iter().find(|event| is_open(event)).and_then(Event::call);
    let in_a_call = first_open.map(|recorded| recorded.call.method());
    let hang = (end == RunEnd::TimedOut).then(|| HangSite::of(in_a_call));
    let crash = in_a_call.filter(|_| matches!(end, RunEnd::Crashed(_)));
    let outside_calls = failure_outside_calls(end, !open.is_empty());
    let mut execution = Execution { calls, outside_calls, hang, crash, ..Execution::default() };
    let checked = check_history(profile, &events, &open, is_known);
    execution.unordered = checked.unordered;
    execution.broken = checked.broken;
    execution.broken.retain(|broken| broken.violation.requirement.level() == Level::Should || broken.violation.binds());
    if let Some(why) = checked.stopped {
        execution.outside_calls = execution.outside_calls.or(Some((Verdict::Broken, why.to_string())));
    }
    let mut judge = Judge::new(profile, None);
    events.iter().for_each(|event| drop(judge.event(event)));
    execution.judged = judge.into_judged();
    execution.events = events;
    execution
}

/// Judges the history with one of the calls that did not return: the one that made the subject crash or hang. The others are
/// left out. If every one of them breaks a requirement, the culprit is the one that the subject is known to break.
fn check_history(profile: Profile, events: &[Event], open: &[u64], is_known: impl Fn(Requirement) -> bool) -> Checked {
    let with = |one: Option<&u64>| {
        let events = events.iter().filter(|event| !is_open(event) || one == Some(&event.seq));
        check_events(profile, "the history", events.cloned().map(Ok))
    };
    let breaks_only = |checked: &Checked, is_known: &dyn Fn(Requirement) -> bool| {
        let mut broken = checked.broken.iter().map(|broken| &broken.violation).filter(|violation| violation.binds());
        checked.stopped.is_none() && broken.all(|violation| is_known(violation.requirement))
    };
    let mut guilty = Vec::new();
    for one in open {
        let checked = with(Some(one));
        if breaks_only(&checked, &|_| false) {
            return checked;
        }
        guilty.push(checked);
    }
    if guilty.is_empty() {
        return with(None);
    }
    let known = guilty.iter().position(|checked| breaks_only(checked, &is_known));
    guilty.swap_remove(known.unwrap_or(0))
}

fn is_open(event: &Event) -> bool {
    event.call().is_some_and(|recorded| recorded.outcome.ending.is_open())
}
