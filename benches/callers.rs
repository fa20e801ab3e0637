//! The cost of the mock engine to a test: a connect and a disconnect, beside a mockall mock of the same trait.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use dbgeng_testkit::hresult::E_FAIL;
use dbgeng_testkit::mock::Fault;
use dbgeng_testkit::{DebugClient, Method, Profile};

use benches::lab::{connect, disconnect, lab};
use benches::mocked::mocked;

fn connect_and_disconnect(client: &dyn DebugClient) {
    disconnect(client, connect(client));
}

/// The lab notices misuse in every variant; here there is none.
fn connections(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("connect+disconnect");
    let mock = mocked();
    group.bench_function("mockall", |bencher| bencher.iter(|| connect_and_disconnect(black_box(&mock))));
    let (_lab, client) = lab(Profile::Contract);
    group.bench_function("lab", |bencher| bencher.iter(|| connect_and_disconnect(black_box(&client))));
    let (lab_without, client) = lab(Profile::Contract);
    lab_without.keep_journal(0);
    group.bench_function("lab without a journal", |bencher| {
        bencher.iter(|| connect_and_disconnect(black_box(&client)));
    });
    let (lab_with_fault, client) = lab(Profile::Contract);
    lab_with_fault.fault(Fault::fail(E_FAIL).of(Method::EndProcessServer)).keep();
    group.bench_function("lab with a fault for other calls", |bencher| {
        bencher.iter(|| connect_and_disconnect(black_box(&client)));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
    targets = connections
}
criterion_main!(benches);
