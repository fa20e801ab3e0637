//! A line of a trace, field by field.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use super::computer::ComputerFacts;
use super::value::{Handle, Object, Status, Text};
use crate::flags::CreateProcessOptions;

/// Any line but the first, with its parameters and outputs read in one way or another.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object", bound(deserialize = "I: Deserialize<'de>, O: Deserialize<'de>"))]
pub(super) struct Line<'a, I = Object<Input<'a>>, O = Object<Output<'a>>> {
    pub(super) seq: u64,
    #[serde(borrow)]
    pub(super) process: Text<'a>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) thread: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) client: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub(super) call: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub(super) event: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub(super) computer: Option<Object<ComputerFacts<'a>>>,
    #[serde(default, rename = "in", skip_serializing_if = "Option::is_none")]
    pub(super) input: Option<I>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) hresult: Option<Status>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) out: Option<O>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) crashed: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) timed_out: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) elapsed_us: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) start_us: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) end_us: Option<i64>,
}

/// A parameter that may be left out, be null, or have a value.
pub(super) type Nullable<T> = Option<Option<T>>;

fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Nullable<T>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// `in`: the parameters of every method of the surface. An output parameter is there only as null.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase", default, expecting = "an object")]
pub(super) struct Input<'a> {
    #[serde(skip_serializing_if = "Option::is_none", borrow)]
    pub(super) interface: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "nullable", borrow)]
    pub(super) remote_options: Nullable<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "nullable")]
    pub(super) server: Nullable<Handle>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "nullable", borrow)]
    pub(super) command_line: Nullable<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) create_flags: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "nullable")]
    pub(super) options_buffer: Nullable<Object<OptionsBuffer>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) options_buffer_size: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "nullable", borrow)]
    pub(super) initial_directory: Nullable<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "nullable", borrow)]
    pub(super) environment: Nullable<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) eng_create_flags: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) verifier_flags: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) process_id: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) attach_flags: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) output_control: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "nullable", borrow)]
    pub(super) machine: Nullable<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) system_id: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "nullable", borrow)]
    pub(super) exe_name: Nullable<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) flags: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "nullable", borrow)]
    pub(super) options: Nullable<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reserved: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) timeout: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "nullable")]
    pub(super) ids: Nullable<Never>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "nullable")]
    pub(super) actual_count: Nullable<Never>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "nullable")]
    pub(super) id: Nullable<Never>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) exe_name_size: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "nullable")]
    pub(super) actual_exe_name_size: Nullable<Never>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "nullable")]
    pub(super) description: Nullable<Never>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description_size: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "nullable")]
    pub(super) actual_description_size: Nullable<Never>,
}

/// `out`: what was written.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase", default, expecting = "an object")]
pub(super) struct Output<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) server: Option<Handle>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) client: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) references: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) actual_count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ids: Option<Vec<u32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) actual_exe_name_size: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) actual_description_size: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none", borrow)]
    pub(super) exe_name: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none", borrow)]
    pub(super) description: Option<Text<'a>>,
}

/// A value that cannot be there: an output parameter stands in `in` only as null.
#[derive(Debug, PartialEq, Serialize)]
pub(super) enum Never {}

impl<'de> Deserialize<'de> for Never {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Never, D::Error> {
        Err(D::Error::custom("an output parameter stands in `in` only as null, for a null pointer"))
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
