//! The servers that connection strings lead to, and the clauses for ConnectProcessServer.

use std::sync::Arc;

use super::Model;
use super::expected::{Clauses, Expected};
use super::string_clauses;
use super::strings::{CallString, ClientString, Destination};
use super::world::{ComputerRecord, ServerKind, ServerRecord, WorldAssumption};
use crate::address::{Address, IpVersions, ServerHost};
use crate::call::{Call, Caller, Outcome, Pointer};
use crate::hresult::{
    E_INVALIDARG, ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_POSSIBLE_DEADLOCK, RPC_E_SERVER_DIED,
    WSAEAFNOSUPPORT, WSAECONNREFUSED, WSAHOST_NOT_FOUND,
};
use crate::options::{ConnectionString, Item, ParseError, Side, Transport, needs_certificate};
use crate::profile::{Behaviour, Profile};
use crate::spec::Requirement;
use crate::state::ServerLife;
use crate::status::Statuses;

/// The number of parsed strings that are cached.
const STRINGS: usize = 64;

impl Model {
    pub(super) fn connect_clauses<'m>(
        &'m self,
        remote_options: Option<&str>,
        server: Pointer,
        sink: &mut Clauses<'_, 'm>,
    ) {
        let by = sink.context.by;
        self.thread_clause(sink);
        let (Some(text), Some(CallString::Client(parsed, destination)), Pointer::Given) =
            (remote_options, sink.string, server)
        else {
            return sink.null_pointer();
        };
        match *destination {
            Destination::Server(at) => self.live_clauses(parsed, at, sink),
            Destination::Reverse(at) => self.reverse_clauses(at, sink),
            Destination::Refused(requirement, server) => {
                sink.ends(requirement, self.waiting_for_the_other_end(by, parsed, server, Statuses::ERROR));
                if self.profile.is_dbgeng() {
                    self.refusal_codes(requirement, server, text, parsed, sink);
                }
            }
            Destination::Perhaps(Some(at)) if self.profile.is_dbgeng() => self.ended_name_clauses(parsed, at, sink),
            Destination::Perhaps(_) => {}
        }
        if self.profile.is_dbgeng() {
            sink.add(Requirement::ConnectFailureLeavesHandleUntouched, Expected::Untouched);
        }
        sink.add(Requirement::HandleIsNotZero, Expected::NonZeroHandle);
        if let Some(process) = sink.context.process {
            sink.add(Requirement::HandleIsUniqueWhileConnected, Expected::HandleNotLive(&process.handles));
            if !self.profile.is_dbgeng() {
                sink.add(Requirement::HandleValueIsNotReused, Expected::HandleNotClosed(&process.handles));
            }
        }
    }

    /// Returns the parsed string, from the cache where possible.
    pub(super) fn parsed(&self, text: &str) -> Arc<ClientString> {
        self.strings.get(text).map_or_else(|| Arc::new(ClientString::read(self.profile, text)), Arc::clone)
    }

    /// Reads the connection string of a call that connects or starts a server.
    pub(super) fn string_of(&self, by: Caller, call: &Call) -> Option<CallString> {
        match call {
            Call::ConnectProcessServer { remote_options: Some(text), .. } => {
                let parsed = self.parsed(text);
                let destination = self.destination(by, text, &parsed);
                Some(CallString::Client(parsed, destination))
            }
            Call::StartServer { options: Some(text) } | Call::StartProcessServer { options: Some(text), .. } => {
                Some(CallString::Server(ConnectionString::parse(Side::Server, self.profile, text)))
            }
            _ => None,
        }
    }

    /// Caches a parsed string, unless it comes from the cache: most runs use few strings many times.
    pub(super) fn cache_string(&mut self, text: &str, parsed: &Arc<ClientString>) {
        if Arc::strong_count(parsed) > 1 {
            return;
        }
        let strings = Arc::make_mut(&mut self.strings);
        if strings.len() == STRINGS {
            strings.clear();
        }
        strings.insert(text.to_owned(), Arc::clone(parsed));
    }

    /// Whether a connect with this string may wait for ever: for a server that connects to it (OPT-24), and on Microsoft's
    /// engine for the other end of a serial line (OBS-204) or for a program that holds the port (OBS-87, OBS-238).
    fn waits_for_the_other_end(&self, by: Caller, parsed: &ClientString) -> bool {
        let Ok(options) = &parsed.options else { return false };
        if parsed.reverse().is_some() || !self.profile.is_dbgeng() {
            return parsed.reverse().is_some();
        }
        match parsed.address {
            Some(Address::Com(..)) => true,
            Some(Address::Tcp(0) | Address::Ssl(0)) => false,
            Some(Address::Tcp(_) | Address::Ssl(_)) => match ServerHost::of(options) {
                ServerHost::Impossible => false,
                ServerHost::Named(_) => true,
                ServerHost::Local => self.own_port(by, parsed).is_none_or(|(own, port)| !own.refused.contains(port)),
            },
            _ => false,
        }
    }

    /// Returns the caller's computer and the port on it to which the string leads.
    fn own_port<'m>(&'m self, by: Caller, parsed: &'m ClientString) -> Option<(&'m ComputerRecord, &'m Address)> {
        let address = parsed.address.as_ref()?;
        Some((self.computers.get(self.process(by.process)?.computer)?, address))
    }

    /// Records that a connect has found nobody at a port of the own computer.
    pub(super) fn apply_refusal(&mut self, by: Caller, parsed: &ClientString, outcome: &Outcome) {
        if outcome.hresult() != Some(WSAECONNREFUSED) {
            return;
        }
        let is_own = parsed.options.as_ref().is_ok_and(|options| ServerHost::of(options) == ServerHost::Local);
        let Some(address) = parsed.address.clone().filter(|_| is_own) else { return };
        let computer = self.process(by.process).map_or(0, |process| process.computer);
        if !self.computers[computer].refused.contains(&address) {
            self.computers_mut()[computer].refused.insert(address);
        }
    }

    /// Allows a connect that fails to wait for the other end, unless a server of the run is there to refuse the client.
    fn waiting_for_the_other_end(
        &self,
        by: Caller,
        parsed: &ClientString,
        server: Option<usize>,
        statuses: Statuses,
    ) -> Statuses {
        let is_refused_by_a_server = server.is_some() && parsed.reverse().is_none();
        if !is_refused_by_a_server && self.waits_for_the_other_end(by, parsed) { statuses.or_hang() } else { statuses }
    }

    /// Whether the call connects to something that may never answer.
    pub(super) fn may_wait_for_the_other_end(&self, by: Caller, call: &Call) -> bool {
        let Call::ConnectProcessServer { remote_options: Some(text), .. } = call else { return false };
        self.waits_for_the_other_end(by, &self.parsed(text))
    }

    fn live_clauses(&self, parsed: &ClientString, at: usize, sink: &mut Clauses<'_, '_>) {
        let server = &self.servers[at];
        let dbgeng = self.profile.is_dbgeng();
        // it is open whether a server that was asked to end still accepts connections.
        let leaving = !dbgeng && server.life == ServerLife::Ended;
        let ok = if leaving { Statuses::OK.or_error() } else { Statuses::OK };
        let ok = self.by_pipe(parsed, server, ok);
        sink.ends(Requirement::ConnectLiveServerSucceeds, ok);
        if parsed.is_v6 && server.ip_versions == IpVersions::Both {
            sink.ends(Requirement::ServerListensOnBothIpVersions, ok);
        }
        if server.disconnects > 0 {
            sink.ends(Requirement::DisconnectLeavesServerRunning, ok);
        }
        if server.open > 0 {
            sink.ends(Requirement::ServerServesSeveralClients, ok);
        }
        let latest = sink.context.process.and_then(|process| process.handles.open(process.latest?));
        if latest.is_some_and(|latest| latest.server != Some(at)) {
            sink.ends(Requirement::ConnectSeveralServersAtOnce, ok);
        }
        if dbgeng && server.life == ServerLife::Ended {
            sink.ends(Requirement::ServerEndedKeepsItsAddress, ok);
        }
        for requirement in &parsed.used {
            sink.ends(*requirement, ok);
        }
        if parsed.options.as_ref().is_ok_and(|options| options.password().is_some()) {
            sink.ends(Requirement::OptionsPasswordCaseMatters, ok);
        }
    }

    fn refusal_codes(
        &self,
        refusal: Requirement,
        server: Option<usize>,
        text: &str,
        parsed: &ClientString,
        sink: &mut Clauses<'_, '_>,
    ) {
        let (requirement, codes) = match refusal {
            Requirement::ConnectNeedsAServer | Requirement::ServerListensOnOneIpVersion => {
                (Requirement::PlatformConnectCodes, platform_codes(parsed))
            }
            Requirement::ConnectWrongPasswordIsRefused | Requirement::ConnectDebuggingServerIsRefused => {
                let codes = Statuses::code(RPC_E_SERVER_DIED);
                let codes = server.map_or(codes, |server| self.by_pipe(parsed, &self.servers[server], codes));
                (Requirement::ConnectRefusalCodes, codes)
            }
            Requirement::ConnectReverseConnectsAgain => return,
            _ if needs_certificate(text) => (Requirement::ConnectMalformedStringIsRefused, Statuses::ERROR),
            _ => (Requirement::ConnectRefusalCodes, Statuses::code(E_INVALIDARG)),
        };
        sink.ends(requirement, self.waiting_for_the_other_end(sink.context.by, parsed, server, codes));
        match &parsed.options {
            Ok(options) => string_clauses::blank_after_server(options, sink),
            Err(error) => string_clauses::broken_rule(error, text, sink),
        }
    }

    /// Returns where a string leads from this process.
    pub(super) fn destination(&self, by: Caller, text: &str, parsed: &ClientString) -> Destination {
        let may_be_refused = !self.profile.is_dbgeng() && parsed.is_undocumented;
        match self.accepted_destination(by, text, parsed) {
            Destination::Server(at) if may_be_refused => Destination::Perhaps(Some(at)),
            Destination::Reverse(_) if may_be_refused => Destination::Perhaps(None),
            destination => destination,
        }
    }

    /// The same for an engine that takes every form of the string.
    fn accepted_destination(&self, by: Caller, text: &str, parsed: &ClientString) -> Destination {
        let options = match &parsed.options {
            Ok(options) => options,
            Err(error) if self.profile.is_dbgeng() || error.kind.is_malformed() => {
                return Destination::Refused(Requirement::ConnectMalformedStringIsRefused, None);
            }
            // a string that no page shows may be accepted or refused.
            Err(_) => return Destination::Perhaps(self.only_candidate(by, text)),
        };
        let Some(address) = &parsed.address else { return self.reverse_destination(by, options) };
        let Some(place) = self.host(by, options) else {
            return Destination::Refused(Requirement::ConnectNeedsAServer, None);
        };
        let Some(ip_versions) = parsed.ip_versions else { return self.without_ip_version(options) };
        let mut there = self.reachable(place, address, ip_versions);
        // A computer that the run does not describe may have servers that the run does not show.
        let is_stranger = place.is_none() && matches!(ServerHost::of(options), ServerHost::Named(_));
        let Some(first) = there.next() else {
            return if is_stranger { Destination::Perhaps(None) } else { self.nothing_at(place, address) };
        };
        // The computer may be unknown, or two servers share a pipe (OBS-36): either may answer.
        if place.is_none() || there.next().is_some() {
            return Destination::Perhaps(None);
        }
        let server = &self.servers[first];
        if server.kind == ServerKind::Debugging {
            return Destination::Refused(Requirement::ConnectDebuggingServerIsRefused, Some(first));
        }
        // No page says whether a server and a client that disagree on ipversion find each other.
        if !self.profile.is_dbgeng() && server.options.ip_version() != options.ip_version() {
            return Destination::Perhaps(Some(first));
        }
        // OBS-80: the platform decides whether blanks and dots at the end of a pipe's name count.
        if !server.options.pipe().unwrap_or_default().eq_ignore_ascii_case(options.pipe().unwrap_or_default()) {
            return Destination::Perhaps(Some(first));
        }
        match self.knows_password(options, server) {
            Some(true) => Destination::Server(first),
            Some(false) => Destination::Refused(Requirement::ConnectWrongPasswordIsRefused, Some(first)),
            None => Destination::Perhaps(Some(first)),
        }
    }

    /// Whether the client gives the server's password, or `None` where the contract leaves open what the server wants.
    pub(super) fn knows_password(&self, options: &ConnectionString, server: &ServerRecord) -> Option<bool> {
        match (options.password(), server.options.password()) {
            (given, needed) if given == needed => Some(true),
            // OBS-37: an empty password is not the same as none.
            (Some(""), None) | (None, Some("")) if !self.profile.is_dbgeng() => None,
            // the server has no password, and the client gives one.
            (Some(_), None) if !self.profile.is_dbgeng() => None,
            _ => Some(false),
        }
    }

    /// Returns where a string leads whose server has no address of the version that the string asks for.
    fn without_ip_version(&self, options: &ConnectionString) -> Destination {
        match IpVersions::of_address(options) {
            Some(_) if self.profile.is_dbgeng() => Destination::Refused(Requirement::ServerListensOnOneIpVersion, None),
            // The platform decides which addresses a name has, and no page says what such a string means.
            _ => Destination::Perhaps(None),
        }
    }

    fn nothing_at(&self, place: Option<usize>, address: &Address) -> Destination {
        // A server is there, but over the other version of the Internet Protocol.
        if self.reachable(place, address, IpVersions::Both).next().is_some() {
            return match self.profile {
                Profile::Contract => Destination::Perhaps(None),
                profile if profile.has(Behaviour::ListensOnBothIpVersions) => {
                    Destination::Refused(Requirement::ConnectNeedsAServer, None)
                }
                _ => Destination::Refused(Requirement::ServerListensOnOneIpVersion, None),
            };
        }
        if self.has_chosen_address(address.transport()) || self.world == WorldAssumption::Open {
            return Destination::Perhaps(None);
        }
        Destination::Refused(Requirement::ConnectNeedsAServer, None)
    }

    /// Returns the computer that the string names: `Some(None)` for any computer, `None` for no computer.
    fn host(&self, by: Caller, options: &ConnectionString) -> Option<Option<usize>> {
        let own = self.process(by.process).map_or(0, |process| process.computer);
        match ServerHost::of(options) {
            // The run cannot show the other end of a serial line.
            _ if options.transport() == Transport::Com => Some(None),
            host => self.computer_named(own, host),
        }
    }

    /// The same for a name that is used on the computer `own`.
    pub(super) fn computer_named(&self, own: usize, host: ServerHost<'_>) -> Option<Option<usize>> {
        match host {
            ServerHost::Local => Some(Some(own)),
            ServerHost::Impossible => None,
            ServerHost::Named(name) => {
                let is = |place: &ComputerRecord| place.names.iter().any(|known| known.eq_ignore_ascii_case(name));
                match self.computers.iter().position(is) {
                    Some(known) => Some(Some(known)),
                    None if self.computers[own].names.is_empty() || self.world == WorldAssumption::Open => Some(None),
                    None => None,
                }
            }
        }
    }

    pub(super) fn reachable<'s>(
        &'s self,
        place: Option<usize>,
        address: &Address,
        ip_versions: IpVersions,
    ) -> impl Iterator<Item = usize> + use<'s> {
        let here = move |index: &usize| {
            let server = &self.servers[*index];
            place.is_none_or(|place| place == server.computer) && server.ip_versions.overlap(ip_versions)
        };
        self.listening.get(address).into_iter().flatten().copied().filter(here)
    }

    /// Returns the server of the run that the real engine would reach with this string.
    fn only_candidate(&self, by: Caller, text: &str) -> Option<usize> {
        let options = ConnectionString::parse(Side::Client, Profile::Dbgeng, text).ok()?;
        let address = Address::of(&options)?;
        let mut there = self.reachable(self.host(by, &options)?, &address, IpVersions::Both);
        let first = there.next();
        if there.next().is_none() { first } else { None }
    }

    /// Says that a process server outside the run is reached by this connection string.
    ///
    /// # Errors
    ///
    /// The text is not a valid connection string.
    pub fn external_server(&mut self, reached: &str) -> Result<(), ParseError> {
        let reached = ConnectionString::parse(Side::Client, self.profile, reached)?;
        let computer = match ServerHost::of(&reached) {
            ServerHost::Local | ServerHost::Impossible => self.process(0).map_or(0, |process| process.computer),
            ServerHost::Named(name) => self.computer_with_name(name),
        };
        let mut offered = ConnectionString::new(Side::Server, reached.transport());
        for item in reached.items().iter().filter(|item| !matches!(item, Item::Server(_))) {
            offered = offered.with(item.clone());
        }
        self.add_server(None, computer, Arc::new(offered), ServerKind::Process);
        Ok(())
    }

    fn computer_with_name(&mut self, name: &str) -> usize {
        let known =
            self.computers.iter().position(|place| place.names.iter().any(|own| own.eq_ignore_ascii_case(name)));
        known.unwrap_or_else(|| {
            self.add_computer(ComputerRecord { names: vec![name.to_owned()], ..ComputerRecord::default() })
        })
    }

    /// Whether a server of the run that has this address may have given it up, or may listen at another one: the contract
    /// does not say how long a server that was asked to end keeps its address, nor whether blanks and dots at the end of a pipe's
    /// name count (OBS-80).
    pub(super) fn may_be_free(
        &self,
        computer: usize,
        address: &Address,
        ip_versions: IpVersions,
        options: &ConnectionString,
    ) -> bool {
        let pipe = options.pipe().unwrap_or_default();
        !self.profile.is_dbgeng()
            && self.occupants(computer, address, ip_versions).all(|at| {
                let server = &self.servers[at];
                let own = server.options.pipe().unwrap_or_default();
                server.life != ServerLife::Running || !own.eq_ignore_ascii_case(pipe)
            })
    }

    /// Whether a server of the run listens at an address that the run does not show.
    pub(super) fn has_chosen_address(&self, transport: Transport) -> bool {
        self.at_chosen_address.get(&transport).is_some_and(|servers| *servers > 0)
    }

    /// Whether a server of the run has this address on this computer.
    pub(super) fn is_taken(&self, computer: usize, address: &Address, ip_versions: IpVersions) -> bool {
        self.occupants(computer, address, ip_versions).next().is_some()
    }

    /// Returns the servers of the run because of which no other can have this address on this computer.
    pub(super) fn occupants<'s>(
        &'s self,
        computer: usize,
        address: &Address,
        ip_versions: IpVersions,
    ) -> impl Iterator<Item = usize> + use<'s> {
        let on_same_port = address.on_same_port();
        let on_same_port =
            on_same_port.into_iter().flat_map(move |other| self.reachable(Some(computer), &other, ip_versions));
        self.reachable(Some(computer), address, ip_versions).chain(on_same_port)
    }
}

/// Returns the codes of the platform for a string that leads to no server (OBS-41, OBS-73, OBS-87). The mock returns
/// ERROR_POSSIBLE_DEADLOCK where Microsoft's engine waits for ever.
fn platform_codes(parsed: &ClientString) -> Statuses {
    let Ok(options) = &parsed.options else { return Statuses::ERROR };
    match options.transport() {
        Transport::Tcp if options.reverse_connection().is_none() => {
            let codes = Statuses::code(WSAECONNREFUSED).or(WSAHOST_NOT_FOUND).or(WSAEAFNOSUPPORT);
            codes.or(RPC_E_SERVER_DIED).or(ERROR_POSSIBLE_DEADLOCK)
        }
        Transport::Npipe => Statuses::code(ERROR_FILE_NOT_FOUND).or(ERROR_PATH_NOT_FOUND).or(RPC_E_SERVER_DIED),
        // Serial lines need hardware, and secured channels a certificate. Each has codes of its own, as has a reverse
        // connection.
        _ => Statuses::ERROR,
    }
}
