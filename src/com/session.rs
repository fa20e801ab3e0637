//! The slots of the session: targets, events, engine options, callbacks. Like those in `surface`, an unsafe function asks for
//! COM's rules.

use std::any::Any;
use std::ffi::c_void;
use std::ptr::NonNull;
use std::sync::Arc;

use super::callbacks::{CallerEvents, CallerInput, CallerObject, CallerOutput};
use super::memory::{OutPointer, Unit};
use super::object::{Exposed, enter_any};
use super::surface::{refuse_early, text};
use crate::callbacks::{EventCallbacks, InputCallbacks, OutputCallbacks};
use crate::client::{Out, write_out};
use crate::hresult::{E_INVALIDARG, HRESULT, S_FALSE, S_OK};

macro_rules! without_memory {
    ($($name:ident($($argument:ident: $type:ty),*);)*) => {$(
        pub(super) fn $name(object: &Exposed, $($argument: $type),*) -> HRESULT {
            object.client.$name($($argument.into()),*)
        }
    )*};
}

without_memory! {
    terminate_processes();
    detach_processes();
    dispatch_callbacks(timeout: u32);
    set_output_mask(mask: u32);
    flush_callbacks();
    terminate_current_process();
    detach_current_process();
    abandon_current_process();
    get_interrupt();
    set_interrupt(flags: u32);
    set_execution_status(status: u32);
    add_engine_options(options: u32);
    remove_engine_options(options: u32);
    set_engine_options(options: u32);
    wait_for_event(flags: u32, timeout: u32);
    set_current_process_id(id: u32);
}

macro_rules! with_one_output {
    ($($name:ident;)*) => {$(
        pub(super) unsafe fn $name(object: &Exposed, value: *mut u32) -> HRESULT {
            refuse_early(|| {
                let mut value = OutPointer::new(value)?;
                let hresult = object.client.$name(value.out());
                // SAFETY: COM's rules for a caller.
                unsafe { value.put() };
                Ok(hresult)
            })
        }
    )*};
}

with_one_output! {
    get_exit_code;
    get_output_mask;
    get_execution_status;
    get_engine_options;
    get_number_processes;
    get_current_process_system_id;
    get_current_process_id;
}

pub(super) unsafe fn get_process_ids_by_index(
    object: &Exposed,
    start: u32,
    count: u32,
    ids: *mut u32,
    system_ids: *mut u32,
) -> HRESULT {
    refuse_early(|| {
        let (mut ids, mut system_ids) = (OutPointer::<u32, Vec<u32>>::new(ids)?, OutPointer::new(system_ids)?);
        let hresult = object.client.get_process_ids_by_index(start, count, ids.out(), system_ids.out());
        // SAFETY: COM's rules for a caller; `count` is the size of both arrays.
        unsafe {
            OutPointer::<u32, Vec<u32>>::put(ids, count);
            OutPointer::<u32, Vec<u32>>::put(system_ids, count);
        }
        Ok(hresult)
    })
}

pub(super) unsafe fn get_process_id_by_system_id(object: &Exposed, system_id: u32, id: *mut u32) -> HRESULT {
    refuse_early(|| {
        let mut id = OutPointer::new(id)?;
        let hresult = object.client.get_process_id_by_system_id(system_id, id.out());
        // SAFETY: COM's rules for a caller.
        unsafe { id.put() };
        Ok(hresult)
    })
}

pub(super) unsafe fn get_debuggee_type(object: &Exposed, class: *mut u32, qualifier: *mut u32) -> HRESULT {
    refuse_early(|| {
        let (mut class, mut qualifier) = (OutPointer::new(class)?, OutPointer::new(qualifier)?);
        let hresult = object.client.get_debuggee_type(class.out(), qualifier.out());
        // SAFETY: COM's rules for a caller.
        unsafe {
            class.put();
            qualifier.put();
        }
        Ok(hresult)
    })
}

pub(super) unsafe fn execute<U: Unit>(object: &Exposed, output_control: u32, command: *const U, flags: u32) -> HRESULT {
    // SAFETY: COM's rules for a caller.
    refuse_early(|| unsafe {
        Ok(object.client.execute(output_control, text(object, command)?.as_deref(), flags.into()))
    })
}

/// The call is on `object`, and ends the wait of another client object, or of the same. A pointer that leads to no client
/// object of this crate is refused, and not followed.
pub(super) fn exit_dispatch(_object: &Exposed, client: *mut c_void) -> HRESULT {
    enter_any(client).map_or(E_INVALIDARG, |client| client.client.exit_dispatch())
}

/// The bytes and the text that do not fit are cut off, which S_FALSE says, and a pointer to no room is too little (OBS-247).
pub(super) unsafe fn get_last_event_information<U: Unit>(
    object: &Exposed,
    kind: *mut u32,
    process_id: *mut u32,
    thread_id: *mut u32,
    extra: *mut c_void,
    extra_size: u32,
    extra_used: *mut u32,
    description: *mut U,
    description_size: u32,
    description_used: *mut u32,
) -> HRESULT {
    refuse_early(|| {
        let (mut kind, mut process_id, mut thread_id) =
            (OutPointer::new(kind)?, OutPointer::new(process_id)?, OutPointer::new(thread_id)?);
        let (mut bytes, mut bytes_used) = (OutPointer::<u8, Vec<u8>>::new(extra.cast())?, OutPointer::new(extra_used)?);
        let (mut text, mut text_used) =
            (OutPointer::<U, String>::new(description)?, OutPointer::new(description_used)?);

        let is_complete = kind.out().is_some() && process_id.out().is_some() && thread_id.out().is_some();
        let mut found = None;
        let hresult = object.client.get_last_event_information(is_complete.then_some(&mut found));
        let Some(event) = found.filter(|_| hresult.is_ok()) else { return Ok(hresult) };

        let page = object.code_page;
        let size = |units: usize| u32::try_from(units).unwrap_or(u32::MAX);
        let (used, length) = (size(event.extra_information.len()), size(U::encode(&event.description, page).len() + 1));
        let is_cut = bytes.out().is_some() && used > extra_size || text.out().is_some() && length > description_size;
        write_out(kind.out(), event.kind.bits());
        write_out(process_id.out(), event.process_id);
        write_out(thread_id.out(), event.thread_id);
        write_out(bytes.out(), event.extra_information);
        write_out(bytes_used.out(), used);
        write_out(text.out(), event.description);
        write_out(text_used.out(), length);
        // SAFETY: COM's rules for a caller; the sizes are those of the buffers.
        unsafe {
            kind.put();
            process_id.put();
            thread_id.put();
            OutPointer::<u8, Vec<u8>>::put(bytes, extra_size);
            bytes_used.put();
            text.put(description_size, page);
            text_used.put();
        }
        Ok(if is_cut && hresult == S_OK { S_FALSE } else { hresult })
    })
}

/// Returns callbacks of a caller. `None` is a null pointer.
///
/// # Safety
///
/// A pointer that is neither null nor misaligned leads to a COM object of this kind.
unsafe fn hold<C: CallerObject>(object: &Exposed, callbacks: *mut c_void) -> Result<Option<Arc<C>>, HRESULT> {
    if !callbacks.cast::<*const c_void>().is_aligned() {
        return Err(E_INVALIDARG);
    }
    // SAFETY: the caller's promise.
    let held = NonNull::new(callbacks).map(|this| unsafe { C::hold(this, object.code_page) });
    held.iter().try_for_each(C::check)?;
    Ok(held.map(Arc::new))
}

/// Writes a counted pointer to the callbacks that `find` finds, or null if there are none of this kind.
///
/// # Safety
///
/// The pointer is null, misaligned, or points to memory for a pointer.
unsafe fn give<C: CallerObject + 'static, T: ?Sized>(
    callbacks: *mut *mut c_void,
    find: impl FnOnce(Out<'_, Arc<T>>) -> HRESULT,
    as_any: impl FnOnce(&T) -> &dyn Any,
) -> HRESULT {
    refuse_early(|| {
        let mut target = OutPointer::<*mut c_void, Arc<T>>::new(callbacks)?;
        let hresult = find(target.out());
        if hresult.is_ok() && !callbacks.is_null() {
            let found = target.take();
            let own = found.as_deref().and_then(|found| as_any(found).downcast_ref::<C>());
            // SAFETY: the caller's promise.
            unsafe { callbacks.write(own.map_or(std::ptr::null_mut(), C::give)) };
        }
        Ok(hresult)
    })
}

macro_rules! callbacks {
    ($($get:ident $set:ident $Callbacks:ident $Caller:ty $(, $U:ident)?;)*) => {$(
        pub(super) unsafe fn $get$(<$U: Unit>)?(object: &Exposed, callbacks: *mut *mut c_void) -> HRESULT {
            // SAFETY: COM's rules for a caller.
            unsafe {
                give::<$Caller, dyn $Callbacks>(callbacks, |out| object.client.$get(out), |found| found)
            }
        }

        pub(super) unsafe fn $set$(<$U: Unit>)?(object: &Exposed, callbacks: *mut c_void) -> HRESULT {
            refuse_early(|| {
                // SAFETY: COM's rules for a caller.
                let callbacks = unsafe { hold::<$Caller>(object, callbacks) }?;
                Ok(object.client.$set(callbacks.map(|callbacks| callbacks as Arc<dyn $Callbacks>)))
            })
        }
    )*};
}

callbacks! {
    get_event_callbacks set_event_callbacks EventCallbacks CallerEvents<U>, U;
    get_output_callbacks set_output_callbacks OutputCallbacks CallerOutput<U>, U;
    get_input_callbacks set_input_callbacks InputCallbacks CallerInput;
}
