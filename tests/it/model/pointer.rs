//! Null pointers where the documentation has no `opt` (STR-11).

use dbgeng_testkit::flags::{CreateProcessOptions, GetProcessFlags, ServersFlags};

use super::*;

fn name(exe_name: Option<&str>, id: Pointer) -> Call {
    let exe_name = exe_name.map(str::to_owned);
    Call::GetRunningProcessSystemIdByExecutableName { server: 0, exe_name, flags: GetProcessFlags::empty(), id }
}

fn create(command_line: Option<&str>, options: Option<CreateProcessOptions>) -> CreateProcess2 {
    let command_line = command_line.map(str::to_owned);
    CreateProcess2 { command_line, options, options_buffer_size: 16, ..CreateProcess2::default() }
}

fn with_a_null_pointer() -> Vec<Call> {
    let (line, options) = (Some("a.exe"), Some(CreateProcessOptions::default()));
    vec![
        Call::StartProcessServer { flags: Class::USER_WINDOWS.bits(), options: None, reserved: 0 },
        Call::ConnectProcessServer { remote_options: None, server: Pointer::Given },
        Call::ConnectProcessServer {
            remote_options: Some("tcp:server=localhost,port=7001".to_owned()),
            server: Pointer::Null,
        },
        name(None, Pointer::Given),
        name(Some("a.exe"), Pointer::Null),
        Call::CreateProcess { server: 0, command_line: None, create_flags: 0.into() },
        Call::CreateProcess2(create(None, options)),
        Call::CreateProcess2(create(line, None)),
        Call::CreateProcessAndAttach2 { create: create(line, None), process_id: 0, attach_flags: 0.into() },
        Call::OutputServers { output_control: 0, machine: None, flags: ServersFlags::ALL },
    ]
}

/// A null pointer is refused. The real engine may crash (OBS-12).
#[test]
fn a_null_pointer_is_refused() {
    for call in with_a_null_pointer() {
        let taken = Outcome::returned(S_OK);
        let crashed = Outcome { ending: Ending::Crashed, out: Default::default() };
        for profile in Profile::ALL {
            assert!(Run::new(profile).judge(CLIENT, &call, &taken).contains(&"pointer/null-is-refused"), "{call:?}");
            Run::new(profile).right(CLIENT, &call, E_INVALIDARG);
        }
        assert_eq!(Run::new(Profile::Contract).judge(CLIENT, &call, &crashed), ["pointer/null-is-refused"], "{call:?}");
        let dbgeng = Run::new(Profile::Dbgeng).judge(CLIENT, &call, &crashed);
        // The code of a start without options is known, a crash it is not.
        let is_start = matches!(call, Call::StartProcessServer { .. });
        assert_eq!(dbgeng, if is_start { &["start/refusal-is-e-invalidarg"][..] } else { &[] }, "{call:?}");
    }
}

/// A call that is wrong twice breaks both requirements.
#[test]
fn a_null_pointer_beside_an_unknown_handle_is_named() {
    let (flags, id) = (GetProcessFlags::empty(), Pointer::Given);
    let call = Call::GetRunningProcessSystemIdByExecutableName { server: 0x99, exe_name: None, flags, id };
    let broken = Run::new(Profile::Contract).judge(CLIENT, &call, &Outcome::returned(S_OK));
    assert_eq!(broken, ["pointer/null-is-refused", "handle/unknown-is-refused"]);
    for profile in Profile::ALL {
        Run::new(profile).right(CLIENT, &call, E_INVALIDARG);
    }
}

/// A null pointer is allowed where it is optional, or where the call does nothing.
#[test]
fn an_optional_null_pointer_is_taken() {
    for profile in Profile::ALL {
        let null =
            Call::GetRunningProcessSystemIds { server: 0, ids: Pointer::Null, count: 0, actual_count: Pointer::Null };
        Run::new(profile).right(CLIENT, &null, S_OK);
        let crashed = Outcome { ending: Ending::Crashed, out: Default::default() };
        assert!(Run::new(profile).judge(CLIENT, &null, &crashed).contains(&"ids/succeeds"));
    }
}
