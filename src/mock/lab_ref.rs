//! The reference to the lab that everything holds through which callers reach it.

use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use super::calls::CallOrigin;
use super::shared::Shared;
use super::thread;
use super::world::{ClientId, ClientIdentity, OsThread, PartId, World};
use crate::profile::Profile;

/// A reference to a lab. The lab knows which thread has used it last: that thread may use it again.
#[derive(Debug)]
pub(super) struct LabRef {
    shared: Arc<Shared>,
    part: PartId,
}

/// Every mutation of the lab is complete, so a panic leaves it consistent.
impl UnwindSafe for LabRef {}
impl RefUnwindSafe for LabRef {}

/// Tells labs apart, as long as both exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LabId(usize);

impl LabRef {
    /// A new lab.
    pub(super) fn new(profile: Profile) -> LabRef {
        LabRef::of(&Arc::new(Shared::new(profile)), Some(thread::own()))
    }

    /// A reference that may be on its way to another thread.
    pub(super) fn for_any_thread(&self) -> LabRef {
        LabRef::of(&self.shared, None)
    }

    fn of(shared: &Arc<Shared>, user: Option<OsThread>) -> LabRef {
        let part = shared.with(|world| world.threads.add_part(user));
        LabRef { shared: Arc::clone(shared), part }
    }

    pub(super) fn id(&self) -> LabId {
        LabId(Arc::as_ptr(&self.shared).addr())
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Looks at the world or changes it, on behalf of the calling thread.
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut World) -> T) -> T {
        let thread = thread::own();
        self.shared.with(|world| {
            world.use_part(self.part, thread);
            work(world)
        })
    }

    /// Returns the origin of calls on a client object, through an interface of this version.
    pub(super) fn origin(&self, client: ClientId, identity: ClientIdentity, version: u8) -> CallOrigin {
        CallOrigin { part: self.part, client, identity, version }
    }
}

impl Clone for LabRef {
    fn clone(&self) -> LabRef {
        LabRef::of(&self.shared, Some(thread::own()))
    }
}

impl Drop for LabRef {
    fn drop(&mut self) {
        self.shared.with(|world| world.remove_part(self.part));
    }
}
