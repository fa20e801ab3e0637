//! The user closes the window, and the tool detaches and disconnects on the thread of the window instead of the one that has
//! connected. The contract refuses the calls. The real engine says S_OK, closes nothing, and the server keeps the connection
//! (OBS-10, OBS-231).

use std::thread;

use dbgeng_testkit::flags::{AttachFlags, EndSessionFlags};
use dbgeng_testkit::mock::{Lab, LabClient};
use dbgeng_testkit::{DebugClient, HRESULT, Profile};

use crate::caught;
use crate::tool::{connect, ok};

fn attach<C: DebugClient>(client: &C, game: u32) -> Result<u64, HRESULT> {
    let server = connect(client, "tcp:server=box17,port=5005")?;
    ok(client.attach_process(server, game, AttachFlags::empty()))?;
    Ok(server)
}

fn close<C: DebugClient>(client: &C, server: u64) -> Result<(), HRESULT> {
    let ended = ok(client.end_session(EndSessionFlags::ACTIVE_DETACH));
    ended.and(ok(client.disconnect_process_server(server)))
}

fn buggy(client: &LabClient, game: u32) -> Result<(), HRESULT> {
    let server = attach(client, game)?;
    // The thread of the window.
    thread::scope(|scope| scope.spawn(|| close(client, server)).join().unwrap())
}

/// The thread of the window only says that it is time.
fn repaired(client: &LabClient, game: u32) -> Result<(), HRESULT> {
    let server = attach(client, game)?;
    thread::scope(|scope| scope.spawn(|| "the window is closed").join().unwrap());
    close(client, server)
}

fn check(look: impl Fn(&LabClient, u32) -> Result<(), HRESULT>) {
    for profile in [Profile::Dbgeng, Profile::Contract] {
        let lab = Lab::new(profile);
        let box17 = lab.computer("box17");
        box17.dbgsrv("tcp:port=5005").unwrap();
        let game = box17.add_process(r"C:\game\game.exe");
        let looked = look(&lab.engine().client(), game);
        lab.assert_clean();
        assert_eq!(looked, Ok(()), "{profile}");
    }
}

#[test]
fn is_caught() {
    let said = caught(|| check(buggy));
    for expected in [
        "client, thread 1: EndSession on 0x11c7070 (tcp:port=5005 on box17): \
         a session that ends on this thread gives up nothing of the connection",
        "client, thread 1: DisconnectProcessServer on 0x11c7070 (tcp:port=5005 on box17): a disconnect that closes nothing",
        "ConnectProcessServer on 0x11c7070 (tcp:port=5005 on box17): never disconnected",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
}

#[test]
fn repaired_passes() {
    check(repaired);
}
