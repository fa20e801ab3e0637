//! Failures are blamed on the requirement that is broken.

use dbgeng_testkit::conformance::{Capability, CaseReport, Program, Report, RequirementReport, Suite, Verdict, html};
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::spec::Requirement;
use dbgeng_testkit::trace::{EngineName, Header};
use dbgeng_testkit::{Computer, DebugClient, Engine, HRESULT, HostLocation, Interface, Out, Profile};

use crate::support::{build_defective_suite, find_defect, judge_defective, without_many_connections};

fn find(report: &Report, requirement: Requirement) -> &RequirementReport {
    let found = report.requirements.iter().find(|report| report.requirement == requirement);
    found.unwrap_or_else(|| panic!("{requirement} is not judged"))
}

fn cases(report: &Report, verdict: Verdict) -> impl Iterator<Item = &CaseReport> {
    let cases = report.requirements.iter().flat_map(|report| &report.cases);
    cases.filter(move |case| case.verdict == verdict)
}

#[test]
fn a_broken_step_of_set_up_is_blamed_on_its_own_requirement() {
    let report = judge_defective("connect-answers-s-false");
    let unreached = find(&report, Requirement::DisconnectConnectedHandleSucceeds);
    assert_eq!(unreached.verdict, Verdict::NotReached);
    for case in unreached.cases.iter().filter(|case| case.verdict != Verdict::Skip) {
        assert_eq!(case.reason.as_deref(), Some("a call on the way broke connect/live-server-succeeds"), "{case:?}");
        let failure = case.failure.as_ref().expect("the failure is shown");
        assert_eq!(failure.requirement, Some(Requirement::ConnectLiveServerSucceeds));
    }
    assert_eq!(find(&report, Requirement::ConnectLiveServerSucceeds).verdict, Verdict::Fail);
    // The last step of a case shows its requirement, although the model names that of a connect.
    let start = Requirement::StartValidOptionsSucceed;
    assert_eq!(build_defective_suite("start-listens-nowhere").run_requirement(start).verdict, Verdict::Fail);
}

/// Whatever kept a case from its requirement fails the run.
#[test]
fn no_verdict_is_lost_where_a_case_was_not_reached() {
    let defects = [
        "connect-answers-s-false",
        "connect-asks-nobody",
        "create-client-refused",
        "end-answers-s-false",
        "first-handle-is-zero",
        "live-disconnect-refused",
        "old-interface-answers-s-false",
        "one-server-at-a-time",
        "start-answers-s-false",
        "stale-disconnect-accepted",
    ];
    let mut unreached = 0;
    for defect in defects {
        let report = build_defective_suite(defect).programs(0).depth(1).run();
        assert!(find(&report, find_defect(defect).requirement).fails(), "{defect}: {}", report.text(false));
        for case in cases(&report, Verdict::NotReached) {
            let broken = case.failure.as_ref().and_then(|failure| failure.requirement).expect("a requirement is named");
            assert!(find(&report, broken).fails(), "{defect}: {broken} kept {case:?}, but does not fail");
            unreached += 1;
        }
    }
    assert!(unreached > 200, "{unreached}");
}

/// The mock, without one of the things that are outside of its calls.
struct Without(Box<dyn Engine>, Capability);

impl Engine for Without {
    fn debug_create(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        self.0.debug_create(interface, client)
    }

    fn start_process(&self, place: HostLocation) -> Option<Box<dyn Engine>> {
        let started = if self.1 == Capability::Processes { None } else { self.0.start_process(place) };
        started.map(|started| Box::new(Without(started, self.1)) as _)
    }

    fn kill(&self) -> bool {
        self.1 != Capability::Kill && self.0.kill()
    }

    fn on_thread(&self, thread: u32, work: &mut (dyn FnMut() + Send)) -> bool {
        if self.1 == Capability::Threads && thread != 0 { false } else { self.0.on_thread(thread, work) }
    }

    fn pass_time(&self, ms: u32) {
        self.0.pass_time(ms);
    }

    fn computer(&self) -> Option<Computer> {
        if self.1 == Capability::Facts { None } else { self.0.computer() }
    }
}

#[test]
fn a_claim_that_the_subject_does_not_keep_has_a_verdict_of_its_own() {
    let claims = [
        (Capability::Processes, "further processes, but `Engine::start_process` started none"),
        (Capability::Kill, "processes that can be killed, but `Engine::kill` returned false"),
        (Capability::Threads, "further threads, but `Engine::on_thread` returned false"),
        (Capability::Facts, "facts about the running processes, but `Engine::computer` lists no process"),
    ];
    for (claim, words) in claims {
        let make = move || Box::new(Without(Box::new(Lab::new(Profile::Contract).engine()), claim)) as Box<dyn Engine>;
        let suite = without_many_connections(Suite::new("a boaster", make)).claims([claim]);
        let report = suite.programs(0).depth(1).run();
        assert!(!report.holds(), "{claim}");
        let unkept: Vec<&CaseReport> = cases(&report, Verdict::ClaimNotKept).collect();
        assert!(!unkept.is_empty(), "{claim}");
        for case in unkept {
            assert!(case.reason.as_ref().is_some_and(|reason| reason.contains(words)), "{case:?}");
        }
        assert_eq!(report.count(Verdict::Broken), 0, "{claim}");
    }
}

/// Returns the notes on the failed cases of the requirement that a defect breaks.
fn notes(defect: &str) -> Vec<String> {
    let report = build_defective_suite(defect).run_requirement(find_defect(defect).requirement);
    let failures =
        report.cases.into_iter().filter(|case| case.verdict == Verdict::Fail).filter_map(|case| case.failure);
    failures.filter_map(|failure| failure.note).collect()
}

#[test]
fn a_failure_says_what_the_handle_is() {
    for (defect, note) in [
        ("stale-disconnect-accepted", "#1 is disconnected"),
        ("unknown-disconnect-accepted", "0x12345678 was never issued"),
        ("handle-cut-to-32-bits", "^0x100000000 was never issued; it differs from #2 in bit 32"),
        ("second-connect-gives-the-same-handle", "it has the value of #1, which is still connected"),
        ("handle-reused-at-once", "it has the value of #1, which is disconnected"),
        ("null-id-pointer-accepted", "null: Id"),
    ] {
        let notes = notes(defect);
        assert!(notes.iter().any(|said| said.contains(note)), "{defect}: {notes:?}");
    }
}

/// Runs a program on the mock with a defect.
fn run_program(defect: &str, program: &str) -> Report {
    let (suite, program) = (build_defective_suite(defect), Program::from_json(program).expect("it is a program"));
    let mut trace = Vec::new();
    let header = Header::new(EngineName::of_mock(Profile::Contract), "program", "");
    suite.record(&program, &header, &mut trace).expect("memory takes every line");
    suite.rerun("program", trace.as_slice()).expect("it is a trace")
}

#[test]
fn a_failure_says_which_process_was_issued_a_foreign_handle() {
    let program = r##"{"hosts": [{"options": "tcp:port=7001"}], "steps": [
        {"process": 1, "call": "ConnectProcessServer", "in": {"RemoteOptions": "tcp:server=@1,port=7001"}},
        {"call": "DisconnectProcessServer", "in": {"Server": "#1"}}
    ]}"##;
    let report = run_program("unknown-disconnect-accepted", program);
    for rendered in [report.text(false), report.json(), html(std::slice::from_ref(&report))] {
        assert!(rendered.contains("#1 is a handle of server1, not of client"), "{rendered}");
    }
}

#[test]
fn programs_that_judge_nothing_do_not_pass() {
    let properties = |suite: Suite| suite.programs(20).depth(2).run().properties;
    let mock = || Suite::new("the mock", || Box::new(Lab::new(Profile::Contract).engine()));
    for property in mock().programs(0).depth(0).run().properties {
        assert_eq!(property.verdict, Verdict::Skip, "{}", property.name);
        assert!(property.reason.is_some_and(|reason| reason.starts_with("no programs were asked for")));
    }
    let [random, short, parallel] = &*properties(build_defective_suite("live-disconnect-refused")) else { panic!() };
    assert_eq!([random.verdict, short.verdict, parallel.verdict], [Verdict::Fail; 3]);
}

#[test]
fn a_run_in_which_the_kit_fails_everywhere_judged_nothing() {
    let mut report = judge_defective("live-disconnect-refused");
    assert!(!report.is_broken());
    let cases = report.requirements.iter_mut().flat_map(|report| &mut report.cases);
    cases.for_each(|case| case.verdict = Verdict::Broken);
    assert!(report.is_broken());
}

/// The requirement with the shortest failure comes first, and one that is broken only by the same calls has a line.
#[test]
fn a_report_begins_with_the_cause_and_folds_what_follows() {
    let text = judge_defective("live-handle-reported-stale").text(false);
    let first = text.lines().find(|line| line.starts_with("FAIL ")).expect("something fails");
    assert_eq!(first, "FAIL disconnect/connected-handle-succeeds");
    assert!(
        text.contains("  disconnect/leaves-other-connections: see disconnect/connected-handle-succeeds\n"),
        "{text}"
    );
    let (before, after) = text.split_once("\nFAIL:\n").expect("the reasons");
    assert!(!before.contains("\nSkipped") && after.ends_with("listed above\n"), "{text}");
    let text = judge_defective("connect-answers-s-false").text(false);
    assert!(text.lines().count() < 400, "{}", text.lines().count());
}

#[test]
fn zero_is_judged_in_every_query() {
    let report = judge_defective("zero-is-refused-everywhere");
    // Other requirements are broken by shorter calls, but apply to many that are right as well.
    let text = report.text(false);
    let first = text.lines().find(|line| line.starts_with("FAIL ")).expect("something fails");
    assert_eq!(first, "FAIL handle/zero-is-the-local-computer");
    let zero = find(&report, Requirement::HandleZeroIsTheLocalComputer);
    let failed: Vec<&str> =
        zero.cases.iter().filter(|case| case.verdict == Verdict::Fail).map(|case| case.name.as_str()).collect();
    let queries = ["ids", "name", "description"].map(|query| format!("{query} without a connection"));
    // The other cases create a process after a query.
    let [ids, name, description, beside, ..] = failed[..] else { panic!("{failed:?}") };
    assert_eq!([ids, name, description], queries);
    assert_eq!(beside, "queries beside a connection to another computer");
}

/// A list of processes says which are missing, by name as well, and which are too many.
#[test]
fn a_wrong_list_names_the_processes_that_differ() {
    let whole = "the ids of the 4 processes on the computer of client";
    for (defect, expected, actual) in [
        ("last-id-left-out", whole, "76 (explorer.exe) missing"),
        ("ids-are-off-by-one", "ids out of 64, 68, 72, 76", "77, which no known process has"),
    ] {
        let report = build_defective_suite(defect).run_requirement(Requirement::IdsListsTheComputer);
        let said = report.cases.iter().filter_map(|case| case.failure.as_ref());
        let said: Vec<(&str, &str)> = said.map(|failure| (&*failure.expected, &*failure.actual)).collect();
        assert!(said.contains(&(expected, actual)), "{said:#?}");
    }
}

/// A violation that the same calls show one after the other is no race.
#[test]
fn what_is_wrong_by_itself_is_not_shown_as_a_race() {
    let report = build_defective_suite("live-disconnect-refused").programs(20).depth(0).run();
    let parallel = report.properties.iter().find(|property| property.name == "programs/parallel").expect("it was run");
    assert_eq!(parallel.verdict, Verdict::Fail);
    for example in &parallel.counterexamples {
        assert!(example.calls.iter().all(|line| !line.by.contains("thread")), "{:#?}", example.calls);
        assert!(example.lanes.is_empty() && !example.test.contains("execute_parallel"), "{}", example.test);
    }
}
