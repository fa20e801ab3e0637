//! An in-memory mock of the Windows debugger engine's process-server surface, and a conformance kit for engines.

pub mod flags;
pub mod hresult;
pub mod options;
pub mod profile;
pub mod spec;
pub mod address;
pub mod call;
pub mod client;
pub mod dispatch;
pub mod harness;
pub mod interface;
pub mod process;
pub mod state;
pub mod status;
#[cfg(feature = "kit")]
pub mod model;
#[cfg(feature = "kit")]
pub mod render;
#[cfg(feature = "kit")]
pub mod trace;
pub mod mock;
#[cfg(feature = "kit")]
pub mod conformance;
#[cfg(feature = "kit")]
pub mod replay;

pub use call::{Call, Caller, Ending, Outcome, Outputs, Pointer};
pub use client::{DebugClient, Engine, Out, Place};
pub use dispatch::{AnswerCall, ByCall, dispatch};
pub use harness::Harness;
pub use hresult::HRESULT;
pub use interface::Interface;
pub use process::{Computer, Process};
pub use profile::Profile;
