//! Where servers listen, and which server a connection string reaches.

use super::request::Answered;
use crate::address::{Address, Listen, ServerHost};
use crate::hresult::{
    E_INVALIDARG, ERROR_FILE_NOT_FOUND, HRESULT, RPC_E_SERVER_DIED, S_OK, WSAEADDRINUSE, WSAECONNREFUSED,
    WSAHOST_NOT_FOUND,
};
use crate::mock::world::{CallSite, ComputerId, EngineId, LookupCache, ServerId, ServerState, World};
use crate::options::{ConnectionString, Item, Side, Transport};
use crate::state::{ServerEvent, ServerLife};

/// The ports out of which the system chooses one.
const EPHEMERAL: std::ops::RangeInclusive<u16> = 49152..=65535;

impl World {
    /// Starts a server of an engine. Returns the code of StartProcessServer or StartServer.
    pub(super) fn listen(
        &mut self,
        engine: EngineId,
        text: &str,
        is_debugging: bool,
        started_at: CallSite,
    ) -> Answered {
        let computer = self.engines[engine].computer;
        let options = ConnectionString::parse(Side::Server, self.profile, text).map_err(|_| E_INVALIDARG)?;
        let address = match Listen::of(&options) {
            Listen::FirstFree(addresses) => {
                let free = addresses.into_iter().find(|address| self.is_free(computer, address));
                Some(free.ok_or(WSAEADDRINUSE)?)
            }
            Listen::SystemChooses(transport) => {
                let port = if transport == Transport::Ssl { Address::Ssl } else { Address::Tcp };
                let free = EPHEMERAL.map(port).find(|address| self.is_free(computer, address));
                Some(free.ok_or(WSAEADDRINUSE)?)
            }
            Listen::SystemNames(transport) => Some(self.named_by_system(engine, transport, &options)),
            Listen::Reverse => None,
        };
        let hidden = options.is_hidden() || address.is_none();
        let server = self.servers.add(ServerState {
            host: engine,
            is_debugging,
            life: ServerLife::NotStarted.after(ServerEvent::Started),
            address: address.clone(),
            password: options.password().map(str::to_owned),
            options: text.to_owned(),
            started_at,
            listing: (!hidden).then(|| listing(&options)),
        });
        if let Some(address) = address {
            self.network.listen(computer, address, server);
        }
        self.engines[engine].servers.push(server);
        Ok(S_OK)
    }

    fn is_free(&self, computer: ComputerId, address: &Address) -> bool {
        // OBS-36: two servers of the real engine can share a pipe.
        let shared = self.profile.is_dbgeng() && address.transport() == Transport::Npipe;
        let taken = self.network.server(computer, address).is_some();
        (shared || !taken) && !self.computers[computer].held.contains(address)
    }

    /// Returns the pipe's address. `%x` and `%d` become the process id and the thread id of the host (OPT-21).
    fn named_by_system(&self, engine: EngineId, transport: Transport, options: &ConnectionString) -> Address {
        let process = 0x1000 + 4 * engine.0;
        let mut ids = [process, process + 1].into_iter();
        let mut name = options.pipe().unwrap_or_default().to_lowercase();
        while let Some(at) = [name.find("%x"), name.find("%d")].into_iter().flatten().min() {
            let Some(id) = ids.next() else { break };
            let is_hexadecimal = name[at..].starts_with("%x");
            let number = if is_hexadecimal { format!("{id:x}") } else { id.to_string() };
            name.replace_range(at..at + 2, &number);
        }
        if transport == Transport::Spipe { Address::Spipe(name) } else { Address::Npipe(name) }
    }

    /// Finds the process server to which a client's string leads from an engine.
    pub(super) fn find(&mut self, engine: EngineId, text: &str) -> Result<ServerId, HRESULT> {
        let changes = self.network.changes();
        match &self.engines[engine].lookup {
            // Most callers connect with the same string again.
            Some(cache) if cache.changes == changes && cache.text == text => cache.found,
            _ => {
                let found = self.look_for(self.engines[engine].computer, text);
                self.engines[engine].lookup = Some(LookupCache { text: text.to_owned(), found, changes });
                found
            }
        }
    }

    fn look_for(&self, own: ComputerId, text: &str) -> Result<ServerId, HRESULT> {
        let options = ConnectionString::parse(Side::Client, self.profile, text).map_err(|_| E_INVALIDARG)?;
        let address = Address::of(&options).ok_or(WSAECONNREFUSED)?;
        let nothing = match address.transport() {
            Transport::Tcp | Transport::Ssl => WSAECONNREFUSED,
            Transport::Npipe | Transport::Com | Transport::Spipe => ERROR_FILE_NOT_FOUND,
        };
        let computer = match ServerHost::of(&options) {
            _ if address.transport() == Transport::Com => self.other_end(&address).unwrap_or(own),
            ServerHost::Local => own,
            ServerHost::Named(name) => self.network.computer(name).ok_or(WSAHOST_NOT_FOUND)?,
            ServerHost::Impossible => return Err(WSAHOST_NOT_FOUND),
        };
        let found = self.network.server(computer, &address).ok_or(nothing)?;
        let server = &self.servers[found];
        let knows_password = options.password() == server.password.as_deref();
        if server.is_debugging || !knows_password { Err(RPC_E_SERVER_DIED) } else { Ok(found) }
    }

    /// Returns the computer at the other end of a serial line.
    fn other_end(&self, address: &Address) -> Option<ComputerId> {
        let mut computers = self.computers.iter().map(|(computer, _)| computer);
        computers.find(|computer| self.network.server(*computer, address).is_some())
    }
}

/// Returns the line of a server in a listing. It shows keywords with a capital, and a star for the password (OUTS-9).
fn listing(options: &ConnectionString) -> String {
    let shown = options.items().iter().filter(|item| !matches!(item, Item::Hidden | Item::IcfEnable));
    let items = shown.map(|item| match item {
        Item::Password(_) => "Password=*".to_owned(),
        other => {
            let text = other.to_string();
            let mut letters = text.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        }
    });
    format!("{}:{}", options.transport(), items.collect::<Vec<_>>().join(","))
}
