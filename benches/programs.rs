//! The cost of a random program: generated, run on the mock engine and judged, beside proptest's state machines on a toy.

use std::collections::HashSet;
use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::{Generator, execute};
use dbgeng_testkit::mock::Lab;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any, prop_oneof};
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};

/// The number of programs in a sample: those of the seeds from 0 on, so that every sample does the same work.
const PROGRAMS: u64 = 200;

const MOST_STEPS: usize = 20;

/// The work of `dbgeng-testkit run`: generate a program, build a lab, run the program in it while the model judges.
fn judge(profile: Profile, seed: u64, most_steps: usize) -> u64 {
    let program = Generator::new(seed, most_steps).program();
    let execution = execute(&program, Box::new(Lab::new(profile).engine()), profile, false);
    assert!(execution.broken.is_empty(), "the mock keeps its own rules");
    execution.calls
}

/// Issues handles, and says which are open.
#[derive(Default)]
struct Toy {
    issued: u64,
    open: HashSet<u64>,
}

/// The handles that the toy has issued, and whether each is open.
type Issued = Vec<(u64, bool)>;

#[derive(Clone, Debug)]
enum Step {
    Connect,
    Disconnect(usize),
    List(usize),
}

/// The outcomes that the toy is allowed.
struct Reference;

impl ReferenceStateMachine for Reference {
    type State = Issued;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Issued> {
        Just(Vec::new()).boxed()
    }

    fn transitions(_state: &Issued) -> BoxedStrategy<Step> {
        let handle = || any::<u8>().prop_map(usize::from);
        prop_oneof![Just(Step::Connect), handle().prop_map(Step::Disconnect), handle().prop_map(Step::List)].boxed()
    }

    fn apply(mut issued: Issued, step: &Step) -> Issued {
        match step {
            Step::Connect => issued.push((issued.len() as u64 + 1, true)),
            Step::Disconnect(at) => {
                let at = at % issued.len().max(1);
                issued.get_mut(at).into_iter().for_each(|handle| handle.1 = false);
            }
            Step::List(_) => {}
        }
        issued
    }
}

struct Test;

impl StateMachineTest for Test {
    type SystemUnderTest = Toy;
    type Reference = Reference;

    fn init_test(_issued: &Issued) -> Toy {
        Toy::default()
    }

    fn apply(mut toy: Toy, issued: &Issued, step: Step) -> Toy {
        let handle = |at: usize| issued.get(at % issued.len().max(1)).copied();
        match step {
            Step::Connect => {
                toy.issued += 1;
                assert!(toy.open.insert(toy.issued));
            }
            Step::Disconnect(at) => {
                if let Some((handle, open)) = handle(at) {
                    toy.open.remove(&handle);
                    assert!(!open);
                }
            }
            Step::List(at) => {
                if let Some((handle, open)) = handle(at) {
                    assert_eq!(toy.open.contains(&handle), open);
                }
            }
        }
        toy
    }
}

/// Makes and runs programs as the macro of proptest-state-machine does, with no failure to shrink.
fn toy_programs(runner: &mut TestRunner) {
    let programs = Reference::sequential_strategy(1..MOST_STEPS + 1);
    for _ in 0..PROGRAMS {
        let program = programs.new_tree(runner).expect("nothing is filtered").current();
        let (issued, steps, seen) = black_box(program);
        Test::test_sequential(runner.config().clone(), issued, steps, seen);
    }
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
    let random = TestRng::deterministic_rng(RngAlgorithm::XorShift);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    group.bench_function(BenchmarkId::new("proptest-state-machine", format!("up to {MOST_STEPS} steps")), |bencher| {
        bencher.iter(|| toy_programs(&mut runner));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
    targets = programs
}
criterion_main!(benches);
