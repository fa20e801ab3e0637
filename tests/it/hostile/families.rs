//! Calls of every slot of every family of interfaces that is not simulated.

use std::ffi::c_void;

use dbgeng_testkit::HRESULT;
use dbgeng_testkit::com::{InterfaceLayout, Slot, debug_create, interfaces};
use dbgeng_testkit::hresult::{E_NOTIMPL, S_OK};
use dbgeng_testkit::mock::Lab;

use super::caller::Caller;

/// The rounds, in each of which every slot is called once.
const ROUNDS: u64 = 50;

/// The largest number of parameters.
const MOST: usize = 11;

/// A slot, called with more arguments than it has. In 64-bit code the caller removes them.
type AnySlot = unsafe extern "system" fn(*mut c_void, u64, u64, u64, u64, u64, u64, u64, u64, u64, u64, u64) -> HRESULT;

/// The slots that are simulated. They are called by other tests.
const SIMULATED: &[&str] = &[];

/// Makes an argument: any number, or a pointer to memory in which nothing may be written.
fn argument(caller: &mut Caller, parameter: &str) -> u64 {
    match parameter.rsplit(": ").next().expect("a type").trim() {
        "u64" => caller.handle(),
        number if !number.starts_with('*') => caller.number().into(),
        _ => caller.untouched::<u64>().expose_provenance() as u64,
    }
}

fn call(caller: &mut Caller, this: *mut c_void, number: usize, slot: &Slot) -> Result<(), String> {
    caller.begin();
    let mut arguments = [0; MOST];
    for (argument_of_it, parameter) in arguments.iter_mut().zip(slot.parameters.split(',')) {
        *argument_of_it = argument(caller, parameter);
    }
    caller.memory.remember();
    let [a, b, c, d, e, f, g, h, i, j, k] = arguments;
    // SAFETY: the vtable has the slot. Every pointer is null or leads to memory, and more arguments than it has do no harm.
    let hresult = unsafe {
        let slot = (*this.cast::<*const AnySlot>()).add(number);
        (*slot)(this, a, b, c, d, e, f, g, h, i, j, k)
    };
    if hresult != E_NOTIMPL {
        return Err(format!("{} answered {hresult:?}", slot.name));
    }
    caller.check(false).map_err(|error| format!("{}: {error}", slot.name))
}

#[cfg(target_pointer_width = "64")]
#[test]
fn a_slot_that_is_not_simulated_writes_nothing() {
    let engine = Lab::new(Default::default()).engine();
    let mut called = 0;
    for InterfaceLayout { name, id, slots } in interfaces().into_iter().filter(|one| !one.name.contains("Client")) {
        let mut this = std::ptr::null_mut();
        // SAFETY: an id, and room for a pointer.
        assert_eq!(unsafe { debug_create(&engine, &id, &mut this) }, S_OK, "{name}");
        for seed in 0..ROUNDS {
            let mut caller = Caller::new(seed);
            for (number, slot) in slots.iter().enumerate().skip(3).filter(|(_, slot)| !SIMULATED.contains(&slot.name)) {
                assert!(slot.parameters.split(',').count() <= MOST, "{}", slot.name);
                call(&mut caller, this, number, slot).unwrap_or_else(|error| panic!("{name}, seed {seed}: {error}"));
                called += 1;
            }
        }
    }
    assert!(called > 1_000 * ROUNDS, "{called} calls");
}
