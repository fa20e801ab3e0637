//! EndProcessServer.

use super::definition::Defect;
use super::prelude::{BOTH, DBGENG};
use crate::call::{Call, Outcome};
use crate::hresult::{E_ACCESSDENIED, E_FAIL, E_UNEXPECTED, S_FALSE, S_OK};
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        name: "end-answers-s-false",
        requirement: Requirement::EndConnectedHandleSucceeds,
        profiles: BOTH,
        statement: "EndProcessServer asks the server to end and returns S_FALSE.",
        answer: |context, call| match call {
            Call::EndProcessServer { .. } => context.pass(call).giving(S_OK, S_FALSE),
            _ => context.pass(call),
        },
    },
    Defect {
        name: "end-by-first-connection-alone",
        requirement: Requirement::EndConnectedHandleSucceeds,
        profiles: BOTH,
        statement: "Only the connection that an engine opened first can end its server.",
        answer: |context, call| match call {
            Call::EndProcessServer { server }
                if context.is_open(*server) && context.open().first().is_some_and(|first| first.handle != *server) =>
            {
                Outcome::returned(E_ACCESSDENIED)
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "ended-connection-is-served",
        requirement: Requirement::EndEndedConnectionRefusesQueries,
        profiles: DBGENG,
        statement: "Queries on the handle through which a server was ended go to the local computer.",
        answer: |context, call| match call {
            Call::GetRunningProcessSystemIds { server, .. }
            | Call::GetRunningProcessSystemIdByExecutableName { server, .. }
            | Call::GetRunningProcessDescription { server, .. }
                if context.connection(*server).is_some_and(|one| one.open && one.ended) =>
            {
                context.pass_with(call, 0)
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "ended-connection-has-another-code",
        requirement: Requirement::EndEndedConnectionRefusesQueries,
        profiles: DBGENG,
        statement: "Queries on the handle through which a server was ended return E_FAIL.",
        answer: |context, call| match call {
            Call::GetRunningProcessSystemIds { .. } => context.pass(call).giving(E_UNEXPECTED, E_FAIL),
            _ => context.pass(call),
        },
    },
];
