//! Errors of refused strings.

use dbgeng_testkit::options::ErrorKind::{self, *};
use dbgeng_testkit::options::{ParseError, Side};

use super::{contract, dbgeng};

fn refused(side: Side, text: &str) -> ParseError {
    contract(side, text).expect_err(text)
}

#[test]
fn the_message_names_place_item_and_expectation() {
    let messages = [
        ("", r#"at offset 0, item "": expected one of npipe, tcp, com, spipe, ssl"#),
        ("tcp", r#"at offset 3, item "tcp": expected a colon after the transport"#),
        ("bogus:port=1", r#"at offset 0, item "bogus": expected one of npipe, tcp, com, spipe, ssl"#),
        ("tcp:server=box,prot=1", r#"at offset 15, item "prot=1": expected one of server, port, password, ipversion"#),
        ("tcp:server=box, hidden", r#"at offset 16, item "hidden": expected one of server, port, password, ipversion"#),
        ("tcp:server=box,port", r#"at offset 19, item "port": expected = and a port from 0 to 65535"#),
        ("tcp:server=box,port=", r#"at offset 20, item "port=": expected a port from 0 to 65535"#),
        ("tcp:server=box,port=x", r#"at offset 20, item "port=x": expected a port from 0 to 65535"#),
        ("tcp:server=box,server=box", r#"at offset 15, item "server=box": expected server only once"#),
        ("tcp:server=box", r#"at offset 14, item "tcp:server=box": expected port"#),
        ("tcp:server=box,", r#"at offset 15, item "": expected one of server, port, password, ipversion"#),
        (
            "spipe:proto=tls1,server=box,pipe=a",
            r#"at offset 34, item "spipe:proto=tls1,server=box,pipe=a": expected one of certuser, machuser"#,
        ),
        (
            "spipe:certuser=a,machuser=b",
            r#"at offset 17, item "machuser=b": expected one of certuser, machuser only once"#,
        ),
    ];
    for (text, message) in messages {
        assert_eq!(refused(Side::Client, text).to_string(), message);
    }
    assert_eq!(
        refused(Side::Server, "npipe:pipe=a,hidden=1").to_string(),
        r#"at offset 19, item "hidden=1": expected nothing after hidden"#
    );
}

#[test]
fn the_kind_tells_what_went_wrong() {
    let kinds: [(&str, ErrorKind); 13] = [
        ("", Empty),
        ("tcp", MissingColon),
        ("port=7777", MissingColon),
        (" tcp:port=1", UnknownTransport),
        (":", UnknownTransport),
        ("tcp:port=1,,hidden", EmptyItem),
        ("tcp:port=1,nonsense", UnknownKeyword),
        ("tcp:port=1,pipe=a", MisplacedKeyword),
        ("tcp:port=1,port=2", RepeatedKeyword),
        ("tcp:hidden", MissingKeyword),
        ("tcp:port", MissingValue),
        ("tcp:port=", MissingValue),
        ("tcp:port=65536", InvalidValue),
    ];
    for (text, kind) in kinds {
        let malformed = matches!(kind, Empty | MissingColon | UnknownTransport);
        let error = refused(Side::Server, text);
        assert_eq!(error.kind, kind, "{text:?}");
        assert_eq!(error.kind.is_malformed(), malformed, "{text:?}");
    }
}

#[test]
fn the_engine_tells_the_same_kinds() {
    let kinds = [
        ("", Empty),
        ("tcp", MissingColon),
        ("bogus:", UnknownTransport),
        ("tcp:port=1,,hidden", EmptyItem),
        ("tcp:nonsense", UnknownKeyword),
        ("tcp:pipe=a", MisplacedKeyword),
        ("tcp:server", MissingValue),
        ("tcp:port=-1", InvalidValue),
    ];
    for (text, kind) in kinds {
        assert_eq!(dbgeng(Side::Client, text).map_err(|error| error.kind), Err(kind), "{text:?}");
    }
}
