//! DisconnectProcessServer on a connected handle.

use super::definition::Defect;
use super::prelude::{BOTH, DBGENG};
use crate::call::{Call, Outcome};
use crate::hresult::{E_FAIL, E_INVALIDARG, E_NOTIMPL, E_OUTOFMEMORY, RPC_E_WRONG_THREAD, S_FALSE, S_OK};
use crate::spec::Requirement;

/// The room in a table of connections that is never cleared.
const ROOM: usize = 256;

pub(super) const DEFECTS: &[Defect] = &[
    Defect::breaks(Requirement::DisconnectConnectedHandleSucceeds, "live-disconnect-refused", BOTH)
        .stating("DisconnectProcessServer closes the connection and returns E_FAIL.")
        .giving(S_OK, E_FAIL, |_, call| matches!(call, Call::DisconnectProcessServer { .. })),
    Defect::breaks(Requirement::DisconnectConnectedHandleSucceeds, "live-handle-reported-stale", BOTH)
        .stating("DisconnectProcessServer treats a handle that was used once as stale.")
        .answering(|context, call| match call {
            Call::DisconnectProcessServer { server } if context.state().dead.contains(server) => {
                Outcome::returned(E_INVALIDARG)
            }
            Call::GetRunningProcessSystemIds { server, .. } if context.is_open(*server) => {
                context.state().dead.push(*server);
                context.pass(call)
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::DisconnectConnectedHandleSucceeds, "disconnect-answers-s-false", BOTH)
        .stating("DisconnectProcessServer closes the connection and returns S_FALSE.")
        .giving(S_OK, S_FALSE, |_, call| matches!(call, Call::DisconnectProcessServer { .. })),
    Defect::breaks(Requirement::DisconnectConnectedHandleSucceeds, "disconnect-leaks", BOTH)
        .stating("A disconnect frees nothing, so an engine that has connected 256 times cannot connect again.")
        .returning(E_OUTOFMEMORY, |context, call| {
            let is_full = || context.state().connections.len() >= ROOM;
            matches!(call, Call::ConnectProcessServer { .. }) && is_full()
        }),
    Defect::breaks(Requirement::DisconnectAnyClientOfTheEngine, "disconnect-by-connecting-client-alone", BOTH)
        .stating("DisconnectProcessServer works only on the client object that connected.")
        .returning(E_INVALIDARG, |context, call| {
            matches!(call, Call::DisconnectProcessServer { server }
                if context.connection(*server).is_some_and(|one| one.open && one.by.client != context.by.client))
        }),
    Defect::breaks(Requirement::DisconnectAnyClientOfTheEngine, "description-by-connecting-client-alone", BOTH)
        .stating("GetRunningProcessDescription works only on the client object that connected.")
        .returning(E_INVALIDARG, |context, call| {
            matches!(call, Call::GetRunningProcessDescription { server, .. }
                if context.connection(*server).is_some_and(|one| one.open && one.by.client != context.by.client))
        }),
    Defect::breaks(Requirement::DisconnectEveryInterfaceVersion, "disconnect-on-newest-interface-alone", BOTH)
        .stating("DisconnectProcessServer works through IDebugClient5 and returns E_NOTIMPL through older versions.")
        .returning(
            E_NOTIMPL,
            |context, call| matches!(call, Call::DisconnectProcessServer { .. } if context.by.version < 5),
        ),
    Defect::breaks(Requirement::DisconnectEveryInterfaceVersion, "disconnect-by-connecting-version-alone", BOTH)
        .stating("DisconnectProcessServer refuses a handle that another version of the interface connected.")
        .returning(E_INVALIDARG, |context, call| {
            matches!(call, Call::DisconnectProcessServer { server }
                if context.connection(*server).is_some_and(|one| one.open && one.by.version != context.by.version))
        }),
    Defect::breaks(Requirement::DisconnectLeavesOtherConnections, "disconnect-closes-all", BOTH)
        .stating("DisconnectProcessServer closes every connection of the engine.")
        .editing(|context, call, outcome| {
            if matches!(call, Call::DisconnectProcessServer { .. }) && outcome.succeeded() {
                for other in context.open() {
                    context.disconnect(other.handle);
                }
            }
        }),
    Defect::breaks(Requirement::DisconnectLeavesOtherConnections, "disconnect-of-the-first-blinds-the-second", BOTH)
        .stating("If two connections are open at once, queries on the second are refused after the first is closed.")
        .answering(|context, call| match call {
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
        }),
    Defect::breaks(Requirement::DisconnectLeavesOtherConnections, "last-opened-is-lost", BOTH)
        .stating("The last connection takes the place of one that is closed before it, and its handle is forgotten.")
        .answering(|context, call| match call {
            Call::DisconnectProcessServer { server } => {
                let last = context.open().last().map(|last| last.handle);
                let is_before =
                    |_: &u64| context.open().iter().position(|one| one.handle == *server).is_some_and(|at| at > 0);
                let lost = last.filter(|last| last != server).filter(is_before);
                let outcome = context.pass(call);
                context.state().dead.extend(lost.filter(|_| outcome.succeeded()));
                outcome
            }
            _ if call.server().is_some_and(|server| context.state().dead.contains(&server)) => {
                Outcome::returned(E_INVALIDARG)
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::DisconnectLeavesServerRunning, "disconnect-ends-the-server", BOTH)
        .stating("DisconnectProcessServer ends the process that hosts the server.")
        .editing(|context, call, outcome| {
            if matches!(call, Call::DisconnectProcessServer { .. }) && outcome.succeeded() {
                context.kill_hosts();
            }
        }),
    Defect::breaks(Requirement::DisconnectLeavesServerRunning, "last-disconnect-ends-the-server", BOTH)
        .stating("The disconnect of an engine's last connection ends the process that hosts the server.")
        .editing(|context, call, outcome| {
            let is_last = || outcome.succeeded() && context.open().is_empty();
            if matches!(call, Call::DisconnectProcessServer { .. }) && is_last() {
                context.kill_hosts();
            }
        }),
    Defect::breaks(Requirement::DisconnectOtherThreadClosesNothing, "other-thread-disconnect-refused", DBGENG)
        .stating("A disconnect on a thread that did not open the connection is refused.")
        .returning(RPC_E_WRONG_THREAD, |context, call| {
            matches!(call, Call::DisconnectProcessServer { server }
                if context.connection(*server).is_some_and(|one| one.open && one.by.thread != context.by.thread))
        }),
    Defect::breaks(Requirement::DisconnectOtherThreadClosesNothing, "other-thread-disconnect-closes", DBGENG)
        .stating("A disconnect on a thread that did not open the connection closes it.")
        .answering(|context, call| match call.server() {
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
        }),
    Defect::breaks(Requirement::DisconnectSessionHoldsTheConnection, "disconnect-ends-the-session", DBGENG)
        .stating("A disconnect closes the connection although a process is debugged through it.")
        .answering(|context, call| match call {
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
        }),
];
