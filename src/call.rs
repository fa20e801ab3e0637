//! Calls and outcomes as values.
//!
//! A [`Call`] and an [`Outcome`] are data for what a method of [`DebugClient`](crate::DebugClient) does with arguments and
//! out pointers. Programs, traces, the model and reports work with them. [`dispatch`](crate::dispatch) makes a call on a
//! client object, and [`ByCall`](crate::ByCall) is the way back.

use std::fmt;

use crate::flags::{
    AttachFlags, CreateFlags, CreateProcessOptions, DescriptionFlags, EndSessionFlags, EngCreateFlags, GetProcessFlags,
    ServersFlags,
};
use crate::hresult::HRESULT;
use crate::interface::Interface;
use crate::method::{Method, methods};
use crate::process::DESCRIPTION_PARTS;

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
    DebugCreate {
        interface: Interface,
    },
    QueryInterface {
        interface: Interface,
    },
    Release,
    CreateClient,
    EndSession {
        flags: EndSessionFlags,
    },
    /// Starts a *debugging* server, which no process-server connect may reach (REL-5).
    StartServer {
        options: Option<S>,
    },
    StartProcessServer {
        flags: u32,
        options: Option<S>,
        reserved: u64,
    },
    ConnectProcessServer {
        remote_options: Option<S>,
        server: Pointer,
    },
    DisconnectProcessServer {
        server: u64,
    },
    EndProcessServer {
        server: u64,
    },
    /// `timeout` is in milliseconds; [`INFINITE`](crate::flags::INFINITE) waits until a server has ended.
    WaitForProcessServerEnd {
        timeout: u32,
    },
    GetRunningProcessSystemIds {
        server: u64,
        ids: Pointer,
        count: u32,
        actual_count: Pointer,
    },
    GetRunningProcessSystemIdByExecutableName {
        server: u64,
        exe_name: Option<S>,
        flags: GetProcessFlags,
        id: Pointer,
    },
    GetRunningProcessDescription {
        server: u64,
        system_id: u32,
        flags: DescriptionFlags,
        exe_name: Pointer,
        exe_name_size: u32,
        actual_exe_name_size: Pointer,
        description: Pointer,
        description_size: u32,
        actual_description_size: Pointer,
    },
    AttachProcess {
        server: u64,
        process_id: u32,
        attach_flags: AttachFlags,
    },
    CreateProcess {
        server: u64,
        command_line: Option<S>,
        create_flags: CreateFlags,
    },
    CreateProcess2(CreateProcess2<S>),
    CreateProcessAndAttach {
        server: u64,
        command_line: Option<S>,
        create_flags: CreateFlags,
        process_id: u32,
        attach_flags: AttachFlags,
    },
    CreateProcessAndAttach2 {
        create: CreateProcess2<S>,
        process_id: u32,
        attach_flags: AttachFlags,
    },
    OutputServers {
        output_control: u32,
        machine: Option<S>,
        flags: ServersFlags,
    },
    /// A method of the interface outside the process-server surface, with its arguments as JSON. No requirement is about
    /// it.
    OtherMethod {
        method: &'static str,
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
    /// Returns whether the options are valid: an engine can use them as they are (Q-58, OBS-61).
    pub fn is_sound(&self) -> bool {
        is_sound(self.options.as_ref(), self.options_buffer_size)
    }

    /// Returns whether the engine's own command line is asked for. Only a Request sets one, and nobody here makes that
    /// (CRE-16).
    pub fn takes_implicit_line(&self) -> bool {
        let implicit = EngCreateFlags::USE_IMPLICIT_COMMAND_LINE;
        self.options.is_some_and(|options| options.eng_create_flags.contains(implicit))
    }
}

/// Returns whether options of this size are valid: an engine can use them as they are (Q-58, OBS-61).
pub(crate) fn is_sound(options: Option<&CreateProcessOptions>, size: u32) -> bool {
    let sound = |options: &CreateProcessOptions| options.reserved == 0 && options.eng_create_flags.unnamed().is_empty();
    size == CreateProcessOptions::SIZE && options.is_some_and(sound)
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
                let server: Option<&u64> = match self {
                    $(call!($Name { $($parameter),* }) => None$(.or(of_kind!(handle in $parameter: $kind)))*,)*
                    Call::OtherMethod { .. } => None,
                };
                server.copied()
            }

            /// Replaces the server handle, if the call takes one.
            pub fn set_server(&mut self, handle: u64) {
                let server: Option<&mut u64> = match self {
                    $(call!($Name { $($parameter),* }) => None$(.or(of_kind!(handle in $parameter: $kind)))*,)*
                    Call::OtherMethod { .. } => None,
                };
                if let Some(server) = server {
                    *server = handle;
                }
            }

            /// Returns the id of the process that the call names, if it names one.
            pub fn process_id(&self) -> Option<u32> {
                let id: Option<&u32> = match self {
                    $(call!($Name { $($parameter),* }) => None$(.or(of_kind!(process in $parameter: $kind)))*,)*
                    Call::OtherMethod { .. } => None,
                };
                id.copied()
            }

            /// Replaces the process id, if the call takes one and it is not 0.
            pub fn set_process_id(&mut self, id: u32) {
                let own: Option<&mut u32> = match self {
                    $(call!($Name { $($parameter),* }) => None$(.or(of_kind!(process in $parameter: $kind)))*,)*
                    Call::OtherMethod { .. } => None,
                };
                if let Some(own) = own.filter(|own| **own != 0) {
                    *own = id;
                }
            }

            /// Shortens the wait to at most `longest` milliseconds, if the call is one.
            pub fn shorten_wait(&mut self, longest: u32) {
                let timeout: Option<&mut u32> = match self {
                    $(call!($Name { $($parameter),* }) => None$(.or(of_kind!(timeout in $parameter: $kind)))*,)*
                    Call::OtherMethod { .. } => None,
                };
                if let Some(timeout) = timeout {
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
    /// Returns the version of `IDebugClient` that brought the method (VER-7, VER-8).
    pub fn since(&self) -> u8 {
        self.method().since()
    }

    /// Returns whether the engine looks at the handle. It checks flags and sizes first, and refuses the call if they are
    /// invalid (OBS-54, OBS-59, OBS-61).
    pub fn reaches_a_server(&self) -> bool {
        let attaches = |line: &Option<S>, process_id: u32, attach_flags: AttachFlags| {
            (line.is_some() || process_id != 0) && attach_flags.is_legal_combination()
        };
        match self {
            Call::GetRunningProcessSystemIdByExecutableName { flags, .. } => flags.unnamed().is_empty(),
            Call::GetRunningProcessDescription { flags, .. } => DESCRIPTION_PARTS.contains(*flags),
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

    /// Returns whether the call, if it succeeds, starts to debug a process through its handle (OBS-58, OBS-60).
    pub fn debugs(&self) -> bool {
        match self {
            Call::AttachProcess { .. } | Call::CreateProcessAndAttach { .. } | Call::CreateProcessAndAttach2 { .. } => {
                true
            }
            Call::CreateProcess { create_flags, .. } => is_debug(*create_flags),
            Call::CreateProcess2(create) => create.options.is_some_and(|options| is_debug(options.create_flags)),
            _ => false,
        }
    }
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    /// It returned this HRESULT, kept raw.
    Returned(HRESULT),
    /// It returned a reference count (`Release`).
    References(u32),
    /// The process crashed in it.
    Crashed,
    /// It had not returned when the harness stopped waiting.
    TimedOut,
}

/// The outputs of a call. `None` is an output that the call did not write, or for which a null pointer was passed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Outputs {
    /// The handle that ConnectProcessServer issued.
    pub server: Option<u64>,
    /// The number of the client object that CreateClient made, in its process.
    pub client: Option<u32>,
    /// The id of the process that was found.
    pub id: Option<u32>,
    /// The number of running processes.
    pub actual_count: Option<u32>,
    /// The ids that were written.
    pub ids: Option<Vec<u32>>,
    /// The size of the executable name in characters, with the closing NUL.
    pub actual_exe_name_size: Option<u32>,
    /// The size of the description in characters, with the closing NUL.
    pub actual_description_size: Option<u32>,
    /// The executable name, without the closing NUL.
    pub exe_name: Option<String>,
    /// The description, without the closing NUL.
    pub description: Option<String>,
    /// The outputs of a method outside the surface, as JSON.
    pub other: Option<String>,
}

impl Outputs {
    /// Returns the strings that were written together with their actual sizes.
    pub fn sizes(&self) -> impl Iterator<Item = (&str, u32)> {
        let exe_name = self.exe_name.as_deref().zip(self.actual_exe_name_size);
        exe_name.into_iter().chain(self.description.as_deref().zip(self.actual_description_size))
    }
}

impl fmt::Display for Outputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |name: &str, value: Option<u32>| value.map(|value| format!("{name} {value}"));
        let string = |name: &str, value: &Option<String>| value.as_ref().map(|value| format!("{name} {value:?}"));
        let written = [
            self.server.map(|server| format!("Server {server:#x}")),
            number("Client", self.client),
            number("Id", self.id),
            number("ActualCount", self.actual_count),
            self.ids.as_ref().map(|ids| format!("Ids {ids:?}")),
            number("ActualExeNameSize", self.actual_exe_name_size),
            number("ActualDescriptionSize", self.actual_description_size),
            string("ExeName", &self.exe_name),
            string("Description", &self.description),
            self.other.clone(),
        ];
        let written: Vec<String> = written.into_iter().flatten().collect();
        if written.is_empty() { f.write_str("nothing written") } else { f.write_str(&written.join(", ")) }
    }
}

/// The result of a call, as its caller saw it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Outcome {
    /// How the call ended.
    pub ending: Ending,
    /// The outputs that it wrote.
    pub out: Outputs,
}

impl Outcome {
    /// Makes the outcome of a call that returned `hresult` and wrote nothing.
    pub fn returned(hresult: HRESULT) -> Outcome {
        Outcome { ending: Ending::Returned(hresult), out: Outputs::default() }
    }

    /// Returns the HRESULT, if the call returned one.
    pub fn hresult(&self) -> Option<HRESULT> {
        match self.ending {
            Ending::Returned(hresult) => Some(hresult),
            _ => None,
        }
    }

    /// Returns `true` if the call returned a success code; S_FALSE is one.
    pub fn succeeded(&self) -> bool {
        self.hresult().is_some_and(|hresult| hresult.is_ok())
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
