//! The one state of a lab, behind its one lock.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{LazyLock, PoisonError};
use std::time::Duration;

use super::cut_off::CutOff;
use super::fault::Faults;
use super::findings::Findings;
use super::handles::{Handles, Site};
use super::happening::{Schedule, Watched};
use super::holders::Holders;
#[cfg(feature = "trace")]
use super::journal::Log;
use super::listening::Sought;
use super::network::Network;
use super::processes::Processes;
use super::thread::ThreadId;
use crate::address::Address;
use crate::call::{Call, Caller, Outcome};
use crate::hresult::{ERROR_DIRECTORY, ERROR_FILE_NOT_FOUND, HRESULT, S_OK};
use crate::interface::Interface;
use crate::process::{Process, file_name, program};
use crate::profile::Profile;
use crate::state::{ServerEvent, ServerLife};
use crate::sync::{Condvar, Mutex, MutexGuard, lock};

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
        lock(&self.state)
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
    pub(super) time: Time,
    /// The virtual clock, in milliseconds since the lab was made.
    pub(super) now: u64,
    /// How many calls its callers have made.
    pub(super) calls: u64,
    pub(super) computers: Vec<ComputerState>,
    pub(super) engines: Vec<EngineState>,
    pub(super) servers: Vec<ServerState>,
    pub(super) network: Network,
    pub(super) findings: Findings,
    pub(super) holders: Holders,
    pub(super) faults: Faults,
    pub(super) schedule: Schedule,
    pub(super) watched: Watched,
    /// What is debugged.
    pub(super) targets: BTreeSet<DebuggedProcess>,
    /// Names that a buffer has cut off.
    pub(super) cut_off: CutOff,
    #[cfg(feature = "trace")]
    pub(super) journal: Log,
}

/// How time goes by in a lab.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Time {
    /// A wait costs none: it moves the clock on by itself.
    #[default]
    Virtual,
    /// The clock stands until a test advances it.
    Paused,
    /// A wait takes the time that it is asked to take.
    Real,
}

/// A process that an engine debugs in the session of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct DebuggedProcess {
    pub(super) engine: usize,
    pub(super) thread: ThreadId,
    pub(super) computer: usize,
    pub(super) id: u32,
}

#[derive(Debug, Default)]
pub(super) struct ComputerState {
    pub(super) names: Vec<String>,
    pub(super) processes: Processes,
    /// The programs that can be started besides the usual ones, in lower case.
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
    /// The string with which it has connected last.
    pub(super) sought: Option<Sought>,
    pub(super) servers: Vec<usize>,
    /// Its threads, numbered in the order of their first calls.
    threads: HashMap<ThreadId, u32>,
    /// The host whose place it took: none of the callers has made it.
    pub(super) stands_for: Option<usize>,
    /// The engine that is in its place now.
    pub(super) stand_in: Option<usize>,
    clients: u32,
}

#[derive(Debug)]
pub(super) struct ServerState {
    pub(super) engine: usize,
    pub(super) is_debugging: bool,
    pub(super) life: ServerLife,
    pub(super) address: Option<Address>,
    pub(super) password: Option<String>,
    /// The string with which it was started.
    pub(super) options: String,
    pub(super) started_at: Site,
    pub(super) listing: Option<String>,
}

impl State {
    fn new(profile: Profile) -> State {
        State {
            profile,
            time: Time::default(),
            now: 0,
            calls: 0,
            computers: Vec::new(),
            engines: Vec::new(),
            servers: Vec::new(),
            network: Network::default(),
            findings: Findings::default(),
            holders: Holders::default(),
            faults: Faults::default(),
            schedule: Schedule::default(),
            watched: Watched::default(),
            targets: BTreeSet::new(),
            cut_off: CutOff::default(),
            #[cfg(feature = "trace")]
            journal: Log::default(),
        }
    }

    /// Makes a client object; answers its number in its engine.
    pub(super) fn add_client(&mut self, engine: usize) -> u32 {
        let number = self.engines[engine].clients;
        self.engines[engine].clients += 1;
        number
    }

    /// The same by DebugCreate; answers who makes the calls on it from that thread.
    pub(super) fn create_client(&mut self, engine: usize, thread: ThreadId, version: u8) -> Caller {
        let number = self.add_client(engine);
        let thread = self.thread_number(engine, thread);
        let by = self.caller(engine, thread, number);
        let call = Call::DebugCreate { interface: Interface::DebugClient(version) };
        self.log(by, &call, &Outcome::returned(S_OK));
        by
    }

    /// A thread and a client object of an engine, by their numbers in it.
    pub(super) fn caller(&self, engine: usize, thread: u32, client: u32) -> Caller {
        Caller { process: u32::try_from(engine).unwrap_or(u32::MAX), thread, client }
    }

    /// The number of a thread in its engine.
    pub(super) fn thread_number(&mut self, engine: usize, thread: ThreadId) -> u32 {
        if let ThreadId::Played(number) = thread {
            return number;
        }
        let threads = &mut self.engines[engine].threads;
        let next = u32::try_from(threads.len()).unwrap_or(u32::MAX);
        *threads.entry(thread).or_insert(next)
    }

    /// Enters into the journal that the process of an engine has left.
    #[cfg(feature = "trace")]
    pub(super) fn log_killed(&mut self, engine: usize) {
        self.journal.killed(u32::try_from(engine).unwrap_or(u32::MAX));
    }

    /// There is no journal without the feature `kit`.
    #[cfg(not(feature = "trace"))]
    pub(super) fn log_killed(&mut self, _engine: usize) {}

    /// Enters a call into the journal.
    #[cfg(feature = "trace")]
    pub(super) fn log(&mut self, by: Caller, call: &Call<&str>, outcome: &Outcome) {
        self.journal.call(by, call, outcome);
    }

    /// There is no journal without the feature `kit`.
    #[cfg(not(feature = "trace"))]
    pub(super) fn log(&mut self, _by: Caller, _call: &Call<&str>, _outcome: &Outcome) {}

    /// The computer of that name, made if it is not there.
    pub(super) fn computer(&mut self, name: &str) -> usize {
        self.network.computer(name).unwrap_or_else(|| {
            self.computers.push(ComputerState::new(name));
            self.network.name(self.computers.len() - 1, name);
            self.computers.len() - 1
        })
    }

    pub(super) fn add_engine(&mut self, computer: usize, is_dbgsrv: bool) -> usize {
        let handles = Handles::new(self.profile);
        self.engines.push(EngineState {
            computer,
            alive: true,
            is_dbgsrv,
            ended: false,
            handles,
            sought: None,
            servers: Vec::new(),
            threads: HashMap::new(),
            stands_for: None,
            stand_in: None,
            clients: 0,
        });
        self.engines.len() - 1
    }

    /// A process of a computer ends, and is debugged no more; `false` if there is none with this id.
    pub(super) fn end_process(&mut self, computer: usize, id: u32) -> bool {
        self.targets.retain(|target| (target.computer, target.id) != (computer, id));
        self.computers[computer].processes.end(id)
    }

    /// The process of an engine leaves, and its servers with it.
    pub(super) fn end_engine(&mut self, engine: usize) {
        self.engines[engine].alive = false;
        self.targets.retain(|target| target.engine != engine);
        for at in &self.engines[engine].servers {
            let server = &mut self.servers[*at];
            server.life = server.life.after(ServerEvent::HostGone);
            if let Some(address) = server.address.take() {
                self.network.leave(self.engines[engine].computer, address, *at);
            }
        }
    }
}

impl ComputerState {
    fn new(name: &str) -> ComputerState {
        let mut computer = ComputerState { names: vec![name.to_owned()], next_id: 64, ..ComputerState::default() };
        for program in ["services.exe", "svchost.exe", "svchost.exe", "explorer.exe"] {
            computer.run(&usual(program), None);
        }
        computer
    }

    pub(super) fn install(&mut self, program: &str) {
        self.programs.extend(names(program));
    }

    pub(super) fn start(&mut self, exe: &str) -> u32 {
        self.install(exe);
        self.run(exe, None)
    }

    /// Starts the program that a command line names, in this directory; answers its id.
    pub(super) fn create(&mut self, line: &str, directory: Option<&str>) -> Result<u32, HRESULT> {
        let exe = program(line);
        let lower = exe.to_lowercase();
        if !USUAL.contains(&lower) && !self.programs.contains(&lower) {
            return Err(ERROR_FILE_NOT_FOUND);
        }
        // Every path is a directory here, unless a test says otherwise.
        let is_missing = |path: &str| path.is_empty() || self.missing_directories.contains(&path.to_lowercase());
        if directory.is_some_and(is_missing) {
            return Err(ERROR_DIRECTORY);
        }
        Ok(self.run(exe, Some(line)))
    }

    /// Runs a program; without a command line, by its path alone.
    fn run(&mut self, exe: &str, line: Option<&str>) -> u32 {
        let id = self.next_id;
        self.next_id = self.next_id.wrapping_add(4);
        let mut process = Process::new(id, exe);
        process.user = self.names.first().map(|name| [name, r"\user"].concat());
        if let Some(line) = line {
            process.command_line = Some(line.to_owned());
        }
        self.processes.push(process);
        id
    }
}

/// What can be started on every computer, in lower case.
static USUAL: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let programs = ["services.exe", "svchost.exe", "explorer.exe", "winver.exe", "notepad.exe"];
    programs.iter().flat_map(|program| names(&usual(program))).collect()
});

fn usual(program: &str) -> String {
    [r"C:\windows\system32\", program].concat()
}

/// The names by which a program can be started, in lower case.
fn names(program: &str) -> [String; 2] {
    [program, file_name(program)].map(str::to_lowercase)
}
