//! The names of computers, and which program listens where.

use std::collections::HashMap;
use std::sync::Arc;

use super::findings::RealEngine;
use super::ids::{ComputerId, EngineId, ServerId};
use crate::address::Address;
use crate::hresult::HRESULT;

/// The name of a pipe that stands for every name that no other server has, in the string of a host.
pub(crate) const ANY_PIPE: &str = "*";

/// The names and addresses of a lab.
#[derive(Clone, Debug, Default)]
pub(crate) struct Network {
    /// Copies of the world share them.
    places: Arc<Places>,
    changes: u64,
}

#[derive(Clone, Debug, Default)]
struct Places {
    /// By the name in lower case; of computers with one name, the one that was made first.
    computers: HashMap<String, ComputerId>,
    /// The servers at each address of a computer, in the order in which they began to listen.
    listening: HashMap<(ComputerId, Address), Vec<ServerId>>,
    /// The engines that listen for a server that connects to them (OPT-24).
    clients: HashMap<(ComputerId, Address), EngineId>,
    /// The addresses that programs without an engine hold: no server can listen there.
    held: HashMap<(ComputerId, Address), Holder>,
}

/// The behaviour of a program without an engine towards a client that connects to the address that it holds (OBS-87).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// It closes the connection, or answers nonsense.
    Closes,
    /// It accepts the connection and says nothing.
    Silent,
}

/// Where a client's connection string leads.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Route {
    Server(ServerId),
    /// The connect fails with this code.
    Refused(HRESULT),
    /// To a program, or a serial line, that never answers.
    NoAnswer(&'static RealEngine),
    /// The client waits for a server that connects to it.
    Reverse,
}

/// The connection string with which an engine has connected last, and where it led.
#[derive(Clone, Debug)]
pub(crate) struct LookupCache {
    /// Copies of the world share it.
    pub(crate) text: Arc<str>,
    pub(crate) route: Route,
    /// The value of [`Network::changes`] at that time.
    pub(crate) changes: u64,
}

impl Network {
    /// Returns how often the network has changed. A result from before the last change may be out of date.
    pub(crate) fn changes(&self) -> u64 {
        self.changes
    }

    /// Something else has changed that a route depends on.
    pub(crate) fn change(&mut self) {
        self.changes += 1;
    }

    /// Returns the places for a change of them.
    fn changing(&mut self) -> &mut Places {
        self.change();
        Arc::make_mut(&mut self.places)
    }

    /// Returns the computer of that name. Names ignore case.
    pub(crate) fn computer(&self, name: &str) -> Option<ComputerId> {
        self.places.computers.get(&name.to_ascii_lowercase()).copied()
    }

    /// Gives a computer a name.
    pub(crate) fn name(&mut self, computer: ComputerId, name: &str) {
        let known = self.changing().computers.entry(name.to_ascii_lowercase()).or_insert(computer);
        *known = computer.min(*known);
    }

    /// Returns the servers that listen at an address, the first one first.
    pub(crate) fn servers(&self, computer: ComputerId, address: &Address) -> &[ServerId] {
        self.places.listening.get(&(computer, address.clone())).map_or(&[], Vec::as_slice)
    }

    /// Returns the server that stands for every pipe of a computer, if the address is that of a pipe.
    pub(crate) fn at_any_pipe(&self, computer: ComputerId, address: &Address) -> Option<ServerId> {
        let any = match address {
            Address::Npipe(_) => Address::Npipe(ANY_PIPE.to_owned()),
            Address::Spipe(_) => Address::Spipe(ANY_PIPE.to_owned()),
            _ => return None,
        };
        self.servers(computer, &any).first().copied()
    }

    /// A server begins to listen.
    pub(crate) fn listen(&mut self, computer: ComputerId, address: Address, server: ServerId) {
        self.changing().listening.entry((computer, address)).or_default().push(server);
    }

    /// A server no longer listens.
    pub(crate) fn leave(&mut self, computer: ComputerId, address: Address, server: ServerId) {
        let at = (computer, address);
        let Places { listening, .. } = self.changing();
        let Some(there) = listening.get_mut(&at) else { return };
        there.retain(|one| *one != server);
        if there.is_empty() {
            listening.remove(&at);
        }
    }

    /// Returns the engine that waits for its server at an address.
    pub(crate) fn client(&self, computer: ComputerId, address: &Address) -> Option<EngineId> {
        self.places.clients.get(&(computer, address.clone())).copied()
    }

    /// An engine begins to wait for its server.
    pub(crate) fn add_client(&mut self, computer: ComputerId, address: Address, engine: EngineId) {
        self.changing().clients.insert((computer, address), engine);
    }

    /// No engine waits for its server at an address any more.
    pub(crate) fn remove_client(&mut self, computer: ComputerId, address: Address) {
        self.changing().clients.remove(&(computer, address));
    }

    /// The process of an engine has ended: it waits for no server.
    pub(crate) fn remove_clients(&mut self, engine: EngineId) {
        self.changing().clients.retain(|_, client| *client != engine);
    }

    /// A program without an engine takes an address.
    pub(crate) fn hold(&mut self, computer: ComputerId, address: Address, holder: Holder) {
        self.changing().held.insert((computer, address), holder);
    }

    /// A program without an engine leaves an address.
    pub(crate) fn release(&mut self, computer: ComputerId, address: &Address) {
        self.changing().held.remove(&(computer, address.clone()));
    }

    /// Returns the program without an engine that holds an address.
    pub(crate) fn holder(&self, computer: ComputerId, address: &Address) -> Option<Holder> {
        self.places.held.get(&(computer, address.clone())).copied()
    }
}
