//! Programs of proptest's state machines, which run on the mock engine while the model judges them.

use dbgeng_testkit::conformance::{HandleName, ProcessRef, Program, ProgramHost, Step};
use dbgeng_testkit::flags::Class;
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::model::{Model, WorldAssumption};
use dbgeng_testkit::{Call, Caller, DebugClient, Engine, HostLocation, Interface, Outcome, Pointer, Profile, dispatch};
use proptest::prelude::{BoxedStrategy, Just, Strategy, prop_oneof};
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};

pub const MOST_STEPS: usize = 20;

const CLIENT: Caller = Caller { process: 0, thread: 0, client: 0 };
const HOST: Caller = Caller { process: 1, thread: 0, client: 0 };
const ADDRESS: &str = "tcp:port=7001";

/// The number of handles that a program names.
const HANDLES: usize = 4;

/// A caller, its call, and the connect that issued the handle of the call.
pub type Made = (Caller, Call, usize);

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
pub fn generate(runner: &mut TestRunner) -> Vec<Made> {
    let programs = Reference::sequential_strategy(1..MOST_STEPS + 1);
    programs.new_tree(runner).expect("nothing is filtered").current().1
}

/// Runs a program as the macro of proptest-state-machine does, with no failure to shrink.
pub fn test(runner: &TestRunner, program: Vec<Made>) {
    Test::test_sequential(runner.config().clone(), (), program, None);
}

/// Returns the same program for the kit.
pub fn program(made: &[Made]) -> Program {
    let step = |(by, call, at): &Made| Step::Call {
        by: *by,
        call: call.clone(),
        handle: HandleName::Issued(*at),
        target: ProcessRef::Unknown,
    };
    Program { hosts: vec![ProgramHost::plain()], steps: made.iter().map(step).collect() }
}

/// Returns a runner that generates the same programs each time.
pub fn runner() -> TestRunner {
    TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::XorShift))
}

/// Returns the first programs that such a runner generates.
pub fn programs(count: usize) -> Vec<Vec<Made>> {
    let mut runner = runner();
    (0..count).map(|_| generate(&mut runner)).collect()
}
