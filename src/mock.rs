//! The mock engine: a stateful debugger engine in memory, for the process-server surface.
//!
//! A [`Lab`] is a little world: computers with processes on them, engines that run there, process servers that they
//! host. Everything happens under one lock, in virtual time.
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
//! The [`cookbook`] has the tests that catch what real callers get wrong.

mod client;
mod computer;
pub mod cookbook;
mod cut_off;
mod engine;
mod entered;
mod fault;
mod finding;
mod findings;
mod handles;
mod happening;
mod holders;
#[cfg(feature = "trace")]
mod journal;
mod lab;
mod leftovers;
mod listening;
mod network;
mod presence;
mod processes;
mod queries;
#[cfg(feature = "trace")]
mod scenario;
mod servers;
mod state;
mod sweep;
mod targets;
mod thread;
mod waiting;

pub use client::{LabClient, LabObject};
pub use computer::{LabComputer, NotStarted};
pub use engine::LabEngine;
pub use fault::{Fault, FaultGuard};
pub use finding::{Finding, Misuse};
pub use happening::Happening;
#[cfg(feature = "trace")]
pub use journal::Journal;
pub use lab::Lab;
#[cfg(feature = "trace")]
pub use scenario::{Scenario, ScenarioError};
pub use sweep::{Sweep, SweepFailure, Told, Unsurvived, sweep};
