//! The suite on the engines of this repository.

#[path = "../../adoption/toy.rs"]
pub(crate) mod toy;

use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::Suite;
use dbgeng_testkit::mock::Lab;

use super::defects::{named, spoilt};

pub(crate) fn mock(profile: Profile) -> Suite {
    Suite::new("the mock", move || Box::new(Lab::new(profile).engine())).profile(profile)
}

/// An engine of two methods.
pub(crate) fn toy() -> Suite {
    Suite::new("toy", || Box::new(toy::Toy::default())).server(toy::SERVER)
}

/// An engine with a defect.
pub(crate) fn suite(defect: &str) -> Suite {
    let defect = named(defect);
    Suite::new(defect.name, move || spoilt(defect, Profile::Contract)).programs(50).depth(3)
}
