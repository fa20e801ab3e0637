//! Computes the footprint of a call from what the model knows.

use super::Model;
use super::footprint::{Access, Footprint, Scope};
use super::issued_handles::{HandleLookup, use_of};
use crate::call::{Call, Caller, Ending, Outcome};
use crate::flags::EndSessionFlags;
use crate::state::{HandleState, Use};

impl Model {
    /// Returns the footprint of a call that is made in this state. It stays valid after calls that do not conflict with it.
    ///
    /// `may_close` says that another call may close the handle first.
    pub(crate) fn footprint(&self, by: Caller, call: &Call, outcome: &Outcome, may_close: bool) -> Footprint {
        let Caller { process, client, .. } = by;
        let mut footprint = Footprint {
            process,
            client: (client, Access::Read),
            made: outcome.out.client,
            handle: None,
            servers: Some((None, Access::Read)),
            scope: Scope::Named,
        };
        let is_new = !self.process(process).is_some_and(|process| process.seen);
        if is_new || matches!(outcome.ending, Ending::Crashed | Ending::TimedOut) {
            return Footprint { scope: Scope::Everything, ..footprint };
        }
        match call {
            Call::DebugCreate { .. } | Call::QueryInterface { .. } | Call::Release => {
                footprint.client.1 = Access::Write;
            }
            Call::EndSession { flags } if *flags == EndSessionFlags::DISCONNECT => footprint.client.1 = Access::Write,
            Call::EndSession { .. } => footprint.scope = Scope::Everything,
            Call::CreateClient | Call::OutputServers { .. } | Call::OtherMethod { .. } => footprint.servers = None,
            Call::StartServer { .. } | Call::StartProcessServer { .. } | Call::WaitForProcessServerEnd { .. } => {
                footprint.servers = Some((None, write_if(outcome.succeeded())));
            }
            Call::ConnectProcessServer { remote_options: Some(text), .. } if self.parsed(text).shows_a_server() => {
                footprint.handle = outcome.out.server.map(|handle| (handle, write_if(outcome.succeeded())));
                footprint.servers = Some((None, Access::Write));
            }
            Call::ConnectProcessServer { .. } => {
                footprint.handle = outcome.out.server.map(|handle| (handle, write_if(outcome.succeeded())));
            }
            _ => self.add_handle(by, call, outcome, may_close, &mut footprint),
        }
        if !self.process(process).is_some_and(|process| process.clients.contains_key(&client)) {
            footprint.client.1 = Access::Write;
        }
        footprint
    }

    fn add_handle(&self, by: Caller, call: &Call, outcome: &Outcome, may_close: bool, footprint: &mut Footprint) {
        let (Some(handle), Some(usage)) = (call.server(), use_of(call)) else { return };
        let is_dbgeng = self.profile.is_dbgeng();
        let found = self.process(by.process).map_or(HandleLookup::Never, |process| process.handles.find(handle));
        let began_before = self.process(by.process).is_some_and(|process| process.began_before);
        if handle != 0 {
            // A call that succeeds on a handle of unknown origin shows that the handle is connected.
            let shows_connection = began_before && !matches!(found, HandleLookup::Open(_));
            // In the real engine even an attach that fails can begin a session.
            let begins_session = is_dbgeng && usage == Use::Target;
            let writes = begins_session || (outcome.succeeded() && (usage != Use::Query || shows_connection));
            footprint.handle = Some((handle, write_if(writes)));
            let server = match found {
                HandleLookup::Open(connection) => connection.server,
                _ => None,
            };
            footprint.servers = Some((server, Access::Read));
            // The real engine's answer on a stale handle depends on the other connections, and may damage them.
            let may_be_stale = may_close || found.state() == HandleState::Disconnected;
            let is_unknown = found.state() == HandleState::Unconnected && !began_before;
            if is_dbgeng && (may_be_stale || (outcome.succeeded() && is_unknown)) {
                footprint.scope = Scope::Process;
            }
        }
        let is_used = matches!(found, HandleLookup::Open(connection) if connection.holds.has_session());
        match usage {
            // A target that is debugged through the connection may end with it, and a later EndSession may crash.
            Use::Disconnect if outcome.succeeded() && is_used => footprint.scope = Scope::Everything,
            Use::End if outcome.succeeded() && self.has_targets() => footprint.scope = Scope::Everything,
            Use::End if outcome.succeeded() => {
                footprint.servers = footprint.servers.map(|(server, _)| (server, Access::Write));
            }
            // Other servers may be on the same computer, and a create that fails may leave a process there.
            Use::Target if outcome.succeeded() || !matches!(call, Call::AttachProcess { .. }) => {
                footprint.servers = Some((None, Access::Write));
            }
            _ => {}
        }
    }
}

fn write_if(writes: bool) -> Access {
    if writes { Access::Write } else { Access::Read }
}
