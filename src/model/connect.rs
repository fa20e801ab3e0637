//! The servers that connection strings lead to, and the clauses for ConnectProcessServer.

use std::borrow::Cow;
use std::sync::Arc;

use super::Model;
use super::expected::{Clauses, Expected};
use super::strings::{self, ClientString};
use super::world::{ComputerRecord, ServerKind, WorldAssumption};
use crate::address::{Address, ServerHost};
use crate::call::{Call, Caller, Pointer};
use crate::hresult::{
    E_INVALIDARG, ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, RPC_E_SERVER_DIED, WSAECONNREFUSED, WSAHOST_NOT_FOUND,
};
use crate::options::{ConnectionString, Item, ParseError, Side, Transport};
use crate::profile::Profile;
use crate::spec::Requirement;
use crate::state::ServerLife;
use crate::status::Statuses;

/// Where a connection string leads, as far as the run shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// To this server.
    Server(usize),
    /// To no server: this requirement says that the connect is refused.
    Refused(Requirement),
    /// Unknown; if to a server of the run, then to this one.
    Perhaps(Option<usize>),
}

/// The number of parsed strings that are cached.
const STRINGS: usize = 64;

impl Model {
    pub(super) fn connect_clauses<'m>(
        &'m self,
        remote_options: Option<&str>,
        server: Pointer,
        sink: &mut Clauses<'_, 'm>,
    ) {
        let by = sink.by;
        self.thread_clause(sink);
        let Some(text) = remote_options.filter(|_| !server.is_null()) else { return sink.null_pointer() };
        let parsed = self.parsed(text);
        match self.destination(by, text, &parsed) {
            Destination::Server(at) => self.live_clauses(&parsed, at, sink),
            Destination::Refused(requirement) => {
                sink.ends(requirement, self.on_a_serial_line(&parsed, Statuses::ERROR));
                if self.profile.is_dbgeng() {
                    self.refusal_codes(requirement, text, &parsed, sink);
                }
            }
            Destination::Perhaps(_) => {}
        }
        if self.profile.is_dbgeng() {
            sink.add(Requirement::ConnectFailureLeavesHandleUntouched, Expected::Untouched);
        }
        sink.add(Requirement::HandleIsNotZero, Expected::NonZeroHandle);
        if let Some(process) = self.process(by.process) {
            sink.add(Requirement::HandleIsUniqueWhileConnected, Expected::HandleNotLive(&process.handles));
            if !self.profile.is_dbgeng() {
                sink.add(Requirement::HandleValueIsNotReused, Expected::HandleNotClosed(&process.handles));
            }
        }
    }

    /// Returns the parsed string, from the cache where possible.
    pub(super) fn parsed(&self, text: &str) -> Cow<'_, ClientString> {
        self.strings.get(text).map_or_else(|| Cow::Owned(ClientString::read(self.profile, text)), Cow::Borrowed)
    }

    /// Caches a parsed string: most runs use few strings many times.
    pub(super) fn read_string(&mut self, text: &str) {
        if self.strings.contains_key(text) {
            return;
        }
        let parsed = ClientString::read(self.profile, text);
        let strings = Arc::make_mut(&mut self.strings);
        if strings.len() == STRINGS {
            strings.clear();
        }
        strings.insert(text.to_owned(), parsed);
    }

    /// OBS-204: over a serial line, Microsoft's engine waits for the other end.
    fn waits_on_a_serial_line(&self, parsed: &ClientString) -> bool {
        let is_line = parsed.options.as_ref().is_ok_and(|options| options.transport() == Transport::Com);
        is_line && self.profile.is_dbgeng()
    }

    fn on_a_serial_line(&self, parsed: &ClientString, statuses: Statuses) -> Statuses {
        if self.waits_on_a_serial_line(parsed) { statuses.or_hang() } else { statuses }
    }

    /// Whether the call connects over a serial line, where it may wait forever.
    pub(super) fn may_wait_on_a_serial_line(&self, call: &Call) -> bool {
        let Call::ConnectProcessServer { remote_options: Some(text), .. } = call else { return false };
        self.waits_on_a_serial_line(&self.parsed(text))
    }

    fn live_clauses(&self, parsed: &ClientString, at: usize, sink: &mut Clauses<'_, '_>) {
        let server = &self.servers[at];
        let dbgeng = self.profile.is_dbgeng();
        // it is open whether a server that was asked to end still accepts connections.
        let leaving = !dbgeng && server.life == ServerLife::Ended;
        let ok = if leaving { Statuses::OK.or_error() } else { Statuses::OK };
        // OBS-81: StartProcessServer returns before its pipe exists.
        let is_early = dbgeng && server.started == self.calls && parsed.pipe().is_some();
        let ok = if is_early { ok.or(ERROR_FILE_NOT_FOUND) } else { ok };
        let ok = by_pipe(parsed, ok);
        sink.ends(Requirement::ConnectLiveServerSucceeds, ok);
        if server.disconnects > 0 {
            sink.ends(Requirement::DisconnectLeavesServerRunning, ok);
        }
        if server.open > 0 {
            sink.ends(Requirement::ServerServesSeveralClients, ok);
        }
        let process = self.process(sink.by.process);
        let latest = process.and_then(|process| process.handles.open(process.latest?));
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

    fn refusal_codes(&self, requirement: Requirement, text: &str, parsed: &ClientString, sink: &mut Clauses<'_, '_>) {
        let by_platform =
            Statuses::code(WSAECONNREFUSED).or(WSAHOST_NOT_FOUND).or(ERROR_FILE_NOT_FOUND).or(ERROR_PATH_NOT_FOUND);
        let (requirement, codes) = match requirement {
            Requirement::ConnectNeedsAServer => (Requirement::PlatformConnectCodes, by_platform),
            Requirement::ConnectWrongPasswordIsRefused | Requirement::ConnectDebuggingServerIsRefused => {
                (Requirement::ConnectRefusalCodes, Statuses::code(RPC_E_SERVER_DIED))
            }
            _ => (Requirement::ConnectRefusalCodes, Statuses::code(E_INVALIDARG)),
        };
        sink.ends(requirement, self.on_a_serial_line(parsed, codes));
        match &parsed.options {
            Ok(options) => strings::blank_after_server(options, sink),
            Err(error) => strings::broken_rule(error, text, sink),
        }
    }

    /// Returns where a string leads from this process.
    pub(super) fn destination(&self, by: Caller, text: &str, parsed: &ClientString) -> Destination {
        let options = match &parsed.options {
            Ok(options) => options,
            Err(error) if self.profile.is_dbgeng() || error.kind.is_malformed() => {
                return Destination::Refused(Requirement::ConnectMalformedStringIsRefused);
            }
            // a string that no page shows may be accepted or refused.
            Err(_) => return Destination::Perhaps(self.only_candidate(by, text)),
        };
        let Some(address) = &parsed.address else { return Destination::Perhaps(None) };
        let Some(place) = self.host(by, options) else {
            return Destination::Refused(Requirement::ConnectNeedsAServer);
        };
        let mut there = self.reachable(place, address);
        // A computer that the run does not describe may have servers that the run does not show.
        let is_stranger = place.is_none() && matches!(ServerHost::of(options), ServerHost::Named(_));
        let Some(first) = there.next() else {
            return if is_stranger { Destination::Perhaps(None) } else { self.nothing_at(address) };
        };
        // The computer may be unknown, or two servers share a pipe (OBS-36): either may answer.
        if place.is_none() || there.next().is_some() {
            return Destination::Perhaps(None);
        }
        let server = &self.servers[first];
        if server.kind == ServerKind::Debugging {
            return Destination::Refused(Requirement::ConnectDebuggingServerIsRefused);
        }
        let given = options.password();
        match (given, server.password.as_deref()) {
            (given, needed) if given == needed => Destination::Server(first),
            // OBS-37: an empty password is not the same as none; the contract leaves it open.
            (Some(""), None) | (None, Some("")) => Destination::Perhaps(Some(first)),
            // the server has no password, and the client gives one.
            (Some(_), None) if !self.profile.is_dbgeng() => Destination::Perhaps(Some(first)),
            _ => Destination::Refused(Requirement::ConnectWrongPasswordIsRefused),
        }
    }

    fn nothing_at(&self, address: &Address) -> Destination {
        if self.at_chosen_address.get(&address.transport()).is_some_and(|servers| *servers > 0)
            || self.world == WorldAssumption::Open
        {
            return Destination::Perhaps(None);
        }
        Destination::Refused(Requirement::ConnectNeedsAServer)
    }

    /// Returns the computer that the string names: `Some(None)` for any computer, `None` for no computer.
    fn host(&self, by: Caller, options: &ConnectionString) -> Option<Option<usize>> {
        let own = self.process(by.process).map_or(0, |process| process.computer);
        match ServerHost::of(options) {
            // The run cannot show the other end of a serial line.
            _ if options.transport() == Transport::Com => Some(None),
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

    fn reachable<'s>(&'s self, place: Option<usize>, address: &Address) -> impl Iterator<Item = usize> + 's {
        let here = move |index: &usize| place.is_none_or(|place| place == self.servers[*index].computer);
        self.listening.get(address).into_iter().flatten().copied().filter(here)
    }

    /// Returns the server of the run that the real engine would reach with this string.
    fn only_candidate(&self, by: Caller, text: &str) -> Option<usize> {
        let options = ConnectionString::parse(Side::Client, Profile::Dbgeng, text).ok()?;
        let address = Address::of(&options)?;
        let mut there = self.reachable(self.host(by, &options)?, &address);
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
            ServerHost::Named(name) => self.computer_named(name),
        };
        let mut offered = ConnectionString::new(Side::Server, reached.transport());
        for item in reached.items().iter().filter(|item| !matches!(item, Item::Server(_))) {
            offered = offered.with(item.clone());
        }
        self.add_server(None, computer, &offered, ServerKind::Process);
        Ok(())
    }

    fn computer_named(&mut self, name: &str) -> usize {
        let known =
            self.computers.iter().position(|place| place.names.iter().any(|own| own.eq_ignore_ascii_case(name)));
        known.unwrap_or_else(|| {
            self.computers.push(ComputerRecord { names: vec![name.to_owned()], ..ComputerRecord::default() });
            self.computers.len() - 1
        })
    }

    /// Whether a server of the run has this address on this computer.
    pub(super) fn is_taken(&self, computer: usize, address: &Address) -> bool {
        self.reachable(Some(computer), address).next().is_some()
    }
}

/// OBS-210: some platforms reach a pipe only under the computer name `.`.
fn by_pipe(parsed: &ClientString, ok: Statuses) -> Statuses {
    match parsed.pipe() {
        Some(options) if options.server() != Some(".") => ok.or(ERROR_PATH_NOT_FOUND),
        _ => ok,
    }
}
