//! Capabilities of a subject, and the capabilities that programs and cases need.

use std::collections::BTreeSet;
use std::{fmt, slice};

use crate::call::Call;
use crate::client::HostLocation;
use crate::conformance::case::Case;
use crate::conformance::case::expectation::{Expectation, OutputCheck};
use crate::conformance::perform::SubjectConfig;
use crate::conformance::program::parallel::ParallelProgram;
use crate::conformance::program::{HandleName, Placeholder, ProcessRef, Program, ProgramHost, Step};
use crate::interface::Interface;
use crate::method::Method;
use crate::options::{ConnectionString, Side, Transport};
use crate::profile::Profile;
use crate::status::Statuses;

/// How many connections a case closes that does not need quick ones.
const MANY_CLOSES: usize = 50;

/// How many connections a case has at once that does not need many.
const MANY_CONNECTIONS: usize = 400;

/// A capability that a subject may have or lack. A case that needs a missing one is skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Capability {
    /// It implements this method, and does not return E_NOTIMPL from it.
    Method(Method),
    /// Its client objects have this version of `IDebugClient`, from 1 to 9.
    Version(u8),
    /// It can start other processes, which host process servers.
    Processes,
    /// It can start processes on another computer, whose name it tells.
    Computers,
    /// Its other processes can be killed.
    Kill,
    /// Its process has several threads, which can make calls at the same time.
    Threads,
    /// It can list running processes, including one with a unique executable name.
    Facts,
    /// It lists two running processes with the same executable name.
    Namesakes,
    /// It connects and disconnects within half a second, so a case can do so hundreds of times.
    QuickConnections,
    /// It holds more than a thousand connections at once. An engine that listens on real ports may run into a limit of the
    /// system, and so may every engine in child processes, where the kit does not see that.
    ManyConnections,
    /// It can start process servers on this transport.
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
            Capability::QuickConnections => f.write_str("quick connections"),
            Capability::ManyConnections => f.write_str("more than a thousand connections"),
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

/// Says what an engine lacks, and what to do about it.
pub(super) fn explain_missing(missing: &[Capability]) -> String {
    let (mut methods, mut lacks) = (Vec::new(), Vec::new());
    for capability in missing {
        match *capability {
            Capability::Method(method) => methods.push(method.name()),
            Capability::Version(version) => lacks.push(format!("has no {}", Interface::DebugClient(version))),
            Capability::Processes => lacks.push("starts no other processes (`Engine::start_process`)".to_owned()),
            Capability::Computers => {
                lacks.push("starts no processes on another computer whose name is known (`Engine::start_process`, `Engine::computer`)".to_owned())
            }
            Capability::Kill => lacks.push("lets no other process be killed (`Engine::kill`)".to_owned()),
            Capability::Threads => lacks.push("has no other threads (`Engine::on_thread`)".to_owned()),
            Capability::Facts => lacks.push("lists no running process whose name is unique (`Engine::computer`; for a library that simulates them, `--facts`)".to_owned()),
            Capability::Namesakes => lacks.push("lists no two processes of one name (`Engine::computer`; for a library that simulates them, `--facts`)".to_owned()),
            Capability::QuickConnections => {
                lacks.push("takes more than half a second to connect and disconnect".to_owned())
            }
            Capability::ManyConnections => {
                lacks.push("may run into a limit of the system with more than a thousand connections".to_owned())
            }
            Capability::Transport(transport) => lacks.push(format!("starts no process server on {transport}")),
        }
    }
    if let Some((last, others)) = methods.split_last() {
        let others = if others.is_empty() { String::new() } else { format!("{} and ", others.join(", ")) };
        lacks.insert(0, format!("returns E_NOTIMPL from {others}{last}"));
    }
    let is_of_servers = |capability: &Capability| {
        matches!(capability, Capability::Method(Method::StartProcessServer) | Capability::Transport(_))
    };
    let them = if missing.len() == 1 { "it" } else { "them" };
    let remedy = if missing.iter().all(is_of_servers) {
        format!("implement {them}, or give the suite a running server with `Suite::server`")
    } else if missing == [Capability::ManyConnections] {
        "claim it with `Suite::claims` if the system allows so many".to_owned()
    } else if missing == [Capability::QuickConnections] {
        "claim it with `Suite::claims` if the cases may take that long".to_owned()
    } else {
        format!("implement {them}")
    };
    format!("your engine {}; {remedy}", lacks.join(", and "))
}

/// The capabilities of a subject.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// The missing capabilities.
    pub(crate) lacking: BTreeSet<Capability>,
    /// The versions that QueryInterface gives and DebugCreate does not, although the subject has them.
    pub(crate) uncreated: BTreeSet<u8>,
    /// The connection string of a running process server, from [`Suite::server`](super::Suite::server).
    pub(crate) server: Option<String>,
    /// Whether the subject sees the processes of the kit.
    pub(crate) sees_bystanders: bool,
}

impl Capabilities {
    /// Whether the subject has this capability.
    pub fn has(&self, capability: Capability) -> bool {
        !self.lacking.contains(&capability)
    }

    /// Returns the configuration with which programs are performed.
    pub(crate) fn config(&self) -> SubjectConfig {
        let versions = (1..=5).rev().chain(6..=9);
        let is_created = |version: &u8| self.has(Capability::Version(*version)) && !self.uncreated.contains(version);
        let newest = versions.into_iter().find(is_created);
        let newest = newest.map_or(Interface::NEWEST, Interface::DebugClient);
        SubjectConfig {
            newest,
            server: self.server.clone(),
            hosts_alone: !self.has(Capability::Processes),
            sees_bystanders: self.sees_bystanders,
            ..SubjectConfig::default()
        }
    }

    /// Removes the steps that the subject cannot perform, and those that would end the server of `Suite::server`.
    pub(crate) fn trim(&self, mut program: Program) -> Program {
        if self.lacking.is_empty() && self.server.is_none() {
            return program;
        }
        if !self.has(Capability::Computers) {
            program.hosts.iter_mut().for_each(|host| host.place = HostLocation::Here);
        }
        let steps = std::mem::take(&mut program.steps);
        program.hosts.truncate(if self.has(Capability::Method(Method::StartProcessServer)) { usize::MAX } else { 1 });
        program.hosts.retain(|host| self.missing(slice::from_ref(host), &[]).is_empty());
        let can = |step: &Step| {
            let ends = matches!(step, Step::Call { call: Call::EndProcessServer { .. }, .. });
            let is_spared = !(ends && self.server.is_some());
            is_spared && self.missing(&[], slice::from_ref(step)).is_empty()
        };
        program.steps = steps.into_iter().filter(can).collect();
        program
    }

    /// Removes such steps from a program of several threads.
    pub(crate) fn trim_parallel(&self, program: ParallelProgram) -> ParallelProgram {
        let trim = |steps| self.trim(Program { hosts: Vec::new(), steps }).steps;
        let threads = program.threads.into_iter().map(trim).collect();
        ParallelProgram { beginning: self.trim(program.beginning), threads }
    }

    /// Returns the capabilities that hosts and steps need and the subject lacks.
    fn missing(&self, hosts: &[ProgramHost], steps: &[Step]) -> Vec<Capability> {
        self.missing_of(|config| needs(hosts, steps, config))
    }

    /// Returns the capabilities that a case needs and the subject lacks.
    pub(crate) fn missing_for(&self, case: &Case) -> Vec<Capability> {
        self.missing_of(|config| case_needs(case, config))
    }

    /// Returns those of the needed capabilities that are missing, without methods of a missing version.
    fn missing_of(&self, needed: impl FnOnce(&SubjectConfig) -> BTreeSet<Capability>) -> Vec<Capability> {
        // To find what is needed takes a part of a run that can be noticed.
        if self.lacking.is_empty() {
            return Vec::new();
        }
        let needed = needed(&self.config());
        let has_version = |method: Method| {
            !needed.contains(&Capability::Version(method.since())) || self.has(Capability::Version(method.since()))
        };
        let is_reason = |capability: &Capability| match capability {
            Capability::Method(method) => has_version(*method),
            _ => true,
        };
        needed.iter().filter(|capability| !self.has(**capability) && is_reason(capability)).copied().collect()
    }
}

/// Returns the capabilities that a case needs.
pub(crate) fn case_needs(case: &Case, config: &SubjectConfig) -> BTreeSet<Capability> {
    let mut needs = needs(&case.hosts, case.steps.iter().map(|(step, _)| step), config);
    if case.steps.iter().flat_map(|(_, expected)| &expected.outputs).any(OutputCheck::needs_facts) {
        needs.insert(Capability::Facts);
    }
    if case.steps.iter().filter(|(step, expected)| closes(step, expected)).count() > MANY_CLOSES {
        needs.insert(Capability::QuickConnections);
    }
    if most_connections(&case.steps) > MANY_CONNECTIONS {
        needs.extend([Capability::QuickConnections, Capability::ManyConnections]);
    }
    needs
}

/// Returns how many connections a case has at once.
fn most_connections(steps: &[(Step, Expectation)]) -> usize {
    let is_ok = |step: &&(Step, Expectation)| step.1.endings == Statuses::OK;
    let connections = steps.iter().filter(is_ok).scan(0_usize, |open, (step, _)| {
        match step {
            Step::Call { call: Call::ConnectProcessServer { .. }, .. } => *open += 1,
            Step::Call { call: Call::DisconnectProcessServer { .. }, .. } => *open = open.saturating_sub(1),
            _ => {}
        }
        Some(*open)
    });
    connections.max().unwrap_or(0)
}

/// Returns whether a step closes a connection. A connect that is refused closes what it opened.
fn closes(step: &Step, expected: &Expectation) -> bool {
    match step {
        Step::Call { call: Call::ConnectProcessServer { .. }, .. } => expected.endings == Statuses::ERROR,
        Step::Call { call: Call::DisconnectProcessServer { .. }, .. } => expected.endings == Statuses::OK,
        _ => false,
    }
}

/// Returns the capabilities that a program of these hosts and steps needs.
fn needs<'a>(
    hosts: &[ProgramHost],
    steps: impl IntoIterator<Item = &'a Step>,
    config: &SubjectConfig,
) -> BTreeSet<Capability> {
    let mut needs: BTreeSet<Capability> = config.newest.version().map(Capability::Version).into_iter().collect();
    for (at, host) in hosts.iter().enumerate() {
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
    for step in steps {
        match step {
            Step::Kill { .. } => needs.extend([Capability::Processes, Capability::Kill]),
            Step::Pause { .. } => {}
            Step::Call { by, call, handle, target } => {
                needs.extend(call_needs(call));
                if config.newest.version().is_some_and(|newest| call.since() > newest) {
                    needs.insert(Capability::Version(call.since()));
                }
                // An engine that hosts the servers itself makes the calls of a host as well.
                let is_remote = by.process != 0 && !call.is_about_own_servers();
                let takes_handle = matches!(handle, HandleName::Issued(_) | HandleName::Altered(..));
                let takes_id = call.process_id().is_some_and(|id| id != 0) && *target == ProcessRef::Only;
                let needed = [
                    (Capability::Method(Method::StartProcessServer), names_another_server(hosts, config, call)),
                    (Capability::Processes, is_remote),
                    (Capability::Threads, by.thread != 0),
                    (Capability::Method(Method::ConnectProcessServer), takes_handle),
                    (Capability::Facts, takes_id),
                ];
                for (capability, _) in needed.iter().filter(|(_, is_needed)| *is_needed) {
                    needs.insert(*capability);
                }
            }
        }
    }
    needs
}

/// Whether the call needs another server than that of `Suite::server`, which only one string reaches.
fn names_another_server(hosts: &[ProgramHost], config: &SubjectConfig, call: &Call) -> bool {
    let Call::ConnectProcessServer { remote_options: Some(text), .. } = call else { return false };
    let played = hosts.first().filter(|host| config.replaces(0, host));
    played.is_some_and(|host| text.contains("@1") && host.client_string(0).as_ref() != Some(text))
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
    match text {
        Some(Placeholder::SEVERAL | Placeholder::SEVERAL_PATH) => needs.push(Capability::Namesakes),
        Some(Placeholder::PROGRAM | Placeholder::PROGRAM_WITH_BLANKS) | None => {}
        Some(text) if Placeholder::PROGRAMS.contains(&text) => {}
        Some(text) if text.starts_with('@') => needs.push(Capability::Facts),
        Some(_) => {}
    }
    needs
}

/// Returns the transport of a server string that the real engine accepts.
fn transport(options: &str) -> Option<Capability> {
    let options = ConnectionString::parse(Side::Server, Profile::Dbgeng, options).ok()?;
    Some(Capability::Transport(options.transport()))
}
