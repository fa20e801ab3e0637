//! The cost of a random program: generated, run on the mock engine and judged, beside proptest's state machines, which run
//! their programs on the same mock and have them judged by the same model.

use std::hint::black_box;
use std::time::Duration;

use benches::state_machine::{self, MOST_STEPS};
use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::{Generator, Program, execute, execute_all};
use dbgeng_testkit::mock::Lab;

/// The number of programs in a sample: those of the seeds from 0 on, so that every sample does the same work.
const PROGRAMS: u64 = 200;

/// The work of `dbgeng-testkit run`: generate a program, build a lab, run the program in it while the model judges.
fn judge(profile: Profile, seed: u64, most_steps: usize) -> u64 {
    run(&Generator::new(seed, most_steps).program(), profile)
}

fn run(program: &Program, profile: Profile) -> u64 {
    let execution = execute(program, Box::new(Lab::new(profile).engine()), profile, false);
    assert!(execution.broken.is_empty(), "the mock keeps its own rules");
    execution.calls
}

/// Runs programs and judges them. What they share is run once.
fn run_all(programs: &[Program], profile: Profile) -> u64 {
    let executions = execute_all(programs, || Box::new(Lab::new(profile).engine()), profile);
    assert!(executions.iter().all(|execution| execution.broken.is_empty()), "the mock keeps its own rules");
    executions.iter().map(|execution| execution.calls).sum()
}

fn programs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("programs judged");
    group.sample_size(20).sampling_mode(SamplingMode::Flat).throughput(Throughput::Elements(PROGRAMS));
    for profile in Profile::ALL {
        for most_steps in [MOST_STEPS, 60] {
            group.bench_function(BenchmarkId::new(profile.name(), format!("up to {most_steps} steps")), |bencher| {
                bencher.iter(|| (0..PROGRAMS).map(|seed| judge(profile, seed, most_steps)).sum::<u64>());
            });
        }
    }
    let mut runner = state_machine::runner();
    group.bench_function(BenchmarkId::new("proptest-state-machine", format!("up to {MOST_STEPS} steps")), |bencher| {
        bencher.iter(|| {
            for _ in 0..PROGRAMS {
                let program = black_box(state_machine::generate(&mut runner));
                state_machine::test(&runner, program);
            }
        });
    });
    group.finish();

    let mut group = criterion.benchmark_group("the same programs judged");
    group.sample_size(20).sampling_mode(SamplingMode::Flat).throughput(Throughput::Elements(PROGRAMS));
    let made = state_machine::programs(PROGRAMS as usize);
    let programs: Vec<Program> = made.iter().map(|made| state_machine::program(made)).collect();
    group.bench_function("kit, each alone", |bencher| {
        bencher.iter(|| programs.iter().map(|program| run(black_box(program), Profile::Contract)).sum::<u64>());
    });
    group.bench_function("kit, together", |bencher| bencher.iter(|| run_all(black_box(&programs), Profile::Contract)));
    group.bench_function("proptest-state-machine", |bencher| {
        bencher.iter(|| made.iter().for_each(|program| state_machine::test(&runner, black_box(program.clone()))));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
    targets = programs
}
criterion_main!(benches);
