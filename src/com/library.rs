//! An engine in a library: whatever exports `DebugCreate`.

mod host;
mod process;
mod thread;

use std::ffi::{OsStr, c_void};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use windows_core::GUID;

use self::host::{HostCommand, HostProcess, serve_if_host};
use self::process::end_children_with_this_process;
use self::thread::Threads;
use super::client::{CharSet, ClientPointer, Com};
use super::id;
use crate::ByCall;
use crate::client::{DebugClient, Engine, HostLocation, Out, write};
use crate::conformance::is_child;
use crate::hresult::HRESULT;
use crate::interface::Interface;

/// `DebugCreate` (CLI-12).
type DebugCreate = unsafe extern "system" fn(*const GUID, *mut *mut c_void) -> HRESULT;

/// A library that cannot be used as an engine. Its source is what the system says.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", path.display())]
pub struct LibraryError {
    path: PathBuf,
    problem: &'static str,
    source: libloading::Error,
}

/// A library that exports `DebugCreate`, loaded for good: an engine's own threads may outlive its client objects.
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
    char_set: CharSet,
}

impl Library {
    /// Loads a library. A name without a folder is looked for where the system looks for libraries; libraries that it
    /// needs itself are also looked for beside it.
    ///
    /// In a process that was started to host process servers for a [`LibraryEngine`], this call serves that engine and does
    /// not return: so it comes before anything that such a process must not do. In a child process of a suite it sees to it
    /// that all that the engine starts ends with the child.
    ///
    /// # Errors
    ///
    /// The library cannot be loaded, or does not export `DebugCreate`.
    pub fn load(path: impl AsRef<OsStr>) -> Result<Library, LibraryError> {
        serve_if_host(|command| {
            let library = Library::open(command.library.as_os_str()).map_err(io::Error::other)?;
            let char_set = if command.is_wide { CharSet::Wide } else { CharSet::Ansi };
            Ok(Box::new(library.char_set(char_set).engine()))
        });
        if is_child() {
            end_children_with_this_process();
        }
        Library::open(path.as_ref())
    }

    /// The engine of the system: its own `dbgeng.dll`.
    ///
    /// # Errors
    ///
    /// As [`load`](Library::load).
    #[cfg(windows)]
    pub fn system() -> Result<Library, LibraryError> {
        Library::load("dbgeng.dll")
    }

    fn open(path: &OsStr) -> Result<Library, LibraryError> {
        let failed = |problem| move |source| LibraryError { path: path.into(), problem, source };
        let library = load(path).map_err(failed("the library cannot be loaded"))?;
        // SAFETY: by this name engines export a function of this signature (VER-11, CLI-12).
        let create = unsafe { library.get::<DebugCreate>(c"DebugCreate") }.map(|create| *create);
        let create = create.map_err(failed("the library exports no function DebugCreate, so it is not an engine"))?;
        std::mem::forget(library);
        Ok(Library { path: path.into(), create, char_set: CharSet::Ansi })
    }

    /// Calls the Wide twins, or the plain methods again.
    #[must_use]
    pub fn char_set(self, char_set: CharSet) -> Library {
        Library { char_set, ..self }
    }

    /// The engine of this process. There is one, so each of these is the same.
    pub fn engine(&self) -> LibraryEngine {
        LibraryEngine { library: self.clone(), threads: Arc::new(Threads::default()) }
    }

    fn host_command(&self) -> HostCommand {
        HostCommand { library: self.path.clone(), is_wide: self.char_set == CharSet::Wide }
    }
}

#[cfg(windows)]
fn load(path: &OsStr) -> Result<libloading::Library, libloading::Error> {
    use libloading::os::windows::{LOAD_WITH_ALTERED_SEARCH_PATH, Library};
    let flags = if std::path::Path::new(path).is_absolute() { LOAD_WITH_ALTERED_SEARCH_PATH } else { 0 };
    // SAFETY: what runs when an engine is loaded is its author's affair; nothing here depends on it.
    Ok(unsafe { Library::load_with_flags(path, flags) }?.into())
}

#[cfg(not(windows))]
fn load(path: &OsStr) -> Result<libloading::Library, libloading::Error> {
    // SAFETY: what runs when an engine is loaded is its author's affair; nothing here depends on it.
    unsafe { libloading::Library::new(path) }
}

/// The engine of a [`Library`], in this process.
///
/// It has as many threads as it is asked for. Process servers are hosted by other processes, which are this executable
/// started once more: they come to [`Library::load`] with the same arguments, and stay there. One that goes down in a call
/// takes that call along: it panics, which the kit takes for a crash.
#[derive(Clone, Debug)]
pub struct LibraryEngine {
    library: Library,
    threads: Arc<Threads>,
}

impl Engine for LibraryEngine {
    fn debug_create(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        let (id, create) = (id::guid(interface), self.library.create);
        if client.is_none() {
            // SAFETY: an id, and a null pointer, which it refuses.
            return unsafe { create(&id, std::ptr::null_mut()) };
        }
        // SAFETY: what it gives is behind the interface that was asked for (CLI-12).
        let (hresult, made) = unsafe {
            let version = interface.version().unwrap_or(0);
            ClientPointer::request(|pointer| create(&id, pointer), version, self.library.char_set)
        };
        if let Some(made) = made {
            write(client, Box::new(ByCall(Com(made))));
        }
        hresult
    }

    fn start_process(&self, place: HostLocation) -> Option<Box<dyn Engine>> {
        if place == HostLocation::Elsewhere {
            return None;
        }
        match HostProcess::start(&self.library.host_command()) {
            Ok(host) => Some(Box::new(host)),
            Err(error) => {
                eprintln!("dbgeng-testkit: a process to host servers: {error}");
                None
            }
        }
    }

    fn on_thread(&self, thread: u32, work: &mut (dyn FnMut() + Send)) -> bool {
        self.threads.run(thread, work);
        true
    }
}
