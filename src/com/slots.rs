//! The slots of the interfaces of client objects after the three of `IUnknown`, as the headers declare them.
//!
//! Each macro here hands one family of interfaces to another macro. A block is one interface: its id, and the slots that it
//! adds to the interface before it, since every newer vtable begins with the older one (VER-2). A slot has its documented
//! name and the types of its parameters. One that client objects of this crate answer also has the names of its parameters,
//! and the function in `surface` that answers it. Every other slot returns E_NOTIMPL.

mod client;
mod control;
mod memory;
mod symbols;
mod system_objects;

pub(super) use client::{client_slots, newer_client_slots};
pub(super) use control::control_slots;
pub(super) use memory::{advanced_slots, data_spaces_slots, registers_slots};
pub(super) use symbols::symbols_slots;
pub(super) use system_objects::system_objects_slots;
