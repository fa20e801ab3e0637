//! What the mock engine costs: a connection, a misuse, a query, and a whole program judged on it.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use dbgeng_testkit::conformance::{Generator, execute};
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::{DebugClient, Profile};

const OFFERED: &str = "tcp:port=5005";
const SOUGHT: &str = "tcp:server=localhost,port=5005";

/// How many calls a lab takes before it is replaced, where every call leaves a finding in it.
const CALLS_A_LAB: u64 = 10_000;

/// How many programs are judged at a time: those of the seeds from 0 on, so that every sample does the same work.
const PROGRAMS: u64 = 200;

/// A client object of a new lab, in which a process server runs.
fn client(profile: Profile) -> Box<dyn DebugClient> {
    let lab = Lab::new(profile);
    let engine = lab.engine();
    engine.lab_computer().dbgsrv(OFFERED).expect("the string is valid and the port is free");
    Box::new(engine.client())
}

fn connect(client: &dyn DebugClient) -> u64 {
    let mut server = None;
    let hresult = client.connect_process_server(Some(SOUGHT), Some(&mut server));
    server.filter(|_| hresult.is_ok()).expect("a process server runs there")
}

fn connect_and_disconnect(client: &dyn DebugClient) {
    let server = connect(client);
    assert!(client.disconnect_process_server(server).is_ok());
}

/// A connect and a disconnect, with more and more other handles open: the time should not depend on them.
fn live_handles(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("connect+disconnect/live handles");
    let others = [(Profile::Contract, &[1, 1_000, 1_000_000][..]), (Profile::Dbgeng, &[1_000])];
    for (profile, others) in others {
        for others in others {
            let client = client(profile);
            for _ in 0..*others {
                connect(&*client);
            }
            group.bench_function(BenchmarkId::new(profile.name(), others), |bencher| {
                bencher.iter(|| connect_and_disconnect(black_box(&*client)));
            });
        }
    }
}

/// A disconnect of a stale handle, which is refused and noted, beside a good connect and disconnect.
fn stale_disconnect(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("stale disconnect");
    for profile in Profile::ALL {
        group.bench_function(BenchmarkId::new("connect+disconnect", profile), |bencher| {
            bencher.iter_custom(|calls| in_fresh_labs(profile, calls, |client, _| connect_and_disconnect(client)));
        });
        group.bench_function(BenchmarkId::new("stale disconnect", profile), |bencher| {
            let refused = |client: &dyn DebugClient, stale| assert!(client.disconnect_process_server(stale).is_err());
            bencher.iter_custom(|calls| in_fresh_labs(profile, calls, refused));
        });
    }
}

/// The time of that many calls of `work`, which is given a client object and a stale handle.
///
/// A lab keeps its findings as long as it lives, and every stale disconnect is one: in a single lab, the millions of
/// calls of a measurement would take gigabytes. So the lab is replaced after [`CALLS_A_LAB`], while the clock stands.
fn in_fresh_labs(profile: Profile, calls: u64, work: impl Fn(&dyn DebugClient, u64)) -> Duration {
    let mut left = calls;
    let mut time = Duration::ZERO;
    while left > 0 {
        let client = client(profile);
        let stale = connect(&*client);
        assert!(client.disconnect_process_server(stale).is_ok());
        let now = left.min(CALLS_A_LAB);
        let start = Instant::now();
        for _ in 0..now {
            work(black_box(&*client), black_box(stale));
        }
        time += start.elapsed();
        left -= now;
    }
    time
}

/// GetRunningProcessSystemIds through an open handle, with room for more ids than there are.
fn query(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("query");
    for profile in Profile::ALL {
        let client = client(profile);
        let server = connect(&*client);
        group.bench_function(BenchmarkId::new("GetRunningProcessSystemIds", profile), |bencher| {
            bencher.iter(|| {
                let (mut ids, mut total) = (None, None);
                let client = black_box(&*client);
                let hresult =
                    client.get_running_process_system_ids(black_box(server), Some(&mut ids), 64, Some(&mut total));
                assert!(hresult.is_ok());
                (ids, total)
            });
        });
    }
}

/// What `dbgeng-testkit run` does: make a program, make a lab, run the one in the other with the model looking on. The
/// rate is in programs.
fn programs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("programs judged");
    group.sample_size(20).sampling_mode(SamplingMode::Flat).throughput(Throughput::Elements(PROGRAMS));
    for profile in Profile::ALL {
        for most_steps in [20, 60] {
            group.bench_function(BenchmarkId::new(profile.name(), format!("up to {most_steps} steps")), |bencher| {
                bencher.iter(|| (0..PROGRAMS).map(|seed| judge(profile, seed, most_steps)).sum::<u64>());
            });
        }
    }
}

/// Judges one program; answers how many calls it made.
fn judge(profile: Profile, seed: u64, most_steps: usize) -> u64 {
    let program = Generator::new(seed, most_steps).program();
    let execution = execute(&program, Box::new(Lab::new(profile).engine()), profile, false);
    assert!(execution.broken.is_empty(), "the mock keeps its own rules");
    execution.calls
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
    targets = live_handles, stale_disconnect, query, programs
}
criterion_main!(benches);
