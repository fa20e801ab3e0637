//! The state of the model: processes, client objects, servers and computers that the run has shown.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::debuggees::SessionRecord;
use super::issued_handles::{Incidents, IssuedHandles};
use crate::address::{Address, IpVersions};
use crate::options::{ConnectionString, Transport};
use crate::process::{Computer, Process, RESERVED_IDS, command_line, same, system_process};
use crate::profile::Profile;
use crate::state::{Attachment, Debugging, ServerLife};

/// The assumption about everything that the run does not show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WorldAssumption {
    /// Nothing: the run shows the start of every process server and the issue of every handle.
    #[default]
    Closed,
    /// Anything: the run starts midway.
    Open,
}

/// A process of the run.
#[derive(Clone, Debug, Default)]
pub(super) struct RunProcess {
    pub(super) computer: usize,
    pub(super) clients: Clients,
    pub(super) handles: IssuedHandles,
    pub(super) servers: Vec<usize>,
    pub(super) ended: EndStatus,
    /// Whether the run has shown a call of the process, or its end.
    pub(super) seen: bool,
    /// Whether the process has crashed or was killed.
    pub(super) gone: bool,
    /// Whether the process existed before the run: handles of which the run does not show the issue may be open.
    pub(super) began_before: bool,
    /// Whether the process may have client objects of which the run does not show the making.
    pub(super) has_other_clients: bool,
    /// Whether the process survived the use of a stale handle, which may have damaged the real engine's memory (OBS-6).
    pub(super) damaged: bool,
    /// Whether it crashed in a call of another process, as its own next call will show (OBS-239).
    pub(super) crashed: bool,
    pub(super) incidents: Incidents,
    /// Its id on its computer, if an attach has shown it (OBS-72).
    pub(super) own_id: Option<u32>,
    /// The use that its session makes of its own computer.
    pub(super) debugging: Debugging,
    /// Whether a connection that its session uses was closed (OBS-71).
    pub(super) has_lost_connection: bool,
    pub(super) session: SessionRecord,
    /// The handle that was issued last.
    pub(super) latest: Option<u64>,
    /// Whether a server has connected to it, so that it occupies a port.
    pub(super) has_listened: bool,
}

/// Whether a process server of the process has ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum EndStatus {
    #[default]
    No,
    /// EndProcessServer succeeded on one of them.
    Requested,
    /// A wait reported the end.
    Seen,
    /// Unknown.
    Perhaps,
}

/// A client object.
#[derive(Clone, Debug, Default)]
pub(super) struct ClientRecord {
    pub(super) thread: u32,
    /// The newest `IDebugClient` version that it was queried for.
    pub(super) version: u8,
    /// Whether CreateClient made it, so that it may have a newer interface from the beginning.
    pub(super) created: bool,
    /// Whether it was queried, so that it may hold more than one reference.
    pub(super) queried: bool,
    /// Whether its last reference was released.
    pub(super) released: bool,
    /// Whether EndSession disconnected it (CLI-20).
    pub(super) disabled: bool,
    /// Its output mask, if the run has set it.
    pub(super) mask: Option<u32>,
}

/// The client objects of a process by number. They are few, and a model is often cloned, so this is no hash map.
#[derive(Clone, Debug, Default)]
pub(super) struct Clients(Vec<(u32, ClientRecord)>);

impl Clients {
    pub(super) fn get(&self, number: u32) -> Option<&ClientRecord> {
        self.find(number).ok().map(|at| &self.0[at].1)
    }

    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut ClientRecord> {
        self.find(number).ok().map(|at| &mut self.0[at].1)
    }

    pub(super) fn insert(&mut self, number: u32, client: ClientRecord) {
        match self.find(number) {
            Ok(at) => self.0[at].1 = client,
            Err(at) => self.0.insert(at, (number, client)),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &(u32, ClientRecord)> {
        self.0.iter()
    }

    fn find(&self, number: u32) -> Result<usize, usize> {
        self.0.binary_search_by_key(&number, |(known, _)| *known)
    }
}

/// A server of the run.
#[derive(Clone, Debug)]
pub(super) struct ServerRecord {
    /// The process that hosts it; `None` for a process outside the run.
    pub(super) process: Option<u32>,
    pub(super) computer: usize,
    pub(super) kind: ServerKind,
    pub(super) life: ServerLife,
    /// How many calls the run had made when the server had started.
    pub(super) started: u64,
    /// `None` if the system chose the address, or if the server connects to its client.
    pub(super) address: Option<Address>,
    pub(super) ip_versions: IpVersions,
    /// The client that it connects to, if it was started with `clicon`.
    pub(super) reverse: Option<ReverseRecord>,
    /// The transport, if the system chose the address.
    pub(super) at_chosen_address: Option<Transport>,
    pub(super) options: Arc<ConnectionString>,
    /// Whether a call has found its pipe, which is not there yet when StartProcessServer returns (OBS-81).
    pub(super) was_found: bool,
    pub(super) disconnects: u32,
    /// How many open connections of the run lead to it.
    pub(super) open: u32,
}

/// The client that a server connects to.
#[derive(Clone, Debug)]
pub(super) struct ReverseRecord {
    /// Its computer, if the run shows it.
    pub(super) computer: Option<usize>,
    pub(super) port: Option<Address>,
    pub(super) has_connected: bool,
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
    /// `None` if the run does not describe them.
    pub(super) processes: Option<Arc<Vec<KnownProcess>>>,
    /// Whether other processes run there as well.
    pub(super) others: bool,
    /// The processes to which engines of the run are attached.
    pub(super) targets: Vec<TargetRecord>,
    /// The ports at which a connect has found nobody, since the last server of the run was there.
    pub(super) refused: BTreeSet<Address>,
    /// The ids of the targets that have ended with their debuggers.
    pub(super) ended: Vec<u32>,
}

/// A process to which an engine of the run is attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct TargetRecord {
    /// `None` for a process that the run created (CRE-19).
    pub(super) id: Option<u32>,
    /// The process of the engine.
    pub(super) process: u32,
    pub(super) attachment: Attachment,
    /// The process server through which it is debugged; `None` for a local target.
    pub(super) server: Option<usize>,
    /// The handle through which it is debugged.
    pub(super) handle: u64,
}

impl ComputerRecord {
    /// Replaces the facts by newer ones. `others` says whether more processes run there than these.
    pub(super) fn change_to(&mut self, computer: &Computer, others: bool) {
        let known = |process: &Arc<Process>| KnownProcess::new(Arc::clone(process), true);
        self.names.clone_from(&computer.names);
        self.processes = Some(Arc::new(computer.processes.iter().map(known).collect()));
        self.others = others;
        self.ended.retain(|id| computer.processes.iter().all(|process| process.id != *id));
    }
}

/// A process on a computer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownProcess {
    pub(super) process: Arc<Process>,
    /// Whether its id is known: no call tells the id of a process that the run created (CRE-19).
    pub(super) id_is_known: bool,
}

impl KnownProcess {
    /// Returns the processes of the system itself (OBS-55, OBS-75).
    pub(super) fn of_the_system(profile: Profile) -> Arc<[KnownProcess]> {
        let described = |id| {
            let exe = system_process(profile, id)?.to_owned();
            Some(KnownProcess::new(Process { id, exe, ..Process::default() }, true))
        };
        RESERVED_IDS.into_iter().filter_map(described).collect()
    }

    /// Returns whether a command line starts the program that the process runs.
    pub(super) fn is_started_by(&self, line: &str) -> bool {
        let own = command_line::installed_path(&self.process.exe);
        command_line::locate(line, |path| same(&own, path).then_some(())).is_ok()
    }

    pub(super) fn new(process: impl Into<Arc<Process>>, id_is_known: bool) -> KnownProcess {
        KnownProcess { process: process.into(), id_is_known }
    }

    pub(super) fn id(&self) -> Option<u32> {
        self.id_is_known.then_some(self.process.id)
    }

    pub(super) fn has_id(&self, id: u32) -> bool {
        self.id() == Some(id)
    }
}
