//! StartProcessServer.

use super::Defect;
use super::strings::same_address;
use super::words::{BOTH, DBGENG, ok};
use crate::call::{Call, Outcome};
use crate::flags::Class;
use crate::hresult::{E_FAIL, E_INVALIDARG, E_UNEXPECTED, S_FALSE, S_OK};
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        name: "start-answers-s-false",
        requirement: Requirement::StartValidOptionsSucceed,
        profiles: BOTH,
        statement: "StartProcessServer starts a server and answers S_FALSE.",
        answer: |scene, call| match call {
            Call::StartProcessServer { .. } => scene.pass(call).giving(S_OK, S_FALSE),
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "start-listens-nowhere",
        requirement: Requirement::StartValidOptionsSucceed,
        profiles: BOTH,
        statement: "StartProcessServer answers S_OK and starts nothing.",
        answer: |scene, call| match call {
            Call::StartProcessServer { flags: 2, options: Some(text), reserved: 0 }
                if text.starts_with("tcp:port=") =>
            {
                ok()
            }
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "any-class-accepted",
        requirement: Requirement::StartClassMustBeUserWindows,
        profiles: BOTH,
        statement: "StartProcessServer takes every class for DEBUG_CLASS_USER_WINDOWS.",
        answer: |scene, call| match call {
            Call::StartProcessServer { options, reserved, .. } => {
                let (flags, options, reserved) = (Class::USER_WINDOWS.bits(), options.clone(), *reserved);
                scene.pass(&Call::StartProcessServer { flags, options, reserved })
            }
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "malformed-start-accepted",
        requirement: Requirement::StartMalformedStringIsRefused,
        profiles: BOTH,
        statement: "StartProcessServer answers S_OK to a string that it cannot read, and starts nothing.",
        answer: |scene, call| match call {
            Call::StartProcessServer { flags: 2, options: Some(_), reserved: 0 } => {
                scene.pass(call).giving(E_INVALIDARG, S_OK)
            }
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "address-in-use-accepted",
        requirement: Requirement::StartAddressInUseIsRefused,
        profiles: BOTH,
        statement: "StartProcessServer answers S_OK where another server listens already, and starts nothing.",
        answer: |scene, call| match call {
            Call::StartProcessServer { flags: 2, options: Some(text), reserved: 0 } => {
                let is_taken = scene.world().offers.iter().any(|offer| same_address(offer, text));
                let outcome = scene.pass(call);
                if is_taken { outcome.failing_as(S_OK) } else { outcome }
            }
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "one-server-in-a-process",
        requirement: Requirement::StartSeveralInOneProcess,
        profiles: BOTH,
        statement: "A process that hosts a process server refuses to start a second one.",
        answer: |scene, call| match call {
            Call::StartProcessServer { .. } if scene.book().starts > 0 => Outcome::returned(E_UNEXPECTED),
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "reserved-ignored",
        requirement: Requirement::StartReservedIsRefused,
        profiles: DBGENG,
        statement: "StartProcessServer does not look at Reserved.",
        answer: |scene, call| match call {
            Call::StartProcessServer { flags, options, .. } => {
                scene.pass(&Call::StartProcessServer { flags: *flags, options: options.clone(), reserved: 0 })
            }
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "start-refusal-has-another-code",
        requirement: Requirement::StartRefusalIsEInvalidarg,
        profiles: DBGENG,
        statement: "StartProcessServer refuses its arguments with E_FAIL.",
        answer: |scene, call| match call {
            Call::StartProcessServer { .. } => scene.pass(call).giving(E_INVALIDARG, E_FAIL),
            _ => scene.pass(call),
        },
    },
];
