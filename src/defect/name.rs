//! GetRunningProcessSystemIdByExecutableName.

use super::context::DefectContext;
use super::definition::Defect;
use super::prelude::{BOTH, CONTRACT, DBGENG};
use crate::call::{Call, Outcome};
use crate::flags::GetProcessFlags;
use crate::hresult::{E_FAIL, E_INVALIDARG, E_NOINTERFACE, S_FALSE, S_OK};
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect::breaks(Requirement::NameNoMatchIsENointerface, "no-match-has-another-code", BOTH)
        .stating("A name query returns E_FAIL for a name that no process has.")
        .answering(
            |context, call| {
                if asks(call) { context.pass(call).giving(E_NOINTERFACE, E_FAIL) } else { context.pass(call) }
            },
        ),
    Defect::breaks(Requirement::NameNoMatchIsENointerface, "no-match-is-id-zero", BOTH)
        .stating("A name query returns S_OK and the id zero for a name that no process has.")
        .answering(|context, call| {
            let mut outcome = context.pass(call);
            if asks(call) && outcome.is(E_NOINTERFACE) {
                outcome = Outcome::returned(S_OK);
                outcome.out.id = Some(0);
            }
            outcome
        }),
    Defect::breaks(Requirement::NameOneMatchIsItsId, "id-is-not-written", BOTH)
        .stating("A name query returns S_OK and writes no id.")
        .answering(|context, call| {
            let mut outcome = context.pass(call);
            outcome.out.id = None;
            outcome
        }),
    Defect::breaks(Requirement::NameSeveralIsOneOfThem, "id-of-another-process", BOTH)
        .stating("The id that a name query writes is one too high.")
        .answering(|context, call| {
            let mut outcome = context.pass(call);
            outcome.out.id = outcome.out.id.map(|id| id + 1);
            outcome
        }),
    Defect::breaks(Requirement::NameSeveralIsOneOfThem, "several-matches-refused", BOTH)
        .stating("A name query returns E_FAIL for a name that several processes have.")
        .answering(|context, call| {
            let several = flagged(call, |flags| flags | GetProcessFlags::ONLY_MATCH);
            let is_ambiguous = several.is_some_and(|several| context.pass(&several).is(S_FALSE));
            let outcome = context.pass(call);
            if is_ambiguous { outcome.giving(S_OK, E_FAIL) } else { outcome }
        }),
    Defect::breaks(Requirement::NameOnlyMatchIsSFalse, "only-match-ignored", BOTH)
        .stating("DEBUG_GET_PROC_ONLY_MATCH is ignored: a name query returns S_OK for several matches.")
        .answering(|context, call| pass_flagged(context, call, |flags| flags - GetProcessFlags::ONLY_MATCH)),
    Defect::breaks(Requirement::NameOnlyMatchIsSFalse, "s-false-of-a-name-swallowed", BOTH)
        .stating("A name query returns S_OK in place of S_FALSE.")
        .answering(
            |context, call| if asks(call) { context.pass(call).giving(S_FALSE, S_OK) } else { context.pass(call) },
        ),
    Defect::breaks(Requirement::NameSFalseOnlyForOnlyMatch, "several-matches-are-s-false", BOTH)
        .stating("A name query returns S_FALSE for several matches even if DEBUG_GET_PROC_ONLY_MATCH is not set.")
        .answering(|context, call| pass_flagged(context, call, |flags| flags | GetProcessFlags::ONLY_MATCH)),
    Defect::breaks(Requirement::NameFullMatchComparesPaths, "full-match-ignored", CONTRACT)
        .stating("DEBUG_GET_PROC_FULL_MATCH is ignored: a path is compared with file names, so it matches nothing.")
        .answering(|context, call| pass_flagged(context, call, |flags| flags - GetProcessFlags::FULL_MATCH)),
    Defect::breaks(Requirement::NameDefaultIgnoresPaths, "paths-always-compared", BOTH)
        .stating("A plain file name matches nothing, because the whole path is always compared.")
        .answering(|context, call| match call {
            Call::GetRunningProcessSystemIdByExecutableName { exe_name: Some(name), .. } if !name.contains('\\') => {
                context.pass(call).giving(S_OK, E_NOINTERFACE)
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::NameFlagsCombine, "name-flags-exclude-each-other", BOTH)
        .stating("DEBUG_GET_PROC_FULL_MATCH and DEBUG_GET_PROC_ONLY_MATCH are refused together.")
        .answering(|context, call| match call {
            Call::GetRunningProcessSystemIdByExecutableName { flags, .. } if flags.bits() == 3 => {
                Outcome::returned(E_INVALIDARG)
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::NameCaseIsIgnored, "name-case-counts", DBGENG)
        .stating("An executable name in capitals matches nothing.")
        .answering(|context, call| match call {
            Call::GetRunningProcessSystemIdByExecutableName { exe_name: Some(name), .. }
                if name.contains(char::is_uppercase) =>
            {
                context.pass(call).giving(S_OK, E_NOINTERFACE)
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::NameExtensionCounts, "extension-is-added", DBGENG)
        .stating("A name without an extension is looked up with .exe.")
        .answering(|context, call| {
            named(context, call, |name| if name.contains('.') { name.to_owned() } else { format!("{name}.exe") })
        }),
    Defect::breaks(Requirement::NamePathIsNoFileName, "path-is-cut-off", DBGENG)
        .stating("A name with a path is looked up without the path.")
        .answering(|context, call| named(context, call, |name| name.rsplit('\\').next().unwrap_or(name).to_owned())),
    Defect::breaks(Requirement::NameOnlyMatchIdIsTheFirst, "only-match-gives-the-last", DBGENG)
        .stating("With several matches and DEBUG_GET_PROC_ONLY_MATCH, the id is the highest of the computer.")
        .answering(|context, call| {
            let mut outcome = context.pass(call);
            if asks(call) && outcome.is(S_FALSE) {
                outcome.out.id = context.ids(call.server().unwrap_or_default()).into_iter().max();
            }
            outcome
        }),
    Defect::breaks(Requirement::NameUnknownFlagsAreRefused, "unknown-name-flags-ignored", DBGENG)
        .stating("Flags above 7 of a name query are ignored.")
        .answering(|context, call| pass_flagged(context, call, |flags| GetProcessFlags::from(flags.bits() & 7))),
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
