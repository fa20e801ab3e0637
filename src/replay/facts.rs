//! Prepares the lab for a call: makes it as it was when the call was recorded, as far as the outcome shows.

use std::sync::Arc;

use super::computers::TracedComputer;
use super::sightings::Sightings;
use crate::address::{Address, Listen, ServerHost};
use crate::call::{Call, Ending};
use crate::flags::{AttachFlags, GetProcessFlags};
use crate::hresult::{
    E_INVALIDARG, E_NOINTERFACE, E_UNEXPECTED, ERROR_ALREADY_EXISTS, ERROR_BAD_EXE_FORMAT, ERROR_DIRECTORY,
    ERROR_PATH_NOT_FOUND, HRESULT, S_FALSE, STATUS_ACCESS_DENIED, STATUS_PORT_NOT_SET, WSAEADDRINUSE,
};
use crate::options::{ConnectionString, Side, Transport};
use crate::process::command_line::{likely_path, names};
use crate::process::{Process, RESERVED_IDS};
use crate::profile::Profile;
use crate::trace::Recorded;

/// The first id for processes whose ids the trace does not show.
const FIRST_UNNAMED_ID: u32 = 0x4000_0000;

/// The largest number of processes of a lab's computer.
const MAX_PROCESSES: u32 = 100_000;

/// A call that is going to be made.
pub(super) struct Preparation<'a> {
    pub(super) profile: Profile,
    pub(super) seq: u64,
    pub(super) recorded: &'a Recorded,
    pub(super) sightings: &'a Sightings,
    /// The computer of the caller.
    pub(super) own: &'a TracedComputer,
    /// The computer on which the call works.
    pub(super) target: &'a TracedComputer,
}

impl Preparation<'_> {
    pub(super) fn prepare(&self) {
        match self.recorded.outcome.ending {
            Ending::Returned(hresult) => self.prepare_for(hresult),
            Ending::Crashed => self.prepare_for_crash(),
            Ending::TimedOut => self.prepare_for_silence(),
            Ending::References(_) => {}
        }
    }

    fn prepare_for(&self, hresult: HRESULT) {
        let out = &self.recorded.outcome.out;
        match &self.recorded.call {
            Call::GetRunningProcessSystemIds { ids, count, .. }
                if hresult.is_ok() && (!ids.is_null() || *count == 0) =>
            {
                self.list(out.ids.as_deref(), out.actual_count);
            }
            Call::GetRunningProcessSystemIdByExecutableName { exe_name: Some(name), flags, .. } => {
                self.find(name, *flags, out.id, hresult);
            }
            Call::GetRunningProcessDescription { system_id, .. } if hresult.is_ok() => self.is_there(*system_id),
            Call::GetRunningProcessDescription { system_id: id, .. } if hresult != E_INVALIDARG => {
                self.target.lab.end_process(*id);
            }
            Call::ConnectProcessServer { .. } if hresult == ERROR_PATH_NOT_FOUND => self.fail_to_connect(),
            Call::StartProcessServer { options: Some(text), .. } => self.start(text, hresult),
            _ => {}
        }
        self.attach(hresult);
        self.create(hresult);
    }

    /// Gives the computer the process to which the call attaches, or ends it.
    fn attach(&self, hresult: HRESULT) {
        let (Call::AttachProcess { process_id: id, attach_flags: flags, .. }
        | Call::CreateProcessAndAttach { process_id: id, attach_flags: flags, .. }
        | Call::CreateProcessAndAttach2 { process_id: id, attach_flags: flags, .. }) = self.recorded.call
        else {
            return;
        };
        if flags.contains(AttachFlags::NONINVASIVE) || !flags.is_legal_combination() {
            return;
        }
        match hresult {
            _ if hresult.is_ok() => self.is_there(id),
            _ if self.fails_to_attach(hresult) => drop(self.target.lab.end_process(id)),
            // A process that something outside the trace debugs is not told apart from one that is not there.
            STATUS_ACCESS_DENIED if !self.target.lab.is_debugged(id) => drop(self.target.lab.end_process(id)),
            STATUS_ACCESS_DENIED | STATUS_PORT_NOT_SET | E_UNEXPECTED => self.is_there(id),
            _ => {}
        }
    }

    /// A call that looked a name up and had nowhere to write the id crashed because there was such a process (OBS-12).
    fn prepare_for_crash(&self) {
        if let Call::GetRunningProcessSystemIdByExecutableName { exe_name: Some(name), flags, id, .. } =
            &self.recorded.call
            && id.is_null()
        {
            let processes = self.target.lab.facts().processes;
            if !processes.iter().any(|process| process.answers_to(self.profile, name, *flags)) {
                self.target.lab.add_process(name);
            }
        }
    }

    /// A connect that did not return reached a program that holds the port and says nothing (OBS-87).
    fn prepare_for_silence(&self) {
        if let Some(options) = self.local_connect(Transport::Tcp)
            && let Some(address) = Address::of(&options)
            && !self.own.lab.has_server(&address)
        {
            self.own.lab.hold_silently(address);
        }
    }

    /// A connect to the own computer found no pipe there, as on a platform that shares none (OBS-210).
    fn fail_to_connect(&self) {
        if self.local_connect(Transport::Npipe).is_some() {
            self.own.lab.unshare_pipes();
        }
    }

    /// Returns the options of the call, if it connects to its own computer over this transport.
    fn local_connect(&self, transport: Transport) -> Option<ConnectionString> {
        let Call::ConnectProcessServer { remote_options: Some(text), .. } = &self.recorded.call else { return None };
        let options = ConnectionString::parse(Side::Client, self.profile, text).ok()?;
        (options.transport() == transport && ServerHost::of(&options) == ServerHost::Local).then_some(options)
    }

    fn process(&self, id: u32) -> Arc<Process> {
        let stated = self.target.stated.get(&id).cloned();
        stated.unwrap_or_else(|| Arc::new(self.sightings.process(id, self.seq)))
    }

    fn is_there(&self, id: u32) {
        let (process, computer) = (self.process(id), &self.target.lab);
        let is_there = computer.change_process(id, |there| there.clone_from(&process));
        if !RESERVED_IDS.contains(&id) && !is_there {
            let mut processes = computer.facts().processes;
            processes.push(process);
            computer.set_any_processes(processes);
        }
    }

    fn list(&self, ids: Option<&[u32]>, total: Option<u32>) {
        let mut processes: Vec<Arc<Process>> = match ids {
            Some(ids) => ids.iter().map(|id| self.process(*id)).collect(),
            None => self.target.lab.facts().processes,
        };
        if let Some(total) = total {
            let unnamed = (FIRST_UNNAMED_ID..).map(|id| self.process(id));
            // No system runs more processes, so a larger total is wrong.
            let total = total.min(MAX_PROCESSES);
            let missing = (total as usize).saturating_sub(processes.len());
            processes.extend(unnamed.take(missing));
            processes.truncate(total as usize);
        }
        if ids.is_some() || total.is_some() {
            self.target.lab.set_any_processes(processes);
        }
    }

    /// Gives this id to a process that a create has made to debug it. No create returns the id, so the lab chose one.
    fn name_created(&self, id: u32, is_meant: impl Fn(&Process) -> bool) {
        let lab = &self.target.lab;
        let processes = lab.facts().processes;
        let is_created = |process: &&Arc<Process>| {
            is_meant(process) && !self.sightings.have(process.id) && lab.is_debugged(process.id)
        };
        if let Some(created) = processes.iter().find(is_created)
            && processes.iter().all(|process| process.id != id)
        {
            lab.change_process(created.id, |process| process.id = id);
        }
    }

    /// Gives the computer exactly the processes of this name that the outcome shows.
    fn find(&self, name: &str, flags: GetProcessFlags, id: Option<u32>, hresult: HRESULT) {
        if hresult.is_err() && hresult != E_NOINTERFACE {
            return;
        }
        if let Some(id) = id.filter(|_| flags.contains(GetProcessFlags::ONLY_MATCH) && hresult != S_FALSE) {
            self.name_created(id, |process| process.answers_to(self.profile, name, flags));
        }
        let mut processes = self.target.lab.facts().processes;
        processes.retain(|process| Some(process.id) == id || !process.answers_to(self.profile, name, flags));
        if let Some(id) = id {
            let process = self.process(id);
            match processes.iter_mut().find(|there| there.id == id) {
                Some(there) => there.clone_from(&process),
                None => processes.push(Arc::clone(&process)),
            }
            if hresult == S_FALSE {
                processes.push(Arc::new(Process { id: FIRST_UNNAMED_ID, ..Process::clone(&process) }));
            }
        }
        self.target.lab.set_any_processes(processes);
    }

    /// Lets another program hold an address where a start failed for that reason, and leave it where one succeeded. A server
    /// of the trace may hold it too.
    fn start(&self, text: &str, hresult: HRESULT) {
        let is_busy = [WSAEADDRINUSE, ERROR_ALREADY_EXISTS].contains(&hresult);
        let Ok(options) = ConnectionString::parse(Side::Server, self.profile, text) else { return };
        let Listen::FirstFree(addresses) = Listen::of(&options) else { return };
        for address in addresses {
            if is_busy && !self.own.lab.has_server(&address) {
                self.own.lab.hold(address);
            } else if hresult.is_ok() {
                self.own.lab.release(&address);
            }
        }
    }

    /// Returns whether the call failed in its attach, after it started its program if it has one.
    fn fails_to_attach(&self, hresult: HRESULT) -> bool {
        let call = &self.recorded.call;
        hresult == E_INVALIDARG && call.fails_by_its_attach() && call.reaches_a_server(self.profile)
    }

    /// Installs a program that was started, and removes a directory that was missing.
    fn create(&self, hresult: HRESULT) {
        let (line, directory) = match &self.recorded.call {
            Call::CreateProcess { command_line: Some(line), .. }
            | Call::CreateProcessAndAttach { command_line: Some(line), .. } => (line, None),
            Call::CreateProcess2(create) | Call::CreateProcessAndAttach2 { create, .. } => match &create.command_line {
                Some(line) => (line, create.initial_directory.as_deref()),
                None => return,
            },
            _ => return,
        };
        // Where the trace does not tell which of several files it is, the first name that the system tries is as good as any.
        let first_name = || names(line).ok()?.next().map(str::to_owned);
        let path = likely_path(line).or_else(first_name);
        match path {
            Some(path) if hresult.is_ok() || hresult == ERROR_DIRECTORY || self.fails_to_attach(hresult) => {
                self.target.lab.install(&path);
            }
            Some(path) if hresult == ERROR_BAD_EXE_FORMAT => self.target.lab.add_file(&path),
            _ => {}
        }
        if let Some(directory) = directory.filter(|_| hresult == ERROR_DIRECTORY) {
            self.target.lab.remove_directory(directory);
        }
    }
}
