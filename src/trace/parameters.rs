//! From the parameters of a line to a [`Call`], and back.

use std::borrow::Cow;

use super::input::{Input, Parameter, Value};
use super::line::Output;
use super::value::{HandleHex, HresultHex, JsonText};
use crate::call::{Call, CreateProcess2, Ending, Outcome, Outputs, Pointer};
use crate::flags::CreateProcessOptions;
use crate::interface::Interface;
use crate::method::Method;

/// What is wrong with a line, and where: the names that lead to the value in question.
#[derive(Debug)]
pub(super) struct LineProblem {
    pub(super) at: Vec<String>,
    pub(super) what: String,
}

impl LineProblem {
    pub(super) fn new(at: &[&str], what: impl Into<String>) -> LineProblem {
        LineProblem { at: at.iter().map(|name| (*name).to_owned()).collect(), what: what.into() }
    }
}

/// The name without `Wide`, and whether it had it.
pub(super) fn without_wide(method: &str) -> (&str, bool) {
    match method.strip_suffix("Wide").filter(|ansi| has_wide_twin(ansi)) {
        Some(ansi) => (ansi, true),
        None => (method, false),
    }
}

fn has_wide_twin(method: &str) -> bool {
    method.parse::<Method>().is_ok_and(|method| method.wide_since().is_some())
}

/// The call of a method of the surface; `None` if the surface has no such method.
pub(super) fn call(method: &str, input: &mut Input<'_>) -> Result<Option<Call>, LineProblem> {
    let create2 = |input: &mut Input<'_>| -> Result<CreateProcess2, LineProblem> {
        Ok(CreateProcess2 {
            server: handle(input)?,
            command_line: string(input, Parameter::CommandLine)?,
            options: options(input)?,
            options_buffer_size: input
                .take(Parameter::OptionsBufferSize)
                .and_then(Value::number)
                .unwrap_or(CreateProcessOptions::SIZE),
            initial_directory: input.take(Parameter::InitialDirectory).and_then(Value::text),
            environment: input.take(Parameter::Environment).and_then(Value::text),
        })
    };
    Ok(Some(match method {
        "DebugCreate" => Call::DebugCreate { interface: interface(input)? },
        "QueryInterface" => Call::QueryInterface { interface: interface(input)? },
        "Release" => Call::Release,
        "CreateClient" => Call::CreateClient,
        "EndSession" => Call::EndSession { flags: number(input, Parameter::Flags)?.into() },
        "StartServer" => Call::StartServer { options: string(input, Parameter::Options)? },
        "StartProcessServer" => Call::StartProcessServer {
            flags: number(input, Parameter::Flags)?,
            options: string(input, Parameter::Options)?,
            reserved: input.take(Parameter::Reserved).and_then(Value::wide).unwrap_or(0),
        },
        "ConnectProcessServer" => Call::ConnectProcessServer {
            remote_options: string(input, Parameter::RemoteOptions)?,
            server: pointer(input, Parameter::Server)?,
        },
        "DisconnectProcessServer" => Call::DisconnectProcessServer { server: handle(input)? },
        "EndProcessServer" => Call::EndProcessServer { server: handle(input)? },
        "WaitForProcessServerEnd" => Call::WaitForProcessServerEnd { timeout: number(input, Parameter::Timeout)? },
        "GetRunningProcessSystemIds" => Call::GetRunningProcessSystemIds {
            server: handle(input)?,
            ids: pointer(input, Parameter::Ids)?,
            count: number(input, Parameter::Count)?,
            actual_count: pointer(input, Parameter::ActualCount)?,
        },
        "GetRunningProcessSystemIdByExecutableName" => Call::GetRunningProcessSystemIdByExecutableName {
            server: handle(input)?,
            exe_name: string(input, Parameter::ExeName)?,
            flags: number(input, Parameter::Flags)?.into(),
            id: pointer(input, Parameter::Id)?,
        },
        "GetRunningProcessDescription" => Call::GetRunningProcessDescription {
            server: handle(input)?,
            system_id: number(input, Parameter::SystemId)?,
            flags: number(input, Parameter::Flags)?.into(),
            exe_name: pointer(input, Parameter::ExeName)?,
            exe_name_size: number(input, Parameter::ExeNameSize)?,
            actual_exe_name_size: pointer(input, Parameter::ActualExeNameSize)?,
            description: pointer(input, Parameter::Description)?,
            description_size: number(input, Parameter::DescriptionSize)?,
            actual_description_size: pointer(input, Parameter::ActualDescriptionSize)?,
        },
        "AttachProcess" => Call::AttachProcess {
            server: handle(input)?,
            process_id: number(input, Parameter::ProcessId)?,
            attach_flags: number(input, Parameter::AttachFlags)?.into(),
        },
        "CreateProcess" => Call::CreateProcess {
            server: handle(input)?,
            command_line: string(input, Parameter::CommandLine)?,
            create_flags: number(input, Parameter::CreateFlags)?.into(),
        },
        "CreateProcess2" => Call::CreateProcess2(create2(input)?),
        "CreateProcessAndAttach" => Call::CreateProcessAndAttach {
            server: handle(input)?,
            command_line: string(input, Parameter::CommandLine)?,
            create_flags: number(input, Parameter::CreateFlags)?.into(),
            process_id: number(input, Parameter::ProcessId)?,
            attach_flags: number(input, Parameter::AttachFlags)?.into(),
        },
        "CreateProcessAndAttach2" => Call::CreateProcessAndAttach2 {
            create: create2(input)?,
            process_id: number(input, Parameter::ProcessId)?,
            attach_flags: number(input, Parameter::AttachFlags)?.into(),
        },
        "OutputServers" => Call::OutputServers {
            output_control: number(input, Parameter::OutputControl)?,
            machine: string(input, Parameter::Machine)?,
            flags: number(input, Parameter::Flags)?.into(),
        },
        _ => return Ok(None),
    }))
}

fn missing(parameter: Parameter) -> LineProblem {
    LineProblem::new(&["in"], format!("the parameter {parameter:?} is missing"))
}

/// What is wrong with the value of a parameter.
fn wrong(parameter: Parameter, what: impl Into<String>) -> LineProblem {
    LineProblem::new(&["in", &format!("{parameter:?}")], what)
}

fn interface(input: &mut Input<'_>) -> Result<Interface, LineProblem> {
    match input.take(Parameter::Interface) {
        Some(Value::Text(name)) => Ok(Interface::from(&*name.0)),
        _ => Err(missing(Parameter::Interface)),
    }
}

fn handle(input: &mut Input<'_>) -> Result<u64, LineProblem> {
    match input.take(Parameter::Server) {
        Some(Value::Handle(handle)) => Ok(handle.0),
        Some(_) => Err(wrong(Parameter::Server, "Server is a handle, and no handle is null")),
        None => Err(missing(Parameter::Server)),
    }
}

fn number(input: &mut Input<'_>, parameter: Parameter) -> Result<u32, LineProblem> {
    input.take(parameter).and_then(Value::number).ok_or_else(|| missing(parameter))
}

fn string(input: &mut Input<'_>, parameter: Parameter) -> Result<Option<String>, LineProblem> {
    Ok(input.take(parameter).ok_or_else(|| missing(parameter))?.text())
}

fn pointer(input: &mut Input<'_>, parameter: Parameter) -> Result<Pointer, LineProblem> {
    match input.take(parameter) {
        None => Ok(Pointer::Given),
        Some(Value::Null) => Ok(Pointer::Null),
        Some(_) => {
            let what = "stands in `in` only as null, for a null pointer";
            Err(wrong(parameter, format!("the output parameter {parameter:?} {what}")))
        }
    }
}

/// The options structure: as a whole, or field by field beside the other parameters.
fn options(input: &mut Input<'_>) -> Result<Option<CreateProcessOptions>, LineProblem> {
    match input.take(Parameter::OptionsBuffer) {
        Some(Value::Options(buffer)) => return Ok(Some(buffer.0.into())),
        Some(_) => return Ok(None),
        None => {}
    }
    let reserved = u32::try_from(input.take(Parameter::Reserved).and_then(Value::wide).unwrap_or(0));
    let mut flags = |parameter| input.take(parameter).and_then(Value::number).unwrap_or(0);
    Ok(Some(CreateProcessOptions {
        create_flags: flags(Parameter::CreateFlags).into(),
        eng_create_flags: flags(Parameter::EngCreateFlags).into(),
        verifier_flags: flags(Parameter::VerifierFlags),
        reserved: reserved.map_err(|_| wrong(Parameter::Reserved, "Reserved has 32 bits here"))?,
    }))
}

/// The outcome of a line.
pub(super) fn outcome(
    hresult: Option<HresultHex>,
    crashed: bool,
    timed_out: bool,
    out: Option<Output<'_>>,
) -> Result<Outcome, LineProblem> {
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
        (None, _) => return Err(LineProblem::new(&["call"], "the call has neither hresult nor crashed nor timed_out")),
        (_, Some((at, _))) => return Err(LineProblem::new(at, "the call ends in more than one way")),
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
            exe_name: out.exe_name.map(|text| text.0.into_owned()),
            description: out.description.map(|text| text.0.into_owned()),
            outside: None,
        },
    })
}

fn text(value: &str) -> JsonText<'_> {
    JsonText(Cow::Borrowed(value))
}

/// The parameters of a call, as a line has them.
pub(super) fn input(call: &Call) -> Input<'_> {
    let mut input = Input::default();
    if let Some(server) = call.server() {
        input.give(Parameter::Server, Value::Handle(HandleHex(server)));
    }
    match call {
        Call::DebugCreate { interface } | Call::QueryInterface { interface } => {
            input.give(Parameter::Interface, Value::Text(JsonText(Cow::Owned(interface.to_string()))));
        }
        Call::Release
        | Call::CreateClient
        | Call::DisconnectProcessServer { .. }
        | Call::EndProcessServer { .. }
        | Call::OtherMethod { .. } => {}
        Call::EndSession { flags } => input.give(Parameter::Flags, flags.bits()),
        Call::StartServer { options } => input.give(Parameter::Options, options),
        Call::StartProcessServer { flags, options, reserved } => {
            input.give(Parameter::Flags, *flags);
            input.give(Parameter::Options, options);
            if *reserved != 0 {
                input.give(Parameter::Reserved, Value::Wide(*reserved));
            }
        }
        Call::ConnectProcessServer { remote_options, server } => {
            input.give(Parameter::RemoteOptions, remote_options);
            input.give_pointer(Parameter::Server, *server);
        }
        Call::WaitForProcessServerEnd { timeout } => input.give(Parameter::Timeout, *timeout),
        Call::GetRunningProcessSystemIds { ids, count, actual_count, .. } => {
            input.give(Parameter::Count, *count);
            input.give_pointer(Parameter::Ids, *ids);
            input.give_pointer(Parameter::ActualCount, *actual_count);
        }
        Call::GetRunningProcessSystemIdByExecutableName { exe_name, flags, id, .. } => {
            input.give(Parameter::ExeName, exe_name);
            input.give(Parameter::Flags, flags.bits());
            input.give_pointer(Parameter::Id, *id);
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
            input.give(Parameter::SystemId, *system_id);
            input.give_pointer(Parameter::ExeName, *exe_name);
            input.give(Parameter::Flags, flags.bits());
            input.give(Parameter::ExeNameSize, *exe_name_size);
            input.give_pointer(Parameter::ActualExeNameSize, *actual_exe_name_size);
            input.give_pointer(Parameter::Description, *description);
            input.give(Parameter::DescriptionSize, *description_size);
            input.give_pointer(Parameter::ActualDescriptionSize, *actual_description_size);
        }
        Call::AttachProcess { process_id, attach_flags, .. } => {
            input.give(Parameter::ProcessId, *process_id);
            input.give(Parameter::AttachFlags, attach_flags.bits());
        }
        Call::CreateProcess { command_line, create_flags, .. } => {
            input.give(Parameter::CommandLine, command_line);
            input.give(Parameter::CreateFlags, create_flags.bits());
        }
        Call::CreateProcess2(create) => input_of_create2(create, &mut input),
        Call::CreateProcessAndAttach { command_line, create_flags, process_id, attach_flags, .. } => {
            input.give(Parameter::CommandLine, command_line);
            input.give(Parameter::CreateFlags, create_flags.bits());
            input.give(Parameter::ProcessId, *process_id);
            input.give(Parameter::AttachFlags, attach_flags.bits());
        }
        Call::CreateProcessAndAttach2 { create, process_id, attach_flags } => {
            input_of_create2(create, &mut input);
            input.give(Parameter::ProcessId, *process_id);
            input.give(Parameter::AttachFlags, attach_flags.bits());
        }
        Call::OutputServers { output_control, machine, flags } => {
            input.give(Parameter::OutputControl, *output_control);
            input.give(Parameter::Machine, machine);
            input.give(Parameter::Flags, flags.bits());
        }
    }
    input
}

fn input_of_create2<'a>(create: &'a CreateProcess2, input: &mut Input<'a>) {
    input.give(Parameter::CommandLine, &create.command_line);
    input.give(Parameter::OptionsBuffer, create.options);
    input.give(Parameter::OptionsBufferSize, create.options_buffer_size);
    input.give(Parameter::InitialDirectory, &create.initial_directory);
    input.give(Parameter::Environment, &create.environment);
}

/// What a call wrote, as a line has it.
pub(super) fn output(outcome: &Outcome) -> Output<'_> {
    let out = &outcome.out;
    Output {
        server: out.server.map(HandleHex),
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
