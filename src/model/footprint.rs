//! Which calls do not depend on one another: made at the same time, they may be taken in either order.

use super::Model;
use super::handle::used_for;
use super::handles::Found;
use crate::call::{Call, Caller, Ending, Outcome};
use crate::flags::EndSessionFlags;
use crate::profile::Profile;
use crate::state::{HandleState, Use};

/// Whether a call only looks at something, or may change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    Looks,
    Changes,
}

/// What a call looks at and what it changes, as far as that decides what is allowed of others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Footprint {
    process: u32,
    client: (u32, Access),
    /// The client object that it makes beside.
    made: Option<u32>,
    /// The handle that it names or hands out.
    handle: Option<(u64, Access)>,
    /// The servers, or this one of them.
    servers: Option<(Option<usize>, Access)>,
    /// It may change what is allowed of any call of its process, or of any at all.
    reach: Reach,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    Named,
    Process,
    Everything,
}

impl Footprint {
    /// What may touch anything.
    pub(crate) const EVERYTHING: Footprint = Footprint {
        process: 0,
        client: (0, Access::Changes),
        made: None,
        handle: None,
        servers: None,
        reach: Reach::Everything,
    };

    /// Whether it may decide what is allowed of calls on other handles.
    pub(crate) fn is_wide(&self) -> bool {
        self.reach != Reach::Named
            || self.client.1 == Access::Changes
            || self.made.is_some()
            || self.servers.is_some_and(|(_, access)| access == Access::Changes)
    }

    /// Whether it leaves everything as it is.
    pub(crate) fn changes_nothing(&self) -> bool {
        !self.is_wide() && self.handle.is_none_or(|(_, access)| access == Access::Looks)
    }

    /// Whether one of the two may decide what is allowed of the other.
    pub(crate) fn conflicts_with(&self, other: &Footprint) -> bool {
        let same_process = self.process == other.process;
        match self.reach.max(other.reach) {
            Reach::Everything => return true,
            Reach::Process if same_process => return true,
            Reach::Process | Reach::Named => {}
        }
        let clash = |one: Access, other: Access| one == Access::Changes || other == Access::Changes;
        let ((client, access), (other_client, other_access)) = (self.client, other.client);
        let is_made = self.made == Some(other_client) || other.made == Some(client);
        if same_process && (is_made || (client == other_client && clash(access, other_access))) {
            return true;
        }
        if let (Some((handle, access)), Some((other_handle, other_access))) = (self.handle, other.handle)
            && same_process
            && handle == other_handle
            && clash(access, other_access)
        {
            return true;
        }
        let (Some((server, access)), Some((other_server, other_access))) = (self.servers, other.servers) else {
            return false;
        };
        (server.is_none() || other_server.is_none() || server == other_server) && clash(access, other_access)
    }
}

impl Model {
    /// What a call touches, made in this state or in one that calls not [met](Footprint::conflicts_with) by it have led to.
    /// `may_close` says that its handle may be closed until then.
    pub(crate) fn touch(&self, by: Caller, call: &Call, outcome: &Outcome, may_close: bool) -> Footprint {
        let Caller { process, client, .. } = by;
        let mut touch = Footprint {
            process,
            client: (client, Access::Looks),
            made: outcome.out.client,
            handle: None,
            servers: Some((None, Access::Looks)),
            reach: Reach::Named,
        };
        let is_new = !self.actor(process).is_some_and(|actor| actor.met);
        if is_new || matches!(outcome.ending, Ending::Crashed | Ending::TimedOut) {
            return Footprint { reach: Reach::Everything, ..touch };
        }
        let change_if = |changes: bool| if changes { Access::Changes } else { Access::Looks };
        match call {
            Call::DebugCreate { .. } | Call::QueryInterface { .. } | Call::Release => {
                touch.client.1 = Access::Changes;
            }
            Call::EndSession { flags } if *flags == EndSessionFlags::DISCONNECT => touch.client.1 = Access::Changes,
            Call::EndSession { .. } => touch.reach = Reach::Everything,
            Call::CreateClient | Call::OutputServers { .. } | Call::OtherMethod { .. } => touch.servers = None,
            Call::StartServer { .. } | Call::StartProcessServer { .. } | Call::WaitForProcessServerEnd { .. } => {
                touch.servers = Some((None, change_if(outcome.succeeded())));
            }
            Call::ConnectProcessServer { .. } => {
                touch.handle = outcome.out.server.map(|handle| (handle, change_if(outcome.succeeded())));
            }
            _ => self.touch_handle(by, call, outcome, may_close, &mut touch),
        }
        if !self.actor(process).is_some_and(|actor| actor.clients.contains_key(&client)) {
            touch.client.1 = Access::Changes;
        }
        touch
    }

    fn touch_handle(&self, by: Caller, call: &Call, outcome: &Outcome, may_close: bool, touch: &mut Footprint) {
        let Some(handle) = call.server() else { return };
        let (wanted, is_dbgeng) = (used_for(call), self.profile == Profile::Dbgeng);
        let found = self.actor(by.process).map_or(Found::Never, |actor| actor.handles.find(handle));
        let began_before = self.actor(by.process).is_some_and(|actor| actor.began_before);
        if handle != 0 {
            // What goes through a handle that nobody saw being handed out shows that it is connected.
            let is_shown = began_before && !matches!(found, Found::Open(_));
            // A session of the real engine begins also with what fails.
            let begins = is_dbgeng && wanted == Use::Target;
            let changes = begins || (outcome.succeeded() && (wanted != Use::Query || is_shown));
            touch.handle = Some((handle, if changes { Access::Changes } else { Access::Looks }));
            let server = match found {
                Found::Open(connected) => connected.server,
                _ => None,
            };
            touch.servers = Some((server, Access::Looks));
            // What the real engine does with a stale handle depends on what else is open, and may do damage.
            let may_be_stale = may_close || found.state() == HandleState::Disconnected;
            let is_unknown = found.state() == HandleState::Unconnected && !began_before;
            if is_dbgeng && (may_be_stale || (outcome.succeeded() && is_unknown)) {
                touch.reach = Reach::Process;
            }
        }
        match wanted {
            Use::End if outcome.succeeded() => {
                touch.servers = touch.servers.map(|(server, _)| (server, Access::Changes));
            }
            // Other servers may be on the same computer. What fails may leave a process behind.
            Use::Target if outcome.succeeded() || !matches!(call, Call::AttachProcess { .. }) => {
                touch.servers = Some((None, Access::Changes));
            }
            _ => {}
        }
    }
}
