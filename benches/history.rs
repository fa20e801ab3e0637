//! The cost of judging a long history: calls of eight threads that overlap without end, beside two linearizability
//! checkers.

use std::fmt::Write;
use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::{check, check_events};
use dbgeng_testkit::trace::{Event, Reader};
use fastrand::Rng;
use porcupine_rs::{Model, Operation, check_operations};
use stateright::semantics::{ConsistencyTester, LinearizabilityTester, SequentialSpec};

const THREADS: u32 = 8;

/// The numbers of calls in a history, fewer for stateright's tester: it does not remember which orders it has
/// tried, and copies what is left at every step.
const CALLS: usize = 100_000;
const FEW_CALLS: usize = 1_000;

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
enum Done {
    Connected,
    Disconnected,
    Refused,
    Listed,
}

#[derive(Clone, Copy, Debug)]
struct Call {
    thread: u32,
    start: i64,
    end: i64,
    handle: u64,
    done: Done,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Values {
    Fresh,
    Reused,
}

/// A history in the order of the effects of its calls, the same in every run.
fn history(values: Values, calls: usize) -> Vec<Call> {
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
fn illegal(mut history: Vec<Call>) -> Vec<Call> {
    let last = history.iter_mut().rev().find(|call| matches!(call.done, Done::Disconnected));
    last.expect("one of many calls is a disconnect").done = Done::Refused;
    history
}

/// The history as a trace: the calls in the order of their starts, after what they need.
fn trace(history: &[Call]) -> String {
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
fn allows(open: &mut Vec<u64>, handle: u64, done: Done) -> bool {
    match (done, open.binary_search(&handle)) {
        (Done::Connected, Err(at)) => open.insert(at, handle),
        (Done::Disconnected, Ok(at)) => drop(open.remove(at)),
        (Done::Listed, Ok(_)) | (Done::Refused, Err(_)) => {}
        _ => return false,
    }
    true
}

#[derive(Clone, Debug)]
struct Handles;

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

fn operations(history: &[Call]) -> Vec<Operation<Handles>> {
    let operation = |call: &Call| Operation {
        client_id: Some(call.thread),
        call_time: call.start,
        return_time: call.end,
        op: (call.handle, call.done),
        metadata: None,
    };
    history.iter().map(operation).collect()
}

#[derive(Clone, Default)]
struct Open(Vec<u64>);

/// The operation holds everything that was seen of the call; the return value says whether it was allowed.
impl SequentialSpec for Open {
    type Op = (u64, Done);
    type Ret = bool;

    fn invoke(&mut self, (handle, done): &(u64, Done)) -> bool {
        allows(&mut self.0, *handle, *done)
    }
}

fn tested(history: &[Call]) -> LinearizabilityTester<u32, Open> {
    let edges = history.iter().flat_map(|call| [(call.start, false, call), (call.end, true, call)]);
    let mut edges: Vec<_> = edges.collect();
    edges.sort_by_key(|(time, is_end, _)| (*time, *is_end));
    let mut tester = LinearizabilityTester::new(Open::default());
    for (_, is_end, call) in edges {
        let told = if is_end {
            tester.on_return(call.thread, true)
        } else {
            tester.on_invoke(call.thread, (call.handle, call.done))
        };
        told.expect("a thread makes one call after the other");
    }
    tester
}

/// The engine whose profile has such values.
fn profile(values: Values) -> Profile {
    match values {
        Values::Fresh => Profile::Contract,
        Values::Reused => Profile::Dbgeng,
    }
}

fn judge(profile: Profile, events: Vec<Event>) -> bool {
    let checked = check_events(profile, "memory", events.into_iter().map(Ok));
    assert_eq!(checked.stopped, None);
    checked.holds(false)
}

fn judge_text(profile: Profile, trace: &str) -> bool {
    check(profile, "memory", trace.as_bytes()).expect("the trace can be judged").holds(false)
}

fn read(trace: &str) -> Vec<Event> {
    let events = Reader::new("memory", trace.as_bytes()).expect("the trace has a header");
    events.collect::<Result<_, _>>().expect("the trace is one")
}

fn histories(criterion: &mut Criterion) {
    for (values, kind) in [(Values::Fresh, "fresh"), (Values::Reused, "reused")] {
        for calls in [FEW_CALLS, CALLS] {
            let mut group = criterion.benchmark_group(format!("history of {calls} calls/{kind} handles"));
            group.sample_size(10).sampling_mode(SamplingMode::Flat).throughput(Throughput::Elements(calls as u64));
            let legal = history(values, calls);
            let illegal = illegal(legal.clone());
            for (history, is_legal, name) in [(legal, true, "legal"), (illegal, false, "illegal")] {
                let trace = trace(&history);
                let (profile, events) = (profile(values), read(&trace));
                group.bench_function(BenchmarkId::new("kit", name), |bencher| {
                    let judge = |events| assert_eq!(judge(profile, events), is_legal);
                    bencher.iter_batched(|| events.clone(), judge, BatchSize::PerIteration);
                });
                group.bench_function(BenchmarkId::new("kit, from text", name), |bencher| {
                    bencher.iter(|| assert_eq!(judge_text(profile, black_box(&trace)), is_legal));
                });
                let operations = operations(&history);
                group.bench_function(BenchmarkId::new("porcupine", name), |bencher| {
                    bencher.iter(|| assert_eq!(check_operations(black_box(&operations)), is_legal));
                });
                if calls == FEW_CALLS && is_legal {
                    let tester = tested(&history);
                    group.bench_function(BenchmarkId::new("stateright", name), |bencher| {
                        bencher.iter(|| assert!(black_box(&tester).is_consistent()));
                    });
                }
            }
        }
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(5));
    targets = histories
}
criterion_main!(benches);
