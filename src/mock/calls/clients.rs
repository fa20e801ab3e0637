//! Client objects: made, asked for interfaces, released.

use crate::call::{Call, Ending, Outcome};
use crate::dispatch::CallSite;
use crate::hresult::{E_NOINTERFACE, E_POINTER, E_UNEXPECTED, HRESULT, S_OK};
use crate::interface::Interface;
use crate::mock::world::{ClientId, ClientIdentity, ClientState, EngineId, ThreadId, World};

impl World {
    /// Returns the version of an interface, if the lab's client objects have it. An interface that is no `IDebugClient` has
    /// the same methods here as that of version `own`, because in Rust one trait has all methods.
    pub(crate) fn known_version(&self, interface: &Interface, own: u8) -> Option<u8> {
        match interface.version() {
            Some(version) => Some(version).filter(|version| (1..=self.newest_client).contains(version)),
            None => interface.is_of_every_client().then_some(own),
        }
    }

    /// Returns the version of the client objects that are made without asking for one.
    pub(crate) fn usual_version(&self) -> u8 {
        self.newest_client.min(Interface::WHOLE_SURFACE)
    }

    fn add_client(&mut self, engine: EngineId, thread: ThreadId, made_at: CallSite) -> ClientId {
        let owner = &mut self.engines[engine];
        let (number, thread_number) = (owner.number_client(), owner.thread_number(thread));
        let identity = ClientIdentity { engine, is_of_host: owner.is_host, number, thread, thread_number };
        self.clients.add(ClientState { identity, references: 1, made_at, session: None })
    }

    /// Makes a client object for a thread. Whether the engine is alive, the caller has checked.
    pub(crate) fn debug_create(
        &mut self,
        engine: EngineId,
        thread: ThreadId,
        interface: Interface,
        made_at: CallSite,
    ) -> ClientId {
        let client = self.add_client(engine, thread, made_at);
        let by = self.caller(self.clients[client].identity, thread);
        self.record(by, Call::DebugCreate { interface }, Outcome::returned(S_OK));
        client
    }

    /// CreateClient. Returns the new client object if the call succeeds.
    pub(crate) fn create_client(
        &mut self,
        client: ClientId,
        thread: ThreadId,
        is_null: bool,
        made_at: CallSite,
    ) -> Result<ClientId, HRESULT> {
        let by = self.caller(self.clients[client].identity, thread);
        let engine = self.clients[client].identity.engine;
        let created = match (self.engines[engine].is_alive, is_null) {
            (false, _) => Err(E_UNEXPECTED),
            (true, true) => Err(E_POINTER),
            (true, false) => Ok(self.add_client(engine, thread, made_at)),
        };
        let mut outcome = Outcome::returned(created.err().unwrap_or(S_OK));
        outcome.out.client = created.ok().map(|client| self.clients[client].identity.number);
        self.record(by, Call::CreateClient, outcome);
        created
    }

    /// QueryInterface, on an interface of version `own`. Adds a reference to the client object if the call succeeds, and
    /// returns the version.
    pub(crate) fn query_interface(
        &mut self,
        client: ClientId,
        thread: ThreadId,
        interface: &Interface,
        own: u8,
        is_null: bool,
    ) -> Result<u8, HRESULT> {
        let by = self.caller(self.clients[client].identity, thread);
        let found = match self.known_version(interface, own) {
            Some(_) if is_null => Err(E_POINTER),
            Some(version) => Ok(version),
            None => Err(E_NOINTERFACE),
        };
        if found.is_ok() {
            self.clients[client].references += 1;
        }
        let outcome = Outcome::returned(found.err().unwrap_or(S_OK));
        self.record(by, Call::QueryInterface { interface: interface.clone() }, outcome);
        found
    }

    /// Release. Returns how many references will be left; [`World::remove_reference`] takes this one away.
    pub(crate) fn release(&mut self, client: ClientId, thread: ThreadId) -> u32 {
        let by = self.caller(self.clients[client].identity, thread);
        let left = self.clients[client].references.saturating_sub(1);
        self.record(by, Call::Release, Outcome { ending: Ending::References(left), out: Default::default() });
        left
    }

    /// Takes a reference away. The client object goes with the last one.
    pub(crate) fn remove_reference(&mut self, client: ClientId) {
        let references = &mut self.clients[client].references;
        *references -= 1;
        if *references == 0 {
            self.drop_callbacks(client);
            self.clients.free(client);
        }
    }
}
