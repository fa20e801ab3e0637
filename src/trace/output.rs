//! `out`: the outputs that a line has.

use serde::de::MapAccess;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::fields::{Fields, InPlace};
use super::listing::Listing;
use super::value::HandleHex;
use crate::call::{Ending, Outcome, Outputs};

/// Reads an output. A null is as if it were left out.
macro_rules! read {
    (handle in $object:ident) => {
        $object.next_value::<Option<HandleHex>>()?.map(|handle| handle.0)
    };
    ($plain:ident in $object:ident) => {
        $object.next_value()?
    };
}

macro_rules! written {
    ($value:ident handle) => {
        &HandleHex(*$value)
    };
    ($value:ident $plain:ident) => {
        $value
    };
}

macro_rules! list {
    ($listing:ident, $Name:ident $value:ident handle) => {
        $listing.add_handle(stringify!($Name), *$value)
    };
    ($listing:ident, $Name:ident $value:ident text) => {
        $listing.add_text(stringify!($Name), $value)
    };
    ($listing:ident, $Name:ident $value:ident $plain:ident) => {
        $listing.add(stringify!($Name), $value)
    };
}

/// The outputs that were written, and what Release returned.
#[derive(Debug, Default)]
pub(super) struct Output<O = Outputs> {
    pub(super) references: Option<u32>,
    pub(super) outputs: O,
}

macro_rules! outputs {
    ($($Name:ident $($field:ident).+: $kind:ident,)*) => {
        #[derive(Clone, Copy, Debug, Deserialize)]
        #[serde(field_identifier)]
        pub(super) enum OutputName {
            $($Name,)*
        }

        impl<'de> Fields<'de> for Output {
            type Name = OutputName;

            fn bit(name: OutputName) -> u64 {
                1 << name as u32
            }

            fn read<A: MapAccess<'de>>(&mut self, name: OutputName, object: &mut A) -> Result<(), A::Error> {
                match name {
                    $(OutputName::$Name => self.$($field).+ = read!($kind in object),)*
                }
                Ok(())
            }
        }

        impl Serialize for Output<&Outputs> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                $(if let Some(value) = &self.$($field).+ {
                    map.serialize_entry(stringify!($Name), written!(value $kind))?;
                })*
                map.end()
            }
        }

        impl Output<&Outputs> {
            pub(super) fn is_empty(&self) -> bool {
                $(self.$($field).+.is_none())&&*
            }

            pub(super) fn list(&self, listing: &mut Listing<'_>) {
                $(if let Some(value) = &self.$($field).+ {
                    list!(listing, $Name value $kind);
                })*
            }
        }
    };
}

outputs! {
    Server outputs.server: handle,
    Client outputs.client: number,
    References references: number,
    Id outputs.id: number,
    ActualCount outputs.actual_count: number,
    Ids outputs.ids: numbers,
    ActualExeNameSize outputs.actual_exe_name_size: number,
    ActualDescriptionSize outputs.actual_description_size: number,
    ExeName outputs.exe_name: text,
    Description outputs.description: text,
    Code outputs.code: number,
    Mask outputs.mask: number,
    Options outputs.options: number,
    Status outputs.status: number,
    Class outputs.class: number,
    Qualifier outputs.qualifier: number,
    Number outputs.number: number,
    SysId outputs.sys_id: number,
    SysIds outputs.sys_ids: numbers,
}

impl<'a> From<&'a Outcome> for Output<&'a Outputs> {
    fn from(outcome: &'a Outcome) -> Output<&'a Outputs> {
        let references = match outcome.ending {
            Ending::References(count) => Some(count),
            _ => None,
        };
        Output { references, outputs: &outcome.out }
    }
}

impl<'de> Deserialize<'de> for Output {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Output, D::Error> {
        let mut output = Output::default();
        deserializer.deserialize_map(InPlace(&mut output))?;
        Ok(output)
    }

    fn deserialize_in_place<D: Deserializer<'de>>(deserializer: D, place: &mut Output) -> Result<(), D::Error> {
        deserializer.deserialize_map(InPlace(place))
    }
}
