//! The values of a line: objects, strings, handles, HRESULTs.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::hresult::HRESULT;

/// A value that is written as an object. serde alone would accept an array of the fields' values as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct JsonObject<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for JsonObject<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<JsonObject<T>, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = JsonObject<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<JsonObject<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(JsonObject)
    }
}

/// A string, borrowed from the line where it has no escapes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct JsonText<'a>(pub(super) Cow<'a, str>);

impl<'a> From<&'a str> for JsonText<'a> {
    fn from(text: &'a str) -> JsonText<'a> {
        JsonText(Cow::Borrowed(text))
    }
}

impl Serialize for JsonText<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = JsonText<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<JsonText<'de>, E> {
        Ok(text.into())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<JsonText<'de>, E> {
        Ok(JsonText(Cow::Owned(text.to_owned())))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for JsonText<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<JsonText<'a>, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

/// A handle, written `"0x…"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HandleHex(pub(super) u64);

/// An HRESULT, written `"0x…"` with eight digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct HresultHex(pub(super) HRESULT);

struct HexVisitor {
    digits: usize,
    expected: &'static str,
}

impl Visitor<'_> for HexVisitor {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<u64, E> {
        let digits = text.strip_prefix("0x").filter(|digits| (1..=self.digits).contains(&digits.len()));
        let number = digits.and_then(|digits| {
            digits.bytes().try_fold(0, |number, digit| Some(number << 4 | u64::from(char::from(digit).to_digit(16)?)))
        });
        number.ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

impl<'de> Deserialize<'de> for HandleHex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<HandleHex, D::Error> {
        let expected = "a handle: \"0x\" and up to 16 hexadecimal digits";
        deserializer.deserialize_str(HexVisitor { digits: 16, expected }).map(HandleHex)
    }
}

impl Serialize for HandleHex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:#x}", self.0))
    }
}

impl<'de> Deserialize<'de> for HresultHex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<HresultHex, D::Error> {
        let expected = "an HRESULT: \"0x\" and up to 8 hexadecimal digits";
        let code = deserializer.deserialize_str(HexVisitor { digits: 8, expected })?;
        Ok(HresultHex(HRESULT(code as u32 as i32)))
    }
}

impl Serialize for HresultHex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:#010x}", self.0.0))
    }
}

/// Reads the version of the format; only 1 exists.
pub(super) fn version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match u32::deserialize(deserializer)? {
        1 => Ok(1),
        other => Err(D::Error::invalid_value(Unexpected::Unsigned(other.into()), &"format version 1")),
    }
}

/// Reads a field that is written as an object.
pub(super) fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    JsonObject::deserialize(deserializer).map(|object| object.0)
}

/// Reads a field that may be left out, but is not null.
pub(crate) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
