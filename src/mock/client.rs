//! A client object of the lab.

use super::calls::CallOrigin;
use super::lab_ref::LabRef;
use super::thread;
use super::world::{ClientId, EngineId};
use crate::call::{Call, Ending, Outcome, Outputs};
use crate::callbacks::{Callbacks, LastEvent};
use crate::client::{DebugClient, Out, write_out};
use crate::code_page::CodePage;
use crate::dispatch::{AnswerCall, ByCall, CallSite};
use crate::flags::EventMask;
use crate::hresult::{E_NOTIMPL, E_POINTER, HRESULT, S_OK};
use crate::interface::Interface;

/// A client object of an engine of a [`Lab`](super::Lab), through one of its interfaces.
///
/// If it is called by its own type, findings name the call sites. If it is called through a `dyn DebugClient`, they do not.
pub type LabClient = ByCall<LabObject>;

/// The part of a [`LabClient`] that answers its calls.
#[derive(Debug)]
pub struct LabObject {
    lab: LabRef,
    origin: CallOrigin,
}

impl LabObject {
    /// A new client object for the calling thread.
    pub(super) fn create(
        lab: &LabRef,
        engine: EngineId,
        interface: Interface,
        version: u8,
        made_at: CallSite,
    ) -> LabClient {
        let thread = thread::current().id;
        let client = lab.with(|world| world.debug_create(engine, thread, interface, made_at));
        LabObject::interface(lab, client, version)
    }

    /// An interface to a client object, to which there is a reference for it already.
    fn interface(lab: &LabRef, client: ClientId, version: u8) -> LabClient {
        let lab = lab.clone();
        let identity = lab.with(|world| world.clients[client].identity);
        let origin = lab.origin(client, identity, version);
        ByCall(LabObject { lab, origin })
    }
}

impl AnswerCall for LabObject {
    #[track_caller]
    fn answer(&self, call: &Call<&str>) -> Outcome {
        let mut out = Outputs::default();
        let hresult = self.answer_to(call, |written| out = std::mem::take(written));
        Outcome { ending: Ending::Returned(hresult), out }
    }

    #[inline]
    #[track_caller]
    fn answer_to(&self, call: &Call<&str>, hand_out: impl FnOnce(&mut Outputs)) -> HRESULT {
        // A client object has no such method, so the journal has no such call.
        if let Call::OtherMethod { .. } = call {
            return E_NOTIMPL;
        }
        self.lab.shared().call(&self.origin, call, CallSite::caller(), hand_out)
    }

    fn query_interface(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        let thread = thread::current().id;
        let is_null = client.is_none();
        let CallOrigin { client: own, version, .. } = self.origin;
        match self.lab.with(|world| world.query_interface(own, thread, interface, version, is_null)) {
            Ok(version) => {
                write_out(client, Box::new(LabObject::interface(&self.lab, own, version)));
                S_OK
            }
            Err(refused) => refused,
        }
    }

    #[track_caller]
    fn get_last_event_information(&self, event: Out<'_, LastEvent>) -> HRESULT {
        let Some(event) = event else { return E_POINTER };
        let get = Call::OtherMethod { method: "GetLastEventInformation", arguments: "" };
        let engine = self.origin.identity.engine;
        self.lab.shared().with_client(&self.origin, &get, CallSite::caller(), |world| {
            *event = Some(world.last_event(engine));
        })
    }

    #[track_caller]
    fn set_callbacks(&self, callbacks: Callbacks) -> HRESULT {
        // It is the caller's code, so the lab is not locked.
        let interest = match &callbacks {
            Callbacks::Event(Some(events)) => events.interest_mask(),
            _ => EventMask::empty(),
        };
        let set = outside(&callbacks, ["SetEventCallbacks", "SetOutputCallbacks", "SetInputCallbacks"]);
        let client = self.origin.client;
        self.lab.shared().with_client(&self.origin, &set, CallSite::caller(), |world| {
            world.set_callbacks(client, callbacks, interest);
        })
    }

    #[track_caller]
    fn get_callbacks(&self, callbacks: &mut Callbacks) -> HRESULT {
        let get = outside(callbacks, ["GetEventCallbacks", "GetOutputCallbacks", "GetInputCallbacks"]);
        let client = self.origin.client;
        self.lab.shared().with_client(&self.origin, &get, CallSite::caller(), |world| {
            world.get_callbacks(client, callbacks);
        })
    }

    fn code_page(&self) -> CodePage {
        self.lab.with(|world| {
            let engine = &world.engines[self.origin.identity.engine];
            world.computers[engine.computer].code_page
        })
    }

    fn release(self) -> u32 {
        self.lab.with(|world| world.release(self.origin.client, thread::current().id))
    }

    #[track_caller]
    fn create_client(&self, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        let thread = thread::current().id;
        let (is_null, made_at) = (client.is_none(), CallSite::caller());
        match self.lab.with(|world| world.create_client(self.origin.client, thread, is_null, made_at)) {
            Ok(created) => {
                write_out(client, Box::new(LabObject::interface(&self.lab, created, 1)));
                S_OK
            }
            Err(refused) => refused,
        }
    }
}

/// Returns the call of a method for callbacks of this kind. A call has no objects in it, so it is one outside the surface.
fn outside(callbacks: &Callbacks, names: [&'static str; 3]) -> Call<&'static str> {
    let [event, output, input] = names;
    let method = match callbacks {
        Callbacks::Event(_) => event,
        Callbacks::Output(_) => output,
        Callbacks::Input(_) => input,
    };
    Call::OtherMethod { method, arguments: "" }
}

impl Drop for LabObject {
    fn drop(&mut self) {
        self.lab.with(|world| world.remove_reference(self.origin.client));
    }
}
