//! A defect, as data.

use std::fmt;

use super::context::DefectContext;
use crate::call::{Call, Outcome};
use crate::hresult::HRESULT;
use crate::profile::Profile;
use crate::spec::Requirement;

/// One rule that an engine breaks.
#[derive(Clone, Copy)]
pub struct Defect {
    /// The name, in words with hyphens; no other defect has it.
    pub name: &'static str,
    /// The requirement that it breaks. It may break others only as a consequence.
    pub requirement: Requirement,
    /// The profiles in which it is wrong. [`Profile::Dbgeng`] stands for every measured version.
    pub profiles: &'static [Profile],
    /// A sentence that says what the engine does wrong.
    pub statement: &'static str,
    mistake: Mistake,
}

/// The mistake that an engine with the defect makes.
#[derive(Clone, Copy)]
enum Mistake {
    Return(HRESULT, IsMeant),
    Replace(HRESULT, HRESULT, IsMeant),
    Edit(fn(&DefectContext<'_>, &Call, &mut Outcome)),
    Alter(fn(&mut Call)),
    Answer(fn(&DefectContext<'_>, &Call) -> Outcome),
}

/// Returns whether the mistake is about a call. Every other call is answered rightly.
type IsMeant = fn(&DefectContext<'_>, &Call) -> bool;

/// The parts of a definition, in the order in which the lists of defects give them.
impl Defect {
    pub(super) const fn breaks(requirement: Requirement, name: &'static str, profiles: &'static [Profile]) -> Defect {
        Defect { name, requirement, profiles, statement: "", mistake: Mistake::Alter(|_| {}) }
    }

    pub(super) const fn stating(self, statement: &'static str) -> Defect {
        Defect { statement, ..self }
    }

    /// Returns this code, and makes no call.
    pub(super) const fn returning(self, code: HRESULT, is_meant: IsMeant) -> Defect {
        Defect { mistake: Mistake::Return(code, is_meant), ..self }
    }

    /// Returns the second code in place of the first; see [`Outcome::giving`].
    pub(super) const fn giving(self, from: HRESULT, to: HRESULT, is_meant: IsMeant) -> Defect {
        Defect { mistake: Mistake::Replace(from, to, is_meant), ..self }
    }

    /// Changes the outcome of a call.
    pub(super) const fn editing(self, edit: fn(&DefectContext<'_>, &Call, &mut Outcome)) -> Defect {
        Defect { mistake: Mistake::Edit(edit), ..self }
    }

    /// Changes a call before it is made.
    pub(super) const fn altering(self, alter: fn(&mut Call)) -> Defect {
        Defect { mistake: Mistake::Alter(alter), ..self }
    }

    /// Answers calls in any other way.
    pub(super) const fn answering(self, answer: fn(&DefectContext<'_>, &Call) -> Outcome) -> Defect {
        Defect { mistake: Mistake::Answer(answer), ..self }
    }

    /// Answers a call as an engine with this defect does.
    pub(super) fn answer(&self, context: &DefectContext<'_>, call: &Call) -> Outcome {
        match self.mistake {
            Mistake::Return(code, is_meant) if is_meant(context, call) => Outcome::returned(code),
            Mistake::Replace(from, to, is_meant) if is_meant(context, call) => context.pass(call).giving(from, to),
            Mistake::Return(..) | Mistake::Replace(..) => context.pass(call),
            Mistake::Edit(edit) => {
                let mut outcome = context.pass(call);
                edit(context, call, &mut outcome);
                outcome
            }
            Mistake::Alter(alter) => {
                let mut call = call.clone();
                alter(&mut call);
                context.pass(&call)
            }
            Mistake::Answer(answer) => answer(context, call),
        }
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
