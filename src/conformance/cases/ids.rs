//! Cases for GetRunningProcessSystemIds.

use super::methods::PROGRAM;
use crate::call::Pointer::{Given, Null};
use crate::conformance::case::CaseSet;
use crate::conformance::case::expectation::OutputCheck::*;
use crate::conformance::case::script::{AGAIN, MANY as OFTEN, Script};
use crate::conformance::program::{HandleName, WHOLE_SIZE};
use crate::flags::CreateFlags;
use crate::process::LARGEST_NULL_ARRAY;
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
        // One handle could stop serving after many calls.
        for _ in 0..OFTEN {
            script.ids(server).ok();
        }
        script.ids(server).ok()
    });
    set.on_both_computers(IdsSucceeds, "about as much room as needed", |script, server| {
        script.ids(server).ok();
        for (count, is_short) in [(WHOLE_SIZE + 1, false), (WHOLE_SIZE, false), (WHOLE_SIZE - 1, true), (0, true)] {
            let taken = if is_short { short(script) } else { Statuses::OK };
            script.ids_into(server, Given, count, Given).allows(taken).wrote(Count);
        }
        for count in [3, 7, 8, 15, 64, 255, 256, 1024, 65_536, u32::MAX] {
            script.ids_into(server, Given, count, Given).succeeds().wrote(Ids).wrote(Count);
        }
        script.ids(server).ok()
    });
    set.step(IdsSucceeds, "room for one id", |script| {
        let (server, short) = (script.connected(), short(script));
        script.ids_into(server, Given, 1, Given).allows(short).wrote(Ids).wrote(Count)
    });
    set.on_computers(IdsListsTheComputer, |script, server| script.ids(server).ok().wrote(IdsOfTheComputer(0)));
    set.on_both_computers(IdsListsTheComputer, "just enough room", |script, server| {
        script.ids(server).ok();
        script.ids_into(server, Given, WHOLE_SIZE + 1, Given).ok().wrote(IdsOfTheComputer(0));
        script.ids_into(server, Given, WHOLE_SIZE, Given).ok().wrote(IdsOfTheComputer(0))
    });
    set.given(IdsListsTheComputer, "another computer", elsewhere, |script, server| {
        script.ids(server).ok().wrote(IdsOfTheComputer(1))
    });
    set.given(IdsListsTheComputer, "two computers, again and again", elsewhere, |script, there| {
        let here = script.connected();
        for _ in 0..AGAIN {
            script.ids(there).ok().wrote(IdsOfTheComputer(1));
            script.ids(here).ok().wrote(IdsOfTheComputer(0));
            // Three calls in each round: a fault in every 32nd call meets each of them.
            script.ids(there).ok().wrote(IdsOfTheComputer(1));
        }
        script.ids(HandleName::Zero).ok().wrote(IdsOfTheComputer(0))
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
    // The model judges by the size that the call was given.
    set.on_both_computers(IdsAtMostCount, "a little less room than needed", |script, server| {
        script.ids(server).ok();
        let short = short(script);
        for missing in (0..4).rev() {
            script.ids_into(server, Given, WHOLE_SIZE - missing, Given).allows(short);
        }
        script.ids(server).ok()
    });
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
    for (name, server) in [("with any count, through a server", true), ("with any count, on the local computer", false)]
    {
        set.case(IdsNullArrayIsAllowed, name, |script| {
            let server = if server { script.connected() } else { HandleName::Zero };
            // OBS-51, OBS-239: the real engine crashes on the local computer, and its host with a large count.
            for count in [1, 16, 256, 4096, 1 << 16, 1 << 20, u32::MAX] {
                let taken = match script.profile.is_dbgeng() {
                    true if server == HandleName::Zero => Statuses::OK.or_error().or_crash(),
                    true if count > LARGEST_NULL_ARRAY => Statuses::OK.or_error(),
                    _ => short(script),
                };
                script.ids_into(server, Null, count, Given).allows(taken).wrote(AtMostIds(0));
            }
        });
    }
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
