//! A line of a trace, field by field.

use std::fmt;

use serde::de::MapAccess;
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use super::computer::ComputerFacts;
use super::fields::{Fields, OrNull};
use super::input::Input;
use super::output::Output;
use super::value::{HresultHex, JsonObject, JsonText};

/// The type of a field of this kind.
macro_rules! field {
    (flag) => { bool };
    (optional $type:ty) => { Option<$type> };
}

/// Reads a field of this kind. If it is optional, a null is as if it were left out.
macro_rules! read {
    ($object:ident, $field:expr, flag) => {
        $field = $object.next_value()?
    };
    ($object:ident, $field:expr, optional $type:ty) => {
        $object.next_value_seed(OrNull(&mut $field))?
    };
}

/// Returns whether a line has this field.
macro_rules! is_given {
    ($field:expr, flag) => {
        $field
    };
    ($field:expr, optional $type:ty) => {
        $field.is_some()
    };
}

macro_rules! line {
    (
        $($required_name:literal $Required:ident $required:ident: $required_type:ty),*;
        $($name:literal $Field:ident $field:ident: $kind:ident $($type:ty)?,)*
    ) => {
        /// Any line but the first. Parameters and outputs are of type `I` and `O`.
        pub(super) struct EventLine<'a, I = Input<'a>, O = Output> {
            $(pub(super) $required: $required_type,)*
            $(pub(super) $field: field!($kind $($type)?),)*
        }

        impl<I, O> Default for EventLine<'_, I, O> {
            fn default() -> Self {
                EventLine { $($required: Default::default(),)* $($field: Default::default(),)* }
            }
        }

        #[derive(Clone, Copy, Deserialize)]
        #[serde(field_identifier)]
        pub(super) enum LineField {
            $(#[serde(rename = $required_name)] $Required,)*
            $(#[serde(rename = $name)] $Field,)*
        }

        impl fmt::Debug for LineField {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(LineField::$Required => $required_name,)*
                    $(LineField::$Field => $name,)*
                })
            }
        }

        impl<'de, I: Default + Deserialize<'de>, O: Default + Deserialize<'de>> Fields<'de> for EventLine<'de, I, O> {
            type Name = LineField;

            const REQUIRED: &'static [LineField] = &[$(LineField::$Required),*];

            fn bit(name: LineField) -> u64 {
                1 << name as u32
            }

            #[inline(always)]
            fn read<A: MapAccess<'de>>(&mut self, name: LineField, object: &mut A) -> Result<(), A::Error> {
                match name {
                    $(LineField::$Required => self.$required = object.next_value()?,)*
                    $(LineField::$Field => read!(object, self.$field, $kind $($type)?),)*
                }
                Ok(())
            }
        }

        impl<I: Serialize, O: Serialize> Serialize for EventLine<'_, I, O> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut line = serializer.serialize_map(None)?;
                $(line.serialize_entry($required_name, &self.$required)?;)*
                $(if is_given!(self.$field, $kind $($type)?) {
                    line.serialize_entry($name, &self.$field)?;
                })*
                line.end()
            }
        }

        impl<I, O> EventLine<'_, I, O> {
            /// Returns the name of a field that nothing took.
            pub(super) fn left(&self) -> Option<&'static str> {
                $(if is_given!(self.$field, $kind $($type)?) {
                    return Some($name);
                })*
                None
            }
        }
    };
}

line! {
    "seq" Seq seq: u64,
    "process" Process process: JsonText<'a>;
    "thread" Thread thread: optional u32,
    "client" Client client: optional u32,
    "call" Call call: optional JsonText<'a>,
    "event" Event event: optional JsonText<'a>,
    "ms" Ms ms: optional u64,
    "computer" Computer computer: optional JsonObject<ComputerFacts<'a>>,
    "in" In input: optional I,
    "hresult" Hresult hresult: optional HresultHex,
    "out" Out out: optional O,
    "crashed" Crashed crashed: flag,
    "timed_out" TimedOut timed_out: flag,
    "elapsed_us" ElapsedUs elapsed_us: optional u64,
    "start_us" StartUs start_us: optional i64,
    "end_us" EndUs end_us: optional i64,
}
