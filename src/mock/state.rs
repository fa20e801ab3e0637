//! The one state of a lab, behind its one lock.

use std::collections::{HashMap, HashSet};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::finding::Finding;
use super::handles::Handles;
use super::holders::Holders;
use crate::address::Address;
use crate::hresult::{ERROR_DIRECTORY, ERROR_FILE_NOT_FOUND, HRESULT, S_OK};
use crate::process::{Process, file_name, program};
use crate::profile::Profile;
use crate::state::{ServerEvent, ServerLife};

/// What all the parts of a lab share.
#[derive(Debug)]
pub(super) struct Shared {
    state: Mutex<State>,
    /// Told whenever a wait may have something new to see.
    pub(super) changed: Condvar,
}

impl Shared {
    pub(super) fn new(profile: Profile) -> Shared {
        Shared { state: Mutex::new(State::new(profile)), changed: Condvar::new() }
    }

    /// A test that panicked elsewhere must not take the others' lab away: every change of the state is whole.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers also whether the time ran out.
    pub(super) fn wait_for<'a>(&self, state: MutexGuard<'a, State>, time: Duration) -> (MutexGuard<'a, State>, bool) {
        let (state, result) = self.changed.wait_timeout(state, time).unwrap_or_else(PoisonError::into_inner);
        (state, result.timed_out())
    }
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) profile: Profile,
    pub(super) real_time: bool,
    /// The virtual clock, in milliseconds since the lab was made.
    pub(super) now: u64,
    pub(super) computers: Vec<ComputerState>,
    pub(super) engines: Vec<EngineState>,
    pub(super) servers: Vec<ServerState>,
    pub(super) listening: HashMap<(usize, Address), Vec<usize>>,
    pub(super) findings: Vec<Finding>,
    pub(super) holders: Holders,
}

#[derive(Debug, Default)]
pub(super) struct ComputerState {
    pub(super) names: Vec<String>,
    pub(super) processes: Vec<Process>,
    /// The programs that can be started, in lower case.
    pub(super) programs: HashSet<String>,
    /// In lower case.
    pub(super) missing_directories: HashSet<String>,
    /// Addresses that some other program holds.
    pub(super) held: HashSet<Address>,
    pub(super) next_id: u32,
}

#[derive(Debug)]
pub(super) struct EngineState {
    pub(super) computer: usize,
    pub(super) alive: bool,
    /// A stock DbgSrv leaves when its server was ended.
    pub(super) is_dbgsrv: bool,
    /// A process server of this engine has ended (OBS-22).
    pub(super) ended: bool,
    pub(super) handles: Handles,
    pub(super) servers: Vec<usize>,
}

#[derive(Debug)]
pub(super) struct ServerState {
    pub(super) engine: usize,
    pub(super) is_debugging: bool,
    pub(super) life: ServerLife,
    pub(super) address: Option<Address>,
    pub(super) password: Option<String>,
    pub(super) listing: Option<String>,
}

impl State {
    fn new(profile: Profile) -> State {
        State {
            profile,
            real_time: false,
            now: 0,
            computers: Vec::new(),
            engines: Vec::new(),
            servers: Vec::new(),
            listening: HashMap::new(),
            findings: Vec::new(),
            holders: Holders::default(),
        }
    }

    /// The computer of that name.
    pub(super) fn find_computer(&self, name: &str) -> Option<usize> {
        let is = |computer: &ComputerState| computer.names.iter().any(|own| own.eq_ignore_ascii_case(name));
        self.computers.iter().position(is)
    }

    /// The computer of that name, made if it is not there.
    pub(super) fn computer(&mut self, name: &str) -> usize {
        self.find_computer(name).unwrap_or_else(|| {
            self.computers.push(ComputerState::new(name));
            self.computers.len() - 1
        })
    }

    pub(super) fn add_engine(&mut self, computer: usize, is_dbgsrv: bool) -> usize {
        let handles = Handles::new(self.profile);
        let servers = Vec::new();
        self.engines.push(EngineState { computer, alive: true, is_dbgsrv, ended: false, handles, servers });
        self.engines.len() - 1
    }

    /// The process of an engine leaves, and its servers with it.
    pub(super) fn end_engine(&mut self, engine: usize) {
        self.engines[engine].alive = false;
        for at in std::mem::take(&mut self.engines[engine].servers) {
            let server = &mut self.servers[at];
            server.life = server.life.after(ServerEvent::HostGone);
            let Some(address) = server.address.take() else { continue };
            let key = (self.engines[engine].computer, address);
            if let Some(there) = self.listening.get_mut(&key) {
                there.retain(|server| *server != at);
                if there.is_empty() {
                    self.listening.remove(&key);
                }
            }
        }
    }
}

impl ComputerState {
    fn new(name: &str) -> ComputerState {
        let mut computer = ComputerState { names: vec![name.to_owned()], next_id: 64, ..ComputerState::default() };
        for program in ["services.exe", "svchost.exe", "svchost.exe", "explorer.exe"] {
            computer.start(&format!(r"C:\windows\system32\{program}"));
        }
        for program in ["winver.exe", "notepad.exe"] {
            computer.install(&format!(r"C:\windows\system32\{program}"));
        }
        computer
    }

    pub(super) fn install(&mut self, program: &str) {
        self.programs.insert(program.to_lowercase());
        self.programs.insert(file_name(program).to_lowercase());
    }

    pub(super) fn start(&mut self, exe: &str) -> u32 {
        self.install(exe);
        self.run(exe, format!("\"{exe}\""))
    }

    /// Starts the program that a command line names, in this directory.
    pub(super) fn create(&mut self, line: &str, directory: Option<&str>) -> HRESULT {
        let exe = program(line);
        if !self.programs.contains(&exe.to_lowercase()) {
            return ERROR_FILE_NOT_FOUND;
        }
        // Every path is a directory here, unless a test says otherwise.
        let is_missing = |path: &str| path.is_empty() || self.missing_directories.contains(&path.to_lowercase());
        if directory.is_some_and(is_missing) {
            return ERROR_DIRECTORY;
        }
        self.run(exe, line.to_owned());
        S_OK
    }

    fn run(&mut self, exe: &str, line: String) -> u32 {
        let id = self.next_id;
        self.next_id = self.next_id.wrapping_add(4);
        let user = self.names.first().map(|name| format!(r"{name}\user"));
        self.processes.push(Process { user, command_line: Some(line), ..Process::new(id, exe) });
        id
    }
}
