//! ConnectProcessServer.

use super::context::DefectContext;
use super::definition::Defect;
use super::prelude::{BOTH, CONTRACT, DBGENG};
use super::strings::{edit_text, edit_value, same_address, split, value};
use crate::call::{Call, Outcome, Pointer};
use crate::hresult::{E_FAIL, E_INVALIDARG, E_NOTIMPL, E_OUTOFMEMORY, S_FALSE, S_OK};
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
    Defect::breaks(Requirement::ConnectLiveServerSucceeds, "refused-connect-leaks", BOTH)
        .stating("A refused connect leaves its socket open, so the engine cannot connect after 256 of them.")
        .answering(|context, call| match call {
            Call::ConnectProcessServer { .. } if context.state().counted >= 256 => Outcome::returned(E_OUTOFMEMORY),
            Call::ConnectProcessServer { .. } => {
                let outcome = context.pass(call);
                if outcome.failed() {
                    context.count();
                }
                outcome
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::ConnectLiveServerSucceeds, "refused-disconnect-leaks", CONTRACT)
        .stating("A refused disconnect leaves something open, so the engine cannot connect after 200 of them.")
        .answering(|context, call| match call {
            Call::ConnectProcessServer { .. } if context.state().counted >= 200 => Outcome::returned(E_OUTOFMEMORY),
            Call::DisconnectProcessServer { .. } => {
                let outcome = context.pass(call);
                if outcome.failed() {
                    context.count();
                }
                outcome
            }
            _ => context.pass(call),
        }),
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
    Defect::breaks(Requirement::ConnectNeedsAServer, "transports-share-addresses", BOTH)
        .stating("A client of a pipe reaches a server whose port has the name of the pipe.")
        .answering(|context, call| {
            taking(context, call, |offer, text| {
                value(text, "pipe").is_some_and(|pipe| value(offer, "port") == Some(pipe))
            })
        }),
    Defect::breaks(Requirement::ConnectNeedsAServer, "low-bits-of-the-port-compared", BOTH)
        .stating("A client reaches every server whose port has the same low twelve bits.")
        .answering(|context, call| reaching(context, call, |own, given| own & 0xfff == given & 0xfff)),
    Defect::breaks(Requirement::ConnectNeedsAServer, "highest-bit-of-the-port-ignored", BOTH)
        .stating("A client reaches a server whose port differs in the highest bit.")
        .answering(|context, call| reaching(context, call, |own, given| own ^ given == 1 << 15)),
    Defect::breaks(Requirement::ConnectNeedsAServer, "port-compared-by-its-beginning", BOTH)
        .stating("A client reaches every server whose port begins with the digits that it gives.")
        .answering(|context, call| {
            reaching(context, call, |own, given| own.to_string().starts_with(&given.to_string()))
        }),
    Defect::breaks(Requirement::ConnectNeedsAServer, "digits-after-a-port-ignored", BOTH)
        .stating("A client reaches every server with whose port the digits that it gives begin.")
        .answering(|context, call| {
            reaching(context, call, |own, given| given.to_string().starts_with(&own.to_string()))
        }),
    Defect::breaks(Requirement::ConnectNeedsAServer, "port-compared-by-its-end", BOTH)
        .stating("A client reaches every server whose port has the same last four digits.")
        .answering(|context, call| reaching(context, call, |own, given| own % 10_000 == given % 10_000)),
    Defect::breaks(Requirement::ConnectNeedsAServer, "computer-compared-by-its-beginning", BOTH)
        .stating("A client reaches the servers of a computer whose name begins with the one that it gives.")
        .answering(|context, call| {
            let outcome = context.pass(call);
            let Call::ConnectProcessServer { remote_options: Some(_), .. } = call else { return outcome };
            if !outcome.failed() {
                return outcome;
            }
            let mut tries = ('a'..='z').map(|letter| {
                let mut call = call.clone();
                edit_text(&mut call, |text| edit_value(text, "server", |name| format!("{name}{letter}")));
                context.pass(&call)
            });
            tries.find(Outcome::succeeded).unwrap_or(outcome)
        }),
    Defect::breaks(Requirement::ConnectNeedsAServer, "channel-of-a-com-port-ignored", BOTH)
        .stating("A client reaches every server on its COM port, on whatever channel.")
        .answering(|context, call| over(context, call, "com", "com")),
    Defect::breaks(Requirement::ConnectNeedsAServer, "com-port-ignored", BOTH)
        .stating("A client reaches every server on its channel, on whatever COM port.")
        .answering(|context, call| {
            taking(context, call, |offer, text| {
                [offer, text].iter().all(|text| split(text).0 == "com")
                    && value(offer, "channel") == value(text, "channel")
            })
        }),
    Defect::breaks(Requirement::ConnectNeedsAServer, "secured-port-is-a-port", BOTH)
        .stating("A client over tcp reaches a server over ssl.")
        .answering(|context, call| over(context, call, "tcp", "ssl")),
    Defect::breaks(Requirement::ConnectNeedsAServer, "secured-pipe-is-a-pipe", BOTH)
        .stating("A client over npipe reaches a server over spipe.")
        .answering(|context, call| over(context, call, "npipe", "spipe")),
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
    Defect::breaks(Requirement::ConnectMalformedStringIsRefused, "transport-compared-by-its-beginning", BOTH)
        .stating("ConnectProcessServer takes every transport that begins with tcp for tcp.")
        .altering(|call| {
            if matches!(call, Call::ConnectProcessServer { .. }) {
                edit_text(call, |text| match split(text) {
                    (transport, items) if transport.starts_with("tcp") && text.contains(':') => format!("tcp:{items}"),
                    _ => text.to_owned(),
                });
            }
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
    Defect::breaks(Requirement::ConnectWrongPasswordIsRefused, "password-compared-up-to-its-end", BOTH)
        .stating("A server accepts every password that begins with its own.")
        .answering(|context, call| accepting(context, call, |own, given| given.starts_with(own))),
    Defect::breaks(Requirement::ConnectWrongPasswordIsRefused, "beginning-of-the-password-accepted", BOTH)
        .stating("A server accepts every password with which its own begins, except an empty one.")
        .answering(|context, call| accepting(context, call, |own, given| !given.is_empty() && own.starts_with(given))),
    Defect::breaks(Requirement::ConnectWrongPasswordIsRefused, "length-of-the-password-compared", BOTH)
        .stating("A server accepts every password that is as long as its own.")
        .answering(|context, call| accepting(context, call, |own, given| own.len() == given.len())),
    Defect::breaks(Requirement::ConnectWrongPasswordIsRefused, "empty-password-accepted", BOTH)
        .stating("A server accepts an empty password.")
        .answering(|context, call| accepting(context, call, |_, given| given.is_empty())),
    Defect::breaks(Requirement::ConnectWrongPasswordIsRefused, "end-of-the-password-accepted", BOTH)
        .stating("A server accepts its own password without the first letter.")
        .answering(|context, call| accepting(context, call, |own, given| own.get(1..) == Some(given))),
    Defect::breaks(Requirement::ConnectWrongPasswordIsRefused, "letters-of-the-password-summed", BOTH)
        .stating("A server accepts every password whose letters have the same sum as those of its own.")
        .answering(|context, call| {
            let sum = |text: &str| text.bytes().map(u32::from).sum::<u32>();
            accepting(context, call, |own, given| sum(own) == sum(given))
        }),
    Defect::breaks(Requirement::ConnectWrongPasswordIsRefused, "password-of-a-calling-server-ignored", BOTH)
        .stating("A client that waits for its server accepts one with another password.")
        .answering(|context, call| {
            let outcome = context.pass(call);
            if is_reverse(call) && outcome.failed() && !outcome.is(E_INVALIDARG) { context.invent() } else { outcome }
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

/// Connects with a wrong password as well, if the server would accept it.
fn accepting(context: &DefectContext<'_>, call: &Call, accepts: impl Fn(&str, &str) -> bool) -> Outcome {
    let outcome = context.pass(call);
    let Call::ConnectProcessServer { remote_options: Some(text), server: Pointer::Given } = call else {
        return outcome;
    };
    let offers = context.world().offers.clone();
    let own = offers.iter().filter(|offer| same_address(offer, text)).find_map(|offer| value(offer, "password"));
    let given = value(text, "password");
    let is_accepted = own.zip(given).is_some_and(|(own, given)| !own.is_empty() && accepts(own, given));
    if outcome.failed() && is_accepted { context.invent() } else { outcome }
}

/// Connects to a server as well whose string is taken for one that the client's string reaches.
fn taking(context: &DefectContext<'_>, call: &Call, is_reached: impl Fn(&str, &str) -> bool) -> Outcome {
    let outcome = context.pass(call);
    let Call::ConnectProcessServer { remote_options: Some(text), server: Pointer::Given } = call else {
        return outcome;
    };
    let offers = context.world().offers.clone();
    let is_taken = outcome.failed() && offers.iter().any(|offer| is_reached(offer, text));
    if is_taken { context.invent() } else { outcome }
}

/// Connects to a server of another port as well, if the two numbers are taken for the same.
fn reaching(context: &DefectContext<'_>, call: &Call, agree: impl Fn(u16, u16) -> bool) -> Outcome {
    let port = |text: &str| value(text, "port").and_then(|port| port.parse::<u16>().ok());
    taking(context, call, |offer, text| port(offer).zip(port(text)).is_some_and(|(own, given)| agree(own, given)))
}

/// Connects over a transport to a server on another one as well, at the same address.
fn over(context: &DefectContext<'_>, call: &Call, client: &str, server: &str) -> Outcome {
    taking(context, call, |offer, text| {
        split(text).0 == client && split(offer).0 == server && same_address(offer, text)
    })
}

/// Whether a client waits for its server in this call.
fn is_reverse(call: &Call) -> bool {
    matches!(call, Call::ConnectProcessServer { remote_options: Some(text), .. } if value(text, "clicon").is_some())
}
