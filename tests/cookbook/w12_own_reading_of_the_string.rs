//! The tool reads the connection string too, to show its user where it is connected, and is stricter than the engine, which
//! takes `tcp:port=5005, Server=box17`, with its blank and its capital. The string is one that a debugger's plug-in makes.

use dbgeng_testkit::hresult::E_INVALIDARG;
use dbgeng_testkit::mock::{Lab, LabClient};
use dbgeng_testkit::{DebugClient, HRESULT, Profile};

use crate::caught;
use crate::tool::{connect, ok};

fn buggy(options: &str) -> Option<&str> {
    let (_, items) = options.split_once(':')?;
    items.split(',').find_map(|item| item.strip_prefix("server="))
}

fn repaired(options: &str) -> Option<&str> {
    let (_, items) = options.split_once(':')?;
    items.split(',').find_map(|item| {
        let (keyword, value) = item.split_once('=')?;
        keyword.trim().eq_ignore_ascii_case("server").then_some(value)
    })
}

/// Connects, and returns the computer that the user is shown.
fn visit<C: DebugClient>(client: &C, options: &str, read: fn(&str) -> Option<&str>) -> Result<String, HRESULT> {
    let shown = read(options).ok_or(E_INVALIDARG)?;
    let server = connect(client, options)?;
    ok(client.disconnect_process_server(server))?;
    Ok(shown.to_owned())
}

fn check(caller: impl Fn(&LabClient, &str) -> Result<String, HRESULT>) {
    let lab = Lab::new(Profile::Contract);
    lab.computer("box17").dbgsrv("tcp:port=5005").unwrap();
    let client = lab.engine().client();
    for options in ["tcp:server=box17,port=5005", "tcp:port=5005, Server=box17"] {
        assert_eq!(caller(&client, options).as_deref(), Ok("box17"), "{options}");
    }
}

#[test]
fn is_caught() {
    let said = caught(|| check(|client, options| visit(client, options, buggy)));
    assert!(said.contains("tcp:port=5005, Server=box17\n  left: Err(HRESULT(0x80070057))"), "{said}");
}

#[test]
fn repaired_passes() {
    check(|client, options| visit(client, options, repaired));
}
