//! Events that a test lets happen in a lab later, at a call or at a time.

use super::computer::LabComputer;
use super::engine::LabEngine;
use super::lab_ref::{LabId, LabRef};
use super::world::{DueAt, SetUpAt, WorldEvent};

/// An event that happens in a lab without a call that causes it.
///
/// ```
/// use dbgeng_testkit::mock::{Happening, Lab};
/// use dbgeng_testkit::DebugClient;
///
/// let lab = Lab::new(Default::default());
/// let computer = lab.engine().lab_computer();
/// let game = computer.add_process(r"C:\game\game.exe");
/// lab.at_call(2, Happening::process_ends(&computer, game));
///
/// let client = lab.engine().client();
/// let count = || {
///     let mut count = None;
///     client.get_running_process_system_ids(0, None, 0, Some(&mut count));
///     count.unwrap()
/// };
/// assert_eq!(count() - count(), 1);
/// ```
///
/// One that has not happened proves nothing, so [`Lab::assert_clean`](super::Lab::assert_clean) names it, unless it is
/// [`optional`](Happening::optional).
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "it does not happen until `Lab::at_call` or `Lab::at_time` has it"]
pub struct Happening {
    event: WorldEvent,
    /// The lab whose parts it names, if it names any.
    lab: Option<LabId>,
    is_optional: bool,
}

impl Happening {
    fn new(event: WorldEvent, lab: &LabRef) -> Happening {
        Happening { event, lab: Some(lab.id()), is_optional: false }
    }

    /// Schedules the event in a lab. Its numbers mean nothing in another lab.
    #[track_caller]
    pub(super) fn set_up(self, lab: &LabRef, due: DueAt, place: SetUpAt) {
        assert!(self.lab.is_none_or(|own| own == lab.id()), "the happening names a computer or a host of another lab");
        let place = if self.is_optional { None } else { Some(place) };
        lab.with(|world| {
            let due = match due {
                DueAt::Call(n) => DueAt::Call(world.calls.saturating_add(n)),
                DueAt::Time(ms) => DueAt::Time(world.clock.now.saturating_add(ms)),
            };
            world.schedule.add(due, self.event, place);
        });
    }

    /// Lets [`Lab::assert_clean`](super::Lab::assert_clean) pass even if it has not happened.
    #[doc(alias = "may_not_happen")]
    pub fn optional(self) -> Happening {
        Happening { is_optional: true, ..self }
    }

    /// A process that runs `exe` starts on a computer.
    pub fn process_starts(computer: &LabComputer, exe: &str) -> Happening {
        Happening::new(WorldEvent::ProcessStarts { computer: computer.id(), exe: exe.to_owned() }, computer.lab())
    }

    /// A process of a computer ends, if it is still running.
    pub fn process_ends(computer: &LabComputer, id: u32) -> Happening {
        Happening::new(WorldEvent::ProcessEnds { computer: computer.id(), id }, computer.lab())
    }

    /// The process of an engine crashes, and its process servers with it.
    #[doc(alias = "host_crashes")]
    pub fn host_dies(host: &LabEngine) -> Happening {
        Happening::new(WorldEvent::HostDies(host.id()), host.lab())
    }

    /// The processes of all hosts crash: those that [`LabComputer::dbgsrv`] and [`LabComputer::debugging_server`] have
    /// started.
    pub fn hosts_die() -> Happening {
        Happening { event: WorldEvent::AllHostsDie, lab: None, is_optional: false }
    }

    /// The process of an engine crashes, unless it has ended already, and a new one takes its place. The new one starts the
    /// same process servers, and faults and happenings that name the engine apply to it.
    pub fn host_restarts(host: &LabEngine) -> Happening {
        Happening::new(WorldEvent::HostRestarts(host.id()), host.lab())
    }
}
