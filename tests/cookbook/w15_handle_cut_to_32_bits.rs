//! The tool's binding declares the handle with 32 bits, so that its upper half is lost. Nobody notices as long as handles are
//! small numbers, as they often are. Seen in generated bindings.
//!
//! The lab's handles are above 2^32. In profile `dbgeng` they are not, as those of the real engine were not when it was
//! observed: there, [`LabEngine::script_handles`](dbgeng_testkit::mock::LabEngine::script_handles) makes them so.

use dbgeng_testkit::mock::{Lab, LabClient};
use dbgeng_testkit::{DebugClient, HRESULT, Profile};

use crate::caught;
use crate::tool::{connect, ok};

fn buggy<C: DebugClient>(client: &C) -> Result<(), HRESULT> {
    let server = connect(client, "tcp:server=box17,port=5005")? as u32;
    ok(client.disconnect_process_server(server.into()))
}

fn repaired<C: DebugClient>(client: &C) -> Result<(), HRESULT> {
    let server = connect(client, "tcp:server=box17,port=5005")?;
    ok(client.disconnect_process_server(server))
}

fn check(caller: impl FnOnce(&LabClient) -> Result<(), HRESULT>) {
    let lab = Lab::new(Profile::Contract);
    lab.computer("box17").dbgsrv("tcp:port=5005").unwrap();
    let _ = caller(&lab.engine().client());
    lab.assert_clean();
}

#[test]
fn is_caught() {
    let said = caught(|| check(buggy));
    assert!(said.contains("DisconnectProcessServer on 0x1: never issued as a handle"), "{said}");
    assert!(
        said.contains("ConnectProcessServer on 0x100000001 (tcp:port=5005 on box17): never disconnected"),
        "{said}"
    );
}

#[test]
fn repaired_passes() {
    check(repaired);
}
