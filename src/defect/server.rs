//! Process servers and their hosts.

use super::definition::Defect;
use super::prelude::{BOTH, DBGENG};
use super::strings::same_address;
use crate::call::{Call, Outcome, Pointer};
use crate::hresult::{E_ACCESSDENIED, E_FAIL, E_UNEXPECTED, RPC_E_CANTTRANSMIT_CALL, S_OK, WSAECONNREFUSED};
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        name: "server-serves-one-client",
        requirement: Requirement::ServerServesSeveralClients,
        profiles: BOTH,
        statement: "A server that has a client refuses the next one.",
        answer: |context, call| match call {
            Call::ConnectProcessServer { remote_options: Some(text), .. }
                if context.open().iter().any(|open| open.text == *text) =>
            {
                context.pass(call).giving(S_OK, E_ACCESSDENIED)
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "newest-client-takes-over",
        requirement: Requirement::ServerServesSeveralClients,
        profiles: BOTH,
        statement: "A server answers the client that connected last, and refuses the queries of all others.",
        answer: |context, call| match call {
            Call::GetRunningProcessSystemIds { server, .. }
                if context.is_open(*server) && context.open().last().is_some_and(|newest| newest.handle != *server) =>
            {
                Outcome::returned(E_UNEXPECTED)
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "gone-host-is-served-from-here",
        requirement: Requirement::ServerGoneIsAnError,
        profiles: BOTH,
        statement: "Queries, attach and create fall back to the local computer when the server's host is gone.",
        answer: |context, call| match call.server() {
            Some(handle)
                if context.connection(handle).is_some_and(|one| one.open && !one.ended)
                    && !matches!(call, Call::DisconnectProcessServer { .. } | Call::EndProcessServer { .. }) =>
            {
                let outcome = context.pass(call);
                let look = Call::GetRunningProcessSystemIds {
                    server: handle,
                    ids: Pointer::Null,
                    count: 0,
                    actual_count: Pointer::Given,
                };
                if outcome.failed() && context.pass(&look).failed() { context.pass_with(call, 0) } else { outcome }
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "gone-host-can-be-ended",
        requirement: Requirement::ServerGoneIsAnError,
        profiles: BOTH,
        statement: "EndProcessServer returns S_OK when the server's host is gone.",
        answer: |context, call| match call {
            Call::EndProcessServer { server } if context.by.version > 1 && context.is_open(*server) => {
                context.pass(call).failing_as(S_OK)
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "lost-connection-is-made-again",
        requirement: Requirement::ServerGoneStaysGone,
        profiles: DBGENG,
        statement: "A query on a connection whose host is gone connects again, to whatever listens there now.",
        answer: |context, call| match call {
            Call::GetRunningProcessSystemIds { server, .. } => {
                let outcome = context.pass_by_alias(call);
                let lost = context.connection(*server).filter(|one| one.open && !one.ended && outcome.failed());
                let Some(lost) = lost else { return outcome };
                let (remote_options, given) = (Some(lost.text), Pointer::Given);
                let again = context.pass(&Call::ConnectProcessServer { remote_options, server: given });
                match again.out.server {
                    Some(handle) => {
                        context.state().aliases.push((*server, handle));
                        context.pass_by_alias(call)
                    }
                    None => outcome,
                }
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "gone-host-has-another-code",
        requirement: Requirement::ServerGoneCode,
        profiles: DBGENG,
        statement: "Queries and EndProcessServer return E_FAIL when the server's host is gone.",
        answer: |context, call| context.pass(call).giving(RPC_E_CANTTRANSMIT_CALL, E_FAIL),
    },
    Defect {
        name: "ended-server-serves-nobody",
        requirement: Requirement::ServerEndedServesOthers,
        profiles: DBGENG,
        statement: "After a server was ended through one connection, queries on all others to it are refused.",
        answer: |context, call| match call {
            Call::GetRunningProcessSystemIds { server, .. } => {
                let text = context.connection(*server).filter(|one| one.open).map(|one| one.text);
                let ended = text.is_some_and(|text| context.world().ended.iter().any(|one| same_address(one, &text)));
                if ended { Outcome::returned(E_UNEXPECTED) } else { context.pass(call) }
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "ended-server-stops-listening",
        requirement: Requirement::ServerEndedKeepsItsAddress,
        profiles: DBGENG,
        statement: "A server that was ended accepts no connection, and another one can be started at its address.",
        answer: |context, call| match call {
            Call::ConnectProcessServer { remote_options: Some(text), .. }
            | Call::StartProcessServer { flags: 2, options: Some(text), reserved: 0 }
                if context.world().ended.iter().any(|ended| same_address(ended, text)) =>
            {
                match call {
                    Call::ConnectProcessServer { .. } => context.pass(call).giving(S_OK, WSAECONNREFUSED),
                    _ => context.pass(call).failing_as(S_OK),
                }
            }
            _ => context.pass(call),
        },
    },
];
