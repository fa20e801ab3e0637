//! The handles of a process: the open ones, and those that were closed recently.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHasher};

use super::cow_map::CowMap;
use crate::call::{Call, Caller};
use crate::state::{CallingThread, Debugging, HandleState, Holds, Use};

/// The number of disconnects through which a closed handle is remembered, at least; at most, twice as many. The memory
/// of a model does not grow with the length of its run.
const REMEMBERED: usize = 50_000;

/// An issued handle and its connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct IssuedHandle {
    pub(super) state: HandleState,
    pub(super) by: Caller,
    /// The version of the client object that connected.
    pub(super) version: u8,
    /// `None` for a server outside the run.
    pub(super) server: Option<usize>,
    /// The value of the server's `disconnects` when this connection was made.
    pub(super) disconnects_before: u32,
    /// The incidents of the process before this connection was made.
    pub(super) incidents_before: Incidents,
    /// Whether another thread has disconnected it, which closes nothing in the real engine.
    pub(super) survived_other_thread: bool,
    /// Whether a disconnect left it open because the session uses it.
    pub(super) kept_by_session: bool,
    /// The references that keep it open in the real engine.
    pub(super) holds: Holds,
    /// The use that the session makes of it.
    pub(super) debugging: Debugging,
    /// Whether the end of a session closed it (OBS-70).
    pub(super) closed_by_session: bool,
}

impl IssuedHandle {
    /// Returns a thread of the same process as the connection sees it.
    pub(super) fn caller(&self, by: Caller) -> CallingThread {
        CallingThread::of(by.thread, self.by.thread)
    }
}

/// Counts what has happened in a process that must not affect its connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Incidents {
    /// Uses of an invalid handle.
    pub(super) misuses: u32,
    /// Ends of servers.
    pub(super) ends: u32,
    /// Disconnects of other connections.
    pub(super) disconnects: u32,
    /// Releases of client objects.
    pub(super) releases: u32,
    /// Ends of sessions.
    pub(super) sessions: u32,
}

/// The handles that a process was issued.
#[derive(Clone, Debug, Default)]
pub struct IssuedHandles {
    open: CowMap<u64, IssuedHandle>,
    closed: CowMap<u64, ClosedHandle>,
    /// `None` until many have been closed.
    closed_before: Option<Arc<FxHashMap<u64, ClosedHandle>>>,
    has_forgotten: bool,
    /// A hash of all handles that does not depend on the order of the calls.
    pub(super) fingerprint: u64,
}

/// A closed handle.
#[derive(Clone, Copy, Debug, Hash)]
pub(super) struct ClosedHandle {
    /// The thread that had connected.
    pub(super) thread: u32,
    /// Whether the end of a session closed it.
    pub(super) by_session: bool,
}

/// The knowledge about a handle.
#[derive(Clone, Copy, Debug)]
pub(super) enum HandleLookup<'a> {
    Open(&'a IssuedHandle),
    Closed(ClosedHandle),
    /// Never issued, or closed so long ago that it is forgotten.
    Forgotten,
    /// Never issued.
    Never,
}

impl IssuedHandles {
    pub(super) fn find(&self, handle: u64) -> HandleLookup<'_> {
        if let Some(open) = self.open.get(handle) {
            return HandleLookup::Open(open);
        }
        match self.closed.get(handle).or_else(|| self.closed_before.as_ref()?.get(&handle)) {
            Some(closed) => HandleLookup::Closed(*closed),
            None if self.has_forgotten => HandleLookup::Forgotten,
            None => HandleLookup::Never,
        }
    }

    pub(super) fn open(&self, handle: u64) -> Option<&IssuedHandle> {
        self.open.get(handle)
    }

    pub(super) fn is_closed(&self, handle: u64) -> bool {
        matches!(self.find(handle), HandleLookup::Closed(_))
    }

    /// Returns the number of open handles.
    pub(super) fn count(&self) -> usize {
        self.open.len()
    }

    /// Returns the number of handles that are remembered as closed.
    pub(super) fn count_closed(&self) -> usize {
        self.closed.len() + self.closed_before.as_ref().map_or(0, |before| before.len())
    }

    pub(super) fn all_open(&self) -> impl Iterator<Item = (u64, &IssuedHandle)> {
        self.open.iter()
    }

    /// Sets the state of a handle.
    pub(super) fn set(&mut self, handle: u64, connection: IssuedHandle) {
        let before = if connection.state.is_live() {
            let closed = self.closed.set(handle, None);
            self.fingerprint ^= closed.map_or(0, |closed| hash((handle, closed)));
            self.fingerprint ^= of_open(handle, &connection);
            self.open.set(handle, Some(connection))
        } else {
            let IssuedHandle { by, closed_by_session: by_session, .. } = connection;
            self.close(handle, ClosedHandle { thread: by.thread, by_session });
            self.open.set(handle, None)
        };
        self.fingerprint ^= before.map_or(0, |before| of_open(handle, &before));
    }

    /// Forgets an open handle: from now on it is unknown whether it is open.
    pub(super) fn forget(&mut self, handle: u64) {
        let before = self.open.set(handle, None);
        self.fingerprint ^= before.map_or(0, |before| of_open(handle, &before));
    }

    fn close(&mut self, handle: u64, closed: ClosedHandle) {
        if self.closed.len() >= REMEMBERED {
            self.has_forgotten |= self.closed_before.is_some();
            let closed = self.closed.iter().map(|(handle, closed)| (handle, *closed)).collect();
            self.closed_before = Some(Arc::new(closed));
            self.closed = CowMap::default();
        }
        let before = self.closed.set(handle, Some(closed));
        self.fingerprint ^= before.map_or(0, |before| hash((handle, before))) ^ hash((handle, closed));
    }
}

/// Returns how a call uses the handle that it names, if it names one.
pub(crate) fn use_of(call: &Call) -> Option<Use> {
    match call {
        Call::DisconnectProcessServer { .. } => Some(Use::Disconnect),
        Call::EndProcessServer { .. } => Some(Use::End),
        Call::GetRunningProcessSystemIds { .. }
        | Call::GetRunningProcessSystemIdByExecutableName { .. }
        | Call::GetRunningProcessDescription { .. } => Some(Use::Query),
        Call::AttachProcess { .. }
        | Call::CreateProcess { .. }
        | Call::CreateProcess2(_)
        | Call::CreateProcessAndAttach { .. }
        | Call::CreateProcessAndAttach2 { .. } => Some(Use::Target),
        _ => None,
    }
}

fn of_open(handle: u64, connection: &IssuedHandle) -> u64 {
    let IssuedHandle { state, by, server, holds, debugging, .. } = connection;
    hash((handle, state, by, server, holds, debugging))
}

/// Returns a hash that may be combined with others by XOR.
pub(super) fn hash(value: impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    // FxHasher maps similar values to similar hashes, whose XOR would collide.
    let hash = hasher.finish();
    (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl<'a> HandleLookup<'a> {
    /// Returns the open connection of the handle.
    pub(super) fn open(self) -> Option<&'a IssuedHandle> {
        match self {
            HandleLookup::Open(open) => Some(open),
            HandleLookup::Closed(_) | HandleLookup::Forgotten | HandleLookup::Never => None,
        }
    }

    /// Returns the state of the handle, as far as it is known.
    pub(super) fn state(self) -> HandleState {
        match self {
            HandleLookup::Open(connection) => connection.state,
            HandleLookup::Closed(_) | HandleLookup::Forgotten => HandleState::Disconnected,
            HandleLookup::Never => HandleState::Unconnected,
        }
    }
}
