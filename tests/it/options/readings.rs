//! The values of a string that is taken.

use dbgeng_testkit::options::{ConnectionString, Item, PortRange, Protocol, Side, Transport};

use super::{contract, dbgeng, of_2017};

fn engine(text: &str) -> ConnectionString {
    dbgeng(Side::Client, text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn the_last_of_two_holds() {
    let string = engine("tcp:server=a,port=1,password=x,server=b,port=2:3,password=Y");
    assert_eq!(string.server(), Some("b"));
    assert_eq!(string.port(), Some(PortRange { first: 2, last: 3 }));
    assert_eq!(string.password(), Some("Y"));
    assert_eq!(string.items().len(), 6);
    assert_eq!(engine("npipe:pipe=a,pipe=b").pipe(), Some("b"));
    assert_eq!(engine("tcp:port=1,hidden,hidden").to_string(), "tcp:port=1,hidden,hidden");
}

#[test]
fn an_absent_item_is_none() {
    let string = engine("tcp:");
    assert_eq!(string.side(), Side::Client);
    assert_eq!(string.transport(), Transport::Tcp);
    assert_eq!(string.server(), None);
    assert_eq!(string.pipe(), None);
    assert_eq!(string.port(), None);
    assert_eq!(string.com_port(), None);
    assert_eq!(string.channel(), None);
    assert_eq!(string.password(), None);
    assert_eq!(string.reverse_connection(), None);
    assert!(!string.is_hidden());
}

/// OBS-37: the engine tells an empty password from none.
#[test]
fn an_empty_password_is_one() {
    assert_eq!(engine("tcp:").password(), None);
    assert_eq!(engine("tcp:password=").password(), Some(""));
    assert_eq!(engine("tcp:password= ").password(), Some(""));
    assert_eq!(engine("tcp:password=x,password=").password(), Some(""));
    assert_eq!(engine("tcp:password= ab ").password(), Some("ab "));
}

#[test]
fn a_computer_is_named_with_or_without_backslashes() {
    for text in [r"tcp:server=\\box,port=1", "tcp:server=box,port=1"] {
        assert_eq!(engine(text).server(), Some("box"));
        assert_eq!(engine(text).to_string(), text);
    }
    assert_eq!(engine(r"tcp:clicon=\\box,port=1").reverse_connection(), Some("box"));
    assert_eq!(engine("tcp:server=,clicon=").server(), None);
    assert_eq!(engine("tcp:server=,clicon=").reverse_connection(), None);
    assert_eq!(engine("tcp:server=localhost ").server(), Some("localhost "));
    assert_eq!(engine("tcp:server= localhost").server(), Some("localhost"));
    assert_eq!(engine("tcp:server=localhost;port=7047").server(), Some("localhost;port=7047"));
}

#[test]
fn a_serial_line_is_told_by_numbers() {
    let string = engine("com:port=COM2,baud=57600,channel=254");
    assert_eq!(string.com_port(), Some(2));
    assert_eq!(string.channel(), Some(254));
    assert_eq!(string.to_string(), "com:port=2,baud=57600,channel=254");
    for text in ["com:port=com2,baud=1,channel=0", "com:port=2,baud=1,channel=0"] {
        assert_eq!(contract(Side::Server, text).map(|string| string.com_port()), Ok(Some(2)));
    }
}

#[test]
fn a_secured_channel_keeps_protocol_and_certificate() {
    let string = engine("ssl:proto=SSL3,machuser=ab 38 f7,port=1");
    assert!(string.items().contains(&Item::Protocol(Protocol::Ssl3)));
    assert!(string.items().contains(&Item::MachUser("ab 38 f7".to_owned())));
}

/// OBS-34, and more strings of the same kind.
#[test]
fn the_engine_reads_ports_as_the_c_library_does() {
    let single = |port: u16| Some(PortRange::from(port));
    let range = |first, last| Some(PortRange { first, last });
    let read = [
        ("7001", single(7001)),
        ("0x5a12", single(23058)),
        ("0X5A12", single(23058)),
        ("023053", single(9771)),
        ("+7001", single(7001)),
        ("  7001", single(7001)),
        ("7001abc", single(7001)),
        ("7001 ", single(7001)),
        ("7001=7", single(7001)),
        ("4294974297", single(7001)),
        ("abc", single(0)),
        ("-0", single(0)),
        ("0x", single(0)),
        ("65535", single(65535)),
        ("7001:7003", range(7001, 7003)),
        ("7001: 7003", range(7001, 7003)),
        ("7001 :7003", single(7001)),
        ("7001:", single(7001)),
        ("7001:x", single(7001)),
        ("7003:7001", single(7003)),
        (":7001", range(0, 7001)),
        ("65536", None),
        ("-1", None),
        ("70000:7001", None),
        ("7001:70000", None),
        ("7001:-1", None),
        ("", single(0)),
        (" \t", single(0)),
    ];
    for (written, expected) in read {
        let text = format!("tcp:port={written}");
        let found = dbgeng(Side::Server, &text).ok().and_then(|string| string.port());
        assert_eq!(found, expected, "{text}");
    }
}

/// OBS-77, OBS-99.
#[test]
fn the_older_engine_refuses_a_blank_port() {
    for text in ["tcp:port=", "tcp:port= ", "tcp:port=\t,hidden", "tcp:port=7001,port="] {
        assert!(of_2017(Side::Server, text).is_err(), "{text:?}");
        assert!(dbgeng(Side::Client, text).is_ok(), "{text:?}");
    }
    assert!(of_2017(Side::Server, "tcp:port=+").is_ok());
}

/// OBS-73.
#[test]
fn the_engine_reads_the_ip_version_in_decimal() {
    for (written, expected) in [
        ("4", Some(4)),
        ("06", Some(6)),
        (" 6x", Some(6)),
        ("+4 ", Some(4)),
        ("0x4", None),
        ("-4", None),
        ("46", None),
        ("010", None),
        (" ", None),
    ] {
        let text = format!("tcp:port=7001,ipversion={written}");
        for parsed in [dbgeng(Side::Server, &text), of_2017(Side::Client, &text)] {
            assert_eq!(parsed.ok().and_then(|string| string.ip_version()), expected, "{text}");
        }
    }
}

/// OBS-78: the numbers of a line may be missing, and 1394 is a transport of the engine alone.
#[test]
fn the_engine_needs_few_items_of_a_line() {
    for text in
        ["com:port=1,baud=,channel= ", "com:port=1,baud=x,channel=y", "1394:", "1394:channel=1,password=x,hidden"]
    {
        assert!(dbgeng(Side::Server, text).is_ok(), "{text:?}");
        assert!(contract(Side::Server, text).is_err(), "{text:?}");
    }
    for text in ["com:port=1,channel=255", "com:port=1,channel=-1", "1394:port=1", "1394:channel", "1395:channel=1"] {
        assert!(dbgeng(Side::Server, text).is_err(), "{text:?}");
    }
}

#[test]
fn the_contract_reads_decimal_ports_alone() {
    for written in ["7001", "0", "65535"] {
        let text = format!("tcp:port={written}");
        assert!(contract(Side::Server, &text).is_ok(), "{text}");
    }
    for written in [
        "",
        "0x5a12",
        "07001",
        "+7001",
        "-0",
        " 7001",
        "7001 ",
        "7001abc",
        "65536",
        "4294974297",
        "٧",
        "99999999999999999999",
    ] {
        let text = format!("tcp:port={written}");
        assert!(contract(Side::Server, &text).is_err(), "{text}");
    }
}

/// OPT-23: a range is for the end that listens.
#[test]
fn the_contract_takes_a_range_where_the_end_listens() {
    let strings = [
        (Side::Server, "tcp:port=51:60", true),
        (Side::Server, "tcp:port=51:51", true),
        (Side::Server, "tcp:port=60:51", false),
        (Side::Server, "tcp:port=51:", false),
        (Side::Server, "tcp:port=51:52:53", false),
        (Side::Server, "tcp:port=51:60,clicon=box", false),
        (Side::Server, "tcp:clicon=box,port=51", true),
        (Side::Client, "tcp:server=box,port=51:60", false),
        (Side::Client, "tcp:clicon=box,port=51:60", true),
        (Side::Server, "ssl:proto=tls1,certuser=me,port=51:60", true),
        (Side::Client, "ssl:proto=tls1,certuser=me,server=box,port=51:60", false),
    ];
    for (side, text, taken) in strings {
        assert_eq!(contract(side, text).is_ok(), taken, "{side:?} {text}");
    }
}

#[test]
fn the_contract_keeps_to_the_documented_values() {
    let taken = [
        "npipe:pipe=%x_%d",
        "npipe:pipe=alpha,password=a",
        "npipe:pipe=alpha,password=Abc123456789",
        "tcp:port=1,ipversion=6",
        "com:port=1,baud=300,channel=0",
        "com:port=com12,baud=300,channel=254",
        "spipe:proto=pct1,certuser=me,pipe=a",
        "spipe:proto=ssl2,machuser=ab 38 f7,pipe=a",
    ];
    for text in taken {
        assert!(contract(Side::Server, text).is_ok(), "{text}");
    }
    let refused = [
        "npipe:pipe=",
        "npipe:pipe=a b",
        "npipe:pipe=\"a\"",
        "npipe:pipe=alpha,password=",
        "npipe:pipe=alpha,password=abc-",
        "npipe:pipe=alpha,password=pässwort",
        "npipe:pipe=alpha,password=Abc1234567890",
        "npipe:pipe=alpha,hidden=1",
        "npipe:pipe=alpha,IcfEnable=",
        "tcp:port=1,ipversion=4",
        "tcp:port=1,ipversion=6x",
        "tcp:port=1,clicon=",
        "com:port=com,baud=300,channel=0",
        "com:port=lpt1,baud=300,channel=0",
        "com:port=1,baud=fast,channel=0",
        "com:port=1,baud=300,channel=255",
        "spipe:proto=ntlm,certuser=me,pipe=a",
        "spipe:proto=tls1,certuser=,pipe=a",
        "spipe:proto=tls1,certuser=me,machuser=me,pipe=a",
    ];
    for text in refused {
        assert!(contract(Side::Server, text).is_err(), "{text}");
    }
}

/// Strings that the engine was seen to take or refuse, beyond the traces.
#[test]
fn the_engine_is_lenient_where_it_was_seen_to_be() {
    let taken = [
        "tcp: ",
        "tcp:hidden, ",
        "tcp:\n\tport=1",
        "tcp:hidden=1,icfenable=",
        "tcp:ipversion=4",
        "tcp:ipversion=6x",
        "tcp:clicon=",
        "tcp:password=p@ss!",
        "tcp:password=€€€€€€€€€€€€",
        "npipe:",
        "npipe:pipe=",
        "com:",
        "com:port=",
        "com:baud=x",
        "ssl:",
        "ssl:machuser=",
        "ssl:proto= tls1",
        "spipe:pipe=a",
    ];
    for text in taken {
        assert!(dbgeng(Side::Server, text).is_ok(), "{text}");
    }
    let refused = [
        "tcp:,",
        "tcp: ,",
        "tcp:,hidden",
        "tcp:hidden,,",
        "tcp:port=1, ,hidden",
        "tcp::",
        "tcp :port=1",
        "tcp;port=1",
        ":port=1",
        "tcp:port =1",
        "tcp:hidden ",
        "tcp:hidden =1",
        "tcp:hiddenx",
        "tcp:clicon",
        "tcp:server",
        "tcp:password",
        "tcp:password=€€€€€€€€€€€€€",
        "tcp:ipversion",
        "tcp:ipversion=",
        "tcp:ipversion=7",
        "tcp:ipversion=x",
        "tcp:channel=1",
        "npipe:pipe",
        "npipe:pipe=a,clicon=x",
        "com:server=x",
        "com:pipe=x",
        "ssl:proto",
        "ssl:proto=",
        "ssl:proto=bogus",
        "ssl:port=99999",
    ];
    for text in refused {
        assert!(dbgeng(Side::Server, text).is_err(), "{text}");
    }
}
