//! Judges traces.

use std::io::BufRead;
use std::ops::ControlFlow;

use super::Judge;
use super::history::{Candidate, History, Stop};
use super::lanes::Lanes;
use crate::model::Violation;
use crate::profile::Profile;
use crate::spec::Level;
use crate::trace::{CheckError, Event, Reader, Recorded};

/// What the model says of a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Every requirement that a call of the trace broke, of whatever level, in the order of the trace.
    pub broken: Vec<Broken>,
    /// How many calls were judged.
    pub calls: u64,
    /// The names of the processes, by their numbers.
    pub processes: Vec<String>,
    /// The fewest calls that overlap and for which there is no order that breaks nothing that binds, in the order of their
    /// starts. What comes behind them was not judged. Empty where there is an order.
    pub unordered: Vec<Event>,
}

/// A requirement that a call of a trace broke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The place of the call in the trace.
    pub seq: u64,
    /// What was broken, and how.
    pub violation: Violation,
}

impl Checked {
    /// Whether the trace holds: no MUST was broken, and if `strict`, no SHOULD either.
    pub fn holds(&self, strict: bool) -> bool {
        let binding = if strict { Level::Should } else { Level::Must };
        self.broken.iter().all(|broken| broken.violation.requirement.level() > binding)
    }

    /// The calls that have no order, as a picture.
    pub fn lanes(&self) -> Lanes {
        Lanes::new(&self.unordered, &self.processes)
    }
}

/// Judges a trace, a block of lines after the other; a long one is parsed by several threads. Calls that overlap in time are
/// judged in every order that their times allow: where there is one that breaks nothing that binds, they hold; where there is
/// none, the trace is judged up to there.
///
/// A trace that begins with seq 1 shows everything that there is; any other begins in the middle of things. Memory is
/// needed for what is open at a time and for the blocks that are parsed, not for what was: of a process that has made more
/// than 50,000 disconnects since, the model no longer tells a stale handle from an unknown one.
///
/// # Errors
///
/// The trace cannot be judged.
pub fn check<R: BufRead>(profile: Profile, file: &str, input: R) -> Result<Checked, CheckError> {
    let mut checking = Checking::new(profile);
    let mut is_empty = true;
    let processes = Reader::new(file, input)?.show(|event| {
        is_empty &= !event.call().is_some_and(Recorded::is_of_the_surface);
        checking.event(event)
    })?;
    if is_empty && checking.stopped.is_ok() {
        return Err(CheckError::Empty(file.to_owned()));
    }
    Ok(Checked { processes, ..checking.finish(file)? })
}

/// The same of events that are there already, in the order of the starts of their calls; `file` is the name that errors
/// give.
///
/// # Errors
///
/// They cannot be judged, or come with an error of their own.
pub fn check_events(
    profile: Profile,
    file: &str,
    events: impl IntoIterator<Item = Result<Event, CheckError>>,
) -> Result<Checked, CheckError> {
    let mut checking = Checking::new(profile);
    for event in events {
        if checking.event(event?).is_break() {
            break;
        }
    }
    checking.finish(file)
}

/// A trace that is being judged.
struct Checking {
    checked: Checked,
    history: History,
    stopped: Result<(), Stop>,
}

impl Checking {
    fn new(profile: Profile) -> Checking {
        Checking {
            checked: Checked { broken: Vec::new(), calls: 0, processes: Vec::new(), unordered: Vec::new() },
            history: History::new(profile, Candidate::new(Judge::new(profile, None))),
            stopped: Ok(()),
        }
    }

    fn event(&mut self, event: Event) -> ControlFlow<()> {
        self.checked.calls += u64::from(event.call().is_some());
        self.stopped = self.history.event(event);
        if self.stopped.is_err() {
            return ControlFlow::Break(());
        }
        if let [run] = &mut *self.history.runs {
            self.checked.broken.append(&mut run.broken);
        }
        ControlFlow::Continue(())
    }

    fn finish(self, file: &str) -> Result<Checked, CheckError> {
        let Checking { mut checked, mut history, stopped } = self;
        match stopped.and_then(|()| history.finish()) {
            Ok(()) => {}
            Err(Stop::NoOrder(run, unordered)) => {
                checked.unordered = unordered;
                history.runs = vec![*run];
            }
            Err(Stop::TooMany { from }) => return Err(CheckError::TooManyOrders { file: file.to_owned(), from }),
            Err(Stop::TooLate { seq }) => return Err(CheckError::TooLate { file: file.to_owned(), seq }),
        }
        // Of several runs that end well, each is as good as the others.
        checked.broken.extend(history.runs.into_iter().next().map(|run| run.broken).unwrap_or_default());
        Ok(checked)
    }
}
