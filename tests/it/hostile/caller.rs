//! A caller that keeps COM's rules to the letter, and no others.

use std::ffi::c_void;

use dbgeng_testkit::flags::CreateProcessOptions;
use fastrand::Rng;

use super::memory::Memory;

/// As much room as any output of these worlds needs, in elements. A buffer of an absurd size has this much memory.
pub(super) const PLENTY: usize = 256;

/// Sizes without enough memory, where they are larger than [`PLENTY`].
const ABSURD: [u32; 4] = [PLENTY as u32, 0x1_0000, 0x8000_0000, u32::MAX];

const OFFERS: &[&str] = &["tcp:port=7001", "tcp:port=0", "npipe:pipe=%x", "tcp:port=7001:7003,hidden", "tcp:", "x:y=1"];
const SEARCHES: &[&str] = &[
    "tcp:server=localhost,port=7001",
    "tcp:server=box17,port=5005",
    "npipe:server=localhost,pipe=alpha",
    "tcp:server=nowhere,port=1",
    "tcp:server=localhost,port=",
];
const NAMES: &[&str] = &["explorer.exe", "SVCHOST.EXE", r"C:\windows\system32\services.exe", "none.exe"];
const LINES: &[&str] = &["winver.exe", r#""notepad.exe" a.txt"#, "none.exe", "\""];
const PLACES: &[&str] = &[r"\\box17", "localhost", "nowhere", r"C:\", ""];

/// The purpose of a string.
#[derive(Clone, Copy)]
pub(super) enum Text {
    Offer,
    Search,
    Name,
    Line,
    HostLocation,
}

/// A character of 8 or of 16 bits.
pub(super) trait Unit: Copy + 'static {
    /// Some of the bits.
    fn of(bits: u16) -> Self;
}

impl Unit for u8 {
    fn of(bits: u16) -> u8 {
        bits.to_le_bytes()[0]
    }
}

impl Unit for u16 {
    fn of(bits: u16) -> u16 {
        bits
    }
}

/// Makes the arguments of calls.
pub(super) struct Caller {
    pub(super) random: Rng,
    pub(super) memory: Memory,
    /// Handles that were issued, some of them stale by now.
    pub(super) handles: Vec<u64>,
    /// A pointer of the call is not aligned for what it leads to.
    pub(super) is_misaligned: bool,
    /// The size of the last buffer.
    pub(super) size: u32,
}

impl Caller {
    pub(super) fn new(seed: u64) -> Caller {
        Caller {
            random: Rng::with_seed(seed),
            memory: Memory::new(),
            handles: Vec::new(),
            is_misaligned: false,
            size: 0,
        }
    }

    /// Makes ready for the next call.
    pub(super) fn begin(&mut self) {
        self.memory.begin(&mut self.random);
        self.is_misaligned = false;
    }

    /// Whether the call has left alone what it had to; `may_write` says whether the rooms were its own.
    pub(super) fn check(&mut self, may_write: bool) -> Result<(), String> {
        self.memory.complaint(may_write).map_or(Ok(()), Err)
    }

    /// One of these by chance.
    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.random.usize(..choices.len())]
    }

    /// A number: small ones, flags and the largest.
    pub(super) fn number(&mut self) -> u32 {
        match self.random.u8(..4) {
            0 => self.random.u32(..),
            1 => self.one_of(&[u32::MAX, 0x8000_0000, 0x7fff_ffff]),
            2 => 1 << self.random.u32(..32),
            _ => self.random.u32(..8),
        }
    }

    /// Flags, most of them such as are taken.
    pub(super) fn few_flags(&mut self) -> u32 {
        if self.random.u8(..4) == 0 { self.number() } else { self.random.u32(..4) }
    }

    /// The id of a process that the worlds have, or some number.
    pub(super) fn process_id(&mut self) -> u32 {
        if self.random.bool() { 64 + 4 * self.random.u32(..8) } else { self.number() }
    }

    /// Zero, a handle that was issued, or a stranger.
    pub(super) fn handle(&mut self) -> u64 {
        match self.random.u8(..8) {
            0 => self.random.u64(..),
            1..3 => 0,
            _ if self.handles.is_empty() => 0,
            _ => self.handles[self.random.usize(..self.handles.len())],
        }
    }

    /// A pointer that is null or misaligned, or what `make` makes.
    fn pointer<T>(&mut self, make: impl FnOnce(&mut Caller) -> *mut T) -> *mut T {
        match self.random.u8(..24) {
            0..2 => std::ptr::null_mut(),
            2 if align_of::<T>() > 1 => {
                self.is_misaligned = true;
                self.memory.no_room(&mut self.random, false)
            }
            _ => make(self),
        }
    }

    fn out<T>(&mut self, elements: usize, is_text: bool) -> *mut T {
        self.pointer(|caller| caller.memory.room(&mut caller.random, elements, is_text))
    }

    /// A pointer to an output of one value.
    pub(super) fn one<T>(&mut self) -> *mut T {
        self.out(1, false)
    }

    /// A pointer to an output of many values, and the size that goes with it. The room is as large as the size says, or
    /// holds all that an engine could write.
    pub(super) fn many<T>(&mut self, is_text: bool) -> (*mut T, u32) {
        let size = match self.random.u8(..4) {
            0 => self.random.u32(..3),
            1 => self.random.u32(..12),
            2 => self.random.u32(..PLENTY as u32),
            _ => self.one_of(&ABSURD),
        };
        (self.out(PLENTY.min(size as usize), is_text), size)
    }

    /// A pointer to memory of any content, which no call may change.
    pub(super) fn untouched<T>(&mut self) -> *mut T {
        self.pointer(|caller| caller.memory.no_room(&mut caller.random, true))
    }

    /// A pointer to an input.
    pub(super) fn input<T: Copy + 'static>(&mut self, make: impl FnOnce(&mut Caller) -> Vec<T>) -> *mut T {
        self.pointer(|caller| {
            let content = make(caller);
            caller.memory.input(&mut caller.random, &content)
        })
    }

    /// A string that ends with a NUL.
    pub(super) fn text<U: Unit>(&mut self, text: Text) -> *mut U {
        self.input(|caller| caller.characters(text).into_iter().chain([U::of(0)]).collect())
    }

    /// An environment block.
    pub(super) fn environment<U: Unit>(&mut self) -> *mut U {
        self.input(|caller| {
            let items: Vec<Vec<U>> = (0..caller.random.usize(..4)).map(|_| caller.characters(Text::Name)).collect();
            let items = items.into_iter().filter(|item| !item.is_empty());
            items.flat_map(|item| item.into_iter().chain([U::of(0)])).chain([U::of(0)]).collect()
        })
    }

    fn characters<U: Unit>(&mut self, text: Text) -> Vec<U> {
        let known = match text {
            Text::Offer => OFFERS,
            Text::Search => SEARCHES,
            Text::Name => NAMES,
            Text::Line => LINES,
            Text::HostLocation => PLACES,
        };
        match self.random.u8(..8) {
            // Malformed in either encoding, most of them.
            0 => (0..self.random.usize(..40)).map(|_| U::of(self.random.u16(..) | 1)).collect(),
            1 => vec![U::of(u16::from(b'x')); self.random.usize(100..300)],
            _ => self.one_of(known).encode_utf16().map(U::of).collect(),
        }
    }

    /// The options of CreateProcess2 with their size, which may be a wrong one: too small, and then there is no more
    /// memory than that, or too large.
    pub(super) fn options(&mut self) -> (*mut c_void, u32) {
        let size = match self.random.u8(..4) {
            0 => self.random.u32(..40),
            1 => self.one_of(&ABSURD),
            _ => CreateProcessOptions::SIZE,
        };
        let words = self.input(|caller| {
            let flags = if caller.random.bool() { 0 } else { caller.number() };
            [flags, 0, caller.number(), 0][..(size as usize / 4).min(4)].to_vec()
        });
        (words.cast(), size)
    }
}
