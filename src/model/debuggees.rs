//! The session of a process as a record: which processes it has, and what is known of its options and callbacks.

use crate::call::{Call, Outcome};
use crate::flags::{AttachFlags, EngineOptions};
use crate::hresult::{S_FALSE, S_OK};
use crate::state::{Debuggees, breaks_initially};

/// The session of a process, as far as the run shows it.
#[derive(Clone, Debug, Hash)]
pub(super) struct SessionRecord {
    /// `None` if it is unknown which processes the session has.
    pub(super) debuggees: Option<Debuggees>,
    /// Whether the last wait timed out, so that no process is the current one (OBS-242).
    pub(super) has_timed_out: bool,
    /// Whether the execution status is known.
    pub(super) has_known_status: bool,
    /// The system's id of its process, if the run has shown it.
    pub(super) id: Option<u32>,
    /// The debugger's id of its only process, if the run has shown it.
    pub(super) own_id: Option<u32>,
    pub(super) is_through_a_server: bool,
    /// Whether it has left its last process.
    pub(super) has_left: bool,
    /// Whether it has left all its processes at once, and counts them until the next wait (OBS-245).
    pub(super) counts_left: bool,
    /// The options that the run has shown, and their values.
    pub(super) known_options: EngineOptions,
    pub(super) options: EngineOptions,
    /// The threads for which someone has called ExitDispatch, and whether it is sure that DispatchCallbacks did not see it.
    pub(super) exits: Vec<(u32, bool)>,
}

impl Default for SessionRecord {
    fn default() -> SessionRecord {
        SessionRecord {
            debuggees: Some(Debuggees::default()),
            has_timed_out: false,
            has_known_status: true,
            id: None,
            own_id: None,
            is_through_a_server: false,
            has_left: false,
            counts_left: false,
            known_options: EngineOptions::empty(),
            options: EngineOptions::empty(),
            exits: Vec::new(),
        }
    }
}

impl SessionRecord {
    /// The session of a process that existed before the run.
    pub(super) fn unknown() -> SessionRecord {
        SessionRecord { debuggees: None, ..SessionRecord::default() }
    }

    /// Something has happened that may have changed which processes the session has.
    pub(super) fn unsettle(&mut self) {
        if self.debuggees != Some(Debuggees::default()) {
            self.debuggees = None;
            self.own_id = None;
        }
    }

    /// Returns the debugger's id of its only process, if the call has shown it.
    pub(super) fn shown_id(&self, call: &Call, outcome: &Outcome) -> Option<u32> {
        let Debuggees { pending: 0, present: 1, .. } = self.debuggees? else { return None };
        match call {
            Call::GetCurrentProcessId { .. } => outcome.out.id,
            Call::GetProcessIdBySystemId { sys_id, .. } if Some(*sys_id) == self.id => outcome.out.id,
            Call::GetProcessIdsByIndex { start: 0, count: 1, .. } => outcome.out.number("Ids"),
            _ => None,
        }
    }

    pub(super) fn breaks(&self) -> bool {
        breaks_initially(self.options, AttachFlags::empty())
    }

    /// Updates the session after a WaitForEvent.
    pub(super) fn apply_wait(&mut self, outcome: &Outcome) {
        self.has_timed_out = outcome.hresult() == Some(S_FALSE);
        self.counts_left = false;
        let Some(before) = self.debuggees.filter(|known| *known != Debuggees::default()) else { return };
        self.has_known_status = false;
        self.debuggees = match (outcome.hresult(), before) {
            (Some(S_OK), Debuggees { pending: 1, present: 0, .. }) => {
                self.has_known_status = true;
                Some(Debuggees { pending: 0, present: 1, run: false })
            }
            (Some(S_FALSE), Debuggees { pending: 0, present: 1, .. }) => Some(before),
            _ => None,
        };
    }
}
