//! The tables of slots, compared with the header that mingw-w64 installs.

use std::collections::BTreeMap;

use dbgeng_testkit::com::{InterfaceLayout, SlotLayout, interfaces};
use windows_core::GUID;

/// Where Debian's packages put the header.
const PLACES: [&str; 2] = ["/usr/share/mingw-w64/include/dbgeng.h", "/usr/x86_64-w64-mingw32/include/dbgeng.h"];

/// The kind of a parameter, which decides how it is passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Pointer,
    Bits32,
    Bits64,
    AnyNumber,
}

/// Returns the kinds of the parameters in a line of the header, such as `ULONG Flags,PCSTR Options`.
fn read_kinds(parameters: &str) -> Vec<Kind> {
    let kind = |parameter: &str| match parameter.trim() {
        "..." => Kind::AnyNumber,
        pointer if pointer.contains('*') => Kind::Pointer,
        pointer if ["P", "LP", "REF", "va_list", "FARPROC"].iter().any(|start| pointer.starts_with(start)) => {
            Kind::Pointer
        }
        number if number.starts_with("ULONG64") || number.starts_with("LONG64") => Kind::Bits64,
        number if ["ULONG", "LONG", "WINBOOL", "BOOL", "DWORD"].iter().any(|start| number.starts_with(start)) => {
            Kind::Bits32
        }
        other => panic!("the header has a parameter of an unknown kind: {other}"),
    };
    parameters.split(',').filter(|parameter| !parameter.trim().is_empty()).map(kind).collect()
}

fn own_kinds(slot: &SlotLayout) -> Vec<Kind> {
    let kind = |parameter: &String| match parameter.rsplit(": ").next().expect("a type") {
        "..." => Kind::AnyNumber,
        "u64" => Kind::Bits64,
        "u32" | "i32" => Kind::Bits32,
        pointer if pointer.starts_with('*') => Kind::Pointer,
        other => panic!("{}: a parameter of an unknown type: {other}", slot.name),
    };
    slot.parameters.iter().map(kind).collect()
}

type Methods = Vec<(String, Vec<Kind>)>;

/// Returns the methods of each interface, in order.
fn read_methods(header: &str) -> BTreeMap<String, Methods> {
    let mut found = BTreeMap::new();
    for part in header.split("DECLARE_INTERFACE_(").skip(1) {
        let (name, body) = part.split_once(',').expect("a base interface");
        let body = body.split_once("};").expect("an end").0;
        let methods = body.split("STDMETHOD").skip(1).map(|method| {
            let method = method.trim_start_matches(['V', '_']);
            let (head, rest) = method[1..].split_once(')').expect("a name");
            let name = head.rsplit(',').next().expect("a name");
            let parameters = rest.split_once("THIS").expect("THIS").1.trim_start_matches('_');
            let parameters = parameters.split_once(')').expect("an end of the parameters").0;
            (name.to_owned(), read_kinds(parameters))
        });
        found.insert(name.to_owned(), methods.collect());
    }
    found
}

/// Returns the id of each interface.
fn read_ids(header: &str) -> BTreeMap<String, GUID> {
    let ids = header.lines().filter_map(|line| line.trim().strip_prefix("DEFINE_GUID(IID_"));
    ids.map(|line| {
        let mut parts = line.trim_end_matches(");").split(',');
        let name = parts.next().expect("a name").to_owned();
        let digits: String = parts.map(|part| part.trim_start_matches("0x")).collect();
        (name, GUID::from_u128(u128::from_str_radix(&digits, 16).expect("digits")))
    })
    .collect()
}

#[test]
fn the_slots_and_ids_are_those_of_the_header() {
    let Some(header) = PLACES.iter().find_map(|place| std::fs::read_to_string(place).ok()) else {
        eprintln!("skipped: mingw-w64's dbgeng.h is not installed");
        return;
    };
    let (methods, ids) = (read_methods(&header), read_ids(&header));
    let mut compared = 0;
    for InterfaceLayout { name, id, slots } in interfaces() {
        let Some(theirs) = methods.get(name) else { continue };
        assert_eq!(id, ids[name], "{name}");
        // The three of IUnknown have parameters of their own.
        let own: Methods = slots[3..].iter().map(|slot| (slot.name.to_owned(), own_kinds(slot))).collect();
        assert_eq!(own, theirs[3..], "{name}");
        compared += 1;
    }
    assert!(compared >= 17, "{compared} interfaces were compared");
}

#[test]
fn every_family_grows_from_its_oldest_interface() {
    let all = interfaces();
    assert_eq!(all.len(), 9 + 7 + 5 + 4 + 2 + 4 + 4);
    let mut ids: Vec<String> = all.iter().map(|interface| format!("{:?}", interface.id)).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all.len());
    for pair in all.windows(2).filter(|pair| pair[1].name.starts_with(pair[0].name.trim_end_matches(char::is_numeric)))
    {
        assert!(pair[1].slots.starts_with(&pair[0].slots), "{}", pair[1].name);
    }
}
