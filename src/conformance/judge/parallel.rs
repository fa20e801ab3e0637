//! Judges programs of several threads: there has to be an order of the calls, each within its own time, that the model
//! allows.

use super::Judge;
use super::check::{Checked, check_events};
use super::run::Execution;
use super::trial::{End, Trial};
use crate::call::Ending;
use crate::client::Engine;
use crate::conformance::perform::threads::{merge, perform_parallel};
use crate::conformance::perform::{SubjectConfig, Witness};
use crate::conformance::program::parallel::ParallelProgram;
use crate::conformance::report::Verdict;
use crate::profile::Profile;
use crate::trace::{CheckError, Event};

/// Runs a program of several threads on a fresh engine that can do whatever it is asked, and judges what came of it. Another
/// run may come to something else.
pub fn execute_parallel(program: &ParallelProgram, engine: Box<dyn Engine>, profile: Profile) -> Execution {
    let Trial { events, end } = perform_here(program, || engine, &SubjectConfig::default());
    judge(profile, events.into_iter().map(|(_, event)| event).collect(), end)
}

/// Performs a program in this process.
pub(crate) fn perform_here(
    program: &ParallelProgram,
    make: impl FnOnce() -> Box<dyn Engine>,
    means: &SubjectConfig,
) -> Trial {
    let mut lanes: Vec<Seen> = (0..=program.threads.len()).map(|_| Seen::default()).collect();
    let panicked = perform_parallel(program, make, means, &mut lanes);
    let events = merge(lanes.into_iter().map(|seen| seen.0));
    Trial {
        events: events.into_iter().map(|event| (None, event)).collect(),
        end: panicked.map_or(End::Whole, End::Down),
    }
}

/// What one thread has done.
#[derive(Default)]
struct Seen(Vec<Event>);

impl Witness for Seen {
    fn after(&mut self, _step: Option<usize>, event: Event) {
        self.0.push(event);
    }
}

/// Judges what threads have done, in the order of the starts. The order that is found breaks no MUST, if there is one that
/// does not: what binds less is judged where there is one thread. Which requirements have something to say is told by the
/// order of the starts.
pub(crate) fn judge(profile: Profile, events: Vec<Event>, end: End) -> Execution {
    let open: Vec<u64> = events.iter().filter(|event| is_open(event)).map(|event| event.seq).collect();
    let calls = events.iter().filter_map(Event::call).count() as u64;
    let mut execution = Execution { calls, beside: end.beside(!open.is_empty()), ..Execution::default() };
    match history(profile, &events, &open) {
        Ok(checked) => {
            execution.unordered = checked.unordered;
            let broken = checked.broken.into_iter().filter(|broken| broken.violation.binds());
            execution.broken = broken.map(|broken| (broken.seq, broken.violation)).collect();
        }
        Err(why) => execution.beside = execution.beside.or(Some((Verdict::Broken, why.to_string()))),
    }
    let mut judge = Judge::new(profile, None);
    events.iter().for_each(|event| drop(judge.event(event)));
    execution.judged = judge.judged();
    execution.events = events;
    execution
}

/// Of the calls that did not come back, one is why the subject went down or hung; the others are left out.
fn history(profile: Profile, events: &[Event], open: &[u64]) -> Result<Checked, CheckError> {
    let with = |one: Option<&u64>| {
        let events = events.iter().filter(|event| !is_open(event) || one == Some(&event.seq));
        check_events(profile, "the history", events.cloned().map(Ok))
    };
    let holds = |checked: &Result<Checked, CheckError>| {
        checked.as_ref().is_ok_and(|checked| !checked.broken.iter().any(|broken| broken.violation.binds()))
    };
    open.iter().map(|one| with(Some(one))).find(holds).unwrap_or_else(|| with(open.first()))
}

fn is_open(event: &Event) -> bool {
    event.call().is_some_and(|recorded| matches!(recorded.outcome.ending, Ending::Crashed | Ending::TimedOut))
}
