//! The behaviours in which versions of the engine differ: each on the mock, through COM, and in the model. A test fails if
//! the columns of two versions are swapped.

use std::thread;

use dbgeng_testkit::com::{ComClient, expose};
use dbgeng_testkit::flags::{Class, DescriptionFlags, INFINITE};
use dbgeng_testkit::hresult::{E_INVALIDARG, S_FALSE, S_OK, WSAECONNREFUSED};
use dbgeng_testkit::mock::{Lab, Misuse};
use dbgeng_testkit::model::{Model, WorldAssumption};
use dbgeng_testkit::spec::Requirement;
use dbgeng_testkit::{
    Behaviour, Call, Caller, DebugClient, Ending, Engine, EngineVersion, HRESULT, Interface, Outcome, Pointer, Profile,
};

use crate::support::{catch_panic, connect, read_trace, start_server};

const OLDER: EngineVersion = EngineVersion::V10_0_15063;
const NEWER: EngineVersion = EngineVersion::V10_0_29507;

/// A handle that was never issued.
const UNKNOWN: u64 = 0x1234_5678;

/// The handle of each connection.
const CONNECTED: u64 = 0x1000;

/// No call shows what callbacks are told, so no model judges it and no recording has it. `mock/session.rs` tests it.
const IN_CALLBACKS: [Behaviour; 1] = [Behaviour::TellsOptionsAndFiltersApart];

/// Returns the behaviours that calls show.
fn behaviours() -> impl Iterator<Item = Behaviour> {
    Behaviour::ALL.iter().copied().filter(|behaviour| !IN_CALLBACKS.contains(behaviour))
}

/// A way to see a behaviour.
struct Probe {
    /// The versions that have it.
    versions: &'static [EngineVersion],
    /// Whether the contract's mock has it.
    contract: bool,
    /// Returns whether the lab shows it to a client object.
    shows: fn(&Lab, &dyn DebugClient) -> bool,
    /// Calls that return S_OK, and come before the next.
    before: Vec<Call>,
    /// A call that shows it.
    call: Call,
    /// How the call ends with it, and how without it.
    endings: [Ending; 2],
}

fn start(options: &str) -> Call {
    let options = Some(options.to_owned());
    Call::StartProcessServer { flags: Class::USER_WINDOWS.bits(), options, reserved: 0 }
}

fn connects(options: &str) -> Call {
    Call::ConnectProcessServer { remote_options: Some(options.to_owned()), server: Pointer::Given }
}

/// Asks for the description of a process, and takes no output.
fn describe(system_id: u32, flags: DescriptionFlags) -> Call {
    Call::GetRunningProcessDescription {
        server: 0,
        system_id,
        flags,
        exe_name: Pointer::Null,
        exe_name_size: 0,
        actual_exe_name_size: Pointer::Null,
        description: Pointer::Null,
        description_size: 0,
        actual_description_size: Pointer::Null,
    }
}

fn probe(behaviour: Behaviour) -> Probe {
    let newest = &[NEWER];
    match behaviour {
        Behaviour::WaitTimeOutIsSOk => Probe {
            versions: newest,
            contract: false,
            shows: |_, client| client.wait_for_process_server_end(10) == S_OK,
            before: vec![start("tcp:port=7300")],
            call: Call::WaitForProcessServerEnd { timeout: 10 },
            endings: [Ending::Returned(S_OK), Ending::Returned(S_FALSE)],
        },
        // The mock returns an error where the engine crashes, and says so in a finding.
        Behaviour::DisconnectOfUnknownHandleCrashes => Probe {
            versions: newest,
            contract: false,
            shows: |lab, client| {
                assert_eq!(client.disconnect_process_server(UNKNOWN), E_INVALIDARG);
                let findings = lab.findings();
                let [finding] = &findings[..] else { panic!("{findings:?}") };
                assert_eq!(finding.misuse, Misuse::UnknownHandle);
                let crashing = finding.real_engine.strip_prefix("crashes (").and_then(|text| text.split_once(')'));
                let (crashing, _) = crashing.expect("it names the versions that crash");
                lab.profile().version().is_some_and(|version| crashing.split(", ").any(|name| name == version.name()))
            },
            before: vec![],
            call: Call::DisconnectProcessServer { server: UNKNOWN },
            endings: [Ending::Crashed, Ending::Returned(E_INVALIDARG)],
        },
        Behaviour::DescribesArchitecture => Probe {
            versions: newest,
            contract: false,
            shows: |_, client| {
                let flags = DescriptionFlags::from(0x80);
                let hresult = client.get_running_process_description(0, 64, flags, None, 0, None, None, 0, None);
                hresult == S_OK
            },
            before: vec![],
            call: describe(64, DescriptionFlags::from(0x80)),
            endings: [Ending::Returned(S_OK), Ending::Returned(E_INVALIDARG)],
        },
        Behaviour::ListensOnBothIpVersions => Probe {
            versions: newest,
            contract: true,
            shows: |_, client| {
                assert_eq!(start_server(client, "tcp:port=7300"), S_OK);
                connect(client, "tcp:port=7300,server=::1").is_ok()
            },
            before: vec![start("tcp:port=7300")],
            call: connects("tcp:port=7300,server=::1"),
            endings: [Ending::Returned(S_OK), Ending::Returned(WSAECONNREFUSED)],
        },
        Behaviour::IpVersion6ExcludesIpv4 => Probe {
            versions: &[OLDER],
            contract: true,
            shows: |_, client| {
                assert_eq!(start_server(client, "tcp:port=7300,ipversion=6"), S_OK);
                connect(client, "tcp:port=7300,server=127.0.0.1").is_err()
            },
            before: vec![start("tcp:port=7300,ipversion=6")],
            call: connects("tcp:port=7300,server=127.0.0.1"),
            endings: [Ending::Returned(WSAECONNREFUSED), Ending::Returned(S_OK)],
        },
        Behaviour::BlankPortIsNoPort => Probe {
            versions: newest,
            contract: false,
            shows: |_, client| start_server(client, "tcp:port= ") == S_OK,
            before: vec![],
            call: start("tcp:port= "),
            endings: [Ending::Returned(S_OK), Ending::Returned(E_INVALIDARG)],
        },
        behaviour => panic!("{behaviour:?} has no probe: add one here"),
    }
}

fn expected(probe: &Probe, profile: Profile) -> bool {
    profile.version().map_or(probe.contract, |version| probe.versions.contains(&version))
}

#[test]
fn the_mock_has_each_behaviour_in_its_versions_alone() {
    for (behaviour, profile) in behaviours().flat_map(|it| Profile::ALL.map(|profile| (it, profile))) {
        let probe = probe(behaviour);
        let lab = Lab::new(profile);
        let shown = (probe.shows)(&lab, &lab.engine().client());
        assert_eq!(shown, expected(&probe, profile), "{behaviour:?} in {profile}");
        let lab = Lab::new(profile);
        let through_com = ComClient::from(expose(lab.engine().client()));
        let shown = (probe.shows)(&lab, &through_com);
        assert_eq!(shown, expected(&probe, profile), "{behaviour:?} in {profile}, through COM");
    }
}

/// Returns whether the model of a version accepts that the call ends so.
fn accepts(probe: &Probe, profile: Profile, ending: Ending) -> bool {
    let (mut model, by) = (Model::new(profile, WorldAssumption::Closed), Caller::default());
    model.place(by.process, &Lab::new(profile).engine().computer().expect("a lab knows what runs"));
    let mut returns = |call: &Call, ending| {
        let mut outcome = Outcome { ending, out: Default::default() };
        if outcome.succeeded() && matches!(call, Call::ConnectProcessServer { .. }) {
            outcome.out.server = Some(CONNECTED);
        }
        model.observe(by, call, &outcome)
    };
    for call in [Call::DebugCreate { interface: Interface::NEWEST }].iter().chain(&probe.before) {
        assert_eq!(returns(call, Ending::Returned(S_OK)), Ok(()), "{call:?}");
    }
    returns(&probe.call, ending).is_ok()
}

/// Versions without a behaviour have the other ending. Where a version crashes, an error is as good.
#[test]
fn the_model_accepts_each_behaviour_in_its_versions_alone() {
    for (behaviour, version) in behaviours().flat_map(|it| EngineVersion::ALL.iter().map(move |one| (it, *one))) {
        let probe = probe(behaviour);
        let (profile, [with, without]) = (Profile::DbgengAt(version), probe.endings);
        let has_it = expected(&probe, profile);
        assert_eq!(accepts(&probe, profile, with), has_it, "{behaviour:?} in {profile}");
        let is_allowed = !has_it || with == Ending::Crashed;
        assert_eq!(accepts(&probe, profile, without), is_allowed, "no {behaviour:?} in {profile}");
    }
}

/// Recordings that show a behaviour or its absence: the trace, the call, the version that does not end it so, and the
/// requirement that this version reports. An error is as good as a crash, and no recording says which processes run, so
/// no recording of the older version is refused for these two.
const RECORDINGS: &[(Behaviour, &str, u64, EngineVersion, Requirement)] = &[
    (Behaviour::WaitTimeOutIsSOk, "wait-no-server", 2, NEWER, Requirement::WaitTimeOutIsSOk),
    (Behaviour::WaitTimeOutIsSOk, "newest/wait-no-server", 2, OLDER, Requirement::WaitTimeOutIsSFalse),
    (
        Behaviour::DisconnectOfUnknownHandleCrashes,
        "newest/misuse-unknown-handle",
        2,
        OLDER,
        Requirement::HandleUnknownIsRefused,
    ),
    (
        Behaviour::DescribesArchitecture,
        "newest/newest-882-queries",
        35,
        OLDER,
        Requirement::DescriptionUnknownFlagsAreRefused,
    ),
    (Behaviour::ListensOnBothIpVersions, "min-ipversion", 9, NEWER, Requirement::ServerListensOnBothIpVersions),
    (Behaviour::ListensOnBothIpVersions, "newest/min-ipversion-3", 9, OLDER, Requirement::ServerListensOnOneIpVersion),
    (Behaviour::IpVersion6ExcludesIpv4, "min-ipversion", 13, NEWER, Requirement::ConnectLiveServerSucceeds),
    (Behaviour::IpVersion6ExcludesIpv4, "newest/min-ipversion-3", 13, OLDER, Requirement::ServerListensOnOneIpVersion),
    (Behaviour::BlankPortIsNoPort, "start-options-tcp", 28, NEWER, Requirement::OptionsBlankPortIsNoPort),
    (Behaviour::BlankPortIsNoPort, "newest/probe-start-ports-0", 2, OLDER, Requirement::OptionsBlankPortIsRefused),
];

#[test]
fn a_recording_of_one_version_is_refused_by_the_other() {
    for (behaviour, trace, seq, version, requirement) in RECORDINGS {
        let trace = read_trace(trace);
        let name = &trace.name;
        assert_eq!(trace.check(Profile::Dbgeng).broken, [], "{name}");
        let refused = trace.check(Profile::DbgengAt(*version)).broken;
        let found = refused.iter().any(|one| one.seq == *seq && one.violation.requirement == *requirement);
        assert!(found, "{behaviour:?}: {name}, seq {seq}, by {version}: {requirement} is not among {refused:?}");
    }
    for behaviour in behaviours() {
        let recorded = RECORDINGS.iter().any(|row| row.0 == behaviour);
        assert!(recorded, "{behaviour:?}: no recording shows it");
    }
}

/// OBS-89, OBS-101, and VER-6: a tool may meet an engine that is older than itself.
#[test]
fn a_client_object_has_no_newer_interface_than_its_version_or_its_lab() {
    let known =
        [(Profile::Contract, 9), (Profile::Dbgeng, 9), (Profile::DbgengAt(OLDER), 7), (Profile::DbgengAt(NEWER), 9)];
    for (profile, newest) in known {
        let lab = Lab::new(profile);
        assert_eq!(newest_interfaces(&lab), [newest; 3], "{profile}");
        for version in 1..=newest {
            lab.set_newest_client(version);
            assert_eq!(newest_interfaces(&lab)[..2], [version; 2], "{profile}");
        }
        for impossible in [0, newest + 1] {
            let panic = catch_panic(|| lab.set_newest_client(impossible));
            assert_eq!(panic, format!("{impossible}: expected a version of IDebugClient, from 1 to {newest}"));
        }
    }
}

/// Returns the newest version of the interface that DebugCreate makes, that QueryInterface finds, and that it finds
/// through COM.
fn newest_interfaces(lab: &Lab) -> [u8; 3] {
    let engine = lab.engine();
    let newest = |ask: &dyn Fn(&Interface) -> HRESULT| {
        let found = Vec::from_iter((0..=20).filter(|version| ask(&Interface::DebugClient(*version)) == S_OK));
        assert!(found.iter().copied().eq(1..=*found.last().unwrap()), "a version is left out: {found:?}");
        found.len() as u8
    };
    let client = engine.client();
    let through_com = ComClient::from(expose(engine.client()));
    [
        newest(&|interface| engine.debug_create(interface, Some(&mut None))),
        newest(&|interface| client.query_interface(interface, Some(&mut None))),
        newest(&|interface| through_com.query_interface(interface, Some(&mut None))),
    ]
}

/// OBS-93: whichever way time passes. An infinite wait has no time that could pass.
#[test]
fn a_wait_that_ran_out_has_the_status_of_the_version() {
    for profile in Profile::ALL {
        let over = if profile.version() == Some(NEWER) { S_OK } else { S_FALSE };
        let lab = Lab::new(profile);
        let client = lab.engine().client();
        assert_eq!(client.wait_for_process_server_end(60_000), over, "{profile}");
        assert!(client.wait_for_process_server_end(INFINITE).is_err(), "{profile}");
        lab.use_real_time();
        assert_eq!(client.wait_for_process_server_end(1), over, "{profile}");
        let lab = Lab::new(profile);
        lab.pause_time();
        let engine = lab.engine();
        let waiting = thread::spawn(move || engine.client().wait_for_process_server_end(100));
        while !waiting.is_finished() {
            lab.advance(100);
            thread::yield_now();
        }
        assert_eq!(waiting.join().unwrap(), over, "{profile}");
    }
}
