//! What points to a client object is one: a `&C` and a `Box<C>`, of a `dyn DebugClient` too.

use crate::client::{DebugClient, Out};
use crate::flags::{
    AttachFlags, CreateFlags, CreateProcessOptions, DescriptionFlags, EndSessionFlags, GetProcessFlags, ServersFlags,
};
use crate::hresult::HRESULT;
use crate::interface::Interface;

/// Hands methods on to what is pointed to, and with them who called.
macro_rules! forward {
    ($($name:ident($($argument:ident: $type:ty),*);)*) => {
        $(
            #[track_caller]
            fn $name(&self, $($argument: $type),*) -> HRESULT {
                (**self).$name($($argument),*)
            }
        )*
    };
}

/// Every method but Release.
macro_rules! methods {
    () => {
        forward! {
            query_interface(interface: &Interface, client: Out<'_, Box<dyn DebugClient>>);
            create_client(client: Out<'_, Box<dyn DebugClient>>);
            end_session(flags: EndSessionFlags);
            start_server(options: Option<&str>);
            start_process_server(flags: u32, options: Option<&str>, reserved: u64);
            connect_process_server(remote_options: Option<&str>, server: Out<'_, u64>);
            disconnect_process_server(server: u64);
            end_process_server(server: u64);
            wait_for_process_server_end(timeout: u32);
            get_running_process_system_ids(
                server: u64, ids: Out<'_, Vec<u32>>, count: u32, actual_count: Out<'_, u32>
            );
            get_running_process_system_id_by_executable_name(
                server: u64, exe_name: Option<&str>, flags: GetProcessFlags, id: Out<'_, u32>
            );
            get_running_process_description(
                server: u64, system_id: u32, flags: DescriptionFlags, exe_name: Out<'_, String>, exe_name_size: u32,
                actual_exe_name_size: Out<'_, u32>, description: Out<'_, String>, description_size: u32,
                actual_description_size: Out<'_, u32>
            );
            attach_process(server: u64, process_id: u32, attach_flags: AttachFlags);
            create_process(server: u64, command_line: Option<&str>, create_flags: CreateFlags);
            create_process2(
                server: u64, command_line: Option<&str>, options: Option<&CreateProcessOptions>,
                options_buffer_size: u32, initial_directory: Option<&str>, environment: Option<&str>
            );
            create_process_and_attach(
                server: u64, command_line: Option<&str>, create_flags: CreateFlags, process_id: u32,
                attach_flags: AttachFlags
            );
            create_process_and_attach2(
                server: u64, command_line: Option<&str>, options: Option<&CreateProcessOptions>,
                options_buffer_size: u32, initial_directory: Option<&str>, environment: Option<&str>,
                process_id: u32, attach_flags: AttachFlags
            );
            output_servers(output_control: u32, machine: Option<&str>, flags: ServersFlags);
        }
    };
}

/// A borrowed client object. Releasing it gives nothing up: it is only borrowed.
impl<C: DebugClient + ?Sized> DebugClient for &C {
    methods!();
}

impl<C: DebugClient + ?Sized> DebugClient for Box<C> {
    methods!();

    fn release(self: Box<Self>) -> u32 {
        (*self).release()
    }
}
