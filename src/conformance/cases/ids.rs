//! Cases for GetRunningProcessSystemIds.

use super::methods::PROGRAM;
use crate::call::Pointer::{Given, Null};
use crate::client::HostLocation;
use crate::conformance::case::CaseSet;
use crate::conformance::case::expectation::OutputCheck;
use crate::conformance::case::script::{COMPUTERS, Script};
use crate::conformance::program::{HandleName, ProgramHost};
use crate::flags::CreateFlags;
use crate::profile::Profile;
use crate::spec::Requirement;
use crate::status::Statuses;

/// More than any computer has.
const MANY: u32 = 4096;

pub(super) fn cases(set: &mut CaseSet) {
    for (name, reach) in COMPUTERS {
        set.case(Requirement::IdsSucceeds, name, |script| {
            let server = reach(script);
            script.ids(server).ok().wrote(OutputCheck::Ids).wrote(OutputCheck::Count);
        });
        set.case(Requirement::IdsListsTheComputer, name, |script| {
            let server = reach(script);
            script.ids(server).ok().wrote(OutputCheck::IdsOfTheComputer(0));
        });
        set.case(Requirement::IdsNullActualCountIsAllowed, name, |script| {
            let (server, profile) = (reach(script), script.profile);
            script.ids_into(server, Given, MANY, Null).ok().wrote(OutputCheck::Ids);
            script.ids_into(server, Null, 0, Null).allows(short(profile));
        });
    }
    set.case(Requirement::IdsSucceeds, "room for one id", |script| {
        let (server, profile) = (script.connected(), script.profile);
        script
            .ids_into(server, Given, 1, Given)
            .allows(short(profile))
            .wrote(OutputCheck::Ids)
            .wrote(OutputCheck::Count);
    });
    set.case(Requirement::IdsListsTheComputer, "another computer", |script| {
        let server = elsewhere(script);
        script.ids(server).ok().wrote(OutputCheck::IdsOfTheComputer(1));
    });
    set.case(Requirement::IdsListsTheComputer, "a new process of another computer is not on this one", |script| {
        let server = elsewhere(script);
        script.create(server, PROGRAM, CreateFlags::DEBUG_ONLY_THIS_PROCESS).ok();
        script.ids(HandleName::Zero).ok().wrote(OutputCheck::IdsOfTheComputer(0));
    });
    for (name, count) in [("no id", 0), ("one id", 1), ("two ids", 2)] {
        set.case(Requirement::IdsAtMostCount, name, |script| {
            let (server, profile) = (script.connected(), script.profile);
            script
                .ids_into(HandleName::Zero, Given, count, Given)
                .allows(short(profile))
                .wrote(OutputCheck::AtMostIds(count));
            script.ids_into(server, Given, count, Given).allows(short(profile)).wrote(OutputCheck::AtMostIds(count));
        });
    }
    set.case(Requirement::IdsAreUnique, "all ids", |script| {
        let server = script.connected();
        script.ids(HandleName::Zero).ok().wrote(OutputCheck::Ids).wrote(OutputCheck::UniqueIds);
        script.ids(server).ok().wrote(OutputCheck::Ids).wrote(OutputCheck::UniqueIds);
    });
    null_array(set);
    observed(set);
}

fn null_array(set: &mut CaseSet) {
    for (name, reach) in COMPUTERS {
        set.case(Requirement::IdsNullArrayIsAllowed, name, |script| {
            let (server, profile) = (reach(script), script.profile);
            script.ids_into(server, Null, 0, Given).allows(short(profile)).wrote(OutputCheck::AtMostIds(0));
        });
    }
    set.case(Requirement::IdsNullArrayIsAllowed, "with a count, through a server", |script| {
        let (server, profile) = (script.connected(), script.profile);
        script.ids_into(server, Null, 4, Given).allows(short(profile)).wrote(OutputCheck::AtMostIds(0));
    });
    set.case(Requirement::IdsNullArrayIsAllowed, "with a count, on the local computer", |script| {
        // OBS-51: the real engine crashes.
        let taken = match script.profile {
            Profile::Contract => Statuses::SUCCESS,
            Profile::Dbgeng => Statuses::OK.or_error().or_crash(),
        };
        script.ids_into(HandleName::Zero, Null, 4, Given).allows(taken).wrote(OutputCheck::AtMostIds(0));
    });
}

fn observed(set: &mut CaseSet) {
    for (name, reach) in COMPUTERS {
        set.case(Requirement::IdsActualCountIsTotal, name, |script| {
            let server = reach(script);
            let all = script.next();
            script.ids(server).ok().wrote(OutputCheck::FilledIds(MANY));
            script.ids_into(server, Given, 1, Given).ok().wrote(OutputCheck::CountOf(all));
            script.ids_into(server, Given, 0, Given).ok().wrote(OutputCheck::CountOf(all));
            script.ids_into(server, Null, 0, Given).ok().wrote(OutputCheck::CountOf(all));
        });
        set.case(Requirement::IdsShortArrayIsFilled, name, |script| {
            let server = reach(script);
            let all = script.next();
            script.ids(server).ok();
            for count in [1, 2] {
                let short = script.ids_into(server, Given, count, Given).ok();
                short.wrote(OutputCheck::FilledIds(count)).wrote(OutputCheck::FirstIdsOf(all));
            }
        });
    }
}

fn elsewhere(script: &mut Script) -> HandleName {
    let options = Some("tcp:port=7002".to_owned());
    let host = script.host_with(ProgramHost { place: HostLocation::Elsewhere, options });
    script.open(host)
}

/// Returns the allowed endings of a query without room for all ids.
fn short(profile: Profile) -> Statuses {
    match profile {
        Profile::Contract => Statuses::OK.or_s_false(),
        Profile::Dbgeng => Statuses::OK,
    }
}
