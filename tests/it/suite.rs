//! The suite on the mock: everything passes.

use std::sync::Arc;

use dbgeng_testkit::conformance::{Capability, Suite, Verdict};
use dbgeng_testkit::mock::{Lab, LabEngine};
use dbgeng_testkit::spec::{Level, Requirement};
use dbgeng_testkit::{Computer, DebugClient, Engine, HRESULT, HostLocation, Interface, Method, Out, Profile};

use crate::support::{Answer, Toy, build_mock_suite, build_toy_suite, without_many_connections, wrap};

#[test]
fn the_mock_passes_in_both_profiles() {
    for profile in Profile::ALL {
        let report = build_mock_suite(profile).programs(200).depth(4).run();
        assert_eq!(report.objections(), Vec::<String>::new(), "{profile}: {report:#?}");
        assert_eq!(report.count(Verdict::KnownDeviation), 0);
        // The states that four calls on two handles and one server can reach. A change of the contract shows here.
        let [_, short, parallel] = &*report.properties else { panic!("{report:#?}") };
        assert_eq!((parallel.verdict, parallel.programs), (Verdict::Pass, 24), "{profile}");
        insta::assert_snapshot!(
            format!("reachable-{profile}"),
            format!("{} programs, {} states", short.programs, short.states.unwrap_or_default())
        );
    }
}

/// Leaves every call to the engine, which then cannot return to an earlier state.
struct OnlyForward;

impl Answer for OnlyForward {
    fn start_process(&self, _: HostLocation) -> Option<Arc<dyn Answer>> {
        Some(Arc::new(OnlyForward))
    }
}

#[test]
fn programs_that_share_their_beginnings_are_judged_as_if_each_ran_alone() {
    for profile in Profile::ALL {
        let short = |suite: Suite| {
            let report = without_many_connections(suite).profile(profile).programs(0).depth(3).run();
            report
                .properties
                .into_iter()
                .find(|property| property.states.is_some())
                .expect("one property counts states")
        };
        let mock = move || Box::new(Lab::new(profile).engine());
        let alone = Suite::new("the mock, without checkpoints", move || wrap(mock(), Arc::new(OnlyForward)));
        assert_eq!(short(Suite::new("the mock", move || mock())), short(alone), "{profile}");
    }
}

/// An engine that starts no other process and hosts its servers itself.
struct Alone(LabEngine);

impl Engine for Alone {
    fn debug_create(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        self.0.debug_create(interface, client)
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

#[test]
fn an_engine_that_hosts_its_servers_itself_passes_in_both_profiles() {
    for profile in Profile::ALL {
        let suite = Suite::new("the mock, alone", move || Box::new(Alone(Lab::new(profile).engine()))).profile(profile);
        let report = without_many_connections(suite).programs(50).depth(3).run();
        assert_eq!(report.objections(), Vec::<String>::new(), "{profile}: {report:#?}");
        let waits = report.requirements.iter().find(|of| of.requirement == Requirement::WaitEndedIsSOk);
        assert_eq!(waits.map(|of| of.verdict), Some(Verdict::Pass), "{profile}");
    }
}

#[test]
fn no_case_ends_an_external_server() {
    for profile in Profile::ALL {
        let make = move || -> Box<dyn Engine> {
            let lab = Lab::new(profile);
            lab.computer("WORKSTATION").dbgsrv("tcp:port=7900").unwrap();
            Box::new(Alone(lab.engine()))
        };
        let suite = Suite::new("the mock with an external server", make).profile(profile);
        let suite = without_many_connections(suite).server("tcp:server=WORKSTATION,port=7900");
        let report = suite.programs(50).depth(3).run();
        assert_eq!(report.objections(), Vec::<String>::new(), "{profile}: {}", report.text(false));
    }
}

/// Methods that it has are judged and pass. The others are skipped with a reason.
#[test]
fn an_engine_of_two_methods_is_judged_by_these_alone() {
    let report = build_toy_suite().programs(200).run();
    assert_eq!(report.objections(), Vec::<String>::new());
    let judged: Vec<&str> = report
        .requirements
        .iter()
        .filter(|report| report.verdict == Verdict::Pass)
        .map(|report| report.requirement.id())
        .collect();
    for id in [
        "handle/is-not-zero",
        "handle/stale-is-refused",
        "handle/unknown-is-refused",
        "handle/zero-is-refused",
        "disconnect/connected-handle-succeeds",
        "disconnect/leaves-server-running",
        "connect/live-server-succeeds",
        "connect/needs-a-server",
        "connect/malformed-string-is-refused",
    ] {
        assert!(judged.contains(&id), "{id} is not among {judged:?}");
    }
    for report in report.requirements.iter().filter(|report| report.verdict == Verdict::Skip) {
        let reasons = report.cases.iter().filter_map(|case| case.reason.as_deref());
        assert!(reasons.clone().count() > 0 && reasons.clone().all(|reason| reason.starts_with("your engine ")));
    }
    let (judged, all) = report.musts();
    assert!(0 < judged && judged < all, "{judged} of {all}");
    assert!(report.text(false).contains(&format!("{judged} of {all} MUSTs")));
}

#[test]
fn a_claimed_capability_has_to_be_judged() {
    let toy = || build_toy_suite().programs(1).depth(1);
    // It starts no processes, so no case can kill one.
    let report = toy().claims([Capability::Kill]).run();
    assert!(!report.holds());
    assert_eq!(report.objections(), ["processes that can be killed is claimed, but no case that needs it was judged"]);
    // It answers no queries: a claim that it does fails with the requirements that it breaks.
    let report = toy().claims([Capability::Method(Method::GetRunningProcessSystemIds)]).run();
    let failed: Vec<&str> =
        report.requirements.iter().filter(|report| report.fails()).map(|report| report.requirement.id()).collect();
    assert!(failed.contains(&"ids/succeeds"), "{failed:?}");
}

#[test]
fn a_run_that_judges_nothing_fails() {
    let lacks = Suite::new("nothing", || Box::new(Toy::default())).cases().iter().fold(
        Vec::new(),
        |mut methods: Vec<Capability>, case| {
            let calls = case.steps.iter().filter_map(|(step, _)| match step {
                dbgeng_testkit::conformance::Step::Call { call, .. } => Some(Capability::Method(call.method())),
                dbgeng_testkit::conformance::Step::Kill { .. } | dbgeng_testkit::conformance::Step::Pause { .. } => {
                    None
                }
            });
            methods.extend(calls);
            methods
        },
    );
    let lacks = lacks.into_iter().chain((1..=9).map(Capability::Version));
    let report = Suite::new("nothing", || Box::new(Toy::default())).lacks(lacks).programs(1).depth(1).run();
    let judged: Vec<&str> = report
        .requirements
        .iter()
        .filter(|report| report.verdict != Verdict::Skip && report.requirement.level() != Level::May)
        .map(|report| report.requirement.id())
        .collect();
    assert_eq!(judged, Vec::<&str>::new());
    assert_eq!(report.objections(), ["nothing was judged"]);
}
