//! Cases for GetRunningProcessSystemIds.

use super::methods::PROGRAM;
use crate::call::Pointer::{Given, Null};
use crate::conformance::case::CaseSet;
use crate::conformance::case::expectation::OutputCheck::*;
use crate::conformance::case::script::{AGAIN, Script};
use crate::conformance::program::HandleName;
use crate::flags::CreateFlags;
use crate::spec::Requirement::*;
use crate::status::Statuses;

/// More than any computer has.
const MANY: u32 = 4096;

pub(super) fn cases(set: &mut CaseSet) {
    set.on_computers(IdsSucceeds, |script, server| script.ids(server).ok().wrote(Ids).wrote(Count));
    set.given(IdsSucceeds, "again and again", Script::connected, |script, server| {
        for _ in 0..AGAIN {
            script.ids(HandleName::Zero).ok().wrote(Ids).wrote(Count);
            script.ids(server).ok().wrote(Ids).wrote(Count);
        }
        script.ids(server).ok()
    });
    set.step(IdsSucceeds, "room for one id", |script| {
        let (server, short) = (script.connected(), short(script));
        script.ids_into(server, Given, 1, Given).allows(short).wrote(Ids).wrote(Count)
    });
    set.on_computers(IdsListsTheComputer, |script, server| script.ids(server).ok().wrote(IdsOfTheComputer(0)));
    set.given(IdsListsTheComputer, "another computer", elsewhere, |script, server| {
        script.ids(server).ok().wrote(IdsOfTheComputer(1))
    });
    set.given(
        IdsListsTheComputer,
        "a new process of another computer is not on this one",
        elsewhere,
        |script, server| {
            // The program may be missing there.
            script.create(server, PROGRAM, CreateFlags::DEBUG_ONLY_THIS_PROCESS);
            script.ids(HandleName::Zero).ok().wrote(IdsOfTheComputer(0))
        },
    );
    set.on_computers(IdsNullActualCountIsAllowed, |script, server| {
        let short = short(script);
        script.ids_into(server, Given, MANY, Null).ok().wrote(Ids);
        script.ids_into(server, Null, 0, Null).allows(short)
    });
    for (name, count) in [("no id", 0), ("one id", 1), ("two ids", 2)] {
        set.case(IdsAtMostCount, name, |script| {
            let (server, short) = (script.connected(), short(script));
            for server in [HandleName::Zero, server] {
                script.ids_into(server, Given, count, Given).allows(short).wrote(AtMostIds(count));
            }
        });
    }
    set.case(IdsAreUnique, "all ids", |script| {
        let server = script.connected();
        for server in [HandleName::Zero, server] {
            script.ids(server).ok().wrote(Ids).wrote(UniqueIds);
        }
    });
    null_array(set);
    observed(set);
}

fn null_array(set: &mut CaseSet) {
    set.on_computers(IdsNullArrayIsAllowed, |script, server| {
        let short = short(script);
        script.ids_into(server, Null, 0, Given).allows(short).wrote(AtMostIds(0))
    });
    set.step(IdsNullArrayIsAllowed, "with a count, through a server", |script| {
        let (server, short) = (script.connected(), short(script));
        script.ids_into(server, Null, 4, Given).allows(short).wrote(AtMostIds(0))
    });
    set.step(IdsNullArrayIsAllowed, "with a count, on the local computer", |script| {
        // OBS-51: the real engine crashes.
        let taken = script.by_profile(Statuses::SUCCESS, Statuses::OK.or_error().or_crash());
        script.ids_into(HandleName::Zero, Null, 4, Given).allows(taken).wrote(AtMostIds(0))
    });
}

fn observed(set: &mut CaseSet) {
    set.on_computers(IdsActualCountIsTotal, |script, server| {
        let all = script.next();
        script.ids(server).ok().wrote(FilledIds(MANY));
        script.ids_into(server, Given, 1, Given).ok().wrote(CountOf(all));
        script.ids_into(server, Given, 0, Given).ok().wrote(CountOf(all));
        script.ids_into(server, Null, 0, Given).ok().wrote(CountOf(all))
    });
    set.on_computers(IdsShortArrayIsFilled, |script, server| {
        let all = script.next();
        script.ids(server).ok();
        script.ids_into(server, Given, 1, Given).ok().wrote(FilledIds(1)).wrote(FirstIdsOf(all));
        script.ids_into(server, Given, 2, Given).ok().wrote(FilledIds(2)).wrote(FirstIdsOf(all))
    });
}

fn elsewhere(script: &mut Script) -> HandleName {
    let host = script.host_elsewhere("tcp:port=7002");
    script.open(host)
}

/// Returns the allowed endings of a query without room for all ids.
fn short(script: &Script) -> Statuses {
    script.by_profile(Statuses::OK.or_s_false(), Statuses::OK)
}
