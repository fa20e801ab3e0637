//! Clauses for client objects: DebugCreate, QueryInterface, CreateClient, Release, OutputServers.

use super::Model;
use super::context::CallContext;
use super::expected::{Clauses, Expected};
use crate::address::ServerHost;
use crate::call::{Call, Caller};
use crate::flags::{EndSessionFlags, OutputControl};
use crate::hresult::{E_INVALIDARG, E_NOINTERFACE, ERROR_MOD_NOT_FOUND};
use crate::interface::Interface;
use crate::options::{ConnectionString, Item, Side, Transport};
use crate::spec::Requirement;
use crate::status::Statuses;

impl Model {
    pub(super) fn client_clauses(&self, call: &Call, sink: &mut Clauses<'_, '_>) {
        let CallContext { by, client, .. } = *sink.context;
        if let Call::DebugCreate { interface: Interface::DebugClient(version @ 6..) }
        | Call::QueryInterface { interface: Interface::DebugClient(version @ 6..) } = call
        {
            let has_it = *version <= self.profile.newest_client();
            let code = if has_it { Statuses::OK } else { Statuses::code(E_NOINTERFACE) };
            sink.observed(Requirement::ClientInterfacesOfItsVersion, code);
        }
        match call {
            Call::DebugCreate { interface: Interface::DebugClient(1..=5) } => {
                sink.exactly(Requirement::ClientDebugCreateSucceeds, Statuses::OK);
            }
            Call::DebugCreate { interface } | Call::QueryInterface { interface } if interface.is_stranger() => {
                sink.ends(Requirement::ClientUnimplementedInterfaceIsENointerface, Statuses::code(E_NOINTERFACE));
            }
            Call::QueryInterface { interface: Interface::DebugClient(version @ 1..=5) } => {
                let made_as = client.map_or(0, |client| client.version);
                // VER-6: a client object need not have the newest interfaces.
                let has_it = *version <= made_as || self.profile.is_dbgeng();
                let ok = if has_it { Statuses::OK } else { Statuses::OK.or(E_NOINTERFACE) };
                sink.ends(Requirement::ClientQueryInterfaceSucceeds, ok);
            }
            Call::CreateClient => {
                let disabled = client.is_some_and(|client| client.disabled);
                let ok = if disabled { Statuses::OK.or_error() } else { Statuses::OK };
                sink.exactly(Requirement::ClientCreateClientSucceeds, ok);
                if client.is_some_and(|client| client.thread != by.thread) {
                    sink.exactly(Requirement::ClientCreateClientFromAnyThread, ok);
                }
            }
            Call::Release if client.is_some_and(|client| !client.queried) => {
                sink.add(Requirement::ClientStartsWithOneReference, Expected::NoReferenceLeft);
            }
            Call::EndSession { flags } if flags.name().is_none() || *flags == EndSessionFlags::DISCONNECT => {
                if *flags == EndSessionFlags::DISCONNECT {
                    sink.ends(Requirement::ClientEndSessionDisconnectIsForRemoteClients, Statuses::ERROR);
                }
                sink.observed(Requirement::ClientEndSessionRefusalIsEInvalidarg, Statuses::code(E_INVALIDARG));
            }
            Call::OutputServers { output_control, machine, flags } => {
                self.thread_clause(sink);
                let is_valid = flags.unnamed().is_empty() && OutputControl::from(*output_control).names_recipients();
                match machine {
                    None => sink.null_pointer(),
                    Some(machine) if self.is_in_the_run(machine, by) && is_valid => {
                        // OBS-92: a platform may lack the service that lists the servers of a computer.
                        sink.ends(Requirement::OutputServersSucceeds, Statuses::OK.or(ERROR_MOD_NOT_FOUND));
                    }
                    Some(_) => {}
                }
            }
            _ => {}
        }
    }

    /// Whether `machine` names the local computer or another one of the run. The page gives the form `\\computername`
    /// (OUTS-3).
    fn is_in_the_run(&self, machine: &str, by: Caller) -> bool {
        let own = self.process(by.process).map_or(0, |process| process.computer);
        let named = ConnectionString::new(Side::Client, Transport::Tcp).with(Item::Server(machine.to_owned()));
        let host = ServerHost::of(&named);
        machine.starts_with(r"\\")
            && (host == ServerHost::Local || matches!(self.computer_named(own, host), Some(Some(_))))
    }
}
