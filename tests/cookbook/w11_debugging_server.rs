//! Someone has started the other kind of server, a debugging server, and the tool connects to it as to a process server.
//! It gets 0x80010007, "the server died", and tells its user so. Seen in a binding for scripts.

use dbgeng_testkit::hresult::{NamedCode, RPC_E_SERVER_DIED};
use dbgeng_testkit::mock::{Lab, LabClient};
use dbgeng_testkit::{DebugClient, Profile};

use crate::caught;
use crate::tool::{connect, ok};

fn buggy<C: DebugClient>(client: &C, options: &str) -> Result<u64, String> {
    connect(client, options).map_err(|hresult| match hresult {
        RPC_E_SERVER_DIED => "the server has died: start it again".to_owned(),
        other => format!("{}", NamedCode(other)),
    })
}

fn repaired<C: DebugClient>(client: &C, options: &str) -> Result<u64, String> {
    connect(client, options).map_err(|hresult| match hresult {
        RPC_E_SERVER_DIED => "a wrong password, or a debugging server: dbgsrv is needed".to_owned(),
        other => format!("{}", NamedCode(other)),
    })
}

fn check(caller: impl FnOnce(&LabClient, &str) -> Result<u64, String>) {
    let lab = Lab::new(Profile::Contract);
    let debugger = lab.computer("box17").engine().client();
    ok(debugger.start_server(Some("tcp:port=5005"))).unwrap();

    let told = caller(&lab.engine().client(), "tcp:server=box17,port=5005").unwrap_err();
    assert!(told.contains("debugging server"), "the user is told: {told}");
}

#[test]
fn is_caught() {
    let said = caught(|| check(buggy));
    assert_eq!(said, "the user is told: the server has died: start it again");
}

#[test]
fn repaired_passes() {
    check(repaired);
}
