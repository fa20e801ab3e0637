//! Sets of outcomes: what is in them, and what is said of an outcome that is not.

use dbgeng_testkit::Outputs;
use dbgeng_testkit::flags::DescriptionFlags;
use dbgeng_testkit::model::Expected;
use dbgeng_testkit::status::Statuses;

use super::*;

fn wrote(hresult: HRESULT, write: impl FnOnce(&mut Outputs)) -> Outcome {
    let mut outcome = Outcome::returned(hresult);
    write(&mut outcome.out);
    outcome
}

fn listed(ids: Option<&[u32]>, actual_count: Option<u32>) -> Outcome {
    wrote(S_OK, |out| (out.ids, out.actual_count) = (ids.map(<[u32]>::to_vec), actual_count))
}

/// The sizes that a description with buffers of four and of eight characters gives.
fn sizes(hresult: HRESULT, exe_name: Option<u32>, description: Option<u32>) -> Outcome {
    wrote(hresult, |out| (out.actual_exe_name_size, out.actual_description_size) = (exe_name, description))
}

#[test]
fn a_successful_query_writes_each_output_that_it_was_given() {
    let both = Expected::WroteOutputs { ids: true, actual_count: true };
    assert!(both.contains(&listed(Some(&[4]), Some(1))));
    assert!(!both.contains(&listed(None, Some(1))));
    assert!(!both.contains(&listed(Some(&[4]), None)));
    assert!(both.contains(&Outcome::returned(E_FAIL)));
    assert!(Expected::WroteOutputs { ids: false, actual_count: true }.contains(&listed(None, Some(1))));
    assert!(Expected::WroteOutputs { ids: true, actual_count: false }.contains(&listed(Some(&[4]), None)));
}

/// OBS-50.
#[test]
fn the_count_is_the_number_of_processes_and_the_array_is_filled() {
    assert!(Expected::CountCoversIds.contains(&listed(Some(&[4, 8]), Some(2))));
    assert!(Expected::CountCoversIds.contains(&listed(Some(&[4, 8]), Some(9))));
    assert!(!Expected::CountCoversIds.contains(&listed(Some(&[4, 8]), Some(1))));
    let two = Expected::FilledIds(2);
    assert!(two.contains(&listed(Some(&[4, 8]), Some(9))));
    assert!(two.contains(&listed(Some(&[4]), Some(1))));
    assert!(!two.contains(&listed(Some(&[4]), Some(9))));
    assert!(!two.contains(&listed(Some(&[4]), Some(2))));
}

/// STR-1, STR-4: S_OK says that the string is whole, and S_FALSE that it may have been cut.
#[test]
fn an_actual_size_is_that_of_the_whole_string_and_its_nul() {
    let described = |hresult, size| {
        wrote(hresult, |out| (out.exe_name, out.actual_exe_name_size) = (Some("a.exe".to_owned()), Some(size)))
    };
    let exact = Expected::SizesCountNul;
    assert!(exact.contains(&described(S_OK, 6)));
    assert!(!exact.contains(&described(S_OK, 5)));
    assert!(!exact.contains(&described(S_OK, 7)));
    assert!(exact.contains(&described(S_FALSE, 7)));
    let whole = Expected::SizesAreWhole;
    assert!(whole.contains(&described(S_FALSE, 6)));
    assert!(whole.contains(&described(S_FALSE, 7)));
    assert!(!whole.contains(&described(S_FALSE, 5)));
    assert!(whole.contains(&described(S_OK, 5)));
}

/// STR-3, Q-35: a buffer of which nobody knows whether it was too small decides nothing.
#[test]
fn a_short_buffer_is_s_false() {
    let buffers =
        |exe_name, description, open| Expected::ShortBufferIsSFalse { exe_name, description, open, unasked: false };
    let both = buffers(Some(4), Some(8), false);
    for (exe_name, description, is_short) in [(4, 8, false), (5, 8, true), (4, 9, true)] {
        assert_eq!(both.contains(&sizes(S_FALSE, Some(exe_name), Some(description))), is_short);
        assert_eq!(both.contains(&sizes(S_OK, Some(exe_name), Some(description))), !is_short);
        assert!(both.contains(&sizes(E_FAIL, Some(exe_name), Some(description))));
    }
    assert!(both.contains(&sizes(S_FALSE, Some(4), None)));
    assert!(both.contains(&sizes(S_OK, Some(4), None)));
    assert!(!both.contains(&sizes(S_OK, None, Some(9))));
    let one = buffers(Some(4), None, false);
    assert!(!one.contains(&sizes(S_FALSE, Some(4), Some(9))));
    assert!(one.contains(&sizes(S_OK, Some(4), Some(9))));
    let unasked = Expected::ShortBufferIsSFalse { exe_name: Some(4), description: None, open: false, unasked: true };
    assert!(unasked.contains(&sizes(S_FALSE, Some(4), Some(9))) && unasked.contains(&sizes(S_OK, Some(4), Some(9))));
    assert!(!unasked.contains(&sizes(S_OK, Some(5), Some(9))));
    let open = buffers(Some(4), Some(8), true);
    assert!(open.contains(&sizes(S_FALSE, Some(4), Some(8))) && open.contains(&sizes(S_OK, Some(5), Some(8))));
    assert!(!open.contains(&sizes(S_OK, Some(4), Some(9))));
}

#[test]
fn each_string_fits_into_its_own_buffer() {
    let described = |exe_name: &str, description: &str| {
        wrote(S_OK, |out| {
            out.exe_name = Some(exe_name.to_owned());
            out.description = Some(description.to_owned());
        })
    };
    let expected = Expected::FitsInto(4, 8);
    assert!(expected.contains(&described("abc", "defghij")));
    assert!(!expected.contains(&described("abcd", "defghij")));
    assert!(!expected.contains(&described("abc", "defghijk")));
}

/// A process is told by its name, its description and the sizes of both (OBS-53, OBS-54).
#[test]
fn a_description_is_that_of_its_process() {
    let process = Process { session: Some(1), command_line: None, ..Process::new(64, "services.exe") };
    let mut run = workstation(Profile::Dbgeng, vec![process]);
    let call = Call::GetRunningProcessDescription {
        server: 0,
        system_id: 64,
        flags: DescriptionFlags::empty(),
        exe_name: Pointer::Given,
        exe_name_size: 64,
        actual_exe_name_size: Pointer::Given,
        description: Pointer::Given,
        description_size: 64,
        actual_description_size: Pointer::Given,
    };
    let right = wrote(S_OK, |out| {
        (out.exe_name, out.actual_exe_name_size) = (Some("services.exe".to_owned()), Some(13));
        (out.description, out.actual_description_size) = (Some("Session: 1".to_owned()), Some(11));
    });
    assert_eq!(run.judge(CLIENT, &call, &right), NONE);
    let changes: [fn(&mut Outputs); 4] = [
        |out| out.exe_name = Some("services.com".to_owned()),
        |out| out.description = Some("Session: 2".to_owned()),
        |out| (out.exe_name, out.actual_exe_name_size) = (None, Some(14)),
        |out| (out.description, out.actual_description_size) = (None, Some(12)),
    ];
    for change in changes {
        let mut wrong = right.clone();
        change(&mut wrong.out);
        let broken = run.judge(CLIENT, &call, &wrong);
        assert_eq!(broken, ["description/names-the-image", "description/parts-and-layout"], "{wrong:?}");
    }
}

#[test]
fn a_violation_names_the_values_that_differ() {
    let process = Process { session: Some(1), command_line: None, ..Process::new(64, "services.exe") };
    let run = workstation(Profile::Dbgeng, vec![process]);
    let said = |call: &Call, outcome: &Outcome| {
        let violations = run.clone().0.observe(CLIENT, call, outcome).unwrap_err();
        violations.iter().map(|violation| violation.mismatch()).collect::<Vec<String>>()
    };
    let describe = Call::GetRunningProcessDescription {
        server: 0,
        system_id: 64,
        flags: DescriptionFlags::empty(),
        exe_name: Pointer::Given,
        exe_name_size: 4,
        actual_exe_name_size: Pointer::Given,
        description: Pointer::Given,
        description_size: 64,
        actual_description_size: Pointer::Given,
    };
    let described = |hresult, name: &str, size| {
        wrote(hresult, |out| {
            (out.exe_name, out.actual_exe_name_size) = (Some(name.to_owned()), Some(size));
            (out.description, out.actual_description_size) = (Some("Session: 1".to_owned()), Some(11));
        })
    };
    for (call, outcome, expected) in [
        (&ids(0), listed(Some(&[64, 64]), Some(1)), "expected an ActualCount of at least 2, got ActualCount 1"),
        (&ids(0), listed(Some(&[64, 64]), Some(2)), "expected no duplicate id, got the id 64 more than once"),
        (&ids(0), listed(Some(&[64]), Some(3)), "expected 3 ids, with room for 64 and ActualCount 3, got 1 ids"),
        (
            &describe,
            described(S_OK, "ser", 13),
            "expected S_FALSE, since ExeName needs 13 characters and has room for 4, got S_OK (0x00000000)",
        ),
        (
            &describe,
            described(S_FALSE, "ser", 4),
            "expected S_OK, since ExeName needs 4 characters and has room for 4, and Description needs 11 characters and \
             has room for 64, got S_FALSE (0x00000001)",
        ),
        (
            &describe,
            described(S_FALSE, "services.exe", 13),
            "expected at most 4 characters of ExeName, with the closing NUL, got 13 characters of ExeName",
        ),
        (
            &describe,
            described(S_OK, "ser", 3),
            "expected ActualExeNameSize 4, with the closing NUL, got ActualExeNameSize 3",
        ),
        (&describe, described(S_FALSE, "sir", 13), "expected ExeName \"ser\", got ExeName \"sir\""),
        (&describe, described(S_FALSE, "ser", 14), "expected ActualExeNameSize 13, got ActualExeNameSize 14"),
    ] {
        let said = said(call, &outcome);
        assert!(said.iter().any(|said| said == expected), "{expected:?} is not among {said:#?}");
    }
}

/// A process that was created has an id that no call tells (CRE-19), so as many ids may be new as processes were.
#[test]
fn a_list_is_of_the_processes_that_are_known() {
    let mut run = workstation(Profile::Contract, vec![Process::new(64, "services.exe")]);
    let wrong = |run: &mut Run, ids_of: &[u32]| {
        let outcome = listed(Some(ids_of), Some(u32::try_from(ids_of.len()).unwrap()));
        run.0.observe(CLIENT, &ids(0), &outcome).err().map(|violations| violations[0].to_string())
    };
    let prefix = "ids/lists-the-computer: GetRunningProcessSystemIds: expected ids out of";
    assert_eq!(wrong(&mut run, &[64]), None);
    let stranger = |id| format!("{id}, which no known process has");
    assert_eq!(wrong(&mut run, &[64, 68]), Some(format!("{prefix} 64, got {}", stranger("68"))));
    let command_line = Some(r"C:\tools\a.exe /now".to_owned());
    let create = Call::CreateProcess { server: 0, command_line, create_flags: 0.into() };
    run.right(CLIENT, &create, S_OK);
    assert_eq!(wrong(&mut run, &[64, 68]), None);
    let expected = format!("{prefix} 64, the new a.exe, got {}", stranger("68, 72"));
    assert_eq!(wrong(&mut run, &[64, 68, 72]), Some(expected));
}

/// A search by name finds a process of that name, or one whose id is unknown.
#[test]
fn a_name_is_that_of_the_process_with_its_id() {
    let mut run = workstation(Profile::Contract, vec![Process::new(64, "services.exe"), Process::new(68, "a.exe")]);
    let find = Call::GetRunningProcessSystemIdByExecutableName {
        server: 0,
        exe_name: Some("a.exe".to_owned()),
        flags: 0.into(),
        id: Pointer::Given,
    };
    let found = |run: &mut Run, id| run.judge(CLIENT, &find, &wrote(S_OK, |out| out.id = Some(id)));
    assert_eq!(found(&mut run, 68), NONE);
    assert_eq!(found(&mut run, 64), ["name/one-match-is-its-id"]);
    assert_eq!(found(&mut run, 72), ["name/one-match-is-its-id"]);
    let create = Call::CreateProcess { server: 0, command_line: Some("a.exe".to_owned()), create_flags: 0.into() };
    run.right(CLIENT, &create, S_OK);
    assert_eq!(found(&mut run, 72), NONE);
}

/// A requirement is counted where an outcome can break it: what was written is of interest only where it should have been.
#[test]
fn what_a_requirement_has_said_is_counted() {
    let mut run = Run::new(Profile::Dbgeng);
    let count = |run: &Run, requirement: Requirement| {
        let at = Requirement::ALL.iter().position(|one| *one == requirement).unwrap();
        run.0.judged()[at]
    };
    run.judge(CLIENT, &ids(0), &Outcome::returned(E_FAIL));
    assert_eq!(count(&run, Requirement::IdsSucceeds), 1);
    assert_eq!(count(&run, Requirement::IdsAtMostCount), 0);
    assert_eq!(count(&run, Requirement::CallOutputsUntouchedOnFailure), 1);
    run.judge(CLIENT, &ids(0), &listed(Some(&[4]), Some(1)));
    assert_eq!(count(&run, Requirement::IdsSucceeds), 2);
    assert_eq!(count(&run, Requirement::IdsAtMostCount), 1);
    assert_eq!(count(&run, Requirement::CallOutputsUntouchedOnFailure), 1);
}

#[test]
fn a_violation_has_the_endings_that_were_allowed() {
    let mut run = Run::new(Profile::Contract);
    let endings = |run: &mut Run, call: &Call, outcome: &Outcome| {
        let violations = run.0.observe(CLIENT, call, outcome).unwrap_err();
        violations[0].endings
    };
    assert_eq!(endings(&mut run, &disconnect(5), &Outcome::returned(S_OK)), Some(Statuses::ERROR));
    assert_eq!(endings(&mut run, &ids(0), &listed(Some(&[4, 4]), Some(2))), None);
}

/// A crash is judged by the rule that the call was to keep where that one is a MUST or the one for null pointers, and
/// otherwise by call/returns as well.
#[test]
fn a_crash_is_judged_once() {
    let crashed = Outcome { ending: Ending::Crashed, out: Default::default() };
    let mut run = Run::new(Profile::Contract);
    assert_eq!(run.judge(CLIENT, &disconnect(5), &crashed), ["handle/unknown-is-refused"]);
    let mut run = Run::new(Profile::Contract);
    let null = Call::ConnectProcessServer { remote_options: None, server: Pointer::Given };
    assert_eq!(run.judge(CLIENT, &null, &crashed), ["pointer/null-is-refused"]);
    let mut run = Run::new(Profile::Contract);
    let illegal = Call::AttachProcess { server: 0, process_id: 64, attach_flags: 3.into() };
    assert_eq!(run.judge(CLIENT, &illegal, &crashed), ["attach/illegal-flags-are-refused", "call/returns"]);
}
