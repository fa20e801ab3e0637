//! For each rule, a trace with one wrong answer, which the judge reports under that rule.

use std::collections::BTreeSet;

use dbgeng_testkit::conformance::{Case, Limits, cases, check};
use dbgeng_testkit::hresult::{E_FAIL, E_INVALIDARG, S_FALSE, S_OK};
use dbgeng_testkit::spec::Requirement::{self, *};
use dbgeng_testkit::trace::{EngineName, Event, EventKind, Header, Reader};
use dbgeng_testkit::{Call, Ending, HRESULT, Outcome, Profile};

use self::Wrong::{Crashes, Describes, Returns};
use super::FRESH;
use crate::support::{build_mock_suite, read_recordings, write_trace};

/// The first fact of the measurements by which the rules of both versions are known.
const FIRST_FACT: u32 = 70;

/// A wrong answer to a call.
#[derive(Clone, Copy)]
enum Wrong {
    /// The call returns this, with the outputs of the recording. A connect that failed writes a handle.
    Returns(HRESULT),
    Crashes,
    /// The same status with another description.
    Describes(&'static str),
}

/// The rules of those facts: a recording of the real engine, and the call that is answered wrongly.
const WRONG: &[(Requirement, &str, u64, Wrong)] = &[
    (HandleRefusalIsEInvalidarg, "misuse-unknown-handle", 2, Returns(E_FAIL)),
    (ConnectLiveServerSucceeds, "lifecycle-same-process", 3, Returns(E_FAIL)),
    (ConnectReverseConnects, "connect-reverse", 4, Returns(E_FAIL)),
    (ConnectReverseConnectsAgain, "min-reverse-beside", 5, Returns(E_FAIL)),
    (ConnectReverseConnectsAgain, "min-reverse-other-after-kill", 7, Returns(S_OK)),
    (ConnectRefusalCodes, "connect-to-debugging-server", 5, Returns(E_FAIL)),
    (StartAddressInUseIsRefused, "min-replay-port-freed", 4, Returns(S_OK)),
    (WaitTimeOutIsSOk, "newest/wait-no-server", 2, Returns(S_FALSE)),
    (ServerListensOnBothIpVersions, "newest/min-ipversion-3", 5, Returns(S_OK)),
    (ServerListensOnOneIpVersion, "min-ipversion", 9, Returns(S_OK)),
    (SessionWaitNeedsATarget, "session-local", 4, Returns(S_OK)),
    (SessionAttachCompletesInAWait, "session-local", 32, Returns(S_OK)),
    (SessionInitialBreakEndsTheWait, "session-local", 33, Returns(S_FALSE)),
    (SessionWaitBringsTheProcess, "session-local", 36, Returns(E_FAIL)),
    (SessionWaitTimeOutIsSFalse, "session-local", 39, Returns(S_OK)),
    (SessionDebuggeeType, "session-remote", 14, Returns(E_FAIL)),
    (SessionLeavingSucceeds, "session-detach-all", 18, Returns(E_FAIL)),
    (SessionEngineOptionsAreKept, "session-local", 17, Returns(E_FAIL)),
    (SessionOutputMaskIsTheClientsOwn, "session-local", 23, Returns(E_FAIL)),
    (SessionDispatchNeedsAnExit, "session-local", 25, Returns(S_OK)),
    (SessionExitDispatchIsRemembered, "session-local", 27, Returns(S_FALSE)),
    (SessionStatusTellsTheTarget, "session-local", 34, Returns(E_FAIL)),
    (SessionWithoutATargetCodes, "session-local", 5, Returns(E_FAIL)),
    (SessionProcessIdsAgree, "session-ids", 10, Returns(E_FAIL)),
    (SessionProcessLookupCodes, "session-ids", 12, Returns(E_FAIL)),
    (IdsNullArrayIsAllowed, "ids-null-array-crashes-host", 5, Returns(S_FALSE)),
    (ClientInterfacesOfItsVersion, "program-012", 20, Returns(E_FAIL)),
    (ClientEndSessionClosesAnothersConnection, "min-session-A", 7, Returns(S_OK)),
    (ClientEndSessionDisconnectIsForRemoteClients, "probe-endsession-connect-4", 5, Returns(S_OK)),
    (ClientEndSessionRefusalIsEInvalidarg, "newest/newest-803-targets", 15, Returns(E_FAIL)),
    (CallReturns, "connect-to-debugging-server", 2, Crashes),
    (DescriptionIdFourIsSystem, "min-desc-id-4", 6, Describes("PID: 4")),
    (DescriptionUnknownFlagsAreRefused, "query-description", 14, Returns(S_OK)),
    (AttachOneDebugger, "target-second-debugger-local", 7, Returns(S_OK)),
    (AttachExistingFindsTheDebugger, "target-second-debugger-local", 8, Returns(E_FAIL)),
    (CreateRefusalIsEInvalidarg, "min-create2-implicit-line", 2, Returns(S_OK)),
    (CreateNoNameCode, "min-create-order", 4, Returns(E_FAIL)),
    (CreateNoProgramCode, "probe-create-lines-server", 19, Returns(E_FAIL)),
    (CreateFlaggedEnvironmentIsRefused, "min-create2-environment-flags", 5, Returns(S_OK)),
    (OptionsKeysNeedTheirValues, "start-options-tcp", 27, Returns(S_OK)),
    (OptionsBlankPortIsRefused, "start-options-tcp", 28, Returns(S_OK)),
    (OptionsBlankPortIsNoPort, "newest/probe-start-ports-0", 2, Returns(E_INVALIDARG)),
    (OptionsIpVersionIsDecimal, "min-ipversion-hex", 6, Returns(S_OK)),
    (OptionsChannelLimit, "min-port-blank", 20, Returns(S_OK)),
    (OptionsPipeFormatTakesNumbers, "min-pipe-percent-s", 2, Returns(S_OK)),
    (PlatformConnectCodes, "connect-no-server", 2, Returns(E_FAIL)),
    (PlatformPipeNameCanBeShared, "start-options-npipe", 3, Returns(E_FAIL)),
    (PlatformPipeNameEnds, "min-pipe-trailing", 7, Returns(E_FAIL)),
    (PlatformFirewireCode, "min-transport-1394", 2, Returns(E_FAIL)),
    (PlatformSecondDebuggerCode, "target-second-debugger-local", 7, Returns(E_FAIL)),
];

/// Rules of those facts that no recording can show, since none says which processes run. A trace of the mock does.
const UNRECORDED: [Requirement; 4] = [
    DescriptionArchitectureComesFirst,
    AttachExistingNeedsADebugger,
    AttachTargetsGoWithTheirDebugger,
    CreateCommandLineNamesItsProgram,
];

/// The real engine's objects have one table for all versions, so its model does not judge this.
const UNJUDGED: Requirement = ClientVersion1HasNoEnd;

impl Wrong {
    fn change(self, call: &Call, outcome: &mut Outcome) {
        match self {
            Returns(hresult) => {
                outcome.ending = Ending::Returned(hresult);
                if matches!(call, Call::ConnectProcessServer { .. }) && hresult == S_OK {
                    outcome.out.server.get_or_insert(FRESH);
                }
            }
            Crashes => *outcome = Outcome { ending: Ending::Crashed, out: Default::default() },
            Describes(text) => outcome.out.description = Some(text.to_owned()),
        }
    }
}

/// Returns what the judge reports of a call that has this outcome.
fn reported(
    profile: Profile,
    header: &Header,
    processes: &[String],
    events: &[Event],
    at: usize,
    outcome: Outcome,
) -> BTreeSet<Requirement> {
    let mut events = events[..=at].to_vec();
    if let EventKind::Call(recorded) = &mut events[at].kind {
        recorded.outcome = outcome;
    }
    let text = write_trace(header, processes, &events);
    // Some calls cannot have every outcome.
    let Ok(checked) = check(profile, "trace", &*text) else { return BTreeSet::new() };
    let of_the_call = checked.broken.iter().filter(|broken| broken.seq == events[at].seq);
    of_the_call.map(|broken| broken.violation.requirement).collect()
}

#[test]
fn a_wrong_answer_in_a_recording_is_reported_under_its_rule() {
    let recordings = read_recordings();
    for (requirement, trace, seq, wrong) in WRONG {
        let recording = recordings.iter().find(|recording| recording.name == *trace);
        let (header, processes, events) = recording.expect("fixtures has the recording").parse();
        let at = events.iter().position(|event| event.seq == *seq).expect("the trace has the call");
        let EventKind::Call(recorded) = &events[at].kind else { panic!("{trace}, seq {seq}: no call") };
        let judge = |outcome| reported(Profile::Dbgeng, &header, &processes, &events, at, outcome);
        assert!(!judge(recorded.outcome.clone()).contains(requirement), "{trace}, seq {seq}: {requirement}");
        let mut outcome = recorded.outcome.clone();
        wrong.change(&recorded.call, &mut outcome);
        let found = judge(outcome);
        assert!(found.contains(requirement), "{trace}, seq {seq}: {requirement} is not among {found:?}");
    }
}

#[test]
fn every_rule_of_the_measured_versions_has_a_recording_or_a_reason() {
    let is_measured = |id: &String| {
        let number = id.strip_prefix("OBS-").and_then(|number| number.parse().ok());
        number.is_some_and(|number: u32| number >= FIRST_FACT)
    };
    let needed = Requirement::ALL.into_iter().filter(|requirement| {
        let facts = requirement.facts();
        facts.untestable.is_none() && facts.sources.iter().any(is_measured)
    });
    let listed = WRONG.iter().map(|row| row.0).chain(UNRECORDED);
    assert_eq!(needed.collect::<BTreeSet<_>>(), listed.collect::<BTreeSet<_>>());
}

/// Lists answers that may be wrong, in place of the right one. They repeat handles and ids of earlier answers.
fn wrong_outcomes(call: &Call, right: &Outcome, earlier: &[Event]) -> Vec<Outcome> {
    let earlier = earlier.iter().filter_map(|event| match &event.kind {
        EventKind::Call(recorded) => Some(&recorded.outcome.out),
        _ => None,
    });
    let (handles, ids): (Vec<_>, Vec<_>) =
        earlier.map(|out| (out.server, out.ids.iter().flatten().chain(&out.id))).unzip();
    let ids = Vec::from_iter(ids.into_iter().flatten().copied());
    let mut wrong = Vec::new();
    let mut change = |change: &dyn Fn(&mut Outcome)| {
        let mut outcome = right.clone();
        change(&mut outcome);
        wrong.push(outcome);
    };
    for hresult in [E_FAIL, S_OK, S_FALSE, E_INVALIDARG] {
        change(&|outcome| Returns(hresult).change(call, outcome));
        change(&|outcome| *outcome = Outcome::returned(hresult));
    }
    change(&|outcome| Crashes.change(call, outcome));
    change(&|outcome| *outcome = Outcome { ending: Ending::TimedOut, out: Default::default() });
    change(&|outcome| outcome.ending = Ending::References(1));
    change(&|outcome| outcome.out.server = Some(0));
    change(&|outcome| outcome.out.id = Some(12_345));
    change(&|outcome| outcome.out.id = None);
    change(&|outcome| outcome.out.exe_name = Some(r"C:\another.exe".to_owned()));
    change(&|outcome| outcome.out.description = Some("another".repeat(200)));
    change(&|outcome| outcome.out.actual_count = outcome.out.actual_count.map(|count| count / 2));
    change(&|outcome| outcome.out.actual_exe_name_size = Some(1));
    change(&|outcome| outcome.out.actual_description_size = Some(0));
    change(&|outcome| outcome.out.ids.iter_mut().for_each(|ids| ids.extend([12_345; 80])));
    change(&|outcome| outcome.out.ids.iter_mut().for_each(|all| all.extend(&ids)));
    change(&|outcome| outcome.out.ids.iter_mut().for_each(|ids| ids.truncate(ids.len().saturating_sub(1))));
    for handle in handles.into_iter().flatten() {
        change(&|outcome| outcome.out.server = Some(handle));
    }
    wrong
}

/// Returns the trace of a case, which names every computer and what runs on it.
fn trace_of_mock(profile: Profile, case: &Case) -> (Header, Vec<String>, Vec<Event>) {
    let mut text = Vec::new();
    let header = Header::new(EngineName::default(), "a case", "");
    build_mock_suite(profile).record(&case.program(), &header, &mut text).expect("the mock takes every program");
    let mut reader = Reader::new("a case", &*text).expect("the kit writes traces that it can read");
    let events = reader.by_ref().collect::<Result<_, _>>().expect("the kit writes traces that it can read");
    (reader.header().clone(), reader.processes().to_vec(), events)
}

#[test]
fn a_wrong_answer_in_a_trace_of_the_mock_is_reported_under_its_rule() {
    for profile in Profile::ALL {
        let all = cases(profile, Limits::default());
        let testable = |requirement: &Requirement| {
            let facts = requirement.facts();
            facts.applies_to(profile) && facts.untestable.is_none()
        };
        for requirement in Requirement::ALL.into_iter().filter(testable) {
            let mut own = all.iter().filter(|case| case.requirement == requirement);
            let is_seen = own.any(|case| {
                let (header, processes, events) = trace_of_mock(profile, case);
                events.iter().enumerate().rev().any(|(at, event)| {
                    let EventKind::Call(recorded) = &event.kind else { return false };
                    let wrong = wrong_outcomes(&recorded.call, &recorded.outcome, &events[..at]);
                    let judge = |outcome| reported(profile, &header, &processes, &events, at, outcome);
                    wrong.into_iter().any(|outcome| judge(outcome).contains(&requirement))
                })
            });
            let is_judged = !(profile.is_dbgeng() && requirement == UNJUDGED);
            assert_eq!(is_seen, is_judged, "{requirement} ({profile})");
        }
    }
}
