//! Calls with times: which overlap, and which handle they share.

use crate::call::Call;
use crate::trace::{Event, Recorded};

/// The place of a call under way among the others: its end, then its seq.
pub(super) type Pending = (i64, u64);

/// A handle of a process.
pub(super) type ProcessHandle = (u32, u64);

/// A call under way.
#[derive(Debug)]
pub(super) struct PendingCall {
    pub(super) pending: Pending,
    start: i64,
    /// The thread that makes it, with its process.
    thread: (u32, u32),
    /// The handle that it names or is issued.
    pub(super) handle: Option<ProcessHandle>,
    /// Whether it closes its handle, or is issued it.
    pub(super) changes_handle: bool,
    /// Whether it may affect calls on other handles.
    pub(super) is_wide: bool,
    pub(super) event: Event,
}

impl PendingCall {
    /// Returns the call of an event, if it has times.
    pub(super) fn new(event: Event, is_wide: impl FnOnce(&Recorded) -> bool) -> Option<PendingCall> {
        let (recorded, (start, end)) = timed(&event)?;
        Some(PendingCall {
            pending: (end, event.seq),
            start,
            thread: (recorded.by.process, recorded.by.thread),
            handle: handle(recorded),
            changes_handle: changes_handle(recorded),
            is_wide: is_wide(recorded),
            event,
        })
    }

    /// Whether the same thread made this call after the other one had returned, within the same microsecond. Calls of other
    /// threads within that microsecond may be earlier or later.
    pub(super) fn follows(&self, before: &PendingCall) -> bool {
        self.thread == before.thread && before.pending.1 < self.pending.1 && before.pending.0 == self.start
    }

    /// Whether one of the two calls may affect what is allowed of the other, in any state before them.
    pub(super) fn may_conflict_with(&self, other: &PendingCall) -> bool {
        self.is_wide || other.is_wide || self.shares_handle_with(other)
    }

    /// Whether the two calls share a handle.
    pub(super) fn shares_handle_with(&self, other: &PendingCall) -> bool {
        self.handle.is_some() && self.handle == other.handle
    }
}

/// Returns the call of an event with its start and its end, if it has times.
pub(super) fn timed(event: &Event) -> Option<(&Recorded, (i64, i64))> {
    let recorded = event.call()?;
    Some((recorded, recorded.interval?))
}

/// Returns the handle that a call names or was issued.
fn handle(recorded: &Recorded) -> Option<ProcessHandle> {
    let handle = recorded.call.server().or(recorded.outcome.out.server).filter(|handle| *handle != 0)?;
    Some((recorded.by.process, handle))
}

/// Returns the handle that the call of an event with times names or was issued.
pub(super) fn timed_handle(event: &Event) -> Option<ProcessHandle> {
    handle(timed(event)?.0)
}

/// Whether the call closed its handle, or was issued it.
fn changes_handle(recorded: &Recorded) -> bool {
    let disconnects = matches!(recorded.call, Call::DisconnectProcessServer { .. });
    (disconnects && recorded.outcome.succeeded()) || recorded.outcome.out.server.is_some()
}
