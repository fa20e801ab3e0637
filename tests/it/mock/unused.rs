//! Faults and happenings that never come about.

use dbgeng_testkit::mock::{Fault, Happening, sweep};

use super::*;
use crate::support::catch_panic;

#[test]
fn a_fault_that_never_applies_is_named_with_its_line() {
    let (lab, client) = build_lab(Profile::Contract);
    let line = line!() + 1;
    let fault = lab.fault(Fault::fail(E_FAIL).of(Method::AttachProcess).about_program("game.exe").on_nth(2));
    let said = catch_panic(|| lab.assert_clean());
    let call = "Fault::fail(E_FAIL (0x80004005)).of(AttachProcess).about_program(\"game.exe\").on_nth(2)";
    let place = format!("set up at {}:{line}:", file!());
    assert!(said.contains(&format!("{call} has not applied: no call is of its kind\n    {place}")), "{said}");
    assert!(said.contains("`optional`"), "{said}");

    let game = lab.engine().lab_computer().add_process("game.exe");
    let attach = || client.attach_process(0, game, AttachFlags::NONINVASIVE);
    assert_eq!(attach(), S_OK);
    assert!(lab.unused()[0].contains("has not applied: 1 call is of its kind"), "{:?}", lab.unused());
    assert_eq!(attach(), E_FAIL);
    assert_eq!((fault.hits(), lab.unused()), (1, vec![]));
}

#[test]
fn a_fault_that_was_dropped_too_early_is_named() {
    let (lab, client) = build_lab(Profile::Contract);
    let _ = lab.fault(Fault::delay(5));
    drop(lab.fault(Fault::lose_connection_before().optional()));
    {
        let _applies = lab.fault(Fault::out_of_memory());
        assert_eq!(list_ids(&client, 0), Err(E_OUTOFMEMORY));
    }
    assert!(list_ids(&client, 0).is_ok());
    let unused = lab.unused();
    let said = "Fault::delay(5) has not applied: its guard was dropped before the next call";
    assert!(unused.len() == 1 && unused[0].starts_with(said), "{unused:?}");
}

#[test]
fn a_predicate_that_holds_for_no_call_is_named() {
    let (lab, client) = build_lab(Profile::Contract);
    let _fault = lab.fault(Fault::fail(E_FAIL).of(Method::AttachProcess).when(|_| false));
    assert!(lab.unused()[0].contains("has not applied: no call is of its kind"), "{:?}", lab.unused());
    let game = lab.engine().lab_computer().add_process("game.exe");
    for said in [
        "its condition on the arguments does not hold for the 1 call of its kind",
        "its condition on the arguments holds for none of the 2 calls",
    ] {
        assert_eq!(client.attach_process(0, game, AttachFlags::NONINVASIVE), S_OK);
        assert!(list_ids(&client, 0).is_ok());
        assert!(lab.unused()[0].contains(said), "{:?}", lab.unused());
    }
}

#[test]
fn a_happening_that_has_not_happened_is_named() {
    let (lab, client) = build_lab(Profile::Contract);
    let computer = lab.computer("BOX17");
    lab.at_call(1, Happening::process_ends(&computer, 64));
    lab.at_call(2, Happening::hosts_die());
    lab.at_time(5, Happening::process_starts(&computer, "late.exe").optional());
    assert!(list_ids(&client, 0).is_ok());
    let said = catch_panic(|| lab.assert_clean());
    assert!(
        said.contains("Happening::hosts_die() has not happened: it is due before call 2, and there were 1"),
        "{said}"
    );
    assert!(!said.contains("process_ends") && !said.contains("late.exe"), "{said}");
    assert!(list_ids(&client, 0).is_ok());
    lab.assert_clean();
}

/// The failure that a sweep provokes lets the test end before its own faults come about. Without a failure they have to.
#[test]
fn a_sweep_expects_the_faults_of_the_test_only_without_a_failure() {
    let test = |count: u64| {
        sweep(Profile::Contract, move |lab| -> Result<(), HRESULT> {
            let client = lab.engine().client();
            lab.fault(Fault::delay(5).on_nth(count)).keep();
            list_ids(&client, 0)?;
            list_ids(&client, 0)?;
            lab.assert_clean();
            Ok(())
        })
    };
    test(2).assert_clean();
    let report = test(3);
    assert!(
        report.to_string().contains("without any failure: panicked: the lab is not clean:\nFault::delay(5).on_nth(3)")
    );
}

#[test]
fn a_number_that_is_no_probability_is_refused_by_name() {
    for number in [f64::NAN, -0.1, 1.5, f64::INFINITY] {
        let said = catch_panic(|| Fault::fail(E_FAIL).with_probability(number, 7));
        assert_eq!(said, format!("expected a number from 0 to 1, found {number}"));
    }
    assert_eq!(catch_panic(|| Fault::fail(E_FAIL).on_first(0)), "calls are counted from 1");
}

#[test]
fn no_two_processes_have_one_id() {
    let computer = Lab::default().computer("BOX17");
    let (one, other) = (Process::new(8, "a.exe"), Process::new(8, "b.exe"));
    let said = catch_panic(|| computer.set_processes(vec![one.clone(), other]));
    assert_eq!(said, "processes[1].id: 8: processes[0] has this id already");
    computer.set_processes(vec![one, Process::new(u32::MAX - 3, "last.exe"), Process::new(12, "b.exe")]);
    assert_eq!(
        catch_panic(|| computer.change_process(12, |process| process.id = 8)),
        "8: another process has this id already"
    );
    assert!(computer.change_process(12, |process| process.id = 12));
    // The ids begin again, and leave out those that are taken.
    assert_eq!(["c.exe", "d.exe"].map(|exe| computer.add_process(exe)), [12 + 4, 20]);
}

#[test]
fn a_computer_that_nobody_could_reach_is_refused() {
    let lab = Lab::default();
    for name in ["", "localhost", "127.0.0.1", "two words", "a,b"] {
        let says = format!("{name:?}: no connection string leads to a computer of this name");
        assert_eq!(catch_panic(|| lab.computer(name)), says);
        assert_eq!(catch_panic(|| lab.computer("BOX17").add_name(name).clone()), says);
    }
}
