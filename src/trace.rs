//! Traces: what a run did, as JSON Lines. The format is that of the traces of the real engine in `fixtures/traces`.
//!
//! The first line describes the recording; every other line is one [`Event`]. A trace is read and written a line at a
//! time, so its length is bounded by nothing.
//!
//! [`Recorder`] writes the calls of any engine, [`Writer`] events that a program has, and [`Reader`] reads them again.
//! `conformance::check` judges a trace, and `replay` makes its calls on the mock. `fixtures/trace.schema.json` describes a line, for
//! writers in other languages.
//!
//! ```
//! use dbgeng_testkit::trace::{EventKind, Reader};
//!
//! let text = r#"{"trace": 1, "engine": {"name": "E", "version": "1", "platform": "P"}, "name": "n", "note": ""}
//! {"seq": 1, "process": "client", "thread": 0, "client": 0, "call": "DebugCreate", "in": {"Interface": "IDebugClient5"}, "hresult": "0x00000000"}
//! {"seq": 2, "process": "client", "thread": 0, "client": 0, "call": "DisconnectProcessServer", "in": {"Server": "0x0"}, "hresult": "0x80070057"}"#;
//! let mut methods = Vec::new();
//! for event in Reader::new("my.jsonl", text.as_bytes())? {
//!     if let EventKind::Call(recorded) = event?.kind {
//!         methods.push(recorded.call.method().name());
//!     }
//! }
//! assert_eq!(methods, ["DebugCreate", "DisconnectProcessServer"]);
//! # Ok::<(), dbgeng_testkit::trace::MalformedTrace>(())
//! ```

mod arguments;
#[cfg(feature = "kit")]
mod blocks;
mod computer;
mod event;
mod fields;
mod input;
mod json_error;
mod line;
mod listing;
mod other_method;
mod output;
mod parameters;
mod parsed;
mod process_names;
mod reader;
mod recorder;
mod rules;
mod sequence;
#[cfg(feature = "kit")]
mod successive;
mod text;
mod value;
mod writer;

pub use crate::printable::printable;
#[cfg(feature = "kit")]
pub(crate) use arguments::{arguments, call, null_arguments};
pub(crate) use arguments::{has_arguments, list_arguments, list_outputs, read_arguments};
pub(crate) use computer::processes;
#[cfg(feature = "kit")]
pub(crate) use computer::write_processes;
pub use event::{EngineName, Event, EventKind, Header, Recorded};
pub(crate) use json_error::{JsonProblem, parse_document};
pub use reader::{MalformedTrace, Reader};
pub use recorder::Recorder;
pub use rules::TraceRules;
pub use sequence::{CheckError, Sequence};
pub use text::{UnreadableText, read_text};
pub(crate) use value::{JsonObject, given};
pub use writer::Writer;
#[cfg(feature = "kit")]
pub(crate) use writer::spaced;
