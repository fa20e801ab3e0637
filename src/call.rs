//! Calls and outcomes as values.
//!
//! A [`Call`] and an [`Outcome`] are data for what a method of [`DebugClient`](crate::DebugClient) does with arguments and
//! out pointers. Programs, traces, the model and reports work with them. [`dispatch`](crate::dispatch) makes a call on a
//! client object, and [`ByCall`](crate::ByCall) is the way back.

#[cfg(feature = "kit")]
mod attach;
mod create;
mod members;
mod outcome;

use crate::flags::{
    AttachFlags, CreateFlags, DescriptionFlags, EndSessionFlags, EngineOptions, ExecuteFlags, ExecutionStatus,
    GetProcessFlags, InterruptFlags, OutputMask, ServersFlags,
};
use crate::interface::Interface;
use crate::process::description_flags;
use crate::profile::Profile;

pub use create::CreateProcess2;
pub(crate) use create::is_debug;
pub use outcome::{Ending, Outcome, Outputs};

/// Whether the caller passed a pointer for an output, or null.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Pointer {
    /// A valid pointer.
    #[default]
    Given,
    /// A null pointer.
    Null,
}

impl Pointer {
    /// Returns `true` for [`Pointer::Null`].
    pub fn is_null(self) -> bool {
        self == Pointer::Null
    }
}

/// One call with its arguments, under their documented names.
///
/// `None` for a string or a structure is a null pointer. Handles are raw, so a call can name any value. The strings belong
/// to the call, or they are `&str` where a call is made and answered at once; [`Call::owned`] copies those.
///
/// Each variant is the method of that name. Its parameters are described at the method of
/// [`DebugClient`](crate::DebugClient).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Call<S = String> {
    /// Calls [`Engine::debug_create`](crate::Engine::debug_create).
    DebugCreate {
        /// The interface that is asked for.
        interface: Interface,
    },
    /// Calls [`DebugClient::query_interface`](crate::DebugClient::query_interface).
    QueryInterface {
        /// The interface that is asked for.
        interface: Interface,
    },
    /// Calls [`DebugClient::release`](crate::DebugClient::release).
    Release,
    /// Calls [`DebugClient::create_client`](crate::DebugClient::create_client).
    CreateClient,
    /// Calls [`DebugClient::end_session`](crate::DebugClient::end_session).
    EndSession {
        /// The flags.
        flags: EndSessionFlags,
    },
    /// Starts a *debugging* server, which no process-server connect may reach (REL-5).
    StartServer {
        /// The connection string of the server.
        options: Option<S>,
    },
    /// Calls [`DebugClient::start_process_server`](crate::DebugClient::start_process_server).
    StartProcessServer {
        /// The class of targets.
        flags: u32,
        /// The connection string of the server.
        options: Option<S>,
        /// A pointer that has to be null.
        reserved: u64,
    },
    /// Calls [`DebugClient::connect_process_server`](crate::DebugClient::connect_process_server).
    ConnectProcessServer {
        /// The connection string.
        remote_options: Option<S>,
        /// Whether there is a pointer for the handle.
        server: Pointer,
    },
    /// Calls [`DebugClient::disconnect_process_server`](crate::DebugClient::disconnect_process_server).
    DisconnectProcessServer {
        /// The server handle.
        server: u64,
    },
    /// Calls [`DebugClient::end_process_server`](crate::DebugClient::end_process_server).
    EndProcessServer {
        /// The server handle.
        server: u64,
    },
    /// Calls [`DebugClient::wait_for_process_server_end`](crate::DebugClient::wait_for_process_server_end).
    WaitForProcessServerEnd {
        /// The longest wait in milliseconds; [`INFINITE`](crate::flags::INFINITE) waits until a server has ended.
        timeout: u32,
    },
    /// Calls [`DebugClient::get_running_process_system_ids`](crate::DebugClient::get_running_process_system_ids).
    GetRunningProcessSystemIds {
        /// The server handle.
        server: u64,
        /// Whether there is an array for the ids.
        ids: Pointer,
        /// The room in the array, in elements.
        count: u32,
        /// Whether there is a pointer for the number of processes.
        actual_count: Pointer,
    },
    /// Calls [`DebugClient::get_running_process_system_id_by_executable_name`](crate::DebugClient::get_running_process_system_id_by_executable_name).
    GetRunningProcessSystemIdByExecutableName {
        /// The server handle.
        server: u64,
        /// The executable name.
        exe_name: Option<S>,
        /// The flags.
        flags: GetProcessFlags,
        /// Whether there is a pointer for the id.
        id: Pointer,
    },
    /// Calls [`DebugClient::get_running_process_description`](crate::DebugClient::get_running_process_description).
    GetRunningProcessDescription {
        /// The server handle.
        server: u64,
        /// The id of the process.
        system_id: u32,
        /// The flags.
        flags: DescriptionFlags,
        /// Whether there is a buffer for the executable name.
        exe_name: Pointer,
        /// The size of that buffer in characters.
        exe_name_size: u32,
        /// Whether there is a pointer for the size of the name.
        actual_exe_name_size: Pointer,
        /// Whether there is a buffer for the description.
        description: Pointer,
        /// The size of that buffer in characters.
        description_size: u32,
        /// Whether there is a pointer for the size of the description.
        actual_description_size: Pointer,
    },
    /// Calls [`DebugClient::attach_process`](crate::DebugClient::attach_process).
    AttachProcess {
        /// The server handle.
        server: u64,
        /// The id of the process.
        process_id: u32,
        /// The flags of the attach.
        attach_flags: AttachFlags,
    },
    /// Calls [`DebugClient::create_process`](crate::DebugClient::create_process).
    CreateProcess {
        /// The server handle.
        server: u64,
        /// The command line.
        command_line: Option<S>,
        /// The flags of the creation.
        create_flags: CreateFlags,
    },
    /// Calls [`DebugClient::create_process2`](crate::DebugClient::create_process2).
    CreateProcess2(CreateProcess2<S>),
    /// Calls [`DebugClient::create_process_and_attach`](crate::DebugClient::create_process_and_attach).
    CreateProcessAndAttach {
        /// The server handle.
        server: u64,
        /// The command line.
        command_line: Option<S>,
        /// The flags of the creation.
        create_flags: CreateFlags,
        /// The id of the process.
        process_id: u32,
        /// The flags of the attach.
        attach_flags: AttachFlags,
    },
    /// Calls [`DebugClient::create_process_and_attach2`](crate::DebugClient::create_process_and_attach2).
    CreateProcessAndAttach2 {
        /// The parameters of the creation.
        create: CreateProcess2<S>,
        /// The id of the process.
        process_id: u32,
        /// The flags of the attach.
        attach_flags: AttachFlags,
    },
    /// Calls [`DebugClient::output_servers`](crate::DebugClient::output_servers).
    OutputServers {
        /// The control of the output.
        output_control: u32,
        /// The connection string of the computer.
        machine: Option<S>,
        /// The flags.
        flags: ServersFlags,
    },
    /// Calls [`DebugClient::terminate_processes`](crate::DebugClient::terminate_processes).
    TerminateProcesses,
    /// Calls [`DebugClient::detach_processes`](crate::DebugClient::detach_processes).
    DetachProcesses,
    /// Calls [`DebugClient::get_exit_code`](crate::DebugClient::get_exit_code).
    GetExitCode {
        /// Whether there is a pointer for the code.
        code: Pointer,
    },
    /// Calls [`DebugClient::dispatch_callbacks`](crate::DebugClient::dispatch_callbacks).
    DispatchCallbacks {
        /// The longest wait in milliseconds; [`INFINITE`](crate::flags::INFINITE) waits for ExitDispatch.
        timeout: u32,
    },
    /// Calls [`DebugClient::exit_dispatch`](crate::DebugClient::exit_dispatch).
    ExitDispatch,
    /// Calls [`DebugClient::get_output_mask`](crate::DebugClient::get_output_mask).
    GetOutputMask {
        /// Whether there is a pointer for the mask.
        mask: Pointer,
    },
    /// Calls [`DebugClient::set_output_mask`](crate::DebugClient::set_output_mask).
    SetOutputMask {
        /// The kinds of output that the output callbacks receive.
        mask: OutputMask,
    },
    /// Calls [`DebugClient::flush_callbacks`](crate::DebugClient::flush_callbacks).
    FlushCallbacks,
    /// Calls [`DebugClient::terminate_current_process`](crate::DebugClient::terminate_current_process).
    TerminateCurrentProcess,
    /// Calls [`DebugClient::detach_current_process`](crate::DebugClient::detach_current_process).
    DetachCurrentProcess,
    /// Calls [`DebugClient::abandon_current_process`](crate::DebugClient::abandon_current_process).
    AbandonCurrentProcess,
    /// Calls [`DebugClient::get_interrupt`](crate::DebugClient::get_interrupt).
    GetInterrupt,
    /// Calls [`DebugClient::set_interrupt`](crate::DebugClient::set_interrupt).
    SetInterrupt {
        /// How to break in.
        flags: InterruptFlags,
    },
    /// Calls [`DebugClient::get_debuggee_type`](crate::DebugClient::get_debuggee_type).
    GetDebuggeeType {
        /// Whether there is a pointer for the class.
        class: Pointer,
        /// Whether there is a pointer for the qualifier.
        qualifier: Pointer,
    },
    /// Calls [`DebugClient::get_execution_status`](crate::DebugClient::get_execution_status).
    GetExecutionStatus {
        /// Whether there is a pointer for the status.
        status: Pointer,
    },
    /// Calls [`DebugClient::set_execution_status`](crate::DebugClient::set_execution_status).
    SetExecutionStatus {
        /// The status.
        status: ExecutionStatus,
    },
    /// Calls [`DebugClient::get_engine_options`](crate::DebugClient::get_engine_options).
    GetEngineOptions {
        /// Whether there is a pointer for the options.
        options: Pointer,
    },
    /// Calls [`DebugClient::add_engine_options`](crate::DebugClient::add_engine_options).
    AddEngineOptions {
        /// The options to turn on.
        options: EngineOptions,
    },
    /// Calls [`DebugClient::remove_engine_options`](crate::DebugClient::remove_engine_options).
    RemoveEngineOptions {
        /// The options to turn off.
        options: EngineOptions,
    },
    /// Calls [`DebugClient::set_engine_options`](crate::DebugClient::set_engine_options).
    SetEngineOptions {
        /// The options.
        options: EngineOptions,
    },
    /// Calls [`DebugClient::execute`](crate::DebugClient::execute).
    Execute {
        /// The control of the output.
        output_control: u32,
        /// The command.
        command: Option<S>,
        /// The flags.
        flags: ExecuteFlags,
    },
    /// Calls [`DebugClient::wait_for_event`](crate::DebugClient::wait_for_event).
    WaitForEvent {
        /// The flags; 0 is the only value.
        flags: u32,
        /// The longest wait in milliseconds; [`INFINITE`](crate::flags::INFINITE) waits for an event.
        timeout: u32,
    },
    /// Calls [`DebugClient::get_number_processes`](crate::DebugClient::get_number_processes).
    GetNumberProcesses {
        /// Whether there is a pointer for the number.
        number: Pointer,
    },
    /// Calls [`DebugClient::get_current_process_system_id`](crate::DebugClient::get_current_process_system_id).
    GetCurrentProcessSystemId {
        /// Whether there is a pointer for the id.
        sys_id: Pointer,
    },
    /// Calls [`DebugClient::get_current_process_id`](crate::DebugClient::get_current_process_id).
    GetCurrentProcessId {
        /// Whether there is a pointer for the id.
        id: Pointer,
    },
    /// Calls [`DebugClient::set_current_process_id`](crate::DebugClient::set_current_process_id).
    SetCurrentProcessId {
        /// The debugger's id of the process.
        id: u32,
    },
    /// Calls [`DebugClient::get_process_ids_by_index`](crate::DebugClient::get_process_ids_by_index).
    GetProcessIdsByIndex {
        /// The index of the first process.
        start: u32,
        /// The number of processes, and of elements of both arrays.
        count: u32,
        /// Whether there is an array for the debugger's ids.
        ids: Pointer,
        /// Whether there is an array for the system's ids.
        sys_ids: Pointer,
    },
    /// Calls [`DebugClient::get_process_id_by_system_id`](crate::DebugClient::get_process_id_by_system_id).
    GetProcessIdBySystemId {
        /// The system's id of the process.
        sys_id: u32,
        /// Whether there is a pointer for the id.
        id: Pointer,
    },
    /// A method of the interface outside the surface, with its arguments as JSON. No requirement is about it.
    OtherMethod {
        /// The documented name of the method.
        method: &'static str,
        /// The arguments as JSON.
        arguments: S,
    },
}

/// A call by its parameters, as a pattern and as an expression. Two calls keep most of theirs in one structure.
macro_rules! call {
    (CreateProcess2 { $($create:ident),* }) => {
        $crate::call::Call::CreateProcess2($crate::call::CreateProcess2 { $($create),* })
    };
    (CreateProcessAndAttach2 {
        $server:ident, $line:ident, $options:ident, $size:ident, $directory:ident, $environment:ident,
        $process_id:ident, $attach_flags:ident
    }) => {
        $crate::call::Call::CreateProcessAndAttach2 {
            create: $crate::call::CreateProcess2 { $server, $line, $options, $size, $directory, $environment },
            $process_id,
            $attach_flags,
        }
    };
    ($Name:ident { $($parameter:ident),* }) => { $crate::call::Call::$Name { $($parameter),* } };
}

pub(crate) use call;

impl<S> Call<S> {
    /// Returns the version of `IDebugClient` that introduced the method (VER-7, VER-8).
    pub fn since(&self) -> u8 {
        self.method().since()
    }

    /// Returns whether S_OK and S_FALSE of a description do not tell whether ExeName was cut, besides a cut Description.
    ///
    /// For the local computer, the methods of the real engine differ in what they return for a buffer of size 0, and for a null
    /// ExeName with a size (OBS-74, OBS-223). With the architecture, the engine forgets that ExeName was cut (OBS-219).
    /// Elsewhere it is open what a buffer of size 0 means.
    #[cfg(feature = "kit")]
    pub(crate) fn has_open_status(&self, profile: Profile) -> bool {
        let Call::GetRunningProcessDescription {
            server,
            flags,
            exe_name,
            exe_name_size,
            description,
            description_size,
            ..
        } = self
        else {
            return false;
        };
        let is_unsized = |pointer: &Pointer, size: u32| !pointer.is_null() && size == 0;
        let is_odd = match profile.is_dbgeng() {
            true if *server != 0 => false,
            true => exe_name.is_null() != (*exe_name_size == 0) || is_unsized(description, *description_size),
            false => is_unsized(exe_name, *exe_name_size),
        };
        is_odd || flags.contains(DescriptionFlags::WITH_ARCHITECTURE)
    }

    /// Returns whether an engine looks at the handle. It checks flags and sizes first, and refuses the call if they are
    /// invalid (OBS-54, OBS-59, OBS-61).
    pub fn reaches_a_server(&self, profile: Profile) -> bool {
        let attaches = |line: &Option<S>, process_id: u32, attach_flags: AttachFlags| {
            (line.is_some() || process_id != 0) && attach_flags.is_legal_combination()
        };
        match self {
            Call::GetRunningProcessSystemIdByExecutableName { flags, .. } => flags.unnamed().is_empty(),
            Call::GetRunningProcessDescription { flags, .. } => description_flags(profile).contains(*flags),
            Call::AttachProcess { attach_flags, .. } => attach_flags.is_legal_combination(),
            Call::CreateProcess2(create) => create.is_sound(),
            Call::CreateProcessAndAttach { command_line, process_id, attach_flags, .. } => {
                attaches(command_line, *process_id, *attach_flags)
            }
            Call::CreateProcessAndAttach2 { create, process_id, attach_flags } => {
                create.is_sound() && attaches(&create.command_line, *process_id, *attach_flags)
            }
            _ => true,
        }
    }

    /// Whether the call is about the process servers of its own process.
    #[cfg(feature = "kit")]
    pub(crate) fn is_about_own_servers(&self) -> bool {
        matches!(self, Call::StartProcessServer { .. } | Call::WaitForProcessServerEnd { .. })
    }

    /// Returns whether the call, if it succeeds, starts to debug a process through its handle (OBS-58, OBS-60).
    pub fn debugs(&self) -> bool {
        match self {
            Call::AttachProcess { .. } | Call::CreateProcessAndAttach { .. } | Call::CreateProcessAndAttach2 { .. } => {
                true
            }
            Call::CreateProcess { create_flags, .. } => is_debug(*create_flags),
            Call::CreateProcess2(create) => create.debugs(),
            _ => false,
        }
    }
}

/// The caller of a call: a thread of a process, on a client object of that process.
///
/// Processes are numbered in the order in which a run or a trace names them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Caller {
    /// The number of the process.
    pub process: u32,
    /// The number of the thread in the process; 0 is the main thread.
    pub thread: u32,
    /// The number of the client object in the process, from 0.
    pub client: u32,
}
