//! Calls with times: which overlap, and which handle they share.

use crate::call::Call;
use crate::trace::{Event, Recorded};

/// A call under way: its end, then its seq.
pub(super) type Pending = (i64, u64);

/// A handle of a process.
pub(super) type ProcessHandle = (u32, u64);

/// Returns the call of an event with its start and its end, if it has times.
pub(super) fn timed(event: &Event) -> Option<(&Recorded, (i64, i64))> {
    let recorded = event.call()?;
    Some((recorded, recorded.interval?))
}

/// Returns the handle that a call names or was issued.
pub(super) fn handle(recorded: &Recorded) -> Option<ProcessHandle> {
    let handle = recorded.call.server().or(recorded.outcome.out.server).filter(|handle| *handle != 0)?;
    Some((recorded.by.process, handle))
}

/// Returns the handle that the call of an event with times names or was issued.
pub(super) fn timed_handle(event: &Event) -> Option<ProcessHandle> {
    handle(timed(event)?.0)
}

/// Whether the call closed its handle, or was issued it.
pub(super) fn changes_handle(recorded: &Recorded) -> bool {
    let disconnects = matches!(recorded.call, Call::DisconnectProcessServer { .. });
    (disconnects && recorded.outcome.succeeded()) || recorded.outcome.out.server.is_some()
}

/// Whether the same thread made the first call after the second had returned, within the same microsecond. Calls of other
/// threads within that microsecond may be earlier or later.
pub(super) fn follows((pending, recorded): (Pending, &Recorded), (before, other): (Pending, &Recorded)) -> bool {
    let is_own = (recorded.by.process, recorded.by.thread) == (other.by.process, other.by.thread);
    is_own && before.1 < pending.1 && recorded.interval.is_some_and(|(start, _)| before.0 == start)
}
