//! The memory that a caller hands out: one region, of which everything but the room for outputs has to stay as it was.

use std::any::Any;
use std::cell::UnsafeCell;
use std::ops::Range;

use fastrand::Rng;

/// The size of the region, in bytes.
const SIZE: usize = 4096;

/// The last bytes of the region are NULs and never room, so that a string ends there whatever was laid over its own NUL.
const END: usize = 16;

/// The largest distance between two parts of a call, in bytes.
const GAP: usize = 24;

/// The region. Pointers into it are made from a shared reference, and what they lead to changes: hence the cell.
#[repr(align(16))]
struct Region(UnsafeCell<[u8; SIZE]>);

/// The memory of one caller, handed out anew for every call.
pub(super) struct Memory {
    region: Box<Region>,
    before: [u8; SIZE],
    fill: u8,
    next: usize,
    /// Parts may lie over each other: outputs over outputs, and outputs over inputs.
    overlaps: bool,
    rooms: Vec<Room>,
    /// Inputs that are separate allocations, so that a sanitizer sees reads past their ends.
    kept: Vec<Box<dyn Any>>,
}

/// Bytes that a call may write.
struct Room {
    bytes: Range<usize>,
    /// The size of a character where a string belongs there, which ends with a NUL.
    unit: Option<usize>,
}

impl Memory {
    pub(super) fn new() -> Memory {
        Memory {
            region: Box::new(Region(UnsafeCell::new([0; SIZE]))),
            before: [0; SIZE],
            fill: 0,
            next: 0,
            overlaps: false,
            rooms: Vec::new(),
            kept: Vec::new(),
        }
    }

    fn start(&self) -> *mut u8 {
        self.region.0.get().cast()
    }

    fn bytes(&self) -> &[u8; SIZE] {
        // SAFETY: no call is under way where the bytes are looked at, and nothing else writes them.
        unsafe { &*self.region.0.get() }
    }

    /// Takes everything back, for the next call.
    pub(super) fn begin(&mut self, random: &mut Rng) {
        self.kept.clear();
        self.rooms.clear();
        // No NUL, so that one that is written shows.
        self.fill = random.u8(1..);
        self.overlaps = random.u8(..8) == 0;
        self.next = random.usize(..GAP);
        // SAFETY: it is the whole region; what was handed out before is not used any more.
        unsafe {
            self.start().write_bytes(self.fill, SIZE);
            self.start().add(SIZE - END).write_bytes(0, END);
        }
    }

    /// A place for that many bytes.
    fn place(&mut self, random: &mut Rng, size: usize, alignment: usize) -> usize {
        let last = SIZE - END - size;
        let at = if self.overlaps { random.usize(..=last) } else { self.next };
        let at = at.next_multiple_of(alignment).min(last & !(alignment - 1));
        assert!(self.overlaps || at >= self.next, "the region is too small for the parts of a call");
        self.next = at + size + random.usize(..GAP);
        at
    }

    /// Room for an output of that many elements.
    pub(super) fn room<T>(&mut self, random: &mut Rng, elements: usize, is_text: bool) -> *mut T {
        let size = elements * size_of::<T>();
        let at = self.place(random, size, align_of::<T>());
        self.rooms.push(Room { bytes: at..at + size, unit: is_text.then_some(size_of::<T>()) });
        // SAFETY: it is in the region.
        unsafe { self.start().add(at).cast() }
    }

    /// A pointer to memory in which nothing may be written, aligned or not.
    pub(super) fn no_room<T>(&mut self, random: &mut Rng, is_aligned: bool) -> *mut T {
        let at = self.place(random, size_of::<T>() + align_of::<T>(), align_of::<T>());
        let off = if is_aligned { 0 } else { random.usize(1..align_of::<T>()) };
        // SAFETY: it is in the region.
        unsafe { self.start().add(at + off).cast() }
    }

    /// An input, in the region or as an allocation of its own that ends where the input does.
    pub(super) fn input<T: Copy + 'static>(&mut self, random: &mut Rng, content: &[T]) -> *mut T {
        if random.bool() {
            let mut own = content.to_vec();
            let pointer = own.as_mut_ptr();
            self.kept.push(Box::new(own));
            return pointer;
        }
        let at = self.place(random, size_of_val(content), align_of::<T>());
        // SAFETY: the place is in the region, aligned and large enough.
        unsafe {
            let pointer = self.start().add(at).cast::<T>();
            pointer.copy_from_nonoverlapping(content.as_ptr(), content.len());
            pointer
        }
    }

    /// Remembers how everything is before the call.
    pub(super) fn remember(&mut self) {
        self.before = *self.bytes();
    }

    /// Returns what the call has done wrong. If it may not write at all, the rooms count too.
    pub(super) fn complaint(&mut self, may_write: bool) -> Option<String> {
        if !may_write {
            self.rooms.clear();
        }
        self.rooms.sort_by_key(|room| room.bytes.start);
        let (now, mut from) = (self.bytes(), 0);
        let ends = self.rooms.iter().map(|room| room.bytes.clone()).chain(std::iter::once(SIZE..SIZE));
        for room in ends {
            let to = room.start.max(from);
            if now[from..to] != self.before[from..to] {
                let at = (from..to).find(|at| now[*at] != self.before[*at]);
                return Some(format!("byte {at:?} of the region was written, outside {:?}", self.all_rooms()));
            }
            from = to.max(room.end);
        }
        if self.overlaps {
            return None;
        }
        self.rooms.iter().find_map(|room| self.complaint_about_text(room))
    }

    fn all_rooms(&self) -> Vec<Range<usize>> {
        self.rooms.iter().map(|room| room.bytes.clone()).collect()
    }

    /// Returns what is wrong with a string: it has to end with a NUL, and nothing may be written after that.
    fn complaint_about_text(&self, room: &Room) -> Option<String> {
        let unit = room.unit.filter(|_| !room.bytes.is_empty())?;
        let mut units = self.bytes()[room.bytes.clone()].chunks_exact(unit);
        if !units.any(|unit| unit.iter().all(|byte| *byte == 0)) {
            return Some(format!("no NUL was written in {:?}", room.bytes));
        }
        let is_left_alone = units.flatten().all(|byte| *byte == self.fill);
        (!is_left_alone).then(|| format!("something was written after the NUL in {:?}", room.bytes))
    }
}
