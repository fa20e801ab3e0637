//! ConnectProcessServer.

use super::definition::Defect;
use super::prelude::{BOTH, DBGENG};
use super::strings::{same_address, split, value};
use crate::call::Call;
use crate::hresult::{E_FAIL, E_INVALIDARG, E_NOTIMPL, S_FALSE, S_OK};
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect::breaks(Requirement::ConnectLiveServerSucceeds, "connect-answers-s-false", BOTH)
        .stating("ConnectProcessServer returns S_FALSE with the handle of a new connection.")
        .giving(S_OK, S_FALSE, |_, call| matches!(call, Call::ConnectProcessServer { .. })),
    Defect::breaks(Requirement::ConnectLiveServerSucceeds, "own-server-is-not-reached", BOTH)
        .stating("An engine that hosts a process server cannot connect to it.")
        .returning(
            E_FAIL,
            |context, call| matches!(call, Call::ConnectProcessServer { .. } if context.state().starts > 0),
        ),
    Defect::breaks(Requirement::ConnectSeveralServersAtOnce, "one-server-at-a-time", BOTH)
        .stating("An engine with an open connection refuses to connect to another server.")
        .giving(S_OK, E_FAIL, |context, call| {
            matches!(call, Call::ConnectProcessServer { remote_options: Some(text), .. }
                if context.open().iter().any(|open| !same_address(&open.text, text)))
        }),
    Defect::breaks(Requirement::ConnectNeedsAServer, "connect-asks-nobody", BOTH)
        .stating("ConnectProcessServer returns S_OK without checking that a server is there.")
        .answering(|context, call| match call {
            Call::ConnectProcessServer { remote_options: Some(text), .. } if value(text, "server").is_some() => {
                let outcome = context.pass(call);
                if outcome.failed() && !outcome.is(E_INVALIDARG) { context.invent() } else { outcome }
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::ConnectDebuggingServerIsRefused, "debugging-server-accepted", BOTH)
        .stating("ConnectProcessServer accepts a debugging server as a process server.")
        .answering(|context, call| match call {
            Call::ConnectProcessServer { remote_options: Some(text), server } if !server.is_null() => {
                let is_debugging = context.world().debugging.iter().any(|offer| same_address(offer, text));
                let outcome = context.pass(call);
                if is_debugging && outcome.failed() { context.invent() } else { outcome }
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::ConnectMalformedStringIsRefused, "malformed-connect-accepted", BOTH)
        .stating("ConnectProcessServer treats a string without a colon as one of the local machine.")
        .answering(|context, call| match call {
            Call::ConnectProcessServer { remote_options: Some(text), server }
                if !text.contains(':') && !server.is_null() =>
            {
                context.invent()
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::ConnectWrongPasswordIsRefused, "wrong-password-accepted", BOTH)
        .stating("A server with a password accepts any password.")
        .answering(|context, call| match call {
            Call::ConnectProcessServer { remote_options: Some(text), .. } if value(text, "password").is_some() => {
                let outcome = context.pass(call);
                if outcome.failed() && !outcome.is(E_INVALIDARG) { context.invent() } else { outcome }
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::ConnectWrongPasswordIsRefused, "missing-password-accepted", BOTH)
        .stating("A server with a password accepts a client that gives none.")
        .answering(|context, call| match call {
            Call::ConnectProcessServer { remote_options: Some(text), server } if !server.is_null() => {
                let has_password = |offer: &String| same_address(offer, text) && value(offer, "password").is_some();
                let protected = context.world().offers.iter().any(has_password);
                let outcome = context.pass(call);
                let given = value(text, "password").is_some();
                if outcome.failed() && protected && !given { context.invent() } else { outcome }
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::ConnectReverseConnects, "reverse-connect-refused", BOTH)
        .stating("A client that waits for its server is refused.")
        .returning(E_NOTIMPL, |_, call| is_reverse(call)),
    Defect::breaks(Requirement::ConnectReverseConnectsAgain, "reverse-connect-only-once", DBGENG)
        .stating("A server connects to its client once.")
        .giving(S_OK, E_FAIL, |context, call| {
            let state = context.state();
            is_reverse(call) && state.connections.iter().any(|one| value(&one.text, "clicon").is_some())
        }),
    Defect::breaks(Requirement::ConnectFailureLeavesHandleUntouched, "failed-connect-clears-the-handle", DBGENG)
        .stating("A failed ConnectProcessServer writes zero for the handle.")
        .editing(|_, call, outcome| {
            if let Call::ConnectProcessServer { server, .. } = call
                && !server.is_null()
                && outcome.failed()
            {
                outcome.out.server = Some(0);
            }
        }),
    Defect::breaks(Requirement::ConnectRefusalCodes, "connect-refusal-has-another-code", DBGENG)
        .stating("ConnectProcessServer refuses a malformed string with E_FAIL.")
        .giving(E_INVALIDARG, E_FAIL, |_, call| {
            matches!(call, Call::ConnectProcessServer { remote_options: Some(text), .. }
                if !split(text).0.is_empty())
        }),
];

/// Whether a client waits for its server in this call.
fn is_reverse(call: &Call) -> bool {
    matches!(call, Call::ConnectProcessServer { remote_options: Some(text), .. } if value(text, "clicon").is_some())
}
