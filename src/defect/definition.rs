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

impl fmt::Debug for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Defect")
            .field("name", &self.name)
            .field("requirement", &self.requirement)
            .finish_non_exhaustive()
    }
}
