//! Every call.

use super::Defect;
use super::words::{BOTH, DBGENG};
use crate::call::Call;
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        name: "end-session-goes-down",
        requirement: Requirement::CallReturns,
        profiles: BOTH,
        statement: "EndSession panics, as an engine goes down.",
        answer: |scene, call| match call {
            Call::EndSession { flags } if flags.name().is_some() => {
                std::panic::resume_unwind(Box::new("EndSession went down"))
            }
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "outputs-written-on-failure",
        requirement: Requirement::CallOutputsUntouchedOnFailure,
        profiles: DBGENG,
        statement: "A name query that fails writes zero for the id.",
        answer: |scene, call| match call {
            Call::GetRunningProcessSystemIdByExecutableName { id, .. } if !id.is_null() => {
                let mut outcome = scene.pass(call);
                if outcome.failed() {
                    outcome.out.id = Some(0);
                }
                outcome
            }
            _ => scene.pass(call),
        },
    },
];
