//! Cases for every call.

use super::methods::{DISCONNECT, END, QUERIES, TARGETS};
use crate::call::{Call, Pointer};
use crate::conformance::case::CaseSet;
use crate::conformance::case::expectation::OutputCheck::*;
use crate::conformance::case::script::Script;
use crate::conformance::program::{HandleName, ProcessRef};
use crate::flags::{ExecutionStatus, INFINITE, InterruptFlags, ServersFlags};
use crate::spec::Requirement::*;

/// Strings at the edge of the syntax.
const STRANGE: [&str; 8] =
    ["", ":", "tcp:", "tcp:,,,", "tcp:port", "npipe:port=1", "tcp:port=0x,server=", "\u{fffd}:="];

/// Not the plain host: a running server that replaces it would be gone after an end.
const SERVER: &str = "tcp:port=7011";

pub(super) fn cases(set: &mut CaseSet) {
    returns(set);
    outputs_untouched(set);
}

fn returns(set: &mut CaseSet) {
    for call in [
        Call::ExitDispatch,
        Call::FlushCallbacks,
        Call::AbandonCurrentProcess,
        Call::GetInterrupt,
        Call::SetInterrupt { flags: InterruptFlags::ACTIVE },
        Call::GetExecutionStatus { status: Pointer::Given },
        Call::SetExecutionStatus { status: ExecutionStatus::GO },
        Call::Execute { output_control: 0, command: Some("version".to_owned()), flags: 0.into() },
    ] {
        let name = call.method().name();
        set.step(CallReturns, name, |script| script.call(call));
    }
    set.case(CallReturns, "calls without a connection", |script| {
        for (_, method) in [DISCONNECT, END].into_iter().chain(QUERIES) {
            method(script, HandleName::Zero);
        }
        script.wait(0);
        let machine = Some(r"\\localhost".to_owned());
        script.call(Call::OutputServers { output_control: 0, machine, flags: ServersFlags::ALL });
    });
    set.case(CallReturns, "strange strings", |script| {
        for text in STRANGE {
            script.connect(text);
            script.start(text);
        }
        let long = format!("tcp:server=@0,port=7001,password={}", "x".repeat(1_000));
        script.connect(&long);
        script.start(&long);
    });
    set.case(CallReturns, "calls after the end", |script| {
        let server = script.host(SERVER);
        let (handle, other) = (script.open(server), script.open(server));
        script.end(handle).ok();
        for (_, method) in [END].into_iter().chain(QUERIES) {
            method(script, handle);
            method(script, other);
        }
        script.disconnect(handle);
        script.disconnect(other);
    });
    set.case(CallReturns, "calls after the host is gone", |script| {
        let server = script.host(SERVER);
        let handle = script.open(server);
        script.kill(server);
        for (_, method) in [END].into_iter().chain(QUERIES).chain(TARGETS) {
            method(script, handle);
        }
        script.disconnect(handle);
    });
    set.case(CallReturns, "a wait that nobody ends", |script| {
        let host = script.host(SERVER);
        script.wait(script.limits.quiet_ms).in_process(host);
    });
    set.case(CallReturns, "an infinite wait after the end", |script| {
        let host = script.host(SERVER);
        let handle = script.open(host);
        script.end(handle).ok();
        script.wait(INFINITE).in_process(host);
    });
    set.given(CallReturns, "client objects come and go", Script::connected, |script, handle| {
        for _ in 0..20 {
            script.call(Call::CreateClient);
            script.call(Call::Release);
        }
        script.disconnect(handle);
        script.call(Call::Release);
        script.wait(0)
    });
}

fn outputs_untouched(set: &mut CaseSet) {
    let untouched = CallOutputsUntouchedOnFailure;
    set.step(untouched, "connect", |script| script.connect("tcp:server=@0,port=7099").fails().wrote(Nothing));
    set.step(untouched, "name", |script| script.name(HandleName::Zero, "nosuchprogram.exe", 0).fails().wrote(Nothing));
    set.step(untouched, "description", |script| {
        script.description(HandleName::Zero, 0).at(ProcessRef::Unknown).fails().wrote(Nothing)
    });
    let after_the_end = ["ids after the end", "name after the end", "description after the end"];
    for (name, (_, query)) in after_the_end.into_iter().zip(QUERIES) {
        set.case(untouched, name, |script| {
            let server = script.host(SERVER);
            let handle = script.open(server);
            script.end(handle).ok();
            query(script, handle).fails().wrote(Nothing);
        });
    }
}
