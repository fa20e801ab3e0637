//! A line of a trace, field by field.

use serde::{Deserialize, Serialize};

use super::computer::ComputerFacts;
use super::input::Input;
use super::value::{Handle, Object, Status, Text};

/// Any line but the first, with its parameters and outputs read in one way or another.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object", bound(deserialize = "I: Deserialize<'de>, O: Deserialize<'de>"))]
pub(super) struct Line<'a, I = Input<'a>, O = Object<Output<'a>>> {
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

impl Line<'_> {
    /// The name of a field that nothing took.
    pub(super) fn left(&self) -> Option<&'static str> {
        match self {
            Line { thread: Some(_), .. } => Some("thread"),
            Line { client: Some(_), .. } => Some("client"),
            Line { call: Some(_), .. } => Some("call"),
            Line { event: Some(_), .. } => Some("event"),
            Line { ms: Some(_), .. } => Some("ms"),
            Line { computer: Some(_), .. } => Some("computer"),
            Line { input: Some(_), .. } => Some("in"),
            Line { hresult: Some(_), .. } => Some("hresult"),
            Line { out: Some(_), .. } => Some("out"),
            Line { crashed: true, .. } => Some("crashed"),
            Line { timed_out: true, .. } => Some("timed_out"),
            Line { elapsed_us: Some(_), .. } => Some("elapsed_us"),
            Line { start_us: Some(_), .. } => Some("start_us"),
            Line { end_us: Some(_), .. } => Some("end_us"),
            _ => None,
        }
    }
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
