//! Counts to how many calls each requirement applied, and how many of them broke it.

use rustc_hash::FxHashMap;

use super::{BrokenRequirement, Judge};
use crate::method::Method;
use crate::model::RequirementSet;
use crate::spec::Requirement;

/// The calls of a run, by the requirements that applied to them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// The calls of each method to which exactly these requirements applied.
    judged: FxHashMap<(Method, RequirementSet), u64>,
    /// The calls of each method that broke a requirement.
    wrong: FxHashMap<(Method, Requirement), u64>,
}

impl Tally {
    /// Counts a call that was judged last.
    pub(super) fn count(&mut self, method: Method, judge: &Judge, broken: &[BrokenRequirement]) {
        *self.judged.entry((method, judge.applied())).or_default() += 1;
        for BrokenRequirement { violation, .. } in broken {
            *self.wrong.entry((method, violation.requirement)).or_default() += 1;
        }
    }

    /// Adds the calls of another run.
    pub(crate) fn add(&mut self, other: &Tally) {
        for (key, calls) in &other.judged {
            *self.judged.entry(*key).or_default() += calls;
        }
        for (key, calls) in &other.wrong {
            *self.wrong.entry(*key).or_default() += calls;
        }
    }

    /// Returns the number of calls that broke a requirement, and that of all calls of the same methods to which it applied.
    pub(crate) fn of(&self, requirement: Requirement) -> (u64, u64) {
        let judged = |method: Method| -> u64 {
            let of_it = self.judged.iter().filter(|((of, applied), _)| *of == method && applied.contains(requirement));
            of_it.map(|(_, calls)| calls).sum()
        };
        let wrong = self.wrong.iter().filter(|((_, broken), _)| *broken == requirement);
        let calls = wrong.map(|((method, _), wrong)| (*wrong, judged(*method).max(*wrong)));
        calls.fold((0, 0), |(wrong, judged), (more_wrong, more_judged)| (wrong + more_wrong, judged + more_judged))
    }
}
