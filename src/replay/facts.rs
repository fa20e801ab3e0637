//! The facts that a trace shows about the world around the engine.

use std::collections::HashMap;

use crate::address::{Listen, ServerHost};
use crate::call::Call;
use crate::flags::{AttachFlags, DescriptionFlags, GetProcessFlags};
use crate::hresult::{
    E_INVALIDARG, E_NOINTERFACE, ERROR_BAD_EXE_FORMAT, ERROR_DIRECTORY, HRESULT, S_FALSE, WSAEADDRINUSE,
};
use crate::mock::LabComputer;
use crate::options::{ConnectionString, Side};
use crate::process::command_line::{likely_path, names};
use crate::process::{Process, RESERVED_IDS, file_name, size_with_nul};
use crate::profile::Profile;
use crate::trace::{Event, EventKind, Recorded};

/// The first id for processes whose ids the trace does not show.
const FIRST_UNNAMED_ID: u32 = 0x4000_0000;

/// The largest number of processes of a lab's computer.
const MAX_PROCESSES: u32 = 100_000;

/// The facts about processes that a trace shows anywhere.
#[derive(Debug, Default)]
pub(super) struct TraceFacts {
    /// The processes that the trace states. For these, outcomes are not evidence, since they may be wrong.
    stated: HashMap<u32, Process>,
    known: HashMap<u32, Process>,
}

impl TraceFacts {
    /// Collects the facts from the descriptions and names in a trace.
    pub(super) fn of(events: &[Event]) -> TraceFacts {
        let mut facts = TraceFacts::default();
        for event in events {
            let EventKind::Call(recorded) = &event.kind else { continue };
            match (&recorded.call, recorded.outcome.out.id) {
                (Call::GetRunningProcessDescription { system_id, flags, .. }, _) => {
                    facts.described(*system_id, *flags, recorded);
                }
                (Call::GetRunningProcessSystemIdByExecutableName { exe_name: Some(name), flags, .. }, Some(id)) => {
                    facts.named(id, name, *flags);
                }
                _ => {}
            }
        }
        facts
    }

    /// Sets the processes that a Computer event states.
    pub(super) fn set_processes(&mut self, processes: &[Process]) {
        self.stated = processes.iter().map(|process| (process.id, process.clone())).collect();
    }

    fn known(&mut self, id: u32) -> &mut Process {
        self.known.entry(id).or_insert_with(|| Process { id, exe: format!("process{id}"), ..Process::default() })
    }

    fn named(&mut self, id: u32, name: &str, flags: GetProcessFlags) {
        let process = self.known(id);
        if flags.contains(GetProcessFlags::SERVICE_NAME) {
            if !process.services.iter().any(|service| service == name) {
                process.services.push(name.to_owned());
            }
        } else if !process.file_name().eq_ignore_ascii_case(file_name(name)) {
            process.exe = name.to_owned();
        }
    }

    /// Takes the parts of a description, if it was written whole.
    fn described(&mut self, id: u32, flags: DescriptionFlags, recorded: &Recorded) {
        let out = &recorded.outcome.out;
        let whole = |text: &Option<String>, actual: Option<u32>| {
            let text = text.as_ref()?;
            let is_whole =
                actual.map_or(recorded.outcome.hresult() != Some(S_FALSE), |size| size == size_with_nul(text));
            is_whole.then(|| text.clone())
        };
        let name = whole(&out.exe_name, out.actual_exe_name_size);
        let text = whole(&out.description, out.actual_description_size);
        if RESERVED_IDS.contains(&id) || (name.is_none() && text.is_none()) {
            return;
        }
        let process = self.known(id);
        if let Some(name) = name.filter(|name| name.len() > process.exe.len() || process.exe.starts_with("process")) {
            process.exe = name;
        }
        let Some(text) = text else { return };
        if flags.contains(DescriptionFlags::WITH_ARCHITECTURE)
            && let Some(architecture) = text.split("  ").next().and_then(|part| part.strip_prefix("Arch: "))
        {
            architecture.clone_into(&mut process.architecture);
        }
        let part = |label: &str, ends: &[&str]| {
            let rest = text.split_once(label)?.1;
            let end = ends.iter().filter_map(|end| rest.find(end)).min().unwrap_or(rest.len());
            Some(rest[..end].to_owned())
        };
        if !flags.contains(DescriptionFlags::NO_SESSION_ID) {
            process.session = part("Session: ", &["  "]).and_then(|session| session.parse().ok());
        }
        if !flags.contains(DescriptionFlags::NO_USER_NAME) {
            process.user = part("User: ", &["  Services: ", "  Command Line: "]);
        }
        if !flags.contains(DescriptionFlags::NO_SERVICES) {
            process.services = part("Services: ", &["  Command Line: "]).into_iter().collect();
        }
        if !flags.contains(DescriptionFlags::NO_COMMAND_LINE) {
            process.command_line = part("Command Line: ", &[]);
        }
    }

    fn process(&self, id: u32) -> Process {
        let unnamed = || Process { id, exe: format!("process{id}"), ..Process::default() };
        self.stated.get(&id).or_else(|| self.known.get(&id)).cloned().unwrap_or_else(unnamed)
    }

    /// Prepares the lab's computer for a call: makes it as it was when the call was recorded, as far as its outcome shows.
    pub(super) fn prepare(&self, recorded: &Recorded, computer: &LabComputer) {
        let outcome = &recorded.outcome;
        let Some(hresult) = outcome.hresult() else { return };
        match &recorded.call {
            Call::GetRunningProcessSystemIds { ids, count, .. }
                if hresult.is_ok() && (!ids.is_null() || *count == 0) =>
            {
                self.list(outcome.out.ids.as_deref(), outcome.out.actual_count, computer);
            }
            Call::GetRunningProcessSystemIdByExecutableName { exe_name: Some(name), flags, .. } => {
                self.find(name, *flags, outcome.out.id, hresult, computer);
            }
            Call::GetRunningProcessDescription { system_id, .. } if hresult.is_ok() => {
                self.is_there(*system_id, computer);
            }
            Call::GetRunningProcessDescription { system_id: id, .. } if hresult != E_INVALIDARG => {
                computer.end_process(*id);
            }
            Call::AttachProcess { process_id, attach_flags, .. }
            | Call::CreateProcessAndAttach { process_id, attach_flags, .. }
            | Call::CreateProcessAndAttach2 { process_id, attach_flags, .. }
                if !attach_flags.contains(AttachFlags::NONINVASIVE) && attach_flags.is_legal_combination() =>
            {
                if hresult.is_ok() {
                    self.is_there(*process_id, computer);
                } else {
                    computer.end_process(*process_id);
                }
            }
            Call::StartProcessServer { options: Some(text), .. } if hresult.is_err() => in_use(text, hresult, computer),
            Call::ConnectProcessServer { remote_options: Some(text), .. } if hresult.is_ok() => name_of(text, computer),
            _ => {}
        }
        created(&recorded.call, hresult, computer);
    }

    fn is_there(&self, id: u32, computer: &LabComputer) {
        let process = self.process(id);
        let is_there = computer.change_process(id, |there| *there = process.clone());
        if !RESERVED_IDS.contains(&id) && !is_there {
            let mut processes = computer.facts().processes;
            processes.push(process);
            computer.set_processes(processes);
        }
    }

    fn list(&self, ids: Option<&[u32]>, total: Option<u32>, computer: &LabComputer) {
        let mut processes: Vec<Process> = match ids {
            Some(ids) => ids.iter().map(|id| self.process(*id)).collect(),
            None => computer.facts().processes,
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
            computer.set_processes(processes);
        }
    }

    /// Gives the computer exactly the processes of this name that the outcome shows.
    fn find(&self, name: &str, flags: GetProcessFlags, id: Option<u32>, hresult: HRESULT, computer: &LabComputer) {
        if hresult.is_err() && hresult != E_NOINTERFACE {
            return;
        }
        let mut processes = computer.facts().processes;
        processes.retain(|process| Some(process.id) == id || !process.answers_to(Profile::Dbgeng, name, flags));
        if let Some(id) = id {
            let process = self.process(id);
            match processes.iter_mut().find(|there| there.id == id) {
                Some(there) => *there = process.clone(),
                None => processes.push(process.clone()),
            }
            if hresult == S_FALSE {
                processes.push(Process { id: FIRST_UNNAMED_ID, ..process });
            }
        }
        computer.set_processes(processes);
    }
}

/// Lets another program hold the address, if the start failed for that reason.
fn in_use(text: &str, hresult: HRESULT, computer: &LabComputer) {
    let busy = [WSAEADDRINUSE, crate::hresult::ERROR_ALREADY_EXISTS];
    let Ok(options) = ConnectionString::parse(Side::Server, Profile::Dbgeng, text) else { return };
    if let Listen::FirstFree(addresses) = Listen::of(&options) {
        for address in addresses.into_iter().filter(|_| busy.contains(&hresult)) {
            computer.hold(address);
        }
    }
}

/// Gives the computer the name by which a server was reached.
fn name_of(text: &str, computer: &LabComputer) {
    let Ok(options) = ConnectionString::parse(Side::Client, Profile::Dbgeng, text) else { return };
    if let ServerHost::Named(name) = ServerHost::of(&options) {
        computer.add_name(name);
    }
}

/// Installs a program that was started, and removes a directory that was missing.
fn created(call: &Call, hresult: HRESULT, computer: &LabComputer) {
    let (line, directory) = match call {
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
        Some(path) if hresult.is_ok() || hresult == ERROR_DIRECTORY => computer.install(&path),
        Some(path) if hresult == ERROR_BAD_EXE_FORMAT => computer.add_file(&path),
        _ => {}
    }
    if let Some(directory) = directory.filter(|_| hresult == ERROR_DIRECTORY) {
        computer.remove_directory(directory);
    }
}
