//! Reverse connections: the client listens, and the server connects to it (OPT-23, OPT-24).

use super::Model;
use super::expected::Clauses;
use super::strings::{ClientString, Destination};
use super::world::{ReverseRecord, ServerKind, WorldAssumption};
use crate::address::{ServerHost, ports};
use crate::call::{Caller, Outcome};
use crate::hresult::{RPC_E_SERVER_DIED, S_OK};
use crate::options::ConnectionString;
use crate::spec::Requirement;
use crate::status::Statuses;

impl Model {
    /// Returns the client that a server's string names, if the string has `clicon`.
    pub(super) fn reverse_record(&self, own: usize, options: &ConnectionString) -> Option<ReverseRecord> {
        options.reverse_connection()?;
        let computer = self.computer_named(own, ServerHost::at_other_end(options)).flatten();
        Some(ReverseRecord { computer, port: ports(options).into_iter().next(), has_connected: false })
    }

    /// Returns where a client's string with `clicon` leads.
    pub(super) fn reverse_destination(&self, by: Caller, options: &ConnectionString) -> Destination {
        let own = self.process(by.process).map_or(0, |process| process.computer);
        let ports = ports(options);
        let calls = |at: &usize| {
            let server = &self.servers[*at];
            let port = server.reverse.as_ref().and_then(|reverse| reverse.port.as_ref());
            server.life.is_up() && port.is_some_and(|port| ports.contains(port))
        };
        let mut calling = (0..self.servers.len()).filter(calls);
        let at = match (calling.next(), calling.next()) {
            (Some(at), None) => at,
            (None, _) if self.world == WorldAssumption::Closed => {
                return Destination::Refused(Requirement::ConnectNeedsAServer, None);
            }
            _ => return Destination::Perhaps(None),
        };
        let server = &self.servers[at];
        let Some(reverse) = &server.reverse else { return Destination::Perhaps(None) };
        let is_meant = self.computer_named(own, ServerHost::at_other_end(options)) == Some(Some(server.computer));
        let others = self.processes.iter().enumerate().filter(|(process, _)| *process != by.process as usize);
        let is_port_taken = others.map(|(_, process)| process).any(|process| process.has_listened);
        let is_free = !is_port_taken && (!reverse.has_connected || self.profile.is_dbgeng());
        if !is_meant || !is_free || reverse.computer != Some(own) || ports.len() > 1 {
            return Destination::Perhaps(None);
        }
        let has_listened = self.process(by.process).is_some_and(|own| own.has_listened);
        match (has_listened, reverse.has_connected) {
            _ if !self.profile.is_dbgeng() => {}
            // OBS-222: the process may mean another password.
            (true, false) => return Destination::Perhaps(None),
            // OBS-237: the server has connected to a process that is gone.
            (false, true) => return Destination::Refused(Requirement::ConnectReverseConnectsAgain, None),
            (true, true) | (false, false) => {}
        }
        match (server.kind, self.knows_password(options, server)) {
            (ServerKind::Debugging, _) => Destination::Refused(Requirement::ConnectDebuggingServerIsRefused, Some(at)),
            (_, Some(false)) if self.profile.is_dbgeng() && reverse.has_connected => Destination::Perhaps(None),
            (_, Some(false)) => Destination::Refused(Requirement::ConnectWrongPasswordIsRefused, Some(at)),
            (_, Some(true)) => Destination::Reverse(at),
            (_, None) => Destination::Perhaps(None),
        }
    }

    pub(super) fn reverse_clauses(&self, at: usize, sink: &mut Clauses<'_, '_>) {
        let is_first = self.servers[at].reverse.as_ref().is_none_or(|reverse| !reverse.has_connected);
        sink.ends(
            if is_first { Requirement::ConnectReverseConnects } else { Requirement::ConnectReverseConnectsAgain },
            Statuses::OK,
        );
    }

    /// Records to which process a server has connected, whether it had the right password or not.
    pub(super) fn apply_to_reverse(&mut self, by: Caller, parsed: &ClientString, outcome: &Outcome) {
        if !matches!(outcome.hresult(), Some(S_OK | RPC_E_SERVER_DIED)) {
            return;
        }
        let Some(options) = parsed.reverse() else { return };
        let ports = ports(options);
        let destination = self.reverse_destination(by, options);
        let is_contract = !self.profile.is_dbgeng();
        for (at, server) in self.servers.iter_mut().enumerate() {
            let Some(reverse) = &mut server.reverse else { continue };
            reverse.has_connected |= match destination {
                Destination::Reverse(own) | Destination::Refused(_, Some(own)) => own == at,
                // Under the contract a server that may have connected is no promise any more.
                Destination::Perhaps(_) => {
                    is_contract && reverse.port.as_ref().is_some_and(|port| ports.contains(port))
                }
                Destination::Refused(_, None) | Destination::Server(_) => false,
            };
        }
        self.process_mut(by.process).has_listened = true;
    }
}
