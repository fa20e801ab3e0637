//! Process servers and their hosts.

use super::definition::Defect;
use super::prelude::{BOTH, CONTRACT, CONTRACT_AND_29507, DBGENG, DBGENG_15063, is_query};
use super::strings::{edit_text, edit_value, same_address, text, value};
use crate::call::{Call, Outcome, Pointer};
use crate::hresult::{
    E_ACCESSDENIED, E_FAIL, E_OUTOFMEMORY, E_UNEXPECTED, RPC_E_CANTTRANSMIT_CALL, S_OK, WSAEADDRINUSE, WSAECONNREFUSED,
};
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect::breaks(Requirement::ServerServesSeveralClients, "server-serves-one-client", BOTH)
        .stating("A server that has a client refuses the next one.")
        .giving(S_OK, E_ACCESSDENIED, |context, call| {
            matches!(call, Call::ConnectProcessServer { remote_options: Some(text), .. }
                if context.open().iter().any(|open| open.text == *text))
        }),
    Defect::breaks(Requirement::ServerServesSeveralClients, "newest-client-takes-over", BOTH)
        .stating("A server answers the client that connected last, and refuses the queries of all others.")
        .returning(E_UNEXPECTED, |context, call| {
            matches!(call, Call::GetRunningProcessSystemIds { server, .. }
                if context.is_open(*server) && context.open().last().is_some_and(|newest| newest.handle != *server))
        }),
    Defect::breaks(Requirement::ServerServesSeveralClients, "server-serves-256-clients", BOTH)
        .stating("A server that has 256 connections refuses the next one.")
        .returning(E_OUTOFMEMORY, |context, call| {
            matches!(call, Call::ConnectProcessServer { .. }) && context.open().len() >= 256
        }),
    Defect::breaks(Requirement::ServerServesSeveralClients, "server-serves-1024-clients", CONTRACT)
        .stating("A server that has 1,024 connections refuses the next one.")
        .returning(E_OUTOFMEMORY, |context, call| {
            matches!(call, Call::ConnectProcessServer { .. }) && context.open().len() >= 1_024
        }),
    Defect::breaks(Requirement::ServerServesSeveralClients, "seventeenth-client-is-not-served", BOTH)
        .stating("A server serves its first 16 connections, and refuses the queries of all others.")
        .returning(E_UNEXPECTED, |context, call| {
            let place = |handle| context.open().iter().position(|one| one.handle == handle);
            is_query(call) && call.server().and_then(place).is_some_and(|place| place >= 16)
        }),
    Defect::breaks(Requirement::ServerListensOnBothIpVersions, "servers-listen-on-ipv4-alone", CONTRACT_AND_29507)
        .stating("No server listens over IPv6.")
        .returning(WSAECONNREFUSED, |_, call| is_over_ipv6(call)),
    Defect::breaks(
        Requirement::ServerListensOnBothIpVersions,
        "ip-versions-have-ports-of-their-own",
        CONTRACT_AND_29507,
    )
    .stating("A server with ipversion=6 starts on a port that another has, and returns S_OK.")
    .giving(WSAEADDRINUSE, S_OK, |_, call| text(call).is_some_and(|text| value(text, "ipversion") == Some("6"))),
    Defect::breaks(Requirement::ServerListensOnOneIpVersion, "servers-listen-on-both-ip-versions", DBGENG_15063)
        .stating("A client reaches every server over IPv6.")
        .altering(|call| {
            edit_text(call, |text| {
                let local = |name: &str| if name.contains("::1") { "localhost" } else { name }.to_owned();
                if value(text, "ipversion").is_some() { text.to_owned() } else { edit_value(text, "server", local) }
            })
        }),
    Defect::breaks(Requirement::ServerListensOnOneIpVersion, "one-server-for-both-ip-versions", DBGENG_15063)
        .stating("A server with ipversion=6 is refused.")
        .returning(WSAEADDRINUSE, |_, call| {
            matches!(call, Call::StartProcessServer { .. })
                && text(call).is_some_and(|text| value(text, "ipversion") == Some("6"))
        }),
    Defect::breaks(Requirement::ServerGoneIsAnError, "gone-host-is-served-from-here", BOTH)
        .stating("Queries, attach and create fall back to the local computer when the server's host is gone.")
        .answering(|context, call| match call.server() {
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
        }),
    Defect::breaks(Requirement::ServerGoneIsAnError, "gone-host-can-be-ended", BOTH)
        .stating("EndProcessServer returns S_OK when the server's host is gone.")
        .answering(|context, call| match call {
            Call::EndProcessServer { server } if context.by.version > 1 && context.is_open(*server) => {
                context.pass(call).failing_as(S_OK)
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::ServerGoneIsAnError, "new-server-revives-old-handles", BOTH)
        .stating(
            "EndProcessServer returns S_OK on a handle whose host is gone if another server listens at its address.",
        )
        .answering(|context, call| match call {
            Call::EndProcessServer { server } if context.by.version > 1 => {
                let outcome = context.pass(call);
                let lost = context.connection(*server).filter(|one| one.open && outcome.failed());
                let Some(lost) = lost else { return outcome };
                let (remote_options, given) = (Some(lost.text), Pointer::Given);
                let again = context.pass(&Call::ConnectProcessServer { remote_options, server: given });
                again.out.server.map_or(outcome, |_| Outcome::returned(S_OK))
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::ServerGoneStaysGone, "lost-connection-is-made-again", DBGENG)
        .stating("A query on a connection whose host is gone connects again, to whatever listens there now.")
        .answering(|context, call| match call {
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
        }),
    Defect::breaks(Requirement::ServerGoneCode, "gone-host-has-another-code", DBGENG)
        .stating("Queries and EndProcessServer return E_FAIL when the server's host is gone.")
        .giving(RPC_E_CANTTRANSMIT_CALL, E_FAIL, |_, _| true),
    Defect::breaks(Requirement::ServerEndedServesOthers, "ended-server-serves-nobody", DBGENG)
        .stating("After a server was ended through one connection, queries on all others to it are refused.")
        .answering(|context, call| match call {
            Call::GetRunningProcessSystemIds { server, .. } => {
                let text = context.connection(*server).filter(|one| one.open).map(|one| one.text);
                let ended = text.is_some_and(|text| context.world().ended.iter().any(|one| same_address(one, &text)));
                if ended { Outcome::returned(E_UNEXPECTED) } else { context.pass(call) }
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::ServerEndedKeepsItsAddress, "ended-server-stops-listening", DBGENG)
        .stating("A server that was ended accepts no connection, and another one can be started at its address.")
        .answering(|context, call| match call {
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
        }),
];

/// Whether the client of this call names its server by an address of IPv6.
fn is_over_ipv6(call: &Call) -> bool {
    matches!(call, Call::ConnectProcessServer { .. })
        && text(call).is_some_and(|text| value(text, "server").is_some_and(|server| server.contains("::")))
}
