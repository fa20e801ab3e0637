//! The effects of calls on the world, a file for each topic. Nothing here knows of the lock.

mod clients;
mod connections;
mod dispatch;
mod events;
mod faults;
mod listen;
mod queries;
mod request;
mod targets;
mod wait;

pub(super) use clients::{NEWEST, known_version};
pub(super) use request::Request;
pub(super) use wait::{Awakening, Reply};

use super::world::{Misuse, RealEngine, World};
use crate::call::Outputs;
use crate::hresult::{E_NOTIMPL, E_UNEXPECTED, HRESULT, RPC_E_WRONG_THREAD};
use crate::spec::Requirement;

impl World {
    /// Makes a call. What it writes is in `out`.
    pub(super) fn call(&mut self, request: &Request<'_>, out: &mut Outputs) -> Reply {
        self.begin_call(request);
        if let Err(refused) = self.admit(request) {
            return Reply::Done(refused);
        }
        if !self.faults.is_empty() {
            let decision = request.intercept(self);
            // A delay is time enough for its process to end.
            if !self.engines[request.engine].is_alive {
                return Reply::Done(E_UNEXPECTED);
            }
            if let Some(decision) = decision {
                return Reply::Done(request.fail(self, decision, out));
            }
        }
        request.answer(self, out)
    }

    /// Checks whether the client object admits the call.
    fn admit(&mut self, request: &Request<'_>) -> Result<(), HRESULT> {
        // A version-1 client object has no method that came later; any other has them all.
        if request.version < 2 && request.call.since() >= 2 {
            return Err(E_NOTIMPL);
        }
        let client = &self.clients[request.client];
        if !self.engines[request.engine].is_alive || client.is_disabled {
            return Err(E_UNEXPECTED);
        }
        if client.thread != request.thread.id && self.is_contract() {
            let requirement = Some(Requirement::ClientOtherThreadIsRefused);
            request.note(self, Misuse::OtherThread, requirement, None, RealEngine::does("lets it through"));
            return Err(RPC_E_WRONG_THREAD);
        }
        Ok(())
    }
}
