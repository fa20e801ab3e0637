//! Races are found, shrunk, and can be repeated.

use std::thread::{self, ThreadId};

use dbgeng_testkit::conformance::{Counterexample, Limits, ParallelProgram, PropertyReport, Report, Suite, Verdict};
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::spec::Requirement;
use dbgeng_testkit::{DebugClient, Engine, EngineVersion, HRESULT, Interface, Out, Profile};

use super::planted::{Race, Racing};
use crate::support::{build_mock_suite, build_toy_suite, without_many_connections};

/// The seed is one whose first programs shrink to two calls: a smallest program of three calls is one, too.
fn racing(race: Race) -> Suite {
    let make = move || Box::new(Racing::new(race, Profile::Contract)) as _;
    without_many_connections(Suite::new(format!("{race:?}"), make)).programs(300).depth(2).seed(2)
}

fn parallel(report: &Report) -> &PropertyReport {
    report.properties.iter().find(|property| property.name == "programs/parallel").unwrap()
}

fn example(report: &PropertyReport, requirement: Requirement) -> &Counterexample {
    let found = report.counterexamples.iter().find(|example| example.failure.requirement == Some(requirement));
    found.unwrap_or_else(|| panic!("{}", report.text(false)))
}

fn has(report: &PropertyReport, actual: &str) -> bool {
    report.counterexamples.iter().any(|example| example.failure.actual == actual)
}

/// One handle is closed twice, or issued twice. The reproducer has two threads with one call each, and no needless step.
#[test]
fn a_race_is_found_and_shrunk() {
    let planted = [
        (Race::Disconnect, Requirement::HandleStaleIsRefused, 1),
        (Race::Connect, Requirement::HandleIsUniqueWhileConnected, 0),
    ];
    for (race, requirement, before) in planted {
        let suite = racing(race);
        let report = suite.run();
        // No program of one thread detects it. A handle that two connects gave may be given once more after a disconnect.
        let mut objections = report.objections();
        objections.retain(|objection| *objection != format!("{} fail", Requirement::HandleValueIsNotReused));
        let expected = [format!("{requirement} fail"), "programs/parallel fail".to_owned()];
        assert_eq!(objections, expected, "{}", report.text(false));
        let example = example(parallel(&report), requirement);
        let again = ParallelProgram::from_trace("the trace", example.trace.as_bytes()).unwrap();
        assert_eq!(again.beginning.hosts.len(), 1, "{}", again.to_json());
        assert_eq!(again.beginning.steps.len(), before, "{}", again.to_json());
        assert_eq!(again.threads.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1], "{}", again.to_json());
        assert!(example.test.contains("ParallelProgram::from_json(program)"), "{}", example.test);
        let [one, other, first, second] = &*example.lanes.lines().collect::<Vec<_>>() else {
            panic!("{}", example.lanes)
        };
        assert!(one.contains('1') && other.contains('2'), "{}", example.lanes);
        assert!(first.starts_with("1  seq ") && second.starts_with("2  seq "), "{}", example.lanes);
        assert!(first.ends_with("#1) -> S_OK") || first.ends_with("-> S_OK, Server=#1"), "{}", example.lanes);

        let report = suite.rerun("the trace", example.trace.as_bytes()).unwrap();
        assert_eq!(report.properties[0].verdict, Verdict::Fail, "{}", report.text(false));
        let whole = build_mock_suite(Profile::Contract).rerun("the trace", example.trace.as_bytes()).unwrap();
        assert_eq!(whole.properties[0].verdict, Verdict::Pass, "{}", whole.text(false));
    }
}

/// No random program has these races: in those that are always run, threads start servers at the same addresses, and wait
/// while another thread ends a server. A wait that returns S_FALSE is wrong before the end and after it.
#[test]
fn the_usual_races_are_found() {
    let planted: [(Race, &[Requirement]); 2] = [
        (Race::Start, &[Requirement::StartAddressInUseIsRefused]),
        (Race::Wait, &[Requirement::WaitEndedIsSOk, Requirement::WaitTimeOutIsSFalse]),
    ];
    let find = |(race, requirements): (Race, &[Requirement])| {
        // Without its end, the wait of a smaller program hangs.
        let limits = Limits { call_timeout_ms: 4_000, ..Limits::default() };
        let report = racing(race).limits(limits).programs(1).run();
        let objections = report.objections();
        let is_broken = |one: &Requirement| objections == [format!("{one} fail"), "programs/parallel fail".to_owned()];
        assert!(requirements.iter().any(is_broken), "{}", report.text(false));
    };
    // Each waits longer than it works.
    thread::scope(|scope| {
        for race in planted {
            scope.spawn(move || find(race));
        }
    });
}

#[test]
fn a_panic_of_a_thread_is_a_crash() {
    let report = racing(Race::Panic).programs(100).run();
    assert!(has(parallel(&report), "the process crashed"), "{}", report.text(false));
}

/// Writes a trace of two disconnects that overlap.
fn two_disconnects() -> String {
    let header = r#"{"trace": 1, "engine": {"name": "", "version": "", "platform": ""}, "name": "", "note": ""}"#;
    let mut trace = format!("{header}\n");
    let by = [("client", 0), ("server1", 0), ("server1", 0), ("client", 0), ("client", 1), ("client", 2)];
    let create = r#""call": "DebugCreate", "in": {"Interface": "IDebugClient5"}, "hresult": "0x00000000""#;
    let disconnect = r#""call": "DisconnectProcessServer", "in": {"Server": "0x10"}, "hresult": "0x00000000""#;
    let calls = [
        create,
        create,
        r#""call": "StartProcessServer", "in": {"Flags": 2, "Options": "tcp:port=7001"}, "hresult": "0x00000000""#,
        r#""call": "ConnectProcessServer", "in": {"RemoteOptions": "tcp:server=localhost,port=7001"}, "hresult": "0x00000000", "out": {"Server": "0x10"}"#,
        create,
        create,
        disconnect,
        disconnect,
    ];
    let ends = [1, 3, 5, 7, 9, 11, 20, 20];
    for (at, (call, end)) in calls.iter().zip(ends).enumerate() {
        let (process, thread) = by[if at < by.len() { at } else { at - 2 }];
        let client = if process == "client" { thread } else { 0 };
        trace.push_str(&format!(
            "{{\"seq\": {}, \"process\": \"{process}\", \"thread\": {thread}, \"client\": {client}, {call}, \
             \"start_us\": {}, \"end_us\": {end}}}\n",
            at + 1,
            at * 2,
        ));
    }
    trace
}

/// Runs two overlapping disconnects in child processes.
fn apart(race: Race) -> Report {
    let limits = Limits { call_timeout_ms: 1_000, ..Limits::default() };
    let suite = racing(race).limits(limits).in_child_processes();
    suite.rerun("the trace", two_disconnects().as_bytes()).unwrap()
}

#[test]
fn a_subject_that_crashes_in_a_race_is_reported() {
    let report = apart(Race::Abort);
    assert!(has(&report.properties[0], "the process crashed"), "{}", report.text(false));
}

#[test]
fn a_subject_that_hangs_in_a_race_is_reported() {
    let report = apart(Race::Hang);
    assert!(has(&report.properties[0], "the call did not return"), "{}", report.text(false));
}

#[test]
fn threads_of_a_child_process_are_judged() {
    let report = apart(Race::Disconnect);
    example(&report.properties[0], Requirement::HandleStaleIsRefused);
}

/// This race is in connects, and the program has none that overlap.
#[test]
fn correct_threads_of_a_child_process_pass() {
    let report = apart(Race::Connect);
    assert_eq!(report.properties[0].verdict, Verdict::Pass, "{}", report.text(false));
    assert!(report.properties[0].calls > 0);
}

/// So that it compiles as it stands.
#[test]
fn the_printed_test_names_the_version_of_its_profile() {
    let profile = Profile::DbgengAt(EngineVersion::V10_0_15063);
    let make = move || Box::new(Racing::new(Race::Connect, profile)) as _;
    let report = without_many_connections(Suite::new("a race", make)).profile(profile).programs(100).depth(1).run();
    let test = &example(parallel(&report), Requirement::HandleIsUniqueWhileConnected).test;
    assert!(test.contains("    use dbgeng_testkit::{EngineVersion, Profile};\n"), "{test}");
    assert!(test.contains("Profile::DbgengAt(EngineVersion::V10_0_15063));"), "{test}");
}

#[test]
fn a_subject_without_threads_is_skipped() {
    let report = build_toy_suite().programs(10).depth(1).run();
    let property = parallel(&report);
    assert_eq!((property.verdict, property.programs), (Verdict::Skip, 0));
    assert_eq!(
        property.reason.as_deref(),
        Some("your engine has no other threads (`Engine::on_thread`); implement it")
    );
}

/// An engine that serves only the thread on which it was made.
struct OfOneThread(Box<dyn Engine>, ThreadId);

impl Engine for OfOneThread {
    fn debug_create(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        self.0.debug_create(interface, client)
    }

    fn on_thread(&self, thread: u32, work: &mut (dyn FnMut() + Send)) -> bool {
        thread::current().id() == self.1 && self.0.on_thread(thread, work)
    }
}

/// The probe finds that it has threads, since it takes their numbers.
#[test]
fn programs_in_which_one_thread_makes_all_calls_judge_nothing_parallel() {
    let make = || {
        let engine = Lab::new(Profile::Contract).engine();
        Box::new(OfOneThread(Box::new(engine), thread::current().id())) as Box<dyn Engine>
    };
    // It does not hand on that time passes, so each pause is a real one.
    let limits = Limits { quiet_ms: 10, ..Limits::default() };
    let report = Suite::new("of one thread", make).limits(limits).programs(10).depth(1).run();
    let property = parallel(&report);
    assert_eq!(property.verdict, Verdict::ClaimNotKept, "{}", report.text(false));
    let reason = property.reason.as_deref().unwrap();
    assert!(reason.contains("further threads, but `Engine::on_thread` returned false"), "{reason}");
    assert!(!report.holds());
}
