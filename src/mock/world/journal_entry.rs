//! Entries for the journal of what is not done by a call on a client object.

use super::ids::EngineId;
use crate::call::{Call, Caller, Outcome};
use crate::hresult::HRESULT;

/// An entry that is not in the journal yet.
#[derive(Debug)]
pub(crate) enum JournalEntry {
    /// The process of an engine has ended.
    Killed(EngineId),
    /// A caller has made a client object, asked one for an interface or released one.
    Client(Caller, Box<(Call<&'static str>, Outcome)>),
    /// A host that restarts has started a server with this string, or has failed to.
    ServerStarted { by: Caller, options: String, is_debugging: bool, hresult: HRESULT },
}
