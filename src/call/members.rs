//! The members of a call that its parameters make, by the table of methods.

use super::{Call, call};
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
