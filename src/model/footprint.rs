//! The footprint of a call: two calls whose footprints do not conflict have the same outcomes in either order, and lead to
//! the same state.

/// How a call uses a part of the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    /// An update that changes nothing in this state, but may in another one.
    Idle,
    /// An update that commutes with others of its kind.
    Update(Update),
    Write,
}

/// A kind of update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Update {
    /// A client object learns another interface.
    Query,
    /// A server is added.
    Start,
    /// A pipe is found.
    Find,
    /// A server is asked to end.
    End,
    /// A wait reports an end.
    Wait,
    /// A process is created.
    Create,
}

impl Access {
    fn is_read_only(self) -> bool {
        matches!(self, Access::Read | Access::Idle)
    }

    fn conflicts_with(self, other: Access) -> bool {
        match (self, other) {
            (Access::Update(one), Access::Update(other)) => one != other,
            _ => !(self.is_read_only() && other.is_read_only()),
        }
    }
}

/// A part of the model's state, with its use. `which` is `None` for all parts of this kind.
#[derive(Clone, Copy, Debug)]
pub(super) struct StatePart<T> {
    pub(super) which: Option<T>,
    pub(super) access: Access,
}

impl<T: PartialEq> StatePart<T> {
    pub(super) fn one(which: T, access: Access) -> StatePart<T> {
        StatePart { which: Some(which), access }
    }

    pub(super) fn all(access: Access) -> StatePart<T> {
        StatePart { which: None, access }
    }

    fn conflicts_with(&self, other: &StatePart<T>) -> bool {
        let is_shared = self.which.is_none() || other.which.is_none() || self.which == other.which;
        is_shared && self.access.conflicts_with(other.access)
    }
}

/// The parts of the model's state that a call reads and writes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Footprint {
    /// The client object that is called, with its process.
    pub(super) client: StatePart<(u32, u32)>,
    /// The client object that CreateClient made.
    pub(super) made: Option<(u32, u32)>,
    /// The handle that the call names or was issued.
    pub(super) handle: Option<StatePart<(u32, u64)>>,
    /// The addresses at which servers listen, by their hashes.
    pub(super) listening: Option<StatePart<u64>>,
    /// The lives of servers.
    pub(super) lives: Option<StatePart<usize>>,
    /// Whether a server of a process has ended.
    pub(super) ended: Option<StatePart<u32>>,
    /// Which processes run and are debugged, by their ids.
    pub(super) targets: Option<StatePart<u32>>,
    /// Whether the call may damage the memory of the real engine, so that a later call may crash.
    pub(super) damages: bool,
    /// Whether the call may affect every other call.
    pub(super) is_unlimited: bool,
}

impl Footprint {
    /// The footprint of a call that may affect every other call.
    pub(crate) const UNLIMITED: Footprint = Footprint {
        client: StatePart { which: None, access: Access::Write },
        made: None,
        handle: None,
        listening: None,
        lives: None,
        ended: None,
        targets: None,
        damages: false,
        is_unlimited: true,
    };

    /// Whether the call may affect calls on other handles.
    pub(crate) fn is_wide(&self) -> bool {
        self.is_unlimited || self.made.is_some() || self.shared().iter().any(|access| *access != Access::Read)
    }

    /// Whether the call changes nothing.
    pub(crate) fn is_read_only(&self) -> bool {
        !self.is_unlimited
            && !self.damages
            && self.made.is_none()
            && self.shared().into_iter().chain([access(&self.handle)]).all(Access::is_read_only)
    }

    /// Returns the uses of all parts but the handle.
    fn shared(&self) -> [Access; 5] {
        let Footprint { client, listening, lives, ended, targets, .. } = self;
        [client.access, access(listening), access(lives), access(ended), access(targets)]
    }

    /// Whether one of the two calls may affect what is allowed of the other.
    pub(crate) fn conflicts_with(&self, other: &Footprint) -> bool {
        fn conflict<T: PartialEq>(one: &Option<StatePart<T>>, other: &Option<StatePart<T>>) -> bool {
            one.as_ref().zip(other.as_ref()).is_some_and(|(one, other)| one.conflicts_with(other))
        }
        let is_made = |made: Option<(u32, u32)>, client: &StatePart<(u32, u32)>| made.is_some() && made == client.which;
        self.is_unlimited
            || other.is_unlimited
            || self.client.conflicts_with(&other.client)
            || is_made(self.made, &other.client)
            || is_made(other.made, &self.client)
            || conflict(&self.handle, &other.handle)
            || conflict(&self.listening, &other.listening)
            || conflict(&self.lives, &other.lives)
            || conflict(&self.ended, &other.ended)
            || conflict(&self.targets, &other.targets)
    }
}

/// Returns the use of a part; one that the call does not use changes as little as one that it reads.
fn access<T>(part: &Option<StatePart<T>>) -> Access {
    part.as_ref().map_or(Access::Read, |part| part.access)
}
