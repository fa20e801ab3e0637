//! The handles of a process: those that are open, and those that were closed not too long ago.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHasher};

use super::cow_map::CowMap;
use crate::call::Caller;
use crate::state::{HandleState, Holds};

/// A closed handle is known as stale through at least so many more disconnects of its process, and through no more than
/// twice as many: what a run is judged by does not grow with its length.
const REMEMBERED: usize = 50_000;

/// A handle that was issued.
#[derive(Clone, Copy, Debug)]
pub(super) struct IssuedHandle {
    pub(super) state: HandleState,
    pub(super) by: Caller,
    /// The version of the client object that connected.
    pub(super) version: u8,
    /// `None`: a server that the run does not show.
    pub(super) server: Option<usize>,
    /// The server's `disconnects` when this connection was made.
    pub(super) disconnects_before: u32,
    /// The actor's past when this connection was made.
    pub(super) incidents_before: Incidents,
    /// Another thread than the connecting one has disconnected it, which closes nothing in the real engine.
    pub(super) survived_other_thread: bool,
    /// A disconnect has left it open for the session's sake.
    pub(super) kept_by_session: bool,
    /// What keeps it open in the real engine.
    pub(super) holds: Holds,
}

/// Counts what has happened in a process that must not affect its connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Incidents {
    /// A handle that names no connection was used.
    pub(super) misuses: u32,
    /// A server was asked to end.
    pub(super) ends: u32,
    /// Another connection was closed.
    pub(super) disconnects: u32,
    /// A client object was released.
    pub(super) releases: u32,
    /// A session was ended.
    pub(super) sessions: u32,
}

/// The handles that connects of a process have handed out.
#[derive(Clone, Debug, Default)]
pub struct IssuedHandles {
    open: CowMap<u64, IssuedHandle>,
    /// The closed ones, each with the thread that had connected.
    closed: CowMap<u64, u32>,
    closed_before: Arc<FxHashMap<u64, u32>>,
    has_forgotten: bool,
    fingerprint: u64,
}

/// What is known of a handle.
#[derive(Clone, Copy, Debug)]
pub(super) enum HandleLookup<'a> {
    Open(&'a IssuedHandle),
    /// Closed, and this thread had connected.
    Closed(u32),
    /// Never handed out, or closed so long ago that it is forgotten.
    Forgotten,
    /// Never handed out.
    Never,
}

impl IssuedHandles {
    pub(super) fn find(&self, handle: u64) -> HandleLookup<'_> {
        if let Some(open) = self.open.get(handle) {
            return HandleLookup::Open(open);
        }
        match self.closed.get(handle).or_else(|| self.closed_before.get(&handle)) {
            Some(thread) => HandleLookup::Closed(*thread),
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

    /// How many are open.
    pub(super) fn count(&self) -> usize {
        self.open.len()
    }

    /// How many are known to be closed.
    pub(super) fn count_closed(&self) -> usize {
        self.closed.len() + self.closed_before.len()
    }

    pub(super) fn all_open(&self) -> impl Iterator<Item = (u64, &IssuedHandle)> {
        self.open.iter()
    }

    /// Sets what a handle has come to.
    pub(super) fn set(&mut self, handle: u64, connection: IssuedHandle) {
        let before = if connection.state.is_live() {
            let closed = self.closed.set(handle, None);
            self.fingerprint ^= closed.map_or(0, |thread| hash((handle, thread)));
            self.fingerprint ^= of_open(handle, &connection);
            self.open.set(handle, Some(connection))
        } else {
            self.close(handle, connection.by.thread);
            self.open.set(handle, None)
        };
        self.fingerprint ^= before.map_or(0, |before| of_open(handle, &before));
    }

    fn close(&mut self, handle: u64, thread: u32) {
        if self.closed.len() >= REMEMBERED {
            self.has_forgotten |= !self.closed_before.is_empty();
            self.closed_before = Arc::new(self.closed.iter().map(|(handle, thread)| (handle, *thread)).collect());
            self.closed = CowMap::default();
        }
        let before = self.closed.set(handle, Some(thread));
        self.fingerprint ^= before.map_or(0, |before| hash((handle, before))) ^ hash((handle, thread));
    }

    /// A number for all of them: that of another order of the same calls is the same if it has led to the same.
    pub(super) fn fingerprint(&self) -> u64 {
        self.fingerprint
    }
}

fn of_open(handle: u64, connection: &IssuedHandle) -> u64 {
    let IssuedHandle { state, by, server, holds, .. } = connection;
    hash((handle, state, by, server, holds))
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    // The sums of what the hasher makes of similar handles are too much alike.
    let hash = hasher.finish();
    (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl HandleLookup<'_> {
    /// Where it is in its life, as far as that is known.
    pub(super) fn state(self) -> HandleState {
        match self {
            HandleLookup::Open(connection) => connection.state,
            HandleLookup::Closed(_) | HandleLookup::Forgotten => HandleState::Disconnected,
            HandleLookup::Never => HandleState::Unconnected,
        }
    }
}
