//! A mock of the Windows debugger engine (DbgEng) for the tests of debugger tools, and a conformance kit for engines.
//!
//! # A tool in Rust
//!
//! Write the tool for any [`DebugClient`]. In tests it runs on the [`mock`]; on Windows on the real engine, through
//! [`com::ComClient`]. [`Lab::assert_clean`](mock::Lab::assert_clean) names each misuse, and the line that made it. The
//! [cookbook](mock::cookbook) shows what real tools get wrong, and the test for each.
//!
//! ```
//! use dbgeng_testkit::{DebugClient, Profile, hresult::S_OK, mock::Lab};
//!
//! let lab = Lab::new(Profile::Contract);
//! lab.computer("box17").dbgsrv("tcp:port=5005").unwrap();
//! let client = lab.engine().client();
//!
//! let mut server = None;
//! let options = Some("tcp:server=box17,port=5005");
//! assert_eq!(client.connect_process_server(options, Some(&mut server)), S_OK);
//! assert_eq!(client.disconnect_process_server(server.unwrap()), S_OK);
//! lab.assert_clean();
//! ```
//!
//! # A tool in C++, Python or C#
//!
//! `cargo build -p dbgeng` builds the mock as `libdbgeng.so` or `dbgeng.dll`. [`com::guide`] has a page for each language. A
//! [`Scenario`](mock::Scenario) describes the computers and servers that the tool sees:
//!
//! ```
//! # #[cfg(feature = "trace")] {
//! use dbgeng_testkit::mock::Scenario;
//!
//! let world = r#"{
//!     "computers": [{}, { "names": ["box17"], "process_servers": ["tcp:port=5005"] }]
//! }"#;
//! let lab = Scenario::parse("world.json", world)?.lab()?;
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # An engine
//!
//! A [`conformance::Suite`] judges any [`Engine`], and [`com::Library`] makes one of a library that exports `DebugCreate`.
//!
//! ```
//! # #[cfg(feature = "kit")] {
//! use dbgeng_testkit::{Profile, conformance::Suite, mock::Lab};
//!
//! // Put your engine in place of the mock.
//! let make = || Box::new(Lab::new(Profile::Contract).engine()) as _;
//! Suite::new("my engine", make).programs(20).run().assert();
//! # }
//! ```
//!
//! # A trace, or the contract itself
//!
//! [`conformance::check`] judges recorded calls, and [`replay`] makes them on the mock. [`spec`] has the requirements and their
//! sources as data; `spec/README.md` in the repository is for readers.
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
//!
//! # How the crate is built
//!
//! The modules stand on floors and import only downwards:
//!
//! | floor | modules |
//! |---|---|
//! | 5 edges | [`com`], the command line |
//! | 4 judge | [`replay`], [`conformance`] |
//! | 3 subjects | [`mock`], [`defect`], [`expectations`] |
//! | 2 meaning | [`transcript`], [`trace`], [`render`], [`model`] |
//! | 1 boundary | `harness`, `dispatch`, `connection`, `client`, `callbacks`, [`state`], [`status`], `call`, [`address`], `process`, `interface` |
//! | 0 words | [`spec`], [`options`], [`profile`], [`flags`], [`hresult`], `method` |

#![warn(missing_docs)]
// The expectations turn the table of methods one parameter at a time.
#![cfg_attr(feature = "mockall", recursion_limit = "256")]

mod code_page;
mod method;
#[cfg(feature = "trace")]
mod printable;
mod sentence;
mod suggestion;
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
pub use callbacks::{Callbacks, DebugEvent, EventCallbacks, InputCallbacks, LastEvent, OutputCallbacks};
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
