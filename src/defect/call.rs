//! Every call.

use super::definition::Defect;
use super::prelude::{BOTH, DBGENG};
use super::strings::text;
use crate::call::Call;
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect::breaks(Requirement::CallReturns, "long-string-crashes", BOTH)
        .stating("A connection string of more than 1,000 characters crashes the process: it panics.")
        .answering(|context, call| match text(call) {
            Some(text) if text.len() > 1_000 => std::panic::resume_unwind(Box::new("the string is too long")),
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::CallOutputsUntouchedOnFailure, "outputs-written-on-failure", DBGENG)
        .stating("A name query that fails writes zero for the id.")
        .editing(|_, call, outcome| {
            if let Call::GetRunningProcessSystemIdByExecutableName { id, .. } = call
                && !id.is_null()
                && outcome.failed()
            {
                outcome.out.id = Some(0);
            }
        }),
];
