//! Counted pointers to COM objects of others.

use std::ffi::c_void;
use std::marker::PhantomData;
use std::ptr::NonNull;

use windows_core::{GUID, IUnknown_Vtbl};

/// A counted pointer to a COM object with this vtable.
pub(super) struct Counted<V> {
    this: NonNull<c_void>,
    vtable: PhantomData<fn() -> V>,
}

// SAFETY: an engine calls callbacks on any thread on which it works, and COM counts references in the same way on every one.
unsafe impl<V> Send for Counted<V> {}
// SAFETY: the same.
unsafe impl<V> Sync for Counted<V> {}

/// Calls a method of a COM object with a counted pointer.
///
/// # Safety
///
/// The arguments are valid by the documentation.
macro_rules! call {
    ($object:expr, $name:ident($($argument:expr),* $(,)?)) => {
        ((*$object.vtable()).$name)($object.this(), $($argument),*)
    };
}

impl<V> Counted<V> {
    /// Adds a reference, and holds it.
    ///
    /// # Safety
    ///
    /// `this` leads to a COM object with this vtable.
    pub(super) unsafe fn add(this: NonNull<c_void>) -> Counted<V> {
        let object = Counted { this, vtable: PhantomData };
        // SAFETY: the caller's promise.
        unsafe { ((*object.unknown()).AddRef)(object.this()) };
        object
    }

    /// Takes over a reference.
    ///
    /// # Safety
    ///
    /// `this` leads to a COM object with this vtable, to which there is a reference for the result.
    pub(super) unsafe fn own(this: NonNull<c_void>) -> Counted<V> {
        Counted { this, vtable: PhantomData }
    }

    pub(super) fn this(&self) -> *mut c_void {
        self.this.as_ptr()
    }

    /// Returns the vtable. It may be shorter than `V`: each slot is read alone, and only where the object has it.
    pub(super) fn vtable(&self) -> *const V {
        // SAFETY: a COM pointer leads to a pointer to a vtable.
        unsafe { *self.this.cast::<*const V>().as_ref() }
    }

    /// The slots with which every vtable begins.
    fn unknown(&self) -> *const IUnknown_Vtbl {
        self.vtable().cast()
    }

    /// Asks the object for the interface with this id, which has the vtable `W`.
    pub(super) fn query<W>(&self, id: &GUID) -> Option<Counted<W>> {
        // SAFETY: the object is held.
        unsafe { query(self.this, id) }
    }

    /// Adds a reference for a caller.
    pub(super) fn give(&self) -> *mut c_void {
        // SAFETY: the object is held.
        unsafe { ((*self.unknown()).AddRef)(self.this()) };
        self.this()
    }
}

impl<V> Drop for Counted<V> {
    fn drop(&mut self) {
        // SAFETY: the reference is held, and given up here.
        unsafe { ((*self.unknown()).Release)(self.this()) };
    }
}

/// Asks an object for the interface with this id, which has the vtable `W`.
///
/// # Safety
///
/// `this` leads to a COM object.
pub(super) unsafe fn query<W>(this: NonNull<c_void>, id: &GUID) -> Option<Counted<W>> {
    let mut found = std::ptr::null_mut();
    // SAFETY: the caller's promise; there are an id, and room for a pointer.
    let hresult = unsafe {
        let unknown = *this.cast::<*const IUnknown_Vtbl>().as_ref();
        ((*unknown).QueryInterface)(this.as_ptr(), id, &mut found)
    };
    NonNull::new(found).filter(|_| hresult.is_ok()).map(|this| Counted { this, vtable: PhantomData })
}

pub(super) use call;
