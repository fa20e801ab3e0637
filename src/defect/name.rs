//! GetRunningProcessSystemIdByExecutableName.

use super::context::DefectContext;
use super::definition::Defect;
use super::prelude::{BOTH, CONTRACT, DBGENG};
use crate::call::{Call, Outcome};
use crate::flags::GetProcessFlags;
use crate::hresult::{E_FAIL, E_INVALIDARG, E_NOINTERFACE, S_FALSE, S_OK};
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        name: "no-match-has-another-code",
        requirement: Requirement::NameNoMatchIsENointerface,
        profiles: BOTH,
        statement: "A name query returns E_FAIL for a name that no process has.",
        answer: |context, call| {
            if asks(call) { context.pass(call).giving(E_NOINTERFACE, E_FAIL) } else { context.pass(call) }
        },
    },
    Defect {
        name: "no-match-is-id-zero",
        requirement: Requirement::NameNoMatchIsENointerface,
        profiles: BOTH,
        statement: "A name query returns S_OK and the id zero for a name that no process has.",
        answer: |context, call| {
            let mut outcome = context.pass(call);
            if asks(call) && outcome.is(E_NOINTERFACE) {
                outcome = Outcome::returned(S_OK);
                outcome.out.id = Some(0);
            }
            outcome
        },
    },
    Defect {
        name: "id-is-not-written",
        requirement: Requirement::NameOneMatchIsItsId,
        profiles: BOTH,
        statement: "A name query returns S_OK and writes no id.",
        answer: |context, call| {
            let mut outcome = context.pass(call);
            outcome.out.id = None;
            outcome
        },
    },
    Defect {
        name: "id-of-another-process",
        requirement: Requirement::NameSeveralIsOneOfThem,
        profiles: BOTH,
        statement: "The id that a name query writes is one too high.",
        answer: |context, call| {
            let mut outcome = context.pass(call);
            outcome.out.id = outcome.out.id.map(|id| id + 1);
            outcome
        },
    },
    Defect {
        name: "several-matches-refused",
        requirement: Requirement::NameSeveralIsOneOfThem,
        profiles: BOTH,
        statement: "A name query returns E_FAIL for a name that several processes have.",
        answer: |context, call| {
            let several = flagged(call, |flags| flags | GetProcessFlags::ONLY_MATCH);
            let is_ambiguous = several.is_some_and(|several| context.pass(&several).is(S_FALSE));
            let outcome = context.pass(call);
            if is_ambiguous { outcome.giving(S_OK, E_FAIL) } else { outcome }
        },
    },
    Defect {
        name: "only-match-ignored",
        requirement: Requirement::NameOnlyMatchIsSFalse,
        profiles: BOTH,
        statement: "DEBUG_GET_PROC_ONLY_MATCH is ignored: a name query returns S_OK for several matches.",
        answer: |context, call| pass_flagged(context, call, |flags| flags - GetProcessFlags::ONLY_MATCH),
    },
    Defect {
        name: "s-false-of-a-name-swallowed",
        requirement: Requirement::NameOnlyMatchIsSFalse,
        profiles: BOTH,
        statement: "A name query returns S_OK in place of S_FALSE.",
        answer: |context, call| if asks(call) { context.pass(call).giving(S_FALSE, S_OK) } else { context.pass(call) },
    },
    Defect {
        name: "several-matches-are-s-false",
        requirement: Requirement::NameSFalseOnlyForOnlyMatch,
        profiles: BOTH,
        statement: "A name query returns S_FALSE for several matches even if DEBUG_GET_PROC_ONLY_MATCH is not set.",
        answer: |context, call| pass_flagged(context, call, |flags| flags | GetProcessFlags::ONLY_MATCH),
    },
    Defect {
        name: "full-match-ignored",
        requirement: Requirement::NameFullMatchComparesPaths,
        profiles: CONTRACT,
        statement: "DEBUG_GET_PROC_FULL_MATCH is ignored: a path is compared with file names, so it matches nothing.",
        answer: |context, call| pass_flagged(context, call, |flags| flags - GetProcessFlags::FULL_MATCH),
    },
    Defect {
        name: "paths-always-compared",
        requirement: Requirement::NameDefaultIgnoresPaths,
        profiles: BOTH,
        statement: "A plain file name matches nothing, because the whole path is always compared.",
        answer: |context, call| match call {
            Call::GetRunningProcessSystemIdByExecutableName { exe_name: Some(name), .. } if !name.contains('\\') => {
                context.pass(call).giving(S_OK, E_NOINTERFACE)
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "name-flags-exclude-each-other",
        requirement: Requirement::NameFlagsCombine,
        profiles: BOTH,
        statement: "DEBUG_GET_PROC_FULL_MATCH and DEBUG_GET_PROC_ONLY_MATCH are refused together.",
        answer: |context, call| match call {
            Call::GetRunningProcessSystemIdByExecutableName { flags, .. } if flags.bits() == 3 => {
                Outcome::returned(E_INVALIDARG)
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "name-case-counts",
        requirement: Requirement::NameCaseIsIgnored,
        profiles: DBGENG,
        statement: "An executable name in capitals matches nothing.",
        answer: |context, call| match call {
            Call::GetRunningProcessSystemIdByExecutableName { exe_name: Some(name), .. }
                if name.contains(char::is_uppercase) =>
            {
                context.pass(call).giving(S_OK, E_NOINTERFACE)
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "extension-is-added",
        requirement: Requirement::NameExtensionCounts,
        profiles: DBGENG,
        statement: "A name without an extension is looked up with .exe.",
        answer: |context, call| {
            named(context, call, |name| if name.contains('.') { name.to_owned() } else { format!("{name}.exe") })
        },
    },
    Defect {
        name: "path-is-cut-off",
        requirement: Requirement::NamePathIsNoFileName,
        profiles: DBGENG,
        statement: "A name with a path is looked up without the path.",
        answer: |context, call| named(context, call, |name| name.rsplit('\\').next().unwrap_or(name).to_owned()),
    },
    Defect {
        name: "only-match-gives-the-last",
        requirement: Requirement::NameOnlyMatchIdIsTheFirst,
        profiles: DBGENG,
        statement: "With several matches and DEBUG_GET_PROC_ONLY_MATCH, the id is the highest of the computer.",
        answer: |context, call| {
            let mut outcome = context.pass(call);
            if asks(call) && outcome.is(S_FALSE) {
                outcome.out.id = context.ids(call.server().unwrap_or_default()).into_iter().max();
            }
            outcome
        },
    },
    Defect {
        name: "unknown-name-flags-ignored",
        requirement: Requirement::NameUnknownFlagsAreRefused,
        profiles: DBGENG,
        statement: "Flags above 7 of a name query are ignored.",
        answer: |context, call| pass_flagged(context, call, |flags| GetProcessFlags::from(flags.bits() & 7)),
    },
];

fn asks(call: &Call) -> bool {
    matches!(call, Call::GetRunningProcessSystemIdByExecutableName { .. })
}

/// Makes the same name query with other flags.
fn flagged(call: &Call, edit: impl FnOnce(GetProcessFlags) -> GetProcessFlags) -> Option<Call> {
    let mut call = call.clone();
    let Call::GetRunningProcessSystemIdByExecutableName { flags, .. } = &mut call else { return None };
    *flags = edit(*flags);
    Some(call)
}

fn pass_flagged(
    context: &DefectContext<'_>,
    call: &Call,
    edit: impl FnOnce(GetProcessFlags) -> GetProcessFlags,
) -> Outcome {
    flagged(call, edit).map_or_else(|| context.pass(call), |flagged| context.pass(&flagged))
}

/// Makes the same name query with another name.
fn named(context: &DefectContext<'_>, call: &Call, edit: impl FnOnce(&str) -> String) -> Outcome {
    let mut call = call.clone();
    if let Call::GetRunningProcessSystemIdByExecutableName { exe_name: Some(name), .. } = &mut call {
        *name = edit(name);
    }
    context.pass(&call)
}
