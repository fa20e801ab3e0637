//! The effects of calls on the world, a file for each topic. Nothing here knows of the lock.
//!
//! Tools connect, disconnect and count ids most. All that these calls need is inlined into one function, here and in the world:
//! a call between two parts of them would cost as much as a part. The other calls are not in that function.

mod callbacks;
mod clients;
mod connections;
mod debug_events;
mod events;
mod faults;
mod listen;
mod queries;
mod request;
mod reverse;
mod session;
mod targets;
mod wait;

pub(super) use request::{CallOrigin, Request};
pub(super) use wait::{Awakening, PendingWait, Reply};

use queries::Buffer;

use super::world::{Misuse, RealEngine, World};
use crate::call::{Call, CreateProcess2, Outputs};
use crate::dispatch::pointer;
use crate::hresult::{E_NOTIMPL, E_UNEXPECTED, HRESULT, RPC_E_WRONG_THREAD, S_OK};
use crate::spec::Requirement;
use crate::state::Use;

impl World {
    /// Begins a call, and makes it if it is a frequent one. Returns `None` for a call that [`Request::make`] has to make. What
    /// the call writes is in `out`.
    #[inline]
    pub(super) fn call(&mut self, request: &Request<'_>, out: &mut Outputs) -> Option<HRESULT> {
        self.begin_call(request);
        if let Err(refused) = self.admit(request) {
            return Some(refused);
        }
        if !self.faults.is_empty()
            && let Some(failed) = request.apply_faults(self, out)
        {
            return Some(failed);
        }
        request.make_frequent(self, out)
    }

    /// A call has failed. Remembers what makes later calls suspicious.
    #[cold]
    pub(super) fn call_failed(&mut self, request: Request<'_>) {
        if let Call::ConnectProcessServer { .. } = request.call {
            self.engines[request.engine].failed_connect = Some((request.thread.id, request.call_site));
        }
    }

    /// Checks whether the client object admits the call.
    #[inline(always)]
    pub(super) fn admit(&mut self, request: &Request<'_>) -> Result<(), HRESULT> {
        // A version-1 client object of the contract has no method that came later; any other has them all. The real engine
        // has one table for all versions (VER-7).
        if request.origin.version < 2 && request.call.since() >= 2 && self.is_contract() {
            return Err(E_NOTIMPL);
        }
        if !self.engines[request.engine].is_alive {
            return Err(E_UNEXPECTED);
        }
        if self.is_frozen(request.engine) {
            return Err(request.freeze(self));
        }
        if request.thread.id != request.origin.identity.thread
            && self.is_contract()
            && !request.call.method().is_for_any_thread()
        {
            let requirement = Some(Requirement::ClientOtherThreadIsRefused);
            request.note(self, Misuse::OtherThread, requirement, &RealEngine::Does("lets it through"));
            return Err(RPC_E_WRONG_THREAD);
        }
        Ok(())
    }
}

impl Request<'_> {
    /// Makes a frequent call. Returns `None` for any other.
    #[inline(always)]
    fn make_frequent(&self, world: &mut World, out: &mut Outputs) -> Option<HRESULT> {
        let answered = match self.call {
            Call::ConnectProcessServer { remote_options, server } => {
                return self.connect_process_server(world, *remote_options, pointer(*server, &mut out.server));
            }
            Call::DisconnectProcessServer { server } => self.use_handle(world, Use::Disconnect, *server).map(|_| S_OK),
            Call::GetRunningProcessSystemIds { server, ids, count, actual_count } => {
                let ids = pointer(*ids, &mut out.ids);
                self.system_ids(world, *server, ids, *count, pointer(*actual_count, &mut out.actual_count))
            }
            _ => return None,
        };
        let (Ok(hresult) | Err(hresult)) = answered;
        Some(hresult)
    }

    /// Makes a call that is not frequent.
    pub(super) fn make(&self, world: &mut World, out: &mut Outputs) -> Reply {
        let answered = match self.call {
            Call::WaitForProcessServerEnd { timeout } => return self.wait(world, *timeout),
            Call::EndSession { flags } => self.end_session(world, *flags),
            Call::StartServer { options } => self.start_server(world, *options),
            Call::StartProcessServer { flags, options, reserved } => {
                self.start_process_server(world, *flags, *options, *reserved)
            }
            Call::ConnectProcessServer { remote_options, server } => {
                // Any other connect is frequent.
                let text = remote_options.unwrap_or_default();
                return self.listen_for_server(world, text, pointer(*server, &mut out.server));
            }
            Call::EndProcessServer { server } => self.end_process_server(world, *server),
            Call::GetRunningProcessSystemIdByExecutableName { server, exe_name, flags, id } => {
                self.system_id_by_executable_name(world, *server, *exe_name, *flags, pointer(*id, &mut out.id))
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
                    text: pointer(*exe_name, &mut out.exe_name),
                    size: *exe_name_size,
                    actual: pointer(*actual_exe_name_size, &mut out.actual_exe_name_size),
                };
                let description = Buffer {
                    text: pointer(*description, &mut out.description),
                    size: *description_size,
                    actual: pointer(*actual_description_size, &mut out.actual_description_size),
                };
                self.description(world, *server, *system_id, *flags, name, description)
            }
            Call::AttachProcess { server, process_id, attach_flags } => {
                self.attach(world, *server, *process_id, *attach_flags)
            }
            Call::CreateProcess { server, command_line, create_flags } => {
                self.create(world, &CreateProcess2::by_flags(*server, *command_line, *create_flags))
            }
            Call::CreateProcess2(create) => self.create(world, create),
            Call::CreateProcessAndAttach { server, command_line, create_flags, process_id, attach_flags } => {
                let create = CreateProcess2::by_flags(*server, *command_line, *create_flags);
                self.create_and_attach(world, &create, *process_id, *attach_flags)
            }
            Call::CreateProcessAndAttach2 { create, process_id, attach_flags } => {
                self.create_and_attach(world, create, *process_id, *attach_flags)
            }
            Call::OutputServers { output_control, machine, flags } => {
                self.output_servers(world, (*output_control).into(), *machine, *flags)
            }
            Call::DispatchCallbacks { timeout } => return self.wait(world, *timeout),
            Call::WaitForEvent { flags, timeout } => return self.wait_for_event(world, *flags, *timeout),
            _ => self.session(world, out),
        };
        let (Ok(hresult) | Err(hresult)) = answered;
        Reply::Done(hresult)
    }
}
