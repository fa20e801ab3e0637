//! A client object of the lab, and who may call it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::entered::Entered;
use super::fault::Decision;
use super::finding::Misuse;
use super::presence::Presence;
use super::state::State;
use super::thread::{self, ThreadId};
use crate::call::{Call, Caller, Ending, Outcome, Outputs};
use crate::client::{DebugClient, Out, write};
use crate::dispatch::{AnswerCall, ByCall, call_site};
use crate::flags::EndSessionFlags;
use crate::hresult::{
    E_NOINTERFACE, E_NOTIMPL, E_POINTER, E_UNEXPECTED, HRESULT, RPC_E_CANTTRANSMIT_CALL, RPC_E_WRONG_THREAD, S_OK,
};
use crate::interface::Interface;
use crate::spec::Requirement;
use crate::sync::AtomicBool;

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
    /// The number of that thread in its engine.
    thread_number: u32,
    disabled: AtomicBool,
}

impl LabObject {
    /// A new client object for the calling thread.
    pub(super) fn make(presence: &Presence, engine: usize, version: u8) -> LabClient {
        let thread = thread::current();
        let by = presence.shared().lock().create_client(engine, thread, version);
        LabObject::numbered(presence, engine, version, (thread, by))
    }

    fn numbered(presence: &Presence, engine: usize, version: u8, (thread, by): (ThreadId, Caller)) -> LabClient {
        let Caller { thread: thread_number, client: number, .. } = by;
        let object = Object { number, thread, thread_number, disabled: false.into() };
        ByCall(LabObject { presence: presence.clone(), engine, version, object: Arc::new(object) })
    }

    /// Who calls, on this thread.
    fn caller(&self, state: &mut State, thread: ThreadId) -> Caller {
        let Object { thread: own, thread_number, number, .. } = *self.object;
        let thread = if thread == own { thread_number } else { state.thread_number(self.engine, thread) };
        state.caller(self.engine, thread, number)
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

    /// What becomes of a call that the client object takes, or why it takes none.
    fn befalls(&self, entered: &mut Entered<'_>) -> Result<Option<Decision>, HRESULT> {
        if self.version < entered.call.since().min(2) {
            return Err(E_NOTIMPL);
        }
        self.is_let_in(entered)?;
        let decision = entered.decide();
        // It may have gone down while the call was delayed.
        if entered.state.engines[self.engine].alive { Ok(decision) } else { Err(E_UNEXPECTED) }
    }

    fn done(&self, entered: &mut Entered<'_>, decision: Option<Decision>, out: &mut Outputs) -> HRESULT {
        match decision {
            Some(Decision::Fail(hresult)) => {
                entered.failed();
                hresult
            }
            Some(Decision::LoseBefore) => {
                entered.failed();
                entered.lose(entered.call.server());
                RPC_E_CANTTRANSMIT_CALL
            }
            Some(Decision::LoseAfter) => {
                // The answer is lost with the connection.
                let _: HRESULT = self.answered(entered, out);
                entered.lose(entered.call.server());
                entered.give_up(std::mem::take(out).server);
                RPC_E_CANTTRANSMIT_CALL
            }
            None => self.answered(entered, out),
        }
    }

    fn answered(&self, entered: &mut Entered<'_>, out: &mut Outputs) -> HRESULT {
        let hresult = entered.answer(out);
        let disconnects = matches!(entered.call, Call::EndSession { flags: EndSessionFlags::DISCONNECT });
        if disconnects && hresult.is_ok() {
            self.object.disabled.store(true, Ordering::Relaxed);
        }
        hresult
    }

    /// Enters into the journal what did not come by [`AnswerCall::answer`].
    fn log(&self, call: Call<&str>, outcome: Outcome) {
        let mut state = self.presence.shared().lock();
        let by = self.caller(&mut state, thread::current());
        state.log(by, &call, &outcome);
    }
}

impl AnswerCall for LabObject {
    #[track_caller]
    fn answer(&self, call: &Call<&str>) -> Outcome {
        let call_site = call_site();
        let shared = self.presence.shared();
        let thread = thread::current();
        let mut state = shared.lock();
        // Numbered by who calls first, not by whose call returns first.
        let by = self.caller(&mut state, thread);
        if state.begin_call(self.engine, call, call_site) {
            shared.changed.notify_all();
        }
        let engine = self.engine;
        let mut entered = Entered { state, shared, engine, thread, by, call, call_site, ended: None };
        let mut outcome = Outcome::returned(S_OK);
        let hresult = match (self.befalls(&mut entered), call) {
            (Err(refused), _) => refused,
            (Ok(None), Call::WaitForProcessServerEnd { timeout }) => {
                let hresult;
                (entered, hresult) = entered.wait_for_process_server_end(*timeout);
                hresult
            }
            (Ok(decision), _) => self.done(&mut entered, decision, &mut outcome.out),
        };
        outcome.ending = Ending::Returned(hresult);
        entered.state.log(by, call, &outcome);
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
        let thread = thread::current();
        let by = self.caller(&mut state, thread);
        let mut outcome = match (state.engines[self.engine].alive, client.is_some()) {
            (false, _) => Outcome::returned(E_UNEXPECTED),
            (true, false) => Outcome::returned(E_POINTER),
            (true, true) => Outcome::returned(S_OK),
        };
        if outcome.succeeded() {
            outcome.out.client = Some(state.add_client(self.engine));
        }
        state.log(by, &Call::CreateClient, &outcome);
        drop(state);
        if let Some(number) = outcome.out.client {
            let made = (thread, Caller { client: number, ..by });
            write(client, Box::new(LabObject::numbered(&self.presence, self.engine, 1, made)));
        }
        outcome.hresult().unwrap_or(E_UNEXPECTED)
    }
}
