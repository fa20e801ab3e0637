//! The boundary between an engine and its callers.
//!
//! Nothing is lost here. HRESULTs are raw (S_FALSE stays S_FALSE), handles are raw 64-bit values, null pointers can be
//! passed, and an output that was not written stays `None`.

use std::sync::Arc;

use crate::callbacks::{EventCallbacks, InputCallbacks, LastEvent, OutputCallbacks};
use crate::code_page::CodePage;
use crate::flags::{
    AttachFlags, CreateFlags, CreateProcessOptions, DescriptionFlags, EndSessionFlags, EngineOptions, ExecuteFlags,
    ExecutionStatus, GetProcessFlags, InterruptFlags, OutputMask, ServersFlags,
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
/// The methods from [`terminate_processes`](DebugClient::terminate_processes) on are those of the session: what a debugger
/// needs besides process servers. Some of them belong to IDebugControl and IDebugSystemObjects, which are interfaces of
/// the same object (CLI-14).
///
/// Each method has a default that returns E_NOTIMPL and leaves its outputs alone, so an implementation starts with the
/// two that open and close a connection. Sizes and counts are those of the documentation: elements for `ids`,
/// characters (UTF-16 units) with the closing NUL for strings. A string is written without its NUL.
///
/// HRESULTs are raw, and so are handles: 64-bit values of which none is checked on the way. The rules that an engine has to
/// keep are in `spec/SPEC.md`, by requirement.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a client object of an engine",
    label = "not a `DebugClient`",
    note = "an engine of a lab makes one: `lab.engine().client()`; a COM pointer becomes one by `com::ComClient`; \
            an `Arc` of one is passed as `&*client`"
)]
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
    #[doc(alias = "ConnectProcessServer")]
    #[doc(alias = "connect")]
    fn connect_process_server(&self, _remote_options: Option<&str>, _server: Out<'_, u64>) -> HRESULT {
        E_NOTIMPL
    }

    /// Disconnects the engine from a process server (DPS-1). Returns S_OK for a connected handle, an error for any other.
    #[doc(alias = "DisconnectProcessServer")]
    #[doc(alias = "disconnect")]
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
    #[doc(alias = "GetRunningProcessSystemIds")]
    #[doc(alias = "list_processes")]
    #[doc(alias = "processes")]
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
    #[doc(alias = "GetRunningProcessSystemIdByExecutableName")]
    #[doc(alias = "find_process")]
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
    #[doc(alias = "GetRunningProcessDescription")]
    #[doc(alias = "describe_process")]
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

    /// Attaches to a running process. The attach is complete only with the first event of the process (ATT-3): the next
    /// [`wait_for_event`](DebugClient::wait_for_event), which stops there only with [`EngineOptions::INITIAL_BREAK`].
    #[doc(alias = "AttachProcess")]
    #[doc(alias = "attach")]
    fn attach_process(&self, _server: u64, _process_id: u32, _attach_flags: AttachFlags) -> HRESULT {
        E_NOTIMPL
    }

    /// Creates a process, and attaches to it if a debug flag is set (CRE-3).
    #[doc(alias = "CreateProcess")]
    #[doc(alias = "launch")]
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

    /// Ends all targets (REL-3).
    fn terminate_processes(&self) -> HRESULT {
        E_NOTIMPL
    }

    /// Detaches from all targets, which run on (REL-3).
    fn detach_processes(&self) -> HRESULT {
        E_NOTIMPL
    }

    /// Finds the exit code of the current process. Returns S_FALSE if it still runs (RET-12).
    fn get_exit_code(&self, _code: Out<'_, u32>) -> HRESULT {
        E_NOTIMPL
    }

    /// Runs the callbacks of the calling thread's client objects for up to `timeout` milliseconds. Returns S_OK if ExitDispatch
    /// ended it, S_FALSE if the time has passed (CLI-8).
    fn dispatch_callbacks(&self, _timeout: u32) -> HRESULT {
        E_NOTIMPL
    }

    /// Ends DispatchCallbacks on the thread of this client object. Any thread may call it (CLI-4).
    ///
    /// The parameter Client of the documented method is the client object itself here.
    fn exit_dispatch(&self) -> HRESULT {
        E_NOTIMPL
    }

    /// Finds which kinds of output the output callbacks of this client object receive.
    fn get_output_mask(&self, _mask: Out<'_, u32>) -> HRESULT {
        E_NOTIMPL
    }

    /// Says which kinds of output the output callbacks of this client object receive.
    fn set_output_mask(&self, _mask: OutputMask) -> HRESULT {
        E_NOTIMPL
    }

    /// Sends the output that the engine still holds to the callbacks.
    fn flush_callbacks(&self) -> HRESULT {
        E_NOTIMPL
    }

    /// Ends the current process (REL-3). Not on a version-1 client (VER-7).
    fn terminate_current_process(&self) -> HRESULT {
        E_NOTIMPL
    }

    /// Detaches from the current process, which runs on (REL-3). Not on a version-1 client (VER-7).
    fn detach_current_process(&self) -> HRESULT {
        E_NOTIMPL
    }

    /// Leaves the current process suspended and debugged (REL-3). Not on a version-1 client (VER-7).
    fn abandon_current_process(&self) -> HRESULT {
        E_NOTIMPL
    }

    /// Returns S_OK if someone has asked for an interrupt since the last call, S_FALSE if not. Any thread may call it (CLI-4).
    fn get_interrupt(&self) -> HRESULT {
        E_NOTIMPL
    }

    /// Asks for an interrupt. Any thread may call it (CLI-4).
    fn set_interrupt(&self, _flags: InterruptFlags) -> HRESULT {
        E_NOTIMPL
    }

    /// Finds the class of the target, and its kind in the class (REL-2). Both are 0 without a target.
    fn get_debuggee_type(&self, _class: Out<'_, u32>, _qualifier: Out<'_, u32>) -> HRESULT {
        E_NOTIMPL
    }

    /// Finds the [`ExecutionStatus`].
    fn get_execution_status(&self, _status: Out<'_, u32>) -> HRESULT {
        E_NOTIMPL
    }

    /// Asks for an execution status, which takes effect in the next WaitForEvent.
    fn set_execution_status(&self, _status: ExecutionStatus) -> HRESULT {
        E_NOTIMPL
    }

    /// Finds the [`EngineOptions`].
    fn get_engine_options(&self, _options: Out<'_, u32>) -> HRESULT {
        E_NOTIMPL
    }

    /// Turns options of the engine on.
    fn add_engine_options(&self, _options: EngineOptions) -> HRESULT {
        E_NOTIMPL
    }

    /// Turns options of the engine off.
    fn remove_engine_options(&self, _options: EngineOptions) -> HRESULT {
        E_NOTIMPL
    }

    /// Replaces the options of the engine.
    fn set_engine_options(&self, _options: EngineOptions) -> HRESULT {
        E_NOTIMPL
    }

    /// Executes a debugger command. Its output goes to the output callbacks that `output_control` selects.
    fn execute(&self, _output_control: u32, _command: Option<&str>, _flags: ExecuteFlags) -> HRESULT {
        E_NOTIMPL
    }

    /// Waits up to `timeout` milliseconds for an event that breaks into the debugger. Returns S_OK for an event, S_FALSE if the
    /// time has passed (RET-12), as it does after an attach without [`EngineOptions::INITIAL_BREAK`], E_UNEXPECTED if there is no target that could have an event (RET-13).
    fn wait_for_event(&self, _flags: u32, _timeout: u32) -> HRESULT {
        E_NOTIMPL
    }

    /// Finds the number of processes in the session.
    fn get_number_processes(&self, _number: Out<'_, u32>) -> HRESULT {
        E_NOTIMPL
    }

    /// Finds the system's id of the current process.
    fn get_current_process_system_id(&self, _sys_id: Out<'_, u32>) -> HRESULT {
        E_NOTIMPL
    }

    /// Finds the debugger's id of the current process. A session numbers its processes from 0 on.
    fn get_current_process_id(&self, _id: Out<'_, u32>) -> HRESULT {
        E_NOTIMPL
    }

    /// Makes a process the current one, by its debugger's id.
    fn set_current_process_id(&self, _id: u32) -> HRESULT {
        E_NOTIMPL
    }

    /// Lists processes of the session: the debugger's ids and the system's ids of `count` processes from index `start` on.
    fn get_process_ids_by_index(
        &self,
        _start: u32,
        _count: u32,
        _ids: Out<'_, Vec<u32>>,
        _sys_ids: Out<'_, Vec<u32>>,
    ) -> HRESULT {
        E_NOTIMPL
    }

    /// Finds the debugger's id of a process of the session, by its system's id.
    fn get_process_id_by_system_id(&self, _sys_id: u32, _id: Out<'_, u32>) -> HRESULT {
        E_NOTIMPL
    }

    /// Finds the last event of the session.
    fn get_last_event_information(&self, _event: Out<'_, LastEvent>) -> HRESULT {
        E_NOTIMPL
    }

    /// Finds the event callbacks of this client object. S_OK and nothing written means that it has none.
    fn get_event_callbacks(&self, _callbacks: Out<'_, Arc<dyn EventCallbacks>>) -> HRESULT {
        E_NOTIMPL
    }

    /// Sets the event callbacks of this client object, which holds the reference until they are replaced. `None`, a null
    /// pointer, removes them.
    fn set_event_callbacks(&self, _callbacks: Option<Arc<dyn EventCallbacks>>) -> HRESULT {
        E_NOTIMPL
    }

    /// Finds the output callbacks, as [`get_event_callbacks`](DebugClient::get_event_callbacks) does.
    fn get_output_callbacks(&self, _callbacks: Out<'_, Arc<dyn OutputCallbacks>>) -> HRESULT {
        E_NOTIMPL
    }

    /// Sets the output callbacks, as [`set_event_callbacks`](DebugClient::set_event_callbacks) does.
    fn set_output_callbacks(&self, _callbacks: Option<Arc<dyn OutputCallbacks>>) -> HRESULT {
        E_NOTIMPL
    }

    /// Finds the input callbacks, as [`get_event_callbacks`](DebugClient::get_event_callbacks) does.
    fn get_input_callbacks(&self, _callbacks: Out<'_, Arc<dyn InputCallbacks>>) -> HRESULT {
        E_NOTIMPL
    }

    /// Sets the input callbacks, as [`set_event_callbacks`](DebugClient::set_event_callbacks) does.
    fn set_input_callbacks(&self, _callbacks: Option<Arc<dyn InputCallbacks>>) -> HRESULT {
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
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an engine",
    label = "not an `Engine`",
    note = "a lab makes one: `lab.engine()`; a library is one by `com::Library`"
)]
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

    /// Saves the state of the engine and of everything that its calls can change, in other processes as well. Returns a
    /// function that brings that state back, as often as it is called. `None` if the engine cannot do that.
    ///
    /// With it, programs that begin alike share their beginning, which is then run once. Client objects stay valid: between a
    /// checkpoint and the return to it, the kit makes and releases none, and starts and ends no process.
    fn checkpoint(&self) -> Option<Box<dyn Fn()>> {
        None
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
