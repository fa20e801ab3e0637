//! A computer of the lab.

use super::client::LabClient;
use std::fmt;

use super::engine::LabEngine;
use super::presence::{LabId, Presence};
use super::state::{ComputerState, State};
use crate::address::Address;
use crate::client::DebugClient;
use crate::flags::{Class, ServersFlags};
use crate::hresult::{HRESULT, NamedCode};
use crate::options::{ConnectionString, ParseError, Side};
use crate::process::{Computer, Process};

/// A computer of a [`Lab`](super::Lab): it has names, processes and programs, and engines run on it.
///
/// A new one runs `services.exe`, two `svchost.exe` and `explorer.exe`, and `winver.exe` and `notepad.exe` can be
/// started. The processes in which engines run are not in its list.
#[derive(Clone, Debug)]
pub struct LabComputer {
    presence: Presence,
    at: usize,
}

/// A server that did not start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotStarted {
    /// The string with which it was to start.
    pub options: String,
    /// What the method answered.
    pub hresult: HRESULT,
    /// What is wrong with the string, if it is malformed.
    pub malformed: Option<ParseError>,
}

impl fmt::Display for NotStarted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.options, NamedCode(self.hresult))?;
        self.malformed.as_ref().map_or(Ok(()), |malformed| write!(f, ", {malformed}"))
    }
}

impl std::error::Error for NotStarted {}

impl LabComputer {
    pub(super) fn new(presence: Presence, at: usize) -> LabComputer {
        LabComputer { presence, at }
    }

    pub(super) fn lab(&self) -> LabId {
        self.presence.lab()
    }

    pub(super) fn number(&self) -> usize {
        self.at
    }

    /// Gives the computer one more name.
    pub fn add_name(&self, name: &str) -> &LabComputer {
        let mut state = self.presence.shared().lock();
        state.network.name(self.at, name);
        state.computers[self.at].names.push(name.to_owned());
        drop(state);
        self
    }

    /// What there is to know of the computer.
    pub fn facts(&self) -> Computer {
        self.read(|computer| Computer {
            names: computer.names.clone(),
            processes: computer.processes.iter().cloned().collect(),
        })
    }

    /// Starts a process that runs `exe`; answers its id.
    pub fn add_process(&self, exe: &str) -> u32 {
        self.change(|computer| computer.start(exe))
    }

    /// Changes the facts about a process; `false` if there is none with this id.
    pub fn change_process(&self, id: u32, change: impl FnOnce(&mut Process)) -> bool {
        // The closure is the caller's, so it runs without the lab's lock.
        let known = self.read(|computer| computer.processes.get(id).cloned());
        let Some(mut changed) = known else { return false };
        change(&mut changed);
        self.change(|computer| computer.processes.replace(id, changed))
    }

    /// Ends a process; `false` if there is none with this id.
    pub fn end_process(&self, id: u32) -> bool {
        self.presence.shared().lock().end_process(self.at, id)
    }

    /// Replaces the list of processes.
    pub fn set_processes(&self, processes: Vec<Process>) {
        self.change(|computer| {
            let newest = processes.iter().map(|process| process.id).max().unwrap_or(0);
            computer.next_id = computer.next_id.max(newest.saturating_add(4));
            computer.processes = processes.into_iter().collect();
        });
    }

    /// Puts a program on the computer, so that it can be started.
    pub fn install(&self, program: &str) {
        self.change(|computer| computer.install(program));
    }

    /// Lets the computer have no directory of this path; any other path is one.
    pub fn remove_directory(&self, path: &str) {
        self.change(|computer| {
            computer.missing_directories.insert(path.to_lowercase());
        });
    }

    /// Lets some other program hold an address: no process server can listen there.
    pub fn hold(&self, address: Address) {
        self.change(|computer| {
            computer.held.insert(address);
        });
    }

    /// A new engine, in a process of its own.
    pub fn engine(&self) -> LabEngine {
        let at = self.presence.shared().lock().add_engine(self.at, false);
        LabEngine::new(&self.presence, at)
    }

    /// Starts a stock DbgSrv: a process that hosts one process server and leaves when that is ended.
    ///
    /// # Errors
    ///
    /// StartProcessServer refused the string.
    pub fn dbgsrv(&self, options: &str) -> Result<LabEngine, NotStarted> {
        self.host(options, |client| client.start_process_server(Class::USER_WINDOWS.bits(), Some(options), 0))
    }

    /// Starts a debugger that hosts a debugging server: it takes an address, and no process-server connect reaches it
    /// (REL-5, OBS-42).
    ///
    /// # Errors
    ///
    /// StartServer refused the string.
    pub fn debugging_server(&self, options: &str) -> Result<LabEngine, NotStarted> {
        self.host(options, |client| client.start_server(Some(options)))
    }

    /// An engine that belongs to the lab's world and is none of its callers.
    fn host(&self, options: &str, start: impl FnOnce(&LabClient) -> HRESULT) -> Result<LabEngine, NotStarted> {
        let at = self.presence.shared().lock().add_engine(self.at, true);
        let host = LabEngine::new(&self.presence, at);
        let hresult = start(&host.client());
        if hresult.is_ok() {
            return Ok(host);
        }
        let profile = self.presence.shared().lock().profile;
        let malformed = ConnectionString::parse(Side::Server, profile, options).err();
        Err(NotStarted { options: options.to_owned(), hresult, malformed })
    }

    /// The text that OutputServers prints of this computer (OUTS-8): hidden servers, and those that call their clients,
    /// are not in it (OUTS-11).
    pub fn listing(&self, flags: ServersFlags) -> String {
        let state = self.presence.shared().lock();
        let name = state.computers[self.at].names.first().cloned().unwrap_or_default();
        let mut text = format!("Servers on \\\\{name}:\n");
        for server in state.servers.iter().filter(|server| server.life.is_up()) {
            let asked = if server.is_debugging { ServersFlags::DEBUGGER } else { ServersFlags::PROCESS };
            let here = state.engines[server.engine].computer == self.at;
            if let Some(line) = server.listing.as_ref().filter(|_| here && flags.contains(asked)) {
                let kind = if server.is_debugging { "Debugger Server" } else { "Remote Process Server" };
                text.push_str(&format!("{kind} - {line}\n"));
            }
        }
        text
    }

    fn read<T>(&self, read: impl FnOnce(&ComputerState) -> T) -> T {
        read(&self.presence.shared().lock().computers[self.at])
    }

    fn change<T>(&self, change: impl FnOnce(&mut ComputerState) -> T) -> T {
        let mut state = self.presence.shared().lock();
        let state: &mut State = &mut state;
        change(&mut state.computers[self.at])
    }
}
