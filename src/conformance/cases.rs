//! The cases: one or more scripted checks of every testable requirement, one file for each area.

mod attach;
mod call;
mod client;
mod connect;
mod create;
mod description;
mod disconnect;
mod end;
mod handle;
mod ids;
mod methods;
mod name;
mod options;
mod output_servers;
mod platform;
mod pointer;
mod server;
mod session;
mod start;
mod wait;

use super::case::script::Limits;
use super::case::{Case, CaseSet};
use crate::profile::Profile;
use crate::spec::Requirement;

/// Returns every case by which the profile judges, in the order of the spec.
pub fn cases(profile: Profile, limits: Limits) -> Vec<Case> {
    write(CaseSet::new(profile, limits, None))
}

/// Returns the cases of one requirement, if the profile judges by it.
pub(super) fn cases_of(requirement: Requirement, profile: Profile, limits: Limits) -> Vec<Case> {
    write(CaseSet::new(profile, limits, Some(requirement)))
}

fn write(mut set: CaseSet) -> Vec<Case> {
    let areas = [
        handle::cases,
        disconnect::cases,
        connect::cases,
        start::cases,
        end::cases,
        wait::cases,
        server::cases,
        client::cases,
        call::cases,
        pointer::cases,
        ids::cases,
        name::cases,
        description::cases,
        attach::cases,
        create::cases,
        output_servers::cases,
        session::cases,
        options::cases,
        platform::cases,
    ];
    for area in areas {
        area(&mut set);
    }
    set.finish()
}
