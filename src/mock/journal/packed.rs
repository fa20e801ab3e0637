//! Calls and outcomes as bytes, and the way back.

use crate::call::{Call, Caller, Ending, Outcome, Outputs, Pointer, call};
use crate::flags::{
    AttachFlags, CreateFlags, CreateProcessOptions, DescriptionFlags, EndSessionFlags, EngCreateFlags, EngineOptions,
    ExecuteFlags, ExecutionStatus, GetProcessFlags, InterruptFlags, OutputMask, ServersFlags,
};
use crate::hresult::HRESULT;
use crate::interface::Interface;
use crate::method::methods;

/// A value that can be appended to bytes and read again from them.
pub(super) trait Packed<'a>: Sized {
    fn pack(&self, to: &mut Vec<u8>);

    /// Returns `None` if the bytes are not those of such a value.
    fn unpack(from: &mut &'a [u8]) -> Option<Self>;
}

/// Packs values as numbers of a fixed length.
macro_rules! numbers {
    ($($type:ty: $number:ty, $to:expr, $from:expr;)*) => {
        $(impl Packed<'_> for $type {
            #[inline]
            fn pack(&self, to: &mut Vec<u8>) {
                let number: fn(&Self) -> $number = $to;
                to.extend_from_slice(&number(self).to_le_bytes());
            }

            fn unpack(from: &mut &[u8]) -> Option<Self> {
                let bytes = from.split_off(..size_of::<$number>())?;
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
    Caller: u128, number_of, caller_of;
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

fn number_of(by: &Caller) -> u128 {
    u128::from(by.process) | (u128::from(by.thread) << 32) | (u128::from(by.client) << 64)
}

fn caller_of(number: u128) -> Caller {
    let part = |at: u32| (number >> (32 * at)) as u32;
    Caller { process: part(0), thread: part(1), client: part(2) }
}

/// Packs structs field by field.
macro_rules! structs {
    ($($type:ty { $($field:ident),* })*) => {
        $(impl<'a> Packed<'a> for $type {
            #[inline]
            fn pack(&self, to: &mut Vec<u8>) {
                $(self.$field.pack(to);)*
            }

            fn unpack(from: &mut &'a [u8]) -> Option<Self> {
                $(let $field = Packed::unpack(from)?;)*
                Some(Self { $($field),* })
            }
        })*
    };
}

structs! {
    CreateProcessOptions { create_flags, eng_create_flags, verifier_flags, reserved }
}

/// Packs enums as a number for the variant, and its fields.
macro_rules! enums {
    ($($type:ty { $($number:literal: $variant:ident $(($field:ident))?,)* })*) => {
        $(impl<'a> Packed<'a> for $type {
            #[inline]
            fn pack(&self, to: &mut Vec<u8>) {
                match self {
                    $(Self::$variant $(($field))? => {
                        to.push($number);
                        $($field.pack(to);)?
                    })*
                }
            }

            fn unpack(from: &mut &'a [u8]) -> Option<Self> {
                match u8::unpack(from)? {
                    $($number => {
                        $(let $field = Packed::unpack(from)?;)?
                        Some(Self::$variant $(($field))?)
                    })*
                    _ => None,
                }
            }
        })*
    };
}

enums! {
    Ending { 0: Returned(hresult), 1: References(count), 2: Crashed, 3: TimedOut, }
    Interface { 0: DebugClient(version), 1: Other(name), }
}

/// Packs an output of a call that has it.
macro_rules! pack_output {
    ($out:ident, $to:ident, $output:ident: (out $type:ty)) => {
        $out.$output.pack($to);
    };
    ($out:ident, $to:ident, $input:ident: $kind:tt) => {};
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
        /// Numbers the methods as the table does.
        enum Number { $($Name),* }

        /// Packs a call of the surface, how it ended, and its outputs.
        #[inline]
        pub(super) fn pack(call: &Call<&str>, Outcome { ending, out }: &Outcome, to: &mut Vec<u8>) {
            match call {
                $(call!($Name { $($parameter),* }) => {
                    to.push(Number::$Name as u8);
                    ending.pack(to);
                    $($parameter.pack(to);)*
                    $(pack_output!(out, to, $parameter: $kind);)*
                })*
                // A client object has no such method, so none is written.
                Call::OtherMethod { .. } => {}
            }
            if let Call::CreateClient = call {
                out.client.pack(to);
            }
        }

        pub(super) fn unpack<'a>(from: &mut &'a [u8]) -> Option<(Call<&'a str>, Outcome)> {
            let number = u8::unpack(from)?;
            let ending = Ending::unpack(from)?;
            let mut out = Outputs::default();
            $(if number == Number::$Name as u8 {
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

impl<'a, T: Packed<'a>> Packed<'a> for Option<T> {
    fn pack(&self, to: &mut Vec<u8>) {
        self.is_some().pack(to);
        if let Some(value) = self {
            value.pack(to);
        }
    }

    fn unpack(from: &mut &'a [u8]) -> Option<Self> {
        if bool::unpack(from)? { T::unpack(from).map(Some) } else { Some(None) }
    }
}

/// Packs the length and the bytes.
impl<'a> Packed<'a> for &'a str {
    fn pack(&self, to: &mut Vec<u8>) {
        (self.len() as u64).pack(to);
        to.extend_from_slice(self.as_bytes());
    }

    fn unpack(from: &mut &'a [u8]) -> Option<Self> {
        let length = usize::try_from(u64::unpack(from)?).ok()?;
        std::str::from_utf8(from.split_off(..length)?).ok()
    }
}

impl Packed<'_> for String {
    fn pack(&self, to: &mut Vec<u8>) {
        self.as_str().pack(to);
    }

    fn unpack(from: &mut &[u8]) -> Option<Self> {
        <&str>::unpack(from).map(str::to_owned)
    }
}

impl<'a> Packed<'a> for Vec<u32> {
    fn pack(&self, to: &mut Vec<u8>) {
        (self.len() as u64).pack(to);
        to.extend(self.iter().flat_map(|number| number.to_le_bytes()));
    }

    fn unpack(from: &mut &'a [u8]) -> Option<Self> {
        let length = u64::unpack(from)?;
        (0..length).map(|_| u32::unpack(from)).collect()
    }
}
