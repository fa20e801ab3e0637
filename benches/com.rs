//! The cost of COM: calls through the vtable beside the same calls through `dyn DebugClient`.

#![expect(unsafe_code, reason = "the slots of a vtable are called by pointers")]

use std::hint::black_box;
use std::mem::MaybeUninit;
use std::time::{Duration, Instant};

use criterion::{Bencher, Criterion, criterion_group, criterion_main};
use dbgeng_testkit::com::{IDebugClient5, expose};
use dbgeng_testkit::hresult::{HRESULT, S_OK};
use dbgeng_testkit::{DebugClient, Profile};
use windows_core::Interface;

use benches::lab;

/// The number of calls after which a lab is replaced, because every call leaves a finding in it.
const CALLS_A_LAB: u64 = 10_000;

/// The room for ids: more than there are.
const ROOM: u32 = 64;

/// The calls that are compared, in either way to reach a client object.
trait Way {
    fn of(client: impl DebugClient + 'static) -> Self;
    fn connect(&self) -> u64;
    fn disconnect(&self, server: u64) -> HRESULT;
    fn list(&self, server: u64) -> u32;
    fn find(&self, server: u64) -> u32;
}

impl Way for Box<dyn DebugClient> {
    fn of(client: impl DebugClient + 'static) -> Box<dyn DebugClient> {
        Box::new(client)
    }

    fn connect(&self) -> u64 {
        lab::connect(&**self)
    }

    fn disconnect(&self, server: u64) -> HRESULT {
        self.disconnect_process_server(server)
    }

    fn list(&self, server: u64) -> u32 {
        let (mut ids, mut total) = (None, None);
        assert!(self.get_running_process_system_ids(server, Some(&mut ids), ROOM, Some(&mut total)).is_ok());
        black_box(&ids);
        total.expect("the number of processes")
    }

    fn find(&self, server: u64) -> u32 {
        lab::find(&**self, server, "explorer.exe")
    }
}

impl Way for IDebugClient5 {
    fn of(client: impl DebugClient + 'static) -> IDebugClient5 {
        expose(client)
    }

    fn connect(&self) -> u64 {
        let (mut server, options) = (0, c"tcp:server=localhost,port=5005");
        // SAFETY: a string that ends with a NUL, and room for a handle.
        let hresult =
            unsafe { (self.vtable().ConnectProcessServer)(self.as_raw(), options.as_ptr().cast(), &mut server) };
        assert!(hresult.is_ok());
        server
    }

    fn disconnect(&self, server: u64) -> HRESULT {
        // SAFETY: it takes a number.
        unsafe { (self.vtable().DisconnectProcessServer)(self.as_raw(), server) }
    }

    fn list(&self, server: u64) -> u32 {
        let (mut ids, mut total) = ([const { MaybeUninit::<u32>::uninit() }; ROOM as usize], 0);
        // SAFETY: the room is what the call is told.
        let hresult = unsafe {
            let list = self.vtable().GetRunningProcessSystemIds;
            list(self.as_raw(), server, ids.as_mut_ptr().cast(), ROOM, &mut total)
        };
        assert!(hresult.is_ok());
        black_box(&ids);
        total
    }

    fn find(&self, server: u64) -> u32 {
        let (mut id, name) = (0, c"explorer.exe");
        // SAFETY: a string that ends with a NUL, and room for an id.
        let hresult = unsafe {
            let find = self.vtable().GetRunningProcessSystemIdByExecutableName;
            find(self.as_raw(), server, name.as_ptr().cast(), 0, &mut id)
        };
        assert!(hresult.is_ok());
        id
    }
}

/// A client object that does nothing, so that only the call to it costs something.
struct Trivial;

impl DebugClient for Trivial {
    fn disconnect_process_server(&self, _server: u64) -> HRESULT {
        S_OK
    }
}

/// A client object of a new lab, in which a process server runs.
fn client<W: Way>() -> W {
    W::of(lab::lab(Profile::Contract).1)
}

fn nothing<W: Way>(bencher: &mut Bencher) {
    let client = W::of(Trivial);
    bencher.iter(|| black_box(&client).disconnect(black_box(1)));
}

fn connect_and_disconnect<W: Way>(bencher: &mut Bencher) {
    let client = client::<W>();
    bencher.iter(|| {
        let client = black_box(&client);
        assert!(client.disconnect(client.connect()).is_ok());
    });
}

fn stale_disconnect<W: Way>(bencher: &mut Bencher) {
    bencher.iter_custom(|calls| {
        let (mut left, mut time) = (calls, Duration::ZERO);
        while left > 0 {
            // Labs are replaced while the clock stands.
            let client = client::<W>();
            let server = client.connect();
            assert!(client.disconnect(server).is_ok());
            let now = left.min(CALLS_A_LAB);
            let start = Instant::now();
            for _ in 0..now {
                assert!(black_box(&client).disconnect(black_box(server)).is_err());
            }
            time += start.elapsed();
            left -= now;
        }
        time
    });
}

fn list<W: Way>(bencher: &mut Bencher) {
    let client = client::<W>();
    let server = client.connect();
    bencher.iter(|| black_box(&client).list(black_box(server)));
}

fn find<W: Way>(bencher: &mut Bencher) {
    let client = client::<W>();
    let server = client.connect();
    bencher.iter(|| black_box(&client).find(black_box(server)));
}

/// One call in either way, one after the other.
fn compare(criterion: &mut Criterion, name: &str, by_dyn: fn(&mut Bencher), by_vtable: fn(&mut Bencher)) {
    let mut group = criterion.benchmark_group(name);
    group.bench_function("dyn", by_dyn);
    group.bench_function("vtable", by_vtable);
}

fn both_ways(criterion: &mut Criterion) {
    type Dyn = Box<dyn DebugClient>;
    type Vtable = IDebugClient5;
    compare(criterion, "nothing", nothing::<Dyn>, nothing::<Vtable>);
    compare(criterion, "connect+disconnect", connect_and_disconnect::<Dyn>, connect_and_disconnect::<Vtable>);
    compare(criterion, "stale disconnect", stale_disconnect::<Dyn>, stale_disconnect::<Vtable>);
    compare(criterion, "GetRunningProcessSystemIds", list::<Dyn>, list::<Vtable>);
    compare(criterion, "GetRunningProcessSystemIdByExecutableName", find::<Dyn>, find::<Vtable>);
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
    targets = both_ways
}
criterion_main!(benches);
