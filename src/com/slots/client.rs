//! The slots of `IDebugClient` to `IDebugClient9`, in the order of the headers; see "The vtable of IDebugClient5" in
//! `spec/sources/documented.md`.

macro_rules! client_slots {
    ($take:ident $($with:tt)*) => {
        $take! {
            $($with)*;
            IDebugClient = 0x27fe5639_8407_4f47_8364_ee118fb08ac8 {
                AttachKernel(flags: u32, connect_options: *const u8);
                GetKernelConnectionOptions(buffer: *mut u8, buffer_size: u32, options_size: *mut u32);
                SetKernelConnectionOptions(options: *const u8);
                StartProcessServer(flags: u32, options: *const u8, reserved: *mut c_void) = start_process_server::<u8>;
                ConnectProcessServer(remote_options: *const u8, server: *mut u64) = connect_process_server::<u8>;
                DisconnectProcessServer(server: u64) = disconnect_process_server;
                GetRunningProcessSystemIds(server: u64, ids: *mut u32, count: u32, actual_count: *mut u32) = system_ids;
                GetRunningProcessSystemIdByExecutableName(
                    server: u64, exe_name: *const u8, flags: u32, id: *mut u32
                ) = system_id_by_executable_name::<u8>;
                GetRunningProcessDescription(
                    server: u64, system_id: u32, flags: u32, exe_name: *mut u8, exe_name_size: u32,
                    actual_exe_name_size: *mut u32, description: *mut u8, description_size: u32,
                    actual_description_size: *mut u32
                ) = description::<u8>;
                AttachProcess(server: u64, process_id: u32, attach_flags: u32) = attach_process;
                CreateProcess(server: u64, command_line: *mut u8, create_flags: u32) = create_process::<u8>;
                CreateProcessAndAttach(
                    server: u64, command_line: *mut u8, create_flags: u32, process_id: u32, attach_flags: u32
                ) = create_process_and_attach::<u8>;
                GetProcessOptions(options: *mut u32);
                AddProcessOptions(options: u32);
                RemoveProcessOptions(options: u32);
                SetProcessOptions(options: u32);
                OpenDumpFile(dump_file: *const u8);
                WriteDumpFile(dump_file: *const u8, qualifier: u32);
                ConnectSession(flags: u32, history_limit: u32);
                StartServer(options: *const u8) = start_server::<u8>;
                OutputServers(output_control: u32, machine: *const u8, flags: u32) = output_servers::<u8>;
                TerminateProcesses() = terminate_processes;
                DetachProcesses() = detach_processes;
                EndSession(flags: u32) = end_session;
                GetExitCode(code: *mut u32) = get_exit_code;
                DispatchCallbacks(timeout: u32) = dispatch_callbacks;
                ExitDispatch(client: *mut c_void) = exit_dispatch;
                CreateClient(client: *mut *mut c_void) = create_client;
                GetInputCallbacks(callbacks: *mut *mut c_void) = get_input_callbacks;
                SetInputCallbacks(callbacks: *mut c_void) = set_input_callbacks;
                GetOutputCallbacks(callbacks: *mut *mut c_void) = get_output_callbacks::<u8>;
                SetOutputCallbacks(callbacks: *mut c_void) = set_output_callbacks::<u8>;
                GetOutputMask(mask: *mut u32) = get_output_mask;
                SetOutputMask(mask: u32) = set_output_mask;
                GetOtherOutputMask(client: *mut c_void, mask: *mut u32);
                SetOtherOutputMask(client: *mut c_void, mask: u32);
                GetOutputWidth(columns: *mut u32);
                SetOutputWidth(columns: u32);
                GetOutputLinePrefix(buffer: *mut u8, buffer_size: u32, prefix_size: *mut u32);
                SetOutputLinePrefix(prefix: *const u8);
                GetIdentity(buffer: *mut u8, buffer_size: u32, identity_size: *mut u32);
                OutputIdentity(output_control: u32, flags: u32, format: *const u8);
                GetEventCallbacks(callbacks: *mut *mut c_void) = get_event_callbacks::<u8>;
                SetEventCallbacks(callbacks: *mut c_void) = set_event_callbacks::<u8>;
                FlushCallbacks() = flush_callbacks;
            }
            IDebugClient2 = 0xedbed635_372e_4dab_bbfe_ed0d2f63be81 {
                WriteDumpFile2(dump_file: *const u8, qualifier: u32, format_flags: u32, comment: *const u8);
                AddDumpInformationFile(info_file: *const u8, kind: u32);
                EndProcessServer(server: u64) = end_process_server;
                WaitForProcessServerEnd(timeout: u32) = wait_for_process_server_end;
                IsKernelDebuggerEnabled();
                TerminateCurrentProcess() = terminate_current_process;
                DetachCurrentProcess() = detach_current_process;
                AbandonCurrentProcess() = abandon_current_process;
            }
            IDebugClient3 = 0xdd492d7f_71b8_4ad6_a8dc_1c887479ff91 {
                GetRunningProcessSystemIdByExecutableNameWide(
                    server: u64, exe_name: *const u16, flags: u32, id: *mut u32
                ) = system_id_by_executable_name::<u16>;
                GetRunningProcessDescriptionWide(
                    server: u64, system_id: u32, flags: u32, exe_name: *mut u16, exe_name_size: u32,
                    actual_exe_name_size: *mut u32, description: *mut u16, description_size: u32,
                    actual_description_size: *mut u32
                ) = description::<u16>;
                CreateProcessWide(server: u64, command_line: *mut u16, create_flags: u32) = create_process::<u16>;
                CreateProcessAndAttachWide(
                    server: u64, command_line: *mut u16, create_flags: u32, process_id: u32, attach_flags: u32
                ) = create_process_and_attach::<u16>;
            }
            IDebugClient4 = 0xca83c3de_5089_4cf8_93c8_d892387f2a5e {
                OpenDumpFileWide(file_name: *const u16, file_handle: u64);
                WriteDumpFileWide(
                    file_name: *const u16, file_handle: u64, qualifier: u32, format_flags: u32, comment: *const u16
                );
                AddDumpInformationFileWide(file_name: *const u16, file_handle: u64, kind: u32);
                GetNumberDumpFiles(number: *mut u32);
                GetDumpFile(
                    index: u32, buffer: *mut u8, buffer_size: u32, name_size: *mut u32, handle: *mut u64,
                    kind: *mut u32
                );
                GetDumpFileWide(
                    index: u32, buffer: *mut u16, buffer_size: u32, name_size: *mut u32, handle: *mut u64,
                    kind: *mut u32
                );
            }
            IDebugClient5 = 0xe3acb9d7_7ec2_4f0c_a0da_e81e0cbbe628 {
                AttachKernelWide(flags: u32, connect_options: *const u16);
                GetKernelConnectionOptionsWide(buffer: *mut u16, buffer_size: u32, options_size: *mut u32);
                SetKernelConnectionOptionsWide(options: *const u16);
                StartProcessServerWide(
                    flags: u32, options: *const u16, reserved: *mut c_void
                ) = start_process_server::<u16>;
                ConnectProcessServerWide(remote_options: *const u16, server: *mut u64) = connect_process_server::<u16>;
                StartServerWide(options: *const u16) = start_server::<u16>;
                OutputServersWide(output_control: u32, machine: *const u16, flags: u32) = output_servers::<u16>;
                GetOutputCallbacksWide(callbacks: *mut *mut c_void) = get_output_callbacks::<u16>;
                SetOutputCallbacksWide(callbacks: *mut c_void) = set_output_callbacks::<u16>;
                GetOutputLinePrefixWide(buffer: *mut u16, buffer_size: u32, prefix_size: *mut u32);
                SetOutputLinePrefixWide(prefix: *const u16);
                GetIdentityWide(buffer: *mut u16, buffer_size: u32, identity_size: *mut u32);
                OutputIdentityWide(output_control: u32, flags: u32, format: *const u16);
                GetEventCallbacksWide(callbacks: *mut *mut c_void) = get_event_callbacks::<u16>;
                SetEventCallbacksWide(callbacks: *mut c_void) = set_event_callbacks::<u16>;
                CreateProcess2(
                    server: u64, command_line: *mut u8, options_buffer: *mut c_void, options_buffer_size: u32,
                    initial_directory: *const u8, environment: *const u8
                ) = create_process2::<u8>;
                CreateProcess2Wide(
                    server: u64, command_line: *mut u16, options_buffer: *mut c_void, options_buffer_size: u32,
                    initial_directory: *const u16, environment: *const u16
                ) = create_process2::<u16>;
                CreateProcessAndAttach2(
                    server: u64, command_line: *mut u8, options_buffer: *mut c_void, options_buffer_size: u32,
                    initial_directory: *const u8, environment: *const u8, process_id: u32, attach_flags: u32
                ) = create_process_and_attach2::<u8>;
                CreateProcessAndAttach2Wide(
                    server: u64, command_line: *mut u16, options_buffer: *mut c_void, options_buffer_size: u32,
                    initial_directory: *const u16, environment: *const u16, process_id: u32, attach_flags: u32
                ) = create_process_and_attach2::<u16>;
                PushOutputLinePrefix(new_prefix: *const u8, handle: *mut u64);
                PushOutputLinePrefixWide(new_prefix: *const u16, handle: *mut u64);
                PopOutputLinePrefix(handle: u64);
                GetNumberInputCallbacks(count: *mut u32);
                GetNumberOutputCallbacks(count: *mut u32);
                GetNumberEventCallbacks(event_flags: u32, count: *mut u32);
                GetQuitLockString(buffer: *mut u8, buffer_size: u32, string_size: *mut u32);
                SetQuitLockString(string: *const u8);
                GetQuitLockStringWide(buffer: *mut u16, buffer_size: u32, string_size: *mut u32);
                SetQuitLockStringWide(string: *const u16);
            }
        }
    };
}

/// The slots of `IDebugClient6` to `IDebugClient9`. None of them is a method of the process-server surface (VER-5).
macro_rules! newer_client_slots {
    ($take:ident $($with:tt)*) => {
        $take! {
            $($with)*;
            IDebugClient6 = 0xfd28b4c5_c498_4686_a28e_62cad2154eb3 {
                SetEventContextCallbacks(callbacks: *mut c_void);
            }
            IDebugClient7 = 0x13586be3_542e_481e_b1f2_8497ba74f9a9 {
                SetClientContext(context: *mut c_void, context_size: u32);
            }
            IDebugClient8 = 0xcec43add_6375_469e_83d5_414e4033c19a {
                OpenDumpFileWide2(file_name: *const u16, file_handle: u64, alternate_arch: u32);
            }
            IDebugClient9 = 0x2c24cd5b_4d9e_4df4_8a70_3d37440d119f {
                OpenDumpDirectoryWide(directory: *const u16, alternate_arch: u32);
                OpenDumpDirectory(directory: *const u8, alternate_arch: u32);
            }
        }
    };
}

pub(crate) use {client_slots, newer_client_slots};
