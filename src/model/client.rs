//! Clauses for client objects: DebugCreate, QueryInterface, CreateClient, Release, OutputServers.

use super::Model;
use super::expected::{ClauseSink, Expected};
use crate::address::ServerHost;
use crate::call::{Call, Caller};
use crate::hresult::{E_NOINTERFACE, ERROR_MOD_NOT_FOUND};
use crate::interface::Interface;
use crate::options::{ConnectionString, Item, Side, Transport};
use crate::profile::Profile;
use crate::spec::Requirement;
use crate::status::Statuses;

impl Model {
    pub(super) fn client_clauses<'m>(&'m self, by: Caller, call: &'m Call, sink: ClauseSink<'_, 'm>) {
        let ok = self.relaxed(by, Statuses::OK);
        match call {
            Call::DebugCreate { interface: Interface::DebugClient(1..=5) } => {
                sink(Requirement::ClientDebugCreateSucceeds, Expected::Ending(Statuses::OK));
            }
            Call::DebugCreate { interface } | Call::QueryInterface { interface } if interface.is_stranger() => {
                let refused = self.relaxed(by, Statuses::code(E_NOINTERFACE));
                sink(Requirement::ClientUnimplementedInterfaceIsENointerface, Expected::Ending(refused));
            }
            Call::QueryInterface { interface: Interface::DebugClient(version @ 1..=5) } => {
                let made_as = self.client(by).map_or(0, |client| client.version);
                // VER-6: a client object need not have the newest interfaces.
                let ok = if *version <= made_as || self.profile == Profile::Dbgeng { ok } else { ok.or(E_NOINTERFACE) };
                sink(Requirement::ClientQueryInterfaceSucceeds, Expected::Ending(ok));
            }
            Call::CreateClient => {
                let disabled = self.client(by).is_some_and(|client| client.disabled);
                let ok = if disabled { Statuses::OK.or_error() } else { Statuses::OK };
                sink(Requirement::ClientCreateClientSucceeds, Expected::Ending(ok));
                if self.client(by).is_some_and(|client| client.thread != by.thread) {
                    sink(Requirement::ClientCreateClientFromAnyThread, Expected::Ending(ok));
                }
            }
            Call::Release if self.client(by).is_some_and(|client| !client.queried) => {
                sink(Requirement::ClientStartsWithOneReference, Expected::NoReferenceLeft);
            }
            Call::OutputServers { machine, flags, .. } => {
                self.thread_clause(by, sink);
                match machine {
                    None => self.null_pointer_clause(by, sink),
                    Some(machine) if is_this_computer(machine) && flags.unnamed().is_empty() => {
                        // OBS-92: a platform may lack the service that lists the servers of a computer.
                        let ok = ok.or(ERROR_MOD_NOT_FOUND);
                        sink(Requirement::OutputServersSucceeds, Expected::Ending(ok));
                    }
                    Some(_) => {}
                }
            }
            _ => {}
        }
    }
}

/// Whether `machine` names the local computer. The page gives the form `\\computername` (OUTS-3).
fn is_this_computer(machine: &str) -> bool {
    let named = ConnectionString::new(Side::Client, Transport::Tcp).with(Item::Server(machine.to_owned()));
    machine.starts_with(r"\\") && ServerHost::of(&named) == ServerHost::Local
}
