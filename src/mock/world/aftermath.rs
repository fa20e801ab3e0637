//! The work that a change of the world leaves to those who hold its lock.

use super::callbacks::Delivery;
use super::ids::{ComputerId, EngineId};
use crate::call::{Call, Caller, Outcome};
use crate::hresult::HRESULT;
use crate::process::Computer;

/// The work that is left. Most calls leave none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Aftermath {
    /// The entries that are not in the journal yet.
    pub(crate) entries: Vec<JournalEntry>,
    /// The computers whose names or processes someone has changed since the last call.
    pub(crate) changed: Vec<ComputerId>,
    /// The stock DbgSrv whose server the call has ended: it leaves after the call.
    pub(crate) leaving: Option<EngineId>,
    /// Something has changed that a wait may depend on.
    pub(crate) wakes_waits: bool,
    /// Leaves the lab once its lock is free.
    pub(crate) outbox: Vec<Delivery>,
}

impl Aftermath {
    pub(super) fn is_empty(&self) -> bool {
        let Aftermath { entries, changed, leaving, wakes_waits, outbox } = self;
        entries.is_empty() && changed.is_empty() && leaving.is_none() && !wakes_waits && outbox.is_empty()
    }
}

/// An entry that is not in the journal yet.
#[derive(Clone, Debug)]
pub(crate) enum JournalEntry {
    /// The process of an engine has ended.
    Killed(EngineId),
    /// The facts about the computer of an engine.
    Computer(EngineId, Computer),
    /// A caller has made a client object, asked one for an interface or released one.
    Client(Caller, Box<(Call<&'static str>, Outcome)>),
    /// A host that restarts has started a server with this string, or has failed to.
    ServerStarted { by: Caller, options: String, is_debugging: bool, hresult: HRESULT },
}
