//! The methods of the surface, each written once: those of process servers, then those of the session.
//!
//! [`methods!`] is the one table of them. It passes its lines to the macro named in its argument, which generates
//! what it needs: the names here, the members of a [`Call`](crate::Call), the way from a call to a client object and
//! back, the parameters in a trace. The trait [`DebugClient`](crate::DebugClient) and the enum `Call` are written by hand,
//! to be easy to read. No test compares them with the table, because the compiler does: a line without its trait method or
//! variant, or a variant without its line, does not compile. A trait method without a line returns E_NOTIMPL through `ByCall`.

use std::fmt;
use std::str::FromStr;

use crate::sentence::debug_as_display;
use crate::suggestion::did_you_mean;

/// Passes the table to the macro `$take`: every method (`all =>`), or those without the methods that make and release client
/// objects (`answered =>`).
///
/// A line has the version of the method's interface that introduced the method and, if there is one, the version that
/// introduced its Wide twin (VER-7, VER-8); its documented name; its name in Rust; and its parameters in documented order. A parameter has
/// its name in Rust, its documented name, and its kind:
///
/// - `interface`: the interface that is asked for.
/// - `handle`: the handle of a process server.
/// - `text`: a string, or null. `optional`: the same, but a trace may leave it out.
/// - `number`: 32 bits. `process`: the id of a process. `timeout`: milliseconds, or INFINITE. `(flags T)`: a set of flags.
/// - `reserved`: a pointer that has to be null.
/// - `options`: a DEBUG_CREATE_PROCESS_OPTIONS, or null. `options_size`: its size, which a trace may leave out.
/// - `(out T)`: a pointer to an output, or null.
macro_rules! methods {
    (all => $take:ident) => {
        $crate::method::methods! { answered => $take
            1 DebugCreate = debug_create(interface Interface: interface);
            1 QueryInterface = query_interface(interface Interface: interface);
            1 CreateClient = create_client();
            1 Release = release();
        }
    };
    (answered => $take:ident $($first:tt)*) => {
        $take! { $($first)*
            1 EndSession = end_session(flags Flags: (flags EndSessionFlags));
            1 / 5 StartServer = start_server(options Options: text);
            1 / 5 StartProcessServer = start_process_server(
                flags Flags: number, options Options: text, reserved Reserved: reserved
            );
            1 / 5 ConnectProcessServer = connect_process_server(
                remote_options RemoteOptions: text, server Server: (out u64)
            );
            1 DisconnectProcessServer = disconnect_process_server(server Server: handle);
            2 EndProcessServer = end_process_server(server Server: handle);
            2 WaitForProcessServerEnd = wait_for_process_server_end(timeout Timeout: timeout);
            1 GetRunningProcessSystemIds = get_running_process_system_ids(
                server Server: handle, ids Ids: (out Vec<u32>), count Count: number, actual_count ActualCount: (out u32)
            );
            1 / 3 GetRunningProcessSystemIdByExecutableName = get_running_process_system_id_by_executable_name(
                server Server: handle, exe_name ExeName: text, flags Flags: (flags GetProcessFlags), id Id: (out u32)
            );
            1 / 3 GetRunningProcessDescription = get_running_process_description(
                server Server: handle, system_id SystemId: process, flags Flags: (flags DescriptionFlags),
                exe_name ExeName: (out String), exe_name_size ExeNameSize: number,
                actual_exe_name_size ActualExeNameSize: (out u32), description Description: (out String),
                description_size DescriptionSize: number, actual_description_size ActualDescriptionSize: (out u32)
            );
            1 AttachProcess = attach_process(
                server Server: handle, process_id ProcessId: process, attach_flags AttachFlags: (flags AttachFlags)
            );
            1 / 3 CreateProcess = create_process(
                server Server: handle, command_line CommandLine: text, create_flags CreateFlags: (flags CreateFlags)
            );
            5 / 5 CreateProcess2 = create_process2(
                server Server: handle, command_line CommandLine: text, options OptionsBuffer: options,
                options_buffer_size OptionsBufferSize: options_size, initial_directory InitialDirectory: optional,
                environment Environment: optional
            );
            1 / 3 CreateProcessAndAttach = create_process_and_attach(
                server Server: handle, command_line CommandLine: text, create_flags CreateFlags: (flags CreateFlags),
                process_id ProcessId: process, attach_flags AttachFlags: (flags AttachFlags)
            );
            5 / 5 CreateProcessAndAttach2 = create_process_and_attach2(
                server Server: handle, command_line CommandLine: text, options OptionsBuffer: options,
                options_buffer_size OptionsBufferSize: options_size, initial_directory InitialDirectory: optional,
                environment Environment: optional, process_id ProcessId: process,
                attach_flags AttachFlags: (flags AttachFlags)
            );
            1 / 5 OutputServers = output_servers(
                output_control OutputControl: number, machine Machine: text, flags Flags: (flags ServersFlags)
            );
            1 TerminateProcesses = terminate_processes();
            1 DetachProcesses = detach_processes();
            1 GetExitCode = get_exit_code(code Code: (out u32));
            1 DispatchCallbacks = dispatch_callbacks(timeout Timeout: timeout);
            1 ExitDispatch = exit_dispatch();
            1 GetOutputMask = get_output_mask(mask Mask: (out u32));
            1 SetOutputMask = set_output_mask(mask Mask: (flags OutputMask));
            1 FlushCallbacks = flush_callbacks();
            2 TerminateCurrentProcess = terminate_current_process();
            2 DetachCurrentProcess = detach_current_process();
            2 AbandonCurrentProcess = abandon_current_process();
            1 GetInterrupt = get_interrupt();
            1 SetInterrupt = set_interrupt(flags Flags: (flags InterruptFlags));
            1 GetDebuggeeType = get_debuggee_type(class Class: (out u32), qualifier Qualifier: (out u32));
            1 GetExecutionStatus = get_execution_status(status Status: (out u32));
            1 SetExecutionStatus = set_execution_status(status Status: (flags ExecutionStatus));
            1 GetEngineOptions = get_engine_options(options Options: (out u32));
            1 AddEngineOptions = add_engine_options(options Options: (flags EngineOptions));
            1 RemoveEngineOptions = remove_engine_options(options Options: (flags EngineOptions));
            1 SetEngineOptions = set_engine_options(options Options: (flags EngineOptions));
            1 / 4 Execute = execute(
                output_control OutputControl: number, command Command: text, flags Flags: (flags ExecuteFlags)
            );
            1 WaitForEvent = wait_for_event(flags Flags: number, timeout Timeout: timeout);
            1 GetNumberProcesses = get_number_processes(number Number: (out u32));
            1 GetCurrentProcessSystemId = get_current_process_system_id(sys_id SysId: (out u32));
            1 GetCurrentProcessId = get_current_process_id(id Id: (out u32));
            1 SetCurrentProcessId = set_current_process_id(id Id: number);
            1 GetProcessIdsByIndex = get_process_ids_by_index(
                start Start: number, count Count: number, ids Ids: (out Vec<u32>), sys_ids SysIds: (out Vec<u32>)
            );
            1 GetProcessIdBySystemId = get_process_id_by_system_id(sys_id SysId: process, id Id: (out u32));
        }
    };
}

pub(crate) use methods;

/// The type of a parameter of this kind in a method of [`DebugClient`](crate::DebugClient).
macro_rules! parameter {
    (interface) => { &$crate::interface::Interface };
    (handle) => { u64 };
    (text) => { Option<&str> };
    (optional) => { Option<&str> };
    ((flags $flags:ident)) => { $crate::flags::$flags };
    (reserved) => { u64 };
    (options) => { Option<&$crate::flags::CreateProcessOptions> };
    ((out $type:ty)) => { $crate::client::Out<'_, $type> };
    ($number:ident) => { u32 };
}

pub(crate) use parameter;

macro_rules! wide_since {
    () => {
        None
    };
    ($version:literal) => {
        Some($version)
    };
}

macro_rules! method_enum {
    ($($since:literal $(/ $wide:literal)? $Name:ident = $name:ident($($parameters:tt)*);)*) => {
        /// A method of the surface, by its documented name without `Wide`.
        ///
        /// ```
        /// use dbgeng_testkit::Method;
        ///
        /// let method: Method = "EndProcessServer".parse()?;
        /// assert_eq!((method, method.since()), (Method::EndProcessServer, 2));
        /// assert!(Method::ALL.contains(&method));
        /// # Ok::<(), dbgeng_testkit::UnknownMethod>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Method {
            $(
                #[doc = concat!("The method `", stringify!($name), "`.")]
                $Name,
            )*
            /// A method outside the surface. A trace may have calls of it; no requirement is about it.
            Other(&'static str),
        }

        impl Method {
            /// Every method of the surface, in the order in which the table has them.
            pub const ALL: &[Method] = &[$(Method::$Name),*];

            /// Returns the documented name, without `Wide`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Method::$Name => stringify!($Name),)*
                    Method::Other(name) => name,
                }
            }

            /// Returns the version of its interface, such as `IDebugClient`, that introduced the method (VER-7, VER-8); for one
            /// outside the surface, 1.
            pub const fn since(self) -> u8 {
                match self {
                    $(Method::$Name => $since,)*
                    Method::Other(_) => 1,
                }
            }

            /// Returns the version of its interface that introduced the Wide twin, if the method has one (VER-8).
            pub const fn wide_since(self) -> Option<u8> {
                match self {
                    $(Method::$Name => wide_since!($($wide)?),)*
                    Method::Other(_) => None,
                }
            }
        }

        impl FromStr for Method {
            type Err = UnknownMethod;

            fn from_str(name: &str) -> Result<Method, UnknownMethod> {
                match name {
                    $(stringify!($Name) => Ok(Method::$Name),)*
                    _ => Err(UnknownMethod(name.to_owned())),
                }
            }
        }
    };
}

methods!(all => method_enum);

impl Method {
    /// Returns whether the method makes or releases client objects, or brings one to another interface.
    pub const fn manages_clients(self) -> bool {
        matches!(self, Method::DebugCreate | Method::QueryInterface | Method::CreateClient | Method::Release)
    }

    /// Returns whether any thread may call the method on any client object (CLI-4).
    pub(crate) const fn is_for_any_thread(self) -> bool {
        matches!(self, Method::ExitDispatch | Method::GetInterrupt | Method::SetInterrupt)
    }

    /// Returns whether the method is one of the session's: those that a debugger needs besides process servers.
    pub fn is_of_the_session(self) -> bool {
        (Method::TerminateProcesses..=Method::GetProcessIdBySystemId).contains(&self)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The error for a name that is not a method of the surface.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "no method is called {0:?}: expected one of {names}{meant}",
    names = Method::ALL.iter().map(|method| method.name()).collect::<Vec<_>>().join(", "),
    meant = did_you_mean(.0, Method::ALL.iter().map(|method| method.name()))
)]
pub struct UnknownMethod(String);

debug_as_display!(UnknownMethod);
