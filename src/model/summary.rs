//! What a run has come to, as far as handles and servers go.

use super::Model;

impl Model {
    /// What the run has come to, in words: how many handles of each process are in which state, what is known of the end of
    /// its servers, and where each server is in its life. Which handle is which, and everything else that the model
    /// knows, is left out.
    pub fn state(&self) -> String {
        let actors = self.actors.iter().map(|actor| {
            let mut open: Vec<String> = actor.connections.values().map(|open| format!("{:?}", open.state)).collect();
            open.sort_unstable();
            format!("[{}] {:?}", open.join(" "), actor.ended)
        });
        let servers = self.servers.iter().map(|server| format!("{:?}", server.life));
        let words: Vec<String> = actors.chain(servers).collect();
        words.join(", ")
    }
}
