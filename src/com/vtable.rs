//! The vtables of client objects, and the interface with that of `IDebugClient5`.

use std::ffi::c_void;
use std::ops::Deref;

use windows_core::{GUID, IUnknown, Interface};

use super::slots::{
    advanced_slots, client_slots, control_slots, data_spaces_slots, newer_client_slots, registers_slots, symbols_slots,
    system_objects_slots,
};
use crate::hresult::HRESULT;

/// The type of a slot with these parameters. In 32-bit code, the caller removes the arguments of a method that takes any
/// number of them.
macro_rules! slot_type {
    (($($argument:ident: $type:ty),* $(,)?)) => {
        unsafe extern "system" fn(*mut c_void, $($type),*) -> HRESULT
    };
    (($($type:ty),*)) => {
        unsafe extern "system" fn(*mut c_void, $($type),*) -> HRESULT
    };
    (($($type:ty),*, ...)) => {
        unsafe extern "C" fn(*mut c_void, $($type),*) -> HRESULT
    };
}

macro_rules! client_vtable {
    (; $($Interface:ident = $id:literal {
        $($name:ident($($argument:ident: $type:ty),* $(,)?) $(= $function:ident $(::<$unit:ty>)?)?;)*
    })*) => {
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
            $($(
                #[doc = concat!("`", stringify!($name), "(", $(stringify!($argument), ", ",)* ")`")]
                pub $name: unsafe extern "system" fn(*mut c_void, $($type),*) -> HRESULT,
            )*)*
        }

        impl Vtbl {
            /// The documented names of the slots, in order.
            pub const NAMES: &[&str] = &["QueryInterface", "AddRef", "Release", $($(stringify!($name)),*),*];
        }
    };
}

client_slots!(client_vtable);

macro_rules! vtable {
    ($Vtable:ident { $($first:ident: $Type:ty),* }; $($Interface:ident = $id:literal {
        $($name:ident $parameters:tt $(= $function:ident $(::<$unit:ty>)?)?;)*
    })*) => {
        /// A vtable, in the order of the headers. That of an older version has only its first slots (VER-2).
        #[repr(C)]
        #[expect(non_snake_case, reason = "the slots have their documented names")]
        pub(super) struct $Vtable {
            $(pub(super) $first: $Type,)*
            $($(pub(super) $name: slot_type!($parameters),)*)*
        }
    };
    // A vtable that begins with the slots of `IUnknown`.
    ($Vtable:ident; $($interfaces:tt)*) => {
        vtable! {
            $Vtable {
                QueryInterface: unsafe extern "system" fn(*mut c_void, *const GUID, *mut *mut c_void) -> HRESULT,
                AddRef: unsafe extern "system" fn(*mut c_void) -> u32,
                Release: unsafe extern "system" fn(*mut c_void) -> u32
            };
            $($interfaces)*
        }
    };
}

newer_client_slots!(vtable NewestVtbl { base: Vtbl });
control_slots!(vtable ControlVtable);
symbols_slots!(vtable SymbolsVtable);
data_spaces_slots!(vtable DataSpacesVtable);
registers_slots!(vtable RegistersVtable);
system_objects_slots!(vtable SystemObjectsVtable);
advanced_slots!(vtable AdvancedVtable);

// The tables are complete (VER-1).
const _: () = assert!(Vtbl::NAMES.len() == 95 && size_of::<Vtbl>() == 95 * size_of::<usize>());
const _: () = assert!(size_of::<NewestVtbl>() == 100 * size_of::<usize>());

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
    const IID: GUID = GUID::from_u128(0xe3acb9d7_7ec2_4f0c_a0da_e81e0cbbe628);
}

impl Deref for IDebugClient5 {
    type Target = IUnknown;

    fn deref(&self) -> &IUnknown {
        &self.0
    }
}
