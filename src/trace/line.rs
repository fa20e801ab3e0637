//! A line of a trace, field by field.

use serde::{Deserialize, Serialize};

use super::computer::ComputerFacts;
use super::input::Input;
use super::value::{HandleHex, HresultHex, JsonObject, JsonText};

/// Any line but the first. Parameters and outputs are of type `I` and `O`.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object", bound(deserialize = "I: Deserialize<'de>, O: Deserialize<'de>"))]
pub(super) struct EventLine<'a, I = Input<'a>, O = JsonObject<Output<'a>>> {
    pub(super) seq: u64,
    #[serde(borrow)]
    pub(super) process: JsonText<'a>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) thread: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) client: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub(super) call: Option<JsonText<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub(super) event: Option<JsonText<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub(super) computer: Option<JsonObject<ComputerFacts<'a>>>,
    #[serde(default, rename = "in", skip_serializing_if = "Option::is_none")]
    pub(super) input: Option<I>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) hresult: Option<HresultHex>,
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

impl<I, O> EventLine<'_, I, O> {
    /// Returns the name of a field that nothing took.
    pub(super) fn left(&self) -> Option<&'static str> {
        match self {
            EventLine { thread: Some(_), .. } => Some("thread"),
            EventLine { client: Some(_), .. } => Some("client"),
            EventLine { call: Some(_), .. } => Some("call"),
            EventLine { event: Some(_), .. } => Some("event"),
            EventLine { ms: Some(_), .. } => Some("ms"),
            EventLine { computer: Some(_), .. } => Some("computer"),
            EventLine { input: Some(_), .. } => Some("in"),
            EventLine { hresult: Some(_), .. } => Some("hresult"),
            EventLine { out: Some(_), .. } => Some("out"),
            EventLine { crashed: true, .. } => Some("crashed"),
            EventLine { timed_out: true, .. } => Some("timed_out"),
            EventLine { elapsed_us: Some(_), .. } => Some("elapsed_us"),
            EventLine { start_us: Some(_), .. } => Some("start_us"),
            EventLine { end_us: Some(_), .. } => Some("end_us"),
            _ => None,
        }
    }
}

/// `out`: the outputs that were written.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase", default, expecting = "an object")]
pub(super) struct Output<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) server: Option<HandleHex>,
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
    pub(super) exe_name: Option<JsonText<'a>>,
    #[serde(skip_serializing_if = "Option::is_none", borrow)]
    pub(super) description: Option<JsonText<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mask: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) options: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) class: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) qualifier: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) number: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sys_id: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sys_ids: Option<Vec<u32>>,
}
