//! The cases: a scripted check, or several, for every requirement that can be tested, one file an area.

mod disconnect;
mod handle;

use super::case::{Case, Set};
use super::script::Limits;
use crate::profile::Profile;

/// Every case by which this profile judges, in the order of the spec.
pub fn cases(profile: Profile, limits: Limits) -> Vec<Case> {
    let mut set = Set::new(profile, limits);
    for area in [handle::cases, disconnect::cases] {
        area(&mut set);
    }
    set.finish()
}
