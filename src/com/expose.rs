//! Client objects and engines for callers that take COM pointers.

use std::ffi::c_void;

use windows_core::{GUID, Interface as _};

use super::interfaces::{ADVANCED, CLIENT, CONTROL, DATA_SPACES, FAMILIES, Known, REGISTERS, SYMBOLS, SYSTEM_OBJECTS};
use super::object::{
    ComObject, VtablePointer, Vtables, add_ref, enter, not_implemented, query_interface, release, return_interface,
};
use super::slots::{
    advanced_slots, client_slots, control_slots, data_spaces_slots, newer_client_slots, registers_slots, symbols_slots,
    system_objects_slots,
};
use super::vtable::{
    AdvancedVtable, ControlVtable, DataSpacesVtable, IDebugClient5, NewestVtbl, RegistersVtable, SymbolsVtable,
    SystemObjectsVtable, Vtbl,
};
use crate::client::{DebugClient, Engine};
use crate::hresult::{E_NOINTERFACE, HRESULT};
use crate::interface::Interface;

/// Makes a client object for callers that take COM pointers: an `IDebugClient5`, by QueryInterface every older version, and
/// each newer one and each other [interface](super::interfaces()) that `client` has.
///
/// A method that `client` does not implement returns E_NOTIMPL, as does every method that is not one of [`DebugClient`]. Such a
/// call leaves the outputs alone and is [reported](super::on_refusal). The rules of `client` on threads apply. A panic of
/// `client` ends the process, since nothing unwinds through COM.
///
/// A call after the last Release returns E_UNEXPECTED and is reported too: the memory of the object is not freed.
///
/// ```
/// use dbgeng_testkit::com::expose;
/// use dbgeng_testkit::mock::Lab;
/// use windows_core::Interface;
///
/// let lab = Lab::new(Default::default());
/// let client = expose(lab.engine().client());
/// let mut server = 0;
/// // SAFETY: the string ends with a NUL, and there is room for a handle.
/// let hresult = unsafe {
///     (client.vtable().ConnectProcessServer)(client.as_raw(), c"tcp:server=nowhere,port=1".as_ptr().cast(), &mut server)
/// };
/// assert!(hresult.is_err());
/// ```
pub fn expose(client: impl DebugClient + 'static) -> IDebugClient5 {
    // SAFETY: a new object with the vtable of the type. Its count is one, and the result owns that reference.
    unsafe { IDebugClient5::from_raw(ComObject::create(Box::new(client), Interface::WHOLE_SURFACE, &VTABLES, CLIENT)) }
}

/// Implements `DebugCreate` (CLI-12) on an engine, for a library that exports it.
///
/// # Errors
///
/// Returns E_NOINTERFACE, and null in `interface`, for an unknown interface; E_POINTER for a null `interface`; E_INVALIDARG for
/// a null `interface_id` or a misaligned pointer; otherwise the status of the engine.
///
/// # Safety
///
/// `interface_id` is null or points to a GUID, and `interface` is null or points to memory for a pointer.
pub unsafe fn debug_create(engine: &dyn Engine, interface_id: *const GUID, interface: *mut *mut c_void) -> HRESULT {
    // SAFETY: the caller's promise.
    unsafe {
        return_interface(interface_id, interface, |known| {
            let Known { family, version, name } = known.ok_or(E_NOINTERFACE)?;
            // Every client object is an `IUnknown`.
            let asked = if family == CLIENT { Interface::DebugClient(version) } else { Interface::from(name) };
            let mut client = None;
            let hresult = engine.debug_create(&asked, Some(&mut client));
            // An object that comes with an error is dropped: COM callers ignore it.
            let client = client.filter(|_| hresult.is_ok()).ok_or(hresult)?;
            let version = asked.version().unwrap_or(1);
            let newer = (version + 1..=Interface::WHOLE_SURFACE).rev().find_map(|version| {
                let mut newer = None;
                let _: HRESULT = client.query_interface(&Interface::DebugClient(version), Some(&mut newer));
                newer.map(|newer| ComObject::create(newer, version, &VTABLES, family))
            });
            Ok(newer.unwrap_or_else(|| ComObject::create(client, version, &VTABLES, family)))
        })
    }
}

/// The functions of the slots that are simulated.
mod answers {
    pub(super) use super::super::{session::*, surface::*};
}

/// Makes the table of the functions of client objects of this crate.
macro_rules! vtable {
    ($FAMILY:ident $VTABLE:ident $Vtable:ident; $($interfaces:tt)*) => {
        vtable! {
            $FAMILY static $VTABLE: $Vtable = {
                QueryInterface: query_interface::<$FAMILY>,
                AddRef: add_ref::<$FAMILY>,
                Release: release::<$FAMILY>
            };
            $($interfaces)*
        }
    };
    ($FAMILY:ident $kind:ident $VTABLE:ident: $Vtable:ident = { $($first:ident: $function_of_it:expr),* };
        $($Interface:ident = $id:literal {
            $($name:ident $parameters:tt $(= $function:ident $(::<$unit:ty>)?)?;)*
        })*
    ) => {
        $kind $VTABLE: $Vtable = $Vtable {
            $($first: $function_of_it,)*
            $($($name: slot!($FAMILY $Interface $name $parameters $($function $(::<$unit>)?)?),)*)*
        };
    };
}

/// The function of a slot: one that calls that of the surface, or else one that returns E_NOTIMPL. Each knows its name.
macro_rules! slot {
    ($FAMILY:ident $Interface:ident $name:ident ($($argument:ident: $type:ty),* $(,)?)
        $function:ident $(::<$unit:ty>)?
    ) => {{
        unsafe extern "system" fn answered(this: *mut c_void, $($argument: $type),*) -> HRESULT {
            // SAFETY: COM's rules for a caller: `this` is a pointer of this crate, and the others are as the surface requires.
            unsafe {
                match enter::<$FAMILY>(this, stringify!($Interface), stringify!($name)) {
                    Ok(call) => answers::$function $(::<$unit>)? (&call, $($argument),*),
                    Err(refused) => refused,
                }
            }
        }
        answered
    }};
    ($FAMILY:ident $Interface:ident $name:ident ($($argument:ident: $type:ty),* $(,)?)) => {
        slot!(@ "system" $FAMILY $Interface $name $($type),*)
    };
    ($FAMILY:ident $Interface:ident $name:ident ($($type:ty),*)) => {
        slot!(@ "system" $FAMILY $Interface $name $($type),*)
    };
    ($FAMILY:ident $Interface:ident $name:ident ($($type:ty),*, ...)) => {
        slot!(@ "C" $FAMILY $Interface $name $($type),*)
    };
    (@ $abi:tt $FAMILY:ident $Interface:ident $name:ident $($type:ty),*) => {{
        unsafe extern $abi fn refused(this: *mut c_void, $(_: $type),*) -> HRESULT {
            // SAFETY: COM's rules for a caller: `this` is a pointer of this crate.
            unsafe { not_implemented::<$FAMILY>(this, stringify!($Interface), stringify!($name)) }
        }
        refused
    }};
}

client_slots!(vtable CLIENT const OLDER: Vtbl = {
    QueryInterface: query_interface::<CLIENT>, AddRef: add_ref::<CLIENT>, Release: release::<CLIENT>
});
newer_client_slots!(vtable CLIENT static CLIENT_VTABLE: NewestVtbl = { base: OLDER });
control_slots!(vtable CONTROL CONTROL_VTABLE ControlVtable);
symbols_slots!(vtable SYMBOLS SYMBOLS_VTABLE SymbolsVtable);
data_spaces_slots!(vtable DATA_SPACES DATA_SPACES_VTABLE DataSpacesVtable);
registers_slots!(vtable REGISTERS REGISTERS_VTABLE RegistersVtable);
system_objects_slots!(vtable SYSTEM_OBJECTS SYSTEM_OBJECTS_VTABLE SystemObjectsVtable);
advanced_slots!(vtable ADVANCED ADVANCED_VTABLE AdvancedVtable);

static VTABLES: Vtables = {
    let mut vtables = [VtablePointer::new(&CLIENT_VTABLE); FAMILIES];
    vtables[CONTROL] = VtablePointer::new(&CONTROL_VTABLE);
    vtables[SYMBOLS] = VtablePointer::new(&SYMBOLS_VTABLE);
    vtables[DATA_SPACES] = VtablePointer::new(&DATA_SPACES_VTABLE);
    vtables[REGISTERS] = VtablePointer::new(&REGISTERS_VTABLE);
    vtables[SYSTEM_OBJECTS] = VtablePointer::new(&SYSTEM_OBJECTS_VTABLE);
    vtables[ADVANCED] = VtablePointer::new(&ADVANCED_VTABLE);
    vtables
};
