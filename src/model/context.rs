//! The records that a call concerns, which are looked up once for all that is asked about the call.

use super::issued_handles::{HandleLookup, Incidents, IssuedHandle, use_of};
use super::world::{ClientRecord, RunProcess};
use crate::call::{Call, Caller};
use crate::hresult::E_NOTIMPL;
use crate::state::{Debugging, HandleState, Use};
use crate::status::Statuses;

/// A call in a state of the run.
#[derive(Clone, Copy)]
pub(super) struct CallContext<'m> {
    pub(super) by: Caller,
    /// The process of the caller, if the run has shown it.
    pub(super) process: Option<&'m RunProcess>,
    /// The client object that is called, if the run has shown it.
    pub(super) client: Option<&'m ClientRecord>,
    /// The handle that the call names.
    pub(super) handle: Option<NamedHandle<'m>>,
}

/// A handle that a call names.
#[derive(Clone, Copy)]
pub(super) struct NamedHandle<'m> {
    pub(super) value: u64,
    pub(super) usage: Use,
    pub(super) found: HandleLookup<'m>,
}

impl<'m> NamedHandle<'m> {
    /// Looks up the handle that a call of this process names, if it names one.
    pub(super) fn of(call: &Call, process: Option<&'m RunProcess>) -> Option<NamedHandle<'m>> {
        let (value, usage) = (call.server()?, use_of(call)?);
        let found = process.map_or(HandleLookup::Never, |process| process.handles.find(value));
        Some(NamedHandle { value, usage, found })
    }
}

impl<'m> CallContext<'m> {
    /// Returns the open connection of the named handle.
    pub(super) fn connection(&self) -> Option<&'m IssuedHandle> {
        self.handle?.found.open()
    }

    /// Returns the state of the named handle, if the run shows that it is invalid.
    pub(super) fn misused_state(&self) -> Option<HandleState> {
        let NamedHandle { value: 1.., found, .. } = self.handle? else { return None };
        match found {
            HandleLookup::Open(_) => None,
            HandleLookup::Forgotten | HandleLookup::Never if self.process?.began_before => None,
            _ => Some(found.state()),
        }
    }

    pub(super) fn is_version_1(&self) -> bool {
        self.client.is_some_and(|client| client.version == 1)
    }

    /// Returns how much has happened in the process by now that must not have changed its connections.
    pub(super) fn incidents(&self) -> Incidents {
        self.process.map_or(Incidents::default(), |process| process.incidents)
    }

    /// Adds E_NOTIMPL where the client object may lack the method.
    pub(super) fn old_client(&self, statuses: Statuses) -> Statuses {
        if self.is_version_1() { statuses.or(E_NOTIMPL) } else { statuses }
    }

    /// Whether the run shows that the caller's session debugs, or has tried to, through this handle or locally.
    pub(super) fn is_debugging(&self) -> bool {
        let debugging = match self.handle {
            Some(NamedHandle { value: 1.., .. }) => self.connection().map(|open| open.debugging),
            _ => self.process.map(|process| process.debugging),
        };
        debugging == Some(Debugging::Begun)
    }
}
