//! Status codes: numbers, names, families.

use dbgeng_testkit::hresult::{self, HRESULT, NamedCode};
use proptest::prelude::*;

fn bits(code: HRESULT) -> u32 {
    code.0.cast_unsigned()
}

/// The numbers that the sources print next to the names.
#[test]
fn the_names_have_the_numbers_of_the_sources() {
    let printed = [
        ("S_OK", 0x0000_0000),
        ("S_FALSE", 0x0000_0001),
        ("E_PENDING", 0x8000_000A),
        ("E_NOTIMPL", 0x8000_4001),
        ("E_NOINTERFACE", 0x8000_4002),
        ("E_POINTER", 0x8000_4003),
        ("E_ABORT", 0x8000_4004),
        ("E_FAIL", 0x8000_4005),
        ("E_UNEXPECTED", 0x8000_FFFF),
        ("RPC_E_SERVER_DIED", 0x8001_0007),
        ("RPC_E_CANTTRANSMIT_CALL", 0x8001_000A),
        ("RPC_E_WRONG_THREAD", 0x8001_010E),
        ("RPC_E_TIMEOUT", 0x8001_011F),
        ("ERROR_FILE_NOT_FOUND", 0x8007_0002),
        ("ERROR_PATH_NOT_FOUND", 0x8007_0003),
        ("ERROR_MOD_NOT_FOUND", 0x8007_007E),
        ("ERROR_ALREADY_EXISTS", 0x8007_00B7),
        ("E_ACCESSDENIED", 0x8007_0005),
        ("E_HANDLE", 0x8007_0006),
        ("E_OUTOFMEMORY", 0x8007_000E),
        ("E_INVALIDARG", 0x8007_0057),
        ("ERROR_DIRECTORY", 0x8007_010B),
        ("ERROR_POSSIBLE_DEADLOCK", 0x8007_046B),
        ("WSAEADDRINUSE", 0x8007_2740),
        ("WSAETIMEDOUT", 0x8007_274C),
        ("WSAECONNREFUSED", 0x8007_274D),
        ("WSAHOST_NOT_FOUND", 0x8007_2AF9),
        ("STATUS_INVALID_CID", 0xD000_000B),
        ("STATUS_PROCESS_IS_TERMINATING", 0xD000_010A),
        ("STATUS_PORT_NOT_SET", 0xD000_0353),
    ];
    for (name, number) in printed {
        assert_eq!(hresult::parse(name).map(bits), Ok(number), "{name}");
    }
}

#[test]
fn people_see_name_family_or_number() {
    let shown = [
        (0x0000_0001, "S_FALSE (0x00000001)"),
        (0x8007_2740, "WSAEADDRINUSE (0x80072740)"),
        (0x8007_06BA, "HRESULT_FROM_WIN32(1722) (0x800706ba)"),
        (0xD000_0005, "HRESULT_FROM_NT(0xc0000005) (0xd0000005)"),
        (0x8001_0FFF, "0x80010fff"),
        (0x0000_0002, "0x00000002"),
        // No Win32 error becomes this one: 0 is S_OK.
        (0x8007_0000, "0x80070000"),
    ];
    for (number, text) in shown {
        assert_eq!(NamedCode(HRESULT(u32::cast_signed(number))).to_string(), text);
    }
}

#[test]
fn the_families_follow_the_macros_of_the_header() {
    assert_eq!(hresult::from_win32(0), hresult::S_OK);
    assert_eq!(hresult::from_win32(0x8007_0005), hresult::E_ACCESSDENIED);
    assert_eq!(bits(hresult::from_win32(0x0001_0005)), 0x8007_0005);
    assert_eq!(bits(hresult::from_nt(0xC000_0022)), 0xD000_0022);
    assert_eq!(bits(hresult::from_nt(0x0000_0102)), 0x1000_0102);
}

#[test]
fn text_that_is_not_a_code_is_refused() {
    for text in
        ["", "0x", "0x123456789", "0x+1", "0x-1", "0xg", "80070057", "e_fail", "E_FAIL ", " 0x1", "E_NOBODY", "0xé"]
    {
        let error = hresult::parse(text).unwrap_err();
        assert!(error.to_string().contains(&format!("{text:?}")), "{error}");
    }
}

#[test]
fn short_and_mixed_hexadecimal_is_read() {
    for text in ["0x80070057", "0X80070057", "0x8007005700".get(..10).unwrap_or_default()] {
        assert_eq!(hresult::parse(text), Ok(hresult::E_INVALIDARG), "{text}");
    }
    assert_eq!(hresult::parse("0x1"), Ok(hresult::S_FALSE));
    assert_eq!(hresult::parse("0x8007274d"), hresult::parse("0x8007274D"));
}

proptest! {
    #[test]
    fn every_code_is_read_as_it_is_shown(number: u32) {
        let code = HRESULT(number.cast_signed());
        let shown = NamedCode(code).to_string();
        let hexadecimal = format!("{number:#010x}");
        prop_assert!(shown.contains(&hexadecimal));
        prop_assert_eq!(hresult::parse(&hexadecimal), Ok(code));
    }

    #[test]
    fn every_name_is_read_back(
        number in prop_oneof![0u32..2, 0x8000_4000u32..0x8000_4006, 0x8001_0000u32..0x8001_0200],
    ) {
        let code = HRESULT(number.cast_signed());
        if let Some(name) = hresult::name(code) {
            prop_assert_eq!(hresult::parse(name), Ok(code));
        }
    }

    #[test]
    fn members_of_the_win32_family_show_their_number(error in 1u32..=0xFFFF) {
        let code = hresult::from_win32(error);
        prop_assume!(hresult::name(code).is_none());
        let expected = format!("HRESULT_FROM_WIN32({error}) (");
        prop_assert!(NamedCode(code).to_string().starts_with(&expected));
    }

    #[test]
    fn no_text_panics(text: String) {
        let _ = hresult::parse(&text);
    }
}
