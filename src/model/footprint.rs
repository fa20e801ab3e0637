//! The footprint of a call: two calls whose footprints do not conflict have the same outcomes in either order.

/// Whether a call reads something or may write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
}

/// How far the effects of a call reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scope {
    /// Only what the footprint names.
    Named,
    /// Every call of its process.
    Process,
    /// Every call.
    Everything,
}

/// The part of the model's state that a call reads and writes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Footprint {
    pub(super) process: u32,
    pub(super) client: (u32, Access),
    /// The client object that CreateClient made.
    pub(super) made: Option<u32>,
    /// The handle that the call names or was issued.
    pub(super) handle: Option<(u64, Access)>,
    /// One server, or all of them (`None` inside).
    pub(super) servers: Option<(Option<usize>, Access)>,
    pub(super) scope: Scope,
}

impl Footprint {
    /// The footprint of a call that may affect every other call.
    pub(crate) const EVERYTHING: Footprint = Footprint {
        process: 0,
        client: (0, Access::Write),
        made: None,
        handle: None,
        servers: None,
        scope: Scope::Everything,
    };

    /// Whether the call may affect calls on other handles.
    pub(crate) fn is_wide(&self) -> bool {
        self.scope != Scope::Named
            || self.client.1 == Access::Write
            || self.made.is_some()
            || self.servers.is_some_and(|(_, access)| access == Access::Write)
    }

    /// Whether the call writes nothing.
    pub(crate) fn is_read_only(&self) -> bool {
        !self.is_wide() && self.handle.is_none_or(|(_, access)| access == Access::Read)
    }

    /// Whether one of the two calls may affect what is allowed of the other.
    pub(crate) fn conflicts_with(&self, other: &Footprint) -> bool {
        let same_process = self.process == other.process;
        match self.scope.max(other.scope) {
            Scope::Everything => return true,
            Scope::Process if same_process => return true,
            Scope::Process | Scope::Named => {}
        }
        let conflict = |one: Access, other: Access| one == Access::Write || other == Access::Write;
        let (client, other_client) = (self.client, other.client);
        let on_client = self.made == Some(other_client.0)
            || other.made == Some(client.0)
            || (client.0 == other_client.0 && conflict(client.1, other_client.1));
        let handles = self.handle.zip(other.handle);
        let on_handle = handles.is_some_and(|(one, other)| one.0 == other.0 && conflict(one.1, other.1));
        let servers = self.servers.zip(other.servers);
        let on_servers = servers.is_some_and(|((one, access), (other, other_access))| {
            (one.is_none() || other.is_none() || one == other) && conflict(access, other_access)
        });
        (same_process && (on_client || on_handle)) || on_servers
    }
}
