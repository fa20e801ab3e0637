//! Reads and writes the memory of a caller.
//!
//! A misaligned pointer is refused with E_INVALIDARG. No more is written than fits, whatever the engine returns.

use std::borrow::Cow;
use std::ffi::c_void;

use crate::client::Out;
use crate::code_page::CodePage;
use crate::flags::CreateProcessOptions;
use crate::hresult::{E_INVALIDARG, HRESULT};

/// A character of a string: 8 bits in the plain methods, 16 in the Wide ones (STR-8).
pub(super) trait Unit: Copy + Eq + 'static {
    const NUL: Self;

    /// Decodes a string. Malformed parts become U+FFFD.
    fn decode(units: &[Self], page: CodePage) -> Cow<'_, str>;

    /// Encodes a string without a NUL.
    fn encode(text: &str, page: CodePage) -> Cow<'_, [Self]>;

    /// Returns the code page if a string can have more units than the same in UTF-16.
    fn multibyte(page: CodePage) -> Option<CodePage>;
}

impl Unit for u8 {
    const NUL: u8 = 0;

    fn decode(units: &[u8], page: CodePage) -> Cow<'_, str> {
        page.decode(units)
    }

    fn encode(text: &str, page: CodePage) -> Cow<'_, [u8]> {
        // Every page has ASCII.
        if text.is_ascii() {
            return text.as_bytes().into();
        }
        text.chars().flat_map(|character| page.encode(character)).collect()
    }

    fn multibyte(page: CodePage) -> Option<CodePage> {
        page.is_multibyte().then_some(page)
    }
}

impl Unit for u16 {
    const NUL: u16 = 0;

    fn decode(units: &[u16], _page: CodePage) -> Cow<'_, str> {
        String::from_utf16_lossy(units).into()
    }

    fn encode(text: &str, _page: CodePage) -> Cow<'_, [u16]> {
        text.encode_utf16().collect()
    }

    fn multibyte(_page: CodePage) -> Option<CodePage> {
        None
    }
}

fn aligned<T>(pointer: *const T) -> Result<(), HRESULT> {
    if pointer.is_aligned() { Ok(()) } else { Err(E_INVALIDARG) }
}

/// Returns a pointer that is neither null nor misaligned, or `None` for null.
fn given<T>(pointer: *const T) -> Result<Option<*const T>, HRESULT> {
    aligned(pointer)?;
    Ok((!pointer.is_null()).then_some(pointer))
}

/// Counts the characters before the NUL.
///
/// # Safety
///
/// The pointer points to characters that end with a NUL.
unsafe fn length<U: Unit>(pointer: *const U) -> usize {
    let mut length = 0;
    // SAFETY: no character before this one was the NUL, so this one belongs to the string too.
    while unsafe { *pointer.add(length) } != U::NUL {
        length += 1;
    }
    length
}

/// Reads a string. Returns `None` for null.
///
/// # Safety
///
/// A pointer that is neither null nor misaligned points to characters that end with a NUL. Nothing writes there while the
/// result is used; an output may overlap the string.
pub(super) unsafe fn string<'a, U: Unit>(pointer: *const U, page: CodePage) -> Result<Option<Cow<'a, str>>, HRESULT> {
    let Some(pointer) = given(pointer)? else { return Ok(None) };
    // SAFETY: the caller's promise; the counted characters can be read.
    let units = unsafe { std::slice::from_raw_parts(pointer, length(pointer)) };
    Ok(Some(U::decode(units, page)))
}

/// Reads an environment block: items that each end with a NUL, and one more NUL (STR-10). Returns `None` for null.
///
/// # Safety
///
/// A pointer that is neither null nor misaligned points to such a block. Nothing writes there while the result is used.
pub(super) unsafe fn environment<'a, U: Unit>(
    pointer: *const U,
    page: CodePage,
) -> Result<Option<Cow<'a, str>>, HRESULT> {
    let Some(pointer) = given(pointer)? else { return Ok(None) };
    let mut end = 0;
    // SAFETY: after an item and its NUL comes another item or the last NUL.
    while let item @ 1.. = unsafe { length(pointer.add(end)) } {
        end += item + 1;
    }
    // SAFETY: every character was just read.
    let units = unsafe { std::slice::from_raw_parts(pointer, end) };
    Ok(Some(U::decode(units, page)))
}

/// Reads the options of CreateProcess2. A buffer that is too small is not read: every engine rejects its size (OBS-61).
///
/// # Safety
///
/// A pointer that is neither null nor misaligned points to `size` bytes.
pub(super) unsafe fn options(pointer: *const c_void, size: u32) -> Result<Option<CreateProcessOptions>, HRESULT> {
    let Some(pointer) = given(pointer.cast::<CreateProcessOptions>())? else { return Ok(None) };
    if size < CreateProcessOptions::SIZE {
        return Ok(Some(CreateProcessOptions::default()));
    }
    // SAFETY: there are enough bytes, and any bits make four numbers.
    Ok(Some(unsafe { pointer.read() }))
}

/// An out pointer of a caller, and the value that the engine writes for it.
pub(super) struct OutPointer<T, V = T> {
    pointer: *mut T,
    value: Option<V>,
}

impl<T, V> OutPointer<T, V> {
    /// Takes a pointer, which may be null.
    pub(super) fn new(pointer: *mut T) -> Result<OutPointer<T, V>, HRESULT> {
        aligned(pointer)?;
        Ok(OutPointer { pointer, value: None })
    }

    /// Returns the out parameter for the engine.
    pub(super) fn out(&mut self) -> Out<'_, V> {
        (!self.pointer.is_null()).then_some(&mut self.value)
    }

    /// Returns the value that the engine wrote.
    pub(super) fn take(self) -> Option<V> {
        self.value
    }
}

impl<T> OutPointer<T> {
    /// Copies the value that the engine wrote, if any, to the caller.
    ///
    /// # Safety
    ///
    /// The pointer is null or points to memory for a `T`.
    pub(super) unsafe fn put(self) {
        if let Some(value) = self.value {
            // SAFETY: the engine writes no value if the pointer is null.
            unsafe { self.pointer.write(value) };
        }
    }
}

impl<T: Copy> OutPointer<T, Vec<T>> {
    /// Copies the elements that the engine wrote to the caller, as many as fit.
    ///
    /// # Safety
    ///
    /// The pointer is null or points to memory for `count` elements.
    pub(super) unsafe fn put(self, count: u32) {
        let Some(values) = self.value else { return };
        // SAFETY: the engine writes no elements if the pointer is null. At most `count` are copied, from separate memory.
        unsafe { self.pointer.copy_from_nonoverlapping(values.as_ptr(), values.len().min(count as usize)) };
    }
}

impl<U: Unit> OutPointer<U, String> {
    /// Copies the string that the engine wrote to the caller, cut to fit, with its NUL (STR-5).
    ///
    /// # Safety
    ///
    /// The pointer is null or points to memory for `size` characters.
    pub(super) unsafe fn put(self, size: u32, page: CodePage) {
        let (Some(text), Some(room)) = (self.value, (size as usize).checked_sub(1)) else { return };
        for (at, unit) in U::encode(&text, page).iter().copied().take(room).chain([U::NUL]).enumerate() {
            // SAFETY: the engine writes no string if the pointer is null, and `at` is below `size`.
            unsafe { self.pointer.add(at).write(unit) };
        }
    }
}
