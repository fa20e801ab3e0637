//! A call for the number of processes fails, and the tool shows an empty list: a dead server looks like a computer on which
//! nothing runs. Seen in a debug adapter.

use dbgeng_testkit::hresult::RPC_E_CANTTRANSMIT_CALL;
use dbgeng_testkit::mock::{Happening, Lab, LabClient};
use dbgeng_testkit::{DebugClient, HRESULT, Profile};

use crate::caught;
use crate::tool::{connect, ids, ok};

fn buggy<C: DebugClient>(client: &C, server: u64) -> Result<Vec<u32>, HRESULT> {
    let mut count = None;
    if client.get_running_process_system_ids(server, None, 0, Some(&mut count)).is_err() {
        return Ok(Vec::new());
    }
    ids(client, server)
}

fn repaired<C: DebugClient>(client: &C, server: u64) -> Result<Vec<u32>, HRESULT> {
    let mut count = None;
    ok(client.get_running_process_system_ids(server, None, 0, Some(&mut count)))?;
    ids(client, server)
}

fn check(list: impl Fn(&LabClient, u64) -> Result<Vec<u32>, HRESULT>) {
    // Whichever of the tool's calls is the first that finds the server dead.
    for nth in [2, 1] {
        let lab = Lab::new(Profile::Contract);
        let host = lab.computer("box17").dbgsrv("tcp:port=5005").unwrap();
        let client = lab.engine().client();
        let server = connect(&client, "tcp:server=box17,port=5005").unwrap();

        lab.at_call(nth, Happening::host_dies(&host));
        assert_eq!(list(&client, server), Err(RPC_E_CANTTRANSMIT_CALL), "dead at call {nth}");
    }
}

#[test]
fn is_caught() {
    let said = caught(|| check(buggy));
    assert!(said.contains("dead at call 1\n  left: Ok([])"), "{said}");
}

#[test]
fn repaired_passes() {
    check(repaired);
}
