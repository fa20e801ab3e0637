//! The cost of judging a long trace, beside reading it alone, and beside parsing its JSON alone.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::check;
use dbgeng_testkit::trace::Reader;

use benches::cycles::{parse, trace};

/// By what is judged, and how often the client connects, asks the three queries and disconnects: five events each time, so
/// about 100,000 and a million of them.
const TRACES: [(Profile, usize); 3] =
    [(Profile::Contract, 20_000), (Profile::Dbgeng, 20_000), (Profile::Contract, 200_000)];

/// Reads every event; returns how many there are.
fn read(trace: &[u8]) -> usize {
    let events = Reader::new("memory", trace).expect("the trace has a header");
    events.inspect(|event| assert!(black_box(event).is_ok())).count()
}

/// Judges every event; returns how many calls there are.
fn judge(profile: Profile, trace: &[u8]) -> usize {
    let checked = check(profile, "memory", trace).expect("the trace can be judged");
    assert!(checked.broken.is_empty(), "the mock keeps its own rules");
    usize::try_from(checked.calls).expect("the trace is in memory")
}

/// The three beside each other, on the same trace: `json` is what the format costs by itself, `read` makes events of it,
/// `check` judges them as well. Each is in proportion to the length: of the longer trace they are the same share.
fn traces(criterion: &mut Criterion) {
    for (profile, cycles) in TRACES {
        let trace = trace(profile, cycles);
        let calls = judge(profile, &trace);
        assert!(calls == read(&trace) && calls == parse(&trace), "the three see the same lines");
        let mut group = criterion.benchmark_group(format!("trace of {calls} calls/{profile}"));
        group.sample_size(10).sampling_mode(SamplingMode::Flat).throughput(Throughput::Bytes(trace.len() as u64));
        group.bench_function("json", |bencher| bencher.iter(|| parse(black_box(&trace))));
        group.bench_function("read", |bencher| bencher.iter(|| read(black_box(&trace))));
        group.bench_function("check", |bencher| bencher.iter(|| judge(profile, black_box(&trace))));
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(8));
    targets = traces
}
criterion_main!(benches);
