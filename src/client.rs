//! The boundary between an engine and its callers.
//!
//! Nothing is lost here. HRESULTs are raw (S_FALSE stays S_FALSE), handles are raw 64-bit values, null pointers can be
//! passed, and an output that was not written stays `None`.

use crate::code_page::CodePage;
use crate::flags::{
    AttachFlags, CreateFlags, CreateProcessOptions, DescriptionFlags, EndSessionFlags, GetProcessFlags, ServersFlags,
};
use crate::hresult::{E_NOINTERFACE, E_NOTIMPL, HRESULT};
use crate::interface::Interface;

/// A pointer to an output. `None` is a null pointer; the target stays `None` until the call writes it.
///
/// ```
/// # use dbgeng_testkit::Out;
/// fn answer(server: Out<u64>) {
///     if let Some(server) = server {
///         *server = Some(0x11_c7070);
///     }
/// }
/// let mut server = None;
/// answer(Some(&mut server));
/// assert_eq!(server, Some(0x11_c7070));
/// answer(None);
/// ```
pub type Out<'a, T> = Option<&'a mut Option<T>>;

/// Writes an output, unless its pointer is null.
pub fn write_out<T>(out: Out<'_, T>, value: T) {
    if let Some(out) = out {
        *out = Some(value);
    }
}

/// A client object of an engine: the process-server methods of `IDebugClient` to `IDebugClient5`, under their
/// documented names and parameters in snake case. ANSI and Wide twins are one method.
///
/// Each method has a default that returns E_NOTIMPL and leaves its outputs alone, so an implementation starts with the
/// two that open and close a connection. Sizes and counts are those of the documentation: elements for `ids`,
/// characters (UTF-16 units) with the closing NUL for strings. A string is written without its NUL.
///
/// HRESULTs are raw, and so are handles: 64-bit values of which none is checked on the way. The rules that an engine has to
/// keep are in `spec/SPEC.md`, by requirement.
pub trait DebugClient: Send + Sync {
    /// Asks the client object for another of its interfaces (CLI-14).
    fn query_interface(&self, _interface: &Interface, _client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        E_NOINTERFACE
    }

    /// Returns the code page of 8-bit strings where the client object is. It matters only to callers through COM: here a
    /// string is text.
    fn code_page(&self) -> CodePage {
        CodePage::default()
    }

    /// Gives up this reference; returns the number of references that are left.
    fn release(self: Box<Self>) -> u32 {
        0
    }

    /// Makes a client object for the calling thread (CLI-3). Its interface is `IDebugClient`, version 1 (CLI-15).
    ///
    /// The conformance kit then asks the new client object for the interface of its maker, by
    /// [`query_interface`](DebugClient::query_interface), as a tool does. It goes on with the answer to that, or else with the
    /// new client object itself. This query is not among the calls that it prints.
    fn create_client(&self, _client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        E_NOTIMPL
    }

    /// Ends the current session (CLI-20).
    fn end_session(&self, _flags: EndSessionFlags) -> HRESULT {
        E_NOTIMPL
    }

    /// Starts a debugging server, which is not a process server (REL-5).
    fn start_server(&self, _options: Option<&str>) -> HRESULT {
        E_NOTIMPL
    }

    /// Starts a process server in the calling engine (SPS-1).
    ///
    /// `flags` is the class of targets, the [`bits`](crate::flags::Class::bits) of
    /// [`Class::USER_WINDOWS`](crate::flags::Class::USER_WINDOWS). `options` is a
    /// [`ConnectionString`](crate::options::ConnectionString) of the server's side. `reserved` is a pointer that has to be
    /// null.
    fn start_process_server(&self, _flags: u32, _options: Option<&str>, _reserved: u64) -> HRESULT {
        E_NOTIMPL
    }

    /// Connects the engine to a process server; `server` receives the handle (CPS-1, CPS-3). `remote_options` is a
    /// [`ConnectionString`](crate::options::ConnectionString) of the client's side.
    fn connect_process_server(&self, _remote_options: Option<&str>, _server: Out<'_, u64>) -> HRESULT {
        E_NOTIMPL
    }

    /// Disconnects the engine from a process server (DPS-1). Returns S_OK for a connected handle, an error for any other.
    fn disconnect_process_server(&self, _server: u64) -> HRESULT {
        E_NOTIMPL
    }

    /// Asks a process server to shut down (EPS-1). Not on a version-1 client (VER-7).
    fn end_process_server(&self, _server: u64) -> HRESULT {
        E_NOTIMPL
    }

    /// Waits up to `timeout` milliseconds for a process server of this engine to end (WPSE-1). Returns S_OK if one has
    /// ended, S_FALSE if none did. Not on a version-1 client (VER-7).
    fn wait_for_process_server_end(&self, _timeout: u32) -> HRESULT {
        E_NOTIMPL
    }

    /// Lists the ids of the running processes on the server's computer; server 0 is the local computer (GRPS-2). `count`
    /// is the room in `ids`, in elements.
    fn get_running_process_system_ids(
        &self,
        _server: u64,
        _ids: Out<'_, Vec<u32>>,
        _count: u32,
        _actual_count: Out<'_, u32>,
    ) -> HRESULT {
        E_NOTIMPL
    }

    /// Finds the process with this executable name (GRPN-1). Returns E_NOINTERFACE if there is none, S_FALSE if there are
    /// several and [`GetProcessFlags::ONLY_MATCH`] is set.
    fn get_running_process_system_id_by_executable_name(
        &self,
        _server: u64,
        _exe_name: Option<&str>,
        _flags: GetProcessFlags,
        _id: Out<'_, u32>,
    ) -> HRESULT {
        E_NOTIMPL
    }

    /// Describes a process: its executable name and a text (GRPD-1). Returns S_FALSE if a buffer was too small (STR-3).
    fn get_running_process_description(
        &self,
        _server: u64,
        _system_id: u32,
        _flags: DescriptionFlags,
        _exe_name: Out<'_, String>,
        _exe_name_size: u32,
        _actual_exe_name_size: Out<'_, u32>,
        _description: Out<'_, String>,
        _description_size: u32,
        _actual_description_size: Out<'_, u32>,
    ) -> HRESULT {
        E_NOTIMPL
    }

    /// Attaches to a running process. The attach is complete only with the first event of the process (ATT-3).
    fn attach_process(&self, _server: u64, _process_id: u32, _attach_flags: AttachFlags) -> HRESULT {
        E_NOTIMPL
    }

    /// Creates a process, and attaches to it if a debug flag is set (CRE-3).
    fn create_process(&self, _server: u64, _command_line: Option<&str>, _create_flags: CreateFlags) -> HRESULT {
        E_NOTIMPL
    }

    /// Creates a process with more options (CRE-10). `options_buffer_size` is in bytes.
    fn create_process2(
        &self,
        _server: u64,
        _command_line: Option<&str>,
        _options: Option<&CreateProcessOptions>,
        _options_buffer_size: u32,
        _initial_directory: Option<&str>,
        _environment: Option<&str>,
    ) -> HRESULT {
        E_NOTIMPL
    }

    /// Creates a process (unless `command_line` is null) and attaches to it or, if `process_id` is not 0, to that one
    /// (CRE-6 to CRE-8).
    fn create_process_and_attach(
        &self,
        _server: u64,
        _command_line: Option<&str>,
        _create_flags: CreateFlags,
        _process_id: u32,
        _attach_flags: AttachFlags,
    ) -> HRESULT {
        E_NOTIMPL
    }

    /// The same with more options. E_INVALIDARG when there is neither a command line nor a process id (CRE-9).
    fn create_process_and_attach2(
        &self,
        _server: u64,
        _command_line: Option<&str>,
        _options: Option<&CreateProcessOptions>,
        _options_buffer_size: u32,
        _initial_directory: Option<&str>,
        _environment: Option<&str>,
        _process_id: u32,
        _attach_flags: AttachFlags,
    ) -> HRESULT {
        E_NOTIMPL
    }

    /// Lists the servers on a computer through the output callbacks (OUTS-1).
    fn output_servers(&self, _output_control: u32, _machine: Option<&str>, _flags: ServersFlags) -> HRESULT {
        E_NOTIMPL
    }
}

/// One instance of an engine, in a process of its own. It makes client objects; the other methods let a harness control
/// the process.
///
/// The conformance kit makes a fresh engine for each case and program. At the end of a run it drops the engine and its client
/// objects, without [`DebugClient::release`], in any order. That is the end of the process, and everything that the process
/// holds ends with it, such as connections, servers and the ports on which they listen. It drops engines from
/// [`Engine::start_process`] in the same way.
pub trait Engine: Send + Sync {
    /// Makes a client object for the calling thread, with the interface that is asked for (CLI-12).
    fn debug_create(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT;

    /// Starts another process with an engine of the same kind, which can host process servers. Returns `None` if the engine
    /// cannot do that.
    fn start_process(&self, _place: HostLocation) -> Option<Box<dyn Engine>> {
        None
    }

    /// Ends this engine's process from outside, as a task manager does. Returns `false` if the engine cannot do that.
    fn kill(&self) -> bool {
        false
    }

    /// Runs `work` on thread `thread` of the engine's process; 0 is the calling thread. Returns `false` without running
    /// anything if the engine has no such thread.
    fn on_thread(&self, thread: u32, work: &mut (dyn FnMut() + Send)) -> bool {
        if thread == 0 {
            work();
        }
        thread == 0
    }

    /// Lets time pass, in milliseconds. An engine with a clock of its own moves that clock instead of sleeping.
    fn pass_time(&self, ms: u32) {
        std::thread::sleep(std::time::Duration::from_millis(ms.into()));
    }

    /// Returns the facts about the computer on which the engine runs. They are compared with the engine's answers.
    ///
    /// `None` says that nothing is known, or that the list of processes changes while the engine is judged. Processes that
    /// the engine itself starts are such a change. The kit then starts a few processes of its own, and knows these if the
    /// engine sees them. Its cases create processes of `C:\windows\system32\winver.exe` (on Unix, of `/bin/sleep`); with
    /// facts, of a program that runs.
    fn computer(&self) -> Option<crate::Computer> {
        None
    }
}

/// The computer on which a process is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HostLocation {
    /// The computer on which the engine runs.
    Here,
    /// Another computer.
    Elsewhere,
}
