//! Callbacks through COM, both ways: those of a C++ caller for an engine in Rust, and those in Rust for an engine in COM.

use std::ffi::{CStr, c_void};
use std::sync::atomic::{AtomicI32, AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

use dbgeng_testkit::com::{ComClient, IDebugClient5, Refusal, expose};
use dbgeng_testkit::flags::{ExecutionStatus, OutputMask};
use dbgeng_testkit::hresult::{E_INVALIDARG, E_NOINTERFACE, S_OK};
use dbgeng_testkit::{DebugClient, DebugEvent, EventCallbacks, HRESULT, InputCallbacks, Out, OutputCallbacks};
use windows_core::{GUID, Interface as _};

use crate::support::take_refusals;

/// An engine that keeps callbacks, and calls them in FlushCallbacks. ExitDispatch counts.
#[derive(Default)]
struct Keeper {
    events: Mutex<Option<Arc<dyn EventCallbacks>>>,
    output: Mutex<Option<Arc<dyn OutputCallbacks>>>,
    input: Mutex<Option<Arc<dyn InputCallbacks>>>,
    /// The answers of the event callbacks.
    answers: Arc<Mutex<Vec<ExecutionStatus>>>,
    exits: Arc<AtomicU32>,
}

impl DebugClient for Keeper {
    fn get_event_callbacks(&self, callbacks: Out<'_, Arc<dyn EventCallbacks>>) -> HRESULT {
        *callbacks.expect("a pointer") = self.events.lock().unwrap().clone();
        S_OK
    }

    fn set_event_callbacks(&self, callbacks: Option<Arc<dyn EventCallbacks>>) -> HRESULT {
        *self.events.lock().unwrap() = callbacks;
        S_OK
    }

    fn get_output_callbacks(&self, callbacks: Out<'_, Arc<dyn OutputCallbacks>>) -> HRESULT {
        *callbacks.expect("a pointer") = self.output.lock().unwrap().clone();
        S_OK
    }

    fn set_output_callbacks(&self, callbacks: Option<Arc<dyn OutputCallbacks>>) -> HRESULT {
        *self.output.lock().unwrap() = callbacks;
        S_OK
    }

    fn get_input_callbacks(&self, callbacks: Out<'_, Arc<dyn InputCallbacks>>) -> HRESULT {
        *callbacks.expect("a pointer") = self.input.lock().unwrap().clone();
        S_OK
    }

    fn set_input_callbacks(&self, callbacks: Option<Arc<dyn InputCallbacks>>) -> HRESULT {
        *self.input.lock().unwrap() = callbacks;
        S_OK
    }

    fn flush_callbacks(&self) -> HRESULT {
        if let Some(events) = &*self.events.lock().unwrap() {
            let kinds = events.interest_mask();
            let told = every_event().into_iter().filter(|event| kinds.contains(event.kind()));
            self.answers.lock().unwrap().extend(told.map(|event| events.event(&event)));
        }
        if let Some(output) = &*self.output.lock().unwrap() {
            output.output(OutputMask::WARNING, "caf\u{e9}\n");
        }
        if let Some(input) = &*self.input.lock().unwrap() {
            input.start_input(80);
            input.end_input();
        }
        S_OK
    }

    fn exit_dispatch(&self) -> HRESULT {
        self.exits.fetch_add(1, Relaxed);
        S_OK
    }
}

fn every_event() -> Vec<DebugEvent> {
    vec![
        DebugEvent::SessionStatus { status: 0 },
        DebugEvent::CreateProcess {
            image_file_handle: 1,
            handle: 2,
            base_offset: 0x1_4000_0000,
            module_size: 4,
            module_name: "game".to_owned(),
            image_name: "C:\\caf\u{e9}\\game.exe".to_owned(),
            check_sum: 5,
            time_date_stamp: 6,
            initial_thread_handle: 7,
            thread_data_offset: 8,
            start_offset: 9,
        },
        DebugEvent::CreateThread { handle: 10, data_offset: 11, start_offset: u64::MAX },
        DebugEvent::Exception { code: 0x8000_0003, flags: 12, address: 0x7fff_0000_0001, first_chance: true },
        DebugEvent::ChangeEngineState { flags: 0x120, argument: 13 },
        DebugEvent::ChangeDebuggeeState { flags: 14, argument: 15 },
        DebugEvent::ChangeSymbolState { flags: 16, argument: 17 },
        DebugEvent::ExitThread { exit_code: 18 },
        DebugEvent::ExitProcess { exit_code: 19 },
    ]
}

/// Callbacks in Rust, which remember what they were told.
#[derive(Default)]
struct Listener {
    told: Mutex<Vec<String>>,
    events: Mutex<Vec<DebugEvent>>,
}

impl EventCallbacks for Listener {
    fn event(&self, event: &DebugEvent) -> ExecutionStatus {
        self.events.lock().unwrap().push(event.clone());
        ExecutionStatus::GO_NOT_HANDLED
    }
}

impl OutputCallbacks for Listener {
    fn output(&self, mask: OutputMask, text: &str) {
        self.told.lock().unwrap().push(format!("{}: {text}", mask.bits()));
    }
}

impl InputCallbacks for Listener {
    fn start_input(&self, buffer_size: u32) {
        self.told.lock().unwrap().push(format!("input of {buffer_size}"));
    }

    fn end_input(&self) {
        self.told.lock().unwrap().push("end of input".to_owned());
    }
}

#[test]
fn callbacks_in_rust_reach_an_engine_through_com_and_come_back_from_it() {
    let engine = Keeper::default();
    let answers = engine.answers.clone();
    let client = ComClient::from(expose(engine));
    let listener = Arc::new(Listener::default());
    assert_eq!(client.set_event_callbacks(Some(listener.clone())), S_OK);
    assert_eq!(client.set_output_callbacks(Some(listener.clone())), S_OK);
    assert_eq!(client.set_input_callbacks(Some(listener.clone())), S_OK);
    assert_eq!(client.flush_callbacks(), S_OK);
    assert_eq!(*listener.events.lock().unwrap(), every_event());
    assert_eq!(*answers.lock().unwrap(), vec![ExecutionStatus::GO_NOT_HANDLED; every_event().len()]);
    assert_eq!(*listener.told.lock().unwrap(), ["4: caf\u{e9}\n", "input of 80", "end of input"]);

    let mut found = None;
    assert_eq!(client.get_event_callbacks(Some(&mut found)), S_OK);
    let own: Arc<dyn EventCallbacks> = listener.clone();
    assert!(found.take().is_some_and(|found| Arc::ptr_eq(&found, &own)), "the callbacks that were set");
    drop(own);
    assert_eq!(Arc::strong_count(&listener), 4, "this one, and one of each kind in the engine");
    assert_eq!(client.set_event_callbacks(None), S_OK);
    assert_eq!(client.get_event_callbacks(Some(&mut found)), S_OK);
    assert_eq!(Arc::strong_count(&listener), 3);
    drop(client);
    assert_eq!(Arc::strong_count(&listener), 1, "the end of the client object ends its callbacks");
}

/// Callbacks of a C++ caller, of any kind: a vtable whose slots count the calls.
#[repr(C)]
struct Theirs {
    vtable: *const Slots,
    references: AtomicI32,
    /// The interfaces that it is asked for, and whether each is granted.
    asked: Mutex<Vec<GUID>>,
    grants: fn(&GUID) -> bool,
    told: Mutex<Vec<String>>,
}

#[repr(C)]
struct Slots {
    query_interface: unsafe extern "system" fn(*const Theirs, *const GUID, *mut *const Theirs) -> HRESULT,
    add_ref: unsafe extern "system" fn(*const Theirs) -> i32,
    release: unsafe extern "system" fn(*const Theirs) -> i32,
    third: *const (),
    fourth: *const (),
    fifth: *const (),
}

unsafe extern "system" fn query_interface(this: *const Theirs, id: *const GUID, found: *mut *const Theirs) -> HRESULT {
    // SAFETY: the engine keeps COM's rules.
    unsafe {
        (*this).asked.lock().unwrap().push(*id);
        let granted = ((*this).grants)(&*id);
        if granted {
            add_ref(this);
        }
        found.write(if granted { this } else { std::ptr::null() });
        if granted { S_OK } else { E_NOINTERFACE }
    }
}

unsafe extern "system" fn add_ref(this: *const Theirs) -> i32 {
    // SAFETY: the engine keeps COM's rules.
    unsafe { &(*this).references }.fetch_add(1, Relaxed) + 1
}

unsafe extern "system" fn release(this: *const Theirs) -> i32 {
    // SAFETY: the engine keeps COM's rules.
    unsafe { &(*this).references }.fetch_sub(1, Relaxed) - 1
}

fn tell(this: *const Theirs, words: String) -> HRESULT {
    // SAFETY: the engine holds a reference.
    unsafe { &(*this).told }.lock().unwrap().push(words);
    S_OK
}

unsafe extern "system" fn output(this: *const Theirs, mask: u32, text: *const u8) -> HRESULT {
    // SAFETY: a string that ends with a NUL.
    tell(this, format!("{mask}: {:?}", unsafe { CStr::from_ptr(text.cast()) }))
}

unsafe extern "system" fn interest(_this: *const Theirs, mask: *mut u32) -> HRESULT {
    // SAFETY: room for a mask.
    unsafe { mask.write(2) };
    S_OK
}

unsafe extern "system" fn output2(
    this: *const Theirs,
    which: u32,
    flags: u32,
    argument: u64,
    text: *const u16,
) -> HRESULT {
    // SAFETY: a string that ends with a NUL.
    let text: Vec<u16> = (0..).map(|at| unsafe { *text.add(at) }).take_while(|unit| *unit != 0).collect();
    tell(this, format!("{which} {flags} {argument}: {}", String::from_utf16_lossy(&text)))
}

static OUTPUT: Slots = Slots {
    query_interface,
    add_ref,
    release,
    third: output as *const (),
    fourth: interest as *const (),
    fifth: output2 as *const (),
};

// SAFETY: a table of functions, which nothing changes.
unsafe impl Sync for Slots {}

fn theirs(grants: fn(&GUID) -> bool) -> Theirs {
    Theirs { vtable: &OUTPUT, references: AtomicI32::new(1), asked: Mutex::default(), grants, told: Mutex::default() }
}

const OUTPUT_CALLBACKS2: GUID = GUID::from_u128(0x67721fe9_56d2_4a44_a325_2b65513ce6eb);

fn set_output(client: &IDebugClient5, callbacks: *const Theirs) -> HRESULT {
    // SAFETY: null, misaligned, or an object that outlives the reference of the engine.
    unsafe { (client.vtable().SetOutputCallbacks)(client.as_raw(), callbacks.cast_mut().cast()) }
}

fn get_output(client: &IDebugClient5) -> *const Theirs {
    let mut found: *mut c_void = std::ptr::dangling_mut();
    // SAFETY: room for a pointer.
    assert_eq!(unsafe { (client.vtable().GetOutputCallbacks)(client.as_raw(), &mut found) }, S_OK);
    found.cast()
}

fn flush(client: &IDebugClient5) {
    // SAFETY: it takes nothing.
    assert_eq!(unsafe { (client.vtable().FlushCallbacks)(client.as_raw()) }, S_OK);
}

#[test]
fn the_callbacks_of_a_caller_are_held_until_they_are_replaced() {
    let (first, second) = (theirs(|_| false), theirs(|_| false));
    let client = expose(Keeper::default());
    assert_eq!(get_output(&client), std::ptr::null());
    assert_eq!(set_output(&client, &first), S_OK);
    assert_eq!(*first.asked.lock().unwrap(), [OUTPUT_CALLBACKS2], "Microsoft's engine asks for it too (OBS-101)");
    assert_eq!(first.references.load(Relaxed), 2);
    assert_eq!(get_output(&client), &raw const first);
    assert_eq!(first.references.load(Relaxed), 3, "the caller has to release what it gets");
    flush(&client);
    assert_eq!(*first.told.lock().unwrap(), [r#"4: "caf\xe9\n""#]);
    assert_eq!(set_output(&client, &second), S_OK);
    assert_eq!((first.references.load(Relaxed), second.references.load(Relaxed)), (2, 2));
    assert_eq!(set_output(&client, std::ptr::null()), S_OK);
    assert_eq!((get_output(&client), second.references.load(Relaxed)), (std::ptr::null(), 1));
    assert_eq!(set_output(&client, (&raw const second).wrapping_byte_add(1)), E_INVALIDARG);
    assert_eq!(set_output(&client, &second), S_OK);
    drop(client);
    assert_eq!(second.references.load(Relaxed), 1, "the end of the client object ends its callbacks");
}

#[test]
fn newer_output_callbacks_receive_the_text_instead() {
    let newer = theirs(|id| *id == OUTPUT_CALLBACKS2);
    let client = expose(Keeper::default());
    assert_eq!(set_output(&client, &newer), S_OK);
    flush(&client);
    assert_eq!(*newer.told.lock().unwrap(), ["0 0 4: caf\u{e9}\n"]);
    drop(client);
    assert_eq!(newer.references.load(Relaxed), 1);
}

#[test]
fn output_callbacks_that_grant_everything_are_reported() {
    take_refusals();
    let anything = theirs(|_| true);
    let client = expose(Keeper::default());
    assert_eq!(set_output(&client, &anything), S_OK);
    assert_eq!(take_refusals(), [Refusal::CallbacksGrantEverything]);
    flush(&client);
    assert_eq!(*anything.told.lock().unwrap(), [r#"4: "caf\xe9\n""#]);
    drop(client);
    assert_eq!(anything.references.load(Relaxed), 1);
}

#[test]
fn exit_dispatch_ends_the_wait_of_the_client_object_that_it_names() {
    let (here, there) = (Keeper::default(), Keeper::default());
    let (exits_here, exits_there) = (here.exits.clone(), there.exits.clone());
    let (here, there) = (expose(here), expose(there));
    // SAFETY: the pointer is compared with the objects of the mock, and not followed.
    let exit = |client: *mut c_void| unsafe { (here.vtable().ExitDispatch)(here.as_raw(), client) };
    assert_eq!(exit(there.as_raw()), S_OK);
    assert_eq!((exits_here.load(Relaxed), exits_there.load(Relaxed)), (0, 1));
    assert_eq!(exit(here.as_raw()), S_OK);
    let ended = there.as_raw();
    drop(there);
    for none in [std::ptr::null_mut(), std::ptr::dangling_mut(), here.as_raw().wrapping_byte_add(1), ended] {
        assert_eq!(exit(none), E_INVALIDARG);
    }
    assert_eq!((exits_here.load(Relaxed), exits_there.load(Relaxed)), (1, 1));
}
