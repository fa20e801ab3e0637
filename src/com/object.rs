//! A client object as a COM object: one vtable, one count, one identity.

use std::ffi::c_void;
use std::sync::atomic::{AtomicU32, Ordering, fence};

use windows_core::{GUID, Interface as _};

use super::id;
use super::slots::slots;
use super::surface;
use super::vtable::{IDebugClient5, SLOTS, Vtbl};
use crate::client::{DebugClient, Engine};
use crate::hresult::{E_INVALIDARG, E_NOINTERFACE, E_NOTIMPL, E_POINTER, HRESULT, S_OK};
use crate::interface::Interface;

/// The newest version that there is a vtable for.
const NEWEST: u8 = SLOTS.len() as u8;

/// A client object behind a COM pointer. All its interfaces are this one pointer, since every vtable begins with the older
/// ones (VER-2).
#[repr(C)]
pub(super) struct ComObject {
    vtable: &'static Vtbl,
    references: AtomicU32,
    /// The newest version that it answers QueryInterface for.
    version: u8,
    client: Box<dyn DebugClient>,
}

impl ComObject {
    /// A pointer to a new object, with a count of one (CLI-10).
    pub(super) fn make(client: Box<dyn DebugClient>, version: u8) -> *mut c_void {
        let object = ComObject { vtable: &VTABLE, references: AtomicU32::new(1), version, client };
        Box::into_raw(Box::new(object)).cast()
    }

    /// The object behind a pointer that a slot was called with.
    ///
    /// # Safety
    ///
    /// `this` is a counted pointer to an object of ours, held for as long as the reference is.
    pub(super) unsafe fn of<'a>(this: *mut c_void) -> &'a ComObject {
        // SAFETY: the caller's promise; an object is never changed but for its count.
        unsafe { &*this.cast::<ComObject>() }
    }

    /// The client object of the engine.
    pub(super) fn client(&self) -> &dyn DebugClient {
        &*self.client
    }

    /// Brings a client object to this object's version, if it has it (CLI-15).
    pub(super) fn like_this(&self, client: Box<dyn DebugClient>) -> *mut c_void {
        let mut newer = None;
        let _: HRESULT = client.query_interface(&Interface::DebugClient(self.version), Some(&mut newer));
        ComObject::make(newer.unwrap_or(client), self.version)
    }
}

/// A client object for callers that take COM pointers: an `IDebugClient5`, and by QueryInterface every older version.
///
/// A method that `client` does not implement answers E_NOTIMPL, as do those outside the process-server surface. The
/// thread that may call is that of `client`. A panic of `client` ends the process, since nothing unwinds through COM.
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
    // SAFETY: a new object of ours, with the vtable that the type says and a count of one, which is the result's.
    unsafe { IDebugClient5::from_raw(ComObject::make(Box::new(client), NEWEST)) }
}

/// `DebugCreate` (CLI-12) on an engine: what a library exports under that name.
///
/// # Errors
///
/// E_NOINTERFACE, and null in `interface`, for what a client object does not have; E_POINTER for a null `interface`, and
/// E_INVALIDARG for a null `interface_id` or a misaligned pointer; else what the engine answers.
///
/// # Safety
///
/// `interface_id` is null or leads to a GUID, and `interface` is null or leads to room for a pointer.
pub unsafe fn debug_create(engine: &dyn Engine, interface_id: *const GUID, interface: *mut *mut c_void) -> HRESULT {
    // SAFETY: the caller's promise.
    unsafe {
        answer(interface_id, interface, |asked| {
            let mut client = None;
            // IUnknown is whatever there is; the newest version has it.
            let version =
                if *asked == Interface::Other("IUnknown".to_owned()) { Some(NEWEST) } else { asked.version() };
            let Some(version @ 1..=NEWEST) = version else { return Err(E_NOINTERFACE) };
            let hresult = engine.debug_create(&Interface::DebugClient(version), Some(&mut client));
            // What comes with a failure goes: no caller of COM's looks for it.
            let client = client.filter(|_| hresult.is_ok()).ok_or(hresult)?;
            let newer = (version..=NEWEST).rev().find_map(|version| {
                let mut newer = None;
                let _: HRESULT = client.query_interface(&Interface::DebugClient(version), Some(&mut newer));
                newer.map(|newer| ComObject::make(newer, version))
            });
            Ok(newer.unwrap_or_else(|| ComObject::make(client, version)))
        })
    }
}

/// Answers a request for an interface as COM asks for: null where there is none.
///
/// # Safety
///
/// As that of [`debug_create`].
unsafe fn answer(
    id: *const GUID,
    interface: *mut *mut c_void,
    find: impl FnOnce(&Interface) -> Result<*mut c_void, HRESULT>,
) -> HRESULT {
    if interface.is_null() {
        return E_POINTER;
    }
    if !interface.is_aligned() {
        return E_INVALIDARG;
    }
    let found = if id.is_null() || !id.is_aligned() {
        Err(E_INVALIDARG)
    } else {
        // SAFETY: it is neither null nor misaligned, so the caller promises a GUID.
        find(&id::interface(unsafe { &*id }))
    };
    let (pointer, hresult) = found.map_or_else(|refused| (std::ptr::null_mut(), refused), |found| (found, S_OK));
    // SAFETY: it is neither null nor misaligned, so the caller promises room for a pointer.
    unsafe { interface.write(pointer) };
    hresult
}

unsafe extern "system" fn query_interface(this: *mut c_void, id: *const GUID, interface: *mut *mut c_void) -> HRESULT {
    // SAFETY: COM's rules for a caller: `this` is a counted pointer of ours, the others are as `answer` wants them.
    unsafe {
        answer(id, interface, |asked| {
            let has = match asked {
                Interface::DebugClient(version) => *version <= ComObject::of(this).version,
                Interface::Other(name) => name == "IUnknown",
            };
            if !has {
                return Err(E_NOINTERFACE);
            }
            add_ref(this);
            Ok(this)
        })
    }
}

unsafe extern "system" fn add_ref(this: *mut c_void) -> u32 {
    // SAFETY: COM's rules for a caller: `this` is a counted pointer of ours.
    let object = unsafe { ComObject::of(this) };
    // A new reference is made from one that is held, so nothing has to be ordered.
    object.references.fetch_add(1, Ordering::Relaxed).wrapping_add(1)
}

unsafe extern "system" fn release(this: *mut c_void) -> u32 {
    // SAFETY: COM's rules for a caller: `this` is a counted pointer of ours, given up by this call.
    let left = unsafe { ComObject::of(this) }.references.fetch_sub(1, Ordering::Release).wrapping_sub(1);
    if left == 0 {
        // What other threads did with the object comes before its end.
        fence(Ordering::Acquire);
        // SAFETY: the last reference is gone, and the object was made by `ComObject::make`.
        let object = unsafe { Box::from_raw(this.cast::<ComObject>()) };
        object.client.release();
    }
    left
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

/// What is behind a slot: a function of the surface, or one of that signature that answers E_NOTIMPL.
macro_rules! slot {
    (($($type:ty),*) $function:ident $(::<$unit:ty>)?) => {
        surface::$function $(::<$unit>)?
    };
    (($($type:ty),*)) => {{
        unsafe extern "system" fn outside(_this: *mut c_void, $(_: $type),*) -> HRESULT {
            E_NOTIMPL
        }
        outside
    }};
}

slots!(object_vtable);
