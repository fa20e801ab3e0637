//! Suites for the engines of this repository.

#[path = "../../adoption/toy.rs"]
pub(crate) mod toy;

use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::{Capability, Suite};
use dbgeng_testkit::mock::Lab;

use super::defects::{find_defect, plant};

/// Builds a suite for the mock.
pub(crate) fn build_mock_suite(profile: Profile) -> Suite {
    Suite::new("the mock", move || Box::new(Lab::new(profile).engine())).profile(profile)
}

/// Builds a suite for the toy engine, which has two methods.
pub(crate) fn build_toy_suite() -> Suite {
    Suite::new("toy", || Box::new(toy::Toy::default())).server(toy::SERVER)
}

/// Builds a suite for the mock with this defect.
pub(crate) fn build_defective_suite(defect: &str) -> Suite {
    let defect = find_defect(defect);
    let suite = Suite::new(defect.name, move || plant(defect, Profile::Contract));
    without_many_connections(suite).programs(50).depth(3)
}

/// Leaves out the few cases that open hundreds of connections: they find limits, and make most of the calls. CI judges
/// them as well.
pub(crate) fn without_many_connections(suite: Suite) -> Suite {
    let is_ci = std::env::var_os("CI").is_some();
    if is_ci { suite } else { suite.lacks([Capability::QuickConnections, Capability::ManyConnections]) }
}
