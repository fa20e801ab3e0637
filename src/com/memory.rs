//! The memory of a caller: what its pointers may be read and written for.
//!
//! A pointer that is not aligned for what it points to is refused with E_INVALIDARG, and no more is written than there is
//! room for, whatever the engine says.

use std::borrow::Cow;
use std::ffi::c_void;

use crate::client::Out;
use crate::flags::CreateProcessOptions;
use crate::hresult::{E_INVALIDARG, HRESULT};

/// A character of a string: 8 bits in the plain methods, 16 in the Wide ones (STR-8).
pub(super) trait Unit: Copy + Eq + 'static {
    const NUL: Self;

    /// Reads a string. What is malformed becomes U+FFFD; 8-bit strings are UTF-8, since no source names a code page.
    fn decode(units: &[Self]) -> Cow<'_, str>;

    /// Writes a string, without a NUL, in as many characters as it has UTF-16 units, so that sizes are the same for both
    /// twins: what 8 bits cannot express becomes `?`.
    fn encode(text: &str) -> impl Iterator<Item = Self>;
}

impl Unit for u8 {
    const NUL: u8 = 0;

    fn decode(units: &[u8]) -> Cow<'_, str> {
        // Much faster where nothing is lost.
        str::from_utf8(units).map_or_else(|_| String::from_utf8_lossy(units), Cow::Borrowed)
    }

    fn encode(text: &str) -> impl Iterator<Item = u8> {
        text.encode_utf16().map(|unit| u8::try_from(unit).ok().filter(u8::is_ascii).unwrap_or(b'?'))
    }
}

impl Unit for u16 {
    const NUL: u16 = 0;

    fn decode(units: &[u16]) -> Cow<'_, str> {
        String::from_utf16_lossy(units).into()
    }

    fn encode(text: &str) -> impl Iterator<Item = u16> {
        text.encode_utf16()
    }
}

fn aligned<T>(pointer: *const T) -> Result<(), HRESULT> {
    if pointer.is_aligned() { Ok(()) } else { Err(E_INVALIDARG) }
}

/// How many characters there are before the NUL.
///
/// # Safety
///
/// The pointer leads to characters that end with a NUL.
unsafe fn length<U: Unit>(pointer: *const U) -> usize {
    let mut length = 0;
    // SAFETY: no character before this one was the NUL, so this one belongs to the string too.
    while unsafe { *pointer.add(length) } != U::NUL {
        length += 1;
    }
    length
}

/// Reads a string; null gives `None`.
///
/// # Safety
///
/// A pointer that is neither null nor misaligned leads to characters that end with a NUL, and nothing writes there for as
/// long as the result is used: an output may lie over the string.
pub(super) unsafe fn string<'a, U: Unit>(pointer: *const U) -> Result<Option<Cow<'a, str>>, HRESULT> {
    if pointer.is_null() {
        return Ok(None);
    }
    aligned(pointer)?;
    // SAFETY: the caller's promise; what was counted can be read.
    let units = unsafe { std::slice::from_raw_parts(pointer, length(pointer)) };
    Ok(Some(U::decode(units)))
}

/// Reads an environment block: items that end with a NUL each, and one NUL more (STR-10). Null gives `None`.
///
/// # Safety
///
/// A pointer that is neither null nor misaligned leads to such a block, and nothing writes there for as long as the result
/// is used.
pub(super) unsafe fn environment<'a, U: Unit>(pointer: *const U) -> Result<Option<Cow<'a, str>>, HRESULT> {
    if pointer.is_null() {
        return Ok(None);
    }
    aligned(pointer)?;
    let mut end = 0;
    // SAFETY: behind an item and its NUL begins another item, or there is the last NUL.
    while let item @ 1.. = unsafe { length(pointer.add(end)) } {
        end += item + 1;
    }
    // SAFETY: all of it was just read.
    let units = unsafe { std::slice::from_raw_parts(pointer, end) };
    Ok(Some(U::decode(units)))
}

/// Reads the options of CreateProcess2. Of a buffer that is too small for them nothing is read: its size alone makes any
/// engine refuse them (OBS-61).
///
/// # Safety
///
/// A pointer that is neither null nor misaligned leads to `size` bytes.
pub(super) unsafe fn options(pointer: *const c_void, size: u32) -> Result<Option<CreateProcessOptions>, HRESULT> {
    let pointer = pointer.cast::<CreateProcessOptions>();
    if pointer.is_null() {
        return Ok(None);
    }
    aligned(pointer)?;
    if size < CreateProcessOptions::SIZE {
        return Ok(Some(CreateProcessOptions::default()));
    }
    // SAFETY: there are enough bytes, and any bits make four numbers.
    Ok(Some(unsafe { pointer.read() }))
}

/// What a caller's out pointer leads to, between the call and the answer.
pub(super) struct OutPointer<T, V = T> {
    pointer: *mut T,
    value: Option<V>,
}

impl<T, V> OutPointer<T, V> {
    /// The target of a pointer, which may be null.
    pub(super) fn new(pointer: *mut T) -> Result<OutPointer<T, V>, HRESULT> {
        aligned(pointer)?;
        Ok(OutPointer { pointer, value: None })
    }

    /// The out parameter that an engine takes in its place.
    pub(super) fn out(&mut self) -> Out<'_, V> {
        (!self.pointer.is_null()).then_some(&mut self.value)
    }

    /// What the engine wrote.
    pub(super) fn take(self) -> Option<V> {
        self.value
    }
}

impl<T> OutPointer<T> {
    /// Writes what the engine wrote, if it wrote anything.
    ///
    /// # Safety
    ///
    /// The pointer, unless it is null, leads to room for a `T`.
    pub(super) unsafe fn put(self) {
        if let Some(value) = self.value {
            // SAFETY: the engine writes no value where the pointer is null.
            unsafe { self.pointer.write(value) };
        }
    }
}

impl OutPointer<u32, Vec<u32>> {
    /// Writes as many elements as the engine wrote and as there is room for.
    ///
    /// # Safety
    ///
    /// The pointer, unless it is null, leads to room for `count` elements.
    pub(super) unsafe fn put(self, count: u32) {
        let Some(values) = self.value else { return };
        // SAFETY: the engine writes no elements where the pointer is null, and no more than `count` are copied, out of its
        // own memory.
        unsafe { self.pointer.copy_from_nonoverlapping(values.as_ptr(), values.len().min(count as usize)) };
    }
}

impl<U: Unit> OutPointer<U, String> {
    /// Writes the string that the engine wrote, cut to fit, and its NUL (STR-5).
    ///
    /// # Safety
    ///
    /// The pointer, unless it is null, leads to room for `size` characters.
    pub(super) unsafe fn put(self, size: u32) {
        let (Some(text), Some(room)) = (self.value, (size as usize).checked_sub(1)) else { return };
        for (at, unit) in U::encode(&text).take(room).chain([U::NUL]).enumerate() {
            // SAFETY: the engine writes no string where the pointer is null, and `at` is below `size`.
            unsafe { self.pointer.add(at).write(unit) };
        }
    }
}
