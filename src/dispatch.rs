//! From a [`Call`] to a method of a [`DebugClient`], and back.

use std::panic::Location;

use crate::call::{Call, CreateProcess2, Ending, Outcome, Outputs, Pointer};
use crate::client::{DebugClient, Out, write};
use crate::flags::{
    AttachFlags, CreateFlags, CreateProcessOptions, DescriptionFlags, EndSessionFlags, GetProcessFlags, ServersFlags,
};
use crate::hresult::{E_NOTIMPL, E_UNEXPECTED, HRESULT};
use crate::interface::Interface;

/// Makes a call on a client object and answers what it did.
///
/// `DebugCreate` and `Release` make and consume a client object, so they are not calls *on* one, and a call outside the
/// process-server surface has no method here: all three answer E_NOTIMPL.
pub fn dispatch(client: &dyn DebugClient, call: &Call) -> Outcome {
    let mut out = Outputs::default();
    let hresult = match call {
        Call::DebugCreate { .. } | Call::Release | Call::OtherMethod { .. } => E_NOTIMPL,
        Call::QueryInterface { interface } => client.query_interface(interface, Some(&mut None)),
        Call::CreateClient => client.create_client(Some(&mut None)),
        Call::EndSession { flags } => client.end_session(*flags),
        Call::StartServer { options } => client.start_server(options.as_deref()),
        Call::StartProcessServer { flags, options, reserved } => {
            client.start_process_server(*flags, options.as_deref(), *reserved)
        }
        Call::ConnectProcessServer { remote_options, server } => {
            client.connect_process_server(remote_options.as_deref(), pointer(*server, &mut out.server))
        }
        Call::DisconnectProcessServer { server } => client.disconnect_process_server(*server),
        Call::EndProcessServer { server } => client.end_process_server(*server),
        Call::WaitForProcessServerEnd { timeout } => client.wait_for_process_server_end(*timeout),
        Call::GetRunningProcessSystemIds { server, ids, count, actual_count } => client.get_running_process_system_ids(
            *server,
            pointer(*ids, &mut out.ids),
            *count,
            pointer(*actual_count, &mut out.actual_count),
        ),
        Call::GetRunningProcessSystemIdByExecutableName { server, exe_name, flags, id } => client
            .get_running_process_system_id_by_executable_name(
                *server,
                exe_name.as_deref(),
                *flags,
                pointer(*id, &mut out.id),
            ),
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
        } => client.get_running_process_description(
            *server,
            *system_id,
            *flags,
            pointer(*exe_name, &mut out.exe_name),
            *exe_name_size,
            pointer(*actual_exe_name_size, &mut out.actual_exe_name_size),
            pointer(*description, &mut out.description),
            *description_size,
            pointer(*actual_description_size, &mut out.actual_description_size),
        ),
        Call::AttachProcess { server, process_id, attach_flags } => {
            client.attach_process(*server, *process_id, *attach_flags)
        }
        Call::CreateProcess { server, command_line, create_flags } => {
            client.create_process(*server, command_line.as_deref(), *create_flags)
        }
        Call::CreateProcess2(create) => client.create_process2(
            create.server,
            create.command_line.as_deref(),
            create.options.as_ref(),
            create.options_buffer_size,
            create.initial_directory.as_deref(),
            create.environment.as_deref(),
        ),
        Call::CreateProcessAndAttach { server, command_line, create_flags, process_id, attach_flags } => client
            .create_process_and_attach(*server, command_line.as_deref(), *create_flags, *process_id, *attach_flags),
        Call::CreateProcessAndAttach2 { create, process_id, attach_flags } => client.create_process_and_attach2(
            create.server,
            create.command_line.as_deref(),
            create.options.as_ref(),
            create.options_buffer_size,
            create.initial_directory.as_deref(),
            create.environment.as_deref(),
            *process_id,
            *attach_flags,
        ),
        Call::OutputServers { output_control, machine, flags } => {
            client.output_servers(*output_control, machine.as_deref(), *flags)
        }
    };
    Outcome { ending: Ending::Returned(hresult), out }
}

fn pointer<T>(pointer: Pointer, slot: &mut Option<T>) -> Out<'_, T> {
    match pointer {
        Pointer::Given => Some(slot),
        Pointer::Null => None,
    }
}

/// What answers calls given as values. [`ByCall`] makes a [`DebugClient`] of it, so that a recorder, a planted defect or
/// an adapter to another engine is one function instead of one method for each documented one.
pub trait AnswerCall: Send + Sync {
    /// Answers one call, whose strings are the caller's: [`Call::owned`] keeps it. `QueryInterface`, `CreateClient` and
    /// `Release` do not come this way.
    #[track_caller]
    fn answer(&self, call: &Call<&str>) -> Outcome;

    /// See [`DebugClient::query_interface`].
    fn query_interface(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT;

    /// See [`DebugClient::create_client`].
    #[track_caller]
    fn create_client(&self, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT;

    /// See [`DebugClient::release`].
    fn release(self) -> u32;
}

/// A [`DebugClient`] that turns each method back into a [`Call`]: the inverse of [`dispatch`].
///
/// Its methods are `#[track_caller]`, so that [`AnswerCall::answer`] can tell where a call was made, unless it was made
/// through a `dyn DebugClient`: [`call_site`] tells the two apart.
#[derive(Debug)]
pub struct ByCall<T>(pub T);

impl<T: AnswerCall> ByCall<T> {
    #[track_caller]
    fn status(&self, call: &Call<&str>) -> HRESULT {
        hresult(&self.0.answer(call))
    }
}

/// Where in the caller's code a method of a [`ByCall`] was called, as its `answer` sees it. A call through a
/// `dyn DebugClient` comes from nowhere but here.
#[track_caller]
pub fn call_site() -> Option<&'static Location<'static>> {
    let at = Location::caller();
    (at.file() != file!()).then_some(at)
}

/// A call that did not return has no HRESULT to hand on.
fn hresult(outcome: &Outcome) -> HRESULT {
    outcome.hresult().unwrap_or(E_UNEXPECTED)
}

fn given<T>(out: &Out<'_, T>) -> Pointer {
    if out.is_some() { Pointer::Given } else { Pointer::Null }
}

fn hand_out<T>(out: Out<'_, T>, value: Option<T>) {
    if let Some(value) = value {
        write(out, value);
    }
}

impl<T: AnswerCall> DebugClient for ByCall<T> {
    fn query_interface(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        self.0.query_interface(interface, client)
    }

    fn release(self: Box<Self>) -> u32 {
        self.0.release()
    }

    #[track_caller]
    fn create_client(&self, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        self.0.create_client(client)
    }

    #[track_caller]
    fn end_session(&self, flags: EndSessionFlags) -> HRESULT {
        self.status(&Call::EndSession { flags })
    }

    #[track_caller]
    fn start_server(&self, options: Option<&str>) -> HRESULT {
        self.status(&Call::StartServer { options })
    }

    #[track_caller]
    fn start_process_server(&self, flags: u32, options: Option<&str>, reserved: u64) -> HRESULT {
        self.status(&Call::StartProcessServer { flags, options, reserved })
    }

    #[track_caller]
    fn connect_process_server(&self, remote_options: Option<&str>, server: Out<'_, u64>) -> HRESULT {
        let call = Call::ConnectProcessServer { remote_options, server: given(&server) };
        let outcome = self.0.answer(&call);
        hand_out(server, outcome.out.server);
        hresult(&outcome)
    }

    #[track_caller]
    fn disconnect_process_server(&self, server: u64) -> HRESULT {
        self.status(&Call::DisconnectProcessServer { server })
    }

    #[track_caller]
    fn end_process_server(&self, server: u64) -> HRESULT {
        self.status(&Call::EndProcessServer { server })
    }

    #[track_caller]
    fn wait_for_process_server_end(&self, timeout: u32) -> HRESULT {
        self.status(&Call::WaitForProcessServerEnd { timeout })
    }

    #[track_caller]
    fn get_running_process_system_ids(
        &self,
        server: u64,
        ids: Out<'_, Vec<u32>>,
        count: u32,
        actual_count: Out<'_, u32>,
    ) -> HRESULT {
        let call =
            Call::GetRunningProcessSystemIds { server, ids: given(&ids), count, actual_count: given(&actual_count) };
        let mut outcome = self.0.answer(&call);
        hand_out(ids, outcome.out.ids.take());
        hand_out(actual_count, outcome.out.actual_count);
        hresult(&outcome)
    }

    #[track_caller]
    fn get_running_process_system_id_by_executable_name(
        &self,
        server: u64,
        exe_name: Option<&str>,
        flags: GetProcessFlags,
        id: Out<'_, u32>,
    ) -> HRESULT {
        let call = Call::GetRunningProcessSystemIdByExecutableName { server, exe_name, flags, id: given(&id) };
        let outcome = self.0.answer(&call);
        hand_out(id, outcome.out.id);
        hresult(&outcome)
    }

    #[track_caller]
    fn get_running_process_description(
        &self,
        server: u64,
        system_id: u32,
        flags: DescriptionFlags,
        exe_name: Out<'_, String>,
        exe_name_size: u32,
        actual_exe_name_size: Out<'_, u32>,
        description: Out<'_, String>,
        description_size: u32,
        actual_description_size: Out<'_, u32>,
    ) -> HRESULT {
        let mut outcome = self.0.answer(&Call::GetRunningProcessDescription {
            server,
            system_id,
            flags,
            exe_name: given(&exe_name),
            exe_name_size,
            actual_exe_name_size: given(&actual_exe_name_size),
            description: given(&description),
            description_size,
            actual_description_size: given(&actual_description_size),
        });
        hand_out(exe_name, outcome.out.exe_name.take());
        hand_out(actual_exe_name_size, outcome.out.actual_exe_name_size);
        hand_out(description, outcome.out.description.take());
        hand_out(actual_description_size, outcome.out.actual_description_size);
        hresult(&outcome)
    }

    #[track_caller]
    fn attach_process(&self, server: u64, process_id: u32, attach_flags: AttachFlags) -> HRESULT {
        self.status(&Call::AttachProcess { server, process_id, attach_flags })
    }

    #[track_caller]
    fn create_process(&self, server: u64, command_line: Option<&str>, create_flags: CreateFlags) -> HRESULT {
        self.status(&Call::CreateProcess { server, command_line, create_flags })
    }

    #[track_caller]
    fn create_process2(
        &self,
        server: u64,
        command_line: Option<&str>,
        options: Option<&CreateProcessOptions>,
        options_buffer_size: u32,
        initial_directory: Option<&str>,
        environment: Option<&str>,
    ) -> HRESULT {
        let options = options.copied();
        self.status(&Call::CreateProcess2(CreateProcess2 {
            server,
            command_line,
            options,
            options_buffer_size,
            initial_directory,
            environment,
        }))
    }

    #[track_caller]
    fn create_process_and_attach(
        &self,
        server: u64,
        command_line: Option<&str>,
        create_flags: CreateFlags,
        process_id: u32,
        attach_flags: AttachFlags,
    ) -> HRESULT {
        self.status(&Call::CreateProcessAndAttach { server, command_line, create_flags, process_id, attach_flags })
    }

    #[track_caller]
    fn create_process_and_attach2(
        &self,
        server: u64,
        command_line: Option<&str>,
        options: Option<&CreateProcessOptions>,
        options_buffer_size: u32,
        initial_directory: Option<&str>,
        environment: Option<&str>,
        process_id: u32,
        attach_flags: AttachFlags,
    ) -> HRESULT {
        let options = options.copied();
        let create =
            CreateProcess2 { server, command_line, options, options_buffer_size, initial_directory, environment };
        self.status(&Call::CreateProcessAndAttach2 { create, process_id, attach_flags })
    }

    #[track_caller]
    fn output_servers(&self, output_control: u32, machine: Option<&str>, flags: ServersFlags) -> HRESULT {
        self.status(&Call::OutputServers { output_control, machine, flags })
    }
}
