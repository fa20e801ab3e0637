//! A case: one scripted check of one requirement.

pub(super) mod expectation;
pub(super) mod script;

use self::expectation::Expectation;
use self::script::{Limits, Script};
use super::program::Program;
use crate::profile::Profile;
use crate::spec::Requirement;

/// A scripted check of one requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// What it checks.
    pub requirement: Requirement,
    /// Its name, which no other case of the requirement has.
    pub name: &'static str,
    /// What is done.
    pub program: Program,
    /// What is wanted of each step.
    pub wanted: Vec<Expectation>,
}

/// The cases of one profile while they are written.
#[derive(Debug)]
pub(crate) struct Set {
    pub(crate) profile: Profile,
    limits: Limits,
    cases: Vec<Case>,
}

impl Set {
    pub(crate) fn new(profile: Profile, limits: Limits) -> Set {
        Set { profile, limits, cases: Vec::new() }
    }

    /// Writes a case, if the profile judges by its requirement.
    pub(crate) fn case(&mut self, requirement: Requirement, name: &'static str, write: impl FnOnce(&mut Script)) {
        if requirement.facts().applies_to(self.profile) {
            let mut script = Script::new(self.profile, self.limits);
            write(&mut script);
            let (program, wanted) = script.finish();
            self.cases.push(Case { requirement, name, program, wanted });
        }
    }

    /// The cases in the order of the spec.
    pub(crate) fn finish(mut self) -> Vec<Case> {
        self.cases.sort_by_key(|case| case.requirement);
        self.cases
    }
}
