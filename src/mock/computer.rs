//! A computer of the lab.

use std::collections::HashMap;
use std::sync::Arc;

use thiserror::Error;

use super::client::LabClient;
use super::engine::LabEngine;
use super::lab_ref::LabRef;
use super::world::{ComputerId, ComputerState, EngineId, Holder};
use crate::address::{Address, ServerHost};
use crate::client::DebugClient;
use crate::code_page::CodePage;
use crate::flags::{Class, ServersFlags};
use crate::hresult::{HRESULT, NamedCode};
use crate::options::{ConnectionString, Item, ParseError, Side, Transport};
use crate::process::{Computer, Process};
use crate::sentence::debug_as_display;

/// A computer of a [`Lab`](super::Lab). It has names, processes and programs, and engines run on it.
///
/// A new one runs `services.exe`, two `svchost.exe` and `explorer.exe`, and `winver.exe` and `notepad.exe` can be
/// started; a command line names its program as on Windows. The processes in which engines run are in its list only with
/// [`LabComputer::list_engines`].
#[derive(Clone, Debug)]
pub struct LabComputer {
    lab: LabRef,
    id: ComputerId,
}

/// The error of a server that did not start.
#[derive(Clone, PartialEq, Eq, Error)]
#[error(
    "{options:?}: {}{}",
    NamedCode(*.hresult),
    malformed.as_ref().map_or(String::new(), |malformed| format!(", {malformed}"))
)]
#[non_exhaustive]
pub struct NotStarted {
    /// The string with which it was to start.
    pub options: String,
    /// The code that the method returned.
    pub hresult: HRESULT,
    /// The error in the string, if it is malformed.
    #[source]
    pub malformed: Option<ParseError>,
}

debug_as_display!(NotStarted);

impl LabComputer {
    pub(super) fn new(lab: &LabRef, id: ComputerId) -> LabComputer {
        LabComputer { lab: lab.clone(), id }
    }

    pub(super) fn lab(&self) -> &LabRef {
        &self.lab
    }

    pub(super) fn id(&self) -> ComputerId {
        self.id
    }

    /// Gives the computer another name.
    ///
    /// # Panics
    ///
    /// Panics if no connection string leads to a computer of this name: it is empty, means the local computer such as
    /// `localhost`, or has characters that names do not have.
    #[track_caller]
    pub fn add_name(&self, name: &str) -> &LabComputer {
        if let Err(problem) = can_be_reached(name) {
            panic!("{problem}");
        }
        self.add_any_name(name)
    }

    /// The same with a name that a trace has, whatever it is.
    pub(crate) fn add_any_name(&self, name: &str) -> &LabComputer {
        self.lab.with(|world| {
            world.network.name(self.id, name);
            Arc::make_mut(&mut world.computers[self.id].names).push(name.to_owned());
            world.change(self.id);
        });
        self
    }

    /// Returns the names and processes of the computer.
    #[doc(alias = "name")]
    #[doc(alias = "processes")]
    pub fn facts(&self) -> Computer {
        self.with(|computer| computer.facts())
    }

    /// Starts a process that runs `exe`. Returns its id.
    #[doc(alias = "process")]
    #[doc(alias = "start_process")]
    #[doc(alias = "spawn")]
    pub fn add_process(&self, exe: &str) -> u32 {
        self.change(|computer| computer.start(exe))
    }

    /// Lists the processes in which the engines of the computer run, from now on: hosts of
    /// [`LabComputer::dbgsrv`] as `dbgsrv.exe`, others as `debugger.exe`.
    ///
    /// Such a process ends with its engine, and the engine with the process. [`LabEngine::process_id`] returns its id.
    ///
    /// ```
    /// use dbgeng_testkit::mock::Lab;
    ///
    /// let lab = Lab::new(Default::default());
    /// let box17 = lab.computer("box17");
    /// box17.list_engines();
    /// let host = box17.dbgsrv("tcp:port=5005").unwrap();
    /// assert!(box17.end_process(host.process_id().unwrap()));
    /// assert!(box17.dbgsrv("tcp:port=5005").is_ok(), "the address is free again");
    /// ```
    pub fn list_engines(&self) {
        self.lab.with(|world| world.list_engines(self.id));
    }

    /// Changes the facts about a process, its id included. Returns `false` if there is none with this id.
    ///
    /// # Panics
    ///
    /// Panics if another process has the new id.
    #[track_caller]
    pub fn change_process(&self, id: u32, change: impl FnOnce(&mut Process)) -> bool {
        // The closure is the caller's, so it runs without the lab's lock.
        let known = self.with(|computer| computer.processes.get(id).cloned());
        let Some(mut changed) = known else { return false };
        change(&mut changed);
        let is_taken = changed.id != id && self.with(|computer| computer.processes.get(changed.id).is_some());
        assert!(!is_taken, "{}: another process has this id already", changed.id);
        self.lab.with(|world| {
            world.change(self.id);
            for target in world.targets.iter_mut().filter(|target| target.is(self.id, id)) {
                target.process = changed.id;
            }
            if let Some(engine) = world.listed_engine(self.id, id) {
                world.engines[engine].process_id = Some(changed.id);
            }
            world.computers[self.id].processes.replace(id, changed)
        })
    }

    /// Ends a process. Returns `false` if there is none with this id.
    #[doc(alias = "kill_process")]
    #[doc(alias = "remove_process")]
    pub fn end_process(&self, id: u32) -> bool {
        self.lab.with(|world| {
            world.change(self.id);
            world.end_process(self.id, id)
        })
    }

    /// Replaces the list of processes. Those that are no longer in it have ended, and engines in them.
    ///
    /// # Panics
    ///
    /// Panics if two of them have the same id.
    #[track_caller]
    pub fn set_processes(&self, processes: impl IntoIterator<Item = impl Into<Arc<Process>>>) {
        let processes: Vec<Arc<Process>> = processes.into_iter().map(Into::into).collect();
        if let Err((place, problem)) = distinct_ids(processes.iter().map(|process| &**process)) {
            panic!("processes[{place}].id: {problem}");
        }
        self.set_any_processes(processes);
    }

    /// The same with processes that a trace has, whatever they are.
    pub(crate) fn set_any_processes(&self, processes: Vec<Arc<Process>>) {
        self.lab.with(|world| {
            world.change(self.id);
            let computer = &mut world.computers[self.id];
            let newest = processes.iter().map(|process| process.id).max().unwrap_or(0);
            computer.next_id = computer.next_id.max(newest.saturating_add(4) & !3);
            computer.processes = processes.into_iter().collect();
            let is_there = |id| computer.processes.get(id).is_some();
            world.targets.retain(|target| target.computer != self.id || is_there(target.process));
            let listed = world.engines.iter().filter(|(_, engine)| engine.is_listed && engine.computer == self.id);
            let gone = listed.filter(|(_, engine)| !engine.process_id.is_some_and(is_there));
            let gone: Vec<EngineId> = gone.map(|(engine, _)| engine).collect();
            gone.into_iter().for_each(|engine| world.kill(engine));
        });
    }

    /// Returns whether an engine of the lab debugs a process.
    #[cfg(feature = "kit")]
    pub(crate) fn is_debugged(&self, id: u32) -> bool {
        self.lab.with(|world| world.targets.debugger(self.id, id).is_some())
    }

    /// Installs a program, so that a command line can start it. One without a path is in the system directory,
    /// `C:\windows\system32`, which is searched for names without a path.
    #[doc(alias = "add_program")]
    pub fn install(&self, program: &str) {
        self.with(|computer| computer.install(program, true));
    }

    /// Adds a file that is no program: a command line that names it starts nothing.
    pub fn add_file(&self, path: &str) {
        self.with(|computer| computer.install(path, false));
    }

    /// Sets the code page of 8-bit strings, for callers of the plain methods through COM. Client objects that are COM objects
    /// already keep theirs.
    pub fn set_code_page(&self, code_page: CodePage) {
        self.with(|computer| computer.code_page = code_page);
    }

    /// Removes a directory. Every other path that is not that of a file is a directory of the computer.
    pub fn remove_directory(&self, path: &str) {
        self.with(|computer| {
            computer.missing_directories.insert(path.replace('/', r"\").to_lowercase());
        });
    }

    /// Lets another program occupy an address, so that no server can listen there.
    ///
    /// The program closes the connection of each client, or answers nonsense: a connect returns 0x80010007 (OBS-87).
    pub fn hold(&self, address: Address) {
        self.lab.with(|world| world.network.hold(self.id, address, Holder::Closes));
    }

    /// The same, with a program that accepts the connection of each client and says nothing.
    ///
    /// On a real engine a connect to it does not return (OBS-87). Here it fails, with the finding
    /// [`Misuse::EndlessWait`](super::Misuse::EndlessWait).
    pub fn hold_silently(&self, address: Address) {
        self.lab.with(|world| world.network.hold(self.id, address, Holder::Silent));
    }

    /// Lets the other program leave the address.
    pub fn release(&self, address: &Address) {
        self.lab.with(|world| world.network.release(self.id, address));
    }

    /// Lets the pipe of each process server that starts from now on come late: it is there only after this many further
    /// calls of callers.
    ///
    /// Until then a connect returns ERROR_FILE_NOT_FOUND, as on Microsoft's engine, whose StartProcessServer does not wait for
    /// the pipe (OBS-81); and another server can start with its name (OBS-103). The contract has no such servers.
    pub fn set_late_pipes(&self, calls: u32) {
        self.with(|computer| computer.late_pipes = calls.into());
    }

    /// Lets nobody reach the pipes of the computer but under the name `.`: on the computer itself, with `server=.`.
    ///
    /// A connect by any other name, or without one, returns ERROR_PATH_NOT_FOUND, as on some platforms (OBS-210).
    pub fn unshare_pipes(&self) {
        self.lab.with(|world| {
            world.computers[self.id].has_unshared_pipes = true;
            world.network.change();
        });
    }

    /// Lets a process end when an engine of the computer detaches from it that was its debugger.
    ///
    /// Some platforms end it if the debugger detaches before the first event (OBS-85). The contract has no such targets.
    pub fn end_detached_targets(&self) {
        self.with(|computer| computer.ends_detached_targets = true);
    }

    /// Returns whether a server of the lab has this address.
    #[cfg(feature = "kit")]
    pub(crate) fn has_server(&self, address: &Address) -> bool {
        self.lab.with(|world| !world.network.servers(self.id, address).is_empty())
    }

    /// Returns a new engine, in a process of its own.
    pub fn engine(&self) -> LabEngine {
        let engine = self.lab.with(|world| world.add_engine(self.id, false));
        LabEngine::new(&self.lab, engine)
    }

    /// Starts a stock DbgSrv: a process that hosts one process server and exits when that is ended.
    ///
    /// With `pipe=*` it serves every pipe whose name no other server has, for a tool that makes up the name of its pipe. The
    /// first connect to such a pipe starts a server with that name in the process.
    ///
    /// # Errors
    ///
    /// Returns an error if StartProcessServer refuses the string.
    #[doc(alias = "process_server")]
    #[doc(alias = "server")]
    #[doc(alias = "start_process_server")]
    pub fn dbgsrv(&self, options: &str) -> Result<LabEngine, NotStarted> {
        self.host(options, |client| client.start_process_server(Class::USER_WINDOWS.bits(), Some(options), 0))
    }

    /// Starts a debugger that hosts a debugging server. It occupies an address, and no process-server connect reaches it
    /// (REL-5, OBS-42).
    ///
    /// # Errors
    ///
    /// Returns an error if StartServer refuses the string.
    pub fn debugging_server(&self, options: &str) -> Result<LabEngine, NotStarted> {
        self.host(options, |client| client.start_server(Some(options)))
    }

    /// Starts an engine that belongs to the lab's world and is not one of its callers.
    fn host(&self, options: &str, start: impl FnOnce(&LabClient) -> HRESULT) -> Result<LabEngine, NotStarted> {
        let host = LabEngine::new(&self.lab, self.lab.with(|world| world.add_engine(self.id, true)));
        let hresult = start(&host.client());
        if hresult.is_ok() {
            return Ok(host);
        }
        let profile = self.lab.with(|world| world.profile);
        let malformed = ConnectionString::parse(Side::Server, profile, options).err();
        Err(NotStarted { options: options.to_owned(), hresult, malformed })
    }

    /// Returns the text that OutputServers prints for this computer (OUTS-8). Hidden servers, and servers that call their
    /// clients, are not in it (OUTS-11).
    pub fn listing(&self, flags: ServersFlags) -> String {
        self.lab.with(|world| world.listing(self.id, flags))
    }

    /// Changes what the computer runs.
    fn change<T>(&self, work: impl FnOnce(&mut ComputerState) -> T) -> T {
        self.lab.with(|world| {
            world.change(self.id);
            work(&mut world.computers[self.id])
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut ComputerState) -> T) -> T {
        self.lab.with(|world| work(&mut world.computers[self.id]))
    }
}

/// Checks that a connection string can lead to a name: otherwise the computer could not be found.
pub(super) fn can_be_reached(name: &str) -> Result<(), String> {
    let options = ConnectionString::new(Side::Client, Transport::Tcp).with(Item::Server(name.to_owned()));
    match ServerHost::of(&options) {
        ServerHost::Named(reached) if reached == name => Ok(()),
        _ => Err(format!("{name:?}: no connection string leads to a computer of this name")),
    }
}

/// Checks that no two processes have one id. Returns the place of one whose id is taken, and the problem.
pub(super) fn distinct_ids<'p>(processes: impl IntoIterator<Item = &'p Process>) -> Result<(), (usize, String)> {
    let mut seen = HashMap::new();
    for (at, process) in processes.into_iter().enumerate() {
        if let Some(other) = seen.insert(process.id, at) {
            return Err((at, format!("{}: processes[{other}] has this id already", process.id)));
        }
    }
    Ok(())
}

impl LabEngine {
    /// Returns the computer on which the engine runs.
    pub fn lab_computer(&self) -> LabComputer {
        let computer = self.lab().with(|world| world.engines[self.id()].computer);
        LabComputer::new(self.lab(), computer)
    }
}
