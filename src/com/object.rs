//! A client object as a COM object: a vtable for each family of interfaces, one count, one identity.
//!
//! The memory of an object is never freed, only used again much later. So a call after the last Release is answered and
//! reported, whatever the caller does.

use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};

use windows_core::GUID;

use super::interfaces::{self, CLIENT, FAMILIES, Known};
use super::quarantine::Quarantine;
use super::refusal::Refusal;
use crate::client::DebugClient;
use crate::code_page::CodePage;
use crate::hresult::{E_INVALIDARG, E_NOINTERFACE, E_NOTIMPL, E_POINTER, E_UNEXPECTED, HRESULT, S_OK};
use crate::interface::Interface;
use crate::sync::Mutex;

/// A pointer to a static vtable.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct VtablePointer(*const c_void);

// SAFETY: it leads to a static table of functions, which nothing changes.
unsafe impl Send for VtablePointer {}
// SAFETY: the same.
unsafe impl Sync for VtablePointer {}

impl VtablePointer {
    pub(super) const fn new<V>(vtable: &'static V) -> VtablePointer {
        VtablePointer(std::ptr::from_ref(vtable).cast())
    }
}

/// The vtables of the families of interfaces.
pub(super) type Vtables = [VtablePointer; FAMILIES];

/// A COM object. A pointer to an interface of a family leads to the pointer to that family's vtable.
#[repr(C)]
pub(super) struct ComObject {
    vtables: Vtables,
    /// The number of references in the lower half, and of calls that are in progress in the upper half. Once there are no
    /// references, there are none any more. What is exposed lasts until both are 0.
    holds: AtomicU64,
    exposed: UnsafeCell<Option<Exposed>>,
}

// SAFETY: `exposed` can be sent and shared. It changes only where `holds` is 0, and is used only by calls that count there.
unsafe impl Sync for ComObject {}

/// The client object behind a COM object.
pub(super) struct Exposed {
    pub(super) client: Box<dyn DebugClient>,
    pub(super) code_page: CodePage,
    /// The version of `client`.
    version: u8,
    vtables: &'static Vtables,
}

/// A call in progress in [`ComObject::holds`].
const CALL: u64 = 1 << 32;

/// The number of references in [`ComObject::holds`].
const fn references(holds: u64) -> u32 {
    holds as u32
}

static OBJECTS: Mutex<Quarantine<ComObject>> = Mutex::new(Quarantine::new());

impl ComObject {
    /// Makes an object with a reference count of one (CLI-10), and returns a pointer to its interface of a family.
    pub(super) fn create(
        client: Box<dyn DebugClient>,
        version: u8,
        vtables: &'static Vtables,
        family: usize,
    ) -> *mut c_void {
        let exposed = Exposed { code_page: client.code_page(), client, version, vtables };
        let object = OBJECTS.lock().take(|| ComObject {
            vtables: *vtables,
            holds: AtomicU64::new(0),
            exposed: UnsafeCell::new(None),
        });
        // SAFETY: `holds` is 0, and the object was taken, so nothing else uses this.
        unsafe { *object.exposed.get() = Some(exposed) };
        object.holds.store(1, Ordering::Release);
        object.pointer(family)
    }

    /// Returns the pointer to the interface of a family.
    fn pointer(&'static self, family: usize) -> *mut c_void {
        std::ptr::from_ref(self).cast::<VtablePointer>().wrapping_add(family).cast_mut().cast()
    }

    /// Returns the object that a slot was called on.
    ///
    /// # Safety
    ///
    /// `this` is a pointer to an interface of this family, from [`ComObject::create`] or QueryInterface, counted or not.
    unsafe fn from_this<const FAMILY: usize>(this: *mut c_void) -> &'static ComObject {
        let first = this.cast::<VtablePointer>().wrapping_sub(FAMILY);
        // SAFETY: the caller's promise. Objects are never freed.
        unsafe { &*first.cast::<ComObject>() }
    }

    /// Changes `holds` and returns the result, unless there is no reference any more.
    fn change(&self, change: impl Fn(u64) -> u64) -> Option<u64> {
        let changed = |holds| (references(holds) > 0).then(|| change(holds));
        let before = self.holds.fetch_update(Ordering::AcqRel, Ordering::Relaxed, changed).ok()?;
        Some(change(before))
    }

    /// Starts a call, unless there is no reference any more.
    fn enter(&'static self) -> Option<CallGuard> {
        self.change(|holds| holds + CALL)?;
        // SAFETY: the call counts from now on, so this lasts and nothing changes it.
        let exposed = unsafe { (*self.exposed.get()).as_ref() }?;
        Some(CallGuard { object: self, exposed })
    }

    /// Ends what is exposed, as the last hold is gone.
    fn finish(&'static self) {
        // SAFETY: there is no call in progress, and none can start. Only one thread removed the last hold.
        let exposed = unsafe { (*self.exposed.get()).take() };
        if let Some(exposed) = exposed {
            exposed.client.release();
        }
        OBJECTS.lock().put(self);
    }
}

/// A call in progress. What is exposed lasts as long.
pub(super) struct CallGuard {
    object: &'static ComObject,
    exposed: *const Exposed,
}

impl Deref for CallGuard {
    type Target = Exposed;

    fn deref(&self) -> &Exposed {
        // SAFETY: the call counts, so this lasts and nothing changes it.
        unsafe { &*self.exposed }
    }
}

impl Drop for CallGuard {
    fn drop(&mut self) {
        if self.object.holds.fetch_sub(CALL, Ordering::AcqRel) == CALL {
            self.object.finish();
        }
    }
}

impl Exposed {
    /// Whether the client object has an interface. From [`Interface::WHOLE_SURFACE`] on, the versions of `IDebugClient` differ
    /// in nothing that `client` answers, and its other interfaces do neither: it is only asked whether it has them.
    fn has(&self, known: Known) -> bool {
        let is_client = known.family == CLIENT;
        if is_client && (known.version <= self.version || self.version < Interface::WHOLE_SURFACE) {
            return known.version <= self.version;
        }
        let mut other = None;
        self.client.query_interface(&Interface::from(known.name), Some(&mut other)).is_ok() && other.is_some()
    }

    /// Makes a COM object from a created client object, of this object's version if it has that version (CLI-15).
    pub(super) fn wrap_created(&self, client: Box<dyn DebugClient>) -> *mut c_void {
        let mut newer = None;
        let _: HRESULT = client.query_interface(&Interface::DebugClient(self.version), Some(&mut newer));
        ComObject::create(newer.unwrap_or(client), self.version, self.vtables, CLIENT)
    }
}

/// Starts a call of a method of this name. Reports one on an object without references.
///
/// # Safety
///
/// `this` is as [`ComObject::from_this`] requires.
pub(super) unsafe fn enter<const FAMILY: usize>(
    this: *mut c_void,
    interface: &'static str,
    method: &'static str,
) -> Result<CallGuard, HRESULT> {
    // SAFETY: the caller's promise.
    unsafe { ComObject::from_this::<FAMILY>(this) }.enter().ok_or_else(|| {
        Refusal::Released { interface, method }.report();
        E_UNEXPECTED
    })
}

/// Starts a call on the client object to which a pointer leads, if it is one of this crate that has references. The pointer
/// is not followed.
pub(super) fn enter_any(pointer: *mut c_void) -> Option<CallGuard> {
    let (object, offset) = OBJECTS.lock().find(pointer.addr())?;
    let is_interface = offset < size_of::<Vtables>() && offset.is_multiple_of(size_of::<VtablePointer>());
    if is_interface { object.enter() } else { None }
}

/// Answers a method that is not simulated.
///
/// # Safety
///
/// `this` is as [`ComObject::from_this`] requires.
pub(super) unsafe fn not_implemented<const FAMILY: usize>(
    this: *mut c_void,
    interface: &'static str,
    method: &'static str,
) -> HRESULT {
    // SAFETY: the caller's promise.
    match unsafe { enter::<FAMILY>(this, interface, method) } {
        Ok(_) => {
            Refusal::NotImplemented { interface, method }.report();
            E_NOTIMPL
        }
        Err(refused) => refused,
    }
}

/// Writes the pointer that `find` returns for an id, or null with its error, by the rules of COM.
///
/// # Safety
///
/// `id` is null or points to a GUID, and `interface` is null or points to memory for a pointer.
pub(super) unsafe fn return_interface(
    id: *const GUID,
    interface: *mut *mut c_void,
    find: impl FnOnce(Option<Known>) -> Result<*mut c_void, HRESULT>,
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
        let id = unsafe { *id };
        find(interfaces::find(&id)).inspect_err(|refused| {
            if *refused == E_NOINTERFACE {
                Refusal::Interface { id }.report();
            }
        })
    };
    let (pointer, hresult) = found.map_or_else(|refused| (std::ptr::null_mut(), refused), |found| (found, S_OK));
    // SAFETY: it is neither null nor misaligned, so the caller promises memory for a pointer.
    unsafe { interface.write(pointer) };
    hresult
}

pub(super) unsafe extern "system" fn query_interface<const FAMILY: usize>(
    this: *mut c_void,
    id: *const GUID,
    interface: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: COM's rules for a caller: `this` is a pointer of this crate, and the others are as `return_interface` requires.
    unsafe {
        return_interface(id, interface, |known| {
            let call = enter::<FAMILY>(this, "IUnknown", "QueryInterface")?;
            let known = known.filter(|known| call.has(*known)).ok_or(E_NOINTERFACE)?;
            // The last Release may have come in between.
            call.object.change(|holds| holds + 1).ok_or(E_UNEXPECTED)?;
            Ok(call.object.pointer(known.family))
        })
    }
}

pub(super) unsafe extern "system" fn add_ref<const FAMILY: usize>(this: *mut c_void) -> u32 {
    // SAFETY: COM's rules for a caller: `this` is a pointer of this crate.
    let object = unsafe { ComObject::from_this::<FAMILY>(this) };
    object.change(|holds| holds + 1).map_or_else(
        || {
            Refusal::Released { interface: "IUnknown", method: "AddRef" }.report();
            0
        },
        references,
    )
}

pub(super) unsafe extern "system" fn release<const FAMILY: usize>(this: *mut c_void) -> u32 {
    // SAFETY: COM's rules for a caller: `this` is a pointer of this crate.
    let object = unsafe { ComObject::from_this::<FAMILY>(this) };
    let Some(left) = object.change(|holds| holds - 1) else {
        Refusal::Released { interface: "IUnknown", method: "Release" }.report();
        return 0;
    };
    if left == 0 {
        object.finish();
    }
    references(left)
}
