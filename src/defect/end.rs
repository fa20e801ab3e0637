//! EndProcessServer.

use super::definition::Defect;
use super::prelude::{BOTH, DBGENG, is_query};
use super::strings::same_address;
use crate::call::Call;
use crate::hresult::{E_ACCESSDENIED, E_FAIL, E_UNEXPECTED, S_FALSE, S_OK};
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect::breaks(Requirement::EndConnectedHandleSucceeds, "end-answers-s-false", BOTH)
        .stating("EndProcessServer asks the server to end and returns S_FALSE.")
        .giving(S_OK, S_FALSE, |_, call| matches!(call, Call::EndProcessServer { .. })),
    Defect::breaks(Requirement::EndConnectedHandleSucceeds, "end-by-first-connection-alone", BOTH)
        .stating("Only the connection that an engine opened first can end its server.")
        .returning(E_ACCESSDENIED, |context, call| {
            matches!(call, Call::EndProcessServer { server }
                if context.is_open(*server) && context.open().first().is_some_and(|first| first.handle != *server))
        }),
    Defect::breaks(Requirement::EndConnectedHandleSucceeds, "only-the-first-server-ends", BOTH)
        .stating("Only the server that was started first can be ended.")
        .returning(E_ACCESSDENIED, |context, call| {
            let is_first = |text: &str| context.world().offers.first().is_some_and(|first| same_address(first, text));
            matches!(call, Call::EndProcessServer { server } if context.by.version > 1
                && context.connection(*server).is_some_and(|one| one.open && !is_first(&one.text)))
        }),
    Defect::breaks(Requirement::EndEndedConnectionRefusesQueries, "ended-connection-is-served", DBGENG)
        .stating("Queries on the handle through which a server was ended go to the local computer.")
        .answering(|context, call| match call.server().and_then(|server| context.connection(server)) {
            Some(one) if is_query(call) && one.open && one.ended => context.pass_with(call, 0),
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::EndEndedConnectionRefusesQueries, "ended-connection-has-another-code", DBGENG)
        .stating("Queries on the handle through which a server was ended return E_FAIL.")
        .giving(E_UNEXPECTED, E_FAIL, |_, call| matches!(call, Call::GetRunningProcessSystemIds { .. })),
];
