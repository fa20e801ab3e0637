//! The mock engine: a stateful debugger engine in memory, for the process-server surface.
//!
//! A [`Lab`] is a set of computers with processes on them, engines that run there, and process servers that they host.
//! Each call happens at once, in virtual time.
//!
//! ```
//! use dbgeng_testkit::mock::{Lab, Misuse};
//! use dbgeng_testkit::{DebugClient, Profile};
//!
//! let lab = Lab::new(Profile::Contract);
//! lab.computer("box17").dbgsrv("tcp:port=5005").unwrap();
//!
//! let client = lab.engine().client();
//! let mut server = None;
//! assert!(client.connect_process_server(Some("tcp:server=box17,port=5005"), Some(&mut server)).is_ok());
//! let server = server.unwrap();
//! assert!(client.disconnect_process_server(server).is_ok());
//!
//! assert!(client.disconnect_process_server(server).is_err());
//! let finding = &lab.findings()[0];
//! assert_eq!(finding.misuse, Misuse::DoubleDisconnect);
//! assert_eq!(finding.call_site.unwrap().line(), finding.disconnected_at.unwrap().line() + 2);
//! ```
//!
//! The [`cookbook`] has tests that catch mistakes of real callers.
//!
//! | to | use |
//! |---|---|
//! | let a call fail, for one process, program, engine or argument | [`Lab::fault`] |
//! | let each call fail once, in a run of its own | [`sweep`] |
//! | let processes start and end, and hosts crash and restart | [`Lab::at_call`], [`Lab::at_time`] |
//! | see the calls as text, as a trace or as a sequence diagram | `Lab::journal`, with the feature `trace` |
//! | say which calls to expect | `expectations`, with the feature `mockall` |
//! | let a connection end with its scope | [`OpenConnection`](crate::OpenConnection) |

mod calls;
mod client;
mod computer;
pub mod cookbook;
mod engine;
mod fault;
mod finding;
mod happening;
#[cfg(feature = "trace")]
mod journal;
mod lab;
mod lab_ref;
mod leftovers;
#[cfg(feature = "trace")]
mod scenario;
mod shared;
mod sweep;
mod thread;
mod unused;
mod world;

pub use client::{LabClient, LabObject};
pub use computer::{LabComputer, NotStarted};
pub use engine::LabEngine;
pub use fault::{Fault, FaultGuard};
pub use finding::Finding;
pub use happening::Happening;
#[cfg(feature = "trace")]
pub use journal::Journal;
#[cfg(feature = "kit")]
pub(crate) use lab::FIRST_COMPUTER;
pub use lab::Lab;
#[cfg(feature = "trace")]
pub use scenario::{Scenario, ScenarioError};
pub use sweep::{Sweep, SweepFailure, Unsurvived, sweep};
pub use world::Misuse;
