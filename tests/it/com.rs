//! COM both ways, in one process: the mock out as COM objects, and in again.

#![expect(unsafe_code, reason = "some calls are made by pointers")]

mod callbacks;
mod code_pages;
mod cpp_header;
mod header;
mod identity;
mod session;

use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Barrier};

use dbgeng_testkit::com::{CharSet, ComClient, IDebugClient5, debug_create, expose};
use dbgeng_testkit::conformance::{Suite, Verdict};
use dbgeng_testkit::flags::{CreateProcessOptions, DescriptionFlags};
use dbgeng_testkit::hresult::{E_INVALIDARG, E_UNEXPECTED, S_OK};
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::{Computer, DebugClient, Engine, HRESULT, HostLocation, Interface, Out, Profile, write_out};
use windows_core::{IUnknown, Interface as _};

/// The mock, called through its own COM objects.
struct ThroughCom {
    engine: Box<dyn Engine>,
    char_set: CharSet,
}

impl Engine for ThroughCom {
    fn debug_create(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        let mut made = None;
        let hresult = self.engine.debug_create(&Interface::NEWEST, Some(&mut made));
        let Some(made) = made else { return hresult };
        ComClient::from(expose(made)).char_set(self.char_set).query_interface(interface, client)
    }

    fn start_process(&self, place: HostLocation) -> Option<Box<dyn Engine>> {
        Some(Box::new(ThroughCom { engine: self.engine.start_process(place)?, char_set: self.char_set }))
    }

    fn kill(&self) -> bool {
        self.engine.kill()
    }

    fn on_thread(&self, thread: u32, work: &mut (dyn FnMut() + Send)) -> bool {
        self.engine.on_thread(thread, work)
    }

    fn pass_time(&self, ms: u32) {
        self.engine.pass_time(ms);
    }

    fn computer(&self) -> Option<Computer> {
        self.engine.computer()
    }
}

#[test]
fn the_mock_passes_through_com_by_either_twin() {
    for (profile, char_set) in [(Profile::Contract, CharSet::Ansi), (Profile::Dbgeng, CharSet::Wide)] {
        let make = move || Box::new(ThroughCom { engine: Box::new(Lab::new(profile).engine()), char_set }) as _;
        let report = Suite::new("the mock, through COM", make).profile(profile).programs(100).depth(2).run();
        assert_eq!(report.objections(), Vec::<String>::new(), "{}", report.text(false));
        assert_eq!(report.count(Verdict::Skip), 0, "{}", report.text(false));
    }
}

/// An engine that fills all the room that it is given, and returns a client object even if it fails.
#[derive(Clone, Default)]
struct Greedy {
    alive: Arc<()>,
    options_size: Arc<AtomicU32>,
}

impl DebugClient for Greedy {
    fn create_client(&self, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        write_out(client, Box::new(self.clone()));
        E_UNEXPECTED
    }

    fn get_running_process_system_ids(
        &self,
        _server: u64,
        ids: Out<'_, Vec<u32>>,
        count: u32,
        actual_count: Out<'_, u32>,
    ) -> HRESULT {
        write_out(ids, vec![4; count as usize]);
        write_out(actual_count, count);
        S_OK
    }

    fn get_running_process_description(
        &self,
        _server: u64,
        _system_id: u32,
        _flags: DescriptionFlags,
        exe_name: Out<'_, String>,
        exe_name_size: u32,
        _actual_exe_name_size: Out<'_, u32>,
        description: Out<'_, String>,
        description_size: u32,
        _actual_description_size: Out<'_, u32>,
    ) -> HRESULT {
        write_out(exe_name, "n".repeat(exe_name_size as usize - 1));
        write_out(description, "d".repeat(description_size as usize - 1));
        S_OK
    }

    fn create_process2(
        &self,
        _server: u64,
        _command_line: Option<&str>,
        _options: Option<&CreateProcessOptions>,
        options_buffer_size: u32,
        _initial_directory: Option<&str>,
        _environment: Option<&str>,
    ) -> HRESULT {
        self.options_size.store(options_buffer_size, Relaxed);
        E_INVALIDARG
    }
}

impl Engine for Greedy {
    fn debug_create(&self, _interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        self.create_client(client)
    }
}

#[test]
fn an_engine_may_use_all_the_room_that_it_is_given() {
    for char_set in [CharSet::Ansi, CharSet::Wide] {
        let engine = Greedy::default();
        let client = ComClient::from(expose(engine.clone())).char_set(char_set);
        let (mut ids, mut count, size) = (None, None, 1_000_000);
        assert_eq!(client.get_running_process_system_ids(0, Some(&mut ids), size, Some(&mut count)), S_OK);
        assert_eq!(ids.unwrap().len(), count.unwrap() as usize);
        let (mut name, mut text, flags) = (None, None, DescriptionFlags::default());
        let described = client.get_running_process_description(
            0,
            0,
            flags,
            Some(&mut name),
            size,
            None,
            Some(&mut text),
            size,
            None,
        );
        assert_eq!(described, S_OK);
        for text in [name, text] {
            assert_eq!(text.unwrap().len() + 1, count.unwrap() as usize);
        }
        // A size that is too large stays too large.
        let options = CreateProcessOptions::default();
        assert_eq!(client.create_process2(0, Some("a"), Some(&options), size, None, None), E_INVALIDARG);
        let told = engine.options_size.load(Relaxed);
        assert!(told > CreateProcessOptions::SIZE && told < 1_000, "{told}");
    }
}

#[test]
fn a_failure_returns_no_client_object() {
    let engine = Greedy::default();
    let client = expose(engine.clone());
    let mut made = std::ptr::dangling_mut();
    // SAFETY: an id, and room for a pointer.
    let hresult = unsafe { debug_create(&engine, &IDebugClient5::IID, &mut made) };
    assert_eq!((hresult, made), (E_UNEXPECTED, std::ptr::null_mut()));
    // SAFETY: room for a pointer.
    let hresult = unsafe { (client.vtable().CreateClient)(client.as_raw(), &mut made) };
    assert_eq!((hresult, made), (E_UNEXPECTED, std::ptr::null_mut()));
    assert_eq!(Arc::strong_count(&engine.alive), 2, "the engine and the client object");
}

#[test]
fn threads_count_references_together_and_the_last_one_ends_the_object() {
    const THREADS: usize = 4;
    let engine = Greedy::default();
    let client = expose(engine.clone());
    let this = AtomicPtr::new(client.as_raw());
    for _ in 1..THREADS {
        std::mem::forget(client.clone());
    }
    std::mem::forget(client);
    let (ends, start) = (AtomicU32::new(0), Barrier::new(THREADS));
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                // SAFETY: one of the forgotten references, for each thread.
                let own = unsafe { IDebugClient5::from_raw(this.load(Relaxed)) };
                start.wait();
                for _ in 0..200_000 {
                    let (again, unknown) = (own.clone(), own.cast::<IUnknown>().unwrap());
                    assert_eq!(again.as_raw(), unknown.as_raw());
                }
                // SAFETY: the reference is given up here, and not by its destructor too.
                let left = unsafe { (own.vtable().Release)(own.as_raw()) };
                std::mem::forget(own);
                ends.fetch_add(u32::from(left == 0), Relaxed);
            });
        }
    });
    assert_eq!(ends.load(Relaxed), 1);
    assert_eq!(Arc::strong_count(&engine.alive), 1, "the engine alone");
}

/// Lists ids with the elements that Microsoft's engine leaves after them when it asks a server.
struct Untidy;

impl DebugClient for Untidy {
    fn get_running_process_system_ids(
        &self,
        _server: u64,
        ids: Out<'_, Vec<u32>>,
        _count: u32,
        actual_count: Out<'_, u32>,
    ) -> HRESULT {
        let after = if actual_count.is_some() { 77 } else { 0 };
        write_out(ids, vec![4, 64, after, 0, 0]);
        write_out(actual_count, 2);
        S_OK
    }
}

#[test]
fn elements_after_the_ids_are_not_ids() {
    let client = ComClient::from(expose(Untidy));
    let ids = |room, actual: Out<'_, u32>| {
        let mut ids = None;
        assert_eq!(client.get_running_process_system_ids(0, Some(&mut ids), room, actual), S_OK);
        ids.unwrap()
    };
    assert_eq!(ids(64, Some(&mut None)), [4, 64]);
    assert_eq!(ids(64, None), [4, 64]);
    assert_eq!(ids(1, Some(&mut None)), [4]);
}
