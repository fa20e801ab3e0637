//! GetRunningProcessSystemIds.

use super::context::DefectContext;
use super::definition::Defect;
use super::prelude::{BOTH, DBGENG};
use crate::call::{Call, Outcome, Pointer};
use crate::hresult::{E_INVALIDARG, E_OUTOFMEMORY, E_POINTER, E_UNEXPECTED, S_FALSE, S_OK};
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect::breaks(Requirement::IdsSucceeds, "short-array-refused", BOTH)
        .stating("GetRunningProcessSystemIds fails if the array is too short for all ids.")
        .answering(|context, call| match call {
            Call::GetRunningProcessSystemIds { server, count, .. } => {
                let outcome = context.pass(call);
                let is_short = outcome.succeeded() && context.ids(*server).len() > *count as usize;
                if is_short { Outcome::returned(E_INVALIDARG) } else { outcome }
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::IdsSucceeds, "every-sixteenth-list-fails", BOTH)
        .stating("Every sixteenth GetRunningProcessSystemIds of a process fails.")
        .returning(E_UNEXPECTED, |context, call| {
            matches!(call, Call::GetRunningProcessSystemIds { .. }) && context.count() % 16 == 0
        }),
    Defect::breaks(Requirement::IdsSucceeds, "count-below-what-was-written", BOTH)
        .stating("ActualCount is one less than the number of ids that were written.")
        .editing(|_, _, outcome| {
            if let (Some(ids), Some(count)) = (&outcome.out.ids, &mut outcome.out.actual_count) {
                *count = (*count).min(u32::try_from(ids.len()).unwrap_or(u32::MAX).saturating_sub(1));
            }
        }),
    Defect::breaks(Requirement::IdsSucceeds, "array-that-just-fits-refused", BOTH)
        .stating("GetRunningProcessSystemIds fails if the array has room for all ids and no more.")
        .answering(|context, call| match lacking(context, call) {
            Some(0) => Outcome::returned(E_INVALIDARG),
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::IdsSucceeds, "handle-wears-out", BOTH)
        .stating("After a hundred lists of a process server's computer, GetRunningProcessSystemIds fails.")
        .returning(E_UNEXPECTED, |context, call| {
            matches!(call, Call::GetRunningProcessSystemIds { server, .. } if *server != 0) && context.count() > 100
        }),
    Defect::breaks(Requirement::IdsSucceeds, "largest-array-refused", BOTH)
        .stating("GetRunningProcessSystemIds fails if Count is above 2³¹.")
        .returning(E_OUTOFMEMORY, |_, call| {
            matches!(call, Call::GetRunningProcessSystemIds { ids: Pointer::Given, count, .. } if *count > 1 << 31)
        }),
    Defect::breaks(Requirement::IdsListsTheComputer, "every-32nd-list-lacks-an-id", BOTH)
        .stating("Every 32nd list of a process server's computer lacks the last process.")
        .editing(|context, call, outcome| {
            let is_meant = matches!(call, Call::GetRunningProcessSystemIds { server, .. } if *server != 0);
            if is_meant && context.count() % 32 == 0 {
                outcome.out.ids.as_mut().and_then(Vec::pop);
            }
        }),
    Defect::breaks(Requirement::IdsListsTheComputer, "last-id-lost-in-a-full-array", BOTH)
        .stating("If the array has room for all ids and no more, the last one is not written.")
        .answering(|context, call| {
            let is_full = lacking(context, call) == Some(0);
            let mut outcome = context.pass(call);
            if let Some(ids) = outcome.out.ids.as_mut().filter(|_| is_full) {
                ids.pop();
            }
            outcome
        }),
    Defect::breaks(Requirement::IdsListsTheComputer, "ids-are-off-by-one", BOTH)
        .stating("The last id that is written is one too high.")
        .editing(|_, _, outcome| {
            if let Some(last) = outcome.out.ids.as_mut().and_then(|ids| ids.last_mut()) {
                *last += 1;
            }
        }),
    Defect::breaks(Requirement::IdsListsTheComputer, "last-id-left-out", BOTH)
        .stating("The last process is left out of ids and count.")
        .editing(|context, call, outcome| {
            if let Call::GetRunningProcessSystemIds { server, .. } = call {
                let all = context.ids(*server);
                if outcome.succeeded() && all.len() > 1 {
                    let kept = all.len() - 1;
                    outcome.out.ids.as_mut().into_iter().for_each(|ids| ids.truncate(kept));
                    outcome.out.actual_count = outcome.out.actual_count.map(|count| count - 1);
                }
            }
        }),
    Defect::breaks(Requirement::IdsAtMostCount, "one-id-more-than-count", BOTH)
        .stating("GetRunningProcessSystemIds writes one id more than the array has room for.")
        .altering(|call| {
            if let Call::GetRunningProcessSystemIds { count, .. } = call {
                *count = count.saturating_add(1);
            }
        }),
    Defect::breaks(Requirement::IdsAtMostCount, "last-id-overruns", BOTH)
        .stating("If the array is one too short for all ids, all are written.")
        .answering(|context, call| match (lacking(context, call), call) {
            (Some(1), Call::GetRunningProcessSystemIds { server, count, ids, actual_count }) => {
                let (server, count, ids, actual_count) = (*server, *count + 1, *ids, *actual_count);
                context.pass(&Call::GetRunningProcessSystemIds { server, count, ids, actual_count })
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::IdsAreUnique, "id-appears-twice", BOTH)
        .stating("The first id is written in place of the second, too.")
        .editing(|_, _, outcome| {
            if let Some([first, second, ..]) = outcome.out.ids.as_deref_mut() {
                *second = *first;
            }
        }),
    Defect::breaks(Requirement::IdsNullArrayIsAllowed, "null-array-refused", BOTH)
        .stating("GetRunningProcessSystemIds fails if the array is null.")
        .returning(E_POINTER, |_, call| matches!(call, Call::GetRunningProcessSystemIds { ids: Pointer::Null, .. })),
    Defect::breaks(Requirement::IdsNullArrayIsAllowed, "null-array-with-a-large-count-refused", BOTH)
        .stating("GetRunningProcessSystemIds fails if the array is null and Count is above 1,000.")
        .returning(E_POINTER, |_, call| {
            matches!(call, Call::GetRunningProcessSystemIds { ids: Pointer::Null, count, .. } if *count > 1_000)
        }),
    Defect::breaks(Requirement::IdsNullActualCountIsAllowed, "null-count-pointer-refused", BOTH)
        .stating("GetRunningProcessSystemIds fails if the pointer for the count is null.")
        .returning(E_POINTER, |_, call| {
            matches!(call, Call::GetRunningProcessSystemIds { actual_count: Pointer::Null, .. })
        }),
    Defect::breaks(Requirement::IdsActualCountIsTotal, "count-off-by-one", DBGENG)
        .stating("ActualCount is the index of the last process, not their number.")
        .editing(|_, _, outcome| {
            outcome.out.actual_count = outcome.out.actual_count.map(|count| count.saturating_sub(1))
        }),
    Defect::breaks(Requirement::IdsActualCountIsTotal, "count-of-what-was-written", DBGENG)
        .stating("ActualCount is the number of ids that were written.")
        .editing(|_, call, outcome| {
            if let Call::GetRunningProcessSystemIds { count, .. } = call {
                outcome.out.actual_count = outcome.out.actual_count.map(|actual| actual.min(*count));
            }
        }),
    Defect::breaks(Requirement::IdsShortArrayIsFilled, "short-array-left-empty", DBGENG)
        .stating("No ids are written to an array that is too short for all of them.")
        .answering(|context, call| short(context, call, |outcome| outcome.out.ids = Some(Vec::new()))),
    Defect::breaks(Requirement::IdsShortArrayIsFilled, "short-array-is-s-false", DBGENG)
        .stating("GetRunningProcessSystemIds returns S_FALSE if the array is too short for all ids.")
        .answering(|context, call| short(context, call, |outcome| *outcome = outcome.clone().giving(S_OK, S_FALSE))),
];

/// Returns the number of ids for which an array has no room; `None` if more would fit.
fn lacking(context: &DefectContext<'_>, call: &Call) -> Option<usize> {
    match call {
        Call::GetRunningProcessSystemIds { server, ids: Pointer::Given, count, .. } => {
            context.ids(*server).len().checked_sub(*count as usize)
        }
        _ => None,
    }
}

/// Changes an outcome whose array has no room for all ids.
fn short(context: &DefectContext<'_>, call: &Call, change: impl FnOnce(&mut Outcome)) -> Outcome {
    let mut outcome = context.pass(call);
    let Call::GetRunningProcessSystemIds { server, count, ids: Pointer::Given, .. } = call else { return outcome };
    if outcome.succeeded() && *count > 0 && context.ids(*server).len() > *count as usize {
        change(&mut outcome);
    }
    outcome
}
