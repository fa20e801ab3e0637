//! StartProcessServer.

use super::definition::Defect;
use super::prelude::{BOTH, DBGENG, ok};
use super::strings::same_address;
use crate::call::{Call, Outcome};
use crate::flags::Class;
use crate::hresult::{E_FAIL, E_INVALIDARG, E_UNEXPECTED, S_FALSE, S_OK};
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect::breaks(Requirement::StartValidOptionsSucceed, "start-answers-s-false", BOTH)
        .stating("StartProcessServer starts a server and returns S_FALSE.")
        .answering(|context, call| match call {
            Call::StartProcessServer { .. } => context.pass(call).giving(S_OK, S_FALSE),
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::StartValidOptionsSucceed, "start-listens-nowhere", BOTH)
        .stating("StartProcessServer returns S_OK and starts nothing.")
        .answering(|context, call| match call {
            Call::StartProcessServer { flags: 2, options: Some(text), reserved: 0 }
                if text.starts_with("tcp:port=") =>
            {
                ok()
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::StartClassMustBeUserWindows, "any-class-accepted", BOTH)
        .stating("StartProcessServer treats every class as DEBUG_CLASS_USER_WINDOWS.")
        .answering(|context, call| match call {
            Call::StartProcessServer { options, reserved, .. } => {
                let (flags, options, reserved) = (Class::USER_WINDOWS.bits(), options.clone(), *reserved);
                context.pass(&Call::StartProcessServer { flags, options, reserved })
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::StartMalformedStringIsRefused, "malformed-start-accepted", BOTH)
        .stating("StartProcessServer returns S_OK for a malformed string, and starts nothing.")
        .answering(|context, call| match call {
            Call::StartProcessServer { flags: 2, options: Some(_), reserved: 0 } => {
                context.pass(call).giving(E_INVALIDARG, S_OK)
            }
            _ => context.pass(call),
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
    Defect::breaks(Requirement::StartSeveralInOneProcess, "one-server-in-a-process", BOTH)
        .stating("A process that hosts a process server refuses to start a second one.")
        .answering(|context, call| match call {
            Call::StartProcessServer { .. } if context.state().starts > 0 => Outcome::returned(E_UNEXPECTED),
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::StartReservedIsRefused, "reserved-ignored", DBGENG)
        .stating("StartProcessServer ignores Reserved.")
        .answering(|context, call| match call {
            Call::StartProcessServer { flags, options, .. } => {
                context.pass(&Call::StartProcessServer { flags: *flags, options: options.clone(), reserved: 0 })
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::StartRefusalIsEInvalidarg, "start-refusal-has-another-code", DBGENG)
        .stating("StartProcessServer refuses its arguments with E_FAIL.")
        .answering(|context, call| match call {
            Call::StartProcessServer { .. } => context.pass(call).giving(E_INVALIDARG, E_FAIL),
            _ => context.pass(call),
        }),
];
