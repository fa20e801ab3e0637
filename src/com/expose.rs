//! Client objects and engines for callers that take COM pointers.

use std::ffi::c_void;

use windows_core::{GUID, Interface as _};

use super::object::{ComObject, add_ref, query_interface, release, return_interface};
use super::slots::{newer_slots, slots};
use super::surface;
use super::vtable::{IDebugClient5, NewestVtbl, Vtbl};
use crate::client::{DebugClient, Engine};
use crate::hresult::{E_NOINTERFACE, E_NOTIMPL, HRESULT};
use crate::interface::Interface;

/// Makes a client object for callers that take COM pointers: an `IDebugClient5`, by QueryInterface every older version, and
/// each newer one that `client` has.
///
/// A method that `client` does not implement returns E_NOTIMPL, as do all methods outside the process-server surface. The rules
/// of `client` on threads apply. A panic of `client` ends the process, since nothing unwinds through COM.
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
    unsafe { IDebugClient5::from_raw(ComObject::create(Box::new(client), Interface::WHOLE_SURFACE, &VTABLE)) }
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
        return_interface(interface_id, interface, |asked| {
            let mut client = None;
            // Every version is an IUnknown, the first one too.
            let version = if *asked == Interface::Other("IUnknown".to_owned()) { Some(1) } else { asked.version() };
            let version = version.ok_or(E_NOINTERFACE)?;
            let hresult = engine.debug_create(&Interface::DebugClient(version), Some(&mut client));
            // An object that comes with an error is dropped: COM callers ignore it.
            let client = client.filter(|_| hresult.is_ok()).ok_or(hresult)?;
            let newer = (version..=Interface::WHOLE_SURFACE).rev().find_map(|version| {
                let mut newer = None;
                let _: HRESULT = client.query_interface(&Interface::DebugClient(version), Some(&mut newer));
                newer.map(|newer| ComObject::create(newer, version, &VTABLE))
            });
            Ok(newer.unwrap_or_else(|| ComObject::create(client, version, &VTABLE)))
        })
    }
}

macro_rules! object_vtable {
    ($($name:ident($($argument:ident: $type:ty),* $(,)?) $(= $function:ident $(::<$unit:ty>)?)?;)*) => {
        const BASE: Vtbl = Vtbl {
            QueryInterface: query_interface,
            AddRef: add_ref,
            Release: release,
            $($name: slot!(($($type),*) $($function $(::<$unit>)?)?),)*
        };
    };
}

/// The function of a slot: that of the surface, or one of the same signature that returns E_NOTIMPL.
macro_rules! slot {
    (($($type:ty),*) $function:ident $(::<$unit:ty>)?) => {
        surface::$function $(::<$unit>)?
    };
    (($($type:ty),*)) => {{
        unsafe extern "system" fn not_implemented(_this: *mut c_void, $(_: $type),*) -> HRESULT {
            E_NOTIMPL
        }
        not_implemented
    }};
}

macro_rules! newest_object_vtable {
    ($($name:ident($($argument:ident: $type:ty),* $(,)?);)*) => {
        static VTABLE: NewestVtbl = NewestVtbl { base: BASE, $($name: slot!(($($type),*)),)* };
    };
}

slots!(object_vtable);
newer_slots!(newest_object_vtable);
