//! Cases for GetRunningProcessSystemIdByExecutableName.

use crate::conformance::case::CaseSet;
use crate::conformance::case::expectation::OutputCheck::{self, *};
use crate::conformance::case::script::{AGAIN, LastStep, Script};
use crate::conformance::program::{HandleName, Placeholder as Name};
use crate::flags::GetProcessFlags;
use crate::hresult::{E_INVALIDARG, E_NOINTERFACE, S_FALSE};
use crate::spec::Requirement::{self, *};
use crate::status::Statuses;

const FULL_MATCH: u32 = GetProcessFlags::FULL_MATCH.bits();
const ONLY_MATCH: u32 = GetProcessFlags::ONLY_MATCH.bits();

const OK: Statuses = Statuses::OK;
const SEVERAL: Statuses = Statuses::code(S_FALSE);
const NONE: Statuses = Statuses::code(E_NOINTERFACE);
const INVALID: Statuses = Statuses::code(E_INVALIDARG);

/// A name that no process has.
const NOBODY: &str = "nosuchprocess.exe";

/// An executable name, the flags, the allowed endings, and a check on the output.
type NameLookup = (&'static str, u32, Statuses, Option<OutputCheck>);

/// Lookups on the local computer, and once more through a server.
const ON_BOTH: [(Requirement, NameLookup); 4] = [
    (NameOneMatchIsItsId, (Name::ONLY, 0, OK, Some(IdOfOnly))),
    (NameSeveralIsOneOfThem, (Name::SEVERAL, 0, OK, Some(IdOfSeveral))),
    (NameOnlyMatchIsSFalse, (Name::SEVERAL, ONLY_MATCH, SEVERAL, None)),
    (NameOnlyMatchIdIsTheFirst, (Name::SEVERAL, ONLY_MATCH, SEVERAL, Some(IdOfFirstOfSeveral))),
];

const LOCAL: [(Requirement, &str, NameLookup); 13] = [
    (NameOneMatchIsItsId, "as the only match", (Name::ONLY, ONLY_MATCH, OK, Some(IdOfOnly))),
    (NameSFalseOnlyForOnlyMatch, "several matches of which any will do", (Name::SEVERAL, 0, OK, None)),
    (NameSFalseOnlyForOnlyMatch, "one match", (Name::ONLY, ONLY_MATCH, OK, None)),
    (NameSFalseOnlyForOnlyMatch, "no match", (NOBODY, ONLY_MATCH, Statuses::ERROR, None)),
    (NameFullMatchComparesPaths, "the path of a process", (Name::PATH, FULL_MATCH, OK, Some(IdOfOnly))),
    (NameFullMatchComparesPaths, "the same file name in another directory", ELSEWHERE),
    (NameDefaultIgnoresPaths, "the file name of one process", (Name::ONLY, 0, OK, Some(IdOfOnly))),
    (NameCaseIsIgnored, "capitals", (Name::ONLY_IN_CAPITALS, 0, OK, Some(IdOfOnly))),
    (NameExtensionCounts, "without an extension", (Name::STEM, 0, NONE, None)),
    (NamePathIsNoFileName, "a path", (Name::PATH, 0, NONE, None)),
    (NameUnknownFlagsAreRefused, "8", (Name::ONLY, 8, INVALID, None)),
    (NameUnknownFlagsAreRefused, "8 beside others", (Name::ONLY, 0xb, INVALID, None)),
    (NameUnknownFlagsAreRefused, "the highest", (Name::ONLY, 1 << 31, INVALID, None)),
];

const ELSEWHERE: NameLookup = (Name::PATH_ELSEWHERE, FULL_MATCH, NONE, None);

pub(super) fn cases(set: &mut CaseSet) {
    set.on_both_computers(NameNoMatchIsENointerface, "an empty name", |script, server| {
        look_up(script, server, (Name::EMPTY, ONLY_MATCH, NONE, None));
        look_up(script, server, (Name::EMPTY, FULL_MATCH, NONE, None));
        look_up(script, server, (Name::EMPTY, 0, NONE, None))
    });
    for (name, flags) in [("in any directory", 0), ("the only match", ONLY_MATCH), ("by its path", FULL_MATCH)] {
        set.case(NameNoMatchIsENointerface, name, |script| {
            let server = script.connected();
            for server in [HandleName::Zero, server] {
                look_up(script, server, (NOBODY, flags, NONE, None));
            }
        });
    }
    // The model judges these, which knows whether another process has the name.
    set.on_both_computers(NameNoMatchIsENointerface, "almost the name of a process", |script, server| {
        for name in Name::ALMOST_ONLY {
            for flags in [0, ONLY_MATCH] {
                script.name(server, name, flags).judged();
            }
        }
        script.name(server, &format!("{}.exe", "x".repeat(300)), 0).judged();
        for name in ["*.exe", "*", "?", Name::EMPTY] {
            for flags in [0, ONLY_MATCH, FULL_MATCH] {
                script.name(server, name, flags).fails();
            }
        }
        look_up(script, server, (NOBODY, 0, NONE, None))
    });
    set.on_both_computers(NameFullMatchComparesPaths, "almost the path of a process", |script, server| {
        for path in Name::ALMOST_PATH {
            script.name(server, path, FULL_MATCH).judged();
        }
        look_up(script, server, (Name::PATH, FULL_MATCH, OK, Some(IdOfOnly)))
    });
    set.on_both_computers(NameOneMatchIsItsId, "every process", |script, server| {
        for (name, path) in Name::NAMES.into_iter().zip(Name::PATHS) {
            for (text, flags) in [(name, 0), (name, ONLY_MATCH), (name, FULL_MATCH), (path, FULL_MATCH)] {
                script.name(server, text, flags).judged();
            }
        }
        look_up(script, server, (Name::ONLY, 0, OK, Some(IdOfOnly)))
    });
    set.case(NameOneMatchIsItsId, "on two computers", |script| {
        let elsewhere = script.host_elsewhere("tcp:port=7002");
        let (there, here) = (script.open(elsewhere), script.connected());
        for server in [there, script.open(elsewhere)] {
            script.name(server, Name::ONLY, 0).judged();
            look_up(script, here, (Name::ONLY, 0, OK, Some(IdOfOnly)));
        }
        look_up(script, HandleName::Zero, (Name::ONLY, 0, OK, Some(IdOfOnly)));
    });
    // The model knows whether several processes have the path.
    set.on_both_computers(NameFlagsCombine, "the path of several processes", |script, server| {
        script.name(server, Name::SEVERAL_PATH, FULL_MATCH).judged();
        script.name(server, Name::SEVERAL_PATH, FULL_MATCH | ONLY_MATCH).judged()
    });
    set.given(NameOneMatchIsItsId, "again and again", Script::connected, |script, server| {
        for _ in 0..AGAIN {
            look_up(script, HandleName::Zero, (Name::ONLY, 0, OK, Some(IdOfOnly)));
            look_up(script, server, (Name::ONLY, 0, OK, Some(IdOfOnly)));
        }
        look_up(script, server, (Name::ONLY, ONLY_MATCH, OK, Some(IdOfOnly)))
    });
    for (requirement, lookup) in ON_BOTH {
        set.step(requirement, "on the local computer", |script| look_up(script, HandleName::Zero, lookup.clone()));
        set.given(requirement, "through a server", Script::connected, |script, server| look_up(script, server, lookup));
    }
    for (requirement, name, lookup) in LOCAL {
        set.step(requirement, name, |script| look_up(script, HandleName::Zero, lookup));
    }
    set.given(NameOneMatchIsItsId, "as the only match, through a server", Script::connected, |script, server| {
        look_up(script, server, (Name::ONLY, ONLY_MATCH, OK, Some(IdOfOnly)))
    });
    set.step(NameDefaultIgnoresPaths, "the file name of several processes", |script| {
        script.name(HandleName::Zero, Name::SEVERAL, 0).ok().wrote(IdOfSeveral);
        script.name(HandleName::Zero, Name::SEVERAL, ONLY_MATCH).returns(S_FALSE)
    });
    set.step(NameFlagsCombine, "one match", |script| {
        // OBS-52: the real engine finds no process by a path, whatever the flags.
        let name = script.by_profile(Name::PATH, Name::ONLY);
        look_up(script, HandleName::Zero, (name, FULL_MATCH | ONLY_MATCH, OK, Some(IdOfOnly)))
    });
    set.step(NameFlagsCombine, "no match", |script| {
        look_up(script, HandleName::Zero, (Name::PATH_ELSEWHERE, FULL_MATCH | ONLY_MATCH, NONE, None))
    });
}

fn look_up(script: &mut Script, server: HandleName, (name, flags, endings, check): NameLookup) -> LastStep<'_> {
    let found = script.name(server, name, flags).allows(endings);
    if let Some(check) = check { found.wrote(check) } else { found }
}
