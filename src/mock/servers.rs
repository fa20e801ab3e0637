//! Process servers and the connections to them.

use super::entered::Entered;
use super::handles::Link;
use super::state::ServerState;
use crate::address::{Address, Host, Listen};
use crate::client::{Out, write};
use crate::flags::{Class, ServersFlags};
use crate::hresult::{
    E_INVALIDARG, E_NOTIMPL, ERROR_FILE_NOT_FOUND, HRESULT, RPC_E_SERVER_DIED, S_OK, WSAEADDRINUSE, WSAECONNREFUSED,
    WSAHOST_NOT_FOUND,
};
use crate::options::{ConnectionString, Item, Side, Transport};
use crate::profile::Profile;
use crate::spec::Requirement;
use crate::state::{self, Answer, Around, Connection, Holds, Named, Rule, ServerEvent, ServerLife, Thread, Use};

/// The ports out of which the system chooses one.
const EPHEMERAL: std::ops::RangeInclusive<u16> = 49152..=65535;

impl Entered<'_> {
    pub(super) fn start_process_server(mut self, flags: u32, options: Option<&str>, reserved: u64) -> HRESULT {
        if flags != Class::USER_WINDOWS.bits() {
            return E_INVALIDARG;
        }
        if reserved != 0 {
            return E_NOTIMPL;
        }
        match options {
            Some(options) => self.listen(options, false),
            None => self.null_pointer("answers E_INVALIDARG (OBS-12)"),
        }
    }

    pub(super) fn start_server(mut self, options: Option<&str>) -> HRESULT {
        match options {
            Some(options) => self.listen(options, true),
            None => self.null_pointer("was not measured"),
        }
    }

    fn listen(&mut self, text: &str, is_debugging: bool) -> HRESULT {
        let Ok(options) = ConnectionString::parse(Side::Server, self.state.profile, text) else { return E_INVALIDARG };
        let address = match Listen::of(&options) {
            Listen::FirstFree(addresses) => match addresses.into_iter().find(|address| self.is_free(address)) {
                Some(free) => Some(free),
                None => return WSAEADDRINUSE,
            },
            Listen::SystemChooses(transport) => {
                let port = if transport == Transport::Ssl { Address::Ssl } else { Address::Tcp };
                match EPHEMERAL.map(port).find(|address| self.is_free(address)) {
                    Some(free) => Some(free),
                    None => return WSAEADDRINUSE,
                }
            }
            Listen::SystemNames(transport) => Some(self.named_by_system(transport, &options)),
            Listen::Reverse => None,
        };
        let hidden = options.is_hidden() || address.is_none();
        let (engine, computer) = (self.engine, self.computer());
        let at = self.state.servers.len();
        if let Some(address) = &address {
            self.state.listening.entry((computer, address.clone())).or_default().push(at);
        }
        self.state.servers.push(ServerState {
            engine,
            is_debugging,
            life: ServerLife::NotStarted.after(ServerEvent::Started),
            address,
            password: options.password().map(str::to_owned),
            listing: (!hidden).then(|| listing(&options)),
        });
        self.state.engines[engine].servers.push(at);
        S_OK
    }

    fn is_free(&self, address: &Address) -> bool {
        let computer = self.computer();
        // OBS-36: two servers of the real engine can share a pipe.
        let shared = self.state.profile == Profile::Dbgeng && address.transport() == Transport::Npipe;
        let taken = self.state.listening.contains_key(&(computer, address.clone()));
        (shared || !taken) && !self.state.computers[computer].held.contains(address)
    }

    /// `%x` and `%d` become the process id and the thread id of the host (OPT-21).
    fn named_by_system(&self, transport: Transport, options: &ConnectionString) -> Address {
        let process = 0x1000 + 4 * u32::try_from(self.engine).unwrap_or(u32::MAX / 8);
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

    pub(super) fn connect_process_server(mut self, text: Option<&str>, server: Out<'_, u64>) -> HRESULT {
        let Some(text) = text else { return self.null_pointer("goes down (OBS-12)") };
        let Ok(options) = ConnectionString::parse(Side::Client, self.state.profile, text) else { return E_INVALIDARG };
        let found = match self.find(&options) {
            Ok(found) => found,
            Err(refused) => return refused,
        };
        if server.is_none() {
            return self.null_pointer("goes down (OBS-12)");
        }
        let link = Link { state: Connection::Connected, server: found, thread: self.thread, holds: Holds::NEW };
        let handle = self.state.engines[self.engine].handles.open(link);
        write(server, handle);
        S_OK
    }

    fn find(&self, options: &ConnectionString) -> Result<usize, HRESULT> {
        let Some(address) = Address::sought(options) else { return Err(WSAECONNREFUSED) };
        let nothing = match address.transport() {
            Transport::Tcp | Transport::Ssl => WSAECONNREFUSED,
            Transport::Npipe | Transport::Com | Transport::Spipe => ERROR_FILE_NOT_FOUND,
        };
        let own = self.computer();
        let computer = match Host::of(options) {
            _ if address.transport() == Transport::Com => self.other_end(&address).unwrap_or(own),
            Host::Local => own,
            Host::Named(name) => self.state.find_computer(name).ok_or(WSAHOST_NOT_FOUND)?,
            Host::Impossible => return Err(WSAHOST_NOT_FOUND),
        };
        let there = self.state.listening.get(&(computer, address));
        let at = *there.and_then(|servers| servers.first()).ok_or(nothing)?;
        let server = &self.state.servers[at];
        if server.is_debugging || options.password() != server.password.as_deref() {
            return Err(RPC_E_SERVER_DIED);
        }
        Ok(at)
    }

    /// The computer at the other end of a serial line.
    fn other_end(&self, address: &Address) -> Option<usize> {
        let at = |computer: &usize| self.state.listening.contains_key(&(*computer, address.clone()));
        (0..self.state.computers.len()).find(at)
    }

    pub(super) fn disconnect_process_server(mut self, handle: u64) -> HRESULT {
        match self.admit(Use::Disconnect, handle) {
            Ok(_) => S_OK,
            Err(refused) => refused,
        }
    }

    pub(super) fn end_process_server(mut self, handle: u64) -> HRESULT {
        let server = match self.admit(Use::End, handle) {
            Ok(Some(server)) => server,
            Ok(None) => return E_INVALIDARG,
            Err(refused) => return refused,
        };
        let server = &mut self.state.servers[server];
        server.life = server.life.after(ServerEvent::EndRequested);
        let host = server.engine;
        self.state.engines[host].ended = true;
        if self.state.engines[host].is_dbgsrv {
            self.state.end_engine(host);
        }
        self.shared.changed.notify_all();
        S_OK
    }

    /// Asks the state machine what to do with a handle, and moves the handle on. Answers the server that it leads to,
    /// `None` for the local computer.
    pub(super) fn admit(&mut self, wanted: Use, handle: u64) -> Result<Option<usize>, HRESULT> {
        let (rule, server) = self.rule(wanted, handle);
        match rule.answer {
            Answer::Refuse(code) => Err(code),
            Answer::Serve | Answer::Succeed => {
                self.move_on(wanted, handle, rule.next);
                Ok(server)
            }
        }
    }

    /// The session of this thread holds a connection, too.
    pub(super) fn join(&mut self, handle: u64) {
        if let Some(link) = self.own_link(handle) {
            link.holds = link.holds.joined();
        }
    }

    /// The session of this thread ends.
    pub(super) fn end_session(&mut self) {
        if !self.is_contract() {
            self.state.engines[self.engine].handles.end_session(self.thread);
        }
    }

    /// An open connection of this thread, where it matters whose it is.
    fn own_link(&mut self, handle: u64) -> Option<&mut Link> {
        let (thread, is_contract) = (self.thread, self.is_contract());
        let link = self.state.engines[self.engine].handles.get_mut(handle)?;
        (link.thread == thread && !is_contract).then_some(link)
    }

    /// The state machine's rule for a handle, and the server that it leads to.
    fn rule(&mut self, wanted: Use, handle: u64) -> (Rule, Option<usize>) {
        let (state, link) = self.state.engines[self.engine].handles.get(handle);
        let named = match link {
            _ if handle == 0 => Named::Zero,
            Some(link) => {
                let thread = if link.thread == self.thread { Thread::Connecting } else { Thread::Other };
                let server = self.state.servers[link.server].life;
                Named::Handle(state, Around { server, thread, holds: link.holds, in_use: false })
            }
            None => Named::Handle(state, Around::NOTHING),
        };
        let server = link.map(|link| link.server);
        let rule = state::rule(self.state.profile, wanted, named);
        self.note_misuse(wanted, handle, named, rule.requirement);
        (rule, server)
    }

    /// Moves an open handle on to its next state.
    fn move_on(&mut self, wanted: Use, handle: u64, next: Connection) {
        if wanted == Use::Disconnect
            && let Some(link) = self.own_link(handle)
        {
            link.holds = link.holds.disconnected();
        }
        let handles = &mut self.state.engines[self.engine].handles;
        if next == Connection::Disconnected {
            handles.close(handle);
        } else if let Some(link) = handles.get_mut(handle) {
            link.state = next;
        }
    }

    fn note_misuse(&mut self, wanted: Use, handle: u64, named: Named, requirement: Requirement) {
        let real_engine = match (wanted, named) {
            (Use::Disconnect, Named::Handle(Connection::Connected | Connection::Ending, around))
                if around.thread == Thread::Other && !self.is_contract() =>
            {
                let closes_nothing = Requirement::DisconnectOtherThreadClosesNothing;
                return self.note(closes_nothing, Some(handle), "says S_OK and closes nothing (OBS-10)");
            }
            (Use::Disconnect, Named::Handle(Connection::Connected | Connection::Ending, around))
                if !around.holds.is_last() =>
            {
                let is_held = Requirement::DisconnectSessionHoldsTheConnection;
                return self.note(
                    is_held,
                    Some(handle),
                    "says S_OK and closes nothing before the session ends (OBS-58)",
                );
            }
            (Use::Disconnect | Use::End, Named::Zero) => "answers E_INVALIDARG (OBS-4)",
            (Use::Disconnect | Use::End, Named::Handle(Connection::Unconnected, _)) => "answers E_INVALIDARG (OBS-5)",
            (Use::End, Named::Handle(Connection::Disconnected, _)) => "answers E_INVALIDARG (OBS-6)",
            (Use::Disconnect, Named::Handle(Connection::Disconnected, _)) => "goes down (OBS-7)",
            (_, Named::Handle(Connection::Unconnected | Connection::Disconnected, _)) => "goes down (OBS-8)",
            _ => return,
        };
        self.note(requirement, Some(handle), real_engine);
    }

    pub(super) fn output_servers(mut self, machine: Option<&str>, flags: ServersFlags) -> HRESULT {
        if !flags.unnamed().is_empty() {
            return E_INVALIDARG;
        }
        let Some(machine) = machine else { return self.null_pointer("was not measured") };
        let named = ConnectionString::new(Side::Client, Transport::Tcp).with(Item::Server(machine.to_owned()));
        match Host::of(&named) {
            Host::Local => S_OK,
            Host::Named(name) if self.state.find_computer(name).is_some() => S_OK,
            _ => WSAHOST_NOT_FOUND,
        }
    }
}

/// A listing shows keywords with a capital, and a star for the password (OUTS-9).
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
