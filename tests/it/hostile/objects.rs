//! The client objects of a world: how they are made, and how their references are counted.

use std::ffi::c_void;

use dbgeng_testkit::com::{IDebugClient5, Vtbl, debug_create};
use dbgeng_testkit::hresult::{E_INVALIDARG, E_NOINTERFACE, E_POINTER, E_UNEXPECTED, S_OK};
use dbgeng_testkit::{Engine, HRESULT, Interface};
use windows_core::{GUID, IUnknown, Interface as _};

use super::caller::Caller;

/// The interfaces of a client object: IUnknown and IDebugClient to IDebugClient5.
const KNOWN: [GUID; 6] = [
    IUnknown::IID,
    GUID::from_u128(0x27fe5639_8407_4f47_8364_ee118fb08ac8),
    GUID::from_u128(0xedbed635_372e_4dab_bbfe_ed0d2f63be81),
    GUID::from_u128(0xdd492d7f_71b8_4ad6_a8dc_1c887479ff91),
    GUID::from_u128(0xca83c3de_5089_4cf8_93c8_d892387f2a5e),
    IDebugClient5::IID,
];

/// The largest number of objects.
const MOST: usize = 6;

/// A client object, with the references that are held to it.
struct Object {
    this: *mut c_void,
    references: u32,
}

/// The client objects of a world. There is always one.
pub(super) struct Objects {
    engine: Box<dyn Engine>,
    all: Vec<Object>,
}

impl Objects {
    pub(super) fn new(engine: Box<dyn Engine>) -> Objects {
        let mut this = std::ptr::null_mut();
        // SAFETY: an id, and room for a pointer.
        assert_eq!(unsafe { debug_create(&*engine, &IDebugClient5::IID, &mut this) }, S_OK);
        Objects { engine, all: vec![Object { this, references: 1 }] }
    }

    /// An object and its vtable.
    pub(super) fn pick(&self, caller: &mut Caller) -> (&'static Vtbl, *mut c_void) {
        let this = self.all[caller.random.usize(..self.all.len())].this;
        (vtable(this), this)
    }

    /// AddRef or Release, down to the end of an object that is not the last one.
    pub(super) fn count(&mut self, caller: &mut Caller) -> Result<(), String> {
        caller.memory.remember();
        let at = caller.random.usize(..self.all.len());
        let is_needed = self.all.len() == 1 && self.all[at].references == 1;
        let adds = is_needed || (self.all[at].references < 4 && caller.random.bool());
        if adds { self.all[at].add() } else { self.release(at) }
    }

    fn release(&mut self, at: usize) -> Result<(), String> {
        let object = &mut self.all[at];
        // SAFETY: the reference that is given up is not used any more.
        let left = unsafe { (vtable(object.this).Release)(object.this) };
        object.references -= 1;
        let expected = object.references;
        if expected == 0 {
            self.all.swap_remove(at);
        }
        same("the references", left, expected)
    }

    /// Whether the process of the engine has crashed. In the profile `dbgeng` a caller can do that to the host of a process server
    /// (OBS-239), which may be this engine.
    pub(super) fn engine_has_crashed(&self) -> bool {
        let mut client = None;
        self.engine.debug_create(&Interface::NEWEST, Some(&mut client)) == E_UNEXPECTED
    }

    /// Gives up every reference.
    pub(super) fn release_all(&mut self) -> Result<(), String> {
        while !self.all.is_empty() {
            self.release(0)?;
        }
        Ok(())
    }

    /// QueryInterface.
    pub(super) fn query(&mut self, caller: &mut Caller) -> Result<(), String> {
        let at = caller.random.usize(..self.all.len());
        let this = self.all[at].this;
        let given = ask(caller, |id, interface| {
            // SAFETY: a counted pointer of the mock's, and both pointers are null or a caller's.
            unsafe { (vtable(this).QueryInterface)(this, id, interface) }
        })?;
        if let Some(given) = given {
            self.all[at].references += 1;
            same("the object", given, this)?;
        }
        Ok(())
    }

    /// DebugCreate.
    pub(super) fn create(&mut self, caller: &mut Caller) -> Result<(), String> {
        // SAFETY: both pointers are null or a caller's.
        let given = ask(caller, |id, interface| unsafe { debug_create(&*self.engine, id, interface) })?;
        self.keep(given)
    }

    /// CreateClient.
    pub(super) fn create_client(&mut self, caller: &mut Caller) -> Result<(), String> {
        let (vtable, this) = self.pick(caller);
        let pointer = caller.one::<*mut c_void>();
        caller.memory.remember();
        // SAFETY: a counted pointer of the mock's, and a pointer that is null or a caller's.
        let hresult = unsafe { (vtable.CreateClient)(this, pointer) };
        let expected = match pointer {
            _ if caller.is_misaligned => E_INVALIDARG,
            _ if pointer.is_null() => E_POINTER,
            _ => S_OK,
        };
        same("the answer", hresult, expected)?;
        caller.check(hresult.is_ok())?;
        // SAFETY: the call has succeeded, so the pointer leads to another.
        self.keep(hresult.is_ok().then(|| unsafe { pointer.read() }))
    }

    /// Keeps a new object; where there are many, another one goes.
    fn keep(&mut self, made: Option<*mut c_void>) -> Result<(), String> {
        let Some(this) = made else { return Ok(()) };
        self.all.push(Object { this, references: 1 });
        while self.all.len() > MOST {
            self.release(0)?;
        }
        Ok(())
    }
}

impl Object {
    fn add(&mut self) -> Result<(), String> {
        // SAFETY: a counted pointer of the mock's.
        let now = unsafe { (vtable(self.this).AddRef)(self.this) };
        self.references += 1;
        same("the references", now, self.references)
    }
}

fn vtable(this: *mut c_void) -> &'static Vtbl {
    // SAFETY: an object of the mock's begins with a pointer to its vtable, which is a static one.
    unsafe { *this.cast::<&Vtbl>() }
}

/// Asks for an interface, as QueryInterface and DebugCreate let a caller ask; returns the object that was given.
fn ask(
    caller: &mut Caller,
    ask: impl FnOnce(*const GUID, *mut *mut c_void) -> HRESULT,
) -> Result<Option<*mut c_void>, String> {
    let (mut id, mut wanted) = (std::ptr::null_mut(), None);
    if caller.random.u8(..16) > 0 {
        id = caller.input(|caller| {
            let at = caller.random.usize(..2 * KNOWN.len());
            wanted = KNOWN.get(at).copied();
            vec![wanted.unwrap_or(GUID::from_u128(caller.random.u128(..)))]
        });
    }
    let id_is_sound = !id.is_null() && id.is_aligned();
    caller.is_misaligned = false;
    let interface = caller.one::<*mut c_void>();
    caller.memory.remember();
    let hresult = ask(id, interface);
    let expected = match wanted {
        _ if interface.is_null() => E_POINTER,
        _ if caller.is_misaligned || !id_is_sound => E_INVALIDARG,
        Some(_) => S_OK,
        None => E_NOINTERFACE,
    };
    same("the answer", hresult, expected)?;
    let is_written = !interface.is_null() && !caller.is_misaligned;
    caller.check(is_written)?;
    // SAFETY: the pointer leads to room for another, in which one or a null pointer was written.
    let given = if is_written { unsafe { interface.read() } } else { std::ptr::null_mut() };
    same("whether an object was given", !given.is_null(), hresult.is_ok())?;
    Ok((!given.is_null()).then_some(given))
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: T, expected: T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what}: {found:?}, expected {expected:?}")) }
}
