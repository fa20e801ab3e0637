//! The cost of many threads: 64 that connect and disconnect, beside one, beside a mutex that each locks and unlocks.

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use dbgeng_testkit::{DebugClient, Profile};
use parking_lot::Mutex;

use benches::lab::{connect, disconnect, lab};

/// The number of calls in a sample. Ten samples are ten million calls.
const CALLS: u64 = 1_000_000;

const MANY: u64 = 64;

/// Makes the calls, divided among this many threads; returns the time they took, from the first one's start to the last one's
/// end. Each thread has work of its own.
fn divided<W: FnMut()>(threads: u64, work: impl Fn() -> W + Sync) -> Duration {
    let ready = Barrier::new(threads as usize);
    let one = || {
        let mut work = work();
        ready.wait();
        let start = Instant::now();
        (0..CALLS / threads / 2).for_each(|_| work());
        (start, Instant::now())
    };
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        let times = running.into_iter().map(|thread| thread.join().expect("every call comes to its end"));
        let (starts, ends): (Vec<Instant>, Vec<Instant>) = times.unzip();
        ends.into_iter().max().zip(starts.into_iter().min()).map_or(Duration::ZERO, |(end, start)| end - start)
    })
}

/// Connects and disconnects on one lab. That every disconnect succeeds, and that nothing is left over, says that no call
/// was lost.
fn mock(threads: u64) -> Duration {
    let (lab, _client) = lab(Profile::Contract);
    let time = divided(threads, || {
        let client: Box<dyn DebugClient> = Box::new(lab.engine().client());
        move || {
            let client = black_box(&*client);
            disconnect(client, connect(client));
        }
    });
    lab.assert_clean();
    time
}

/// Two round trips take the part of a connect and a disconnect.
fn mutex(threads: u64) -> Duration {
    let count = Mutex::new(0_u64);
    let time = divided(threads, || {
        || {
            *black_box(&count).lock() += 1;
            *black_box(&count).lock() += 1;
        }
    });
    assert_eq!(count.into_inner(), CALLS / threads / 2 * 2 * threads);
    time
}

fn threads(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("threads");
    group.sample_size(10).sampling_mode(SamplingMode::Flat).throughput(Throughput::Elements(CALLS));
    for threads in [1, MANY] {
        group.bench_function(BenchmarkId::new("mock", threads), |bencher| {
            bencher.iter_custom(|times| (0..times).map(|_| mock(threads)).sum());
        });
        group.bench_function(BenchmarkId::new("parking_lot", threads), |bencher| {
            bencher.iter_custom(|times| (0..times).map(|_| mutex(threads)).sum());
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_millis(1)).measurement_time(Duration::from_secs(3));
    targets = threads
}
criterion_main!(benches);
