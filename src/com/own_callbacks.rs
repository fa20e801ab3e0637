//! Callbacks in Rust as COM objects, for an engine that takes COM pointers.

use std::ffi::{CStr, c_void};
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use windows_core::{GUID, IUnknown, IUnknown_Vtbl, Interface as _};

use super::callback_vtables::{EventVtable, ExceptionRecord, InputVtable, OutputVtable};
use super::callbacks::{CallerEvents, CallerInput, CallerObject, CallerOutput};
use super::counted::Counted;
use crate::callbacks::{DebugEvent, EventCallbacks, InputCallbacks, OutputCallbacks};
use crate::code_page::CodePage;
use crate::hresult::{E_NOINTERFACE, E_POINTER, HRESULT, S_OK};

/// A kind of callbacks, by its trait.
pub(super) trait CallbackKind: 'static {
    const ID: GUID;

    /// Returns the vtable of objects of this kind. It begins with the slots of `IUnknown`.
    fn vtable() -> *const c_void;

    /// Makes callbacks in Rust of those of someone else.
    ///
    /// # Safety
    ///
    /// `this` leads to a COM object of this kind.
    unsafe fn of_others(this: NonNull<c_void>, page: CodePage) -> Arc<Self>;
}

/// A COM object for callbacks in Rust.
#[repr(C)]
struct CallbackObject<T: ?Sized + 'static> {
    vtable: *const c_void,
    references: AtomicU32,
    page: CodePage,
    callbacks: Arc<T>,
}

/// Makes a COM object of callbacks. Strings are in this code page.
pub(super) fn create<T: CallbackKind + ?Sized>(callbacks: Arc<T>, page: CodePage) -> Counted<IUnknown_Vtbl> {
    let object = CallbackObject { vtable: T::vtable(), references: AtomicU32::new(1), page, callbacks };
    // SAFETY: the object begins with its vtable, and has one reference.
    unsafe { Counted::own(NonNull::from(Box::leak(Box::new(object))).cast()) }
}

/// Returns the callbacks of a COM object: those from which [`create`] made it, or else ones that call the object.
///
/// # Safety
///
/// `this` leads to a COM object of this kind.
pub(super) unsafe fn find<T: CallbackKind + ?Sized>(this: NonNull<c_void>, page: CodePage) -> Arc<T> {
    // SAFETY: the caller's promise. An object with this vtable is one of ours.
    unsafe {
        if *this.cast::<*const c_void>().as_ref() == T::vtable() {
            object::<T>(this.as_ptr()).callbacks.clone()
        } else {
            T::of_others(this, page)
        }
    }
}

/// Returns the object that a slot was called on.
///
/// # Safety
///
/// `this` is a counted pointer from [`create`] for this kind.
unsafe fn object<'a, T: ?Sized>(this: *mut c_void) -> &'a CallbackObject<T> {
    // SAFETY: the caller's promise.
    unsafe { &*this.cast::<CallbackObject<T>>() }
}

unsafe extern "system" fn query_interface<T: CallbackKind + ?Sized>(
    this: *mut c_void,
    id: *const GUID,
    interface: *mut *mut c_void,
) -> HRESULT {
    if interface.is_null() || id.is_null() {
        return E_POINTER;
    }
    // SAFETY: COM's rules for a caller.
    unsafe {
        let has_it = *id == IUnknown::IID || *id == T::ID;
        if has_it {
            add_ref::<T>(this);
        }
        interface.write(if has_it { this } else { std::ptr::null_mut() });
        if has_it { S_OK } else { E_NOINTERFACE }
    }
}

unsafe extern "system" fn add_ref<T: CallbackKind + ?Sized>(this: *mut c_void) -> u32 {
    // SAFETY: COM's rules for a caller.
    unsafe { object::<T>(this) }.references.fetch_add(1, Ordering::Relaxed) + 1
}

unsafe extern "system" fn release<T: CallbackKind + ?Sized>(this: *mut c_void) -> u32 {
    // SAFETY: COM's rules for a caller.
    let left = unsafe { object::<T>(this) }.references.fetch_sub(1, Ordering::AcqRel) - 1;
    if left == 0 {
        // SAFETY: the last reference is gone, and `create` made the object.
        drop(unsafe { Box::from_raw(this.cast::<CallbackObject<T>>()) });
    }
    left
}

const fn unknown<T: CallbackKind + ?Sized>() -> IUnknown_Vtbl {
    IUnknown_Vtbl { QueryInterface: query_interface::<T>, AddRef: add_ref::<T>, Release: release::<T> }
}

/// Reads a string of an engine. A null pointer is an empty string.
///
/// # Safety
///
/// The pointer is null or leads to a string that ends with a NUL.
unsafe fn text(text: *const u8, page: CodePage) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: the caller's promise.
    page.decode(unsafe { CStr::from_ptr(text.cast()) }.to_bytes()).into_owned()
}

/// Tells the callbacks of an event.
///
/// # Safety
///
/// `this` is a counted pointer from [`create`] for event callbacks.
unsafe fn tell(this: *mut c_void, event: &DebugEvent) -> HRESULT {
    // SAFETY: the caller's promise.
    let answer = unsafe { object::<dyn EventCallbacks>(this) }.callbacks.event(event);
    HRESULT(answer.bits().cast_signed())
}

macro_rules! event_slots {
    ($($name:ident($($argument:ident: $type:ty),*) = $event:ident;)*) => {$(
        unsafe extern "system" fn $name(this: *mut c_void, $($argument: $type),*) -> HRESULT {
            // SAFETY: COM's rules for an engine.
            unsafe { tell(this, &DebugEvent::$event { $($argument),* }) }
        }
    )*};
}

event_slots! {
    create_thread(handle: u64, data_offset: u64, start_offset: u64) = CreateThread;
    exit_thread(exit_code: u32) = ExitThread;
    exit_process(exit_code: u32) = ExitProcess;
    session_status(status: u32) = SessionStatus;
    change_debuggee_state(flags: u32, argument: u64) = ChangeDebuggeeState;
    change_engine_state(flags: u32, argument: u64) = ChangeEngineState;
    change_symbol_state(flags: u32, argument: u64) = ChangeSymbolState;
}

unsafe extern "system" fn get_interest_mask(this: *mut c_void, mask: *mut u32) -> HRESULT {
    if mask.is_null() {
        return E_POINTER;
    }
    // SAFETY: COM's rules for an engine.
    unsafe { mask.write(object::<dyn EventCallbacks>(this).callbacks.interest_mask().bits()) };
    S_OK
}

unsafe extern "system" fn exception(this: *mut c_void, record: *const ExceptionRecord, first_chance: u32) -> HRESULT {
    // SAFETY: COM's rules for an engine.
    unsafe {
        let ExceptionRecord { code, flags, address, .. } = *record;
        tell(this, &DebugEvent::Exception { code, flags, address, first_chance: first_chance != 0 })
    }
}

unsafe extern "system" fn create_process(
    this: *mut c_void,
    image_file_handle: u64,
    handle: u64,
    base_offset: u64,
    module_size: u32,
    module_name: *const u8,
    image_name: *const u8,
    check_sum: u32,
    time_date_stamp: u32,
    initial_thread_handle: u64,
    thread_data_offset: u64,
    start_offset: u64,
) -> HRESULT {
    // SAFETY: COM's rules for an engine.
    unsafe {
        let page = object::<dyn EventCallbacks>(this).page;
        let event = DebugEvent::CreateProcess {
            image_file_handle,
            handle,
            base_offset,
            module_size,
            module_name: text(module_name, page),
            image_name: text(image_name, page),
            check_sum,
            time_date_stamp,
            initial_thread_handle,
            thread_data_offset,
            start_offset,
        };
        tell(this, &event)
    }
}

/// Answers an event that is not told: nothing changes.
macro_rules! ignored {
    ($($type:ty),*) => {{
        unsafe extern "system" fn ignored(_this: *mut c_void, $(_: $type),*) -> HRESULT {
            S_OK
        }
        ignored
    }};
}

static EVENTS: EventVtable<u8> = EventVtable {
    base: unknown::<dyn EventCallbacks>(),
    get_interest_mask,
    breakpoint: ignored!(*mut c_void),
    exception,
    create_thread,
    exit_thread,
    create_process,
    exit_process,
    load_module: ignored!(u64, u64, u32, *const u8, *const u8, u32, u32),
    unload_module: ignored!(*const u8, u64),
    system_error: ignored!(u32, u32),
    session_status,
    change_debuggee_state,
    change_engine_state,
    change_symbol_state,
};

impl CallbackKind for dyn EventCallbacks {
    const ID: GUID = GUID::from_u128(0x337be28b_5036_4d72_b6bf_c45fbb9f2eaa);

    fn vtable() -> *const c_void {
        std::ptr::from_ref(&EVENTS).cast()
    }

    unsafe fn of_others(this: NonNull<c_void>, page: CodePage) -> Arc<dyn EventCallbacks> {
        // SAFETY: the caller's promise.
        Arc::new(unsafe { CallerEvents::<u8>::hold(this, page) })
    }
}

unsafe extern "system" fn output(this: *mut c_void, mask: u32, line: *const u8) -> HRESULT {
    // SAFETY: COM's rules for an engine.
    unsafe {
        let object = object::<dyn OutputCallbacks>(this);
        object.callbacks.output(mask.into(), &text(line, object.page));
    }
    S_OK
}

static OUTPUT: OutputVtable<u8> = OutputVtable { base: unknown::<dyn OutputCallbacks>(), output };

impl CallbackKind for dyn OutputCallbacks {
    const ID: GUID = GUID::from_u128(0x4bf58045_d654_4c40_b0af_683090f356dc);

    fn vtable() -> *const c_void {
        std::ptr::from_ref(&OUTPUT).cast()
    }

    unsafe fn of_others(this: NonNull<c_void>, page: CodePage) -> Arc<dyn OutputCallbacks> {
        // SAFETY: the caller's promise.
        Arc::new(unsafe { CallerOutput::<u8>::hold(this, page) })
    }
}

unsafe extern "system" fn start_input(this: *mut c_void, buffer_size: u32) -> HRESULT {
    // SAFETY: COM's rules for an engine.
    unsafe { object::<dyn InputCallbacks>(this) }.callbacks.start_input(buffer_size);
    S_OK
}

unsafe extern "system" fn end_input(this: *mut c_void) -> HRESULT {
    // SAFETY: COM's rules for an engine.
    unsafe { object::<dyn InputCallbacks>(this) }.callbacks.end_input();
    S_OK
}

static INPUT: InputVtable = InputVtable { base: unknown::<dyn InputCallbacks>(), start_input, end_input };

impl CallbackKind for dyn InputCallbacks {
    const ID: GUID = GUID::from_u128(0x9f50e42c_f136_499e_9a97_73036c94ed2d);

    fn vtable() -> *const c_void {
        std::ptr::from_ref(&INPUT).cast()
    }

    unsafe fn of_others(this: NonNull<c_void>, page: CodePage) -> Arc<dyn InputCallbacks> {
        // SAFETY: the caller's promise.
        Arc::new(unsafe { CallerInput::hold(this, page) })
    }
}
