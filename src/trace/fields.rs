//! Objects that are read in place, field by field: most of the many fields of a line are left out, so to move all of
//! them from function to function would take longer than to read the others.

use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// An object that is read in place.
pub(super) trait Fields<'de> {
    /// The name of a field.
    type Name: Copy + fmt::Debug + Deserialize<'de> + 'static;

    /// The fields that may not be left out.
    const REQUIRED: &'static [Self::Name] = &[];

    /// Returns a bit for each name.
    fn bit(name: Self::Name) -> u64;

    /// Reads the value of a field.
    fn read<A: MapAccess<'de>>(&mut self, name: Self::Name, object: &mut A) -> Result<(), A::Error>;
}

/// Reads the fields of an object in place.
pub(super) struct InPlace<'p, T>(pub(super) &'p mut T);

impl<'de, T: Fields<'de>> DeserializeSeed<'de> for InPlace<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: Fields<'de>> Visitor<'de> for InPlace<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let mut seen = 0;
        while let Some(name) = object.next_key::<T::Name>()? {
            if seen & T::bit(name) != 0 {
                return Err(A::Error::custom(format_args!("duplicate field `{name:?}`")));
            }
            seen |= T::bit(name);
            self.0.read(name, &mut object)?;
        }
        match T::REQUIRED.iter().find(|name| seen & T::bit(**name) == 0) {
            Some(name) => Err(A::Error::custom(format_args!("missing field `{name:?}`"))),
            None => Ok(()),
        }
    }
}

/// Reads a value in place, or null.
pub(super) struct OrNull<'p, T>(pub(super) &'p mut Option<T>);

impl<'de, T: Default + Deserialize<'de>> DeserializeSeed<'de> for OrNull<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, T: Default + Deserialize<'de>> Visitor<'de> for OrNull<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        T::deserialize_in_place(deserializer, self.0.insert(T::default()))
    }
}
