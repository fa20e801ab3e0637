//! ConnectProcessServer.

use super::Defect;
use super::strings::{same_address, split, value};
use super::words::{BOTH, DBGENG};
use crate::call::{Call, Outcome};
use crate::hresult::{E_FAIL, E_INVALIDARG, S_FALSE, S_OK};
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        name: "connect-answers-s-false",
        requirement: Requirement::ConnectLiveServerSucceeds,
        profiles: BOTH,
        statement: "ConnectProcessServer answers S_FALSE with the handle of a new connection.",
        answer: |scene, call| match call {
            Call::ConnectProcessServer { .. } => scene.pass(call).giving(S_OK, S_FALSE),
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "own-server-is-not-reached",
        requirement: Requirement::ConnectLiveServerSucceeds,
        profiles: BOTH,
        statement: "An engine that hosts a process server cannot connect to it.",
        answer: |scene, call| match call {
            Call::ConnectProcessServer { .. } if scene.book().starts > 0 => Outcome::returned(E_FAIL),
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "one-server-at-a-time",
        requirement: Requirement::ConnectSeveralServersAtOnce,
        profiles: BOTH,
        statement: "An engine with an open connection refuses to connect to another server.",
        answer: |scene, call| match call {
            Call::ConnectProcessServer { remote_options: Some(text), .. }
                if scene.open().iter().any(|open| !same_address(&open.text, text)) =>
            {
                scene.pass(call).giving(S_OK, E_FAIL)
            }
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "connect-asks-nobody",
        requirement: Requirement::ConnectNeedsAServer,
        profiles: BOTH,
        statement: "ConnectProcessServer answers S_OK without asking whether a server is there.",
        answer: |scene, call| match call {
            Call::ConnectProcessServer { remote_options: Some(text), .. } if value(text, "server").is_some() => {
                let outcome = scene.pass(call);
                if outcome.failed() && !outcome.is(E_INVALIDARG) { scene.invent() } else { outcome }
            }
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "debugging-server-accepted",
        requirement: Requirement::ConnectDebuggingServerIsRefused,
        profiles: BOTH,
        statement: "ConnectProcessServer takes a debugging server for a process server.",
        answer: |scene, call| match call {
            Call::ConnectProcessServer { remote_options: Some(text), server } if !server.is_null() => {
                let is_debugging = scene.world().debugging.iter().any(|offer| same_address(offer, text));
                let outcome = scene.pass(call);
                if is_debugging && outcome.failed() { scene.invent() } else { outcome }
            }
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "malformed-connect-accepted",
        requirement: Requirement::ConnectMalformedStringIsRefused,
        profiles: BOTH,
        statement: "ConnectProcessServer takes a string without a colon for the local machine's.",
        answer: |scene, call| match call {
            Call::ConnectProcessServer { remote_options: Some(text), server }
                if !text.contains(':') && !server.is_null() =>
            {
                scene.invent()
            }
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "wrong-password-accepted",
        requirement: Requirement::ConnectWrongPasswordIsRefused,
        profiles: BOTH,
        statement: "A server with a password takes any password.",
        answer: |scene, call| match call {
            Call::ConnectProcessServer { remote_options: Some(text), .. } if value(text, "password").is_some() => {
                let outcome = scene.pass(call);
                if outcome.failed() && !outcome.is(E_INVALIDARG) { scene.invent() } else { outcome }
            }
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "missing-password-accepted",
        requirement: Requirement::ConnectWrongPasswordIsRefused,
        profiles: BOTH,
        statement: "A server with a password takes a client that gives none.",
        answer: |scene, call| match call {
            Call::ConnectProcessServer { remote_options: Some(text), server } if !server.is_null() => {
                let has_password = |offer: &String| same_address(offer, text) && value(offer, "password").is_some();
                let protected = scene.world().offers.iter().any(has_password);
                let outcome = scene.pass(call);
                let given = value(text, "password").is_some();
                if outcome.failed() && protected && !given { scene.invent() } else { outcome }
            }
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "failed-connect-clears-the-handle",
        requirement: Requirement::ConnectFailureLeavesHandleUntouched,
        profiles: DBGENG,
        statement: "A failed ConnectProcessServer writes zero for the handle.",
        answer: |scene, call| match call {
            Call::ConnectProcessServer { server, .. } if !server.is_null() => {
                let mut outcome = scene.pass(call);
                if outcome.failed() {
                    outcome.out.server = Some(0);
                }
                outcome
            }
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "connect-refusal-has-another-code",
        requirement: Requirement::ConnectRefusalCodes,
        profiles: DBGENG,
        statement: "ConnectProcessServer refuses a malformed string with E_FAIL.",
        answer: |scene, call| match call {
            Call::ConnectProcessServer { remote_options: Some(text), .. } if !split(text).0.is_empty() => {
                scene.pass(call).giving(E_INVALIDARG, E_FAIL)
            }
            _ => scene.pass(call),
        },
    },
];
