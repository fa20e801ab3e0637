//! Cases for GetRunningProcessSystemIdByExecutableName.

use crate::conformance::case::CaseSet;
use crate::conformance::case::expectation::OutputCheck;
use crate::conformance::program::{HandleName, Placeholder};
use crate::flags::GetProcessFlags;
use crate::hresult::{E_INVALIDARG, E_NOINTERFACE, S_FALSE};
use crate::profile::Profile;
use crate::spec::Requirement;

const FULL_MATCH: u32 = GetProcessFlags::FULL_MATCH.bits();
const ONLY_MATCH: u32 = GetProcessFlags::ONLY_MATCH.bits();

/// A name that no process has.
const NOBODY: &str = "nosuchprocess.exe";

pub(super) fn cases(set: &mut CaseSet) {
    for (name, flags) in [("in any directory", 0), ("the only match", ONLY_MATCH), ("by its path", FULL_MATCH)] {
        set.case(Requirement::NameNoMatchIsENointerface, name, |script| {
            let server = script.connected();
            script.name(HandleName::Zero, NOBODY, flags).returns(E_NOINTERFACE);
            script.name(server, NOBODY, flags).returns(E_NOINTERFACE);
        });
    }
    set.case(Requirement::NameOneMatchIsItsId, "on the local computer", |script| {
        script.name(HandleName::Zero, Placeholder::ONLY, 0).ok().wrote(OutputCheck::IdOfOnly);
    });
    set.case(Requirement::NameOneMatchIsItsId, "through a server", |script| {
        let server = script.connected();
        script.name(server, Placeholder::ONLY, 0).ok().wrote(OutputCheck::IdOfOnly);
    });
    set.case(Requirement::NameOneMatchIsItsId, "as the only match", |script| {
        script.name(HandleName::Zero, Placeholder::ONLY, ONLY_MATCH).ok().wrote(OutputCheck::IdOfOnly);
    });
    set.case(Requirement::NameSeveralIsOneOfThem, "on the local computer", |script| {
        script.name(HandleName::Zero, Placeholder::SEVERAL, 0).ok().wrote(OutputCheck::IdOfSeveral);
    });
    set.case(Requirement::NameSeveralIsOneOfThem, "through a server", |script| {
        let server = script.connected();
        script.name(server, Placeholder::SEVERAL, 0).ok().wrote(OutputCheck::IdOfSeveral);
    });
    set.case(Requirement::NameOnlyMatchIsSFalse, "on the local computer", |script| {
        script.name(HandleName::Zero, Placeholder::SEVERAL, ONLY_MATCH).returns(S_FALSE);
    });
    set.case(Requirement::NameOnlyMatchIsSFalse, "through a server", |script| {
        let server = script.connected();
        script.name(server, Placeholder::SEVERAL, ONLY_MATCH).returns(S_FALSE);
    });
    set.case(Requirement::NameSFalseOnlyForOnlyMatch, "several matches of which any will do", |script| {
        script.name(HandleName::Zero, Placeholder::SEVERAL, 0).ok();
    });
    set.case(Requirement::NameSFalseOnlyForOnlyMatch, "one match", |script| {
        script.name(HandleName::Zero, Placeholder::ONLY, ONLY_MATCH).ok();
    });
    set.case(Requirement::NameSFalseOnlyForOnlyMatch, "no match", |script| {
        script.name(HandleName::Zero, NOBODY, ONLY_MATCH).fails();
    });
    paths(set);
    observed(set);
}

fn paths(set: &mut CaseSet) {
    set.case(Requirement::NameFullMatchComparesPaths, "the path of a process", |script| {
        script.name(HandleName::Zero, Placeholder::PATH, FULL_MATCH).ok().wrote(OutputCheck::IdOfOnly);
    });
    set.case(Requirement::NameFullMatchComparesPaths, "the same file name in another directory", |script| {
        script.name(HandleName::Zero, Placeholder::PATH_ELSEWHERE, FULL_MATCH).returns(E_NOINTERFACE);
    });
    set.case(Requirement::NameDefaultIgnoresPaths, "the file name of one process", |script| {
        script.name(HandleName::Zero, Placeholder::ONLY, 0).ok().wrote(OutputCheck::IdOfOnly);
    });
    set.case(Requirement::NameDefaultIgnoresPaths, "the file name of several processes", |script| {
        script.name(HandleName::Zero, Placeholder::SEVERAL, 0).ok().wrote(OutputCheck::IdOfSeveral);
        script.name(HandleName::Zero, Placeholder::SEVERAL, ONLY_MATCH).returns(S_FALSE);
    });
    set.case(Requirement::NameFlagsCombine, "one match", |script| {
        // OBS-52: the real engine finds no process by a path, whatever the flags.
        let name = match script.profile {
            Profile::Contract => Placeholder::PATH,
            Profile::Dbgeng => Placeholder::ONLY,
        };
        script.name(HandleName::Zero, name, FULL_MATCH | ONLY_MATCH).ok().wrote(OutputCheck::IdOfOnly);
    });
    set.case(Requirement::NameFlagsCombine, "no match", |script| {
        script.name(HandleName::Zero, Placeholder::PATH_ELSEWHERE, FULL_MATCH | ONLY_MATCH).returns(E_NOINTERFACE);
    });
}

fn observed(set: &mut CaseSet) {
    set.case(Requirement::NameCaseIsIgnored, "capitals", |script| {
        script.name(HandleName::Zero, Placeholder::ONLY_IN_CAPITALS, 0).ok().wrote(OutputCheck::IdOfOnly);
    });
    set.case(Requirement::NameExtensionCounts, "without an extension", |script| {
        script.name(HandleName::Zero, Placeholder::STEM, 0).returns(E_NOINTERFACE);
    });
    set.case(Requirement::NamePathIsNoFileName, "a path", |script| {
        script.name(HandleName::Zero, Placeholder::PATH, 0).returns(E_NOINTERFACE);
    });
    set.case(Requirement::NameOnlyMatchIdIsTheFirst, "on the local computer", |script| {
        let found = script.name(HandleName::Zero, Placeholder::SEVERAL, ONLY_MATCH).returns(S_FALSE);
        found.wrote(OutputCheck::IdOfFirstOfSeveral);
    });
    set.case(Requirement::NameOnlyMatchIdIsTheFirst, "through a server", |script| {
        let server = script.connected();
        script.name(server, Placeholder::SEVERAL, ONLY_MATCH).returns(S_FALSE).wrote(OutputCheck::IdOfFirstOfSeveral);
    });
    for (name, flags) in [("8", 8), ("8 beside others", 0xb), ("the highest", 1 << 31)] {
        set.case(Requirement::NameUnknownFlagsAreRefused, name, |script| {
            script.name(HandleName::Zero, Placeholder::ONLY, flags).returns(E_INVALIDARG);
        });
    }
}
