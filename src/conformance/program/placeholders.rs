//! Replaces the placeholders in a program's strings by the names of a run.

use super::{Placeholder, ProcessRef, ProgramHost, WHOLE_SIZE};
use crate::call::{Call, CreateProcess2, Outputs};
use crate::process::{Computer, Process, SYSTEM_PROCESS};

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
    processes: Vec<Process>,
    /// Whether other processes run there as well.
    others: bool,
    /// The connection string of the replaced host, and that of the running server.
    replaced_server: Option<(String, String)>,
    /// The sizes that were reported last: the number of ids, and those of the two strings of a description.
    reported: [u32; 3],
}

/// How far a size in a program can be from the whole size.
const MOST_OFF: u32 = 8;

impl PlaceholderTable {
    /// Adds the computer of the next process.
    pub(crate) fn add_computer(&mut self, computer: Option<&Computer>, others: bool) {
        if self.computers.is_empty() {
            self.processes = computer.map_or_else(Vec::new, |computer| computer.processes.clone());
            self.others = others;
        }
        self.computers.push(computer.and_then(|computer| computer.names.first().cloned()));
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
        let mut named = String::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once('@') {
            named.push_str(before);
            let process = after.chars().next().and_then(|digit| digit.to_digit(10));
            named.push_str(process.map_or("@", |process| self.computer_name(process as usize)));
            rest = if process.is_some() { &after[1..] } else { after };
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

    fn process_name(&self, name: &str) -> Option<String> {
        match name {
            Placeholder::SEVERAL => return several(&self.processes).map(|process| process.file_name().to_owned()),
            Placeholder::PROGRAM => return Some(self.program()),
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
            _ => {
                let almost = Placeholder::ALMOST_ONLY.iter().position(|almost| *almost == name)?;
                almost_name(file_name, almost)
            }
        })
    }
}

/// Returns the n-th of the names that are almost this one.
fn almost_name(name: &str, n: usize) -> String {
    let letters: Vec<char> = name.chars().collect();
    let (first, last) = (1.min(letters.len()), letters.len().saturating_sub(1));
    match n {
        0 => letters[..last].iter().collect(),
        1 => letters[first..].iter().collect(),
        2 => format!("{name}x"),
        3 => format!("x{name}"),
        _ => {
            let middle = letters.len() / 2;
            let other = |(at, letter): (usize, &char)| if at == middle { '_' } else { *letter };
            letters.iter().enumerate().map(other).collect()
        }
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

fn namesakes(processes: &[Process], name: &str) -> usize {
    processes.iter().filter(|process| process.file_name().eq_ignore_ascii_case(name)).count()
}

/// Returns the first process with a unique executable name that has a small letter and an extension, so that the name
/// can be written in other ways.
pub(crate) fn only(processes: &[Process]) -> Option<&Process> {
    let is_usual = |name: &str| name.contains('.') && name.contains(|c: char| c.is_ascii_lowercase());
    let is_only = |process: &&Process| is_usual(process.file_name()) && namesakes(processes, process.file_name()) == 1;
    processes.iter().find(is_only)
}

/// Returns the first process whose executable name others share.
pub(crate) fn several(processes: &[Process]) -> Option<&Process> {
    processes.iter().find(|process| namesakes(processes, process.file_name()) > 1)
}
