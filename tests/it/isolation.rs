//! Subjects that crash or hang: only the cases that cause it lose their verdict, not the report.

use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

use dbgeng_testkit::conformance::{CaseReport, Deviation, Deviations, Limits, Report, Suite, Verdict};
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::spec::Requirement;
use dbgeng_testkit::{
    AnswerCall, ByCall, Call, Computer, DebugClient, Engine, HRESULT, HostLocation, Interface, Out, Outcome, Profile,
    dispatch,
};

/// The value that cases use for an unknown handle.
const UNKNOWN: u64 = 0x1234_5678;

/// The value of an unknown handle that crashes the mock after a while.
const SLOW: u64 = 0x1234_5679;

/// The timeout of a wait that hangs.
const HANGING: u32 = 77_777;

/// The mock, but some calls crash it or hang.
struct Frail(Box<dyn Engine>);

struct FrailClient(Box<dyn DebugClient>);

fn frail(client: Box<dyn DebugClient>) -> Box<dyn DebugClient> {
    Box::new(ByCall(FrailClient(client)))
}

impl Engine for Frail {
    fn debug_create(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        let mut made = None;
        let hresult = self.0.debug_create(interface, Some(&mut made));
        if let (Some(client), Some(made)) = (client, made) {
            *client = Some(frail(made));
        }
        hresult
    }

    fn start_process(&self, place: HostLocation) -> Option<Box<dyn Engine>> {
        Some(Box::new(Frail(self.0.start_process(place)?)))
    }

    fn kill(&self) -> bool {
        self.0.kill()
    }

    fn on_thread(&self, thread: u32, work: &mut (dyn FnMut() + Send)) -> bool {
        self.0.on_thread(thread, work)
    }

    fn pass_time(&self, ms: u32) {
        self.0.pass_time(ms);
    }

    fn computer(&self) -> Option<Computer> {
        self.0.computer()
    }
}

impl AnswerCall for FrailClient {
    fn answer(&self, call: &Call<&str>) -> Outcome {
        match call {
            Call::DisconnectProcessServer { server: UNKNOWN } => std::process::abort(),
            Call::DisconnectProcessServer { server: SLOW } => {
                thread::sleep(Duration::from_millis(200));
                std::process::abort()
            }
            Call::EndProcessServer { server: UNKNOWN } | Call::WaitForProcessServerEnd { timeout: HANGING } => loop {
                thread::park_timeout(Duration::from_secs(1));
            },
            Call::GetRunningProcessSystemIds { server: UNKNOWN, .. } => panic!("no handle is {UNKNOWN:#x}"),
            Call::AttachProcess { server: UNKNOWN, .. } => {
                let deep = deeper(0);
                panic!("the stack holds {deep} frames")
            }
            _ => dispatch(&*self.0, &call.owned()),
        }
    }

    fn query_interface(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        let mut other = None;
        let hresult = self.0.query_interface(interface, Some(&mut other));
        if let (Some(client), Some(other)) = (client, other) {
            *client = Some(frail(other));
        }
        hresult
    }

    fn create_client(&self, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        let mut made = None;
        let hresult = self.0.create_client(Some(&mut made));
        if let (Some(client), Some(made)) = (client, made) {
            *client = Some(frail(made));
        }
        hresult
    }

    fn release(self) -> u32 {
        self.0.release()
    }
}

/// Recurses until the stack overflows.
fn deeper(depth: u64) -> u64 {
    let frame = std::hint::black_box([depth; 64]);
    if depth == u64::MAX { 0 } else { frame[7] + deeper(depth + 1) + frame[9] }
}

fn build_frail_suite() -> Suite {
    let limits = Limits { call_timeout_ms: 500, ..Limits::default() };
    let suite = Suite::new("frail", || Box::new(Frail(Box::new(Lab::new(Profile::Contract).engine()))));
    suite.limits(limits).in_child_processes()
}

fn case<'r>(report: &'r Report, requirement: &str, name: &str) -> &'r CaseReport {
    let requirement = report.requirements.iter().find(|report| report.requirement.id() == requirement).unwrap();
    requirement.cases.iter().find(|case| case.name == name).unwrap()
}

#[test]
fn a_subject_that_aborts_hangs_and_panics_gets_a_whole_report() {
    let report = build_frail_suite().programs(0).depth(1).run();

    let unknown = |name| case(&report, "handle/unknown-is-refused", name);
    assert_eq!(unknown("disconnect").verdict, Verdict::Crash);
    assert_eq!(unknown("end").verdict, Verdict::TimeOut);
    assert_eq!(unknown("ids").verdict, Verdict::Crash);
    let words = unknown("ids").reason.as_deref().unwrap();
    assert!(words.contains("no handle is 0x12345678"), "{words}");
    // Wine does not end a process whose stack has overflowed.
    if cfg!(unix) {
        assert_eq!(unknown("attach").verdict, Verdict::Crash);
        let words = unknown("attach").reason.as_deref().unwrap();
        assert!(words.contains("overflowed its stack"), "{words}");
    } else {
        assert!(matches!(unknown("attach").verdict, Verdict::Crash | Verdict::TimeOut));
    }
    assert_eq!(unknown("name").verdict, Verdict::Pass);
    // The other cases were judged all the same.
    assert_eq!(case(&report, "handle/stale-is-refused", "disconnect").verdict, Verdict::Pass);
    assert_eq!(case(&report, "disconnect/leaves-server-running", "a new connection").verdict, Verdict::Pass);
    assert!(report.requirements.iter().all(|report| !report.cases.is_empty() && report.verdict != Verdict::Broken));
    let last = &unknown("disconnect").calls.last().unwrap();
    assert_eq!(last.outcome, "the process crashed");
    // A program that shows the same is named, and not shrunk at the cost of a process for each attempt.
    let short = report.properties.iter().find(|property| property.name == "programs/short").unwrap();
    assert_eq!((short.counterexamples.len(), short.counterexamples[0].test.as_str()), (1, ""));
    let text = report.text(false);
    let named = "FAIL programs/short\n    a program of 6 calls breaks handle/unknown-is-refused, like its cases\n";
    assert!(text.contains(named), "{text}");
}

/// Two calls have not returned when the subject crashes: a wait, and one that is known to crash it.
#[test]
fn a_known_crash_is_not_blamed_on_a_call_beside_it() {
    let header = r#"{"trace": 1, "engine": {"name": "", "version": "", "platform": ""}, "name": "", "note": ""}"#;
    let create = r#""call": "DebugCreate", "in": {"Interface": "IDebugClient5"}, "hresult": "0x00000000""#;
    let calls = [
        (0, create.to_owned(), (0, 1)),
        (1, create.to_owned(), (2, 3)),
        (2, create.to_owned(), (4, 5)),
        (1, format!(r#""call": "WaitForProcessServerEnd", "in": {{"Timeout": {HANGING}}}, "crashed": true"#), (6, 20)),
        (2, format!(r#""call": "DisconnectProcessServer", "in": {{"Server": "{SLOW:#x}"}}, "crashed": true"#), (7, 20)),
    ];
    let mut trace = format!("{header}\n");
    for ((thread, call, (start, end)), seq) in calls.iter().zip(1..) {
        trace.push_str(&format!(
            "{{\"seq\": {seq}, \"process\": \"client\", \"thread\": {thread}, \"client\": {thread}, {call}, \
             \"start_us\": {start}, \"end_us\": {end}}}\n",
        ));
    }
    let known = Deviation {
        requirement: Requirement::HandleUnknownIsRefused,
        cases: BTreeMap::new(),
        elsewhere: true,
        reason: "It crashes.".to_owned(),
        evidence: Vec::new(),
    };
    let known = Deviations { subject: "frail".to_owned(), profile: Profile::Contract, deviations: vec![known] };
    let report = build_frail_suite().deviations(known).rerun("the trace", trace.as_bytes()).unwrap();
    let broken = report.properties[0].counterexamples.iter().map(|example| example.failure.requirement);
    assert_eq!(Vec::from_iter(broken), [Some(Requirement::HandleUnknownIsRefused)], "{}", report.text(false));
}

/// Without child processes a panic ends its case. An abort ends everything.
#[test]
fn a_panic_fails_its_case_in_the_same_process_too() {
    let make = || -> Box<dyn Engine> { Box::new(Frail(Box::new(Lab::new(Profile::Contract).engine()))) };
    let suite = Suite::new("frail", make).programs(0).depth(0);
    let case =
        suite.cases().iter().find(|case| case.requirement.id() == "handle/unknown-is-refused" && case.name == "ids");
    let execution = dbgeng_testkit::conformance::execute(&case.unwrap().program(), make(), Profile::Contract, true);
    assert!(execution.broken.iter().any(|broken| broken.violation.actual == "the process crashed"));
}

/// A child process runs the whole test and meets every suite of it. Only its own suite may run it.
#[test]
fn each_suite_of_a_test_has_its_own_child_processes() {
    let make = || -> Box<dyn Engine> { Box::new(Lab::new(Profile::Contract).engine()) };
    let limits = Limits { call_timeout_ms: 500, ..Limits::default() };
    let unknown = Requirement::HandleUnknownIsRefused;
    let sound = Suite::new("sound", make).in_child_processes().run_requirement(unknown);
    let beside = Suite::new("beside", move || Box::new(Frail(make()))).run_requirement(Requirement::HandleIsNotZero);
    let frail = Suite::new("frail", move || Box::new(Frail(make()))).limits(limits).in_child_processes();
    let frail = frail.run_requirement(unknown);
    assert_eq!((sound.verdict, beside.verdict), (Verdict::Pass, Verdict::Pass));
    let verdict = |name: &str| frail.cases.iter().find(|case| case.name == name).map(|case| case.verdict);
    assert_eq!(verdict("disconnect"), Some(Verdict::Crash));
    assert_eq!(verdict("name"), Some(Verdict::Pass));
}

#[test]
fn a_subject_that_crashes_while_it_is_made_has_verdict_crash() {
    let suite = Suite::new("unmade", || std::process::abort()).in_child_processes();
    let report = suite.run_requirement(Requirement::HandleIsNotZero);
    assert_eq!(report.verdict, Verdict::Crash);
    let suite = Suite::new("panicking", || panic!("not today"));
    let report = suite.run_requirement(Requirement::HandleIsNotZero);
    assert_eq!(report.verdict, Verdict::Crash);
    assert_eq!(report.cases[0].reason.as_deref(), Some("panicked: not today"));
    let report = Suite::new("panicking", || panic!("not today")).programs(2).depth(1).run();
    let random = &report.properties[0];
    assert_eq!((random.verdict, random.reason.as_deref()), (Verdict::Crash, Some("panicked: not today")));
    let text = random.text(false);
    assert!(text.contains("CRASH programs/random") && text.contains("panicked: not today"), "{text}");
}

/// Nothing stays if the child and its parent are killed while the engine runs. The child reports the folder as the reason
/// of its crash.
#[test]
fn the_folder_of_a_child_is_gone_when_its_engine_is_made() {
    let suite = Suite::new("revealing", || {
        let folder = std::env::var("DBGENG_TESTKIT_CHILD").expect("a child has a folder");
        panic!("{} {folder}", std::path::Path::new(&folder).exists())
    });
    let report = suite.in_child_processes().run_requirement(Requirement::HandleIsNotZero);
    let reason = report.cases[0].reason.as_deref().unwrap();
    let (_, folder) = reason.rsplit_once("panicked: false ").unwrap_or_else(|| panic!("still there: {reason}"));
    assert!(folder.starts_with(std::env::temp_dir().to_str().unwrap()), "{folder}");
}
