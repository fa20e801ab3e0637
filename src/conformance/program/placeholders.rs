//! Replaces the placeholders in a program's strings by the names of a run.

mod almost;

use std::net::IpAddr;
use std::sync::Arc;

use self::almost::{almost_name, almost_path};
use super::{Placeholder, ProcessRef, ProgramHost, WHOLE_SIZE};
use crate::call::{Call, CreateProcess2, Outputs};
use crate::process::{Computer, Process, SYSTEM_PROCESS, same};

/// A process id that no computer is likely to have.
const UNKNOWN_PROCESS: u32 = 0xfff0;

/// How many processes can have placeholders for their computers.
const MAX_COMPUTERS: usize = 10;

/// The names that placeholders stand for.
#[derive(Clone, Debug, Default)]
pub(crate) struct PlaceholderTable {
    /// By process: the first name of its computer.
    computers: Vec<Option<String>>,
    /// The processes of the first process's computer.
    processes: Vec<Arc<Process>>,
    /// Whether other processes run there as well.
    others: bool,
    /// The processes of other computers, each with the process of the run that is there.
    elsewhere: Vec<(usize, Vec<Arc<Process>>)>,
    /// The connection string of the replaced host, and that of the running server.
    replaced_server: Option<(String, String)>,
    /// The sizes that were reported last: the number of ids, and those of the two strings of a description. Only a call
    /// changes them, and nothing else here.
    pub(crate) reported: [u32; 3],
}

/// How far a size in a program can be from the whole size.
const MOST_OFF: u32 = 8;

/// The beginnings of the placeholders for names that are almost that of a computer, each with its alteration.
const ALMOST_COMPUTER: [(&str, usize); 3] = [("begins-", 0), ("ends-", 1), ("other-", 4)];

impl PlaceholderTable {
    /// Adds the computer of the next process.
    pub(crate) fn add_computer(&mut self, computer: Option<&Computer>, others: bool) {
        if self.computers.is_empty() {
            self.processes = computer.map_or_else(Vec::new, |computer| computer.processes.clone());
            self.others = others;
        }
        let name = computer.and_then(|computer| computer.names.first().cloned());
        if let Some(computer) = computer.filter(|_| self.computers.first().is_some_and(|first| *first != name)) {
            self.elsewhere.push((self.computers.len(), computer.processes.clone()));
        }
        self.computers.push(name);
    }

    /// Connects to `server` wherever the program connects to `reached`.
    pub(crate) fn replace_server(&mut self, reached: Option<String>, server: Option<String>) {
        self.replaced_server = reached.zip(server);
    }

    /// Replaces the placeholders of a call.
    pub(crate) fn resolve(&self, call: &mut Call, target: ProcessRef) {
        if call.process_id().is_some() {
            call.set_process_id(self.process_id(target));
        }
        match call {
            Call::ConnectProcessServer { remote_options: Some(text), .. } => match &self.replaced_server {
                Some((reached, server)) if text == reached => *text = server.clone(),
                _ => self.name_computers(text),
            },
            Call::OutputServers { machine: Some(text), .. } => self.name_computers(text),
            Call::GetRunningProcessSystemIdByExecutableName { exe_name: Some(text), .. }
            | Call::CreateProcess { command_line: Some(text), .. }
            | Call::CreateProcessAndAttach { command_line: Some(text), .. }
            | Call::CreateProcess2(CreateProcess2 { command_line: Some(text), .. })
            | Call::CreateProcessAndAttach2 { create: CreateProcess2 { command_line: Some(text), .. }, .. }
                if text.starts_with('@') =>
            {
                if let Some(name) = self.process_name(text) {
                    *text = name;
                }
            }
            Call::GetRunningProcessSystemIds { count, .. } => *count = self.size(0, *count),
            Call::GetRunningProcessDescription { exe_name_size, description_size, .. } => {
                (*exe_name_size, *description_size) = (self.size(1, *exe_name_size), self.size(2, *description_size));
            }
            _ => {}
        }
    }

    /// Records the sizes that a call reported.
    pub(crate) fn record(&mut self, out: &Outputs) {
        let sizes = [out.actual_count, out.actual_exe_name_size, out.actual_description_size];
        for (reported, size) in self.reported.iter_mut().zip(sizes) {
            *reported = size.unwrap_or(*reported);
        }
    }

    /// Returns the size that a size of a program stands for.
    fn size(&self, output: usize, size: u32) -> u32 {
        match size.checked_sub(WHOLE_SIZE - MOST_OFF).filter(|more| *more <= 2 * MOST_OFF) {
            Some(more) => self.reported[output].saturating_add(more).saturating_sub(MOST_OFF),
            None => size,
        }
    }

    fn name_computers(&self, text: &mut String) {
        /// The room for a name that is longer than its placeholder.
        const ROOM: usize = 32;
        let mut named = String::with_capacity(text.len() + ROOM);
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once('@') {
            named.push_str(before);
            let prefix = ALMOST_COMPUTER.iter().find(|(prefix, _)| after.starts_with(prefix));
            let process = &after[prefix.map_or(0, |(prefix, _)| prefix.len())..];
            match process.chars().next().and_then(|digit| digit.to_digit(10)) {
                Some(number) => {
                    let name = self.computer_name(number as usize);
                    match prefix {
                        // An altered address may be that of somebody.
                        Some(_) if name.parse::<IpAddr>().is_ok() => named.push_str("nobody.invalid"),
                        Some((_, almost)) => named.push_str(&almost_name(name, *almost)),
                        None => named.push_str(name),
                    }
                    rest = &process[1..];
                }
                None => {
                    named.push('@');
                    rest = after;
                }
            }
        }
        named.push_str(rest);
        *text = named;
    }

    /// A server whose process could not be started is on the subject's own computer.
    fn computer_name(&self, process: usize) -> &str {
        let name = self.computers.get(process).or(self.computers.first()).and_then(Option::as_deref);
        name.unwrap_or("localhost")
    }

    /// Returns the position of a process of the first computer.
    pub(crate) fn target(&self, id: u32) -> ProcessRef {
        let processes = &self.processes;
        match processes.iter().position(|process| process.id == id) {
            Some(_) if only(processes).is_some_and(|only| only.id == id) => ProcessRef::Only,
            Some(n) => ProcessRef::Nth(n),
            None if id == SYSTEM_PROCESS => ProcessRef::System,
            None => ProcessRef::Unknown,
        }
    }

    /// Puts `@0`, `@1`, … into a client's connection string in place of the computer. Of several processes on that
    /// computer, takes the host that the string reaches, or else the first.
    pub(crate) fn with_placeholders(&self, text: &str, hosts: &[ProgramHost]) -> String {
        let Some((at, name)) = named_computer(text) else { return text.to_owned() };
        let is_named = |known: &Option<String>| known.as_deref() == Some(name);
        let candidates = (0..MAX_COMPUTERS).filter(|process| self.computers.get(*process).is_some_and(is_named));
        let mut texts = candidates.map(|process| {
            let mut text = text.to_owned();
            text.replace_range(at..at + name.len(), &format!("@{process}"));
            (process, text)
        });
        let first = texts.clone().next().map_or_else(|| text.to_owned(), |(_, text)| text);
        let reaches = |(process, text): &(usize, String)| {
            let number = process.checked_sub(1);
            number.is_some_and(|number| {
                hosts.get(number).and_then(|host| host.client_string(number)).as_ref() == Some(text)
            })
        };
        texts.find(reaches).map_or(first, |(_, text)| text)
    }

    fn process_id(&self, target: ProcessRef) -> u32 {
        let processes = &self.processes;
        let process = match target {
            ProcessRef::System => return SYSTEM_PROCESS,
            ProcessRef::Highest => return u32::MAX,
            ProcessRef::Altered(n, bits) => {
                let id = processes.get(n % processes.len().max(1)).map_or(UNKNOWN_PROCESS, |process| process.id) ^ bits;
                let is_taken = id == 0 || processes.iter().any(|process| process.id == id);
                return if is_taken { UNKNOWN_PROCESS } else { id };
            }
            ProcessRef::Nth(n) => processes.get(n % (processes.len() + 1)),
            ProcessRef::Only => only(processes),
            ProcessRef::Unknown => None,
        };
        process.map_or(UNKNOWN_PROCESS, |process| process.id)
    }

    /// A program of a real computer is one of its system: a second process of those that are known would have their names.
    fn program(&self) -> String {
        match only(&self.processes) {
            Some(process) if !self.others => process.exe.clone(),
            Some(_) if !cfg!(windows) => "/bin/sleep 60".to_owned(),
            _ => r"C:\windows\system32\winver.exe".to_owned(),
        }
    }

    /// Returns a command line for a program of the computer of this process. A program that runs on no other computer shows
    /// on which one it is looked for.
    fn program_of(&self, process: usize) -> String {
        let (own, others) = match self.elsewhere.iter().find(|(there, _)| *there == process) {
            Some((_, there)) => (there, Some(&self.processes)),
            None => (&self.processes, self.elsewhere.first().map(|(_, there)| there)),
        };
        let runs_there = |exe: &str| others.into_iter().flatten().any(|other| same(&other.exe, exe));
        match own.iter().find(|process| is_program(process) && !runs_there(&process.exe)) {
            Some(process) if !self.others => format!("\"{}\"", process.exe),
            _ => self.program(),
        }
    }

    fn program_with_blanks(&self) -> String {
        match self.processes.iter().find(|process| is_program(process) && process.exe.contains(' ')) {
            Some(process) if !self.others => process.exe.clone(),
            _ => self.program(),
        }
    }

    fn process_name(&self, name: &str) -> Option<String> {
        let place = |among: &[&str]| among.iter().position(|placeholder| *placeholder == name);
        if let Some(process) = place(&Placeholder::PROGRAMS) {
            return Some(self.program_of(process));
        }
        let nth = |n: usize| self.processes.get(n % self.processes.len().max(1));
        if let Some(n) = place(&Placeholder::NAMES) {
            return nth(n).map(|process| process.file_name().to_owned());
        }
        if let Some(n) = place(&Placeholder::PATHS) {
            return nth(n).map(|process| process.exe.clone());
        }
        match name {
            Placeholder::SEVERAL => return several(&self.processes).map(|process| process.file_name().to_owned()),
            Placeholder::SEVERAL_PATH => return several(&self.processes).map(|process| process.exe.clone()),
            Placeholder::EMPTY => {
                let is_there = self.others || self.processes.iter().any(|process| process.file_name().is_empty());
                return Some(if is_there { "nosuch.exe".to_owned() } else { String::new() });
            }
            Placeholder::PROGRAM => return Some(self.program()),
            Placeholder::PROGRAM_WITH_BLANKS => return Some(self.program_with_blanks()),
            _ => {}
        }
        let process = only(&self.processes)?;
        let file_name = process.file_name();
        Some(match name {
            Placeholder::ONLY => file_name.to_owned(),
            Placeholder::ONLY_IN_CAPITALS => file_name.to_uppercase(),
            Placeholder::STEM => file_name.rsplit_once('.')?.0.to_owned(),
            Placeholder::PATH => process.exe.clone(),
            Placeholder::PATH_ELSEWHERE => format!(r"C:\no such directory\{file_name}"),
            _ => match place(&Placeholder::ALMOST_ONLY) {
                Some(almost) => almost_name(file_name, almost),
                None => almost_path(&process.exe, place(&Placeholder::ALMOST_PATH)?),
            },
        })
    }
}

/// Returns the value of `server=` in a connection string without backslashes and blanks, and where it begins.
fn named_computer(text: &str) -> Option<(usize, &str)> {
    let mut end = 0;
    text.split(',').find_map(|item| {
        end += item.len() + 1;
        let (keyword, value) = item.split_once('=')?;
        let keyword = keyword.rsplit(':').next().unwrap_or(keyword);
        let name = value.trim_start().trim_start_matches('\\');
        let at = end - 1 - name.len();
        keyword.trim().eq_ignore_ascii_case("server").then_some((at, name.trim_end()))
    })
}

/// Whether the executable of a process is a file that can be started by its path.
fn is_program(process: &Process) -> bool {
    process.exe.contains(['\\', '/']) && process.file_name().contains('.')
}

fn namesakes(processes: &[Arc<Process>], name: &str) -> usize {
    processes.iter().filter(|process| process.file_name().eq_ignore_ascii_case(name)).count()
}

/// Returns the first process with a unique executable name that has a small letter and an extension, so that the name
/// can be written in other ways.
pub(crate) fn only(processes: &[Arc<Process>]) -> Option<&Arc<Process>> {
    let is_usual = |name: &str| name.contains('.') && name.contains(|c: char| c.is_ascii_lowercase());
    let is_only =
        |process: &&Arc<Process>| is_usual(process.file_name()) && namesakes(processes, process.file_name()) == 1;
    processes.iter().find(is_only)
}

/// Returns the first process whose executable name others share.
pub(crate) fn several(processes: &[Arc<Process>]) -> Option<&Arc<Process>> {
    processes.iter().find(|process| namesakes(processes, process.file_name()) > 1)
}
