//! Calls and outcomes as records of bytes, and the way back.
//!
//! A record begins with its head, and the head with its length. The head has all numbers, each at a place that only the method
//! decides, so it is written in one piece. The bytes of the strings and lists follow.

use crate::call::{Call, Caller, Ending, Outcome, Outputs, Pointer, call};
use crate::flags::{
    AttachFlags, CreateFlags, CreateProcessOptions, DescriptionFlags, EndSessionFlags, EngCreateFlags, EngineOptions,
    ExecuteFlags, ExecutionStatus, GetProcessFlags, InterruptFlags, OutputMask, ServersFlags,
};
use crate::hresult::HRESULT;
use crate::interface::Interface;
use crate::method::methods;
use crate::trace::{EventKind, Recorded};

/// The length that a head may have.
const LONGEST_HEAD: usize = 96;

/// The head of a record that is being written. Its first byte is its length.
struct Head {
    bytes: [u8; LONGEST_HEAD],
    length: u8,
}

impl Head {
    #[inline]
    fn new(tag: Tag, by: &Caller) -> Head {
        let mut head = Head { bytes: [0; LONGEST_HEAD], length: 1 };
        (tag as u8).pack(&mut head);
        by.pack(&mut head);
        head
    }

    #[inline]
    fn add<const N: usize>(&mut self, number: [u8; N]) {
        let at = usize::from(self.length);
        self.bytes[at..at + N].copy_from_slice(&number);
        self.length += N as u8;
    }

    #[inline]
    fn append_to(mut self, page: &mut Vec<u8>) {
        self.bytes[0] = self.length;
        page.extend_from_slice(&self.bytes[..usize::from(self.length)]);
    }
}

/// The parts of a record that are not read yet.
struct Unread<'a> {
    head: &'a [u8],
    rest: &'a [u8],
}

/// A value in a record. Values of one type have equally many numbers.
trait Packed<'a>: Sized {
    fn pack(&self, to: &mut Head);

    /// Appends the bytes of strings and lists.
    #[inline]
    fn pack_rest(&self, _to: &mut Vec<u8>) {}

    /// Returns `None` if the bytes are not those of such a value.
    fn unpack(from: &mut Unread<'a>) -> Option<Self>;
}

/// Packs values as numbers of a fixed length.
macro_rules! numbers {
    ($($type:ty: $number:ty, $to:expr, $from:expr;)*) => {
        $(impl Packed<'_> for $type {
            #[inline]
            fn pack(&self, to: &mut Head) {
                let number: fn(&Self) -> $number = $to;
                to.add(number(self).to_le_bytes());
            }

            fn unpack(from: &mut Unread<'_>) -> Option<Self> {
                let bytes = from.head.split_off(..size_of::<$number>())?;
                let value: fn($number) -> Self = $from;
                Some(value(<$number>::from_le_bytes(bytes.try_into().ok()?)))
            }
        })*
    };
}

numbers! {
    u8: u8, |value| *value, |number| number;
    u16: u16, |value| *value, |number| number;
    u32: u32, |value| *value, |number| number;
    u64: u64, |value| *value, |number| number;
    bool: u8, |value| u8::from(*value), |number| number != 0;
    Pointer: u8, |value| u8::from(value.is_null()), |number| if number == 0 { Pointer::Given } else { Pointer::Null };
    HRESULT: i32, |value| value.0, HRESULT;
    AttachFlags: u32, |value| value.bits(), AttachFlags::from;
    CreateFlags: u32, |value| value.bits(), CreateFlags::from;
    DescriptionFlags: u32, |value| value.bits(), DescriptionFlags::from;
    EndSessionFlags: u32, |value| value.bits(), EndSessionFlags::from;
    EngCreateFlags: u32, |value| value.bits(), EngCreateFlags::from;
    EngineOptions: u32, |value| value.bits(), EngineOptions::from;
    ExecuteFlags: u32, |value| value.bits(), ExecuteFlags::from;
    ExecutionStatus: u32, |value| value.bits(), ExecutionStatus::from;
    GetProcessFlags: u32, |value| value.bits(), GetProcessFlags::from;
    InterruptFlags: u32, |value| value.bits(), InterruptFlags::from;
    OutputMask: u32, |value| value.bits(), OutputMask::from;
    ServersFlags: u32, |value| value.bits(), ServersFlags::from;
}

/// Packs structs field by field.
macro_rules! structs {
    ($($type:ty { $($field:ident),* })*) => {
        $(impl<'a> Packed<'a> for $type {
            #[inline]
            fn pack(&self, to: &mut Head) {
                $(self.$field.pack(to);)*
            }

            fn unpack(from: &mut Unread<'a>) -> Option<Self> {
                $(let $field = Packed::unpack(from)?;)*
                Some(Self { $($field),* })
            }
        })*
    };
}

structs! {
    Caller { process, thread, client }
    CreateProcessOptions { create_flags, eng_create_flags, verifier_flags, reserved }
}

impl Packed<'_> for Ending {
    #[inline]
    fn pack(&self, to: &mut Head) {
        // Two matches need no jump table, and one that makes a pair does.
        let kind: u8 = match self {
            Ending::Returned(_) => 0,
            Ending::References(_) => 1,
            Ending::Crashed => 2,
            Ending::TimedOut => 3,
        };
        let number = match *self {
            Ending::Returned(hresult) => hresult.0.cast_unsigned(),
            Ending::References(count) => count,
            Ending::Crashed | Ending::TimedOut => 0,
        };
        kind.pack(to);
        number.pack(to);
    }

    fn unpack(from: &mut Unread<'_>) -> Option<Self> {
        let (kind, number) = (u8::unpack(from)?, u32::unpack(from)?);
        match kind {
            0 => Some(Ending::Returned(HRESULT(number.cast_signed()))),
            1 => Some(Ending::References(number)),
            2 => Some(Ending::Crashed),
            3 => Some(Ending::TimedOut),
            _ => None,
        }
    }
}

impl Packed<'_> for Interface {
    #[inline]
    fn pack(&self, to: &mut Head) {
        let (version, name) = parts(self);
        version.pack(to);
        name.pack(to);
    }

    fn pack_rest(&self, to: &mut Vec<u8>) {
        let (_, name) = parts(self);
        name.pack_rest(to);
    }

    fn unpack(from: &mut Unread<'_>) -> Option<Self> {
        let (version, name) = (Option::unpack(from)?, String::unpack(from)?);
        Some(version.map_or(Interface::Other(name), Interface::DebugClient))
    }
}

/// Returns the version of an `IDebugClient`, or the name of another interface.
fn parts(interface: &Interface) -> (Option<u8>, &str) {
    match interface {
        Interface::DebugClient(version) => (Some(*version), ""),
        Interface::Other(name) => (None, name),
    }
}

/// Packs the numbers of an output of a call that has it.
macro_rules! pack_output {
    ($out:ident, $head:ident, $output:ident: (out $type:ty)) => {
        $out.$output.pack(&mut $head);
    };
    ($out:ident, $head:ident, $input:ident: $kind:tt) => {};
}

/// Packs the rest of such an output.
macro_rules! pack_rest {
    ($out:ident, $to:ident, $output:ident: (out $type:ty)) => {
        $out.$output.pack_rest($to);
    };
    ($out:ident, $to:ident, $input:ident: $kind:tt) => {
        $input.pack_rest($to);
    };
}

/// Unpacks an output of a call that has it.
macro_rules! unpack_output {
    ($out:ident, $from:ident, $output:ident: (out $type:ty)) => {
        $out.$output = Packed::unpack($from)?;
    };
    ($out:ident, $from:ident, $input:ident: $kind:tt) => {};
}

macro_rules! calls {
    ($($since:literal $(/ $wide:literal)? $Name:ident = $name:ident(
        $($parameter:ident $Parameter:ident: $kind:tt),*
    );)*) => {
        /// The kinds of records: the calls of each method, numbered as the table numbers it, and the end of a process.
        enum Tag { $($Name,)* Killed }

        /// Appends the record of a call of the surface: its caller, how it ended, and its outputs.
        pub(super) fn pack(by: &Caller, call: &Call<&str>, ending: Ending, out: &Outputs, to: &mut Vec<u8>) {
            match call {
                $(call!($Name { $($parameter),* }) => {
                    let mut head = Head::new(Tag::$Name, by);
                    ending.pack(&mut head);
                    $($parameter.pack(&mut head);)*
                    $(pack_output!(out, head, $parameter: $kind);)*
                    if let Call::CreateClient = call {
                        out.client.pack(&mut head);
                    }
                    head.append_to(to);
                    $(pack_rest!(out, to, $parameter: $kind);)*
                })*
                // A client object has no such method, so none is written.
                Call::OtherMethod { .. } => {}
            }
        }

        fn unpack_call<'a>(tag: u8, from: &mut Unread<'a>) -> Option<(Call<&'a str>, Outcome)> {
            let ending = Ending::unpack(from)?;
            let mut out = Outputs::default();
            $(if tag == Tag::$Name as u8 {
                $(let $parameter = Packed::unpack(from)?;)*
                $(unpack_output!(out, from, $parameter: $kind);)*
                let call = call!($Name { $($parameter),* });
                if let Call::CreateClient = call {
                    out.client = Packed::unpack(from)?;
                }
                return Some((call, Outcome { ending, out }));
            })*
            None
        }
    };
}

methods!(all => calls);

/// Appends the record of a process that was killed.
pub(super) fn pack_killed(process: u32, to: &mut Vec<u8>) {
    Head::new(Tag::Killed, &Caller { process, ..Caller::default() }).append_to(to);
}

/// Reads the first record of a page.
pub(super) fn unpack(page: &mut &[u8]) -> Option<EventKind> {
    let head = page.split_off(..usize::from(*page.first()?))?;
    let mut from = Unread { head: &head[1..], rest: page };
    let (tag, by) = (u8::unpack(&mut from)?, Caller::unpack(&mut from)?);
    let kind = if tag == Tag::Killed as u8 {
        EventKind::ProcessKilled { process: by.process }
    } else {
        let (call, outcome) = unpack_call(tag, &mut from)?;
        let call = call.owned();
        EventKind::Call(Box::new(Recorded { by, call, wide: false, outcome, elapsed_us: None, interval: None }))
    };
    *page = from.rest;
    Some(kind)
}

/// A missing value has the numbers of a default one.
impl<'a, T: Packed<'a> + Default> Packed<'a> for Option<T> {
    #[inline]
    fn pack(&self, to: &mut Head) {
        self.is_some().pack(to);
        match self {
            Some(value) => value.pack(to),
            None => T::default().pack(to),
        }
    }

    #[inline]
    fn pack_rest(&self, to: &mut Vec<u8>) {
        if let Some(value) = self {
            value.pack_rest(to);
        }
    }

    fn unpack(from: &mut Unread<'a>) -> Option<Self> {
        let (is_some, value) = (bool::unpack(from)?, T::unpack(from)?);
        Some(if is_some { Some(value) } else { None })
    }
}

/// The length is a number, and the bytes are the rest.
impl<'a> Packed<'a> for &'a str {
    #[inline]
    fn pack(&self, to: &mut Head) {
        (self.len() as u64).pack(to);
    }

    #[inline]
    fn pack_rest(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(self.as_bytes());
    }

    fn unpack(from: &mut Unread<'a>) -> Option<Self> {
        let length = usize::try_from(u64::unpack(from)?).ok()?;
        std::str::from_utf8(from.rest.split_off(..length)?).ok()
    }
}

impl Packed<'_> for String {
    #[inline]
    fn pack(&self, to: &mut Head) {
        self.as_str().pack(to);
    }

    #[inline]
    fn pack_rest(&self, to: &mut Vec<u8>) {
        self.as_str().pack_rest(to);
    }

    fn unpack(from: &mut Unread<'_>) -> Option<Self> {
        <&str>::unpack(from).map(str::to_owned)
    }
}

impl<'a> Packed<'a> for Vec<u32> {
    #[inline]
    fn pack(&self, to: &mut Head) {
        (self.len() as u64).pack(to);
    }

    fn pack_rest(&self, to: &mut Vec<u8>) {
        to.extend(self.iter().flat_map(|number| number.to_le_bytes()));
    }

    fn unpack(from: &mut Unread<'a>) -> Option<Self> {
        let length = u64::unpack(from)?;
        let number = |_| Some(u32::from_le_bytes(*from.rest.split_off(..size_of::<u32>())?.first_chunk()?));
        (0..length).map(number).collect()
    }
}
