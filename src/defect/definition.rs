//! A defect, as data.

use std::fmt;

use super::context::DefectContext;
use crate::call::{Call, Outcome};
use crate::profile::Profile;
use crate::spec::Requirement;

/// One rule that an engine breaks.
#[derive(Clone, Copy)]
pub struct Defect {
    /// The name, in words with hyphens; no other defect has it.
    pub name: &'static str,
    /// The requirement that it breaks. It may break others only as a consequence.
    pub requirement: Requirement,
    /// The profiles in which it is wrong.
    pub profiles: &'static [Profile],
    /// A sentence that says what the engine does wrong.
    pub statement: &'static str,
    /// Answers a call as an engine with this defect does.
    pub(super) answer: fn(&DefectContext<'_>, &Call) -> Outcome,
}

/// The parts of a definition, in the order in which the lists of defects give them.
impl Defect {
    pub(super) const fn breaks(requirement: Requirement, name: &'static str, profiles: &'static [Profile]) -> Defect {
        Defect { name, requirement, profiles, statement: "", answer: |context, call| context.pass(call) }
    }

    pub(super) const fn stating(self, statement: &'static str) -> Defect {
        Defect { statement, ..self }
    }

    pub(super) const fn answering(self, answer: fn(&DefectContext<'_>, &Call) -> Outcome) -> Defect {
        Defect { answer, ..self }
    }
}

impl fmt::Debug for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Defect")
            .field("name", &self.name)
            .field("requirement", &self.requirement)
            .finish_non_exhaustive()
    }
}
