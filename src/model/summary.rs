//! Summaries of the state: a fingerprint for searches, and a value that counts states.

use std::fmt;
use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use super::Model;
use super::world::{ClientRecord, EndStatus, RunProcess};
use crate::state::{HandleState, ServerLife};

impl Model {
    /// Returns a hash of everything that decides which outcomes are allowed from here on. Runs with equal fingerprints
    /// continue alike, but may name different requirements for a failure.
    pub(crate) fn fingerprint(&self) -> u64 {
        let mut hasher = FxHasher::default();
        for process in &self.processes {
            process.handles.fingerprint.hash(&mut hasher);
            for (number, client) in process.clients.iter() {
                let ClientRecord { thread, version, released, disabled, mask, .. } = client;
                (number, thread, version, released, disabled, mask).hash(&mut hasher);
            }
            (
                process.ended,
                process.damaged,
                process.crashed,
                process.began_before,
                process.gone,
                process.has_other_clients,
            )
                .hash(&mut hasher);
            (process.own_id, process.debugging, process.has_lost_connection, process.has_listened).hash(&mut hasher);
            process.session.hash(&mut hasher);
        }
        for server in &self.servers {
            let has_connected = server.reverse.as_ref().map(|reverse| reverse.has_connected);
            (server.life, &server.address, server.process, has_connected).hash(&mut hasher);
            self.may_be_late(server).hash(&mut hasher);
        }
        for place in &*self.computers {
            (&place.targets, &place.refused, &place.ended).hash(&mut hasher);
            let known = place.processes.as_ref().map(|known| known.iter().map(|one| one.process.id));
            known.map(Iterator::collect::<Vec<_>>).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// Returns the state in words: the states of each process's handles, whether its servers have ended, and the state
    /// of each server. Handle values and everything else are left out.
    pub fn state(&self) -> String {
        self.summary().to_string()
    }

    /// Returns the same as a value.
    pub(crate) fn summary(&self) -> StateSummary {
        let of_process = |process: &RunProcess| {
            let mut handles = [0; HandleState::ALL.len()];
            process.handles.all_open().for_each(|(_, connection)| handles[connection.state as usize] += 1);
            handles[HandleState::Disconnected as usize] += process.handles.count_closed();
            (handles, process.ended)
        };
        StateSummary {
            processes: self.processes.iter().map(of_process).collect(),
            servers: self.servers.iter().map(|server| server.life).collect(),
        }
    }
}

/// The states of the handles and the servers of a run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct StateSummary {
    /// By process: how many of its handles are in each state, and whether its servers have ended.
    processes: Vec<([usize; HandleState::ALL.len()], EndStatus)>,
    servers: Vec<ServerLife>,
}

impl fmt::Display for StateSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let processes = self.processes.iter().map(|(counts, ended)| {
            let times = |(state, count): (HandleState, &usize)| std::iter::repeat_n(state, *count);
            let states: Vec<HandleState> = HandleState::ALL.into_iter().zip(counts).flat_map(times).collect();
            format!("{states:?} {ended:?}")
        });
        let servers = self.servers.iter().map(|life| format!("{life:?}"));
        f.write_str(&processes.chain(servers).collect::<Vec<_>>().join(", "))
    }
}
