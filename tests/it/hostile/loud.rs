//! An engine that writes every output that it is given, and more than there is room for.

use dbgeng_testkit::flags::{DescriptionFlags, GetProcessFlags};
use dbgeng_testkit::hresult::{E_NOINTERFACE, E_POINTER, E_UNEXPECTED, S_OK};
use dbgeng_testkit::{DebugClient, Engine, HRESULT, Interface, Out};

use super::caller::PLENTY;

/// The engine, and a client object of it. What it answers tells nothing of what it has written.
pub(super) struct Loud;

fn write<T>(out: Out<'_, T>, value: T) {
    if let Some(out) = out {
        *out = Some(value);
    }
}

/// Fails for every other number.
fn status(number: u64) -> HRESULT {
    if number.is_multiple_of(2) { S_OK } else { E_UNEXPECTED }
}

/// As long as the longest answer may be, and of characters that 8 bits do not express or that are two units.
fn text() -> String {
    "\u{1f980}\u{e9}".repeat(PLENTY / 3)
}

impl Engine for Loud {
    fn debug_create(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        self.query_interface(interface, client)
    }
}

impl DebugClient for Loud {
    fn query_interface(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        if interface.version().is_none() {
            return E_NOINTERFACE;
        }
        self.create_client(client)
    }

    fn create_client(&self, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        if client.is_none() {
            return E_POINTER;
        }
        write(client, Box::new(Loud));
        S_OK
    }

    fn connect_process_server(&self, options: Option<&str>, server: Out<'_, u64>) -> HRESULT {
        write(server, u64::MAX);
        status(options.map_or(0, |options| options.len() as u64))
    }

    fn get_running_process_system_ids(
        &self,
        server: u64,
        ids: Out<'_, Vec<u32>>,
        _count: u32,
        actual_count: Out<'_, u32>,
    ) -> HRESULT {
        write(ids, vec![u32::MAX; PLENTY]);
        write(actual_count, PLENTY as u32);
        status(server)
    }

    fn get_running_process_system_id_by_executable_name(
        &self,
        server: u64,
        _exe_name: Option<&str>,
        _flags: GetProcessFlags,
        id: Out<'_, u32>,
    ) -> HRESULT {
        write(id, u32::MAX);
        status(server)
    }

    fn get_running_process_description(
        &self,
        server: u64,
        _system_id: u32,
        _flags: DescriptionFlags,
        exe_name: Out<'_, String>,
        _exe_name_size: u32,
        actual_exe_name_size: Out<'_, u32>,
        description: Out<'_, String>,
        _description_size: u32,
        actual_description_size: Out<'_, u32>,
    ) -> HRESULT {
        write(exe_name, text());
        write(description, text());
        write(actual_exe_name_size, u32::MAX);
        write(actual_description_size, 0);
        status(server)
    }
}
