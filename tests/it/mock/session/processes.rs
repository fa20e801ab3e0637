//! The processes of a session: their numbers, the last event, and the filters of events.

use super::*;

/// OBS-243.
#[test]
fn a_session_numbers_its_processes() {
    for profile in VERSIONS {
        let (lab, client, server, first) = attached(profile);
        let current = |client: &LabClient| number(|id| client.get_current_process_id(Some(id)));
        let list = |client: &LabClient, start, count| {
            let (mut ids, mut sys_ids) = (None, None);
            let code = client.get_process_ids_by_index(start, count, Some(&mut ids), Some(&mut sys_ids));
            ids.zip(sys_ids).ok_or(code)
        };
        assert_eq!((current(&client), list(&client, 0, 0)), (Err(E_UNEXPECTED), Err(E_INVALIDARG)));
        break_in(&client);
        let second = lab.computer("box17").add_process("b.exe");
        assert_eq!(client.attach_process(server, second, AttachFlags::empty()), S_OK);
        assert_eq!((current(&client), list(&client, 0, 2)), (Ok(0), Err(E_INVALIDARG)));
        assert_eq!(client.wait_for_event(0, 100), S_OK);

        assert_eq!((current(&client), process_id(&client)), (Ok(1), Ok(second)));
        assert_eq!(list(&client, 0, 2), Ok((vec![0, 1], vec![first, second])));
        assert_eq!(list(&client, 1, 1), Ok((vec![1], vec![second])));
        assert_eq!([list(&client, 1, 2), list(&client, 2, 0)], [Err(E_INVALIDARG), Err(E_INVALIDARG)]);
        assert_eq!(client.get_process_ids_by_index(u32::MAX, 2, None, None), E_INVALIDARG);
        let id_of = |sys_id| number(|id| client.get_process_id_by_system_id(sys_id, Some(id)));
        assert_eq!([id_of(first), id_of(second), id_of(999_996)], [Ok(0), Ok(1), Err(E_NOINTERFACE)]);

        assert_eq!((client.set_current_process_id(0), process_id(&client)), (S_OK, Ok(first)));
        assert_eq!((client.set_current_process_id(2), process_id(&client)), (E_NOINTERFACE, Ok(first)));
        // After a wait in which nothing broke in, a tool can still choose one.
        assert_eq!((client.wait_for_event(0, 100), current(&client)), (S_FALSE, Err(E_UNEXPECTED)));
        assert_eq!((client.set_current_process_id(1), process_id(&client)), (S_OK, Ok(second)));
        assert_eq!((client.detach_current_process(), process_id(&client)), (S_OK, Ok(first)));
        assert_eq!(list(&client, 0, 1), Ok((vec![0], vec![first])));
    }
}

/// OBS-244.
#[test]
fn filters_of_events_are_options() {
    let (_lab, client, ..) = attached(Profile::Contract);
    let options = |client: &LabClient| number(|options| client.get_engine_options(Some(options)));
    let run = |command| client.execute(0, Some(command), ExecuteFlags::empty());
    for (command, left) in [
        ("sxe ibp", 0x20),
        ("sxd ibp", 0),
        (" sxe  IBP ", 0x20),
        ("sxe iml", 0x60),
        ("sxi ibp", 0x40),
        ("sxn ibp", 0x40),
    ] {
        assert_eq!((run(command), options(&client)), (S_OK, Ok(left)), "{command}");
    }
    for other in ["sxe", "sxe ibp cpr", "sxd ibpx", "sxd iml:x", "version"] {
        assert_eq!((run(other), options(&client)), (S_OK, Ok(0x40)), "{other}");
    }
    for (command, left) in
        [("sxe epr", 0xC0), ("sxd epr", 0x40), (r#"sxe -c "sxd ibp" -h ibp"#, 0x60), ("sx- ibp", 0x60)]
    {
        assert_eq!((run(command), options(&client)), (S_OK, Ok(left)), "{command}");
    }
    let log = Arc::new(Log::default());
    assert_eq!(client.set_event_callbacks(Some(log.clone())), S_OK);
    for (command, index) in [("sxe ibp", 7), ("sxd cpr", 2), ("sxe ld:ntdll", 4), ("sx- out", 9)] {
        assert_eq!((run(command), log.take()), (S_OK, vec![format!("ChangeEngineState(0x100, {index:#x})")]));
    }
    assert_eq!(client.wait_for_event(0, INFINITE), S_OK);
}

/// OBS-247.
#[test]
fn the_last_event_is_that_a_process_broke_in() {
    for profile in VERSIONS {
        let (lab, client, server, _) = attached(profile);
        let last = |client: &LabClient| {
            let mut event = None;
            assert_eq!(client.get_last_event_information(Some(&mut event)), S_OK);
            event.unwrap()
        };
        let place = |client: &LabClient| {
            let event = last(client);
            (event.kind.bits(), event.process_id, event.thread_id)
        };
        assert_eq!(client.get_last_event_information(None), E_POINTER);
        assert_eq!(last(&client), LastEvent::none());
        break_in(&client);
        assert_eq!(place(&client), (2, 0, 1));
        let LastEvent { extra_information, description, .. } = last(&client);
        assert_eq!(description, "Break instruction exception - code 80000003 (first chance)");
        assert_eq!((extra_information.len(), &extra_information[..4]), (0xA0, &[3, 0, 0, 0x80][..]));

        let second = lab.computer("box17").add_process("b.exe");
        assert_eq!(client.attach_process(server, second, AttachFlags::empty()), S_OK);
        assert_eq!((client.wait_for_event(0, 100), place(&client)), (S_OK, (2, 1, 3)));
        assert_eq!((client.set_current_process_id(0), place(&client)), (S_OK, (2, 1, 3)));
        assert_eq!((client.set_current_process_id(1), client.detach_current_process()), (S_OK, S_OK));
        assert_eq!(last(&client), LastEvent::none());

        // The process goes on, and is interrupted.
        assert_eq!(client.set_execution_status(ExecutionStatus::GO), S_OK);
        // OBS-248: in between, it does not seem to run.
        assert_eq!((client.wait_for_event(0, 100), status(&client)), (S_FALSE, ExecutionStatus::BREAK.bits()));
        assert_eq!(last(&client), LastEvent::none());
        assert_eq!(client.set_interrupt(InterruptFlags::ACTIVE), S_OK);
        assert_eq!((client.wait_for_event(0, 100), place(&client)), (S_OK, (2, 0, 1)));
        assert_eq!(client.detach_processes(), S_OK);
        assert_eq!(last(&client), LastEvent::none());
    }
}
