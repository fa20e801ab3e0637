//! From a call with borrowed strings to one with its own.

use super::{Call, CreateProcess2};

impl<S: AsRef<str>> Call<S> {
    /// The same call with strings of its own.
    pub fn owned(&self) -> Call {
        match self {
            Call::DebugCreate { interface } => Call::DebugCreate { interface: interface.clone() },
            Call::QueryInterface { interface } => Call::QueryInterface { interface: interface.clone() },
            Call::Release => Call::Release,
            Call::CreateClient => Call::CreateClient,
            Call::EndSession { flags } => Call::EndSession { flags: *flags },
            Call::StartServer { options } => Call::StartServer { options: owned(options) },
            Call::StartProcessServer { flags, options, reserved } => {
                Call::StartProcessServer { flags: *flags, options: owned(options), reserved: *reserved }
            }
            Call::ConnectProcessServer { remote_options, server } => {
                Call::ConnectProcessServer { remote_options: owned(remote_options), server: *server }
            }
            Call::DisconnectProcessServer { server } => Call::DisconnectProcessServer { server: *server },
            Call::EndProcessServer { server } => Call::EndProcessServer { server: *server },
            Call::WaitForProcessServerEnd { timeout } => Call::WaitForProcessServerEnd { timeout: *timeout },
            &Call::GetRunningProcessSystemIds { server, ids, count, actual_count } => {
                Call::GetRunningProcessSystemIds { server, ids, count, actual_count }
            }
            Call::GetRunningProcessSystemIdByExecutableName { server, exe_name, flags, id } => {
                let (exe_name, flags) = (owned(exe_name), *flags);
                Call::GetRunningProcessSystemIdByExecutableName { server: *server, exe_name, flags, id: *id }
            }
            &Call::GetRunningProcessDescription {
                server,
                system_id,
                flags,
                exe_name,
                exe_name_size,
                actual_exe_name_size,
                description,
                description_size,
                actual_description_size,
            } => Call::GetRunningProcessDescription {
                server,
                system_id,
                flags,
                exe_name,
                exe_name_size,
                actual_exe_name_size,
                description,
                description_size,
                actual_description_size,
            },
            &Call::AttachProcess { server, process_id, attach_flags } => {
                Call::AttachProcess { server, process_id, attach_flags }
            }
            Call::CreateProcess { server, command_line, create_flags } => {
                let (command_line, create_flags) = (owned(command_line), *create_flags);
                Call::CreateProcess { server: *server, command_line, create_flags }
            }
            Call::CreateProcess2(create) => Call::CreateProcess2(create.owned()),
            Call::CreateProcessAndAttach { server, command_line, create_flags, process_id, attach_flags } => {
                Call::CreateProcessAndAttach {
                    server: *server,
                    command_line: owned(command_line),
                    create_flags: *create_flags,
                    process_id: *process_id,
                    attach_flags: *attach_flags,
                }
            }
            Call::CreateProcessAndAttach2 { create, process_id, attach_flags } => Call::CreateProcessAndAttach2 {
                create: create.owned(),
                process_id: *process_id,
                attach_flags: *attach_flags,
            },
            Call::OutputServers { output_control, machine, flags } => {
                Call::OutputServers { output_control: *output_control, machine: owned(machine), flags: *flags }
            }
            Call::OtherMethod { method, arguments } => {
                Call::OtherMethod { method, arguments: arguments.as_ref().to_owned() }
            }
        }
    }
}

impl<S: AsRef<str>> CreateProcess2<S> {
    fn owned(&self) -> CreateProcess2 {
        CreateProcess2 {
            server: self.server,
            command_line: owned(&self.command_line),
            options: self.options,
            options_buffer_size: self.options_buffer_size,
            initial_directory: owned(&self.initial_directory),
            environment: owned(&self.environment),
        }
    }
}

fn owned(text: &Option<impl AsRef<str>>) -> Option<String> {
    text.as_ref().map(|text| text.as_ref().to_owned())
}
