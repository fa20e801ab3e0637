//! The end of the process: the library reports as late as it can, after the destructors of the program's static objects.

#[cfg(windows)]
use std::ffi::c_void;

use crate::session;

/// Called by the loader when the process exits.
#[cfg(all(unix, not(target_vendor = "apple")))]
#[used]
#[unsafe(link_section = ".fini_array")]
static AT_END: extern "C" fn() = at_end;

/// Called by the loader. The process exits if it detaches the library and `is_exit` is not null.
#[cfg(windows)]
#[unsafe(no_mangle)]
extern "system" fn DllMain(_library: *mut c_void, reason: u32, is_exit: *mut c_void) -> i32 {
    if reason == windows_sys::Win32::System::SystemServices::DLL_PROCESS_DETACH && !is_exit.is_null() {
        at_end();
    }
    1
}

extern "C" fn at_end() {
    // Nothing unwinds into the loader.
    if let Ok(Some(status)) = std::panic::catch_unwind(session::report) {
        leave(status);
    }
}

/// Keeps the library loaded until the process ends.
pub(crate) fn stay_loaded() {
    #[cfg(windows)]
    {
        use windows_sys::Win32::System::LibraryLoader::{
            GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, GET_MODULE_HANDLE_EX_FLAG_PIN, GetModuleHandleExW,
        };
        let flags = GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS;
        let mut library = std::ptr::null_mut();
        // SAFETY: the address is one of this library, and there is room for a handle.
        unsafe { GetModuleHandleExW(flags, at_end as *const u16, &mut library) };
    }
    // Elsewhere the build script says so to the linker. There, `AT_END` needs no registration, but on Apple's systems.
    #[cfg(target_vendor = "apple")]
    // SAFETY: the function is there as long as the library.
    unsafe {
        libc::atexit(at_end);
    }
}

/// Ends the process with this exit status.
fn leave(status: i32) -> ! {
    // SAFETY: a null pointer means every stream, so the program's last output is not lost.
    unsafe { libc::fflush(std::ptr::null_mut()) };
    #[cfg(unix)]
    // SAFETY: this only ends the process.
    unsafe {
        libc::_exit(status)
    }
    #[cfg(windows)]
    // SAFETY: the same.
    unsafe {
        use windows_sys::Win32::System::Threading::{GetCurrentProcess, TerminateProcess};
        TerminateProcess(GetCurrentProcess(), status.cast_unsigned());
    }
    #[cfg(not(unix))]
    std::process::abort()
}
