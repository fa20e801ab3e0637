//! The calls to which a fault applies: by their process, their program, and any argument.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use dbgeng_testkit::hresult::from_nt;
use dbgeng_testkit::mock::Fault;

use super::*;
use crate::support::catch_panic;

fn attach(client: &LabClient, server: u64, id: u32) -> HRESULT {
    client.attach_process(server, id, AttachFlags::NONINVASIVE)
}

fn describe(client: &LabClient, server: u64, id: u32) -> HRESULT {
    let everything = DescriptionFlags::empty();
    client.get_running_process_description(server, id, everything, None, 0, None, None, 0, None)
}

#[test]
fn a_fault_is_about_one_process_of_one_computer() {
    let (lab, client) = build_lab(Profile::Contract);
    let there = lab.computer("BOX17");
    let id = there.add_process("game.exe");
    assert_eq!(lab.engine().lab_computer().add_process("game.exe"), id);
    let server = connect(&client, BOX17).unwrap();
    let fault = lab.fault(Fault::fail(E_ACCESSDENIED).about_process(&there, id));
    assert_eq!([attach(&client, server, id), describe(&client, server, id)], [E_ACCESSDENIED; 2]);
    assert_eq!([attach(&client, 0, id), attach(&client, server, 64), describe(&client, server, 64)], [S_OK; 3]);
    assert_eq!(
        client.create_process_and_attach(server, None, CreateFlags::empty(), id, AttachFlags::empty()),
        E_ACCESSDENIED
    );
    assert!(list_ids(&client, server).is_ok());
    assert_eq!(fault.hits(), 3);
    // A debugger of 32 bits attaches to none of 64.
    let narrow = from_nt(0xC000_0055);
    let _narrow = lab.fault(Fault::fail(narrow).of(Method::AttachProcess).about_process(&there, 64));
    assert_eq!([attach(&client, server, 64), describe(&client, server, 64)], [narrow, S_OK]);
}

#[test]
fn a_fault_is_about_one_program() {
    let (lab, client) = build_lab(Profile::Contract);
    let here = lab.engine().lab_computer();
    let [game, other] = [r"C:\game\game.exe", r"D:\game.exe"].map(|exe| here.add_process(exe));
    let refused = |program: &str| {
        let _fault = lab.fault(Fault::fail(E_ABORT).about_program(program));
        let find = |name| {
            let flags = GetProcessFlags::empty();
            client.get_running_process_system_id_by_executable_name(0, Some(name), flags, Some(&mut None))
        };
        let create = |line| client.create_process(0, Some(line), CreateFlags::empty());
        let calls = [
            describe(&client, 0, game),
            describe(&client, 0, other),
            find("game.exe"),
            find("explorer.exe"),
            create(r"C:\game\game -x"),
            create("winver"),
        ];
        calls.map(|hresult| hresult == E_ABORT)
    };
    assert_eq!(refused("GAME.EXE"), [true, true, true, false, true, false]);
    assert_eq!(refused(r"c:\game\game.exe"), [true, false, false, false, true, false]);
    assert_eq!(refused("winver.exe"), [false, false, false, false, false, true]);
    assert_eq!(catch_panic(|| Fault::fail(E_FAIL).about_program(r"C:\game\")), r#""C:\\game\\" has no file name"#);
}

#[test]
fn a_predicate_sees_the_arguments_and_may_use_the_lab() {
    let (lab, client) = build_lab(Profile::Contract);
    let asked = Arc::new(AtomicU32::new(0));
    let predicate = {
        let (lab, asked) = (lab.clone(), Arc::clone(&asked));
        move |call: &Call<&str>| {
            asked.fetch_add(1, Ordering::Relaxed);
            lab.now() == 0 && matches!(call, Call::AttachProcess { process_id: 64 | 68, .. })
        }
    };
    let fault = lab.fault(Fault::fail(E_ACCESSDENIED).of(Method::AttachProcess).when(predicate).on_nth(2));
    assert_eq!([76, 64, 68, 64].map(|id| attach(&client, 0, id)), [S_OK, S_OK, E_ACCESSDENIED, S_OK]);
    lab.computer("BOX17").dbgsrv("tcp:port=6000").unwrap();
    assert!(list_ids(&client, 0).is_ok());
    // Only about calls of the method.
    assert_eq!((asked.load(Ordering::Relaxed), fault.hits()), (4, 1));
    drop(fault);
    assert_eq!(attach(&client, 0, 68), S_OK);
    assert_eq!(asked.load(Ordering::Relaxed), 4);
}

/// The predicate is the test's, so it may panic. The call has not begun.
#[test]
fn a_predicate_that_panics_leaves_the_lab_as_it_was() {
    let (lab, client) = build_lab(Profile::Contract);
    let fault = lab.fault(Fault::fail(E_FAIL).when(|_| panic!("not this call")).optional());
    assert_eq!(catch_panic(|| list_ids(&client, 0)), "not this call");
    drop(fault);
    assert!(list_ids(&client, 0).is_ok());
    assert_eq!(lab.journal().events().len(), 4);
    lab.assert_clean();
}

#[test]
fn a_process_ends_during_an_attach() {
    let (lab, client) = build_lab(Profile::Contract);
    let here = lab.engine().lab_computer();
    let game = here.add_process("game.exe");
    let fault = lab.fault(Fault::process_ends());
    // Spared: they attach to no running process.
    assert_eq!(describe(&client, 0, game), S_OK);
    assert_eq!(client.attach_process(0, 4711, AttachFlags::empty()), E_INVALIDARG);
    assert_eq!(fault.hits(), 0);
    assert_eq!(client.attach_process(0, game, AttachFlags::empty()), STATUS_PROCESS_IS_TERMINATING);
    assert_eq!(client.attach_process(0, game, AttachFlags::empty()), E_INVALIDARG);
    assert_eq!((fault.hits(), here.facts().processes.len()), (1, 4));
    lab.assert_clean();
}

#[test]
fn a_condition_replaces_one_of_its_kind() {
    let (lab, client) = build_lab(Profile::Contract);
    let fault =
        Fault::fail(E_FAIL).of(Method::EndProcessServer).of(Method::AttachProcess).when(|_| false).when(|_| true);
    let _fault = lab.fault(fault);
    assert_eq!(attach(&client, 0, 64), E_FAIL);
    assert_eq!(client.end_process_server(0), E_INVALIDARG);
}

#[test]
fn a_fault_names_parts_of_one_lab() {
    let (one, other) = (Lab::default(), Lab::default());
    let fault = Fault::fail(E_FAIL).by(&one.engine());
    assert!(catch_panic(|| fault.about_process(&other.computer("BOX17"), 64)).contains("of another lab"));
}
