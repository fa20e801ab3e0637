//! Threads: which one makes a call, and which ones could still do something.

use std::collections::{HashMap, HashSet};
use std::num::NonZeroU32;

use super::ids::{PartId, Table};

/// A thread of the operating system, numbered in the order of the first calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct OsThread(pub(crate) NonZeroU32);

/// A thread, as the rules for client objects see it: one of this process, or the n-th of an engine's process, which a harness
/// plays. It is one number, since every call compares threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ThreadId(u64);

impl ThreadId {
    const PLAYED: u64 = 1 << 32;

    pub(crate) fn of_this_process(thread: OsThread) -> ThreadId {
        ThreadId(thread.0.get().into())
    }

    pub(crate) fn played(number: u32) -> ThreadId {
        ThreadId(ThreadId::PLAYED | u64::from(number))
    }

    /// Returns the number of a thread that a harness plays.
    pub(crate) fn number_if_played(self) -> Option<u32> {
        (self.0 & ThreadId::PLAYED != 0).then_some(self.0 as u32)
    }
}

/// The thread that makes a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CurrentThread {
    pub(crate) os: OsThread,
    pub(crate) id: ThreadId,
}

/// The threads that hold a part of the lab, and those of them that wait. A wait that no other thread can end is an error
/// instead of a test that hangs.
#[derive(Clone, Debug, Default)]
pub(crate) struct ActiveThreads {
    /// Which thread has used each part last; `None` for a part that may be on its way to another thread.
    users: Table<PartId, Option<OsThread>>,
    /// How many parts each of them has used last.
    counts: HashMap<Option<OsThread>, usize>,
    waiting: HashSet<OsThread>,
}

impl ActiveThreads {
    pub(crate) fn add_part(&mut self, user: Option<OsThread>) -> PartId {
        *self.counts.entry(user).or_default() += 1;
        self.users.add(user)
    }

    /// Removes a part. Returns whether it was the last one that its thread held.
    pub(crate) fn remove_part(&mut self, part: PartId) -> bool {
        self.users.free(part);
        self.leave(self.users[part])
    }

    /// Notes that a thread uses a part. Returns whether another one has used it before.
    #[inline]
    pub(crate) fn use_part(&mut self, part: PartId, thread: OsThread) -> bool {
        self.users[part] != Some(thread) && self.hand_over(part, thread)
    }

    #[cold]
    fn hand_over(&mut self, part: PartId, thread: OsThread) -> bool {
        self.leave(self.users[part]);
        *self.counts.entry(Some(thread)).or_default() += 1;
        self.users[part] = Some(thread);
        true
    }

    fn leave(&mut self, user: Option<OsThread>) -> bool {
        let Some(count) = self.counts.get_mut(&user) else { return false };
        *count -= 1;
        let was_last = *count == 0;
        if was_last {
            self.counts.remove(&user);
        }
        was_last
    }

    /// Whether a thread other than `me` can still act on the lab: `None` if that depends on parts that no thread has used
    /// yet.
    pub(crate) fn another_can_act(&self, me: OsThread) -> Option<bool> {
        let is_free = |thread: &OsThread| *thread != me && !self.waiting.contains(thread);
        if self.counts.keys().flatten().any(is_free) {
            return Some(true);
        }
        if self.counts.contains_key(&None) { None } else { Some(false) }
    }

    /// The thread begins to wait.
    pub(crate) fn begin_wait(&mut self, thread: OsThread) {
        self.waiting.insert(thread);
    }

    /// The thread no longer waits.
    pub(crate) fn end_wait(&mut self, thread: OsThread) {
        self.waiting.remove(&thread);
    }
}
