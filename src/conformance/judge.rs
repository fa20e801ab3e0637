//! The model looks on at a run and says what it broke.

pub(super) mod check;
mod history;
pub(super) mod lanes;
pub(super) mod parallel;
pub(super) mod run;
pub(super) mod trial;
mod unordered;

use crate::model::{Footprint, Model, Violation, WorldAssumption};
use crate::options::ParseError;
use crate::profile::Profile;
use crate::spec::Requirement;
use crate::trace::{Event, EventKind, Recorded};

/// Judges a run, event by event.
///
/// A run that begins with seq 1 shows everything that there is; any other begins in the middle of things.
#[derive(Clone, Debug)]
pub(super) struct Judge {
    profile: Profile,
    /// A process server that runs beside the engine, by the string that reaches it.
    server: Option<String>,
    model: Option<Box<Model>>,
}

impl Judge {
    pub(super) fn new(profile: Profile, server: Option<String>) -> Judge {
        Judge { profile, server, model: None }
    }

    /// What the event broke, of whatever level.
    pub(super) fn event(&mut self, event: &Event) -> Vec<Violation> {
        let Judge { profile, server, model } = self;
        let world = if event.seq == 1 { WorldAssumption::Closed } else { WorldAssumption::Open };
        let model = model.get_or_insert_with(|| Box::new(Model::new(*profile, world)));
        match &event.what {
            EventKind::Computer { process, computer } => model.place(*process, computer),
            EventKind::ProcessKilled { process } => model.process_killed(*process),
            EventKind::Elapsed { .. } => {}
            EventKind::Call(recorded) => {
                // The computer of the first process is known by now. What is no connection string leads nowhere.
                if let Some(server) = server.take() {
                    let _: Result<(), ParseError> = model.external_server(&server);
                }
                let judged = model.observe(recorded.by, &recorded.call, &recorded.outcome);
                return judged.err().unwrap_or_default();
            }
        }
        Vec::new()
    }

    /// The requirements that the event would break; `None` where that cannot be told before.
    fn breaks(&self, event: &Event, tell: &mut dyn FnMut(Requirement)) -> Option<()> {
        let recorded = event.call().filter(|_| self.server.is_none())?;
        self.model.as_ref()?.breaks(recorded.by, &recorded.call, &recorded.outcome, tell)
    }

    /// How often each requirement had something to say, in the order of the spec.
    pub(super) fn judged(&self) -> Vec<u64> {
        self.model.as_ref().map_or_else(Vec::new, |model| model.judged().to_vec())
    }

    /// Whether two runs have come to the same, as far as that decides what is allowed from here on.
    pub(super) fn fingerprint(&self) -> u64 {
        self.model.as_ref().map_or(0, |model| model.fingerprint())
    }

    /// What a call touches: [`Model::footprint`].
    fn footprint(&self, recorded: &Recorded, may_close: bool) -> Footprint {
        let model = self.model.as_ref();
        model.map_or(Footprint::EVERYTHING, |model| {
            model.footprint(recorded.by, &recorded.call, &recorded.outcome, may_close)
        })
    }

    /// What the run has come to: [`Model::state`].
    pub(super) fn state(&self) -> String {
        self.model.as_ref().map_or_else(String::new, |model| model.state())
    }
}
