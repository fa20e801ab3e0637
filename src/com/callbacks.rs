//! Callbacks of callers that take COM pointers, as objects that an engine in Rust can call.

use std::ffi::c_void;
use std::ptr::NonNull;

use windows_core::{GUID, IUnknown_Vtbl};

use super::callback_vtables::{EventVtable, ExceptionRecord, InputVtable, Output2Vtable, OutputVtable};
use super::counted::{Counted, call};
use super::memory::Unit;
use super::refusal::Refusal;
use crate::callbacks::{DebugEvent, EventCallbacks, InputCallbacks, OutputCallbacks};
use crate::code_page::CodePage;
use crate::flags::{EventMask, ExecutionStatus, OutputMask};
use crate::hresult::{HRESULT, S_OK};

/// Callbacks of a caller, of a kind that a client object holds.
pub(super) trait CallerObject: Sized {
    /// Takes a reference to the callbacks.
    ///
    /// # Safety
    ///
    /// `this` leads to a COM object of this kind.
    unsafe fn hold(this: NonNull<c_void>, page: CodePage) -> Self;

    /// Adds a reference for a caller.
    fn give(&self) -> *mut c_void;

    /// Checks whether the callbacks can be set.
    fn check(&self) -> Result<(), HRESULT> {
        Ok(())
    }
}

fn text<U: Unit>(text: &str, page: CodePage) -> Vec<U> {
    [&*U::encode(text, page), &[U::NUL]].concat()
}

/// An `IDebugEventCallbacks` or, with 16-bit characters, an `IDebugEventCallbacksWide`.
pub(super) struct CallerEvents<U> {
    object: Counted<EventVtable<U>>,
    /// The interest mask, or the error, that GetInterestMask returned when the callbacks were set.
    ///
    /// With a success code other than S_OK, the real engine sets nothing and returns that code (OBS-246). Here such callbacks
    /// are set and receive no event, so that a stand-in whose methods all return one code serves.
    interest: Result<EventMask, HRESULT>,
    page: CodePage,
}

impl<U: Unit> CallerObject for CallerEvents<U> {
    unsafe fn hold(this: NonNull<c_void>, page: CodePage) -> CallerEvents<U> {
        // SAFETY: the caller's promise.
        let object = unsafe { Counted::<EventVtable<U>>::add(this) };
        let mut mask = 0;
        // SAFETY: there is room for a mask.
        let hresult = unsafe { call!(object, get_interest_mask(&mut mask)) };
        let interest = match hresult {
            S_OK => Ok(mask.into()),
            refused if refused.is_err() => Err(refused),
            _ => Ok(0.into()),
        };
        CallerEvents { object, interest, page }
    }

    fn give(&self) -> *mut c_void {
        self.object.give()
    }

    fn check(&self) -> Result<(), HRESULT> {
        self.interest.map(|_| ())
    }
}

impl<U: Unit> EventCallbacks for CallerEvents<U> {
    fn interest_mask(&self) -> EventMask {
        self.interest.unwrap_or(0.into())
    }

    fn event(&self, event: &DebugEvent) -> ExecutionStatus {
        let object = &self.object;
        // SAFETY: strings end with a NUL, and the record is one; all of it outlives the call.
        let answer = unsafe {
            match *event {
                DebugEvent::Exception { code, flags, address, first_chance } => {
                    let record = ExceptionRecord::new(code, flags, address);
                    call!(object, exception(&record, first_chance.into()))
                }
                DebugEvent::CreateThread { handle, data_offset, start_offset } => {
                    call!(object, create_thread(handle, data_offset, start_offset))
                }
                DebugEvent::ExitThread { exit_code } => call!(object, exit_thread(exit_code)),
                DebugEvent::CreateProcess {
                    image_file_handle,
                    handle,
                    base_offset,
                    module_size,
                    ref module_name,
                    ref image_name,
                    check_sum,
                    time_date_stamp,
                    initial_thread_handle,
                    thread_data_offset,
                    start_offset,
                } => {
                    let (module, image) = (text::<U>(module_name, self.page), text::<U>(image_name, self.page));
                    call!(
                        object,
                        create_process(
                            image_file_handle,
                            handle,
                            base_offset,
                            module_size,
                            module.as_ptr(),
                            image.as_ptr(),
                            check_sum,
                            time_date_stamp,
                            initial_thread_handle,
                            thread_data_offset,
                            start_offset,
                        )
                    )
                }
                DebugEvent::ExitProcess { exit_code } => call!(object, exit_process(exit_code)),
                DebugEvent::SessionStatus { status } => call!(object, session_status(status)),
                DebugEvent::ChangeDebuggeeState { flags, argument } => {
                    call!(object, change_debuggee_state(flags, argument))
                }
                DebugEvent::ChangeEngineState { flags, argument } => {
                    call!(object, change_engine_state(flags, argument))
                }
                DebugEvent::ChangeSymbolState { flags, argument } => {
                    call!(object, change_symbol_state(flags, argument))
                }
            }
        };
        answer.0.cast_unsigned().into()
    }
}

/// An `IDebugOutputCallbacks` or, with 16-bit characters, an `IDebugOutputCallbacksWide`.
pub(super) struct CallerOutput<U> {
    object: Counted<OutputVtable<U>>,
    /// Its `IDebugOutputCallbacks2`, which then receives the text instead, and whether that is interested in text.
    newer: Option<(Counted<Output2Vtable>, bool)>,
    page: CodePage,
}

const OUTPUT_CALLBACKS2: GUID = GUID::from_u128(0x67721fe9_56d2_4a44_a325_2b65513ce6eb);

/// An interface that exists nowhere.
const NOWHERE: GUID = GUID::from_u128(0x64bd6567_656e_672d_7465_73746b697401);

/// `DEBUG_OUTCBI_ANY_FORMAT`: text, or the markup that is made of it.
const ANY_FORMAT: u32 = 6;

/// `DEBUG_OUTCB_TEXT`.
const TEXT: u32 = 0;

impl<U: Unit> CallerObject for CallerOutput<U> {
    unsafe fn hold(this: NonNull<c_void>, page: CodePage) -> CallerOutput<U> {
        // SAFETY: the caller's promise.
        let object = unsafe { Counted::<OutputVtable<U>>::add(this) };
        // Microsoft's engine asks every object (OBS-101). One that grants an interface which exists nowhere does not say that
        // it has this one.
        let newer = object.query::<Output2Vtable>(&OUTPUT_CALLBACKS2).filter(|_| {
            let grants_all = object.query::<IUnknown_Vtbl>(&NOWHERE).is_some();
            if grants_all {
                Refusal::CallbacksGrantEverything.report();
            }
            !grants_all
        });
        let newer = newer.map(|newer| {
            let mut mask = 0;
            // SAFETY: there is room for a mask.
            let hresult = unsafe { call!(newer, get_interest_mask(&mut mask)) };
            (newer, hresult.is_ok() && mask & ANY_FORMAT != 0)
        });
        CallerOutput { object, newer, page }
    }

    fn give(&self) -> *mut c_void {
        self.object.give()
    }
}

impl<U: Unit> OutputCallbacks for CallerOutput<U> {
    fn output(&self, mask: OutputMask, line: &str) {
        // SAFETY: the string ends with a NUL, and outlives the call.
        let _: HRESULT = unsafe {
            match &self.newer {
                Some((newer, true)) => {
                    let line = text::<u16>(line, self.page);
                    call!(newer, output2(TEXT, 0, mask.bits().into(), line.as_ptr()))
                }
                Some((_, false)) => return,
                None => call!(self.object, output(mask.bits(), text::<U>(line, self.page).as_ptr())),
            }
        };
    }
}

/// An `IDebugInputCallbacks`.
pub(super) struct CallerInput(Counted<InputVtable>);

impl CallerObject for CallerInput {
    unsafe fn hold(this: NonNull<c_void>, _page: CodePage) -> CallerInput {
        // SAFETY: the caller's promise.
        CallerInput(unsafe { Counted::add(this) })
    }

    fn give(&self) -> *mut c_void {
        self.0.give()
    }
}

impl InputCallbacks for CallerInput {
    fn start_input(&self, buffer_size: u32) {
        // SAFETY: it takes a number.
        let _: HRESULT = unsafe { call!(self.0, start_input(buffer_size)) };
    }

    fn end_input(&self) {
        // SAFETY: it takes nothing.
        let _: HRESULT = unsafe { call!(self.0, end_input()) };
    }
}
