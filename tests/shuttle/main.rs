//! A scheduler searches the orders in which threads can run on the mock. In each of them, the model has to find an order of
//! the calls that is allowed.
//!
//! Where a run fails, the scheduler prints what replays it. Run them with `RUSTFLAGS="--cfg shuttle" cargo test --test shuttle`.

#![cfg(shuttle)]

mod torn;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use dbgeng_testkit::conformance::{Execution, Generator, ParallelProgram, execute_parallel};
use dbgeng_testkit::mock::{Lab, LabClient, Misuse};
use dbgeng_testkit::trace::{EngineName, Header, Writer};
use dbgeng_testkit::transcript::process_name;
use dbgeng_testkit::{DebugClient, Engine, Profile};
use shuttle::scheduler::{DfsScheduler, PctScheduler, RandomScheduler, Scheduler};
use shuttle::sync::Barrier;
use shuttle::{Config, Runner, thread};

use torn::Torn;

const SEED: u64 = 6;

/// The stack of a thread in bytes. The model needs more than the scheduler's default.
const STACK: usize = 1 << 20;

/// The number of places where PCT switches threads.
const PCT_DEPTH: usize = 3;

/// Two threads with one handle.
const TWO_DISCONNECTS: &str = r##"{"hosts": [{"options": "tcp:port=7001"}],
    "steps": [{"call": "ConnectProcessServer", "in": {"RemoteOptions": "tcp:server=@1,port=7001"}}],
    "threads": [[{"call": "DisconnectProcessServer", "in": {"Server": "#1"}}],
                [{"call": "DisconnectProcessServer", "in": {"Server": "#1"}}]]}"##;

/// Runs a program in every order that the scheduler finds, and returns their number.
fn search(
    scheduler: impl Scheduler + 'static,
    program: &ParallelProgram,
    engine: impl Fn() -> Box<dyn Engine> + Send + Sync + 'static,
    profile: Profile,
    see: impl Fn(&Execution) + Send + Sync + 'static,
) -> usize {
    let mut config = Config::new();
    config.stack_size = STACK;
    let program = program.clone();
    Runner::new(scheduler, config).run(move || see(&execute_parallel(&program, engine(), profile)))
}

fn mock(profile: Profile) -> impl Fn() -> Box<dyn Engine> + Send + Sync + 'static {
    move || Box::new(Lab::new(profile).engine())
}

fn holds(execution: &Execution) {
    assert_eq!(execution.broken, [], "{}", trace(execution));
}

fn trace(execution: &Execution) -> String {
    let processes: Vec<String> = (0..4).map(process_name).collect();
    let mut writer = Writer::new(Vec::new(), &Header::new(EngineName::default(), "a run", "")).unwrap();
    execution.events.iter().for_each(|event| writer.event(event, &processes).unwrap());
    String::from_utf8(writer.into_inner()).unwrap()
}

/// Small programs: what two or three threads can do to one another shows in a few calls.
fn programs() -> impl Iterator<Item = ParallelProgram> {
    (0..60).map(|seed| Generator::new(seed, 4).parallel_program()).filter(|program| program.threads.len() <= 3)
}

#[test]
fn the_mock_holds_in_random_orders() {
    for profile in Profile::ALL {
        for program in programs() {
            println!("{profile}: {}", program.to_json());
            search(RandomScheduler::new_from_seed(SEED, 40), &program, mock(profile), profile, holds);
        }
    }
}

#[test]
fn the_mock_holds_where_few_threads_are_interrupted() {
    for profile in Profile::ALL {
        for program in programs() {
            println!("{profile}: {}", program.to_json());
            let scheduler = PctScheduler::new_from_seed(SEED, PCT_DEPTH, 40);
            search(scheduler, &program, mock(profile), profile, holds);
        }
    }
}

/// How often each thread disconnects the handle.
const DISCONNECTS: usize = 3;

/// Returns how many disconnects of a handle succeed.
fn disconnect_again_and_again(client: &LabClient, server: u64) -> usize {
    (0..DISCONNECTS).filter(|_| client.disconnect_process_server(server).is_ok()).count()
}

/// Runs every order of two threads that use one handle.
#[test]
fn the_mock_closes_a_handle_once_in_every_order() {
    let mut config = Config::new();
    config.stack_size = STACK;
    let orders = Runner::new(DfsScheduler::new(None, false), config).run(|| {
        let lab = Lab::new(Profile::Contract);
        lab.computer("box17").dbgsrv("tcp:port=5005").unwrap();
        let (engine, mut server) = (lab.engine(), None);
        let client = engine.client();
        assert!(client.connect_process_server(Some("tcp:server=box17,port=5005"), Some(&mut server)).is_ok());
        let (server, both) = (server.unwrap(), Arc::new(Barrier::new(2)));
        let other = {
            let both = Arc::clone(&both);
            thread::spawn(move || {
                let client = engine.client();
                both.wait();
                let successes = disconnect_again_and_again(&client, server);
                (client, successes)
            })
        };
        both.wait();
        let successes = disconnect_again_and_again(&client, server);
        let (_client, others) = other.join().unwrap();
        assert_eq!(successes + others, 1);
        let misuses: Vec<Misuse> = lab.findings().into_iter().map(|finding| finding.misuse).collect();
        assert_eq!(misuses, [Misuse::DoubleDisconnect; 2 * DISCONNECTS - 1]);
    });
    println!("{orders} orders");
    assert!(orders > 100, "{orders}");
}

/// Each scheduler detects a lookup under one lock and a close under another.
#[test]
fn a_lookup_torn_from_its_close_is_found() {
    let program = ParallelProgram::from_json(TWO_DISCONNECTS).unwrap();
    let schedulers: [Box<dyn Scheduler + Send>; 2] = [
        Box::new(RandomScheduler::new_from_seed(SEED, 200)),
        Box::new(PctScheduler::new_from_seed(SEED, PCT_DEPTH, 200)),
    ];
    for scheduler in schedulers {
        let broken = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&broken);
        let see = move |execution: &Execution| {
            count.fetch_add(u64::from(!execution.broken.is_empty()), Ordering::Relaxed);
        };
        let orders = search(scheduler, &program, || Box::new(Torn::new()), Profile::Contract, see);
        let broken = broken.load(Ordering::Relaxed);
        assert!(0 < broken && broken < orders as u64, "{broken} of {orders}");
    }
}
