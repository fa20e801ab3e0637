//! Random calls through the vtables of the mock, by callers that are hostile and keep COM's rules: a million of them in CI.
//!
//! What COM asks of a caller is memory: a pointer is null or leads to as much as the size says, a string ends with a NUL,
//! `this` is a counted pointer. All else is fair, and the mock has to be right and to leave everything alone that is not
//! room for its answer: null where the headers do not allow it; pointers that are not aligned (the mock promises to refuse
//! them); sizes of 0 and too small ones, with memory that ends there; sizes that are absurdly large, where there is
//! as much memory as any answer needs; outputs over one another, and over inputs; strings of no encoding; options that are
//! shorter than a structure; handles and numbers of any value. Memory that is not there is not fair: such a caller
//! crashes with any engine.

#![expect(unsafe_code, reason = "the calls of a C++ program are made here, by pointers")]

mod caller;
mod families;
mod loud;
mod memory;
mod objects;
mod outside;
mod surface;

use std::collections::BTreeMap;

use dbgeng_testkit::com::Vtbl;
use dbgeng_testkit::hresult::{E_INVALIDARG, E_NOTIMPL};
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::{DebugClient, Engine, Profile};

use caller::Caller;
use loud::Loud;
use objects::Objects;
use outside::OUTSIDE;
use surface::SURFACE;

/// The number of calls in a world.
const CALLS: u32 = 1_000;

/// The number of worlds, each with its own seed. A fifth of those of CI makes enough calls of each method.
fn worlds() -> u64 {
    if std::env::var_os("CI").is_some() { 1_000 } else { 200 }
}

/// The slots that make and count client objects. They are called apart from the others.
const OBJECTS: [&str; 5] = ["QueryInterface", "AddRef", "Release", "CreateClient", "DebugCreate"];

/// Counts the calls of each slot, and how many succeeded.
type Counts = BTreeMap<&'static str, (u32, u32)>;

/// Makes the calls of one seed: on the mock, in one of its profiles, or on an engine that writes what it should not.
fn run(seed: u64, counts: &mut Counts) -> Result<(), String> {
    let profile = Profile::ALL.get(seed as usize % (Profile::ALL.len() + 1));
    let mut objects = Objects::new(profile.map_or_else(|| Box::new(Loud) as Box<dyn Engine>, |profile| mock(*profile)));
    let mut caller = Caller::new(seed);
    for number in 0..CALLS {
        caller.begin();
        if let Err(error) = one(&mut objects, &mut caller, profile.is_none(), counts) {
            if objects.engine_has_crashed() {
                break;
            }
            return Err(format!("seed {seed}, call {number}: {error}"));
        }
    }
    objects.release_all()
}

/// Makes an engine in a lab with a process server on another computer.
fn mock(profile: Profile) -> Box<dyn Engine> {
    let lab = Lab::new(profile);
    let far = lab.computer("box17").engine().client();
    assert!(far.start_process_server(2, Some("tcp:port=5005"), 0).is_ok());
    Box::new(lab.engine())
}

/// Makes one call. An engine that is loud writes also where it fails.
fn one(objects: &mut Objects, caller: &mut Caller, is_loud: bool, counts: &mut Counts) -> Result<(), String> {
    let mut count = |name, is_ok| {
        let (made, succeeded) = counts.entry(name).or_default();
        *made += 1;
        *succeeded += u32::from(is_ok);
    };
    let (name, make, is_outside) = match caller.random.u8(..8) {
        0 => {
            let made = match caller.random.u8(..4) {
                0 => objects.count(caller).and_then(|()| caller.check(false)),
                1 => objects.query(caller),
                2 => objects.create(caller),
                _ => objects.create_client(caller),
            };
            return made;
        }
        1..3 => {
            let (name, make) = OUTSIDE[caller.random.usize(..OUTSIDE.len())];
            (name, make, true)
        }
        _ => {
            let (name, make) = SURFACE[caller.random.usize(..SURFACE.len())];
            (name, make, false)
        }
    };
    let (vtable, this) = objects.pick(caller);
    // SAFETY: the object is a counted pointer of the mock's.
    let hresult = unsafe { make(vtable, this, caller) };
    count(name, hresult.is_ok());
    let told = |error: String| format!("{name} answered {hresult:?}: {error}");
    if is_outside && hresult != E_NOTIMPL {
        return Err(told("expected E_NOTIMPL".to_owned()));
    }
    if !is_outside && caller.is_misaligned && hresult != E_INVALIDARG {
        return Err(told("expected E_INVALIDARG for a misaligned pointer".to_owned()));
    }
    caller.check(hresult.is_ok() || (is_loud && !is_outside && !caller.is_misaligned)).map_err(told)
}

#[test]
fn hostile_calls_write_only_where_they_may() {
    let mut counts = Counts::new();
    let complaints: Vec<String> = (0..worlds()).filter_map(|seed| run(seed, &mut counts).err()).take(3).collect();
    assert_eq!(complaints, Vec::<String>::new());

    for (name, _) in SURFACE {
        let (made, succeeded) = counts[name];
        assert!(succeeded > 20 && succeeded < made, "{name}: {succeeded} of {made} calls succeeded");
    }
    for (name, _) in OUTSIDE {
        assert!(counts[name].0 > 100, "{name}: {:?}", counts[name]);
    }
}

#[test]
fn every_slot_is_called() {
    let called = OBJECTS.into_iter().chain(SURFACE.iter().chain(OUTSIDE).map(|(name, _)| *name));
    let called = called.chain(families::SESSION_OF_CLIENT.iter().copied());
    let mut called: Vec<&str> = called.filter(|name| *name != "DebugCreate").collect();
    called.sort_unstable();
    let mut slots = Vtbl::NAMES.to_vec();
    slots.sort_unstable();
    assert_eq!(called, slots);
}
