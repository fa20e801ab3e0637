//! A call that a client object has let in. What the methods do is in the files named after what they are about.

use std::panic::Location;

use super::finding::Misuse;
use super::findings::Noted;
use super::queries::Buffer;
use super::state::{Shared, State};
use super::thread::ThreadId;
use crate::call::{Call, Caller, CreateProcess2, Outputs, Pointer};
use crate::client::Out;
use crate::flags::{CreateProcessOptions, EndSessionFlags};
use crate::hresult::{E_INVALIDARG, E_NOTIMPL, HRESULT, S_OK};
use crate::profile::Profile;
use crate::spec::Requirement;
use crate::sync::MutexGuard;

/// A call that was let in: the lab, locked, and who calls.
pub(super) struct Entered<'a> {
    pub(super) state: MutexGuard<'a, State>,
    pub(super) shared: &'a Shared,
    pub(super) engine: usize,
    pub(super) thread: ThreadId,
    /// The same by numbers.
    pub(super) by: Caller,
    pub(super) call: &'a Call<&'a str>,
    /// Where the caller called, as far as that is known.
    pub(super) call_site: Option<&'static Location<'static>>,
    /// The host that leaves because of this call.
    pub(super) ended: Option<usize>,
}

impl Entered<'_> {
    /// Answers any call but a wait.
    pub(super) fn answer(&mut self, out: &mut Outputs) -> HRESULT {
        match self.call {
            Call::EndSession { flags } => self.end_session(*flags),
            Call::StartServer { options } => self.start_server(*options),
            Call::StartProcessServer { flags, options, reserved } => {
                self.start_process_server(*flags, *options, *reserved)
            }
            Call::ConnectProcessServer { remote_options, server } => {
                self.connect_process_server(*remote_options, place(*server, &mut out.server))
            }
            Call::DisconnectProcessServer { server } => self.disconnect_process_server(*server),
            Call::EndProcessServer { server } => self.end_process_server(*server),
            Call::GetRunningProcessSystemIds { server, ids, count, actual_count } => {
                let ids = place(*ids, &mut out.ids);
                self.system_ids(*server, ids, *count, place(*actual_count, &mut out.actual_count))
            }
            Call::GetRunningProcessSystemIdByExecutableName { server, exe_name, flags, id } => {
                self.system_id_by_executable_name(*server, *exe_name, *flags, place(*id, &mut out.id))
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
                    text: place(*exe_name, &mut out.exe_name),
                    size: *exe_name_size,
                    actual: place(*actual_exe_name_size, &mut out.actual_exe_name_size),
                };
                let description = Buffer {
                    text: place(*description, &mut out.description),
                    size: *description_size,
                    actual: place(*actual_description_size, &mut out.actual_description_size),
                };
                self.description(*server, *system_id, *flags, name, description)
            }
            Call::AttachProcess { server, process_id, attach_flags } => {
                self.attach(*server, *process_id, *attach_flags)
            }
            Call::CreateProcess { server, command_line, create_flags } => {
                let options = CreateProcessOptions { create_flags: *create_flags, ..CreateProcessOptions::default() };
                self.create(*server, *command_line, (Some(&options), CreateProcessOptions::SIZE), None)
            }
            Call::CreateProcess2(create) => {
                let CreateProcess2 { server, command_line, initial_directory, .. } = create;
                let options = (create.options.as_ref(), create.options_buffer_size);
                self.create(*server, *command_line, options, *initial_directory)
            }
            Call::CreateProcessAndAttach { server, command_line, create_flags, process_id, attach_flags } => {
                let options = CreateProcessOptions { create_flags: *create_flags, ..CreateProcessOptions::default() };
                let options = (Some(&options), CreateProcessOptions::SIZE);
                let line = *command_line;
                self.create_and_attach(*server, line, options, None, (*process_id, *attach_flags))
            }
            Call::CreateProcessAndAttach2 { create, process_id, attach_flags } => {
                let options = (create.options.as_ref(), create.options_buffer_size);
                let (line, directory) = (create.command_line, create.initial_directory);
                self.create_and_attach(create.server, line, options, directory, (*process_id, *attach_flags))
            }
            Call::OutputServers { machine, flags, .. } => self.output_servers(*machine, *flags),
            Call::WaitForProcessServerEnd { .. }
            | Call::DebugCreate { .. }
            | Call::QueryInterface { .. }
            | Call::CreateClient
            | Call::Release
            | Call::OtherMethod { .. } => E_NOTIMPL,
        }
    }

    fn end_session(&mut self, flags: EndSessionFlags) -> HRESULT {
        // Measured: the real engine takes no other value, and DISCONNECT not from a local client.
        if flags.name().is_none() || (flags == EndSessionFlags::DISCONNECT && !self.is_contract()) {
            return E_INVALIDARG;
        }
        self.session_ends(flags);
        S_OK
    }

    /// Notes a misuse, unless it is permitted.
    pub(super) fn note(
        &mut self,
        misuse: Misuse,
        requirement: Option<Requirement>,
        handle: Option<u64>,
        real_engine: &'static str,
    ) {
        if !self.state.findings.count_one(misuse) {
            return;
        }
        let Entered { engine, by: Caller { thread, .. }, call, call_site, .. } = *self;
        let handles = &self.state.engines[engine].handles;
        let (connected_at, disconnected_at) = handle.map_or((None, None), |handle| handles.sites(handle));
        let server = handle.and_then(|handle| handles.get(handle).1).map(|link| link.server);
        self.state.findings.keep(Noted {
            misuse,
            engine,
            method: call.method().name(),
            handle,
            requirement,
            real_engine,
            thread,
            call_site,
            connected_at,
            disconnected_at,
            server,
        });
    }

    /// Notes a null pointer; answers what the call answers.
    pub(super) fn null_pointer(&mut self, real_engine: &'static str) -> HRESULT {
        self.note(Misuse::NullPointer, Some(Requirement::PointerNullIsRefused), None, real_engine);
        E_INVALIDARG
    }

    pub(super) fn is_contract(&self) -> bool {
        self.state.profile == Profile::Contract
    }

    pub(super) fn computer(&self) -> usize {
        self.state.engines[self.engine].computer
    }
}

/// The out parameter that a pointer is.
fn place<T>(pointer: Pointer, slot: &mut Option<T>) -> Out<'_, T> {
    (!pointer.is_null()).then_some(slot)
}
