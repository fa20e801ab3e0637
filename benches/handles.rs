//! The cost of a handle: among many, after its disconnect, with and without the journal, and in queries for
//! processes.

use std::collections::VecDeque;
use std::hint::black_box;
use std::sync::Mutex;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use dbgeng_testkit::flags::{AttachFlags, GetProcessFlags};
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::{DebugClient, Process, Profile};
use slotmap::SlotMap;

use benches::lab::{connect, disconnect, lab};
use benches::tables::{Hashed, Locked, Table};

/// The number of calls that the mock engine keeps, and the ring buffer as well.
const REMEMBERED: usize = 10_000;

fn connect_and_disconnect(client: &dyn DebugClient) {
    disconnect(client, connect(client));
}

/// A connect and a disconnect, with more and more other handles open: the time should not depend on them.
fn live_handles(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("live handles");
    type Make = fn() -> Box<dyn DebugClient>;
    let makes: [(&str, Make, &[u32]); 4] = [
        (Profile::Contract.name(), || Box::new(lab(Profile::Contract).1), &[1, 1_000, 1_000_000]),
        (Profile::Dbgeng.name(), || Box::new(lab(Profile::Dbgeng).1), &[1, 1_000]),
        ("slotmap", || Box::new(Locked(Mutex::new(SlotMap::new()))), &[1, 1_000, 1_000_000]),
        ("HashMap", || Box::new(Locked(Mutex::new(Hashed::default()))), &[1, 1_000, 1_000_000]),
    ];
    for (name, make, others) in makes {
        for others in others {
            let client = make();
            for _ in 0..*others {
                connect(&*client);
            }
            group.bench_function(BenchmarkId::new(name, others), |bencher| {
                bencher.iter(|| connect_and_disconnect(black_box(&*client)));
            });
        }
    }
}

/// A handle is a slot and its generation.
#[derive(Default)]
struct Generations {
    places: Vec<u32>,
    free: Vec<u32>,
}

impl Table for Generations {
    fn open(&mut self) -> u64 {
        let place = self.free.pop().unwrap_or_else(|| {
            self.places.push(0);
            u32::try_from(self.places.len() - 1).expect("memory ends before")
        });
        let generation = &mut self.places[place as usize];
        *generation += 1;
        u64::from(*generation) << 32 | u64::from(place)
    }

    fn close(&mut self, handle: u64) -> bool {
        let (generation, place) = ((handle >> 32) as u32, handle as u32);
        let found = self.places.get_mut(place as usize).filter(|now| **now == generation);
        let Some(now) = found else { return false };
        *now += 1;
        self.free.push(place);
        true
    }
}

/// The same with the last calls in a ring buffer, under the same lock.
#[derive(Default)]
struct Remembering(Generations, VecDeque<(u64, bool)>);

impl Remembering {
    fn remember(&mut self, handle: u64, succeeded: bool) {
        if self.1.len() == REMEMBERED {
            self.1.pop_front();
        }
        self.1.push_back((handle, succeeded));
    }
}

impl Table for Remembering {
    fn open(&mut self) -> u64 {
        let handle = self.0.open();
        self.remember(handle, true);
        handle
    }

    fn close(&mut self, handle: u64) -> bool {
        let was_open = self.0.close(handle);
        self.remember(handle, was_open);
        was_open
    }
}

/// A connect and a disconnect with and without a journal. The table without one is the lower bound.
fn journal(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("journal");
    let (_lab, client) = lab(Profile::Contract);
    let (without, client_without) = lab(Profile::Contract);
    without.keep_journal(0);
    let ring = Locked(Mutex::new(Remembering::default()));
    let generations = Locked(Mutex::new(Generations::default()));
    let clients: [(&str, &dyn DebugClient); 4] = [
        ("mock with", &client),
        ("mock without", &client_without),
        ("table with", &ring),
        ("table without", &generations),
    ];
    for (name, client) in clients {
        group.bench_function(name, |bencher| bencher.iter(|| connect_and_disconnect(black_box(client))));
    }
}

/// A disconnect of a stale handle, which is refused and reported, beside a correct connect and disconnect.
fn stale_disconnect(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("stale disconnect");
    for profile in Profile::ALL {
        let (_lab, client) = lab(profile);
        let client: &dyn DebugClient = &client;
        let stale = connect(client);
        disconnect(client, stale);
        group.bench_function(BenchmarkId::new("stale disconnect", profile), |bencher| {
            bencher.iter(|| assert!(black_box(client).disconnect_process_server(black_box(stale)).is_err()));
        });
        group.bench_function(BenchmarkId::new("good connect+disconnect", profile), |bencher| {
            bencher.iter(|| connect_and_disconnect(black_box(client)));
        });
    }
}

/// GetRunningProcessSystemIds through an open handle, with room for more ids than there are.
fn query(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("query");
    for profile in Profile::ALL {
        let (_lab, client) = lab(profile);
        let client: &dyn DebugClient = &client;
        let server = connect(client);
        group.bench_function(BenchmarkId::new("GetRunningProcessSystemIds", profile), |bencher| {
            bencher.iter(|| {
                let (mut ids, mut total) = (None, None);
                let hresult = black_box(client).get_running_process_system_ids(
                    black_box(server),
                    Some(&mut ids),
                    64,
                    Some(&mut total),
                );
                assert!(hresult.is_ok());
                (ids, total)
            });
        });
    }
}

/// The numbers of processes on a computer, from few to very many: the time of a query that names one should not depend on
/// it.
fn processes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("processes");
    for count in [10, 1_000, 100_000] {
        let lab = Lab::new(Profile::Contract);
        let engine = lab.engine();
        let exe = |n: u32| format!(r"C:\programs\program{n}.exe");
        engine.lab_computer().set_processes((1..=count).map(|n| Process::new(4 * n, exe(n))));
        let client: Box<dyn DebugClient> = Box::new(engine.client());
        let (last, name) = (4 * count, format!("program{count}.exe"));
        group.bench_function(BenchmarkId::new("GetRunningProcessSystemIdByExecutableName", count), |bencher| {
            bencher.iter(|| {
                let mut id = None;
                let flags = GetProcessFlags::empty();
                let name = black_box(name.as_str());
                let found =
                    client.get_running_process_system_id_by_executable_name(0, Some(name), flags, Some(&mut id));
                assert!(found.is_ok());
                assert_eq!(id, Some(last));
            });
        });
        group.bench_function(BenchmarkId::new("AttachProcess", count), |bencher| {
            // A debugger cannot attach twice to a process that it suspends.
            bencher.iter(|| assert!(client.attach_process(0, black_box(last), AttachFlags::NONINVASIVE).is_ok()));
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
    targets = live_handles, journal, stale_disconnect, query, processes
}
criterion_main!(benches);
