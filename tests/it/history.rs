//! Calls that overlap in time. The model has to allow one of their orders.

mod every_order;
mod many;

use dbgeng_testkit::conformance::{Program, check};
use dbgeng_testkit::hresult::{E_INVALIDARG, S_OK};
use dbgeng_testkit::replay::replay;
use dbgeng_testkit::spec::Level;
use dbgeng_testkit::trace::{CheckError, Event, EventKind, Recorded};
use dbgeng_testkit::{Call, Ending, Outcome, Profile};

use crate::support::{
    OK, PublishedTrace, REFUSED, RELEASED, read_traces, write_clashing_disconnects, write_history, write_trace,
};

fn storms() -> Vec<PublishedTrace> {
    let storms: Vec<PublishedTrace> = read_traces().into_iter().filter(PublishedTrace::overlaps).collect();
    assert_eq!(storms.len(), 5);
    storms
}

/// Returns the seq of the first MUST that is broken.
fn broken(profile: Profile, trace: &[u8]) -> Option<u64> {
    let broken = check(profile, "t", trace).unwrap().broken;
    broken.iter().find(|broken| broken.violation.requirement.level() == Level::Must).map(|broken| broken.seq)
}

#[test]
fn the_calls_of_the_real_engine_on_many_threads_have_an_order() {
    for trace in storms() {
        for profile in Profile::ALL {
            assert_eq!(broken(profile, &trace.text), None, "{} in {profile}", trace.name);
        }
    }
}

/// Returns the opposite outcome of a call on a handle.
fn contrary(recorded: &Recorded) -> Option<Outcome> {
    let is_on_a_handle = recorded.call.server().is_some_and(|server| server != 0);
    let disconnects = matches!(recorded.call, Call::DisconnectProcessServer { .. });
    match recorded.outcome.ending {
        Ending::Returned(S_OK) if is_on_a_handle => Some(Outcome::returned(E_INVALIDARG)),
        Ending::Returned(_) if disconnects => Some(Outcome::returned(S_OK)),
        _ => None,
    }
}

/// No order allows a wrong answer.
#[test]
fn a_wrong_answer_has_no_order() {
    let mut made = 0;
    for trace in storms() {
        let (header, processes, events) = trace.parse();
        for at in 0..events.len() {
            let mut events: Vec<Event> = events.clone();
            let EventKind::Call(recorded) = &mut events[at].kind else { continue };
            let Some(outcome) = contrary(recorded) else { continue };
            recorded.outcome = outcome;
            let text = write_trace(&header, &processes, &events);
            for profile in Profile::ALL {
                assert!(broken(profile, &text).is_some(), "{}, seq {}, {profile}", trace.name, events[at].seq);
            }
            made += 1;
        }
    }
    assert!(made > 100, "{made}");
}

#[test]
fn a_call_takes_effect_within_its_own_time() {
    let disconnect = "DisconnectProcessServer";
    for profile in Profile::ALL {
        // If two disconnects overlap, either may be the one that closes.
        let overlapping = write_history(&[(disconnect, REFUSED, 0, 10), (disconnect, OK, 5, 15)]);
        assert_eq!(broken(profile, &overlapping), None);
        // A call cannot take effect before one that had ended when it began.
        let following = write_history(&[(disconnect, REFUSED, 0, 10), (disconnect, OK, 10, 15)]);
        assert_eq!(broken(profile, &following), Some(4));
        let both = write_history(&[(disconnect, REFUSED, 0, 10), (disconnect, REFUSED, 5, 15)]);
        assert!(broken(profile, &both).is_some());
        // A later call decides which of two orders it was.
        let ids =
            r#""in": {"Server": "0x10", "Count": 0, "Ids": null}, "hresult": "0x00000000", "out": {"ActualCount": 3}"#;
        let later = [(disconnect, OK, 0, 10), ("GetRunningProcessSystemIds", ids, 5, 15)];
        assert_eq!(broken(profile, &write_history(&later)), None);
        let too_late = [later[0], ("GetRunningProcessSystemIds", ids, 12, 15)];
        assert_eq!(broken(profile, &write_history(&too_late)), Some(5));
    }
}

/// The same calls in another order can lead to another state. The search tries both.
#[test]
fn later_calls_may_allow_only_one_order() {
    let attach = r#""in": {"Server": "0x10", "ProcessId": 64, "AttachFlags": 1}, "hresult": "0x00000000""#;
    let calls = [("EndProcessServer", OK, 0, 10), ("AttachProcess", attach, 5, 15)];
    let served =
        r#""in": {"Server": "0x10", "Count": 0, "Ids": null}, "hresult": "0x00000000", "out": {"ActualCount": 3}"#;
    let refused = r#""in": {"Server": "0x10", "Count": 0, "Ids": null}, "hresult": "0x8000ffff""#;
    for answer in [served, refused] {
        let calls = [calls[0], calls[1], ("GetRunningProcessSystemIds", answer, 20, 30)];
        let checked = check(Profile::Dbgeng, "t", &*write_history(&calls)).unwrap();
        assert_eq!(checked.broken, [], "{answer}");
    }
}

/// If two orders break no binding requirement, the one that breaks fewer others is reported.
#[test]
fn the_order_that_breaks_less_is_preferred() {
    let description = r#""in": {"Server": "0x10", "SystemId": 64, "Flags": 0, "ExeNameSize": 9, "DescriptionSize": 9}, "hresult": "0x8000ffff""#;
    let calls = [("GetRunningProcessDescription", description, 0, 10), ("EndProcessServer", OK, 5, 6)];
    let text = String::from_utf8(write_history(&calls)).unwrap();
    // Without a Computer event, the model allows any description.
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.insert(1, COMPUTER.to_owned());
    for (line, seq) in lines[2..].iter_mut().zip(1..) {
        *line = line.replacen(&format!("\"seq\": {seq}"), &format!("\"seq\": {}", seq + 1), 1);
    }
    let text = lines.join("\n");
    for profile in Profile::ALL {
        assert_eq!(check(profile, "t", text.as_bytes()).unwrap().broken, [], "{profile}");
    }
}

const COMPUTER: &str = r#"{"seq": 1, "process": "client", "event": "Computer", "computer": {"Names": ["BOX"], "Processes": [{"Id": 64, "Exe": "a.exe"}]}}"#;

/// Calls that change nothing, or nothing that other calls use, need no search.
#[test]
fn independent_calls_cost_no_search() {
    let ids =
        r#""in": {"Server": "0x10", "Count": 0, "Ids": null}, "hresult": "0x00000000", "out": {"ActualCount": 3}"#;
    for profile in [Profile::Contract, Profile::Dbgeng] {
        let all_at_once = write_history(&[("GetRunningProcessSystemIds", ids, 0, 10); 100]);
        let checked = check(profile, "t", &*all_at_once).unwrap();
        assert_eq!((checked.broken, checked.stopped.map(|why| why.to_string())), (Vec::new(), None), "{profile}");
    }
}

/// Attaches to any process and creates affect one another, and no two of these are the same.
#[test]
fn a_search_that_would_not_end_is_given_up_and_keeps_what_is_proven() {
    let attach = |id: u64| {
        format!(r#""in": {{"Server": "0x10", "ProcessId": {id}, "AttachFlags": 0}}, "hresult": "0x00000000""#)
    };
    let create = |id: u64| {
        format!(r#""in": {{"Server": "0x10", "CommandLine": "{id}.exe", "CreateFlags": 1}}, "hresult": "0x00000000""#)
    };
    let lines: Vec<(&str, String)> =
        (1..20).flat_map(|id| [("AttachProcess", attach(id)), ("CreateProcess", create(id))]).collect();
    let refused = [("EndProcessServer", r#""in": {"Server": "0x20"}, "hresult": "0x00000000""#, 0, 5)];
    let at_once = lines.iter().map(|(call, line)| (*call, line.as_str(), 10, 20));
    let calls: Vec<_> = refused.into_iter().chain(at_once).collect();
    let checked = check(Profile::Contract, "t", &*write_history(&calls)).unwrap();
    let why = "t: there are too many ways to order 38 calls that overlap and may change what the others return: seq 5, 6, 7, 8, \
               9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, …";
    assert_eq!(checked.stopped.as_ref().map(ToString::to_string).as_deref(), Some(why));
    assert_eq!(checked.broken[0].seq, 4, "{:?}", checked.broken);
    assert!(!checked.holds(false) && checked.is_violated(false));
}

/// Two orders of the first calls are possible until the end, and both have broken the same.
#[test]
fn what_every_order_has_broken_is_kept_when_the_search_is_given_up() {
    let attach = |server: &str, id: u64| {
        format!(r#""in": {{"Server": "{server}", "ProcessId": {id}, "AttachFlags": 1}}, "hresult": "0x00000000""#)
    };
    let create = |id: u64| {
        format!(r#""in": {{"Server": "0x0", "CommandLine": "{id}.exe", "CreateFlags": 1}}, "hresult": "0x00000000""#)
    };
    let (first, wrong) = (attach("0x10", 64), r#""in": {"Server": "0x0"}, "hresult": "0x80004005""#);
    let undecided = [("EndProcessServer", OK, 0, 10), ("AttachProcess", &*first, 5, 15)];
    let lines: Vec<(&str, String)> =
        (1..20).flat_map(|id| [("AttachProcess", attach("0x0", id)), ("CreateProcess", create(id))]).collect();
    let at_once = lines.iter().map(|(call, line)| (*call, line.as_str(), 40, 50));
    let calls: Vec<_> = undecided.into_iter().chain([("EndProcessServer", wrong, 20, 30)]).chain(at_once).collect();
    let checked = check(Profile::Dbgeng, "t", &*write_history(&calls)).unwrap();
    assert!(checked.stopped.is_some_and(|why| why.to_string().contains("too many ways to order 38 calls")));
    let broken: Vec<(u64, &str)> =
        checked.broken.iter().map(|broken| (broken.seq, broken.violation.requirement.id())).collect();
    assert_eq!(broken, [(6, "handle/refusal-is-e-invalidarg")]);
}

/// The report draws only the two calls that exclude each other.
#[test]
fn the_fewest_calls_without_an_order_are_shown() {
    let checked = check(Profile::Contract, "t", &*write_clashing_disconnects()).unwrap();
    let lanes = checked.lanes();
    assert_eq!(lanes.seqs().collect::<Vec<_>>(), [8, 10]);
    let text = "\
client, thread 1  |--1--|
client, thread 3     |--2--|
1  seq 8  DisconnectProcessServer(Server=\"0x10\") -> S_OK
2  seq 10  DisconnectProcessServer(Server=\"0x10\") -> S_OK
";
    assert_eq!(lanes.to_string(), text);
    let mermaid = "\
gantt
    title No order of these calls is allowed
    dateFormat x
    axisFormat %Q
    section client, thread 1
    1 · seq 8 · DisconnectProcessServer(Server=\"0x10\") -> S_OK : 2, 8
    section client, thread 3
    2 · seq 10 · DisconnectProcessServer(Server=\"0x10\") -> S_OK : 6, 12
";
    assert_eq!(lanes.mermaid(), mermaid);
}

#[test]
fn a_call_too_late_in_the_trace_is_named() {
    let calls =
        [("DisconnectProcessServer", OK, 0, 10), ("Release", RELEASED, 20, 30), ("EndProcessServer", OK, 5, 15)];
    let stopped = check(Profile::Contract, "t", &*write_history(&calls)).unwrap().stopped;
    let refused = stopped.expect("it is not judged to the end").to_string();
    let why = "t: call 6 starts before calls above it have ended, and follows calls that start later";
    assert_eq!(refused, why);
}

#[test]
fn a_replay_needs_the_order_of_the_calls() {
    for trace in storms() {
        let why = "t: calls 3 and 4 overlap in time, so their order is not known";
        assert_eq!(replay(Profile::Dbgeng, "t", &*trace.text).unwrap_err().to_string(), why);
        let refused = Program::from_trace("t", &*trace.text).unwrap_err();
        assert!(matches!(refused, CheckError::Overlapping { .. }));
    }
}

/// A recorder that notes such a call is wrong, whatever the call has returned.
#[test]
fn nobody_calls_after_a_last_release_or_a_crash() {
    let ids =
        r#""in": {"Server": "0x10", "Count": 0, "Ids": null}, "hresult": "0x00000000", "out": {"ActualCount": 3}"#;
    let (query, crashed) = ("GetRunningProcessSystemIds", r#""in": {}, "crashed": true"#);
    for profile in Profile::ALL {
        let last = [("Release", RELEASED, 0, 5), (query, ids, 6, 9)];
        let crash = [("CreateClient", crashed, 0, 5), ("DisconnectProcessServer", REFUSED, 6, 9)];
        for calls in [last, crash] {
            let checked = check(profile, "t", &*write_history(&calls)).unwrap();
            let broken = checked.broken.iter().filter(|broken| broken.seq == 5);
            let ids: Vec<&str> = broken.map(|broken| broken.violation.requirement.id()).collect();
            assert_eq!(ids, ["call/caller-is-alive"], "{profile}: {calls:?}");
        }
        // While the release is under way, the other thread may be the first.
        let overlapping = [("Release", RELEASED, 0, 5), (query, ids, 3, 9)];
        assert_eq!(check(profile, "t", &*write_history(&overlapping)).unwrap().broken, [], "{profile}");
    }
}

/// A trace that begins with the making of a client object shows each of them.
#[test]
fn nobody_calls_on_an_object_that_was_never_made() {
    let line = |seq: u64, client: u64, call: &str| {
        format!("\n{{\"seq\": {seq}, \"process\": \"client\", \"thread\": 0, \"client\": {client}, {call}}}")
    };
    let created = r#""call": "DebugCreate", "in": {"Interface": "IDebugClient5"}, "hresult": "0x00000000""#;
    let makes = |out: &str| format!(r#""call": "CreateClient", "in": {{}}, "hresult": "0x00000000"{out}"#);
    let refused = r#""call": "DisconnectProcessServer", "in": {"Server": "0x10"}, "hresult": "0x80070057""#;
    let header = r#"{"trace": 1, "engine": {"name": "", "version": "", "platform": ""}, "name": "", "note": ""}"#;
    let judged = |profile, lines: [String; 3]| {
        let checked = check(profile, "t", format!("{header}{}", lines.concat()).as_bytes()).unwrap();
        checked.broken.iter().map(|broken| (broken.seq, broken.violation.requirement.id())).collect::<Vec<_>>()
    };
    let alive = "call/caller-is-alive";
    for profile in Profile::ALL {
        let (first, second) = (line(1, 0, created), line(2, 0, &makes(r#", "out": {"Client": 1}"#)));
        assert_eq!(judged(profile, [first.clone(), second.clone(), line(3, 1, refused)]), [], "{profile}");
        assert_eq!(judged(profile, [first.clone(), second, line(3, 7, refused)]), [(3, alive)], "{profile}");
        // The trace does not show which object was made, or who made the objects before its first call.
        let unnamed = line(2, 0, &makes(""));
        assert_eq!(judged(profile, [first, unnamed, line(3, 7, refused)]), [], "{profile}");
        let midway = [line(1, 0, refused), line(2, 0, created), line(3, 7, refused)];
        assert_eq!(judged(profile, midway), [], "{profile}");
        let cut = [line(2, 0, created), line(3, 0, refused), line(4, 7, refused)];
        assert_eq!(judged(profile, cut), [], "{profile}");
    }
}

#[test]
fn an_actual_count_below_the_ids_is_wrong() {
    let ids =
        r#""in": {"Server": "0x10", "Count": 4}, "hresult": "0x00000000", "out": {"Ids": [4, 8], "ActualCount": 1}"#;
    for profile in Profile::ALL {
        assert_eq!(broken(profile, &write_history(&[("GetRunningProcessSystemIds", ids, 0, 5)])), Some(4), "{profile}");
    }
}
