//! Clauses for StartProcessServer.

use super::expected::{ClauseSink, Expected};
use super::{Model, strings};
use crate::address::Listen;
use crate::call::{Call, Caller};
use crate::flags::Class;
use crate::hresult::{E_INVALIDARG, E_NOTIMPL, ERROR_ALREADY_EXISTS, WSAEADDRINUSE};
use crate::options::{ConnectionString, ParseError, Side, Transport};
use crate::profile::Profile;
use crate::spec::Requirement;
use crate::status::Statuses;

/// The result of a start with a connection string, as far as the run shows.
#[derive(Clone, Debug, PartialEq, Eq)]
enum StartRequest {
    /// The server can listen at one of these addresses.
    Free(Box<ConnectionString>, Listen),
    /// Servers of the run have every address that the string allows.
    Taken(Box<ConnectionString>),
    /// The text is not a valid connection string.
    Malformed(ParseError),
    /// The documentation does not say whether the string is accepted.
    Undocumented,
}

impl Model {
    pub(super) fn start_clauses<'m>(&'m self, by: Caller, call: &'m Call, sink: ClauseSink<'_, 'm>) {
        let Call::StartProcessServer { flags, options, reserved } = call else { return };
        self.thread_clause(by, sink);
        let error = self.relaxed(by, Statuses::ERROR);
        let dbgeng = self.profile == Profile::Dbgeng;
        let observed = |requirement, code, sink: ClauseSink<'_, 'm>| {
            if dbgeng {
                sink(requirement, Expected::Ending(self.relaxed(by, Statuses::code(code))));
            }
        };
        let Some(text) = options else {
            if *reserved == 0 {
                observed(Requirement::StartRefusalIsEInvalidarg, E_INVALIDARG, sink);
            }
            return self.null_pointer_clause(by, sink);
        };
        if *flags != Class::USER_WINDOWS.bits() {
            sink(Requirement::StartClassMustBeUserWindows, Expected::Ending(error));
            if *reserved == 0 {
                observed(Requirement::StartRefusalIsEInvalidarg, E_INVALIDARG, sink);
            }
            return;
        }
        if *reserved != 0 {
            return observed(Requirement::StartReservedIsRefused, E_NOTIMPL, sink);
        }
        match self.start_request(by, text) {
            StartRequest::Free(options, listen) => self.free_clauses(by, text, &options, &listen, sink),
            // OBS-36: the platform decides whether a pipe can be shared and which code refuses a port.
            StartRequest::Taken(options) if dbgeng && options.transport() == Transport::Npipe => {
                sink(Requirement::PlatformPipeNameCanBeShared, Expected::Ending(self.relaxed(by, Statuses::OK)));
            }
            StartRequest::Taken(..) => {
                sink(Requirement::StartAddressInUseIsRefused, Expected::Ending(error));
                observed(Requirement::PlatformAddressInUseCode, WSAEADDRINUSE, sink);
            }
            StartRequest::Malformed(why) => {
                sink(Requirement::StartMalformedStringIsRefused, Expected::Ending(error));
                observed(Requirement::StartRefusalIsEInvalidarg, E_INVALIDARG, sink);
                if dbgeng {
                    strings::broken_rule(&why, text, sink);
                }
            }
            StartRequest::Undocumented => {}
        }
    }

    fn free_clauses(
        &self,
        by: Caller,
        text: &str,
        options: &ConnectionString,
        listen: &Listen,
        sink: ClauseSink<'_, '_>,
    ) {
        let ok = match options.transport() {
            // The server connects to its client, which may not be running.
            _ if *listen == Listen::Reverse => return,
            // A program outside the run can hold the port or the pipe.
            Transport::Tcp => Statuses::OK.or(WSAEADDRINUSE),
            Transport::Npipe => Statuses::OK.or(ERROR_ALREADY_EXISTS),
            // A serial line needs hardware and a secured channel a certificate; the engine provides neither.
            Transport::Com | Transport::Spipe | Transport::Ssl => return,
        };
        let ok = self.relaxed(by, ok);
        sink(Requirement::StartValidOptionsSucceed, Expected::Ending(ok));
        for requirement in strings::used_rules(self.profile, text, options) {
            sink(requirement, Expected::Ending(ok));
        }
        if self.process(by.process).is_some_and(|process| !process.servers.is_empty()) {
            sink(Requirement::StartSeveralInOneProcess, Expected::Ending(ok));
        }
        if matches!(listen, Listen::FirstFree(addresses) if addresses.len() > 1) {
            sink(Requirement::OptionsPortRangeTakesFirstFree, Expected::Ending(ok));
        }
    }

    /// Returns the result of a start with this string in this process.
    fn start_request(&self, by: Caller, text: &str) -> StartRequest {
        let options = match ConnectionString::parse(Side::Server, self.profile, text) {
            Ok(options) => Box::new(options),
            Err(error) if self.profile == Profile::Dbgeng || error.kind.is_malformed() => {
                return StartRequest::Malformed(error);
            }
            Err(_) => return StartRequest::Undocumented,
        };
        // The platform decides whether IPv4 or IPv6 is meant, and each has ports of its own.
        if options.ip_version().is_some() {
            return StartRequest::Undocumented;
        }
        let listen = Listen::of(&options);
        let computer = self.process(by.process).map_or(0, |process| process.computer);
        match &listen {
            Listen::FirstFree(addresses) if addresses.iter().all(|address| self.is_taken(computer, address)) => {
                StartRequest::Taken(options)
            }
            _ => StartRequest::Free(options, listen),
        }
    }
}
