//! Engines that keep the contract in other ways than the mock: none of them raises an alarm.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use dbgeng_testkit::conformance::Suite;
use dbgeng_testkit::flags::{AttachFlags, DescriptionFlags, EngCreateFlags, GetProcessFlags};
use dbgeng_testkit::hresult::{
    E_FAIL, E_INVALIDARG, E_NOINTERFACE, E_NOTIMPL, ERROR_MOD_NOT_FOUND, HRESULT, S_FALSE, S_OK,
};
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::{
    Call, Computer, DebugClient, Ending, Engine, HostLocation, Interface, Method, Out, Outcome, Profile, dispatch,
};

use crate::support::{Answer, without_many_connections, wrap};

/// A code that no source names.
const OTHER_CODE: HRESULT = HRESULT(0x8004_0123_u32.cast_signed());

/// The number of random programs for each engine.
fn programs() -> u64 {
    if std::env::var_os("CI").is_some() { 300 } else { 30 }
}

fn judge(name: &str, make: impl Fn() -> Box<dyn Engine> + Send + Sync + 'static) {
    let report = without_many_connections(Suite::new(name, make)).programs(programs()).depth(2).run();
    assert_eq!(report.objections(), Vec::<String>::new(), "{name}: {}", report.text(false));
}

/// The mock with answers of its own.
fn judge_answer<A: Answer + Default + 'static>(name: &str) {
    judge(name, || wrap(Box::new(Lab::new(Profile::Contract).engine()), Arc::new(A::default())));
}

/// Answers every call by a function.
#[derive(Clone, Copy)]
struct ByFunction(fn(&dyn DebugClient, &Call) -> Outcome);

impl Answer for ByFunction {
    fn answer(&self, client: &dyn DebugClient, call: &Call) -> Outcome {
        (self.0)(client, call)
    }

    fn start_process(&self, _place: HostLocation) -> Option<Arc<dyn Answer>> {
        Some(Arc::new(*self))
    }
}

fn judge_function(name: &str, answer: fn(&dyn DebugClient, &Call) -> Outcome) {
    judge(name, move || wrap(Box::new(Lab::new(Profile::Contract).engine()), Arc::new(ByFunction(answer))));
}

/// Has these versions of the client interface.
#[derive(Clone)]
struct Versions(&'static [u8]);

impl Versions {
    fn has(&self, interface: &Interface) -> bool {
        interface.version().is_none_or(|version| self.0.contains(&version))
    }
}

impl Answer for Versions {
    fn debug_create(
        &self,
        engine: &dyn Engine,
        interface: &Interface,
        client: Out<'_, Box<dyn DebugClient>>,
    ) -> HRESULT {
        if !self.has(interface) {
            return E_NOINTERFACE;
        }
        // The mock of the contract has no newer interface than version 5.
        let version = interface.version().map_or_else(|| interface.clone(), |at| Interface::DebugClient(at.min(5)));
        engine.debug_create(&version, client)
    }

    fn query_interface(
        &self,
        client: &dyn DebugClient,
        interface: &Interface,
        out: Out<'_, Box<dyn DebugClient>>,
    ) -> HRESULT {
        if !self.has(interface) {
            return E_NOINTERFACE;
        }
        let version = interface.version().map_or_else(|| interface.clone(), |at| Interface::DebugClient(at.min(5)));
        client.query_interface(&version, out)
    }

    /// A method of a version that the engine does not have fails.
    fn answer(&self, client: &dyn DebugClient, call: &Call) -> Outcome {
        let newest = self.0.iter().max().copied().unwrap_or_default();
        if call.since() > newest { Outcome::returned(E_FAIL) } else { dispatch(client, call) }
    }

    fn start_process(&self, _place: HostLocation) -> Option<Arc<dyn Answer>> {
        Some(Arc::new(self.clone()))
    }
}

#[test]
fn an_engine_has_any_versions_of_the_client_interface() {
    const SETS: [&[u8]; 10] =
        [&[1], &[2], &[3], &[4], &[5], &[6], &[9], &[1, 2, 3], &[2, 3, 4], &[1, 2, 3, 4, 5, 6, 7, 8, 9]];
    for versions in SETS {
        let make = || wrap(Box::new(Lab::new(Profile::Contract).engine()), Arc::new(Versions(versions)));
        let report = without_many_connections(Suite::new("versions", make)).programs(30).depth(1).run();
        assert_eq!(report.objections(), Vec::<String>::new(), "versions {versions:?}: {}", report.text(false));
        // It is judged on every method that it has.
        let newest = versions.iter().filter(|version| **version <= 5).max().copied().unwrap_or(5);
        for method in Method::ALL.iter().filter(|method| !method.manages_clients()) {
            let capability = report.capabilities.iter().find(|capability| capability.name == method.name()).unwrap();
            let is_there = method.since() <= newest;
            assert_eq!((capability.has, capability.cases > 0), (is_there, is_there), "{versions:?}: {method}");
        }
    }
}

#[test]
fn an_engine_serves_one_transport_alone() {
    fn without(transport: &str, client: &dyn DebugClient, call: &Call) -> Outcome {
        let text = connection_string(call);
        let is_missing = text.is_some_and(|text| text.to_ascii_lowercase().starts_with(transport));
        if is_missing { Outcome::returned(E_INVALIDARG) } else { dispatch(client, call) }
    }
    judge_function("tcp alone", |client, call| without("npipe:", client, call));
    judge_function("npipe alone", |client, call| without("tcp:", client, call));
    judge_function("com alone", |client, call| {
        let is_com = connection_string(call).is_none_or(|text| text.to_ascii_lowercase().starts_with("com:"));
        if is_com { dispatch(client, call) } else { Outcome::returned(E_INVALIDARG) }
    });
}

/// Is one process with one thread, of which nothing is known.
#[derive(Default)]
struct OneProcess;

impl Answer for OneProcess {
    fn start_process(&self, _place: HostLocation) -> Option<Arc<dyn Answer>> {
        None
    }

    fn computer(&self, _engine: &dyn Engine) -> Option<Computer> {
        None
    }

    fn on_thread(&self, _engine: &dyn Engine, thread: u32, work: &mut (dyn FnMut() + Send)) -> bool {
        if thread == 0 {
            work();
        }
        thread == 0
    }
}

#[test]
fn an_engine_is_one_process() {
    judge_answer::<OneProcess>("one process");
}

#[test]
fn a_null_buffer_or_one_without_room_is_answered_with_s_false() {
    judge_function("S_FALSE for null buffers", |client, call| {
        let mut outcome = dispatch(client, call);
        match call {
            Call::GetRunningProcessDescription { exe_name, exe_name_size, description, description_size, .. } => {
                let lacks = |is_null: bool, size: u32| is_null || size == 0;
                let is_unasked =
                    lacks(exe_name.is_null(), *exe_name_size) || lacks(description.is_null(), *description_size);
                if outcome.succeeded() && is_unasked {
                    outcome.ending = Ending::Returned(S_FALSE);
                }
            }
            Call::GetRunningProcessSystemIds { ids, count, .. }
                if outcome.succeeded() && (ids.is_null() || *count < 4) =>
            {
                outcome.ending = Ending::Returned(S_FALSE);
            }
            _ => {}
        }
        outcome
    });
    judge_function("S_OK for null buffers", |client, call| {
        let mut outcome = dispatch(client, call);
        if let Call::GetRunningProcessDescription { exe_name, description, .. } = call
            && outcome.succeeded()
            && exe_name.is_null()
            && description.is_null()
        {
            outcome.ending = Ending::Returned(S_OK);
        }
        outcome
    });
}

#[test]
fn an_engine_fails_with_codes_of_its_own() {
    judge_function("other codes", |client, call| {
        let mut outcome = dispatch(client, call);
        let is_named = |code: HRESULT| match call {
            Call::GetRunningProcessSystemIdByExecutableName { .. } => code == E_NOINTERFACE,
            Call::CreateProcessAndAttach2 { create, process_id, .. } => {
                create.command_line.is_none() && *process_id == 0
            }
            _ => code == E_NOTIMPL,
        };
        if outcome.hresult().is_some_and(|code| code.is_err() && !is_named(code)) {
            outcome.ending = Ending::Returned(OTHER_CODE);
        }
        outcome
    });
}

/// Returns the connection string of a call.
fn connection_string(call: &Call) -> Option<&str> {
    match call {
        Call::StartProcessServer { options, .. } | Call::StartServer { options } => options.as_deref(),
        Call::ConnectProcessServer { remote_options, .. } => remote_options.as_deref(),
        _ => None,
    }
}

/// The pages show transports in small letters, keywords without blanks before them, and no port 0.
#[test]
fn an_engine_takes_the_documented_forms_alone() {
    judge_function("documented forms", |client, call| {
        let is_odd = connection_string(call).is_some_and(|text| {
            let (transport, items) = text.split_once(':').unwrap_or_default();
            let is_odd = |item: &str| item.starts_with(' ') || item == "port=0";
            transport.contains(char::is_uppercase) || items.split(',').any(is_odd)
        });
        if is_odd { Outcome::returned(E_INVALIDARG) } else { dispatch(client, call) }
    });
    judge_function("a dot at the end of a pipe's name", |client, call| {
        let mut call = call.clone();
        match &mut call {
            Call::StartProcessServer { options: Some(text), .. }
            | Call::ConnectProcessServer { remote_options: Some(text), .. }
                if text.ends_with('.') =>
            {
                text.push_str("dot");
            }
            _ => {}
        }
        dispatch(client, &call)
    });
}

#[test]
fn an_engine_refuses_what_no_page_explains() {
    judge_function("both debug flags", |client, call| match call {
        Call::CreateProcess { create_flags, command_line: Some(_), .. } if create_flags.bits() & 3 == 3 => {
            Outcome::returned(E_INVALIDARG)
        }
        Call::CreateProcess2(create) if create.options.is_some_and(|options| options.create_flags.bits() & 3 == 3) => {
            Outcome::returned(E_INVALIDARG)
        }
        _ => dispatch(client, call),
    });
    judge_function("a file name as a full path", |client, call| {
        let mut call = call.clone();
        if let Call::GetRunningProcessSystemIdByExecutableName { exe_name: Some(name), flags, .. } = &mut call
            && !name.contains(['\\', '/'])
        {
            *flags -= GetProcessFlags::FULL_MATCH;
        }
        dispatch(client, &call)
    });
}

/// Garbage in the outputs of a call that fails means nothing under the contract.
#[test]
fn a_call_that_fails_writes_outputs() {
    judge_function("outputs of failed calls", |client, call| {
        let mut outcome = dispatch(client, call);
        let Call::ConnectProcessServer { server, .. } = call else { return outcome };
        if !outcome.succeeded() && !server.is_null() {
            outcome.out.server = Some(0);
        }
        outcome
    });
}

#[test]
fn an_engine_takes_flags_that_others_refuse() {
    judge_function("unknown flags", |client, call| {
        let mut call = call.clone();
        match &mut call {
            Call::GetRunningProcessSystemIdByExecutableName { flags, .. } => {
                *flags = GetProcessFlags::from(flags.bits() & 3)
            }
            Call::GetRunningProcessDescription { flags, .. } => *flags = DescriptionFlags::from(flags.bits() & 0x3f),
            Call::StartProcessServer { reserved, .. } => *reserved = 0,
            Call::AttachProcess { attach_flags, .. } | Call::CreateProcessAndAttach { attach_flags, .. } => {
                *attach_flags = AttachFlags::from(attach_flags.bits() & 0x3f);
            }
            Call::CreateProcessAndAttach2 { attach_flags, .. } => {
                *attach_flags = AttachFlags::from(attach_flags.bits() & 0x3f);
            }
            _ => {}
        }
        dispatch(client, &call)
    });
}

/// The engine has a command line of its own, that of another program.
#[test]
fn an_option_replaces_the_command_line() {
    judge_function("an implicit command line", |client, call| {
        let mut call = call.clone();
        if let Call::CreateProcess2(create) | Call::CreateProcessAndAttach2 { create, .. } = &mut call
            && create.takes_implicit_line()
            && create.is_sound()
            && create.command_line.is_some()
        {
            create.command_line = Some(r"C:\windows\system32\services.exe".to_owned());
            if let Some(options) = &mut create.options {
                options.eng_create_flags =
                    options.eng_create_flags.difference(EngCreateFlags::USE_IMPLICIT_COMMAND_LINE);
            }
        }
        dispatch(client, &call)
    });
}

/// Shows only the processes that have run from the beginning.
#[derive(Default)]
struct HidesCreated(Arc<Mutex<BTreeSet<u32>>>);

impl Answer for HidesCreated {
    fn computer(&self, engine: &dyn Engine) -> Option<Computer> {
        let computer = engine.computer()?;
        self.0.lock().unwrap().extend(computer.processes.iter().map(|process| process.id));
        Some(computer)
    }

    fn answer(&self, client: &dyn DebugClient, call: &Call) -> Outcome {
        let mut outcome = dispatch(client, call);
        let is_shown = |id: &u32| self.0.lock().unwrap().contains(id);
        match call {
            Call::GetRunningProcessSystemIds { .. } => {
                if let Some(ids) = &mut outcome.out.ids {
                    ids.retain(is_shown);
                }
            }
            Call::GetRunningProcessSystemIdByExecutableName { .. }
                if outcome.out.id.is_some_and(|id| !is_shown(&id)) =>
            {
                return Outcome::returned(E_NOINTERFACE);
            }
            _ => {}
        }
        outcome
    }

    fn start_process(&self, _place: HostLocation) -> Option<Arc<dyn Answer>> {
        Some(Arc::new(HidesCreated(Arc::clone(&self.0))))
    }
}

#[test]
fn a_created_process_is_listed_late() {
    judge_answer::<HidesCreated>("created processes are listed late");
}

#[test]
fn a_list_of_ids_has_any_order() {
    judge_function("ids in reverse", |client, call| {
        let mut outcome = dispatch(client, call);
        if let Some(ids) = &mut outcome.out.ids {
            ids.reverse();
        }
        outcome
    });
}

#[test]
fn a_name_has_no_path() {
    judge_function("names without a path", |client, call| {
        let mut call = call.clone();
        if let Call::GetRunningProcessDescription { flags, .. } = &mut call {
            *flags |= DescriptionFlags::NO_PATHS;
        }
        dispatch(client, &call)
    });
}

#[test]
fn a_platform_lists_no_servers_and_ends_no_session() {
    judge_function("no list of servers", |client, call| match call {
        Call::OutputServers { .. } => {
            let outcome = dispatch(client, call);
            if outcome.succeeded() { Outcome::returned(ERROR_MOD_NOT_FOUND) } else { outcome }
        }
        Call::EndSession { .. } => Outcome::returned(E_FAIL),
        _ => dispatch(client, call),
    });
}

/// Issues handles that use all 64 bits.
#[test]
fn handles_are_any_values() {
    judge("handles of 64 bits", || {
        let engine = Lab::new(Profile::Contract).engine();
        let mut value = 0x8000_0000_0000_0001_u64;
        engine.script_handles((0..2_000).map(|_| {
            value = value.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            value
        }));
        Box::new(engine)
    });
    judge("small handles", || {
        let engine = Lab::new(Profile::Contract).engine();
        engine.script_handles((2..2_000).rev().map(|value| value * 4));
        Box::new(engine)
    });
}

/// Makes one call at a time in the whole computer, and takes its time.
#[derive(Clone, Default)]
struct Locked(Arc<Mutex<()>>);

impl Answer for Locked {
    fn answer(&self, client: &dyn DebugClient, call: &Call) -> Outcome {
        let waits = match call {
            Call::WaitForProcessServerEnd { .. } => true,
            Call::ConnectProcessServer { remote_options, .. } => {
                remote_options.as_ref().is_some_and(|text| text.contains("clicon"))
            }
            _ => false,
        };
        let _lock = (!waits).then(|| self.0.lock().unwrap());
        thread::sleep(Duration::from_micros(20));
        dispatch(client, call)
    }

    fn start_process(&self, _place: HostLocation) -> Option<Arc<dyn Answer>> {
        Some(Arc::new(self.clone()))
    }
}

#[test]
fn an_engine_is_slow_and_makes_one_call_at_a_time() {
    judge_answer::<Locked>("slow and locked");
}

/// Refuses what the contract leaves open on a server that was asked to end.
#[derive(Clone, Default)]
struct EndedIsOver(Arc<Mutex<BTreeSet<u64>>>);

impl Answer for EndedIsOver {
    fn answer(&self, client: &dyn DebugClient, call: &Call) -> Outcome {
        let is_over = call.server().is_some_and(|server| self.0.lock().unwrap().contains(&server));
        let does_nothing = is_over && !matches!(call, Call::DisconnectProcessServer { .. });
        let passed = if does_nothing { Outcome::returned(E_FAIL) } else { dispatch(client, call) };
        if let Call::EndProcessServer { server } = call
            && passed.succeeded()
        {
            self.0.lock().unwrap().insert(*server);
        }
        if is_over { Outcome::returned(E_FAIL) } else { passed }
    }

    fn start_process(&self, _place: HostLocation) -> Option<Arc<dyn Answer>> {
        Some(Arc::new(EndedIsOver::default()))
    }
}

#[test]
fn an_ended_server_is_over() {
    judge_answer::<EndedIsOver>("an ended server is over");
}
