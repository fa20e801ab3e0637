//! Parsing and printing are inverse, and no input panics.

use dbgeng_testkit::Profile;
use dbgeng_testkit::options::{ConnectionString, Item, PortRange, Protocol, Side, Transport};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::documented::{FORMS, Form};

fn name() -> impl Strategy<Value = String> {
    r"[A-Za-z0-9.:=%_ß-]([A-Za-z0-9 .:=%_ß-]{0,14}[A-Za-z0-9.:=%_ß-])?"
}

fn computer() -> impl Strategy<Value = String> {
    (any::<bool>(), name()).prop_map(|(backslashes, name)| if backslashes { format!(r"\\{name}") } else { name })
}

fn range() -> impl Strategy<Value = PortRange> {
    (any::<u16>(), any::<u16>()).prop_map(|(one, other)| PortRange { first: one.min(other), last: one.max(other) })
}

fn item(keyword: &str, form: Form) -> BoxedStrategy<Item> {
    let listens = (form.side == Side::Server) != form.required.contains(&"clicon");
    match keyword {
        "server" => computer().prop_map(Item::Server).boxed(),
        "clicon" => computer().prop_map(Item::ClientConnect).boxed(),
        "pipe" => r"[A-Za-z0-9\\./:=%_ß-]{1,16}".prop_map(Item::Pipe).boxed(),
        "port" if form.transport == Transport::Com => any::<u32>().prop_map(Item::ComPort).boxed(),
        "port" if listens => range().prop_map(Item::Port).boxed(),
        "port" => any::<u16>().prop_map(|port| Item::Port(port.into())).boxed(),
        "baud" => any::<u32>().prop_map(Item::Baud).boxed(),
        "channel" => (0u32..=254).prop_map(Item::Channel).boxed(),
        "proto" => select(Protocol::ALL.to_vec()).prop_map(Item::Protocol).boxed(),
        "cert" => prop_oneof![name().prop_map(Item::CertUser), name().prop_map(Item::MachUser)].boxed(),
        "password" => "[A-Za-z0-9]{1,12}".prop_map(Item::Password).boxed(),
        "ipversion" => Just(Item::IpVersion(6)).boxed(),
        "hidden" => Just(Item::Hidden).boxed(),
        "IcfEnable" => Just(Item::IcfEnable).boxed(),
        unknown => panic!("no strategy for {unknown}"),
    }
}

fn build(side: Side, transport: Transport, items: Vec<Item>) -> ConnectionString {
    items.into_iter().fold(ConnectionString::new(side, transport), ConnectionString::with)
}

/// A string of any documented form, with any of its optional items, in any order.
fn documented() -> impl Strategy<Value = ConnectionString> {
    select(FORMS.to_vec())
        .prop_flat_map(|form| {
            subsequence(form.optional, 0..=form.optional.len())
                .prop_map(move |optional| (form, [form.required, &optional].concat()))
        })
        .prop_flat_map(|(form, keywords)| (Just(form), Just(keywords).prop_shuffle()))
        .prop_flat_map(|(form, keywords)| {
            let items: Vec<_> = keywords.iter().map(|keyword| item(keyword, form)).collect();
            (Just(form), items)
        })
        .prop_map(|(form, items)| build(form.side, form.transport, items))
}

/// Strings that Microsoft's engine takes too: any keywords of the transport, repeated, with empty values.
fn lenient() -> impl Strategy<Value = ConnectionString> {
    select(FORMS.to_vec())
        .prop_flat_map(|form| {
            let keywords = [form.required, form.optional].concat();
            let items = select(keywords).prop_flat_map(
                move |keyword| prop_oneof![9 => item(keyword, form), 1 => item(keyword, form).prop_map(emptied)],
            );
            (Just(form), prop::collection::vec(items, 0..8))
        })
        .prop_map(|(form, items)| build(form.side, form.transport, items))
}

fn emptied(item: Item) -> Item {
    match item {
        Item::Server(_) => Item::Server(String::new()),
        Item::Pipe(_) => Item::Pipe(String::new()),
        Item::Password(_) => Item::Password(String::new()),
        other => other,
    }
}

/// Text near the grammar: its own words, cut and joined at random.
fn near_the_grammar() -> impl Strategy<Value = String> {
    let words = [
        "npipe",
        "tcp",
        "com",
        "spipe",
        "ssl",
        "TCP",
        ":",
        ",",
        "=",
        " ",
        "\t",
        "server",
        "pipe",
        "port",
        "baud",
        "channel",
        "proto",
        "certuser",
        "machuser",
        "password",
        "clicon",
        "ipversion",
        "hidden",
        "IcfEnable",
        "icfenable",
        "tls1",
        "com2",
        "1394:",
        "0x1F",
        "077",
        "-",
        "+",
        "7001",
        "65536",
        "99999999999",
        "6",
        "4",
        r"\\",
        "box",
        "é",
        "€",
        "😀",
        "\"",
        "\0",
        "%x",
    ];
    let start = prop_oneof![select(&["npipe:", "tcp:", "com:", "spipe:", "ssl:", ""][..]), select(words.to_vec())];
    (start, prop::collection::vec(select(words.to_vec()), 0..12))
        .prop_map(|(start, rest)| format!("{start}{}", rest.concat()))
}

/// Checks any text: no panic; a taken string prints as an equal one; an error points into the text; and a string that the
/// contract takes means the same to the engine.
fn check_consistency(text: &str) -> Result<(), TestCaseError> {
    for side in [Side::Server, Side::Client] {
        let by_contract = ConnectionString::parse(side, Profile::Contract, text);
        for profile in Profile::ALL {
            let parsed = ConnectionString::parse(side, profile, text);
            if by_contract.is_ok() {
                prop_assert_eq!(&parsed, &by_contract);
            }
            match parsed {
                Ok(string) => {
                    let printed = string.to_string();
                    let read = ConnectionString::parse(side, profile, &printed);
                    prop_assert_eq!(read, Ok(string), "{:?}", printed);
                }
                Err(error) => {
                    prop_assert!(text.is_char_boundary(error.offset), "{error} in {text:?}");
                    prop_assert!(text.contains(&error.item), "{error} in {text:?}");
                    prop_assert!(!error.expected.is_empty());
                }
            }
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn every_documented_value_is_read_as_it_is_printed(string in documented()) {
        let printed = string.to_string();
        for profile in Profile::ALL {
            let read = ConnectionString::parse(string.side(), profile, &printed);
            prop_assert_eq!(read.as_ref(), Ok(&string), "{} {}", profile, printed);
            prop_assert_eq!(read.map(|read| read.to_string()), Ok(printed.clone()));
        }
    }

    #[test]
    fn every_lenient_value_is_read_as_it_is_printed(string in lenient()) {
        let printed = string.to_string();
        for profile in Profile::ALL.into_iter().filter(|profile| profile.is_dbgeng()) {
            let read = ConnectionString::parse(string.side(), profile, &printed);
            prop_assert_eq!(read.as_ref(), Ok(&string), "{} {}", profile, printed);
        }
    }

    #[test]
    fn any_text_is_read_consistently(text: String) {
        check_consistency(&text)?;
    }

    #[test]
    fn any_bytes_are_read_consistently(bytes: Vec<u8>) {
        check_consistency(&String::from_utf8_lossy(&bytes))?;
    }

    #[test]
    fn text_near_the_grammar_is_read_consistently(text in near_the_grammar()) {
        check_consistency(&text)?;
    }

    #[test]
    fn damaged_strings_are_read_consistently(
        string in documented(),
        at in any::<prop::sample::Index>(),
        damage in near_the_grammar(),
    ) {
        let mut text = string.to_string();
        let boundaries: Vec<usize> = (0..=text.len()).filter(|index| text.is_char_boundary(*index)).collect();
        text.insert_str(*at.get(&boundaries), &damage);
        check_consistency(&text)?;
    }
}
