//! Sets of requirements.

use crate::spec::Requirement;

/// A set of requirements, as bits by their positions in [`Requirement::ALL`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct RequirementSet([u64; Requirement::ALL.len().div_ceil(64)]);

impl RequirementSet {
    pub(super) fn insert(&mut self, requirement: Requirement) {
        let at = requirement as usize;
        self.0[at / 64] |= 1 << (at % 64);
    }

    pub(crate) fn contains(self, requirement: Requirement) -> bool {
        let at = requirement as usize;
        self.0[at / 64] & 1 << (at % 64) != 0
    }

    /// Returns the requirements in the order of the spec.
    pub(super) fn iter(self) -> impl Iterator<Item = Requirement> {
        (0..).step_by(64).zip(self.0).flat_map(|(first, mut bits)| {
            std::iter::from_fn(move || {
                let at = first + bits.trailing_zeros() as usize;
                let is_set = bits != 0;
                bits &= bits.wrapping_sub(1);
                is_set.then(|| Requirement::ALL[at])
            })
        })
    }
}
