//! WaitForProcessServerEnd, in virtual time or in real time.

use std::time::{Duration, Instant};

use super::entered::Entered;
use super::thread;
use crate::flags::INFINITE;
use crate::hresult::{ERROR_POSSIBLE_DEADLOCK, HRESULT, S_FALSE, S_OK};
use crate::spec::Requirement;

/// How long a wait gives a part of the lab that nobody has used yet to turn up on another thread. Nothing but a wait
/// that would last for ever takes it.
const PATIENCE: Duration = Duration::from_secs(5);

impl Entered<'_> {
    pub(super) fn wait_for_process_server_end(self, timeout: u32) -> HRESULT {
        if self.state.engines[self.engine].ended {
            return S_OK;
        }
        match timeout {
            INFINITE => self.wait_until_ended(),
            _ if self.state.real_time => self.wait_in_real_time(timeout),
            _ => {
                let mut state = self.state;
                state.now = state.now.saturating_add(timeout.into());
                S_FALSE
            }
        }
    }

    /// Another thread has to end the server. Where none is left that could, the wait fails instead of staying for ever.
    fn wait_until_ended(mut self) -> HRESULT {
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
            let alive = engine.alive;
            self.state = match self.state.holders.another_can_act(me) {
                Some(true) if alive => self.shared.wait(self.state),
                None if alive && !given_up => {
                    let (state, timed_out) = self.shared.wait_for(self.state, PATIENCE);
                    given_up = timed_out;
                    state
                }
                _ => {
                    self.note(Requirement::WaitNeedsAnEnd, None, "waits for ever");
                    break ERROR_POSSIBLE_DEADLOCK;
                }
            };
        };
        self.state.holders.go_on(me);
        answer
    }

    fn wait_in_real_time(mut self, timeout: u32) -> HRESULT {
        let end = Instant::now() + Duration::from_millis(timeout.into());
        loop {
            if self.state.engines[self.engine].ended {
                return S_OK;
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return S_FALSE;
            }
            (self.state, _) = self.shared.wait_for(self.state, left);
        }
    }
}
