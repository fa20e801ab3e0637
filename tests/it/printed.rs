//! How values print themselves in assertions, and errors in `unwrap`.

use dbgeng_testkit::hresult::*;
use dbgeng_testkit::mock::{Lab, Scenario};
use dbgeng_testkit::options::{ConnectionString, Side};
use dbgeng_testkit::status::Statuses;
use dbgeng_testkit::{DebugClient, Ending, Method, OpenConnection, Outcome, Outputs, Profile};

use crate::support::{BOX17, build_lab, catch_panic, connect};

#[test]
fn codes_have_their_names_in_assertions() {
    let (_lab, client) = build_lab(Profile::Contract);
    let hresult = client.disconnect_process_server(7);
    let said = catch_panic(|| assert_eq!(NamedCode(hresult), S_OK));
    assert!(said.contains("left: E_INVALIDARG (0x80070057)"), "{said}");
    assert_eq!(format!("{:?}", Ending::Returned(S_FALSE)), "Returned(S_FALSE (0x00000001))");
    assert_eq!(format!("{:?}", Statuses::OK.or_s_false()), "S_OK (0x00000000) or S_FALSE (0x00000001)");
    let outcome = Outcome { out: Outputs { id: Some(64), ..Outputs::default() }, ..Outcome::returned(S_FALSE) };
    assert_eq!(format!("{outcome:?}"), "Outcome { ending: Returned(S_FALSE (0x00000001)), out: Id 64 }");
}

#[test]
fn findings_and_journals_are_readable_in_assertions() {
    let (lab, client) = build_lab(Profile::Contract);
    assert_eq!(client.disconnect_process_server(7), E_INVALIDARG);
    let said = catch_panic(|| assert_eq!(lab.findings(), []));
    assert!(said.contains("[client: DisconnectProcessServer on 0x7: never issued as a handle; "), "{said}");
    let journal = format!("{:?}", lab.journal());
    assert!(journal.contains("ending: Returned(E_INVALIDARG (0x80070057))"), "{journal}");
}

/// Each is the error of a constructor or a builder: `unwrap` prints what `Debug` writes.
#[test]
fn unwrap_prints_the_sentence() {
    let computer = Lab::default().computer("box17");
    let client = Lab::default().engine().client();
    let sentence =
        |said: String| said.strip_prefix("called `Result::unwrap()` on an `Err` value: ").unwrap().to_owned();
    let slip = "at offset 4, item \"prot=5005\": expected one of port, hidden, password, ipversion, IcfEnable";
    let said = [
        catch_panic(|| computer.dbgsrv("tcp:prot=5005").unwrap()),
        catch_panic(|| ConnectionString::parse(Side::Server, Profile::Contract, "tcp:prot=5005").unwrap()),
        catch_panic(|| Scenario::parse("s.json", r#"{"profile": "windbg"}"#).unwrap()),
        catch_panic(|| parse("E_FIAL").unwrap()),
        catch_panic(|| "Connect".parse::<Method>().unwrap()),
        catch_panic(|| OpenConnection::connect(&client, BOX17, |_| {}).unwrap().disconnect()),
    ];
    let begins = [
        &format!("\"tcp:prot=5005\": E_INVALIDARG (0x80070057), {slip}"),
        slip,
        "s.json:1:21: unknown profile \"windbg\": expected contract, dbgeng, ",
        "expected 0x and one to eight hexadecimal digits, or a name such as E_FAIL, found \"E_FIAL\"",
        "no method is called \"Connect\": expected one of ",
        "ConnectProcessServer returned WSAHOST_NOT_FOUND (0x80072af9)",
    ];
    for (said, begin) in said.map(sentence).into_iter().zip(begins) {
        assert!(said.starts_with(begin), "{said}");
    }
    let (lab, client) = build_lab(Profile::Contract);
    let connection = OpenConnection::connect(&client, BOX17, |_| {}).unwrap();
    lab.fault(dbgeng_testkit::mock::Fault::fail(E_FAIL).of(Method::DisconnectProcessServer)).keep();
    let said = catch_panic(|| connection.disconnect().unwrap());
    assert_eq!(sentence(said), "DisconnectProcessServer returned E_FAIL (0x80004005)");
    assert!(connect(&client, BOX17).is_ok());
}
