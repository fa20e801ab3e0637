//! After a disconnect, the tool sets the stored handle to zero. Zero does not mean "no connection" but the local computer:
//! the next request of the user runs on the wrong computer. Seen in a debugger's plug-in.

use dbgeng_testkit::hresult::E_HANDLE;
use dbgeng_testkit::mock::{Lab, LabClient};
use dbgeng_testkit::{DebugClient, HRESULT, Profile};

use crate::caught;
use crate::tool::{connect, ids, ok};

fn buggy<C: DebugClient>(client: &C) -> Result<Vec<u32>, HRESULT> {
    let mut server = connect(client, "tcp:server=box17,port=5005")?;
    if server != 0 {
        let _ = client.disconnect_process_server(server);
        server = 0;
    }
    // The user refreshes the list of processes.
    ids(client, server)
}

fn repaired<C: DebugClient>(client: &C) -> Result<Vec<u32>, HRESULT> {
    let mut server = Some(connect(client, "tcp:server=box17,port=5005")?);
    if let Some(server) = server.take() {
        ok(client.disconnect_process_server(server))?;
    }
    ids(client, server.ok_or(E_HANDLE)?)
}

fn check(caller: impl FnOnce(&LabClient) -> Result<Vec<u32>, HRESULT>) {
    let lab = Lab::new(Profile::Contract);
    lab.computer("box17").dbgsrv("tcp:port=5005").unwrap();
    let refreshed = caller(&lab.engine().client());
    lab.assert_clean();
    assert!(refreshed.is_err());
}

#[test]
fn is_caught() {
    let said = caught(|| check(buggy));
    assert!(said.contains("zero after the last disconnect means the local computer"), "{said}");
}

#[test]
fn repaired_passes() {
    check(repaired);
}
