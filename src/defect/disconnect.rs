//! DisconnectProcessServer on a connected handle.

use super::definition::Defect;
use super::prelude::{BOTH, DBGENG};
use crate::call::{Call, Outcome};
use crate::hresult::{E_FAIL, E_INVALIDARG, E_NOTIMPL, E_OUTOFMEMORY, RPC_E_WRONG_THREAD, S_FALSE, S_OK};
use crate::spec::Requirement;

/// The room in a table of connections that is never cleared.
const ROOM: usize = 100;

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        name: "live-disconnect-refused",
        requirement: Requirement::DisconnectConnectedHandleSucceeds,
        profiles: BOTH,
        statement: "DisconnectProcessServer closes the connection and returns E_FAIL.",
        answer: |context, call| match call {
            Call::DisconnectProcessServer { .. } => context.pass(call).giving(S_OK, E_FAIL),
            _ => context.pass(call),
        },
    },
    Defect {
        name: "live-handle-reported-stale",
        requirement: Requirement::DisconnectConnectedHandleSucceeds,
        profiles: BOTH,
        statement: "DisconnectProcessServer treats a handle that was used once as stale.",
        answer: |context, call| match call {
            Call::DisconnectProcessServer { server } if context.state().dead.contains(server) => {
                Outcome::returned(E_INVALIDARG)
            }
            Call::GetRunningProcessSystemIds { server, .. } if context.is_open(*server) => {
                context.state().dead.push(*server);
                context.pass(call)
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "disconnect-answers-s-false",
        requirement: Requirement::DisconnectConnectedHandleSucceeds,
        profiles: BOTH,
        statement: "DisconnectProcessServer closes the connection and returns S_FALSE.",
        answer: |context, call| match call {
            Call::DisconnectProcessServer { .. } => context.pass(call).giving(S_OK, S_FALSE),
            _ => context.pass(call),
        },
    },
    Defect {
        name: "disconnect-leaks",
        requirement: Requirement::DisconnectConnectedHandleSucceeds,
        profiles: BOTH,
        statement: "A disconnect frees nothing, so an engine that has connected 100 times cannot connect again.",
        answer: |context, call| match call {
            Call::ConnectProcessServer { .. } if context.state().connections.len() >= ROOM => {
                Outcome::returned(E_OUTOFMEMORY)
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "disconnect-by-connecting-client-alone",
        requirement: Requirement::DisconnectAnyClientOfTheEngine,
        profiles: BOTH,
        statement: "DisconnectProcessServer works only on the client object that connected.",
        answer: |context, call| match call {
            Call::DisconnectProcessServer { server }
                if context.connection(*server).is_some_and(|one| one.open && one.by.client != context.by.client) =>
            {
                Outcome::returned(E_INVALIDARG)
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "disconnect-on-newest-interface-alone",
        requirement: Requirement::DisconnectEveryInterfaceVersion,
        profiles: BOTH,
        statement: "DisconnectProcessServer works through IDebugClient5 and returns E_NOTIMPL through older versions.",
        answer: |context, call| match call {
            Call::DisconnectProcessServer { .. } if context.by.version < 5 => Outcome::returned(E_NOTIMPL),
            _ => context.pass(call),
        },
    },
    Defect {
        name: "disconnect-by-connecting-version-alone",
        requirement: Requirement::DisconnectEveryInterfaceVersion,
        profiles: BOTH,
        statement: "DisconnectProcessServer refuses a handle that another version of the interface connected.",
        answer: |context, call| match call {
            Call::DisconnectProcessServer { server }
                if context.connection(*server).is_some_and(|one| one.open && one.by.version != context.by.version) =>
            {
                Outcome::returned(E_INVALIDARG)
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "disconnect-closes-all",
        requirement: Requirement::DisconnectLeavesOtherConnections,
        profiles: BOTH,
        statement: "DisconnectProcessServer closes every connection of the engine.",
        answer: |context, call| match call {
            Call::DisconnectProcessServer { .. } => {
                let outcome = context.pass(call);
                if outcome.succeeded() {
                    for other in context.open() {
                        context.disconnect(other.handle);
                    }
                }
                outcome
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "disconnect-of-the-first-blinds-the-second",
        requirement: Requirement::DisconnectLeavesOtherConnections,
        profiles: BOTH,
        statement: "If two connections are open at once, queries on the second are refused after the first is closed.",
        answer: |context, call| match call {
            Call::DisconnectProcessServer { server } => {
                let older = context.open().iter().position(|one| one.handle == *server);
                let younger = older.and_then(|at| context.open().get(at + 1).map(|one| one.handle));
                let outcome = context.pass(call);
                if outcome.succeeded() {
                    context.state().dead.extend(younger);
                }
                outcome
            }
            Call::GetRunningProcessSystemIds { server, .. }
            | Call::GetRunningProcessSystemIdByExecutableName { server, .. }
            | Call::GetRunningProcessDescription { server, .. }
                if context.is_open(*server) && context.state().dead.contains(server) =>
            {
                Outcome::returned(E_INVALIDARG)
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "disconnect-ends-the-server",
        requirement: Requirement::DisconnectLeavesServerRunning,
        profiles: BOTH,
        statement: "DisconnectProcessServer ends the process that hosts the server.",
        answer: |context, call| match call {
            Call::DisconnectProcessServer { .. } => {
                let outcome = context.pass(call);
                if outcome.succeeded() {
                    context.kill_hosts();
                }
                outcome
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "last-disconnect-ends-the-server",
        requirement: Requirement::DisconnectLeavesServerRunning,
        profiles: BOTH,
        statement: "The disconnect of an engine's last connection ends the process that hosts the server.",
        answer: |context, call| match call {
            Call::DisconnectProcessServer { .. } => {
                let outcome = context.pass(call);
                if outcome.succeeded() && context.open().is_empty() {
                    context.kill_hosts();
                }
                outcome
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "other-thread-disconnect-refused",
        requirement: Requirement::DisconnectOtherThreadClosesNothing,
        profiles: DBGENG,
        statement: "A disconnect on a thread that did not open the connection is refused.",
        answer: |context, call| match call {
            Call::DisconnectProcessServer { server }
                if context.connection(*server).is_some_and(|one| one.open && one.by.thread != context.by.thread) =>
            {
                Outcome::returned(RPC_E_WRONG_THREAD)
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "other-thread-disconnect-closes",
        requirement: Requirement::DisconnectOtherThreadClosesNothing,
        profiles: DBGENG,
        statement: "A disconnect on a thread that did not open the connection closes it.",
        answer: |context, call| match call.server() {
            Some(handle) if context.state().dead.contains(&handle) => Outcome::returned(E_INVALIDARG),
            Some(handle) if matches!(call, Call::DisconnectProcessServer { .. }) => {
                let other =
                    context.connection(handle).is_some_and(|one| one.open && one.by.thread != context.by.thread);
                let outcome = context.pass(call);
                if other && outcome.succeeded() {
                    context.state().dead.push(handle);
                }
                outcome
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "disconnect-ends-the-session",
        requirement: Requirement::DisconnectSessionHoldsTheConnection,
        profiles: DBGENG,
        statement: "A disconnect closes the connection although a process is debugged through it.",
        answer: |context, call| match call {
            Call::DisconnectProcessServer { server } => {
                let outcome = context.pass(call);
                if outcome.succeeded() && context.connection(*server).is_some_and(|one| one.debugs) {
                    context.state().dead.push(*server);
                }
                outcome
            }
            _ if call.server().is_some_and(|server| context.state().dead.contains(&server)) => {
                Outcome::returned(E_INVALIDARG)
            }
            _ => context.pass(call),
        },
    },
];
