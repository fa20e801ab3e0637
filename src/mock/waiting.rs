//! WaitForProcessServerEnd, in virtual time or in real time.

use std::time::{Duration, Instant};

use super::entered::Entered;
use super::finding::Misuse;
use super::state::{EngineState, Time};
use super::thread;
use crate::flags::INFINITE;
use crate::hresult::{E_UNEXPECTED, ERROR_POSSIBLE_DEADLOCK, HRESULT, S_FALSE, S_OK};
use crate::spec::Requirement;

/// How long a wait gives a part of the lab that nobody has used yet to turn up on another thread. Nothing but a wait
/// that would last for ever takes it.
const PATIENCE: Duration = Duration::from_secs(5);

impl<'a> Entered<'a> {
    pub(super) fn wait_for_process_server_end(mut self, timeout: u32) -> (Entered<'a>, HRESULT) {
        if self.state.engines[self.engine].ended {
            return (self, S_OK);
        }
        match (timeout, self.state.time) {
            (INFINITE, _) => self.wait_for_others(u64::MAX),
            (_, Time::Real) => self.wait_in_real_time(timeout),
            (_, Time::Paused) => {
                let end = self.state.now.saturating_add(timeout.into());
                self.wait_for_others(end)
            }
            (_, Time::Virtual) => {
                if self.state.pass_time(timeout.into()) {
                    self.shared.changed.notify_all();
                }
                let EngineState { ended, alive, .. } = self.state.engines[self.engine];
                let over = if alive { S_FALSE } else { E_UNEXPECTED };
                (self, if ended { S_OK } else { over })
            }
        }
    }

    /// Another thread has to end the server, or to advance the clock to `end`. Where none is left that could, the wait
    /// fails instead of staying for ever.
    fn wait_for_others(mut self, end: u64) -> (Entered<'a>, HRESULT) {
        let me = thread::own();
        self.state.holders.wait(me);
        // Those that wait already may now be the last ones.
        self.shared.changed.notify_all();
        let mut given_up = false;
        let answer = loop {
            let engine = &self.state.engines[self.engine];
            if engine.ended {
                break S_OK;
            }
            if self.state.now >= end {
                break S_FALSE;
            }
            if !engine.alive {
                break E_UNEXPECTED;
            }
            self.state = match self.state.holders.another_can_act(me) {
                Some(true) => self.shared.wait(self.state),
                None if !given_up => {
                    let (state, timed_out) = self.shared.wait_for(self.state, PATIENCE);
                    given_up = timed_out;
                    state
                }
                _ => {
                    let requirement = Some(Requirement::WaitNeedsAnEnd);
                    if end == u64::MAX {
                        self.note(Misuse::EndlessWait, requirement, None, "waits for ever");
                    } else {
                        let real_engine = "waits its time: here the clock stands, and nobody is left to advance it";
                        self.note(Misuse::EndlessWait, None, None, real_engine);
                    }
                    break ERROR_POSSIBLE_DEADLOCK;
                }
            };
        };
        self.state.holders.go_on(me);
        (self, answer)
    }

    fn wait_in_real_time(mut self, timeout: u32) -> (Entered<'a>, HRESULT) {
        let end = Instant::now() + Duration::from_millis(timeout.into());
        loop {
            let EngineState { ended, alive, .. } = self.state.engines[self.engine];
            if ended || !alive {
                return (self, if ended { S_OK } else { E_UNEXPECTED });
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return (self, S_FALSE);
            }
            (self.state, _) = self.shared.wait_for(self.state, left);
        }
    }
}
