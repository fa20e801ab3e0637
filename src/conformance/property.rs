//! Properties: what holds of all programs. Some are made at random, and the short ones are all there are.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;

use super::counterexample::counterexample;
use super::generate::Generator;
use super::program::Program;
use super::report::{Counterexample, PropertyReport, Report, RequirementReport, Verdict};
use super::run::Keep;
use super::search::Search;
use super::shrink::shrink;
use super::suite::{Progress, Suite};
use super::summary;
use crate::spec::{Level, Requirement};
use crate::trace::Unjudged;

/// How many steps a random program has at the most.
const MOST_STEPS: usize = 60;

/// A claim over programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Property {
    /// No program made at random breaks anything.
    Random,
    /// No program of a few lifecycle calls breaks anything.
    Short,
}

impl Property {
    pub(super) const ALL: [Property; 2] = [Property::Random, Property::Short];

    pub(super) fn name(self) -> &'static str {
        match self {
            Property::Random => "programs/random",
            Property::Short => "programs/short",
        }
    }
}

/// Puts every property to the test.
pub(super) fn all(suite: &Suite, watch: &mut dyn FnMut(Progress)) -> Vec<PropertyReport> {
    Property::ALL.into_iter().map(|property| judge(suite, property, watch)).collect()
}

/// Puts a property to the test.
pub(super) fn judge(suite: &Suite, property: Property, watch: &mut dyn FnMut(Progress)) -> PropertyReport {
    let keep = if property == Property::Short { Keep::States } else { Keep::Nothing };
    let mut trials = Trials::new(suite, keep);
    let name = property.name();
    match property {
        Property::Random => {
            for number in 0..suite.programs {
                watch(Progress { at: name, done: number, of: suite.programs });
                let program = Generator::new(suite.seed.wrapping_add(number), MOST_STEPS).program();
                trials.run(&suite.abilities().trim(program));
            }
        }
        Property::Short => {
            let search = Search::new(suite.depth);
            let of = search.programs();
            for program in search {
                watch(Progress { at: name, done: trials.programs, of });
                trials.run(&suite.abilities().trim(program));
            }
        }
    }
    trials.report(property.name(), property == Property::Short)
}

impl Suite {
    /// Runs the program of a trace once more, such as a counterexample. `file` is the name that errors give.
    ///
    /// # Errors
    ///
    /// The trace is malformed, begins in the middle of things, or its calls overlap.
    pub fn run_again(&self, file: &str, input: impl BufRead) -> Result<Report, Unjudged> {
        self.obey_if_child();
        let program = Program::from_trace(file, input)?;
        let execution = self.execute(&program, Keep::Nothing);
        let broken: BTreeSet<Requirement> =
            execution.broken.iter().map(|(_, violation)| violation.requirement).collect();
        let counterexamples =
            broken.iter().map(|requirement| (*requirement, counterexample(self, &program, *requirement)));
        let found = counterexamples.collect();
        let trials = Trials { found, programs: 1, calls: execution.calls, ..Trials::new(self, Keep::Nothing) };
        let mut requirements: Vec<RequirementReport> = self.requirements().map(summary::unjudged).collect();
        for report in &mut requirements {
            if execution.judged.get(report.requirement as usize).is_some_and(|times| *times > 0) {
                report.verdict = Verdict::Pass;
            }
        }
        Ok(summary::finish(self, requirements, vec![trials.report(file, false)]))
    }
}

struct Trials<'a> {
    suite: &'a Suite,
    keep: Keep,
    /// The smallest program found, by the requirement that it breaks.
    found: BTreeMap<Requirement, Counterexample>,
    states: BTreeSet<String>,
    programs: u64,
    calls: u64,
}

impl<'a> Trials<'a> {
    fn new(suite: &'a Suite, keep: Keep) -> Trials<'a> {
        Trials { suite, keep, found: BTreeMap::new(), states: BTreeSet::new(), programs: 0, calls: 0 }
    }

    fn run(&mut self, program: &Program) {
        let execution = self.suite.execute(program, self.keep);
        self.programs += 1;
        self.calls += execution.calls;
        self.states.extend(execution.states);
        for (_, violation) in execution.broken {
            let requirement = violation.requirement;
            if !self.found.contains_key(&requirement) {
                let smallest =
                    shrink(program, |program| self.suite.execute(program, Keep::Nothing).breaks(requirement));
                self.found.insert(requirement, counterexample(self.suite, &smallest, requirement));
            }
        }
    }

    fn report(self, name: &str, counts_states: bool) -> PropertyReport {
        let binds = |example: &&Counterexample| {
            example.failure.requirement.is_none_or(|requirement| requirement.level() < Level::May)
        };
        let counterexamples: Vec<Counterexample> = self.found.into_values().collect();
        let worst = counterexamples.iter().filter(binds).map(|example| example.verdict).max();
        let nothing = if self.calls == 0 { Verdict::Skip } else { Verdict::Pass };
        PropertyReport {
            name: name.to_owned(),
            verdict: worst.unwrap_or(nothing),
            programs: self.programs,
            calls: self.calls,
            states: counts_states.then_some(self.states.len()),
            counterexamples,
        }
    }
}
