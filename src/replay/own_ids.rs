//! The ids of the traced processes themselves, as far as a trace shows them.

use std::collections::HashMap;

use crate::call::Ending;
use crate::flags::AttachFlags;
use crate::profile::Profile;
use crate::trace::{Event, EventKind, Recorded};

/// The ids, by the numbers of the processes in the trace. A process may not attach to itself, and does not run while it is
/// debugged (OBS-72, OBS-233).
#[derive(Debug, Default)]
pub(super) struct OwnIds {
    ids: HashMap<u32, u32>,
    /// The process that was attached to last, and by whom.
    debugged: Option<(u32, u32)>,
}

impl OwnIds {
    /// Collects the ids that a trace shows.
    pub(super) fn of(events: &[Event], profile: Profile) -> OwnIds {
        let mut own = OwnIds::default();
        for event in events {
            if let EventKind::Call(recorded) = &event.kind {
                own.learn(recorded, profile);
            }
        }
        own
    }

    /// Returns the id of a process of the trace.
    pub(super) fn get(&self, process: u32) -> Option<u32> {
        self.ids.get(&process).copied()
    }

    fn learn(&mut self, recorded: &Recorded, profile: Profile) {
        let process = recorded.by.process;
        let hangs = recorded.outcome.ending == Ending::TimedOut;
        if let Some((id, by)) = self.debugged
            && hangs
            && by != process
        {
            self.ids.entry(process).or_insert(id);
        }
        if let Some(own) = recorded.call.shown_own_id(&recorded.outcome, profile) {
            self.ids.entry(process).or_insert(own);
        }
        let Some((_, id, flags)) = recorded.call.attach() else { return };
        if flags.contains(AttachFlags::NONINVASIVE) || !recorded.call.reaches_a_server(profile) {
            return;
        }
        if hangs {
            self.ids.entry(process).or_insert(id);
        }
        if recorded.outcome.succeeded() {
            self.debugged = Some((id, process));
        }
    }
}
