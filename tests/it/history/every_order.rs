//! Compares the search with the plainest one: try every order.

use dbgeng_testkit::conformance::{Generator, check, execute};
use dbgeng_testkit::hresult::{E_INVALIDARG, S_OK};
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::model::{Model, Violation, WorldAssumption};
use dbgeng_testkit::spec::{Level, Requirement};
use dbgeng_testkit::trace::{EngineName, Event, EventKind, Header};
use dbgeng_testkit::{Call, Ending, Outcome, Profile};

use crate::support::write_trace;

/// Runs a program on the mock, changes a few answers, and gives the calls times that overlap.
fn history(profile: Profile, seed: u64) -> Vec<Event> {
    let program = Generator::new(seed, 14).program();
    let mut events = execute(&program, Box::new(Lab::new(profile).engine()), profile, true).events;
    let mut random = fastrand::Rng::with_seed(seed);
    let handles: Vec<u64> = events.iter().filter_map(|event| call(event)?.1.out.server).collect();
    let wrongs = random.usize(0..3);
    for _ in 0..wrongs {
        let at = random.usize(0..events.len());
        let EventKind::Call(recorded) = &mut events[at].kind else { continue };
        match (&mut recorded.call, recorded.outcome.ending) {
            (Call::ConnectProcessServer { .. }, _) => {
                recorded.outcome.out.server = recorded.outcome.out.server.and(random.choice(handles.iter().copied()));
            }
            (call, Ending::Returned(hresult)) if call.server().is_some() => {
                let contrary = if hresult == S_OK { E_INVALIDARG } else { S_OK };
                recorded.outcome = Outcome::returned(contrary);
            }
            _ => {}
        }
    }
    let mut start = 0;
    for event in &mut events {
        let EventKind::Call(recorded) = &mut event.kind else { continue };
        start += random.i64(0..4);
        recorded.interval = Some((start, start + random.i64(0..9)));
    }
    // Calls that overlap can be in any order in a trace: exchange some neighbours.
    for at in 1..events.len() {
        let (before, after) = (interval(&events[at - 1]), interval(&events[at]));
        if let (Some(before), Some(after)) = (before, after)
            && before.1 > after.0
            && random.bool()
        {
            swap_calls(&mut events, at);
        }
    }
    events
}

fn call(event: &Event) -> Option<(&Call, &Outcome)> {
    match &event.kind {
        EventKind::Call(recorded) => Some((&recorded.call, &recorded.outcome)),
        _ => None,
    }
}

fn interval(event: &Event) -> Option<(i64, i64)> {
    match &event.kind {
        EventKind::Call(recorded) => recorded.interval,
        _ => None,
    }
}

/// Exchanges two neighbours, but keeps their times and their seqs.
fn swap_calls(events: &mut [Event], at: usize) {
    let [one, other] = &mut events[at - 1..=at] else { return };
    let (EventKind::Call(one), EventKind::Call(other)) = (&mut one.kind, &mut other.kind) else { return };
    std::mem::swap(one, other);
    std::mem::swap(&mut one.interval, &mut other.interval);
}

/// Returns whether the first call has to take effect before the second, which follows it in the trace.
fn precedes(first: &Event, second: &Event) -> bool {
    let (Some(one), Some(other)) = (interval(first), interval(second)) else { return true };
    let (EventKind::Call(first), EventKind::Call(second)) = (&first.kind, &second.kind) else { return true };
    let same_thread = (first.by.process, first.by.thread) == (second.by.process, second.by.thread);
    one.1 < other.0 || (one.1 == other.0 && same_thread)
}

/// Returns whether a violation rules an order out. A requirement that only names the cause of a failure does not.
fn binds(violation: &Violation) -> bool {
    let requirement = violation.requirement;
    let is_cause = matches!(
        requirement,
        Requirement::DisconnectLeavesOtherConnections
            | Requirement::ServerServesSeveralClients
            | Requirement::HandleOtherHandlesUnharmed
    );
    requirement.level() == Level::Must && !is_cause
}

/// Returns whether there is an order, by trying all of them, or `None` if there are too many.
fn has_order(model: &Model, left: &[&Event], budget: &mut u32) -> Option<bool> {
    if left.is_empty() {
        return Some(true);
    }
    for (at, event) in left.iter().enumerate() {
        if left[..at].iter().any(|before| precedes(before, event)) {
            continue;
        }
        *budget = budget.checked_sub(1)?;
        let mut model = model.clone();
        let holds = match &event.kind {
            EventKind::Call(recorded) => {
                let broken = model.observe(recorded.by, &recorded.call, &recorded.outcome).err().unwrap_or_default();
                !broken.iter().any(binds)
            }
            EventKind::ProcessKilled { process } => {
                model.process_killed(*process);
                true
            }
            EventKind::Computer { process, computer, .. } => {
                model.place(*process, computer);
                true
            }
            EventKind::Elapsed { .. } => true,
        };
        let rest: Vec<&Event> = left.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, it)| *it).collect();
        if holds && has_order(&model, &rest, budget)? {
            return Some(true);
        }
    }
    Some(false)
}

/// The number of histories of each profile, and of calls that may be tried in one. More calls decide few more histories, and
/// take most of the time, so only CI tries them.
fn limits() -> (u64, u32) {
    if std::env::var_os("CI").is_some() { (1_000, 20_000) } else { (400, 1_000) }
}

/// Versions of the engine differ in what a call may answer, not in how an order is searched.
const PROFILES: [Profile; 2] = [Profile::Contract, Profile::Dbgeng];

#[test]
fn the_search_finds_an_order_exactly_where_there_is_one() {
    let header = Header::new(EngineName::default(), "history", "");
    let ((seeds, steps), mut legal, mut illegal) = (limits(), 0, 0);
    for (profile, seed) in (0..seeds).flat_map(|seed| PROFILES.map(|profile| (profile, seed))) {
        let events = history(profile, seed);
        let processes: Vec<String> = (0..8).map(|process| format!("process{process}")).collect();
        let text = write_trace(&header, &processes, &events);
        let left: Vec<&Event> = events.iter().collect();
        let Some(expected) = has_order(&Model::new(profile, WorldAssumption::Closed), &left, &mut steps.clone()) else {
            continue;
        };
        let trace = String::from_utf8_lossy(&text);
        let broken = check(profile, "t", &*text).unwrap().broken;
        assert_eq!(!broken.iter().any(|broken| binds(&broken.violation)), expected, "{profile}, seed {seed}:\n{trace}");
        if expected { legal += 1 } else { illegal += 1 }
    }
    assert!(legal > 200 && illegal > 50, "{legal} with an order, {illegal} without");
}
