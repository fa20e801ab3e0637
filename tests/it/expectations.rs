//! Expectations: which calls are expected, in which order, and which panic is shown.

use std::thread;

use dbgeng_testkit::CreateProcess2;
use dbgeng_testkit::expectations::{Expectations, MockDebugClient, Sequence};
use dbgeng_testkit::flags::{
    AttachFlags, CreateFlags, DescriptionFlags, EndSessionFlags, GetProcessFlags, ServersFlags,
};
use dbgeng_testkit::hresult::*;
use dbgeng_testkit::mock::LabClient;
use dbgeng_testkit::write_out;
use dbgeng_testkit::{Call, DebugClient, HRESULT, Interface, Method, OpenConnection, Pointer, Profile, dispatch};

use crate::support::{BOX17, build_lab, catch_panic, connect, list_ids};

fn is_disconnect(call: &Call) -> bool {
    matches!(call, Call::DisconnectProcessServer { .. })
}

#[test]
fn expected_calls_go_to_the_expectations_and_others_to_the_engine() {
    let (lab, client) = build_lab(Profile::Contract);
    let mut mock = MockDebugClient::new();
    mock.expect_disconnect_process_server().times(1).return_const(RPC_E_SERVER_DIED);
    let expectations = Expectations::new(mock, is_disconnect);
    let client = expectations.before(Box::new(client));
    let server = connect(&*client, BOX17).unwrap();
    assert_eq!(client.disconnect_process_server(server), RPC_E_SERVER_DIED);
    // The engine was not asked.
    assert!(list_ids(&*client, server).is_ok());
    assert_eq!(lab.findings(), []);
    expectations.verify();
}

#[test]
fn an_expectation_sees_the_arguments_and_writes_the_outputs() {
    let mut mock = MockDebugClient::new();
    mock.expect_connect_process_server().withf(|options, _| *options == Some(BOX17)).times(1).returning(|_, server| {
        write_out(server, u64::MAX);
        S_FALSE
    });
    let expectations = Expectations::new(mock, |_| true);
    let client = expectations.before(Box::new(build_lab(Profile::Contract).1));
    let mut server = None;
    assert_eq!(client.connect_process_server(Some(BOX17), Some(&mut server)), S_FALSE);
    assert_eq!(server, Some(u64::MAX));
    expectations.verify();
}

/// A method that the mock leaves out would return the default of the trait.
#[test]
fn every_method_has_to_be_expected() {
    let create: CreateProcess2 = CreateProcess2 {
        server: 0,
        command_line: None,
        options: None,
        options_buffer_size: 0,
        initial_directory: None,
        environment: None,
    };
    let (server, command_line, process_id) = (0, None, 4);
    let (create_flags, attach_flags) = (CreateFlags::empty(), AttachFlags::empty());
    let calls = [
        Call::QueryInterface { interface: Interface::NEWEST },
        Call::CreateClient,
        Call::EndSession { flags: EndSessionFlags::PASSIVE },
        Call::StartServer { options: None },
        Call::StartProcessServer { flags: 0, options: None, reserved: 0 },
        Call::ConnectProcessServer { remote_options: None, server: Pointer::Null },
        Call::DisconnectProcessServer { server },
        Call::EndProcessServer { server },
        Call::WaitForProcessServerEnd { timeout: 0 },
        Call::GetRunningProcessSystemIds { server, ids: Pointer::Given, count: 0, actual_count: Pointer::Null },
        Call::GetRunningProcessSystemIdByExecutableName {
            server,
            exe_name: None,
            flags: GetProcessFlags::empty(),
            id: Pointer::Null,
        },
        Call::GetRunningProcessDescription {
            server,
            system_id: 4,
            flags: DescriptionFlags::empty(),
            exe_name: Pointer::Null,
            exe_name_size: 0,
            actual_exe_name_size: Pointer::Null,
            description: Pointer::Null,
            description_size: 0,
            actual_description_size: Pointer::Null,
        },
        Call::AttachProcess { server, process_id, attach_flags },
        Call::CreateProcess { server, command_line: command_line.clone(), create_flags },
        Call::CreateProcess2(create.clone()),
        Call::CreateProcessAndAttach { server, command_line, create_flags, process_id, attach_flags },
        Call::CreateProcessAndAttach2 { create, process_id, attach_flags },
        Call::OutputServers { output_control: 0, machine: None, flags: ServersFlags::empty() },
    ];
    for call in calls {
        let said = catch_panic(|| dispatch(&MockDebugClient::new(), &call));
        assert!(said.contains("No matching expectation found"), "{}: {said}", call.method());
    }
    assert!(catch_panic(|| Box::new(MockDebugClient::new()).release()).contains("No matching expectation found"));
}

/// A connect and a disconnect, in this order.
fn in_order() -> Expectations {
    let (mut mock, mut order) = (MockDebugClient::new(), Sequence::new());
    mock.expect_connect_process_server().times(1).in_sequence(&mut order).returning(|_, server| {
        write_out(server, 7);
        S_OK
    });
    mock.expect_disconnect_process_server().times(1).in_sequence(&mut order).return_const(S_OK);
    Expectations::new(mock, |call| is_disconnect(call) || matches!(call, Call::ConnectProcessServer { .. }))
}

#[test]
fn other_calls_do_not_disturb_an_order() {
    let expectations = in_order();
    let client = expectations.before(Box::new(build_lab(Profile::Contract).1));
    assert!(list_ids(&*client, 0).is_ok());
    assert_eq!(connect(&*client, BOX17), Ok(7));
    assert!(list_ids(&*client, 0).is_ok());
    assert_eq!(client.end_session(EndSessionFlags::PASSIVE), S_OK);
    assert_eq!(client.disconnect_process_server(7), S_OK);
    assert!(list_ids(&*client, 0).is_ok());
    expectations.verify();
}

#[test]
fn a_broken_order_is_a_violation() {
    let expectations = in_order();
    let client = expectations.before(Box::new(build_lab(Profile::Contract).1));
    let said = catch_panic(|| client.disconnect_process_server(7));
    assert!(said.contains("sequence"), "{said}");
    assert_eq!(catch_panic(|| expectations.verify()), format!("an expectation is violated: {said}"));
}

#[test]
fn a_call_after_the_last_expectation_does_not_reach_the_engine() {
    let (lab, client) = build_lab(Profile::Contract);
    let mut mock = MockDebugClient::new();
    mock.expect_disconnect_process_server().times(1).return_const(S_OK);
    mock.expect_end_process_server().never();
    let expectations =
        Expectations::new(mock, |call| is_disconnect(call) || matches!(call, Call::EndProcessServer { .. }));
    let client = expectations.before(Box::new(client));
    assert_eq!(client.disconnect_process_server(7), S_OK);
    let said = catch_panic(|| client.disconnect_process_server(7));
    assert!(said.contains("disconnect_process_server") && said.contains("more than the expected 1"), "{said}");
    assert_eq!(lab.findings(), []);
    catch_panic(|| expectations.verify());

    let mut mock = MockDebugClient::new();
    mock.expect_end_process_server().never();
    let expectations = Expectations::new(mock, |call| call.method() == Method::EndProcessServer);
    let client = expectations.before(Box::new(lab.engine().client()));
    let said = catch_panic(|| client.end_process_server(7));
    assert!(said.contains("should not have been called"), "{said}");
    assert_eq!(lab.findings(), []);
    catch_panic(|| expectations.verify());
}

#[test]
fn missing_calls_are_reported_once() {
    let (_lab, client) = build_lab(Profile::Contract);
    let mut mock = MockDebugClient::new();
    mock.expect_disconnect_process_server().times(2).return_const(S_OK);
    let expectations = Expectations::new(mock, is_disconnect);
    let client = expectations.before(Box::new(client));
    assert_eq!(client.disconnect_process_server(7), S_OK);
    let said = catch_panic(|| expectations.verify());
    assert!(said.contains("called 1 time(s) which is fewer than expected 2"), "{said}");
    expectations.verify();
    drop(client);
}

/// The test returns the error before it verifies, and nothing may take its place.
#[test]
fn a_missing_call_does_not_hide_the_error_that_a_test_returns() {
    let test = || -> Result<(), HRESULT> {
        let mut mock = MockDebugClient::new();
        mock.expect_disconnect_process_server().times(1).return_const(S_OK);
        let expectations = Expectations::new(mock, is_disconnect);
        let client = expectations.before(Box::new(build_lab(Profile::Contract).1));
        let server = connect(&*client, "tcp:server=box17,port=6000")?;
        assert_eq!(client.disconnect_process_server(server), S_OK);
        expectations.verify();
        Ok(())
    };
    assert_eq!(test(), Err(WSAECONNREFUSED));
}

#[test]
fn verify_names_the_line_of_the_test() {
    use std::panic::{Location, set_hook, take_hook};
    static SEEN: std::sync::Mutex<Vec<(String, u32)>> = std::sync::Mutex::new(Vec::new());

    let mut mock = MockDebugClient::new();
    mock.expect_disconnect_process_server().times(1).return_const(S_OK);
    let expectations = Expectations::new(mock, is_disconnect);
    let usual = take_hook();
    set_hook(Box::new(|panic| {
        let place = panic.location().unwrap();
        SEEN.lock().unwrap().push((place.file().to_owned(), place.line()));
    }));
    let here = Location::caller();
    catch_panic(|| expectations.verify());
    set_hook(usual);
    assert!(SEEN.lock().unwrap().contains(&(here.file().to_owned(), here.line() + 1)));
}

/// No expectation, so that every disconnect is a violation.
fn no_disconnects(client: LabClient) -> (Expectations, Box<dyn DebugClient>) {
    let expectations = Expectations::new(MockDebugClient::new(), is_disconnect);
    let client = expectations.before(Box::new(client));
    (expectations, client)
}

#[test]
fn the_first_violation_is_seen_though_it_was_caught_and_others_followed() {
    let (expectations, client) = no_disconnects(build_lab(Profile::Contract).1);
    let first = catch_panic(|| client.disconnect_process_server(1));
    assert!(first.contains("disconnect_process_server(1)"), "{first}");
    assert_eq!(catch_panic(|| client.disconnect_process_server(2)), first);
    assert_eq!(catch_panic(|| expectations.verify()), format!("an expectation is violated: {first}"));
    assert!(list_ids(&*client, 0).is_ok());
}

/// mockall would report the lock that the first panic poisoned, and then the missing call.
#[test]
fn the_first_violation_is_seen_though_mockall_has_more_to_say() {
    let mut mock = MockDebugClient::new();
    mock.expect_disconnect_process_server().times(3).returning(|_| panic!("the first"));
    let expectations = Expectations::new(mock, is_disconnect);
    let client = expectations.before(Box::new(build_lab(Profile::Contract).1));
    for said in
        [catch_panic(|| client.disconnect_process_server(1)), catch_panic(|| client.disconnect_process_server(1))]
    {
        assert_eq!(said, "the first");
    }
    assert_eq!(catch_panic(|| expectations.verify()), "an expectation is violated: the first");
}

#[test]
fn a_violation_on_another_thread_is_seen() {
    let (expectations, client) = no_disconnects(build_lab(Profile::Contract).1);
    let joined = thread::spawn(move || client.disconnect_process_server(1)).join();
    assert!(joined.is_err());
    assert!(catch_panic(|| expectations.verify()).contains("disconnect_process_server(1)"));
}

#[test]
fn a_violation_does_not_hide_the_panic_that_unwinds() {
    /// Code under test that closes its connection on drop.
    struct Closes<'a>(&'a dyn DebugClient, &'a mut Option<HRESULT>);
    impl Drop for Closes<'_> {
        fn drop(&mut self) {
            *self.1 = Some(self.0.disconnect_process_server(1));
        }
    }
    struct Verifies(Expectations);
    impl Drop for Verifies {
        fn drop(&mut self) {
            self.0.verify();
        }
    }
    let (expectations, client) = no_disconnects(build_lab(Profile::Contract).1);
    let mut answered = None;
    let first = catch_panic(|| {
        let _verifies = Verifies(expectations.clone());
        let _closes = Closes(&*client, &mut answered);
        panic!("the first");
    });
    assert_eq!(first, "the first");
    assert_eq!(answered, Some(E_UNEXPECTED));
    assert!(catch_panic(|| expectations.verify()).contains("disconnect_process_server(1)"));
}

#[test]
fn an_expected_call_is_answered_while_a_panic_unwinds() {
    let mut mock = MockDebugClient::new();
    mock.expect_disconnect_process_server().times(1).return_const(S_OK);
    let expectations = Expectations::new(mock, is_disconnect);
    let client = expectations.before(Box::new(build_lab(Profile::Contract).1));
    let first = catch_panic(|| {
        let _connection = OpenConnection::connect(&*client, BOX17, |left| panic!("{left}")).unwrap();
        panic!("the first");
    });
    assert_eq!(first, "the first");
    expectations.verify();
}

#[test]
fn client_objects_that_the_engine_makes_have_the_same_expectations() {
    let (_lab, client) = build_lab(Profile::Contract);
    let mut mock = MockDebugClient::new();
    mock.expect_disconnect_process_server().times(2).return_const(RPC_E_SERVER_DIED);
    let expectations = Expectations::new(mock, is_disconnect);
    let client = expectations.before(Box::new(client));
    let (mut made, mut asked) = (None, None);
    assert_eq!(client.create_client(Some(&mut made)), S_OK);
    assert_eq!(made.unwrap().disconnect_process_server(7), RPC_E_SERVER_DIED);
    assert_eq!(client.query_interface(&Interface::NEWEST, Some(&mut asked)), S_OK);
    let asked = asked.unwrap();
    assert_eq!(asked.disconnect_process_server(7), RPC_E_SERVER_DIED);
    assert_eq!(client.create_client(None), E_POINTER);
    // The engine counts its references.
    assert_eq!(client.release(), 1);
    assert_eq!(asked.release(), 0);
    expectations.verify();
}

#[test]
fn making_a_client_object_can_be_expected() {
    let mut mock = MockDebugClient::new();
    mock.expect_create_client().times(1).return_const(E_OUTOFMEMORY);
    mock.expect_query_interface().times(1).return_const(E_NOINTERFACE);
    let expectations = Expectations::new(mock, |call| matches!(call, Call::CreateClient | Call::QueryInterface { .. }));
    let client = expectations.before(Box::new(build_lab(Profile::Contract).1));
    assert_eq!(client.create_client(Some(&mut None)), E_OUTOFMEMORY);
    assert_eq!(client.query_interface(&Interface::NEWEST, Some(&mut None)), E_NOINTERFACE);
    expectations.verify();
}
