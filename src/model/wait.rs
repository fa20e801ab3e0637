//! Clauses for waits for the end of a process server: a latch that the first end of a local process server sets for good.

use super::Model;
use super::context::CallContext;
use super::expected::Clauses;
use super::world::EndStatus;
use crate::call::{Call, Caller, Outcome};
use crate::flags::INFINITE;
use crate::hresult::{S_FALSE, S_OK};
use crate::profile::Behaviour;
use crate::spec::Requirement;
use crate::status::Statuses;

/// The time after which a harness gives up on a call (`spec/vectors/README.md`, `hang`), in milliseconds.
const HARNESS_PATIENCE: u32 = 15_000;

impl Model {
    pub(super) fn wait_clauses(&self, timeout: u32, sink: &mut Clauses<'_, '_>) {
        let context = sink.context;
        let Some(process) = context.process else { return };
        let dbgeng = self.profile.is_dbgeng();
        let patient = timeout >= HARNESS_PATIENCE;
        let is_ok_when_over = self.profile.has(Behaviour::WaitTimeOutIsSOk);
        let over = if is_ok_when_over { Statuses::OK } else { Statuses::code(S_FALSE) };
        match process.ended {
            EndStatus::No => {
                // WPSE-2: an infinite wait has no time-out to report, so it fails or blocks.
                let waited = if timeout == INFINITE { Statuses::ERROR } else { over };
                let waited = if patient { waited.or_hang() } else { waited };
                let waited = context.old_client(waited);
                if is_ok_when_over {
                    return sink.ends(Requirement::WaitTimeOutIsSOk, waited);
                }
                sink.ends(Requirement::WaitNeedsAnEnd, waited.or_s_false().or_error());
                // without a local server a wait may fail.
                let without = process.servers.is_empty() && !dbgeng;
                sink.ends(Requirement::WaitTimeOutIsSFalse, if without { waited.or_error() } else { waited });
                if process.servers.is_empty() && dbgeng && !patient {
                    sink.ends(Requirement::WaitWithoutAServerTimesOut, waited);
                }
            }
            EndStatus::Requested => {
                // EPS-3: the S_OK of an end confirms the request, so a wait with a time-out may still run out.
                let ok = if dbgeng || timeout == INFINITE { Statuses::OK } else { Statuses::OK.or_s_false() };
                sink.ends(Requirement::WaitEndedIsSOk, context.old_client(ok));
            }
            EndStatus::Seen => {
                let ok = context.old_client(Statuses::OK);
                sink.ends(Requirement::WaitEndedStaysEnded, ok);
                sink.ends(Requirement::WaitEndedReturnsAtOnce, ok.or_s_false().or_error());
            }
            EndStatus::Perhaps => {}
        }
    }

    /// Records that time has passed in a wait, and which end it has reported.
    pub(super) fn apply_wait(&mut self, by: Caller, timeout: u32, outcome: &Outcome) {
        // A wait in a process whose server has ended returns at once.
        if self.process_mut(by.process).ended == EndStatus::No {
            self.time_passed(u64::from(timeout));
        }
        if outcome.hresult() != Some(S_OK) {
            return;
        }
        let may_be_over = timeout != INFINITE && self.profile.has(Behaviour::WaitTimeOutIsSOk);
        let process = self.process_mut(by.process);
        process.ended = match process.ended {
            // OBS-93: the time may have passed, so that the status tells of no end.
            unknown @ (EndStatus::No | EndStatus::Perhaps) if may_be_over => unknown,
            // A wait that wrongly reported an end tells nothing about the next one.
            EndStatus::No => EndStatus::Perhaps,
            EndStatus::Requested | EndStatus::Seen | EndStatus::Perhaps => EndStatus::Seen,
        };
    }

    /// Whether the client object lacks the method: version 1 has no method that ends a process server or waits for its end
    /// (VER-7). The real engine has one table for all versions, where callers reach them.
    pub(super) fn is_missing(&self, context: &CallContext<'_>, call: &Call) -> bool {
        context.is_version_1() && call.since() == 2 && !self.profile.is_dbgeng()
    }

    /// Whether a wait may block: an infinite one until a server ends, a long one until the harness gives up.
    pub(super) fn may_hang(&self, context: &CallContext<'_>, call: &Call) -> bool {
        let ended =
            context.process.is_some_and(|process| matches!(process.ended, EndStatus::Requested | EndStatus::Seen));
        let waits = call.timeout().is_some_and(|timeout| timeout >= HARNESS_PATIENCE);
        waits && (!ended || call.method().is_of_the_session())
    }
}
