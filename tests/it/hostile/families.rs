//! Calls of every slot of the interfaces of a session: `IDebugControl` and its kin, and the session's part of `IDebugClient`.

use std::ffi::c_void;

use dbgeng_testkit::com::{InterfaceLayout, SlotLayout, debug_create, interfaces};
use dbgeng_testkit::hresult::{E_INVALIDARG, E_NOTIMPL, S_OK};
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::{HRESULT, Profile};
use windows_core::{IUnknown, Interface as _};

use super::caller::{Caller, Text};

/// The rounds, in each of which every slot is called once.
const ROUNDS: u64 = 60;

/// The largest number of parameters.
const MOST: usize = 11;

/// A slot, called with more arguments than it has. In 64-bit code the caller removes them.
type AnySlot = unsafe extern "system" fn(*mut c_void, u64, u64, u64, u64, u64, u64, u64, u64, u64, u64, u64) -> HRESULT;

/// The slots of `IDebugClient5` that are simulated and belong to the session.
pub(super) const SESSION_OF_CLIENT: [&str; 21] = [
    "TerminateProcesses",
    "DetachProcesses",
    "GetExitCode",
    "DispatchCallbacks",
    "ExitDispatch",
    "GetInputCallbacks",
    "SetInputCallbacks",
    "GetOutputCallbacks",
    "SetOutputCallbacks",
    "GetOutputCallbacksWide",
    "SetOutputCallbacksWide",
    "GetOutputMask",
    "SetOutputMask",
    "GetEventCallbacks",
    "SetEventCallbacks",
    "GetEventCallbacksWide",
    "SetEventCallbacksWide",
    "FlushCallbacks",
    "TerminateCurrentProcess",
    "DetachCurrentProcess",
    "AbandonCurrentProcess",
];

/// The slots of the other families that are simulated.
const SESSION: [&str; 20] = [
    "GetInterrupt",
    "SetInterrupt",
    "GetDebuggeeType",
    "GetExecutionStatus",
    "SetExecutionStatus",
    "GetEngineOptions",
    "AddEngineOptions",
    "RemoveEngineOptions",
    "SetEngineOptions",
    "Execute",
    "ExecuteWide",
    "WaitForEvent",
    "GetNumberProcesses",
    "GetCurrentProcessSystemId",
    "GetCurrentProcessId",
    "SetCurrentProcessId",
    "GetProcessIdsByIndex",
    "GetProcessIdBySystemId",
    "GetLastEventInformation",
    "GetLastEventInformationWide",
];

/// Callbacks that do nothing. Every slot succeeds, QueryInterface too, but without an object: so does a stand-in for comtypes.
#[repr(C)]
struct Silent {
    vtable: *const [unsafe extern "system" fn(*mut c_void) -> i32; 20],
}

unsafe extern "system" fn succeed(_this: *mut c_void) -> i32 {
    1
}

static SLOTS: [unsafe extern "system" fn(*mut c_void) -> i32; 20] = [succeed; 20];

/// Makes an argument of a slot that is simulated, by the name of its parameter.
fn argument_of_session(caller: &mut Caller, parameter: &str, this: *mut c_void, silent: &Silent) -> u64 {
    let address = |pointer: *mut c_void| pointer.expose_provenance() as u64;
    match parameter {
        // A longer wait would last until another thread ends it.
        "timeout: u32" => caller.random.u64(..20),
        "command: *const u8" => address(caller.text::<u8>(Text::Line).cast()),
        "command: *const u16" => address(caller.text::<u16>(Text::Line).cast()),
        "client: *mut c_void" if caller.random.bool() => address(this),
        "callbacks: *mut c_void" => match caller.random.u8(..4) {
            0 => 0,
            1 => {
                caller.is_misaligned = true;
                address(std::ptr::from_ref(silent).cast_mut().cast()) + 1
            }
            _ => address(std::ptr::from_ref(silent).cast_mut().cast()),
        },
        "callbacks: *mut *mut c_void" => address(caller.one::<*mut c_void>().cast()),
        // Of any size, and with as much room as the next argument says.
        "extra: *mut c_void" => {
            let (extra, size) = caller.many::<u8>(false);
            caller.size = size;
            address(extra.cast())
        }
        "description: *mut u8" => {
            let (text, size) = caller.many::<u8>(true);
            caller.size = size;
            address(text.cast())
        }
        "description: *mut u16" => {
            let (text, size) = caller.many::<u16>(true);
            caller.size = size;
            address(text.cast())
        }
        "extra_size: u32" | "description_size: u32" => caller.size.into(),
        output if output.ends_with("*mut u32") => address(caller.one::<u32>().cast()),
        other => argument(caller, other),
    }
}

/// Makes an argument: any number, or a pointer to memory in which nothing may be written.
fn argument(caller: &mut Caller, parameter: &str) -> u64 {
    match parameter.rsplit(": ").next().expect("a type") {
        "u64" => caller.handle(),
        number if !number.starts_with('*') => caller.number().into(),
        _ => caller.untouched::<u64>().expose_provenance() as u64,
    }
}

/// Calls a slot with random arguments. Only a simulated one may succeed, and write its outputs then.
fn call(
    caller: &mut Caller,
    this: *mut c_void,
    number: usize,
    slot: &SlotLayout,
    is_simulated: bool,
) -> Result<(), String> {
    caller.begin();
    let silent = Silent { vtable: &SLOTS };
    let mut arguments = [0; MOST];
    for (value, parameter) in arguments.iter_mut().zip(&slot.parameters) {
        *value = if is_simulated {
            argument_of_session(caller, parameter, this, &silent)
        } else {
            argument(caller, parameter)
        };
    }
    caller.memory.remember();
    let [a, b, c, d, e, f, g, h, i, j, k] = arguments;
    // SAFETY: the vtable has the slot. Every pointer is null or leads to memory, and more arguments than it has do no harm.
    let hresult = unsafe {
        let slot = (*this.cast::<*const AnySlot>()).add(number);
        (*slot)(this, a, b, c, d, e, f, g, h, i, j, k)
    };
    if is_simulated && slot.name.starts_with("Set") && slot.parameters == ["callbacks: *mut c_void"] {
        // SAFETY: the same; it clears the callbacks, which end with this call.
        let _: HRESULT =
            unsafe { (*(*this.cast::<*const AnySlot>()).add(number))(this, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) };
    }
    if !is_simulated && hresult != E_NOTIMPL || is_simulated && caller.is_misaligned && hresult != E_INVALIDARG {
        return Err(format!("{} answered {hresult:?}", slot.name));
    }
    caller.check(is_simulated && hresult.is_ok()).map_err(|error| format!("{}: {error}", slot.name))
}

// In 32-bit code the types of the arguments would have to be right.
#[cfg(target_pointer_width = "64")]
#[test]
fn every_slot_of_a_session_writes_only_where_it_may() {
    let mut called = 0;
    for profile in Profile::ALL {
        let engine = Lab::new(profile).engine();
        for InterfaceLayout { name, id, slots } in interfaces() {
            let mut this = std::ptr::null_mut();
            // SAFETY: an id, and room for a pointer.
            if unsafe { debug_create(&engine, &id, &mut this) } != S_OK {
                assert!(name > "IDebugClient7", "{name}");
                continue;
            }
            // SAFETY: the reference is given up with this.
            let _held = unsafe { IUnknown::from_raw(this) };
            let simulated = if name.contains("Client") { &SESSION_OF_CLIENT[..] } else { &SESSION[..] };
            for seed in 0..ROUNDS {
                let mut caller = Caller::new(seed);
                for (number, slot) in slots.iter().enumerate().skip(3) {
                    let is_simulated = simulated.contains(&slot.name);
                    if name.contains("Client") && !is_simulated {
                        continue;
                    }
                    assert!(slot.parameters.len() <= MOST, "{}", slot.name);
                    let answer = call(&mut caller, this, number, slot, is_simulated);
                    answer.unwrap_or_else(|error| panic!("{name}, seed {seed}: {error}"));
                    called += 1;
                }
            }
        }
    }
    assert!(called > 3_000 * ROUNDS, "{called} calls");
}
