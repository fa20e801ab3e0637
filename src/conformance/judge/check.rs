//! Judges traces.

use std::io::BufRead;

use super::Judge;
use crate::model::Violation;
use crate::profile::Profile;
use crate::spec::Level;
use crate::trace::{Sequence, Unjudged, What};

/// What the model says of a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Every requirement that a call of the trace broke, of whatever level, in the order of the trace.
    pub broken: Vec<Broken>,
    /// How many calls were judged.
    pub calls: u64,
    /// The names of the processes, by their numbers.
    pub processes: Vec<String>,
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
}

/// Judges a trace, a line at a time.
///
/// A trace that begins with seq 1 shows everything that there is; any other begins in the middle of things.
///
/// # Errors
///
/// The trace cannot be judged.
pub fn check<R: BufRead>(profile: Profile, file: &str, input: R) -> Result<Checked, Unjudged> {
    let mut sequence = Sequence::new(file, input)?;
    let mut judge = Judge::new(profile, None);
    let mut checked = Checked { broken: Vec::new(), calls: 0, processes: Vec::new() };
    for event in sequence.by_ref() {
        let event = event?;
        checked.calls += u64::from(matches!(event.what, What::Call(_)));
        let broken = judge.event(&event).into_iter();
        checked.broken.extend(broken.map(|violation| Broken { seq: event.seq, violation }));
    }
    checked.processes = sequence.processes().to_vec();
    Ok(checked)
}
