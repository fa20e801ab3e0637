//! A client object of the lab, and who may call it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::entered::Entered;
use super::fault::Decision;
use super::finding::Misuse;
use super::presence::Presence;
use super::thread::{self, ThreadId};
use crate::call::{Call, Ending, Outcome};
use crate::client::{DebugClient, Out, write};
use crate::dispatch::{AnswerCall, ByCall, call_site};
use crate::flags::EndSessionFlags;
use crate::hresult::{
    E_NOINTERFACE, E_NOTIMPL, E_POINTER, E_UNEXPECTED, HRESULT, RPC_E_CANTTRANSMIT_CALL, RPC_E_WRONG_THREAD, S_OK,
};
use crate::interface::Interface;
use crate::spec::Requirement;

/// A client object of an engine of a [`Lab`](super::Lab), through one of its interfaces.
///
/// Called by its own type, it knows the call sites that findings name; through a `dyn DebugClient` it does not.
pub type LabClient = ByCall<LabObject>;

/// What answers the calls of a [`LabClient`].
#[derive(Debug)]
pub struct LabObject {
    presence: Presence,
    engine: usize,
    version: u8,
    object: Arc<Object>,
}

/// What all the interfaces of one client object share.
#[derive(Debug)]
struct Object {
    /// Its number in its engine.
    number: u32,
    thread: ThreadId,
    disabled: AtomicBool,
}

impl LabObject {
    /// A new client object for the calling thread.
    pub(super) fn make(presence: &Presence, engine: usize, version: u8) -> LabClient {
        let number = presence.shared().lock().create_client(engine, thread::current(), version);
        LabObject::numbered(presence, engine, version, number)
    }

    fn numbered(presence: &Presence, engine: usize, version: u8, number: u32) -> LabClient {
        let thread = thread::current();
        let object = Object { number, thread, disabled: false.into() };
        ByCall(LabObject { presence: presence.clone(), engine, version, object: Arc::new(object) })
    }

    /// Whether the client object answers at all, or why not.
    fn is_let_in(&self, entered: &mut Entered<'_>) -> Result<(), HRESULT> {
        let is_disabled = self.object.disabled.load(Ordering::Relaxed);
        if !entered.state.engines[self.engine].alive || is_disabled {
            return Err(E_UNEXPECTED);
        }
        if entered.is_contract() && entered.thread != self.object.thread {
            entered.note(Misuse::OtherThread, Some(Requirement::ClientOtherThreadIsRefused), None, "lets it through");
            return Err(RPC_E_WRONG_THREAD);
        }
        Ok(())
    }

    fn answered<'a>(&self, mut entered: Entered<'a>, call: &Call<&str>) -> (Entered<'a>, Outcome) {
        let refused = |hresult| Outcome::returned(hresult);
        if self.version < call.since().min(2) {
            return (entered, refused(E_NOTIMPL));
        }
        if let Err(hresult) = self.is_let_in(&mut entered) {
            return (entered, refused(hresult));
        }
        let decision = entered.decide(call);
        if !entered.state.engines[self.engine].alive {
            // It went down while the call was delayed.
            return (entered, refused(E_UNEXPECTED));
        }
        match decision {
            Some(Decision::Fail(hresult)) => {
                entered.failed(call);
                (entered, refused(hresult))
            }
            Some(Decision::LoseBefore) => {
                entered.failed(call);
                entered.lose(call.server());
                (entered, refused(RPC_E_CANTTRANSMIT_CALL))
            }
            Some(Decision::LoseAfter) => {
                let (mut entered, outcome) = self.done(entered, call);
                entered.lose(call.server());
                entered.give_up(outcome.out.server);
                (entered, refused(RPC_E_CANTTRANSMIT_CALL))
            }
            None => self.done(entered, call),
        }
    }

    fn done<'a>(&self, mut entered: Entered<'a>, call: &Call<&str>) -> (Entered<'a>, Outcome) {
        if let Call::WaitForProcessServerEnd { timeout } = call {
            let (entered, hresult) = entered.wait_for_process_server_end(*timeout);
            return (entered, Outcome::returned(hresult));
        }
        let outcome = entered.answer(call);
        let disconnects = matches!(call, Call::EndSession { flags } if *flags == EndSessionFlags::DISCONNECT);
        if disconnects && outcome.succeeded() {
            self.object.disabled.store(true, Ordering::Relaxed);
        }
        (entered, outcome)
    }

    /// Enters into the journal what did not come by [`AnswerCall::answer`].
    fn log(&self, call: Call<&str>, outcome: Outcome) {
        let mut state = self.presence.shared().lock();
        state.log(self.engine, thread::current(), self.object.number, &call, &outcome);
    }
}

impl AnswerCall for LabObject {
    #[track_caller]
    fn answer(&self, call: &Call<&str>) -> Outcome {
        let call_site = call_site();
        let shared = self.presence.shared();
        let thread = thread::current();
        let mut state = shared.lock();
        if state.begin_call(self.engine, thread, call, call_site) {
            shared.changed.notify_all();
        }
        let (engine, method) = (self.engine, call.method());
        let entered = Entered { state, shared, engine, thread, method, call_site, ended: None };
        let (mut entered, outcome) = self.answered(entered, call);
        entered.state.log(self.engine, thread, self.object.number, call, &outcome);
        if let Some(host) = entered.ended {
            entered.state.log_killed(host);
        }
        outcome
    }

    fn query_interface(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        let hresult = match interface.version() {
            Some(1..=5) if client.is_none() => E_POINTER,
            Some(version @ 1..=5) => {
                let (presence, object) = (self.presence.clone(), Arc::clone(&self.object));
                write(client, Box::new(ByCall(LabObject { presence, engine: self.engine, version, object })));
                S_OK
            }
            _ => E_NOINTERFACE,
        };
        self.log(Call::QueryInterface { interface: interface.clone() }, Outcome::returned(hresult));
        hresult
    }

    fn release(self) -> u32 {
        let left = u32::try_from(Arc::strong_count(&self.object) - 1).unwrap_or(u32::MAX);
        self.log(Call::Release, Outcome { ending: Ending::References(left), out: Default::default() });
        left
    }

    fn create_client(&self, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        let mut state = self.presence.shared().lock();
        let mut outcome = match (state.engines[self.engine].alive, client.is_some()) {
            (false, _) => Outcome::returned(E_UNEXPECTED),
            (true, false) => Outcome::returned(E_POINTER),
            (true, true) => Outcome::returned(S_OK),
        };
        if outcome.succeeded() {
            outcome.out.client = Some(state.add_client(self.engine));
        }
        state.log(self.engine, thread::current(), self.object.number, &Call::CreateClient, &outcome);
        drop(state);
        if let Some(number) = outcome.out.client {
            write(client, Box::new(LabObject::numbered(&self.presence, self.engine, 1, number)));
        }
        outcome.hresult().unwrap_or(E_UNEXPECTED)
    }
}
