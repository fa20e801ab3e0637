//! Client objects and engines for callers that take COM pointers.

use std::ffi::c_void;

use windows_core::{GUID, Interface as _};

use super::object::{ComObject, add_ref, query_interface, release, return_interface};
use super::slots::slots;
use super::surface;
use super::vtable::{IDebugClient5, SLOTS, Vtbl};
use crate::client::{DebugClient, Engine};
use crate::hresult::{E_NOINTERFACE, E_NOTIMPL, HRESULT};
use crate::interface::Interface;

/// The newest version of the interface that has a vtable here.
const NEWEST: u8 = SLOTS.len() as u8;

/// Makes a client object for callers that take COM pointers: an `IDebugClient5`, and by QueryInterface every older version.
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
    unsafe { IDebugClient5::from_raw(ComObject::create(Box::new(client), NEWEST, &VTABLE)) }
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
            // Every version is an IUnknown, so the newest one is made.
            let version =
                if *asked == Interface::Other("IUnknown".to_owned()) { Some(NEWEST) } else { asked.version() };
            let Some(version @ 1..=NEWEST) = version else { return Err(E_NOINTERFACE) };
            let hresult = engine.debug_create(&Interface::DebugClient(version), Some(&mut client));
            // An object that comes with an error is dropped: COM callers ignore it.
            let client = client.filter(|_| hresult.is_ok()).ok_or(hresult)?;
            let newer = (version..=NEWEST).rev().find_map(|version| {
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
        static VTABLE: Vtbl = Vtbl {
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

slots!(object_vtable);
