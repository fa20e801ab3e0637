//! Connect, disconnect, then debug on the local computer: the tool still passes the handle of the closed connection,
//! everything fails, and only a restart helps. Seen in a debugger's plug-in.

use dbgeng_testkit::flags::{CreateFlags, EndSessionFlags};
use dbgeng_testkit::mock::{Lab, LabClient, Misuse};
use dbgeng_testkit::{DebugClient, HRESULT, Profile};

use crate::caught;
use crate::tool::{connect, ok};

fn buggy<C: DebugClient>(client: &C) -> Result<(), HRESULT> {
    let server = connect(client, "tcp:server=box17,port=5005")?;
    ok(client.disconnect_process_server(server))?;
    // The user picks a program on the local computer.
    ok(client.create_process(server, Some("notepad.exe"), CreateFlags::DEBUG_ONLY_THIS_PROCESS))
}

fn repaired<C: DebugClient>(client: &C) -> Result<(), HRESULT> {
    const LOCAL: u64 = 0;
    let server = connect(client, "tcp:server=box17,port=5005")?;
    ok(client.disconnect_process_server(server))?;
    ok(client.create_process(LOCAL, Some("notepad.exe"), CreateFlags::DEBUG_ONLY_THIS_PROCESS))?;
    // The program goes on without the tool.
    ok(client.end_session(EndSessionFlags::ACTIVE_DETACH))
}

fn check(caller: impl FnOnce(&LabClient) -> Result<(), HRESULT>) {
    let lab = Lab::new(Profile::Contract);
    lab.computer("box17").dbgsrv("tcp:port=5005").unwrap();
    // Zero is meant here: this tool does work on the local computer.
    lab.permit(Misuse::ZeroAfterLastDisconnect);

    let started = caller(&lab.engine().client());
    lab.assert_clean();
    assert_eq!(started, Ok(()));
}

#[test]
fn is_caught() {
    let said = caught(|| check(buggy));
    assert!(said.contains("CreateProcess on 0x100000001: used after its disconnect"), "{said}");
}

#[test]
fn repaired_passes() {
    check(repaired);
}
