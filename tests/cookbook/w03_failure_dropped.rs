//! The tool ignores the HRESULT of the disconnect: it says that it has disconnected, and the connection is still open.
//! Seen in a debug adapter.

use dbgeng_testkit::hresult::E_FAIL;
use dbgeng_testkit::mock::{Fault, Lab, LabClient};
use dbgeng_testkit::{DebugClient, HRESULT, Method, Profile};

use crate::caught;
use crate::tool::{connect, ok};

fn buggy<C: DebugClient>(client: &C) -> Result<(), HRESULT> {
    let server = connect(client, "tcp:server=box17,port=5005")?;
    let _ = client.disconnect_process_server(server);
    Ok(())
}

fn repaired<C: DebugClient>(client: &C) -> Result<(), HRESULT> {
    let server = connect(client, "tcp:server=box17,port=5005")?;
    ok(client.disconnect_process_server(server))
}

fn check(caller: impl FnOnce(&LabClient) -> Result<(), HRESULT>) {
    let lab = Lab::new(Profile::Contract);
    lab.computer("box17").dbgsrv("tcp:port=5005").unwrap();
    lab.fault(Fault::fail(E_FAIL).of(Method::DisconnectProcessServer)).keep();

    if caller(&lab.engine().client()).is_ok() {
        // The connection is open, and the tool has said so.
        lab.assert_clean();
    }
}

#[test]
fn is_caught() {
    let said = caught(|| check(buggy));
    assert!(said.contains("still open after a disconnect that failed"), "{said}");
}

#[test]
fn repaired_passes() {
    check(repaired);
}
