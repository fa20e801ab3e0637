//! StartProcessServer.

use super::definition::Defect;
use super::prelude::{BOTH, CONTRACT, DBGENG};
use super::strings::{edit_text, same_address, split, value};
use crate::call::{Call, Outcome};
use crate::flags::Class;
use crate::hresult::{E_FAIL, E_INVALIDARG, E_OUTOFMEMORY, E_UNEXPECTED, S_FALSE, S_OK, WSAEADDRINUSE};
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect::breaks(Requirement::StartValidOptionsSucceed, "start-answers-s-false", BOTH)
        .stating("StartProcessServer starts a server and returns S_FALSE.")
        .giving(S_OK, S_FALSE, |_, call| matches!(call, Call::StartProcessServer { .. })),
    Defect::breaks(Requirement::StartValidOptionsSucceed, "start-listens-nowhere", BOTH)
        .stating("StartProcessServer returns S_OK and starts nothing.")
        .returning(S_OK, |_, call| {
            matches!(call, Call::StartProcessServer { flags: 2, options: Some(text), reserved: 0 }
                if text.starts_with("tcp:port="))
        }),
    Defect::breaks(Requirement::StartValidOptionsSucceed, "refused-start-leaks", BOTH)
        .stating("A refused start leaves something open, so the engine cannot start a server after 256 of them.")
        .answering(|context, call| match call {
            Call::StartProcessServer { .. } if context.state().counted >= 256 => Outcome::returned(E_OUTOFMEMORY),
            Call::StartProcessServer { .. } => {
                let outcome = context.pass(call);
                if outcome.failed() {
                    context.count();
                }
                outcome
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::StartValidOptionsSucceed, "longest-password-refused", BOTH)
        .stating("StartProcessServer refuses a password of twelve characters.")
        .returning(E_INVALIDARG, |_, call| {
            matches!(call, Call::StartProcessServer { options: Some(text), .. }
                if value(text, "password").is_some_and(|password| password.len() == 12))
        }),
    Defect::breaks(Requirement::StartClassMustBeUserWindows, "any-class-accepted", BOTH)
        .stating("StartProcessServer treats every class as DEBUG_CLASS_USER_WINDOWS.")
        .altering(|call| {
            if let Call::StartProcessServer { flags, .. } = call {
                *flags = Class::USER_WINDOWS.bits();
            }
        }),
    Defect::breaks(Requirement::StartMalformedStringIsRefused, "malformed-start-accepted", BOTH)
        .stating("StartProcessServer returns S_OK for a malformed string, and starts nothing.")
        .giving(E_INVALIDARG, S_OK, |_, call| {
            matches!(call, Call::StartProcessServer { flags: 2, options: Some(_), reserved: 0 })
        }),
    Defect::breaks(Requirement::StartMalformedStringIsRefused, "start-transport-compared-by-its-beginning", BOTH)
        .stating("StartProcessServer takes every beginning of npipe, and everything that begins with tcp, for that.")
        .altering(|call| {
            if matches!(call, Call::StartProcessServer { .. }) {
                edit_text(call, |text| match split(text) {
                    _ if !text.contains(':') => text.to_owned(),
                    (transport, items) if transport.starts_with("tcp") => format!("tcp:{items}"),
                    (transport, items) if "npipe".starts_with(transport) => format!("npipe:{items}"),
                    _ => text.to_owned(),
                });
            }
        }),
    Defect::breaks(Requirement::StartAddressInUseIsRefused, "address-in-use-accepted", BOTH)
        .stating("StartProcessServer returns S_OK if another server listens there already, and starts nothing.")
        .answering(|context, call| match call {
            Call::StartProcessServer { flags: 2, options: Some(text), reserved: 0 } => {
                let is_taken = context.world().offers.iter().any(|offer| same_address(offer, text));
                let outcome = context.pass(call);
                if is_taken { outcome.failing_as(S_OK) } else { outcome }
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::StartAddressInUseIsRefused, "channel-of-a-com-port-shared", CONTRACT)
        .stating("StartProcessServer returns S_OK on a channel of a COM port that another server has.")
        .giving(
            WSAEADDRINUSE,
            S_OK,
            |_, call| matches!(call, Call::StartProcessServer { options: Some(text), .. } if split(text).0 == "com"),
        ),
    Defect::breaks(Requirement::StartAddressInUseIsRefused, "secured-port-shared", BOTH)
        .stating("StartProcessServer returns S_OK on a port that a server over the other of tcp and ssl has.")
        .answering(|context, call| match call {
            Call::StartProcessServer { options: Some(text), .. } if value(text, "port").is_some() => {
                let shares = |offer: &String| same_address(offer, text) && split(offer).0 != split(text).0;
                let is_shared = context.world().offers.iter().any(shares);
                let outcome = context.pass(call);
                if is_shared { outcome.giving(WSAEADDRINUSE, S_OK) } else { outcome }
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::StartSeveralInOneProcess, "one-server-in-a-process", BOTH)
        .stating("A process that hosts a process server refuses to start a second one.")
        .returning(
            E_UNEXPECTED,
            |context, call| matches!(call, Call::StartProcessServer { .. } if context.state().starts > 0),
        ),
    Defect::breaks(Requirement::StartSeveralInOneProcess, "pipe-takes-the-port-of-its-name", BOTH)
        .stating("A pipe is refused if a server of the process has a port of that name, and the reverse.")
        .answering(|context, call| match call {
            Call::StartProcessServer { options: Some(text), .. } => {
                let names = |text: &str| ["port", "pipe"].map(|key| value(text, key).map(str::to_owned));
                let [port, pipe] = names(text);
                let is_taken = context.world().offers.iter().any(|offer| {
                    let [other_port, other_pipe] = names(offer);
                    (port.is_some() && port == other_pipe) || (pipe.is_some() && pipe == other_port)
                });
                if is_taken { Outcome::returned(WSAEADDRINUSE) } else { context.pass(call) }
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::StartReservedIsRefused, "reserved-ignored", DBGENG)
        .stating("StartProcessServer ignores Reserved.")
        .altering(|call| {
            if let Call::StartProcessServer { reserved, .. } = call {
                *reserved = 0;
            }
        }),
    Defect::breaks(Requirement::StartRefusalIsEInvalidarg, "start-refusal-has-another-code", DBGENG)
        .stating("StartProcessServer refuses its arguments with E_FAIL.")
        .giving(E_INVALIDARG, E_FAIL, |_, call| matches!(call, Call::StartProcessServer { .. })),
];
