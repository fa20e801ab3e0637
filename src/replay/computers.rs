//! The computers of a trace, as computers of the lab.

use std::collections::HashMap;
use std::sync::Arc;

use crate::address::ServerHost;
use crate::mock::{FIRST_COMPUTER, Lab, LabComputer};
use crate::options::{ConnectionString, Side};
use crate::process::{Computer, Process};
use crate::profile::Profile;
use crate::trace::{Event, EventKind};

/// A computer of the trace.
#[derive(Debug)]
pub(super) struct TracedComputer {
    pub(super) lab: LabComputer,
    /// The processes that the trace states. For these, outcomes are not evidence, since they may be wrong.
    pub(super) stated: HashMap<u32, Arc<Process>>,
}

/// The computers of a trace. Processes of which the trace does not state the computer run on the first one.
#[derive(Debug)]
pub(super) struct TraceComputers {
    lab: Lab,
    all: Vec<TracedComputer>,
    /// By process: the place of its computer.
    of_process: HashMap<u32, usize>,
    /// By process and handle: the place of the computer to which the handle leads.
    of_handle: HashMap<(u32, u64), usize>,
}

impl TraceComputers {
    pub(super) fn of(events: &[Event], profile: Profile) -> TraceComputers {
        let stated = events.iter().filter_map(|event| match &event.kind {
            EventKind::Computer { process, computer, .. } => Some((*process, name(computer))),
            _ => None,
        });
        let stated: Vec<(u32, &str)> = stated.collect();
        let lab = Lab::with_first_computer(stated.first().map_or(FIRST_COMPUTER, |(_, name)| *name), profile);
        let mut computers =
            TraceComputers { lab, all: Vec::new(), of_process: HashMap::new(), of_handle: HashMap::new() };
        computers.place(stated.first().map_or(FIRST_COMPUTER, |(_, name)| *name));
        for (process, name) in stated {
            if !computers.of_process.contains_key(&process) {
                let place = computers.place(name);
                computers.of_process.insert(process, place);
            }
        }
        computers
    }

    pub(super) fn lab(&self) -> &Lab {
        &self.lab
    }

    /// Returns the place of the computer with this name. Adds it if there is none.
    fn place(&mut self, name: &str) -> usize {
        self.find(name).unwrap_or_else(|| {
            self.all.push(TracedComputer { lab: self.lab.any_computer(name), stated: HashMap::new() });
            self.all.len() - 1
        })
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.all.iter().position(|computer| has_name(&computer.lab, name))
    }

    /// Applies what the trace states of the computer of a process.
    pub(super) fn state(&mut self, process: u32, computer: &Computer) {
        let place = self.of_process.get(&process).copied().unwrap_or_default();
        let TracedComputer { lab, stated } = &mut self.all[place];
        for name in &computer.names {
            if !has_name(lab, name) {
                lab.add_any_name(name);
            }
        }
        lab.set_any_processes(computer.processes.clone());
        *stated = computer.processes.iter().map(|process| (process.id, Arc::clone(process))).collect();
    }

    /// Returns the computer of a process.
    pub(super) fn of_process(&self, process: u32) -> &TracedComputer {
        &self.all[self.of_process.get(&process).copied().unwrap_or_default()]
    }

    /// Returns the computer on which a call of a process works: that to which the handle leads.
    pub(super) fn of_handle(&self, process: u32, handle: Option<u64>) -> &TracedComputer {
        let place = handle.and_then(|handle| self.of_handle.get(&(process, handle)));
        place.map_or_else(|| self.of_process(process), |place| &self.all[*place])
    }

    /// A process is going to connect with this string, and gets this handle. A name that no computer has is one of its own
    /// computer.
    pub(super) fn connect(&mut self, process: u32, text: &str, handle: Option<u64>) {
        let own = self.of_process.get(&process).copied().unwrap_or_default();
        let Ok(options) = ConnectionString::parse(Side::Client, self.lab.profile(), text) else { return };
        let place = match ServerHost::of(&options) {
            ServerHost::Named(name) => self.find(name).unwrap_or_else(|| {
                self.all[own].lab.add_any_name(name);
                own
            }),
            ServerHost::Local | ServerHost::Impossible => own,
        };
        if let Some(handle) = handle {
            self.of_handle.insert((process, handle), place);
        }
    }
}

fn has_name(computer: &LabComputer, name: &str) -> bool {
    computer.facts().names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Returns the name of the lab's computer.
fn name(computer: &Computer) -> &str {
    computer.names.first().map_or(FIRST_COMPUTER, String::as_str)
}
