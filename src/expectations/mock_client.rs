//! The methods for which there are expectations.

use mockall::mock;

use crate::client::{DebugClient, Out};
use crate::flags::{
    AttachFlags, CreateFlags, CreateProcessOptions, DescriptionFlags, EndSessionFlags, GetProcessFlags, ServersFlags,
};
use crate::hresult::HRESULT;
use crate::interface::Interface;

mock! {
    /// A client object of which every call has to be expected: [`mockall`]'s, for every method of [`DebugClient`].
    ///
    /// A call that nobody expects panics, and so does dropping it before an expected number of calls has come, unless
    /// the thread unwinds. [`Expectations`](super::Expectations) say what else it takes to see the first panic.
    pub DebugClient {}

    impl DebugClient for DebugClient {
        fn query_interface<'a>(&self, interface: &Interface, client: Out<'a, Box<dyn DebugClient>>) -> HRESULT;

        fn release(self: Box<Self>) -> u32;

        fn create_client<'a>(&self, client: Out<'a, Box<dyn DebugClient>>) -> HRESULT;

        fn end_session(&self, flags: EndSessionFlags) -> HRESULT;

        fn start_server<'a>(&self, options: Option<&'a str>) -> HRESULT;

        fn start_process_server<'a>(&self, flags: u32, options: Option<&'a str>, reserved: u64) -> HRESULT;

        fn connect_process_server<'a, 'b>(&self, remote_options: Option<&'a str>, server: Out<'b, u64>) -> HRESULT;

        fn disconnect_process_server(&self, server: u64) -> HRESULT;

        fn end_process_server(&self, server: u64) -> HRESULT;

        fn wait_for_process_server_end(&self, timeout: u32) -> HRESULT;

        fn get_running_process_system_ids<'a, 'b>(
            &self,
            server: u64,
            ids: Out<'a, Vec<u32>>,
            count: u32,
            actual_count: Out<'b, u32>,
        ) -> HRESULT;

        fn get_running_process_system_id_by_executable_name<'a, 'b>(
            &self,
            server: u64,
            exe_name: Option<&'a str>,
            flags: GetProcessFlags,
            id: Out<'b, u32>,
        ) -> HRESULT;

        fn get_running_process_description<'a, 'b, 'c, 'd>(
            &self,
            server: u64,
            system_id: u32,
            flags: DescriptionFlags,
            exe_name: Out<'a, String>,
            exe_name_size: u32,
            actual_exe_name_size: Out<'b, u32>,
            description: Out<'c, String>,
            description_size: u32,
            actual_description_size: Out<'d, u32>,
        ) -> HRESULT;

        fn attach_process(&self, server: u64, process_id: u32, attach_flags: AttachFlags) -> HRESULT;

        fn create_process<'a>(
            &self,
            server: u64,
            command_line: Option<&'a str>,
            create_flags: CreateFlags,
        ) -> HRESULT;

        fn create_process2<'a, 'b, 'c, 'd>(
            &self,
            server: u64,
            command_line: Option<&'a str>,
            options: Option<&'b CreateProcessOptions>,
            options_buffer_size: u32,
            initial_directory: Option<&'c str>,
            environment: Option<&'d str>,
        ) -> HRESULT;

        fn create_process_and_attach<'a>(
            &self,
            server: u64,
            command_line: Option<&'a str>,
            create_flags: CreateFlags,
            process_id: u32,
            attach_flags: AttachFlags,
        ) -> HRESULT;

        fn create_process_and_attach2<'a, 'b, 'c, 'd>(
            &self,
            server: u64,
            command_line: Option<&'a str>,
            options: Option<&'b CreateProcessOptions>,
            options_buffer_size: u32,
            initial_directory: Option<&'c str>,
            environment: Option<&'d str>,
            process_id: u32,
            attach_flags: AttachFlags,
        ) -> HRESULT;

        fn output_servers<'a>(&self, output_control: u32, machine: Option<&'a str>, flags: ServersFlags) -> HRESULT;
    }
}
