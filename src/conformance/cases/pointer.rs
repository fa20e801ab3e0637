//! Cases for null pointers where the documentation has no `opt`.

use super::methods::PROGRAM;
use crate::call::{Call, CreateProcess2, Pointer};
use crate::conformance::case::CaseSet;
use crate::conformance::case::script::Script;
use crate::conformance::program::{HandleName, Placeholder};
use crate::flags::{AttachFlags, Class, CreateFlags, CreateProcessOptions, ServersFlags};
use crate::spec::Requirement::*;

pub(super) fn cases(set: &mut CaseSet) {
    let refused = PointerNullIsRefused;
    set.given(refused, "connect without a string", Script::connected, |script, handle| {
        script.call(Call::ConnectProcessServer { remote_options: None, server: Pointer::Given }).refused();
        script.ids(handle).succeeds()
    });
    set.given(refused, "connect without a place for the handle", Script::connected, |script, handle| {
        let remote_options = Some("tcp:server=@1,port=7001".to_owned());
        script.call(Call::ConnectProcessServer { remote_options, server: Pointer::Null }).refused();
        script.ids(handle).succeeds()
    });
    set.case(refused, "start without a string", |script| {
        let flags = Class::USER_WINDOWS.bits();
        script.call(Call::StartProcessServer { flags, options: None, reserved: 0 }).fails();
    });
    set.case(refused, "name without a name", |script| name(script, None, Pointer::Given));
    set.case(refused, "name without a place for the id", |script| name(script, Some(Placeholder::ONLY), Pointer::Null));
    set.case(refused, "create without a command line", |script| {
        let create_flags = CreateFlags::DEBUG_ONLY_THIS_PROCESS;
        let create = Call::CreateProcess { server: 0, command_line: None, create_flags };
        script.call_on(HandleName::Zero, create).refused();
    });
    set.case(refused, "create with options but without a command line", |script| {
        let options = Some(CreateProcessOptions::default());
        script.call(Call::CreateProcess2(create(None, options))).refused();
    });
    set.step(refused, "create with options but without any", |script| {
        script.call(Call::CreateProcess2(create(Some(PROGRAM), None))).refused()
    });
    set.case(refused, "create and attach with options but without any", |script| {
        let (create, attach_flags) = (create(Some(PROGRAM), None), AttachFlags::from(0));
        script.call(Call::CreateProcessAndAttach2 { create, process_id: 0, attach_flags }).refused();
    });
    set.case(refused, "output servers without a machine", |script| {
        let flags = ServersFlags::ALL;
        script.call(Call::OutputServers { output_control: 0, machine: None, flags }).refused();
    });
}

fn name(script: &mut Script, exe_name: Option<&str>, id: Pointer) {
    let exe_name = exe_name.map(str::to_owned);
    let call = Call::GetRunningProcessSystemIdByExecutableName { server: 0, exe_name, flags: 0.into(), id };
    script.call(call).refused();
}

fn create(command_line: Option<&str>, options: Option<CreateProcessOptions>) -> CreateProcess2 {
    let command_line = command_line.map(str::to_owned);
    let options_buffer_size = CreateProcessOptions::SIZE;
    CreateProcess2 { command_line, options, options_buffer_size, ..CreateProcess2::default() }
}
