//! The callbacks of client objects, and what is on its way to them. They are called without the lock of the lab: a callback
//! may call the engine again.

use std::fmt;
use std::sync::Arc;

use super::ids::EngineId;
use crate::callbacks::{DebugEvent, EventCallbacks, InputCallbacks, OutputCallbacks};
use crate::flags::{EventMask, ExecutionStatus, OutputMask};

/// The part of a session that a client object has for itself (CLI-16).
#[derive(Clone)]
pub(crate) struct ClientSession {
    pub(crate) mask: OutputMask,
    pub(crate) events: Option<Arc<dyn EventCallbacks>>,
    pub(crate) interest: EventMask,
    pub(crate) output: Option<Arc<dyn OutputCallbacks>>,
    pub(crate) input: Option<Arc<dyn InputCallbacks>>,
    /// They wait until the thread of the client object dispatches callbacks (CLI-7).
    pub(crate) queued: Vec<Delivery>,
}

impl Default for ClientSession {
    fn default() -> ClientSession {
        // Everything but verbose output.
        let mask = OutputMask::from(0x3f7);
        let interest = EventMask::empty();
        ClientSession { mask, events: None, interest, output: None, input: None, queued: Vec::new() }
    }
}

impl fmt::Debug for ClientSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientSession").field("mask", &self.mask).finish_non_exhaustive()
    }
}

/// Something that leaves the lab once its lock is free.
#[derive(Clone)]
pub(crate) enum Delivery {
    Event {
        engine: EngineId,
        to: Arc<dyn EventCallbacks>,
        event: DebugEvent,
    },
    Output {
        to: Arc<dyn OutputCallbacks>,
        mask: OutputMask,
        text: String,
    },
    /// The engine gives up its references to the callbacks of a client object.
    Dropped {
        _callbacks: Box<ClientSession>,
    },
}

impl Delivery {
    /// Delivers it. Returns the engine that the callback asks to break into its target.
    pub(crate) fn deliver(self) -> Option<EngineId> {
        match self {
            Delivery::Event { engine, to, event } => (to.event(&event) == ExecutionStatus::BREAK).then_some(engine),
            Delivery::Output { to, mask, text } => {
                to.output(mask, &text);
                None
            }
            Delivery::Dropped { .. } => None,
        }
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Delivery::Event { event, .. } => event.fmt(f),
            Delivery::Output { text, .. } => text.fmt(f),
            Delivery::Dropped { .. } => f.write_str("Dropped"),
        }
    }
}
