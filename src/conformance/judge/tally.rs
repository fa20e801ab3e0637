//! Counts to how many calls each requirement applied, and how many of them broke it.

use rustc_hash::FxHashMap;

use super::{BrokenRequirement, Judge};
use crate::method::Method;
use crate::spec::Requirement;

/// The calls of a run, by the requirements that applied to them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally(FxHashMap<(Requirement, Method), Applications>);

/// The calls of one method to which a requirement applied.
#[derive(Clone, Copy, Debug, Default)]
struct Applications {
    judged: u64,
    wrong: u64,
}

impl Tally {
    /// Counts a call that was judged last.
    pub(super) fn count(&mut self, method: Method, judge: &Judge, broken: &[BrokenRequirement]) {
        for requirement in judge.applied() {
            self.0.entry((requirement, method)).or_default().judged += 1;
        }
        for BrokenRequirement { violation, .. } in broken {
            self.0.entry((violation.requirement, method)).or_default().wrong += 1;
        }
    }

    /// Adds the calls of another run.
    pub(crate) fn add(&mut self, other: &Tally) {
        for (key, Applications { judged, wrong }) in &other.0 {
            let sum = self.0.entry(*key).or_default();
            sum.judged += judged;
            sum.wrong += wrong;
        }
    }

    /// Returns the number of calls that broke a requirement, and that of all calls of the same methods to which it applied.
    pub(crate) fn of(&self, requirement: Requirement) -> (u64, u64) {
        let of_it = self.0.iter().filter(|((of, _), calls)| *of == requirement && calls.wrong > 0);
        let calls = of_it.map(|(_, calls)| (calls.wrong, calls.judged.max(calls.wrong)));
        calls.fold((0, 0), |(wrong, judged), (more_wrong, more_judged)| (wrong + more_wrong, judged + more_judged))
    }
}
