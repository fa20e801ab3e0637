//! The session: options, masks, callbacks, and targets.

use super::definition::Defect;
use super::prelude::{BOTH, DBGENG, DBGENG_15063};
use crate::call::{Call, Outcome};
use crate::hresult::{E_FAIL, E_INVALIDARG, E_NOINTERFACE, E_UNEXPECTED, S_FALSE, S_OK};
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect::breaks(Requirement::SessionWaitNeedsATarget, "wait-for-no-target-times-out", BOTH)
        .stating("WaitForEvent times out where the session has no process.")
        .giving(E_UNEXPECTED, S_FALSE, |_, call| matches!(call, Call::WaitForEvent { .. })),
    Defect::breaks(Requirement::SessionAttachCompletesInAWait, "attach-is-complete-at-once", BOTH)
        .stating("An attach brings the process into the session, without WaitForEvent.")
        .editing(|context, call, outcome| match call {
            Call::AttachProcess { .. } if outcome.succeeded() => drop(context.count()),
            Call::GetCurrentProcessSystemId { .. } if outcome.failed() && context.state().counted > 0 => {
                *outcome = Outcome::returned(S_OK);
                outcome.out.sys_id = Some(1);
            }
            _ => {}
        }),
    Defect::breaks(Requirement::SessionInitialBreakEndsTheWait, "initial-break-ignored", BOTH)
        .stating("WaitForEvent reports no initial break.")
        .giving(S_OK, S_FALSE, |_, call| matches!(call, Call::WaitForEvent { .. })),
    Defect::breaks(Requirement::SessionWaitBringsTheProcess, "processes-counted-from-zero", BOTH)
        .stating("GetNumberProcesses counts one process too few.")
        .editing(|_, _, outcome| outcome.out.number = outcome.out.number.map(|number| number.wrapping_sub(1))),
    Defect::breaks(Requirement::SessionWaitBringsTheProcess, "current-process-is-the-next", BOTH)
        .stating("GetCurrentProcessSystemId writes an id of which the lowest bits are wrong.")
        .editing(|_, _, outcome| outcome.out.sys_id = outcome.out.sys_id.map(|id| id ^ 3)),
    Defect::breaks(Requirement::SessionWaitTimeOutIsSFalse, "event-wait-time-out-is-s-ok", BOTH)
        .stating("WaitForEvent returns S_OK when it times out.")
        .giving(S_FALSE, S_OK, |_, call| matches!(call, Call::WaitForEvent { .. })),
    Defect::breaks(Requirement::SessionDebuggeeType, "every-target-is-local", BOTH)
        .stating("GetDebuggeeType says of every process that it is debugged locally.")
        .editing(|_, _, outcome| outcome.out.qualifier = outcome.out.qualifier.map(|_| 0)),
    Defect::breaks(Requirement::SessionDebuggeeType, "every-target-is-a-kernel", BOTH)
        .stating("GetDebuggeeType writes the class of kernels for a process.")
        .editing(|_, _, outcome| {
            outcome.out.class = outcome.out.class.map(|class| if class == 2 { 1 } else { class });
        }),
    Defect::breaks(Requirement::SessionExitCodeOfARunningProcess, "running-process-has-exited", BOTH)
        .stating("GetExitCode returns S_OK for a process that runs.")
        .giving(S_FALSE, S_OK, |_, call| matches!(call, Call::GetExitCode { .. })),
    Defect::breaks(Requirement::SessionLeavingSucceeds, "detach-of-all-does-nothing", BOTH)
        .stating("DetachProcesses returns S_OK and detaches from nothing.")
        .returning(S_OK, |_, call| matches!(call, Call::DetachProcesses)),
    Defect::breaks(Requirement::SessionLeavingSucceeds, "detach-of-one-does-nothing", BOTH)
        .stating("DetachCurrentProcess returns S_OK and detaches from nothing.")
        .returning(S_OK, |context, call| matches!(call, Call::DetachCurrentProcess if context.by.version > 1)),
    Defect::breaks(Requirement::SessionLeavingSucceeds, "terminate-fails", BOTH)
        .stating("TerminateCurrentProcess ends the process and returns E_FAIL.")
        .giving(S_OK, E_FAIL, |_, call| matches!(call, Call::TerminateCurrentProcess)),
    Defect::breaks(Requirement::SessionEngineOptionsAreKept, "added-options-replace-the-others", BOTH)
        .stating("AddEngineOptions replaces the options.")
        .altering(|call| {
            if let Call::AddEngineOptions { options } = *call {
                *call = Call::SetEngineOptions { options };
            }
        }),
    Defect::breaks(Requirement::SessionEngineOptionsAreKept, "removed-options-stay", BOTH)
        .stating("RemoveEngineOptions removes nothing.")
        .returning(S_OK, |_, call| matches!(call, Call::RemoveEngineOptions { .. })),
    Defect::breaks(Requirement::SessionOutputMaskIsTheClientsOwn, "output-mask-ignored", BOTH)
        .stating("SetOutputMask sets nothing.")
        .returning(S_OK, |_, call| matches!(call, Call::SetOutputMask { .. })),
    Defect::breaks(Requirement::SessionDispatchNeedsAnExit, "dispatch-ends-by-itself", BOTH)
        .stating("DispatchCallbacks returns S_OK when it times out.")
        .giving(S_FALSE, S_OK, |_, call| matches!(call, Call::DispatchCallbacks { .. })),
    Defect::breaks(Requirement::SessionExitDispatchIsRemembered, "early-exit-forgotten", DBGENG)
        .stating("ExitDispatch does nothing while no thread dispatches.")
        .returning(S_OK, |_, call| matches!(call, Call::ExitDispatch)),
    Defect::breaks(Requirement::SessionStatusTellsTheTarget, "always-broken-in", DBGENG)
        .stating("GetExecutionStatus writes DEBUG_STATUS_BREAK without a process.")
        .editing(|_, _, outcome| outcome.out.status = outcome.out.status.map(|_| 6)),
    Defect::breaks(Requirement::SessionWithoutATargetCodes, "exit-code-of-nothing-fails-otherwise", DBGENG)
        .stating("GetExitCode returns E_FAIL without a process.")
        .giving(E_UNEXPECTED, E_FAIL, |_, call| matches!(call, Call::GetExitCode { .. })),
    Defect::breaks(Requirement::SessionProcessIdsAgree, "current-process-id-is-the-next", BOTH)
        .stating("GetCurrentProcessId writes the id of the next process.")
        .editing(|_, call, outcome| {
            if let Call::GetCurrentProcessId { .. } = call {
                outcome.out.id = outcome.out.id.map(|id| id.wrapping_add(1));
            }
        }),
    Defect::breaks(Requirement::SessionProcessLookupCodes, "processes-beyond-the-last-are-listed", DBGENG_15063)
        .stating("GetProcessIdsByIndex returns S_OK for processes beyond the last one.")
        .giving(E_INVALIDARG, S_OK, |_, call| matches!(call, Call::GetProcessIdsByIndex { .. })),
    Defect::breaks(Requirement::SessionProcessLookupCodes, "unknown-process-fails-otherwise", DBGENG_15063)
        .stating("GetProcessIdBySystemId returns E_FAIL for a process that the session does not have.")
        .giving(E_NOINTERFACE, E_FAIL, |_, call| matches!(call, Call::GetProcessIdBySystemId { .. })),
];
