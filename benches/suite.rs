//! The cost of the kit: the whole suite on the mock, and a case in a child process.

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, SamplingMode, criterion_group};
use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::Suite;
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::spec::Requirement;

fn suite(profile: Profile) -> Suite {
    Suite::new("the mock", move || Box::new(Lab::new(profile).engine())).profile(profile)
}

/// Cases, random programs and all short programs.
fn whole(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("whole suite");
    group.sampling_mode(SamplingMode::Flat).sample_size(10).measurement_time(Duration::from_secs(8));
    for profile in Profile::ALL {
        group.bench_function(BenchmarkId::from_parameter(profile), |bencher| {
            bencher.iter(|| assert!(suite(profile).run().holds()));
        });
    }
}

fn run_one(suite: &Suite) {
    assert!(!suite.run_requirement(Requirement::HandleIsNotZero).fails());
}

fn isolated() -> Suite {
    suite(Profile::Contract).in_child_processes()
}

/// The one case of a requirement, beside the same in a process of its own.
fn one_case(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("one case");
    let isolated = isolated();
    run_one(&isolated);
    group.bench_function("in a child process", |bencher| bencher.iter(|| run_one(&isolated)));
    let same = suite(Profile::Contract);
    group.bench_function("in the same process", |bencher| bencher.iter(|| run_one(&same)));
}

criterion_group!(benches, one_case, whole);

fn main() {
    // A child is this executable once more: it comes to the suite and goes no further.
    run_one(&isolated());
    benches();
    Criterion::default().configure_from_args().final_summary();
}
