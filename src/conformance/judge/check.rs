//! Judges traces.

use std::io::BufRead;

use super::Judge;
use super::history::{Judged, Run, Window};
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

/// Judges a trace, a line at a time. Calls that overlap in time are judged in every order that their times allow: where
/// there is one that breaks nothing that binds, they hold; where there is none, the trace is judged up to there.
///
/// A trace that begins with seq 1 shows everything that there is; any other begins in the middle of things.
///
/// # Errors
///
/// The trace cannot be judged.
pub fn check<R: BufRead>(profile: Profile, file: &str, input: R) -> Result<Checked, Unjudged> {
    let mut sequence = Sequence::overlapping(file, input)?;
    let mut checked = Checked { broken: Vec::new(), calls: 0, processes: Vec::new() };
    let (mut runs, mut window) = (vec![Run::new(Judge::new(profile, None))], Window::default());
    let mut events = sequence.by_ref().peekable();
    while let Some(event) = events.next() {
        let event = event?;
        checked.calls += u64::from(matches!(event.what, What::Call(_)));
        window.push(event);
        let goes_on = events.peek().is_some_and(|next| next.as_ref().is_ok_and(|next| window.takes(next)));
        if goes_on {
            continue;
        }
        let from = window.from();
        match std::mem::take(&mut window).judge(runs) {
            Judged::Ends(ends) => runs = ends,
            Judged::Never(run) => {
                // What would come of the calls behind it nobody can say.
                runs = vec![*run];
                break;
            }
            Judged::TooMany => return Err(Unjudged::TooManyOrders { file: file.to_owned(), from }),
        }
        if let [run] = &mut *runs {
            checked.broken.append(&mut run.broken);
        }
    }
    // Of several runs that end well, each is as good as the others.
    checked.broken.extend(runs.into_iter().next().map(|run| run.broken).unwrap_or_default());
    checked.processes = sequence.processes().to_vec();
    Ok(checked)
}
