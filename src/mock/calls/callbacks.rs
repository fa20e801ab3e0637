//! Sets the callbacks of client objects, and addresses events and output to them.

use std::sync::Arc;

use crate::callbacks::{Callbacks, DebugEvent};
use crate::flags::{EventMask, OutputControl, OutputMask};
use crate::mock::world::{ClientId, ClientSession, Delivery, EngineId, ThreadId, World};

impl World {
    /// Returns the part of the session that a client object has for itself.
    pub(crate) fn client_session(&mut self, client: ClientId) -> &mut ClientSession {
        self.clients[client].session.get_or_insert_default()
    }

    /// Sets callbacks of a client object. `interest` is the mask of event callbacks.
    pub(crate) fn set_callbacks(&mut self, client: ClientId, callbacks: Callbacks, interest: EventMask) {
        let session = self.client_session(client);
        let mut before = Box::<ClientSession>::default();
        match callbacks {
            Callbacks::Event(events) => {
                before.events = std::mem::replace(&mut session.events, events);
                session.interest = interest;
            }
            Callbacks::Output(output) => before.output = std::mem::replace(&mut session.output, output),
            Callbacks::Input(input) => before.input = std::mem::replace(&mut session.input, input),
        }
        self.aftermath().outbox.push(Delivery::Dropped { _callbacks: before });
    }

    /// Finds the callbacks of a client object that are of the same kind.
    pub(crate) fn get_callbacks(&self, client: ClientId, callbacks: &mut Callbacks) {
        let session = self.clients[client].session.as_deref();
        match callbacks {
            Callbacks::Event(events) => *events = session.and_then(|session| session.events.clone()),
            Callbacks::Output(output) => *output = session.and_then(|session| session.output.clone()),
            Callbacks::Input(input) => *input = session.and_then(|session| session.input.clone()),
        }
    }

    /// The client object is no longer there.
    pub(crate) fn drop_callbacks(&mut self, client: ClientId) {
        if let Some(callbacks) = self.clients[client].session.take() {
            self.aftermath().outbox.push(Delivery::Dropped { _callbacks: callbacks });
        }
    }

    /// Tells the client objects of an engine of an event. Those of the calling thread, and the one that is called, hear of it
    /// now, the others when their thread dispatches callbacks (CLI-7).
    pub(crate) fn tell(&mut self, engine: EngineId, called: ClientId, thread: ThreadId, event: &DebugEvent) {
        let mut outbox = Vec::new();
        for (id, client) in self.clients.iter_mut().filter(|(_, client)| client.identity.engine == engine) {
            let Some(session) = &mut client.session else { continue };
            if !session.interest.contains(event.kind()) {
                continue;
            }
            let Some(to) = &session.events else { continue };
            let told = Delivery::Event { engine, to: Arc::clone(to), event: event.clone() };
            let is_now = id == called || client.identity.thread == thread;
            if is_now { outbox.push(told) } else { session.queued.push(told) }
        }
        self.post(outbox);
    }

    /// Sends output of an engine to the callbacks that the control selects.
    pub(crate) fn print(
        &mut self,
        engine: EngineId,
        called: ClientId,
        control: OutputControl,
        mask: OutputMask,
        text: &str,
    ) {
        let mut outbox = Vec::new();
        let thread = self.clients[called].identity.thread;
        for (id, client) in self.clients.iter_mut().filter(|(_, client)| client.identity.engine == engine) {
            let is_recipient = match control.recipients() {
                OutputControl::THIS_CLIENT => id == called,
                OutputControl::ALL_OTHER_CLIENTS => id != called,
                OutputControl::IGNORE | OutputControl::LOG_ONLY => false,
                _ => true,
            };
            let Some(session) = client.session.as_mut().filter(|_| is_recipient) else { continue };
            let overrides = control.bits() & OutputControl::OVERRIDE_MASK.bits() != 0;
            let Some(to) = session.output.as_ref().filter(|_| overrides || session.mask.intersects(mask)) else {
                continue;
            };
            let printed = Delivery::Output { to: Arc::clone(to), mask, text: text.to_owned() };
            if client.identity.thread == thread { outbox.push(printed) } else { session.queued.push(printed) }
        }
        self.post(outbox);
    }

    /// Sends what has waited for this thread of an engine.
    pub(crate) fn send_queued(&mut self, engine: EngineId, thread: ThreadId) {
        let mut outbox = Vec::new();
        for (_, client) in self.clients.iter_mut() {
            if let Some(session) =
                client.session.as_mut().filter(|_| client.identity.engine == engine && client.identity.thread == thread)
            {
                outbox.append(&mut session.queued);
            }
        }
        self.post(outbox);
    }

    /// Sends this once the lock is free.
    fn post(&mut self, mut outbox: Vec<Delivery>) {
        if !outbox.is_empty() {
            self.aftermath().outbox.append(&mut outbox);
        }
    }
}
