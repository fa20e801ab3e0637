//! Which computer has which name, and who listens where.

use std::collections::HashMap;

use crate::address::Address;

/// The names and addresses of a lab.
#[derive(Debug, Default)]
pub(super) struct Network {
    /// By the name in lower case; of computers with one name, the one that was made first.
    computers: HashMap<String, usize>,
    /// The servers at each address of a computer, in the order in which they began to listen.
    listening: HashMap<(usize, Address), Vec<usize>>,
    changes: u64,
}

impl Network {
    /// How often it has changed: what was found before the last time may not be found again.
    pub(super) fn changes(&self) -> u64 {
        self.changes
    }

    /// The computer of that name. Names ignore case.
    pub(super) fn computer(&self, name: &str) -> Option<usize> {
        self.computers.get(&name.to_ascii_lowercase()).copied()
    }

    /// Gives a computer a name.
    pub(super) fn name(&mut self, computer: usize, name: &str) {
        self.changes += 1;
        let known = self.computers.entry(name.to_ascii_lowercase()).or_insert(computer);
        *known = computer.min(*known);
    }

    /// The server that is reached at an address: the first that listens there.
    pub(super) fn server(&self, computer: usize, address: &Address) -> Option<usize> {
        self.listening.get(&(computer, address.clone()))?.first().copied()
    }

    /// A server begins to listen.
    pub(super) fn listen(&mut self, computer: usize, address: Address, server: usize) {
        self.changes += 1;
        self.listening.entry((computer, address)).or_default().push(server);
    }

    /// A server no longer listens.
    pub(super) fn leave(&mut self, computer: usize, address: Address, server: usize) {
        self.changes += 1;
        let at = (computer, address);
        let Some(there) = self.listening.get_mut(&at) else { return };
        there.retain(|one| *one != server);
        if there.is_empty() {
            self.listening.remove(&at);
        }
    }
}
