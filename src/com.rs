//! COM both ways: a client object of ours for callers that take COM pointers, and anybody's COM object for the kit.

#![expect(unsafe_code, reason = "COM is pointers; nothing outside this module needs unsafe code")]

mod buffer;
mod call;
mod client;
mod host;
mod id;
mod library;
mod memory;
mod object;
mod slots;
mod surface;
mod thread;
mod vtable;

pub use client::{Com, ComClient, Twin};
pub use library::{Library, LibraryEngine, LibraryError};
pub use object::{debug_create, expose};
pub use vtable::{IDebugClient5, Vtbl};
