//! Engines that break one rule, to prove that tests notice.
//!
//! A [`Defect`] is a mistake of an implementer. It is planted in any engine that keeps the rules: it sees the calls and
//! their outcomes, and keeps its own records. It knows neither the [`mock`](crate::mock) nor the
//! [`model`](crate::model), so that the model does not judge itself.
//!
//! ```
//! use dbgeng_testkit::defect::Defect;
//! use dbgeng_testkit::mock::Lab;
//! use dbgeng_testkit::{DebugClient, Engine, Interface, Profile};
//!
//! /// Code under test: it must notice that a connection is already closed.
//! fn closes_twice(engine: &dyn Engine) -> bool {
//!     let mut client = None;
//!     assert!(engine.debug_create(&Interface::NEWEST, Some(&mut client)).is_ok());
//!     let (client, mut server) = (client.unwrap(), None);
//!     assert!(client.connect_process_server(Some("tcp:server=box17,port=5005"), Some(&mut server)).is_ok());
//!     let server = server.unwrap();
//!     assert!(client.disconnect_process_server(server).is_ok());
//!     client.disconnect_process_server(server).is_ok()
//! }
//!
//! let engine = || {
//!     let lab = Lab::new(Profile::Contract);
//!     lab.computer("box17").dbgsrv("tcp:port=5005").unwrap();
//!     Box::new(lab.engine())
//! };
//! let defect = Defect::named("stale-disconnect-accepted").unwrap();
//! assert!(!closes_twice(&*engine()));
//! assert!(closes_twice(&*defect.plant(engine())));
//! assert_eq!(defect.requirement.id(), "handle/stale-is-refused");
//! ```

mod attach;
mod call;
mod client;
mod connect;
mod context;
mod create;
mod defective;
mod definition;
mod description;
mod disconnect;
mod end;
mod handle;
mod ids;
mod name;
mod options;
mod output_servers;
mod platform;
mod pointer;
mod prelude;
mod server;
mod session;
mod start;
mod strings;
mod wait;

use crate::client::Engine;
use crate::profile::Profile;

pub use definition::Defect;

/// The defects, area by area in the order of the spec.
const AREAS: [&[Defect]; 19] = [
    handle::DEFECTS,
    disconnect::DEFECTS,
    connect::DEFECTS,
    start::DEFECTS,
    end::DEFECTS,
    wait::DEFECTS,
    server::DEFECTS,
    client::DEFECTS,
    call::DEFECTS,
    pointer::DEFECTS,
    ids::DEFECTS,
    name::DEFECTS,
    description::DEFECTS,
    attach::DEFECTS,
    create::DEFECTS,
    output_servers::DEFECTS,
    session::DEFECTS,
    options::DEFECTS,
    platform::DEFECTS,
];

impl Defect {
    /// Returns every defect, in the order of the spec.
    pub fn all() -> impl Iterator<Item = &'static Defect> {
        AREAS.into_iter().flatten()
    }

    /// Returns the defect of this name.
    pub fn named(name: &str) -> Option<&'static Defect> {
        Defect::all().find(|defect| defect.name == name)
    }

    /// Returns whether it is wrong in a profile.
    pub fn applies_to(&self, profile: Profile) -> bool {
        self.profiles.iter().any(|listed| listed.covers(profile))
    }

    /// Plants the defect in an engine that has no other. Processes that the engine starts have it, too.
    pub fn plant(&'static self, engine: Box<dyn Engine>) -> Box<dyn Engine> {
        defective::plant(self, engine)
    }
}
