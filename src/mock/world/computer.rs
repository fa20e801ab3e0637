//! The computers of a lab: names, processes and programs.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use super::processes::Processes;
use crate::code_page::CodePage;
use crate::hresult::{ERROR_BAD_EXE_FORMAT, ERROR_DIRECTORY, HRESULT};
use crate::process::command_line::{NO_PROGRAM, installed_path, locate};
use crate::process::{Computer, Process, SYSTEM_PROCESS};

/// A file that a command line can name.
#[derive(Clone, Debug)]
struct InstalledFile {
    path: String,
    is_program: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct ComputerState {
    /// Copies of the world share them.
    pub(crate) names: Arc<Vec<String>>,
    pub(crate) processes: Processes,
    /// The files besides the usual ones, by their paths in lower case.
    files: HashMap<String, InstalledFile>,
    /// In lower case.
    pub(crate) missing_directories: HashSet<String>,
    pub(crate) next_id: u32,
    pub(crate) code_page: CodePage,
    /// The number of calls after a start in which the pipe of the server is not there yet (OBS-81).
    pub(crate) late_pipes: u64,
    /// Its pipes are reached only under the name `.` (OBS-210).
    pub(crate) has_unshared_pipes: bool,
    /// A local target ends when its debugger detaches from it (OBS-85).
    pub(crate) ends_detached_targets: bool,
    /// The processes of its engines are among its processes.
    pub(crate) lists_engines: bool,
}

impl ComputerState {
    pub(crate) fn new(name: &str) -> ComputerState {
        let mut computer =
            ComputerState { names: vec![name.to_owned()].into(), next_id: 64, ..ComputerState::default() };
        for program in ["services.exe", "svchost.exe", "svchost.exe", "explorer.exe"] {
            computer.run(&installed_path(program), None);
        }
        computer
    }

    /// Returns what there is to know of the computer.
    pub(crate) fn facts(&self) -> Computer {
        Computer { names: self.names.to_vec(), processes: self.processes.iter().cloned().collect() }
    }

    /// Adds a file, which may be a program.
    pub(crate) fn install(&mut self, file: &str, is_program: bool) {
        let path = installed_path(file);
        self.files.insert(path.to_lowercase(), InstalledFile { path, is_program });
    }

    /// Starts a process that runs `exe`. Returns its id.
    pub(crate) fn start(&mut self, exe: &str) -> u32 {
        self.install(exe, true);
        self.run(exe, None)
    }

    /// Starts the process of an engine. Returns its id.
    pub(crate) fn start_engine(&mut self, is_host: bool) -> u32 {
        self.run(&installed_path(if is_host { "dbgsrv.exe" } else { "debugger.exe" }), None)
    }

    /// Starts the program that a command line names, in this directory. Returns the id of its process, which has the whole
    /// path of the program (OBS-82).
    pub(crate) fn create(&mut self, line: &str, directory: Option<&str>) -> Result<u32, HRESULT> {
        let InstalledFile { path, is_program } = locate(line, |path| self.file(path).cloned())?;
        if directory.is_some_and(|path| !self.is_directory(path)) {
            return Err(ERROR_DIRECTORY);
        }
        if !is_program {
            return Err(ERROR_BAD_EXE_FORMAT);
        }
        Ok(self.run(&path, Some(line)))
    }

    fn file(&self, path: &str) -> Option<&InstalledFile> {
        let path = path.to_lowercase();
        self.files.get(&path).or_else(|| USUAL.get(&path))
    }

    /// Returns the path of the program that a command line names.
    pub(crate) fn program(&self, line: &str) -> Option<&str> {
        locate(line, |path| self.file(path)).ok().map(|file| file.path.as_str())
    }

    /// Every path of no file is a directory here, unless a test says otherwise.
    fn is_directory(&self, path: &str) -> bool {
        let path = path.replace('/', r"\");
        !path.is_empty() && self.file(&path).is_none() && !self.missing_directories.contains(&path.to_lowercase())
    }

    /// Returns an id that no process has, a multiple of 4 as on Windows.
    fn free_id(&mut self) -> u32 {
        loop {
            let id = self.next_id;
            self.next_id = id.wrapping_add(4);
            if id > SYSTEM_PROCESS && self.processes.get(id).is_none() {
                return id;
            }
        }
    }

    /// Runs a program. Without a command line, the process has its quoted path as the command line.
    fn run(&mut self, exe: &str, line: Option<&str>) -> u32 {
        let id = self.free_id();
        let mut process = Process::new(id, exe);
        process.user = self.names.first().map(|name| [name, r"\user"].concat());
        if let Some(line) = line {
            process.command_line = Some(line.to_owned());
        }
        self.processes.push(process);
        id
    }
}

/// The files of every computer, by their paths in lower case.
static USUAL: LazyLock<HashMap<String, InstalledFile>> = LazyLock::new(|| {
    let programs = ["services.exe", "svchost.exe", "explorer.exe", "winver.exe", "notepad.exe"];
    let files = programs.iter().map(|program| (installed_path(program), true)).chain([(NO_PROGRAM.to_owned(), false)]);
    files.map(|(path, is_program)| (path.to_lowercase(), InstalledFile { path, is_program })).collect()
});
