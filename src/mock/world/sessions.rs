//! Sessions: who debugs what, and through which connections.

use std::collections::{BTreeMap, BTreeSet};

use super::handles::SlotId;
use super::ids::ComputerId;
use super::threads::ThreadId;

/// The sessions of an engine, by the threads on which they began.
#[derive(Debug, Default)]
pub(crate) struct Sessions(BTreeMap<ThreadId, Session>);

#[derive(Debug, Default)]
struct Session {
    /// The connections that the session keeps open.
    connections: BTreeSet<SlotId>,
    targets: BTreeSet<TargetId>,
}

/// A process that a session debugs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TargetId {
    pub(crate) computer: ComputerId,
    pub(crate) process: u32,
}

impl Sessions {
    fn of(&mut self, thread: ThreadId) -> &mut Session {
        self.0.entry(thread).or_default()
    }

    /// The session of a thread keeps a connection open.
    pub(crate) fn hold(&mut self, thread: ThreadId, connection: SlotId) {
        self.of(thread).connections.insert(connection);
    }

    /// The session of a thread no longer keeps a connection open.
    pub(crate) fn let_go(&mut self, thread: ThreadId, connection: SlotId) {
        self.of(thread).connections.remove(&connection);
    }

    /// The session of a thread begins to debug processes.
    pub(crate) fn begin(&mut self, thread: ThreadId, targets: impl IntoIterator<Item = TargetId>) {
        self.of(thread).targets.extend(targets);
    }

    /// Takes the connections away from the session of a thread.
    pub(crate) fn take_connections(&mut self, thread: ThreadId) -> BTreeSet<SlotId> {
        self.0.get_mut(&thread).map(|session| std::mem::take(&mut session.connections)).unwrap_or_default()
    }

    /// Takes the targets away from the session of a thread.
    pub(crate) fn take_targets(&mut self, thread: ThreadId) -> BTreeSet<TargetId> {
        self.0.get_mut(&thread).map(|session| std::mem::take(&mut session.targets)).unwrap_or_default()
    }

    /// A process has ended: no session debugs it any more.
    pub(crate) fn forget(&mut self, target: TargetId) {
        for session in self.0.values_mut() {
            session.targets.remove(&target);
        }
    }

    /// The engine's process has ended.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
