//! DisconnectProcessServer on a connected handle.

use super::Defect;
use super::words::{BOTH, DBGENG};
use crate::call::{Call, Outcome};
use crate::hresult::{E_FAIL, E_INVALIDARG, E_NOTIMPL, E_OUTOFMEMORY, RPC_E_WRONG_THREAD, S_FALSE, S_OK};
use crate::spec::Requirement;

/// How many connections fit into a table that is never cleared.
const ROOM: usize = 100;

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        name: "live-disconnect-refused",
        requirement: Requirement::DisconnectConnectedHandleSucceeds,
        profiles: BOTH,
        statement: "DisconnectProcessServer closes the connection and answers E_FAIL.",
        answer: |scene, call| match call {
            Call::DisconnectProcessServer { .. } => scene.pass(call).giving(S_OK, E_FAIL),
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "live-handle-reported-stale",
        requirement: Requirement::DisconnectConnectedHandleSucceeds,
        profiles: BOTH,
        statement: "A handle that was used once is taken for a stale one by DisconnectProcessServer.",
        answer: |scene, call| match call {
            Call::DisconnectProcessServer { server } if scene.book().dead.contains(server) => {
                Outcome::returned(E_INVALIDARG)
            }
            Call::GetRunningProcessSystemIds { server, .. } if scene.is_open(*server) => {
                scene.book().dead.push(*server);
                scene.pass(call)
            }
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "disconnect-answers-s-false",
        requirement: Requirement::DisconnectConnectedHandleSucceeds,
        profiles: BOTH,
        statement: "DisconnectProcessServer closes the connection and answers S_FALSE.",
        answer: |scene, call| match call {
            Call::DisconnectProcessServer { .. } => scene.pass(call).giving(S_OK, S_FALSE),
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "disconnect-leaks",
        requirement: Requirement::DisconnectConnectedHandleSucceeds,
        profiles: BOTH,
        statement: "A disconnect frees nothing, so that an engine that has connected 100 times connects no more.",
        answer: |scene, call| match call {
            Call::ConnectProcessServer { .. } if scene.book().connections.len() >= ROOM => {
                Outcome::returned(E_OUTOFMEMORY)
            }
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "disconnect-by-connecting-client-alone",
        requirement: Requirement::DisconnectAnyClientOfTheEngine,
        profiles: BOTH,
        statement: "DisconnectProcessServer works on the client object that connected and on no other.",
        answer: |scene, call| match call {
            Call::DisconnectProcessServer { server }
                if scene.connection(*server).is_some_and(|one| one.open && one.by.client != scene.by.client) =>
            {
                Outcome::returned(E_INVALIDARG)
            }
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "disconnect-on-newest-interface-alone",
        requirement: Requirement::DisconnectEveryInterfaceVersion,
        profiles: BOTH,
        statement: "DisconnectProcessServer works through IDebugClient5 and answers E_NOTIMPL on what came before.",
        answer: |scene, call| match call {
            Call::DisconnectProcessServer { .. } if scene.by.version < 5 => Outcome::returned(E_NOTIMPL),
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "disconnect-by-connecting-version-alone",
        requirement: Requirement::DisconnectEveryInterfaceVersion,
        profiles: BOTH,
        statement: "DisconnectProcessServer refuses a handle that another version of the interface connected.",
        answer: |scene, call| match call {
            Call::DisconnectProcessServer { server }
                if scene.connection(*server).is_some_and(|one| one.open && one.by.version != scene.by.version) =>
            {
                Outcome::returned(E_INVALIDARG)
            }
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "disconnect-closes-all",
        requirement: Requirement::DisconnectLeavesOtherConnections,
        profiles: BOTH,
        statement: "DisconnectProcessServer closes every connection of the engine.",
        answer: |scene, call| match call {
            Call::DisconnectProcessServer { .. } => {
                let outcome = scene.pass(call);
                if outcome.succeeded() {
                    for other in scene.open() {
                        scene.disconnect(other.handle);
                    }
                }
                outcome
            }
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "disconnect-of-the-first-blinds-the-second",
        requirement: Requirement::DisconnectLeavesOtherConnections,
        profiles: BOTH,
        statement: "Of two connections that were open at once, queries on the second are refused once the first is closed.",
        answer: |scene, call| match call {
            Call::DisconnectProcessServer { server } => {
                let older = scene.open().iter().position(|one| one.handle == *server);
                let younger = older.and_then(|at| scene.open().get(at + 1).map(|one| one.handle));
                let outcome = scene.pass(call);
                if outcome.succeeded() {
                    scene.book().dead.extend(younger);
                }
                outcome
            }
            Call::GetRunningProcessSystemIds { server, .. }
            | Call::GetRunningProcessSystemIdByExecutableName { server, .. }
            | Call::GetRunningProcessDescription { server, .. }
                if scene.is_open(*server) && scene.book().dead.contains(server) =>
            {
                Outcome::returned(E_INVALIDARG)
            }
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "disconnect-ends-the-server",
        requirement: Requirement::DisconnectLeavesServerRunning,
        profiles: BOTH,
        statement: "DisconnectProcessServer takes the process down that hosts the server.",
        answer: |scene, call| match call {
            Call::DisconnectProcessServer { .. } => {
                let outcome = scene.pass(call);
                if outcome.succeeded() {
                    scene.kill_hosts();
                }
                outcome
            }
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "last-disconnect-ends-the-server",
        requirement: Requirement::DisconnectLeavesServerRunning,
        profiles: BOTH,
        statement: "The disconnect of an engine's last connection takes the process down that hosts the server.",
        answer: |scene, call| match call {
            Call::DisconnectProcessServer { .. } => {
                let outcome = scene.pass(call);
                if outcome.succeeded() && scene.open().is_empty() {
                    scene.kill_hosts();
                }
                outcome
            }
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "other-thread-disconnect-refused",
        requirement: Requirement::DisconnectOtherThreadClosesNothing,
        profiles: DBGENG,
        statement: "A disconnect on a thread that did not open the connection is refused.",
        answer: |scene, call| match call {
            Call::DisconnectProcessServer { server }
                if scene.connection(*server).is_some_and(|one| one.open && one.by.thread != scene.by.thread) =>
            {
                Outcome::returned(RPC_E_WRONG_THREAD)
            }
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "other-thread-disconnect-closes",
        requirement: Requirement::DisconnectOtherThreadClosesNothing,
        profiles: DBGENG,
        statement: "A disconnect on a thread that did not open the connection closes it.",
        answer: |scene, call| match call.server() {
            Some(handle) if scene.book().dead.contains(&handle) => Outcome::returned(E_INVALIDARG),
            Some(handle) if matches!(call, Call::DisconnectProcessServer { .. }) => {
                let other = scene.connection(handle).is_some_and(|one| one.open && one.by.thread != scene.by.thread);
                let outcome = scene.pass(call);
                if other && outcome.succeeded() {
                    scene.book().dead.push(handle);
                }
                outcome
            }
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "disconnect-ends-the-session",
        requirement: Requirement::DisconnectSessionHoldsTheConnection,
        profiles: DBGENG,
        statement: "A disconnect closes the connection, though a process is debugged through it.",
        answer: |scene, call| match call {
            Call::DisconnectProcessServer { server } => {
                let outcome = scene.pass(call);
                if outcome.succeeded() && scene.connection(*server).is_some_and(|one| one.debugs) {
                    scene.book().dead.push(*server);
                }
                outcome
            }
            _ if call.server().is_some_and(|server| scene.book().dead.contains(&server)) => {
                Outcome::returned(E_INVALIDARG)
            }
            _ => scene.pass(call),
        },
    },
];
