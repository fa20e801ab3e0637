//! The vtables of callbacks. `U` is the type of a character in them.

use std::ffi::c_void;

use windows_core::IUnknown_Vtbl;

use crate::hresult::HRESULT;

macro_rules! vtables {
    ($(
        $(#[$doc:meta])*
        $Vtable:ident $(<$U:ident>)? { $($name:ident($($type:ty),*);)* }
    )*) => {$(
        $(#[$doc])*
        #[repr(C)]
        pub(super) struct $Vtable $(<$U>)? {
            pub(super) base: IUnknown_Vtbl,
            $(pub(super) $name: unsafe extern "system" fn(*mut c_void, $($type),*) -> HRESULT,)*
        }
    )*};
}

vtables! {
    /// `IDebugEventCallbacks`, `IDebugEventCallbacksWide`.
    EventVtable<U> {
        get_interest_mask(*mut u32);
        breakpoint(*mut c_void);
        exception(*const ExceptionRecord, u32);
        create_thread(u64, u64, u64);
        exit_thread(u32);
        create_process(u64, u64, u64, u32, *const U, *const U, u32, u32, u64, u64, u64);
        exit_process(u32);
        load_module(u64, u64, u32, *const U, *const U, u32, u32);
        unload_module(*const U, u64);
        system_error(u32, u32);
        session_status(u32);
        change_debuggee_state(u32, u64);
        change_engine_state(u32, u64);
        change_symbol_state(u32, u64);
    }
    /// `IDebugOutputCallbacks`, `IDebugOutputCallbacksWide`.
    OutputVtable<U> {
        output(u32, *const U);
    }
    /// `IDebugOutputCallbacks2`.
    Output2Vtable {
        output(u32, *const u8);
        get_interest_mask(*mut u32);
        output2(u32, u32, u64, *const u16);
    }
    /// `IDebugInputCallbacks`.
    InputVtable {
        start_input(u32);
        end_input();
    }
}

/// `EXCEPTION_RECORD64`.
#[repr(C)]
pub(super) struct ExceptionRecord {
    pub(super) code: u32,
    pub(super) flags: u32,
    record: u64,
    pub(super) address: u64,
    parameters: u32,
    reserved: u32,
    information: [u64; 15],
}

impl ExceptionRecord {
    /// Makes a record without parameters.
    pub(super) fn new(code: u32, flags: u32, address: u64) -> ExceptionRecord {
        ExceptionRecord { code, flags, record: 0, address, parameters: 0, reserved: 0, information: [0; 15] }
    }
}
