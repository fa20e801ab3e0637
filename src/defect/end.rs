//! EndProcessServer.

use super::definition::Defect;
use super::prelude::{BOTH, DBGENG};
use crate::call::{Call, Outcome};
use crate::hresult::{E_ACCESSDENIED, E_FAIL, E_UNEXPECTED, S_FALSE, S_OK};
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect::breaks(Requirement::EndConnectedHandleSucceeds, "end-answers-s-false", BOTH)
        .stating("EndProcessServer asks the server to end and returns S_FALSE.")
        .answering(|context, call| match call {
            Call::EndProcessServer { .. } => context.pass(call).giving(S_OK, S_FALSE),
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::EndConnectedHandleSucceeds, "end-by-first-connection-alone", BOTH)
        .stating("Only the connection that an engine opened first can end its server.")
        .answering(|context, call| match call {
            Call::EndProcessServer { server }
                if context.is_open(*server) && context.open().first().is_some_and(|first| first.handle != *server) =>
            {
                Outcome::returned(E_ACCESSDENIED)
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::EndEndedConnectionRefusesQueries, "ended-connection-is-served", DBGENG)
        .stating("Queries on the handle through which a server was ended go to the local computer.")
        .answering(|context, call| match call {
            Call::GetRunningProcessSystemIds { server, .. }
            | Call::GetRunningProcessSystemIdByExecutableName { server, .. }
            | Call::GetRunningProcessDescription { server, .. }
                if context.connection(*server).is_some_and(|one| one.open && one.ended) =>
            {
                context.pass_with(call, 0)
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::EndEndedConnectionRefusesQueries, "ended-connection-has-another-code", DBGENG)
        .stating("Queries on the handle through which a server was ended return E_FAIL.")
        .answering(|context, call| match call {
            Call::GetRunningProcessSystemIds { .. } => context.pass(call).giving(E_UNEXPECTED, E_FAIL),
            _ => context.pass(call),
        }),
];
