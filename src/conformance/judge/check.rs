//! Judges traces.

use std::io::BufRead;
use std::ops::ControlFlow;

use super::candidate::Candidate;
use super::history::{History, HistoryError};
use super::lanes::Lanes;
use super::{BrokenRequirement, Judge};
use crate::profile::Profile;
use crate::spec::Level;
use crate::trace::{CheckError, Event, Reader, Recorded};

/// What the model says of a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Every requirement that a call of the trace broke, of whatever level, in the order of the trace.
    pub broken: Vec<BrokenRequirement>,
    /// How many calls were judged.
    pub calls: u64,
    /// The names of the processes, by their numbers.
    pub processes: Vec<String>,
    /// The fewest calls that overlap and for which there is no order that breaks nothing that binds, in the order of their
    /// starts. What comes behind them was not judged. Empty where there is an order.
    pub unordered: Vec<Event>,
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
    let mut check = TraceCheck::new(profile);
    let mut is_empty = true;
    let processes = Reader::new(file, input)?.show(|event| {
        is_empty &= !event.call().is_some_and(Recorded::is_of_the_surface);
        check.event(event)
    })?;
    if is_empty && check.judged.is_ok() {
        return Err(CheckError::Empty(file.to_owned()));
    }
    Ok(Checked { processes, ..check.finish(file)? })
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
    let mut check = TraceCheck::new(profile);
    for event in events {
        if check.event(event?).is_break() {
            break;
        }
    }
    check.finish(file)
}

/// A trace that is being judged.
struct TraceCheck {
    checked: Checked,
    history: History,
    judged: Result<(), HistoryError>,
}

impl TraceCheck {
    fn new(profile: Profile) -> TraceCheck {
        TraceCheck {
            checked: Checked { broken: Vec::new(), calls: 0, processes: Vec::new(), unordered: Vec::new() },
            history: History::new(profile, Candidate::new(Judge::new(profile, None))),
            judged: Ok(()),
        }
    }

    fn event(&mut self, event: Event) -> ControlFlow<()> {
        self.checked.calls += u64::from(event.call().is_some());
        self.judged = self.history.event(event);
        if self.judged.is_err() {
            return ControlFlow::Break(());
        }
        if let [candidate] = &mut *self.history.candidates {
            self.checked.broken.append(&mut candidate.broken);
        }
        ControlFlow::Continue(())
    }

    fn finish(self, file: &str) -> Result<Checked, CheckError> {
        let TraceCheck { mut checked, mut history, judged } = self;
        match judged.and_then(|()| history.finish()) {
            Ok(()) => {}
            Err(HistoryError::NoOrder(candidate, unordered)) => {
                checked.unordered = unordered;
                history.candidates = vec![*candidate];
            }
            Err(HistoryError::TooManyCandidates { from }) => {
                return Err(CheckError::TooManyOrders { file: file.to_owned(), from });
            }
            Err(HistoryError::OutOfOrder { seq }) => return Err(CheckError::TooLate { file: file.to_owned(), seq }),
        }
        // Of several runs that end well, each is as good as the others.
        checked
            .broken
            .extend(history.candidates.into_iter().next().map_or_else(Vec::new, |candidate| candidate.broken));
        Ok(checked)
    }
}
