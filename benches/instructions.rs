//! The instructions that calls and judgements cost, beside those of their peers. They are the same in every run with one
//! toolchain on one architecture, so each figure is kept here: a run fails if one has grown by more than five per cent.
//! A change that needs more changes the figure too: CONTRIBUTING.md says how.

use std::hint::black_box;

use dbgeng_testkit::com::{ComClient, expose};
use dbgeng_testkit::conformance::{Checked, Generator, Program, check, execute, execute_all};
use dbgeng_testkit::flags::{AttachFlags, DescriptionFlags};
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::spec::Requirement;
use dbgeng_testkit::trace::Event;
use dbgeng_testkit::{DebugClient, Profile};
use gungraun::prelude::*;
use gungraun::{Callgrind, EventKind};
use slotmap::SlotMap;

use benches::cycles;
use benches::lab::{connect, disconnect, find, lab};
use benches::mocked::mocked;
use benches::overlapping::{self, Values, history, judge};
use benches::state_machine::{self, Made};
use benches::tables::Locked;

/// How often each piece of work is done in a run. The kept figures are those of one piece.
const TIMES: usize = 1_000;

/// The limit of a piece of work that costs `kept` instructions.
fn kept(kept: u64) -> LibraryBenchmarkConfig {
    let limit = kept * TIMES as u64 * 105 / 100;
    let mut config = LibraryBenchmarkConfig::default();
    config.tool(Callgrind::default().hard_limits([(EventKind::Ir, limit)]));
    config
}

type Client = Box<dyn DebugClient>;

/// Makes calls first, so that what is allocated once exists.
fn used(client: impl DebugClient + 'static) -> Client {
    (0..TIMES).for_each(|_| disconnect(&client, connect(&client)));
    Box::new(client)
}

fn mock(profile: Profile) -> Client {
    used(lab(profile).1)
}

fn without_journal() -> Client {
    let (lab, client) = lab(Profile::Contract);
    lab.keep_journal(0);
    used(client)
}

fn among(others: usize) -> Client {
    let client = lab(Profile::Contract).1;
    for _ in 0..others {
        connect(&client);
    }
    used(client)
}

fn table() -> Client {
    used(Locked(SlotMap::new().into()))
}

// A connect and a disconnect.
#[library_benchmark]
#[bench::mockall(args = (used(mocked())), config = kept(900))]
#[bench::slotmap(args = (table()), config = kept(170))]
#[bench::contract(args = (mock(Profile::Contract)), config = kept(660))]
#[bench::dbgeng(args = (mock(Profile::Dbgeng)), config = kept(670))]
#[bench::without_journal(args = (without_journal()), config = kept(500))]
#[bench::among_100_000(args = (among(100_000)), config = kept(660))]
#[bench::through_com(args = (used(com(Profile::Contract))), config = kept(1_760))]
fn connection(client: Client) -> Client {
    for _ in 0..TIMES {
        let client = black_box(&*client);
        disconnect(client, connect(client));
    }
    client
}

/// A client object that is called through its vtable.
fn com(profile: Profile) -> impl DebugClient {
    ComClient::from(expose(lab(profile).1))
}

fn stale(profile: Profile) -> (Client, u64) {
    let client = mock(profile);
    let server = connect(&*client);
    disconnect(&*client, server);
    (client, server)
}

#[library_benchmark]
#[bench::contract(args = (stale(Profile::Contract)), config = kept(340))]
#[bench::dbgeng(args = (stale(Profile::Dbgeng)), config = kept(360))]
fn stale_disconnect((client, server): (Client, u64)) -> Client {
    for _ in 0..TIMES {
        assert!(black_box(&*client).disconnect_process_server(black_box(server)).is_err());
    }
    client
}

fn connected() -> (Client, u64) {
    let client = mock(Profile::Contract);
    let server = connect(&*client);
    (client, server)
}

#[library_benchmark]
#[bench::contract(args = (connected()), config = kept(360))]
fn count_of_ids((client, server): (Client, u64)) -> Client {
    for _ in 0..TIMES {
        let mut count = None;
        let counted = black_box(&*client).get_running_process_system_ids(server, None, 0, Some(&mut count));
        assert!(counted.is_ok() && black_box(count).is_some());
    }
    client
}

#[library_benchmark]
#[bench::contract(args = (connected()), config = kept(880))]
fn ids((client, server): (Client, u64)) -> Client {
    for _ in 0..TIMES {
        let (mut ids, mut count) = (None, None);
        let listed = black_box(&*client).get_running_process_system_ids(server, Some(&mut ids), 64, Some(&mut count));
        assert!(listed.is_ok() && black_box(ids).is_some());
    }
    client
}

/// A process that runs on every computer.
const EXE_NAME: &str = "services.exe";

#[library_benchmark]
#[bench::contract(args = (connected()), config = kept(1_890))]
fn id_by_name((client, server): (Client, u64)) -> Client {
    for _ in 0..TIMES {
        black_box(find(black_box(&*client), server, EXE_NAME));
    }
    client
}

#[library_benchmark]
#[bench::contract(args = (connected()), config = kept(3_360))]
fn description((client, server): (Client, u64)) -> Client {
    let id = find(&*client, server, EXE_NAME);
    for _ in 0..TIMES {
        let (mut name, mut size) = (None, None);
        let described = black_box(&*client).get_running_process_description(
            server,
            id,
            DescriptionFlags::empty(),
            Some(&mut name),
            256,
            Some(&mut size),
            None,
            0,
            None,
        );
        assert!(described.is_ok() && black_box(name).is_some());
    }
    client
}

// An attach that does not suspend, of a process that is attached to already.
#[library_benchmark]
#[bench::contract(args = (connected()), config = kept(910))]
fn attach((client, server): (Client, u64)) -> Client {
    let id = find(&*client, server, EXE_NAME);
    for _ in 0..TIMES {
        assert!(black_box(&*client).attach_process(server, id, AttachFlags::NONINVASIVE).is_ok());
    }
    client
}

// A random program, generated, run on the mock engine and judged.
#[library_benchmark]
#[bench::contract(args = (Profile::Contract), config = kept(206_990))]
#[bench::dbgeng(args = (Profile::Dbgeng), config = kept(219_940))]
fn program(profile: Profile) {
    for seed in 0..TIMES as u64 {
        let program = Generator::new(seed, 20).program();
        let execution = execute(&program, Box::new(Lab::new(profile).engine()), profile, false);
        assert!(execution.broken.is_empty());
    }
}

fn same_programs() -> Vec<Program> {
    state_machine::programs(TIMES).iter().map(|made| state_machine::program(made)).collect()
}

// A program that proptest-state-machine has generated, and what it needs to run that.
#[library_benchmark]
#[bench::proptest_state_machine(args = (state_machine::programs(TIMES)), config = kept(102_900))]
fn same_program_of_peer(made: Vec<Vec<Made>>) {
    let runner = state_machine::runner();
    made.into_iter().for_each(|program| state_machine::test(&runner, program));
}

// The same programs, of which each that begins like another one goes on from there.
#[library_benchmark]
#[bench::together(args = (same_programs()), config = kept(63_160))]
fn same_program(programs: Vec<Program>) {
    let executions = execute_all(&programs, || Box::new(Lab::new(Profile::Contract).engine()), Profile::Contract);
    assert!(executions.iter().all(|execution| execution.broken.is_empty()));
}

/// Connections that come and go, as a trace with about a thousand calls.
fn text() -> Vec<u8> {
    cycles::trace(Profile::Contract, TIMES / 5)
}

#[library_benchmark]
#[bench::serde_json(args = (text()), config = kept(9_640))]
fn parsed_line(trace: Vec<u8>) -> usize {
    cycles::parse(black_box(&trace))
}

#[library_benchmark]
#[bench::reader(args = (text()), config = kept(9_380))]
fn read_line(trace: Vec<u8>) -> usize {
    overlapping::read(black_box(&trace)).len()
}

#[library_benchmark]
#[bench::contract(args = (overlapping::read(&text())), config = kept(2_370))]
fn judged_call(events: Vec<Event>) {
    assert!(judge(Profile::Contract, events));
}

// A line of a trace that is judged while it is read.
#[library_benchmark]
#[bench::contract(args = (text()), config = kept(10_440))]
fn checked_line(trace: Vec<u8>) -> Checked {
    check(Profile::Contract, "memory", black_box(&*trace)).expect("the trace can be judged")
}

fn overlapping_events(values: Values) -> (Profile, Vec<Event>) {
    // The facts about the requirements are parsed when they are first asked for.
    let _parsed = Requirement::CallReturns.level();
    let trace = overlapping::trace(&history(values, TIMES));
    (overlapping::profile(values), overlapping::read(trace.as_bytes()))
}

// A call that overlaps with those of seven other threads.
#[library_benchmark]
#[bench::fresh_values(args = (overlapping_events(Values::Fresh)), config = kept(3_610))]
#[bench::reused_values(args = (overlapping_events(Values::Reused)), config = kept(5_850))]
fn overlapping_call((profile, events): (Profile, Vec<Event>)) {
    assert!(judge(profile, events));
}

library_benchmark_group!(
    name = calls,
    benchmarks = [connection, stale_disconnect, count_of_ids, ids, id_by_name, description, attach]
);
library_benchmark_group!(
    name = judged,
    benchmarks = [
        program,
        same_program,
        same_program_of_peer,
        parsed_line,
        read_line,
        judged_call,
        checked_line,
        overlapping_call
    ]
);
main!(library_benchmark_groups = [calls, judged]);
