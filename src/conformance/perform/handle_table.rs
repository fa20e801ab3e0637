//! Handles and client objects alive in a run. Programs name both by their position here, so performing a program and
//! reading one from a trace use the same table.

use crate::call::{Call, Caller, Outcome};
use crate::conformance::program::{Alteration, HandleName};
use crate::transcript::is_near;

/// A value that no engine is likely to issue.
pub(crate) const UNKNOWN_HANDLE: u64 = 0x1234_5678;

/// Handles and client objects alive in a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct HandleTable {
    /// By process: the issued handles, and whether each is open.
    handles: Vec<Vec<(u64, bool)>>,
    /// By call of ConnectProcessServer: the handle that it issued.
    issued: Vec<Option<u64>>,
    /// By process: the live client objects.
    clients: Vec<Vec<u32>>,
}

impl HandleTable {
    /// Adds a process.
    pub(crate) fn add_process(&mut self) {
        self.handles.push(Vec::new());
        self.clients.push(Vec::new());
    }

    /// Returns the same handles for another thread, which has no client object yet.
    pub(crate) fn for_thread(&self) -> HandleTable {
        let HandleTable { handles, issued, clients } = self;
        let clients = vec![Vec::new(); clients.len()];
        HandleTable { handles: handles.clone(), issued: issued.clone(), clients }
    }

    /// Returns what each call of ConnectProcessServer issued.
    pub(crate) fn issued(&self) -> &[Option<u64>] {
        &self.issued
    }

    /// Returns the number of processes.
    pub(crate) fn processes(&self) -> usize {
        self.clients.len()
    }

    /// Returns the live client objects of a process.
    pub(crate) fn clients(&self, process: u32) -> &[u32] {
        &self.clients[process as usize]
    }

    /// Updates the table after a call.
    pub(crate) fn record(&mut self, by: Caller, call: &Call, outcome: &Outcome) {
        let at = by.process as usize;
        match call {
            Call::DebugCreate { .. } if outcome.succeeded() => self.clients[at].push(by.client),
            Call::CreateClient => self.clients[at].extend(outcome.out.client),
            Call::Release => self.clients[at].retain(|client| *client != by.client),
            Call::ConnectProcessServer { .. } => {
                let handle = if outcome.succeeded() { outcome.out.server } else { None };
                self.issued.push(handle);
                if let Some(handle) = handle {
                    self.handles[at].retain(|(value, _)| *value != handle);
                    self.handles[at].push((handle, true));
                }
            }
            Call::DisconnectProcessServer { server } if outcome.succeeded() => {
                if let Some(handle) = self.handles[at].iter_mut().find(|(value, _)| value == server) {
                    handle.1 = false;
                }
            }
            _ => {}
        }
    }

    /// Whether a handle of a process is open; `None` if the process was not issued it.
    pub(crate) fn is_open(&self, process: u32, handle: u64) -> Option<bool> {
        let issued = self.handles[process as usize].iter().find(|(value, _)| *value == handle);
        issued.map(|(_, is_open)| *is_open)
    }

    /// Returns the value that a name stands for in a process.
    pub(crate) fn handle(&self, process: u32, name: HandleName) -> u64 {
        let handles = &self.handles[process as usize];
        let nth = |open: bool, n: usize| {
            let mut fitting = handles.iter().filter(|(_, is_open)| *is_open == open);
            let count = fitting.clone().count();
            fitting.nth(n % count.max(1)).map_or(UNKNOWN_HANDLE, |(value, _)| *value)
        };
        let issued = |n: usize| self.issued.get(n).copied().flatten().unwrap_or(UNKNOWN_HANDLE);
        match name {
            HandleName::Open(n) => nth(true, n),
            HandleName::Stale(n) => nth(false, n),
            HandleName::Issued(n) => issued(n),
            HandleName::Altered(n, alteration) => self.never_issued(alteration.of(issued(n))),
            HandleName::Raw(value) => value,
            HandleName::Zero => 0,
        }
    }

    /// Returns the value if it is unknown, or else one that is.
    fn never_issued(&self, value: u64) -> u64 {
        if value == 0 || self.issued.contains(&Some(value)) { UNKNOWN_HANDLE } else { value }
    }

    /// Returns a name for a value in a process: the inverse of [`HandleTable::handle`].
    pub(crate) fn name(&self, process: u32, handle: u64) -> HandleName {
        let handles = &self.handles[process as usize];
        if let Some(at) = handles.iter().position(|(value, _)| *value == handle) {
            let is_open = handles[at].1;
            let n = handles[..at].iter().filter(|(_, open)| *open == is_open).count();
            return if is_open { HandleName::Open(n) } else { HandleName::Stale(n) };
        }
        if handle == 0 {
            return HandleName::Zero;
        }
        let issued = || self.issued.iter().enumerate().rev().filter_map(|(n, issued)| Some((n, (*issued)?)));
        // Another run issues other values, so a handle of another process or with a flipped bit needs a relative name.
        if let Some((n, _)) = issued().find(|(_, value)| *value == handle) {
            return HandleName::Issued(n);
        }
        match issued().find(|(_, value)| is_near(*value, handle)) {
            Some((n, value)) => HandleName::Altered(n, Alteration::Flipped(value ^ handle)),
            None => HandleName::Raw(handle),
        }
    }
}
