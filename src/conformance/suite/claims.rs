//! Claims that a subject does not keep: capabilities that the suite counts on, and that a run shows to be missing.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::capability::{Capability, case_needs};
use crate::conformance::case::Case;
use crate::conformance::perform::SubjectConfig;
use crate::conformance::perform::run::{ProgramRun, RunEnd};
use crate::conformance::program::Step;
use crate::conformance::program::placeholders::{only, several};
use crate::process::Process;
use crate::trace::{Event, EventKind};

/// Returns the capabilities that a case needs and that its run shows to be missing. A run that did not complete shows nothing.
pub(super) fn unkept(case: &Case, config: &SubjectConfig, run: &ProgramRun) -> Vec<Capability> {
    if run.end != RunEnd::Completed {
        return Vec::new();
    }
    let shown = ShownByRun::of(run);
    let has_hosts = shown.processes.len() > config.started_hosts(&case.hosts);
    let kills = case.steps.iter().filter(|(step, _)| matches!(step, Step::Kill { .. })).count();
    let has_threads = case.steps.iter().all(|(step, _)| match step {
        Step::Call { by, .. } => by.thread == 0 || shown.threads.contains(&by.thread),
        Step::Kill { .. } | Step::Pause { .. } => true,
    });
    let surroundings = [
        (Capability::Processes, has_hosts),
        (Capability::Computers, has_hosts),
        (Capability::Kill, shown.kills >= kills),
        (Capability::Threads, has_threads),
        (Capability::Facts, only(shown.listed).is_some()),
        (Capability::Namesakes, several(shown.listed).is_some()),
    ];
    if surroundings.iter().all(|(_, is_shown)| *is_shown) {
        return Vec::new();
    }
    let needs = case_needs(case, config).into_iter();
    needs.filter(|need| surroundings.contains(&(*need, false))).collect()
}

/// Says which claims are not kept, and what to do about it.
pub(super) fn explain_unkept(unkept: &[Capability]) -> String {
    let shown = unkept.iter().map(|capability| match capability {
        Capability::Processes => "`Engine::start_process` started none",
        Capability::Computers => "`Engine::start_process` started none on another computer",
        Capability::Kill => "`Engine::kill` returned false",
        Capability::Threads => "`Engine::on_thread` returned false",
        Capability::Facts => "`Engine::computer` lists no process with a unique name",
        Capability::Namesakes => "`Engine::computer` lists no two processes of one name",
        Capability::Method(_)
        | Capability::Version(_)
        | Capability::Transport(_)
        | Capability::QuickConnections
        | Capability::ManyConnections => "it is missing",
    });
    let claims = unkept.iter().zip(shown).map(|(capability, shown)| format!("{capability}, but {shown}"));
    let claims: Vec<String> = claims.collect();
    format!("the suite counts on {}; mend that, or declare the lack with `Suite::lacks`", claims.join(", and on "))
}

/// The surroundings that a run shows.
#[derive(Default)]
struct ShownByRun<'a> {
    processes: BTreeSet<u32>,
    threads: BTreeSet<u32>,
    kills: usize,
    /// The processes on the computer of process 0.
    listed: &'a [Arc<Process>],
}

impl<'a> ShownByRun<'a> {
    fn of(run: &'a ProgramRun) -> ShownByRun<'a> {
        let mut shown = ShownByRun::default();
        for (_, Event { kind, .. }) in &run.events {
            match kind {
                EventKind::Call(recorded) => {
                    shown.processes.insert(recorded.by.process);
                    shown.threads.insert(recorded.by.thread);
                }
                EventKind::Computer { process: 0, computer, .. } => shown.listed = &computer.processes,
                EventKind::ProcessKilled { .. } => shown.kills += 1,
                EventKind::Computer { .. } | EventKind::Elapsed { .. } => {}
            }
        }
        shown
    }
}
