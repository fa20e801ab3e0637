//! A case: one scripted check of one requirement.

pub(super) mod expectation;
pub(super) mod script;
mod wording;

use self::expectation::{Expectation, OutputCheck};
use self::script::{LastStep, Limits, Script};
use super::program::{HandleName, Program, ProgramHost, Step};
use crate::model::use_of;
use crate::profile::Profile;
use crate::spec::Requirement;
use crate::state::Use;

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
    /// How many steps at the beginning only prepare the others.
    pub(crate) prepared: usize,
}

/// From how many calls of a method on a failure of the next one is no failure of the set-up.
const MANY: usize = 3;

impl Case {
    /// Returns the program that the case performs.
    pub fn program(&self) -> Program {
        Program { hosts: self.hosts.clone(), steps: self.steps.iter().map(|(step, _)| step.clone()).collect() }
    }

    /// Whether a step only leads to the ones that show the requirement. Those are the last step, others of its method, queries,
    /// and a call that has been made many times.
    pub(crate) fn is_set_up(&self, step: usize) -> bool {
        let method = |(step, _): &(Step, Expectation)| match step {
            Step::Call { call, .. } => Some(call.method()),
            Step::Kill { .. } | Step::Pause { .. } => None,
        };
        let Some((last, others)) = self.steps.split_last().filter(|(_, others)| step < others.len()) else {
            return false;
        };
        let own = method(&others[step]);
        let made_before = others[..step].iter().filter(|other| method(other) == own).take(MANY).count();
        let asks = matches!(&others[step].0, Step::Call { call, .. } if use_of(call) == Some(Use::Query));
        step < self.prepared || (own != method(last) && !asks && made_before < MANY)
    }

    /// Whether it compares a list of processes with an earlier one.
    pub(super) fn compares_lists(&self) -> bool {
        let compares = |check: &OutputCheck| {
            matches!(check, OutputCheck::CountOf(_) | OutputCheck::CountGrewSince(_) | OutputCheck::FirstIdsOf(_))
        };
        self.steps.iter().flat_map(|(_, expected)| &expected.outputs).any(compares)
    }
}

/// The cases of one profile while they are written.
#[derive(Debug)]
pub(crate) struct CaseSet {
    pub(crate) profile: Profile,
    limits: Limits,
    /// The only requirement whose cases are written, if it is one.
    only: Option<Requirement>,
    cases: Vec<Case>,
}

impl CaseSet {
    pub(crate) fn new(profile: Profile, limits: Limits, only: Option<Requirement>) -> CaseSet {
        CaseSet { profile, limits, only, cases: Vec::new() }
    }

    /// Adds a case, if the profile judges by its requirement and its cases are wanted.
    pub(crate) fn case(&mut self, requirement: Requirement, name: &'static str, write: impl FnOnce(&mut Script)) {
        if self.only.is_none_or(|only| only == requirement) && requirement.facts().applies_to(self.profile) {
            let mut script = Script::new(self.profile, self.limits);
            write(&mut script);
            self.add(requirement, name, script);
        }
    }

    /// Apart from `case`, which is compiled for every case.
    fn add(&mut self, requirement: Requirement, name: &'static str, script: Script) {
        let Script { hosts, steps, prepared, .. } = script;
        self.cases.push(Case { requirement, name, hosts, steps, prepared });
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
            script.prepared = script.next();
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

    /// Adds a case with the steps for the engine's own computer, and then those through a process server on it.
    pub(crate) fn on_both_computers(
        &mut self,
        requirement: Requirement,
        name: &'static str,
        write: impl Fn(&mut Script, HandleName) -> LastStep<'_>,
    ) {
        self.case(requirement, name, |script| {
            write(script, HandleName::Zero);
            let server = script.connected();
            write(script, server);
        });
    }

    /// Returns the cases in the order of the spec.
    pub(crate) fn finish(mut self) -> Vec<Case> {
        self.cases.sort_by_key(|case| case.requirement);
        self.cases
    }
}
