//! WaitForProcessServerEnd.

use super::definition::Defect;
use super::prelude::{BOTH, DBGENG, ok};
use crate::call::{Call, Outcome};
use crate::hresult::{E_FAIL, E_INVALIDARG, E_UNEXPECTED, S_FALSE, S_OK};
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        name: "wait-sees-an-end-before-any",
        requirement: Requirement::WaitNeedsAnEnd,
        profiles: BOTH,
        statement: "WaitForProcessServerEnd returns S_OK when it times out.",
        answer: |context, call| match call {
            Call::WaitForProcessServerEnd { .. } if context.by.version > 1 => ok(),
            _ => context.pass(call),
        },
    },
    Defect {
        name: "wait-sees-the-ends-of-others",
        requirement: Requirement::WaitNeedsAnEnd,
        profiles: BOTH,
        statement: "WaitForProcessServerEnd returns S_OK once a process server of any process has ended.",
        answer: |context, call| match call {
            Call::WaitForProcessServerEnd { .. } if context.by.version > 1 && !context.world().ended.is_empty() => ok(),
            _ => context.pass(call),
        },
    },
    Defect {
        name: "end-says-nothing",
        requirement: Requirement::WaitEndedIsSOk,
        profiles: BOTH,
        statement: "An end does not reach a wait: it returns S_FALSE.",
        answer: |context, call| match call {
            Call::WaitForProcessServerEnd { .. } => context.pass(call).giving(S_OK, S_FALSE),
            _ => context.pass(call),
        },
    },
    Defect {
        name: "wait-forgets",
        requirement: Requirement::WaitEndedStaysEnded,
        profiles: BOTH,
        statement: "Only the first wait is told of an end: the next one times out.",
        answer: |context, call| match call {
            Call::WaitForProcessServerEnd { .. } if context.by.version > 1 && context.state().ends_seen > 0 => {
                Outcome::returned(S_FALSE)
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "new-server-takes-the-end-back",
        requirement: Requirement::WaitEndedStaysEnded,
        profiles: BOTH,
        statement: "After a process starts another server, its waits ignore the end of the one before.",
        answer: |context, call| match call {
            Call::WaitForProcessServerEnd { .. } if context.state().starts > 1 => {
                context.pass(call).giving(S_OK, S_FALSE)
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "wait-after-an-end-stays",
        requirement: Requirement::WaitEndedReturnsAtOnce,
        profiles: BOTH,
        statement: "A wait after another saw the end would never return; it panics instead, so that tests go on.",
        answer: |context, call| match call {
            Call::WaitForProcessServerEnd { .. } if context.by.version > 1 && context.state().ends_seen > 0 => {
                std::panic::resume_unwind(Box::new("a wait would stay for ever"))
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "time-out-is-an-error",
        requirement: Requirement::WaitTimeOutIsSFalse,
        profiles: BOTH,
        statement: "WaitForProcessServerEnd fails when it times out.",
        answer: |context, call| match call {
            Call::WaitForProcessServerEnd { .. } => context.pass(call).giving(S_FALSE, E_FAIL),
            _ => context.pass(call),
        },
    },
    Defect {
        name: "s-false-of-a-wait-swallowed",
        requirement: Requirement::WaitTimeOutIsSFalse,
        profiles: BOTH,
        statement: "WaitForProcessServerEnd returns S_OK in place of S_FALSE.",
        answer: |context, call| match call {
            Call::WaitForProcessServerEnd { .. } => context.pass(call).giving(S_FALSE, S_OK),
            _ => context.pass(call),
        },
    },
    Defect {
        name: "zero-time-out-refused",
        requirement: Requirement::WaitTimeOutIsSFalse,
        profiles: BOTH,
        statement: "WaitForProcessServerEnd refuses a time-out of zero.",
        answer: |context, call| match call {
            Call::WaitForProcessServerEnd { timeout: 0 } => context.pass(call).giving(S_FALSE, E_INVALIDARG),
            _ => context.pass(call),
        },
    },
    Defect {
        name: "wait-needs-a-server",
        requirement: Requirement::WaitWithoutAServerTimesOut,
        profiles: DBGENG,
        statement: "WaitForProcessServerEnd fails in a process that started no server.",
        answer: |context, call| match call {
            Call::WaitForProcessServerEnd { .. } if context.state().starts == 0 => Outcome::returned(E_UNEXPECTED),
            _ => context.pass(call),
        },
    },
];
