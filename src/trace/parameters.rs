//! From the parameters of a line to a [`Call`], and back.

use std::borrow::Cow;

use super::line::{Handle, Input, Nullable, OptionsBuffer, Output, Status, Text};
use crate::call::{Call, CreateProcess2, Ending, Outcome, Outputs, Pointer};
use crate::flags::CreateProcessOptions;
use crate::interface::Interface;

/// What is wrong with the parameters of a call.
pub(super) type Problem = String;

/// The methods of which the surface has a Wide twin (VER-8).
const WIDE: [&str; 9] = [
    "StartProcessServer",
    "ConnectProcessServer",
    "GetRunningProcessSystemIdByExecutableName",
    "GetRunningProcessDescription",
    "CreateProcess",
    "CreateProcess2",
    "CreateProcessAndAttach",
    "CreateProcessAndAttach2",
    "OutputServers",
];

/// The name without `Wide`, and whether it had it.
pub(super) fn without_wide(method: &str) -> (&str, bool) {
    match method.strip_suffix("Wide").filter(|ansi| WIDE.contains(ansi)) {
        Some(ansi) => (ansi, true),
        None => (method, false),
    }
}

/// The call of a method of the surface; `None` if the surface has no such method.
pub(super) fn call(method: &str, input: &mut Input<'_>) -> Result<Option<Call>, Problem> {
    let create2 = |input: &mut Input<'_>| -> Result<CreateProcess2, Problem> {
        Ok(CreateProcess2 {
            server: handle(input)?,
            command_line: string("CommandLine", &mut input.command_line)?,
            options: options(input),
            options_buffer_size: input.options_buffer_size.unwrap_or(CreateProcessOptions::SIZE),
            initial_directory: input.initial_directory.take().flatten().map(owned),
            environment: input.environment.take().flatten().map(owned),
        })
    };
    Ok(Some(match method {
        "DebugCreate" => Call::DebugCreate { interface: interface(input)? },
        "QueryInterface" => Call::QueryInterface { interface: interface(input)? },
        "Release" => Call::Release,
        "CreateClient" => Call::CreateClient,
        "EndSession" => Call::EndSession { flags: number("Flags", input.flags)?.into() },
        "StartServer" => Call::StartServer { options: string("Options", &mut input.options)? },
        "StartProcessServer" => Call::StartProcessServer {
            flags: number("Flags", input.flags)?,
            options: string("Options", &mut input.options)?,
            reserved: input.reserved.unwrap_or(0),
        },
        "ConnectProcessServer" => Call::ConnectProcessServer {
            remote_options: string("RemoteOptions", &mut input.remote_options)?,
            server: match input.server {
                None => Pointer::Given,
                Some(None) => Pointer::Null,
                Some(Some(_)) => return Err("an output parameter, Server, has a value in `in`".to_owned()),
            },
        },
        "DisconnectProcessServer" => Call::DisconnectProcessServer { server: handle(input)? },
        "EndProcessServer" => Call::EndProcessServer { server: handle(input)? },
        "WaitForProcessServerEnd" => Call::WaitForProcessServerEnd { timeout: number("Timeout", input.timeout)? },
        "GetRunningProcessSystemIds" => Call::GetRunningProcessSystemIds {
            server: handle(input)?,
            ids: pointer(&input.ids),
            count: number("Count", input.count)?,
            actual_count: pointer(&input.actual_count),
        },
        "GetRunningProcessSystemIdByExecutableName" => Call::GetRunningProcessSystemIdByExecutableName {
            server: handle(input)?,
            exe_name: string("ExeName", &mut input.exe_name)?,
            flags: number("Flags", input.flags)?.into(),
            id: pointer(&input.id),
        },
        "GetRunningProcessDescription" => Call::GetRunningProcessDescription {
            server: handle(input)?,
            system_id: number("SystemId", input.system_id)?,
            flags: number("Flags", input.flags)?.into(),
            exe_name: match input.exe_name.take() {
                None => Pointer::Given,
                Some(None) => Pointer::Null,
                Some(Some(_)) => return Err("an output parameter, ExeName, has a value in `in`".to_owned()),
            },
            exe_name_size: number("ExeNameSize", input.exe_name_size)?,
            actual_exe_name_size: pointer(&input.actual_exe_name_size),
            description: pointer(&input.description),
            description_size: number("DescriptionSize", input.description_size)?,
            actual_description_size: pointer(&input.actual_description_size),
        },
        "AttachProcess" => Call::AttachProcess {
            server: handle(input)?,
            process_id: number("ProcessId", input.process_id)?,
            attach_flags: number("AttachFlags", input.attach_flags)?.into(),
        },
        "CreateProcess" => Call::CreateProcess {
            server: handle(input)?,
            command_line: string("CommandLine", &mut input.command_line)?,
            create_flags: number("CreateFlags", input.create_flags)?.into(),
        },
        "CreateProcess2" => Call::CreateProcess2(create2(input)?),
        "CreateProcessAndAttach" => Call::CreateProcessAndAttach {
            server: handle(input)?,
            command_line: string("CommandLine", &mut input.command_line)?,
            create_flags: number("CreateFlags", input.create_flags)?.into(),
            process_id: number("ProcessId", input.process_id)?,
            attach_flags: number("AttachFlags", input.attach_flags)?.into(),
        },
        "CreateProcessAndAttach2" => Call::CreateProcessAndAttach2 {
            create: create2(input)?,
            process_id: number("ProcessId", input.process_id)?,
            attach_flags: number("AttachFlags", input.attach_flags)?.into(),
        },
        "OutputServers" => Call::OutputServers {
            output_control: number("OutputControl", input.output_control)?,
            machine: string("Machine", &mut input.machine)?,
            flags: number("Flags", input.flags)?.into(),
        },
        _ => return Ok(None),
    }))
}

fn missing(name: &str) -> Problem {
    format!("the parameter {name} is missing")
}

fn owned(text: Text<'_>) -> String {
    text.0.into_owned()
}

fn interface(input: &Input<'_>) -> Result<Interface, Problem> {
    let name = input.interface.as_ref().ok_or_else(|| missing("Interface"))?;
    Ok(Interface::from(&*name.0))
}

fn handle(input: &Input<'_>) -> Result<u64, Problem> {
    let handle = input.server.flatten().ok_or_else(|| missing("Server"))?;
    Ok(handle.0)
}

fn number(name: &str, value: Option<u32>) -> Result<u32, Problem> {
    value.ok_or_else(|| missing(name))
}

fn string(name: &str, value: &mut Nullable<Text<'_>>) -> Result<Option<String>, Problem> {
    Ok(value.take().ok_or_else(|| missing(name))?.map(owned))
}

fn pointer<T>(value: &Nullable<T>) -> Pointer {
    if value.is_some() { Pointer::Null } else { Pointer::Given }
}

/// The options structure: as a whole, or field by field beside the other parameters.
fn options(input: &Input<'_>) -> Option<CreateProcessOptions> {
    match input.options_buffer {
        Some(buffer) => buffer.map(Into::into),
        None => Some(CreateProcessOptions {
            create_flags: input.create_flags.unwrap_or_default().into(),
            eng_create_flags: input.eng_create_flags.unwrap_or_default().into(),
            verifier_flags: input.verifier_flags.unwrap_or_default(),
            reserved: input.reserved.and_then(|reserved| u32::try_from(reserved).ok()).unwrap_or_default(),
        }),
    }
}

/// The outcome of a line.
pub(super) fn outcome(
    hresult: Option<Status>,
    crashed: bool,
    timed_out: bool,
    out: Option<Output<'_>>,
) -> Result<Outcome, Problem> {
    let out = out.unwrap_or_default();
    let endings = [
        hresult.map(|status| Ending::Returned(status.0)),
        out.references.map(Ending::References),
        crashed.then_some(Ending::Crashed),
        timed_out.then_some(Ending::TimedOut),
    ];
    let mut endings = endings.into_iter().flatten();
    let ending = match (endings.next(), endings.next()) {
        (Some(ending), None) => ending,
        (None, _) => return Err("the call has neither hresult nor crashed nor timed_out".to_owned()),
        _ => return Err("the call ends in more than one way".to_owned()),
    };
    Ok(Outcome {
        ending,
        out: Outputs {
            server: out.server.map(|handle| handle.0),
            client: out.client,
            id: out.id,
            actual_count: out.actual_count,
            ids: out.ids,
            actual_exe_name_size: out.actual_exe_name_size,
            actual_description_size: out.actual_description_size,
            exe_name: out.exe_name.map(owned),
            description: out.description.map(owned),
        },
    })
}

fn text(value: &str) -> Text<'_> {
    Text(Cow::Borrowed(value))
}

fn nullable(value: Option<&String>) -> Nullable<Text<'_>> {
    Some(value.map(|value| text(value)))
}

fn null<T>(pointer: Pointer) -> Nullable<T> {
    pointer.is_null().then_some(None)
}

/// The parameters of a call, as a line has them.
pub(super) fn input(call: &Call) -> Input<'_> {
    let mut input = Input { server: call.server().map(|handle| Some(Handle(handle))), ..Input::default() };
    match call {
        Call::DebugCreate { interface } | Call::QueryInterface { interface } => {
            input.interface = Some(Text(Cow::Owned(interface.to_string())));
        }
        Call::Release
        | Call::CreateClient
        | Call::DisconnectProcessServer { .. }
        | Call::EndProcessServer { .. }
        | Call::Outside { .. } => {}
        Call::EndSession { flags } => input.flags = Some(flags.bits()),
        Call::StartServer { options } => input.options = nullable(options.as_ref()),
        Call::StartProcessServer { flags, options, reserved } => {
            input.flags = Some(*flags);
            input.options = nullable(options.as_ref());
            input.reserved = (*reserved != 0).then_some(*reserved);
        }
        Call::ConnectProcessServer { remote_options, server } => {
            input.remote_options = nullable(remote_options.as_ref());
            input.server = null(*server);
        }
        Call::WaitForProcessServerEnd { timeout } => input.timeout = Some(*timeout),
        Call::GetRunningProcessSystemIds { ids, count, actual_count, .. } => {
            input.ids = null(*ids);
            input.count = Some(*count);
            input.actual_count = null(*actual_count);
        }
        Call::GetRunningProcessSystemIdByExecutableName { exe_name, flags, id, .. } => {
            input.exe_name = nullable(exe_name.as_ref());
            input.flags = Some(flags.bits());
            input.id = null(*id);
        }
        Call::GetRunningProcessDescription {
            system_id,
            flags,
            exe_name,
            exe_name_size,
            actual_exe_name_size,
            description,
            description_size,
            actual_description_size,
            ..
        } => {
            input.system_id = Some(*system_id);
            input.flags = Some(flags.bits());
            input.exe_name = null(*exe_name);
            input.exe_name_size = Some(*exe_name_size);
            input.actual_exe_name_size = null(*actual_exe_name_size);
            input.description = null(*description);
            input.description_size = Some(*description_size);
            input.actual_description_size = null(*actual_description_size);
        }
        Call::AttachProcess { process_id, attach_flags, .. } => {
            input.process_id = Some(*process_id);
            input.attach_flags = Some(attach_flags.bits());
        }
        Call::CreateProcess { command_line, create_flags, .. } => {
            input.command_line = nullable(command_line.as_ref());
            input.create_flags = Some(create_flags.bits());
        }
        Call::CreateProcess2(create) => input_of_create2(create, &mut input),
        Call::CreateProcessAndAttach { command_line, create_flags, process_id, attach_flags, .. } => {
            input.command_line = nullable(command_line.as_ref());
            input.create_flags = Some(create_flags.bits());
            input.process_id = Some(*process_id);
            input.attach_flags = Some(attach_flags.bits());
        }
        Call::CreateProcessAndAttach2 { create, process_id, attach_flags } => {
            input_of_create2(create, &mut input);
            input.process_id = Some(*process_id);
            input.attach_flags = Some(attach_flags.bits());
        }
        Call::OutputServers { output_control, machine, flags } => {
            input.output_control = Some(*output_control);
            input.machine = nullable(machine.as_ref());
            input.flags = Some(flags.bits());
        }
    }
    input
}

fn input_of_create2<'a>(create: &'a CreateProcess2, input: &mut Input<'a>) {
    input.command_line = nullable(create.command_line.as_ref());
    input.options_buffer = Some(create.options.map(OptionsBuffer::from));
    input.options_buffer_size = Some(create.options_buffer_size);
    input.initial_directory = nullable(create.initial_directory.as_ref());
    input.environment = nullable(create.environment.as_ref());
}

/// What a call wrote, as a line has it.
pub(super) fn output(outcome: &Outcome) -> Output<'_> {
    let out = &outcome.out;
    Output {
        server: out.server.map(Handle),
        client: out.client,
        references: match outcome.ending {
            Ending::References(count) => Some(count),
            _ => None,
        },
        id: out.id,
        actual_count: out.actual_count,
        ids: out.ids.clone(),
        actual_exe_name_size: out.actual_exe_name_size,
        actual_description_size: out.actual_description_size,
        exe_name: out.exe_name.as_deref().map(text),
        description: out.description.as_deref().map(text),
    }
}
