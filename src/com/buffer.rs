//! Output buffers for other engines, which show whether and how far an engine wrote.
//!
//! Every element starts as a sentinel, a value that no engine is likely to write. After the buffer comes a guard zone that the
//! engine must leave alone. What it writes there is returned with the rest, so the judge sees a string or list that is longer
//! than its buffer.

use super::memory::Unit;
use crate::call::Pointer;
use crate::code_page::CodePage;

/// A type with a value that means "not written".
pub(super) trait Sentinel: Copy + Eq {
    const SENTINEL: Self;
}

impl Sentinel for u8 {
    const SENTINEL: u8 = 0xa5;
}

impl Sentinel for u16 {
    const SENTINEL: u16 = 0xa5c3;
}

impl Sentinel for u32 {
    /// Not the id of a process, since those are multiples of four.
    const SENTINEL: u32 = 0xa5c3_96b5;
}

impl Sentinel for u64 {
    const SENTINEL: u64 = 0xa5c3_96b5_3c5a_6987;
}

/// The largest buffer, in elements. No list of processes and no name of a test is longer.
const MAX_LENGTH: u32 = 1 << 16;

/// The size of the guard zone, in elements.
const GUARD: usize = 64;

/// An output of one value.
pub(super) struct OutValue<T> {
    value: T,
    is_given: bool,
}

impl<T: Sentinel> OutValue<T> {
    pub(super) fn new(pointer: Pointer) -> OutValue<T> {
        OutValue { value: T::SENTINEL, is_given: !pointer.is_null() }
    }

    /// Returns the pointer for the engine.
    pub(super) fn pointer(&mut self) -> *mut T {
        if self.is_given { &raw mut self.value } else { std::ptr::null_mut() }
    }

    /// Returns the value that was written.
    pub(super) fn written(&self) -> Option<T> {
        (self.value != T::SENTINEL).then_some(self.value)
    }
}

/// An output of many values.
pub(super) struct OutBuffer<T> {
    values: Vec<T>,
    /// The size for the engine.
    pub(super) size: u32,
}

impl<T: Sentinel> OutBuffer<T> {
    /// Makes a buffer of `size` elements, but at most [`MAX_LENGTH`].
    pub(super) fn new(pointer: Pointer, size: u32) -> OutBuffer<T> {
        if pointer.is_null() {
            return OutBuffer { values: Vec::new(), size };
        }
        let size = size.min(MAX_LENGTH);
        OutBuffer { values: vec![T::SENTINEL; size as usize + GUARD], size }
    }

    /// Returns the pointer for the engine.
    pub(super) fn pointer(&mut self) -> *mut T {
        if self.values.is_empty() { std::ptr::null_mut() } else { self.values.as_mut_ptr() }
    }
}

impl OutBuffer<u32> {
    /// Returns the elements up to the last one that was written. `None` if none was written.
    ///
    /// Elements after the first `actual` ones that are still inside the buffer are not ids. Microsoft's engine sends the whole
    /// array to a server and back, and leaves zeros or other memory there.
    pub(super) fn written(&self, actual: Option<u32>) -> Option<Vec<u32>> {
        let end = self.values.iter().rposition(|value| *value != u32::SENTINEL)? + 1;
        let is_inside = end <= self.size as usize;
        let ids = match actual {
            Some(actual) if is_inside => end.min(actual as usize),
            None if is_inside => self.values[..end].iter().rposition(|value| *value != 0).map_or(0, |last| last + 1),
            _ => end,
        };
        Some(self.values[..ids].to_vec())
    }
}

impl<U: Unit + Sentinel> OutBuffer<U> {
    /// Returns the string that was written, without its NUL. Without a NUL, it ends at the last written character.
    pub(super) fn string(&self, page: CodePage) -> Option<String> {
        let end = self.values.iter().rposition(|unit| *unit != U::SENTINEL)? + 1;
        let text = &self.values[..end];
        let length = text.iter().position(|unit| *unit == U::NUL).unwrap_or(end);
        Some(U::decode(&text[..length], page).into_owned())
    }
}
