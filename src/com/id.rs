//! Interface ids (IID-0 to IID-12) and their interfaces.

use windows_core::{GUID, IUnknown, Interface as _};

use crate::interface::Interface;

/// `IDebugClient` to `IDebugClient9` (IID-1 to IID-9).
pub(super) const DEBUG_CLIENT: [GUID; 9] = [
    GUID::from_u128(0x27fe5639_8407_4f47_8364_ee118fb08ac8),
    GUID::from_u128(0xedbed635_372e_4dab_bbfe_ed0d2f63be81),
    GUID::from_u128(0xdd492d7f_71b8_4ad6_a8dc_1c887479ff91),
    GUID::from_u128(0xca83c3de_5089_4cf8_93c8_d892387f2a5e),
    GUID::from_u128(0xe3acb9d7_7ec2_4f0c_a0da_e81e0cbbe628),
    GUID::from_u128(0xfd28b4c5_c498_4686_a28e_62cad2154eb3),
    GUID::from_u128(0x13586be3_542e_481e_b1f2_8497ba74f9a9),
    GUID::from_u128(0xcec43add_6375_469e_83d5_414e4033c19a),
    GUID::from_u128(0x2c24cd5b_4d9e_4df4_8a70_3d37440d119f),
];

/// Other interfaces by name, for which callers query client objects (IID-10 to IID-12).
const OTHERS: [(&str, GUID); 6] = [
    ("IUnknown", IUnknown::IID),
    ("IDebugControl", GUID::from_u128(0x5182e668_105e_416e_ad92_24ef800424ba)),
    ("IDebugSystemObjects3", GUID::from_u128(0xe9676e2f_e286_4ea3_b0f9_dfe5d9fc330e)),
    ("IDebugSystemObjects4", GUID::from_u128(0x489468e6_7d0f_4af5_87ab_25207454d553)),
    ("IDebugOutputCallbacks", GUID::from_u128(0x4bf58045_d654_4c40_b0af_683090f356dc)),
    ("IDebugOutputCallbacksWide", GUID::from_u128(0x4c7fd663_c394_4e26_8ef1_34ad5ed3764c)),
];

/// Returns the id of an interface. An unknown interface gets an id that no engine has.
pub(super) fn guid(interface: &Interface) -> GUID {
    let client = |version: u8| DEBUG_CLIENT.get(usize::from(version).wrapping_sub(1)).copied();
    let known = match interface {
        Interface::DebugClient(version) => client(*version),
        Interface::Other(name) => OTHERS.iter().find(|(known, _)| known == name).map(|(_, id)| *id),
    };
    known.unwrap_or(GUID::from_u128(0x64bd6567_656e_672d_7465_73746b697400))
}

/// Returns the interface of an id.
pub(super) fn interface(id: &GUID) -> Interface {
    if let Some(version) = (1..).zip(DEBUG_CLIENT).find_map(|(version, known)| (known == *id).then_some(version)) {
        return Interface::DebugClient(version);
    }
    let known = OTHERS.iter().find(|(_, known)| known == id).map(|(name, _)| (*name).to_owned());
    Interface::Other(known.unwrap_or_else(|| format!("{id:?}")))
}
