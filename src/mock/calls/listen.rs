//! Where servers listen, and which server a connection string reaches.

use std::sync::Arc;

use super::request::{Answered, Request};
use crate::address::{Address, IpVersions, Listen, ServerHost, has_crashing_pipe, pipe_name, ports};
use crate::dispatch::CallSite;
use crate::hresult::{
    E_INVALIDARG, ERROR_ALREADY_EXISTS, ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, HRESULT, RPC_E_SERVER_DIED, S_OK,
    WSAEADDRINUSE, WSAEAFNOSUPPORT, WSAECONNREFUSED, WSAHOST_NOT_FOUND,
};
use crate::mock::world::{
    ANY_PIPE, ComputerId, DueAt, EngineId, FindingRecord, Holder, LookupCache, Misuse, RealEngine, ReverseServer,
    Route, ServerId, ServerState, World, WorldEvent,
};
use crate::options::{ConnectionString, Item, Side, Transport};
use crate::spec::Requirement;
use crate::state::{ServerEvent, ServerLife};

/// The ports out of which the system chooses one.
const EPHEMERAL: std::ops::RangeInclusive<u16> = 49152..=65535;

impl Request<'_> {
    /// Starts the server of this call.
    pub(super) fn listen(&self, world: &mut World, text: &str, is_debugging: bool) -> Answered {
        let read = ConnectionString::parse(Side::Server, world.profile, text);
        if has_crashing_pipe(world.profile, text, &read) {
            let requirement = Some(Requirement::OptionsPipeFormatTakesNumbers);
            let crashes = &RealEngine::Shown("crashes", "OBS-79");
            self.note(world, Misuse::PipeNameFormat, requirement, crashes);
            return Err(E_INVALIDARG);
        }
        let options = Arc::new(read.map_err(|_| E_INVALIDARG)?);
        let listens = world.listen(self.engine, text, &options, is_debugging, self.call_site);
        if let Err(WSAEADDRINUSE | ERROR_ALREADY_EXISTS) = listens {
            self.note_awaited_server(world, &options);
        }
        listens
    }

    /// An address is taken. Notes it if a server listens there whose end its host has waited for, and the wait has timed out.
    fn note_awaited_server(&self, world: &mut World, options: &ConnectionString) {
        let Listen::FirstFree(addresses) = Listen::of(options) else { return };
        let computer = world.engines[self.engine].computer;
        let there = addresses.iter().flat_map(|address| world.network.servers(computer, address));
        let awaited = there.filter(|server| world.servers[**server].life == ServerLife::Running).find_map(|server| {
            let timed_out = world.engines[world.servers[*server].host].timed_out?;
            Some((*server, timed_out))
        });
        if let Some((server, earlier_call)) = awaited {
            let real_engine = &RealEngine::Does("keeps the address until the process of the server is gone");
            let finding = self.finding(Misuse::TimedOutWait, real_engine);
            self.keep(world, FindingRecord { server: Some(server), earlier_call, ..finding });
        }
    }
}

impl World {
    /// Starts a server of an engine. Returns the code of StartProcessServer or StartServer.
    pub(super) fn listen(
        &mut self,
        engine: EngineId,
        text: &str,
        options: &Arc<ConnectionString>,
        is_debugging: bool,
        started_at: CallSite,
    ) -> Answered {
        let computer = self.engines[engine].computer;
        let ip_versions = IpVersions::of_server(self.profile, options);
        let is_free = |address: &Address| self.is_free(engine, address, ip_versions);
        let address = match Listen::of(options) {
            // OBS-78: no computer of a lab has such a line.
            Listen::FirstFree(_) if options.transport() == Transport::Ieee1394 => return Err(ERROR_FILE_NOT_FOUND),
            Listen::FirstFree(addresses) => {
                let in_use = match options.transport() {
                    Transport::Npipe | Transport::Spipe => ERROR_ALREADY_EXISTS,
                    _ => WSAEADDRINUSE,
                };
                Some(addresses.into_iter().find(is_free).ok_or(in_use)?)
            }
            Listen::SystemChooses(transport) => {
                let port = if transport == Transport::Ssl { Address::Ssl } else { Address::Tcp };
                Some(EPHEMERAL.map(port).find(is_free).ok_or(WSAEADDRINUSE)?)
            }
            Listen::SystemNames(transport) => Some(named_by_system(
                self.engines[engine].process_id.unwrap_or(0x1000 + 4 * engine.0),
                transport,
                options,
            )),
            Listen::Reverse => None,
        };
        let reverse = match address {
            None => Some(self.called_client(computer, options)?),
            Some(_) => None,
        };
        if reverse.is_some() {
            self.wake_waits();
        }
        let server = self.servers.add(ServerState {
            host: engine,
            is_debugging,
            life: ServerLife::NotStarted.after(ServerEvent::Started),
            address,
            ip_versions,
            reverse,
            text: text.into(),
            options: Arc::clone(options),
            started_at,
            started_in: self.calls,
            started_when: self.clock.now,
        });
        let is_pipe = options.pipe().is_some_and(|pipe| pipe != ANY_PIPE);
        match self.computers[computer].late_pipes {
            late @ 1.. if is_pipe => {
                self.schedule.add(DueAt::Call(self.calls + late + 1), WorldEvent::PipeAppears(server), None);
            }
            _ => self.begin_to_listen(server),
        }
        self.engines[engine].servers.push(server);
        Ok(S_OK)
    }

    /// Clients find a server from now on, if it has an address and its host is running.
    pub(super) fn begin_to_listen(&mut self, server: ServerId) {
        if let Some(address) = self.servers[server].address.clone() {
            self.network.listen(self.computer_of(server), address, server);
        }
    }

    /// Returns the client that a server with `clicon` connects to. A server that could never connect does not start, but for one of
    /// the real engine without a port (OBS-222).
    fn called_client(&self, own: ComputerId, options: &ConnectionString) -> Result<ReverseServer, HRESULT> {
        let client = self.computer_named(own, ServerHost::at_other_end(options)).ok_or(WSAHOST_NOT_FOUND)?;
        let port = match ports(options).into_iter().next() {
            Some(port) => port,
            None if self.is_contract() => return Err(E_INVALIDARG),
            None => Address::Tcp(0),
        };
        Ok(ReverseServer { client, port, connected_to: None })
    }

    /// Returns the computer to which a name leads from another computer.
    pub(super) fn computer_named(&self, own: ComputerId, host: ServerHost<'_>) -> Option<ComputerId> {
        match host {
            ServerHost::Local => Some(own),
            ServerHost::Named(name) => self.network.computer(name),
            ServerHost::Impossible => None,
        }
    }

    /// Whether an engine can listen at an address of its computer.
    pub(super) fn is_free(&self, engine: EngineId, address: &Address, ip_versions: IpVersions) -> bool {
        let computer = self.engines[engine].computer;
        let excludes = |server: &ServerId| {
            let server = &self.servers[*server];
            // OBS-36, OBS-103: the real engine shares serial lines, and a pipe as long as it is not there yet.
            let is_shared = match address.transport() {
                Transport::Npipe => {
                    server.host == engine
                        && server.started_in + 1 == self.calls
                        && server.started_when == self.clock.now
                }
                Transport::Com => true,
                _ => false,
            };
            server.ip_versions.overlap(ip_versions) && !(is_shared && self.profile.is_dbgeng())
        };
        let is_excluded = |address: &Address| self.network.servers(computer, address).iter().any(excludes);
        !is_excluded(address)
            && !address.on_same_port().is_some_and(|other| is_excluded(&other))
            && self.network.holder(computer, address).is_none()
            && self.network.client(computer, address).is_none()
    }

    /// Finds out where a client's string leads from an engine.
    #[inline(always)]
    pub(super) fn route(&mut self, engine: EngineId, text: &str) -> Route {
        match &self.engines[engine].lookup {
            // Most callers connect with the same string again.
            Some(cache) if cache.changes == self.network.changes() && &*cache.text == text => cache.route,
            _ => self.find_route(engine, text),
        }
    }

    fn find_route(&mut self, engine: EngineId, text: &str) -> Route {
        let route = self.look_for(self.engines[engine].computer, text).unwrap_or_else(Route::Refused);
        let changes = self.network.changes();
        self.engines[engine].lookup = Some(LookupCache { text: text.into(), route, changes });
        route
    }

    fn look_for(&mut self, own: ComputerId, text: &str) -> Result<Route, HRESULT> {
        let options = ConnectionString::parse(Side::Client, self.profile, text).map_err(|_| E_INVALIDARG)?;
        let Some(address) = Address::of(&options) else { return Ok(Route::Reverse) };
        let transport = address.transport();
        let computer = match ServerHost::of(&options) {
            _ if transport == Transport::Com => self.other_end(&address).unwrap_or(own),
            // OBS-41: a pipe is a path, and its computer a part of that.
            host if transport == Transport::Npipe => self.computer_named(own, host).ok_or(ERROR_PATH_NOT_FOUND)?,
            host => self.computer_named(own, host).ok_or(WSAHOST_NOT_FOUND)?,
        };
        if transport == Transport::Npipe && options.server() != Some(".") && self.computers[computer].has_unshared_pipes
        {
            return Err(ERROR_PATH_NOT_FOUND);
        }
        let ip_versions = IpVersions::of_client(self.profile, &options).ok_or(WSAEAFNOSUPPORT)?;
        let mut there = self.network.servers(computer, &address).iter().copied();
        let found = match there.find(|server| self.servers[*server].ip_versions.overlap(ip_versions)) {
            Some(found) => found,
            None => match self.name_pipe(computer, &address, &options) {
                Some(named) => named,
                None => return self.without_server(computer, &address),
            },
        };
        let server = &self.servers[found];
        let knows_password = options.password() == server.options.password();
        if server.is_debugging || !knows_password { Err(RPC_E_SERVER_DIED) } else { Ok(Route::Server(found)) }
    }

    /// A client names a pipe that a host of any pipe serves: the host starts a server with that name, once. Returns the
    /// server if it is there already.
    fn name_pipe(&mut self, computer: ComputerId, address: &Address, client: &ConnectionString) -> Option<ServerId> {
        let any = &self.servers[self.network.at_any_pipe(computer, address)?];
        let (host, is_debugging) = (any.host, any.is_debugging);
        let name = client.pipe()?;
        let has_started = |server: &ServerId| self.servers[*server].address.as_ref() == Some(address);
        if !self.engines[host].is_host
            || self.network.holder(computer, address).is_some()
            || self.engines[host].servers.iter().any(has_started)
            // It would get another name (OPT-21).
            || name.contains('%')
        {
            return None;
        }
        let options = &any.options;
        let named =
            options.items().iter().fold(ConnectionString::new(Side::Server, options.transport()), |named, item| {
                match item {
                    Item::Pipe(_) => named.with(Item::Pipe(name.to_owned())),
                    other => named.with(other.clone()),
                }
            });
        self.start_on_host(host, vec![(named.to_string(), is_debugging)]);
        self.network.servers(computer, address).first().copied()
    }

    /// Returns where an address leads at which no server listens.
    fn without_server(&self, computer: ComputerId, address: &Address) -> Result<Route, HRESULT> {
        match (self.network.holder(computer, address), address) {
            (Some(Holder::Closes), _) => Err(RPC_E_SERVER_DIED),
            (Some(Holder::Silent), _) => Ok(Route::NoAnswer(&RealEngine::Shown("waits for ever", "OBS-87"))),
            (None, Address::Tcp(_) | Address::Ssl(_)) => Err(WSAECONNREFUSED),
            (None, Address::Com(..)) if self.profile.is_dbgeng() => {
                Ok(Route::NoAnswer(&RealEngine::Shown("waits for ever", "OBS-204")))
            }
            (None, _) => Err(ERROR_FILE_NOT_FOUND),
        }
    }

    /// Returns the computer at the other end of a serial line.
    fn other_end(&self, address: &Address) -> Option<ComputerId> {
        let mut computers = self.computers.iter().map(|(computer, _)| computer);
        computers.find(|computer| !self.network.servers(*computer, address).is_empty())
    }
}

/// Returns the pipe's address. `%x` and `%d` become the process id and the thread id of the host (OPT-21).
fn named_by_system(process: u32, transport: Transport, options: &ConnectionString) -> Address {
    let mut ids = [process, process + 1].into_iter();
    let mut name = pipe_name(options.pipe().unwrap_or_default());
    while let Some(at) = [name.find("%x"), name.find("%d")].into_iter().flatten().min() {
        let Some(id) = ids.next() else { break };
        let is_hexadecimal = name[at..].starts_with("%x");
        let number = if is_hexadecimal { format!("{id:x}") } else { id.to_string() };
        name.replace_range(at..at + 2, &number);
    }
    if transport == Transport::Spipe { Address::Spipe(name) } else { Address::Npipe(name) }
}
