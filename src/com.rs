//! COM both ways: a client object of ours for callers that take COM pointers, and anybody's COM object for the kit.
//!
//! - Out: [`expose`] makes an [`IDebugClient5`] of any [`DebugClient`](crate::DebugClient), such as the mock's;
//!   [`debug_create`] is what a library exports as `DebugCreate`. `cargo build -p dbgeng` builds such a library,
//!   `libdbgeng.so` or `dbgeng.dll`.
//! - In: [`ComClient`] is a `DebugClient` on a COM pointer from anywhere, and [`Library`] loads whatever exports
//!   `DebugCreate`, to be judged or recorded.
//!
//! [`guide`] says how to use them from Rust, C++ and Python, and how to judge an engine in a library.

#![expect(unsafe_code, reason = "COM is pointers; nothing outside this module needs unsafe code")]

mod buffer;
mod call;
mod client;
mod expose;
pub mod guide;
mod id;
#[cfg(feature = "library")]
mod library;
mod memory;
mod object;
mod slots;
mod surface;
mod vtable;

pub use client::{CharSet, Com, ComClient};
pub use expose::{debug_create, expose};
#[cfg(feature = "library")]
pub use library::{Library, LibraryEngine, LibraryError};
pub use vtable::{IDebugClient5, Vtbl};
