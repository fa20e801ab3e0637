//! Room for what another engine writes, in which it shows whether and how far it wrote.
//!
//! Every element begins with a value that no engine is likely to write. Behind the room that the engine is told of is some
//! that it must leave alone; what it writes there is handed on with the rest, so that the judge sees a string or a list
//! that is longer than its buffer.

use super::memory::Unit;
use crate::call::Pointer;

/// A type of which one value stands for "not written".
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
    /// No id of a process: those are multiples of four.
    const SENTINEL: u32 = 0xa5c3_96b5;
}

impl Sentinel for u64 {
    const SENTINEL: u64 = 0xa5c3_96b5_3c5a_6987;
}

/// How much room there is at most, in elements; no computer of ours has as many processes, nor names that long.
const MAX_LENGTH: u32 = 1 << 16;

/// How much room there is behind that, in elements.
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

    /// The pointer that the engine gets.
    pub(super) fn pointer(&mut self) -> *mut T {
        if self.is_given { &raw mut self.value } else { std::ptr::null_mut() }
    }

    /// What was written.
    pub(super) fn written(&self) -> Option<T> {
        (self.value != T::SENTINEL).then_some(self.value)
    }
}

/// An output of many values.
pub(super) struct OutBuffer<T> {
    values: Vec<T>,
    size: u32,
}

impl<T: Sentinel> OutBuffer<T> {
    /// Room for `size` elements, or as much as there is at most.
    pub(super) fn new(pointer: Pointer, size: u32) -> OutBuffer<T> {
        if pointer.is_null() {
            return OutBuffer { values: Vec::new(), size };
        }
        let size = size.min(MAX_LENGTH);
        OutBuffer { values: vec![T::SENTINEL; size as usize + GUARD], size }
    }

    /// The size that the engine gets: it may use all the room that it is told of.
    pub(super) fn size(&self) -> u32 {
        self.size
    }

    /// The pointer that the engine gets.
    pub(super) fn pointer(&mut self) -> *mut T {
        if self.values.is_empty() { std::ptr::null_mut() } else { self.values.as_mut_ptr() }
    }
}

impl OutBuffer<u32> {
    /// The elements up to the last one that was written. An engine that wrote none, with room for none, has done what it
    /// was to do.
    ///
    /// What stands behind `actual` elements, and still in the room, is no id: Microsoft's engine takes the whole array
    /// along to a server and back, and leaves zeros there or what was in its memory.
    pub(super) fn written(&self, actual: Option<u32>) -> Option<Vec<u32>> {
        let end = self.values.iter().rposition(|value| *value != u32::SENTINEL)? + 1;
        let is_in_room = end <= self.size as usize;
        let ids = match actual {
            Some(actual) if is_in_room => end.min(actual as usize),
            None if is_in_room => self.values[..end].iter().rposition(|value| *value != 0).map_or(0, |last| last + 1),
            _ => end,
        };
        Some(self.values[..ids].to_vec())
    }
}

impl<U: Unit + Sentinel> OutBuffer<U> {
    /// The string that was written, without its NUL; one without a NUL goes as far as was written.
    pub(super) fn string(&self) -> Option<String> {
        let end = self.values.iter().rposition(|unit| *unit != U::SENTINEL)? + 1;
        let text = &self.values[..end];
        let length = text.iter().position(|unit| *unit == U::NUL).unwrap_or(end);
        Some(U::decode(&text[..length]).into_owned())
    }
}
