//! The functions that the library exports for tests, as `include/dbgeng_testkit.h` declares them.

use std::ffi::{CStr, c_char};
use std::path::Path;

use dbgeng_testkit::hresult::{E_INVALIDARG, HRESULT, S_FALSE, S_OK};

use crate::session;
use crate::settings::print;

/// Makes a new world.
///
/// # Safety
///
/// `scenario` is null or points to a string that ends with a NUL.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn DbgengTestkitReset(scenario: *const c_char) -> HRESULT {
    // SAFETY: the caller's promise.
    let named = (!scenario.is_null()).then(|| unsafe { CStr::from_ptr(scenario) });
    let path = named.map(|path| path.to_string_lossy());
    match session::with(|session| session.reset(path.as_deref().map(Path::new))) {
        Ok(()) => S_OK,
        Err(error) => {
            print(format_args!("DbgengTestkitReset: {error}"));
            E_INVALIDARG
        }
    }
}

/// Returns the number of findings and leftovers.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn DbgengTestkitFindingCount() -> u32 {
    u32::try_from(session::with(|session| session.complaint().count)).unwrap_or(u32::MAX)
}

/// Writes the findings and leftovers as text.
///
/// # Safety
///
/// `buffer` is null or has room for `buffer_size` bytes. `text_size` is null or points to a number.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn DbgengTestkitFindings(
    buffer: *mut c_char,
    buffer_size: u32,
    text_size: *mut u32,
) -> HRESULT {
    let text = session::with(|session| session.read()).text;
    if !text_size.is_null() {
        // SAFETY: the caller's promise.
        unsafe { text_size.write_unaligned(u32::try_from(text.len() + 1).unwrap_or(u32::MAX)) };
    }
    if buffer.is_null() || buffer_size == 0 {
        return S_FALSE;
    }
    let room = text.len().min(buffer_size as usize - 1);
    let fits = (0..=room).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    // SAFETY: the caller promises room for the part that fits and a NUL.
    unsafe {
        std::ptr::copy_nonoverlapping(text.as_ptr(), buffer.cast(), fits);
        buffer.add(fits).write(0);
    }
    if fits < text.len() { S_FALSE } else { S_OK }
}
