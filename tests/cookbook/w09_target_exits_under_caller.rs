//! The process that the tool has just found exits before the tool attaches to it. The attach fails, the tool leaves by the
//! next `?`, and the connection stays open. Seen in a tool that lets a language model debug.

use dbgeng_testkit::flags::{AttachFlags, GetProcessFlags};
use dbgeng_testkit::mock::{Happening, Lab, LabClient};
use dbgeng_testkit::{DebugClient, HRESULT, Profile};

use crate::caught;
use crate::tool::{connect, ok};

fn find<C: DebugClient>(client: &C, server: u64, name: &str) -> Result<u32, HRESULT> {
    let (mut id, flags) = (None, GetProcessFlags::empty());
    ok(client.get_running_process_system_id_by_executable_name(server, Some(name), flags, Some(&mut id)))?;
    Ok(id.unwrap_or_default())
}

fn buggy<C: DebugClient>(client: &C) -> Result<(), HRESULT> {
    let server = connect(client, "tcp:server=box17,port=5005")?;
    let game = find(client, server, "game.exe")?;
    ok(client.attach_process(server, game, AttachFlags::empty()))?;
    ok(client.disconnect_process_server(server))
}

fn repaired<C: DebugClient>(client: &C) -> Result<(), HRESULT> {
    let server = connect(client, "tcp:server=box17,port=5005")?;
    let attached =
        find(client, server, "game.exe").and_then(|game| ok(client.attach_process(server, game, AttachFlags::empty())));
    attached.and(ok(client.disconnect_process_server(server)))
}

fn check(attach: impl FnOnce(&LabClient) -> Result<(), HRESULT>) {
    let lab = Lab::new(Profile::Contract);
    let computer = lab.computer("box17");
    computer.dbgsrv("tcp:port=5005").unwrap();
    let game = computer.add_process(r"C:\game\game.exe");

    // Connect, find, and then, before the attach:
    lab.at_call(3, Happening::process_ends(&computer, game));
    assert!(attach(&lab.engine().client()).is_err(), "there is nothing to attach to");
    lab.assert_clean();
}

#[test]
fn is_caught() {
    let said = caught(|| check(buggy));
    assert!(
        said.contains("ConnectProcessServer on 0x100000001 (tcp:port=5005 on box17): never disconnected"),
        "{said}"
    );
}

#[test]
fn repaired_passes() {
    check(repaired);
}
