//! From a call to the function of its method.

use super::queries::Buffer;
use super::request::Request;
use super::wait::Reply;
use crate::call::{Call, CreateProcess2, Outputs, Pointer};
use crate::client::Out;
use crate::flags::CreateProcessOptions;
use crate::hresult::E_NOTIMPL;
use crate::mock::world::World;

impl Request<'_> {
    /// Makes the call.
    pub(super) fn answer(&self, world: &mut World, out: &mut Outputs) -> Reply {
        Reply::Done(match self.call {
            Call::WaitForProcessServerEnd { timeout } => return self.wait(world, *timeout),
            Call::EndSession { flags } => self.end_session(world, *flags),
            Call::StartServer { options } => self.start_server(world, *options),
            Call::StartProcessServer { flags, options, reserved } => {
                self.start_process_server(world, *flags, *options, *reserved)
            }
            Call::ConnectProcessServer { remote_options, server } => {
                self.connect_process_server(world, *remote_options, output(*server, &mut out.server))
            }
            Call::DisconnectProcessServer { server } => self.disconnect_process_server(world, *server),
            Call::EndProcessServer { server } => self.end_process_server(world, *server),
            Call::GetRunningProcessSystemIds { server, ids, count, actual_count } => {
                let ids = output(*ids, &mut out.ids);
                self.system_ids(world, *server, ids, *count, output(*actual_count, &mut out.actual_count))
            }
            Call::GetRunningProcessSystemIdByExecutableName { server, exe_name, flags, id } => {
                self.system_id_by_executable_name(world, *server, *exe_name, *flags, output(*id, &mut out.id))
            }
            Call::GetRunningProcessDescription {
                server,
                system_id,
                flags,
                exe_name,
                exe_name_size,
                actual_exe_name_size,
                description,
                description_size,
                actual_description_size,
            } => {
                let name = Buffer {
                    text: output(*exe_name, &mut out.exe_name),
                    size: *exe_name_size,
                    actual: output(*actual_exe_name_size, &mut out.actual_exe_name_size),
                };
                let description = Buffer {
                    text: output(*description, &mut out.description),
                    size: *description_size,
                    actual: output(*actual_description_size, &mut out.actual_description_size),
                };
                self.description(world, *server, *system_id, *flags, name, description)
            }
            Call::AttachProcess { server, process_id, attach_flags } => {
                self.attach(world, *server, *process_id, *attach_flags)
            }
            Call::CreateProcess { server, command_line, create_flags } => {
                let options = CreateProcessOptions { create_flags: *create_flags, ..CreateProcessOptions::default() };
                self.create(world, *server, *command_line, (Some(&options), CreateProcessOptions::SIZE), None)
            }
            Call::CreateProcess2(create) => {
                let CreateProcess2 { server, command_line, initial_directory, .. } = create;
                let options = (create.options.as_ref(), create.options_buffer_size);
                self.create(world, *server, *command_line, options, *initial_directory)
            }
            Call::CreateProcessAndAttach { server, command_line, create_flags, process_id, attach_flags } => {
                let options = CreateProcessOptions { create_flags: *create_flags, ..CreateProcessOptions::default() };
                let options = (Some(&options), CreateProcessOptions::SIZE);
                let line = *command_line;
                self.create_and_attach(world, *server, line, options, None, (*process_id, *attach_flags))
            }
            Call::CreateProcessAndAttach2 { create, process_id, attach_flags } => {
                let options = (create.options.as_ref(), create.options_buffer_size);
                let (line, directory) = (create.command_line, create.initial_directory);
                self.create_and_attach(world, create.server, line, options, directory, (*process_id, *attach_flags))
            }
            Call::OutputServers { machine, flags, .. } => self.output_servers(world, *machine, *flags),
            Call::DebugCreate { .. }
            | Call::QueryInterface { .. }
            | Call::CreateClient
            | Call::Release
            | Call::OtherMethod { .. } => E_NOTIMPL,
        })
    }
}

/// Returns the out parameter that a pointer stands for.
fn output<T>(pointer: Pointer, slot: &mut Option<T>) -> Out<'_, T> {
    if pointer.is_null() { None } else { Some(slot) }
}
