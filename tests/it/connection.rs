//! The guard of a connection, on the mock and on scripted clients.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Mutex;

use dbgeng_testkit::hresult::*;
use dbgeng_testkit::mock::LabClient;
use dbgeng_testkit::write_out;
use dbgeng_testkit::{DebugClient, Engine, HRESULT, OpenConnection, Out, Profile};
use dbgeng_testkit::{LeftOpen, NotConnected};

use crate::support::{BOX17, build_lab, catch_panic, list_ids};

const HANDLE: u64 = 0xfeed_0001_0000_0001;

/// A client with one answer to connects, and a queue of answers to disconnects. It panics when the queue is empty.
struct ScriptedClient {
    connect: (HRESULT, Option<u64>),
    disconnects: Mutex<VecDeque<HRESULT>>,
    asked: Mutex<Vec<u64>>,
}

impl ScriptedClient {
    fn disconnects(answers: &[HRESULT]) -> ScriptedClient {
        ScriptedClient {
            connect: (S_OK, Some(HANDLE)),
            disconnects: Mutex::new(answers.iter().copied().collect()),
            asked: Mutex::default(),
        }
    }

    fn connects(hresult: HRESULT, handle: Option<u64>) -> ScriptedClient {
        ScriptedClient { connect: (hresult, handle), ..ScriptedClient::disconnects(&[S_OK]) }
    }

    fn asked(&self) -> Vec<u64> {
        self.asked.lock().unwrap().clone()
    }
}

impl DebugClient for ScriptedClient {
    fn connect_process_server(&self, remote_options: Option<&str>, server: Out<'_, u64>) -> HRESULT {
        assert_eq!(remote_options, Some(BOX17));
        if let Some(handle) = self.connect.1 {
            write_out(server, handle);
        }
        self.connect.0
    }

    fn disconnect_process_server(&self, server: u64) -> HRESULT {
        self.asked.lock().unwrap().push(server);
        let answer = self.disconnects.lock().unwrap().pop_front();
        answer.expect("no disconnect was to come")
    }
}

fn never(left: LeftOpen) {
    panic!("{left}");
}

#[test]
fn a_connection_is_open_until_it_is_dropped_or_disconnected() {
    for profile in [Profile::Contract, Profile::Dbgeng] {
        for is_dropped in [true, false] {
            let (lab, client) = build_lab(profile);
            let connection = OpenConnection::connect(&client, BOX17, never).unwrap();
            let handle = connection.handle();
            assert!(list_ids(&client, handle).is_ok());
            if is_dropped {
                drop(connection);
            } else {
                connection.disconnect().unwrap();
            }
            assert_eq!(lab.findings(), []);
            assert_eq!(list_ids(&client, handle), Err(E_INVALIDARG));
        }
    }
}

#[test]
fn one_disconnect_is_made_with_the_whole_handle() {
    let client = ScriptedClient::disconnects(&[S_OK]);
    OpenConnection::connect(&client, BOX17, never).unwrap().disconnect().unwrap();
    assert_eq!(client.asked(), [HANDLE]);
    let client = ScriptedClient::disconnects(&[S_OK]);
    drop(OpenConnection::connect(&client, BOX17, never).unwrap());
    assert_eq!(client.asked(), [HANDLE]);
}

#[test]
fn a_failed_disconnect_gives_the_connection_back_to_be_tried_again() {
    let client = ScriptedClient::disconnects(&[RPC_E_CALL_REJECTED, S_OK]);
    let connection = OpenConnection::connect(&client, BOX17, never).unwrap();
    let failed = connection.disconnect().unwrap_err();
    assert_eq!(failed.hresult, RPC_E_CALL_REJECTED);
    assert_eq!(failed.to_string(), "DisconnectProcessServer returned RPC_E_CALL_REJECTED (0x80010001)");
    assert_eq!(failed.connection.handle(), HANDLE);
    failed.connection.disconnect().unwrap();
    assert_eq!(client.asked(), [HANDLE, HANDLE]);
}

#[test]
fn a_failed_disconnect_that_is_dropped_is_reported_and_not_repeated() {
    let client = ScriptedClient::disconnects(&[RPC_E_CALL_REJECTED]);
    let told = RefCell::new(Vec::new());
    let connection = OpenConnection::connect(&client, BOX17, |left| told.borrow_mut().push(left)).unwrap();
    let _ = connection.disconnect();
    assert_eq!(*told.borrow(), [LeftOpen { handle: HANDLE, hresult: RPC_E_CALL_REJECTED }]);
    assert_eq!(client.asked(), [HANDLE]);
}

#[test]
fn a_question_mark_keeps_the_code_and_reports_the_connection() {
    fn work(client: &ScriptedClient, told: &Cell<Option<LeftOpen>>) -> windows_result::Result<()> {
        let connection = OpenConnection::connect(client, BOX17, |left| told.set(Some(left)))?;
        connection.disconnect()?;
        Ok(())
    }
    // A caller that looks at the code alone would take an error with a success code for a success.
    for (answer, code) in [(RPC_E_CALL_REJECTED, RPC_E_CALL_REJECTED), (S_FALSE, E_UNEXPECTED)] {
        let told = Cell::new(None);
        assert_eq!(work(&ScriptedClient::disconnects(&[answer]), &told).unwrap_err().code(), code);
        assert_eq!(told.get(), Some(LeftOpen { handle: HANDLE, hresult: answer }));
    }
    let told = Cell::new(None);
    assert_eq!(work(&ScriptedClient::connects(WSAECONNREFUSED, None), &told).unwrap_err().code(), WSAECONNREFUSED);
    assert_eq!(told.get(), None);
}

#[test]
fn into_handle_leaves_the_disconnect_to_the_caller() {
    let client = ScriptedClient::disconnects(&[RPC_E_CALL_REJECTED]);
    assert_eq!(OpenConnection::connect(&client, BOX17, never).unwrap().into_handle(), HANDLE);
    assert!(client.asked().is_empty());
    let failed = OpenConnection::connect(&client, BOX17, never).unwrap().disconnect().unwrap_err();
    assert_eq!(failed.connection.into_handle(), HANDLE);
    assert_eq!(client.asked(), [HANDLE]);
}

#[test]
fn a_disconnect_that_fails_while_dropping_is_reported() {
    for profile in [Profile::Contract, Profile::Dbgeng] {
        let (lab, _) = build_lab(profile);
        let engine = lab.engine();
        let client = engine.client();
        let told = Cell::new(None);
        let connection = OpenConnection::connect(&client, BOX17, |left| told.set(Some(left))).unwrap();
        let handle = connection.handle();
        assert!(engine.kill());
        drop(connection);
        assert_eq!(told.get(), Some(LeftOpen { handle, hresult: E_UNEXPECTED }));
        assert_eq!(
            told.get().unwrap().to_string(),
            format!("{handle:#x} may be open: DisconnectProcessServer returned E_UNEXPECTED (0x8000ffff)")
        );
    }
}

#[test]
fn only_s_ok_is_taken_for_a_disconnect() {
    let failed = OpenConnection::connect(Box::new(ScriptedClient::disconnects(&[S_FALSE, S_OK])), BOX17, never)
        .unwrap()
        .disconnect()
        .unwrap_err();
    assert_eq!(failed.hresult, S_FALSE);
    failed.connection.disconnect().unwrap();
    let told = Cell::new(None);
    let client = ScriptedClient::disconnects(&[S_FALSE]);
    drop(OpenConnection::connect(&client, BOX17, |left| told.set(Some(left))).unwrap());
    assert_eq!(told.get(), Some(LeftOpen { handle: HANDLE, hresult: S_FALSE }));
}

#[test]
fn a_success_code_other_than_s_ok_is_kept() {
    for answer in [S_OK, S_FALSE] {
        let client = ScriptedClient::connects(answer, Some(HANDLE));
        let connection = OpenConnection::connect(&client, BOX17, never).unwrap();
        assert_eq!((connection.handle(), connection.connected_with()), (HANDLE, answer));
    }
}

#[test]
fn a_refused_connect_shows_its_code() {
    for profile in [Profile::Contract, Profile::Dbgeng] {
        let (_lab, client) = build_lab(profile);
        let refused = OpenConnection::connect(&client, "tcp:server=box17,port=1", never).unwrap_err();
        assert_eq!(refused, NotConnected::Refused(WSAECONNREFUSED));
        assert_eq!(refused.hresult(), WSAECONNREFUSED);
        assert_eq!(refused.to_string(), "ConnectProcessServer returned WSAECONNREFUSED (0x8007274d)");
    }
    // A failed call may leave anything in its output.
    let client = ScriptedClient::connects(E_FAIL, Some(HANDLE));
    assert_eq!(OpenConnection::connect(&client, BOX17, never).unwrap_err(), NotConnected::Refused(E_FAIL));
    assert!(client.asked().is_empty());
}

#[test]
fn a_connect_without_a_handle_is_no_connection_to_the_local_computer() {
    for handle in [None, Some(0)] {
        for answer in [S_OK, S_FALSE] {
            let client = ScriptedClient::connects(answer, handle);
            let refused = OpenConnection::connect(&client, BOX17, never).unwrap_err();
            assert_eq!(refused, NotConnected::NoHandle(answer));
            assert_eq!(refused.hresult(), answer);
            assert_eq!(windows_result::Error::from(refused).code(), E_UNEXPECTED);
            assert!(client.asked().is_empty());
        }
    }
}

#[test]
fn the_guard_can_own_its_client() {
    type Counted = Rc<dyn DebugClient>;
    struct Adapter {
        client: Counted,
        connection: Option<OpenConnection<Counted, fn(LeftOpen)>>,
    }
    let (lab, client) = build_lab(Profile::Contract);
    let mut adapter = Adapter { client: Rc::new(client), connection: None };
    let connection = OpenConnection::connect(Rc::clone(&adapter.client), BOX17, never as fn(LeftOpen)).unwrap();
    let handle = connection.handle();
    adapter.connection = Some(connection);
    let open = adapter.connection.as_ref().unwrap();
    assert!(list_ids(open.client(), open.handle()).is_ok());
    adapter.connection = None;
    assert_eq!(lab.findings(), []);
    assert_eq!(list_ids(&*adapter.client, handle), Err(E_INVALIDARG));
}

#[test]
fn the_guard_is_not_send() {
    struct Sendable<T>(PhantomData<T>);
    // Where `T` is `Send`, the inherent constant comes before the trait's.
    impl<T: Send> Sendable<T> {
        const IS: bool = true;
    }
    trait Otherwise {
        const IS: bool = false;
    }
    impl<T> Otherwise for Sendable<T> {}
    const { assert!(Sendable::<(&LabClient, fn(LeftOpen))>::IS) };
    const { assert!(!Sendable::<OpenConnection<&LabClient, fn(LeftOpen)>>::IS) };
}

#[test]
fn a_failed_disconnect_does_not_hide_the_panic_that_unwinds() {
    let first = catch_panic(|| {
        let client = ScriptedClient::disconnects(&[]);
        let _connection = OpenConnection::connect(&client, BOX17, never).unwrap();
        panic!("the first");
    });
    assert_eq!(first, "the first");
    let first = catch_panic(|| {
        let client = ScriptedClient::disconnects(&[E_FAIL]);
        let _connection = OpenConnection::connect(&client, BOX17, never).unwrap();
        panic!("the first");
    });
    assert_eq!(first, "the first");
}

#[test]
fn a_panic_unwinding_disconnects_and_reports_a_failure() {
    let client = ScriptedClient::disconnects(&[E_FAIL]);
    let told = Cell::new(None);
    catch_panic(|| {
        let _connection = OpenConnection::connect(&client, BOX17, |left| told.set(Some(left))).unwrap();
        panic!("the first");
    });
    assert_eq!(told.get(), Some(LeftOpen { handle: HANDLE, hresult: E_FAIL }));
}

#[test]
fn a_panic_of_the_client_is_not_swallowed() {
    let client = ScriptedClient::disconnects(&[]);
    let connection = OpenConnection::connect(&client, BOX17, never).unwrap();
    assert_eq!(catch_panic(|| drop(connection)), "no disconnect was to come");
}

#[test]
fn a_disconnect_that_panicked_is_reported_and_not_repeated() {
    let client = ScriptedClient::disconnects(&[]);
    let told = Cell::new(None);
    let connection = OpenConnection::connect(&client, BOX17, |left| told.set(Some(left))).unwrap();
    assert_eq!(catch_panic(|| drop(connection.disconnect())), "no disconnect was to come");
    assert_eq!(told.get(), Some(LeftOpen { handle: HANDLE, hresult: E_UNEXPECTED }));
    assert_eq!(client.asked(), [HANDLE]);
}
