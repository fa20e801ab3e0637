//! The cost of a random program: generated, run on the mock engine and judged, beside proptest's state machines, which run
//! their programs on the same mock and have them judged by the same model.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use dbgeng_testkit::conformance::{Generator, HandleName, ProcessRef, Program, ProgramHost, Step, execute};
use dbgeng_testkit::flags::Class;
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::model::{Model, WorldAssumption};
use dbgeng_testkit::{Call, Caller, DebugClient, Engine, HostLocation, Interface, Outcome, Pointer, Profile, dispatch};
use proptest::prelude::{BoxedStrategy, Just, Strategy, prop_oneof};
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};

/// The number of programs in a sample: those of the seeds from 0 on, so that every sample does the same work.
const PROGRAMS: u64 = 200;

const MOST_STEPS: usize = 20;

/// The work of `dbgeng-testkit run`: generate a program, build a lab, run the program in it while the model judges.
fn judge(profile: Profile, seed: u64, most_steps: usize) -> u64 {
    run(&Generator::new(seed, most_steps).program(), profile)
}

fn run(program: &Program, profile: Profile) -> u64 {
    let execution = execute(program, Box::new(Lab::new(profile).engine()), profile, false);
    assert!(execution.broken.is_empty(), "the mock keeps its own rules");
    execution.calls
}

const CLIENT: Caller = Caller { process: 0, thread: 0, client: 0 };
const HOST: Caller = Caller { process: 1, thread: 0, client: 0 };
const ADDRESS: &str = "tcp:port=7001";

/// The number of handles that a program names.
const HANDLES: usize = 4;

/// A caller, its call, and the connect that issued the handle of the call.
type Made = (Caller, Call, usize);

/// The calls of a program, with no expectation: the model has it.
struct Reference;

impl ReferenceStateMachine for Reference {
    type State = ();
    type Transition = Made;

    fn init_state() -> BoxedStrategy<()> {
        Just(()).boxed()
    }

    fn transitions((): &()) -> BoxedStrategy<Made> {
        let given = Pointer::Given;
        let connect = Call::ConnectProcessServer {
            remote_options: Some("tcp:server=localhost,port=7001".to_owned()),
            server: given,
        };
        let on_handle = |call: Call| (0..HANDLES).prop_map(move |at| (CLIENT, call.clone(), at));
        prop_oneof![
            Just((CLIENT, connect, 0)),
            on_handle(Call::DisconnectProcessServer { server: 0 }),
            on_handle(Call::GetRunningProcessSystemIds { server: 0, ids: given, count: 64, actual_count: given }),
            on_handle(Call::EndProcessServer { server: 0 }),
            Just((HOST, Call::WaitForProcessServerEnd { timeout: 0 }, 0)),
        ]
        .boxed()
    }

    fn apply((): (), _made: &Made) {}
}

/// A client and a host on the mock engine, and the model that judges what they see.
struct Tested {
    client: Box<dyn DebugClient>,
    host: Box<dyn DebugClient>,
    model: Model,
    /// By connect.
    issued: Vec<Option<u64>>,
    _engines: [Box<dyn Engine>; 2],
}

impl Tested {
    fn new() -> Tested {
        let engine = Lab::new(Profile::Contract).engine();
        let host = engine.start_process(HostLocation::Here).expect("a lab starts processes");
        let mut model = Model::new(Profile::Contract, WorldAssumption::Closed);
        let client = made(&engine, CLIENT, &mut model);
        let server = made(&*host, HOST, &mut model);
        let mut tested = Tested { client, host: server, model, issued: Vec::new(), _engines: [Box::new(engine), host] };
        let options = Some(ADDRESS.to_owned());
        let start = Call::StartProcessServer { flags: Class::USER_WINDOWS.bits(), options, reserved: 0 };
        tested.make(HOST, &start);
        tested
    }

    fn make(&mut self, by: Caller, call: &Call) -> Outcome {
        let client = if by == HOST { &self.host } else { &self.client };
        let outcome = dispatch(&**client, call);
        assert!(self.model.observe(by, call, &outcome).is_ok(), "the mock keeps its own rules");
        outcome
    }
}

fn made(engine: &dyn Engine, by: Caller, model: &mut Model) -> Box<dyn DebugClient> {
    model.place(by.process, &engine.computer().expect("a lab knows its computers"));
    let (mut client, interface) = (None, Interface::NEWEST);
    let hresult = engine.debug_create(&interface, Some(&mut client));
    assert!(model.observe(by, &Call::DebugCreate { interface }, &Outcome::returned(hresult)).is_ok());
    client.expect("a success code comes with a client object")
}

struct Test;

impl StateMachineTest for Test {
    type SystemUnderTest = Tested;
    type Reference = Reference;

    fn init_test((): &()) -> Tested {
        Tested::new()
    }

    fn apply(mut tested: Tested, (): &(), (by, mut call, at): Made) -> Tested {
        if call.server().is_some() {
            call.set_server(tested.issued.get(at).copied().flatten().unwrap_or(0x1234_5678));
        }
        let outcome = tested.make(by, &call);
        if let Call::ConnectProcessServer { .. } = call {
            tested.issued.push(outcome.out.server);
        }
        tested
    }
}

/// Generates a program as the macro of proptest-state-machine does.
fn generate(runner: &mut TestRunner) -> Vec<Made> {
    let programs = Reference::sequential_strategy(1..MOST_STEPS + 1);
    programs.new_tree(runner).expect("nothing is filtered").current().1
}

/// Runs a program as the macro of proptest-state-machine does, with no failure to shrink.
fn test(runner: &TestRunner, program: Vec<Made>) {
    Test::test_sequential(runner.config().clone(), (), program, None);
}

/// Returns the same program for the kit.
fn program(made: &[Made]) -> Program {
    let step = |(by, call, at): &Made| Step::Call {
        by: *by,
        call: call.clone(),
        handle: HandleName::Issued(*at),
        target: ProcessRef::Unknown,
    };
    Program { hosts: vec![ProgramHost::plain()], steps: made.iter().map(step).collect() }
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
        bencher.iter(|| {
            for _ in 0..PROGRAMS {
                let program = black_box(generate(&mut runner));
                test(&runner, program);
            }
        });
    });
    group.finish();

    let mut group = criterion.benchmark_group("the same programs judged");
    group.sample_size(20).sampling_mode(SamplingMode::Flat).throughput(Throughput::Elements(PROGRAMS));
    let made: Vec<Vec<Made>> = (0..PROGRAMS).map(|_| generate(&mut runner)).collect();
    let programs: Vec<Program> = made.iter().map(|made| program(made)).collect();
    group.bench_function("kit", |bencher| {
        bencher.iter(|| programs.iter().map(|program| run(black_box(program), Profile::Contract)).sum::<u64>());
    });
    group.bench_function("proptest-state-machine", |bencher| {
        bencher.iter(|| made.iter().for_each(|program| test(&runner, black_box(program.clone()))));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
    targets = programs
}
criterion_main!(benches);
