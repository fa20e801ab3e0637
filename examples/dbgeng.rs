//! The mock engine as a shared library, for debugger tools in any language: `libdbgeng.so`, `dbgeng.dll`.
//!
//! `cargo build --example dbgeng` puts it into `target/debug/examples`.
#![expect(unsafe_code, reason = "the library is called by pointers")]

use std::ffi::c_void;
use std::sync::LazyLock;

use dbgeng_testkit::com::debug_create;
use dbgeng_testkit::mock::{Lab, LabEngine};
use windows_core::{GUID, HRESULT};

static ENGINE: LazyLock<LabEngine> = LazyLock::new(|| Lab::new(Default::default()).engine());

/// Makes a client object, as documented.
///
/// # Safety
///
/// As that of [`debug_create`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn DebugCreate(interface_id: *const GUID, interface: *mut *mut c_void) -> HRESULT {
    // SAFETY: the caller's promise.
    unsafe { debug_create(&*ENGINE, interface_id, interface) }
}
