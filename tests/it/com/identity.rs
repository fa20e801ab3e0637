//! The interfaces of one client object: one identity, one count.

use std::collections::BTreeSet;
use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};
use std::sync::{Arc, Barrier};

use dbgeng_testkit::com::{InterfaceLayout, Refusal, Vtbl, debug_create, expose, interfaces};
use dbgeng_testkit::hresult::{E_NOINTERFACE, E_NOTIMPL, E_UNEXPECTED, S_OK};
use dbgeng_testkit::mock::{Lab, LabEngine};
use dbgeng_testkit::{DebugClient, EngineVersion, HRESULT, Profile};
use proptest::prelude::*;
use windows_core::{GUID, IUnknown, IUnknown_Vtbl, Interface as _};

use crate::support::take_refusals;

fn vtable(this: *mut c_void) -> &'static IUnknown_Vtbl {
    // SAFETY: a pointer to an interface of the mock's leads to a pointer to a static vtable.
    unsafe { *this.cast::<&IUnknown_Vtbl>() }
}

fn query(this: *mut c_void, id: &GUID) -> (HRESULT, *mut c_void) {
    let mut found = std::ptr::dangling_mut();
    // SAFETY: an object of the mock's, an id, and room for a pointer.
    let hresult = unsafe { (vtable(this).QueryInterface)(this, id, &mut found) };
    (hresult, found)
}

fn create(engine: &LabEngine, id: &GUID) -> (HRESULT, *mut c_void) {
    let mut found = std::ptr::dangling_mut();
    // SAFETY: an id, and room for a pointer.
    let hresult = unsafe { debug_create(engine, id, &mut found) };
    (hresult, found)
}

fn add_ref(this: *mut c_void) -> u32 {
    // SAFETY: an object of the mock's.
    unsafe { (vtable(this).AddRef)(this) }
}

fn release(this: *mut c_void) -> u32 {
    // SAFETY: an object of the mock's.
    unsafe { (vtable(this).Release)(this) }
}

/// Calls a slot that has no parameters, or whose parameters may be anything.
fn call(this: *mut c_void, slot: usize) -> HRESULT {
    // SAFETY: the vtable has the slot, which the caller chooses so that it reads no argument.
    unsafe {
        let slot = (*this.cast::<*const unsafe extern "system" fn(*mut c_void, u64) -> HRESULT>()).add(slot);
        (*slot)(this, 0)
    }
}

fn known() -> Vec<InterfaceLayout> {
    let unknown = InterfaceLayout { name: "IUnknown", id: IUnknown::IID, slots: Vec::new() };
    std::iter::once(unknown).chain(interfaces()).collect()
}

/// The family of an interface: its name without a number. The one of `IDebugClient` serves `IUnknown` too.
fn family(name: &str) -> &str {
    if name == "IUnknown" { "IDebugClient" } else { name.trim_end_matches(char::is_numeric) }
}

#[test]
fn every_interface_of_the_version_is_given_and_leads_back() {
    for (version, newest) in [(EngineVersion::V10_0_15063, 7_u8), (EngineVersion::V10_0_29507, 9)] {
        let engine = Lab::new(Profile::DbgengAt(version)).engine();
        for interface in known() {
            let has_it =
                interface.name.strip_prefix("IDebugClient").and_then(|number| number.parse().ok()) <= Some(newest);
            let (hresult, this) = create(&engine, &interface.id);
            if !has_it {
                assert_eq!((hresult, this), (E_NOINTERFACE, std::ptr::null_mut()), "{}", interface.name);
                continue;
            }
            assert_eq!(hresult, S_OK, "{}", interface.name);
            let identity = query(this, &IUnknown::IID).1;
            let mut references = 2;
            for other in known() {
                let (hresult, found) = query(this, &other.id);
                let is_given = hresult == S_OK;
                assert_eq!(is_given, !other.name.ends_with(['8', '9']) || newest == 9, "{}", other.name);
                if is_given {
                    assert_eq!(query(found, &IUnknown::IID), (S_OK, identity), "{}", other.name);
                    assert_eq!(query(found, &interface.id), (S_OK, this), "{}", other.name);
                    references += 3;
                }
            }
            assert_eq!(add_ref(this), references + 1);
            for left in (0..=references).rev() {
                assert_eq!(release(if left % 2 == 0 { this } else { identity }), left);
            }
        }
    }
}

#[test]
fn what_is_refused_is_reported_by_name() {
    let lab = Lab::new(Profile::DbgengAt(EngineVersion::V10_0_15063));
    let this = create(&lab.engine(), &find("IDebugControl4").id).1;
    take_refusals();
    assert_eq!(query(this, &find("IDebugClient8").id), (E_NOINTERFACE, std::ptr::null_mut()));
    let stranger = GUID::from_u128(7);
    assert_eq!(query(this, &stranger), (E_NOINTERFACE, std::ptr::null_mut()));
    let closes_log = find("IDebugControl").slots.iter().position(|slot| slot.name == "CloseLogFile").unwrap();
    assert_eq!(call(this, closes_log), E_NOTIMPL);
    assert_eq!(release(this), 0);
    assert_eq!(call(this, closes_log), E_UNEXPECTED);
    assert_eq!(release(this), 0);
    let refusals: Vec<String> = take_refusals().iter().map(ToString::to_string).collect();
    let expected = [
        "the caller asked for the interface IDebugClient8, which client objects do not have: E_NOINTERFACE",
        "the caller asked for the interface 00000000-0000-0000-0000-000000000007, which client objects do not have: \
         E_NOINTERFACE",
        "IDebugControl::CloseLogFile was called, which is not simulated: E_NOTIMPL",
        "IDebugControl::CloseLogFile was called on a client object after its last Release",
        "Release was called once too often: the client object had no reference left",
    ];
    assert_eq!(refusals, expected);
}

fn find(name: &str) -> InterfaceLayout {
    known().into_iter().find(|interface| interface.name == name).unwrap()
}

/// A call of a random caller: a number that chooses the method, and others that choose its arguments.
type Step = (u8, usize, usize);

/// A client object as its callers should see it.
struct Object {
    /// A pointer for each family of which an interface was given.
    pointers: Vec<(String, *mut c_void)>,
    references: u32,
}

impl Object {
    fn pointer(&self, at: usize) -> *mut c_void {
        self.pointers[at % self.pointers.len()].1
    }

    /// Notes a pointer to an interface; the same family has to give the same pointer.
    fn give(&mut self, name: &str, pointer: *mut c_void) {
        self.references += 1;
        match self.pointers.iter().find(|(known, _)| known == family(name)) {
            Some((_, known)) => assert_eq!(*known, pointer, "{name}"),
            None => self.pointers.push((family(name).to_owned(), pointer)),
        }
    }
}

fn run(steps: Vec<Step>) {
    let (engine, known) = (Lab::new(Profile::Dbgeng).engine(), known());
    let mut objects: Vec<Object> = Vec::new();
    take_refusals();
    for (method, first, second) in steps {
        let asked = &known[second % known.len()];
        if method == 0 || objects.is_empty() {
            let (hresult, this) = create(&engine, &asked.id);
            assert_eq!(hresult, S_OK, "{}", asked.name);
            let mut object = Object { pointers: Vec::new(), references: 0 };
            object.give(asked.name, this);
            objects.push(object);
            continue;
        }
        let at = first % objects.len();
        let object = &mut objects[at];
        let (this, is_alive) = (object.pointer(second), object.references > 0);
        match method {
            1 | 2 => {
                let (hresult, found) = query(this, &asked.id);
                if is_alive {
                    assert_eq!(hresult, S_OK, "{}", asked.name);
                    object.give(asked.name, found);
                } else {
                    assert_eq!((hresult, found), (E_UNEXPECTED, std::ptr::null_mut()));
                }
            }
            3 => {
                object.references += u32::from(is_alive);
                assert_eq!(add_ref(this), object.references);
            }
            // No family simulates slot 5.
            4 => assert_eq!(call(this, 5), if is_alive { E_NOTIMPL } else { E_UNEXPECTED }),
            _ => {
                object.references = object.references.saturating_sub(1);
                assert_eq!(release(this), object.references);
            }
        }
        let stale = take_refusals().iter().filter(|refusal| matches!(refusal, Refusal::Released { .. })).count();
        assert_eq!(stale, usize::from(!is_alive), "a call after the last Release is reported once");
    }
    for object in &mut objects {
        while object.references > 0 {
            object.references -= 1;
            assert_eq!(release(object.pointer(0)), object.references);
        }
    }
}

proptest! {
    #[test]
    fn any_caller_sees_one_identity_and_one_count(
        steps in proptest::collection::vec((0..8_u8, any::<usize>(), any::<usize>()), 1..60)
    ) {
        run(steps);
    }
}

/// A client object that ends with its last reference, and must not be called afterwards.
struct Mortal(Arc<AtomicBool>);

impl DebugClient for Mortal {
    fn disconnect_process_server(&self, _server: u64) -> HRESULT {
        assert!(self.0.load(Ordering::SeqCst), "a call after the end of the client object");
        S_OK
    }
}

impl Drop for Mortal {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

#[test]
fn a_last_release_during_calls_of_other_threads_waits_for_them() {
    let mut answers = BTreeSet::new();
    for _ in 0..1_000 {
        let is_alive = Arc::new(AtomicBool::new(true));
        let client = expose(Mortal(is_alive.clone()));
        let (this, start) = (AtomicPtr::new(client.as_raw()), Barrier::new(2));
        std::thread::scope(|scope| {
            let caller = scope.spawn(|| {
                start.wait();
                let this = this.load(Ordering::Relaxed);
                // SAFETY: the object is not counted for this thread, which the mock promises to survive.
                let disconnect = || unsafe { (vtable_of_client(this).DisconnectProcessServer)(this, 1) };
                (0..20).map(|_| disconnect().0).collect::<Vec<_>>()
            });
            start.wait();
            drop(client);
            answers.extend(caller.join().unwrap());
        });
        assert!(!is_alive.load(Ordering::SeqCst));
    }
    assert!(answers.contains(&E_UNEXPECTED.0) && answers.iter().all(|code| [S_OK.0, E_UNEXPECTED.0].contains(code)));
}

fn vtable_of_client(this: *mut c_void) -> &'static Vtbl {
    // SAFETY: a pointer to an `IDebugClient` of the mock's leads to a pointer to a static vtable.
    unsafe { *this.cast::<&Vtbl>() }
}

#[test]
fn the_memory_of_ended_objects_is_used_again() {
    let engine = Lab::new(Profile::Contract).engine();
    let places = (0..20_000).map(|_| {
        let this = create(&engine, &IUnknown::IID).1;
        assert_eq!(release(this), 0);
        this.addr()
    });
    let places: BTreeSet<usize> = places.collect();
    // Other tests make objects at the same time.
    assert!((1_000..10_000).contains(&places.len()), "{} places", places.len());
}
