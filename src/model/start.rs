//! Clauses for StartProcessServer.

use super::expected::Clauses;
use super::{Model, strings};
use crate::address::Listen;
use crate::call::Call;
use crate::flags::Class;
use crate::hresult::{E_INVALIDARG, E_NOTIMPL, ERROR_ALREADY_EXISTS, WSAEADDRINUSE};
use crate::options::{ConnectionString, Side, Transport};
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
        let options = match ConnectionString::parse(Side::Server, self.profile, text) {
            Ok(options) => options,
            Err(why) if dbgeng || why.kind.is_malformed() => {
                sink.ends(Requirement::StartMalformedStringIsRefused, Statuses::ERROR);
                sink.observed(Requirement::StartRefusalIsEInvalidarg, invalid);
                if dbgeng {
                    strings::broken_rule(&why, text, sink);
                }
                return;
            }
            // The documentation does not say whether the string is accepted.
            Err(_) => return,
        };
        // The platform decides whether IPv4 or IPv6 is meant, and each has ports of its own.
        if options.ip_version().is_some() {
            return;
        }
        let listen = Listen::of(&options);
        let computer = self.process(sink.by.process).map_or(0, |process| process.computer);
        match &listen {
            Listen::FirstFree(addresses) if addresses.iter().all(|address| self.is_taken(computer, address)) => {}
            _ => return self.free_clauses(text, &options, &listen, sink),
        }
        // OBS-36: the platform decides whether a pipe can be shared and which code refuses a port.
        if dbgeng && options.transport() == Transport::Npipe {
            return sink.ends(Requirement::PlatformPipeNameCanBeShared, Statuses::OK);
        }
        sink.ends(Requirement::StartAddressInUseIsRefused, Statuses::ERROR);
        sink.observed(Requirement::PlatformAddressInUseCode, Statuses::code(WSAEADDRINUSE));
    }

    fn free_clauses(&self, text: &str, options: &ConnectionString, listen: &Listen, sink: &mut Clauses<'_, '_>) {
        let ok = match options.transport() {
            // The server connects to its client, which may not be running.
            _ if *listen == Listen::Reverse => return,
            // A program outside the run can hold the port or the pipe.
            Transport::Tcp => Statuses::OK.or(WSAEADDRINUSE),
            Transport::Npipe => Statuses::OK.or(ERROR_ALREADY_EXISTS),
            // A serial line needs hardware and a secured channel a certificate; the engine provides neither.
            Transport::Com | Transport::Spipe | Transport::Ssl => return,
        };
        sink.ends(Requirement::StartValidOptionsSucceed, ok);
        for requirement in strings::used_rules(self.profile, text, options) {
            sink.ends(requirement, ok);
        }
        if self.process(sink.by.process).is_some_and(|process| !process.servers.is_empty()) {
            sink.ends(Requirement::StartSeveralInOneProcess, ok);
        }
        if matches!(listen, Listen::FirstFree(addresses) if addresses.len() > 1) {
            sink.ends(Requirement::OptionsPortRangeTakesFirstFree, ok);
        }
    }
}
