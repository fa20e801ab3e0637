//! The calls of a session, made directly and through COM: the outcomes are the same.

use std::collections::BTreeSet;
use std::ffi::c_void;
use std::sync::{Arc, Mutex};

use dbgeng_testkit::com::{CharSet, ComClient, expose, interfaces};
use dbgeng_testkit::flags::{AttachFlags, EngineOptions, ExecuteFlags, ExecutionStatus, InterruptFlags, OutputMask};
use dbgeng_testkit::hresult::{S_FALSE, S_OK};
use dbgeng_testkit::{
    Call, DebugClient, DebugEvent, EventCallbacks, HRESULT, Method, Outcome, OutputCallbacks, Pointer, Profile,
    dispatch,
};
use windows_core::{IUnknown, Interface as _};

use crate::support::{BOX17, build_lab, connect, list_ids};

/// Callbacks that keep what they are told.
#[derive(Default)]
struct Log(Mutex<Vec<String>>);

impl EventCallbacks for Log {
    fn event(&self, event: &DebugEvent) -> ExecutionStatus {
        self.0.lock().unwrap().push(format!("{event:?}"));
        ExecutionStatus::NO_CHANGE
    }
}

impl OutputCallbacks for Log {
    fn output(&self, mask: OutputMask, text: &str) {
        self.0.lock().unwrap().push(format!("{} {text}", mask.bits()));
    }
}

/// A session: an attach, its first event, and its end in several ways.
fn calls(server: u64, process_id: u32) -> Vec<Call> {
    let status = || Call::GetExecutionStatus { status: Pointer::Given };
    let number = || Call::GetNumberProcesses { number: Pointer::Given };
    let id = || Call::GetCurrentProcessSystemId { sys_id: Pointer::Given };
    let kind = |class, qualifier| Call::GetDebuggeeType { class, qualifier };
    let options = || Call::GetEngineOptions { options: Pointer::Given };
    let wait = || Call::WaitForEvent { flags: 0, timeout: 100 };
    let attach = || Call::AttachProcess { server, process_id, attach_flags: AttachFlags::empty() };
    let execute = |command: Option<&str>| Call::Execute {
        output_control: 0,
        command: command.map(str::to_owned),
        flags: ExecuteFlags::NO_REPEAT,
    };
    let mut calls = vec![status(), number(), id(), kind(Pointer::Given, Pointer::Given), wait(), Call::GetInterrupt];
    calls.extend([
        Call::AddEngineOptions { options: EngineOptions::INITIAL_BREAK.union(EngineOptions::FINAL_BREAK) },
        Call::RemoveEngineOptions { options: EngineOptions::FINAL_BREAK },
        options(),
        Call::SetEngineOptions { options: EngineOptions::INITIAL_BREAK },
        Call::GetEngineOptions { options: Pointer::Null },
        Call::SetOutputMask { mask: OutputMask::NORMAL.union(OutputMask::WARNING) },
        Call::GetOutputMask { mask: Pointer::Given },
        Call::FlushCallbacks,
        Call::ExitDispatch,
        Call::DispatchCallbacks { timeout: 50 },
        Call::DispatchCallbacks { timeout: 50 },
        execute(Some("version")),
        execute(Some("\u{416}")),
        execute(None),
    ]);
    let ends = [
        Call::DetachCurrentProcess,
        Call::DetachProcesses,
        Call::AbandonCurrentProcess,
        Call::TerminateCurrentProcess,
        Call::TerminateProcesses,
    ];
    for end in ends {
        calls.extend([attach(), wait(), status(), number(), id(), kind(Pointer::Given, Pointer::Null)]);
        calls.extend([
            Call::GetCurrentProcessId { id: Pointer::Given },
            Call::SetCurrentProcessId { id: 0 },
            Call::GetProcessIdsByIndex { start: 0, count: 1, ids: Pointer::Given, sys_ids: Pointer::Given },
            Call::GetProcessIdsByIndex { start: 0, count: 2, ids: Pointer::Given, sys_ids: Pointer::Null },
            Call::GetProcessIdBySystemId { sys_id: process_id, id: Pointer::Given },
            wait(),
        ]);
        calls.extend([
            Call::SetInterrupt { flags: InterruptFlags::PASSIVE },
            Call::GetInterrupt,
            Call::GetExitCode { code: Pointer::Given },
            Call::SetExecutionStatus { status: ExecutionStatus::GO },
            status(),
            end,
            status(),
            wait(),
        ]);
    }
    calls
}

/// Runs the session in a new lab, and returns its outcomes and what the callbacks were told.
fn run(profile: Profile, through_com: Option<CharSet>) -> (Vec<(Call, Outcome)>, Vec<String>) {
    let (_lab, client) = build_lab(profile);
    let client: Box<dyn DebugClient> = match through_com {
        Some(char_set) => Box::new(ComClient::from(expose(client)).char_set(char_set)),
        None => Box::new(client),
    };
    let log = Arc::new(Log::default());
    assert_eq!(client.set_event_callbacks(Some(log.clone())), S_OK);
    assert_eq!(client.set_output_callbacks(Some(log.clone())), S_OK);
    let server = connect(&*client, BOX17).unwrap();
    let process_id = *list_ids(&*client, server).unwrap().last().unwrap();
    let outcomes = calls(server, process_id).into_iter().map(|call| {
        let outcome = dispatch(&*client, &call);
        let mut event = None;
        let found = client.get_last_event_information(Some(&mut event));
        log.0.lock().unwrap().push(format!("{found:?} {event:?}"));
        (call, outcome)
    });
    let outcomes = outcomes.collect();
    drop(client);
    let told = std::mem::take(&mut *log.0.lock().unwrap());
    (outcomes, told)
}

#[test]
fn a_session_is_the_same_through_com() {
    for profile in Profile::ALL {
        let (expected, expected_log) = run(profile, None);
        assert!(expected_log.iter().any(|line| line.starts_with("CreateProcess")), "{expected_log:?}");
        assert!(expected_log.iter().any(|line| line.contains("Break instruction exception")), "{expected_log:?}");
        for char_set in [CharSet::Ansi, CharSet::Wide] {
            let (outcomes, log) = run(profile, Some(char_set));
            for (expected, outcome) in expected.iter().zip(&outcomes) {
                assert_eq!(outcome, expected, "{profile}, {char_set:?}");
            }
            assert_eq!(log, expected_log, "{profile}, {char_set:?}");
        }
    }
}

#[test]
fn the_session_has_every_method_that_it_should_have() {
    let called: BTreeSet<Method> = calls(0, 0).iter().map(Call::method).collect();
    let first = Method::ALL.iter().position(|method| *method == Method::TerminateProcesses).unwrap();
    let missing: Vec<&Method> =
        Method::ALL[first..].iter().filter(|method| !method.manages_clients() && !called.contains(method)).collect();
    assert_eq!(missing, Vec::<&Method>::new());
}

type LastEventSlot = unsafe extern "system" fn(
    *mut c_void,
    *mut u32,
    *mut u32,
    *mut u32,
    *mut u8,
    u32,
    *mut u32,
    *mut u8,
    u32,
    *mut u32,
) -> HRESULT;

/// OBS-247.
#[test]
fn a_last_event_is_cut_to_fit() {
    let (_lab, client) = build_lab(Profile::default());
    let server = connect(&client, BOX17).unwrap();
    let process_id = *list_ids(&client, server).unwrap().last().unwrap();
    assert_eq!(client.add_engine_options(EngineOptions::INITIAL_BREAK), S_OK);
    assert_eq!(client.attach_process(server, process_id, AttachFlags::empty()), S_OK);
    assert_eq!(client.wait_for_event(0, 100), S_OK);
    let client = expose(client);
    let control = interfaces().into_iter().find(|interface| interface.name == "IDebugControl").unwrap();
    let place = control.slots.iter().position(|slot| slot.name == "GetLastEventInformation").unwrap();
    let mut this = std::ptr::null_mut();
    // SAFETY: an id, and room for a pointer.
    assert_eq!(unsafe { client.query(&control.id, &mut this) }, S_OK);
    // SAFETY: the reference is given up with this.
    let held = unsafe { IUnknown::from_raw(this) };
    for (extra_size, description_size, expected, text) in [
        (0xA0, 59, S_OK, "Break instruction exception - code 80000003 (first chance)\0"),
        (0xA0, 8, S_FALSE, "Break i\0"),
        (8, 59, S_FALSE, "Break instruction exception - code 80000003 (first chance)\0"),
        (0xA0, 0, S_FALSE, ""),
    ] {
        let (mut ids, mut sizes, mut bytes, mut found) = ([0; 3], [0; 2], [0x77_u8; 0xA0], [0x77_u8; 59]);
        let [kind, process, thread] = &mut ids;
        let [used, length] = &mut sizes;
        // SAFETY: the vtable has the slot, and the sizes are those of the buffers at the most.
        let hresult = unsafe {
            let slot: LastEventSlot = (*this.cast::<*const LastEventSlot>()).add(place).read();
            let (bytes, found) = (bytes.as_mut_ptr(), found.as_mut_ptr());
            slot(this, kind, process, thread, bytes, extra_size, used, found, description_size, length)
        };
        assert_eq!((hresult, ids, sizes), (expected, [2, 0, 1], [0xA0, 59]));
        assert_eq!(&found[..text.len()], text.as_bytes());
        assert!(found[text.len()..].iter().chain(&bytes[extra_size as usize..]).all(|byte| *byte == 0x77));
    }
    drop(held);
}
