//! Summaries of the state: a fingerprint for searches, and a text that counts states.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::Model;
use crate::state::HandleState;

impl Model {
    /// Returns a hash of everything that decides which outcomes are allowed from here on. Runs with equal fingerprints
    /// continue alike, but may name different requirements for a failure.
    pub(crate) fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for process in &self.processes {
            process.handles.fingerprint.hash(&mut hasher);
            let mut clients: Vec<_> = process.clients.iter().collect();
            clients.sort_unstable_by_key(|(number, _)| **number);
            for (number, client) in clients {
                (number, client.thread, client.version, client.released, client.disabled, client.mask)
                    .hash(&mut hasher);
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
        for place in &self.computers {
            (&place.targets, &place.refused, &place.ended).hash(&mut hasher);
            let known = place.processes.as_ref().map(|known| known.iter().map(|one| one.process.id));
            known.map(Iterator::collect::<Vec<_>>).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// Returns the state in words: the states of each process's handles, whether its servers have ended, and the state
    /// of each server. Handle values and everything else are left out.
    pub fn state(&self) -> String {
        let processes = self.processes.iter().map(|process| {
            let closed = std::iter::repeat_n(HandleState::Disconnected, process.handles.count_closed());
            let open = process.handles.all_open().map(|(_, connection)| connection.state);
            let mut states: Vec<HandleState> = open.chain(closed).collect();
            states.sort_unstable_by_key(|state| *state as u8);
            format!("{states:?} {:?}", process.ended)
        });
        let servers = self.servers.iter().map(|server| format!("{:?}", server.life));
        let words: Vec<String> = processes.chain(servers).collect();
        words.join(", ")
    }
}
