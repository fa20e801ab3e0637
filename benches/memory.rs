//! The memory of a live handle among a million. The "time" is in bytes.

use std::alloc::System;
use std::sync::Mutex;
use std::time::Duration;

use criterion::measurement::{Measurement, ValueFormatter};
use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use dbgeng_testkit::{DebugClient, Profile};
use slotmap::SlotMap;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

use benches::lab::{connect, disconnect, lab};
use benches::tables::{Hashed, Locked};

#[global_allocator]
static MEMORY: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const HANDLES: usize = 1_000_000;

/// The number of bytes in use.
fn used() -> usize {
    let stats = MEMORY.stats();
    stats.bytes_allocated - stats.bytes_deallocated
}

/// Bytes take the place of time.
struct Bytes;

impl Measurement for Bytes {
    type Intermediate = usize;
    type Value = f64;

    fn start(&self) -> usize {
        used()
    }

    fn end(&self, before: usize) -> f64 {
        used() as f64 - before as f64
    }

    fn add(&self, one: &f64, other: &f64) -> f64 {
        one + other
    }

    fn zero(&self) -> f64 {
        0.0
    }

    fn to_f64(&self, bytes: &f64) -> f64 {
        *bytes
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        self
    }
}

impl ValueFormatter for Bytes {
    fn scale_values(&self, _typical: f64, _values: &mut [f64]) -> &'static str {
        "bytes"
    }

    fn scale_throughputs(&self, _typical: f64, _per: &Throughput, _values: &mut [f64]) -> &'static str {
        "bytes"
    }

    fn scale_for_machines(&self, _values: &mut [f64]) -> &'static str {
        "bytes"
    }
}

type Make = fn() -> Box<dyn DebugClient>;

/// The bytes for each handle, including the client object that keeps them.
fn each(make: Make) -> f64 {
    let mut servers = Vec::with_capacity(HANDLES);
    let before = used();
    let client = make();
    servers.extend((0..HANDLES).map(|_| connect(&*client)));
    let bytes = used() - before;
    servers.into_iter().for_each(|server| disconnect(&*client, server));
    bytes as f64 / HANDLES as f64
}

fn live_handle(criterion: &mut Criterion<Bytes>) {
    let mut group = criterion.benchmark_group("a live handle");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    let makes: [(&str, Make); 4] = [
        ("mock, contract", || Box::new(lab(Profile::Contract).1)),
        ("mock, dbgeng", || Box::new(lab(Profile::Dbgeng).1)),
        ("slotmap", || Box::new(Locked(Mutex::new(SlotMap::new())))),
        ("HashMap", || Box::new(Locked(Mutex::new(Hashed::default())))),
    ];
    for (name, make) in makes {
        // What one costs is measured once a sample, however often it is asked for.
        group.bench_function(name, |bencher| bencher.iter_custom(|times| each(make) * times as f64));
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(Bytes).warm_up_time(Duration::from_millis(1)).measurement_time(Duration::from_secs(1));
    targets = live_handle
}
criterion_main!(benches);
