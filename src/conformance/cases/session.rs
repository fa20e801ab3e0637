//! Cases for the session: options, masks, callbacks, and targets from their first event to their end.

use crate::call::{Call, Pointer};
use crate::conformance::case::CaseSet;
use crate::conformance::case::expectation::OutputCheck;
use crate::conformance::case::script::{LastStep, Script};
use crate::conformance::program::{HandleName, ProcessRef};
use crate::flags::{EngineOptions, ExecutionStatus, OutputMask};
use crate::hresult::{E_INVALIDARG, E_NOINTERFACE, E_UNEXPECTED, S_FALSE};
use crate::spec::Requirement::{self, *};
use crate::status::Statuses;

/// Waits for an event.
fn wait(script: &mut Script, timeout: u32) -> LastStep<'_> {
    script.call(Call::WaitForEvent { flags: 0, timeout })
}

/// Waits as long as a first event may take.
fn first_event(script: &mut Script) -> LastStep<'_> {
    let timeout = script.limits.call_timeout_ms;
    wait(script, timeout.saturating_sub(1))
}

fn current(script: &mut Script) -> LastStep<'_> {
    script.call(Call::GetCurrentProcessSystemId { sys_id: Pointer::Given })
}

fn count(script: &mut Script) -> LastStep<'_> {
    script.call(Call::GetNumberProcesses { number: Pointer::Given })
}

fn status(script: &mut Script, status: ExecutionStatus) {
    let call = Call::GetExecutionStatus { status: Pointer::Given };
    script.call(call).ok().wrote(OutputCheck::Number("Status", status.bits()));
}

fn has_options(script: &mut Script, options: EngineOptions) {
    let call = Call::GetEngineOptions { options: Pointer::Given };
    script.call(call).ok().wrote(OutputCheck::Number("Options", options.bits()));
}

/// Attaches with the initial break, and does not wait.
fn attach(script: &mut Script, server: HandleName) {
    script.call(Call::AddEngineOptions { options: EngineOptions::INITIAL_BREAK }).ok();
    script.attach(server, 0).ok();
}

/// Attaches and breaks in.
fn break_in(script: &mut Script, server: HandleName) {
    attach(script, server);
    first_event(script).ok();
}

/// Adds a case for a local process and one for a process that is debugged through a server.
fn both_ways(set: &mut CaseSet, requirement: Requirement, write: fn(&mut Script, HandleName)) {
    set.case(requirement, "locally", |script| write(script, HandleName::Zero));
    set.case(requirement, "through a server", |script| {
        let server = script.connected();
        write(script, server);
    });
}

pub(super) fn cases(set: &mut CaseSet) {
    set.step(SessionWaitNeedsATarget, "nothing is debugged", |script| wait(script, 0).fails());
    set.given(SessionWaitNeedsATarget, "a connection", Script::connected, |script, _| wait(script, 0).fails());
    set.case(SessionWaitNeedsATarget, "after a detach", |script| {
        break_in(script, HandleName::Zero);
        script.call(Call::DetachProcesses).ok();
        wait(script, 0).fails();
    });
    both_ways(set, SessionAttachCompletesInAWait, |script, server| {
        attach(script, server);
        count(script).allows(Statuses::OK.or_error()).wrote(OutputCheck::Number("Number", 0));
        current(script).fails();
    });
    both_ways(set, SessionInitialBreakEndsTheWait, |script, server| {
        attach(script, server);
        first_event(script).ok();
    });
    both_ways(set, SessionWaitBringsTheProcess, |script, server| {
        break_in(script, server);
        count(script).ok().wrote(OutputCheck::Number("Number", 1));
        current(script).ok().wrote(OutputCheck::SysIdOfOnly);
    });
    both_ways(set, SessionWaitTimeOutIsSFalse, |script, server| {
        break_in(script, server);
        let quiet = script.limits.quiet_ms;
        wait(script, quiet).returns(S_FALSE);
    });
    both_ways(set, SessionDebuggeeType, |script, server| {
        break_in(script, server);
        let call = Call::GetDebuggeeType { class: Pointer::Given, qualifier: Pointer::Given };
        let qualifier = OutputCheck::Number("Qualifier", u32::from(server != HandleName::Zero));
        script.call(call).ok().wrote(OutputCheck::Number("Class", 2)).wrote(qualifier);
    });
    both_ways(set, SessionExitCodeOfARunningProcess, |script, server| {
        break_in(script, server);
        script.call(Call::GetExitCode { code: Pointer::Given }).returns(S_FALSE);
    });
    for (name, call) in [
        ("DetachProcesses", Call::DetachProcesses),
        ("TerminateProcesses", Call::TerminateProcesses),
        ("DetachCurrentProcess", Call::DetachCurrentProcess),
        ("TerminateCurrentProcess", Call::TerminateCurrentProcess),
    ] {
        set.given(SessionLeavingSucceeds, name, Script::connected, |script, server| {
            break_in(script, server);
            // OBS-241: a process that is terminated alone may stay in the session.
            let stays = call == Call::TerminateCurrentProcess;
            script.call(call).ok();
            if stays { current(script).judged() } else { current(script).fails() }
        });
    }
    process_ids(set);
    state_of_clients(set);
    dispatches(set);
    statuses(set);
    codes(set);
}

fn current_id(script: &mut Script) -> LastStep<'_> {
    script.call(Call::GetCurrentProcessId { id: Pointer::Given })
}

fn list(script: &mut Script, start: u32, count: u32) -> LastStep<'_> {
    script.call(Call::GetProcessIdsByIndex { start, count, ids: Pointer::Given, sys_ids: Pointer::Given })
}

fn find(script: &mut Script) -> LastStep<'_> {
    script.call(Call::GetProcessIdBySystemId { sys_id: 1, id: Pointer::Given })
}

fn process_ids(set: &mut CaseSet) {
    both_ways(set, SessionProcessIdsAgree, |script, server| {
        break_in(script, server);
        list(script, 0, 1).ok();
        current_id(script).ok();
        find(script).ok();
        script.call(Call::SetCurrentProcessId { id: 0 }).judged();
        current(script).judged();
    });
    let unknown = |script: &mut Script| {
        script.call(Call::SetCurrentProcessId { id: 7 }).returns(E_NOINTERFACE);
    };
    set.case(SessionProcessLookupCodes, "without a session", move |script| {
        list(script, 0, 1).returns(E_UNEXPECTED);
        current_id(script).returns(E_UNEXPECTED);
        find(script).returns(E_UNEXPECTED);
        unknown(script);
    });
    set.case(SessionProcessLookupCodes, "with one process", move |script| {
        break_in(script, HandleName::Zero);
        for (start, count) in [(0, 2), (1, 0), (1, 1)] {
            list(script, start, count).returns(E_INVALIDARG);
        }
        find(script).at(ProcessRef::Unknown).returns(E_NOINTERFACE);
        unknown(script);
        current_id(script).ok();
    });
}

/// The options belong to the engine, the mask to the client object (CLI-16).
fn state_of_clients(set: &mut CaseSet) {
    let (first, last) = (EngineOptions::INITIAL_BREAK, EngineOptions::FINAL_BREAK);
    set.case(SessionEngineOptionsAreKept, "set, added and removed", |script| {
        let kept = |script: &mut Script, call: Call, options: EngineOptions| {
            script.call(call).ok();
            has_options(script, options);
        };
        kept(script, Call::SetEngineOptions { options: first }, first);
        kept(script, Call::AddEngineOptions { options: last }, first | last);
        kept(script, Call::RemoveEngineOptions { options: first }, last);
        kept(script, Call::SetEngineOptions { options: EngineOptions::empty() }, EngineOptions::empty());
    });
    set.case(SessionEngineOptionsAreKept, "by another client object", |script| {
        script.call(Call::CreateClient).ok();
        script.call(Call::SetEngineOptions { options: first }).on_client(1).ok();
        has_options(script, first);
    });
    set.case(SessionOutputMaskIsTheClientsOwn, "two client objects", |script| {
        let (one, other) = (OutputMask::ERROR, OutputMask::WARNING);
        script.call(Call::CreateClient).ok();
        script.call(Call::SetOutputMask { mask: one }).ok();
        script.call(Call::SetOutputMask { mask: other }).on_client(1).ok();
        for (client, mask) in [(0, one), (1, other)] {
            let get = Call::GetOutputMask { mask: Pointer::Given };
            script.call(get).on_client(client).ok().wrote(OutputCheck::Number("Mask", mask.bits()));
        }
    });
}

fn dispatches(set: &mut CaseSet) {
    let dispatch = |timeout| Call::DispatchCallbacks { timeout };
    set.step(SessionDispatchNeedsAnExit, "no time at all", |script| script.call(dispatch(0)).returns(S_FALSE));
    set.given(SessionDispatchNeedsAnExit, "a connection", Script::connected, |script, _| {
        script.call(dispatch(script.limits.quiet_ms)).returns(S_FALSE)
    });
    set.case(SessionExitDispatchIsRemembered, "the same thread", |script| {
        script.call(Call::ExitDispatch).ok();
        script.call(dispatch(script.limits.quiet_ms)).ok();
        script.call(dispatch(0)).returns(S_FALSE);
    });
    set.case(SessionExitDispatchIsRemembered, "another thread", |script| {
        script.call(Call::ExitDispatch).on_thread(1).ok();
        script.call(dispatch(script.limits.quiet_ms)).ok();
    });
}

fn statuses(set: &mut CaseSet) {
    set.case(SessionStatusTellsTheTarget, "nothing is debugged", |script| status(script, ExecutionStatus::NO_DEBUGGEE));
    both_ways(set, SessionStatusTellsTheTarget, |script, server| {
        attach(script, server);
        status(script, ExecutionStatus::NO_DEBUGGEE);
        first_event(script).ok();
        status(script, ExecutionStatus::BREAK);
        script.call(Call::DetachCurrentProcess).ok();
        status(script, ExecutionStatus::NO_DEBUGGEE);
    });
}

fn codes(set: &mut CaseSet) {
    set.case(SessionWithoutATargetCodes, "every method", |script| {
        for call in [
            Call::WaitForEvent { flags: 0, timeout: 0 },
            Call::SetExecutionStatus { status: ExecutionStatus::GO },
            Call::DetachCurrentProcess,
            Call::GetExitCode { code: Pointer::Given },
            Call::GetNumberProcesses { number: Pointer::Given },
            Call::GetCurrentProcessSystemId { sys_id: Pointer::Given },
        ] {
            script.call(call).returns(E_UNEXPECTED);
        }
        script.call(Call::GetInterrupt).returns(S_FALSE);
        for call in [Call::DetachProcesses, Call::TerminateProcesses, Call::FlushCallbacks] {
            script.call(call).ok();
        }
        let class = Call::GetDebuggeeType { class: Pointer::Given, qualifier: Pointer::Given };
        let (no_class, no_qualifier) = (OutputCheck::Number("Class", 0), OutputCheck::Number("Qualifier", 0));
        script.call(class).ok().wrote(no_class).wrote(no_qualifier);
    });
}
