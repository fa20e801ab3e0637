//! What the names in a program's strings stand for in a run.

use super::{Placeholder, ProcessRef, ProgramHost};
use crate::call::Call;
use crate::process::{Computer, Process};

/// A process id that no computer is likely to have.
const NOBODY: u32 = 0xfff0;

/// The processes whose computers have names in a program.
const SINGLE_DIGITS: usize = 10;

/// The computers of a run, by process, and the server that runs beside the subject.
#[derive(Clone, Debug, Default)]
pub(crate) struct PlaceholderTable {
    /// By process: the first name of its computer.
    computers: Vec<Option<String>>,
    /// Those of the first process's computer.
    processes: Vec<Process>,
    /// The string that the program has, and the one that reaches the server.
    stand_in: Option<(String, String)>,
}

impl PlaceholderTable {
    /// The computer of the next process.
    pub(crate) fn computer(&mut self, computer: Option<&Computer>) {
        if self.computers.is_empty() {
            self.processes = computer.map_or_else(Vec::new, |computer| computer.processes.clone());
        }
        self.computers.push(computer.and_then(|computer| computer.names.first().cloned()));
    }

    /// The server that runs beside the subject takes the part of the one that `reached` leads to.
    pub(crate) fn stand_in(&mut self, reached: Option<String>, server: Option<String>) {
        self.stand_in = reached.zip(server);
    }

    /// Puts what the names stand for in their place.
    pub(crate) fn resolve(&self, call: &mut Call, target: ProcessRef) {
        call.set_process_id(self.process_id(target));
        match call {
            Call::ConnectProcessServer { remote_options: Some(text), .. } => match &self.stand_in {
                Some((reached, server)) if text == reached => *text = server.clone(),
                _ => self.name_computers(text),
            },
            Call::GetRunningProcessSystemIdByExecutableName { exe_name: Some(text), .. }
            | Call::CreateProcess { command_line: Some(text), .. }
                if text.starts_with('@') =>
            {
                if let Some(name) = self.process_name(text) {
                    *text = name;
                }
            }
            _ => {}
        }
    }

    fn name_computers(&self, text: &mut String) {
        let mut named = String::new();
        let mut rest = text.as_str();
        while let Some((before, behind)) = rest.split_once('@') {
            named.push_str(before);
            let process = behind.chars().next().and_then(|digit| digit.to_digit(10));
            named.push_str(process.map_or("@", |process| self.computer_name(process as usize)));
            rest = if process.is_some() { &behind[1..] } else { behind };
        }
        named.push_str(rest);
        *text = named;
    }

    /// Where a subject could not start a process, its server is on the subject's own computer.
    fn computer_name(&self, process: usize) -> &str {
        let name = self.computers.get(process).or(self.computers.first()).and_then(Option::as_deref);
        name.unwrap_or("localhost")
    }

    /// A process of the first computer by its place: the way back from its id.
    pub(crate) fn target(&self, id: u32) -> ProcessRef {
        let processes = &self.processes;
        match processes.iter().position(|process| process.id == id) {
            Some(_) if only(processes).is_some_and(|only| only.id == id) => ProcessRef::Only,
            Some(n) => ProcessRef::Nth(n),
            None => ProcessRef::Unknown,
        }
    }

    /// A client's connection string with `@0`, `@1`, … for the computer that it names: the way back. Of several processes
    /// on that computer it is the host that the string reaches, else the first.
    pub(crate) fn unresolved(&self, text: &str, hosts: &[ProgramHost]) -> String {
        let Some((at, name)) = named_computer(text) else { return text.to_owned() };
        let is_named = |known: &Option<String>| known.as_deref() == Some(name);
        let fitting = (0..SINGLE_DIGITS).filter(|process| self.computers.get(*process).is_some_and(is_named));
        let mut texts = fitting.map(|process| {
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
            ProcessRef::Nth(n) => processes.get(n % (processes.len() + 1)),
            ProcessRef::Only => only(processes),
            ProcessRef::Unknown => None,
        };
        process.map_or(NOBODY, |process| process.id)
    }

    fn process_name(&self, name: &str) -> Option<String> {
        let processes = &self.processes;
        let file_name = |process: &Process| process.file_name().to_owned();
        match name {
            Placeholder::ONLY => only(processes).map(file_name),
            Placeholder::ONLY_IN_CAPITALS => only(processes).map(|process| process.file_name().to_uppercase()),
            Placeholder::STEM => {
                only(processes).and_then(|process| Some(process.file_name().rsplit_once('.')?.0.to_owned()))
            }
            Placeholder::PATH => only(processes).map(|process| process.exe.clone()),
            Placeholder::PATH_ELSEWHERE => {
                only(processes).map(|only| format!(r"C:\no such directory\{}", only.file_name()))
            }
            Placeholder::SEVERAL => several(processes).map(file_name),
            _ => None,
        }
    }
}

/// The name that `server=` has in a connection string, without what may stand around it, and where it begins.
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

/// The first process whose executable name no other has. Its name has small letters and an extension, so that it can be
/// written in other ways.
pub(crate) fn only(processes: &[Process]) -> Option<&Process> {
    let is_usual = |name: &str| name.contains('.') && name.contains(|c: char| c.is_ascii_lowercase());
    let is_only = |process: &&Process| is_usual(process.file_name()) && namesakes(processes, process.file_name()) == 1;
    processes.iter().find(is_only)
}

/// The first process whose executable name others have, too.
pub(crate) fn several(processes: &[Process]) -> Option<&Process> {
    processes.iter().find(|process| namesakes(processes, process.file_name()) > 1)
}
