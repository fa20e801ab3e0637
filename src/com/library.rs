//! Engines in libraries that export `DebugCreate`.

mod host;
mod own_facts;
mod process;
mod thread;

use std::error::Error;
use std::ffi::{OsStr, c_void};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use windows_core::GUID;

use self::host::{HostCommand, HostProcess, serve_if_host};
use self::own_facts::own_facts;
use self::process::{end_children_with_this_process, hold_exits};
use self::thread::Threads;
use super::client::{CharSet, ClientPointer, StringForm};
use super::interfaces;
use crate::client::{DebugClient, Engine, HostLocation, Out};
use crate::code_page::CodePage;
use crate::conformance::{is_child, stand_by_if_bystander};
use crate::hresult::HRESULT;
use crate::interface::Interface;
use crate::process::Computer;
use crate::sentence::debug_as_display;

/// `DebugCreate` (CLI-12).
type DebugCreate = unsafe extern "system" fn(*const GUID, *mut *mut c_void) -> HRESULT;

/// The error of a library that cannot be used as an engine.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}: {cause}")]
pub struct LibraryError {
    path: String,
    problem: &'static str,
    /// The error of the system, without the path.
    cause: String,
}

debug_as_display!(LibraryError);

/// The problem of a library that could be loaded.
const NO_ENGINE: &str = "the library exports no function DebugCreate, so it is not an engine";

impl LibraryError {
    /// Returns whether the library was loaded, and only is not an engine.
    pub fn is_no_engine(&self) -> bool {
        self.problem == NO_ENGINE
    }

    fn new(path: &OsStr, problem: &'static str, error: &libloading::Error) -> LibraryError {
        let said = error.source().map_or_else(|| error.to_string(), ToString::to_string);
        // The system may name the file as well, by another path.
        let cause = match said.split_once(": ") {
            Some((file, cause)) if Path::new(file).file_name() == Path::new(path).file_name() => cause.to_owned(),
            _ => said,
        };
        LibraryError { path: path.display().to_string(), problem, cause }
    }
}

/// A loaded library that exports `DebugCreate`. It is never unloaded, since threads of an engine may outlive its client objects.
///
/// ```no_run
/// use dbgeng_testkit::com::Library;
/// use dbgeng_testkit::conformance::Suite;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let library = Library::load("./libdbgeng.so")?;
/// Suite::new("my engine", move || Box::new(library.engine())).in_child_processes().run().assert();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Library {
    path: PathBuf,
    create: DebugCreate,
    strings: StringForm,
    facts: Option<Arc<Computer>>,
}

impl Library {
    /// Loads a library. The system searches for a name without a folder. On Windows, libraries that it depends on may be in
    /// the same folder.
    ///
    /// In a process that a [`LibraryEngine`] started to host process servers, this call serves that engine and does not return,
    /// and neither does it in one that a suite started so that it is listed.
    /// Call it before anything that such a process must not do. In a child process of a suite, every process that the engine
    /// starts ends with the child (on Windows).
    ///
    /// # Errors
    ///
    /// Returns an error if the library cannot be loaded or does not export `DebugCreate`.
    pub fn load(path: impl AsRef<OsStr>) -> Result<Library, LibraryError> {
        stand_by_if_bystander(own_facts);
        serve_if_host(|command| {
            let library = Library::open(command.library.as_os_str()).map_err(io::Error::other)?;
            let char_set = if command.is_wide { CharSet::Wide } else { CharSet::Ansi };
            let code_page = CodePage::new(command.code_page).unwrap_or_default();
            Ok(Box::new(library.char_set(char_set).in_code_page(code_page).engine()))
        });
        if is_child() {
            end_children_with_this_process();
        }
        Library::open(path.as_ref())
    }

    /// Loads the engine of the system: its own `dbgeng.dll`.
    ///
    /// # Errors
    ///
    /// As [`load`](Library::load).
    #[cfg(windows)]
    pub fn system() -> Result<Library, LibraryError> {
        Library::load("dbgeng.dll")
    }

    fn open(path: &OsStr) -> Result<Library, LibraryError> {
        let failed = |problem| move |error: libloading::Error| LibraryError::new(path, problem, &error);
        let library = load(path).map_err(failed("the library cannot be loaded"))?;
        // SAFETY: engines export a function of this signature under this name (VER-11, CLI-12).
        let create = unsafe { library.get::<DebugCreate>(c"DebugCreate") }.map(|create| *create);
        // After the library, whose own code for an exit then runs later.
        hold_exits();
        let create = create.map_err(failed(NO_ENGINE))?;
        std::mem::forget(library);
        Ok(Library { path: path.into(), create, strings: StringForm::default(), facts: None })
    }

    /// Sets which of two twin methods are called: the plain or the Wide ones.
    #[must_use]
    pub fn char_set(self, char_set: CharSet) -> Library {
        Library { strings: StringForm { char_set, ..self.strings }, ..self }
    }

    /// Sets the code page of the strings of the plain methods: that of the computer on which the engine runs.
    #[must_use]
    pub fn in_code_page(self, code_page: CodePage) -> Library {
        Library { strings: StringForm { code_page, ..self.strings }, ..self }
    }

    /// Says which computer the engine simulates. A suite knows the processes of a real computer by itself: it starts some.
    #[must_use]
    pub fn simulates(self, computer: Computer) -> Library {
        Library { facts: Some(Arc::new(computer)), ..self }
    }

    /// Returns the engine of this process. A process has only one, so every call returns the same.
    pub fn engine(&self) -> LibraryEngine {
        LibraryEngine { library: self.clone(), threads: Arc::new(Threads::default()) }
    }
}

#[cfg(windows)]
fn load(path: &OsStr) -> Result<libloading::Library, libloading::Error> {
    use libloading::os::windows::{LOAD_WITH_ALTERED_SEARCH_PATH, Library};
    let flags = if std::path::Path::new(path).is_absolute() { LOAD_WITH_ALTERED_SEARCH_PATH } else { 0 };
    // SAFETY: loading runs code of the library, on which nothing here depends.
    Ok(unsafe { Library::load_with_flags(path, flags) }?.into())
}

#[cfg(not(windows))]
fn load(path: &OsStr) -> Result<libloading::Library, libloading::Error> {
    // SAFETY: loading runs code of the library, on which nothing here depends.
    unsafe { libloading::Library::new(path) }
}

/// The engine of a [`Library`], in this process.
///
/// It makes calls on any number of threads. Other processes host the process servers: each is this executable, started again
/// with the same arguments, and stays in [`Library::load`]. If one crashes in a call, the call panics, which the kit judges as
/// a crash.
#[derive(Clone, Debug)]
pub struct LibraryEngine {
    library: Library,
    threads: Arc<Threads>,
}

impl Engine for LibraryEngine {
    fn debug_create(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        let (id, create) = (interfaces::guid(interface), self.library.create);
        let version = interface.version().unwrap_or(0);
        // SAFETY: `DebugCreate` rejects a null pointer, and the new object is a pointer for the requested interface (CLI-12).
        unsafe { ClientPointer::request(|pointer| create(&id, pointer), version, self.library.strings, client) }
    }

    fn start_process(&self, place: HostLocation) -> Option<Box<dyn Engine>> {
        if place == HostLocation::Elsewhere {
            return None;
        }
        let Library { path, strings, .. } = &self.library;
        let command = HostCommand {
            library: path.clone(),
            is_wide: strings.char_set == CharSet::Wide,
            code_page: strings.code_page.number(),
        };
        match HostProcess::start(&command) {
            Ok(host) => Some(Box::new(host)),
            Err(error) => {
                eprintln!("dbgeng-testkit: no process to host process servers could be started: {error}");
                None
            }
        }
    }

    fn on_thread(&self, thread: u32, work: &mut (dyn FnMut() + Send)) -> bool {
        self.threads.run(thread, work);
        true
    }

    fn computer(&self) -> Option<Computer> {
        self.library.facts.as_deref().cloned()
    }
}
