//! The computers of a lab: names, processes and programs.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::processes::Processes;
use crate::address::Address;
use crate::hresult::{ERROR_DIRECTORY, ERROR_FILE_NOT_FOUND, HRESULT};
use crate::process::{Computer, Process, file_name, program};

#[derive(Debug, Default)]
pub(crate) struct ComputerState {
    pub(crate) names: Vec<String>,
    pub(crate) processes: Processes,
    /// The programs that can be started, besides the usual ones, in lower case.
    pub(crate) programs: HashSet<String>,
    /// In lower case.
    pub(crate) missing_directories: HashSet<String>,
    /// Addresses that some other program holds: no server can listen there.
    pub(crate) held: HashSet<Address>,
    pub(crate) next_id: u32,
}

impl ComputerState {
    pub(crate) fn new(name: &str) -> ComputerState {
        let mut computer = ComputerState { names: vec![name.to_owned()], next_id: 64, ..ComputerState::default() };
        for program in ["services.exe", "svchost.exe", "svchost.exe", "explorer.exe"] {
            computer.run(&usual(program), None);
        }
        computer
    }

    /// Returns what there is to know of the computer.
    pub(crate) fn facts(&self) -> Computer {
        Computer { names: self.names.clone(), processes: self.processes.iter().cloned().collect() }
    }

    /// Makes a program available.
    pub(crate) fn install(&mut self, program: &str) {
        self.programs.extend(names(program));
    }

    /// Starts a process that runs `exe`. Returns its id.
    pub(crate) fn start(&mut self, exe: &str) -> u32 {
        self.install(exe);
        self.run(exe, None)
    }

    /// Starts the program that a command line names, in this directory. Returns the id of its process.
    pub(crate) fn create(&mut self, line: &str, directory: Option<&str>) -> Result<u32, HRESULT> {
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

    /// Runs a program. Without a command line, the process has its quoted path as the command line.
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

/// The programs that can be started on every computer, in lower case.
static USUAL: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let programs = ["services.exe", "svchost.exe", "explorer.exe", "winver.exe", "notepad.exe"];
    programs.iter().flat_map(|program| names(&usual(program))).collect()
});

/// Returns the path of a program that comes with the system.
fn usual(program: &str) -> String {
    [r"C:\windows\system32\", program].concat()
}

/// Returns the names by which a program can be started, in lower case.
fn names(program: &str) -> [String; 2] {
    [program, file_name(program)].map(str::to_lowercase)
}
