//! WaitForProcessServerEnd.

use super::definition::Defect;
use super::prelude::{BOTH, DBGENG, ok};
use crate::call::{Call, Outcome};
use crate::hresult::{E_FAIL, E_INVALIDARG, E_UNEXPECTED, S_FALSE, S_OK};
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect::breaks(Requirement::WaitNeedsAnEnd, "wait-sees-an-end-before-any", BOTH)
        .stating("WaitForProcessServerEnd returns S_OK when it times out.")
        .answering(|context, call| match call {
            Call::WaitForProcessServerEnd { .. } if context.by.version > 1 => ok(),
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::WaitNeedsAnEnd, "wait-sees-the-ends-of-others", BOTH)
        .stating("WaitForProcessServerEnd returns S_OK once a process server of any process has ended.")
        .answering(|context, call| match call {
            Call::WaitForProcessServerEnd { .. } if context.by.version > 1 && !context.world().ended.is_empty() => ok(),
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::WaitEndedIsSOk, "end-says-nothing", BOTH)
        .stating("An end does not reach a wait: it returns S_FALSE.")
        .answering(|context, call| match call {
            Call::WaitForProcessServerEnd { .. } => context.pass(call).giving(S_OK, S_FALSE),
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::WaitEndedStaysEnded, "wait-forgets", BOTH)
        .stating("Only the first wait is told of an end: the next one times out.")
        .answering(|context, call| match call {
            Call::WaitForProcessServerEnd { .. } if context.by.version > 1 && context.state().ends_seen > 0 => {
                Outcome::returned(S_FALSE)
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::WaitEndedStaysEnded, "new-server-takes-the-end-back", BOTH)
        .stating("After a process starts another server, its waits ignore the end of the one before.")
        .answering(|context, call| match call {
            Call::WaitForProcessServerEnd { .. } if context.state().starts > 1 => {
                context.pass(call).giving(S_OK, S_FALSE)
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::WaitEndedReturnsAtOnce, "wait-after-an-end-stays", BOTH)
        .stating("A wait after another saw the end would never return; it panics instead, so that tests go on.")
        .answering(|context, call| match call {
            Call::WaitForProcessServerEnd { .. } if context.by.version > 1 && context.state().ends_seen > 0 => {
                std::panic::resume_unwind(Box::new("a wait would stay for ever"))
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::WaitTimeOutIsSFalse, "time-out-is-an-error", BOTH)
        .stating("WaitForProcessServerEnd fails when it times out.")
        .answering(|context, call| match call {
            Call::WaitForProcessServerEnd { .. } => context.pass(call).giving(S_FALSE, E_FAIL),
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::WaitTimeOutIsSFalse, "s-false-of-a-wait-swallowed", BOTH)
        .stating("WaitForProcessServerEnd returns S_OK in place of S_FALSE.")
        .answering(|context, call| match call {
            Call::WaitForProcessServerEnd { .. } => context.pass(call).giving(S_FALSE, S_OK),
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::WaitTimeOutIsSFalse, "zero-time-out-refused", BOTH)
        .stating("WaitForProcessServerEnd refuses a time-out of zero.")
        .answering(|context, call| match call {
            Call::WaitForProcessServerEnd { timeout: 0 } => context.pass(call).giving(S_FALSE, E_INVALIDARG),
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::WaitWithoutAServerTimesOut, "wait-needs-a-server", DBGENG)
        .stating("WaitForProcessServerEnd fails in a process that started no server.")
        .answering(|context, call| match call {
            Call::WaitForProcessServerEnd { .. } if context.state().starts == 0 => Outcome::returned(E_UNEXPECTED),
            _ => context.pass(call),
        }),
];
