//! The cost of judging a long history: calls of eight threads that overlap without end, beside two linearizability
//! checkers.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::check;
use porcupine_rs::check_operations;
use stateright::semantics::{ConsistencyTester, LinearizabilityTester, SequentialSpec};

use benches::overlapping::{Call, Done, Values, allows, history, illegal, judge, operations, profile, read, trace};

/// The numbers of calls in a history, fewer for stateright's tester: it does not remember which orders it has
/// tried, and copies what is left at every step.
const CALLS: usize = 100_000;
const FEW_CALLS: usize = 1_000;

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

fn judge_text(profile: Profile, trace: &str) -> bool {
    check(profile, "memory", trace.as_bytes()).expect("the trace can be judged").holds(false)
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
                let (profile, events) = (profile(values), read(trace.as_bytes()));
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
