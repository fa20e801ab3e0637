//! The servers of a run: how the model adds them, and records that they are asked to end.

use std::sync::Arc;

use super::Model;
use super::strings::CallString;
use super::world::{EndStatus, ServerKind, ServerRecord, TargetRecord};
use crate::address::{Address, IpVersions, Listen};
use crate::call::{Caller, Outcome};
use crate::hresult::ERROR_ALREADY_EXISTS;
use crate::options::{ConnectionString, ParseError, Side};
use crate::profile::Profile;
use crate::state::{ServerEvent, ServerLife, TargetEvent};

impl Model {
    pub(super) fn apply_start(
        &mut self,
        by: Caller,
        text: &str,
        string: Option<CallString>,
        outcome: &Outcome,
        kind: ServerKind,
    ) {
        let Some(CallString::Server(read)) = string else { return };
        if let (Ok(options), Some(ERROR_ALREADY_EXISTS)) = (&read, outcome.hresult()) {
            self.find_pipe(Address::of(options));
        }
        if outcome.succeeded() {
            self.add_started_server(by, text, read, kind);
        }
    }

    fn add_started_server(
        &mut self,
        by: Caller,
        text: &str,
        read: Result<ConnectionString, ParseError>,
        kind: ServerKind,
    ) {
        // A string that the documentation does not cover was accepted, so it is read as the real engine reads it.
        let as_dbgeng = |_| ConnectionString::parse(Side::Server, Profile::Dbgeng, text);
        let Ok(options) = read.or_else(as_dbgeng) else { return };
        let computer = self.process(by.process).map_or(0, |process| process.computer);
        let at = self.add_server(Some(by.process), computer, Arc::new(options), kind);
        if kind == ServerKind::Process {
            self.process_mut(by.process).servers.push(at);
        }
    }

    /// Adds a server that listens as the options say, and returns its index.
    pub(super) fn add_server(
        &mut self,
        process: Option<u32>,
        computer: usize,
        options: Arc<ConnectionString>,
        kind: ServerKind,
    ) -> usize {
        let ip_versions = IpVersions::of_server(self.profile, &options);
        let (address, at_chosen_address) = match Listen::of(&options) {
            Listen::FirstFree(addresses) => {
                let free = addresses.iter().position(|address| !self.is_taken(computer, address, ip_versions));
                let before = &addresses[..free.unwrap_or(0)];
                match before.iter().any(|address| self.may_be_free(computer, address, ip_versions, &options)) {
                    true => (None, true),
                    false => (addresses.get(free.unwrap_or(0)).cloned(), false),
                }
            }
            Listen::SystemChooses(_) | Listen::SystemNames(_) => (None, true),
            Listen::Reverse => (None, false),
        };
        let at_chosen_address = at_chosen_address.then_some(options.transport());
        if let Some(transport) = at_chosen_address {
            *self.at_chosen_address.entry(transport).or_default() += 1;
        }
        let at = self.vacant.pop().unwrap_or(self.servers.len());
        if let Some(address) = &address {
            if self.computers[computer].refused.contains(address) {
                self.computers_mut()[computer].refused.remove(address);
            }
            Arc::make_mut(&mut self.listening).entry(address.clone()).or_default().push(at);
        }
        let server = ServerRecord {
            process,
            computer,
            kind,
            life: ServerLife::NotStarted.after(ServerEvent::Started),
            started: self.calls,
            address,
            ip_versions,
            reverse: self.reverse_record(computer, &options),
            options,
            was_found: false,
            at_chosen_address,
            disconnects: 0,
            open: 0,
        };
        match self.servers.get_mut(at) {
            Some(vacant) => *vacant = server,
            None => self.servers.push(server),
        }
        at
    }

    /// Records that EndProcessServer succeeded on a connection to this server, or to an unknown one.
    pub(super) fn end_requested(&mut self, server: Option<usize>) {
        let is_meant = |target: &TargetRecord| target.server.is_some() && (server.is_none() || target.server == server);
        self.happen_to_targets(TargetEvent::ServerEnded, |_| false, is_meant);
        if let Some(server) = server {
            let server = &mut self.servers[server];
            server.life = server.life.after(ServerEvent::EndRequested);
            let Some(process) = server.process else { return };
            let process = self.process_mut(process);
            if process.ended != EndStatus::Seen {
                process.ended = EndStatus::Requested;
            }
            return;
        }
        // It may have been any server.
        for server in &mut self.servers {
            server.life = server.life.after(ServerEvent::EndRequested);
        }
        for process in
            self.processes.iter_mut().filter(|process| process.ended == EndStatus::No && !process.servers.is_empty())
        {
            process.ended = EndStatus::Perhaps;
        }
    }

    /// Removes one connection to a server, and frees the record of a server that is gone and has no connection left.
    pub(super) fn release_server(&mut self, server: usize) {
        let left = &mut self.servers[server];
        left.open = left.open.saturating_sub(1);
        if left.open == 0 && left.life == ServerLife::Gone {
            self.vacant.push(server);
        }
    }
}
