//! The handles of a process: those that are open, and those that were closed not too long ago.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHasher};

use super::cow_map::CowMap;
use super::world::Connected;
use crate::state::HandleState;

/// A closed handle is known as stale through at least so many more disconnects of its process, and through no more than
/// twice as many: what a run is judged by does not grow with its length.
const REMEMBERED: usize = 50_000;

/// The handles that connects of a process have handed out.
#[derive(Clone, Debug, Default)]
pub struct IssuedHandles {
    open: CowMap<u64, Connected>,
    /// The closed ones, each with the thread that had connected.
    closed: CowMap<u64, u32>,
    closed_before: Arc<FxHashMap<u64, u32>>,
    has_forgotten: bool,
    fingerprint: u64,
}

/// What is known of a handle.
#[derive(Clone, Copy, Debug)]
pub(super) enum Found<'a> {
    Open(&'a Connected),
    /// Closed, and this thread had connected.
    Closed(u32),
    /// Never handed out, or closed so long ago that it is forgotten.
    Forgotten,
    /// Never handed out.
    Never,
}

impl IssuedHandles {
    pub(super) fn find(&self, handle: u64) -> Found<'_> {
        if let Some(open) = self.open.get(handle) {
            return Found::Open(open);
        }
        match self.closed.get(handle).or_else(|| self.closed_before.get(&handle)) {
            Some(thread) => Found::Closed(*thread),
            None if self.has_forgotten => Found::Forgotten,
            None => Found::Never,
        }
    }

    pub(super) fn open(&self, handle: u64) -> Option<&Connected> {
        self.open.get(handle)
    }

    pub(super) fn is_closed(&self, handle: u64) -> bool {
        matches!(self.find(handle), Found::Closed(_))
    }

    /// How many are open.
    pub(super) fn count(&self) -> usize {
        self.open.len()
    }

    /// How many are known to be closed.
    pub(super) fn count_closed(&self) -> usize {
        self.closed.len() + self.closed_before.len()
    }

    pub(super) fn all_open(&self) -> impl Iterator<Item = (u64, &Connected)> {
        self.open.iter()
    }

    /// Sets what a handle has come to.
    pub(super) fn set(&mut self, handle: u64, connected: Connected) {
        let before = if connected.state.is_live() {
            let closed = self.closed.set(handle, None);
            self.fingerprint ^= closed.map_or(0, |thread| hash((handle, thread)));
            self.fingerprint ^= of_open(handle, &connected);
            self.open.set(handle, Some(connected))
        } else {
            self.close(handle, connected.by.thread);
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

fn of_open(handle: u64, connected: &Connected) -> u64 {
    let Connected { state, by, server, holds, .. } = connected;
    hash((handle, state, by, server, holds))
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    // The sums of what the hasher makes of similar handles are too much alike.
    let hash = hasher.finish();
    (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl Found<'_> {
    /// Where it is in its life, as far as that is known.
    pub(super) fn state(self) -> HandleState {
        match self {
            Found::Open(connected) => connected.state,
            Found::Closed(_) | Found::Forgotten => HandleState::Disconnected,
            Found::Never => HandleState::Unconnected,
        }
    }
}
