//! The members of a call that its parameters make, by the table of methods.

use super::{Call, call};
use crate::flags::AttachFlags;
use crate::method::{Method, methods};

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
    /// Returns the server, the id of the process and the flags, if the call attaches to a running process.
    pub(crate) fn attach(&self) -> Option<(u64, u32, AttachFlags)> {
        let (Call::AttachProcess { attach_flags, .. }
        | Call::CreateProcessAndAttach { attach_flags, .. }
        | Call::CreateProcessAndAttach2 { attach_flags, .. }) = self
        else {
            return None;
        };
        let id = self.process_id().filter(|id| *id != 0)?;
        Some((self.server()?, id, *attach_flags))
    }

    /// Returns the given command line of a call that creates a process.
    pub(crate) fn command_line(&self) -> Option<&S> {
        match self {
            Call::CreateProcess { command_line, .. } | Call::CreateProcessAndAttach { command_line, .. } => {
                command_line.as_ref()
            }
            Call::CreateProcess2(create) | Call::CreateProcessAndAttach2 { create, .. } => create.command_line.as_ref(),
            _ => None,
        }
    }
}
