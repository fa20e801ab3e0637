//! The words in which defects are written.

use crate::call::{Call, Outcome};
use crate::hresult::HRESULT;
use crate::method::Method;
use crate::profile::{EngineVersion, Profile};

pub(super) const BOTH: &[Profile] = &[Profile::Contract, Profile::Dbgeng];
pub(super) const CONTRACT: &[Profile] = &[Profile::Contract];
pub(super) const DBGENG: &[Profile] = &[Profile::Dbgeng];
/// The contract and the older version of the real engine.
pub(super) const UNTIL_15063: &[Profile] = &[Profile::Contract, Profile::DbgengAt(EngineVersion::V10_0_15063)];
pub(super) const DBGENG_15063: &[Profile] = &[Profile::DbgengAt(EngineVersion::V10_0_15063)];
pub(super) const DBGENG_29507: &[Profile] = &[Profile::DbgengAt(EngineVersion::V10_0_29507)];
/// The contract and the newest version of the real engine.
pub(super) const CONTRACT_AND_29507: &[Profile] = &[Profile::Contract, Profile::DbgengAt(EngineVersion::V10_0_29507)];

/// Returns whether the call is one of the three queries.
pub(super) fn is_query(call: &Call) -> bool {
    matches!(
        call.method(),
        Method::GetRunningProcessSystemIds
            | Method::GetRunningProcessSystemIdByExecutableName
            | Method::GetRunningProcessDescription
    )
}

impl Outcome {
    pub(super) fn failed(&self) -> bool {
        self.hresult().is_some_and(HRESULT::is_err)
    }

    pub(super) fn is(&self, hresult: HRESULT) -> bool {
        self.hresult() == Some(hresult)
    }

    /// Replaces the code of a failure by this one.
    pub(super) fn failing_as(self, hresult: HRESULT) -> Outcome {
        if self.failed() { Outcome::returned(hresult) } else { self }
    }

    /// Replaces one code by another; a failure writes nothing.
    pub(super) fn giving(self, from: HRESULT, to: HRESULT) -> Outcome {
        match self.is(from) {
            true if to.is_err() => Outcome::returned(to),
            true => Outcome { ending: Outcome::returned(to).ending, ..self },
            false => self,
        }
    }
}
