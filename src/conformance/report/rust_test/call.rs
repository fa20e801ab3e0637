//! A call as the Rust source of a method call.

use super::NOWHERE;
use super::names::{Module, VariableNames};
use crate::call::{Call, CreateProcess2, Pointer};
use crate::flags::{CreateProcessOptions, INFINITE};
use crate::interface::Interface;

/// A method and its arguments, as source.
pub(crate) struct CallSource {
    pub(crate) method: &'static str,
    pub(crate) arguments: Vec<String>,
}

/// The call, made in a process. `made` is the source of the output that receives a handle or a client object.
pub(crate) fn source(call: &Call, process: u32, made: &str, names: &mut VariableNames) -> CallSource {
    let server = call.server().map_or_else(String::new, |handle| names.handle(process, handle));
    let (method, arguments) = match call {
        Call::DebugCreate { interface: asked } => ("debug_create", vec![interface(asked, names), made.to_owned()]),
        Call::QueryInterface { interface: asked } => {
            ("query_interface", vec![interface(asked, names), made.to_owned()])
        }
        Call::CreateClient => ("create_client", vec![made.to_owned()]),
        Call::Release => ("release", Vec::new()),
        Call::EndSession { flags } => ("end_session", vec![set(names, "EndSessionFlags", flags.bits())]),
        Call::StartServer { options } => ("start_server", vec![text(options)]),
        Call::StartProcessServer { flags, options, reserved } => {
            ("start_process_server", vec![flags.to_string(), text(options), reserved.to_string()])
        }
        Call::ConnectProcessServer { remote_options, server: pointer } => {
            ("connect_process_server", vec![text(remote_options), or_null(*pointer, made)])
        }
        Call::DisconnectProcessServer { .. } => ("disconnect_process_server", vec![server]),
        Call::EndProcessServer { .. } => ("end_process_server", vec![server]),
        Call::WaitForProcessServerEnd { timeout: INFINITE } => {
            names.import(Module::Flags, "INFINITE");
            ("wait_for_process_server_end", vec!["INFINITE".to_owned()])
        }
        Call::WaitForProcessServerEnd { timeout } => ("wait_for_process_server_end", vec![timeout.to_string()]),
        Call::GetRunningProcessSystemIds { ids, count, actual_count, .. } => {
            ("get_running_process_system_ids", vec![server, out(*ids), count.to_string(), out(*actual_count)])
        }
        Call::GetRunningProcessSystemIdByExecutableName { exe_name, flags, id, .. } => (
            "get_running_process_system_id_by_executable_name",
            vec![server, text(exe_name), set(names, "GetProcessFlags", flags.bits()), out(*id)],
        ),
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
        } => (
            "get_running_process_description",
            vec![
                server,
                system_id.to_string(),
                set(names, "DescriptionFlags", flags.bits()),
                out(*exe_name),
                exe_name_size.to_string(),
                out(*actual_exe_name_size),
                out(*description),
                description_size.to_string(),
                out(*actual_description_size),
            ],
        ),
        Call::AttachProcess { process_id, attach_flags, .. } => {
            ("attach_process", vec![server, process_id.to_string(), set(names, "AttachFlags", attach_flags.bits())])
        }
        Call::CreateProcess { command_line, create_flags, .. } => {
            ("create_process", vec![server, text(command_line), set(names, "CreateFlags", create_flags.bits())])
        }
        Call::CreateProcess2(create) => ("create_process2", create2(server, create, names)),
        Call::CreateProcessAndAttach { command_line, create_flags, process_id, attach_flags, .. } => {
            let create_flags = set(names, "CreateFlags", create_flags.bits());
            let attach_flags = set(names, "AttachFlags", attach_flags.bits());
            let process_id = process_id.to_string();
            let arguments = vec![server, text(command_line), create_flags, process_id, attach_flags];
            ("create_process_and_attach", arguments)
        }
        Call::CreateProcessAndAttach2 { create, process_id, attach_flags } => {
            let mut arguments = create2(server, create, names);
            arguments.extend([process_id.to_string(), set(names, "AttachFlags", attach_flags.bits())]);
            ("create_process_and_attach2", arguments)
        }
        Call::OutputServers { output_control, machine, flags } => (
            "output_servers",
            vec![output_control.to_string(), text(machine), set(names, "ServersFlags", flags.bits())],
        ),
        Call::OtherMethod { method, .. } => (*method, Vec::new()),
    };
    CallSource { method, arguments }
}

fn create2(server: String, create: &CreateProcess2, names: &mut VariableNames) -> Vec<String> {
    vec![
        server,
        text(&create.command_line),
        create.options.as_ref().map_or_else(|| "None".to_owned(), |given| options(given, names)),
        create.options_buffer_size.to_string(),
        text(&create.initial_directory),
        text(&create.environment),
    ]
}

fn options(options: &CreateProcessOptions, names: &mut VariableNames) -> String {
    let CreateProcessOptions { create_flags, eng_create_flags, verifier_flags, reserved } = options;
    names.import(Module::Flags, "CreateProcessOptions");
    let create_flags = set(names, "CreateFlags", create_flags.bits());
    let eng_create_flags = set(names, "EngCreateFlags", eng_create_flags.bits());
    format!(
        "Some(&CreateProcessOptions {{ create_flags: {create_flags}, eng_create_flags: {eng_create_flags}, \
         verifier_flags: {verifier_flags}, reserved: {reserved} }})"
    )
}

/// An interface, as it is asked for.
pub(crate) fn interface(interface: &Interface, names: &mut VariableNames) -> String {
    names.import(Module::Root, "Interface");
    match interface {
        Interface::DebugClient(version) => format!("&Interface::DebugClient({version})"),
        Interface::Other(name) => format!("&Interface::Other({name:?}.to_owned())"),
    }
}

fn text(text: &Option<String>) -> String {
    text.as_ref().map_or_else(|| "None".to_owned(), |text| format!("Some({text:?})"))
}

fn set(names: &mut VariableNames, name: &'static str, bits: u32) -> String {
    names.import(Module::Flags, name);
    format!("{name}::from({bits:#x})")
}

fn out(pointer: Pointer) -> String {
    or_null(pointer, NOWHERE)
}

fn or_null(pointer: Pointer, given: &str) -> String {
    if pointer.is_null() { "None".to_owned() } else { given.to_owned() }
}
