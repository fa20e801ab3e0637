//! COM in both directions: client objects of this crate for callers that take COM pointers, and any COM client object for
//! the kit.
//!
//! - Out: [`expose()`] makes an [`IDebugClient5`] from any [`DebugClient`](crate::DebugClient), such as that of the mock.
//!   [`debug_create`] implements `DebugCreate` for a library that exports it. `cargo build -p dbgeng` builds such a library,
//!   `libdbgeng.so` or `dbgeng.dll`. [`interfaces()`] lists the vtables, and [`on_refusal`] tells of each call that is not
//!   simulated, and of each after the last Release.
//! - In: [`ComClient`] makes a `DebugClient` from any COM pointer, and [`Library`] loads any library that exports
//!   `DebugCreate`, to be judged or recorded.
//!
//! The [`guide`] shows how to use them from Rust, C++, Python and C#, and how to judge an engine in a library.

#![expect(unsafe_code, reason = "COM is pointers; nothing outside this module needs unsafe code")]

mod buffer;
mod call;
mod callback_vtables;
mod callbacks;
mod client;
mod code_page;
mod counted;
mod expose;
pub mod guide;
mod interfaces;
#[cfg(feature = "library")]
mod library;
mod memory;
mod object;
mod own_callbacks;
mod quarantine;
mod refusal;
mod session;
mod slots;
mod surface;
mod vtable;

pub use client::{CharSet, Com, ComClient};
pub use expose::{debug_create, expose};
pub use interfaces::{InterfaceLayout, SlotLayout, interfaces};
#[cfg(feature = "library")]
pub use library::{Library, LibraryEngine, LibraryError};
pub use refusal::{Refusal, on_refusal};
pub use vtable::{IDebugClient5, Vtbl};
