//! The mock engine as a shared library, for debugger tools in any language: `libdbgeng.so`, `dbgeng.dll`.
//!
//! `cargo build -p dbgeng` puts it into `target/debug`. The world that it shows is the scenario in the file
//! that the environment variable `DBGENG_TESTKIT_SCENARIO` names (`fixtures/scenario.schema.json`), or one computer with
//! a few processes. It is made with the first client object; if that fails, DebugCreate answers E_INVALIDARG and says why
//! on standard error. DebugConnect and DebugConnectWide exist, so that a program that imports them starts, and answer
//! E_NOTIMPL.
//!
//! Further variables ask for reports (`settings.rs`), and tests may call the functions of `include/dbgeng_testkit.h`. The
//! guide `src/com/guide/library.md` explains both.
#![expect(unsafe_code, reason = "the library is called by pointers")]

mod end;
mod session;
mod settings;
mod testkit;

use std::ffi::c_void;

use dbgeng_testkit::com::debug_create;
use dbgeng_testkit::hresult::{E_INVALIDARG, E_NOTIMPL, HRESULT};
use windows_core::GUID;

use settings::print;

/// Makes a client object, as documented.
///
/// # Safety
///
/// As that of [`debug_create`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn DebugCreate(interface_id: *const GUID, interface: *mut *mut c_void) -> HRESULT {
    match session::with(|session| session.engine()) {
        // SAFETY: the caller's promise.
        Some(engine) => unsafe { debug_create(&engine, interface_id, interface) },
        // SAFETY: the caller's promise.
        None => unsafe { refuse(E_INVALIDARG, interface) },
    }
}

/// Makes a client object if there are no options. What the options mean is not documented (CLI-12).
///
/// # Safety
///
/// As that of [`debug_create`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn DebugCreateEx(
    interface_id: *const GUID,
    options: u32,
    interface: *mut *mut c_void,
) -> HRESULT {
    if options == 0 {
        // SAFETY: the caller's promise.
        return unsafe { DebugCreate(interface_id, interface) };
    }
    print(format_args!("DebugCreateEx has no options here, but got {options:#x}"));
    // SAFETY: the caller's promise.
    unsafe { refuse(E_NOTIMPL, interface) }
}

/// Refuses to make a client object of an engine in another process (CLI-24).
///
/// # Safety
///
/// As that of [`debug_create`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn DebugConnect(
    _remote_options: *const u8,
    _interface_id: *const GUID,
    interface: *mut *mut c_void,
) -> HRESULT {
    print(format_args!("DebugConnect: {NO_REMOTE_CLIENTS}"));
    // SAFETY: the caller's promise.
    unsafe { refuse(E_NOTIMPL, interface) }
}

/// Refuses to make a client object of an engine in another process (CLI-24).
///
/// # Safety
///
/// As that of [`debug_create`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn DebugConnectWide(
    _remote_options: *const u16,
    _interface_id: *const GUID,
    interface: *mut *mut c_void,
) -> HRESULT {
    print(format_args!("DebugConnectWide: {NO_REMOTE_CLIENTS}"));
    // SAFETY: the caller's promise.
    unsafe { refuse(E_NOTIMPL, interface) }
}

const NO_REMOTE_CLIENTS: &str = "clients of a debugging server are not simulated. For a process server, \
    call DebugCreate, and then ConnectProcessServer on the client object";

/// Writes a null pointer, and returns the failure.
///
/// # Safety
///
/// `interface` is null, misaligned, or points to memory for a pointer.
unsafe fn refuse(hresult: HRESULT, interface: *mut *mut c_void) -> HRESULT {
    if !interface.is_null() && interface.is_aligned() {
        // SAFETY: the caller's promise.
        unsafe { interface.write(std::ptr::null_mut()) };
    }
    hresult
}
