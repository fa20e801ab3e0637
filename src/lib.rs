//! An in-memory mock of the Windows debugger engine's process-server surface, and a conformance kit for engines.
//!
//! The modules stand on floors and import only downwards:
//!
//! | floor | modules |
//! |---|---|
//! | 5 edges | `com`, the command line |
//! | 4 judge | `replay`, `conformance` |
//! | 3 subjects | [`mock`], `defect`, `expectations` |
//! | 2 meaning | `transcript`, `trace`, `render`, `model` |
//! | 1 boundary | `harness`, `dispatch`, `connection`, `client`, `callbacks`, [`state`], [`status`], `call`, [`address`], `process`, `interface` |
//! | 0 words | [`spec`], [`options`], [`profile`], [`flags`], [`hresult`], `method` |
//!
//! # Features
//!
//! Without features there is the mock alone. `trace` adds traces, the mock's journal and scenarios; `kit` the conformance
//! kit; `com` COM objects; `library` engines in libraries; `cli`, the default, the command line; `mockall` expectations.
//!
//! # Foreign types
//!
//! Signatures name these types of other crates, and no others: [`HRESULT`] and `Error` of `windows-result`; in `com` the
//! types of `windows-core`; in `expectations` those of `mockall`; and the traits of `serde`. An incompatible version of one
//! of these crates means an incompatible version of this one.

#![warn(missing_docs)]
// The expectations turn the table of methods one parameter at a time.
#![cfg_attr(feature = "mockall", recursion_limit = "256")]

mod code_page;
mod method;
mod sentence;
mod sync;

pub mod flags;
pub mod hresult;
pub mod options;
pub mod profile;
pub mod spec;

pub mod address;
mod call;
mod callbacks;
mod client;
mod connection;
mod dispatch;
mod forward;
#[cfg(feature = "kit")]
mod harness;
mod interface;
mod process;
pub mod state;
pub mod status;

#[cfg(feature = "kit")]
pub mod model;
#[cfg(feature = "kit")]
pub mod render;
#[cfg(feature = "trace")]
pub mod trace;
#[cfg(feature = "trace")]
pub mod transcript;

#[cfg(feature = "mockall")]
pub mod expectations;
pub mod mock;

#[cfg(feature = "kit")]
pub mod conformance;
#[cfg(feature = "kit")]
pub mod defect;
#[cfg(feature = "kit")]
pub mod replay;

#[cfg(feature = "com")]
pub mod com;

pub use call::{Call, Caller, CreateProcess2, Ending, Outcome, Outputs, Pointer};
pub use callbacks::{Callbacks, DebugEvent, EventCallbacks, InputCallbacks, OutputCallbacks};
pub use client::{DebugClient, Engine, HostLocation, Out, write_out};
pub use code_page::CodePage;
pub use connection::{LeftOpen, NotConnected, NotDisconnected, OpenConnection};
pub use dispatch::{AnswerCall, ByCall, dispatch};
pub use hresult::HRESULT;
pub use interface::Interface;
pub use method::{Method, UnknownMethod};
pub use process::{Computer, Process};
pub use profile::{Behaviour, EngineVersion, Profile};

/// The examples of the README are compiled and run; one of them is about the kit.
#[cfg(all(doctest, feature = "kit"))]
#[doc = include_str!("../README.md")]
pub struct Readme;
