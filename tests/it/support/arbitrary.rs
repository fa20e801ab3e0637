//! Strategies for random events and calls.

use std::sync::Arc;

use dbgeng_testkit::flags::CreateProcessOptions;
use dbgeng_testkit::trace::{Event, EventKind, Recorded};
use dbgeng_testkit::{Call, Caller, CreateProcess2, Ending, Outcome, Outputs, Pointer};
use dbgeng_testkit::{Computer, HRESULT, Interface, Process};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;

/// Names of processes, and events of these processes, with seq that grows. Without calls outside the surface.
pub(crate) fn events() -> impl Strategy<Value = (Vec<String>, Vec<Event>)> {
    let names = btree_set(text(), 1..4).prop_map(Vec::from_iter).prop_shuffle();
    (names, any::<u32>(), vec((1..u64::MAX >> 4, what(call())), 0..8)).prop_map(|(names, first, events)| {
        let events = with_seq(events, first, &names);
        (names, events)
    })
}

/// Numbers the events by the distances between them, and brings their processes into the range of the names.
pub(crate) fn with_seq(events: Vec<(u64, EventKind)>, first: u32, names: &[String]) -> Vec<Event> {
    let count = u32::try_from(names.len()).expect("a handful of names");
    let mut seq = u64::from(first);
    let numbered = events.into_iter().map(|(distance, mut kind)| {
        seq += distance;
        let process = process_of(&mut kind);
        *process %= count;
        Event { seq, kind }
    });
    numbered.collect()
}

pub(crate) fn process_of(kind: &mut EventKind) -> &mut u32 {
    match kind {
        EventKind::Call(recorded) => &mut recorded.by.process,
        EventKind::ProcessKilled { process }
        | EventKind::Elapsed { process, .. }
        | EventKind::Computer { process, .. } => process,
    }
}

pub(crate) fn what(call: impl Strategy<Value = Call> + 'static) -> impl Strategy<Value = EventKind> {
    prop_oneof![
        8 => recorded(call).prop_map(|recorded| EventKind::Call(Box::new(recorded))),
        1 => any::<u32>().prop_map(|process| EventKind::ProcessKilled { process }),
        1 => (any::<u32>(), any::<u64>()).prop_map(|(process, ms)| EventKind::Elapsed { process, ms }),
        1 => (any::<u32>(), computer(), any::<bool>())
            .prop_map(|(process, computer, others)| EventKind::Computer { process, computer, others }),
    ]
}

fn computer() -> impl Strategy<Value = Computer> {
    let known = (option::of(any::<u32>()), nullable(), nullable(), vec(text(), 0..3), text());
    let process = (any::<u32>(), text(), known).prop_map(|(id, exe, known)| {
        let (session, user, command_line, services, architecture) = known;
        Arc::new(Process { id, exe, session, user, command_line, services, architecture })
    });
    (vec(text(), 0..3), vec(process, 0..4)).prop_map(|(names, processes)| Computer { names, processes })
}

fn recorded(call: impl Strategy<Value = Call>) -> impl Strategy<Value = Recorded> {
    let by = any::<(u32, u32, u32)>().prop_map(|(process, thread, client)| Caller { process, thread, client });
    let interval = any::<(i64, i64)>().prop_map(|(one, other)| (one.min(other), one.max(other)));
    (by, call, any::<bool>(), outcome(), option::of(any::<u64>()), option::of(interval)).prop_map(
        |(by, call, wide, outcome, elapsed_us, interval)| {
            let outcome = Outcome { ending: ending_of(&call, outcome.ending), ..outcome };
            let wide = wide && call.method().wide_since().is_some();
            Recorded { by, call, wide, outcome, elapsed_us, interval }
        },
    )
}

pub(crate) fn outcome() -> impl Strategy<Value = Outcome> {
    (ending(), outputs()).prop_map(|(ending, out)| Outcome { ending, out })
}

/// `Release` returns a count, every other method of the surface an HRESULT.
fn ending_of(call: &Call, ending: Ending) -> Ending {
    match (call, ending) {
        (Call::Release, Ending::Returned(code)) => Ending::References(code.0.cast_unsigned()),
        (Call::Release | Call::OtherMethod { .. }, ending) => ending,
        (_, Ending::References(count)) => Ending::Returned(HRESULT(count.cast_signed())),
        (_, ending) => ending,
    }
}

fn ending() -> impl Strategy<Value = Ending> {
    prop_oneof![
        4 => any::<i32>().prop_map(|code| Ending::Returned(HRESULT(code))),
        1 => any::<u32>().prop_map(Ending::References),
        1 => Just(Ending::Crashed),
        1 => Just(Ending::TimedOut),
    ]
}

fn outputs() -> impl Strategy<Value = Outputs> {
    let number = || option::of(any::<u32>());
    let numbers = (number(), number(), number(), number(), number());
    let session = (number(), number(), number(), number(), number(), number(), number(), number());
    let ids = || option::of(vec(any::<u32>(), 0..5));
    (option::of(handle()), numbers, (ids(), ids()), nullable(), nullable(), session).prop_map(
        |(server, numbers, (ids, sys_ids), exe_name, description, session)| {
            let (client, id, actual_count, actual_exe_name_size, actual_description_size) = numbers;
            let (code, mask, options, status, class, qualifier, number, sys_id) = session;
            Outputs {
                server,
                client,
                id,
                actual_count,
                ids,
                actual_exe_name_size,
                actual_description_size,
                exe_name,
                description,
                code,
                mask,
                options,
                status,
                class,
                qualifier,
                number,
                sys_id,
                sys_ids,
                other: None,
            }
        },
    )
}

/// Any call of the surface.
pub(crate) fn call() -> BoxedStrategy<Call> {
    prop_oneof![
        interface().prop_map(|interface| Call::DebugCreate { interface }),
        interface().prop_map(|interface| Call::QueryInterface { interface }),
        Just(Call::Release),
        Just(Call::CreateClient),
        call_of_a_client(),
    ]
    .boxed()
}

/// Any call that a client object answers and that makes or ends none.
pub(crate) fn call_of_a_client() -> BoxedStrategy<Call> {
    let u = any::<u32>;
    let number = |make: fn(u64) -> Call| handle().prop_map(make);
    prop_oneof![
        u().prop_map(|flags| Call::EndSession { flags: flags.into() }),
        nullable().prop_map(|options| Call::StartServer { options }),
        (u(), nullable(), handle()).prop_map(|(flags, options, reserved)| Call::StartProcessServer {
            flags,
            options,
            reserved
        }),
        (nullable(), pointer())
            .prop_map(|(remote_options, server)| Call::ConnectProcessServer { remote_options, server }),
        number(|server| Call::DisconnectProcessServer { server }),
        number(|server| Call::EndProcessServer { server }),
        u().prop_map(|timeout| Call::WaitForProcessServerEnd { timeout }),
        (handle(), pointer(), u(), pointer()).prop_map(|(server, ids, count, actual_count)| {
            Call::GetRunningProcessSystemIds { server, ids, count, actual_count }
        }),
        (handle(), nullable(), u(), pointer()).prop_map(|(server, exe_name, flags, id)| {
            Call::GetRunningProcessSystemIdByExecutableName { server, exe_name, flags: flags.into(), id }
        }),
        description(),
        (handle(), u(), u()).prop_map(|(server, process_id, flags)| {
            Call::AttachProcess { server, process_id, attach_flags: flags.into() }
        }),
        (handle(), nullable(), u()).prop_map(|(server, command_line, flags)| {
            Call::CreateProcess { server, command_line, create_flags: flags.into() }
        }),
        create().prop_map(Call::CreateProcess2),
        (handle(), nullable(), u(), u(), u()).prop_map(|(server, command_line, create, process_id, attach)| {
            let (create_flags, attach_flags) = (create.into(), attach.into());
            Call::CreateProcessAndAttach { server, command_line, create_flags, process_id, attach_flags }
        }),
        (create(), u(), u()).prop_map(|(create, process_id, flags)| {
            Call::CreateProcessAndAttach2 { create, process_id, attach_flags: flags.into() }
        }),
        (u(), nullable(), u()).prop_map(|(output_control, machine, flags)| {
            Call::OutputServers { output_control, machine, flags: flags.into() }
        }),
        call_of_a_session(),
    ]
    .boxed()
}

fn call_of_a_session() -> impl Strategy<Value = Call> {
    use Call::*;
    let bare = vec![
        TerminateProcesses,
        DetachProcesses,
        ExitDispatch,
        FlushCallbacks,
        TerminateCurrentProcess,
        DetachCurrentProcess,
        AbandonCurrentProcess,
        GetInterrupt,
    ];
    let gets: Vec<fn(Pointer) -> Call> = vec![
        |code| GetExitCode { code },
        |mask| GetOutputMask { mask },
        |status| GetExecutionStatus { status },
        |options| GetEngineOptions { options },
        |number| GetNumberProcesses { number },
        |sys_id| GetCurrentProcessSystemId { sys_id },
        |id| GetCurrentProcessId { id },
    ];
    let sets: Vec<fn(u32) -> Call> = vec![
        |timeout| DispatchCallbacks { timeout },
        |mask| SetOutputMask { mask: mask.into() },
        |flags| SetInterrupt { flags: flags.into() },
        |status| SetExecutionStatus { status: status.into() },
        |options| AddEngineOptions { options: options.into() },
        |options| RemoveEngineOptions { options: options.into() },
        |options| SetEngineOptions { options: options.into() },
        |id| SetCurrentProcessId { id },
    ];
    prop_oneof![
        prop::sample::select(bare),
        (prop::sample::select(gets), pointer()).prop_map(|(make, pointer)| make(pointer)),
        (prop::sample::select(sets), any::<u32>()).prop_map(|(make, number)| make(number)),
        (pointer(), pointer()).prop_map(|(class, qualifier)| GetDebuggeeType { class, qualifier }),
        (any::<u32>(), nullable(), any::<u32>()).prop_map(|(output_control, command, flags)| Execute {
            output_control,
            command,
            flags: flags.into()
        }),
        any::<(u32, u32)>().prop_map(|(flags, timeout)| WaitForEvent { flags, timeout }),
        (any::<(u32, u32)>(), pointer(), pointer())
            .prop_map(|((start, count), ids, sys_ids)| { GetProcessIdsByIndex { start, count, ids, sys_ids } }),
        (any::<u32>(), pointer()).prop_map(|(sys_id, id)| GetProcessIdBySystemId { sys_id, id }),
    ]
}

fn description() -> impl Strategy<Value = Call> {
    let outputs = (pointer(), any::<u32>(), pointer());
    (handle(), any::<u32>(), any::<u32>(), outputs.clone(), outputs).prop_map(
        |(server, system_id, flags, exe_name, description)| Call::GetRunningProcessDescription {
            server,
            system_id,
            flags: flags.into(),
            exe_name: exe_name.0,
            exe_name_size: exe_name.1,
            actual_exe_name_size: exe_name.2,
            description: description.0,
            description_size: description.1,
            actual_description_size: description.2,
        },
    )
}

fn create() -> impl Strategy<Value = CreateProcess2> {
    let options = any::<(u32, u32, u32, u32)>().prop_map(|(create, eng_create, verifier_flags, reserved)| {
        let (create_flags, eng_create_flags) = (create.into(), eng_create.into());
        CreateProcessOptions { create_flags, eng_create_flags, verifier_flags, reserved }
    });
    (handle(), nullable(), option::of(options), any::<u32>(), nullable(), nullable()).prop_map(
        |(server, command_line, options, options_buffer_size, initial_directory, environment)| CreateProcess2 {
            server,
            command_line,
            options,
            options_buffer_size,
            initial_directory,
            environment,
        },
    )
}

fn pointer() -> impl Strategy<Value = Pointer> + Clone {
    prop_oneof![Just(Pointer::Given), Just(Pointer::Null)]
}

pub(crate) fn interface() -> impl Strategy<Value = Interface> {
    // Through the name: `Other("IDebugClient")` would be the second value for one name.
    let name = prop_oneof!["IDebugClient[0-9]{0,2}", Just("IUnknown".to_owned()), text()];
    name.prop_map(|name| Interface::from(name.as_str()))
}

fn handle() -> impl Strategy<Value = u64> {
    prop_oneof![1 => Just(0), 1 => Just(u64::MAX), 4 => any::<u64>()]
}

fn nullable() -> impl Strategy<Value = Option<String>> {
    option::of(text())
}

/// Strings with what JSON has to escape and what it need not.
fn text() -> impl Strategy<Value = String> {
    let awkward = vec(
        prop_oneof![any::<char>(), prop::char::range('\0', ' '), prop::sample::select(vec!['"', '\\', '\n', '€', '𝄞'])],
        0..6,
    );
    prop_oneof![
        awkward.prop_map(String::from_iter),
        any::<String>(),
        Just("tcp:server=localhost,port=7001".to_owned()),
        Just(r#""C:\Program Files\Ä.exe" /x"#.to_owned()),
    ]
}
