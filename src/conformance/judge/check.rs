//! Judges traces.

use std::io::BufRead;
use std::ops::ControlFlow;

use super::candidate::{Candidate, proven};
use super::history::{History, HistoryError};
use super::lanes::Lanes;
use super::{BrokenRequirement, Judge};
use crate::profile::Profile;
use crate::spec::Level;
use crate::trace::{CheckError, Event, Reader, Recorded, TraceRules};

/// The judgement of a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Checked {
    /// The rules by which it was judged.
    pub rules: TraceRules,
    /// Every requirement that a call broke, of every level, in the order of the trace.
    pub broken: Vec<BrokenRequirement>,
    /// How many calls were judged.
    pub calls: u64,
    /// The names of the processes, by number.
    pub processes: Vec<String>,
    /// The smallest conflict: overlapping calls that have no allowed order, in the order of their starts. Later calls
    /// were not judged. Empty if there is an order.
    pub unordered: Vec<Event>,
    /// Why judging stopped before the end of the trace: a line cannot be read, or calls overlap in too many ways. All that is
    /// in `broken` is proven nevertheless. `None` if the whole trace was judged.
    pub stopped: Option<CheckError>,
}

impl Checked {
    /// Whether the trace conforms: it was judged to its end, and [no violation](Checked::is_violated) was found.
    pub fn holds(&self, strict: bool) -> bool {
        self.stopped.is_none() && !self.is_violated(strict)
    }

    /// Whether the trace breaks a MUST or, if `strict`, a SHOULD.
    pub fn is_violated(&self, strict: bool) -> bool {
        let binding = if strict { Level::Should } else { Level::Must };
        self.broken.iter().any(|broken| broken.violation.requirement.level() <= binding)
    }

    /// Returns the calls without an allowed order as a picture.
    pub fn lanes(&self) -> Lanes {
        Lanes::new(&self.unordered, &self.processes)
    }
}

/// Judges a trace while it is read; a long one is parsed by several threads.
///
/// Overlapping calls are judged in every order that their times allow. If no order satisfies the binding MUSTs, judging
/// stops there and [`Checked::unordered`] holds the conflict. A trace that does not begin with seq 1 starts midway:
/// handles and servers may exist that it does not show.
///
/// For [`Profile::Dbgeng`], the rules are those of the version that the trace names ([`Checked::rules`]).
///
/// Memory grows with what is open at a time, not with the length of the trace. A handle closed more than 50,000
/// disconnects ago may count as unknown instead of stale.
///
/// ```
/// use dbgeng_testkit::{Profile, conformance::check};
///
/// let file = "fixtures/traces/lifecycle-one-connection.jsonl";
/// let trace = std::fs::read(file)?;
/// assert!(check(Profile::Dbgeng, file, &*trace)?.holds(true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// If a line cannot be read or calls overlap in too many ways, judging stops there: [`Checked::stopped`] has the reason, and
/// what was proven before is kept.
///
/// # Errors
///
/// Fails if the first line is malformed, or if the trace has no call.
pub fn check<R: BufRead>(profile: Profile, file: &str, input: R) -> Result<Checked, CheckError> {
    let reader = Reader::new(file, input)?;
    let mut check = TraceCheck::new(reader.header().engine.rules(profile));
    let mut is_empty = true;
    let (processes, read) = reader.show(|event| {
        is_empty &= !event.call().is_some_and(Recorded::is_of_the_surface);
        check.event(event)
    });
    if is_empty && check.judged.is_ok() && read.is_ok() {
        return Err(CheckError::Empty(file.to_owned()));
    }
    Ok(Checked { processes, ..check.finish(file, read.map_err(CheckError::from)) })
}

/// Judges events that stand in the order of the starts of their calls. Errors name them `file`.
///
/// Events name no version of an engine, so [`Profile::Dbgeng`] is the newest.
/// [`EngineName::rules`](crate::trace::EngineName::rules) returns the profile for the events of a trace.
///
/// Judging stops as in [`check`], and at the first error among the events.
pub fn check_events(
    profile: Profile,
    file: &str,
    events: impl IntoIterator<Item = Result<Event, CheckError>>,
) -> Checked {
    let mut check = TraceCheck::new(TraceRules::of(profile));
    for event in events {
        match event.map(|event| check.event(event)) {
            Ok(ControlFlow::Continue(())) => {}
            Ok(ControlFlow::Break(())) => break,
            Err(error) => return check.finish(file, Err(error)),
        }
    }
    check.finish(file, Ok(()))
}

/// A trace that is being judged.
struct TraceCheck {
    checked: Checked,
    history: History,
    judged: Result<(), HistoryError>,
}

impl TraceCheck {
    fn new(rules: TraceRules) -> TraceCheck {
        let profile = rules.profile;
        TraceCheck {
            checked: Checked {
                rules,
                broken: Vec::new(),
                calls: 0,
                processes: Vec::new(),
                unordered: Vec::new(),
                stopped: None,
            },
            history: History::new(profile, Candidate::new(Judge::uncounted(profile))),
            judged: Ok(()),
        }
    }

    fn event(&mut self, event: Event) -> ControlFlow<()> {
        self.checked.calls += u64::from(event.call().is_some());
        if let Err(error) = self.history.event(event) {
            self.judged = Err(error);
            return ControlFlow::Break(());
        }
        if let [candidate] = &mut *self.history.candidates {
            self.checked.broken.append(&mut candidate.broken);
        }
        ControlFlow::Continue(())
    }

    /// Judges what is left. `read` says whether every event was read.
    fn finish(self, file: &str, read: Result<(), CheckError>) -> Checked {
        let TraceCheck { mut checked, mut history, judged } = self;
        let file = file.to_owned();
        let judged = match &read {
            Ok(()) => judged.and_then(|()| history.finish()),
            // The order of the calls under way may depend on events that were not read.
            Err(_) => judged,
        };
        let broken = match judged {
            // Every candidate that is left is an allowed order.
            Ok(()) if read.is_ok() => history.candidates.into_iter().next().map_or_else(Vec::new, |first| first.broken),
            Ok(()) => proven(&history.candidates),
            Err(HistoryError::NoOrder(candidate, unordered)) => {
                checked.unordered = unordered;
                candidate.broken
            }
            Err(HistoryError::TooManyOrders { calls, proven }) => {
                checked.stopped = Some(CheckError::TooManyOrders { file, calls });
                proven
            }
            Err(HistoryError::OutOfOrder { seq }) => {
                checked.stopped = Some(CheckError::TooLate { file, seq });
                proven(&history.candidates)
            }
        };
        checked.broken.extend(broken);
        checked.stopped = checked.stopped.or(read.err());
        checked
    }
}
