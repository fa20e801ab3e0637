// The pages are read in the repository as well, where their links lead to files. Here the first definition of a link wins.

//! [`DebugClient`]: crate::DebugClient
//! [`Fault`]: super::Fault
//! [`Lab::advance`]: super::Lab::advance
//! [`Lab::assert_clean`]: super::Lab::assert_clean
//! [`Lab::at_time`]: super::Lab::at_time
//! [`Lab::forbid`]: super::Lab::forbid
//! [`Lab::leftovers`]: super::Lab::leftovers
//! [`Lab::permit`]: super::Lab::permit
//! [`Lab::set_newest_client`]: super::Lab::set_newest_client
//! [`Profile::ALL`]: crate::Profile::ALL
//! [`list_processes`]: list_processes
//! [threads]: threads
//! [w01]: w01_handle_set_to_zero
//! [w02]: w02_failed_disconnect_repeated
//! [w03]: w03_failure_dropped
//! [w04]: w04_dead_server_looks_empty
//! [w05]: w05_count_then_fetch
//! [w06]: w06_cut_off_taken_for_failure
//! [w07]: w07_cut_off_name_used
//! [w08]: w08_session_end_kills_target
//! [w09]: w09_target_exits_under_caller
//! [w10]: w10_gives_up_while_server_starts
//! [w11]: w11_debugging_server
//! [w12]: w12_own_reading_of_the_string
//! [w13]: w13_other_protocol_version
//! [w14]: w14_local_work_after_disconnect
//! [w15]: w15_handle_cut_to_32_bits
//! [w16]: w16_time_out_taken_for_end
//! [w17]: w17_zero_after_failed_connect
//! [w18]: w18_first_of_several_attached_to
//! [w19]: w19_session_left_open
//! [w20]: w20_client_never_released
//! [w21]: w21_handle_of_another_engine
//! [w22]: w22_detach_on_other_thread
//! [w23]: w23_address_used_after_time_out
//! [w24]: w24_protected_process_ends_the_list
//! [w25]: w25_32_bit_debugger
//! [w26]: w26_process_ends_during_attach
//! [w27]: w27_test_without_its_fault
//! [w28]: w28_time_out_taken_for_event
//!
#![doc = include_str!("cookbook/index.md")]

#[cfg(feature = "com")]
/// [`ComClient`]: crate::com::ComClient
/// [`ComClient::char_set`]: crate::com::ComClient::char_set
/// [`ComClient::in_code_page`]: crate::com::ComClient::in_code_page
/// [`DebugClient`]: crate::DebugClient
/// [`HRESULT`]: crate::HRESULT
/// [`Profile::Dbgeng`]: crate::Profile::Dbgeng
/// [`com::guide`]: crate::com::guide
/// [cookbook]: crate::mock::cookbook
/// [`flags`]: crate::flags
/// [journal]: crate::mock::cookbook::snapshots
/// [`list_processes`]: crate::mock::cookbook::list_processes
/// [w05]: crate::mock::cookbook::w05_count_then_fetch
/// [w09]: crate::mock::cookbook::w09_target_exits_under_caller
///
#[doc = include_str!("cookbook/off_windows.md")]
pub mod off_windows {}

/// [`Misuse::OtherThread`]: crate::mock::Misuse::OtherThread
/// [`Profile::ALL`]: crate::Profile::ALL
/// [w22]: crate::mock::cookbook::w22_detach_on_other_thread
///
#[doc = include_str!("cookbook/threads.md")]
pub mod threads {}

#[cfg(feature = "kit")]
/// [`Journal::mermaid`]: crate::mock::Journal::mermaid
/// [`Journal::trace`]: crate::mock::Journal::trace
/// [`Lab::assert_clean`]: crate::mock::Lab::assert_clean
/// [`Lab::journal`]: crate::mock::Lab::journal
/// [`Report::behaviour`]: crate::conformance::Report::behaviour
/// [`behaviour_changes`]: crate::conformance::behaviour_changes
/// [cookbook]: crate::mock::cookbook
///
#[doc = include_str!("cookbook/snapshots.md")]
pub mod snapshots {}

/// A page for each file: what it is about, and the file itself. The files are tests of their own, so that they are left
/// out where examples of the documentation are tested.
macro_rules! pages {
    ($($(#[doc = $about:literal])* $name:ident = $file:literal;)*) => {
        $(
            $(#[doc = $about])*
            ///
            #[doc = concat!("`", $file, "`:\n")]
            #[cfg_attr(
                all(doc, not(doctest)),
                doc = concat!("```\n", include_str!(concat!("../../", $file)), "\n```")
            )]
            pub mod $name {}
        )*
    };
}

pages! {
    /// A small debugger tool, with its tests.
    list_processes = "examples/list_processes.rs";
    /// The helpers that the tools of the recipes share.
    tool = "tests/cookbook/tool.rs";
    /// The next call goes to the local computer, because the handle was set to zero.
    w01_handle_set_to_zero = "tests/cookbook/w01_handle_set_to_zero.rs";
    /// A disconnect that failed is made again.
    w02_failed_disconnect_repeated = "tests/cookbook/w02_failed_disconnect_repeated.rs";
    /// Nobody learns that a disconnect has failed.
    w03_failure_dropped = "tests/cookbook/w03_failure_dropped.rs";
    /// A server that is dead looks like a computer on which nothing runs.
    w04_dead_server_looks_empty = "tests/cookbook/w04_dead_server_looks_empty.rs";
    /// The list of processes changes between count and fetch.
    w05_count_then_fetch = "tests/cookbook/w05_count_then_fetch.rs";
    /// A process with a long name is missing from the list.
    w06_cut_off_taken_for_failure = "tests/cookbook/w06_cut_off_taken_for_failure.rs";
    /// A name that was cut off is used.
    w07_cut_off_name_used = "tests/cookbook/w07_cut_off_name_used.rs";
    /// The end of the session ends the process that was attached to.
    w08_session_end_kills_target = "tests/cookbook/w08_session_end_kills_target.rs";
    /// The process exits before the attach, and the connection stays open.
    w09_target_exits_under_caller = "tests/cookbook/w09_target_exits_under_caller.rs";
    /// The tool gives up while the server still starts.
    w10_gives_up_while_server_starts = "tests/cookbook/w10_gives_up_while_server_starts.rs";
    /// The server is a debugging server, and the user is told something else.
    w11_debugging_server = "tests/cookbook/w11_debugging_server.rs";
    /// The tool refuses a connection string that the engine takes.
    w12_own_reading_of_the_string = "tests/cookbook/w12_own_reading_of_the_string.rs";
    /// The two ends are of different versions, and the user is told something else.
    w13_other_protocol_version = "tests/cookbook/w13_other_protocol_version.rs";
    /// After a disconnect, nothing works on the own computer either.
    w14_local_work_after_disconnect = "tests/cookbook/w14_local_work_after_disconnect.rs";
    /// The handle is cut to 32 bits.
    w15_handle_cut_to_32_bits = "tests/cookbook/w15_handle_cut_to_32_bits.rs";
    /// A wait that ran out is taken for the end of the server.
    w16_time_out_taken_for_end = "tests/cookbook/w16_time_out_taken_for_end.rs";
    /// The processes of the own computer, after a connect that failed.
    w17_zero_after_failed_connect = "tests/cookbook/w17_zero_after_failed_connect.rs";
    /// The process that is attached to is one of several of its name.
    w18_first_of_several_attached_to = "tests/cookbook/w18_first_of_several_attached_to.rs";
    /// The tool leaves, and its session stays open.
    w19_session_left_open = "tests/cookbook/w19_session_left_open.rs";
    /// The tool keeps every client object.
    w20_client_never_released = "tests/cookbook/w20_client_never_released.rs";
    /// A handle of another process is used.
    w21_handle_of_another_engine = "tests/cookbook/w21_handle_of_another_engine.rs";
    /// Detach and disconnect on another thread than the one that connected.
    w22_detach_on_other_thread = "tests/cookbook/w22_detach_on_other_thread.rs";
    /// The address of a server is used again before the server has ended.
    w23_address_used_after_time_out = "tests/cookbook/w23_address_used_after_time_out.rs";
    /// One protected process keeps the tool from attaching to the others.
    w24_protected_process_ends_the_list = "tests/cookbook/w24_protected_process_ends_the_list.rs";
    /// A debugger of 32 bits cannot attach, and the user is told something else.
    w25_32_bit_debugger = "tests/cookbook/w25_32_bit_debugger.rs";
    /// Now and then the process ends during the attach.
    w26_process_ends_during_attach = "tests/cookbook/w26_process_ends_during_attach.rs";
    /// The fault of a test applies to nothing, and the test passes.
    w27_test_without_its_fault = "tests/cookbook/w27_test_without_its_fault.rs";
    /// A wait that timed out is taken for an event.
    w28_time_out_taken_for_event = "tests/cookbook/w28_time_out_taken_for_event.rs";
}
