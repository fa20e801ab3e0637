//! Clauses for StartProcessServer.

use super::expected::Clauses;
use super::strings::{self, CallString};
use super::{Model, string_clauses};
use crate::address::{Address, IpVersions, Listen, has_crashing_pipe};
use crate::call::Call;
use crate::flags::Class;
use crate::hresult::{E_INVALIDARG, E_NOTIMPL, ERROR_ALREADY_EXISTS, ERROR_FILE_NOT_FOUND, S_OK, WSAEADDRINUSE};
use crate::options::{ConnectionString, Transport, needs_certificate};
use crate::profile::Behaviour;
use crate::spec::Requirement;
use crate::status::Statuses;

impl Model {
    pub(super) fn start_clauses(&self, call: &Call, sink: &mut Clauses<'_, '_>) {
        let Call::StartProcessServer { flags, options, reserved } = call else { return };
        self.thread_clause(sink);
        let invalid = Statuses::code(E_INVALIDARG);
        let dbgeng = self.profile.is_dbgeng();
        let Some(text) = options else {
            if *reserved == 0 {
                sink.observed(Requirement::StartRefusalIsEInvalidarg, invalid);
            }
            return sink.null_pointer();
        };
        if *flags != Class::USER_WINDOWS.bits() {
            sink.ends(Requirement::StartClassMustBeUserWindows, Statuses::ERROR);
            if *reserved == 0 {
                sink.observed(Requirement::StartRefusalIsEInvalidarg, invalid);
            }
            return;
        }
        if *reserved != 0 {
            return sink.observed(Requirement::StartReservedIsRefused, Statuses::code(E_NOTIMPL));
        }
        let Some(CallString::Server(read)) = sink.string else { return };
        if has_crashing_pipe(self.profile, text, read) && (dbgeng || read.is_ok()) {
            // the documentation does not say what happens.
            return sink.observed(Requirement::OptionsPipeFormatTakesNumbers, Statuses::ERROR.or_crash());
        }
        let options = match read {
            Ok(options) => options,
            Err(why) if dbgeng || why.kind.is_malformed() => {
                sink.ends(Requirement::StartMalformedStringIsRefused, Statuses::ERROR);
                if !needs_certificate(text) {
                    sink.observed(Requirement::StartRefusalIsEInvalidarg, invalid);
                }
                if dbgeng {
                    string_clauses::broken_rule(why, text, sink);
                }
                return;
            }
            // The documentation does not say whether the string is accepted.
            Err(_) => return,
        };
        let listen = Listen::of(options);
        let ip_versions = IpVersions::of_server(self.profile, options);
        let computer = self.computer_for(sink.context).unwrap_or(0);
        let is_taken = |address: &Address| self.is_taken(computer, address, ip_versions);
        let may_be_free = |address: &Address| self.may_be_free(computer, address, ip_versions, options);
        match &listen {
            Listen::FirstFree(addresses) if addresses.iter().all(is_taken) => {
                if addresses.iter().any(may_be_free) {
                    return;
                }
                self.taken_clauses(computer, options, addresses, sink);
            }
            _ => self.free_clauses(text, options, &listen, sink),
        }
    }

    fn taken_clauses(
        &self,
        computer: usize,
        options: &ConnectionString,
        addresses: &[Address],
        sink: &mut Clauses<'_, '_>,
    ) {
        let dbgeng = self.profile.is_dbgeng();
        let mut there = addresses.iter().flat_map(|address| self.occupants(computer, address, IpVersions::Both));
        match options.transport() {
            // OBS-36, OBS-103: a pipe can be shared as long as it is not there yet.
            Transport::Npipe if dbgeng => {
                let in_use = Statuses::code(ERROR_ALREADY_EXISTS);
                let is_late = there.any(|server| self.may_be_late(&self.servers[server]));
                let allowed = if is_late { in_use.or(S_OK) } else { in_use };
                return sink.ends(Requirement::PlatformPipeNameCanBeShared, allowed);
            }
            // Several servers can share a serial line; the others need what the engine does not provide.
            Transport::Com | Transport::Ieee1394 if dbgeng => return,
            _ => {}
        }
        sink.ends(Requirement::StartAddressInUseIsRefused, Statuses::ERROR);
        if options.transport() == Transport::Tcp {
            sink.observed(Requirement::PlatformAddressInUseCode, Statuses::code(WSAEADDRINUSE));
        }
        if self.profile.has(Behaviour::ListensOnBothIpVersions)
            && there.any(|server| self.servers[server].options.ip_version() != options.ip_version())
        {
            sink.ends(Requirement::ServerListensOnBothIpVersions, Statuses::ERROR);
        }
    }

    fn free_clauses(&self, text: &str, options: &ConnectionString, listen: &Listen, sink: &mut Clauses<'_, '_>) {
        // No page says that the system chooses a port for 0.
        let is_open = strings::is_undocumented(text) || matches!(listen, Listen::SystemChooses(_));
        if is_open && !self.profile.is_dbgeng() {
            return;
        }
        let ok = match options.transport() {
            // The server connects to its client, which may not be running.
            _ if *listen == Listen::Reverse => return,
            // A program outside the run can hold the port or the pipe.
            Transport::Tcp if matches!(listen, Listen::FirstFree(_)) => Statuses::OK.or(WSAEADDRINUSE),
            Transport::Tcp => Statuses::OK,
            Transport::Npipe => Statuses::OK.or(ERROR_ALREADY_EXISTS),
            // A serial line needs hardware and a secured channel a certificate; the engine provides neither.
            Transport::Com | Transport::Spipe | Transport::Ssl => return,
            Transport::Ieee1394 => {
                return sink.ends(Requirement::PlatformFirewireCode, Statuses::code(ERROR_FILE_NOT_FOUND).or(S_OK));
            }
        };
        // A server whose address is not known may have this one.
        let ok =
            if !self.profile.is_dbgeng() && self.has_chosen_address(options.transport()) { ok.or_error() } else { ok };
        if self.has_other_ip_version(self.computer_for(sink.context), listen) {
            sink.ends(Requirement::ServerListensOnOneIpVersion, ok);
        }
        // The platform decides whether there is an IPv6.
        if options.ip_version() == Some(6) {
            return;
        }
        sink.ends(Requirement::StartValidOptionsSucceed, ok);
        for requirement in strings::used_rules(self.profile, text, options) {
            sink.ends(requirement, ok);
        }
        if sink.context.process.is_some_and(|process| !process.servers.is_empty()) {
            sink.ends(Requirement::StartSeveralInOneProcess, ok);
        }
        if matches!(listen, Listen::FirstFree(addresses) if addresses.len() > 1) {
            sink.ends(Requirement::OptionsPortRangeTakesFirstFree, ok);
        }
    }

    /// Whether a server listens at the address that is free, over the other version of the Internet Protocol.
    fn has_other_ip_version(&self, computer: Option<usize>, listen: &Listen) -> bool {
        let Listen::FirstFree(addresses) = listen else { return false };
        let computer = computer.unwrap_or(0);
        addresses.iter().all(|address| self.is_taken(computer, address, IpVersions::Both))
    }
}
