//! The cost of running all short programs as the suite does, by the number of states reached, beside stateright's search of a
//! model of the same calls.

use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::Suite;
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::state::{HandleState, ServerEvent, ServerLife};
use stateright::{Checker, Model, Property};

/// The numbers of calls.
const DEPTHS: [u32; 2] = [5, 7];

/// The number of threads that stateright may use.
const THREADS: usize = 2;

/// The lifecycle calls of [`ShortPrograms`]: a handle is the n-th that was issued.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Call {
    Connect,
    Disconnect(usize),
    End(usize),
    Wait,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct State {
    handles: Vec<HandleState>,
    server: ServerLife,
    seen: bool,
}

/// One process server, and a client that makes every call in every state.
struct Calls;

impl Model for Calls {
    type State = State;
    type Action = Call;

    fn init_states(&self) -> Vec<State> {
        vec![State { handles: Vec::new(), server: ServerLife::Running, seen: false }]
    }

    fn actions(&self, _state: &State, calls: &mut Vec<Call>) {
        let [first, second] = [0, 1];
        calls.extend([Call::Connect, Call::Disconnect(first), Call::Disconnect(second)]);
        calls.extend([Call::End(first), Call::End(second), Call::Wait]);
    }

    fn next_state(&self, state: &State, call: Call) -> Option<State> {
        let mut state = state.clone();
        let live = |handle: &&mut HandleState| handle.is_live();
        match call {
            Call::Connect if state.server == ServerLife::Running => state.handles.push(HandleState::Connected),
            Call::Connect => {}
            Call::Disconnect(at) => {
                if let Some(handle) = state.handles.get_mut(at).filter(live) {
                    *handle = HandleState::Disconnected;
                }
            }
            Call::End(at) => {
                if let Some(handle) = state.handles.get_mut(at).filter(live) {
                    *handle = HandleState::Ending;
                    state.server = state.server.after(ServerEvent::EndRequested);
                }
            }
            Call::Wait => state.seen |= state.server == ServerLife::Ended,
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Calls>> {
        vec![Property::always("a handle was connected first", |_, state: &State| {
            state.handles.iter().all(|handle| *handle != HandleState::Unconnected)
        })]
    }
}

fn stateright(depth: u32) -> usize {
    // Its depth counts states.
    let checker = Calls.checker().threads(THREADS).target_max_depth(depth as usize + 1).spawn_bfs().join();
    checker.assert_properties();
    checker.unique_state_count()
}

/// Runs the suite. Returns how long its short programs took, and the number of states that it reports.
fn kit(profile: Profile, depth: u32) -> (Duration, usize) {
    let suite = Suite::new("the mock", move || Box::new(Lab::new(profile).engine()));
    let mut times = None;
    let report = suite.profile(profile).depth(depth).programs(0).run_with_progress(&mut |progress| {
        if progress.stage == "programs/short" {
            let now = Instant::now();
            times = Some((times.map_or(now, |(began, _)| began), now));
        }
    });
    assert!(report.holds(), "the mock keeps its own rules");
    let (began, ended) = times.expect("there are programs");
    (ended - began, report.properties.iter().find_map(|property| property.states).expect("one property counts them"))
}

/// The rate is in states.
fn search(criterion: &mut Criterion) {
    for depth in DEPTHS {
        let mut group = criterion.benchmark_group(format!("all programs of {depth} calls"));
        group.sample_size(10).sampling_mode(SamplingMode::Flat);
        for profile in Profile::ALL {
            group.throughput(Throughput::Elements(kit(profile, depth).1 as u64));
            group.bench_function(BenchmarkId::new("kit", profile), |bencher| {
                bencher.iter_custom(|times| (0..times).map(|_| kit(profile, depth).0).sum());
            });
        }
        group.throughput(Throughput::Elements(stateright(depth) as u64));
        group.bench_function("stateright", |bencher| bencher.iter(|| stateright(depth)));
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
    targets = search
}
criterion_main!(benches);
