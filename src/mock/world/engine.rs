//! Engines, each in a process of its own, with their client objects and servers.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::callbacks::ClientSession;
use super::handles::{Handles, Issuer, PastOfHandle, SlotId};
use super::ids::{ComputerId, EngineId, ServerId};
use super::network::LookupCache;
use super::sessions::Session;
use super::threads::ThreadId;
use crate::address::{Address, IpVersions};
use crate::dispatch::CallSite;
use crate::options::ConnectionString;
use crate::profile::Profile;
use crate::state::{CallingThread, Debugging, ServerLife};

#[derive(Clone, Debug, Default)]
pub(crate) struct EngineState {
    pub(crate) computer: ComputerId,
    pub(crate) is_alive: bool,
    /// The id of its process on the computer, if that is known.
    pub(crate) process_id: Option<u32>,
    /// That process is in the list of the computer, and ends with the engine.
    pub(crate) is_listed: bool,
    /// It is part of the lab's world and not one of its callers. A stock DbgSrv leaves when its server was ended.
    pub(crate) is_host: bool,
    /// A process server of this engine has ended (OBS-22).
    pub(crate) has_ended_server: bool,
    /// Where the last wait for such an end was called that timed out.
    pub(crate) timed_out: Option<CallSite>,
    pub(crate) handles: Handles,
    pub(crate) session: Session,
    /// The last connect that failed, if none has succeeded since: its thread, and where it was called.
    pub(crate) failed_connect: Option<(ThreadId, CallSite)>,
    /// The processes that it has created.
    pub(crate) created: HashSet<(ComputerId, u32)>,
    pub(crate) lookup: Option<LookupCache>,
    pub(crate) servers: Vec<ServerId>,
    /// The password of its first reverse connection.
    pub(crate) listens_for: Option<Option<String>>,
    /// Its threads, numbered in the order of their first calls.
    threads: HashMap<ThreadId, u32>,
    /// The number of its next client object.
    next_client: u32,
    /// The host whose place it took.
    pub(crate) replaces: Option<EngineId>,
    /// The engine that took its place.
    pub(crate) replaced_by: Option<EngineId>,
    /// Whether the journal has the facts about its computer.
    pub(crate) is_stated: bool,
}

/// The facts about a client object that never change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClientIdentity {
    pub(crate) engine: EngineId,
    /// Its engine is part of the lab's world and not one of its callers.
    pub(crate) is_of_host: bool,
    /// Its number in its engine.
    pub(crate) number: u32,
    /// The thread that may call it.
    pub(crate) thread: ThreadId,
    /// The number of that thread in its engine.
    pub(crate) thread_number: u32,
}

/// A client object. Its version is not here, as each of its interfaces has its own.
#[derive(Clone, Debug)]
pub(crate) struct ClientState {
    pub(crate) identity: ClientIdentity,
    /// How many interfaces to it callers hold.
    pub(crate) references: u32,
    /// Where it was made.
    pub(crate) made_at: CallSite,
    /// Its own part of the session, once something in it was set.
    pub(crate) session: Option<Box<ClientSession>>,
}

/// A server that an engine hosts.
#[derive(Clone, Debug)]
pub(crate) struct ServerState {
    pub(crate) host: EngineId,
    /// It is a debugging server, which no process-server connect reaches.
    pub(crate) is_debugging: bool,
    pub(crate) life: ServerLife,
    /// Where it listens; `None` if it calls its clients instead, or has ended.
    pub(crate) address: Option<Address>,
    pub(crate) ip_versions: IpVersions,
    /// The client that it connects to, if it was started with `clicon` (OPT-24).
    pub(crate) reverse: Option<ReverseServer>,
    /// The string with which it was started.
    pub(crate) text: Arc<str>,
    pub(crate) options: Arc<ConnectionString>,
    pub(crate) started_at: CallSite,
    /// The number of the call that started it.
    pub(crate) started_in: u64,
    /// The time at its start, in milliseconds.
    pub(crate) started_when: u64,
}

/// The client of a server that connects to it, and not the other way around.
#[derive(Clone, Debug)]
pub(crate) struct ReverseServer {
    /// The computer on which the client listens.
    pub(crate) client: ComputerId,
    pub(crate) port: Address,
    /// The engine to which it has connected.
    pub(crate) connected_to: Option<EngineId>,
}

impl EngineState {
    pub(crate) fn new(computer: ComputerId, profile: Profile, issuer: Issuer, is_host: bool) -> EngineState {
        let handles = Handles::new(profile, issuer);
        EngineState { computer, is_host, handles, is_alive: true, ..EngineState::default() }
    }

    /// Returns the number of a thread in this engine.
    #[cold]
    pub(crate) fn thread_number(&mut self, thread: ThreadId) -> u32 {
        if let Some(number) = thread.number_if_played() {
            return number;
        }
        let next = u32::try_from(self.threads.len()).unwrap_or(u32::MAX);
        *self.threads.entry(thread).or_insert(next)
    }

    /// Returns the number of a new client object.
    pub(crate) fn number_client(&mut self) -> u32 {
        self.next_client += 1;
        self.next_client - 1
    }

    /// A caller closes a connection.
    #[inline(always)]
    pub(crate) fn disconnect(&mut self, slot: SlotId, disconnected_at: CallSite) {
        let Some(closed) = self.handles.disconnect(slot, disconnected_at) else { return };
        if closed.holds.has_session() {
            self.session.connections.remove(&slot);
            self.session.has_lost_connection = true;
        }
    }

    /// A call tries to debug a process through a connection.
    pub(crate) fn try_to_debug(&mut self, slot: SlotId) {
        let Some(connection) = self.handles.get_mut(slot) else { return };
        connection.state = connection.state.tried_to_debug(connection.holds);
    }

    /// The session debugs through a connection, on this thread.
    pub(crate) fn join_session(&mut self, slot: SlotId, thread: ThreadId) {
        let Some(connection) = self.handles.get_mut(slot) else { return };
        connection.holds = connection.holds.joined(connection.caller(thread));
        self.session.connections.insert(slot);
    }

    /// Returns the connections that the session uses and of which a thread can give up nothing when it ends the session.
    pub(crate) fn kept_connections(&self, thread: ThreadId) -> Vec<(u64, PastOfHandle)> {
        let kept = |slot: &SlotId| {
            let open = self.handles.get(*slot)?;
            let is_kept = open.caller(thread) == CallingThread::Other && !open.holds.is_last();
            is_kept.then(|| (self.handles.value(*slot), open.past()))
        };
        self.session.connections.iter().filter_map(kept).collect()
    }

    /// A thread ends the session. Returns the connections that this closes.
    pub(crate) fn end_session(&mut self, thread: ThreadId, ended_at: CallSite) -> Vec<SlotId> {
        self.session.local = Debugging::None;
        self.session.left = 0;
        let mut closed = Vec::new();
        for slot in std::mem::take(&mut self.session.connections) {
            let Some(connection) = self.handles.get_mut(slot) else { continue };
            connection.holds = connection.holds.session_ended(connection.caller(thread));
            if connection.holds.is_none() {
                self.handles.close(slot, ended_at);
                closed.push(slot);
            }
        }
        closed
    }
}
