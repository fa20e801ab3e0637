//! The vtable of a client object, and the interface with that vtable.

use std::ffi::c_void;
use std::ops::Deref;

use windows_core::{GUID, IUnknown, Interface};

use super::id;
use super::slots::{newer_slots, slots};
use crate::hresult::HRESULT;

macro_rules! vtable {
    ($($name:ident($($argument:ident: $type:ty),* $(,)?) $(= $function:ident $(::<$unit:ty>)?)?;)*) => {
        /// The vtable of `IDebugClient5`, in the order of the headers. A client object of version 1 to 4 has only the
        /// first 48, 56, 60 or 66 slots (VER-1).
        #[repr(C)]
        #[derive(Clone, Copy, Debug)]
        #[expect(non_snake_case, reason = "the slots have their documented names")]
        pub struct Vtbl {
            /// Slot 0 (CLI-14).
            pub QueryInterface: unsafe extern "system" fn(*mut c_void, *const GUID, *mut *mut c_void) -> HRESULT,
            /// Slot 1.
            pub AddRef: unsafe extern "system" fn(*mut c_void) -> u32,
            /// Slot 2.
            pub Release: unsafe extern "system" fn(*mut c_void) -> u32,
            $(
                #[doc = concat!("`", stringify!($name), "(", $(stringify!($argument), ", ",)* ")`")]
                pub $name: unsafe extern "system" fn(*mut c_void, $($type),*) -> HRESULT,
            )*
        }

        impl Vtbl {
            /// The documented names of the slots, in order.
            pub const NAMES: &[&str] = &["QueryInterface", "AddRef", "Release", $(stringify!($name)),*];
        }
    };
}

slots!(vtable);

macro_rules! newest_vtable {
    ($($name:ident($($argument:ident: $type:ty),* $(,)?);)*) => {
        /// The vtable of `IDebugClient9`. A client object of version 6 to 8 has only the first 96, 97 or 98 slots (VER-1).
        #[repr(C)]
        #[derive(Clone, Copy, Debug)]
        #[expect(non_snake_case, reason = "the slots have their documented names")]
        pub(super) struct NewestVtbl {
            pub(super) base: Vtbl,
            $(pub(super) $name: unsafe extern "system" fn(*mut c_void, $($type),*) -> HRESULT,)*
        }
    };
}

newer_slots!(newest_vtable);

/// The number of slots of each version from 1 to 9 (VER-1).
const SLOTS: [usize; 9] = [48, 56, 60, 66, 95, 96, 97, 98, 100];

// The tables are complete.
const _: () = assert!(Vtbl::NAMES.len() == SLOTS[4] && size_of::<Vtbl>() == SLOTS[4] * size_of::<usize>());
const _: () = assert!(size_of::<NewestVtbl>() == SLOTS[8] * size_of::<usize>());

/// `IDebugClient5`: a counted pointer to a client object of that version, ours or another engine's.
///
/// It is a [`windows_core::Interface`], so it casts to the `windows` crate's `IDebugClient5` and back, and to every older
/// version. Methods are called through [`Interface::vtable`]; [`ComClient`](super::ComClient) makes a
/// [`DebugClient`](crate::DebugClient) of it.
#[repr(transparent)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IDebugClient5(IUnknown);

// SAFETY: it is a counted COM pointer like IUnknown, and this IID has this vtable (spec/sources/documented.md, "IIDs" and "The
// vtable of IDebugClient5").
unsafe impl Interface for IDebugClient5 {
    type Vtable = Vtbl;
    const IID: GUID = id::DEBUG_CLIENT[4];
}

impl Deref for IDebugClient5 {
    type Target = IUnknown;

    fn deref(&self) -> &IUnknown {
        &self.0
    }
}
