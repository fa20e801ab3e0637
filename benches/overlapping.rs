//! Histories of calls of eight threads that overlap without end, as traces and as what porcupine judges.

use std::fmt::Write;

use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::check_events;
use dbgeng_testkit::trace::{Event, Reader};
use fastrand::Rng;
use porcupine_rs::{Model, Operation};

const THREADS: u32 = 8;

/// The time from the effect of one call to that of the next. A call ends before its thread makes another.
const PACE: i64 = 10;
const LONGEST: i64 = PACE * (THREADS as i64 - 1);

/// The number of handle values if they are reused, and the largest number of handles that a thread has open.
const VALUES: u64 = 64;
const MOST_OPEN: usize = 4;

/// The number of partitions for porcupine: 64 was fastest. It starts a thread for each, so one for each handle would
/// cost it more.
const PARTS: u64 = 64;

#[derive(Clone, Copy, Debug)]
pub enum Done {
    Connected,
    Disconnected,
    Refused,
    Listed,
}

#[derive(Clone, Copy, Debug)]
pub struct Call {
    pub thread: u32,
    pub start: i64,
    pub end: i64,
    pub handle: u64,
    pub done: Done,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    Fresh,
    Reused,
}

/// A history in the order of the effects of its calls, the same in every run.
pub fn history(values: Values, calls: usize) -> Vec<Call> {
    let mut random = Rng::with_seed(6);
    let mut free: Vec<u64> = (1..=VALUES).rev().collect();
    let mut fresh = VALUES;
    let mut open = vec![Vec::new(); THREADS as usize];
    let mut ends = vec![-1; THREADS as usize];
    let mut made = Vec::new();
    for at in 0..calls {
        let thread = at % THREADS as usize;
        let effect = PACE * at as i64;
        let (start, end) = (random.i64(ends[thread] + 1..=effect), effect + random.i64(1..LONGEST));
        ends[thread] = end;
        let mine: &mut Vec<u64> = &mut open[thread];
        let (handle, done) = match random.u8(..3) {
            0 if !mine.is_empty() => (mine[random.usize(..mine.len())], Done::Listed),
            1 if !mine.is_empty() => {
                let handle = mine.swap_remove(random.usize(..mine.len()));
                free.push(handle);
                (handle, Done::Disconnected)
            }
            _ if mine.len() == MOST_OPEN => (mine[0], Done::Listed),
            _ => {
                fresh += 1;
                let handle = if values == Values::Fresh { fresh } else { free.pop().expect("there are enough") };
                mine.push(handle);
                (handle, Done::Connected)
            }
        };
        made.push(Call { thread: thread as u32, start, end, handle, done });
    }
    made
}

/// The same with the last disconnect refused, which no order allows.
pub fn illegal(mut history: Vec<Call>) -> Vec<Call> {
    let last = history.iter_mut().rev().find(|call| matches!(call.done, Done::Disconnected));
    last.expect("one of many calls is a disconnect").done = Done::Refused;
    history
}

/// The history as a trace: the calls in the order of their starts, after what they need.
pub fn trace(history: &[Call]) -> String {
    let mut text =
        r#"{"trace": 1, "engine": {"name": "", "version": "", "platform": ""}, "name": "", "note": ""}"#.to_owned();
    let mut seq = 0;
    let mut line = |thread: u32, call: &str, input: &str, result: &str, start: i64, end: i64| {
        seq += 1;
        let by = format!(r#""seq": {seq}, "process": "client", "thread": {thread}, "client": {thread}"#);
        let when = format!(r#""start_us": {start}, "end_us": {end}"#);
        write!(text, "\n{{{by}, \"call\": \"{call}\", \"in\": {{{input}}}, {result}, {when}}}").expect("it is memory");
    };
    let s_ok = r#""hresult": "0x00000000""#;
    for thread in 0..THREADS {
        let start = -100 + 2 * i64::from(thread);
        line(thread, "DebugCreate", r#""Interface": "IDebugClient5""#, s_ok, start, start + 1);
    }
    line(0, "StartProcessServer", r#""Flags": 2, "Options": "tcp:port=5005""#, s_ok, -10, -5);
    let mut calls = history.to_vec();
    calls.sort_by_key(|call| call.start);
    for Call { thread, start, end, handle, done } in calls {
        let server = format!(r#""Server": "{handle:#x}""#);
        let (method, input, result) = match done {
            Done::Connected => {
                let options = r#""RemoteOptions": "tcp:server=localhost,port=5005""#.to_owned();
                ("ConnectProcessServer", options, format!(r#"{s_ok}, "out": {{{server}}}"#))
            }
            Done::Disconnected => ("DisconnectProcessServer", server, s_ok.to_owned()),
            Done::Refused => ("DisconnectProcessServer", server, r#""hresult": "0x80070057""#.to_owned()),
            Done::Listed => {
                let out = r#""out": {"Ids": [4], "ActualCount": 40}"#;
                ("GetRunningProcessSystemIds", format!(r#"{server}, "Count": 1"#), format!("{s_ok}, {out}"))
            }
        };
        line(thread, method, &input, &result, start, end);
    }
    text
}

/// The open handles, in order, as both checkers keep them: whether an outcome is allowed, and the state after it.
pub fn allows(open: &mut Vec<u64>, handle: u64, done: Done) -> bool {
    match (done, open.binary_search(&handle)) {
        (Done::Connected, Err(at)) => open.insert(at, handle),
        (Done::Disconnected, Ok(at)) => drop(open.remove(at)),
        (Done::Listed, Ok(_)) | (Done::Refused, Err(_)) => {}
        _ => return false,
    }
    true
}

#[derive(Clone, Debug)]
pub struct Handles;

impl Model for Handles {
    type State = Vec<u64>;
    type Op = (u64, Done);
    type Metadata = ();

    fn partition_operations(history: &[Operation<Handles>]) -> Vec<Vec<Operation<Handles>>> {
        let mut parts = vec![Vec::new(); PARTS as usize];
        history.iter().for_each(|one| parts[(one.op.0 % PARTS) as usize].push(one.clone()));
        parts
    }

    fn init() -> Vec<u64> {
        Vec::new()
    }

    fn step(open: &Vec<u64>, (handle, done): &(u64, Done)) -> (bool, Vec<u64>) {
        let mut open = open.clone();
        (allows(&mut open, *handle, *done), open)
    }
}

pub fn operations(history: &[Call]) -> Vec<Operation<Handles>> {
    let operation = |call: &Call| Operation {
        client_id: Some(call.thread),
        call_time: call.start,
        return_time: call.end,
        op: (call.handle, call.done),
        metadata: None,
    };
    history.iter().map(operation).collect()
}

/// The engine whose profile has such values.
pub fn profile(values: Values) -> Profile {
    match values {
        Values::Fresh => Profile::Contract,
        Values::Reused => Profile::Dbgeng,
    }
}

pub fn read(trace: &[u8]) -> Vec<Event> {
    let events = Reader::new("memory", trace).expect("the trace has a header");
    events.collect::<Result<_, _>>().expect("the trace is one")
}

/// Judges a history. Returns whether an order of its calls is legal.
pub fn judge(profile: Profile, events: Vec<Event>) -> bool {
    let checked = check_events(profile, "memory", events.into_iter().map(Ok));
    assert_eq!(checked.stopped, None);
    checked.holds(false)
}
