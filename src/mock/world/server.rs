//! Process servers and debugging servers.

use super::handles::CallSite;
use super::ids::EngineId;
use crate::address::Address;
use crate::state::ServerLife;

/// A server that an engine hosts.
#[derive(Debug)]
pub(crate) struct ServerState {
    pub(crate) host: EngineId,
    /// It is a debugging server, which no process-server connect reaches.
    pub(crate) is_debugging: bool,
    pub(crate) life: ServerLife,
    /// Where it listens; `None` if it calls its clients instead, or has ended.
    pub(crate) address: Option<Address>,
    pub(crate) password: Option<String>,
    /// The string with which it was started.
    pub(crate) options: String,
    pub(crate) started_at: CallSite,
    /// Its line in the output of OutputServers, unless it is hidden.
    pub(crate) listing: Option<String>,
}
