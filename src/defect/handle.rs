//! Handles.

use super::context::DefectContext;
use super::definition::Defect;
use super::prelude::{BOTH, CONTRACT, DBGENG, UNTIL_15063, is_query};
use super::strings::{same_address, value};
use crate::call::{Call, CreateProcess2, Outcome};
use crate::hresult::{E_FAIL, E_INVALIDARG, E_UNEXPECTED, S_OK};
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect::breaks(Requirement::HandleIsNotZero, "first-handle-is-zero", BOTH)
        .stating("Handles are indices, so the first connection of an engine has the handle zero.")
        .answering(|context, call| {
            let is_first = context.state().connections.is_empty();
            let mut outcome = context.pass_by_alias(call);
            if let (true, Some(handle)) = (is_first, outcome.out.server) {
                context.state().aliases.push((0, handle));
                outcome.out.server = Some(0);
            }
            outcome
        }),
    Defect::breaks(Requirement::HandleIsUniqueWhileConnected, "second-connect-gives-the-same-handle", BOTH)
        .stating(
            "A second connect with the same connection string returns the handle of the first, which is still open.",
        )
        .answering(|context, call| match call {
            Call::ConnectProcessServer { remote_options: Some(text), server } if !server.is_null() => {
                let same = context.open().into_iter().find(|connection| connection.text == *text);
                let mut outcome = context.pass(call);
                if let (Some(same), Some(handle)) = (same, outcome.out.server) {
                    context.disconnect(handle);
                    outcome.out.server = Some(same.handle);
                }
                outcome
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::HandleIsUniqueWhileConnected, "second-connect-gives-any-open-handle", BOTH)
        .stating("An engine has one handle for all its connections, whatever server they lead to.")
        .answering(|context, call| {
            let first = context.open().first().map(|connection| connection.handle);
            let mut outcome = context.pass(call);
            outcome.out.server = outcome.out.server.map(|handle| first.unwrap_or(handle));
            outcome
        }),
    Defect::breaks(Requirement::HandleIsUniqueWhileConnected, "handles-wrap-around", BOTH)
        .stating("Handles are numbered with eight bits: the 257th connection has the handle of the first.")
        .answering(|context, call| {
            let first = context.open().into_iter().rev().nth(255).map(|connection| connection.handle);
            let mut outcome = context.pass(call);
            outcome.out.server = outcome.out.server.map(|handle| first.unwrap_or(handle));
            outcome
        }),
    Defect::breaks(Requirement::HandleValueIsNotReused, "handle-reused-at-once", CONTRACT)
        .stating("The next connection gets the value of the handle that was disconnected last.")
        .answering(|context, call| {
            let mut outcome = context.pass_by_alias(call);
            if let Some(handle) = outcome.out.server {
                let mut book = context.state();
                let shown =
                    |real| book.aliases.iter().rev().find(|alias| alias.1 == real).map_or(real, |alias| alias.0);
                let open: Vec<u64> =
                    book.connections.iter().filter(|one| one.open).map(|one| shown(one.handle)).collect();
                let closed = book.connections.iter().rev().filter(|one| !one.open).map(|one| shown(one.handle));
                if let Some(reused) = closed.into_iter().find(|value| !open.contains(value)) {
                    book.aliases.push((reused, handle));
                    outcome.out.server = Some(reused);
                }
            }
            outcome
        }),
    Defect::breaks(Requirement::HandleValueIsNotReused, "handle-reused-after-many", CONTRACT)
        .stating("Handles are numbered with eight bits: a value comes again 256 connections later.")
        .answering(|context, call| {
            let mut outcome = context.pass_by_alias(call);
            if let Some(handle) = outcome.out.server {
                let number = context.count();
                let shown = 0x7ffe_0000_0000 + 16 * u64::from(number % 256);
                context.state().aliases.push((shown, handle));
                outcome.out.server = Some(shown);
            }
            outcome
        }),
    Defect::breaks(Requirement::HandleZeroIsTheLocalComputer, "zero-is-refused-everywhere", BOTH)
        .stating("Queries with handle zero are refused like queries with an unknown handle.")
        .returning(E_INVALIDARG, |_, call| is_query(call) && call.server() == Some(0)),
    Defect::breaks(Requirement::HandleZeroIsTheLocalComputer, "zero-is-refused-by-a-create", BOTH)
        .stating("CreateProcessAndAttach2 refuses the handle zero.")
        .giving(
            S_OK,
            E_INVALIDARG,
            |_, call| matches!(call, Call::CreateProcessAndAttach2 { create, .. } if create.server == 0),
        ),
    Defect::breaks(Requirement::HandleZeroIsRefused, "zero-disconnect-accepted", BOTH)
        .stating("DisconnectProcessServer returns S_OK for handle zero.")
        .returning(S_OK, |_, call| matches!(call, Call::DisconnectProcessServer { server: 0 })),
    Defect::breaks(Requirement::HandleZeroIsRefused, "zero-end-accepted", BOTH)
        .stating("EndProcessServer returns S_OK for handle zero.")
        .returning(
            S_OK,
            |context, call| matches!(call, Call::EndProcessServer { server: 0 } if context.by.version > 1),
        ),
    Defect::breaks(Requirement::HandleZeroIsRefused, "zero-disconnect-closes-the-newest", BOTH)
        .stating("DisconnectProcessServer returns an error for handle zero, but closes the newest connection.")
        .answering(|context, call| {
            close_newest(context, call, matches!(call, Call::DisconnectProcessServer { server: 0 }))
        }),
    Defect::breaks(Requirement::HandleUnknownIsRefused, "unknown-disconnect-accepted", BOTH)
        .stating("DisconnectProcessServer returns S_OK for an unknown handle.")
        .answering(|context, call| match call {
            Call::DisconnectProcessServer { server } if context.is_unknown(*server) => {
                context.pass(call).failing_as(S_OK)
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::HandleUnknownIsRefused, "unknown-end-accepted", BOTH)
        .stating("EndProcessServer returns S_OK for an unknown handle.")
        .returning(S_OK, |context, call| {
            matches!(call, Call::EndProcessServer { server }
                if context.by.version > 1 && context.is_unknown(*server))
        }),
    Defect::breaks(Requirement::HandleUnknownIsRefused, "unknown-is-the-local-computer", BOTH)
        .stating("Queries, attach and create treat an unknown handle as the local computer.")
        .answering(|context, call| match call.server() {
            Some(handle) if !closes(call) && context.is_unknown(handle) => context.pass_with(call, 0),
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::HandleUnknownIsRefused, "handle-cut-to-32-bits", BOTH)
        .stating("Only the low 32 bits of a handle are compared.")
        .answering(|context, call| by_bits(context, call, u64::from(u32::MAX))),
    Defect::breaks(Requirement::HandleUnknownIsRefused, "handle-cut-to-its-slot", BOTH)
        .stating("The low four bits of a handle are not compared, as if it were an aligned address.")
        .answering(|context, call| by_bits(context, call, !0xf)),
    Defect::breaks(Requirement::HandleUnknownIsRefused, "disconnect-compares-32-bits", BOTH)
        .stating("DisconnectProcessServer compares the low 32 bits of a handle.")
        .answering(|context, call| match call {
            Call::DisconnectProcessServer { .. } => by_bits(context, call, u64::from(u32::MAX)),
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::HandleUnknownIsRefused, "end-compares-63-bits", BOTH)
        .stating("EndProcessServer does not compare the highest bit of a handle.")
        .answering(|context, call| match call {
            Call::EndProcessServer { .. } if context.by.version > 1 => by_bits(context, call, u64::MAX >> 1),
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::HandleUnknownIsRefused, "description-compares-16-bits", BOTH)
        .stating("GetRunningProcessDescription compares the low 16 bits of a handle.")
        .answering(|context, call| match call {
            Call::GetRunningProcessDescription { .. } => by_bits(context, call, 0xffff),
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::HandleUnknownIsRefused, "attach-extends-the-sign", BOTH)
        .stating("AttachProcess accepts a handle whose high half is all ones, as if a sign had been extended.")
        .answering(|context, call| match call {
            Call::AttachProcess { server, .. } => {
                let meant = context.open().into_iter().find(|one| one.handle ^ server == u64::MAX << 32);
                meant.map_or_else(|| context.pass(call), |meant| context.pass_with(call, meant.handle))
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::HandleUnknownIsRefused, "ids-swap-halves", BOTH)
        .stating("GetRunningProcessSystemIds accepts a handle whose halves are swapped.")
        .answering(|context, call| match call {
            Call::GetRunningProcessSystemIds { server, .. } => {
                let meant = context.open().into_iter().find(|one| one.handle == server.rotate_left(32));
                meant.map_or_else(|| context.pass(call), |meant| context.pass_with(call, meant.handle))
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::HandleUnknownIsRefused, "create-folds-handles", BOTH)
        .stating("The methods that create a process compare the halves of a handle, one laid over the other.")
        .answering(|context, call| match call {
            Call::CreateProcess { server, .. }
            | Call::CreateProcessAndAttach { server, .. }
            | Call::CreateProcess2(CreateProcess2 { server, .. }) => {
                let fold = |handle: u64| (handle ^ handle >> 32) & u64::from(u32::MAX);
                let meant = context.open().into_iter().find(|one| fold(one.handle) == fold(*server));
                meant.map_or_else(|| context.pass(call), |meant| context.pass_with(call, meant.handle))
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::HandleUnknownIsRefused, "create-and-attach-compares-48-bits", BOTH)
        .stating("CreateProcessAndAttach2 does not compare the highest 16 bits of a handle.")
        .answering(|context, call| match call {
            Call::CreateProcessAndAttach2 { .. } => by_bits(context, call, u64::MAX >> 16),
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::HandleUnknownIsRefused, "end-takes-the-value-before", BOTH)
        .stating("EndProcessServer accepts the value before that of a handle.")
        .answering(|context, call| match call {
            Call::EndProcessServer { server } if context.by.version > 1 && context.is_open(server.wrapping_add(1)) => {
                context.pass_with(call, server.wrapping_add(1))
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::HandleUnknownIsRefused, "handles-of-others-accepted", BOTH)
        .stating("DisconnectProcessServer returns S_OK for a handle of another engine.")
        .returning(S_OK, |context, call| {
            matches!(call, Call::DisconnectProcessServer { server }
                if context.is_unknown(*server) && context.world().issued.contains(server))
        }),
    Defect::breaks(Requirement::HandleStaleIsRefused, "stale-disconnect-accepted", BOTH)
        .stating("DisconnectProcessServer returns S_OK for a stale handle.")
        .answering(|context, call| match call {
            Call::DisconnectProcessServer { server } if context.is_stale(*server) => {
                context.pass(call).failing_as(S_OK)
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::HandleStaleIsRefused, "stale-end-accepted", BOTH)
        .stating("EndProcessServer returns S_OK for a stale handle.")
        .returning(S_OK, |context, call| {
            matches!(call, Call::EndProcessServer { server }
                if context.by.version > 1 && context.is_stale(*server))
        }),
    Defect::breaks(Requirement::HandleStaleIsRefused, "stale-is-the-local-computer", BOTH)
        .stating("Queries, attach and create treat a stale handle as the local computer.")
        .answering(|context, call| match call.server() {
            Some(handle) if !closes(call) && context.is_stale(handle) => context.pass_with(call, 0),
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::HandleStaleIsRefused, "stale-disconnect-accepted-beside-another", CONTRACT)
        .stating("A second disconnect of a handle returns S_OK as long as another connection is open.")
        .returning(S_OK, |context, call| {
            matches!(call, Call::DisconnectProcessServer { server }
                if context.is_stale(*server) && !context.open().is_empty())
        }),
    Defect::breaks(Requirement::HandleStaleIsRefused, "stale-end-accepted-in-the-end", BOTH)
        .stating("The twentieth EndProcessServer on a stale handle returns S_OK.")
        .returning(S_OK, |context, call| {
            matches!(call, Call::EndProcessServer { server } if context.by.version > 1 && context.is_stale(*server))
                && context.count() == 20
        }),
    Defect::breaks(Requirement::HandleStaleIsRefused, "stale-handles-forgotten", CONTRACT)
        .stating("A handle that was closed 256 connections ago can be disconnected again.")
        .returning(S_OK, |context, call| {
            let later = |handle| {
                let state = context.state();
                state.connections.iter().rev().position(|one| one.handle == handle)
            };
            matches!(call, Call::DisconnectProcessServer { server }
                if context.is_stale(*server) && later(*server).is_some_and(|later| later >= 256))
        }),
    Defect::breaks(Requirement::HandleStaleIsRefused, "stale-handle-revived-by-a-connect", CONTRACT)
        .stating("Once an engine has connected again, queries on a stale handle use the new connection.")
        .answering(|context, call| match call.server() {
            Some(handle) if is_query(call) && context.is_stale(handle) => {
                let newest = context.open().last().map_or(handle, |newest| newest.handle);
                context.pass_with(call, newest)
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::HandleOtherHandlesUnharmed, "refused-disconnect-closes-the-newest", UNTIL_15063)
        .stating("DisconnectProcessServer refuses an unknown handle, but closes the newest connection.")
        .answering(|context, call| match call {
            Call::DisconnectProcessServer { server } => close_newest(context, call, context.is_unknown(*server)),
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::HandleOtherHandlesUnharmed, "refused-end-closes-the-newest", BOTH)
        .stating("EndProcessServer refuses an unknown handle, but closes the newest connection.")
        .answering(|context, call| match call {
            Call::EndProcessServer { server } => close_newest(context, call, context.is_unknown(*server)),
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::HandleOtherHandlesUnharmed, "end-reaches-every-server-of-the-process", BOTH)
        .stating("Once a server was ended, queries on connections to other servers of its process are refused.")
        .answering(|context, call| match call.server().and_then(|handle| context.connection(handle)) {
            Some(one) if is_query(call) && one.open => {
                let ended = context.world().ended.clone();
                let is_beside = |text: &String| !same_address(text, &one.text) && same_host(text, &one.text);
                if ended.iter().any(is_beside) { Outcome::returned(E_UNEXPECTED) } else { context.pass(call) }
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::HandleRefusalIsEInvalidarg, "refusal-has-another-code", DBGENG)
        .stating("DisconnectProcessServer and EndProcessServer refuse a handle with E_FAIL.")
        .giving(E_INVALIDARG, E_FAIL, |_, call| {
            matches!(call, Call::DisconnectProcessServer { .. } | Call::EndProcessServer { .. })
        }),
];

fn closes(call: &Call) -> bool {
    matches!(call, Call::DisconnectProcessServer { .. } | Call::EndProcessServer { .. })
}

/// Returns whether two strings of clients name the same computer.
fn same_host(one: &str, other: &str) -> bool {
    value(one, "server") == value(other, "server")
}

fn close_newest(context: &DefectContext<'_>, call: &Call, applies: bool) -> Outcome {
    let outcome = context.pass(call);
    if let Some(newest) = context.open().last().filter(|_| applies && outcome.failed()) {
        context.disconnect(newest.handle);
    }
    outcome
}

/// Finds the open connection whose handle agrees in these bits, and uses that.
fn by_bits(context: &DefectContext<'_>, call: &Call, bits: u64) -> Outcome {
    let meant = call.server().filter(|handle| *handle != 0).and_then(|handle| {
        context.open().into_iter().map(|connection| connection.handle).find(|known| known & bits == handle & bits)
    });
    meant.map_or_else(|| context.pass(call), |meant| context.pass_with(call, meant))
}
