//! Finds the capabilities of a subject by harmless calls. An engine that implements a method returns something else than
//! E_NOTIMPL, whether the call succeeds or not.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use super::capability::{Capabilities, Capability};
use crate::call::{Call, Caller, CreateProcess2, Outcome, Pointer};
use crate::client::HostLocation;
use crate::conformance::perform::SubjectConfig;
use crate::conformance::perform::run::ProgramRun;
use crate::conformance::program::placeholders::{only, several};
use crate::conformance::program::{HandleName, Placeholder, ProcessRef, Program, ProgramHost, Step};
use crate::flags::{
    AttachFlags, Class, CreateFlags, CreateProcessOptions, EndSessionFlags, EngineOptions, ExecutionStatus,
    InterruptFlags, OutputMask,
};
use crate::hresult::{E_NOINTERFACE, E_NOTIMPL};
use crate::interface::Interface;
use crate::method::Method;
use crate::options::Transport;
use crate::process::Computer;
use crate::trace::EventKind;

/// The options with which a process server is started on each transport. Every computer has the first two.
const SERVER_OPTIONS: [(Transport, &str); 5] = [
    (Transport::Tcp, "tcp:port=7001"),
    (Transport::Npipe, "npipe:pipe=alpha"),
    (Transport::Com, "com:port=com1,baud=9600,channel=3"),
    (Transport::Spipe, "spipe:proto=tls1,certuser=user,pipe=alpha"),
    (Transport::Ssl, "ssl:proto=tls1,certuser=user,port=7001"),
];

/// Options on the transport on which no case needs a server.
const FIREWIRE_OPTIONS: &str = "1394:channel=3";

/// Returns a call of every method. QueryInterface asks for the version that the client object has.
fn calls(config: &SubjectConfig) -> Vec<Call> {
    let text = |text: &str| Some(text.to_owned());
    vec![
        Call::QueryInterface { interface: config.newest.clone() },
        Call::CreateClient,
        Call::EndSession { flags: EndSessionFlags::from(u32::MAX) },
        Call::StartServer { options: text("") },
        Call::StartProcessServer { flags: 0, options: text(""), reserved: 0 },
        Call::ConnectProcessServer { remote_options: text(""), server: Pointer::Given },
        Call::DisconnectProcessServer { server: 0 },
        Call::EndProcessServer { server: 0 },
        Call::WaitForProcessServerEnd { timeout: 0 },
        Call::GetRunningProcessSystemIds { server: 0, ids: Pointer::Given, count: 1, actual_count: Pointer::Given },
        Call::GetRunningProcessSystemIdByExecutableName {
            server: 0,
            exe_name: text("nosuch.exe"),
            flags: 0.into(),
            id: Pointer::Given,
        },
        Call::GetRunningProcessDescription {
            server: 0,
            system_id: 0,
            flags: 0.into(),
            exe_name: Pointer::Given,
            exe_name_size: 64,
            actual_exe_name_size: Pointer::Given,
            description: Pointer::Given,
            description_size: 64,
            actual_description_size: Pointer::Given,
        },
        Call::AttachProcess { server: 0, process_id: 0, attach_flags: AttachFlags::from(0x40) },
        Call::CreateProcess { server: 0, command_line: text(""), create_flags: CreateFlags::DEBUG_ONLY_THIS_PROCESS },
        Call::CreateProcess2(invalid_options()),
        Call::CreateProcessAndAttach {
            server: 0,
            command_line: None,
            create_flags: CreateFlags::empty(),
            process_id: 0,
            attach_flags: AttachFlags::from(0),
        },
        Call::CreateProcessAndAttach2 { create: invalid_options(), process_id: 0, attach_flags: AttachFlags::from(0) },
        Call::OutputServers { output_control: 0, machine: text(r"\\localhost"), flags: 0.into() },
        Call::TerminateProcesses,
        Call::DetachProcesses,
        Call::GetExitCode { code: Pointer::Given },
        Call::DispatchCallbacks { timeout: 0 },
        Call::ExitDispatch,
        Call::GetOutputMask { mask: Pointer::Given },
        Call::SetOutputMask { mask: OutputMask::NORMAL },
        Call::FlushCallbacks,
        Call::TerminateCurrentProcess,
        Call::DetachCurrentProcess,
        Call::AbandonCurrentProcess,
        Call::GetInterrupt,
        Call::SetInterrupt { flags: InterruptFlags::PASSIVE },
        Call::GetDebuggeeType { class: Pointer::Given, qualifier: Pointer::Given },
        Call::GetExecutionStatus { status: Pointer::Given },
        Call::SetExecutionStatus { status: ExecutionStatus::BREAK },
        Call::GetEngineOptions { options: Pointer::Given },
        Call::AddEngineOptions { options: EngineOptions::empty() },
        Call::RemoveEngineOptions { options: EngineOptions::empty() },
        Call::SetEngineOptions { options: EngineOptions::empty() },
        Call::Execute { output_control: 0, command: text(""), flags: 0.into() },
        Call::WaitForEvent { flags: 0, timeout: 0 },
        Call::GetNumberProcesses { number: Pointer::Given },
        Call::GetCurrentProcessSystemId { sys_id: Pointer::Given },
        Call::GetCurrentProcessId { id: Pointer::Given },
        Call::SetCurrentProcessId { id: 0 },
        Call::GetProcessIdsByIndex { start: 0, count: 1, ids: Pointer::Given, sys_ids: Pointer::Given },
        Call::GetProcessIdBySystemId { sys_id: 1, id: Pointer::Given },
    ]
}

/// Returns options with an invalid size, which every engine rejects.
fn invalid_options() -> CreateProcess2 {
    let options = CreateProcessOptions::default();
    CreateProcess2 { command_line: Some(String::new()), options: Some(options), ..CreateProcess2::default() }
}

/// Returns the capabilities that the subject shows. `perform` performs a program on a fresh engine of it.
pub(crate) fn probe(perform: impl Fn(&Program, &SubjectConfig) -> ProgramRun) -> Capabilities {
    let default = |program: &Program| perform(program, &SubjectConfig::default());
    let mut lacking = lacking_at_the_ends(1..=Interface::WHOLE_SURFACE, &default);
    if lacking.len() == usize::from(Interface::WHOLE_SURFACE) {
        lacking.extend(lacking_at_the_ends(Interface::WHOLE_SURFACE + 1..=9, &default));
    }
    let newest = Capabilities { lacking: lacking.clone(), ..Capabilities::default() }.config();
    let perform = |program: &Program| perform(program, &newest);
    let queried = given_by_query(&perform);
    let uncreated = queried.iter().filter(|version| lacking.remove(&Capability::Version(**version))).copied().collect();
    let version = newest.newest.version().unwrap_or(Interface::WHOLE_SURFACE);
    let (there, newer): (Vec<Call>, Vec<Call>) = calls(&newest).into_iter().partition(|call| call.since() <= version);
    lacking.extend(newer.iter().map(|call| Capability::Method(call.method())));
    lacking.extend(lacking_by_answers(there, &perform));
    if !queried.is_empty() {
        lacking.remove(&Capability::Method(Method::QueryInterface));
    }
    lacking.extend(lacking_surroundings(&perform(&surroundings())));
    if !lacking.contains(&Capability::Method(Method::StartProcessServer)) {
        lacking.extend(transports(&perform));
        if !lacking.contains(&Capability::Processes) && reaches_itself_alone(&perform) {
            lacking.extend([Capability::Processes, Capability::Kill]);
        }
    }
    // The first time may be that of a machine that was busy.
    if is_slow(&perform) && is_slow(&perform) {
        lacking.insert(Capability::QuickConnections);
    }
    Capabilities { lacking, uncreated, ..Capabilities::default() }
}

/// Whether the engine takes more than half a second to connect to a server and to disconnect, as one does under Wine
/// (OBS-14).
fn is_slow(perform: &dyn Fn(&Program) -> ProgramRun) -> bool {
    const TIMES: u32 = 3;
    let host = ProgramHost::plain();
    let connect = Call::ConnectProcessServer { remote_options: host.client_string(0), server: Pointer::Given };
    let disconnect =
        |nth| (step(connect.clone()), step_on(HandleName::Issued(nth), Call::DisconnectProcessServer { server: 0 }));
    let duration = |times: u32| {
        let steps = (0..times as usize).map(disconnect).flat_map(|(connect, disconnect)| [connect, disconnect]);
        let program = Program { hosts: vec![host.clone()], steps: steps.collect() };
        let begin = Instant::now();
        perform(&program);
        begin.elapsed()
    };
    duration(TIMES).saturating_sub(duration(0)) > TIMES * Duration::from_millis(500)
}

/// Whether the engine lists all bystanders or finds one by its name, which nobody could guess: then it looks at the real
/// computer.
pub(crate) fn sees_bystanders(
    capabilities: &Capabilities,
    perform: impl Fn(&Program, &SubjectConfig) -> ProgramRun,
) -> bool {
    let calls = [
        Call::GetRunningProcessSystemIds { server: 0, ids: Pointer::Given, count: 4096, actual_count: Pointer::Given },
        Call::GetRunningProcessSystemIdByExecutableName {
            server: 0,
            exe_name: Some(Placeholder::ONLY.to_owned()),
            flags: 0.into(),
            id: Pointer::Given,
        },
    ];
    let has = |call: &Call| capabilities.has(Capability::Method(call.method()));
    let steps: Vec<Step> = calls.into_iter().filter(has).map(step).collect();
    if steps.is_empty() || capabilities.has(Capability::Facts) {
        return false;
    }
    let capabilities = Capabilities { sees_bystanders: true, ..capabilities.clone() };
    let run = perform(&Program { hosts: Vec::new(), steps }, &capabilities.config());
    let computer = run.events.iter().find_map(|(_, event)| match &event.kind {
        EventKind::Computer { computer, .. } => Some(computer),
        _ => None,
    });
    let Some(Computer { processes, .. }) = computer else { return false };
    outcomes(&run).iter().any(|(_, Outcome { out, .. })| {
        let lists_all = |ids: &Vec<u32>| processes.iter().all(|process| ids.contains(&process.id));
        out.ids.as_ref().is_some_and(lists_all) || (out.id.is_some() && out.id == only(processes).map(|only| only.id))
    })
}

/// Returns the versions of the client interface among these that DebugCreate does not give. One that is missing between two
/// others is a failure, which the cases judge, and does not count as missing.
fn lacking_at_the_ends(versions: RangeInclusive<u8>, perform: &dyn Fn(&Program) -> ProgramRun) -> BTreeSet<Capability> {
    let creates = versions.clone().map(|version| Call::DebugCreate { interface: Interface::DebugClient(version) });
    let mut lacking = lacking_by_answers(creates.collect(), perform);
    let mut given = versions.filter(|version| !lacking.contains(&Capability::Version(*version)));
    if let Some(oldest) = given.next() {
        let newest = given.next_back().unwrap_or(oldest);
        for version in oldest..newest {
            lacking.remove(&Capability::Version(version));
        }
    }
    lacking
}

/// Returns the versions that QueryInterface gives.
fn given_by_query(perform: &dyn Fn(&Program) -> ProgramRun) -> BTreeSet<u8> {
    let query = |version| step(Call::QueryInterface { interface: Interface::DebugClient(version) });
    let program = Program { hosts: Vec::new(), steps: (1..=Interface::WHOLE_SURFACE).map(query).collect() };
    let outcomes = outcomes(&perform(&program));
    let is_given = |at: usize| outcomes.iter().any(|(of, outcome)| *of == Some(at) && outcome.succeeded());
    (1..=Interface::WHOLE_SURFACE).filter(|version| is_given(usize::from(*version) - 1)).collect()
}

/// Whether the engine reaches a process server of its own process, but none of another process. The processes are then
/// separate worlds, such as those of a mock that is loaded twice.
fn reaches_itself_alone(perform: &dyn Fn(&Program) -> ProgramRun) -> bool {
    let reaches = |process: u32, (_, options): &(Transport, &str)| {
        let options = Some((*options).to_owned());
        let flags = Class::USER_WINDOWS.bits();
        let call = Call::StartProcessServer { flags, options: options.clone(), reserved: 0 };
        let start = step_by(Caller { process, ..Caller::default() }, call);
        let remote_options = options.map(|options| format!("{options},server=@{process}"));
        let connect = step(Call::ConnectProcessServer { remote_options, server: Pointer::Given });
        let hosts = vec![ProgramHost { place: HostLocation::Here, options: None }];
        let program = Program { hosts, steps: vec![start, connect] };
        outcomes(&perform(&program)).last().is_some_and(|(_, outcome)| outcome.succeeded())
    };
    let usual = &SERVER_OPTIONS[..2];
    usual.iter().any(|options| reaches(0, options)) && !usual.iter().any(|options| reaches(1, options))
}

/// Returns the capabilities that the outcomes of these calls show to be missing.
fn lacking_by_answers(mut calls: Vec<Call>, perform: &dyn Fn(&Program) -> ProgramRun) -> BTreeSet<Capability> {
    let mut lacking = BTreeSet::new();
    // A crash hides the outcomes of later calls, so they are made again without the crashing one.
    loop {
        let program = Program { hosts: Vec::new(), steps: calls.iter().cloned().map(step).collect() };
        let outcomes_so_far = outcomes(&perform(&program));
        // The last call of a step is its own. Before it there may be one that makes a client object of the newest version.
        let outcome = |step: usize| outcomes_so_far.iter().rfind(|(of, _)| *of == Some(step));
        lacking.extend(calls.iter().enumerate().filter_map(|(at, call)| lacks(call, &outcome(at)?.1)));
        match outcomes_so_far.last() {
            Some((Some(last), outcome)) if outcome.hresult().is_none() => drop(calls.remove(*last)),
            _ => return lacking,
        }
    }
}

/// Returns the transports of cases on which no server starts. If none starts on any transport, the cases shall judge that, and
/// no transport counts as missing.
fn transports(perform: &dyn Fn(&Program) -> ProgramRun) -> Vec<Capability> {
    let is_there = |options: &str| {
        let host = ProgramHost { place: HostLocation::Here, options: Some(options.to_owned()) };
        let started = outcomes(&perform(&Program { hosts: vec![host], steps: Vec::new() }));
        started.last().is_some_and(|(_, outcome)| outcome.succeeded())
    };
    let (there, missing): (Vec<_>, Vec<_>) = SERVER_OPTIONS.into_iter().partition(|(_, options)| is_there(options));
    let missing = missing.into_iter().map(|(transport, _)| Capability::Transport(transport));
    if !there.is_empty() || is_there(FIREWIRE_OPTIONS) { missing.collect() } else { Vec::new() }
}

fn step(call: Call) -> Step {
    step_by(Caller::default(), call)
}

fn step_by(by: Caller, call: Call) -> Step {
    Step::Call { by, call, handle: HandleName::Zero, target: ProcessRef::Unknown }
}

fn step_on(handle: HandleName, call: Call) -> Step {
    Step::Call { by: Caller::default(), call, handle, target: ProcessRef::Unknown }
}

fn outcomes(trial: &ProgramRun) -> Vec<(Option<usize>, Outcome)> {
    let calls = trial.events.iter().filter_map(|(step, event)| match &event.kind {
        EventKind::Call(recorded) => Some((*step, recorded.outcome.clone())),
        _ => None,
    });
    calls.collect()
}

fn lacks(call: &Call, outcome: &Outcome) -> Option<Capability> {
    let hresult = outcome.hresult()?;
    match call {
        // Any other error breaks a requirement, so the cases show it.
        Call::DebugCreate { interface } if hresult == E_NOINTERFACE => interface.version().map(Capability::Version),
        Call::QueryInterface { .. } if hresult == E_NOINTERFACE => Some(Capability::Method(Method::QueryInterface)),
        _ => (hresult == E_NOTIMPL).then(|| Capability::Method(call.method())),
    }
}

/// Returns a program with another process, one on another computer, a second thread, and a kill.
fn surroundings() -> Program {
    let hosts = [HostLocation::Here, HostLocation::Elsewhere].map(|place| ProgramHost { place, options: None });
    let on_thread = step_by(Caller { thread: 1, ..Caller::default() }, Call::CreateClient);
    Program { hosts: hosts.into(), steps: vec![on_thread, Step::Kill { process: 1 }] }
}

fn lacking_surroundings(trial: &ProgramRun) -> Vec<Capability> {
    use Capability::{Computers, Facts, Kill, Namesakes, Processes, Threads};
    let mut lacking = vec![Processes, Computers, Kill, Threads, Facts, Namesakes];
    let mut has = |capability, is_shown: bool| lacking.retain(|other| !is_shown || *other != capability);
    for (step, event) in &trial.events {
        match &event.kind {
            EventKind::ProcessKilled { .. } => has(Kill, true),
            EventKind::Computer { process, computer, .. } => {
                // A server on another computer is reached by the name of that computer.
                has(Computers, *process == 2 && !computer.names.is_empty());
                has(Facts, *process == 0 && only(&computer.processes).is_some());
                has(Namesakes, *process == 0 && several(&computer.processes).is_some());
            }
            EventKind::Call(recorded) => {
                has(Processes, recorded.by.process != 0);
                has(Threads, recorded.by.thread != 0 && step.is_some());
            }
            EventKind::Elapsed { .. } => {}
        }
    }
    lacking
}
