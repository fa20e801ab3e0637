//! A connect fails, the tool goes on with the handle that it had at first, zero, and lists processes. Zero means the local
//! computer: the user sees the own processes and takes them for those of the server.

use dbgeng_testkit::hresult::WSAECONNREFUSED;
use dbgeng_testkit::mock::{Fault, Lab, LabClient};
use dbgeng_testkit::{DebugClient, HRESULT, Method, Profile};

use crate::caught;
use crate::tool::{connect, ids, ok};

fn buggy<C: DebugClient>(client: &C) -> Result<Vec<u32>, HRESULT> {
    let mut server = None;
    if client.connect_process_server(Some("tcp:server=box17,port=5005"), Some(&mut server)).is_err() {
        eprintln!("cannot connect");
    }
    let server = server.unwrap_or(0);
    let listed = ids(client, server);
    if server != 0 {
        ok(client.disconnect_process_server(server))?;
    }
    listed
}

fn repaired<C: DebugClient>(client: &C) -> Result<Vec<u32>, HRESULT> {
    let server = connect(client, "tcp:server=box17,port=5005")?;
    let listed = ids(client, server);
    ok(client.disconnect_process_server(server))?;
    listed
}

fn check(list: impl FnOnce(&LabClient) -> Result<Vec<u32>, HRESULT>) {
    let lab = Lab::new(Profile::Contract);
    lab.computer("box17").dbgsrv("tcp:port=5005").unwrap();
    lab.fault(Fault::fail(WSAECONNREFUSED).of(Method::ConnectProcessServer).on_nth(1)).keep();

    let listed = list(&lab.engine().client());
    lab.assert_clean();
    assert_eq!(listed, Err(WSAECONNREFUSED));
}

#[test]
fn is_caught() {
    let said = caught(|| check(buggy));
    assert!(said.contains("zero after a connect that failed means the local computer"), "{said}");
    assert!(said.contains("\n    connect failed at tests/cookbook/w17_"), "{said}");
}

#[test]
fn repaired_passes() {
    check(repaired);
}
