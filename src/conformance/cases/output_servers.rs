//! Cases for OutputServers.

use crate::call::Call;
use crate::conformance::case::CaseSet;
use crate::conformance::case::script::{LastStep, Script};
use crate::flags::{OutputControl, ServersFlags};
use crate::hresult::ERROR_MOD_NOT_FOUND;
use crate::spec::Requirement::*;
use crate::status::Statuses;

pub(super) fn cases(set: &mut CaseSet) {
    let kinds = [
        ("process servers", ServersFlags::PROCESS),
        ("debugging servers", ServersFlags::DEBUGGER),
        ("all servers", ServersFlags::ALL),
    ];
    for (name, flags) in kinds {
        set.step(OutputServersSucceeds, name, |script| output_servers(script, r"\\localhost", flags));
    }
    set.step(OutputServersSucceeds, "the machine by its address", |script| {
        output_servers(script, r"\\127.0.0.1", ServersFlags::ALL)
    });
    set.step(OutputServersSucceeds, "another computer", |script| {
        script.host_elsewhere("tcp:port=7011");
        output_servers(script, r"\\@1", ServersFlags::ALL)
    });
    set.step(OutputServersSucceeds, "while a server runs", |script| {
        script.start("tcp:port=7011").ok();
        output_servers(script, r"\\localhost", ServersFlags::PROCESS)
    });
}

/// OBS-92: a platform may lack the service that lists the servers of a computer.
fn output_servers<'s>(script: &'s mut Script, machine: &str, flags: ServersFlags) -> LastStep<'s> {
    let output_control = OutputControl::THIS_CLIENT.bits();
    let call = Call::OutputServers { output_control, machine: Some(machine.to_owned()), flags };
    script.call(call).allows(Statuses::OK.or(ERROR_MOD_NOT_FOUND))
}
