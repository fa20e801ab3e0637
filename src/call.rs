//! Calls and outcomes as values.
//!
//! A [`Call`] and an [`Outcome`] are data for what a method of [`DebugClient`](crate::DebugClient) does with arguments and
//! out pointers. Programs, traces, the model and reports work with them. [`dispatch`](crate::dispatch) makes a call on a
//! client object, and [`ByCall`](crate::ByCall) is the way back.

#[cfg(feature = "kit")]
mod attach;
mod outcome;

use crate::flags::{
    AttachFlags, CreateFlags, CreateProcessOptions, DescriptionFlags, EndSessionFlags, EngCreateFlags, GetProcessFlags,
    ServersFlags,
};
use crate::interface::Interface;
use crate::method::{Method, methods};
use crate::process::description_flags;
use crate::profile::Profile;

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
    /// A method of the interface outside the process-server surface, with its arguments as JSON. No requirement is about
    /// it.
    OtherMethod {
        /// The documented name of the method.
        method: &'static str,
        /// The arguments as JSON.
        arguments: S,
    },
}

/// The parameters that CreateProcess2 and CreateProcessAndAttach2 have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CreateProcess2<S = String> {
    /// The handle of the process server, or 0 for the local computer.
    pub server: u64,
    /// The command line.
    pub command_line: Option<S>,
    /// The options; `None` is a null pointer.
    pub options: Option<CreateProcessOptions>,
    /// The size of the options in bytes; a valid one is [`CreateProcessOptions::SIZE`].
    pub options_buffer_size: u32,
    /// The directory in which the process starts; `None` is the engine's own.
    pub initial_directory: Option<S>,
    /// The environment: `name=value` items, each closed by a NUL (STR-10).
    pub environment: Option<S>,
}

impl<S> CreateProcess2<S> {
    /// Makes the parameters of a call that has no options but these flags.
    pub(crate) fn by_flags(server: u64, command_line: Option<S>, create_flags: CreateFlags) -> CreateProcess2<S> {
        let options = Some(CreateProcessOptions { create_flags, ..CreateProcessOptions::default() });
        let options_buffer_size = CreateProcessOptions::SIZE;
        CreateProcess2 {
            server,
            command_line,
            options,
            options_buffer_size,
            initial_directory: None,
            environment: None,
        }
    }

    /// Returns whether the options are valid: an engine can use them as they are (Q-58, OBS-61).
    pub fn is_sound(&self) -> bool {
        let sound =
            |options: CreateProcessOptions| options.reserved == 0 && options.eng_create_flags.unnamed().is_empty();
        self.options_buffer_size == CreateProcessOptions::SIZE && self.options.is_some_and(sound)
    }

    /// Returns whether the created process is debugged (CRE-3).
    pub(crate) fn debugs(&self) -> bool {
        self.options.is_some_and(|options| is_debug(options.create_flags))
    }

    /// Returns whether an environment for a new process comes with a flag with which the real engine does not implement it:
    /// CREATE_UNICODE_ENVIRONMENT, as Win32 calls the bit (OBS-76), or verifier flags (OBS-216).
    pub(crate) fn passes_flagged_environment(&self) -> bool {
        let is_flagged = |options: CreateProcessOptions| {
            options.create_flags.contains(CreateFlags::NO_DEBUG_HEAP)
                || options.eng_create_flags.contains(EngCreateFlags::USE_VERIFIER_FLAGS)
        };
        self.command_line.is_some() && self.environment.is_some() && self.options.is_some_and(is_flagged)
    }

    /// Returns whether the engine's own command line is asked for. Only a Request sets one, and nobody here makes that
    /// (CRE-16).
    pub fn takes_implicit_line(&self) -> bool {
        let implicit = EngCreateFlags::USE_IMPLICIT_COMMAND_LINE;
        self.options.is_some_and(|options| options.eng_create_flags.contains(implicit))
    }
}

/// Returns whether a process that is created with these flags is debugged (CRE-3).
pub(crate) fn is_debug(flags: CreateFlags) -> bool {
    flags.intersects(CreateFlags::DEBUG_PROCESS | CreateFlags::DEBUG_ONLY_THIS_PROCESS)
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

/// Takes a parameter if it is of the kind that is sought.
macro_rules! of_kind {
    (handle in $parameter:ident: handle) => {
        Some($parameter)
    };
    (process in $parameter:ident: process) => {
        Some($parameter)
    };
    (timeout in $parameter:ident: timeout) => {
        Some($parameter)
    };
    ($sought:ident in $parameter:ident: $kind:tt) => {{
        let _ = $parameter;
        None
    }};
}

/// Finds the parameter of the kind that is sought, if the call has one.
macro_rules! find {
    ($sought:ident in $call:ident: $($Name:ident { $($parameter:ident: $kind:tt),* })*) => {
        match $call {
            $(call!($Name { $($parameter),* }) => None$(.or(of_kind!($sought in $parameter: $kind)))*,)*
            Call::OtherMethod { .. } => None,
        }
    };
}

/// A parameter with a string of its own.
macro_rules! owned {
    ($text:ident: text) => {
        $text.as_ref().map(|text| text.as_ref().to_owned())
    };
    ($text:ident: optional) => {
        $text.as_ref().map(|text| text.as_ref().to_owned())
    };
    ($interface:ident: interface) => {
        $interface.clone()
    };
    ($value:ident: $kind:tt) => {
        *$value
    };
}

macro_rules! members {
    ($($since:literal $(/ $wide:literal)? $Name:ident = $name:ident(
        $($parameter:ident $Parameter:ident: $kind:tt),*
    );)*) => {
        impl<S> Call<S> {
            /// Returns the method that is called.
            pub fn method(&self) -> Method {
                match self {
                    $(Call::$Name { .. } => Method::$Name,)*
                    Call::OtherMethod { method, .. } => Method::Other(method),
                }
            }

            /// Returns the server handle that the call names, if it takes one.
            pub fn server(&self) -> Option<u64> {
                find!(handle in self: $($Name { $($parameter: $kind),* })*).copied()
            }

            /// Replaces the server handle, if the call takes one.
            pub fn set_server(&mut self, handle: u64) {
                if let Some(server) = find!(handle in self: $($Name { $($parameter: $kind),* })*) {
                    *server = handle;
                }
            }

            /// Returns the id of the process that the call names, if it names one.
            pub fn process_id(&self) -> Option<u32> {
                find!(process in self: $($Name { $($parameter: $kind),* })*).copied()
            }

            /// Replaces the process id, if the call takes one and it is not 0.
            pub fn set_process_id(&mut self, id: u32) {
                let own = find!(process in self: $($Name { $($parameter: $kind),* })*);
                if let Some(own) = own.filter(|own| **own != 0) {
                    *own = id;
                }
            }

            /// Returns the longest wait in milliseconds, if the call waits.
            pub fn timeout(&self) -> Option<u32> {
                find!(timeout in self: $($Name { $($parameter: $kind),* })*).copied()
            }

            /// Shortens the wait to at most `longest` milliseconds, if the call is one.
            pub fn shorten_wait(&mut self, longest: u32) {
                if let Some(timeout) = find!(timeout in self: $($Name { $($parameter: $kind),* })*) {
                    *timeout = longest.min(*timeout);
                }
            }
        }

        impl<S: AsRef<str>> Call<S> {
            /// Returns the same call with strings of its own.
            pub fn owned(&self) -> Call {
                match self {
                    $(call!($Name { $($parameter),* }) => {
                        $(let $parameter = owned!($parameter: $kind);)*
                        call!($Name { $($parameter),* })
                    })*
                    Call::OtherMethod { method, arguments } => {
                        Call::OtherMethod { method, arguments: arguments.as_ref().to_owned() }
                    }
                }
            }
        }
    };
}

methods!(all => members);

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
