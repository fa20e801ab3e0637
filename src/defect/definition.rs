//! What a defect is.

use std::fmt;

use super::context::DefectContext;
use crate::call::{Call, Outcome};
use crate::profile::Profile;
use crate::spec::Requirement;

/// One rule that an engine breaks.
#[derive(Clone, Copy)]
pub struct Defect {
    /// Its name, in words with hyphens. No other defect has it.
    pub name: &'static str,
    /// The requirement that it breaks. Where others are broken with it, they follow from this.
    pub requirement: Requirement,
    /// The profiles in which it is wrong.
    pub profiles: &'static [Profile],
    /// What is wrong, in a sentence.
    pub statement: &'static str,
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
