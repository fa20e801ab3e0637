//! What a run has shown so far: processes, client objects, connections, servers, computers.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::issued_handles::{Incidents, IssuedHandles};
use crate::address::Address;
use crate::options::Transport;
use crate::process::{Computer, Process};
use crate::state::ServerLife;

/// What exists beside what the run has shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WorldAssumption {
    /// Nothing: the run started all the process servers that there are, and saw every handle being issued.
    #[default]
    Closed,
    /// Anything: the run begins in the middle of things.
    Open,
}

/// A process of the run.
#[derive(Clone, Debug, Default)]
pub(super) struct RunProcess {
    pub(super) computer: usize,
    pub(super) clients: FxHashMap<u32, ClientRecord>,
    pub(super) handles: IssuedHandles,
    pub(super) servers: Vec<usize>,
    pub(super) ended: EndStatus,
    /// A call of the process has been seen, or its end.
    pub(super) seen: bool,
    /// The process was there before the run: its handles may be live without having been seen.
    pub(super) began_before: bool,
    /// A stale handle was used, and the call came back: the real engine's memory may be damaged (OBS-6).
    pub(super) damaged: bool,
    pub(super) incidents: Incidents,
    /// The handle that was issued last.
    pub(super) latest: Option<u64>,
}

/// What is known of the end of an actor's process servers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum EndStatus {
    #[default]
    No,
    /// EndProcessServer has succeeded on one of them.
    Requested,
    /// A wait has said so.
    Seen,
    /// It may or may not have happened.
    Perhaps,
}

/// A client object.
#[derive(Clone, Debug)]
pub(super) struct ClientRecord {
    pub(super) thread: u32,
    /// The newest `IDebugClient` version that it was asked for.
    pub(super) version: u8,
    /// Asked for another interface, so that it may hold more than one reference.
    pub(super) queried: bool,
    /// Its last reference was given up, so that it is no client object any more.
    pub(super) released: bool,
    /// EndSession disconnected it (CLI-20).
    pub(super) disabled: bool,
}

/// A server that the run started.
#[derive(Clone, Debug)]
pub(super) struct ServerRecord {
    /// The process that hosts it; `None`: one that is no part of the run.
    pub(super) process: Option<u32>,
    pub(super) computer: usize,
    pub(super) kind: ServerKind,
    pub(super) life: ServerLife,
    /// How many calls the run had made when the start had returned.
    pub(super) started: u64,
    /// `None`: the system chose, or the server calls its client.
    pub(super) address: Option<Address>,
    /// The transport over which it can be reached at an address that only the system knows.
    pub(super) at_chosen_address: Option<Transport>,
    pub(super) password: Option<String>,
    pub(super) disconnects: u32,
    /// How many connections of the run lead to it.
    pub(super) open: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ServerKind {
    Process,
    Debugging,
}

/// A computer of the run.
#[derive(Clone, Debug, Default)]
pub(super) struct ComputerRecord {
    pub(super) names: Vec<String>,
    /// `None`: nobody told.
    pub(super) processes: Option<Arc<Vec<KnownProcess>>>,
}

impl From<&Computer> for ComputerRecord {
    fn from(computer: &Computer) -> ComputerRecord {
        let known = |process: &Process| KnownProcess { process: process.clone(), id_is_known: true, debugged: false };
        ComputerRecord {
            names: computer.names.clone(),
            processes: Some(Arc::new(computer.processes.iter().map(known).collect())),
        }
    }
}

/// A process on a computer, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownProcess {
    pub(super) process: Process,
    /// A process that the run created has an id that no call tells (CRE-19).
    pub(super) id_is_known: bool,
    /// The run has attached to it.
    pub(super) debugged: bool,
}

impl KnownProcess {
    pub(super) fn system() -> KnownProcess {
        let process = Process { exe: "System Process".to_owned(), ..Process::default() };
        KnownProcess { process, id_is_known: true, debugged: false }
    }

    pub(super) fn id(&self) -> Option<u32> {
        self.id_is_known.then_some(self.process.id)
    }

    pub(super) fn has_id(&self, id: u32) -> bool {
        self.id() == Some(id)
    }
}
