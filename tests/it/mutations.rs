//! Traces of the real engine with one wrong event. The judge has to report that event.

mod rules;

use std::collections::{HashMap, HashSet};

use dbgeng_testkit::conformance::{BrokenRequirement, check};
use dbgeng_testkit::hresult::{E_FAIL, S_FALSE, S_OK};
use dbgeng_testkit::spec::Level;
use dbgeng_testkit::trace::{Event, EventKind, Recorded};
use dbgeng_testkit::{Call, Caller, Ending, Outcome, Pointer, Profile};

use crate::support::{PublishedTrace, read_sequential_traces, write_trace};

/// A handle that no trace has.
const FRESH: u64 = 0x7fff_0000_1230;

/// A trace with one wrong event, and its seq.
struct Wrong {
    what: &'static str,
    events: Vec<Event>,
    seq: u64,
}

/// The state before an event, by a model that is simpler than the kit's.
#[derive(Default)]
struct Book {
    /// By process and handle: the thread that connected.
    live: HashMap<(u32, u64), u32>,
    closed: HashSet<(u32, u64)>,
    /// Handles that a debugging session of their thread keeps open beyond a disconnect.
    held: HashSet<(u32, u64)>,
    an_end: bool,
}

impl Book {
    fn enter(&mut self, event: &Event) {
        let recorded = match &event.kind {
            EventKind::Call(recorded) => recorded,
            EventKind::ProcessKilled { .. } | EventKind::Elapsed { .. } | EventKind::Computer { .. } => return,
        };
        if !recorded.outcome.succeeded() {
            return;
        }
        let process = recorded.by.process;
        if let Some(handle) = recorded.call.server().filter(|_| recorded.call.debugs()) {
            self.held.insert((process, handle));
        }
        match recorded.call {
            Call::ConnectProcessServer { .. } => {
                let handle = (process, recorded.outcome.out.server.expect("a connect gives a handle"));
                self.closed.remove(&handle);
                self.live.insert(handle, recorded.by.thread);
            }
            Call::DisconnectProcessServer { server } => {
                let handle = (process, server);
                if self.live.get(&handle) == Some(&recorded.by.thread) && !self.held.remove(&handle) {
                    self.live.remove(&handle);
                    self.closed.insert(handle);
                }
            }
            Call::EndProcessServer { .. } => self.an_end = true,
            _ => {}
        }
    }

    fn live_in(&self, process: u32) -> Option<u64> {
        self.live.keys().filter(|(of, _)| *of == process).map(|(_, handle)| *handle).min()
    }

    fn closed_in(&self, process: u32) -> Option<u64> {
        self.closed.iter().filter(|(of, _)| *of == process).map(|(_, handle)| *handle).min()
    }

    fn knows(&self, process: u32, handle: u64) -> bool {
        self.live.contains_key(&(process, handle)) || self.closed.contains(&(process, handle))
    }
}

fn ended(outcome: &Outcome) -> Option<dbgeng_testkit::HRESULT> {
    outcome.hresult()
}

/// Lists the changes that make a call wrong.
fn changes(recorded: &Recorded, book: &Book) -> Vec<(&'static str, Recorded)> {
    let mut changes = Vec::new();
    let mut change = |what, change: &dyn Fn(&mut Recorded)| {
        let mut wrong = recorded.clone();
        change(&mut wrong);
        changes.push((what, wrong));
    };
    let fails = |wrong: &mut Recorded| wrong.outcome = Outcome::returned(E_FAIL);
    let succeeds = |wrong: &mut Recorded| wrong.outcome.ending = Ending::Returned(S_OK);
    let process = recorded.by.process;
    let succeeded = ended(&recorded.outcome) == Some(S_OK);
    let refused = ended(&recorded.outcome).is_some_and(|hresult| hresult.is_err());
    match recorded.call {
        Call::DisconnectProcessServer { .. } if succeeded => change("a disconnect fails", &fails),
        Call::EndProcessServer { .. } if succeeded => change("an end fails", &fails),
        Call::DisconnectProcessServer { server } | Call::EndProcessServer { server } if refused => {
            if server == 0 {
                change("zero is taken", &succeeds);
            } else if !book.knows(process, server) {
                change("an unknown handle is taken", &succeeds);
            }
        }
        Call::ConnectProcessServer { remote_options: Some(ref text), .. } if succeeded => {
            // The platform decides which names lead to a pipe (OBS-80, OBS-81).
            if !text.contains("pipe=") {
                change("a connect fails", &fails);
            }
            if let Some(live) = book.live_in(process) {
                change("two live connections share a handle", &|wrong| wrong.outcome.out.server = Some(live));
            }
        }
        // The name may have an address of version 6 (OBS-73).
        Call::ConnectProcessServer { remote_options: Some(ref text), .. } if text.contains("localhost,ipversion=6") => {
        }
        Call::ConnectProcessServer { server: Pointer::Given, .. } if refused => {
            change("a refused connect succeeds", &|wrong| {
                wrong.outcome.ending = Ending::Returned(S_OK);
                wrong.outcome.out.server = Some(FRESH);
            });
        }
        Call::StartProcessServer { flags, .. } if refused && flags != 2 => change("a wrong class is taken", &succeeds),
        Call::WaitForProcessServerEnd { .. } if succeeded => {
            change("a wait fails", &fails);
            change("a wait times out after an end", &|wrong| wrong.outcome.ending = Ending::Returned(S_FALSE));
        }
        Call::WaitForProcessServerEnd { .. } if ended(&recorded.outcome) == Some(S_FALSE) && !book.an_end => {
            change("a wait sees an end before any", &succeeds);
        }
        Call::GetRunningProcessSystemIds { count, ids: Pointer::Given, .. } if succeeded => {
            change("more ids than Count", &|wrong| {
                wrong.outcome.out.ids = Some((0..=count).map(|id| id * 4).collect())
            });
        }
        _ => {}
    }
    if let (Some(closed), true) = (book.closed_in(process), succeeded && recorded.call.server().is_some_and(|s| s != 0))
    {
        let is_query = matches!(
            recorded.call,
            Call::GetRunningProcessSystemIds { .. }
                | Call::GetRunningProcessSystemIdByExecutableName { .. }
                | Call::GetRunningProcessDescription { .. }
        );
        if is_query {
            change("a query goes to a disconnected handle", &|wrong| wrong.call.set_server(closed));
        }
    }
    changes
}

/// A query that succeeds on a handle that the last call has closed.
fn query_of_closed(by: Caller, handle: u64) -> Recorded {
    let mut outcome = Outcome::returned(S_OK);
    outcome.out.actual_count = Some(2);
    outcome.out.ids = Some(vec![64, 76]);
    let call = Call::GetRunningProcessSystemIds {
        server: handle,
        ids: Pointer::Given,
        count: 64,
        actual_count: Pointer::Given,
    };
    Recorded { by, call, wide: false, outcome, elapsed_us: None, interval: None }
}

fn wrong_traces(events: &[Event]) -> Vec<Wrong> {
    let mut book = Book::default();
    let mut wrong = Vec::new();
    for (at, event) in events.iter().enumerate() {
        let EventKind::Call(recorded) = &event.kind else {
            book.enter(event);
            continue;
        };
        for (what, changed) in changes(recorded, &book) {
            let mut events = events.to_vec();
            events[at].kind = EventKind::Call(Box::new(changed));
            wrong.push(Wrong { what, events, seq: event.seq });
        }
        let closed_before = book.closed.clone();
        book.enter(event);
        for (_, handle) in book.closed.difference(&closed_before) {
            let query = EventKind::Call(Box::new(query_of_closed(recorded.by, *handle)));
            let mut events: Vec<Event> = events[..=at].to_vec();
            let seq = event.seq + 1;
            events.push(Event { seq, kind: query });
            wrong.push(Wrong { what: "a disconnected handle answers a query", events, seq });
        }
    }
    wrong
}

fn is_caught(trace: &PublishedTrace, wrong: &Wrong) -> bool {
    let (header, processes, _) = trace.parse();
    let text = write_trace(&header, &processes, &wrong.events);
    let checked = check(Profile::Dbgeng, &trace.name, &*text).expect("a wrong trace can be judged");
    let is_binding = |broken: &&BrokenRequirement| broken.violation.requirement.level() < Level::May;
    checked.broken.iter().find(is_binding).is_some_and(|broken| broken.seq == wrong.seq)
}

#[test]
fn every_wrong_trace_is_caught_at_its_wrong_event() {
    let mut made: HashMap<&'static str, usize> = HashMap::new();
    let mut missed = Vec::new();
    for trace in read_sequential_traces() {
        let (_, _, events) = trace.parse();
        for wrong in wrong_traces(&events) {
            *made.entry(wrong.what).or_default() += 1;
            if !is_caught(&trace, &wrong) {
                missed.push(format!("{}, seq {}: {} and nothing is reported", trace.name, wrong.seq, wrong.what));
            }
        }
    }
    assert_eq!(missed, Vec::<String>::new());
    // Every kind of change was made.
    assert_eq!(made.len(), 14, "{made:?}");
}
