//! The mock engine: a stateful debugger engine in memory, for the process-server surface.
//!
//! A [`Lab`] is a little world: computers with processes on them, engines that run there, process servers that they
//! host. Everything happens under one lock, in virtual time.
//!
//! ```
//! use dbgeng_testkit::mock::Lab;
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
//! assert_eq!(lab.findings()[0].to_string(), "\
//! engine 1: DisconnectProcessServer on 0x100000001 breaks handle/stale-is-refused; \
//! the real engine goes down (OBS-7)");
//! ```

mod client;
mod computer;
mod engine;
mod entered;
mod finding;
mod handles;
mod holders;
mod lab;
mod presence;
mod queries;
#[cfg(feature = "kit")]
mod scenario;
mod servers;
mod state;
mod targets;
mod thread;
mod waiting;

pub use client::LabClient;
pub use computer::LabComputer;
pub use engine::LabEngine;
pub use finding::Finding;
pub use lab::Lab;
#[cfg(feature = "kit")]
pub use scenario::{Scenario, ScenarioError};
