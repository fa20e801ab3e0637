//! From the parameters of a line to a [`Call`], and back.

use std::borrow::Cow;

use super::line::{Input, Nullable, OptionsBuffer, Output};
use super::value::{Handle, Object, Status, Text};
use crate::call::{Call, CreateProcess2, Ending, Outcome, Outputs, Pointer};
use crate::flags::CreateProcessOptions;
use crate::interface::Interface;

/// What is wrong with a line, and where: the names that lead to the value in question.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) at: Vec<&'static str>,
    pub(super) what: String,
}

impl Problem {
    pub(super) fn new(at: &[&'static str], what: impl Into<String>) -> Problem {
        Problem { at: at.to_vec(), what: what.into() }
    }
}

/// The methods of which the surface has a Wide twin (VER-8).
const WIDE: [&str; 10] = [
    "StartServer",
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
            options: options(input)?,
            options_buffer_size: input.options_buffer_size.take().unwrap_or(CreateProcessOptions::SIZE),
            initial_directory: input.initial_directory.take().flatten().map(owned),
            environment: input.environment.take().flatten().map(owned),
        })
    };
    Ok(Some(match method {
        "DebugCreate" => Call::DebugCreate { interface: interface(input)? },
        "QueryInterface" => Call::QueryInterface { interface: interface(input)? },
        "Release" => Call::Release,
        "CreateClient" => Call::CreateClient,
        "EndSession" => Call::EndSession { flags: number("Flags", &mut input.flags)?.into() },
        "StartServer" => Call::StartServer { options: string("Options", &mut input.options)? },
        "StartProcessServer" => Call::StartProcessServer {
            flags: number("Flags", &mut input.flags)?,
            options: string("Options", &mut input.options)?,
            reserved: input.reserved.take().unwrap_or(0),
        },
        "ConnectProcessServer" => Call::ConnectProcessServer {
            remote_options: string("RemoteOptions", &mut input.remote_options)?,
            server: match input.server.take() {
                None => Pointer::Given,
                Some(None) => Pointer::Null,
                Some(Some(_)) => return Err(only_null("Server")),
            },
        },
        "DisconnectProcessServer" => Call::DisconnectProcessServer { server: handle(input)? },
        "EndProcessServer" => Call::EndProcessServer { server: handle(input)? },
        "WaitForProcessServerEnd" => Call::WaitForProcessServerEnd { timeout: number("Timeout", &mut input.timeout)? },
        "GetRunningProcessSystemIds" => Call::GetRunningProcessSystemIds {
            server: handle(input)?,
            ids: pointer(&mut input.ids),
            count: number("Count", &mut input.count)?,
            actual_count: pointer(&mut input.actual_count),
        },
        "GetRunningProcessSystemIdByExecutableName" => Call::GetRunningProcessSystemIdByExecutableName {
            server: handle(input)?,
            exe_name: string("ExeName", &mut input.exe_name)?,
            flags: number("Flags", &mut input.flags)?.into(),
            id: pointer(&mut input.id),
        },
        "GetRunningProcessDescription" => Call::GetRunningProcessDescription {
            server: handle(input)?,
            system_id: number("SystemId", &mut input.system_id)?,
            flags: number("Flags", &mut input.flags)?.into(),
            exe_name: match input.exe_name.take() {
                None => Pointer::Given,
                Some(None) => Pointer::Null,
                Some(Some(_)) => return Err(only_null("ExeName")),
            },
            exe_name_size: number("ExeNameSize", &mut input.exe_name_size)?,
            actual_exe_name_size: pointer(&mut input.actual_exe_name_size),
            description: pointer(&mut input.description),
            description_size: number("DescriptionSize", &mut input.description_size)?,
            actual_description_size: pointer(&mut input.actual_description_size),
        },
        "AttachProcess" => Call::AttachProcess {
            server: handle(input)?,
            process_id: number("ProcessId", &mut input.process_id)?,
            attach_flags: number("AttachFlags", &mut input.attach_flags)?.into(),
        },
        "CreateProcess" => Call::CreateProcess {
            server: handle(input)?,
            command_line: string("CommandLine", &mut input.command_line)?,
            create_flags: number("CreateFlags", &mut input.create_flags)?.into(),
        },
        "CreateProcess2" => Call::CreateProcess2(create2(input)?),
        "CreateProcessAndAttach" => Call::CreateProcessAndAttach {
            server: handle(input)?,
            command_line: string("CommandLine", &mut input.command_line)?,
            create_flags: number("CreateFlags", &mut input.create_flags)?.into(),
            process_id: number("ProcessId", &mut input.process_id)?,
            attach_flags: number("AttachFlags", &mut input.attach_flags)?.into(),
        },
        "CreateProcessAndAttach2" => Call::CreateProcessAndAttach2 {
            create: create2(input)?,
            process_id: number("ProcessId", &mut input.process_id)?,
            attach_flags: number("AttachFlags", &mut input.attach_flags)?.into(),
        },
        "OutputServers" => Call::OutputServers {
            output_control: number("OutputControl", &mut input.output_control)?,
            machine: string("Machine", &mut input.machine)?,
            flags: number("Flags", &mut input.flags)?.into(),
        },
        _ => return Ok(None),
    }))
}

fn missing(name: &str) -> Problem {
    Problem::new(&["in"], format!("the parameter {name} is missing"))
}

fn only_null(name: &'static str) -> Problem {
    Problem::new(&["in", name], format!("the output parameter {name} stands in `in` only as null, for a null pointer"))
}

fn owned(text: Text<'_>) -> String {
    text.0.into_owned()
}

fn interface(input: &mut Input<'_>) -> Result<Interface, Problem> {
    let name = input.interface.take().ok_or_else(|| missing("Interface"))?;
    Ok(Interface::from(&*name.0))
}

fn handle(input: &mut Input<'_>) -> Result<u64, Problem> {
    let handle = input.server.take().ok_or_else(|| missing("Server"))?;
    let null = || Problem::new(&["in", "Server"], "Server is a handle, and no handle is null");
    Ok(handle.ok_or_else(null)?.0)
}

fn number(name: &str, value: &mut Option<u32>) -> Result<u32, Problem> {
    value.take().ok_or_else(|| missing(name))
}

fn string(name: &str, value: &mut Nullable<Text<'_>>) -> Result<Option<String>, Problem> {
    Ok(value.take().ok_or_else(|| missing(name))?.map(owned))
}

fn pointer<T>(value: &mut Nullable<T>) -> Pointer {
    if value.take().is_some() { Pointer::Null } else { Pointer::Given }
}

/// The options structure: as a whole, or field by field beside the other parameters.
fn options(input: &mut Input<'_>) -> Result<Option<CreateProcessOptions>, Problem> {
    if let Some(buffer) = input.options_buffer.take() {
        return Ok(buffer.map(|buffer| buffer.0.into()));
    }
    let reserved = u32::try_from(input.reserved.take().unwrap_or_default());
    Ok(Some(CreateProcessOptions {
        create_flags: input.create_flags.take().unwrap_or_default().into(),
        eng_create_flags: input.eng_create_flags.take().unwrap_or_default().into(),
        verifier_flags: input.verifier_flags.take().unwrap_or_default(),
        reserved: reserved.map_err(|_| Problem::new(&["in", "Reserved"], "Reserved has 32 bits here"))?,
    }))
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
        (&["hresult"][..], hresult.map(|status| Ending::Returned(status.0))),
        (&["out", "References"], out.references.map(Ending::References)),
        (&["crashed"], crashed.then_some(Ending::Crashed)),
        (&["timed_out"], timed_out.then_some(Ending::TimedOut)),
    ];
    let mut endings = endings.into_iter().filter_map(|(at, ending)| Some((at, ending?)));
    let ending = match (endings.next(), endings.next()) {
        (Some((_, ending)), None) => ending,
        (None, _) => return Err(Problem::new(&["call"], "the call has neither hresult nor crashed nor timed_out")),
        (_, Some((at, _))) => return Err(Problem::new(at, "the call ends in more than one way")),
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
            outside: None,
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
    input.options_buffer = Some(create.options.map(|options| Object(OptionsBuffer::from(options))));
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
