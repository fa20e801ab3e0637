//! Every call.

use super::definition::Defect;
use super::prelude::{BOTH, DBGENG};
use super::strings::text;
use crate::call::Call;
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        name: "long-string-goes-down",
        requirement: Requirement::CallReturns,
        profiles: BOTH,
        statement: "A connection string of more than 1,000 characters crashes the process: it panics.",
        answer: |context, call| match text(call) {
            Some(text) if text.len() > 1_000 => std::panic::resume_unwind(Box::new("the string is too long")),
            _ => context.pass(call),
        },
    },
    Defect {
        name: "outputs-written-on-failure",
        requirement: Requirement::CallOutputsUntouchedOnFailure,
        profiles: DBGENG,
        statement: "A name query that fails writes zero for the id.",
        answer: |context, call| match call {
            Call::GetRunningProcessSystemIdByExecutableName { id, .. } if !id.is_null() => {
                let mut outcome = context.pass(call);
                if outcome.failed() {
                    outcome.out.id = Some(0);
                }
                outcome
            }
            _ => context.pass(call),
        },
    },
];
