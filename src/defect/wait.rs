//! WaitForProcessServerEnd.

use super::definition::Defect;
use super::prelude::{BOTH, DBGENG_15063, DBGENG_29507, UNTIL_15063};
use super::strings::same_address;
use crate::call::Call;
use crate::hresult::{E_FAIL, E_INVALIDARG, E_UNEXPECTED, S_FALSE, S_OK};
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect::breaks(Requirement::WaitNeedsAnEnd, "wait-sees-an-end-before-any", UNTIL_15063)
        .stating("WaitForProcessServerEnd returns S_OK when it times out.")
        .returning(
            S_OK,
            |context, call| matches!(call, Call::WaitForProcessServerEnd { .. } if context.by.version > 1),
        ),
    Defect::breaks(Requirement::WaitNeedsAnEnd, "wait-sees-the-ends-of-others", UNTIL_15063)
        .stating("WaitForProcessServerEnd returns S_OK once a process server of any process has ended.")
        .returning(S_OK, |context, call| {
            matches!(call, Call::WaitForProcessServerEnd { .. }
                if context.by.version > 1 && !context.world().ended.is_empty())
        }),
    Defect::breaks(Requirement::WaitNeedsAnEnd, "tenth-wait-sees-an-end", UNTIL_15063)
        .stating("The tenth WaitForProcessServerEnd of a process returns S_OK.")
        .returning(S_OK, |context, call| {
            matches!(call, Call::WaitForProcessServerEnd { .. }) && context.by.version > 1 && context.count() == 10
        }),
    Defect::breaks(Requirement::WaitEndedIsSOk, "end-says-nothing", BOTH)
        .stating("An end does not reach a wait: it returns S_FALSE.")
        .giving(S_OK, S_FALSE, |_, call| matches!(call, Call::WaitForProcessServerEnd { .. })),
    Defect::breaks(Requirement::WaitEndedIsSOk, "end-of-the-second-server-unseen", BOTH)
        .stating("A wait sees the end of the server that was started first, and of no other.")
        .giving(S_OK, S_FALSE, |context, call| {
            let world = context.world();
            let is_first = |text: &String| world.offers.first().is_some_and(|first| same_address(first, text));
            matches!(call, Call::WaitForProcessServerEnd { .. }) && !world.ended.iter().any(is_first)
        }),
    Defect::breaks(Requirement::WaitEndedStaysEnded, "wait-forgets", BOTH)
        .stating("Only the first wait is told of an end: the next one times out.")
        .returning(S_FALSE, |context, call| {
            matches!(call, Call::WaitForProcessServerEnd { .. }
                if context.by.version > 1 && context.state().ends_seen > 0)
        }),
    Defect::breaks(Requirement::WaitEndedStaysEnded, "wait-forgets-in-the-end", BOTH)
        .stating("Ten waits are told of an end: the next one times out.")
        .returning(S_FALSE, |context, call| {
            matches!(call, Call::WaitForProcessServerEnd { .. }
                if context.by.version > 1 && context.state().ends_seen >= 10)
        }),
    Defect::breaks(Requirement::WaitEndedStaysEnded, "new-server-takes-the-end-back", BOTH)
        .stating("After a process starts another server, its waits ignore the end of the one before.")
        .giving(
            S_OK,
            S_FALSE,
            |context, call| matches!(call, Call::WaitForProcessServerEnd { .. } if context.state().starts > 1),
        ),
    Defect::breaks(Requirement::WaitEndedReturnsAtOnce, "wait-after-an-end-stays", BOTH)
        .stating("A wait after another saw the end would never return; it panics instead, so that tests go on.")
        .answering(|context, call| match call {
            Call::WaitForProcessServerEnd { .. } if context.by.version > 1 && context.state().ends_seen > 0 => {
                std::panic::resume_unwind(Box::new("a wait would stay for ever"))
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::WaitTimeOutIsSFalse, "time-out-is-an-error", UNTIL_15063)
        .stating("WaitForProcessServerEnd fails when it times out.")
        .giving(S_FALSE, E_FAIL, |_, call| matches!(call, Call::WaitForProcessServerEnd { .. })),
    Defect::breaks(Requirement::WaitTimeOutIsSFalse, "s-false-of-a-wait-swallowed", UNTIL_15063)
        .stating("WaitForProcessServerEnd returns S_OK in place of S_FALSE.")
        .giving(S_FALSE, S_OK, |_, call| matches!(call, Call::WaitForProcessServerEnd { .. })),
    Defect::breaks(Requirement::WaitTimeOutIsSFalse, "zero-time-out-refused", UNTIL_15063)
        .stating("WaitForProcessServerEnd refuses a time-out of zero.")
        .giving(S_FALSE, E_INVALIDARG, |_, call| matches!(call, Call::WaitForProcessServerEnd { timeout: 0 })),
    Defect::breaks(Requirement::WaitWithoutAServerTimesOut, "wait-needs-a-server", DBGENG_15063)
        .stating("WaitForProcessServerEnd fails in a process that started no server.")
        .returning(
            E_UNEXPECTED,
            |context, call| matches!(call, Call::WaitForProcessServerEnd { .. } if context.state().starts == 0),
        ),
    Defect::breaks(Requirement::WaitTimeOutIsSOk, "time-out-is-s-false-again", DBGENG_29507)
        .stating("WaitForProcessServerEnd returns S_FALSE when it times out, as the older version does.")
        .returning(S_FALSE, |context, call| {
            matches!(call, Call::WaitForProcessServerEnd { .. }
                if context.by.version > 1 && context.world().ended.is_empty())
        }),
];
