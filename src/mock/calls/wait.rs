//! Waits for the end of a process server, for an event or for callbacks, in virtual time or in real time. `Shared::wait`
//! blocks the thread.

use std::time::Duration;

use super::request::Request;
use crate::call::{Call, Outputs};
use crate::flags::INFINITE;
use crate::hresult::{E_UNEXPECTED, ERROR_POSSIBLE_DEADLOCK, HRESULT, S_FALSE, S_OK};
use crate::mock::world::{Misuse, RealEngine, TimeMode, World};
use crate::profile::Behaviour;
use crate::spec::Requirement;

/// How long a wait allows another thread to start using a part of the lab that no thread has used yet. Only a wait that
/// nothing else could end takes this long.
const PATIENCE: Duration = Duration::from_secs(5);

/// How the world replies to a call.
#[derive(Debug)]
pub(crate) enum Reply {
    /// The call returns.
    Done(HRESULT),
    /// The call waits, and [`World::continue_wait`] is to be asked again.
    Wait(Box<PendingWait>),
}

/// A wait that is not over.
#[derive(Debug)]
pub(crate) struct PendingWait {
    pub(super) end: WaitEnd,
    /// To be asked again after this time at the latest; before that, when something has changed.
    pub(crate) at_most: Option<Duration>,
}

impl PendingWait {
    /// Returns the reply to a call that waits for this.
    fn reply(end: WaitEnd, at_most: Option<Duration>) -> Reply {
        // Most calls do not wait, so their replies are small.
        Reply::Wait(Box::new(PendingWait { end, at_most }))
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) enum WaitEnd {
    /// Somebody else ends the server, or advances the lab's clock to this time.
    ByOthers(u64),
    /// So much real time has passed.
    RealTime(Duration),
    /// A server connects to the caller.
    ByServer,
    /// Callbacks are called first.
    Callbacks,
}

/// How a wait was woken up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Awakening {
    /// How much real time has passed since the wait began.
    pub(crate) waited: Duration,
    /// Whether [`PendingWait::at_most`] has passed and nothing has changed.
    pub(crate) timed_out: bool,
}

impl World {
    /// Looks whether a wait is over, some time after the reply that asked for it.
    pub(crate) fn continue_wait(
        &mut self,
        request: &Request<'_>,
        wait: &PendingWait,
        awakening: Awakening,
        out: &mut Outputs,
    ) -> Reply {
        let reply = match wait.end {
            WaitEnd::Callbacks => request.wait(self, request.call.timeout().unwrap_or(0)),
            WaitEnd::ByOthers(end) => request.wait_for_others(self, end, awakening.timed_out),
            WaitEnd::RealTime(timeout) => request.wait_in_real_time(self, timeout, awakening.waited),
            WaitEnd::ByServer => request.continue_to_listen(self, awakening.timed_out, out),
        };
        if let Call::WaitForEvent { .. } = request.call {
            request.end_event_wait(self, &reply);
        }
        reply
    }
}

impl Request<'_> {
    pub(super) fn wait(&self, world: &mut World, timeout: u32) -> Reply {
        if let Some(hresult) = self.early_end(world) {
            return Reply::Done(hresult);
        }
        if world.has_mail() {
            return PendingWait::reply(WaitEnd::Callbacks, None);
        }
        match (timeout, world.clock.mode) {
            (INFINITE, _) => self.begin_to_wait_for_others(world, u64::MAX),
            (_, TimeMode::Real) => self.wait_in_real_time(world, Duration::from_millis(timeout.into()), Duration::ZERO),
            (_, TimeMode::Paused) => {
                let end = world.clock.now.saturating_add(timeout.into());
                self.begin_to_wait_for_others(world, end)
            }
            (_, TimeMode::Virtual) => {
                world.pass_time(timeout.into());
                Reply::Done(self.early_end(world).unwrap_or_else(|| self.time_out(world)))
            }
        }
    }

    /// Returns the status of a wait whose time has passed.
    fn time_out(&self, world: &mut World) -> HRESULT {
        let Call::WaitForProcessServerEnd { .. } = self.call else { return S_FALSE };
        world.engines[self.engine].timed_out = Some(self.call_site);
        if world.profile.has(Behaviour::WaitTimeOutIsSOk) { S_OK } else { S_FALSE }
    }

    /// Returns what ends a wait before its time.
    fn early_end(&self, world: &mut World) -> Option<HRESULT> {
        let engine = &mut world.engines[self.engine];
        let (is_over, is_alive) = (engine.has_ended_server, engine.is_alive);
        let end = match self.call {
            _ if !is_alive => None,
            Call::WaitForEvent { .. } => self.event(world),
            Call::DispatchCallbacks { .. } => {
                let is_exit = engine.session.exits.remove(&self.thread.id);
                world.send_queued(self.engine, self.thread.id);
                is_exit.then_some(S_OK)
            }
            _ => None,
        };
        match self.call {
            Call::WaitForProcessServerEnd { .. } if is_over => Some(S_OK),
            _ => end.or((!is_alive).then_some(E_UNEXPECTED)),
        }
    }

    fn begin_to_wait_for_others(&self, world: &mut World, end: u64) -> Reply {
        world.threads.begin_wait(self.thread.os);
        // Those that wait already may now be the last ones.
        world.wake_waits();
        self.wait_for_others(world, end, false)
    }

    /// Another thread has to end the server, or to advance the clock to `end`. If no other thread can, the wait fails
    /// instead of lasting for ever.
    fn wait_for_others(&self, world: &mut World, end: u64, timed_out: bool) -> Reply {
        let hresult = match self.early_end(world) {
            Some(S_OK) => S_OK,
            _ if world.clock.now >= end => self.time_out(world),
            Some(gone) => gone,
            None => {
                if let Some(waits) = self.hope(world, WaitEnd::ByOthers(end), timed_out) {
                    return waits;
                }
                self.note_endless_wait(world, end);
                ERROR_POSSIBLE_DEADLOCK
            }
        };
        world.threads.end_wait(self.thread.os);
        Reply::Done(hresult)
    }

    /// Waits on, if another thread can end the wait.
    pub(super) fn hope(&self, world: &World, end: WaitEnd, timed_out: bool) -> Option<Reply> {
        // Another thread may end it through the very same client object (CLI-4).
        let is_shared = self.call.method().is_of_the_session();
        let at_most = match world.threads.another_can_act(self.thread.os) {
            Some(true) => None,
            _ if is_shared && world.clock.mode == TimeMode::Real => None,
            Some(false) if !is_shared => return None,
            _ if timed_out => return None,
            _ => Some(PATIENCE),
        };
        Some(PendingWait::reply(end, at_most))
    }

    fn note_endless_wait(&self, world: &mut World, end: u64) {
        let is_for_a_server = matches!(self.call, Call::WaitForProcessServerEnd { .. });
        let (requirement, real_engine) = if end == u64::MAX {
            (is_for_a_server.then_some(Requirement::WaitNeedsAnEnd), &RealEngine::Does("waits for ever"))
        } else {
            (
                None,
                &RealEngine::Does(
                    "waits its time: here the clock is paused, and no thread is left that could advance it",
                ),
            )
        };
        self.note(world, Misuse::EndlessWait, requirement, real_engine);
    }

    fn wait_in_real_time(&self, world: &mut World, timeout: Duration, waited: Duration) -> Reply {
        let left = timeout.saturating_sub(waited);
        match self.early_end(world) {
            Some(hresult) => Reply::Done(hresult),
            None if left.is_zero() => Reply::Done(self.time_out(world)),
            None => PendingWait::reply(WaitEnd::RealTime(timeout), Some(left)),
        }
    }
}
