//! A client object as a COM object: one vtable, one count, one identity.

use std::ffi::c_void;
use std::sync::atomic::{AtomicU32, Ordering, fence};

use windows_core::GUID;

use super::id;
use super::vtable::NewestVtbl;
use crate::client::DebugClient;
use crate::code_page::CodePage;
use crate::hresult::{E_INVALIDARG, E_NOINTERFACE, E_POINTER, HRESULT, S_OK};
use crate::interface::Interface;

/// A client object as a COM object. One pointer serves all its interfaces, since every vtable begins with the older ones
/// (VER-2).
#[repr(C)]
pub(super) struct ComObject {
    vtable: &'static NewestVtbl,
    references: AtomicU32,
    /// The version of `client`.
    version: u8,
    pub(super) code_page: CodePage,
    pub(super) client: Box<dyn DebugClient>,
}

impl ComObject {
    /// Makes an object with a reference count of one (CLI-10), and returns a pointer to it.
    pub(super) fn create(client: Box<dyn DebugClient>, version: u8, vtable: &'static NewestVtbl) -> *mut c_void {
        let code_page = client.code_page();
        let object = ComObject { vtable, references: AtomicU32::new(1), version, code_page, client };
        Box::into_raw(Box::new(object)).cast()
    }

    /// Returns the object that a slot was called on.
    ///
    /// # Safety
    ///
    /// `this` is a counted pointer from [`ComObject::create`] that outlives the reference.
    pub(super) unsafe fn from_this<'a>(this: *mut c_void) -> &'a ComObject {
        // SAFETY: the caller's promise; only the reference count of an object changes.
        unsafe { &*this.cast::<ComObject>() }
    }

    /// Whether the object has a version of the interface. From [`Interface::WHOLE_SURFACE`] on versions differ in nothing that `client`
    /// answers, so it is only asked whether it has them.
    fn has(&self, version: u8) -> bool {
        if version <= self.version || self.version < Interface::WHOLE_SURFACE {
            return version <= self.version;
        }
        let mut newer = None;
        let hresult = self.client.query_interface(&Interface::DebugClient(version), Some(&mut newer));
        newer.map(|newer| newer.release()).is_some() && hresult.is_ok()
    }

    /// Makes a COM object from a created client object, of this object's version if it has that version (CLI-15).
    pub(super) fn wrap_created(&self, client: Box<dyn DebugClient>) -> *mut c_void {
        let mut newer = None;
        let _: HRESULT = client.query_interface(&Interface::DebugClient(self.version), Some(&mut newer));
        ComObject::create(newer.unwrap_or(client), self.version, self.vtable)
    }
}

/// Writes the pointer that `find` returns, or null with its error, by the rules of COM.
///
/// # Safety
///
/// `id` is null or points to a GUID, and `interface` is null or points to memory for a pointer.
pub(super) unsafe fn return_interface(
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
    // SAFETY: it is neither null nor misaligned, so the caller promises memory for a pointer.
    unsafe { interface.write(pointer) };
    hresult
}

pub(super) unsafe extern "system" fn query_interface(
    this: *mut c_void,
    id: *const GUID,
    interface: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: COM's rules for a caller: `this` is a counted pointer of this crate, and the others are as `return_interface` requires.
    unsafe {
        return_interface(id, interface, |asked| {
            let has = match asked {
                Interface::DebugClient(version) => ComObject::from_this(this).has(*version),
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

pub(super) unsafe extern "system" fn add_ref(this: *mut c_void) -> u32 {
    // SAFETY: COM's rules for a caller: `this` is a counted pointer of this crate.
    let object = unsafe { ComObject::from_this(this) };
    // A new reference is made from an existing one, so no ordering is needed.
    object.references.fetch_add(1, Ordering::Relaxed).wrapping_add(1)
}

pub(super) unsafe extern "system" fn release(this: *mut c_void) -> u32 {
    // SAFETY: COM's rules for a caller: `this` is a counted pointer of this crate, released by this call.
    let left = unsafe { ComObject::from_this(this) }.references.fetch_sub(1, Ordering::Release).wrapping_sub(1);
    if left == 0 {
        // Every use by other threads happens before the end of the object.
        fence(Ordering::Acquire);
        // SAFETY: the last reference is gone, and the object was made by `ComObject::create`.
        let object = unsafe { Box::from_raw(this.cast::<ComObject>()) };
        object.client.release();
    }
    left
}
