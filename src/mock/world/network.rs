//! The names of computers, and which server listens where.

use std::collections::HashMap;

use super::ids::{ComputerId, ServerId};
use crate::address::Address;
use crate::hresult::HRESULT;

/// The names and addresses of a lab.
#[derive(Debug, Default)]
pub(crate) struct Network {
    /// By the name in lower case; of computers with one name, the one that was made first.
    computers: HashMap<String, ComputerId>,
    /// The servers at each address of a computer, in the order in which they began to listen.
    listening: HashMap<(ComputerId, Address), Vec<ServerId>>,
    changes: u64,
}

/// The connection string with which an engine has connected last, and where it led.
#[derive(Debug)]
pub(crate) struct LookupCache {
    pub(crate) text: String,
    pub(crate) found: Result<ServerId, HRESULT>,
    /// The value of [`Network::changes`] at that time.
    pub(crate) changes: u64,
}

impl Network {
    /// Returns how often the network has changed. A result from before the last change may be out of date.
    pub(crate) fn changes(&self) -> u64 {
        self.changes
    }

    /// Returns the computer of that name. Names ignore case.
    pub(crate) fn computer(&self, name: &str) -> Option<ComputerId> {
        self.computers.get(&name.to_ascii_lowercase()).copied()
    }

    /// Gives a computer a name.
    pub(crate) fn name(&mut self, computer: ComputerId, name: &str) {
        self.changes += 1;
        let known = self.computers.entry(name.to_ascii_lowercase()).or_insert(computer);
        *known = computer.min(*known);
    }

    /// Returns the server that is reached at an address: the first that listens there.
    pub(crate) fn server(&self, computer: ComputerId, address: &Address) -> Option<ServerId> {
        self.listening.get(&(computer, address.clone()))?.first().copied()
    }

    /// A server begins to listen.
    pub(crate) fn listen(&mut self, computer: ComputerId, address: Address, server: ServerId) {
        self.changes += 1;
        self.listening.entry((computer, address)).or_default().push(server);
    }

    /// A server no longer listens.
    pub(crate) fn leave(&mut self, computer: ComputerId, address: Address, server: ServerId) {
        self.changes += 1;
        let at = (computer, address);
        let Some(there) = self.listening.get_mut(&at) else { return };
        there.retain(|one| *one != server);
        if there.is_empty() {
            self.listening.remove(&at);
        }
    }
}
