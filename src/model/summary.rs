//! What a run has come to, as far as handles and servers go.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::Model;
use crate::state::HandleState;

impl Model {
    /// A number for all that decides which outcomes are allowed from here on: two runs with the same one go on alike. Left
    /// out is what only says by which names an outcome breaks a rule.
    pub(crate) fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for actor in &self.actors {
            actor.handles.fingerprint().hash(&mut hasher);
            let mut clients: Vec<_> = actor.clients.iter().collect();
            clients.sort_unstable_by_key(|(number, _)| **number);
            for (number, client) in clients {
                (number, client.thread, client.version, client.released, client.disabled).hash(&mut hasher);
            }
            (actor.ended, actor.damaged, actor.began_before).hash(&mut hasher);
        }
        for server in &self.servers {
            (server.life, &server.address, server.actor).hash(&mut hasher);
        }
        for place in &self.computers {
            let known = place.processes.as_ref().map(|known| known.iter().map(|one| (one.process.id, one.debugged)));
            known.map(Iterator::collect::<Vec<_>>).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// What the run has come to, in words: how many handles of each process are in which state, what is known of the end of
    /// its servers, and where each server is in its life. Which handle is which, and everything else that the model
    /// knows, is left out.
    pub fn state(&self) -> String {
        let actors = self.actors.iter().map(|actor| {
            let closed = std::iter::repeat_n(HandleState::Disconnected, actor.handles.count_closed());
            let open = actor.handles.all_open().map(|(_, connected)| connected.state);
            let mut states: Vec<String> = open.chain(closed).map(|state| format!("{state:?}")).collect();
            states.sort_unstable();
            format!("[{}] {:?}", states.join(" "), actor.ended)
        });
        let servers = self.servers.iter().map(|server| format!("{:?}", server.life));
        let words: Vec<String> = actors.chain(servers).collect();
        words.join(", ")
    }
}
