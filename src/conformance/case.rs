//! A case: one scripted check of one requirement.

pub(super) mod expectation;
pub(super) mod script;

use self::expectation::Expectation;
use self::script::{LastStep, Limits, Script};
use super::program::{HandleName, Program, ProgramHost, Step};
use crate::profile::Profile;
use crate::spec::Requirement;

/// One scripted check of one requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Case {
    /// The requirement that it checks.
    pub requirement: Requirement,
    /// Its name, unique among the cases of its requirement.
    pub name: &'static str,
    /// The host processes, as in [`Program::hosts`].
    pub hosts: Vec<ProgramHost>,
    /// The steps, each with what the case expects of it.
    pub steps: Vec<(Step, Expectation)>,
}

impl Case {
    /// Returns the program that the case performs.
    pub fn program(&self) -> Program {
        Program { hosts: self.hosts.clone(), steps: self.steps.iter().map(|(step, _)| step.clone()).collect() }
    }
}

/// The cases of one profile while they are written.
#[derive(Debug)]
pub(crate) struct CaseSet {
    pub(crate) profile: Profile,
    limits: Limits,
    cases: Vec<Case>,
}

impl CaseSet {
    pub(crate) fn new(profile: Profile, limits: Limits) -> CaseSet {
        CaseSet { profile, limits, cases: Vec::new() }
    }

    /// Adds a case, if the profile judges by its requirement.
    pub(crate) fn case(&mut self, requirement: Requirement, name: &'static str, write: impl FnOnce(&mut Script)) {
        if requirement.facts().applies_to(self.profile) {
            let mut script = Script::new(self.profile, self.limits);
            write(&mut script);
            self.add(requirement, name, script);
        }
    }

    /// Apart from `case`, which is compiled for every case.
    fn add(&mut self, requirement: Requirement, name: &'static str, Script { hosts, steps, .. }: Script) {
        self.cases.push(Case { requirement, name, hosts, steps });
    }

    /// Adds a case that ends with the step that `write` returns.
    pub(crate) fn step(
        &mut self,
        requirement: Requirement,
        name: &'static str,
        write: impl FnOnce(&mut Script) -> LastStep<'_>,
    ) {
        self.given(requirement, name, |_| (), |script, ()| write(script));
    }

    /// Adds a case whose steps begin with those of `prepare`.
    pub(crate) fn given<T>(
        &mut self,
        requirement: Requirement,
        name: &'static str,
        prepare: impl FnOnce(&mut Script) -> T,
        write: impl FnOnce(&mut Script, T) -> LastStep<'_>,
    ) {
        self.case(requirement, name, |script| {
            let prepared = prepare(script);
            write(script, prepared);
        });
    }

    /// Adds two cases: one on the engine's own computer without a connection, and one through a process server on it.
    pub(crate) fn on_computers(
        &mut self,
        requirement: Requirement,
        write: impl Fn(&mut Script, HandleName) -> LastStep<'_>,
    ) {
        self.given(requirement, "the local computer", |_| HandleName::Zero, &write);
        self.given(requirement, "a server", Script::connected, write);
    }

    /// Returns the cases in the order of the spec.
    pub(crate) fn finish(mut self) -> Vec<Case> {
        self.cases.sort_by_key(|case| case.requirement);
        self.cases
    }
}
