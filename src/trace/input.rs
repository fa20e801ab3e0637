//! `in`: the parameters that a line has.

use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, Unexpected, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::fields::{Fields, InPlace};
use super::value::{HandleHex, JsonObject, JsonText};
use crate::call::Pointer;
use crate::flags::CreateProcessOptions;

/// Reads a parameter of this kind. A null is a null pointer; for a parameter that is no pointer, it is as if it were left
/// out.
macro_rules! read {
    (name in $value:ident) => {
        Option::deserialize($value)?.map(Value::Text)
    };
    (text in $value:ident) => {
        Some(Option::deserialize($value)?.map_or(Value::Null, Value::Text))
    };
    // One method has a parameter of this name that is an output, and another one that is not.
    (any in $value:ident) => {
        Some($value.deserialize_any(AnyValue)?)
    };
    (handle in $value:ident) => {
        Some(Option::deserialize($value)?.map_or(Value::Null, Value::Handle))
    };
    (options in $value:ident) => {
        Some(Option::deserialize($value)?.map_or(Value::Null, Value::Options))
    };
    (output in $value:ident) => {
        Some(Option::deserialize($value)?.map_or(Value::Null, |never: Never| match never {}))
    };
    (wide in $value:ident) => {
        Option::deserialize($value)?.map(Value::Wide)
    };
    (number in $value:ident) => {
        Option::deserialize($value)?.map(Value::Number)
    };
}

macro_rules! parameters {
    ($($Parameter:ident: $kind:ident,)*) => {
        /// The parameters of every method of the surface, in the order in which the published traces have them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
        #[serde(field_identifier)]
        pub(super) enum Parameter {
            $($Parameter,)*
        }

        impl<'de> DeserializeSeed<'de> for Parameter {
            type Value = Option<Value<'de>>;

            fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Option<Value<'de>>, D::Error> {
                Ok(match self {
                    $(Parameter::$Parameter => read!($kind in value),)*
                })
            }
        }
    };
}

parameters! {
    Interface: name, RemoteOptions: text, Server: handle, CommandLine: text, CreateFlags: number,
    OptionsBuffer: options, OptionsBufferSize: number, InitialDirectory: text, Environment: text,
    EngCreateFlags: number, VerifierFlags: number, ProcessId: number, AttachFlags: number, OutputControl: number,
    Command: text, Machine: text, SystemId: number, ExeName: text, Flags: number, Options: any, Reserved: wide,
    Timeout: number, Start: number, Count: number, Ids: output, SysIds: output, ActualCount: output, Id: any,
    ExeNameSize: number, ActualExeNameSize: output,
    Description: output, DescriptionSize: number, ActualDescriptionSize: output,
    Mask: any, Status: any, Code: output, Class: output, Qualifier: output, Number: output, SysId: any,
}

impl Serialize for Parameter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{self:?}"))
    }
}

/// The value of a parameter.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Value<'a> {
    /// A null pointer.
    Null,
    Number(u32),
    Wide(u64),
    Handle(HandleHex),
    Text(JsonText<'a>),
    Options(JsonObject<OptionsBuffer>),
}

impl Value<'_> {
    pub(super) fn number(self) -> Option<u32> {
        match self {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    pub(super) fn wide(self) -> Option<u64> {
        match self {
            Value::Wide(number) => Some(number),
            _ => None,
        }
    }

    pub(super) fn text(self) -> Option<String> {
        match self {
            Value::Text(text) => Some(text.0.into_owned()),
            _ => None,
        }
    }
}

impl From<u32> for Value<'_> {
    fn from(number: u32) -> Self {
        Value::Number(number)
    }
}

impl<'a> From<&'a Option<String>> for Value<'a> {
    fn from(text: &'a Option<String>) -> Value<'a> {
        text.as_deref().map_or(Value::Null, |text| Value::Text(text.into()))
    }
}

impl From<Option<CreateProcessOptions>> for Value<'_> {
    fn from(options: Option<CreateProcessOptions>) -> Self {
        options.map_or(Value::Null, |options| Value::Options(JsonObject(options.into())))
    }
}

/// Reads a number, a string or null.
struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of 32 bits, a string or null")
    }

    fn visit_unit<E: Error>(self) -> Result<Value<'de>, E> {
        Ok(Value::Null)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value<'de>, E> {
        let number = u32::try_from(number).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))?;
        Ok(Value::Number(number))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Value<'de>, E> {
        Ok(Value::Text(text.into()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value<'de>, E> {
        Ok(Value::Text(JsonText(text.to_owned().into())))
    }
}

/// A value that cannot exist: an output parameter stands in `in` only as null.
enum Never {}

impl<'de> Deserialize<'de> for Never {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Never, D::Error> {
        Err(D::Error::custom("an output parameter stands in `in` only as null, for a null pointer"))
    }
}

/// The parameters of a line, in its order. A call takes those that it has; one that is left belongs to another method.
#[derive(Debug, Default)]
pub(super) struct Input<'a> {
    pub(super) given: Vec<(Parameter, Value<'a>)>,
}

impl<'a> Input<'a> {
    pub(super) fn give(&mut self, parameter: Parameter, value: impl Into<Value<'a>>) {
        self.given.push((parameter, value.into()));
    }

    /// An output parameter stands in `in` only where it is null.
    pub(super) fn give_pointer(&mut self, parameter: Parameter, pointer: Pointer) {
        if pointer.is_null() {
            self.give(parameter, Value::Null);
        }
    }

    /// Brings the parameters to the order of a line.
    pub(super) fn sort(&mut self) {
        self.given.sort_unstable_by_key(|(parameter, _)| *parameter);
    }

    pub(super) fn take(&mut self, parameter: Parameter) -> Option<Value<'a>> {
        let at = self.given.iter().position(|(given, _)| *given == parameter)?;
        Some(self.given.swap_remove(at).1)
    }

    /// Returns a parameter that nothing took.
    pub(super) fn left(&self) -> Option<Parameter> {
        self.given.iter().map(|(parameter, _)| *parameter).min()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Input<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Input<'a>, D::Error> {
        // No method has more parameters that have to be given.
        let mut input = Input { given: Vec::with_capacity(9) };
        deserializer.deserialize_map(InPlace(&mut input))?;
        Ok(input)
    }
}

impl<'de> Fields<'de> for Input<'de> {
    type Name = Parameter;

    fn bit(name: Parameter) -> u64 {
        1 << name as u32
    }

    fn read<A: MapAccess<'de>>(&mut self, name: Parameter, object: &mut A) -> Result<(), A::Error> {
        self.given.extend(object.next_value_seed(name)?.map(|value| (name, value)));
        Ok(())
    }
}

impl Serialize for Input<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.given.len()))?;
        for (parameter, value) in &self.given {
            map.serialize_entry(parameter, value)?;
        }
        map.end()
    }
}

/// DEBUG_CREATE_PROCESS_OPTIONS, by field (K-50).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase", default, expecting = "an object")]
pub(super) struct OptionsBuffer {
    pub(super) create_flags: u32,
    pub(super) eng_create_flags: u32,
    pub(super) verifier_flags: u32,
    pub(super) reserved: u32,
}

impl From<OptionsBuffer> for CreateProcessOptions {
    fn from(buffer: OptionsBuffer) -> CreateProcessOptions {
        CreateProcessOptions {
            create_flags: buffer.create_flags.into(),
            eng_create_flags: buffer.eng_create_flags.into(),
            verifier_flags: buffer.verifier_flags,
            reserved: buffer.reserved,
        }
    }
}

impl From<CreateProcessOptions> for OptionsBuffer {
    fn from(options: CreateProcessOptions) -> OptionsBuffer {
        OptionsBuffer {
            create_flags: options.create_flags.bits(),
            eng_create_flags: options.eng_create_flags.bits(),
            verifier_flags: options.verifier_flags,
            reserved: options.reserved,
        }
    }
}
