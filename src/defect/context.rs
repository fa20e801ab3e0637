//! The context of a call that a defect answers, and the records that are kept for it.

use std::sync::{Arc, Weak};
use std::thread::ThreadId;

use crate::call::{Call, Outcome, Pointer};
use crate::client::Engine;
use crate::hresult::S_OK;
use crate::sync::{Mutex, MutexGuard};

/// The context of a call on its way to an engine that keeps the rules.
pub(super) struct DefectContext<'a> {
    /// The caller.
    pub(super) by: By,
    pub(super) process: &'a Mutex<ProcessRecord>,
    pub(super) world: &'a Mutex<DefectRecord>,
    /// Makes a call on the engine.
    pub(super) make: &'a dyn Fn(&Call) -> Outcome,
}

/// A thread: its id in the system, and its number in an engine that simulates threads.
pub(super) type ThreadRecord = (ThreadId, u32);

/// A client object, and the thread that calls it.
#[derive(Clone, Copy, Debug)]
pub(super) struct By {
    /// The number of the client object in its process.
    pub(super) client: u32,
    pub(super) version: u8,
    /// Whether CreateClient gave the object, and it was not asked for another interface.
    pub(super) is_created: bool,
    /// The thread that made the client object.
    pub(super) own: ThreadRecord,
    /// The thread that calls.
    pub(super) thread: ThreadRecord,
}

impl By {
    pub(super) fn is_on_another_thread(&self) -> bool {
        self.own != self.thread
    }
}

/// A connection that a process opened.
#[derive(Clone, Debug)]
pub(super) struct ConnectionRecord {
    pub(super) handle: u64,
    pub(super) text: String,
    pub(super) by: By,
    pub(super) open: bool,
    /// The server was asked to end through it.
    pub(super) ended: bool,
    /// A process is debugged through it.
    pub(super) debugs: bool,
}

/// The records of one process.
#[derive(Debug, Default)]
pub(super) struct ProcessRecord {
    pub(super) clients: u32,
    /// The connections, in the order in which they were opened.
    pub(super) connections: Vec<ConnectionRecord>,
    /// The handles that the caller knows, each with the handle of the engine.
    pub(super) aliases: Vec<(u64, u64)>,
    /// The number of handles that were given out although the engine has not issued them.
    pub(super) invented: u64,
    /// Open handles that the defect refuses.
    pub(super) dead: Vec<u64>,
    /// The number of process servers that were started.
    pub(super) starts: u32,
    /// The number of waits that saw an end.
    pub(super) ends_seen: u32,
    /// The number of calls that the defect counts.
    pub(super) counted: u32,
}

/// The records of all processes.
#[derive(Default)]
pub(super) struct DefectRecord {
    pub(super) hosts: Vec<Weak<dyn Engine>>,
    /// The strings with which servers were started.
    pub(super) offers: Vec<String>,
    /// The strings with which debugging servers were started.
    pub(super) debugging: Vec<String>,
    /// The strings of the connections through which a server was ended.
    pub(super) ended: Vec<String>,
    /// The handles that processes were issued.
    pub(super) issued: Vec<u64>,
    /// The number of processes that were created.
    pub(super) created: usize,
}

impl DefectContext<'_> {
    /// Makes the call on the engine and records its outcome.
    pub(super) fn pass(&self, call: &Call) -> Outcome {
        let outcome = (self.make)(call);
        if outcome.succeeded() {
            self.record(call, &outcome);
        }
        outcome
    }

    /// Makes the call with another handle.
    pub(super) fn pass_with(&self, call: &Call, handle: u64) -> Outcome {
        let mut call = call.clone();
        call.set_server(handle);
        self.pass(&call)
    }

    /// Makes the call with the engine's handle in place of the one that the caller knows.
    pub(super) fn pass_by_alias(&self, call: &Call) -> Outcome {
        let handle = call.server().unwrap_or_default();
        let real = self.state().aliases.iter().rev().find(|(shown, _)| *shown == handle).map(|(_, real)| *real);
        real.map_or_else(|| self.pass(call), |real| self.pass_with(call, real))
    }

    pub(super) fn state(&self) -> MutexGuard<'_, ProcessRecord> {
        self.process.lock()
    }

    pub(super) fn world(&self) -> MutexGuard<'_, DefectRecord> {
        self.world.lock()
    }

    /// Returns the newest connection of a handle, open or closed.
    pub(super) fn connection(&self, handle: u64) -> Option<ConnectionRecord> {
        self.state().connections.iter().rev().find(|connection| connection.handle == handle).cloned()
    }

    /// Returns the open connections.
    pub(super) fn open(&self) -> Vec<ConnectionRecord> {
        self.state().connections.iter().filter(|connection| connection.open).cloned().collect()
    }

    pub(super) fn is_open(&self, handle: u64) -> bool {
        self.connection(handle).is_some_and(|connection| connection.open)
    }

    pub(super) fn is_stale(&self, handle: u64) -> bool {
        self.connection(handle).is_some_and(|connection| !connection.open)
    }

    pub(super) fn is_unknown(&self, handle: u64) -> bool {
        handle != 0 && self.connection(handle).is_none()
    }

    /// Counts a call. Returns its number, from one.
    pub(super) fn count(&self) -> u32 {
        let mut state = self.state();
        state.counted += 1;
        state.counted
    }

    pub(super) fn disconnect(&self, handle: u64) -> Outcome {
        self.pass(&Call::DisconnectProcessServer { server: handle })
    }

    /// Returns the ids of the processes on the computer of a handle.
    pub(super) fn ids(&self, server: u64) -> Vec<u32> {
        let (ids, actual_count) = (Pointer::Given, Pointer::Given);
        let call = Call::GetRunningProcessSystemIds { server, ids, count: 4096, actual_count };
        self.pass(&call).out.ids.unwrap_or_default()
    }

    /// Returns a new handle that the engine has not issued.
    pub(super) fn invent(&self) -> Outcome {
        let mut state = self.state();
        state.invented += 1;
        let mut outcome = Outcome::returned(S_OK);
        outcome.out.server = Some(0x7fff_0000_0000 + 16 * state.invented);
        outcome
    }

    /// Ends every process that hosts servers for the engine.
    pub(super) fn kill_hosts(&self) {
        let hosts: Vec<Arc<dyn Engine>> = self.world().hosts.iter().filter_map(Weak::upgrade).collect();
        for host in hosts {
            host.kill();
        }
    }

    fn record(&self, call: &Call, outcome: &Outcome) {
        if let Some(handle) = call.server().filter(|_| call.debugs()) {
            self.change(handle, |connection| connection.debugs = true);
        }
        match call {
            Call::ConnectProcessServer { remote_options: Some(text), .. } => {
                if let Some(handle) = outcome.out.server {
                    let (text, by) = (text.clone(), self.by);
                    let connection = ConnectionRecord { handle, text, by, open: true, ended: false, debugs: false };
                    self.state().connections.push(connection);
                    self.world().issued.push(handle);
                }
            }
            Call::DisconnectProcessServer { server } => self.change(*server, |connection| connection.open = false),
            Call::EndProcessServer { server } => {
                self.change(*server, |connection| connection.ended = true);
                let text = self.connection(*server).map(|connection| connection.text);
                self.world().ended.extend(text);
            }
            Call::StartProcessServer { options: Some(text), .. } => {
                self.state().starts += 1;
                self.world().offers.push(text.clone());
            }
            Call::StartServer { options: Some(text) } => self.world().debugging.push(text.clone()),
            Call::WaitForProcessServerEnd { .. } if outcome.hresult() == Some(S_OK) => self.state().ends_seen += 1,
            Call::CreateProcess { .. } | Call::CreateProcess2(_) => self.world().created += 1,
            _ => {}
        }
    }

    fn change(&self, handle: u64, change: impl FnOnce(&mut ConnectionRecord)) {
        if let Some(connection) =
            self.state().connections.iter_mut().rev().find(|connection| connection.handle == handle)
        {
            change(connection);
        }
    }
}
