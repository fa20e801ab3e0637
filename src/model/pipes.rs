//! Named pipes: when they are there, and by which name they are reached.

use super::Model;
use super::expected::Clauses;
use super::strings::ClientString;
use super::world::ServerRecord;
use crate::address::{Address, has_crashing_pipe};
use crate::call::Call;
use crate::hresult::{ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND};
use crate::options::{ConnectionString, Side};
use crate::spec::Requirement;
use crate::status::Statuses;

/// How long a pipe takes to be there, in milliseconds.
const MOMENT_MS: u64 = 50;

impl Model {
    /// Adds the codes by which a connect over a pipe can fail.
    pub(super) fn by_pipe(&self, parsed: &ClientString, server: &ServerRecord, statuses: Statuses) -> Statuses {
        let Some(options) = parsed.pipe() else { return statuses };
        let is_late = self.profile.is_dbgeng() && self.may_be_late(server);
        let statuses = if is_late { statuses.or(ERROR_FILE_NOT_FOUND) } else { statuses };
        // OBS-81, OBS-210: some platforms reach a pipe only under the computer name `.`.
        if options.server() == Some(".") { statuses } else { statuses.or(ERROR_PATH_NOT_FOUND) }
    }

    /// OBS-80: the platform decides whether blanks and dots at the end of a pipe's name count.
    pub(super) fn ended_name_clauses(&self, parsed: &ClientString, at: usize, sink: &mut Clauses<'_, '_>) {
        let server = &self.servers[at];
        if parsed.pipe().is_some_and(|options| self.knows_password(options, server) == Some(true)) {
            sink.ends(Requirement::PlatformPipeNameEnds, self.by_pipe(parsed, server, Statuses::OK));
        }
    }

    /// OBS-81: StartProcessServer returns before its pipe is there. It takes a moment, which some calls may fit into.
    pub(super) fn may_be_late(&self, server: &ServerRecord) -> bool {
        const CALLS: u64 = 16;
        !server.was_found && self.paused_at <= server.started && self.calls - server.started < CALLS
    }

    /// Whether the call starts a server on a pipe whose name makes the real engine crash (OBS-79).
    pub(super) fn has_crashing_pipe(&self, call: &Call) -> bool {
        let Call::StartProcessServer { options: Some(text), .. } = call else { return false };
        has_crashing_pipe(self.profile, text, &ConnectionString::parse(Side::Server, self.profile, text))
    }

    /// Says that time has passed between two calls, in milliseconds.
    pub fn time_passed(&mut self, ms: u64) {
        if ms >= MOMENT_MS {
            self.paused_at = self.calls;
        }
    }

    /// Records that a call has found the pipe at this address.
    pub(super) fn find_pipe(&mut self, address: Option<Address>) {
        let Some(servers) = address.and_then(|address| self.listening.get(&address)) else { return };
        for server in servers {
            self.servers[*server].was_found = true;
        }
    }
}
