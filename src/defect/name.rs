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
        .giving(E_NOINTERFACE, E_FAIL, |_, call| asks(call)),
    Defect::breaks(Requirement::NameNoMatchIsENointerface, "no-match-is-id-zero", BOTH)
        .stating("A name query returns S_OK and the id zero for a name that no process has.")
        .editing(|_, call, outcome| {
            if asks(call) && outcome.is(E_NOINTERFACE) {
                *outcome = Outcome::returned(S_OK);
                outcome.out.id = Some(0);
            }
        }),
    Defect::breaks(Requirement::NameNoMatchIsENointerface, "names-compared-by-their-beginnings", BOTH)
        .stating("A name query finds a process whose name begins with the one that is asked for.")
        .answering(|context, call| otherwise(context, call, |name| with_letters(name, |name, letter| name + letter))),
    Defect::breaks(Requirement::NameNoMatchIsENointerface, "names-compared-by-their-ends", BOTH)
        .stating("A name query finds a process whose name ends with the one that is asked for.")
        .answering(|context, call| {
            otherwise(context, call, |name| with_letters(name, |name, letter| letter.to_owned() + &name))
        }),
    Defect::breaks(Requirement::NameNoMatchIsENointerface, "letters-after-a-name-ignored", BOTH)
        .stating("A name query finds a process with whose name the one that is asked for begins.")
        .answering(|context, call| {
            otherwise(context, call, |name| name.char_indices().map(|(at, _)| name[..at].to_owned()).collect())
        }),
    Defect::breaks(Requirement::NameNoMatchIsENointerface, "letters-before-a-name-ignored", BOTH)
        .stating("A name query finds a process with whose name the one that is asked for ends.")
        .answering(|context, call| {
            otherwise(context, call, |name| name.char_indices().skip(1).map(|(at, _)| name[at..].to_owned()).collect())
        }),
    Defect::breaks(Requirement::NameNoMatchIsENointerface, "extension-of-a-name-ignored", BOTH)
        .stating("A name query finds a process whose name has another extension.")
        .answering(|context, call| {
            otherwise(context, call, |name| name.rsplit_once('.').map(|(stem, _)| format!("{stem}.exe")).into_iter().collect())
        }),
    Defect::breaks(Requirement::NameNoMatchIsENointerface, "empty-name-finds-a-process", BOTH)
        .stating("A name query returns S_OK for an empty name.")
        .giving(E_NOINTERFACE, S_OK, |_, call| asks_for_empty_name(call)),
    Defect::breaks(Requirement::NameNoMatchIsENointerface, "empty-name-refused", BOTH)
        .stating("A name query returns E_INVALIDARG for an empty name.")
        .giving(E_NOINTERFACE, E_INVALIDARG, |_, call| asks_for_empty_name(call)),
    Defect::breaks(Requirement::NameOneMatchIsItsId, "id-is-not-written", BOTH)
        .stating("A name query returns S_OK and writes no id.")
        .editing(|_, _, outcome| outcome.out.id = None),
    Defect::breaks(Requirement::NameOneMatchIsItsId, "names-not-found-in-the-end", BOTH)
        .stating("After 60 name queries, a process finds none by its name.")
        .returning(E_NOINTERFACE, |context, call| asks(call) && context.count() > 60),
    Defect::breaks(Requirement::NameOneMatchIsItsId, "only-match-refused-through-a-server", BOTH)
        .stating("DEBUG_GET_PROC_ONLY_MATCH is refused through a process server.")
        .returning(E_INVALIDARG, |_, call| {
            matches!(call, Call::GetRunningProcessSystemIdByExecutableName { server, flags, .. }
                if *server != 0 && flags.contains(GetProcessFlags::ONLY_MATCH))
        }),
    Defect::breaks(Requirement::NameOneMatchIsItsId, "full-match-of-a-plain-name-finds-another", CONTRACT)
        .stating("With DEBUG_GET_PROC_FULL_MATCH, a plain name gives the id after that of its process.")
        .answering(|context, call| {
            let outcome = context.pass(call);
            let mut plain = call.clone();
            edit_flags(&mut plain, |flags| flags - GetProcessFlags::FULL_MATCH);
            if plain == *call || !outcome.is(E_NOINTERFACE) {
                return outcome;
            }
            let mut found = context.pass(&plain);
            found.out.id = found.out.id.map(|id| id + 1);
            found
        }),
    Defect::breaks(Requirement::NameSeveralIsOneOfThem, "id-of-another-process", BOTH)
        .stating("The id that a name query writes is one too high.")
        .editing(|_, _, outcome| outcome.out.id = outcome.out.id.map(|id| id + 1)),
    Defect::breaks(Requirement::NameSeveralIsOneOfThem, "several-matches-refused", BOTH)
        .stating("A name query returns E_FAIL for a name that several processes have.")
        .answering(|context, call| {
            let mut several = call.clone();
            edit_flags(&mut several, |flags| flags | GetProcessFlags::ONLY_MATCH);
            let is_ambiguous = asks(call) && context.pass(&several).is(S_FALSE);
            let outcome = context.pass(call);
            if is_ambiguous { outcome.giving(S_OK, E_FAIL) } else { outcome }
        }),
    Defect::breaks(Requirement::NameOnlyMatchIsSFalse, "only-match-ignored", BOTH)
        .stating("DEBUG_GET_PROC_ONLY_MATCH is ignored: a name query returns S_OK for several matches.")
        .altering(|call| edit_flags(call, |flags| flags - GetProcessFlags::ONLY_MATCH)),
    Defect::breaks(Requirement::NameOnlyMatchIsSFalse, "only-match-ignored-through-a-server", BOTH)
        .stating("DEBUG_GET_PROC_ONLY_MATCH is ignored through a process server.")
        .altering(|call| {
            if call.server() != Some(0) {
                edit_flags(call, |flags| flags - GetProcessFlags::ONLY_MATCH);
            }
        }),
    Defect::breaks(Requirement::NameOnlyMatchIsSFalse, "s-false-of-a-name-swallowed", BOTH)
        .stating("A name query returns S_OK in place of S_FALSE.")
        .giving(S_FALSE, S_OK, |_, call| asks(call)),
    Defect::breaks(Requirement::NameSFalseOnlyForOnlyMatch, "several-matches-are-s-false", BOTH)
        .stating("A name query returns S_FALSE for several matches even if DEBUG_GET_PROC_ONLY_MATCH is not set.")
        .altering(|call| edit_flags(call, |flags| flags | GetProcessFlags::ONLY_MATCH)),
    Defect::breaks(Requirement::NameFullMatchComparesPaths, "full-match-ignored", CONTRACT)
        .stating("DEBUG_GET_PROC_FULL_MATCH is ignored: a path is compared with file names, so it matches nothing.")
        .altering(|call| edit_flags(call, |flags| flags - GetProcessFlags::FULL_MATCH)),
    Defect::breaks(Requirement::NameFullMatchComparesPaths, "drive-of-a-path-ignored", CONTRACT)
        .stating("With DEBUG_GET_PROC_FULL_MATCH, the drive of a path is not compared.")
        .answering(|context, call| otherwise(context, call, |path| path.get(1..).map(|path| format!("C{path}")).into_iter().collect())),
    Defect::breaks(Requirement::NameFullMatchComparesPaths, "end-of-a-path-compared", CONTRACT)
        .stating("With DEBUG_GET_PROC_FULL_MATCH, only the file name and the folder of a path are compared.")
        .answering(|context, call| {
            otherwise(context, call, |path| {
                let mut parts = path.rsplitn(3, '\\');
                let (file, folder) = (parts.next(), parts.next());
                file.zip(folder).map(|(file, folder)| format!(r"C:\windows\{folder}\{file}")).into_iter().collect()
            })
        }),
    Defect::breaks(Requirement::NameDefaultIgnoresPaths, "paths-always-compared", BOTH)
        .stating("A plain file name matches nothing, because the whole path is always compared.")
        .giving(S_OK, E_NOINTERFACE, |_, call| {
            matches!(call, Call::GetRunningProcessSystemIdByExecutableName { exe_name: Some(name), .. }
                if !name.contains('\\'))
        }),
    Defect::breaks(Requirement::NameFlagsCombine, "name-flags-exclude-each-other", BOTH)
        .stating("DEBUG_GET_PROC_FULL_MATCH and DEBUG_GET_PROC_ONLY_MATCH are refused together.")
        .returning(E_INVALIDARG, |_, call| {
            matches!(call, Call::GetRunningProcessSystemIdByExecutableName { flags, .. } if flags.bits() == 3)
        }),
    Defect::breaks(Requirement::NameFlagsCombine, "only-match-ignored-beside-full-match", CONTRACT)
        .stating("DEBUG_GET_PROC_ONLY_MATCH is ignored together with DEBUG_GET_PROC_FULL_MATCH.")
        .altering(|call| {
            edit_flags(call, |flags| match flags.contains(GetProcessFlags::FULL_MATCH) {
                true => flags - GetProcessFlags::ONLY_MATCH,
                false => flags,
            })
        }),
    Defect::breaks(Requirement::NameCaseIsIgnored, "name-case-counts", DBGENG)
        .stating("An executable name in capitals matches nothing.")
        .giving(S_OK, E_NOINTERFACE, |_, call| {
            matches!(call, Call::GetRunningProcessSystemIdByExecutableName { exe_name: Some(name), .. }
                if name.contains(char::is_uppercase))
        }),
    Defect::breaks(Requirement::NameExtensionCounts, "extension-is-added", DBGENG)
        .stating("A name without an extension is looked up with .exe.")
        .altering(|call| {
            if let Some(name) = name(call).filter(|name| !name.contains('.')) {
                name.push_str(".exe");
            }
        }),
    Defect::breaks(Requirement::NamePathIsNoFileName, "path-is-cut-off", DBGENG)
        .stating("A name with a path is looked up without the path.")
        .altering(|call| {
            if let Some(name) = name(call) {
                *name = name.rsplit('\\').next().unwrap_or(name).to_owned();
            }
        }),
    Defect::breaks(Requirement::NameOnlyMatchIdIsTheFirst, "only-match-gives-the-last", DBGENG)
        .stating("With several matches and DEBUG_GET_PROC_ONLY_MATCH, the id is the highest of the computer.")
        .editing(|context, call, outcome| {
            if asks(call) && outcome.is(S_FALSE) {
                outcome.out.id = context.ids(call.server().unwrap_or_default()).into_iter().max();
            }
        }),
    Defect::breaks(Requirement::NameUnknownFlagsAreRefused, "unknown-name-flags-ignored", DBGENG)
        .stating("Flags above 7 of a name query are ignored.")
        .altering(|call| edit_flags(call, |flags| GetProcessFlags::from(flags.bits() & 7))),
];

/// Looks up other names if a query finds none.
fn otherwise(context: &DefectContext<'_>, call: &Call, others: impl Fn(&str) -> Vec<String>) -> Outcome {
    let outcome = context.pass(call);
    let Call::GetRunningProcessSystemIdByExecutableName { exe_name: Some(asked), .. } = call else { return outcome };
    if !outcome.is(E_NOINTERFACE) {
        return outcome;
    }
    let mut tries = others(asked).into_iter().map(|other| {
        let mut call = call.clone();
        if let Some(name) = name(&mut call) {
            *name = other;
        }
        context.pass(&call)
    });
    tries.find(Outcome::succeeded).unwrap_or(outcome)
}

/// Returns the names that have one letter more.
fn with_letters(name: &str, add: impl Fn(String, &str) -> String) -> Vec<String> {
    ('a'..='z').map(|letter| add(name.to_owned(), letter.encode_utf8(&mut [0; 4]))).collect()
}

fn asks(call: &Call) -> bool {
    matches!(call, Call::GetRunningProcessSystemIdByExecutableName { .. })
}

/// Changes the flags of a name query.
fn edit_flags(call: &mut Call, edit: impl FnOnce(GetProcessFlags) -> GetProcessFlags) {
    if let Call::GetRunningProcessSystemIdByExecutableName { flags, .. } = call {
        *flags = edit(*flags);
    }
}

/// Returns the name that a name query looks up.
fn name(call: &mut Call) -> Option<&mut String> {
    match call {
        Call::GetRunningProcessSystemIdByExecutableName { exe_name, .. } => exe_name.as_mut(),
        _ => None,
    }
}

/// Whether a name query asks for an empty name.
fn asks_for_empty_name(call: &Call) -> bool {
    matches!(call, Call::GetRunningProcessSystemIdByExecutableName { exe_name: Some(name), .. } if name.is_empty())
}
