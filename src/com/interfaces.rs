//! The interfaces of client objects: their names, ids (IID-0 to IID-12) and slots.

use windows_core::{GUID, IUnknown, Interface as _};

use super::slots::{
    advanced_slots, client_slots, control_slots, data_spaces_slots, newer_client_slots, registers_slots, symbols_slots,
    system_objects_slots,
};
use crate::interface::Interface;

/// The number of families of interfaces. Each has a vtable of its own; within a family, the newest vtable begins with the
/// older ones (VER-2).
pub(super) const FAMILIES: usize = 7;

/// The family of `IDebugClient`, which serves `IUnknown` too.
pub(super) const CLIENT: usize = 0;
pub(super) const CONTROL: usize = 1;
pub(super) const SYMBOLS: usize = 2;
pub(super) const DATA_SPACES: usize = 3;
pub(super) const REGISTERS: usize = 4;
pub(super) const SYSTEM_OBJECTS: usize = 5;
pub(super) const ADVANCED: usize = 6;

/// A slot of a vtable, as the headers declare it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotLayout {
    /// The documented name of the method.
    pub name: &'static str,
    /// The types of the parameters in Rust, some with a name, such as `server: u64`. `...` ends the list of a method that takes
    /// any number of arguments.
    pub parameters: Vec<String>,
}

/// An interface of client objects, as the headers declare it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterfaceLayout {
    /// The name, such as `IDebugControl4`.
    pub name: &'static str,
    /// The id, by which a caller asks for it.
    pub id: GUID,
    /// The slots of the vtable in order, from `QueryInterface` on.
    pub slots: Vec<SlotLayout>,
}

/// An interface, and the slots that it adds to the one before it.
struct Addition {
    name: &'static str,
    id: GUID,
    slots: &'static [(&'static str, Parameters)],
}

/// The types of the parameters of a slot, as the macros spell them: with a blank after a `*`.
type Parameters = &'static [&'static str];

macro_rules! additions {
    (; $($Interface:ident = $id:literal {
        $($name:ident $parameters:tt $(= $function:ident $(::<$unit:ty>)?)?;)*
    })*) => {
        &[$(Addition {
            name: stringify!($Interface),
            id: GUID::from_u128($id),
            slots: &[$((stringify!($name), parameters!($parameters))),*],
        }),*]
    };
}

macro_rules! parameters {
    (($($argument:ident: $type:ty),* $(,)?)) => {
        &[$(concat!(stringify!($argument), ": ", stringify!($type))),*]
    };
    (($($type:ty),*)) => {
        &[$(stringify!($type)),*]
    };
    (($($type:ty),*, ...)) => {
        &[$(stringify!($type),)* "..."]
    };
}

/// Every family, each with its interfaces from the oldest on.
static TABLE: [&[&[Addition]]; FAMILIES] = [
    &[client_slots!(additions), newer_client_slots!(additions)],
    &[control_slots!(additions)],
    &[symbols_slots!(additions)],
    &[data_spaces_slots!(additions)],
    &[registers_slots!(additions)],
    &[system_objects_slots!(additions)],
    &[advanced_slots!(additions)],
];

const UNKNOWN: [(&str, Parameters); 3] =
    [("QueryInterface", &["*const GUID", "*mut *mut c_void"]), ("AddRef", &[]), ("Release", &[])];

/// Returns the interfaces that client objects of this crate can have, as the headers declare them: `IDebugClient` to
/// `IDebugClient9`, and those of the session, such as `IDebugControl7`. Each family begins with its oldest.
///
/// ```
/// use dbgeng_testkit::com::interfaces;
///
/// let control = interfaces().into_iter().find(|interface| interface.name == "IDebugControl").expect("it is known");
/// assert_eq!((control.slots.len(), control.slots[93].name), (95, "WaitForEvent"));
/// assert_eq!(control.slots[93].parameters, ["flags: u32", "timeout: u32"]);
/// ```
pub fn interfaces() -> Vec<InterfaceLayout> {
    let slot = |(name, parameters): &(&'static str, Parameters)| {
        let parameters = parameters.iter().map(|parameter| parameter.replace("* ", "*"));
        SlotLayout { name, parameters: parameters.collect() }
    };
    let mut all = Vec::new();
    for family in &TABLE {
        let mut slots: Vec<SlotLayout> = UNKNOWN.iter().map(slot).collect();
        for addition in family.iter().copied().flatten() {
            slots.extend(addition.slots.iter().map(slot));
            all.push(InterfaceLayout { name: addition.name, id: addition.id, slots: slots.clone() });
        }
    }
    all
}

/// An interface that client objects can have.
#[derive(Clone, Copy)]
pub(super) struct Known {
    pub(super) family: usize,
    /// The version within the family, from 1 on.
    pub(super) version: u8,
    pub(super) name: &'static str,
}

/// Returns the interface with this id, if client objects can have it.
pub(super) fn find(id: &GUID) -> Option<Known> {
    if *id == IUnknown::IID {
        return Some(Known { family: CLIENT, version: 1, name: "IUnknown" });
    }
    TABLE.iter().enumerate().find_map(|(family, additions)| {
        let (version, found) =
            (1..).zip(additions.iter().copied().flatten()).find(|(_, addition)| addition.id == *id)?;
        Some(Known { family, version, name: found.name })
    })
}

/// Interfaces that client objects never have, but that callers ask for or implement (IID-12).
const OTHERS: [(&str, GUID); 17] = [
    ("IUnknown", IUnknown::IID),
    ("IDebugBreakpoint", GUID::from_u128(0x5bd9d474_5975_423a_b88b_65a8e7110e65)),
    ("IDebugBreakpoint2", GUID::from_u128(0x1b278d20_79f2_426e_a3f9_c1ddf375d48e)),
    ("IDebugBreakpoint3", GUID::from_u128(0x38f5c249_b448_43bb_9835_579d4ec02249)),
    ("IDebugSymbolGroup", GUID::from_u128(0xf2528316_0f1a_4431_aeed_11d096e1e2ab)),
    ("IDebugSymbolGroup2", GUID::from_u128(0x6a7ccc5f_fb5e_4dcc_b41c_6c20307bccc7)),
    ("IDebugPlmClient", GUID::from_u128(0xa02b66c4_aea3_4234_a9f7_fe4c383d4e29)),
    ("IDebugPlmClient2", GUID::from_u128(0x597c980d_e7bd_4309_962c_9d9b69a7372c)),
    ("IDebugPlmClient3", GUID::from_u128(0xd4a5dbd1_ca02_4d90_856a_2a92bfd0f20f)),
    ("IDebugOutputCallbacks", GUID::from_u128(0x4bf58045_d654_4c40_b0af_683090f356dc)),
    ("IDebugOutputCallbacksWide", GUID::from_u128(0x4c7fd663_c394_4e26_8ef1_34ad5ed3764c)),
    ("IMarshal", GUID::from_u128(0x00000003_0000_0000_c000_000000000046)),
    ("IDispatch", GUID::from_u128(0x00020400_0000_0000_c000_000000000046)),
    ("IAgileObject", GUID::from_u128(0x94ea2b94_e9cc_49e0_c0ff_ee64ca8f5b90)),
    ("INoMarshal", GUID::from_u128(0xecc8691b_c1db_4dc0_855e_65f6c551af49)),
    ("IProvideClassInfo", GUID::from_u128(0xb196b283_bab4_101a_b69c_00aa00341d07)),
    ("IManagedObject", GUID::from_u128(0xc3fcc19e_a970_11d2_8b5a_00a0c9b7c9c4)),
];

/// Returns the name of the interface with this id, or else the id as text.
pub(super) fn name(id: &GUID) -> String {
    let other = || OTHERS.iter().find(|(_, known)| known == id).map(|(name, _)| *name);
    let name = find(id).map(|known| known.name).or_else(other);
    name.map_or_else(|| format!("{id:?}"), str::to_owned)
}

/// Returns the id of an interface. An unknown interface gets an id that no engine has.
pub(super) fn guid(interface: &Interface) -> GUID {
    let name = interface.to_string();
    let mut additions = TABLE.iter().copied().flatten().copied().flatten();
    let known = additions.find(|addition| addition.name == name).map(|addition| addition.id);
    let other = || OTHERS.iter().find(|(other, _)| *other == name).map(|(_, id)| *id);
    known.or_else(other).unwrap_or(GUID::from_u128(0x64bd6567_656e_672d_7465_73746b697400))
}
