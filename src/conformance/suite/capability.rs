//! What a subject can do, as far as it matters to what it can be asked.

use std::collections::BTreeSet;
use std::fmt;

use crate::call::Call;
use crate::client::HostLocation;
use crate::conformance::case::Case;
use crate::conformance::case::expectation::OutputCheck;
use crate::conformance::perform::SubjectConfig;
use crate::conformance::program::parallel::ParallelProgram;
use crate::conformance::program::{HandleName, ProcessRef, Program, Step, SubjectFacts};
use crate::interface::Interface;
use crate::method::Method;
use crate::options::{ConnectionString, Side, Transport};
use crate::profile::Profile;

/// Something that a subject may be able to do or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Capability {
    /// It implements this method: it does not just answer E_NOTIMPL.
    Method(Method),
    /// Its client objects have this version of the interface.
    Version(u8),
    /// It starts further processes, which host process servers.
    Processes,
    /// It starts them on another computer, too.
    Computers,
    /// It lets them be ended from outside.
    Kill,
    /// Its process has more than one thread, and they may make calls at the same time.
    Threads,
    /// It tells what runs on its computer, among that a process whose executable name no other has.
    Facts,
    /// Among what runs there are two processes of one executable name.
    Namesakes,
    /// Process servers can be reached over this transport.
    Transport(Transport),
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Capability::Method(method) => f.write_str(method.name()),
            Capability::Version(version) => Interface::DebugClient(version).fmt(f),
            Capability::Processes => f.write_str("further processes"),
            Capability::Computers => f.write_str("another computer"),
            Capability::Kill => f.write_str("processes that can be killed"),
            Capability::Threads => f.write_str("further threads"),
            Capability::Facts => f.write_str("facts about the running processes"),
            Capability::Namesakes => f.write_str("two processes of one name"),
            Capability::Transport(transport) => write!(f, "transport {transport}"),
        }
    }
}

impl Capability {
    /// The key by which reports and vectors list capabilities: the methods by name, then the others.
    pub(crate) fn listing_key(self) -> (bool, &'static str, Capability) {
        match self {
            Capability::Method(method) => (false, method.name(), self),
            _ => (true, "", self),
        }
    }
}

/// What a subject can do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// What it cannot do.
    pub(crate) lacking: BTreeSet<Capability>,
    /// A process server that runs beside it, by the connection string that reaches it.
    pub(crate) server: Option<String>,
}

impl Capabilities {
    /// Whether the subject can do this.
    pub fn has(&self, capability: Capability) -> bool {
        !self.lacking.contains(&capability)
    }

    /// What a performance has to know of the subject.
    pub(crate) fn config(&self) -> SubjectConfig {
        let newest = (1..=5).rev().find(|version| self.has(Capability::Version(*version)));
        let newest = newest.map_or(Interface::NEWEST, Interface::DebugClient);
        SubjectConfig { newest, server: self.server.clone(), is_alone: !self.has(Capability::Processes) }
    }

    /// The program without what the subject cannot do, and without what would bring the server beside it to its end.
    pub(crate) fn trim(&self, mut program: Program) -> Program {
        if self.lacking.is_empty() && self.server.is_none() {
            return program;
        }
        if !self.has(Capability::Computers) {
            program.hosts.iter_mut().for_each(|host| host.place = HostLocation::Here);
        }
        let steps = std::mem::take(&mut program.steps);
        program.hosts.truncate(if self.has(Capability::Method(Method::StartProcessServer)) { usize::MAX } else { 1 });
        program.hosts.retain(|host| self.missing(&Program { hosts: vec![host.clone()], steps: Vec::new() }).is_empty());
        let can = |step: &Step| {
            let ends = matches!(step, Step::Call { call: Call::EndProcessServer { .. }, .. });
            let is_spared = !(ends && self.server.is_some());
            is_spared && self.missing(&Program { hosts: Vec::new(), steps: vec![step.clone()] }).is_empty()
        };
        program.steps = steps.into_iter().filter(can).collect();
        program
    }

    /// The same of a program of several threads.
    pub(crate) fn trim_parallel(&self, program: ParallelProgram) -> ParallelProgram {
        let trim = |steps| self.trim(Program { hosts: Vec::new(), steps }).steps;
        let threads = program.threads.into_iter().map(trim).collect();
        ParallelProgram { beginning: self.trim(program.beginning), threads }
    }

    /// What a program needs and the subject cannot do.
    fn missing(&self, program: &Program) -> Vec<Capability> {
        needs(program, &self.config()).into_iter().filter(|capability| !self.has(*capability)).collect()
    }

    /// What a case needs and the subject cannot do.
    pub(crate) fn missing_for(&self, case: &Case) -> Vec<Capability> {
        case_needs(case, &self.config()).into_iter().filter(|capability| !self.has(*capability)).collect()
    }
}

/// What a case needs of a subject with these config.
pub(crate) fn case_needs(case: &Case, config: &SubjectConfig) -> BTreeSet<Capability> {
    let mut needs = needs(&case.program(), config);
    if case.steps.iter().flat_map(|(_, expected)| &expected.outputs).any(OutputCheck::needs_facts) {
        needs.insert(Capability::Facts);
    }
    needs
}

/// What a program needs of a subject with these config.
fn needs(program: &Program, config: &SubjectConfig) -> BTreeSet<Capability> {
    let mut needs: BTreeSet<Capability> = config.newest.version().map(Capability::Version).into_iter().collect();
    for (at, host) in program.hosts.iter().enumerate() {
        let stands_in = config.replaces(at, host);
        match host.options {
            Some(_) if stands_in => {}
            Some(_) => drop(needs.insert(Capability::Method(Method::StartProcessServer))),
            None => drop(needs.insert(Capability::Processes)),
        }
        if host.place == HostLocation::Elsewhere {
            needs.insert(Capability::Computers);
        }
        needs.extend(host.options.as_deref().filter(|_| !stands_in).and_then(transport));
    }
    for step in &program.steps {
        match step {
            Step::Kill { .. } => needs.extend([Capability::Processes, Capability::Kill]),
            Step::Call { by, call, handle, target } => {
                needs.extend(call_needs(call));
                if names_another_server(program, config, call) {
                    needs.insert(Capability::Method(Method::StartProcessServer));
                }
                // What a host does for its own servers, an engine that hosts them itself can do as well.
                let hosting = matches!(call, Call::StartProcessServer { .. } | Call::WaitForProcessServerEnd { .. });
                if by.process != 0 && !hosting {
                    needs.insert(Capability::Processes);
                }
                if by.thread != 0 {
                    needs.insert(Capability::Threads);
                }
                if let HandleName::Issued(_) | HandleName::Altered(..) = handle {
                    needs.insert(Capability::Method(Method::ConnectProcessServer));
                }
                if call.process_id().is_some_and(|id| id != 0) && *target == ProcessRef::Only {
                    needs.insert(Capability::Facts);
                }
            }
        }
    }
    needs
}

/// A server that runs beside the subject is reached by one string alone.
fn names_another_server(program: &Program, config: &SubjectConfig, call: &Call) -> bool {
    let Call::ConnectProcessServer { remote_options: Some(text), .. } = call else { return false };
    let played = program.hosts.first().filter(|host| config.replaces(0, host));
    played.is_some_and(|host| text.contains("@1") && host.reached(0).as_ref() != Some(text))
}

fn call_needs(call: &Call) -> Vec<Capability> {
    let mut needs = match call {
        Call::DebugCreate { interface } | Call::QueryInterface { interface } => {
            interface.version().filter(|version| *version <= 5).map(Capability::Version).into_iter().collect()
        }
        Call::StartProcessServer { options, .. } => options.as_deref().and_then(transport).into_iter().collect(),
        _ => Vec::new(),
    };
    if !matches!(call, Call::DebugCreate { .. } | Call::Release | Call::OtherMethod { .. }) {
        needs.push(Capability::Method(call.method()));
    }
    let text = match call {
        Call::GetRunningProcessSystemIdByExecutableName { exe_name, .. } => exe_name.as_deref(),
        Call::CreateProcess { command_line, .. } => command_line.as_deref(),
        _ => None,
    };
    match text.unwrap_or_default() {
        SubjectFacts::SEVERAL => needs.push(Capability::Namesakes),
        text if text.starts_with('@') => needs.push(Capability::Facts),
        _ => {}
    }
    needs
}

/// The transport of a string that the real engine would take.
fn transport(options: &str) -> Option<Capability> {
    let options = ConnectionString::parse(Side::Server, Profile::Dbgeng, options).ok()?;
    Some(Capability::Transport(options.transport()))
}
