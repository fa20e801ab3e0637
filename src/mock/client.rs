//! A client object of the lab, and who may call it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::entered::Entered;
use super::presence::Presence;
use super::thread::{self, ThreadId};
use crate::client::{DebugClient, Out, write};
use crate::flags::{
    AttachFlags, CreateFlags, CreateProcessOptions, DescriptionFlags, EndSessionFlags, GetProcessFlags, ServersFlags,
};
use crate::hresult::{
    E_INVALIDARG, E_NOINTERFACE, E_NOTIMPL, E_POINTER, E_UNEXPECTED, HRESULT, RPC_E_WRONG_THREAD, S_OK,
};
use crate::interface::Interface;
use crate::spec::Requirement;

/// A client object of an engine of a [`Lab`](super::Lab), through one of its interfaces.
#[derive(Debug)]
pub struct LabClient {
    presence: Presence,
    engine: usize,
    version: u8,
    object: Arc<Object>,
}

/// What all the interfaces of one client object share.
#[derive(Debug)]
struct Object {
    thread: ThreadId,
    disabled: AtomicBool,
}

impl LabClient {
    pub(super) fn new(presence: &Presence, engine: usize, version: u8) -> LabClient {
        let object = Object { thread: thread::current(), disabled: false.into() };
        LabClient { presence: presence.clone(), engine, version, object: Arc::new(object) }
    }

    /// Lets a call in, or answers why not.
    fn enter(&self, method: &'static str) -> Result<Entered<'_>, HRESULT> {
        let shared = self.presence.shared();
        let thread = thread::current();
        let mut entered = Entered { state: shared.lock(), shared, engine: self.engine, thread, method };
        let is_disabled = self.object.disabled.load(Ordering::Relaxed);
        if !entered.state.engines[self.engine].alive || is_disabled {
            return Err(E_UNEXPECTED);
        }
        if entered.is_contract() && thread != self.object.thread {
            entered.note(Requirement::ClientOtherThreadIsRefused, None, "lets it through");
            return Err(RPC_E_WRONG_THREAD);
        }
        Ok(entered)
    }

    fn call(&self, method: &'static str, work: impl FnOnce(Entered<'_>) -> HRESULT) -> HRESULT {
        self.enter(method).map_or_else(|refused| refused, work)
    }
}

impl DebugClient for LabClient {
    fn query_interface(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        let Some(version @ 1..=5) = interface.version() else { return E_NOINTERFACE };
        if client.is_none() {
            return E_POINTER;
        }
        let (presence, object) = (self.presence.clone(), Arc::clone(&self.object));
        write(client, Box::new(LabClient { presence, engine: self.engine, version, object }));
        S_OK
    }

    fn release(self: Box<Self>) -> u32 {
        u32::try_from(Arc::strong_count(&self.object) - 1).unwrap_or(u32::MAX)
    }

    fn create_client(&self, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        if !self.presence.shared().lock().engines[self.engine].alive {
            return E_UNEXPECTED;
        }
        if client.is_none() {
            return E_POINTER;
        }
        write(client, Box::new(LabClient::new(&self.presence, self.engine, 1)));
        S_OK
    }

    fn end_session(&self, flags: EndSessionFlags) -> HRESULT {
        self.call("EndSession", |mut entered| {
            let disconnects = flags == EndSessionFlags::DISCONNECT;
            // Measured: the real engine takes no other value, and DISCONNECT not from a local client.
            if flags.name().is_none() || (disconnects && !entered.is_contract()) {
                return E_INVALIDARG;
            }
            if disconnects {
                self.object.disabled.store(true, Ordering::Relaxed);
            }
            entered.end_session();
            S_OK
        })
    }

    fn start_server(&self, options: Option<&str>) -> HRESULT {
        self.call("StartServer", |entered| entered.start_server(options))
    }

    fn start_process_server(&self, flags: u32, options: Option<&str>, reserved: u64) -> HRESULT {
        self.call("StartProcessServer", |entered| entered.start_process_server(flags, options, reserved))
    }

    fn connect_process_server(&self, remote_options: Option<&str>, server: Out<'_, u64>) -> HRESULT {
        self.call("ConnectProcessServer", |entered| entered.connect_process_server(remote_options, server))
    }

    fn disconnect_process_server(&self, server: u64) -> HRESULT {
        self.call("DisconnectProcessServer", |entered| entered.disconnect_process_server(server))
    }

    fn end_process_server(&self, server: u64) -> HRESULT {
        if self.version == 1 {
            return E_NOTIMPL;
        }
        self.call("EndProcessServer", |entered| entered.end_process_server(server))
    }

    fn wait_for_process_server_end(&self, timeout: u32) -> HRESULT {
        if self.version == 1 {
            return E_NOTIMPL;
        }
        self.call("WaitForProcessServerEnd", |entered| entered.wait_for_process_server_end(timeout))
    }

    fn get_running_process_system_ids(
        &self,
        server: u64,
        ids: Out<'_, Vec<u32>>,
        count: u32,
        actual_count: Out<'_, u32>,
    ) -> HRESULT {
        self.call("GetRunningProcessSystemIds", |entered| entered.system_ids(server, ids, count, actual_count))
    }

    fn get_running_process_system_id_by_executable_name(
        &self,
        server: u64,
        exe_name: Option<&str>,
        flags: GetProcessFlags,
        id: Out<'_, u32>,
    ) -> HRESULT {
        self.call("GetRunningProcessSystemIdByExecutableName", |entered| {
            entered.system_id_by_executable_name(server, exe_name, flags, id)
        })
    }

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
        self.call("GetRunningProcessDescription", |entered| {
            entered.description(
                server,
                system_id,
                flags,
                super::queries::Buffer { text: exe_name, size: exe_name_size, actual: actual_exe_name_size },
                super::queries::Buffer { text: description, size: description_size, actual: actual_description_size },
            )
        })
    }

    fn attach_process(&self, server: u64, process_id: u32, attach_flags: AttachFlags) -> HRESULT {
        self.call("AttachProcess", |entered| entered.attach(server, process_id, attach_flags))
    }

    fn create_process(&self, server: u64, command_line: Option<&str>, create_flags: CreateFlags) -> HRESULT {
        let options = CreateProcessOptions { create_flags, ..CreateProcessOptions::default() };
        self.call("CreateProcess", |entered| {
            entered.create(server, command_line, (Some(&options), CreateProcessOptions::SIZE), None)
        })
    }

    fn create_process2(
        &self,
        server: u64,
        command_line: Option<&str>,
        options: Option<&CreateProcessOptions>,
        options_buffer_size: u32,
        initial_directory: Option<&str>,
        _environment: Option<&str>,
    ) -> HRESULT {
        self.call("CreateProcess2", |entered| {
            entered.create(server, command_line, (options, options_buffer_size), initial_directory)
        })
    }

    fn create_process_and_attach(
        &self,
        server: u64,
        command_line: Option<&str>,
        create_flags: CreateFlags,
        process_id: u32,
        attach_flags: AttachFlags,
    ) -> HRESULT {
        let options = CreateProcessOptions { create_flags, ..CreateProcessOptions::default() };
        let options = (Some(&options), CreateProcessOptions::SIZE);
        self.call("CreateProcessAndAttach", |entered| {
            entered.create_and_attach(server, command_line, options, None, process_id, attach_flags)
        })
    }

    fn create_process_and_attach2(
        &self,
        server: u64,
        command_line: Option<&str>,
        options: Option<&CreateProcessOptions>,
        options_buffer_size: u32,
        initial_directory: Option<&str>,
        _environment: Option<&str>,
        process_id: u32,
        attach_flags: AttachFlags,
    ) -> HRESULT {
        let options = (options, options_buffer_size);
        self.call("CreateProcessAndAttach2", |entered| {
            entered.create_and_attach(server, command_line, options, initial_directory, process_id, attach_flags)
        })
    }

    fn output_servers(&self, _output_control: u32, machine: Option<&str>, flags: ServersFlags) -> HRESULT {
        self.call("OutputServers", |entered| entered.output_servers(machine, flags))
    }
}
