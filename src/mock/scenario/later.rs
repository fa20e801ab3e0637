//! The later events of a scenario, checked before a lab is made.

use super::notation::HappeningJson;
use super::place::{self, ServerPlace, one_of};
use super::plan::{Built, Plan, ScenarioProblem};
use crate::mock::fault::startable;
use crate::mock::happening::Happening;
use crate::mock::lab::Lab;
use crate::mock::world::{DueAt, SetUpAt};

/// A valid event, and when it happens.
#[derive(Clone, Debug)]
pub(super) struct PlannedHappening {
    when: DueAt,
    event: PlannedEvent,
    is_optional: bool,
}

#[derive(Clone, Debug)]
enum PlannedEvent {
    Starts { computer: usize, exe: String },
    Ends { computer: usize, id: u32 },
    Dies(ServerPlace),
    Restarts(ServerPlace),
}

impl PlannedHappening {
    /// Schedules the event of this path in a new lab with these computers.
    pub(super) fn schedule(&self, lab: &Lab, computers: &[Built], path: String) {
        let host = |at: &ServerPlace| &computers[at.computer].hosts[at.process_server];
        let happening = match &self.event {
            PlannedEvent::Starts { computer, exe } => Happening::process_starts(&computers[*computer].computer, exe),
            PlannedEvent::Ends { computer, id } => Happening::process_ends(&computers[*computer].computer, *id),
            PlannedEvent::Dies(at) => Happening::host_dies(host(at)),
            PlannedEvent::Restarts(at) => Happening::host_restarts(host(at)),
        };
        let happening = if self.is_optional { happening.optional() } else { happening };
        lab.schedule(self.when, happening, SetUpAt::Scenario(path));
    }
}

/// Checks the event at this path.
pub(super) fn happening(
    path: &str,
    noted: HappeningJson,
    computers: &[Plan],
) -> Result<PlannedHappening, ScenarioProblem> {
    let when = [noted.at_call.map(DueAt::Call), noted.at_ms.map(DueAt::Time)];
    let when = one_of(path, ["at_call", "at_ms"], when)?;
    if matches!(when, DueAt::Call(0)) {
        return Err(ScenarioProblem::new(format!("{path}.at_call"), "calls are counted from 1"));
    }
    let computer = place::computer(path, computers, noted.computer.as_deref())?;
    let starts = |exe: String| match startable(&exe) {
        Ok(()) => Ok(PlannedEvent::Starts { computer, exe }),
        Err(what) => Err(ScenarioProblem::new(format!("{path}.starts"), what)),
    };
    let host = |key, options: String| place::process_server(path, computers, computer, key, &options);
    let event = [
        noted.starts.map(starts),
        noted.ends.map(|id| Ok(PlannedEvent::Ends { computer, id })),
        noted.dies.map(|options| host("dies", options).map(PlannedEvent::Dies)),
        noted.restarts.map(|options| host("restarts", options).map(PlannedEvent::Restarts)),
    ];
    let event = one_of(path, ["starts", "ends", "dies", "restarts"], event)??;
    Ok(PlannedHappening { when, event, is_optional: noted.optional.unwrap_or_default() })
}
